package framework

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// router knows the open pages and leads from one to another.
type router struct {
	s        *Session
	stack    []*Page          // bottom first; the last is shown
	tabs     map[string]*Page // tab pages kept alive, by route
	last     int              // the number of the newest page
	onUnload []func(*Page)

	starting bool
	moves    []func()  // moves to other pages that wait for the first page
	opening  []opening // new pages of the running turn, which wait for their first data

	move moveEvent // the latest move
}

// opening is a page that the shell is about to hear of.
type opening struct {
	page  *Page
	frame *protocol.PageFrame
}

// splitURL splits "pages/a/b?x=1" into route and query. It drops a leading slash and a fragment.
func splitURL(url string) (route, query string) {
	url, _, _ = strings.Cut(url, "#")
	route, query, _ = strings.Cut(url, "?")
	return strings.TrimSuffix(strings.TrimPrefix(route, "/"), ".html"), query
}

// queryObject reads a query. Values stay encoded: apps decode them themselves, as they do with
// the vendor.
func queryObject(k *vm.VM, query string) *goja.Object {
	obj := k.Object()
	for pair := range strings.SplitSeq(query, "&") {
		if key, value, _ := strings.Cut(pair, "="); key != "" {
			vm.SetOwn(obj, key, k.Runtime().ToValue(value))
		}
	}
	return obj
}

// queryText is the inverse of queryObject.
func queryText(k *vm.VM, query *goja.Object) (text string) {
	k.Guard(func() {
		for i, key := range query.Keys() {
			if i > 0 {
				text += "&"
			}
			text += key + "=" + query.Get(key).String()
		}
	})
	return text
}

func (r *router) top() *Page {
	if len(r.stack) == 0 {
		return nil
	}
	return r.stack[len(r.stack)-1]
}

func (r *router) byID(id int) *Page {
	for _, p := range r.stack {
		if p.id == id {
			return p
		}
	}
	for _, p := range r.tabs {
		if p.id == id {
			return p
		}
	}
	return nil
}

func (r *router) getCurrentPages(goja.FunctionCall) goja.Value {
	list := make([]any, len(r.stack))
	for i, p := range r.stack {
		list[i] = p.this
	}
	return r.s.vm.Runtime().NewArray(list...)
}

// alive lists every page that the shell must keep, the stack's first.
func (r *router) alive() []int {
	ids := make([]int, 0, len(r.stack)+len(r.tabs))
	for _, p := range r.stack {
		ids = append(ids, p.id)
	}
	var kept []int
	for _, p := range r.tabs {
		if !slices.Contains(ids, p.id) {
			kept = append(kept, p.id)
		}
	}
	slices.Sort(kept)
	return append(ids, kept...)
}

// flush brings the views of all pages up to date and queues what setData's callers wait for. It
// reports whether there was anything to do.
func (r *router) flush() (did bool) {
	opened := r.opening
	r.opening = nil
	for _, o := range opened {
		o.page.render(o.frame)
		did = true
	}
	for _, p := range r.stack {
		did = p.flush() || did
	}
	for _, route := range r.tabRoutes() {
		did = r.tabs[route].flush() || did
	}
	return did
}

// tabRoutes lists the kept tab pages in the same order at every replay.
func (r *router) tabRoutes() []string {
	if len(r.tabs) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(r.tabs))
}

// moveLater runs a move to another page after the code that is running now. While the app starts,
// moves wait for its first page.
func (r *router) moveLater(fn func()) {
	if r.starting {
		r.moves = append(r.moves, fn)
		return
	}
	r.s.vm.Later(fn)
}

func (r *router) takeMoves() {
	for _, move := range r.moves {
		r.s.vm.Later(move)
	}
	r.moves = nil
}

// MoveLater runs a move to another page after the code that asks for it: code after wx.navigateTo
// runs before the next page's onLoad.
func (s *Session) MoveLater(fn func()) { s.router.moveLater(fn) }

// Navigate does one of the vendor's five navigations. opener is the event channel for a page that
// navigateTo opens, or nil. It returns the reason why it could not, or "".
func (s *Session) Navigate(op, url string, delta int, opener goja.Value) (reason string) {
	return s.router.navigate(op, url, delta, opener)
}

// resolve finds the page that a URL names, relative to the page on top. The vendor has paths from
// the root, with a slash, and paths from the page; programs that omit the slash often mean the root.
func (r *router) resolve(url string) (route, query string) {
	name, query := splitURL(url)
	if !strings.HasPrefix(url, "/") {
		if top := r.top(); top != nil {
			relative := strings.TrimPrefix(path.Join("/"+path.Dir(top.Route()), name), "/")
			if r.s.engine.pages[relative] != nil {
				return relative, query
			}
		}
	}
	return strings.TrimPrefix(path.Clean("/"+name), "/"), query
}

func (r *router) navigate(op, url string, delta int, opener goja.Value) (reason string) {
	if op == "navigateBack" {
		return r.back(delta)
	}
	route, query := r.resolve(url)
	if reason := r.refusal(op, route); reason != "" {
		return reason
	}
	if rewritten := r.begin(op, route, query); rewritten != "" {
		route, query = r.resolve(rewritten)
		if reason := r.refusal(op, route); reason != "" {
			return reason
		}
		r.move.path, r.move.query = route, queryObject(r.s.vm, query)
	}
	switch op {
	case "navigateTo":
		if p := r.top(); p != nil {
			p.hide()
		}
		r.open("push", route, queryObject(r.s.vm, query), opener)
		return ""
	case "redirectTo":
		if r.top() != nil {
			r.unloadTop()
		}
		r.open("replace", route, queryObject(r.s.vm, query), opener)
		return ""
	case "reLaunch":
		r.unloadAll()
		r.open("relaunch", route, queryObject(r.s.vm, query), opener)
		return ""
	case "switchTab":
		r.switchTab(route)
		return ""
	}
	return "unknown navigation"
}

