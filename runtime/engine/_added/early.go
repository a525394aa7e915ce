package goja

// SetEarlyUndefined says what a variable of let, const or class is before its declaration has run: undefined,
// as programs see it that a compiler made into var, or by the standard, which is without this call, an error.
func (r *Runtime) SetEarlyUndefined(on bool) { r.earlyUndefined = on }

// early pushes what such a variable is, or throws.
func (vm *vm) early() {
	if !vm.r.earlyUndefined {
		vm.throw(errAccessBeforeInit)
		return
	}
	vm.push(_undefined)
	vm.pc++
}

// setEarly throws where setting such a variable is an error.
func (vm *vm) setEarly() {
	if !vm.r.earlyUndefined {
		panic(errAccessBeforeInit)
	}
}
