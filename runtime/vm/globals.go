package vm

import (
	"encoding/base64"
	"strings"

	"github.com/dop251/goja"
)

// noop is a hidden global function: a call from Go drains the microtasks.
const noop = "__teahouse_noop"

// installGlobals defines all globals of the VM before the app's first line runs.
func (s *Session) installGlobals() {
	rt, global := s.rt, s.rt.GlobalObject()
	hidden := func(name string, v goja.Value) {
		global.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	fn := func(name string, f func(goja.FunctionCall) goja.Value) { hidden(name, s.function(name, f)) }

	setUp, err := rt.RunProgram(prelude())
	if err != nil {
		panic(err)
	}
	native := rt.NewObject()
	native.Set("utf8Encode", s.function("utf8Encode", func(c goja.FunctionCall) goja.Value {
		return rt.ToValue(rt.NewArrayBuffer([]byte(c.Argument(0).String())))
	}))
	native.Set("utf8Decode", s.function("utf8Decode", func(c goja.FunctionCall) goja.Value {
		buf, _ := c.Argument(0).Export().(goja.ArrayBuffer)
		return rt.ToValue(strings.ToValidUTF8(string(buf.Bytes()), "\uFFFD"))
	}))
	native.Set("names", s.function("names", func(c goja.FunctionCall) goja.Value {
		return rt.ToValue(s.e.mentions(c.Argument(0).String()))
	}))
	call, _ := goja.AssertFunction(setUp)
	if _, err := call(goja.Undefined(), native); err != nil {
		panic(err)
	}

	fn(noop, func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	hidden("global", global)
	s.installTimers(fn)
	fn("queueMicrotask", s.queueMicrotask)
	fn("structuredClone", func(c goja.FunctionCall) goja.Value {
		cp := copier{s: s, strict: true, limit: MaxSetDataBytes}
		v, err := cp.copy(c.Argument(0), 0)
		if err != nil {
			panic(s.jsError("TypeError", "structuredClone: %s", err))
		}
		return v
	})
	fn("atob", func(c goja.FunctionCall) goja.Value { return s.atob(c.Argument(0).String()) })
	fn("btoa", func(c goja.FunctionCall) goja.Value { return s.btoa(c.Argument(0).String()) })

	hidden("console", s.newConsole())
	fn("App", s.defineApp)
	fn("Page", s.definePage)
	fn("getApp", s.getApp)
	fn("getCurrentPages", s.getCurrentPages)
	for _, name := range []string{"Component", "Behavior"} {
		fn(name, func(goja.FunctionCall) goja.Value {
			panic(s.jsError("Error", "%s() is not supported by Teahouse %s yet; write the page with Page()",
				name, Version))
		})
	}
	s.wx = &wxObject{s: s, made: map[string]goja.Value{}}
	hidden("wx", rt.NewDynamicObject(s.wx))
	s.pageProto = s.newPageProto()
}

func (s *Session) queueMicrotask(c goja.FunctionCall) goja.Value {
	fn, ok := goja.AssertFunction(c.Argument(0))
	if !ok {
		panic(s.jsError("TypeError", "queueMicrotask needs a function"))
	}
	then, _ := goja.AssertFunction(s.resolved().Get("then"))
	if _, err := then(s.resolved(), s.function("", func(goja.FunctionCall) goja.Value {
		if _, err := fn(goja.Undefined()); err != nil {
			panic(err)
		}
		return goja.Undefined()
	})); err != nil {
		panic(err)
	}
	return goja.Undefined()
}

func (s *Session) resolved() *goja.Object {
	p, resolve, _ := s.rt.NewPromise()
	_ = resolve(goja.Undefined()) // nobody waits for it yet
	return s.rt.ToValue(p).(*goja.Object)
}

// atob and btoa work on binary strings: one character per byte.
func (s *Session) atob(text string) goja.Value {
	clean := strings.NewReplacer("\n", "", "\t", "", " ", "", "\r", "", "=", "").Replace(text)
	raw, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		panic(s.jsError("Error", "InvalidCharacterError: atob needs base64"))
	}
	var b strings.Builder
	for _, c := range raw {
		b.WriteRune(rune(c))
	}
	return s.rt.ToValue(b.String())
}

func (s *Session) btoa(text string) goja.Value {
	raw := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xFF {
			panic(s.jsError("Error", "InvalidCharacterError: btoa needs characters up to U+00FF"))
		}
		raw = append(raw, byte(r))
	}
	return s.rt.ToValue(base64.StdEncoding.EncodeToString(raw))
}
