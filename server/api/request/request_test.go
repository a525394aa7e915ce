package request

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/server/api/header"
)

func proxies(t interface{ Fatal(...any) }, texts ...string) Proxies {
	parsed, err := ParseProxies(texts)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestOnlyReportsOfTrustedProxiesCount(t *testing.T) {
	t.Parallel()
	trusted := proxies(t, "127.0.0.1", "10.0.0.0/8")
	for _, c := range []struct{ name, peer, forwarded, want string }{
		{"no proxy, forged header", "203.0.113.9", "1.1.1.1", "203.0.113.9"},
		{"one proxy", "127.0.0.1", "203.0.113.9", "203.0.113.9"},
		{"one proxy, forged prefix", "127.0.0.1", "1.1.1.1,203.0.113.9", "203.0.113.9"},
		{"two proxies", "127.0.0.1", "1.1.1.1,203.0.113.9,10.1.2.3", "203.0.113.9"},
		{"nothing readable", "127.0.0.1", "unknown", "127.0.0.1"},
		{"no header", "127.0.0.1", "", "127.0.0.1"},
		{"a mapped peer", "::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"},
		{"a proxy on another machine that reports a loopback address", "10.1.2.3", "127.0.0.1", "10.1.2.3"},
		{"a client on the host itself", "127.0.0.1", "127.0.0.1", "127.0.0.1"},
	} {
		h := &fasthttp.RequestHeader{}
		h.Add("X-Forwarded-For", c.forwarded)
		got, _ := trusted.Client(netip.MustParseAddr(c.peer), header.Hops(h, header.XForwardedFor))
		if got.String() != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if _, err := ParseProxies([]string{"everything"}); err == nil {
		t.Error("accepted an invalid network")
	}
}

// Whatever a client sends, behind any number of trusted proxies its address is the one that the
// outermost proxy saw, whether the proxies append to the last line or add their own lines. They
// pass on the header that they do not use as the client wrote it.
func TestAClientCannotChooseItsAddress(t *testing.T) {
	t.Parallel()
	trusted := proxies(t, "10.0.0.0/8", "127.0.0.1")
	forged := rapid.OneOf(
		rapid.StringMatching(`[ -~\t]{0,40}`),
		rapid.SampledFrom([]string{"127.0.0.1", "10.0.0.1, 127.0.0.1", "10.9.9.9", `for="`, `for="127.0.0.1`, "for=10.0.0.1;proto=https",
			`for=10.0.0.1, for="10.0.0.2`, ",", "unknown", "::1", "https"}))
	name := rapid.SampledFrom([]string{"X-Forwarded-For", "Forwarded", "X-Forwarded-Proto", "X-Real-IP", "x-forwarded-for"})
	rapid.Check(t, func(t *rapid.T) {
		var lines []line // of the request as it goes from proxy to proxy
		for range rapid.IntRange(0, 4).Draw(t, "lines of the client") {
			lines = append(lines, line{name.Draw(t, "name"), forged.Draw(t, "value")})
		}
		from := rapid.SampledFrom([]string{header.XForwardedFor, header.Forwarded}).Draw(t, "header of the proxies")
		client := rapid.SampledFrom([]string{"203.0.113.9", "2001:db8::9", "192.168.1.1"}).Draw(t, "client")
		https := rapid.Bool().Draw(t, "client's connection is https")
		peer := client
		for i := range rapid.IntRange(1, 4).Draw(t, "proxies") {
			scheme := "http"
			if i == 0 && https {
				scheme = "https"
			}
			ownLine := rapid.Bool().Draw(t, "a line of its own")
			if from == header.Forwarded {
				lines = report(lines, "Forwarded", `for="`+bracketed(peer)+`";proto=`+scheme, ownLine)
			} else {
				lines = report(lines, "X-Forwarded-For", peer, ownLine)
				if i == 0 { // the outermost replaces it, the others pass it on
					lines = slices.DeleteFunc(lines, func(l line) bool { return l.name == "X-Forwarded-Proto" })
					lines = append(lines, line{"X-Forwarded-Proto", scheme})
				}
			}
			peer = "10.0.0." + string(rune('1'+i))
		}
		h := &fasthttp.RequestHeader{}
		for _, l := range lines {
			h.Add(l.name, l.value)
		}
		ip, scheme := trusted.Client(netip.MustParseAddr(peer), header.Hops(h, from))
		if ip.String() != client {
			t.Fatalf("the address is %s, the proxy saw %s", ip, client)
		}
		if (scheme == "https") != https {
			t.Fatalf("the scheme is %q, https is %v", scheme, https)
		}
	})
}

type line struct{ name, value string }

// report appends a proxy's part to the last line of the header, or adds a line.
func report(lines []line, name, part string, ownLine bool) []line {
	for i := len(lines) - 1; i >= 0 && !ownLine; i-- {
		if strings.EqualFold(lines[i].name, name) {
			lines[i].value += ", " + part
			return lines
		}
	}
	return append(lines, line{name, part})
}

func bracketed(ip string) string {
	if strings.Contains(ip, ":") {
		return "[" + ip + "]:4711"
	}
	return ip
}

// Ensure that all addresses of an IPv6 subscriber count together.
func TestNetwork(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "": "", "x": "x",
	} {
		if got := (Info{IP: ip}).Network(); got != want {
			t.Errorf("%q: got %q, want %q", ip, got, want)
		}
	}
}
