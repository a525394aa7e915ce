package webview_test

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/egress"
	"github.com/teahouse/teahouse/server/webview"
)

var image = strings.Repeat("a", 64)

type versions map[string][]string

func (v versions) Domains(_ context.Context, image string) ([]string, error) {
	domains, ok := v[image]
	if !ok {
		return nil, fault.Errorf(fault.NotFound, "image-file-not-found", "There is no such file.")
	}
	return domains, nil
}

func get(t *testing.T, domains []string, path string) (status int, policy, body string) {
	t.Helper()
	client, err := egress.New(egress.Config{Allow: []string{"127.0.0.1:8081"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error { return c.SendStatus(fiber.StatusNotFound) }})
	(&webview.Service{Versions: versions{image: domains}, Origins: client.Origins}).Routes(app)
	answer, err := app.Test(httptest.NewRequest("GET", path, nil), -1)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Content-Security-Policy"), string(raw)
}

func TestTheFrameShowsTheServersOfItsVersionAndNoOther(t *testing.T) {
	t.Parallel()
	_, policy, body := get(t, []string{"Tea.example", "127.0.0.1:8081", "a.example; script-src *"}, "/web-view/"+image)
	for _, want := range []string{"default-src 'none'", "frame-src https://tea.example https://127.0.0.1:8081 http://127.0.0.1:8081;",
		"frame-ancestors 'self'", "script-src 'sha256-"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%q is not in %s", want, policy)
		}
	}
	if strings.Contains(policy, "script-src *") || strings.Contains(policy, "unsafe-inline'; script") {
		t.Errorf("a domain wrote into the policy: %s", policy)
	}
	if !strings.Contains(body, "createElement(\"iframe\")") {
		t.Error("the document has no frame")
	}
	if _, policy, _ := get(t, nil, "/web-view/"+image); !strings.Contains(policy, "frame-src 'none'") {
		t.Errorf("without servers the policy is %s", policy)
	}
}

func TestAnotherAddressHasNoFrame(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/web-view/b", "/web-view/" + strings.Repeat("b", 64), "/web-view/" + strings.ToUpper(image)} {
		if status, _, _ := get(t, nil, path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestPagesLoadTheScriptByWhichTheySpeakToTheirProgram(t *testing.T) {
	t.Parallel()
	status, _, body := get(t, nil, "/web-view/sdk.js")
	if status != 200 || !strings.Contains(body, "miniProgram") {
		t.Errorf("%d %.80s", status, body)
	}
}
