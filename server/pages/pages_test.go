package pages_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/pages"
)

func get(t *testing.T, address string, header ...string) (*http.Response, string) {
	t.Helper()
	site, err := pages.Load(fstest.MapFS{
		".gitkeep":                     {},
		"phone/index.html":             {Data: []byte("the phone")},
		"phone/sw.js":                  {Data: []byte("the worker")},
		"phone/assets/main-1f.js":      {Data: []byte(strings.Repeat("let tea = 1;\n", 200))},
		"console/developer/index.html": {Data: []byte("the developer")},
		"console/admin/index.html":     {Data: []byte("the admin")},
		"view/frame.html":              {Data: []byte("the frame<script>start()</script>")},
		"view/assets/view-1f.js":       {Data: []byte("view()")},
		"view/assets/extra-2f.js":      {Data: []byte("extra()")},
	})
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		return c.SendStatus(api.ProblemOf(err).Status)
	}})
	site.Routes(app)
	request := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i < len(header); i += 2 {
		if request.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			request.Host = header[i+1]
		}
	}
	response, err := app.Test(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestEachPageIsServedForTheAddressesBelowIt(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"/": "the phone", "/chats/7": "the phone",
		"/developer/": "the developer", "/developer/apps/ta1": "the developer", "/admin/reviews": "the admin",
		"/view/frame.html": "the frame<script>start()</script>"} {
		if response, body := get(t, address); response.StatusCode != 200 || body != want {
			t.Errorf("%s: %d %q, want %q", address, response.StatusCode, body, want)
		}
	}
}

func TestUnknownAddressesAreNotFound(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"/assets/gone.js", "/api/v1/nothing", "/view/", "/images/x", "/../../etc/passwd.txt", "/.gitkeep"} {
		if response, body := get(t, address); response.StatusCode != 404 {
			t.Errorf("%s: %d %q", address, response.StatusCode, body)
		}
	}
}

func TestAssetsAreCachedAndPagesAreRevalidated(t *testing.T) {
	t.Parallel()
	asset, body := get(t, "/assets/main-1f.js", "Accept-Encoding", "gzip")
	if !strings.Contains(asset.Header.Get("Cache-Control"), "immutable") || asset.Header.Get("Content-Encoding") != "gzip" || len(body) > 200 {
		t.Errorf("asset: %v, %d bytes", asset.Header, len(body))
	}
	first, _ := get(t, "/")
	again, body := get(t, "/", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("asked again: %d %q", again.StatusCode, body)
	}
}

// The policies, directive by directive: whoever changes one says so here. Scripts of the frame and
// sockets of the pages have tests of their own.
func TestEachDocumentHasItsPolicy(t *testing.T) {
	t.Parallel()
	page := map[string]string{
		"default-src": "'self'", "script-src": "'self'", "style-src": "'self' 'unsafe-inline'", "img-src": "'self' data: blob:",
		"media-src": "'self' blob:", "frame-src": "'self'", "object-src": "'none'", "base-uri": "'none'",
		"form-action": "'self'", "frame-ancestors": "'none'",
	}
	for address, want := range map[string]map[string]string{
		"/": page, "/chats/7": page, "/developer/": page, "/admin/reviews": page,
		"/view/frame.html": {
			"sandbox": "allow-scripts", "default-src": "'none'", "style-src": "'unsafe-inline'", "img-src": "'self' data: blob:",
			"font-src": "'self' data:", "media-src": "'self'", "connect-src": "'none'", "form-action": "'none'", "base-uri": "'none'",
			"frame-ancestors": "'self'",
		},
		"/sw.js": {"default-src": "'none'", "script-src": "'self'", "connect-src": "'self'"},
	} {
		response, _ := get(t, address)
		got := map[string]string{}
		for directive := range strings.SplitSeq(response.Header.Get("Content-Security-Policy"), "; ") {
			name, value, _ := strings.Cut(directive, " ")
			if _, ok := want[name]; ok || name != "connect-src" && name != "script-src" {
				got[name] = value
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: the policy is %v, want %v", address, got, want)
		}
	}
}

// No address that a page could name is a source of scripts, not even the host itself: the frame runs what
// has the hash of its own scripts.
func TestTheFrameRunsItsOwnScriptsAlone(t *testing.T) {
	t.Parallel()
	response, _ := get(t, "/view/frame.html")
	var sources []string
	for directive := range strings.SplitSeq(response.Header.Get("Content-Security-Policy"), "; ") {
		if rest, ok := strings.CutPrefix(directive, "script-src "); ok {
			sources = strings.Fields(rest)
		}
	}
	want := []string{sourceOf("start()"), sourceOf("view()"), sourceOf("extra()")}
	slices.Sort(want)
	if !slices.Equal(sources, want) {
		t.Errorf("the frame runs scripts of %v, want %v", sources, want)
	}
	script, _ := get(t, "/view/assets/view-1f.js")
	if cache := script.Header.Get("Cache-Control"); !strings.Contains(cache, "immutable") {
		t.Errorf("the view script is asked for again and again: %s", cache)
	}
}

func sourceOf(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// An injected script must not be able to send data to another host: sockets are only allowed to
// this one.
func TestAPageConnectsOnlyToItsOwnHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"tea.example": "connect-src 'self' ws://tea.example wss://tea.example;",
		"[::1]:8080":  "connect-src 'self' ws://[::1]:8080 wss://[::1]:8080;",
		"a;b":         "connect-src 'self';", "*": "connect-src 'self';", "*.example": "connect-src 'self';",
	} {
		response, _ := get(t, "/chats/7", "Host", host)
		if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, want) {
			t.Errorf("%s: %s", host, policy)
		}
	}
}

func TestTheConsolesAddressWithoutASlashRedirects(t *testing.T) {
	t.Parallel()
	response, _ := get(t, "/developer")
	if response.StatusCode != http.StatusMovedPermanently || response.Header.Get("Location") != "/developer/" {
		t.Errorf("%d to %q", response.StatusCode, response.Header.Get("Location"))
	}
}

func TestTheServiceWorkerIsAskedForAgain(t *testing.T) {
	t.Parallel()
	response, body := get(t, "/sw.js")
	if body != "the worker" {
		t.Errorf("got %q", body)
	}
	if cache := response.Header.Get("Cache-Control"); cache != "no-cache" {
		t.Errorf("the browser would keep an old worker: %s", cache)
	}
}
