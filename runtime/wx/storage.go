package wx

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// storage is the app's key-value store for one user. It is in the worker because apps read it
// synchronously; the host stores each change.
type storage struct {
	vm     *vm.VM
	values map[string]string // JSON texts
	size   int

	// The app's own changes are numbered from 1, as the host counts them.
	changes uint64
	changed map[string]uint64 // the last of each key
	cleared uint64            // the last that cleared all

	files *files // stored among the values, and not one of them for the program
}

func newStorage(v *vm.VM, initial map[string]string) *storage {
	st := &storage{vm: v, values: make(map[string]string, len(initial)), changed: map[string]uint64{}}
	st.files = newFiles(st)
	st.files.load(initial)
	for key, value := range initial {
		if strings.HasPrefix(key, fileKey) {
			continue
		}
		st.values[key] = value
		st.size += len(key) + len(value)
	}
	return st
}

// maxChanged is for how many keys a session remembers that it changed them. Only what the host has not
// taken yet matters, and that is a few.
const maxChanged = 20_000

// store tells the host of a change that the app made.
func (st *storage) store(op protocol.StorageOp) {
	st.changes++
	if op.Op == "clear" {
		st.cleared = st.changes
		clear(st.changed)
	} else {
		if len(st.changed) >= maxChanged {
			clear(st.changed)
		}
		st.changed[op.Key] = st.changes
	}
	st.vm.Store(op)
}

// receive takes a frame of the host about a change.
func (st *storage) receive(f *protocol.AppInput) {
	if f.Storage != nil {
		st.takeChange(*f.Storage)
	}
}

// takeChange applies what another session of the same user changed. What this app changed after the
// host had looked is newer, and the host has it on the way.
func (st *storage) takeChange(c protocol.StorageChange) {
	if strings.HasPrefix(c.Key, fileKey) {
		if st.changed[c.Key] <= c.Seen {
			st.files.takeChange(c.StorageOp)
		}
		return
	}
	if c.Op == "clear" {
		// An app with files removes its keys one by one: only the user deletes both.
		st.files.clearAll(c.Seen)
		for key := range st.values {
			if st.changed[key] <= c.Seen {
				st.forget(key)
			}
		}
		return
	}
	if st.changed[c.Key] > c.Seen || st.cleared > c.Seen {
		return
	}
	st.forget(c.Key)
	if c.Op == "set" {
		st.values[c.Key] = c.Value
		st.size += len(c.Key) + len(c.Value)
	}
}

func (st *storage) forget(key string) {
	if old, ok := st.values[key]; ok {
		delete(st.values, key)
		st.size -= len(key) + len(old)
	}
}

// storageRows keep values for the app.
var storageRows = []api{
	{name: "setStorageSync", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		if reason := w.storage.set(vm.TextOf(c.Argument(0)), c.Argument(1)); reason != "" {
			panic(w.vm.NewError("Error", "setStorageSync:fail %s", reason))
		}
		return goja.Undefined()
	}},
	{name: "getStorageSync", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		v, _ := w.storage.get(vm.TextOf(c.Argument(0)))
		return v
	}},
	{name: "removeStorageSync", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		w.storage.remove(vm.TextOf(c.Argument(0)))
		return goja.Undefined()
	}},
	{name: "clearStorageSync", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		w.storage.clear()
		return goja.Undefined()
	}},
	{name: "getStorageInfoSync", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		return w.storage.info()
	}},
	{name: "batchSetStorageSync", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		if reason := w.storage.setAll(c.Argument(0)); reason != "" {
			panic(w.vm.NewError("Error", "batchSetStorageSync:fail %s", reason))
		}
		return goja.Undefined()
	}},
	{name: "batchGetStorageSync", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		return w.storage.getAll(c.Argument(0))
	}},
	{name: "setStorage", async: func(w *wx, c *call) {
		if reason := w.storage.set(c.text("key"), c.value("data")); reason != "" {
			c.fail(reason)
			return
		}
		c.ok(nil)
	}},
	{name: "getStorage", async: func(w *wx, c *call) {
		v, ok := w.storage.get(c.text("key"))
		if !ok {
			c.fail("data not found")
			return
		}
		c.ok(w.vm.Object("data", v))
	}},
	{name: "removeStorage", async: func(w *wx, c *call) {
		w.storage.remove(c.text("key"))
		c.ok(nil)
	}},
	{name: "clearStorage", async: func(w *wx, c *call) {
		w.storage.clear()
		c.ok(nil)
	}},
	{name: "getStorageInfo", async: func(w *wx, c *call) { c.ok(w.storage.info()) }},
	{name: "batchSetStorage", async: func(w *wx, c *call) {
		if reason := w.storage.setAll(c.value("kvList")); reason != "" {
			c.fail(reason)
			return
		}
		c.ok(nil)
	}},
	{name: "batchGetStorage", async: func(w *wx, c *call) {
		c.ok(w.vm.Object("dataList", w.storage.getAll(c.value("keyList"))))
	}},
}

