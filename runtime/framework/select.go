package framework

import (
	"fmt"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// selectors adds the methods by which instances find each other.
func (i *instances) selectors() {
	k := i.s.vm
	i.method("selectComponent", func(in *Instance, c goja.FunctionCall) goja.Value {
		for _, node := range in.find(c.Argument(0)) {
			return in.exported(node)
		}
		return goja.Null()
	})
	i.method("selectAllComponents", func(in *Instance, c goja.FunctionCall) goja.Value {
		found := []any{}
		for _, node := range in.find(c.Argument(0)) {
			if node.Component() != nil {
				found = append(found, in.exported(node))
			}
		}
		return k.Array(found...)
	})
	i.method("selectOwnerComponent", func(in *Instance, _ goja.FunctionCall) goja.Value {
		if in == nil || in.host == nil {
			return goja.Null()
		}
		return in.owner().export()
	})
	i.method("getRelationNodes", func(in *Instance, c goja.FunctionCall) goja.Value {
		found := []any{}
		if in != nil {
			for _, other := range in.related(c.Argument(0).String()) {
				found = append(found, other.this)
			}
		}
		return k.Array(found...)
	})
}

// find returns the elements of the instance that a selector matches.
func (in *Instance) find(selector goja.Value) []*view.Node {
	if in == nil || in.gone || in.shadow == nil {
		return nil
	}
	return in.shadow.Find(selector.String())
}

// exported is the component at an element, as others see it: null for an element that is none.
func (in *Instance) exported(node *view.Node) goja.Value {
	if node.Component() == nil {
		return goja.Null()
	}
	return instanceAt(node.Component()).export()
}

// export is what others get when they select the instance: what its definition exports, or its `this`.
func (in *Instance) export() goja.Value {
	if call, ok := goja.AssertFunction(in.def.export); ok {
		v, err := call(in.this)
		if err != nil {
			in.failed(err)
		} else if !goja.IsUndefined(v) {
			return v
		}
	}
	return in.this
}

// HasComponents reports whether the page's markup names components.
func (p *Page) HasComponents() bool { return len(p.conf.Using) > 0 || len(p.conf.Generics) > 0 }

// Canvas is the place of the component's canvas with a canvas-id, or else with an id. It returns false while
// the browser has none.
func (in *Instance) Canvas(name string) (place [2]int, ok bool) {
	canvases := in.find(in.s.vm.Value("canvas"))
	for _, attribute := range []string{"canvas-id", "id"} {
		for _, node := range canvases {
			if given := node.Attrs[attribute]; node.Inst >= 0 && given != nil && fmt.Sprint(given) == name {
				return [2]int{node.Inst, node.ID}, true
			}
		}
	}
	return place, false
}

// Places are the elements that a selector matches in a component of the page, or else in the page's own
// markup, as the browser knows them. What the browser does not have yet is left out.
func (s *Session) Places(p *Page, scope goja.Value, selector string) [][2]int {
	in := s.instances.scope(scope)
	if in == nil || in.page != p {
		in = &p.Instance
	}
	places := [][2]int{}
	s.vm.Guard(func() {
		for _, node := range in.find(s.vm.Value(selector)) {
			if node.Inst >= 0 && len(places) < vm.MaxElements {
				places = append(places, [2]int{node.Inst, node.ID})
			}
		}
	})
	return places
}
