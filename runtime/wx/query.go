package wx

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// queryRows ask the browser where elements are.
var queryRows = []api{
	{name: "createSelectorQuery", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		return w.kit.make("selectorQuery")
	}},
	{name: "createIntersectionObserver", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		return w.intersectionObserver(c.Argument(0), c.Argument(1))
	}},
}

// observer is an intersection observer that observes.
type observer struct {
	page *framework.Page
	fn   goja.Value
}

func (w *wx) observersOf(p *framework.Page) (count int) {
	for _, o := range w.observers {
		if o.page == p {
			count++
		}
	}
	return count
}

func (w *wx) installQueries() {
	w.installAnimations()
	w.app.OnEvent("intersection", w.intersected)
	w.app.OnUnload(func(p *framework.Page) {
		maps.DeleteFunc(w.observers, func(_ int, o observer) bool { return o.page == p })
	})
	w.app.InstanceMethod("createSelectorQuery", func(_ *framework.Instance, c goja.FunctionCall) goja.Value {
		return w.kit.make("selectorQuery", c.This)
	})
	w.app.InstanceMethod("createIntersectionObserver", func(_ *framework.Instance, c goja.FunctionCall) goja.Value {
		return w.intersectionObserver(c.This, c.Argument(0))
	})
}

// query is one question of a selector query, as kit.js asks it.
type query = map[string]json.RawMessage

// selectorQuery sends the queries of one SelectorQuery.exec to the browser and calls back with the
// results. The frame is sent after the patches of the turn, because apps measure what they have
// just set.
//
// scope is the component whose elements are meant, or anything else for the page.
func (w *wx) selectorQuery(queries string, callback, scope goja.Value) {
	top := w.app.Top()
	if of := w.app.PageOf(scope); of != nil {
		top = of
	}
	if top == nil || len(queries) > protocol.MaxCallBytes || json.Unmarshal([]byte(queries), new([]query)) != nil {
		w.vm.Later(func() { w.vm.Invoke(callback, goja.Undefined(), w.vm.Array()) })
		return
	}
	id := w.vm.Expect(func(r vm.Reply) {
		results := w.vm.Array()
		if v, ok := w.vm.FromJSON(r.Result).(*goja.Object); r.OK && ok && v.ClassName() == "Array" {
			results = v
		}
		w.vm.Guard(func() {
			w.addNodes(top, queries, results)
			w.addDatasets(top, results)
		})
		w.vm.Invoke(callback, goja.Undefined(), results)
	})
	if id == 0 {
		panic(w.vm.NewError("Error", "more than %d calls are waiting", vm.MaxPendingCalls))
	}
	w.vm.AfterFlush(func() { // elements have their places only then
		queries = w.withTargets(top, scope, queries)
		w.vm.CallShellLate(id, "selectorQuery", fmt.Appendf(nil, `{"page":%d,"queries":%s}`, top.ID(), queries))
	})
}

// withTargets replaces the selectors of queries by the places of elements, on a page with components: a
// selector is for one shadow, and the browser has them all in one tree.
func (w *wx) withTargets(p *framework.Page, scope goja.Value, text string) string {
	var queries []query
	if !p.HasComponents() || json.Unmarshal([]byte(text), &queries) != nil {
		return text
	}
	for _, q := range queries {
		var selector string
		if json.Unmarshal(q["selector"], &selector) != nil || string(q["viewport"]) == "true" {
			continue
		}
		if targets, err := protocol.JSON(w.app.Places(p, scope, selector)); err == nil {
			q["targets"] = targets
		}
	}
	made, err := protocol.JSON(queries)
	if err != nil || len(made) > protocol.MaxCallBytes {
		return text
	}
	return string(made)
}

// addNodes adds canvases and contexts to the results of queries that ask for a node or a context.
func (w *wx) addNodes(p *framework.Page, text string, results *goja.Object) {
	var queries []struct {
		Fields struct {
			Node    bool `json:"node"`
			Context bool `json:"context"`
		} `json:"fields"`
	}
	if json.Unmarshal([]byte(text), &queries) != nil {
		return
	}
	found := w.vm.Elements(results)
	for i, q := range queries {
		if !q.Fields.Node && !q.Fields.Context || i >= len(found) {
			continue
		}
		list := w.vm.Elements(found[i])
		if list == nil {
			list = found[i : i+1]
		}
		for _, v := range list {
			obj, ok := v.(*goja.Object)
			if !ok {
				continue
			}
			target := w.vm.Elements(obj.Get("target"))
			if q.Fields.Node {
				obj.Set("node", goja.Null())
			}
			if q.Fields.Context {
				obj.Set("context", goja.Null())
			}
			if len(target) != 2 {
				continue
			}
			inst, id := int(target[0].ToInteger()), int(target[1].ToInteger())
			if q.Fields.Node {
				if element, ok := p.ElementAt(inst, id); ok && element.Tag == "canvas" {
					obj.Set("node", w.elementCanvas(p, inst, id))
				} else if context := w.contextFor(p, [2]int{inst, id}, true); context != nil {
					obj.Set("node", context)
				}
			}
			if q.Fields.Context {
				if context := w.contextFor(p, [2]int{inst, id}, false); context != nil {
					obj.Set("context", context)
				}
			}
		}
	}
}

