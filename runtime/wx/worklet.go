package wx

import (
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

//go:embed js/worklet.js
var workletSource string

// workletProgram makes wx.worklet.
var workletProgram = vm.OwnScript("worklet", workletSource)

// motionRows move elements of a page.
var motionRows = []api{
	{name: "worklet", value: func(w *wx) goja.Value { return w.worklets().Get("worklet") }},
	{name: "router", value: func(w *wx) goja.Value { return w.worklets().Get("router") }},
}

// installMotion adds the methods of pages and components that move elements.
func (w *wx) installMotion() {
	w.app.InstanceMethod("applyAnimatedStyle", func(_ *framework.Instance, c goja.FunctionCall) goja.Value {
		w.workletMethod("apply", c.This, c.Argument(0), c.Argument(1), c.Argument(2), c.Argument(3))
		return goja.Undefined()
	})
	w.app.InstanceMethod("clearAnimatedStyle", func(_ *framework.Instance, c goja.FunctionCall) goja.Value {
		w.workletMethod("clear", c.This, c.Argument(0), c.Argument(1), c.Argument(2))
		return goja.Undefined()
	})
}

// worklets is the part of wx that worklet.js makes.
func (w *wx) worklets() *goja.Object {
	if w.motion == nil {
		create, err := w.vm.Runtime().RunProgram(workletProgram())
		if err != nil {
			panic(err)
		}
		native := w.vm.Object()
		native.Set("later", w.vm.Function("later", func(c goja.FunctionCall) goja.Value {
			fn := c.Argument(0) // arguments are not valid after the call
			w.vm.Later(func() { w.vm.Invoke(fn, goja.Undefined()) })
			return goja.Undefined()
		}))
		native.Set("style", w.vm.Function("style", func(c goja.FunctionCall) goja.Value {
			transition, _ := protocol.JSON(map[string]any{"ms": c.Argument(3).ToInteger(), "timing": c.Argument(4).String()})
			w.styleElements(c.Argument(0), c.Argument(1).String(), map[string]json.RawMessage{
				"style": json.RawMessage(w.vm.Stringify(c.Argument(2))), "transition": transition})
			return goja.Undefined()
		}))
		native.Set("opener", w.vm.Function("opener", func(c goja.FunctionCall) goja.Value {
			if p := w.app.PageOf(c.Argument(0)); p != nil && p.Opener() != nil {
				return p.Opener()
			}
			return goja.Undefined()
		}))
		native.Set("back", w.vm.Function("back", func(goja.FunctionCall) goja.Value {
			w.app.MoveLater(func() { w.app.Navigate("navigateBack", "", 1, nil) })
			return goja.Undefined()
		}))
		call, _ := goja.AssertFunction(create)
		made, err := call(goja.Undefined(), native)
		if err != nil {
			panic(err)
		}
		w.motion = made.(*goja.Object)
	}
	return w.motion
}

// workletMethod calls a function of worklet.js for a method of a page.
func (w *wx) workletMethod(name string, args ...goja.Value) {
	call, _ := goja.AssertFunction(w.worklets().Get(name))
	if _, err := call(goja.Undefined(), args...); err != nil {
		panic(err)
	}
}

// styleElements tells the browser to style the elements of a selector, after the patches of the turn.
func (w *wx) styleElements(scope goja.Value, selector string, fields map[string]json.RawMessage) {
	p := w.app.PageOf(scope)
	if p == nil {
		p = w.app.Top()
	}
	if p == nil {
		return
	}
	w.vm.AfterFlush(func() { // elements have their places only then
		fields["page"], _ = protocol.JSON(p.ID())
		fields["selector"], _ = protocol.JSON(strings.TrimSpace(selector))
		if p.HasComponents() {
			fields["targets"], _ = protocol.JSON(w.app.Places(p, scope, selector))
		}
		args, err := protocol.JSON(fields)
		if err != nil || len(args) > protocol.MaxCallBytes {
			w.vm.Warn("The animated style of %q was not shown: it is too large.", vm.Cut(selector, 100))
			return
		}
		w.vm.CallShellLate(0, "styleElements", args)
	})
}
