// Command compiler is the program of workers that compile uploads.
package main

import (
	"os"

	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/worker/programs"
)

func main() { os.Exit(worker.Main(programs.Compile)) }
