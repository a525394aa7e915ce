package vm

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/view"
)

// page is one open page: the app's object and the tree that is shown.
type page struct {
	id    int
	route string
	conf  *image.Page
	inst  *goja.Object // `this` of the page's functions
	data  *goja.Object // this.data
	query *goja.Object

	view     *view.Page
	rendered bool
	broken   bool // the view failed; it is not updated again
	dirty    [][]any
	// callbacks of setData, due after the next flush.
	callbacks []goja.Value
	channel   goja.Value // of getOpenerEventChannel
	observers map[int]goja.Value

	announced, ready, shown, gone bool
	warned                        int // how many of the view's warnings are in the log
}

// navFrame is the frame that tells the shell about a change of pages.
type navFrame struct {
	T      string              `json:"t"`
	Op     string              `json:"op"`
	Page   int                 `json:"page"`
	Route  string              `json:"route"`
	Query  string              `json:"query,omitempty"` // as the app wrote it, with a new page
	Config *image.WindowConfig `json:"config,omitempty"`
	Delta  int                 `json:"delta,omitempty"`
	// Keep lists the pages that stay open: those of the stack and the kept tab pages.
	Keep   []int           `json:"keep"`
	Render json.RawMessage `json:"render,omitempty"`
	Hooks  []string        `json:"hooks"`
}

func (f *navFrame) encode() []byte {
	text, err := json.Marshal(f)
	if err != nil {
		panic(fmt.Sprintf("vm: %v", err)) // the output of package view is not JSON
	}
	return text
}

// pageHooks are the functions that the shell calls only on pages that have them.
var pageHooks = []string{"onPageScroll", "onPullDownRefresh", "onReachBottom", "onShareAppMessage"}

// definePage is the global Page(). A page's file calls it once; the last call counts.
func (s *Session) definePage(c goja.FunctionCall) goja.Value {
	options, ok := c.Argument(0).(*goja.Object)
	if !ok {
		panic(s.jsError("TypeError", "Page() needs an object"))
	}
	s.pageOpts = options
	return goja.Undefined()
}

// definition returns what the page's file passed to Page(). It runs the file the first time.
func (s *Session) definition(route string) *goja.Object {
	if def := s.pageDefs[route]; def != nil {
		return def
	}
	s.pageOpts = nil
	file := route + ".js"
	if s.e.modules[file] == nil {
		s.complain("The page %s has no file %s.", route, file)
		return s.rt.NewObject()
	}
	ok := s.runFile(file)
	def := s.pageOpts
	s.pageOpts = nil
	switch {
	case def != nil:
		s.pageDefs[route] = def
	case ok:
		s.complain("%s did not call Page().", file)
		fallthrough
	default:
		def = s.rt.NewObject() // the page opens empty, its error is in the log
	}
	return def
}

// newPage makes the instance of a page; it is not on the stack yet.
func (s *Session) newPage(route string, query *goja.Object) *page {
	s.lastPage++
	p := &page{id: s.lastPage, route: route, conf: s.e.pages[route], query: query}
	def := s.definition(route)
	p.inst = s.rt.CreateObject(s.pageProto)
	p.data = s.rt.NewObject()
	s.guard(func() { s.fill(p, def) })
	p.inst.Set("data", p.data)
	p.inst.Set("route", route)
	p.inst.Set("__route__", route)
	p.inst.Set("is", route)
	p.inst.Set("options", query)
	p.view = view.New(s.rt, p.conf.Template, p.data, s.e.opts.View)
	return p
}

