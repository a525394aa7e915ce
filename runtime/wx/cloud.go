package wx

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

//go:embed js/cloud.js
var cloudSource string

// CloudProgram makes wx.cloud, and what cloud functions have of it.
var CloudProgram = vm.OwnScript("cloud", cloudSource)

// cloudRows is wx.cloud. Its members are in cloudMembers, because canIUse answers for each.
var cloudRows = []api{{name: "cloud", value: (*wx).cloud}}

// cloudMembers are the members of wx.cloud, with whether they work.
var cloudMembers = map[string]bool{"init": true, "database": true, "uploadFile": true, "downloadFile": true,
	"deleteFile": true, "getTempFileURL": true, "callFunction": true, "callContainer": false, "connectContainer": false}

// cloud makes wx.cloud. Environments have no meaning here: an app has one for its released version, and one for
// those under development. Programs by Taro read it in every session, and few ask for a database: what that needs is
// made for the first one.
func (w *wx) cloud() goja.Value {
	var database goja.Callable
	cloud := w.vm.Object("database", w.vm.Function("database", func(c goja.FunctionCall) goja.Value {
		if database == nil {
			database, _ = goja.AssertFunction(w.cloudProgram().Get("database"))
		}
		made, err := database(goja.Undefined(), c.Arguments...)
		if err != nil {
			panic(err)
		}
		return made
	}))
	w.addCloudFiles(cloud)
	cloud.Set("callFunction", w.vm.Function("callFunction", w.callFunction))
	cloud.Set("init", w.vm.Function("init", func(goja.FunctionCall) goja.Value { return goja.Undefined() }))
	for _, name := range slices.Sorted(maps.Keys(cloudMembers)) {
		if cloudMembers[name] {
			continue
		}
		cloud.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			return w.unsupported("cloud."+name, failsByCallback, c)
		}))
	}
	return cloud
}

// cloudProgram runs cloud.js, and returns what it makes.
func (w *wx) cloudProgram() *goja.Object {
	native := w.vm.Object("page", clientPage, "admin", false)
	native.Set("call", w.vm.Function("call", w.cloudCall))
	native.Set("later", w.vm.Function("later", func(c goja.FunctionCall) goja.Value {
		fn := c.Argument(0) // arguments are not valid after the call
		w.vm.Later(func() { w.vm.Invoke(fn, goja.Undefined()) })
		return goja.Undefined()
	}))
	// listen(fn) gives the number under which the host tells of a watch, and forget(number) ends it.
	watching := map[uint64]goja.Value{}
	native.Set("listen", w.vm.Function("listen", func(c goja.FunctionCall) goja.Value {
		id := w.vm.NextID()
		watching[id] = c.Argument(0)
		return w.vm.Value(id)
	}))
	native.Set("forget", w.vm.Function("forget", func(c goja.FunctionCall) goja.Value {
		delete(watching, uint64(c.Argument(0).ToInteger()))
		return goja.Undefined()
	}))
	w.app.OnFrame("watch", func(f *protocol.AppInput) {
		if f.Watch == nil || watching[f.Watch.ID] == nil {
			return
		}
		text, err := protocol.JSON(f.Watch)
		if err != nil { // the host has encoded it
			return
		}
		made := w.vm.FromJSON(text).(*goja.Object)
		if f.Watch.Reason != "" {
			made.Set("code", CloudCode([]byte(w.vm.Stringify(made))))
		}
		w.vm.Invoke(watching[f.Watch.ID], goja.Undefined(), made)
	})
	create, err := w.vm.Runtime().RunProgram(CloudProgram())
	if err != nil {
		panic(err)
	}
	call, _ := goja.AssertFunction(create)
	made, err := call(goja.Undefined(), native)
	if err != nil {
		panic(err)
	}
	return made.(*goja.Object)
}

// clientPage is how many documents a query gets that names no number.
const clientPage = 20

// cloudCodes are the vendor's numbers of what the host refuses, by its slug.
var cloudCodes = map[string]int{
	"cloud-no-collection": -502005,
	"cloud-denied":        -502003,
	"cloud-invalid":       -501007,
	"bad-parameters":      -501007,
	"cloud-full":          -501003,
	"rate-limited":        -501003,
	"too-many-watches":    -501003,
	"too-many-functions":  -501004,
	"functions-busy":      -501004,
	"functions-too-deep":  -501004,
	"cloud-duplicate":     -502001,
	"cloud-conflict":      -502007,
	"cloud-no-file":       -503003,
	"cloud-file-denied":   -503002,
	"file-too-large":      -403001,
}

