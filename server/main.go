// Command teahouse is the Teahouse host, and the tools that its operators and developers need.
package main

import (
	"os"

	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/server/host"
)

func main() {
	// Without programs of their own (see runtime/worker/embedded) workers are this binary, started with a marker.
	programs.MaybeMain()
	os.Exit(host.Main(os.Args[1:]))
}
