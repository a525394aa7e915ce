// Package bridge contains the table of all capabilities: the functions of the platform that an app,
// or the server of its official account, may call.
//
// Apps call through their session as wx.*; servers call over HTTP with a JWT. Both end in Table.Call,
// which is the only place that decides about rights. A capability that is not in the
// table does not exist; every other one refuses callers without its scope.
package bridge

import (
	"context"
	"encoding/json"
	"reflect"
	"sort"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// CallerKind says who calls.
type CallerKind uint8

// The kinds of callers. A capability may be open to several.
const (
	AppSession    CallerKind = 1 << iota // a user's open app; the host built the Caller from its own table
	AccountServer                        // an official account's server, proven by its token
	AppFunction                          // a cloud function of the version that a user has open, called by it
)

// Caller is the app and the person for whom a capability runs. The host builds it from its own data,
// never from an app's message.
type Caller struct {
	Kind      CallerKind
	AppID     string
	VersionID uuid.UUID // the running version; uuid.Nil for an account's server
	AccountID uuid.UUID // the official account that owns the app
	UserID    uuid.UUID // the person who uses the app; uuid.Nil for an account's server
	SessionID string
	Version   string   // the released version whose scopes these are, as the developer numbered it
	Scopes    []string // scopes of the reviewed version; they work with everybody
	Trial     Grant    // scopes of a version that is not released; they work only with insiders
	Test      bool     // the token was issued for the test secret
	Domains   []string // hosts that the app declared for network requests

	// Collections are those that the app declared for the database of its cloud, with the rights on each.
	Collections map[string]string

	// Line leads back to the session, for capabilities that go on after their call has returned. It is
	// nil for an account's server.
	Line Line

	// Functions runs the cloud functions of the version; nil for an account's server.
	Functions Functions

	// InsidersOnly is set by Table.Call for a right that comes from Trial; see right.
	InsidersOnly bool
}

// Line is the way from a capability to the session that called it.
type Line interface {
	// Tell sends a frame to the app. It waits while the app is busy, and fails when the session is over.
	Tell(frame []byte) error
	// Done is closed when the session is over.
	Done() <-chan struct{}
}

// Functions runs the cloud functions of the version that calls, for the person who uses the app.
type Functions interface {
	// RunFunction waits for the function's answer. How the function itself fails is an outcome, and no error.
	RunFunction(ctx context.Context, name string, event json.RawMessage, openID string) (Outcome, error)
}

// Outcome is what became of a call of a cloud function.
type Outcome struct {
	RequestID string          `json:"request_id"`
	Result    json.RawMessage `json:"result,omitempty" doc:"What the function returned."`
	Failure   *Failure        `json:"failure,omitempty" doc:"How the function failed, instead of a result."`
}

// Failure is how a cloud function failed: the vendor's number and a text for the developer.
type Failure struct {
	Code    int    `json:"code" example:"-504002"`
	Message string `json:"message"`
}

// Capability is one row of the table.
type Capability struct {
	Name      string // "orders.create": dotted, lower case, never changed
	Scope     string // the scope that the caller needs; "" if every app may call it
	Callers   CallerKind
	Reach     Reach  // which people it affects when an account's server calls it
	Summary   string // one sentence for developers, reviewers and the permission screen
	SummaryZH string // the same in Chinese
	Consent   bool   // the user is asked once per app and scope before the first call
	PerMinute int    // calls a minute per app and user (or per app for the account's server)
	MaxBytes  int    // size of the parameters as JSON; 0 means DefaultMaxBytes

	In, Out reflect.Type
	call    func(context.Context, Caller, json.RawMessage) (any, error)
	person  func(json.RawMessage) (string, error) // with ReachNamed
}

// Define completes a row with its typed function.
func Define[In, Out any](c Capability, fn func(context.Context, Caller, In) (Out,
	error)) Capability {
	c.In, c.Out = reflect.TypeFor[In](), reflect.TypeFor[Out]()
	validate := validator(c.Name, c.In)
	read := func(raw json.RawMessage) (in In, err error) {
		if err := validate(raw); err != nil {
			return in, err
		}
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &in); err != nil { // a number beyond its type, for example
				return in, notAnObject(c.Name, err)
			}
		}
		return in, nil
	}
	c.call = func(ctx context.Context, caller Caller, raw json.RawMessage) (any, error) {
		in, err := read(raw)
		if err != nil {
			return nil, err
		}
		return fn(ctx, caller, in)
	}
	if _, named := any(*new(In)).(Named); named {
		c.person = func(raw json.RawMessage) (string, error) {
			in, err := read(raw)
			if err != nil {
				return "", err
			}
			return any(in).(Named).Person(), nil
		}
	}
	return c
}

