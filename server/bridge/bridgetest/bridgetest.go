// Package bridgetest tests every row of a table of capabilities with every caller that must be
// refused. It reads the rows from the table, so no new row can be forgotten.
package bridgetest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
)

// Refusals calls every capability at the table as every caller that must be refused: without its
// scope, by the wrong kind of caller, without identity, with too large parameters, and by a similar name.
func Refusals(t *testing.T, table *bridge.Table) {
	t.Helper()
	rows := table.All()
	if len(rows) == 0 {
		t.Fatal("the table is empty")
	}
	everything := scopes(rows)
	for _, c := range rows {
		t.Run(c.Name, func(t *testing.T) {
			for _, kind := range []bridge.CallerKind{bridge.AppSession, bridge.AccountServer, bridge.AppFunction} {
				caller := bridge.Caller{
					Kind: kind, AppID: "ta00000000000000ff", AccountID: uuid.New(), VersionID: uuid.New(),
					Version: "1.0.0", Scopes: everything,
				}
				if kind != bridge.AccountServer {
					caller.UserID = uuid.New()
				}
				if c.Callers&kind == 0 {
					refused(t, table, caller, c.Name, "{}", "wrong-caller")
					continue
				}
				refuseAllowedKind(t, table, c, caller)
			}
		})
	}
}

func refuseAllowedKind(t *testing.T, table *bridge.Table, c bridge.Capability,
	caller bridge.Caller) {
	t.Helper()
	without := caller
	without.Scopes = slices.DeleteFunc(slices.Clone(caller.Scopes),
		func(s string) bool { return s == c.Scope })
	if c.Scope != "" {
		refused(t, table, without, c.Name, "{}", "missing-scope")
		without.Scopes = nil
		refused(t, table, without, c.Name, "{}", "missing-scope")
		without.Scopes = []string{strings.ToUpper(c.Scope), c.Scope + " ", "*", ""}
		refused(t, table, without, c.Name, "{}", "missing-scope")
	}
	nobody := caller
	nobody.AppID = ""
	refused(t, table, nobody, c.Name, "{}", "wrong-caller")
	unknown := caller
	unknown.Kind = 0
	refused(t, table, unknown, c.Name, "{}", "wrong-caller")
	refused(t, table, caller, c.Name, `{"a":"`+strings.Repeat("x", c.Limit())+`"}`,
		"parameters-too-large")
	refused(t, table, caller, strings.ToUpper(c.Name), "{}", "unknown-capability")
	refused(t, table, caller, c.Name+" ", "{}", "unknown-capability")
	if c.Consent && caller.Kind == bridge.AppSession {
		refused(t, table, caller, c.Name, "{}", "consent-required")
	}
}

func refused(t *testing.T, table *bridge.Table, caller bridge.Caller, name, input, slug string) {
	t.Helper()
	out, err := table.Call(context.Background(), caller, name, json.RawMessage(input))
	if got := fault.SlugOf(err); got != slug || out != nil {
		t.Errorf("%s: got %q (%v), want %s", name, out, err, slug)
	}
}

func scopes(rows []bridge.Capability) []string {
	var all []string
	for _, c := range rows {
		if c.Scope != "" && !slices.Contains(all, c.Scope) {
			all = append(all, c.Scope)
		}
	}
	return all
}

// Host is a running host for HTTPRefusals.
type Host struct {
	Table  *bridge.Table
	URL    string
	AppID  string                       // an app that is not taken down, whose secret was never rotated
	Person string                       // the access token of a person, which is for another audience
	Server func(scopes []string) string // a token of AppID for the scopes
	Expire func()                       // makes tokens expire
}

// HTTPRefusals calls every capability over HTTP with every token that must be refused: none, an
// invalid one, a person's, one without the scope, one for the wrong kind of caller, and an expired one.
func HTTPRefusals(t *testing.T, h Host) {
	t.Helper()
	rows := h.Table.All()
	everything := scopes(rows)
	full := h.Server(everything)
	for _, c := range rows {
		without := slices.DeleteFunc(slices.Clone(everything),
			func(s string) bool { return s == c.Scope })
		h.refused(t, c.Name, "", 401)
		h.refused(t, c.Name, "Bearer ", 401)
		h.refused(t, c.Name, "Basic "+full, 401)
		h.refused(t, c.Name, "Bearer a.b.c", 401)
		h.refused(t, c.Name, "Bearer "+h.Person, 401)
		if c.Scope != "" || c.Callers&bridge.AccountServer == 0 {
			h.refused(t, c.Name, "Bearer "+h.Server(without), 403)
		}
		if c.Callers&bridge.AccountServer == 0 {
			h.refused(t, c.Name, "Bearer "+full, 403)
		}
	}
	h.Expire()
	for _, c := range rows {
		h.refused(t, c.Name, "Bearer "+full, 401)
	}
}

func (h Host) refused(t *testing.T, name, authorization string, status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/bridge/v1/"+name,
		strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	if response.StatusCode != status || response.Header.Get("Content-Type") != "application/problem+json" {
		scheme, _, _ := strings.Cut(authorization, " ")
		t.Errorf("%s with %q: got %d, want %d: %s", name, scheme, response.StatusCode, status, text)
	}
}

// Documented fails the test unless the file holds the table as Markdown between its markers. With
// UPDATE=1 in the environment it writes the table into the file instead.
func Documented(t *testing.T, table *bridge.Table, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(raw), bridge.MarkdownBegin)
	_, tail, ended := strings.Cut(rest, bridge.MarkdownEnd)
	if !found || !ended {
		t.Fatalf("%s has no markers for the table", path)
	}
	text, err := table.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	want := head + bridge.MarkdownBegin + "\n" + text + bridge.MarkdownEnd + tail
	if want == string(raw) {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Errorf("%s is out of date; run this test with UPDATE=1", path)
		return
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
