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
	"regexp"
	"slices"
	"strings"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
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
	// Development lists networks, loopback or private ones, that versions which are not released may
	// reach, over plain http too: the machines of those who develop them. Webhooks and released
	// versions do not reach them.
	Development []string
	// Resolver defaults to the system's.
	Resolver Resolver
}

// Client makes guarded requests. It is safe for concurrent use.
type Client struct {
	allow       exemptions
	resolver    Resolver
	released    route // of released versions, and of webhooks
	development route // of versions that are not released
	dial        func(ctx context.Context, network, address string) (net.Conn, error)
	large       chan struct{} // tokens of MaxLarge

	active counts // of running requests
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
	networks, err := developmentNetworks(config.Development)
	if err != nil {
		return nil, err
	}
	c := &Client{allow: config.Allow, resolver: config.Resolver,
		large: make(chan struct{}, MaxLarge)}
	if c.resolver == nil {
		c.resolver = net.DefaultResolver
	}
	c.dial = (&net.Dialer{Timeout: DialTimeout}).DialContext
	c.released = c.newRoute(nil)
	c.development = c.newRoute(networks)
	return c, nil
}

// newRoute returns the way to the public Internet and to the networks. Each way has connections of
// its own: one that was dialled for a development version must not carry a released one's request.
func (c *Client) newRoute(networks []netip.Prefix) route {
	r := route{client: c, networks: networks}
	r.transport = &http.Transport{
		Proxy:                  nil, // a proxy would resolve names itself
		DialContext:            r.dialChecked,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    DialTimeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           IdleConnections,
		IdleConnTimeout:        IdleTimeout,
		MaxResponseHeaderBytes: MaxResponseHeaders,
	}
	return r
}

// Close closes idle connections.
func (c *Client) Close() {
	c.released.transport.CloseIdleConnections()
	c.development.transport.CloseIdleConnections()
}

// routeOf returns the way of an app's request.
func (c *Client) routeOf(caller bridge.Caller) route {
	if caller.Development() {
		return c.development
	}
	return c.released
}

// route is a way out, with the networks that it reaches besides the public Internet.
type route struct {
	client    *Client
	networks  []netip.Prefix
	transport *http.Transport
}

// within reports whether the address belongs to the networks of the route.
func (r route) within(addr netip.Addr) bool {
	return slices.ContainsFunc(r.networks, func(network netip.Prefix) bool { return network.Contains(addr.Unmap()) })
}

