package egress

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
)

// names is a resolver with fixed answers; each lookup of a name takes its next answer.
type names struct {
	answers map[string][][]string
	asked   atomic.Int32
}

func (n *names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	turns, ok := n.answers[host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	turn := turns[min(int(n.asked.Add(1))-1, len(turns)-1)]
	var addrs []netip.Addr
	for _, text := range turn {
		addrs = append(addrs, netip.MustParseAddr(text))
	}
	return addrs, nil
}

// always answers every lookup with the same addresses.
func always(host string, addrs ...string) *names {
	return &names{answers: map[string][][]string{host: {addrs}}}
}

// client returns a client whose connections all go to the test server, and the list of addresses
// that it dialled. An address that is not in the list was not contacted.
func client(t *testing.T, server *httptest.Server, config Config) (*Client, *[]string) {
	t.Helper()
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	dialled := &[]string{}
	c.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		*dialled = append(*dialled, address)
		if server == nil {
			return nil, fmt.Errorf("no server")
		}
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	if server != nil && server.TLS != nil {
		c.released.transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		c.released.transport.TLSClientConfig.ServerName = "example.com" // the name in the test certificate
	}
	return c, dialled
}

func app(domains ...string) bridge.Caller {
	return bridge.Caller{Kind: bridge.AppSession, AppID: "ta0000000000000001", SessionID: "s", Domains: domains,
		Scopes: []string{"network"}}
}

// bypasses are ways to write an address of the host's own network. Each is tried with its host
// declared, so that only the address rules can refuse it.
var bypasses = []string{
	"https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/",
	"https://0x7f.0.0.1/", "https://0x7f.1/", "https://0177.0.0.1/", "https://017700000001/", "https://127.0.0.1./",
	"https://127.000.000.001/", "https://0/", "https://0.0.0.0/", "https://[::]/", "https://[::1]/",
	"https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/",
	"https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::1]/",
	"https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
	"https://[fec0::1]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[ff02::1]/",
	"https://10.0.0.1/", "https://10.1/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.0.1/",
	"https://192.168.257/", "https://169.254.169.254/latest/meta-data/", "https://0xa9fea9fe/", "https://2852039166/",
	"https://100.64.0.1/", "https://100.100.100.200/", "https://192.0.0.192/", "https://198.18.0.1/",
	"https://224.0.0.1/", "https://239.255.255.255/", "https://240.0.0.1/", "https://255.255.255.255/",
	"https://①②⑦.⓪.⓪.①/", "https://１２７.０.０.１/", "https://127。0。0。1/", "https://localhost/", "https://LOCALHOST./",
	"https://local.example/", "https://mixed.example/", "https://six.example/", "https://nat.example/",
	"http://127.0.0.1/", "http://public.example/", "https://public.example:80@127.0.0.1/",
	"https://127.0.0.1#@public.example/", "https://127.0.0.1\\@public.example/", "https://127.0.0.1%00.public.example/",
	"https://127.0.0.1\t/", "https:///127.0.0.1/", "https:127.0.0.1/", "//127.0.0.1/", "ftp://public.example/",
	"file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "https://user@public.example/",
	"https://public.example:0443/", "https://public.example:99999/", "https://public.example:/\n",
}

func TestEverySpellingOfAPrivateAddressIsRefused(t *testing.T) {
	t.Parallel()
	resolver := &names{answers: map[string][][]string{
		"localhost": {{"127.0.0.1", "::1"}}, "local.example": {{"192.168.1.10"}},
		"mixed.example": {{"93.184.215.14", "10.0.0.1"}}, "six.example": {{"::ffff:169.254.169.254"}},
		"nat.example": {{"64:ff9b::a00:1"}}, "public.example": {{"93.184.215.14"}},
	}}
	for _, raw := range bypasses {
		c, dialled := client(t, nil, Config{Resolver: resolver})
		declared := []string{"localhost", "local.example", "mixed.example", "six.example", "nat.example", "public.example"}
		if u, err := url.Parse(raw); err == nil {
			declared = append(declared, u.Hostname(), strings.TrimSuffix(u.Hostname(), "."))
			if to, err := parseTarget(raw); err == nil {
				declared = append(declared, to.host, to.authority())
			}
		}
		_, err := c.Do(t.Context(), app(declared...), Request{URL: raw})
		if code := fault.CodeOf(err); code != fault.Invalid && code != fault.Forbidden {
			t.Errorf("%q: got %v, want a refusal", raw, err)
		}
		if len(*dialled) != 0 {
			t.Errorf("%q reached %v", raw, *dialled)
		}
		if r, err := http.NewRequestWithContext(t.Context(), "POST", raw, nil); err == nil {
			answer, err := c.RoundTripper().RoundTrip(r)
			if err == nil {
				answer.Body.Close()
			}
			if err == nil || len(*dialled) != 0 {
				t.Errorf("as a webhook, %q reached %v: %v", raw, *dialled, err)
			}
		}
	}
}

func TestPublicAddressesAreNeverInAClosedNetwork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raw := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address"))
		four := netip.AddrFrom4([4]byte(raw[:4]))
		mapped := netip.AddrFrom16(four.As16())
		if public(four) != public(mapped) {
			t.Fatalf("%v and %v are the same address, but only one is public", four, mapped)
		}
		for _, addr := range []netip.Addr{four, netip.AddrFrom16(raw)} {
			inner := addr.IsPrivate() || addr.IsLoopback() || addr.IsMulticast() || addr.IsUnspecified() ||
				addr.IsLinkLocalUnicast()
			if inner && public(addr) {
				t.Fatalf("%v counts as public", addr)
			}
		}
	})
}