// addDatasets adds the datasets, which only the server has, to the results from the browser.
func (w *wx) addDatasets(p *framework.Page, results *goja.Object) {
	for _, v := range w.vm.Elements(results) {
		obj, ok := v.(*goja.Object)
		if !ok {
			continue
		}
		if obj.ClassName() == "Array" {
			w.addDatasets(p, obj)
			continue
		}
		target := w.vm.Elements(obj.Get("target"))
		if len(target) != 2 {
			continue
		}
		obj.Delete("target")
		if element, ok := p.ElementAt(int(target[0].ToInteger()), int(target[1].ToInteger())); ok {
			obj.Set("dataset", element.Dataset)
			if obj.Get("id") == nil {
				obj.Set("id", element.DOMID)
			}
		}
	}
}

// intersectionObserver makes the object that wx.createIntersectionObserver returns.
func (w *wx) intersectionObserver(owner, options goja.Value) goja.Value {
	p := w.app.PageOf(owner)
	if p == nil {
		p = w.app.Top()
	}
	o := w.vm.Object()
	state := struct {
		relative   string
		margins    json.RawMessage
		thresholds json.RawMessage
		all        bool
		id         int
	}{relative: "viewport", margins: json.RawMessage("{}"), thresholds: json.RawMessage("[0]")}
	if opts, ok := options.(*goja.Object); ok {
		if text := w.vm.Stringify(opts.Get("thresholds")); text != "" {
			state.thresholds = json.RawMessage(text)
		}
		if v := opts.Get("observeAll"); v != nil {
			state.all = v.ToBoolean()
		}
	}
	margins := func(v goja.Value) {
		if text := w.vm.Stringify(v); text != "" {
			state.margins = json.RawMessage(text)
		}
	}
	o.Set("relativeTo", w.vm.Function("relativeTo", func(c goja.FunctionCall) goja.Value {
		state.relative = vm.TextOf(c.Argument(0))
		margins(c.Argument(1))
		return o
	}))
	o.Set("relativeToViewport", w.vm.Function("relativeToViewport", func(c goja.FunctionCall) goja.Value {
		state.relative = "viewport"
		margins(c.Argument(0))
		return o
	}))
	o.Set("observe", w.vm.Function("observe", func(c goja.FunctionCall) goja.Value {
		if p == nil || p.Gone() || state.id != 0 {
			return goja.Undefined()
		}
		if w.observersOf(p) >= framework.MaxListeners {
			panic(w.vm.NewError("RangeError", "a page may have %d intersection observers", framework.MaxListeners))
		}
		state.id = int(w.vm.NextID())
		if w.observers == nil {
			w.observers = map[int]observer{}
		}
		w.observers[state.id] = observer{p, c.Argument(1)}
		watch := map[string]any{"page": p.ID(), "observer": state.id, "selector": vm.TextOf(c.Argument(0)),
			"relative": state.relative, "margins": state.margins, "thresholds": state.thresholds, "all": state.all}
		selector := vm.TextOf(c.Argument(0))
		w.vm.AfterFlush(func() {
			if p.HasComponents() {
				watch["targets"] = w.app.Places(p, owner, selector)
				if state.relative != "viewport" {
					watch["root"] = w.app.Places(p, owner, state.relative)
				}
			}
			if args, err := protocol.JSON(watch); err == nil && len(args) <= protocol.MaxCallBytes {
				w.vm.CallShellLate(0, "observeIntersection", args)
			}
		})
		return goja.Undefined()
	}))
	o.Set("disconnect", w.vm.Function("disconnect", func(goja.FunctionCall) goja.Value {
		if p == nil || p.Gone() || state.id == 0 {
			return goja.Undefined()
		}
		delete(w.observers, state.id)
		args, _ := protocol.JSON(map[string]any{"page": p.ID(), "observer": state.id})
		w.vm.CallShellLate(0, "unobserveIntersection", args)
		state.id = 0
		return goja.Undefined()
	}))
	return o
}

// intersected passes on what the browser saw of an observed element.
func (w *wx) intersected(p *framework.Page, f *protocol.AppInput) {
	var d struct {
		Observer int `json:"observer"`
	}
	if json.Unmarshal(f.Detail, &d) != nil {
		return
	}
	watching, ok := w.observers[d.Observer]
	if !ok || watching.page != p {
		return
	}
	res, ok := w.vm.FromJSON(f.Detail).(*goja.Object)
	if !ok {
		return
	}
	w.vm.Guard(func() {
		if element, ok := p.ElementAt(f.Target[0], f.Target[1]); ok {
			res.Set("id", element.DOMID)
			res.Set("dataset", element.Dataset)
		}
	})
	w.vm.Invoke(watching.fn, goja.Undefined(), res)
}
