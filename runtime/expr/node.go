// Package expr is the language between {{ and }} in WXML: parser, dependency analysis and
// evaluator.
//
// It is JavaScript's expression language without assignment, with two differences for templates: a
// path that does not exist is undefined and never throws, and undefined or null inside a text shows
// nothing. Expressions are evaluated in Go; the values stay in the app's virtual machine. Reading
// one may run a getter of the app, so callers evaluate under the app's deadline and recover from
// its panics.
package expr

import "slices"

// Op is what a Node does.
type Op uint8

// The operations. The numbers are part of the compiled template's format: add at the end.
const (
	OpConst  Op = iota // Val
	OpRoot             // field Str of the data
	OpItem             // item of the wx:for that is Num levels up
	OpIndex            // index of the wx:for that is Num levels up
	OpMember           // Kids[0].Str
	OpAt               // Kids[0][Kids[1]]
	OpCall             // Kids[0](Kids[1:]...), a function of a WXS module
	OpNot
	OpBitNot
	OpPlus
	OpNeg
	OpTypeof
	OpVoid
	OpMul
	OpDiv
	OpMod
	OpAdd
	OpSub
	OpShl
	OpShr
	OpUshr
	OpLt
	OpGt
	OpLe
	OpGe
	OpEq
	OpNe
	OpEqStrict
	OpNeStrict
	OpBitAnd
	OpBitXor
	OpBitOr
	OpAnd
	OpOr
	OpNullish
	OpCond   // Kids[0] ? Kids[1] : Kids[2]
	OpArray  // elements, which may be OpSpread
	OpRecord // OpField and OpSpread
	OpField  // Str: Kids[0]
	OpSpread // ...Kids[0]
	OpConcat // text and {{ }} mixed
	OpModule // what WXS module Num exports
	opEnd
)

// Node is one node of an expression. Nodes are read-only once parsed.
type Node struct {
	Op   Op
	Str  string
	Num  int
	Val  Value // OpConst: a primitive
	Kids []*Node
}

// Const makes a constant.
func Const(v Value) *Node { return &Node{Op: OpConst, Val: v} }

// ConstText returns the text of an expression that is a constant string.
func (n *Node) ConstText() (string, bool) {
	if n != nil && n.Op == OpConst && n.Val.Kind == String {
		return n.Val.Str, true
	}
	return "", false
}

// Path names data that an expression depends on: a Var of a scope and its members, up to the first
// that is not constant. A change at, below or above the path concerns the expression.
type Path struct {
	Var   Var
	Depth int // Item and Index: how many wx:for levels up
	Keys  []string
}

// Var is the start of a path.
type Var uint8

// The starts of paths.
const (
	Data  Var = iota // the page's data, or the data of a template
	Item             // item of a wx:for
	Index            // index of a wx:for
)

// Deps lists what an expression depends on, each path once.
func (n *Node) Deps() []Path {
	var paths []Path
	if n != nil {
		n.deps(&paths)
	}
	return paths
}

// StaticPath returns the path of an expression that is only a path. A length is not a static path,
// because it changes when an element such as "list[9]" is added.
func (n *Node) StaticPath() (Path, bool) {
	path, ok := n.path()
	if ok && endsInLength(path) {
		return Path{}, false
	}
	return path, ok
}

func endsInLength(p Path) bool {
	return len(p.Keys) > 0 && p.Keys[len(p.Keys)-1] == "length"
}

func (n *Node) path() (Path, bool) {
	if n == nil {
		return Path{}, false
	}
	switch n.Op {
	case OpRoot:
		return Path{Var: Data, Keys: []string{n.Str}}, true
	case OpItem:
		return Path{Var: Item, Depth: n.Num}, true
	case OpIndex:
		return Path{Var: Index, Depth: n.Num}, true
	case OpMember:
		return n.Kids[0].extend(n.Str)
	case OpAt:
		if key := n.Kids[1]; key.Op == OpConst {
			return n.Kids[0].extend(key.Val.ToString())
		}
	}
	return Path{}, false
}

func (n *Node) extend(key string) (Path, bool) {
	path, ok := n.path()
	if ok {
		path.Keys = append(slices.Clip(path.Keys), key)
	}
	return path, ok
}

func (n *Node) deps(into *[]Path) {
	if path, ok := n.path(); ok {
		if endsInLength(path) {
			path.Keys = path.Keys[:len(path.Keys)-1]
		}
		AddPath(into, path)
		return
	}
	for _, kid := range n.Kids {
		kid.deps(into)
	}
}

// AddPath adds a path unless the list has one that covers it.
func AddPath(into *[]Path, path Path) {
	for _, have := range *into {
		if have.Var == path.Var && have.Depth == path.Depth && hasPrefix(path.Keys, have.Keys) {
			return
		}
	}
	*into = append(*into, path)
}

func hasPrefix(keys, prefix []string) bool {
	if len(keys) < len(prefix) {
		return false
	}
	for i, key := range prefix {
		if keys[i] != key {
			return false
		}
	}
	return true
}

// UsesModule reports whether the expression reads a WXS module. Then its value is not only that of its
// operands.
func (n *Node) UsesModule() bool {
	return n != nil && (n.Op == OpModule || slices.ContainsFunc(n.Kids, (*Node).UsesModule))
}

// ModulePath returns the module and the members that an expression such as m.move names, when it is
// nothing but that.
func (n *Node) ModulePath() (module int, members []string, ok bool) {
	switch n.Op {
	case OpModule:
		return n.Num, nil, true
	case OpMember:
		module, members, ok = n.Kids[0].ModulePath()
		return module, append(slices.Clip(members), n.Str), ok
	}
	return 0, nil, false
}

// Valid reports whether a decoded node can be evaluated: its operation exists and it has the
// operands that the operation reads. It does not look below its direct operands.
func (n *Node) Valid() bool {
	for _, kid := range n.Kids {
		if kid == nil {
			return false
		}
	}
	switch n.Op {
	case OpConst:
		return n.Val.Kind <= String
	case OpRoot, OpArray, OpConcat:
		return true
	case OpItem, OpIndex, OpModule:
		return n.Num >= 0
	case OpMember, OpNot, OpBitNot, OpPlus, OpNeg, OpTypeof, OpVoid, OpField, OpSpread, OpCall:
		return len(n.Kids) >= 1
	case OpRecord:
		for _, kid := range n.Kids {
			if kid.Op != OpField && kid.Op != OpSpread {
				return false
			}
		}
		return true
	case OpCond:
		return len(n.Kids) == 3
	}
	return n.Op < opEnd && len(n.Kids) == 2
}