func TestOnlyDeclaredDomainsAreReached(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Host)
	}))
	t.Cleanup(server.Close)
	c, dialled := client(t, server, Config{Resolver: &names{answers: map[string][][]string{
		"api.example.com": {{"93.184.215.14"}}, "xn--bcher-kva.example": {{"93.184.215.15"}}}}})
	caller := app("api.example.com", "xn--bcher-kva.example")
	for _, raw := range []string{"https://api.example.com/a", "https://API.example.com./b", "https://bücher.example/"} {
		if answer, err := c.Do(t.Context(), caller, Request{URL: raw}); err != nil || answer.Status != 200 {
			t.Errorf("%s: %v %v", raw, answer, err)
		}
	}
	if len(*dialled) == 0 || (*dialled)[0] != "93.184.215.14:443" {
		t.Errorf("dialled %v, want the resolved address", *dialled)
	}
	for _, raw := range []string{"https://example.com/", "https://evil-api.example.com/", "https://api.example.com.evil.example/",
		"https://api.example.com:8443/", "https://api.example.com@evil.example/"} {
		if _, err := c.Do(t.Context(), caller, Request{URL: raw}); err == nil {
			t.Errorf("%s was allowed", raw)
		}
	}
	if _, err := c.Do(t.Context(), app(), Request{URL: "https://api.example.com/"}); fault.SlugOf(err) != "domain-not-declared" {
		t.Errorf("an app without domains: %v", err)
	}
}

func TestTheCheckedAddressIsDialled(t *testing.T) {
	t.Parallel()
	resolver := &names{answers: map[string][][]string{"rebind.example": {{"93.184.215.14"}, {"127.0.0.1"}}}}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close") // so that the next request makes a new connection
	}))
	t.Cleanup(server.Close)
	c, dialled := client(t, server, Config{Resolver: resolver})
	if _, err := c.Do(t.Context(), app("rebind.example"), Request{URL: "https://rebind.example/"}); err != nil {
		t.Fatal(err)
	}
	if asked := resolver.asked.Load(); asked != 1 || len(*dialled) != 1 || (*dialled)[0] != "93.184.215.14:443" {
		t.Fatalf("%d lookups, dialled %v; want the one checked address", asked, *dialled)
	}
	_, err := c.Do(t.Context(), app("rebind.example"), Request{URL: "https://rebind.example/"})
	if fault.SlugOf(err) != "address-refused" || len(*dialled) != 1 {
		t.Fatalf("after the name changed to a private address: %v, dialled %v", err, *dialled)
	}
}

