package vm

import (
	"slices"
	"sort"

	"github.com/dop251/goja"
)

// start runs app.js and opens the first page.
func (s *Session) start() {
	route, query := splitURL(s.req.Path)
	q := s.queryObject(query)
	keys := make([]string, 0, len(s.req.Query))
	for key := range s.req.Query {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		setOwn(q, key, s.rt.ToValue(s.req.Query[key]))
	}
	if route == "" {
		route = s.e.entry()
	}
	s.launch = s.object("path", route, "query", q, "scene", s.req.Scene,
		"shareTicket", goja.Undefined(),
		"referrerInfo", s.rt.NewObject(), "mode", "default", "apiCategory", "default")
	s.enter = s.launch
	if s.e.modules["app.js"] != nil {
		s.runFile("app.js")
	}
	if s.app == nil {
		s.app = s.rt.NewObject()
	}
	s.starting = true
	s.method(s.app, "onLaunch", s.launch)
	s.method(s.app, "onShow", s.launch)
	s.emit("AppShow", s.launch)
	s.runTasks() // so that the page finds what onLaunch read from storage
	s.starting = false

	if s.e.pages[route] == nil {
		res := s.object("path", route, "query", q, "isEntryPage", true)
		s.log(LogEntry{Level: "warn", Kind: LogError,
			Text: "The page " + route + " is not found."}, position{})
		s.method(s.app, "onPageNotFound", res)
		s.emit("PageNotFound", res)
		// onPageNotFound may have opened another page. If it did not, open the entry page.
		s.runTasks()
		s.takeMoves()
		s.runTasks()
		if len(s.stack) > 0 {
			return
		}
		route, q = s.e.entry(), s.rt.NewObject()
	}
	s.openPage("relaunch", route, q)
	s.takeMoves()
}

func (s *Session) takeMoves() {
	s.tasks = append(s.tasks, s.moves...)
	s.moves = nil
}

// defineApp is the global App(). getApp returns the object that the app passes here.
func (s *Session) defineApp(c goja.FunctionCall) goja.Value {
	options, ok := c.Argument(0).(*goja.Object)
	if !ok {
		panic(s.jsError("TypeError", "App() needs an object"))
	}
	if s.appOpts {
		panic(s.jsError("Error", "App() may be called only once"))
	}
	s.appOpts = true
	if s.app == nil {
		s.app = options
		return goja.Undefined()
	}
	for _, key := range options.Keys() { // over the object of getApp({allowDefault: true})
		setOwn(s.app, key, options.Get(key))
	}
	return goja.Undefined()
}

func (s *Session) getApp(c goja.FunctionCall) goja.Value {
	if s.app != nil {
		return s.app
	}
	if o, ok := c.Argument(0).(*goja.Object); ok {
		if v := o.Get("allowDefault"); v != nil && v.ToBoolean() {
			s.app = s.rt.NewObject()
			return s.app
		}
	}
	return goja.Undefined()
}

// emit calls the listeners of an event that wx.on<name> registered.
func (s *Session) emit(name string, args ...goja.Value) {
	for _, fn := range slices.Clone(s.events[name]) {
		s.invoke(fn, goja.Undefined(), args...)
	}
}

func (s *Session) listen(name string, fn goja.Value) {
	if _, ok := goja.AssertFunction(fn); !ok {
		return
	}
	if len(s.events[name]) >= MaxListeners {
		panic(s.jsError("RangeError", "wx.on%s has more than %d listeners", name, MaxListeners))
	}
	s.events[name] = append(s.events[name], fn)
}

func (s *Session) unlisten(name string, fn goja.Value) {
	if goja.IsUndefined(fn) {
		delete(s.events, name)
		return
	}
	s.events[name] = slices.DeleteFunc(s.events[name], func(v goja.Value) bool { return v == fn })
}

// goHidden and goShown run when the app leaves the screen and when it comes back.
func (s *Session) goHidden() {
	if s.hidden {
		return
	}
	s.hidden, s.hiddenAt = true, s.now()
	if p := s.top(); p != nil {
		s.hide(p)
	}
	s.method(s.app, "onHide")
	s.emit("AppHide", s.object("reason", 0))
}

func (s *Session) goShown() {
	if !s.hidden {
		return
	}
	s.hidden = false
	var options *goja.Object
	if p := s.top(); p != nil {
		options = s.object("path", p.route, "query", p.query, "scene", s.req.Scene,
			"referrerInfo", s.rt.NewObject())
	} else {
		options = s.rt.NewObject()
	}
	s.enter = options
	s.method(s.app, "onShow", options)
	s.emit("AppShow", options)
	if p := s.top(); p != nil {
		s.show(p)
	}
}

// setEnv takes new facts about the device from the shell.
func (s *Session) setEnv(env Env) {
	env = s.e.visibleEnv(env)
	old := s.env
	s.env = env
	if env.Theme != old.Theme {
		res := s.object("theme", env.Theme)
		s.method(s.app, "onThemeChange", res)
		s.emit("ThemeChange", res)
	}
	if env.Width != old.Width || env.Height != old.Height {
		res := s.object("size", s.object(
			"windowWidth", env.Width, "windowHeight", s.windowHeight(),
			"screenWidth", env.Width, "screenHeight", env.Height),
			"deviceOrientation", orientation(env))
		if p := s.top(); p != nil {
			s.method(p.inst, "onResize", res)
		}
		s.emit("WindowResize", res)
	}
}

// visibleEnv is the device as the app sees it. Without "darkmode" in app.json the theme is always
// light, because the app has no dark colours.
func (e *Engine) visibleEnv(env Env) Env {
	if !e.img.App.Darkmode {
		env.Theme = "light"
	}
	return env
}

func orientation(env Env) string {
	if env.Width > env.Height {
		return "landscape"
	}
	return "portrait"
}
