package framework

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/view"
)

// Page is one open page: the outermost instance of what it shows, and its place among the pages.
type Page struct {
	Instance
	id     int
	conf   *image.Page
	query  *goja.Object
	opener goja.Value // the event channel to the page that opened it, or nil

	tree   *view.Tree
	broken bool // the view failed; it is not updated again
	blank  bool // nothing of the view was ever shown
	warned int  // how many of the view's warnings are in the log

	unready   int      // components whose lifetime ready has not run
	whenDrawn []func() // what waits for the first picture

	announced, sent, drawn, shown bool // sent: the shell has its first values
}

// ID is the page's number in frames.
func (p *Page) ID() int { return p.id }

// Route is the page's path without extension.
func (p *Page) Route() string { return p.is }

// Opener is the event channel to the page that opened this one, or nil.
func (p *Page) Opener() goja.Value { return p.opener }

// newPage makes a page; it is not on the stack yet.
func (s *Session) newPage(id int, route string, query *goja.Object) *Page {
	p := &Page{id: id, conf: s.engine.pages[route], query: query}
	// The vendor's client runs the files of components before those of pages, and some pages count on it: a
	// component may add to a prototype what a page calls at once.
	for _, part := range s.engine.parts[route] {
		s.definitions.of(part, false)
	}
	def := s.definitions.of(route, true)
	if def == nil {
		def = s.definitions.nothing(route)
	}
	p.Instance = Instance{s: s, page: p, is: route, def: def}
	p.make()
	p.this.Set("route", route)
	p.this.Set("__route__", route)
	p.this.Set("options", query)
	if p.conf.Failure != "" {
		s.vm.Complain("The page %s cannot be shown. %s", route, p.conf.Failure)
	}
	shown := s.definitions.shownAs(def, &p.conf.Component)
	p.tree = view.New(s.vm.Runtime(), p.conf.Template, p.firstShown(), s.engine.opts.View)
	if p.HasComponents() {
		p.tree.Use(s.engine.img, shown, components{p})
	}
	p.shadow = p.tree.Root()
	return p
}

// start runs the first lifetimes of the page, up to onShow.
func (p *Page) start() {
	p.viewWork(func() error { p.tree.Build(); return nil })
	p.lifetime("created")
	p.takeQuery()
	p.lifetime("attached")
	p.viewWork(func() error { p.tree.Attach(); return nil })
	p.call("onLoad", p.query)
	p.show()
}

// takeQuery gives the query to the properties of a page that is written with Component().
func (p *Page) takeQuery() {
	if p.def.isPage || len(p.def.properties) == 0 {
		return
	}
	p.s.vm.Guard(func() {
		var changes []change
		for _, key := range p.query.Keys() {
			if property := p.def.properties[key]; property != nil {
				v := p.query.Get(key)
				changes = append(changes, change{path: property.path, value: v, shown: view.Of(v), passed: p.def.passing(property)})
			}
		}
		if len(changes) > 0 {
			p.apply(changes, true)
		}
	})
}

func (p *Page) show() {
	if p.s.app.hidden || p.shown || p.gone {
		return
	}
	p.shown = true
	p.everyone("show")
	p.call("onShow")
}

// becomeReady runs what waits for the first picture of the page, once.
func (p *Page) becomeReady() {
	if p.drawn {
		return
	}
	p.drawn = true
	p.makeReady()
	p.lifetime("ready")
	p.call("onReady")
	p.everyone("routeDone")
	p.call("onRouteDone")
	for _, fn := range p.whenDrawn {
		fn()
	}
	p.whenDrawn = nil
}

func (p *Page) hide() {
	if !p.shown {
		return
	}
	if p.sent {
		// The browser says late, or never, that a page is drawn which it does not show any more. Programs
		// expect onReady before onHide.
		p.becomeReady()
	}
	p.shown = false
	p.everyone("hide")
	p.call("onHide")
}

// hooks lists the functions that the shell calls only on pages that have them.
func (p *Page) hooks() []string {
	found := []string{}
	for _, name := range protocol.PageHooks {
		p.s.vm.Runtime().Try(func() {
			if _, ok := goja.AssertFunction(p.this.Get(name)); ok {
				found = append(found, name)
			}
		})
	}
	return found
}

