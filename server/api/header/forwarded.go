package header

import (
	"net/netip"
	"strings"

	"github.com/valyala/fasthttp"
)

// Hop is what one proxy reported of the connection that it took.
type Hop struct {
	Address netip.Addr // the other end; not valid when the proxy did not say or said nonsense
	Scheme  string     // "http", "https" or ""
}

// The headers in which proxies report; a host believes one of them. The other is passed on by a
// proxy as the client wrote it.
const (
	XForwardedFor = fasthttp.HeaderXForwardedFor // with X-Forwarded-Proto
	Forwarded     = fasthttp.HeaderForwarded     // RFC 7239
)

// Hops returns what the proxies reported in that header, the nearest proxy last.
func Hops(h *fasthttp.RequestHeader, from string) []Hop {
	if from == Forwarded {
		return forwardedHops(List(h, Forwarded))
	}
	addresses := List(h, XForwardedFor)
	schemes := List(h, fasthttp.HeaderXForwardedProto)
	hops := make([]Hop, len(addresses))
	for i, address := range addresses {
		hops[i].Address = nodeAddress(address)
		switch {
		case len(schemes) == len(addresses): // each proxy appended both
			hops[i].Scheme = strings.ToLower(schemes[i])
		case len(schemes) > 0: // the last value is from the nearest proxy
			hops[i].Scheme = strings.ToLower(schemes[len(schemes)-1])
		}
	}
	return hops
}

// SaysForwarded reports whether any header says that the request came through a proxy.
func SaysForwarded(h *fasthttp.RequestHeader) bool {
	for _, name := range [...]string{XForwardedFor, Forwarded, fasthttp.HeaderXForwardedProto,
		fasthttp.HeaderXForwardedHost, "X-Real-Ip", fasthttp.HeaderVia} {
		if Has(h, name) {
			return true
		}
	}
	return false
}

func forwardedHops(elements []string) []Hop {
	hops := make([]Hop, len(elements))
	for i, element := range elements {
		for pair := range strings.SplitSeq(element, ";") {
			name, value, _ := strings.Cut(strings.Trim(pair, " \t"), "=")
			value = unquote(value)
			switch strings.ToLower(name) {
			case "for":
				hops[i].Address = nodeAddress(value)
			case "proto":
				hops[i].Scheme = strings.ToLower(value)
			}
		}
	}
	return hops
}

// unquote takes the quotes off; nodes and schemes hold nothing that is escaped.
func unquote(value string) string {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

// nodeAddress reads an address with or without brackets and port.
func nodeAddress(node string) netip.Addr {
	if pair, err := netip.ParseAddrPort(node); err == nil {
		return pair.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(node, "["), "]"))
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}
