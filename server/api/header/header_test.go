package header_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/teahouse/teahouse/server/api/header"
)

// request returns a header with the lines, given as pairs of name and value.
func request(lines ...string) *fasthttp.RequestHeader {
	h := &fasthttp.RequestHeader{}
	for i := 0; i+1 < len(lines); i += 2 {
		h.Add(lines[i], lines[i+1])
	}
	return h
}

func TestAListIsReadFromAllItsLines(t *testing.T) {
	t.Parallel()
	h := request("X-List", "a, b", "X-List", " c ,,", "X-List", `"d`, "X-List", "e")
	if got, want := header.List(h, "X-List"), []string{"a", "b", "c", `"d`, "e"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !header.HasToken(request("Connection", "keep-alive", "Connection", "TE, Upgrade"), "Connection", "upgrade") {
		t.Error("the second line was not read")
	}
}

func TestNoneMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		want  bool
	}{
		{nil, false},
		{[]string{`"abc"`}, true},
		{[]string{`W/"abc"`}, true},
		{[]string{`"x", "abc"`}, true},
		{[]string{`"x"`, `W/"y", "abc"`}, true},
		{[]string{`"a,b" , "abc"`}, true},
		{[]string{"*"}, true},
		{[]string{`"abc`, `abc"`}, false},
		{[]string{`abc`}, false},
		{[]string{`"x\"abc"`}, false},
		{[]string{`nonsense "abc"`}, false},
	} {
		h := request()
		for _, line := range c.lines {
			h.Add("If-None-Match", line)
		}
		if got := header.NoneMatch(h, `"abc"`); got != c.want {
			t.Errorf("%q: %v, want %v", c.lines, got, c.want)
		}
	}
}

func TestAccepts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "gzip": true, "br, GZIP;q=0.5": true, "gzip;q=0": false, "gzip;q=0.0, *": false,
		"*": true, "br": false, "*;q=0": false, "gzip;q=many": false, "xgzip": false,
	} {
		if got := header.Accepts(request("Accept-Encoding", text), "Accept-Encoding", "gzip"); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "en", "zh-CN": "zh-CN", "zh-Hant-TW,zh;q=0.9": "zh-CN", "ZH": "zh-CN", "pl": "en", "pl, zh;q=0.1": "zh-CN",
		"en-GB,zh-CN;q=0.8": "en", "zh-CN,en;q=0.8": "zh-CN", "en;q=0.2, zh;q=0.7": "zh-CN", "zh;q=0": "en", "*": "en",
		"*;q=0.1, zh": "zh-CN", "zhx": "en",
	} {
		if got := header.Language(request("Accept-Language", text), "en", "zh-CN"); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// Ensure that a request is known as forwarded by whatever header proxies say it with.
func TestSaysForwarded(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"X-Forwarded-For", "x-forwarded-proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded", "Forwarded", "Via",
		"True-Client-IP", "CF-Connecting-IP", "CF-Connecting-IPv6", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "Fastly-Client-IP",
		"X-Azure-ClientIP", "X-Appengine-User-IP", "X-Original-Forwarded-For", "X-Envoy-External-Address"} {
		if !header.SaysForwarded(request(name, "[::1]")) {
			t.Errorf("%s is not known", name)
		}
	}
	for _, name := range []string{"Host", "User-Agent", "X-Request-ID", "Accept", "Origin", "Client"} {
		if header.SaysForwarded(request(name, "[::1]")) {
			t.Errorf("%s is taken for a proxy's", name)
		}
	}
}

func TestHops(t *testing.T) {
	t.Parallel()
	show := func(hops []header.Hop) (text string) {
		for _, hop := range hops {
			text += fmt.Sprintf("%s %s;", hop.Address, hop.Scheme)
		}
		return text
	}
	for _, c := range []struct {
		from  string
		lines []string
		want  string
	}{
		{header.XForwardedFor, []string{"X-Forwarded-For", "1.1.1.1", "X-Forwarded-For", "2.2.2.2"}, "1.1.1.1 ;2.2.2.2 ;"},
		{header.XForwardedFor, []string{"X-Forwarded-For", "2001:db8::1, [2001:db8::2]:80, 3.3.3.3:90, ::ffff:4.4.4.4"},
			"2001:db8::1 ;2001:db8::2 ;3.3.3.3 ;4.4.4.4 ;"},
		{header.XForwardedFor, []string{"X-Forwarded-For", "unknown, 1.2.3"}, "invalid IP ;invalid IP ;"},
		{header.XForwardedFor, []string{"X-Forwarded-For", "1.1.1.1,2.2.2.2", "X-Forwarded-Proto", "http", "X-Forwarded-Proto", "HTTPS"},
			"1.1.1.1 http;2.2.2.2 https;"},
		{header.XForwardedFor, []string{"X-Forwarded-For", "1.1.1.1,2.2.2.2", "X-Forwarded-Proto", "https"}, "1.1.1.1 https;2.2.2.2 https;"},
		{header.XForwardedFor, []string{"Forwarded", "for=1.1.1.1"}, ""},
		{header.Forwarded, []string{"X-Forwarded-For", "1.1.1.1"}, ""},
		{header.Forwarded, []string{"Forwarded", `For="[2001:db8::1]:4711";proto=HTTPS;by=_x`, "Forwarded", "for=192.0.2.43"},
			"2001:db8::1 https;192.0.2.43 ;"},
		{header.Forwarded, []string{"Forwarded", `for="1.1.1.1, for=2.2.2.2`}, "invalid IP ;2.2.2.2 ;"},
		{header.Forwarded, []string{"Forwarded", "for=_hidden, for=unknown, proto=http"}, "invalid IP ;invalid IP ;invalid IP http;"},
	} {
		if got := show(header.Hops(request(c.lines...), c.from)); got != c.want {
			t.Errorf("%q: %q, want %q", c.lines, got, c.want)
		}
	}
}

func FuzzHops(f *testing.F) {
	f.Add("1.1.1.1, unknown", `for="[::1]:80";proto=https, for=`)
	f.Fuzz(func(t *testing.T, xff, forwarded string) {
		h := request("X-Forwarded-For", xff, "Forwarded", forwarded)
		for _, from := range []string{header.XForwardedFor, header.Forwarded} {
			for _, hop := range header.Hops(h, from) {
				if hop.Address.Zone() != "" || hop.Address.Is4In6() {
					t.Errorf("%v is not a plain address", hop.Address)
				}
			}
		}
		header.NoneMatch(request("If-None-Match", xff), `"a"`)
		header.Language(request("Accept-Language", xff), "en", "zh-CN")
	})
}
