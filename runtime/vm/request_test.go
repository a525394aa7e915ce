package vm_test

import "github.com/teahouse/teahouse/runtime/vm"

func withPath(path string) func(*vm.OpenRequest) {
	return func(r *vm.OpenRequest) { r.Path = path }
}
