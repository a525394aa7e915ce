package framework

import (
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/view"
)

// triggers adds triggerEvent, by which a component tells those who use it that something has happened.
func (i *instances) triggers() {
	i.method("triggerEvent", func(in *Instance, c goja.FunctionCall) goja.Value {
		if in != nil && in.host != nil {
			var options view.TriggerOptions
			if o, ok := c.Argument(2).(*goja.Object); ok {
				flag := func(name string) bool { v := o.Get(name); return v != nil && v.ToBoolean() }
				options = view.TriggerOptions{Bubbles: flag("bubbles"), Composed: flag("composed"), CapturePhase: flag("capturePhase")}
			}
			in.trigger(c.Argument(0).String(), c.Argument(1), options)
		}
		return goja.Undefined()
	})
}

// trigger calls the handlers of an event that the component sends. They run before it returns.
func (in *Instance) trigger(name string, detail goja.Value, options view.TriggerOptions) {
	k := in.s.vm
	frame := protocol.ShellFrame{Type: name, TS: float64(k.Now().Sub(in.s.started).Milliseconds())}
	event := eventMaker{vm: k, detail: detail, f: &protocol.AppInput{ShellFrame: frame}}
	for _, step := range in.host.Trigger(name, options) {
		owner := in.page.instanceOf(step.Shadow)
		handler := owner.handler(step.Handler)
		call, ok := goja.AssertFunction(handler)
		if !ok {
			k.Warn("%s %q does not have a method %q to handle event %q.", owner.kind(), owner.is, step.Handler, name)
			continue
		}
		if _, err := call(owner.this, event.at(step)); err != nil {
			owner.failed(err)
		}
	}
}
