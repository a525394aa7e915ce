package vm

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// wx is generated from one table, wxRows in table.go. A row says how a member works:
//
//   - value: what reading the member answers, once per VM;
//   - sync: a function that answers at once;
//   - async: a function with success, fail and complete callbacks, or a promise when none of them
//     is given.
//
// Every other member that the vendor has (names.go) exists too. It logs, with file and line, that
// it is not supported, and fails in the way that its callers expect.

// wxAPI is one row of the table. One of value, sync and async is set.
type wxAPI struct {
	name  string
	value func(s *Session) goja.Value
	sync  func(s *Session, c goja.FunctionCall) goja.Value
	async func(s *Session, c *apiCall)
}

var wxTable = map[string]*wxAPI{}

// known holds every member of the vendor's wx.
var known = map[string]bool{}

func init() {
	for _, name := range vendorNames {
		known[name] = true
	}
	for i := range wxRows {
		row := &wxRows[i]
		if wxTable[row.name] != nil {
			panic("vm: two rows for wx." + row.name)
		}
		wxTable[row.name] = row
		known[row.name] = true
	}
}

// Supported reports whether wx.<name> works. Names that the vendor does not have are not
// supported either.
func Supported(name string) bool {
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "wx."), ".")
	return wxTable[name] != nil
}

// Members lists the members of wx that exist, whether they work here or not, sorted.
func Members() []string {
	return slices.Sorted(maps.Keys(known))
}

