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

//go:embed js/net.js
var netSource string

// netProgram makes the modules around streams and requests.
var netProgram = vm.OwnScript("net", netSource)

// here are the modules of Node.js that functions have, or the main part of them.
var here = map[string]bool{"assert": true, "buffer": true, "constants": true, "crypto": true, "events": true, "path": true, "process": true,
	"punycode": true, "querystring": true, "timers": true, "url": true, "util": true}

// around are those that net.js makes.
var around = map[string]bool{"stream": true, "stream/promises": true, "http": true, "https": true, "zlib": true, "string_decoder": true,
	"os": true, "tty": true, "async_hooks": true, "perf_hooks": true, "util/types": true, "timers/promises": true}

// refusing are those that net.js makes too, because packages require them for what they may never do: using them fails.
var refusing = map[string]string{
	"fs": noFiles, "fs/promises": noFiles, "net": noSockets, "tls": noSockets, "dns": noSockets, "http2": noSockets, "child_process": noProcesses,
}

// absent are those that functions do not have, and why.
var absent = map[string]string{
	"cluster": noProcesses, "worker_threads": noProcesses, "vm": noProcesses, "inspector": noProcesses, "v8": noProcesses,
	"dgram": noSockets, "readline": noConsole, "repl": noConsole,
}

const (
	noProcesses = "functions run in the sandbox of the program, which has no processes of its own"
	noFiles     = "there is no file system: keep files with uploadFile of wx-server-sdk"
	noSockets   = "functions open no connections of their own: send requests with http, https or a package that uses them"
	noConsole   = "nobody writes to a function while it runs"
)

// Module says whether functions can require a module that is none of their own. why is the reason when they
// cannot; known is false for a module that must come with the function.
func Module(id string) (why string, known bool) {
	id = strings.TrimPrefix(id, "node:")
	if id == sdk || here[id] || around[id] {
		return "", true
	}
	if why, known = refusing[id]; known {
		return why, known
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
	case why != "" && refusing[id] == "":
		made := s.vm.NewError("Error", "Cannot find module '%s': %s", id, why)
		made.Set("code", "MODULE_NOT_FOUND") // packages look at it, and go on without the module
		panic(made)
	case id == sdk:
		return nil, false // function.js makes it before the first file runs
	}
	from := s.nodeModules
	if !here[id] {
		from = s.netModules
	}
	s.made[id] = vm.OrUndefined(from().Get(id))
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

// netModules runs net.js when the first of its modules or globals is used.
func (s *Session) netModules() *goja.Object {
	if s.net == nil {
		call, _ := goja.AssertFunction(s.script(netProgram))
		made, err := call(goja.Undefined(), s.native, s.nodeModules())
		if err != nil {
			panic(err)
		}
		s.net = made.(*goja.Object)
	}
	return s.net
}
