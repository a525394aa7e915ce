package pages_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
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
		"view/frame.html":              {Data: []byte("the frame")},
	})
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		return c.SendStatus(fault.CodeOf(err).Status())
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
		"/view/frame.html": "the frame"} {
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

func TestTheFrameHasNoNetworkAndNoOrigin(t *testing.T) {
	t.Parallel()
	response, _ := get(t, "/view/frame.html")
	policy := response.Header.Get("Content-Security-Policy")
	for _, part := range []string{"sandbox allow-scripts;", "connect-src 'none'", "default-src 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %q: %s", part, policy)
		}
	}
	if strings.Contains(policy, "allow-same-origin") {
		t.Error("the frame has the shell's origin")
	}
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

// A worker has the policy of its own script: without one of its own it could not fetch the shell.
func TestTheServiceWorkerMayFetchFromItsHostAlone(t *testing.T) {
	t.Parallel()
	response, body := get(t, "/sw.js")
	policy := response.Header.Get("Content-Security-Policy")
	if body != "the worker" || !strings.Contains(policy, "connect-src 'self'") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("%q with %q", body, policy)
	}
	if cache := response.Header.Get("Cache-Control"); cache != "no-cache" {
		t.Errorf("the browser would keep an old worker: %s", cache)
	}
}
