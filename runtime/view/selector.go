package view

import (
	"slices"
	"strings"
)

// compound is one step of a selector: tag, #id and .classes, which must all match.
type compound struct {
	tag, id string
	classes []string
	child   bool // after ">": the parent must match the previous step, not any ancestor
	deep    bool // after ">>>": anywhere inside the previous step, shadows of components included
}

// Find returns the elements that a selector matches, in document order. It supports what selector
// queries of mini programs use: tag, #id, .class, combinations of them, descendants (a b), children
// (a > b) and alternatives (a, b). Other selectors match nothing.
func (n *Node) Find(selector string) []*Node {
	var found []*Node
	alternatives := parseSelector(selector)
	crosses := strings.Contains(selector, ">>>")
	var visit func(n *Node, above []*Node)
	visit = func(n *Node, above []*Node) {
		for _, steps := range alternatives {
			if n.Tag != "" && matches(steps, n, above) {
				found = append(found, n)
				break
			}
		}
		above = append(slices.Clip(above), n)
		for _, kid := range n.Kids {
			visit(kid, above)
		}
		if crosses && n.host != nil { // a tree of one shadow: go on in the next one
			for _, kid := range n.host.shadow.picture().Kids {
				visit(kid, append(slices.Clip(above), border))
			}
		}
	}
	for _, kid := range n.Kids {
		visit(kid, []*Node{n})
	}
	return found
}

// border stands between a component and its shadow in the way to an element.
var border = &Node{}

func parseSelector(selector string) [][]compound {
	var alternatives [][]compound
	selector = strings.ReplaceAll(selector, ">>>", " \x00 ") // no part of it is a ">"
	for part := range strings.SplitSeq(selector, ",") {
		var steps []compound
		child, deep := false, false
		ok := true
		for word := range strings.FieldsSeq(strings.ReplaceAll(part, ">", " > ")) {
			switch word {
			case ">":
				child = true
				continue
			case "\x00":
				deep = true
				continue
			}
			step, valid := parseCompound(word)
			step.child, step.deep = child, deep
			child, deep = false, false
			ok = ok && valid
			steps = append(steps, step)
		}
		if ok && len(steps) > 0 && !child {
			alternatives = append(alternatives, steps)
		}
	}
	return alternatives
}

func parseCompound(word string) (compound, bool) {
	var c compound
	if strings.ContainsAny(word, ":[]()*+~") {
		return c, false
	}
	for word != "" {
		end := strings.IndexAny(word[1:], ".#") + 1
		if end == 0 {
			end = len(word)
		}
		name := word[:end]
		word = word[end:]
		switch name[0] {
		case '.':
			c.classes = append(c.classes, name[1:])
		case '#':
			c.id = name[1:]
		default:
			c.tag = name
		}
	}
	return c, true
}

func matches(steps []compound, n *Node, above []*Node) bool {
	last := steps[len(steps)-1]
	if !last.fits(n) {
		return false
	}
	steps = steps[:len(steps)-1]
	if len(steps) == 0 {
		return true
	}
	for i, parent := range slices.Backward(above) {
		if parent == border {
			if !last.deep {
				return false // only ">>>" looks out of a shadow
			}
			continue
		}
		if matches(steps, parent, above[:i]) {
			return true
		}
		if last.child {
			return false
		}
	}
	return false
}

func (c *compound) fits(n *Node) bool {
	if c.tag != "" && c.tag != n.Tag {
		return false
	}
	if c.id != "" && c.id != n.Attrs["id"] {
		return false
	}
	if len(c.classes) == 0 {
		return true
	}
	text, _ := n.Attrs["class"].(string)
	have := strings.Fields(text)
	for _, class := range c.classes {
		found := false
		for _, h := range have {
			found = found || h == class
		}
		if !found {
			return false
		}
	}
	return true
}
