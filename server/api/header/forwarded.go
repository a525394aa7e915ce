package header

import (
	"net/netip"
	"strings"

	"github.com/valyala/fasthttp"
)

// Hop is what one proxy reported about the connection to it.
type Hop struct {
	Address netip.Addr // the other end; not valid when the proxy reported none or nonsense
	Scheme  string     // "http", "https" or ""
}

// The headers in which proxies report. A host trusts only one of them; the proxy passes the other
// one on as the client wrote it.
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

// SaysForwarded reports whether any header says that the request came through a proxy. The names in
// use are many and come with every vendor, so their kinds are told apart by how they begin and end.
func SaysForwarded(h *fasthttp.RequestHeader) bool {
	for key := range h.All() {
		name := strings.ToLower(string(key))
		if name == "forwarded" || name == "via" || strings.HasPrefix(name, "x-forwarded") ||
			strings.HasSuffix(name, "-forwarded-for") || strings.HasPrefix(name, "x-envoy-external") {
			return true
		}
		for _, end := range [...]string{"-client-ip", "-clientip", "-real-ip", "-connecting-ip", "-user-ip", "-connecting-ipv6"} {
			if strings.HasSuffix(name, end) { // True-Client-IP, CF-Connecting-IP, X-Real-IP and similar
				return true
			}
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

// unquote removes the quotes; nodes and schemes contain no escapes.
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
