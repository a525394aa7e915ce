package bridge

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/teahouse/teahouse/fault"
)

// Grant is the scopes of one version of an app. The zero Grant means no version.
type Grant struct {
	Version string   // as the developer numbered it
	Scopes  []string // that it declares
}

// holds reports whether the version may call a capability with the scope.
func (g Grant) holds(scope string) bool {
	return scope == "" && g.Version != "" || slices.Contains(g.Scopes, scope)
}

// Reach says which people a call of an account's server affects. A call of an app session affects the
// person who uses the app.
type Reach uint8

// The reaches. A capability that is open to account servers has one.
const (
	// ReachNone is for the app's own records, which affect no person.
	ReachNone Reach = iota + 1
	// ReachNamed is for the person whom the parameters name; they are a Named.
	ReachNamed
	// ReachFound is for people whom the capability finds itself. When Caller.InsidersOnly is set it
	// must leave out people who are not insiders.
	ReachFound
)

// Named is a type of parameters that names a person.
type Named interface {
	// Person returns the open ID of the person, "" when the parameters name nobody.
	Person() string
}

// right decides whether the caller may use the scope at all. Only right and reach contain the rule: a
// scope of the released version works with everybody; a scope of only another version works with
// insiders (members of the account, testers of the app, and reviewers who opened it), because it is
// not reviewed yet.
func right(caller *Caller, c Capability) error {
	if caller.released().holds(c.Scope) {
		return nil
	}
	if !caller.Trial.holds(c.Scope) {
		return missingScope(*caller, c)
	}
	caller.InsidersOnly = true
	return nil
}

// reach refuses a call with insiders' rights that would affect other people.
func (t *Table) reach(ctx context.Context, caller Caller, c Capability, raw json.RawMessage) error {
	if !caller.InsidersOnly {
		return nil
	}
	named := "" // the person who uses the app
	if caller.Kind == AccountServer {
		if c.Reach != ReachNamed {
			return nil
		}
		var err error
		if named, err = c.person(raw); err != nil {
			return err
		}
		if named == "" {
			return fault.Errorf(fault.Forbidden, "person-required",
				"%s must name a person by open_id, because %s.", c.Name, caller.whyInsiders(c)).
				At("open_id", "is missing")
		}
	}
	inside, err := t.guard.Insider(ctx, caller, named)
	if err != nil {
		return err
	}
	if !inside {
		return fault.Errorf(fault.Forbidden, "insiders-only",
			"%s reaches only members of the account and testers of the app, because %s.",
			c.Name, caller.whyInsiders(c))
	}
	return nil
}

// Development reports that the running version is not the released one.
func (c Caller) Development() bool {
	return c.Kind != AccountServer && c.Version == "" && c.Trial.Version != ""
}

// released returns the scopes that work with everybody.
func (c Caller) released() Grant { return Grant{Version: c.Version, Scopes: c.Scopes} }

// whyInsiders says which version the right comes from.
func (c Caller) whyInsiders(row Capability) fault.Text {
	trial := versionName(c.Trial.Version)
	switch {
	case c.Test:
		return fault.Textf("the call is made with the test secret")
	case c.Version == "":
		return fault.Textf("the app has not been released; its rights are those of %s", trial)
	default:
		return fault.Textf("the scope %q is of %s, and %s, the released one, does not have it",
			row.Scope, trial, versionName(c.Version))
	}
}

func versionName(label string) fault.Text {
	if label == "" {
		return fault.Textf("a version that is not released")
	}
	return fault.Textf("version %s", label)
}

func missingScope(caller Caller, c Capability) error {
	return fault.Errorf(fault.Forbidden, "missing-scope",
		"%s needs the scope %q, which this app does not hold: %s. Declare it under teahouse.scopes in "+
			"app.json and upload a version; members and testers can try it at once, everybody after "+
			"its release. A token holds the scopes of the time it was issued.",
		c.Name, c.Scope, caller.versionsWithout())
}

// versionsWithout names the versions that do not have the scope.
func (c Caller) versionsWithout() fault.Text {
	released, trial := c.Version, c.Trial.Version
	switch {
	case c.Test && trial != "":
		return fault.Textf("%s, the newest, does not declare it", versionName(trial))
	case released == "" && trial == "":
		return fault.Textf("none of its versions declares it")
	case released == "":
		return fault.Textf("%s does not declare it, and none is released", versionName(trial))
	case trial == "" || trial == released:
		return fault.Textf("%s, the released one, does not declare it", versionName(released))
	default:
		return fault.Textf("neither %s, the released one, nor %s, the newest, declares it",
			versionName(released), versionName(trial))
	}
}
