package egress

import (
	"net/netip"
	"slices"
	"strings"
)

// closed lists the networks that are not public, from the special-purpose registries of IANA. They
// include the host's own networks and the metadata service of every cloud.
var closed = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // carrier-grade NAT; cloud metadata of one vendor
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local; cloud metadata
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments; cloud metadata of one vendor
	"192.0.2.0/24",    // documentation
	"192.31.196.0/24", // AS112
	"192.52.193.0/24", // AMT
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"192.175.48.0/24", // AS112
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, broadcast
	"2001::/23",       // protocol assignments: Teredo, ORCHID
	"2001:db8::/32",   // documentation
	"2002::/16",       // 6to4: contains an IPv4 address
	"2620:4f:8000::/48",
	"3fff::/20", // documentation
)

// global is the part of IPv6 that is allocated for public use; everything else is special.
var global = netip.MustParsePrefix("2000::/3")

// localNames are the top-level domains that name machines of one network and no public server (RFC
// 6761, RFC 6762, RFC 8375, and "internal" of ICANN). A name without a dot is of that kind too.
var localNames = []string{"localhost", "local", "internal", "home.arpa", "test", "invalid", "onion"}

// local reports whether a name can only be one of a network's own.
func local(host string) bool {
	return !strings.Contains(host, ".") || slices.ContainsFunc(localNames, func(name string) bool {
		return strings.HasSuffix(host, "."+name)
	})
}

// translated is the prefix of IPv4 addresses in NAT64.
var translated = netip.MustParsePrefix("64:ff9b::/96")

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// public reports whether an address belongs to the public Internet. An IPv4 address inside an IPv6
// address is checked as IPv4.
func public(addr netip.Addr) bool {
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	addr = addr.Unmap()
	if translated.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	if addr.Is6() && !global.Contains(addr) {
		return false
	}
	for _, prefix := range closed {
		if prefix.Contains(addr) {
			return false
		}
	}
	return true
}
