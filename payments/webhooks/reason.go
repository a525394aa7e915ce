package webhooks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/teahouse/teahouse/fault"
)

// reasonOf says in words of ours why a request was not answered. The error's own text stays inside:
// it names addresses, and the developer who reads the log may have chosen a name for no other reason
// than to learn what it stands for in the host's network. So a name that nobody knows and one that
// leads to a place which is not public read alike.
func reasonOf(err error) fault.Text {
	var (
		refusal     *fault.Error
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		timed       net.Error
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timed) && timed.Timeout():
		return fault.Textf("the receiver did not answer within %d seconds", int(timeout.Seconds()))
	case errors.As(err, &refusal) && refusal.Slug != "address-refused" && refusal.Code == fault.Invalid:
		return fault.Textf("the address cannot be used: %s", refusal.Message)
	case errors.As(err, &refusal), errors.As(err, &name):
		return fault.Textf("the name does not lead to a server on the public Internet; check the address")
	case errors.As(err, &certificate):
		return certificateReason(certificate.Err)
	case errors.As(err, &record), errors.As(err, &alert):
		return fault.Textf("the receiver does not speak TLS as it should; is it an https server?")
	case errors.Is(err, syscall.ECONNREFUSED):
		return fault.Textf("the receiver refused the connection; is its server running?")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return fault.Textf("the receiver closed the connection without an answer")
	}
	return fault.Textf("the receiver could not be reached")
}

func certificateReason(err error) fault.Text {
	var (
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fault.Textf("the receiver's certificate has expired, or is not valid yet")
	case errors.As(err, &authority):
		return fault.Textf("the receiver's certificate was not signed by an authority that is known here; does the server send the whole chain?")
	case errors.As(err, &host):
		return fault.Textf("the receiver's certificate is for another name")
	}
	return fault.Textf("the receiver's certificate is not valid")
}