// render computes the first values of a page for the frame that opens it.
func (p *Page) render(f *protocol.PageFrame) {
	p.sent = true
	f.Render = json.RawMessage("[]")
	p.blank = true
	p.viewWork(func() error {
		values, err := p.tree.Render()
		if err == nil {
			f.Render, p.blank = values, false
		}
		return err
	})
	// A fault in the markup leaves nothing of it; a tag whose component is missing leaves a plain box.
	if p.conf.Failure != "" && len(p.conf.Template.Fragments[0].Kids) == 0 {
		p.s.vm.SendLate(&protocol.FrozenFrame{T: "frozen", Page: p.id, Blank: true})
	}
	f.Hooks = p.hooks()
}

// everyone tells the page and its components what happens to the page: their pageLifetimes.
func (p *Page) everyone(name string, args ...goja.Value) {
	p.pageLifetime(name, args...)
	p.each(p.shadow, false, func(in *Instance) { in.pageLifetime(name, args...) })
}

// each visits the components of a shadow and of all shadows inside it, in the order of the markup: each
// before what is inside it, or after it. What is gone when its turn comes is left out.
func (p *Page) each(shadow *view.Shadow, after bool, visit func(*Instance)) {
	for _, in := range listed(shadow, after, nil) {
		if !in.gone {
			visit(in)
		}
	}
}

// listed adds the components of a shadow to the list: what is in a component's own shadow comes before
// what is between its tags.
func listed(shadow *view.Shadow, after bool, list []*Instance) []*Instance {
	var open []*view.Host // those whose contents may follow
	closeTo := func(parent *view.Host) {
		for len(open) > 0 && open[len(open)-1] != parent {
			if after {
				list = append(list, instanceAt(open[len(open)-1]))
			}
			open = open[:len(open)-1]
		}
	}
	for _, host := range shadow.Hosts() {
		var parent *view.Host
		if above := host.Above(); len(above) > 0 {
			parent = above[0]
		}
		closeTo(parent)
		if !after {
			list = append(list, instanceAt(host))
		}
		list = listed(host.Shadow(), after, list)
		open = append(open, host)
	}
	closeTo(nil)
	return list
}

// makeReady runs the lifetime ready of the components for which it is due, inner ones first.
func (p *Page) makeReady() {
	if p.unready == 0 || p.gone {
		return
	}
	p.unready = 0
	p.each(p.shadow, true, func(in *Instance) {
		if !in.ready {
			in.ready = true
			in.lifetime("ready")
		}
	})
}

// flush shows what has changed. It reports whether there was anything to do.
func (p *Page) flush() (did bool) {
	if p.tree.Touched() {
		p.patch()
		did = true
	}
	if p.drawn && p.unready > 0 {
		p.s.vm.AfterFlush(p.makeReady)
		did = true
	}
	return did
}

func (p *Page) patch() {
	p.viewWork(func() error {
		ops, err := p.tree.Update()
		if err == nil && ops != nil {
			p.s.vm.Send(&protocol.PatchFrame{Page: p.id, Ops: ops})
		}
		return err
	})
}

// viewWork runs the view engine, which reads the app's values. When the view fails, the page keeps
// what it showed last, and the log says why.
func (p *Page) viewWork(work func() error) {
	if p.broken {
		return
	}
	k := p.s.vm
	var err error
	if ex := k.Runtime().Try(func() { err = work() }); ex != nil {
		err = ex
	}
	if err != nil {
		p.broken = true
		p.tree.Freeze()
		k.SendLate(&protocol.FrozenFrame{T: "frozen", Page: p.id, Blank: p.blank})
		k.UnwindIfStopped()
		if ex, ok := errors.AsType[*goja.Exception](err); ok {
			k.Report(ex)
		} else {
			text := fmt.Sprintf("The view of %s cannot be shown: %s", p.Route(), err)
			k.Complain("%s", text)
			p.s.app.failed(text, "")
		}
	}
	warnings := p.tree.Warnings()
	for _, w := range warnings[min(p.warned, len(warnings)):] {
		k.Warn("%s", w)
	}
	p.warned = len(warnings)
}
