package framework

import (
	"maps"
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// app is the App object of the program, and its life.
type app struct {
	s       *Session
	object  *goja.Object // what getApp returns, nil before App()
	defined bool         // App() was called
	begun   bool         // app.js has run; later than the first page if that is an independent one
	launch  goja.Value   // options of onLaunch
	enter   goja.Value   // options of the latest onShow
	hidden  bool
	failing bool // onError runs
}

// start opens the first page, after app.js unless the page is one of an independent subpackage.
func (a *app) start() {
	s, k := a.s, a.s.vm
	route, query := splitURL(s.req.Path)
	q := queryObject(k, query)
	for _, key := range slices.Sorted(maps.Keys(s.req.Query)) {
		vm.SetOwn(q, key, k.Runtime().ToValue(s.req.Query[key]))
	}
	if route == "" {
		route = s.engine.entry()
	}
	a.launch = k.Object("path", route, "query", q, "scene", s.req.Scene,
		"shareTicket", goja.Undefined(),
		"referrerInfo", k.Object(), "mode", "default", "apiCategory", "default")
	a.enter = a.launch
	if s.engine.pages[route] == nil {
		a.begin(route)
		if a.pageNotFound(route, q) {
			return
		}
		route, q = s.engine.entry(), k.Object()
	}
	s.router.launch(route, q)
	s.router.takeMoves()
}

// begin runs app.js, before the first page that is not of an independent subpackage. It reports
// whether it did.
func (a *app) begin(route string) bool {
	s, k := a.s, a.s.vm
	sub := s.Config().SubpackageOf(route)
	if a.begun || sub != nil && sub.Independent && s.engine.pages[route] != nil {
		return false
	}
	a.begun = true
	if s.engine.code.Has("app.js") {
		k.RunFile("app.js")
	}
	if a.object == nil {
		a.object = k.Object()
	}
	s.router.starting = true
	a.call("onLaunch", a.launch)
	a.call("onShow", a.launch)
	s.listeners.Emit("AppShow", a.launch)
	k.RunTasks() // so that the page finds what onLaunch read from storage
	s.router.starting = false
	return true
}

// pageNotFound lets the app open another page instead of one that does not exist, and reports
// whether it did.
func (a *app) pageNotFound(route string, query *goja.Object) (opened bool) {
	s, k := a.s, a.s.vm
	res := k.Object("path", route, "query", query, "isEntryPage", true)
	k.Warn("The page %s is not found.", route)
	a.call("onPageNotFound", res)
	s.listeners.Emit("PageNotFound", res)
	k.RunTasks()
	s.router.takeMoves()
	k.RunTasks()
	return len(s.router.stack) > 0
}

// call calls a lifecycle function of the App object.
func (a *app) call(name string, args ...goja.Value) {
	if a.object != nil {
		a.s.vm.Method(a.object, name, args...)
	}
}

// define is the global App(). getApp returns the object that the app passes here.
func (a *app) define(c goja.FunctionCall) goja.Value {
	options, ok := c.Argument(0).(*goja.Object)
	if !ok {
		panic(a.s.vm.NewError("TypeError", "App() needs an object"))
	}
	if a.defined {
		panic(a.s.vm.NewError("Error", "App() may be called only once"))
	}
	a.defined = true
	if a.object == nil {
		a.object = options
		return goja.Undefined()
	}
	for _, key := range options.Keys() { // over the object of getApp({allowDefault: true})
		vm.SetOwn(a.object, key, options.Get(key))
	}
	return goja.Undefined()
}

// get is the global getApp().
func (a *app) get(c goja.FunctionCall) goja.Value {
	if a.object != nil {
		return a.object
	}
	if o, ok := c.Argument(0).(*goja.Object); ok {
		if v := o.Get("allowDefault"); v != nil && v.ToBoolean() {
			a.object = a.s.vm.Object()
			return a.object
		}
	}
	return goja.Undefined()
}

// hide runs when the app leaves the screen, and show when it comes back.
func (a *app) hide() {
	if a.hidden {
		return
	}
	a.hidden = true
	a.s.vm.PauseTimers()
	if p := a.s.router.top(); p != nil {
		p.hide()
	}
	a.call("onHide")
	a.s.listeners.Emit("AppHide", a.s.vm.Object("reason", 0))
}

func (a *app) show() {
	if !a.hidden {
		return
	}
	a.hidden = false
	a.s.vm.ResumeTimers()
	options := a.s.vm.Object()
	top := a.s.router.top()
	if top != nil {
		options = a.s.vm.Object("path", top.Route(), "query", top.query, "scene", a.s.req.Scene,
			"referrerInfo", a.s.vm.Object())
	}
	a.enter = options
	a.call("onShow", options)
	a.s.listeners.Emit("AppShow", options)
	if p := a.s.router.top(); p != nil {
		p.show()
	}
}

// failed tells the app of an exception that it did not catch.
func (a *app) failed(text, stack string) {
	if a.failing {
		return // an exception of onError itself is only logged
	}
	a.failing = true
	defer func() { a.failing = false }()
	message := text
	if stack != "" {
		message += "\n" + stack
	}
	a.call("onError", a.s.vm.Runtime().ToValue(message))
	a.s.listeners.Emit("Error", a.s.vm.Object("message", text, "stack", stack))
}

// rejected tells the app of a rejection that it did not handle.
func (a *app) rejected(p *goja.Promise) {
	res := a.s.vm.Object("reason", p.Result(), "promise", a.s.vm.Runtime().ToValue(p))
	a.call("onUnhandledRejection", res)
	a.s.listeners.Emit("UnhandledRejection", res)
}
