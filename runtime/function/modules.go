package function

import (
	_ "embed"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

//go:embed js/function.js
var functionSource string

// functionProgram makes wx-server-sdk and calls main.
var functionProgram = vm.OwnScript("function", functionSource)

//go:embed js/node.js
var nodeSource string

// nodeProgram makes the modules of Node.js.
var nodeProgram = vm.OwnScript("node", nodeSource)

// sdk is the vendor's module. It is the platform's own, whatever is in a node_modules.
const sdk = "wx-server-sdk"

// here are the modules of Node.js that functions have, or the main part of them.
var here = map[string]bool{"assert": true, "buffer": true, "crypto": true, "events": true, "path": true, "process": true,
	"querystring": true, "timers": true, "url": true, "util": true}

// absent are those that they do not have, and why.
var absent = map[string]string{
	"child_process": noProcesses, "cluster": noProcesses, "worker_threads": noProcesses, "vm": noProcesses, "os": noProcesses,
	"fs": noFiles, "fs/promises": noFiles,
	"http": noSockets, "https": noSockets, "http2": noSockets, "net": noSockets, "tls": noSockets, "dgram": noSockets, "dns": noSockets,
	"stream": noStreams, "zlib": noStreams, "readline": noStreams, "string_decoder": "use Buffer or TextDecoder",
}

const (
	noProcesses = "functions run in the sandbox of the program, which has no processes of its own"
	noFiles     = "there is no file system: keep files with uploadFile of wx-server-sdk"
	noSockets   = "functions open no connections: let the program ask with wx.request, or use the server of the account"
	noStreams   = "there are no streams: work on a Buffer or a text"
)

// Module says whether functions can require a module that is none of their own. why is the reason when they
// cannot; known is false for a module that must come with the function.
func Module(id string) (why string, known bool) {
	id = strings.TrimPrefix(id, "node:")
	if id == sdk || here[id] {
		return "", true
	}
	why, known = absent[id]
	return why, known
}

// module is vm.Config.Builtin.
func (s *Session) module(id string) (goja.Value, bool) {
	id = strings.TrimPrefix(id, "node:")
	if made := s.made[id]; made != nil {
		return made, true
	}
	why, known := Module(id)
	switch {
	case !known:
		return nil, false
	case why != "":
		made := s.vm.NewError("Error", "Cannot find module '%s': %s", id, why)
		made.Set("code", "MODULE_NOT_FOUND") // packages look at it, and go on without the module
		panic(made)
	case id == sdk:
		return nil, false // function.js makes it before the first file runs
	}
	s.made[id] = vm.OrUndefined(s.nodeModules().Get(id))
	return s.made[id], true
}

// nodeModules runs node.js when the first of its modules or globals is used.
func (s *Session) nodeModules() *goja.Object {
	if s.node == nil {
		call, _ := goja.AssertFunction(s.script(nodeProgram))
		made, err := call(goja.Undefined(), s.native)
		if err != nil {
			panic(err)
		}
		s.node = made.(*goja.Object)
	}
	return s.node
}