func TestRedirectsAreCheckedLikeFirstRequests(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"http://127.0.0.1/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/",
		"https://inner.example/", "https://undeclared.example/", "http://api.example.com/", "file:///etc/passwd",
		"https://0x7f.1/", "https://api.example.com:22/", "https://user:pw@api.example.com/"} {
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}))
		c, dialled := client(t, server, Config{Resolver: &names{answers: map[string][][]string{
			"api.example.com": {{"93.184.215.14"}}, "inner.example": {{"10.0.0.1"}}, "undeclared.example": {{"93.184.215.16"}}}}})
		_, err := c.Do(t.Context(), app("api.example.com", "inner.example", "127.0.0.1", "::1"),
			Request{URL: "https://api.example.com/"})
		if err == nil || len(*dialled) != 1 {
			t.Errorf("redirect to %s: %v, dialled %v", to, err, *dialled)
		}
		server.Close()
	}
}

// Ensure that who follows redirects by itself is told of them, and reaches nothing by that.
func TestARedirectIsTheAnswerWhereItIsNotFollowed(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "a=1")
		http.Redirect(w, r, "https://undeclared.example/", http.StatusFound)
	}))
	t.Cleanup(server.Close)
	c, dialled := client(t, server, Config{Resolver: always("api.example.com", "93.184.215.14")})
	caller := app("api.example.com")
	caller.Kind = bridge.AppFunction
	answer, err := c.Do(t.Context(), caller, Request{URL: "https://api.example.com/", Redirect: "manual"})
	if err != nil || answer.Status != http.StatusFound || answer.Headers["Location"] != "https://undeclared.example/" || len(answer.Cookies) != 1 || len(*dialled) != 1 {
		t.Errorf("%+v, %v, dialled %v", answer, err, *dialled)
	}
	if _, err := c.Do(t.Context(), caller, Request{URL: answer.Headers["Location"], Redirect: "manual"}); fault.SlugOf(err) != "domain-not-declared" || len(*dialled) != 1 {
		t.Errorf("the next request: %v, dialled %v", err, *dialled)
	}
}

func TestARedirectLoopEnds(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		if from := r.Referer(); from != "" { // it may hold what the program asked of the server before
			t.Errorf("the address before is told: %s", from)
		}
		http.Redirect(w, r, "https://api.example.com/", http.StatusFound)
	}))
	t.Cleanup(server.Close)
	c, _ := client(t, server, Config{Resolver: always("api.example.com", "93.184.215.14")})
	_, err := c.Do(t.Context(), app("api.example.com"), Request{URL: "https://api.example.com/"})
	if fault.SlugOf(err) != "too-many-redirects" || hits.Load() != MaxRedirects+1 {
		t.Fatalf("%v after %d requests", err, hits.Load())
	}
}

func TestAppsCannotSetHeadersOfTheConnection(t *testing.T) {
	t.Parallel()
	var got http.Header
	var host string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, host = r.Header, r.Host
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
	}))
	t.Cleanup(server.Close)
	c, _ := client(t, server, Config{Resolver: always("api.example.com", "93.184.215.14")})
	header := map[string]string{"host": "inner", "REFERER": "x", "Connection": "upgrade", "Upgrade": "websocket",
		"Transfer-Encoding": "chunked", "X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "proxy-authorization": "x",
		"X-Token": "kept", "content-type": "text/plain"}
	answer, err := c.Do(t.Context(), app("api.example.com"), Request{URL: "https://api.example.com/", Method: "post",
		Headers: header, Body: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Referer", "Connection", "Upgrade", "X-Forwarded-For", "Forwarded", "Proxy-Authorization"} {
		if got.Get(name) != "" {
			t.Errorf("%s was sent: %q", name, got.Get(name))
		}
	}
	if host != "api.example.com" || got.Get("X-Token") != "kept" || got.Get("Content-Type") != "text/plain" {
		t.Errorf("host %q, headers %v", host, got)
	}
	if len(answer.Cookies) != 2 {
		t.Errorf("cookies %v", answer.Cookies)
	}
	_, err = c.Do(t.Context(), app("api.example.com"), Request{URL: "https://api.example.com/",
		Headers: map[string]string{"X": "a\r\nHost: inner"}})
	if fault.SlugOf(err) != "bad-header" {
		t.Errorf("a header with a line break: %v", err)
	}
}