// typed begins the text of a value that JSON has no type for: a space, and then a JSON string. No other
// text begins with a space, and a session that does not know of this (of an older host, say) reads
// the string, as it always did.
const typed = ' '

// encode makes the text under which a value is stored. A value that has no text is stored as the
// empty string, which a missing key also reads as.
func (st *storage) encode(v goja.Value) string {
	text := ""
	switch obj, ok := v.(*goja.Object); {
	case ok && obj.ClassName() == "Date":
		text = vm.DateText(obj)
	case v != nil && (goja.IsNaN(v) || goja.IsInfinity(v)):
		text = v.String()
	}
	if text != "" {
		return string(typed) + strconv.Quote(text)
	}
	if text = st.vm.Stringify(v); text == "" {
		return `""`
	}
	return text
}

// decode makes the value of a text.
func (st *storage) decode(text string) (goja.Value, bool) {
	v, err := st.vm.ParseJSON([]byte(text))
	if err != nil {
		return st.vm.Value(""), false
	}
	if text[0] != typed {
		return v, true
	}
	switch v.String() {
	case "NaN", "Infinity", "-Infinity":
		return st.vm.Value(v.ToFloat()), true
	}
	return st.vm.Date(v), true
}

// set stores a value. It returns the reason when it could not, or "".
func (st *storage) set(key string, v goja.Value) string {
	if key == "" || strings.HasPrefix(key, fileKey) {
		return "parameter error: parameter.key should be a string that is not empty"
	}
	text := st.encode(v)
	size := st.size + len(text)
	if old, ok := st.values[key]; ok {
		size -= len(old)
	} else {
		size += len(key)
	}
	switch {
	case len(key)+len(text) > protocol.MaxValueBytes:
		return "entry size limit reached: one value may have 1 MB"
	case size+st.files.size > protocol.MaxStorageBytes:
		return "quota limit reached: an app may store 10 MB per user"
	}
	st.values[key], st.size = text, size
	st.store(protocol.StorageOp{Op: "set", Key: key, Value: text})
	return ""
}

func (st *storage) get(key string) (goja.Value, bool) {
	text, ok := st.values[key]
	if !ok {
		return st.vm.Value(""), false
	}
	return st.decode(text)
}

func (st *storage) remove(key string) {
	if _, ok := st.values[key]; ok {
		st.forget(key)
		st.store(protocol.StorageOp{Op: "remove", Key: key})
	}
}

func (st *storage) clear() {
	if len(st.files.nodes) > 1 { // one is the root
		for key := range st.values {
			st.remove(key)
		}
		return
	}
	st.values, st.size = map[string]string{}, 0
	st.store(protocol.StorageOp{Op: "clear"})
}

// info returns sizes in KB, rounded up, as the vendor does.
func (st *storage) info() *goja.Object {
	keys := make([]string, 0, len(st.values))
	for key := range st.values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	list := make([]any, len(keys))
	for i, key := range keys {
		list[i] = key
	}
	return st.vm.Object("keys", st.vm.Array(list...), "currentSize", (st.size+1023)/1024,
		"limitSize", protocol.MaxStorageBytes/1024)
}

func (st *storage) setAll(v goja.Value) (reason string) {
	list := st.vm.Elements(v)
	if list == nil {
		return "parameter error: kvList should be an array"
	}
	for _, item := range list {
		pair, ok := item.(*goja.Object)
		if !ok {
			return "parameter error: kvList should hold objects"
		}
		if reason := st.set(vm.TextOf(pair.Get("key")), pair.Get("value")); reason != "" {
			return reason
		}
	}
	return ""
}

func (st *storage) getAll(v goja.Value) goja.Value {
	list := st.vm.Elements(v)
	out := make([]any, len(list))
	for i, key := range list {
		out[i], _ = st.get(vm.TextOf(key))
	}
	return st.vm.Array(out...)
}
