package view

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// modules gives the expressions of one template its WXS modules. A module runs when it is first used, and
// is one for the whole page: two components that use the same file share it.
type modules struct {
	tree     *Tree
	template *template.Template
}

// library is what modules have that the language does not. A value's constructor is a text in WXS.
var library = goja.MustCompile("wxs", `(function () {
	"use strict";
	var has = Object.prototype.hasOwnProperty, kindOf = Object.prototype.toString;
	return {
		getDate: function (a, b, c, d, e, f, g) {
			switch (arguments.length) {
			case 0: return new Date();
			case 1: return new Date(a);
			}
			return new Date(a, b, c === undefined ? 1 : c, d || 0, e || 0, f || 0, g || 0);
		},
		getRegExp: function (pattern, flags) { return new RegExp(pattern, flags); },
		kind: function (v) {
			if (v === undefined || v === null) throw new TypeError("Cannot read properties of " + v + " (reading 'constructor')");
			if (typeof v === "object" && has.call(v, "constructor")) return v.constructor;
			return kindOf.call(v).slice(8, -1);
		}
	};
})()`, true)

// Exports implements expr.Modules.
func (m *modules) Exports(module int) expr.Value {
	return expr.Of(m.module(module).Get("exports"))
}

// module returns the `module` of a module and runs it the first time. While two modules require each
// other, the second sees what the first has exported so far.
func (m *modules) module(index int) *goja.Object {
	t, path := m.tree, m.template.Modules[index].Path
	if made := t.modules[path]; made != nil {
		return made
	}
	made := t.rt.NewObject()
	exports := t.rt.NewObject()
	_ = made.Set("exports", exports) // a new plain object takes any field
	if t.modules == nil {
		t.modules = map[string]*goja.Object{}
	}
	t.modules[path] = made
	if t.library == nil {
		library, err := t.rt.RunProgram(library)
		t.check("", err)
		t.library = library
	}
	program, err := m.template.Program(index)
	if err == nil {
		var function goja.Value
		if function, err = t.rt.RunProgram(program); err == nil {
			if run, ok := goja.AssertFunction(function); ok {
				_, err = run(goja.Undefined(), made, exports, t.rt.ToValue(m.require), t.library)
			}
		}
	}
	t.check(path, err)
	return made
}

func (m *modules) require(call goja.FunctionCall) goja.Value {
	index := int(call.Argument(0).ToInteger())
	if index < 0 || index >= len(m.template.Modules) {
		panic(m.tree.rt.NewTypeError("there is no such module"))
	}
	return m.module(index).Get("exports")
}

// Call implements expr.Modules.
func (m *modules) Call(function *goja.Object, args []expr.Value) expr.Value {
	call, ok := goja.AssertFunction(function)
	if !ok {
		return expr.Value{}
	}
	values := make([]goja.Value, len(args))
	for i, arg := range args {
		values[i] = arg.Lent(m.tree.rt)
	}
	result, err := call(goja.Undefined(), values...)
	m.tree.check(m.template.Path, err)
	if err != nil {
		return expr.Value{}
	}
	return expr.Of(result)
}

// check notes what a module has thrown. The page is shown without the value, as in the vendor's client;
// only the end of the whole turn goes on.
func (t *Tree) check(path string, err error) {
	if err == nil {
		return
	}
	ex, ok := errors.AsType[*goja.Exception](err)
	if _, overflow := errors.AsType[*goja.StackOverflowError](err); !ok && !overflow {
		panic(err)
	}
	text := "RangeError: too many calls inside calls"
	if ok {
		text = ex.Value().String() // of the program itself
		if stack := ex.Stack(); len(stack) > 0 {
			at := stack[0].Position()
			t.warn(nil, text, "WXS: %s (%s:%d)", text, at.Filename, at.Line)
			return
		}
	}
	t.warn(nil, text, "WXS: %s (%s)", text, path)
}
