package wx

import (
	"encoding/json"
	"math"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// installAnimations adds this.animate and this.clearAnimation, whose key frames the browser plays.
func (w *wx) installAnimations() {
	w.app.InstanceMethod("animate", func(_ *framework.Instance, c goja.FunctionCall) goja.Value {
		frames := w.vm.Stringify(c.Argument(1))
		if frames == "" {
			frames = "[]"
		}
		args := map[string]any{"frames": json.RawMessage(frames)}
		if ms := c.Argument(2).ToFloat(); ms > 0 && !math.IsInf(ms, 0) {
			args["duration"] = math.Min(ms, MaxAnimationMs)
		}
		timeline, _ := c.Argument(3).(*goja.Object)
		callback := goja.Undefined()
		if _, isFunction := goja.AssertFunction(c.Argument(3)); isFunction {
			timeline, callback = nil, c.Argument(3)
		}
		w.onElements("animate", c.This, vm.TextOf(c.Argument(0)), args, timeline, callback)
		return goja.Undefined()
	})
	w.app.InstanceMethod("clearAnimation", func(_ *framework.Instance, c goja.FunctionCall) goja.Value {
		callback := c.Argument(2)
		if _, isFunction := goja.AssertFunction(c.Argument(1)); isFunction {
			callback = c.Argument(1)
		}
		w.onElements("clearAnimation", c.This, vm.TextOf(c.Argument(0)), map[string]any{}, nil, callback)
		return goja.Undefined()
	})
}

// onElements asks the browser to do something with the elements that a selector of the instance finds, after
// what the turn has set is there, and calls back when it is done.
func (w *wx) onElements(name string, this goja.Value, selector string, args map[string]any, timeline *goja.Object, callback goja.Value) {
	p := w.app.PageOf(this)
	_, called := goja.AssertFunction(callback)
	if p == nil || p.Gone() {
		if called {
			w.vm.Later(func() { w.vm.Invoke(callback, this) })
		}
		return
	}
	id := uint64(0)
	if called {
		if id = w.vm.Expect(func(vm.Reply) { w.vm.Invoke(callback, this) }); id == 0 {
			panic(w.vm.NewError("Error", "more than %d calls are waiting", vm.MaxPendingCalls))
		}
	}
	w.vm.AfterFlush(func() {
		args["page"] = p.ID()
		args["targets"] = w.app.Places(p, this, selector)
		if timeline != nil {
			w.vm.Guard(func() {
				if source := vm.TextOf(timeline.Get("scrollSource")); source != "" {
					args["source"] = w.app.Places(p, this, source)
				}
			})
			if text := w.vm.Stringify(timeline); text != "" {
				args["timeline"] = json.RawMessage(text)
			}
		}
		text, err := protocol.JSON(args)
		if err != nil || len(text) > protocol.MaxCallBytes {
			text, _ = protocol.JSON(map[string]any{"page": p.ID(), "targets": []int{}})
		}
		switch name {
		case "animate":
			w.vm.CallShellLate(id, "animate", text)
		default:
			w.vm.CallShellLate(id, "clearAnimation", text)
		}
	})
}
