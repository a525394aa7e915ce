// Command teahouse is the Teahouse host, and the tools that its operators and developers need.
package main

import (
	"os"

	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/host"
)

func main() {
	// The sandbox's worker processes are this binary too, started with a marker.
	worker.MaybeMain()
	os.Exit(host.Main(os.Args[1:]))
}
