package guides_test

import (
	"encoding/json"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/docs"
	"github.com/teahouse/teahouse/server/guides"
)

func get(t *testing.T, app *fiber.App, path string) (int, string) {
	t.Helper()
	answer, err := app.Test(httptest.NewRequest("GET", path, nil), -1)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func serve(t *testing.T) *fiber.App {
	t.Helper()
	manual, err := guides.Load(docs.Files)
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New()
	manual.Routes(app)
	return app
}

// Ensure that each guide is a page of its own, loads nothing from elsewhere, and that all its links
// to places of this host lead somewhere.
func TestGuidesLeadSomewhere(t *testing.T) {
	t.Parallel()
	app := serve(t)
	_, index := get(t, app, "/docs/guides.json")
	var list struct{ Sections []guides.Section }
	if err := json.Unmarshal([]byte(index), &list); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	page := func(address string) string {
		if pages[address] == "" {
			status, body := get(t, app, address)
			if status != 200 {
				t.Errorf("%s: %d", address, status)
			}
			pages[address] = body
		}
		return pages[address]
	}
	links := regexp.MustCompile(`(?:href|src)="([^"]+)"`)
	for _, section := range list.Sections {
		address, anchor, _ := strings.Cut(section.URL, "#")
		if anchor != "" && !strings.Contains(page(address), `id="`+anchor+`"`) {
			t.Errorf("%s has no place #%s", address, anchor)
		}
		if section.Title == "" || section.Guide == "" {
			t.Errorf("%+v", section)
		}
	}
	if len(pages) < 8 {
		t.Fatalf("only %d guides", len(pages))
	}
	for from, body := range pages {
		for _, match := range links.FindAllStringSubmatch(body, -1) {
			link := match[1]
			address, anchor, _ := strings.Cut(link, "#")
			if address == "" {
				address = from
			}
			if strings.HasPrefix(address, "/docs/guides/") {
				if target := page(address); anchor != "" && !strings.Contains(target, `id="`+anchor+`"`) {
					t.Errorf("%s leads to %s, which is not there", from, link)
				}
			} else if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "/docs") {
				t.Errorf("%s leads to %s", from, link)
			}
		}
		if regexp.MustCompile(`(?i)<(script|img|iframe)[^>]+(https?:)?//`).MatchString(body) {
			t.Errorf("%s loads something from elsewhere", from)
		}
	}
}

func TestThereIsNoOtherGuide(t *testing.T) {
	t.Parallel()
	if status, _ := get(t, serve(t), "/docs/guides/..%2fgo.mod"); status == 200 {
		t.Error("a file that is no guide was served")
	}
}
