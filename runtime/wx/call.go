package wx

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// call is one call of an asynchronous member.
type call struct {
	wx      *wx
	name    string
	opts    *goja.Object // never nil
	success goja.Value
	failure goja.Value
	always  goja.Value
	promise *goja.Promise
	from    []goja.StackFrame // the calls that led here
	resolve func(any) error
	reject  func(any) error
	event   func(res *goja.Object) // instead of callbacks, for calls that are not the app's
	handle  goja.Value             // what the call returns instead of undefined, such as a RequestTask
	done    bool
	quiet   bool // its failure is already in the log

	component goja.Value // its second argument, of calls for a canvas
}

func (w *wx) newCall(name string, c goja.FunctionCall) (*call, goja.Value) {
	made := &call{wx: w, name: name, from: w.vm.Stack(), component: c.Argument(1)}
	if o, ok := c.Argument(0).(*goja.Object); ok && o.ClassName() != "Function" {
		made.opts = o
	} else {
		made.opts = w.vm.Object()
	}
	callback := func(name string) goja.Value {
		if fn := made.opts.Get(name); fn != nil {
			if _, ok := goja.AssertFunction(fn); ok {
				return fn
			}
		}
		return nil
	}
	made.success, made.failure = callback("success"), callback("fail")
	made.always = callback("complete")
	if made.success == nil && made.failure == nil && made.always == nil {
		made.promise, made.resolve, made.reject = w.vm.Runtime().NewPromise()
		return made, w.vm.Runtime().ToValue(made.promise)
	}
	return made, goja.Undefined()
}

// ok completes the call. It sets errMsg on the result object.
func (c *call) ok(res *goja.Object) {
	if res == nil {
		res = c.wx.vm.Object()
	}
	if v := res.Get("errMsg"); v == nil {
		res.Set("errMsg", c.name+":ok")
	}
	c.finish(true, res)
}

// okNow is ok with callbacks that run before the call returns. One member of the vendor's wx needs
// it: it has callbacks and is synchronous.
func (c *call) okNow(res *goja.Object) {
	if c.promise != nil {
		c.ok(res)
		return
	}
	res.Set("errMsg", c.name+":ok")
	c.done = true
	for _, fn := range []goja.Value{c.success, c.always} {
		if fn != nil {
			c.wx.vm.Invoke(fn, c.opts, res)
		}
	}
}

// fail completes the call with a reason.
func (c *call) fail(reason string) {
	res := c.wx.vm.Object()
	res.Set("errMsg", c.name+":fail "+vm.Cut(reason, maxReason))
	c.finish(false, res)
}

// maxReason keeps a failure readable.
const maxReason = 500

func (c *call) finish(ok bool, res *goja.Object) {
	if c.done {
		return
	}
	c.done = true
	c.wx.vm.Later(func() {
		w := c.wx
		if !ok {
			w.vm.Origin(res, c.from)
		}
		if c.event != nil {
			c.event(res)
			return
		}
		if c.promise != nil {
			if ok {
				_ = c.resolve(res) // fails only when the turn is interrupted, which ends it anyway
			} else {
				if c.quiet {
					w.vm.Quiet(c.promise)
				}
				_ = c.reject(res)
			}
			w.vm.Drain()
			return
		}
		fn := c.success
		if !ok {
			fn = c.failure
		}
		if fn != nil {
			w.vm.Invoke(fn, c.opts, res)
		}
		if c.always != nil {
			w.vm.Invoke(c.always, c.opts, res)
		}
	})
}

// Options of a call. The conversions may run code of the app; its exceptions are thrown to the
// caller, as in any function of wx.

func (c *call) value(name string) goja.Value {
	if v := c.opts.Get(name); v != nil {
		return v
	}
	return goja.Undefined()
}

func (c *call) text(name string) string { return vm.TextOf(c.value(name)) }

// given fails the call when a text that it needs is missing.
func (c *call) given(name string) bool {
	if goja.IsUndefined(c.value(name)) {
		c.fail("parameter error: parameter." + name + " should be String instead of Undefined")
		return false
	}
	return true
}

func (c *call) number(name string, fallback float64) float64 {
	v := c.value(name)
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return fallback
	}
	f := v.ToFloat()
	if f != f {
		return fallback
	}
	return f
}

// pick makes the JSON of the named options. Other options do not reach the shell.
func (c *call) pick(names ...string) ([]byte, bool) { return c.args(c.fields(names)) }

// pickOnPage is pick with the id of the page on top.
func (c *call) pickOnPage(names ...string) ([]byte, bool) {
	fields := c.fields(names)
	if top := c.wx.app.Top(); top != nil {
		fields["page"] = strconv.AppendInt(nil, int64(top.ID()), 10)
	}
	return c.args(fields)
}

func (c *call) fields(names []string) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	for _, name := range names {
		if text := c.wx.vm.Stringify(c.value(name)); text != "" {
			fields[name] = json.RawMessage(text)
		}
	}
	return fields
}

// args encodes arguments for the shell or the bridge; it fails the call when they are too large.
func (c *call) args(fields any) ([]byte, bool) {
	text, err := protocol.JSON(fields)
	if err != nil || len(text) > protocol.MaxCallBytes {
		c.fail("the parameters are too large")
		return nil, false
	}
	return text, true
}

// ask sends a ui frame whose answer completes the call. Before that, then may read the result.
func (c *call) ask(name string, args []byte, then func(result *goja.Object)) {
	id := c.wx.vm.Expect(func(r vm.Reply) { c.answered(r, then) })
	if id == 0 {
		c.fail(fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls))
		return
	}
	c.wx.vm.CallShell(id, name, args)
}

// bridge asks for a capability of the host.
func (c *call) bridge(capability string, args []byte, then func(result *goja.Object)) {
	id := c.wx.vm.Expect(func(r vm.Reply) { c.answered(r, then) })
	if id == 0 {
		c.fail(fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls))
		return
	}
	c.wx.vm.CallHost(id, capability, args)
}

func (c *call) answered(r vm.Reply, then func(*goja.Object)) {
	if !r.OK {
		reason := r.Reason
		if reason == "" {
			reason = "cancel"
		}
		c.fail(reason)
		return
	}
	res, ok := c.wx.vm.FromJSON(r.Result).(*goja.Object)
	if !ok {
		res = c.wx.vm.Object()
	}
	if then == nil {
		c.ok(res)
		return
	}
	then(res)
}

// notifyShell sends a ui frame that expects no answer and completes the call.
func (c *call) notifyShell(name string, args []byte) {
	c.wx.vm.CallShell(0, name, args)
	c.ok(nil)
}
