package vm

import (
	"encoding/json"
	"fmt"

	"github.com/dop251/goja"
)

// selectorQuery sends the queries of one SelectorQuery.exec to the browser and calls back with the
// results. The frame is sent after the patches of the turn, because apps measure what they have
// just set.
func (s *Session) selectorQuery(queries string, callback goja.Value) {
	top := s.top()
	if top == nil || len(queries) > MaxCallBytes {
		s.later(func() { s.invoke(callback, goja.Undefined(), s.rt.NewArray()) })
		return
	}
	id := s.expect(func(r reply) {
		results := s.rt.NewArray()
		if v, ok := s.rawValue(r.result).(*goja.Object); r.ok && ok && v.ClassName() == "Array" {
			results = v
		}
		s.guard(func() { s.addDatasets(top, results) })
		s.invoke(callback, goja.Undefined(), results)
	})
	if id == 0 {
		panic(s.jsError("Error", "more than %d calls are waiting", MaxPendingCalls))
	}
	s.callShellLate(id, "selectorQuery", fmt.Appendf(nil, `{"page":%d,"queries":%s}`, top.id, queries))
}

// addDatasets adds the datasets, which only the server has, to the results from the browser.
func (s *Session) addDatasets(p *page, results *goja.Object) {
	for _, v := range s.elements(results) {
		obj, ok := v.(*goja.Object)
		if !ok {
			continue
		}
		if obj.ClassName() == "Array" {
			s.addDatasets(p, obj)
			continue
		}
		target := s.elements(obj.Get("target"))
		if len(target) != 2 {
			continue
		}
		obj.Delete("target")
		_, element, err := p.view.Dispatch(int(target[0].ToInteger()), int(target[1].ToInteger()), "")
		if err == nil {
			obj.Set("dataset", orEmpty(s, element.Dataset))
			if obj.Get("id") == nil {
				obj.Set("id", element.DOMID)
			}
		}
	}
}

// intersectionObserver makes the object that wx.createIntersectionObserver returns.
func (s *Session) intersectionObserver(owner, options goja.Value) goja.Value {
	p := s.pageOf(owner)
	if p == nil {
		p = s.top()
	}
	o := s.rt.NewObject()
	state := struct {
		relative   string
		selector   string
		margins    json.RawMessage
		thresholds json.RawMessage
		all        bool
		id         int
	}{relative: "viewport", margins: json.RawMessage("{}"), thresholds: json.RawMessage("[0]")}
	if opts, ok := options.(*goja.Object); ok {
		if text := s.stringify(opts.Get("thresholds")); text != "" {
			state.thresholds = json.RawMessage(text)
		}
		if v := opts.Get("observeAll"); v != nil {
			state.all = v.ToBoolean()
		}
	}
	margins := func(v goja.Value) {
		if text := s.stringify(v); text != "" {
			state.margins = json.RawMessage(text)
		}
	}
	o.Set("relativeTo", s.function("relativeTo", func(c goja.FunctionCall) goja.Value {
		state.relative = textOf(c.Argument(0))
		margins(c.Argument(1))
		return o
	}))
	o.Set("relativeToViewport", s.function("relativeToViewport", func(c goja.FunctionCall) goja.Value {
		state.relative = "viewport"
		margins(c.Argument(0))
		return o
	}))
	o.Set("observe", s.function("observe", func(c goja.FunctionCall) goja.Value {
		if p == nil || p.gone || state.id != 0 {
			return goja.Undefined()
		}
		if len(p.observers) >= MaxListeners {
			panic(s.jsError("RangeError", "a page may have %d intersection observers", MaxListeners))
		}
		s.lastID++
		state.id = int(s.lastID)
		if p.observers == nil {
			p.observers = map[int]goja.Value{}
		}
		p.observers[state.id] = c.Argument(1)
		args, err := json.Marshal(map[string]any{"page": p.id, "observer": state.id,
			"selector": textOf(c.Argument(0)), "relative": state.relative, "margins": state.margins,
			"thresholds": state.thresholds, "all": state.all})
		if err == nil && len(args) <= MaxCallBytes {
			s.callShellLate(0, "observeIntersection", args)
		}
		return goja.Undefined()
	}))
	o.Set("disconnect", s.function("disconnect", func(goja.FunctionCall) goja.Value {
		if p == nil || p.gone || state.id == 0 {
			return goja.Undefined()
		}
		delete(p.observers, state.id)
		args, _ := json.Marshal(map[string]any{"page": p.id, "observer": state.id})
		s.callShellLate(0, "unobserveIntersection", args)
		state.id = 0
		return goja.Undefined()
	}))
	return o
}

func (s *Session) intersected(p *page, f *shellFrame) {
	var d struct {
		Observer int `json:"observer"`
	}
	if json.Unmarshal(f.Detail, &d) != nil {
		return
	}
	fn := p.observers[d.Observer]
	if fn == nil {
		return
	}
	res, ok := s.rawValue(f.Detail).(*goja.Object)
	if !ok {
		return
	}
	s.guard(func() {
		if _, element, err := p.view.Dispatch(f.Target[0], f.Target[1], ""); err == nil {
			res.Set("id", element.DOMID)
			res.Set("dataset", orEmpty(s, element.Dataset))
		}
	})
	s.invoke(fn, goja.Undefined(), res)
}