func TestBodiesArriveUnchanged(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s", r.Method, body)
	}))
	t.Cleanup(server.Close)
	c, _ := client(t, server, Config{Resolver: always("api.example.com", "93.184.215.14")})
	for _, test := range []struct {
		in   Request
		want Response
	}{
		{Request{Method: "GET"}, Response{Body: "GET "}},
		{Request{Method: "POST", Body: "raw"}, Response{Body: "POST raw"}},
		{Request{Method: "PUT", BodyBase64: "AAE="}, Response{Body: "PUT \x00\x01"}},
		{Request{Method: "POST", BodyBase64: "/w=="}, Response{BodyBase64: "UE9TVCD/"}},
		{Request{Response: "base64"}, Response{BodyBase64: "R0VUIA=="}},
	} {
		test.in.URL = "https://api.example.com/"
		answer, err := c.Do(t.Context(), app("api.example.com"), test.in)
		if err != nil || answer.Body != test.want.Body || answer.BodyBase64 != test.want.BodyBase64 {
			t.Errorf("%+v: %+v %v, want %+v", test.in, answer, err, test.want)
		}
	}
}

func TestSizesAndTimesAreBounded(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-stop
			return
		}
		chunk := make([]byte, 1<<20)
		for range MaxResponse>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) })
	c, _ := client(t, server, Config{Resolver: always("api.example.com", "93.184.215.14")})
	if _, err := c.Do(t.Context(), app("api.example.com"), Request{URL: "https://api.example.com/big"}); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("an endless body: %v", err)
	}
	// The server is silent until the test is over, so an answer at all is the timeout's.
	_, err := c.Do(t.Context(), app("api.example.com"), Request{URL: "https://api.example.com/slow", TimeoutMS: 50})
	if fault.SlugOf(err) != "request-timeout" {
		t.Errorf("a silent server: %v", err)
	}
}

func TestLargeResponsesWaitForAFreeSlot(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size := SmallResponse
		if r.URL.Path == "/large" {
			size = 4 * SmallResponse
		}
		_, _ = w.Write(make([]byte, size)) // the client may give up
	}))
	t.Cleanup(server.Close)
	c, _ := client(t, server, Config{Resolver: always("api.example.com", "93.184.215.14")})
	get := func(path string) (int, error) {
		answer, err := c.Do(t.Context(), app("api.example.com"), Request{URL: "https://api.example.com" + path, TimeoutMS: 2000})
		return len(answer.Body), err
	}
	for range MaxLarge {
		c.large <- struct{}{}
	}
	if size, err := get("/small"); size != SmallResponse || err != nil {
		t.Errorf("a small response on a full host: %d bytes, %v", size, err)
	}
	if _, err := get("/large"); fault.SlugOf(err) != "request-timeout" {
		t.Errorf("a large response on a full host: %v", err)
	}
	<-c.large
	if size, err := get("/large"); size != 4*SmallResponse || err != nil {
		t.Errorf("a large response: %d bytes, %v", size, err)
	}
	if len(c.large) != MaxLarge-1 {
		t.Errorf("%d slots taken", len(c.large))
	}
}

func TestASessionHasTenRequestsAtATime(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, Config{})
	caller := app("public.example")
	var releases []func()
	for range PerSession {
		release, ok := c.active.enter(caller, PerSession, PerApp)
		if !ok {
			t.Fatal("refused")
		}
		releases = append(releases, release)
	}
	in := Request{URL: "https://public.example/"}
	if _, err := c.Do(t.Context(), caller, in); fault.SlugOf(err) != "too-many-requests" {
		t.Errorf("the eleventh: %v", err)
	}
	if _, err := c.Fetch(t.Context(), caller, in, nil, ""); fault.SlugOf(err) != "too-many-requests" {
		t.Errorf("the eleventh, a file: %v", err)
	}
	for _, release := range releases {
		release()
	}
	if len(c.active.of) != 0 {
		t.Errorf("counts remain: %v", c.active.of)
	}
}

func TestAnOperatorMayAllowADevelopmentServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "dev") }))
	t.Cleanup(server.Close)
	authority := server.Listener.Addr().String()
	c, err := New(Config{Allow: []string{authority}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for _, domain := range []string{authority, "127.0.0.1"} {
		answer, err := c.Do(t.Context(), app(domain), Request{URL: "http://" + authority + "/"})
		if err != nil || answer.Body != "dev" {
			t.Errorf("declared as %s: %v %v", domain, answer, err)
		}
	}
	if _, err := c.Do(t.Context(), app(), Request{URL: "http://" + authority + "/"}); fault.SlugOf(err) != "domain-not-declared" {
		t.Errorf("allowed by the operator, not declared by the app: %v", err)
	}
	if _, err := c.Do(t.Context(), app("127.0.0.1"), Request{URL: "https://127.0.0.1/"}); err == nil {
		t.Error("another port of the same machine was allowed")
	}
	for _, pattern := range []string{"127.0.0.1", ":80", "[", "a:[", ""} {
		if _, err := New(Config{Allow: []string{pattern}}); err == nil {
			t.Errorf("pattern %q was accepted", pattern)
		}
	}
}

// Ensure a development version reaches its developer's machine where the operator allows it, and a
// released one, a webhook, and any other network do not profit.
func TestADevelopmentVersionReachesItsDevelopersMachine(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "dev") }))
	t.Cleanup(server.Close)
	authority := server.Listener.Addr().String()
	resolver := &names{answers: map[string][][]string{"localhost": {{"127.0.0.1", "::1"}}, "far.example": {{"93.184.215.14"}},
		"home.example": {{"127.0.0.1"}}}}
	c, err := New(Config{Development: []string{"127.0.0.0/8", "::1/128"}, Resolver: resolver})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	trial := func(domains ...string) bridge.Caller {
		return bridge.Caller{Kind: bridge.AppSession, AppID: "ta0000000000000001", SessionID: "s", Domains: domains,
			Trial: bridge.Grant{Version: "2.0.0", Scopes: []string{"network"}}}
	}
	_, port, _ := net.SplitHostPort(authority)
	for _, host := range []string{authority, "localhost:" + port, "home.example:" + port} {
		answer, err := c.Do(t.Context(), trial(host), Request{URL: "http://" + host + "/"})
		if err != nil || answer.Body != "dev" {
			t.Errorf("%s: %v %v", host, answer, err)
		}
		if _, err := c.Do(t.Context(), app(host), Request{URL: "http://" + host + "/"}); fault.SlugOf(err) != "bad-url" {
			t.Errorf("a released version reached %s: %v", host, err)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+authority+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := c.RoundTripper().RoundTrip(r); err == nil {
		answer.Body.Close()
		t.Error("a webhook reached the developer's machine")
	}
	for address, want := range map[string]string{"http://far.example/": "bad-url", "https://10.0.0.1/": "address-refused",
		"http://169.254.169.254/": "bad-url", "http://10.0.0.1/": "bad-url"} {
		_, err := c.Do(t.Context(), trial("far.example:80", "10.0.0.1", "169.254.169.254:80", "10.0.0.1:80"), Request{URL: address})
		if fault.SlugOf(err) != want {
			t.Errorf("%s: got %v, want %s", address, err, want)
		}
	}
	for _, network := range []string{"0.0.0.0/0", "169.254.0.0/16", "8.8.8.0/24", "10.0.0.0/7", "localhost", "::/0", ""} {
		if _, err := New(Config{Development: []string{network}}); err == nil {
			t.Errorf("the network %q was accepted", network)
		}
	}
}

// Ensure every refusal names the setting that would change it.
func TestARefusalNamesTheSetting(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, Config{})
	for _, try := range []struct {
		address string
		domains []string
		want    string
	}{
		{"http://127.0.0.1:18111/", []string{"127.0.0.1"}, `declares 127.0.0.1 for the port 443 only; add "127.0.0.1:18111"`},
		{"https://a.example/", nil, `add "a.example" to teahouse.domains`},
		{"https://a.example:8443/", nil, `add "a.example:8443" to teahouse.domains`},
		{"http://localhost:3000/", []string{"localhost:3000"}, "--egress-allow localhost:3000"},
		{"http://localhost:3000/", []string{"localhost:3000"}, "--egress-allow-development"},
		{"https://10.0.0.7/", []string{"10.0.0.7"}, "--egress-allow 10.0.0.7:443"},
	} {
		_, err := c.Do(t.Context(), app(try.domains...), Request{URL: try.address})
		if !strings.Contains(fault.MessageOf(err), try.want) {
			t.Errorf("%s with %v: %q lacks %q", try.address, try.domains, fault.MessageOf(err), try.want)
		}
	}
}

