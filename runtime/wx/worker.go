package wx

import (
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/vm"
)

// workerRows run code of the program beside it.
var workerRows = []api{
	{name: "createWorker", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		return w.createWorker(vm.TextOf(c.Argument(0)))
	}},
}

// worker is a second world of the program's JavaScript, in the same sandbox: it has modules, timers and
// a console, and no wx. It runs in the turns of its session, so that a session is replayed with it, and
// what it uses is of the session's time and memory.
type worker struct {
	wx   *wx
	vm   *vm.VM
	face *goja.Object // what the program has of it
	self *goja.Object // the global `worker` inside

	heard, failed []goja.Value // listeners of the program
	inside        []goja.Value // listeners of the worker
}

// createWorker starts one. As with the vendor there is one at a time.
func (w *wx) createWorker(file string) goja.Value {
	if w.worker != nil {
		panic(w.vm.NewError("Error", "createWorker:fail exceed max worker limit: terminate the other worker first"))
	}
	path := w.vm.Code().Find(file)
	if path == "" {
		panic(w.vm.NewError("Error", "createWorker:fail %q is not a file of the program", vm.Cut(file, 200)))
	}
	k := &worker{wx: w, face: w.vm.Object()}
	k.vm = w.vm.Beside(workerHost{k}, workerSide{k})
	method := func(name string, fn func(goja.Value)) {
		k.face.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			fn(c.Argument(0))
			return goja.Undefined()
		}))
	}
	method("onMessage", func(fn goja.Value) { k.heard = append(k.heard, fn) })
	method("onError", func(fn goja.Value) { k.failed = append(k.failed, fn) })
	// A worker ends with its session or by terminate, and by nothing else.
	method("onProcessKilled", func(goja.Value) {})
	method("postMessage", func(message goja.Value) {
		if text, ok := k.letter(w.vm, message); ok {
			w.vm.Later(func() { k.run(func() { k.deliver(k.vm, k.inside, text) }) })
		}
	})
	method("terminate", func(goja.Value) { k.end() })
	k.face.Set("env", w.vm.Object("USER_DATA_PATH", userFolder))
	w.worker = k
	// The program adds its listeners before the first message can come.
	w.vm.Later(func() {
		if w.worker == k {
			k.start(path)
		}
	})
	return k.face
}

func (k *worker) start(path string) {
	k.after(k.vm.Start(func() {
		k.self = k.vm.Object()
		set := func(name string, fn func(goja.Value)) {
			k.self.Set(name, k.vm.Function(name, func(c goja.FunctionCall) goja.Value {
				fn(c.Argument(0))
				return goja.Undefined()
			}))
		}
		set("onMessage", func(fn goja.Value) { k.inside = append(k.inside, fn) })
		set("postMessage", func(message goja.Value) {
			if text, ok := k.letter(k.vm, message); ok {
				k.wx.vm.Later(func() { k.deliver(k.wx.vm, k.heard, text) })
			}
		})
		k.self.Set("env", k.vm.Object("USER_DATA_PATH", userFolder))
		k.vm.Global("worker", k.self)
		k.vm.RunFile(path)
	}))
}

// run runs one turn of the worker, unless it has ended.
func (k *worker) run(fn func()) {
	if k.wx.worker == k {
		k.after(k.vm.Run(fn))
	}
}

// after ends a worker that can no longer run: its program may make another.
func (k *worker) after(err error) {
	if err != nil {
		k.end()
	}
}

func (k *worker) end() {
	if k.wx.worker == k {
		k.wx.worker = nil
		k.wx.vm.Part(k.vm)
	}
}

// letter is the text of a message: the vendor copies messages too. What has none is an error of the
// sender.
func (k *worker) letter(sender *vm.VM, message goja.Value) (string, bool) {
	if _, ok := message.(*goja.Object); !ok {
		panic(sender.NewError("TypeError", "postMessage:fail the message should be an object"))
	}
	text := sender.Stringify(message)
	if len(text) > MaxLetter {
		panic(sender.NewError("RangeError", "postMessage:fail the message is too large"))
	}
	return text, text != ""
}

func (k *worker) deliver(to *vm.VM, listeners []goja.Value, text string) {
	for _, fn := range listeners {
		to.Invoke(fn, goja.Undefined(), to.FromJSON([]byte(text)))
	}
}

// workerSide is the worker as its kernel sees it.
type workerSide struct{ k *worker }

// Flush implements vm.Framework: a worker shows nothing.
func (workerSide) Flush() bool { return false }

// Failed implements vm.Framework.
func (s workerSide) Failed(text, stack string) {
	k := s.k
	k.wx.vm.Later(func() {
		for _, fn := range k.failed {
			k.wx.vm.Invoke(fn, goja.Undefined(), k.wx.vm.Object("message", text, "stack", stack))
		}
	})
}

// Rejected implements vm.Framework: the log has it.
func (workerSide) Rejected(*goja.Promise) {}

// Page implements vm.Framework.
func (s workerSide) Page() string {
	if top := s.k.wx.app.Top(); top != nil {
		return top.Route()
	}
	return ""
}

// workerHost is what a worker has of the host: its log.
type workerHost struct{ k *worker }

// Frame implements protocol.Host. A worker has no page that could send one.
func (workerHost) Frame([]byte) {}

// Call implements protocol.Host. A worker has no members that call.
func (workerHost) Call(uint64, string, []byte) {}

// Store implements protocol.Host.
func (workerHost) Store(protocol.StorageOp) {}

// Log implements protocol.Host.
func (h workerHost) Log(e protocol.LogEntry) {
	h.k.wx.vm.Log(e, source.Position{File: e.File, Line: e.Line, Column: e.Column})
}
