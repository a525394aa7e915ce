package view

import (
	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// instance is one living fragment. Its number is its name in the protocol: both ends count
// instances in the order in which they are created, so numbers never travel except in ops.
type instance struct {
	number int
	frag   *template.Fragment
	fragID int
	parent *instance
	hole   int // of the parent, where this instance hangs
	depth  int
	env    *expr.Env
	cells  []cell // one per hole
}

// cell is what was last sent for a hole. A text is a String; an object is kept as the JSON that
// was sent, for objects are never compared by identity.
type cell struct {
	kind  expr.Kind
	num   float64
	str   string
	group *group // of wx:if, wx:for and <template is>
}

// group is what hangs on a hole with fragments.
type group struct {
	branch int       // If: the branch that is shown, -1 for none; UseName: the fragment
	child  *instance // If and UseName
	rows   []*row    // For
	keys   []string  // For with a key: per row, made unique
}

// row is an instance of a list together with its scope: one allocation instead of three.
type row struct {
	instance
	env   expr.Env
	scope expr.Scope
}

// change is a piece of data that was set, named as seen from one instance.
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

// below returns the keys of the change that follow the path, when the change lies truly below it.
func below(p, c *expr.Path) ([]string, bool) {
	if len(c.Keys) <= len(p.Keys) || !related(p, c) {
		return nil, false
	}
	return c.Keys[len(p.Keys):], true
}

// inward rewrites changes for a row: what was this scope is one wx:for further out there. Only
// those that concern the row's inside are kept.
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

// weight is what a fragment counts against Limits.Nodes.
func weight(f *template.Fragment) int {
	return 1 + len(f.Elements) + countTexts(f.Kids)
}

func countTexts(kids []template.Node) int {
	n := 0
	for i := range kids {
		switch kids[i].Kind {
		case template.Text, template.DynText:
			n++
		case template.Elem:
			n += countTexts(kids[i].Kids)
		}
	}
	return n
}
