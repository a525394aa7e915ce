package webhooks_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments/webhooks"
)

// The log of attempts must not describe the host's network to the developer who chose the name, so
// a name that leads inside reads like one that leads nowhere.
func TestTheLogDoesNotTellWhatANameStandsFor(t *testing.T) {
	t.Parallel()
	const public = "the name does not lead to a server on the public Internet; check the address"
	dial := func(err error) error {
		return &url.Error{Op: "Post", URL: "https://db.internal/hook", Err: &net.OpError{Op: "dial", Net: "tcp",
			Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 5432}, Err: err}}
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"a name that nobody knows", dial(&net.DNSError{Err: "no such host", Name: "db.internal", Server: "10.0.0.2:53", IsNotFound: true}), public},
		{"a name that leads inside", fault.Errorf(fault.Forbidden, "address-refused", "%s is not a server on the public Internet.", "db.internal").
			Because(errors.New("10.0.0.7: not a public address")), public},
		{"refused", dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "the receiver refused the connection; is its server running?"},
		{"slow", fmt.Errorf("post: %w", context.DeadlineExceeded), "the receiver did not answer within 15 seconds"},
		{"reset", dial(os.NewSyscallError("read", syscall.ECONNRESET)), "the receiver closed the connection without an answer"},
		{"expired", &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}},
			"the receiver's certificate has expired, or is not valid yet"},
		{"unknown", errors.New("proxy 10.0.0.9 said no"), "the receiver could not be reached"},
	} {
		got := webhooks.ReasonOf(c.err).String()
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		for _, inside := range []string{"10.0.0", "db.internal", "5432", "dial", "proxy"} {
			if strings.Contains(got, inside) {
				t.Errorf("%s: %q tells %q", c.name, got, inside)
			}
		}
	}
}