// SupportedAPIs lists the members of wx that work, sorted.
func SupportedAPIs() []string {
	names := make([]string, 0, len(wxTable))
	for name := range wxTable {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// wxObject is the global wx. A member is made when it is first read, because 500 functions per VM
// would use more memory than most apps. Apps may replace members, as on any object.
type wxObject struct {
	s       *Session
	made    map[string]goja.Value
	deleted map[string]bool
}

func (o *wxObject) Get(key string) goja.Value {
	if v := o.made[key]; v != nil {
		return v
	}
	if !known[key] || o.deleted[key] {
		return nil
	}
	v := o.s.member(key)
	o.made[key] = v
	return v
}

func (o *wxObject) Set(key string, v goja.Value) bool {
	delete(o.deleted, key)
	o.made[key] = v
	return true
}

func (o *wxObject) Has(key string) bool {
	return o.made[key] != nil || known[key] && !o.deleted[key]
}

func (o *wxObject) Delete(key string) bool {
	delete(o.made, key)
	if known[key] {
		if o.deleted == nil {
			o.deleted = map[string]bool{}
		}
		o.deleted[key] = true
	}
	return true
}

func (o *wxObject) Keys() []string {
	keys := make([]string, 0, len(known))
	for key := range known {
		if !o.deleted[key] {
			keys = append(keys, key)
		}
	}
	for key := range o.made {
		if !known[key] {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	return keys
}

// member makes one member of wx.
func (s *Session) member(name string) goja.Value {
	row := wxTable[name]
	switch {
	case row == nil && name == "cloud":
		return s.cloud()
	case row == nil:
		how := absenceOf(name)
		return s.function(name, func(c goja.FunctionCall) goja.Value {
			return s.unsupported(name, how, c)
		})
	case row.value != nil:
		return row.value(s)
	case row.sync != nil:
		return s.function(name, func(c goja.FunctionCall) goja.Value { return row.sync(s, c) })
	default:
		return s.function(name, func(c goja.FunctionCall) goja.Value {
			call, promise := s.newCall(name, c)
			row.async(s, call)
			if call.handle != nil {
				return call.handle
			}
			return promise
		})
	}
}

// absence is how a member that is not supported behaves.
type absence uint8

const (
	failsByCallback absence = iota
	// throwsAtOnce is for members whose callers use the result at once: there is no fail callback,
	// and undefined would cause an error in a less clear place.
	throwsAtOnce
	// doesNothing is for listeners of events that never happen.
	doesNothing
	// absorbs is for contexts that draw, play or advertise: their callers need no result, so an
	// object that ignores every call keeps the rest of the page working.
	absorbs
)

func absenceOf(name string) absence {
	switch {
	case strings.HasPrefix(name, "create") &&
		(strings.HasSuffix(name, "Context") || strings.HasSuffix(name, "Ad")),
		name == "getBackgroundAudioManager", name == "getRecorderManager":
		return absorbs
	case strings.HasSuffix(name, "Sync"), strings.HasPrefix(name, "create"):
		return throwsAtOnce
	case strings.HasPrefix(name, "get") &&
		(strings.HasSuffix(name, "Manager") || strings.HasSuffix(name, "Context")):
		return throwsAtOnce
	case strings.HasPrefix(name, "on"), strings.HasPrefix(name, "off"):
		return doesNothing
	}
	return failsByCallback
}

func (s *Session) unsupported(name string, how absence, c goja.FunctionCall) goja.Value {
	at := s.here()
	text := fmt.Sprintf("wx.%s is not supported by Teahouse %s", name, Version)
	if at.file != "" {
		text += fmt.Sprintf(" (%s:%d)", at.file, at.line)
	}
	s.log(LogEntry{Level: "warn", Kind: LogUnsupported, Text: text, API: name}, at)
	switch how {
	case throwsAtOnce:
		panic(s.jsError("Error", "%s", text))
	case doesNothing:
		return goja.Undefined()
	case absorbs:
		return s.kitCall("absent", s.rt.ToValue(name+":fail not supported by Teahouse "+Version))
	}
	call, promise := s.newCall(name, c)
	call.quiet = true
	call.fail("not supported by Teahouse " + Version)
	if methods := taskMethods[name]; methods != nil {
		return s.inert(methods)
	}
	return promise
}

// taskMethods lists members that return a task even when they fail by callback, with the task's
// methods.
var taskMethods = map[string][]string{
	"uploadFile":    transferMethods,
	"downloadFile":  transferMethods,
	"connectSocket": {"send", "close", "onOpen", "onClose", "onError", "onMessage"},
}

var transferMethods = []string{"abort", "onProgressUpdate", "offProgressUpdate",
	"onHeadersReceived", "offHeadersReceived"}

// inert makes an object whose methods do nothing, for a task that has already failed.
func (s *Session) inert(methods []string) *goja.Object {
	task := s.rt.NewObject()
	for _, name := range methods {
		task.Set(name, s.function(name, func(goja.FunctionCall) goja.Value { return goja.Undefined() }))
	}
	return task
}

// cloudMethods are the members of wx.cloud. Programs call init in onLaunch, and many continue
// without the cloud when its calls fail.
var cloudMethods = map[string]absence{"init": doesNothing, "callFunction": failsByCallback,
	"callContainer": failsByCallback, "uploadFile": failsByCallback, "downloadFile": failsByCallback,
	"deleteFile": failsByCallback, "getTempFileURL": failsByCallback, "database": throwsAtOnce}

func (s *Session) cloud() goja.Value {
	names := make([]string, 0, len(cloudMethods))
	for name := range cloudMethods {
		names = append(names, name)
	}
	sort.Strings(names)
	cloud := s.rt.NewObject()
	for _, name := range names {
		cloud.Set(name, s.function(name, func(c goja.FunctionCall) goja.Value {
			return s.unsupported("cloud."+name, cloudMethods[name], c)
		}))
	}
	return cloud
}

// apiCall is one call of an asynchronous member.
type apiCall struct {
	s       *Session
	name    string
	opts    *goja.Object // never nil
	success goja.Value
	failure goja.Value
	always  goja.Value
	promise *goja.Promise
	resolve func(any) error
	reject  func(any) error
	event   func(res *goja.Object) // instead of callbacks, for calls that are not the app's
	handle  goja.Value             // what the call returns instead of undefined, such as a RequestTask
	done    bool
	quiet   bool // its failure is already in the log
}

func (s *Session) newCall(name string, c goja.FunctionCall) (*apiCall, goja.Value) {
	call := &apiCall{s: s, name: name}
	if o, ok := c.Argument(0).(*goja.Object); ok && o.ClassName() != "Function" {
		call.opts = o
	} else {
		call.opts = s.rt.NewObject()
	}
	callback := func(name string) goja.Value {
		if fn := call.opts.Get(name); fn != nil {
			if _, ok := goja.AssertFunction(fn); ok {
				return fn
			}
		}
		return nil
	}
	call.success, call.failure = callback("success"), callback("fail")
	call.always = callback("complete")
	if call.success == nil && call.failure == nil && call.always == nil {
		call.promise, call.resolve, call.reject = s.rt.NewPromise()
		return call, s.rt.ToValue(call.promise)
	}
	return call, goja.Undefined()
}

// ok completes the call. It sets errMsg on the result object.
func (c *apiCall) ok(res *goja.Object) {
	if res == nil {
		res = c.s.rt.NewObject()
	}
	if v := res.Get("errMsg"); v == nil {
		res.Set("errMsg", c.name+":ok")
	}
	c.finish(true, res)
}

// okNow is ok with callbacks that run before the call returns. One member of the vendor's wx needs
// it: it has callbacks and is synchronous.
func (c *apiCall) okNow(res *goja.Object) {
	if c.promise != nil {
		c.ok(res)
		return
	}
	res.Set("errMsg", c.name+":ok")
	c.done = true
	for _, fn := range []goja.Value{c.success, c.always} {
		if fn != nil {
			c.s.invoke(fn, c.opts, res)
		}
	}
}

// fail completes the call with a reason.
func (c *apiCall) fail(reason string) {
	res := c.s.rt.NewObject()
	res.Set("errMsg", c.name+":fail "+cut(reason, maxReason))
	c.finish(false, res)
}

// maxReason keeps a failure readable.
const maxReason = 500

func (c *apiCall) finish(ok bool, res *goja.Object) {
	if c.done {
		return
	}
	c.done = true
	c.s.later(func() {
		s := c.s
		if c.event != nil {
			c.event(res)
			return
		}
		if c.promise != nil {
			if ok {
				_ = c.resolve(res) // fails only when the turn is interrupted, which ends it anyway
			} else {
				if c.quiet {
					if s.quiet == nil {
						s.quiet = map[*goja.Promise]bool{}
					}
					s.quiet[c.promise] = true
				}
				_ = c.reject(res)
			}
			s.drain()
			return
		}
		fn := c.success
		if !ok {
			fn = c.failure
		}
		if fn != nil {
			s.invoke(fn, c.opts, res)
		}
		if c.always != nil {
			s.invoke(c.always, c.opts, res)
		}
	})
}

// Options of a call. The conversions may run code of the app; its exceptions are thrown to the
// caller, as in any function of wx.

func (c *apiCall) value(name string) goja.Value {
	if v := c.opts.Get(name); v != nil {
		return v
	}
	return goja.Undefined()
}

func (c *apiCall) text(name string) string { return textOf(c.value(name)) }

func (c *apiCall) number(name string, fallback float64) float64 {
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

// textOf returns "" for undefined and null.
func textOf(v goja.Value) string {
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return ""
	}
	return v.String()
}

// pick makes the JSON of the named options. Other options do not reach the shell.
func (c *apiCall) pick(names ...string) ([]byte, bool) { return c.args(c.fields(names)) }

// pickOnPage is pick with the id of the page on top.
func (c *apiCall) pickOnPage(names ...string) ([]byte, bool) {
	fields := c.fields(names)
	if top := c.s.top(); top != nil {
		fields["page"] = strconv.AppendInt(nil, int64(top.id), 10)
	}
	return c.args(fields)
}

func (c *apiCall) fields(names []string) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	for _, name := range names {
		if text := c.s.stringify(c.value(name)); text != "" {
			fields[name] = json.RawMessage(text)
		}
	}
	return fields
}

// args encodes arguments for the shell or the bridge; it fails the call when they are too large.
func (c *apiCall) args(fields any) ([]byte, bool) {
	text, err := json.Marshal(fields)
	if err != nil || len(text) > MaxCallBytes {
		c.fail("the parameters are too large")
		return nil, false
	}
	return text, true
}

// callShell sends a ui frame. With an id, the answer comes through answer. The names are listed in
// ui.json, which the shell is tested against.
func (s *Session) callShell(id uint64, name string, args []byte) {
	s.out = append(s.out, uiFrame(id, name, args))
}

// callShellLate is callShell after the patches of the turn, for questions about what the user will
// see.
func (s *Session) callShellLate(id uint64, name string, args []byte) {
	s.late = append(s.late, uiFrame(id, name, args))
}

func uiFrame(id uint64, name string, args []byte) outFrame {
	frame := fmt.Appendf(nil, `{"t":"ui","call":%d,"name":%q,"args":`, id, name)
	frame = append(frame, args...)
	return outFrame{json: append(frame, '}')}
}

// expect registers fn for the answer of a call and returns the call's id, or 0 when too many calls
// wait.
func (s *Session) expect(fn func(reply)) uint64 {
	if len(s.calls) >= MaxPendingCalls {
		return 0
	}
	s.lastID++
	s.calls[s.lastID] = fn
	return s.lastID
}

// ask sends a ui frame whose answer completes the call. Before that, then may read the result.
func (c *apiCall) ask(name string, args []byte, then func(result *goja.Object)) {
	id := c.s.expect(func(r reply) { c.answered(r, then) })
	if id == 0 {
		c.fail(fmt.Sprintf("more than %d calls are waiting", MaxPendingCalls))
		return
	}
	c.s.callShell(id, name, args)
}

// bridge asks for a capability of the host.
func (c *apiCall) bridge(capability string, args []byte, then func(result *goja.Object)) {
	id := c.s.expect(func(r reply) { c.answered(r, then) })
	if id == 0 {
		c.fail(fmt.Sprintf("more than %d calls are waiting", MaxPendingCalls))
		return
	}
	c.s.host.Call(id, capability, args)
}

func (c *apiCall) answered(r reply, then func(*goja.Object)) {
	if !r.ok {
		reason := r.reason
		if reason == "" {
			reason = "cancel"
		}
		c.fail(reason)
		return
	}
	res, ok := c.s.rawValue(r.result).(*goja.Object)
	if !ok {
		res = c.s.rt.NewObject()
	}
	if then == nil {
		c.ok(res)
		return
	}
	then(res)
}

// notifyShell sends a ui frame that expects no answer and completes the call.
func (c *apiCall) notifyShell(name string, args []byte) {
	c.s.callShell(0, name, args)
	c.ok(nil)
}

// kitCall makes an object of the kit.
func (s *Session) kitCall(name string, args ...goja.Value) goja.Value {
	if s.kitObj == nil {
		create, err := s.rt.RunProgram(kit())
		if err != nil {
			panic(err)
		}
		native := s.rt.NewObject()
		native.Set("query", s.function("query", func(c goja.FunctionCall) goja.Value {
			s.selectorQuery(c.Argument(0).String(), c.Argument(1))
			return goja.Undefined()
		}))
		native.Set("later", s.function("later", func(c goja.FunctionCall) goja.Value {
			fn := c.Argument(0) // arguments are not valid after the call
			s.later(func() { s.invoke(fn, goja.Undefined()) })
			return goja.Undefined()
		}))
		call, _ := goja.AssertFunction(create)
		made, err := call(goja.Undefined(), native)
		if err != nil {
			panic(err)
		}
		s.kitObj = made.(*goja.Object)
	}
	call, _ := goja.AssertFunction(s.kitObj.Get(name))
	v, err := call(goja.Undefined(), args...)
	if err != nil {
		panic(err)
	}
	return v
}
