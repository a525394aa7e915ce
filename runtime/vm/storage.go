package vm

import (
	"fmt"
	"slices"

	"github.com/dop251/goja"
)

// storage is the app's key-value store for one user. It is in the worker because apps read it
// synchronously; the host stores each change.
type storage struct {
	values map[string]string // JSON texts
	size   int

	// The app's own changes are numbered from 1, as the host counts them.
	changes uint64
	changed map[string]uint64 // the last of each key
	cleared uint64            // the last that cleared all
}

func newStorage(initial map[string]string) *storage {
	st := &storage{values: make(map[string]string, len(initial)), changed: map[string]uint64{}}
	for key, value := range initial {
		st.values[key] = value
		st.size += len(key) + len(value)
	}
	return st
}

// maxChanged is for how many keys a session remembers that it changed them. Only what the host has not
// taken yet matters, and that is a few.
const maxChanged = 20_000

// store tells the host of a change that the app made.
func (s *Session) store(op StorageOp) {
	st := s.storage
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
	s.host.Store(op)
}

// takeChange applies what another session of the same user changed. What this app changed after the
// host had looked is newer, and the host has it on the way.
func (st *storage) takeChange(c StorageChange) {
	if c.Op == "clear" {
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

// storeSet stores a value. It returns the reason when it could not, or "". A value that JSON cannot
// express is stored as the empty string, which a missing key also reads as.
func (s *Session) storeSet(key string, v goja.Value) string {
	if key == "" {
		return "parameter error: parameter.key should be a string that is not empty"
	}
	text := s.stringify(v)
	if text == "" {
		text = `""`
	}
	st := s.storage
	size := st.size + len(text)
	if old, ok := st.values[key]; ok {
		size -= len(old)
	} else {
		size += len(key)
	}
	switch {
	case len(key)+len(text) > MaxStorageValueBytes:
		return "entry size limit reached: one value may have 1 MB"
	case size > MaxStorageBytes:
		return "quota limit reached: an app may store 10 MB per user"
	}
	st.values[key], st.size = text, size
	s.store(StorageOp{Op: "set", Key: key, Value: text})
	return ""
}

func (s *Session) storeGet(key string) (goja.Value, bool) {
	text, ok := s.storage.values[key]
	if !ok {
		return s.rt.ToValue(""), false
	}
	v, err := s.parseJSON([]byte(text))
	if err != nil {
		return s.rt.ToValue(""), false
	}
	return v, true
}

func (s *Session) storeRemove(key string) {
	if _, ok := s.storage.values[key]; ok {
		s.storage.forget(key)
		s.store(StorageOp{Op: "remove", Key: key})
	}
}

func (s *Session) storeClear() {
	s.storage.values, s.storage.size = map[string]string{}, 0
	s.store(StorageOp{Op: "clear"})
}

// storageInfo returns sizes in KB, rounded up, as the vendor does.
func (s *Session) storageInfo() *goja.Object {
	keys := make([]string, 0, len(s.storage.values))
	for key := range s.storage.values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	list := make([]any, len(keys))
	for i, key := range keys {
		list[i] = key
	}
	return s.object("keys", s.rt.NewArray(list...), "currentSize", (s.storage.size+1023)/1024,
		"limitSize", MaxStorageBytes/1024)
}

var storageRows = []wxAPI{
	{name: "setStorageSync", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		if reason := s.storeSet(textOf(c.Argument(0)), c.Argument(1)); reason != "" {
			panic(s.jsError("Error", "setStorageSync:fail %s", reason))
		}
		return goja.Undefined()
	}},
	{name: "getStorageSync", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		v, _ := s.storeGet(textOf(c.Argument(0)))
		return v
	}},
	{name: "removeStorageSync", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		s.storeRemove(textOf(c.Argument(0)))
		return goja.Undefined()
	}},
	{name: "clearStorageSync", sync: func(s *Session, _ goja.FunctionCall) goja.Value {
		s.storeClear()
		return goja.Undefined()
	}},
	{name: "getStorageInfoSync", sync: func(s *Session, _ goja.FunctionCall) goja.Value {
		return s.storageInfo()
	}},
	{name: "batchSetStorageSync", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		if reason := s.storeBatch(c.Argument(0)); reason != "" {
			panic(s.jsError("Error", "batchSetStorageSync:fail %s", reason))
		}
		return goja.Undefined()
	}},
	{name: "batchGetStorageSync", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		return s.readBatch(c.Argument(0))
	}},
	{name: "setStorage", async: func(s *Session, c *apiCall) {
		if reason := s.storeSet(c.text("key"), c.value("data")); reason != "" {
			c.fail(reason)
			return
		}
		c.ok(nil)
	}},
	{name: "getStorage", async: func(s *Session, c *apiCall) {
		v, ok := s.storeGet(c.text("key"))
		if !ok {
			c.fail("data not found")
			return
		}
		c.ok(s.object("data", v))
	}},
	{name: "removeStorage", async: func(s *Session, c *apiCall) {
		s.storeRemove(c.text("key"))
		c.ok(nil)
	}},
	{name: "clearStorage", async: func(s *Session, c *apiCall) {
		s.storeClear()
		c.ok(nil)
	}},
	{name: "getStorageInfo", async: func(s *Session, c *apiCall) { c.ok(s.storageInfo()) }},
	{name: "batchSetStorage", async: func(s *Session, c *apiCall) {
		if reason := s.storeBatch(c.value("kvList")); reason != "" {
			c.fail(reason)
			return
		}
		c.ok(nil)
	}},
	{name: "batchGetStorage", async: func(s *Session, c *apiCall) {
		c.ok(s.object("dataList", s.readBatch(c.value("keyList"))))
	}},
}

// maxBatch bounds one batch; each key is a change that the host writes.
const maxBatch = 1000

func (s *Session) storeBatch(v goja.Value) (reason string) {
	list := s.elements(v)
	if list == nil {
		return "parameter error: kvList should be an array"
	}
	for _, item := range list {
		pair, ok := item.(*goja.Object)
		if !ok {
			return "parameter error: kvList should hold objects"
		}
		if reason := s.storeSet(textOf(pair.Get("key")), pair.Get("value")); reason != "" {
			return reason
		}
	}
	return ""
}

func (s *Session) readBatch(v goja.Value) goja.Value {
	list := s.elements(v)
	out := make([]any, len(list))
	for i, key := range list {
		out[i], _ = s.storeGet(textOf(key))
	}
	return s.rt.NewArray(out...)
}

// elements reads an array of the app, up to maxBatch elements. It returns nil when v is not an
// array.
func (s *Session) elements(v goja.Value) []goja.Value {
	arr, ok := v.(*goja.Object)
	if !ok || arr.ClassName() != "Array" {
		return nil
	}
	n := int(min(arr.Get("length").ToInteger(), maxBatch))
	out := make([]goja.Value, n)
	for i := range out {
		out[i] = arr.Get(fmt.Sprint(i))
	}
	return out
}
