package goja

// plainCalls is how much deeper a program may nest than the bound says, as long as the interpreter calls
// its functions by itself: such a call costs no stack of Go's, and an error passes it in no time.
const plainCalls = 20

// tooDeep reports whether the calls are nested too deep. Those that go through Go (a getter, a callback of a
// builtin, a constructor) have half the bound: each takes two contexts, one of them without a program.
func (vm *vm) tooDeep() bool {
	n := len(vm.callStack)
	if n > plainCalls*vm.maxCallStackSize {
		return true
	}
	const often = 32
	if n%often > 1 { // a call adds one or two contexts, so this does not step over the place
		return false
	}
	throughGo := 0
	for i := range vm.callStack {
		if vm.callStack[i].prg == nil {
			throughGo++
		}
	}
	return throughGo > vm.maxCallStackSize/2
}
