package vm

import (
	_ "embed"
	"encoding/base64"
	"strings"

	"github.com/dop251/goja"
)

//go:embed js/prelude.js
var preludeSource string

// prelude is run in every VM before the app.
var prelude = OwnScript("prelude", preludeSource)

// Global defines a global that does not show up when an app lists them.
func (v *VM) Global(name string, value goja.Value) {
	v.rt.GlobalObject().DefineDataProperty(name, value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// GlobalFunction defines a global function.
func (v *VM) GlobalFunction(name string, fn func(goja.FunctionCall) goja.Value) {
	v.Global(name, v.Function(name, fn))
}

// browserNames are the names of a browser that the vendor's tool hides from modules by making them
// parameters of the function around each: there they are undefined, and reading them is no error. Packages
// that were bundled for the browser hand window to themselves.
var browserNames = []string{"window", "document", "frames", "self", "location", "navigator", "localStorage",
	"history", "Caches", "screen", "alert", "confirm", "prompt", "fetch", "XMLHttpRequest", "WebSocket",
	"webkit", "WeixinJSCore", "Reporter", "print", "WeixinJSBridge"}

// installGlobals defines the globals that every program has, before the app's first line runs.
func (v *VM) installGlobals() {
	v.runPrelude()
	v.installIntl()
	v.GlobalFunction(noop, func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	v.Global("global", v.rt.GlobalObject())
	for _, name := range browserNames {
		if v.code.Mentions(name) {
			v.Global(name, goja.Undefined())
		}
	}
	v.GlobalFunction("setTimeout", func(c goja.FunctionCall) goja.Value { return v.setTimer(c, false) })
	v.GlobalFunction("setInterval", func(c goja.FunctionCall) goja.Value { return v.setTimer(c, true) })
	v.GlobalFunction("clearTimeout", v.clearTimer)
	v.GlobalFunction("clearInterval", v.clearTimer)
	v.GlobalFunction("queueMicrotask", v.queueMicrotask)
	v.GlobalFunction("atob", func(c goja.FunctionCall) goja.Value { return v.atob(c.Argument(0).String()) })
	v.GlobalFunction("btoa", func(c goja.FunctionCall) goja.Value { return v.btoa(c.Argument(0).String()) })
	v.Global("console", v.console.object())
}

// runPrelude adds builtins that the engine lacks, and removes eval and Function.
func (v *VM) runPrelude() {
	setUp, err := v.rt.RunProgram(prelude())
	if err != nil {
		panic(err)
	}
	native := v.rt.NewObject()
	native.Set("web", v.Function("web", func(goja.FunctionCall) goja.Value { return v.webClasses() }))
	native.Set("names", v.Function("names", func(c goja.FunctionCall) goja.Value {
		return v.rt.ToValue(v.code.Mentions(c.Argument(0).String()))
	}))
	call, _ := goja.AssertFunction(setUp)
	if _, err := call(goja.Undefined(), native); err != nil {
		panic(err)
	}
}

func (v *VM) queueMicrotask(c goja.FunctionCall) goja.Value {
	fn, ok := goja.AssertFunction(c.Argument(0))
	if !ok {
		panic(v.NewError("TypeError", "queueMicrotask needs a function"))
	}
	then, _ := goja.AssertFunction(v.resolved().Get("then"))
	if _, err := then(v.resolved(), v.Function("", func(goja.FunctionCall) goja.Value {
		if _, err := fn(goja.Undefined()); err != nil {
			panic(err)
		}
		return goja.Undefined()
	})); err != nil {
		panic(err)
	}
	return goja.Undefined()
}

func (v *VM) resolved() *goja.Object {
	p, resolve, _ := v.rt.NewPromise()
	_ = resolve(goja.Undefined()) // nobody waits for it yet
	return v.rt.ToValue(p).(*goja.Object)
}

// invalidCharacter is the error of atob and btoa.
func (v *VM) invalidCharacter(text string) *goja.Object {
	made := v.NewError("Error", "%s", text)
	made.Set("name", "InvalidCharacterError")
	return made
}

// atob and btoa work on binary strings: one character per byte.
func (v *VM) atob(text string) goja.Value {
	clean := strings.NewReplacer("\n", "", "\t", "", " ", "", "\r", "", "=", "").Replace(text)
	raw, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		panic(v.invalidCharacter("atob needs base64"))
	}
	var b strings.Builder
	for _, c := range raw {
		b.WriteRune(rune(c))
	}
	return v.rt.ToValue(b.String())
}

func (v *VM) btoa(text string) goja.Value {
	raw := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xFF {
			panic(v.invalidCharacter("btoa needs characters up to U+00FF"))
		}
		raw = append(raw, byte(r))
	}
	return v.rt.ToValue(base64.StdEncoding.EncodeToString(raw))
}
