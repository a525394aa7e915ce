// Package request stores the facts of one HTTP request in its context: who sent it from where, and
// its ID. Packages that log, limit or audit read it without knowing HTTP.
package request

import (
	"context"
	"net/netip"

	"github.com/teahouse/teahouse/server/api/header"
)

// Info describes a request. The zero Info means work that was not started by a request.
type Info struct {
	ID        string // the X-Request-ID, in the log, in problem documents, in the audit log
	IP        string // of the client, behind trusted proxies the one that they report
	UserAgent string
	Origin    string // the Origin header, "" when absent
	Host      string // the Host header
	Secure    bool   // the client's connection is https
	Forwarded bool   // some header says that it came through a proxy, trusted or not
	Language  string // of the host's texts: "en" or "zh-CN"
	Caller    string // who it is, once proven: "user:<id>", "app:<id>"; "" before that
}

type infoKey struct{}

// NewContext returns ctx with the facts of the request.
func NewContext(ctx context.Context, info *Info) context.Context {
	return context.WithValue(ctx, infoKey{}, info)
}

// FromContext returns the facts of the request that ctx belongs to.
func FromContext(ctx context.Context) Info {
	if info, ok := ctx.Value(infoKey{}).(*Info); ok {
		return *info
	}
	return Info{}
}

// SetCaller records who sent the request, for the log and the audit log.
func SetCaller(ctx context.Context, caller string) {
	if info, ok := ctx.Value(infoKey{}).(*Info); ok {
		info.Caller = caller
	}
}

// Network returns the key under which an address is counted: an IPv4 address itself, the /64 of
// an IPv6 address, because one subscriber owns all of a /64.
func (i Info) Network() string {
	address, err := netip.ParseAddr(i.IP)
	if err != nil {
		return i.IP
	}
	address = address.Unmap()
	if address.Is4() {
		return address.String()
	}
	prefix, err := address.Prefix(64)
	if err != nil {
		return i.IP
	}
	return prefix.String()
}

// Proxies are the networks whose reports of where a request came from are trusted.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks such as "10.0.0.0/8" or "127.0.0.1".
func ParseProxies(texts []string) (Proxies, error) {
	var proxies Proxies
	for _, text := range texts {
		if address, err := netip.ParseAddr(text); err == nil {
			address = address.Unmap()
			proxies = append(proxies, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		proxies = append(proxies, prefix)
	}
	return proxies, nil
}

// Trusts reports whether the address is one of the proxies.
func (p Proxies) Trusts(ip string) bool {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	return p.trusts(address.Unmap())
}

func (p Proxies) trusts(address netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// Client goes through what the proxies reported, from the nearest proxy towards the client, and
// returns the client's address and the scheme that it used, "" when none was reported. Only a
// trusted proxy's report counts: entries to the left of the first address that is no trusted proxy
// may have been written by the client. It stops at an address that cannot be parsed, and at a
// loopback address that another machine reported, because that cannot be true.
func (p Proxies) Client(peer netip.Addr, hops []header.Hop) (ip netip.Addr, scheme string) {
	ip = peer.Unmap().WithZone("")
	for i := len(hops) - 1; i >= 0 && p.trusts(ip); i-- {
		next := hops[i].Address
		if !next.IsValid() || next.IsLoopback() && !ip.IsLoopback() {
			break
		}
		ip, scheme = next, hops[i].Scheme
	}
	return ip, scheme
}
