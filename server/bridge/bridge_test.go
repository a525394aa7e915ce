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

// agreeable says that everybody has agreed to everything.
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
		Name: "test.greet", Scope: "greet", Doors: bridge.AppSession | bridge.AccountServer, PerMinute: 2,
		Reach:   bridge.ReachNone,
		Summary: "Greet.", SummaryZH: "问候。",
	}
}

func caller(app string, user uuid.UUID) bridge.Caller {
	return bridge.Caller{Door: bridge.AppSession, AppID: app, UserID: user, Scopes: []string{"greet"}}
}

// Ensure the budget of a capability is that of one app and one user, and a server's that of the app.
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
		{bridge.Caller{Door: bridge.AccountServer, AppID: "a", Scopes: []string{"greet"}}, ""},
	} {
		if got := call(step.caller); got != step.want {
			t.Errorf("step %d: got %q, want %q", i, got, step.want)
		}
	}
}

// Ensure bad parameters are refused in the words of JSON, not of Go.
func TestBadParametersAreNamed(t *testing.T) {
	t.Parallel()
	c := row()
	c.PerMinute = 100
	table := newTable(bridge.Define(c, greet))
	for input, want := range map[string]string{
		`{"times":"three"}`: "times cannot be a string", `{"times":1.5}`: "times cannot be a number",
		`[]`: "must be a JSON object", `{"name`: "must be a JSON object", `{} {}`: "must be a JSON object",
	} {
		_, err := table.Call(t.Context(), caller("a", uuid.New()), "test.greet", json.RawMessage(input))
		if fault.SlugOf(err) != "bad-parameters" || !strings.Contains(fault.MessageOf(err),
			want) || strings.Contains(fault.MessageOf(err), "Go ") {
			t.Errorf("%s: got %v", input, err)
		}
	}
	out, err := table.Call(t.Context(), caller("a", uuid.New()), "test.greet", nil)
	if err != nil || string(out) != `{"name":""}` {
		t.Errorf("got %s, %v", out, err)
	}
}

// Ensure a row that is incomplete or comes twice is found at the first start.
func TestIncompleteRowsPanic(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*bridge.Capability){
		"no name":               func(c *bridge.Capability) { c.Name = "" },
		"no door":               func(c *bridge.Capability) { c.Doors = 0 },
		"no limit":              func(c *bridge.Capability) { c.PerMinute = 0 },
		"no summary":            func(c *bridge.Capability) { c.Summary = "" },
		"no reach":              func(c *bridge.Capability) { c.Reach = 0 },
		"reach without door":    func(c *bridge.Capability) { c.Doors = bridge.AppSession },
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
