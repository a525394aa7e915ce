// Package programs makes the programs that workers run. There are three: the host's own, which can do everything,
// and two that contain nothing of a host, because strangers' code runs in them: sessions, which runs apps,
// cloud functions and decoders of pictures, and compiler, which compiles uploads.
package programs

import (
	"context"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/compile/compiled"
	"github.com/teahouse/teahouse/runtime/function"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/wx"
)

// Compile compiles a mini program for the engine of this module. It is a worker.Compiler.
func Compile(ctx context.Context, files map[string][]byte, begun func(file string)) *compiled.Result {
	return compile.Compile(ctx, files, compile.Options{Supported: wx.Supported, Members: wx.Members(),
		WhyNot: wx.WhyNot, FunctionModule: function.Module, Begun: begun})
}

// MaybeMain turns the process into a worker that can do everything, if it was started as a worker, and then does
// not return. Call it first thing in main, and in TestMain of tests that use a worker.Pool.
func MaybeMain() { worker.MaybeMain(Compile) }
