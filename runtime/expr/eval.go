package expr

import (
	"math"
	"strings"

	"github.com/dop251/goja"
)

// Env gives the names of an expression their values.
type Env struct {
	Root  *Value // the page's data or a template's data, shared by all users; nil: none
	Scope *Scope // the innermost wx:for, nil outside
	// Modules are those of the template; nil when it has none.
	Modules Modules
	// Calls remembers results while one expression is computed; nil when it has none worth it.
	Calls Calls
	// Given is set while the value is for a component: it is given undefined where a page goes on showing
	// what was there before.
	Given bool
}

// Calls remembers the results of calls, so that a function of a module is called again only when what
// its own arguments read has changed, and not for what else stands in the same text.
type Calls interface {
	// Result is what the call gave; false when it has to be made.
	Result(call *Node) (Value, bool)
	// Keep notes the result of a call that was made.
	Keep(call *Node, result Value)
}

// Modules are the WXS modules of a template while it is shown.
type Modules interface {
	// Exports is what a module exports.
	Exports(module int) Value
	// Call calls a function of a module. What it throws is not thrown on: the result is undefined.
	Call(function *goja.Object, args []Value) Value
}

// Scope is one row of a wx:for.
type Scope struct {
	Up          *Scope
	Item, Index Value
}

func (e *Env) scope(depth int) *Scope {
	s := e.Scope
	for ; depth > 0 && s != nil; depth-- {
		s = s.Up
	}
	return s
}

// of is a value of the data as whoever asks sees it.
func (e *Env) of(v Value) Value {
	if v.Kind == Undefined && v.Ref != nil && !e.Given {
		return v.Shown()
	}
	return v
}

// Found remembers where an expression found its value, for the next object of the same keys.
type Found struct {
	shape *shape
	at    int
}

// Field is Eval for a member of the item of a list, as in {{item.name}}, which most rows show: the value as it is in
// the data. It reports false for any other expression, and for an item that has no such key.
func (n *Node) Field(env *Env, found *Found) (Value, bool) {
	if n.Op != OpMember || n.Kids[0].Op != OpItem {
		return Value{}, false
	}
	s := env.scope(n.Kids[0].Num)
	if s == nil {
		return Value{}, false
	}
	d, ok := s.Item.Ref.(*Dict)
	if !ok {
		return Value{}, false
	}
	if d.shape != found.shape {
		at := d.shape.find(n.Str)
		if at < 0 {
			return Value{}, false
		}
		*found = Found{d.shape, at}
	}
	return d.values[found.at], true
}

// Eval computes the expression. It panics only with what a getter of a WXS module threw.
func (n *Node) Eval(env *Env) Value {
	switch n.Op {
	case OpConst:
		return n.Val
	case OpRoot:
		if env.Root == nil {
			return Value{}
		}
		if d, ok := env.Root.Ref.(*Dict); ok {
			if i := d.shape.find(n.Str); i >= 0 {
				return env.of(d.values[i])
			}
		}
		return env.of(env.Root.Get(n.Str))
	case OpItem:
		if s := env.scope(n.Num); s != nil {
			return env.of(s.Item)
		}
		return Value{}
	case OpIndex:
		if s := env.scope(n.Num); s != nil {
			return s.Index
		}
		return Value{}
	case OpMember:
		return env.of(n.Kids[0].Eval(env).Get(n.Str))
	case OpAt:
		return n.evalAt(env)
	case OpConcat:
		return n.evalConcat(env)
	case OpCond:
		if n.Kids[0].Eval(env).Truthy() {
			return n.Kids[1].Eval(env)
		}
		return n.Kids[2].Eval(env)
	case OpAnd:
		if left := n.Kids[0].Eval(env); !left.Truthy() {
			return left
		}
		return n.Kids[1].Eval(env)
	case OpOr:
		if left := n.Kids[0].Eval(env); left.Truthy() {
			return left
		}
		return n.Kids[1].Eval(env)
	case OpNullish:
		if left := n.Kids[0].Eval(env); !left.Nullish() {
			return left
		}
		return n.Kids[1].Eval(env)
	case OpNot, OpBitNot, OpPlus, OpNeg, OpTypeof, OpVoid:
		return unary(n.Op, n.Kids[0].Eval(env))
	case OpArray:
		return n.evalArray(env)
	case OpRecord:
		return n.evalRecord(env)
	case OpModule:
		if env.Modules == nil {
			return Value{}
		}
		return env.Modules.Exports(n.Num)
	case OpCall:
		return n.evalCall(env)
	case OpField, OpSpread: // only valid inside a literal
		return Value{}
	}
	return binary(n.Op, n.Kids[0].Eval(env), n.Kids[1].Eval(env))
}

// evalCall calls a function that a WXS module exports. Methods of data are not called, as in the
// vendor's client.
func (n *Node) evalCall(env *Env) Value {
	if env.Calls != nil {
		if result, known := env.Calls.Result(n); known {
			return result
		}
		result := n.call(env)
		env.Calls.Keep(n, result)
		return result
	}
	return n.call(env)
}

func (n *Node) call(env *Env) Value {
	if env.Modules == nil || !n.Kids[0].UsesModule() {
		return Value{}
	}
	function, ok := n.Kids[0].Eval(env).Ref.(*goja.Object)
	if !ok {
		return Value{}
	}
	var few [4]Value // most calls have up to four arguments: no allocation for them
	args := few[:0]
	for _, kid := range n.Kids[1:] {
		if kid.Op == OpSpread {
			args = append(args, (&Node{Op: OpArray, Kids: []*Node{kid}}).Eval(env).Ref.(*List).Items...)
			continue
		}
		args = append(args, kid.Eval(env))
	}
	return env.Modules.Call(function, args)
}

