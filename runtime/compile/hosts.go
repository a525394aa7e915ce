package compile

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"

	"github.com/teahouse/teahouse/runtime/source"
)

// CodeHostNotPublic is the warning about a server that requests reach only where the operator of the
// host allows it.
const CodeHostNotPublic = "host-not-public"

// schemes are those that a program can send requests to.
var schemes = []string{"https://", "http://", "wss://", "ws://"}

// notServers are hosts in names that are no addresses, such as XML namespaces.
var notServers = []string{"www.w3.org", "schemas.xmlsoap.org"}

// host records a constant that begins as the address of a server. With more set the text goes on
// after it, so the host must end within it.
func (s *scanner) host(text string, more bool, at file.Idx) {
	text = strings.TrimSpace(text)
	if len(s.m.hosts) >= MaxHosts || !slices.ContainsFunc(schemes, func(scheme string) bool {
		return strings.HasPrefix(text, scheme)
	}) {
		return
	}
	scheme, rest, _ := strings.Cut(text, "://")
	end := strings.IndexAny(rest, "/?#\\ \"'`<>{}$()")
	if end < 0 && more {
		return
	}
	if end >= 0 {
		rest = rest[:end]
	}
	parsed, err := url.Parse(scheme + "://" + rest)
	if err != nil || parsed.Hostname() == "" || len(rest) > MaxHostBytes || slices.Contains(notServers, parsed.Hostname()) {
		return
	}
	name := scheme + "://" + strings.ToLower(parsed.Host)
	if slices.ContainsFunc(s.m.hosts, func(h HostUse) bool { return h.URL == name }) {
		return
	}
	line, column := s.position(at)
	s.m.hosts = append(s.m.hosts, HostUse{URL: name, File: s.m.file, Line: line, Column: column})
}

// template records the address at the beginning of a template literal.
func (s *scanner) template(n *ast.TemplateLiteral) {
	if n.Tag == nil && len(n.Elements) > 0 {
		s.host(n.Elements[0].Parsed.String(), len(n.Elements) > 1, n.Idx0())
	}
}

// hosts reduces the hosts of all modules to the first use of each, and warns of those that requests
// cannot reach as the program is: the developer learns it from the compiler and not from the first tap.
func (c *compilation) hosts(found []HostUse) {
	slices.SortStableFunc(found, func(a, b HostUse) int { return strings.Compare(a.URL, b.URL) })
	found = slices.CompactFunc(found, func(a, b HostUse) bool { return a.URL == b.URL })
	found = found[:min(len(found), MaxHosts)]
	talks := c.asks != nil || slices.ContainsFunc(c.result.Report.APIs, func(use APIUse) bool { return scopeOf[use.Name] == "network" })
	for i := range found {
		use := &found[i]
		address, _ := url.Parse(use.URL) // host has read it
		entry := address.Hostname()
		if port := address.Port(); port != "" && port != "443" || address.Scheme == "http" || address.Scheme == "ws" {
			if port == "" {
				port = "80"
			}
			entry = net.JoinHostPort(entry, port)
		}
		declared := c.img.App.Teahouse.Domains
		use.Declared = slices.Contains(declared, entry) ||
			address.Scheme == "https" && slices.Contains(declared, entry+":443")
		use.Private = private(address.Hostname())
		plain := address.Scheme == "http" || address.Scheme == "ws"
		if talks && !use.Declared {
			c.reportAt(source.Warning, "domain-not-declared", use.File, use.Line, use.Column,
				"Requests to %s are refused: add %q to teahouse.domains in app.json.", use.URL, entry)
		}
		// Some hosts allow it. The compiler does not know which; the callers that do remove this warning.
		if talks && (plain || use.Private) {
			c.reportAt(source.Warning, CodeHostNotPublic, use.File, use.Line, use.Column,
				"Requests to %s work only where the host's operator allows them.%s", use.URL, operators(plain, entry))
		}
	}
	c.result.Report.Hosts = append([]HostUse{}, found...)
}

// operators says what the operator of a host has to allow.
func operators(plain bool, entry string) string {
	if _, _, err := net.SplitHostPort(entry); err != nil {
		entry = net.JoinHostPort(entry, "443")
	}
	reason := "It is not on the public Internet"
	if plain {
		reason = "Without the operator's word requests go out over https alone"
	}
	return " " + reason + "; for a server under development the operator sets --egress-allow " +
		entry + ", or --egress-allow-development for development versions alone."
}

// private reports whether a host is this machine or an address of a private network.
func private(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || addr.IsUnspecified()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") ||
		strings.HasSuffix(host, ".internal") || !strings.Contains(host, ".")
}
