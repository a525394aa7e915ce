package bridge_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
)

type greeting struct {
	Name  string `json:"name"`
	Times int    `json:"times,omitempty"`
}

func greet(_ context.Context, _ bridge.Caller, in greeting) (greeting, error) { return in, nil }

// agreeable is a guard for which everybody has given every consent.
type agreeable struct{}

func (agreeable) Granted(context.Context, uuid.UUID, string, string) (bool, error) {
	return true,
		nil
}

func (agreeable) Insider(context.Context, string, uuid.UUID) (bool, error) { return false, nil }

func (agreeable) UserOf(context.Context, string, string) (uuid.UUID, error) { return uuid.New(), nil }

func newTable(rows ...bridge.Capability) *bridge.Table {
	table := bridge.NewTable(bridge.NewGuard(agreeable{}, nil))
	table.Add(rows...)
	return table
}

func row() bridge.Capability {
	return bridge.Capability{
		Name: "test.greet", Scope: "greet", Callers: bridge.AppSession | bridge.AccountServer, PerMinute: 2,
		Reach:   bridge.ReachNone,
		Summary: "Greet.", SummaryZH: "问候。",
	}
}

func caller(app string, user uuid.UUID) bridge.Caller {
	return bridge.Caller{Kind: bridge.AppSession, AppID: app, UserID: user, Scopes: []string{"greet"}}
}

// Ensure a capability's limit counts per app and user, and for a server per app.
func TestCallsAreLimitedPerAppAndUser(t *testing.T) {
	t.Parallel()
	table := newTable(bridge.Define(row(), greet))
	call := func(c bridge.Caller) string {
		_, err := table.Call(t.Context(), c, "test.greet", json.RawMessage(`{"name":"x"}`))
		return fault.SlugOf(err)
	}
	mei, lin := uuid.New(), uuid.New()
	for i, step := range []struct {
		caller bridge.Caller
		want   string
	}{
		{caller("a", mei), ""}, {caller("a", mei), ""}, {caller("a", mei), "rate-limited"},
		{caller("a", lin), ""}, {caller("b", mei), ""},
		{bridge.Caller{Kind: bridge.AccountServer, AppID: "a", Scopes: []string{"greet"}}, ""},
	} {
		if got := call(step.caller); got != step.want {
			t.Errorf("step %d: got %q, want %q", i, got, step.want)
		}
	}
}

// Ensure that calls of apps and of servers check the published schema, and that a refusal names the field.
func TestParametersAreCheckedAgainstTheirSchema(t *testing.T) {
	t.Parallel()
	c := row()
	c.PerMinute = 100
	table := newTable(bridge.Define(c, greet))
	server := bridge.Caller{Kind: bridge.AccountServer, AppID: "a", Scopes: []string{"greet"}}
	for _, who := range []bridge.Caller{caller("a", uuid.New()), server} {
		for input, want := range map[string]string{
			`{"name":"x","times":"three"}`: "times: expected integer",
			`{"name":"x","times":1.5}`:     "times: expected integer",
			`{"name":7}`:                   "name: expected string",
			`{"name":null}`:                "name: expected string",
			`{"name":"x","nickname":"y"}`:  "nickname: unexpected property",
			`{"name":"x","Times":1}`:       "Times: unexpected property",
			`{"name":"x","NAME":"y"}`:      "NAME: unexpected property",
			`{}`:                           ": expected required property name to be present",
			``:                             ": expected required property name to be present",
			`{"name":"x"}`:                 "",
		} {
			_, err := table.Call(t.Context(), who, "test.greet", json.RawMessage(input))
			f, refused := fault.As(err)
			if want == "" {
				if err != nil {
					t.Errorf("%s: %v", input, err)
				}
				continue
			}
			if !refused || f.Slug != "bad-parameters" || f.Code != fault.Invalid || len(f.Fields) != 1 ||
				f.Fields[0].Path+": "+f.Fields[0].Message != want || !strings.Contains(f.Message, strings.TrimPrefix(want, ": ")) {
				t.Errorf("%s: got %v with %+v, want %q", input, err, f, want)
			}
		}
		for _, input := range []string{`[]`, `{"name`, `{} {}`, `null`, `"x"`} {
			_, err := table.Call(t.Context(), who, "test.greet", json.RawMessage(input))
			if fault.SlugOf(err) != "bad-parameters" || !strings.Contains(fault.MessageOf(err), "must be a JSON object") {
				t.Errorf("%s: got %v", input, err)
			}
		}
	}
}

// Ensure that a refusal is whole in Chinese, the part about the field too.
func TestARefusedParameterIsExplainedInChinese(t *testing.T) {
	t.Parallel()
	_, err := newTable(bridge.Define(row(), greet)).Call(t.Context(), caller("a", uuid.New()), "test.greet",
		json.RawMessage(`{"name":"x","nickname":"y"}`))
	if got := fault.MessageIn(fault.Chinese, err); got != "test.greet 的参数无效：nickname：不认识的字段。" {
		t.Errorf("got %q", got)
	}
}

// Ensure an incomplete or duplicate row is found at the first start.
func TestIncompleteRowsPanic(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*bridge.Capability){
		"no name":               func(c *bridge.Capability) { c.Name = "" },
		"no caller":             func(c *bridge.Capability) { c.Callers = 0 },
		"no limit":              func(c *bridge.Capability) { c.PerMinute = 0 },
		"no summary":            func(c *bridge.Capability) { c.Summary = "" },
		"no reach":              func(c *bridge.Capability) { c.Reach = 0 },
		"reach without server":  func(c *bridge.Capability) { c.Callers = bridge.AppSession },
		"nobody named":          func(c *bridge.Capability) { c.Reach = bridge.ReachNamed },
		"consent without scope": func(c *bridge.Capability) { c.Scope, c.Consent = "", true },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			c := row()
			spoil(&c)
			newTable(bridge.Define(c, greet))
		}()
	}
	defer func() {
		if recover() == nil {
			t.Error("twice: no panic")
		}
	}()
	newTable(bridge.Define(row(), greet), bridge.Define(row(), greet))
}

func BenchmarkCall(b *testing.B) {
	c := row()
	c.PerMinute = 1 << 30
	table := newTable(bridge.Define(c, greet))
	who, input := caller("ta0123456789abcdef", uuid.New()), json.RawMessage(`{"name":"mei","times":3}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.Call(context.Background(), who, c.Name, input); err != nil {
			b.Fatal(err)
		}
	}
}