func (n *Node) evalAt(env *Env) Value {
	object := n.Kids[0].Eval(env)
	if object.Nullish() {
		return Value{}
	}
	key := n.Kids[1].Eval(env)
	if object.Kind == Array && key.Kind == Number && key.Num >= 0 && key.Num == math.Trunc(key.Num) && key.Num < 1<<31 {
		return env.of(object.Index(int(key.Num)))
	}
	return env.of(object.Get(key.ToString()))
}

func (n *Node) evalConcat(env *Env) Value {
	var few [64]byte // most texts are as short: no allocation but that of the text
	text := few[:0]
	for _, kid := range n.Kids {
		text = kid.Eval(env).AppendDisplay(text)
	}
	return Text(string(text))
}

func (n *Node) evalArray(env *Env) Value {
	items := make([]Value, 0, len(n.Kids))
	for _, kid := range n.Kids {
		if kid.Op != OpSpread {
			items = append(items, kid.Eval(env))
			continue
		}
		from := kid.Kids[0].Eval(env)
		for i, count := 0, min(from.Len(), MaxSpread-len(items)); i < count; i++ {
			items = append(items, from.Index(i))
		}
	}
	return Value{Kind: Array, Ref: &List{Items: items, literal: true}}
}

func (n *Node) evalRecord(env *Env) Value {
	fields := &Fields{Entries: make([]Entry, len(n.Kids))}
	for i, kid := range n.Kids {
		fields.Entries[i] = Entry{
			Name: kid.Str, Value: kid.Kids[0].Eval(env), Spread: kid.Op == OpSpread,
		}
	}
	return Value{Kind: Record, Ref: fields}
}

func unary(op Op, v Value) Value {
	switch op {
	case OpNot:
		return boolean(!v.Truthy())
	case OpBitNot:
		return Num(float64(^toInt32(v.ToNumber())))
	case OpPlus:
		return Num(v.ToNumber())
	case OpNeg:
		return Num(-v.ToNumber())
	case OpTypeof:
		return Text(v.typeOf())
	}
	return Value{} // void
}

func (v Value) typeOf() string {
	switch v.Kind {
	case Undefined:
		return "undefined"
	case Bool:
		return "boolean"
	case Number:
		return "number"
	case String:
		return "string"
	case Object:
		if _, ok := v.Ref.(inherited); ok {
			return "function"
		}
		if _, ok := goja.AssertFunction(v.Ref.(*goja.Object)); ok {
			return "function"
		}
	}
	return "object"
}

func binary(op Op, a, b Value) Value {
	switch op {
	case OpAdd:
		if a.Kind >= String || b.Kind >= String {
			return Text(a.ToString() + b.ToString())
		}
		return Num(a.ToNumber() + b.ToNumber())
	case OpSub:
		return Num(a.ToNumber() - b.ToNumber())
	case OpMul:
		return Num(a.ToNumber() * b.ToNumber())
	case OpDiv:
		return Num(a.ToNumber() / b.ToNumber())
	case OpMod:
		return Num(math.Mod(a.ToNumber(), b.ToNumber()))
	case OpEqStrict:
		return boolean(strictEqual(a, b))
	case OpNeStrict:
		return boolean(!strictEqual(a, b))
	case OpEq:
		return boolean(looseEqual(a, b))
	case OpNe:
		return boolean(!looseEqual(a, b))
	case OpLt, OpGt, OpLe, OpGe:
		return boolean(compare(op, a, b))
	}
	x, y := toInt32(a.ToNumber()), toInt32(b.ToNumber())
	switch op {
	case OpShl:
		return Num(float64(x << (uint32(y) & 31)))
	case OpShr:
		return Num(float64(x >> (uint32(y) & 31)))
	case OpUshr:
		return Num(float64(uint32(x) >> (uint32(y) & 31)))
	case OpBitAnd:
		return Num(float64(x & y))
	case OpBitXor:
		return Num(float64(x ^ y))
	case OpBitOr:
		return Num(float64(x | y))
	}
	return Value{}
}

func compare(op Op, a, b Value) bool {
	if isTextual(a) && isTextual(b) {
		order := strings.Compare(a.ToString(), b.ToString())
		switch op {
		case OpLt:
			return order < 0
		case OpGt:
			return order > 0
		case OpLe:
			return order <= 0
		}
		return order >= 0
	}
	x, y := a.ToNumber(), b.ToNumber()
	switch op {
	case OpLt:
		return x < y
	case OpGt:
		return x > y
	case OpLe:
		return x <= y
	}
	return x >= y
}

// isTextual reports whether a value is compared as text: strings, and objects whose primitive value
// is a string. Dates and other objects with a numeric valueOf are compared as numbers.
func isTextual(v Value) bool {
	switch v.Kind {
	case String, Array, Record:
		return true
	case Object:
		object, ok := v.Ref.(*goja.Object)
		return !ok || object.ClassName() != "Date"
	}
	return false
}

func strictEqual(a, b Value) bool {
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case Bool, Number:
		return a.Num == b.Num
	case String:
		return a.Str == b.Str
	case Object, Array, Record:
		return a.Ref == b.Ref // a literal is a new object each time
	}
	return true
}

func looseEqual(a, b Value) bool {
	switch {
	case a.Kind == b.Kind:
		return strictEqual(a, b)
	case a.Nullish() || b.Nullish():
		return a.Nullish() && b.Nullish()
	case a.Kind >= Object && b.Kind >= Object:
		return false
	case a.Kind >= Object && b.Kind == String, b.Kind >= Object && a.Kind == String:
		return a.ToString() == b.ToString()
	}
	return a.ToNumber() == b.ToNumber()
}

func toInt32(f float64) int32 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return int32(uint32(int64(math.Mod(math.Trunc(f), 1<<32))))
}
