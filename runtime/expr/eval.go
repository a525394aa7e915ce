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

// Eval computes the expression. It panics only with what code of the app threw in a getter.
func (n *Node) Eval(env *Env) Value {
	switch n.Op {
	case OpConst:
		return n.Val
	case OpRoot:
		if env.Root == nil {
			return Value{}
		}
		return env.Root.Get(n.Str)
	case OpItem:
		if s := env.scope(n.Num); s != nil {
			return s.Item
		}
		return Value{}
	case OpIndex:
		if s := env.scope(n.Num); s != nil {
			return s.Index
		}
		return Value{}
	case OpMember:
		return n.Kids[0].Eval(env).Get(n.Str)
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
	case OpCall, OpField, OpSpread: // the last two are only valid inside a literal
		return Value{}
	}
	return binary(n.Op, n.Kids[0].Eval(env), n.Kids[1].Eval(env))
}

func (n *Node) evalAt(env *Env) Value {
	object := n.Kids[0].Eval(env)
	if object.Nullish() {
		return Value{}
	}
	key := n.Kids[1].Eval(env)
	return object.Get(key.ToString())
}

func (n *Node) evalConcat(env *Env) Value {
	var b strings.Builder
	for _, kid := range n.Kids {
		b.WriteString(kid.Eval(env).Display())
	}
	return Text(b.String())
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
	return Value{Kind: Array, Ref: items}
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
		return v.Ref.(*goja.Object).ClassName() != "Date"
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
	case Object:
		return a.Ref == b.Ref
	case Array, Record:
		return false // a literal is a new object each time
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
