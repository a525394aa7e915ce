// Command sessions is the program of workers that run apps, cloud functions and decoders of pictures.
package main

import (
	"os"

	"github.com/teahouse/teahouse/runtime/worker"
)

func main() { os.Exit(worker.Main(nil)) }
