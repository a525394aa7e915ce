package wx

import (
	"encoding/base64"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// The states of a websocket, as in browsers.
const (
	connecting = iota
	open
	closing
	closed
)

// socket is one websocket, from wx.connectSocket until it is closed. The host holds the connection.
type socket struct {
	id        uint64
	state     int
	task      *goja.Object
	listeners map[string][]goja.Value
	// What is to be sent: one call of the host at a time, because calls that run at once may overtake
	// each other.
	queue   []func()
	sending bool
}

// socketRows hold connections. The older members, without a task, are about the newest socket.
var socketRows = []api{
	{name: "connectSocket", async: func(w *wx, c *call) { w.connect(c) }},
	{name: "sendSocketMessage", async: func(w *wx, c *call) { w.sendTo(c, w.newest) }},
	{name: "closeSocket", async: func(w *wx, c *call) { w.closeSocket(c, w.newest) }},
	listener("onSocketOpen"), listener("onSocketMessage"), listener("onSocketError"), listener("onSocketClose"),
}

// listener makes a row that adds a listener of an event of the app.
func listener(name string) api {
	return api{name: name, sync: func(w *wx, c goja.FunctionCall) goja.Value {
		w.app.Listeners().Add(name[len("on"):], c.Argument(0))
		return goja.Undefined()
	}}
}

func (w *wx) installSockets() {
	w.app.OnFrame("socket", func(f *protocol.AppInput) {
		if f.Socket == nil {
			return
		}
		if s := w.sockets[f.Socket.ID]; s != nil {
			w.heard(s, f.Socket)
		}
	})
}

// connect is wx.connectSocket. The call succeeds when the host has taken it; the task tells the rest.
func (w *wx) connect(c *call) {
	s := &socket{id: w.vm.NextID(), task: w.vm.Object(), listeners: map[string][]goja.Value{}}
	for _, name := range []string{"Open", "Message", "Error", "Close"} {
		s.task.Set("on"+name, w.vm.Function("on"+name, func(fc goja.FunctionCall) goja.Value {
			s.listeners[name] = append(s.listeners[name], fc.Argument(0))
			return goja.Undefined()
		}))
	}
	for name, do := range map[string]func(*wx, *call, *socket){"send": (*wx).sendTo, "close": (*wx).closeSocket} {
		s.task.Set(name, w.vm.Function(name, func(fc goja.FunctionCall) goja.Value {
			called, promise := w.newCall(name, fc)
			called.quiet = true // its failure is also an event of the task
			do(w, called, s)
			return promise
		}))
	}
	for i, name := range []string{"CONNECTING", "OPEN", "CLOSING", "CLOSED"} {
		s.task.Set(name, i)
	}
	// A new object takes any property.
	_ = s.task.DefineAccessorProperty("readyState", w.vm.Function("readyState", func(goja.FunctionCall) goja.Value {
		return w.vm.Value(s.state)
	}), nil, goja.FLAG_FALSE, goja.FLAG_TRUE)
	c.handle = s.task
	c.promise = nil
	address, reason := webAddress(c.text("url"), "wss", "ws")
	if reason != "" {
		s.state = closed
		c.fail(reason)
		return
	}
	if len(w.sockets) >= MaxSockets {
		s.state = closed
		c.fail("exceed max connection count")
		return
	}
	var protocols []string
	for _, v := range w.vm.Elements(c.value("protocols")) {
		protocols = append(protocols, vm.TextOf(v))
	}
	args, ok := c.args(map[string]any{"id": s.id, "url": address, "headers": c.headers(), "protocols": protocols,
		"timeout_ms": int(c.number("timeout", float64(w.app.Config().NetworkTimeout.ConnectSocket)))})
	if !ok {
		return
	}
	if w.sockets == nil {
		w.sockets = map[uint64]*socket{}
	}
	w.sockets[s.id], w.newest = s, s
	id := w.vm.Expect(func(r vm.Reply) {
		if !r.OK && s.state != closed {
			w.emit(s, "Error", w.vm.Object("errMsg", r.Reason))
			w.gone(s, 1006, r.Reason)
		}
	})
	if id == 0 {
		delete(w.sockets, s.id)
		c.fail("too many requests are waiting")
		return
	}
	w.vm.CallHost(id, "socket.open", args)
	c.ok(w.vm.Object("socketTaskId", s.id))
}

// heard takes what the host tells of a socket.
func (w *wx) heard(s *socket, e *protocol.SocketEvent) {
	switch e.Event {
	case "open":
		s.state = open
		header := w.vm.Object()
		for name, value := range e.Headers {
			vm.SetOwn(header, name, w.vm.Value(value))
		}
		w.emit(s, "Open", w.vm.Object("header", header))
	case "message":
		var data goja.Value = w.vm.Value(e.Text)
		if e.Binary {
			raw, _ := base64.StdEncoding.DecodeString(e.Text) // the host has encoded it
			data = w.vm.ArrayBuffer(raw)
		}
		w.emit(s, "Message", w.vm.Object("data", data))
	case "error":
		w.emit(s, "Error", w.vm.Object("errMsg", e.Reason))
	case "close":
		w.gone(s, e.Code, e.Reason)
	}
}

func (w *wx) gone(s *socket, code int, reason string) {
	if s.state == closed {
		return
	}
	s.state = closed
	delete(w.sockets, s.id)
	w.emit(s, "Close", w.vm.Object("code", code, "reason", reason))
}

// emit calls the listeners of a task, and those of the app, which are about the newest socket.
func (w *wx) emit(s *socket, name string, res goja.Value) {
	for _, fn := range s.listeners[name] {
		w.vm.Invoke(fn, goja.Undefined(), res)
	}
	if s == w.newest {
		w.app.Listeners().Emit("Socket"+name, res)
	}
}

func (w *wx) sendTo(c *call, s *socket) {
	if s == nil || s.state != open {
		c.fail("WebSocket is not connected")
		return
	}
	data := c.value("data")
	fields := map[string]any{"id": s.id, "text": vm.TextOf(data)}
	if raw, ok := vm.Bytes(data); ok {
		fields["text"], fields["binary"] = base64.StdEncoding.EncodeToString(raw), true
	}
	c.inTurn(s, "socket.send", fields)
}

func (w *wx) closeSocket(c *call, s *socket) {
	if s == nil || s.state == closed {
		c.fail("WebSocket is not connected")
		return
	}
	s.state = closing
	c.inTurn(s, "socket.close", map[string]any{"id": s.id, "code": int(c.number("code", 1000)), "reason": c.text("reason")})
}

// inTurn calls the host when everything that was sent before has arrived there.
func (c *call) inTurn(s *socket, capability string, fields map[string]any) {
	args, ok := c.args(fields)
	if !ok {
		return
	}
	if len(s.queue) >= vm.MaxPendingCalls {
		c.fail("too many messages are waiting")
		return
	}
	s.queue = append(s.queue, func() {
		id := c.wx.vm.Expect(func(r vm.Reply) {
			s.sending = false
			s.next()
			c.answered(r, func(*goja.Object) { c.ok(nil) })
		})
		if id == 0 {
			s.sending = false
			c.fail("too many calls are waiting")
			return
		}
		c.wx.vm.CallHost(id, capability, args)
	})
	s.next()
}

// next sends the first of the queue, unless something is on its way.
func (s *socket) next() {
	for !s.sending && len(s.queue) > 0 {
		send := s.queue[0]
		s.queue = s.queue[1:]
		s.sending = true
		send()
	}
}
