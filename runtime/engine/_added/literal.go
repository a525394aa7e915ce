package goja

import (
	"math"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/unistring"
)

// newLiteral makes an object of values that are on the stack, with all its properties at once. The objects of
// one literal share their names: a list of names that has no room is never changed in place.
type newLiteral struct{ names []unistring.String }

func (l *newLiteral) exec(vm *vm) {
	n := len(l.names)
	o, few := vm.r.bornFilled(vm.r.global.ObjectPrototype, n)
	vm.sp -= n
	copy(few, vm.stack[vm.sp:vm.sp+n])
	o.propNames, o.few, o.lastSortedPropLen = l.names, &few[0], int32(n)
	vm.push(o.val)
	vm.pc++
}

// emitAtOnce emits a literal of a few plain properties whose names are known. It reports false, and emits
// nothing, for another one.
func (e *compiledObjectLiteral) emitAtOnce(putOnStack bool) bool {
	n := len(e.expr.Value)
	if n == 0 || n > smallProps {
		return false
	}
	names := make([]unistring.String, 0, n)
	for _, prop := range e.expr.Value {
		var name unistring.String
		switch prop := prop.(type) {
		case *ast.PropertyKeyed:
			if prop.Computed || prop.Kind != ast.PropertyKindValue {
				return false
			}
			key, ok := prop.Key.(*ast.StringLiteral)
			if !ok || key.Value == __proto__ {
				return false
			}
			name = key.Value
		case *ast.PropertyShort:
			if prop.Initializer != nil || e.c.scope.strict && prop.Name.Name == "let" {
				return false // errors, which emitGetter throws
			}
			name = prop.Name.Name
		default:
			return false
		}
		for _, other := range names {
			if other == name {
				return false
			}
		}
		if strToArrayIdx(name) != math.MaxUint32 { // its place is not that in the text
			return false
		}
		names = append(names, name)
	}
	for i, prop := range e.expr.Value {
		switch prop := prop.(type) {
		case *ast.PropertyKeyed:
			value := e.c.compileExpression(prop.Value)
			fn, isFunction := value.(*compiledFunctionLiteral)
			if named, ok := value.(namedEmitter); ok && (!isFunction || fn.name == nil) {
				named.emitNamed(names[i])
			} else {
				e.c.emitExpr(value, true)
			}
		case *ast.PropertyShort:
			e.c.compileIdentifierExpression(&prop.Name).emitGetter(true)
		}
	}
	e.c.emit(&newLiteral{names})
	if !putOnStack {
		e.c.emit(pop)
	}
	return true
}