// Ensure that an address which a request would be refused for is refused when it is saved, with the
// same words, and that no name is looked up for it.
func TestAnAddressIsCheckedBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	resolver := &names{}
	c, _ := client(t, nil, Config{Allow: []string{"127.0.0.1:8081", "*.dev.internal:*"}, Development: []string{"127.0.0.0/8"}, Resolver: resolver})
	for address, want := range map[string]string{
		"https://shop.example/hook":       "",
		"https://shop.example:8443/hook":  "",
		"http://127.0.0.1:8081/hook":      "",
		"http://a.dev.internal:9000/":     "",
		"https://shop.example:99999/hook": "its port is not a number from 1 to 65535",
		"https://shop.example:0/":         "its port is not a number from 1 to 65535",
		"http://shop.example/hook":        "--egress-allow shop.example:80",
		"http://127.0.0.1:9000/":          "--egress-allow 127.0.0.1:9000",
		"https://localhost/":              "--egress-allow localhost:443",
		"https://a.localhost:8443/":       "--egress-allow a.localhost:8443",
		"https://printer/":                "--egress-allow printer:443",
		"https://db.internal/":            "--egress-allow db.internal:443",
		"https://10.0.0.7/":               "--egress-allow 10.0.0.7:443",
		"https://[::1]/":                  "--egress-allow [::1]:443",
		"https://169.254.169.254/":        "--egress-allow 169.254.169.254:443",
		"https://2130706433/":             "unusual form",
		"ftp://shop.example/":             "only https is allowed",
		"/hook":                           "it must be an absolute URL",
	} {
		err := c.Check(t.Context(), address)
		if want == "" && err != nil || want != "" && !strings.Contains(fault.MessageOf(err), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
		request, requestErr := http.NewRequestWithContext(t.Context(), http.MethodPost, address, nil)
		if err == nil || requestErr != nil {
			continue
		}
		answer, requestErr := c.RoundTripper().RoundTrip(request)
		if requestErr == nil {
			_ = answer.Body.Close() // a request that must not have been made
		}
		if address != "/hook" && fault.MessageOf(requestErr) != fault.MessageOf(err) {
			t.Errorf("%s: saving says %q, sending %q", address, fault.MessageOf(err), fault.MessageOf(requestErr))
		}
	}
	if n := resolver.asked.Load(); n > 0 {
		t.Errorf("%d names were looked up", n)
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, raw := range bypasses {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		first, err := parseTarget(raw)
		if err != nil {
			return
		}
		second, err := parseTarget(first.url.String())
		if err != nil || first.host != second.host || first.port != second.port {
			t.Fatalf("%q reads as %s, and that as %s (%v)", raw, first.authority(), second.authority(), err)
		}
	})
}

// Ensure what the compiler's warning asks agrees with what requests meet.
func TestAllowsIsWhatTheOperatorAllows(t *testing.T) {
	t.Parallel()
	client, err := New(Config{Allow: []string{"127.0.0.1:8081", "*.dev.internal:*"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	for url, want := range map[string]bool{
		"http://127.0.0.1:8081": true, "ws://127.0.0.1:8081": true, "https://api.dev.internal": true,
		"http://127.0.0.1:8082": false, "http://127.0.0.1": false, "https://example.com": false, "no url": false,
	} {
		if got := client.Allows(url); got != want {
			t.Errorf("%s: got %v, want %v", url, got, want)
		}
	}
}
