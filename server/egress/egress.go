// Package egress makes all outgoing HTTP requests to addresses from third parties: an app's
// wx.request and a developer's webhook go through one Client.
//
// The host is inside its operator's network and must not give access to it. So names are resolved
// here, every address is checked, and the checked address itself is dialled: a later DNS answer has
// no effect. Addresses that are not public are refused in every spelling, redirects are checked
// like new requests, and sizes, times and numbers are bounded.
package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path"
	"sync"

	"github.com/teahouse/teahouse/fault"
)

// Resolver looks up names; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Config configures a Client. The zero value is the safe one.
type Config struct {
	// Allow lists host:port patterns (path.Match on each half, e.g. "127.0.0.1:8081" or
	// "*.dev.internal:*") that may be reached over plain http and at private addresses. It is for
	// servers under development; every app can then reach these hosts.
	Allow []string
	// Resolver defaults to the system's.
	Resolver Resolver
}

// Client makes guarded requests. It is safe for concurrent use.
type Client struct {
	allow     exemptions
	resolver  Resolver
	transport *http.Transport
	dial      func(ctx context.Context, network, address string) (net.Conn, error)
	large     chan struct{} // tokens of MaxLarge

	mu     sync.Mutex
	active map[string]int // running requests, by app and by session
}

// New returns a client. It fails on a pattern that is not host:port.
func New(config Config) (*Client, error) {
	for _, pattern := range config.Allow {
		host, port, err := net.SplitHostPort(pattern)
		if err == nil {
			_, err = path.Match(host+port, "")
		}
		if err != nil || host == "" || port == "" {
			return nil, fmt.Errorf("egress: %q is not a host:port pattern", pattern)
		}
	}
	c := &Client{allow: config.Allow, resolver: config.Resolver, active: map[string]int{},
		large: make(chan struct{}, MaxLarge)}
	if c.resolver == nil {
		c.resolver = net.DefaultResolver
	}
	c.dial = (&net.Dialer{Timeout: DialTimeout}).DialContext
	c.transport = &http.Transport{
		Proxy:                  nil, // a proxy would resolve names itself
		DialContext:            c.dialChecked,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    DialTimeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           IdleConnections,
		IdleConnTimeout:        IdleTimeout,
		MaxResponseHeaderBytes: MaxResponseHeaders,
	}
	return c, nil
}

// Close closes idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// errPrivate is the cause of a refusal, for the log. The fault does not contain the address,
// because it goes to an outsider.
var errPrivate = errors.New("not a public address")

func refused(t target, cause error) error {
	return fault.Errorf(fault.Forbidden, "address-refused",
		"%s is not a server on the public Internet.", t.host).Because(cause)
}

// dialChecked resolves a name, checks the addresses and dials a checked one.
func (c *Client) dialChecked(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, DialTimeout)
	defer cancel()
	t := target{host: host, port: port}
	addrs, err := c.resolve(ctx, t)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, addr := range addrs {
		conn, err := c.dial(ctx, network, netip.AddrPortFrom(addr, portNumber(port)).String())
		if err == nil {
			return conn, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

func portNumber(port string) uint16 {
	var n uint16
	_, _ = fmt.Sscan(port, &n) // normalise has checked it
	return n
}

// resolve returns the addresses of a target. It refuses the target when one address is not public,
// because no honest name has both kinds.
func (c *Client) resolve(ctx context.Context, t target) ([]netip.Addr, error) {
	addrs := []netip.Addr{}
	if addr, err := netip.ParseAddr(t.host); err == nil {
		addrs = append(addrs, addr)
	} else if addrs, err = c.resolver.LookupNetIP(ctx, "ip", t.host); err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	if len(addrs) == 0 {
		return nil, errors.New("look up: no address")
	}
	if len(addrs) > MaxAnswers {
		addrs = addrs[:MaxAnswers]
	}
	exempt := c.allow.match(t)
	for i, addr := range addrs {
		if !exempt && !public(addr) {
			return nil, refused(t, fmt.Errorf("%w: %v", errPrivate, addr))
		}
		addrs[i] = addr.Unmap()
	}
	return addrs, nil
}

// check applies the rules that need no lookup: https only, and a literal address must be public.
func (c *Client) check(t target) error {
	if c.allow.match(t) {
		return nil
	}
	if t.url.Scheme != "https" {
		return badURL("only https is allowed")
	}
	if addr, err := netip.ParseAddr(t.host); err == nil && !public(addr) {
		return refused(t, errPrivate)
	}
	return nil
}

// RoundTripper returns a transport with all checks of addresses, for requests to a developer's
// address, such as webhooks. It follows no redirects; an http.Client around it does, unless
// CheckRedirect is set.
func (c *Client) RoundTripper() http.RoundTripper { return guardedTransport{c} }

type guardedTransport struct{ client *Client }

// RoundTrip implements http.RoundTripper.
func (g guardedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t, err := normalise(r.URL)
	if err == nil {
		err = g.client.check(t)
	}
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // http.RoundTripper requires it; the request was not sent
		}
		return nil, err
	}
	guarded := r.Clone(r.Context())
	guarded.URL, guarded.Host = t.url, ""
	return g.client.transport.RoundTrip(guarded)
}
