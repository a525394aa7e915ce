package host

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/migrations/migrationtest"
)

// Ensure, over real connections, that a proxy on an allowed address does not read the metrics for
// strangers: neither one that the host trusts, nor one that it was not told of and that reports its
// client in a header which the host does not read.
func TestMetricsThroughAProxyAreForTheNamedReadersAlone(t *testing.T) {
	t.Parallel()
	start := func(allow string, proxies ...string) *Host {
		pool := migrationtest.Open(t)
		h, err := Boot(t.Context(), Serve{Addr: "127.0.0.1:0", Data: t.TempDir(), Currency: "CNY", SecondFactor: "optional",
			PostgresURL:  pool.Config().ConnString() + " database=" + pool.Config().ConnConfig.Database,
			MetricsAllow: []string{allow}, TrustedProxies: proxies, ProxyHeader: "x-forwarded-for"}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Shutdown(context.Background()) })
		return h
	}
	local, behind, named := start("127.0.0.0/8"), start("127.0.0.0/8", "127.0.0.1"), start("203.0.113.0/24", "127.0.0.1")
	for _, c := range []struct {
		name    string
		host    *Host
		headers map[string]string // that the proxy sets
		want    int
	}{
		{"nobody in between", local, nil, 200},
		{"a proxy that nobody told us of", local, map[string]string{"True-Client-IP": "203.0.113.9"}, 403},
		{"one that calls its client the host", local, map[string]string{"True-Client-IP": "127.0.0.1"}, 403},
		{"a trusted proxy that reports in another header", behind, map[string]string{"True-Client-IP": "203.0.113.9"}, 403},
		{"a trusted proxy", behind, map[string]string{"True-Client-IP": "203.0.113.9", "X-Forwarded-For": "203.0.113.9"}, 403},
		{"a trusted proxy of a client that invents a header", behind,
			map[string]string{"True-Client-IP": "127.0.0.1", "X-Forwarded-For": "203.0.113.9"}, 403},
		{"a trusted proxy of a named reader", named, map[string]string{"True-Client-IP": "203.0.113.9", "X-Forwarded-For": "203.0.113.9"}, 200},
		{"a trusted proxy of somebody else who invents a header", named,
			map[string]string{"True-Client-IP": "203.0.113.9", "X-Forwarded-For": "198.51.100.7"}, 403},
	} {
		address := "http://" + c.host.Address()
		if c.headers != nil {
			proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: c.host.Address()})
				for name, value := range c.headers {
					r.Out.Header.Set(name, value)
				}
			}})
			t.Cleanup(proxy.Close)
			address = proxy.URL
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != c.want || strings.Contains(string(text), "teahouse_workers") != (c.want == 200) {
			t.Errorf("%s: %d, want %d, %v", c.name, response.StatusCode, c.want, err)
		}
	}
}