// developmentNetworks reads networks, which must be loopback or private: everything else would be
// a way around the rules and not a developer's machine.
func developmentNetworks(texts []string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if addr, single := netip.ParseAddr(text); err != nil && single == nil {
			network, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("egress: %q is not a network such as 127.0.0.0/8 or 192.168.1.0/24", text)
		}
		if !slices.ContainsFunc(developable, func(whole netip.Prefix) bool {
			return whole.Bits() <= network.Bits() && whole.Contains(network.Addr())
		}) {
			return nil, fmt.Errorf("egress: %s is neither loopback nor private (RFC 1918, RFC 4193)", text)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}

// developable are the networks in which developers' machines are.
var developable = prefixes("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")

// errPrivate is the cause of a refusal, for the log. The fault does not contain the address,
// because it goes to an outsider.
var errPrivate = errors.New("not a public address")

func refused(t target, cause error) error {
	return fault.Errorf(fault.Forbidden, "address-refused",
		"%s is not a server on the public Internet; for a server under development the host's operator "+
			"can allow it with --egress-allow %s.", t.host, t.authority()).Because(cause)
}

// dialChecked resolves a name, checks the addresses and dials a checked one.
func (r route) dialChecked(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, DialTimeout)
	defer cancel()
	t := target{host: host, port: port}
	addrs, err := r.resolve(ctx, t)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, addr := range addrs {
		conn, err := r.client.dial(ctx, network, netip.AddrPortFrom(addr, portNumber(port)).String())
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
// because a name with both kinds is an attempt to get past this check.
func (r route) resolve(ctx context.Context, t target) ([]netip.Addr, error) {
	addrs := []netip.Addr{}
	if addr, err := netip.ParseAddr(t.host); err == nil {
		addrs = append(addrs, addr)
	} else if addrs, err = r.client.resolver.LookupNetIP(ctx, "ip", t.host); err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	if len(addrs) == 0 {
		return nil, errors.New("look up: no address")
	}
	if len(addrs) > MaxAnswers {
		addrs = addrs[:MaxAnswers]
	}
	exempt := r.client.allow.match(t)
	for i, addr := range addrs {
		if !exempt && !public(addr) && !r.within(addr) {
			return nil, refused(t, fmt.Errorf("%w: %v", errPrivate, addr))
		}
		addrs[i] = addr.Unmap()
	}
	return addrs, nil
}

// check applies the rules that come before the connection: https only, and a literal address must be
// public. Plain http goes to the route's networks alone, so its host is looked up already here.
func (r route) check(ctx context.Context, t target) error {
	if r.client.allow.match(t) {
		return nil
	}
	addr, literal := netip.ParseAddr(t.host)
	if t.url.Scheme != "https" && !r.near(ctx, t) {
		return plainHTTP(t)
	}
	if literal == nil && !public(addr) && !r.within(addr) || literal != nil && local(t.host) && !r.near(ctx, t) {
		return refused(t, errPrivate)
	}
	return nil
}

// Check returns the fault with which a request to the address would be refused before its name is
// looked up: whoever saves an address learns of it then, and not from a request that failed. What a
// name stands for is not told here; it may change until the request, which looks again.
func (c *Client) Check(ctx context.Context, address string) error {
	t, err := parseTarget(address)
	if err != nil {
		return err
	}
	return c.released.check(ctx, t)
}

// Allows reports whether the operator lets all apps reach this address although it is not public, or
// over plain http.
func (c *Client) Allows(raw string) bool {
	if rest, socket := strings.CutPrefix(raw, "ws"); socket {
		raw = "http" + rest
	}
	t, err := parseTarget(raw)
	return err == nil && c.allow.match(t)
}

// plainHost matches what is safe in a policy: it cannot end a directive or match other hosts.
var plainHost = regexp.MustCompile(`^(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(:[0-9]+)?$`)

// Origins lists what a browser may show of the servers that a version declares: over https, and over plain
// http what the operator lets all apps reach so.
func (c *Client) Origins(domains []string) []string {
	var origins []string
	for _, domain := range domains {
		domain = strings.ToLower(domain)
		if !plainHost.MatchString(domain) {
			continue
		}
		origins = append(origins, "https://"+domain)
		if plain := "http://" + domain; c.Allows(plain) {
			origins = append(origins, plain)
		}
	}
	return origins
}

// near reports whether all addresses of the target are in the route's networks.
func (r route) near(ctx context.Context, t target) bool {
	if len(r.networks) == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, DialTimeout)
	defer cancel()
	addrs, err := r.resolve(ctx, t)
	return err == nil && !slices.ContainsFunc(addrs, func(addr netip.Addr) bool { return !r.within(addr) })
}

func plainHTTP(t target) error {
	return fault.Errorf(fault.Invalid, "bad-url", "The URL cannot be requested: only https is allowed; for a server "+
		"under development the host's operator can allow plain http with --egress-allow %s, or with "+
		"--egress-allow-development for versions that are not released.", t.authority())
}

// RoundTripper returns a transport with all checks of addresses, for requests to a developer's
// address, such as webhooks. It follows no redirects; an http.Client around it does, unless
// CheckRedirect is set.
func (c *Client) RoundTripper() http.RoundTripper { return guardedTransport{c.released} }

type guardedTransport struct{ route route }

// RoundTrip implements http.RoundTripper.
func (g guardedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t, err := normalise(r.URL)
	if err == nil {
		err = g.route.check(r.Context(), t)
	}
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // http.RoundTripper requires it; the request was not sent
		}
		return nil, err
	}
	guarded := r.Clone(r.Context())
	guarded.URL, guarded.Host = t.url, ""
	return g.route.transport.RoundTrip(guarded)
}