// cloudCall is native.call of cloud.js: a call of the program's, which a capability answers.
func (w *wx) cloudCall(fc goja.FunctionCall) goja.Value {
	name, capability, shape := fc.Argument(0).String(), fc.Argument(2).String(), fc.Argument(4)
	c, promise := w.newCall(name, goja.FunctionCall{Arguments: []goja.Value{fc.Argument(1)}})
	fields := fc.Argument(3)
	if capability == "" {
		c.refused(fields.(*goja.Object))
		return promise
	}
	args, ok := c.args(json.RawMessage(w.vm.Stringify(fields)))
	if !ok {
		return promise
	}
	id := w.vm.Expect(func(r vm.Reply) {
		if !r.OK {
			c.failWith(CloudCode(r.Result), r.Reason)
			return
		}
		shaped, _ := w.vm.Invoke(shape, goja.Undefined(), w.vm.FromJSON(r.Result))
		made, ok := shaped.(*goja.Object)
		if !ok {
			c.failWith(-1, "the platform's answer cannot be read")
			return
		}
		if code := made.Get("code"); code != nil {
			c.refused(made)
			return
		}
		c.ok(made)
	})
	if id == 0 {
		c.failWith(-1, fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls))
		return promise
	}
	w.vm.CallHost(id, capability, args)
	return promise
}

// callFunction is wx.cloud.callFunction: the host runs a function of this version apart from the program.
func (w *wx) callFunction(fc goja.FunctionCall) goja.Value {
	c, promise := w.newCall("cloud.callFunction", fc)
	data := c.value("data")
	if _, isObject := data.(*goja.Object); !isObject && !goja.IsUndefined(data) && !goja.IsNull(data) {
		c.failWith(-501007, "parameter.data should be object instead of "+data.ExportType().String())
		return promise
	}
	fields := map[string]json.RawMessage{"name": json.RawMessage(w.vm.Stringify(w.vm.Value(c.text("name")))), "data": json.RawMessage("{}")}
	if text := w.vm.Stringify(data); text != "" && text != "null" {
		fields["data"] = json.RawMessage(text)
	}
	args, ok := c.args(fields)
	if !ok {
		return promise
	}
	id := w.vm.Expect(func(r vm.Reply) {
		var out struct {
			RequestID string          `json:"request_id"`
			Result    json.RawMessage `json:"result"`
			Failure   *struct {
				Code    int    `json:"code"`
				Message string `json:"message"`
			} `json:"failure"`
		}
		switch {
		case !r.OK:
			c.functionFailed(CloudCode(r.Result), r.Reason)
		case json.Unmarshal(r.Result, &out) != nil:
			c.functionFailed(-1, "the platform's answer cannot be read")
		case out.Failure != nil:
			c.functionFailed(out.Failure.Code, out.Failure.Message)
		default:
			result := goja.Null()
			if len(out.Result) > 0 {
				result = w.vm.FromJSON(out.Result)
			}
			c.ok(w.vm.Object("result", result, "requestID", out.RequestID))
		}
	})
	if id == 0 {
		c.failWith(-1, fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls))
		return promise
	}
	w.vm.CallHost(id, "cloud.call_function", args)
	return promise
}

// functionFailed fails a call in the form that the vendor gives to failures of functions. Its text has the stack of
// the function, so it is longer than others.
func (c *call) functionFailed(code int, reason string) {
	what := ""
	if code == -504002 {
		what = "functions execute fail"
	}
	text := fmt.Sprintf("%s:fail Error: errCode: %d %s | errMsg: %s", c.name, code, what, vm.Cut(reason, protocol.MaxFunctionError))
	c.finish(false, c.wx.vm.Object("errCode", code, "errMsg", text))
}

// refused fails a call with what cloud.js has made: a code and a reason.
func (c *call) refused(why *goja.Object) {
	c.failWith(int(why.Get("code").ToInteger()), vm.TextOf(why.Get("reason")))
}

// failWith is fail with the number that programs compare.
func (c *call) failWith(code int, reason string) {
	text := fmt.Sprintf("%s:fail %d %s", c.name, code, vm.Cut(reason, maxReason))
	c.finish(false, c.wx.vm.Object("errCode", code, "errMsg", text))
}

// CloudCode is the vendor's number of a refusal of the host.
func CloudCode(result json.RawMessage) int {
	var fault struct {
		Slug string `json:"slug"`
	}
	_ = json.Unmarshal(result, &fault) // without a slug it is the general number
	if code, known := cloudCodes[fault.Slug]; known {
		return code
	}
	return -1
}
