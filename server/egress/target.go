package egress

import (
	"net"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/teahouse/teahouse/fault"
)

// target is the destination of a request in canonical spelling, which all later steps use.
type target struct {
	url  *url.URL
	host string // lower case, punycode, no trailing dot, no brackets
	port string
}

// entry is what a list of hosts must hold for the target.
func (t target) entry() string {
	if t.port == "443" {
		return t.host
	}
	return t.authority()
}

func (t target) authority() string { return net.JoinHostPort(t.host, t.port) }

// parseTarget reads a URL strictly: it refuses a URL that two parsers could read differently.
func parseTarget(raw string) (target, error) {
	if strings.ContainsAny(raw, "\\\t\r\n \x00") {
		return target{}, badURL("it contains a character that is not allowed in a URL")
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return target{}, badURL("it must be an absolute URL such as https://api.example.com/path")
	}
	return normalise(u)
}

func normalise(u *url.URL) (target, error) {
	if u.Scheme != "https" && u.Scheme != "http" {
		return target{}, badURL("only https is allowed")
	}
	if u.User != nil {
		return target{}, badURL("it must not contain a user name; send an Authorization header")
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		host = addr.String()
	} else {
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return target{}, badURL("its host is not a valid name")
		}
		if numeric(host) {
			return target{}, badURL("its host is an IP address in an unusual form")
		}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port {
		return target{}, badURL("its port is not a number from 1 to 65535")
	}
	clean := *u
	clean.Host, clean.Fragment, clean.RawFragment = net.JoinHostPort(host, port), "", ""
	if port == "443" && u.Scheme == "https" || port == "80" && u.Scheme == "http" {
		clean.Host = strings.TrimSuffix(clean.Host, ":"+port)
	}
	return target{url: &clean, host: host, port: port}, nil
}

// numeric reports whether some resolver would read the host as an address although it is not one in
// canonical form: 2130706433, 0x7f.1, 127.1, 0177.0.0.1. No real top-level domain looks like this.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return true
	}
	if _, err := strconv.ParseUint(last, 0, 64); err == nil {
		return true
	}
	return strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x")
}

func badURL(why string) error {
	return fault.Errorf(fault.Invalid, "bad-url", "The URL cannot be requested: %s.", why)
}

// exemptions are the host:port patterns that an operator allows for servers under development:
// plain http, and addresses that are not public.
type exemptions []string

func (e exemptions) match(t target) bool {
	for _, pattern := range e {
		host, port, err := net.SplitHostPort(pattern)
		if err != nil {
			continue // cannot happen: New refuses such a pattern
		}
		okHost, _ := path.Match(host, t.host)
		okPort, _ := path.Match(port, t.port)
		if okHost && okPort {
			return true
		}
	}
	return false
}

// declared reports whether the version's list of domains contains the target: by name for the
// standard port, by name and port for any other.
func declared(domains []string, t target, exempt bool) bool {
	for _, domain := range domains {
		domain = strings.TrimSuffix(strings.ToLower(domain), ".")
		if domain == t.authority() || domain == t.host+":"+t.port {
			return true
		}
		if domain == t.host && (t.port == "443" || exempt) {
			return true
		}
	}
	return false
}
