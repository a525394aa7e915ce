package wx

import (
	"encoding/json"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// recording is the one recorder of a session. The shell records; the host keeps the file.
type recording struct {
	manager   *goja.Object
	listeners map[string][]goja.Value
	record    *call // wx.startRecord, which ends with the file
}

var recorderRows = []api{
	answers("getRecorderManager", func(w *wx) goja.Value { return w.microphone().manager }),
	{name: "startRecord", async: func(w *wx, c *call) {
		w.microphone().record = c
		w.startRecording([]byte(`{"duration":60000}`))
	}},
	{name: "stopRecord", async: func(w *wx, c *call) { c.notifyShell("stopRecord", []byte("{}")) }},
}

func (w *wx) microphone() *recording {
	if w.recorder != nil {
		return w.recorder
	}
	r := &recording{manager: w.vm.Object(), listeners: map[string][]goja.Value{}}
	w.recorder = r
	method := func(name string, fn func(goja.Value)) {
		r.manager.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			fn(c.Argument(0))
			return goja.Undefined()
		}))
	}
	for _, event := range []string{"Start", "Pause", "Resume", "Stop", "Error", "FrameRecorded", "InterruptionBegin", "InterruptionEnd"} {
		method("on"+event, func(fn goja.Value) { r.listeners[event] = append(r.listeners[event], fn) })
	}
	method("start", func(options goja.Value) {
		text := w.vm.Stringify(options)
		if text == "" || len(text) > 4096 {
			text = "{}"
		}
		w.startRecording([]byte(text))
	})
	method("pause", func(goja.Value) { w.vm.CallShell(0, "pauseRecord", []byte("{}")) })
	method("resume", func(goja.Value) { w.vm.CallShell(0, "resumeRecord", []byte("{}")) })
	method("stop", func(goja.Value) { w.vm.CallShell(0, "stopRecord", []byte("{}")) })
	return r
}

// startRecording asks for permission and then has the shell record.
func (w *wx) startRecording(options []byte) {
	id := w.vm.Expect(func(r vm.Reply) {
		if !r.OK {
			w.recorded("Error", w.vm.Object("errMsg", "operateRecorder:fail "+r.Reason))
			return
		}
		w.grant("scope.record")
		w.vm.CallShell(0, "startRecord", options)
	})
	if id == 0 {
		w.recorded("Error", w.vm.Object("errMsg", "operateRecorder:fail too many calls are waiting"))
		return
	}
	w.vm.CallHost(id, "device.record", []byte("{}"))
}

// recorderHeard takes what the shell says of a recording.
func (w *wx) recorderHeard(detail json.RawMessage) {
	res, ok := w.vm.FromJSON(detail).(*goja.Object)
	if ok && w.recorder != nil {
		w.recorded(vm.TextOf(res.Get("event")), res)
	}
}

func (w *wx) recorded(event string, res *goja.Object) {
	r := w.recorder
	res.Delete("event")
	for _, fn := range r.listeners[event] {
		w.vm.Invoke(fn, goja.Undefined(), res)
	}
	if c := r.record; c != nil && (event == "Stop" || event == "Error") {
		r.record = nil
		if event == "Error" {
			c.fail(vm.TextOf(res.Get("errMsg")))
			return
		}
		c.ok(w.vm.Object("tempFilePath", vm.OrUndefined(res.Get("tempFilePath"))))
	}
}
