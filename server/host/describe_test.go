package host

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// TestEveryOperationIsDescribed checks what a reader of /docs needs: a summary, the refusals and
// what to do about them, the types of errors, and examples that the operation itself would accept.
func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	h := boot(t)
	status, body := ask(t, h, http.MethodGet, "/openapi.json", "", "")
	if status != http.StatusOK {
		t.Fatalf("openapi: %d %.200s", status, body)
	}
	var document struct {
		Tags  []struct{ Name, Description string }
		Paths map[string]map[string]struct {
			Summary     string
			Tags        []string
			Errors      []string `json:"x-errors"`
			RequestBody *struct{ Content map[string]shown }
			Responses   map[string]struct {
				Ref         string `json:"$ref"`
				Description string
				Content     map[string]shown
			}
		}
		Components struct {
			Responses map[string]struct{ Description string }
		}
	}
	if err := json.Unmarshal([]byte(body), &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Paths) < 50 {
		t.Fatalf("only %d paths", len(document.Paths))
	}
	errorGuide, err := os.ReadFile("../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	described := h.server.API.OpenAPI()
	registry := described.Components.Schemas
	var sections []string
	for _, tag := range document.Tags {
		if tag.Description == "" {
			t.Errorf("the section %q has no description; add it to sections in server/api/describe.go", tag.Name)
		}
		sections = append(sections, tag.Name)
	}
	if sections[0] != "People" || slices.Index(sections, "Bridge") < slices.Index(sections, "Wallet") {
		t.Errorf("what people do does not come first: %v", sections)
	}
	for path, methods := range document.Paths {
		for method, op := range methods {
			name := method + " " + path
			own := operationAt(described.Paths[path], method)
			if op.Summary == "" || len(op.Tags) != 1 || !slices.Contains(sections, op.Tags[0]) {
				t.Errorf("%s: summary %q, sections %v", name, op.Summary, op.Tags)
			}
			if len(op.Errors) == 0 {
				t.Errorf("%s does not say where its errors come from", name)
			}
			if pkg := op.Errors[0]; len(op.Errors) > 1 && !strings.Contains(string(errorGuide), "\n## "+op.Errors[1]+"\n") {
				t.Errorf("%s: the guide to errors has no section of what stands behind %s", name, pkg)
			}
			refusals := 0
			for status, answer := range op.Responses {
				if ref, ok := strings.CutPrefix(answer.Ref, "#/components/responses/"); ok {
					answer.Description = document.Components.Responses[ref].Description
				}
				if status[0] == '4' && len(answer.Description) > 4 {
					refusals++
				}
				if status[0] == '2' {
					validExamples(t, registry, name+": answer "+status, answer.Content,
						own.Responses[status].Content, huma.ModeReadFromServer)
				}
			}
			if refusals == 0 {
				t.Errorf("%s describes no refusal", name)
			}
			if op.RequestBody != nil {
				validExamples(t, registry, name+": body", op.RequestBody.Content,
					own.RequestBody.Content, huma.ModeWriteToServer)
			}
		}
	}
}

// shown is one media type of a body, as the document describes it.
type shown struct{ Example any }

func operationAt(path *huma.PathItem, method string) *huma.Operation {
	return map[string]*huma.Operation{"get": path.Get, "post": path.Post, "put": path.Put, "patch": path.Patch,
		"delete": path.Delete}[method]
}

// validExamples holds the examples of a body against its schema, as the operation itself would.
func validExamples(t *testing.T, registry huma.Registry, name string, content map[string]shown,
	own map[string]*huma.MediaType, mode huma.ValidateMode) {
	t.Helper()
	for kind, m := range content {
		if !strings.HasPrefix(kind, "application/") {
			continue
		}
		if m.Example == nil {
			t.Errorf("%s, %s, has no example", name, kind)
			continue
		}
		result := &huma.ValidateResult{}
		huma.Validate(registry, own[kind].Schema, huma.NewPathBuffer(nil, 0), mode, m.Example, result)
		for _, err := range result.Errors {
			t.Errorf("%s: the example is not valid: %v; give the field an example tag, or server/api/examples.go a sample", name, err)
		}
	}
}
