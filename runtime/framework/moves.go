package framework

import (
	"strconv"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// moveEvent is one move to another page, as the listeners of wx.onBeforeAppRoute and its kin hear of it.
type moveEvent struct {
	number   int
	openType string // the vendor's name for why the page changes
	path     string
	query    *goja.Object

	open      bool   // its listeners run, and may still rewrite it
	rewritten string // where a listener sends it instead
}

// begin tells the program that a move begins. A listener may have rewritten where it goes.
func (r *router) begin(openType, route, query string) (rewritten string) {
	r.move = moveEvent{number: r.move.number + 1, openType: openType, path: route}
	if !r.heard() {
		return ""
	}
	r.move.query = queryObject(r.s.vm, query)
	r.move.open = openType != "navigateBack" && openType != "switchTab"
	r.tell("BeforeAppRoute", r.facts()...)
	r.move.open = false
	return r.move.rewritten
}

// arrive tells the program that a move has changed the pages, and, once the page is drawn, that it is
// over.
func (r *router) arrive(p *Page) {
	if !r.heard() {
		return
	}
	facts := append(r.facts(), "webviewId", p.id, "timeStamp", r.s.vm.Now().UnixMilli())
	r.tell("AppRoute", facts...)
	move := r.move
	done := func() {
		r.s.listeners.Emit("AppRouteDone", r.s.vm.Object("path", move.path, "openType", move.openType, "query",
			vm.OrUndefined(move.query), "webviewId", p.id, "routeEventId", move.id(), "timeStamp", r.s.vm.Now().UnixMilli()))
	}
	if p.drawn {
		r.s.vm.Later(done)
		return
	}
	p.whenDrawn = append(p.whenDrawn, done)
}

// facts are what all events of a move as a whole say.
func (r *router) facts() []any {
	query := r.move.query
	if query == nil {
		query = r.s.vm.Object()
	}
	return []any{"openType", r.move.openType, "query", query, "notFound", false, "renderer", "webview"}
}

// tell calls the listeners of an event of the latest move.
func (r *router) tell(event string, more ...any) { r.tellOf(event, r.move.path, more...) }

// tellOf is tell about another page than the one that the move leads to.
func (r *router) tellOf(event, route string, more ...any) {
	if len(r.s.listeners.byEvent[event]) > 0 {
		r.s.listeners.Emit(event, r.s.vm.Object(append([]any{"path", route, "routeEventId", r.move.id()}, more...)...))
	}
}

func (m *moveEvent) id() string { return strconv.Itoa(m.number) }

// heard reports whether the program listens to moves. Most do not, and pay nothing for them.
func (r *router) heard() bool {
	for _, event := range MoveEvents {
		if len(r.s.listeners.byEvent[event]) > 0 {
			return true
		}
	}
	return false
}

// MoveEvents are the names of what a program may hear of a move to another page, in their order.
var MoveEvents = []string{"BeforeAppRoute", "BeforePageUnload", "AfterPageUnload", "BeforePageLoad",
	"AfterPageLoad", "AppRoute", "AppRouteDone"}

// RewriteMove sends the move whose listeners of BeforeAppRoute run to another page. It returns the
// reason why it could not, or "".
func (s *Session) RewriteMove(url string) (reason string) {
	r := &s.router
	route, _ := r.resolve(url)
	switch {
	case !r.move.open:
		return "no route is in progress: call it in a listener of wx.onBeforeAppRoute"
	case r.move.rewritten != "":
		return "the route was already rewritten"
	case s.engine.pages[route] == nil:
		return "page \"" + vm.Cut(route, 200) + "\" is not found"
	}
	r.move.rewritten = url
	return ""
}
