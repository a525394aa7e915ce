package vm

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// splitURL splits "pages/a/b?x=1" into route and query. It drops a leading slash and a fragment.
func splitURL(url string) (route, query string) {
	url, _, _ = strings.Cut(url, "#")
	route, query, _ = strings.Cut(url, "?")
	return strings.TrimSuffix(strings.TrimPrefix(route, "/"), ".html"), query
}

// queryObject reads a query. Values stay encoded: apps decode them themselves, as they do with
// the vendor.
func (s *Session) queryObject(query string) *goja.Object {
	obj := s.rt.NewObject()
	for pair := range strings.SplitSeq(query, "&") {
		if key, value, _ := strings.Cut(pair, "="); key != "" {
			setOwn(obj, key, s.rt.ToValue(value))
		}
	}
	return obj
}

// resolveRoute finds the page that a URL names, relative to the page on top. The vendor has paths
// from the root, with a slash, and paths from the page; programs that omit the slash often mean the
// root.
func (s *Session) resolveRoute(url string) (route, query string) {
	name, query := splitURL(url)
	if !strings.HasPrefix(url, "/") {
		if top := s.top(); top != nil {
			relative := strings.TrimPrefix(path.Join("/"+path.Dir(top.route), name), "/")
			if s.e.pages[relative] != nil {
				return relative, query
			}
		}
	}
	return strings.TrimPrefix(path.Clean("/"+name), "/"), query
}

func (s *Session) isTab(route string) bool { _, ok := s.e.tabs[route]; return ok }

// navigate does one of the vendor's five navigations. It returns the reason why it could
// not, or "".
func (s *Session) navigate(op, url string, delta int) (reason string) {
	if op == "navigateBack" {
		return s.back(delta)
	}
	route, query := s.resolveRoute(url)
	switch {
	case s.e.pages[route] == nil:
		return fmt.Sprintf("page %q is not found", route)
	case op == "switchTab" && !s.isTab(route):
		return "can not switch to no-tabBar page"
	case (op == "navigateTo" || op == "redirectTo") && s.isTab(route):
		return "can not " + op + " a tabbar page"
	case op == "navigateTo" && len(s.stack) >= MaxPageStack:
		return fmt.Sprintf("webview count limit exceed: %d pages are open", MaxPageStack)
	}
	switch op {
	case "navigateTo":
		if p := s.top(); p != nil {
			s.hide(p)
		}
		s.openPage("push", route, s.queryObject(query))
		return ""
	case "redirectTo":
		if p := s.top(); p != nil {
			s.unloadTop()
		}
		s.openPage("replace", route, s.queryObject(query))
		return ""
	case "reLaunch":
		s.unloadAll()
		s.openPage("relaunch", route, s.queryObject(query))
		return ""
	case "switchTab":
		s.switchTab(route)
		return ""
	}
	return "unknown navigation"
}

// openPage puts a new page on top, tells the shell and runs onLoad and onShow.
func (s *Session) openPage(op, route string, query *goja.Object) *page {
	p := s.newPage(route, query)
	p.channel, s.pendingChannel = s.pendingChannel, nil
	s.stack = append(s.stack, p)
	if s.isTab(route) {
		s.tabs[route] = p
	}
	s.queueNav(op, p, 0)
	s.method(p.inst, "onLoad", query)
	s.show(p)
	return p
}

// queueNav queues the frame about a change of pages.
func (s *Session) queueNav(op string, p *page, delta int) {
	frame := &navFrame{T: "page", Op: op, Page: p.id, Route: p.route, Delta: delta, Keep: s.alive(),
		Config: &p.conf.Config}
	out := outFrame{nav: frame}
	if !p.announced {
		p.announced = true
		frame.Query = cut(s.queryText(p.query), maxShareText)
		out.opened = p
	} else {
		frame.Hooks = s.hooks(p)
	}
	s.out = append(s.out, out)
}

func (s *Session) show(p *page) {
	if s.hidden || p.shown || p.gone {
		return
	}
	p.shown = true
	s.method(p.inst, "onShow")
}

func (s *Session) hide(p *page) {
	if !p.shown {
		return
	}
	p.shown = false
	s.method(p.inst, "onHide")
}

// unload ends a page. Callbacks of its setData are dropped with its view.
func (s *Session) unload(p *page) {
	if p.gone {
		return
	}
	if s.tabs[p.route] == p {
		delete(s.tabs, p.route)
	}
	s.method(p.inst, "onUnload")
	p.gone = true
	p.dirty, p.callbacks, p.observers = nil, nil, nil
}

func (s *Session) unloadTop() {
	p := s.top()
	s.unload(p)
	s.stack = slices.DeleteFunc(s.stack, func(other *page) bool { return other == p })
}

func (s *Session) unloadAll() {
	for len(s.stack) > 0 {
		s.unloadTop()
	}
	for len(s.tabs) > 0 {
		routes := make([]string, 0, len(s.tabs))
		for route := range s.tabs {
			routes = append(routes, route)
		}
		s.unload(s.tabs[slices.Min(routes)])
	}
}

// switchTab unloads all pages that are not tab pages and shows the tab. A tab that was open before
// is shown as it was left.
func (s *Session) switchTab(route string) *page {
	for len(s.stack) > 0 {
		p := s.top()
		if s.tabs[p.route] == p {
			if p.route == route && len(s.stack) == 1 {
				if p.shown {
					return p
				}
				break
			}
			s.hide(p)
			s.stack = s.stack[:len(s.stack)-1]
			continue
		}
		s.unloadTop()
	}
	s.stack = s.stack[:0]
	if p := s.tabs[route]; p != nil {
		s.stack = append(s.stack, p)
		s.queueNav("tab", p, 0)
		s.show(p)
		return p
	}
	return s.openPage("tab", route, s.rt.NewObject())
}

func (s *Session) back(delta int) (reason string) {
	if len(s.stack) < 2 {
		return "cannot navigate back at first page."
	}
	delta = min(max(delta, 1), len(s.stack)-1)
	for range delta {
		s.unloadTop()
	}
	p := s.top()
	s.queueNav("back", p, delta)
	s.show(p)
	return ""
}
