package bridge

import (
	"context"
	"encoding/json"
	"fmt"
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

// Reach says which people a call at the server's door affects. A call of an app session affects the
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
	if caller.Door == AccountServer {
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
	return c.Door == AppSession && c.Version == "" && c.Trial.Version != ""
}

// released returns the scopes that work with everybody.
func (c Caller) released() Grant { return Grant{Version: c.Version, Scopes: c.Scopes} }

// whyInsiders says which version the right comes from.
func (c Caller) whyInsiders(row Capability) string {
	trial := versionName(c.Trial.Version)
	switch {
	case c.Test:
		return "the call is made with the test secret"
	case c.Version == "":
		return "the app has not been released; its rights are those of " + trial
	default:
		return fmt.Sprintf("the scope %q is of %s, and %s, the released one, does not have it",
			row.Scope, trial, versionName(c.Version))
	}
}

func versionName(label string) string {
	if label == "" {
		return "a version that is not released"
	}
	return "version " + label
}

func missingScope(caller Caller, c Capability) error {
	return fault.Errorf(fault.Forbidden, "missing-scope",
		"%s needs the scope %q, which this app does not hold: %s. Declare it under teahouse.scopes in "+
			"app.json and upload a version; members and testers can try it at once, everybody after "+
			"its release. A token holds the scopes of the time it was issued.",
		c.Name, c.Scope, caller.versionsWithout())
}

// versionsWithout names the versions that do not have the scope.
func (c Caller) versionsWithout() string {
	released, trial := c.Version, c.Trial.Version
	switch {
	case c.Test && trial != "":
		return versionName(trial) + ", the newest, does not declare it"
	case released == "" && trial == "":
		return "none of its versions declares it"
	case released == "":
		return versionName(trial) + " does not declare it, and none is released"
	case trial == "" || trial == released:
		return versionName(released) + ", the released one, does not declare it"
	default:
		return fmt.Sprintf("neither %s, the released one, nor %s, the newest, declares it",
			versionName(released), versionName(trial))
	}
}