// fill copies the options of Page() to the instance. Functions are bound to it; fields are copied
// deeply, because instances share nothing.
func (s *Session) fill(p *page, def *goja.Object) {
	for _, key := range def.Keys() {
		v := def.Get(key)
		if obj, ok := v.(*goja.Object); ok && obj.ClassName() == "Function" {
			v = s.bound(obj, p.inst)
		}
		if obj, ok := v.(*goja.Object); ok && obj.ClassName() != "Function" {
			cp := copier{s: s, limit: MaxSetDataBytes}
			plain := obj.ClassName() == "Array" || obj.Prototype() == nil ||
				obj.Prototype() == s.rt.GlobalObject().Get("Object").(*goja.Object).Get("prototype")
			if key == "data" || plain {
				copied, err := cp.copy(v, 0)
				if err != nil {
					panic(s.jsError("Error", "Page %s, field %q: %s", p.route, key, err))
				}
				v = copied
			}
			if key == "data" {
				p.data = v.(*goja.Object)
			}
		}
		setOwn(p.inst, key, v)
	}
}

// bound binds a function of a page to its `this`, because programs pass such functions on, as in
// setInterval(this.tick, 17). A function with properties, such as a class or a debounced function,
// is not changed.
func (s *Session) bound(fn, this *goja.Object) goja.Value {
	for _, name := range fn.GetOwnPropertyNames() {
		switch name {
		case "length", "name", "prototype", "arguments", "caller":
		default:
			return fn
		}
	}
	bind, ok := goja.AssertFunction(fn.Get("bind"))
	if !ok {
		return fn
	}
	v, err := bind(fn, this)
	if err != nil {
		panic(err)
	}
	return v
}

// pageOf finds the page whose `this` v is.
func (s *Session) pageOf(v goja.Value) *page {
	for _, p := range s.stack {
		if p.inst == v {
			return p
		}
	}
	for _, p := range s.tabs {
		if p.inst == v {
			return p
		}
	}
	return nil
}

func (s *Session) pageByID(id int) *page {
	for _, p := range s.stack {
		if p.id == id {
			return p
		}
	}
	for _, p := range s.tabs {
		if p.id == id {
			return p
		}
	}
	return nil
}

func (s *Session) top() *page {
	if len(s.stack) == 0 {
		return nil
	}
	return s.stack[len(s.stack)-1]
}

