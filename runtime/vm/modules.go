package vm

import "github.com/dop251/goja"

// loader loads the app's modules, as CommonJS.
type loader struct {
	vm     *VM
	loaded map[string]*goja.Object // by path: their `module` objects
	depth  int                     // of require
	file   string                  // the innermost one that is running for the first time

	builtin func(id string) (goja.Value, bool) // see Config.Builtin; it remembers what it has made
}

// Loading is the file that is running for the first time, the innermost one when files require each other, or "".
func (v *VM) Loading() string { return v.modules.file }

// RunFile loads a file as the outermost call of a turn, and reports whether it threw nothing.
func (v *VM) RunFile(file string) bool {
	_, ok := v.Invoke(v.Function("load", func(goja.FunctionCall) goja.Value {
		return v.modules.load(file)
	}), goja.Undefined())
	return ok
}

// Load returns the exports of a file, within a call of the app: it panics with a JavaScript error.
func (v *VM) Load(file string) goja.Value { return v.modules.load(file) }

// require loads module id for the file `from`. The app calls it, so it panics with a JavaScript
// error.
func (l *loader) require(from, id string) goja.Value {
	if l.builtin != nil {
		if made, ok := l.builtin(id); ok {
			return made
		}
	}
	target := l.vm.code.resolve(from, id)
	if target == "" {
		panic(l.vm.NewError("Error", "module %q is not found, required by %s", id, from))
	}
	return l.load(target)
}

// load runs a module once per VM and returns its exports. A module that requires itself through
// others sees what it has exported so far, as in CommonJS.
func (l *loader) load(file string) goja.Value {
	if m := l.loaded[file]; m != nil {
		return m.Get("exports")
	}
	v := l.vm
	if l.depth >= MaxModuleDepth {
		panic(v.NewError("RangeError", "modules require each other more than %d deep at %s",
			MaxModuleDepth, file))
	}
	m := v.code.modules[file]
	program, err := m.compile()
	if err != nil {
		panic(v.syntaxError(m, err))
	}
	wrapper, err := v.rt.RunProgram(program)
	if err != nil {
		panic(err)
	}
	run, ok := goja.AssertFunction(wrapper)
	if !ok {
		panic(v.NewError("SyntaxError", "%s is not a module", file))
	}
	exports, record := v.rt.NewObject(), v.rt.NewObject()
	record.Set("exports", exports)
	record.Set("id", file)
	l.loaded[file] = record
	outer := l.file
	l.depth++
	l.file = file
	defer func() { l.depth--; l.file = outer }()
	if _, err := run(goja.Undefined(), exports, l.requireOf(file), record); err != nil {
		delete(l.loaded, file)
		panic(err)
	}
	return record.Get("exports")
}

// requireOf makes the function `require` of a file.
func (l *loader) requireOf(file string) *goja.Object {
	require := l.vm.Function("require", func(call goja.FunctionCall) goja.Value {
		if _, ok := goja.AssertFunction(call.Argument(1)); ok {
			return l.requireLater(file, call)
		}
		return l.require(file, call.Argument(0).String())
	})
	if l.vm.code.Mentions("require.async") {
		require.Set("async", l.vm.Function("async", func(call goja.FunctionCall) goja.Value {
			return l.requireAsync(file, call.Argument(0).String())
		}))
	}
	return require
}

// requireLater is require(id, success, fail), the form for other subpackages. All subpackages are
// already loaded, but callers expect an asynchronous answer.
func (l *loader) requireLater(from string, call goja.FunctionCall) goja.Value {
	// The arguments are on the engine's stack, which is reused after this call returns.
	id, success, fail := call.Argument(0).String(), call.Argument(1), call.Argument(2)
	v := l.vm
	v.Later(func() {
		var exports goja.Value
		ex := v.rt.Try(func() { exports = l.require(from, id) })
		switch _, handled := goja.AssertFunction(fail); {
		case ex == nil:
			v.Invoke(success, goja.Undefined(), exports)
		case handled:
			text, _, _ := v.describe(ex)
			v.Invoke(fail, goja.Undefined(), v.Object("mod", id, "errMsg", text))
		default:
			v.Report(ex)
		}
	})
	return goja.Undefined()
}

// requireAsync is require.async(id), which returns a promise.
func (l *loader) requireAsync(from, id string) goja.Value {
	promise, resolve, reject := l.vm.rt.NewPromise()
	// Both fail only when the turn is interrupted, which ends it anyway.
	if ex := l.vm.rt.Try(func() { _ = resolve(l.require(from, id)) }); ex != nil {
		_ = reject(ex.Value())
	}
	return l.vm.rt.ToValue(promise)
}
