package vm

import (
	"path"
	"strings"

	"github.com/dop251/goja"
)

// require loads module id for the file `from`. The app calls it, so it panics with a JavaScript
// error.
func (s *Session) require(from, id string) goja.Value {
	target := s.e.resolve(from, id)
	if target == "" {
		panic(s.jsError("Error", "module %q is not found, required by %s", id, from))
	}
	return s.load(target)
}

// resolve returns the path of a module, or "". It looks for names without "./" in the npm packages
// of the folder and its parents, then beside the file, as the vendor's loader does.
func (e *Engine) resolve(from, id string) string {
	dir := path.Dir(from)
	switch {
	case id == "":
		return ""
	case strings.HasPrefix(id, "/"):
		return e.file(id)
	case strings.HasPrefix(id, "./"), strings.HasPrefix(id, "../"), id == ".", id == "..":
		return e.file(path.Join("/"+dir, id))
	}
	for at := dir; ; at = path.Dir(at) {
		if found := e.file(path.Join("/"+at, "miniprogram_npm", id)); found != "" {
			return found
		}
		if at == "." || at == "/" {
			break
		}
	}
	if found := e.file(path.Join("/"+dir, id)); found != "" {
		return found
	}
	return e.file(id)
}

// file completes a path from the root: the file itself, with .js, or index.js of the folder.
func (e *Engine) file(p string) string {
	p = strings.TrimPrefix(path.Clean("/"+p), "/")
	for _, candidate := range [...]string{p, p + ".js", path.Join(p, "index.js")} {
		if e.modules[candidate] != nil {
			return candidate
		}
	}
	return ""
}

// load runs a module once per VM and returns its exports. A module that requires itself through
// others sees what it has exported so far, as in CommonJS.
func (s *Session) load(file string) goja.Value {
	if m := s.modules[file]; m != nil {
		return m.Get("exports")
	}
	if s.loading >= MaxModuleDepth {
		panic(s.jsError("RangeError", "modules require each other more than %d deep at %s",
			MaxModuleDepth, file))
	}
	m := s.e.modules[file]
	program, err := m.compile()
	if err != nil {
		panic(s.syntaxError(m, err))
	}
	wrapper, err := s.rt.RunProgram(program)
	if err != nil {
		panic(err)
	}
	run, ok := goja.AssertFunction(wrapper)
	if !ok {
		panic(s.jsError("SyntaxError", "%s is not a module", file))
	}
	exports, record := s.rt.NewObject(), s.rt.NewObject()
	record.Set("exports", exports)
	record.Set("id", file)
	s.modules[file] = record
	s.loading++
	defer func() { s.loading-- }()
	require := s.function("require", func(call goja.FunctionCall) goja.Value {
		if _, ok := goja.AssertFunction(call.Argument(1)); ok {
			return s.requireLater(file, call)
		}
		return s.require(file, call.Argument(0).String())
	})
	if s.e.mentions("require.async") {
		require.Set("async", s.function("async", func(call goja.FunctionCall) goja.Value {
			return s.requireAsync(file, call.Argument(0).String())
		}))
	}
	if _, err := run(goja.Undefined(), exports, require, record); err != nil {
		delete(s.modules, file)
		panic(err)
	}
	return record.Get("exports")
}

// requireLater is require(id, success, fail), the form for other subpackages. All subpackages are
// already loaded, but callers expect an asynchronous answer.
func (s *Session) requireLater(from string, call goja.FunctionCall) goja.Value {
	// The arguments are on the engine's stack, which is reused after this call returns.
	id, success, fail := call.Argument(0).String(), call.Argument(1), call.Argument(2)
	s.later(func() {
		var exports goja.Value
		ex := s.rt.Try(func() { exports = s.require(from, id) })
		switch _, handled := goja.AssertFunction(fail); {
		case ex == nil:
			s.invoke(success, goja.Undefined(), exports)
		case handled:
			s.invoke(fail, goja.Undefined(), s.object("mod", id, "errMsg", s.errorText(ex)))
		default:
			s.report(ex)
		}
	})
	return goja.Undefined()
}

// requireAsync is require.async(id), which returns a promise.
func (s *Session) requireAsync(from, id string) goja.Value {
	promise, resolve, reject := s.rt.NewPromise()
	// Both fail only when the turn is interrupted, which ends it anyway.
	if ex := s.rt.Try(func() { _ = resolve(s.require(from, id)) }); ex != nil {
		_ = reject(ex.Value())
	}
	return s.rt.ToValue(promise)
}

func (s *Session) errorText(err error) string {
	text, _, _ := s.describe(err)
	return text
}

// runFile loads a file as the outermost call of a turn.
func (s *Session) runFile(file string) bool {
	_, ok := s.invoke(s.function("load", func(goja.FunctionCall) goja.Value {
		return s.load(file)
	}), goja.Undefined())
	return ok
}

// function makes a native function with the name that apps see.
func (s *Session) function(name string, fn func(goja.FunctionCall) goja.Value) *goja.Object {
	f := s.rt.ToValue(fn).(*goja.Object)
	f.DefineDataProperty("name", s.rt.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return f
}
