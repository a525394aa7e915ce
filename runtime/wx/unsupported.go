package wx

import (
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// absence is how a member that is not supported behaves.
type absence uint8

const (
	failsByCallback absence = iota
	// throwsAtOnce is for members whose callers use the result at once: there is no fail callback,
	// and undefined would cause an error in a less clear place.
	throwsAtOnce
	// doesNothing is for listeners of events that never happen.
	doesNothing
	// absorbs is for contexts that draw, play or advertise: their callers need no result, so an
	// object that ignores every call keeps the rest of the page working.
	absorbs
	// advertises is for advertisements: the object says that there is none, as the vendor's does when it
	// has none, and programs go on without.
	advertises
)

func absenceOf(name string) absence {
	switch {
	case strings.HasSuffix(name, "Ad"):
		return advertises
	case strings.HasPrefix(name, "create") && strings.HasSuffix(name, "Context"),
		name == "getBackgroundAudioManager", name == "getRecorderManager":
		return absorbs
	case strings.HasSuffix(name, "Sync"), strings.HasPrefix(name, "create"), name == "getXrFrameSystem":
		return throwsAtOnce
	case strings.HasPrefix(name, "get") &&
		(strings.HasSuffix(name, "Manager") || strings.HasSuffix(name, "Context")):
		return throwsAtOnce
	case strings.HasPrefix(name, "on"), strings.HasPrefix(name, "off"):
		return doesNothing
	}
	return failsByCallback
}

func (w *wx) unsupported(name string, how absence, c goja.FunctionCall) goja.Value {
	at := w.vm.Here()
	why := notSupported(name)
	text := fmt.Sprintf("wx.%s is %s", name, why)
	if at.File != "" {
		text += fmt.Sprintf(" (%s:%d)", at.File, at.Line)
	}
	w.vm.Log(protocol.LogEntry{Level: "warn", Kind: protocol.LogUnsupported, Text: text, API: name}, at)
	switch how {
	case throwsAtOnce:
		panic(w.vm.NewError("Error", "%s", text))
	case doesNothing:
		return goja.Undefined()
	case absorbs:
		return w.kit.make("absent", w.vm.Value(name+":fail "+why))
	case advertises:
		return w.kit.make("advert", w.vm.Value(name+":fail "+why))
	}
	failed, promise := w.newCall(name, c)
	failed.quiet = true
	failed.fail(why)
	if methods := taskMethods[name]; methods != nil {
		return w.inert(methods)
	}
	return promise
}

// taskMethods lists members that return a task even when they fail by callback, with the task's
// methods.
var taskMethods = map[string][]string{
	"uploadFile":    transferMethods,
	"downloadFile":  transferMethods,
	"connectSocket": {"send", "close", "onOpen", "onClose", "onError", "onMessage"},
}

var transferMethods = []string{"abort", "onProgressUpdate", "offProgressUpdate",
	"onHeadersReceived", "offHeadersReceived"}

// inert makes an object whose methods do nothing, for a task that has already failed.
func (w *wx) inert(methods []string) *goja.Object {
	task := w.vm.Object()
	for _, name := range methods {
		task.Set(name, w.vm.Function(name, func(goja.FunctionCall) goja.Value { return goja.Undefined() }))
	}
	return task
}