// Table is the set of capabilities of a host. It is filled at boot and read-only afterwards.
type Table struct {
	rows  map[string]Capability
	guard Guard
}

// Guard is asked before a permitted call runs: it counts calls and looks up the user's consents.
type Guard interface {
	// Allow returns a RateLimited fault when the caller has used up the capability's budget.
	Allow(ctx context.Context, caller Caller, c Capability) error
	// Consented reports whether the user has agreed that the app uses the scope.
	Consented(ctx context.Context, caller Caller, scope string) (bool, error)
	// Insider reports whether the person with the open ID is one of the app's insiders; without an
	// open ID, whether the person who uses the app is.
	Insider(ctx context.Context, caller Caller, openID string) (bool, error)
}

// NewTable returns an empty table. The guard is required: without it calls would not be limited and
// consents would not be checked.
func NewTable(guard Guard) *Table { return &Table{rows: map[string]Capability{}, guard: guard} }

// Add adds capabilities to the table. It panics on a duplicate or an incomplete row; such a bug shows
// at the first start.
func (t *Table) Add(rows ...Capability) {
	for _, c := range rows {
		_, duplicate := t.rows[c.Name]
		if c.Name == "" || c.call == nil || c.Callers == 0 || c.Summary == "" || c.PerMinute <= 0 || duplicate ||
			c.Consent && c.Scope == "" || (c.Callers&AccountServer != 0) != (c.Reach != 0) ||
			c.Reach == ReachNamed && c.person == nil {
			panic("bridge: incomplete or duplicate capability " + c.Name)
		}
		t.rows[c.Name] = c
	}
}

// All returns the rows in order of their names.
func (t *Table) All() []Capability {
	rows := make([]Capability, 0, len(t.rows))
	for _, c := range t.rows {
		rows = append(rows, c)
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].Name < rows[j].Name })
	return rows
}

// Get returns the row of the name.
func (t *Table) Get(name string) (Capability, bool) {
	c, ok := t.rows[name]
	return c, ok
}

// Call checks the caller's right and runs the capability. The result is JSON. Faults: NotFound
// for an unknown name, Forbidden for the wrong kind of caller or a missing scope, TooLarge, RateLimited, and
// Forbidden with slug "consent-required" when the user has not been asked yet.
func (t *Table) Call(ctx context.Context, caller Caller, name string,
	raw json.RawMessage) (json.RawMessage, error) {
	c, ok := t.rows[name]
	if !ok {
		return nil, fault.Errorf(fault.NotFound, "unknown-capability",
			"There is no capability %q; GET /api/v1/capabilities lists them.", name)
	}
	if err := t.permit(ctx, &caller, c, raw); err != nil {
		return nil, err
	}
	out, err := c.call(ctx, caller, raw)
	if err != nil {
		return nil, err
	}
	if own, ok := out.(Encoded); ok {
		return own.EncodeJSON()
	}
	return protocol.JSON(out)
}

func (t *Table) permit(ctx context.Context, caller *Caller, c Capability, raw json.RawMessage) error {
	if caller.AppID == "" || c.Callers&caller.Kind == 0 {
		return fault.Errorf(fault.Forbidden, "wrong-caller",
			"%s cannot be called from here.", c.Name)
	}
	if err := right(caller, c); err != nil {
		return err
	}
	limit := c.Limit()
	if len(raw) > limit {
		return fault.Errorf(fault.TooLarge, "parameters-too-large",
			"The parameters of %s are %d bytes; the limit is %d.", c.Name, len(raw), limit)
	}
	if err := t.guard.Allow(ctx, *caller, c); err != nil {
		return err
	}
	if err := t.reach(ctx, *caller, c, raw); err != nil {
		return err
	}
	if !c.Consent || caller.Kind != AppSession {
		return nil
	}
	agreed, err := t.guard.Consented(ctx, *caller, c.Scope)
	if err != nil {
		return err
	}
	if !agreed {
		return fault.Errorf(fault.Forbidden, "consent-required",
			"The user has not yet allowed this app the scope %q.", c.Scope).With(map[string]string{"scope": c.Scope})
	}
	return nil
}
