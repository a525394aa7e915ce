package host

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/server/auth"
)

// unstorable are texts that PostgreSQL refuses or that no two programs read alike, as JSON writes
// them and as an address does.
var unstorable = []struct{ name, json, address string }{
	{"a zero", `a\u0000b`, "a%00b"},
	{"half of a surrogate pair", `a\ud83db`, "a%ED%A0%BDb"},
	{"the other half", `a\udc00b`, "a%ED%B0%80b"},
	{"no UTF-8", "a\xffb", "a%FFb"},
}

// described is the part of the OpenAPI document that the test needs.
type described struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Parameters  []struct{ Name, In, Format string }
		Security    []map[string]any
		RequestBody struct {
			Content map[string]struct{ Example any }
		} `json:"requestBody"`
	}
}

// Ensure of every operation that a text which cannot be stored is refused as bad input, wherever it
// stands in the address or the body, and never reaches the database.
func TestEveryOperationRefusesTextsThatCannotBeStored(t *testing.T) {
	t.Parallel()
	h := boot(t)
	dora := person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper, auth.RoleAdmin)
	w := newTestApp(t, h, dora)
	w.release(w.publish("1.0.0", w.everyScope()))
	server := w.token(w.secret)
	_, text := ask(t, h, "GET", "/openapi.json", "", "")
	var document described
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	asked := 0
	refused := func(method, address, token, body, what string) {
		t.Helper()
		headers := []string{"Idempotency-Key", fmt.Sprint("key-", asked)}
		if status, answer := ask(t, h, method, address, token, body, headers...); slugIn(status, answer) != "bad-text" || status != 422 {
			t.Errorf("%s %s with %s: %d %.200s", method, address, what, status, answer)
		}
		asked++
	}
	for path, operations := range document.Paths {
		for method, op := range operations {
			method, token := strings.ToUpper(method), dora
			if len(op.Security) > 0 && op.Security[0]["server"] != nil {
				token = server
			}
			filled := func(name, value string) string {
				address := strings.ReplaceAll(path, "{app_id}", w.appID)
				for _, p := range op.Parameters {
					if p.In == "path" && p.Name == name {
						address = strings.ReplaceAll(address, "{"+p.Name+"}", value)
					} else if p.In == "path" {
						address = strings.ReplaceAll(address, "{"+p.Name+"}", "0198c2f4-7f2a-7c55-8a49-6f3d3a1b9c10")
					}
				}
				return address
			}
			for _, bad := range unstorable {
				for _, p := range op.Parameters {
					switch p.In {
					case "path":
						refused(method, strings.ReplaceAll(filled(p.Name, bad.address), w.appID, bad.address), token, "", bad.name)
					case "query":
						refused(method, filled("", "")+"?"+p.Name+"="+bad.address, token, "", bad.name)
					}
				}
				for _, body := range withBadText(op.RequestBody.Content["application/json"].Example, bad.json) {
					refused(method, filled("", ""), token, body, bad.name+" in "+body)
				}
			}
		}
	}
	if asked < 500 {
		t.Errorf("only %d requests were tried: the document is read in another way now", asked)
	}
	t.Log(asked, "requests")
}

// withBadText returns the JSON of a value once for each of its texts, with that text replaced.
func withBadText(value any, text string) (bodies []string) {
	encode := func(v any) string {
		encoded, _ := json.Marshal(v) // it was decoded from JSON
		return string(encoded)
	}
	switch value := value.(type) {
	case string:
		return []string{`"` + text + `"`}
	case []any:
		for i, item := range value {
			for _, bad := range withBadText(item, text) {
				rest := slices.Clone(value)
				rest[i] = "\x01here"
				bodies = append(bodies, strings.Replace(encode(rest), `"\u0001here"`, bad, 1))
			}
		}
	case map[string]any:
		for name, item := range value {
			for _, bad := range withBadText(item, text) {
				rest := maps.Clone(value)
				rest[name] = "\x01here"
				bodies = append(bodies, strings.Replace(encode(rest), `"\u0001here"`, bad, 1))
			}
		}
	}
	return bodies
}

// Ensure that the refusal says where, in a body and in a form.
func TestARefusedTextIsNamed(t *testing.T) {
	t.Parallel()
	h := boot(t)
	for body, want := range map[string]string{
		`{"handle": "a\u0000b", "password": "x"}`:               "body.handle",
		`{"handle": "ab", "a": [{"b": 1}, {"b": "\ud800x"}]}`:   "body.a[1].b",
		"{\"handle\": \"a\xffb\"}":                              "body.handle",
		`{"han\u0000dle": "ab"}`:                                "body",
		`{"handle": "😀 \ud83d\ude00 \\u0000 \\\\ud800 \"", "x"`: "",
	} {
		status, answer := ask(t, h, "POST", "/api/v1/auth/login", "", body)
		var problem struct {
			Errors []struct{ Path string }
		}
		if err := json.Unmarshal([]byte(answer), &problem); err != nil {
			t.Fatalf("%d %s", status, answer)
		}
		if want == "" && slugIn(status, answer) == "bad-text" ||
			want != "" && (slugIn(status, answer) != "bad-text" || len(problem.Errors) != 1 || problem.Errors[0].Path != want) {
			t.Errorf("%s: %d %s, want %q", body, status, answer, want)
		}
	}
	for _, form := range []string{"client_id=a%00b&client_secret=x&grant_type=client_credentials", "client_id=a%FFb"} {
		status, answer := ask(t, h, http.MethodPost, "/oauth/token", "", form, "Content-Type", "application/x-www-form-urlencoded")
		if status != 422 || slugIn(status, answer) != "bad-text" {
			t.Errorf("%s: %d %s", form, status, answer)
		}
	}
}