// refusal is why a move to a page is not possible, or "".
func (r *router) refusal(op, route string) string {
	tab := r.s.engine.isTab(route)
	switch {
	case r.s.engine.pages[route] == nil:
		return fmt.Sprintf("page %q is not found", route)
	case op == "switchTab" && !tab:
		return "can not switch to no-tabBar page"
	case (op == "navigateTo" || op == "redirectTo") && tab:
		return "can not " + op + " a tabbar page"
	case op == "navigateTo" && len(r.stack) >= protocol.MaxPageStack:
		return fmt.Sprintf("webview count limit exceed: %d pages are open", protocol.MaxPageStack)
	}
	return ""
}

// launch opens the first page.
func (r *router) launch(route string, query *goja.Object) {
	began := r.s.app.begin(route)
	if rewritten := r.begin("appLaunch", route, queryText(r.s.vm, query)); rewritten != "" {
		if other, text := r.resolve(rewritten); r.s.engine.pages[other] != nil {
			route, query = other, queryObject(r.s.vm, text)
			r.move.path, r.move.query = route, query
		}
	}
	r.open("relaunch", route, query, nil)
	if began {
		r.takeMoves()
	}
}

// open puts a new page on top, tells the shell and runs onLoad and onShow.
func (r *router) open(op, route string, query *goja.Object, opener goja.Value) *Page {
	began := r.s.app.begin(route)
	r.last++
	r.tell("BeforePageLoad", "openType", r.move.openType, "query", query, "componentFramework", "glass-easel")
	p := r.s.newPage(r.last, route, query)
	p.opener = opener
	r.stack = append(r.stack, p)
	if r.s.engine.isTab(route) {
		r.tabs[route] = p
	}
	r.announce(op, p, 0)
	p.start()
	r.tell("AfterPageLoad", "openType", r.move.openType, "query", query)
	r.arrive(p)
	if began {
		r.takeMoves()
	}
	return p
}

// announce queues the frame about a change of pages.
func (r *router) announce(op string, p *Page, delta int) {
	frame := &protocol.PageFrame{T: "page", Op: op, Page: p.id, Route: p.Route(), Delta: delta, Keep: r.alive(),
		Config: &p.conf.Config}
	if !p.announced {
		p.announced = true
		frame.Query = vm.Cut(queryText(r.s.vm, p.query), MaxShareText)
		r.opening = append(r.opening, opening{p, frame})
	} else {
		frame.Hooks = p.hooks()
	}
	r.s.vm.Send(frame)
}

// unload ends a page.
func (r *router) unload(p *Page) {
	if p.gone {
		return
	}
	if r.tabs[p.Route()] == p {
		delete(r.tabs, p.Route())
	}
	r.tellOf("BeforePageUnload", p.Route())
	p.call("onUnload")
	p.leave()
	p.end()
	for _, tell := range r.onUnload {
		tell(p)
	}
	r.tellOf("AfterPageUnload", p.Route())
}

func (r *router) unloadTop() {
	p := r.top()
	r.unload(p)
	r.stack = slices.DeleteFunc(r.stack, func(other *Page) bool { return other == p })
}

func (r *router) unloadAll() {
	for len(r.stack) > 0 {
		r.unloadTop()
	}
	for len(r.tabs) > 0 {
		r.unload(r.tabs[r.tabRoutes()[0]])
	}
}

// switchTab unloads all pages that are not tab pages and shows the tab. A tab that was open before
// is shown as it was left.
func (r *router) switchTab(route string) *Page {
	for len(r.stack) > 0 {
		p := r.top()
		if r.tabs[p.Route()] == p {
			if p.Route() == route && len(r.stack) == 1 {
				if p.shown {
					return p
				}
				break
			}
			p.hide()
			r.stack = r.stack[:len(r.stack)-1]
			continue
		}
		r.unloadTop()
	}
	r.stack = r.stack[:0]
	if p := r.tabs[route]; p != nil {
		r.stack = append(r.stack, p)
		r.announce("tab", p, 0)
		p.show()
		r.arrive(p)
		return p
	}
	return r.open("tab", route, r.s.vm.Object(), nil)
}

func (r *router) back(delta int) (reason string) {
	if len(r.stack) < 2 {
		return "cannot navigate back at first page."
	}
	delta = min(max(delta, 1), len(r.stack)-1)
	p := r.stack[len(r.stack)-1-delta]
	r.begin("navigateBack", p.Route(), queryText(r.s.vm, p.query))
	for range delta {
		r.unloadTop()
	}
	r.announce("back", p, delta)
	p.show()
	r.arrive(p)
	return ""
}

// tapTab is a tap on the shell's tab bar.
func (r *router) tapTab(index int) {
	bar := r.s.engine.img.App.TabBar
	if bar == nil || index < 0 || index >= len(bar.List) {
		return
	}
	item := bar.List[index]
	r.begin("switchTab", item.PagePath, "")
	p := r.switchTab(item.PagePath)
	p.call("onTabItemTap", r.s.vm.Object("index", index, "pagePath", item.PagePath, "text", item.Text))
}
