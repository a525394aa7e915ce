package view

import (
	"slices"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// instance is one fragment in the live tree. Its number identifies it in the protocol: both ends
// count instances in the order of creation, so only ops contain numbers.
type instance struct {
	shadow *Shadow
	number int // notSent until the browser has it
	gone   bool
	made   int // holes that are made, while code of the app runs that can see the others missing
	frag   *template.Fragment
	fragID int
	parent *instance
	hole   int // the parent's hole that contains this instance
	depth  int
	env    *expr.Env
	cells  []cell     // one per hole
	slot   *slotPlace // the dynamic slot that shows this content of a component's element, or nil
	calls  []called   // what calls of modules gave, by their place in Template.Calls; nil before the first
}

// called is a result that is known while nothing that the call's arguments read has changed.
type called struct {
	known bool
	value expr.Value
}

// eval computes an expression of the instance's fragment; what calls in it gave is remembered.
func (in *instance) eval(n *expr.Node) expr.Value { return in.evalIn(in.env, n) }

func (in *instance) evalIn(env *expr.Env, n *expr.Node) expr.Value {
	if env.Modules == nil || len(in.shadow.template.Calls(in.fragID)) == 0 {
		return n.Eval(env)
	}
	outer := env.Calls // of an instance that shares the scope, while a getter of the app runs
	env.Calls = in
	value := n.Eval(env)
	env.Calls = outer
	return value
}

// Result implements expr.Calls.
func (in *instance) Result(call *expr.Node) (expr.Value, bool) {
	if at := in.callAt(call); at >= 0 && in.calls != nil && in.calls[at].known {
		return in.calls[at].value, true
	}
	return expr.Value{}, false
}

// Keep implements expr.Calls.
func (in *instance) Keep(call *expr.Node, result expr.Value) {
	at := in.callAt(call)
	if at < 0 {
		return
	}
	if in.calls == nil {
		in.calls = make([]called, len(in.shadow.template.Calls(in.fragID)))
	}
	in.calls[at] = called{known: true, value: result}
}

func (in *instance) callAt(call *expr.Node) int {
	return slices.IndexFunc(in.shadow.template.Calls(in.fragID), func(c template.Call) bool { return c.Node == call })
}

// forget drops the results of calls whose arguments read what has changed.
func (in *instance) forget(changes []change) {
	for at := range in.calls {
		if c := &in.calls[at]; c.known && concerns(in.shadow.template.Calls(in.fragID)[at].Deps, changes) {
			*c = called{}
		}
	}
}

// notSent is the number of an instance that the browser does not have yet. Instances get their numbers
// in the order in which they are sent.
const notSent = -1

// cell is what a hole shows. A text is a String. An object is kept as JSON, because objects are never
// compared by identity.
type cell struct {
	kind   expr.Kind
	marked bool // the browser has another value; the hole is in Tree.marks
	num    float64
	str    string
	group  *group // of all holes that contain something
}

// group holds the instances at a hole with fragments.
type group struct {
	branch int       // If: the branch that is shown, -1 for none; UseName: the fragment
	child  *instance // If and UseName; Comp: what is inside the element
	rows   []*row    // For
	keys   []string  // For with a key: per row, made unique
	sent   []*row    // For that is marked: the rows that the browser has
	making bool      // For: new rows are being made
	late   *late     // For: what changes meanwhile, or nil
	diffs  int       // For: changes of the rows that go on, one inside the other
	diff   *listDiff // For: the newest of them, while rows come, go and move
	turn   int       // For: how often the rows were compared with the list
	host   *Host     // Comp: nil while the tag stands for no component
}

// row is an instance of a list with its scope: one allocation instead of three.
type row struct {
	instance
	env   expr.Env
	scope expr.Scope
	at    int // its index among the rows that the browser has, while an op is written
}

// change is a path of data that was set, as seen from one instance.
type change = expr.Path

// concerns reports whether one of the changes is above, at or below one of the paths.
func concerns(paths []expr.Path, changes []change) bool {
	for i := range paths {
		for j := range changes {
			if related(&paths[i], &changes[j]) {
				return true
			}
		}
	}
	return false
}

func related(p, c *expr.Path) bool {
	if p.Var != c.Var || p.Depth != c.Depth {
		return false
	}
	for i := 0; i < len(p.Keys) && i < len(c.Keys); i++ {
		if p.Keys[i] != c.Keys[i] {
			return false
		}
	}
	return true
}

// below returns the keys of the change after the path, when the change is strictly below it.
func below(p, c *expr.Path) ([]string, bool) {
	if len(c.Keys) <= len(p.Keys) || !related(p, c) {
		return nil, false
	}
	return c.Keys[len(p.Keys):], true
}

// inward rewrites changes for a row: inside it, the current scope is one wx:for further out. Only
// changes that concern the row's content are kept.
func inward(inner []expr.Path, changes []change) []change {
	var out []change
	for i := range changes {
		c := changes[i]
		if !concerns(inner, changes[i:i+1]) {
			continue
		}
		if c.Var != expr.Data {
			c.Depth++
		}
		out = append(out, c)
	}
	return out
}