// newPageProto makes what all pages of a VM inherit.
func (s *Session) newPageProto() *goja.Object {
	proto := s.rt.NewObject()
	method := func(name string, fn func(goja.FunctionCall) goja.Value) {
		proto.DefineDataProperty(name, s.function(name, fn), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	method("setData", s.setData)
	for _, name := range []string{"update", "forceUpdate"} { // of 2016: show what this.data is now
		method(name, func(c goja.FunctionCall) goja.Value {
			if p := s.pageOf(c.This); p != nil && !p.gone {
				for _, key := range p.data.Keys() {
					p.dirty = append(p.dirty, []any{key})
				}
			}
			return goja.Undefined()
		})
	}
	method("createSelectorQuery", func(goja.FunctionCall) goja.Value { return s.kitCall("selectorQuery") })
	method("createIntersectionObserver", func(c goja.FunctionCall) goja.Value {
		return s.intersectionObserver(c.This, c.Argument(0))
	})
	method("getOpenerEventChannel", func(c goja.FunctionCall) goja.Value {
		p := s.pageOf(c.This)
		if p == nil || p.channel == nil {
			ends := s.kitCall("channel").(*goja.Object)
			return ends.Get("1")
		}
		return p.channel
	})
	method("groupSetData", func(c goja.FunctionCall) goja.Value {
		if fn, ok := goja.AssertFunction(c.Argument(0)); ok {
			if _, err := fn(c.This); err != nil {
				panic(err)
			}
		}
		return goja.Undefined()
	})
	method("selectComponent", func(goja.FunctionCall) goja.Value { return goja.Null() })
	method("selectAllComponents", func(goja.FunctionCall) goja.Value { return s.rt.NewArray() })
	method("getTabBar", func(goja.FunctionCall) goja.Value { return goja.Null() })
	method("getPageId", func(c goja.FunctionCall) goja.Value {
		if p := s.pageOf(c.This); p != nil {
			return s.rt.ToValue(fmt.Sprintf("pageId:%d", p.id))
		}
		return goja.Undefined()
	})
	return proto
}

func (s *Session) getCurrentPages(goja.FunctionCall) goja.Value {
	list := make([]any, len(s.stack))
	for i, p := range s.stack {
		list[i] = p.inst
	}
	return s.rt.NewArray(list...)
}

func (s *Session) hooks(p *page) []string {
	found := []string{}
	for _, name := range pageHooks {
		s.rt.Try(func() {
			if _, ok := goja.AssertFunction(p.inst.Get(name)); ok {
				found = append(found, name)
			}
		})
	}
	return found
}

// alive lists every page that the shell must keep, the stack's first.
func (s *Session) alive() []int {
	ids := make([]int, 0, len(s.stack)+len(s.tabs))
	for _, p := range s.stack {
		ids = append(ids, p.id)
	}
	var kept []int
	for _, p := range s.tabs {
		if !slices.Contains(ids, p.id) {
			kept = append(kept, p.id)
		}
	}
	slices.Sort(kept)
	return append(ids, kept...)
}

// flush brings the views up to date and queues what setData's callers wait for. It reports
// whether there was anything to do.
func (s *Session) flush() bool {
	did := false
	for i := range s.out {
		if f := s.out[i].nav; f != nil && f.Render == nil && s.out[i].opened != nil {
			s.render(s.out[i].opened, f)
			did = true
		}
	}
	each := func(p *page) {
		if len(p.dirty) > 0 {
			s.patch(p)
			did = true
		}
		if len(p.callbacks) > 0 {
			callbacks := p.callbacks
			p.callbacks = nil
			for _, fn := range callbacks {
				s.later(func() { s.invoke(fn, p.inst) })
			}
			did = true
		}
	}
	for _, p := range s.stack {
		each(p)
	}
	if len(s.tabs) > 0 {
		routes := make([]string, 0, len(s.tabs))
		for route := range s.tabs {
			routes = append(routes, route)
		}
		slices.Sort(routes) // a replay needs the same order
		for _, route := range routes {
			each(s.tabs[route])
		}
	}
	return did
}

// render computes the first values of a page for the frame that opens it.
func (s *Session) render(p *page, f *navFrame) {
	f.Render = json.RawMessage("[]")
	p.dirty = nil
	s.viewWork(p, func() error {
		values, err := p.view.Render()
		if err == nil {
			f.Render = values
			p.rendered = true
		}
		return err
	})
	f.Hooks = s.hooks(p)
}

func (s *Session) patch(p *page) {
	paths := p.dirty
	p.dirty = nil
	if !p.rendered || p.broken {
		return
	}
	s.viewWork(p, func() error {
		ops, err := p.view.Update(paths)
		if err != nil || ops == nil {
			return err
		}
		frame := make([]byte, 0, len(ops)+40)
		frame = fmt.Appendf(frame, `{"t":"patch","page":%d,"ops":`, p.id)
		frame = append(frame, ops...)
		s.out = append(s.out, outFrame{json: append(frame, '}')})
		return nil
	})
}

// viewWork runs the view engine, which reads the app's values. When the view fails, the page keeps
// what it showed last, and the log says why.
func (s *Session) viewWork(p *page, work func() error) {
	if p.broken {
		return
	}
	var err error
	if ex := s.rt.Try(func() { err = work() }); ex != nil {
		err = ex
	}
	if err != nil {
		p.broken = true
		if s.interrupted.Load() {
			panic(turnAborted{})
		}
		if ex, ok := errors.AsType[*goja.Exception](err); ok {
			s.report(ex)
		} else {
			text := fmt.Sprintf("The view of %s cannot be shown: %s", p.route, err)
			s.complain("%s", text)
			s.callOnError(text, "")
		}
	}
	warnings := p.view.Warnings()
	for _, w := range warnings[min(p.warned, len(warnings)):] {
		s.log(LogEntry{Level: "warn", Kind: LogError, Text: w}, position{})
	}
	p.warned = len(warnings)
}
