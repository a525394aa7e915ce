package view

import (
	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// instance is one fragment in the live tree. Its number identifies it in the protocol: both ends
// count instances in the order of creation, so only ops contain numbers.
type instance struct {
	number int
	frag   *template.Fragment
	fragID int
	parent *instance
	hole   int // the parent's hole that contains this instance
	depth  int
	env    *expr.Env
	cells  []cell // one per hole
}

// cell is what was last sent for a hole. A text is a String. An object is kept as the JSON that was
// sent, because objects are never compared by identity.
type cell struct {
	kind  expr.Kind
	num   float64
	str   string
	group *group // of wx:if, wx:for and <template is>
}

// group holds the instances at a hole with fragments.
type group struct {
	branch int       // If: the branch that is shown, -1 for none; UseName: the fragment
	child  *instance // If and UseName
	rows   []*row    // For
	keys   []string  // For with a key: per row, made unique
}

// row is an instance of a list with its scope: one allocation instead of three.
type row struct {
	instance
	env   expr.Env
	scope expr.Scope
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

// weight is how many nodes of Limits.Nodes a fragment uses.
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
