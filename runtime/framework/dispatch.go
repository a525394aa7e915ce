package framework

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// Dispatch calls what is bound to an event of an element, from the outermost capturing handler to
// the last bubbling one.
func (p *Page) Dispatch(f *protocol.AppInput, detail goja.Value) {
	k := p.s.vm
	var steps []view.Step
	var err error
	var end *view.End
	if len(f.End) == 3 {
		end = &view.End{Inst: f.End[0], ID: f.End[1], Capturing: f.End[2] != 0}
	}
	if !k.Guard(func() { steps, _, err = p.tree.DispatchUntil(f.Target[0], f.Target[1], f.Type, end) }) {
		return
	}
	if err != nil {
		if !errors.Is(err, view.ErrNoElement) {
			k.Complain("The event %s of %s cannot be handled: %s", f.Type, p.Route(), err)
		}
		return
	}
	event := eventMaker{vm: k, f: f, detail: detail}
	for _, step := range steps {
		in := p.instanceOf(step.Shadow)
		handler := in.handler(step.Handler)
		if !isFunction(handler) {
			k.Warn("%s %q does not have a method %q to handle event %q.", in.kind(), in.is, step.Handler, f.Type)
			continue
		}
		result, ok := k.Invoke(handler, in.this, event.at(step))
		if ok && f.Type == "input" {
			p.correctInput(f, result)
		}
	}
}

// handler finds the method that markup names: of a component one of its methods, even if the instance
// has a field of that name, and of a page whatever the page has.
func (in *Instance) handler(name string) goja.Value {
	if method := in.def.methods[name]; method != nil && !in.def.isPage {
		return method
	}
	// What a program has put on the object itself counts too: uni-app puts each of its handlers there.
	var found goja.Value
	in.s.vm.Guard(func() { found = in.this.Get(name) })
	return found
}

// kind is the word for the instance in messages.
func (in *Instance) kind() string {
	if in.host == nil {
		return "Page"
	}
	return "Component"
}

// eventMaker makes the event objects of one event: each handler gets its own, which shares what the
// browser sent.
type eventMaker struct {
	vm               *vm.VM
	f                *protocol.AppInput
	detail           goja.Value
	touches, changed goja.Value // nil until they are needed
}

// at makes the event object for a handler.
func (m *eventMaker) at(step view.Step) *goja.Object {
	event := m.vm.Object("type", m.f.Type, "timeStamp", m.f.TS,
		"target", Element(m.vm, step.Target, m.f), "currentTarget", Element(m.vm, step.Element, m.f),
		"mark", orEmpty(m.vm, step.Target.Mark), "detail", m.detail)
	if len(m.f.Touches) > 0 {
		if m.touches == nil {
			m.touches = m.vm.FromJSON(m.f.Touches)
		}
		event.Set("touches", m.touches)
	}
	if len(m.f.ChangedTouches) > 0 {
		if m.changed == nil {
			m.changed = m.vm.FromJSON(m.f.ChangedTouches)
		}
		event.Set("changedTouches", m.changed)
	}
	return event
}

// Element makes event.target or event.currentTarget.
func Element(k *vm.VM, e view.Element, f *protocol.AppInput) *goja.Object {
	left, top := 0.0, 0.0
	for _, o := range f.Offsets {
		if int(o[0]) == e.Inst && int(o[1]) == e.ID {
			left, top = o[2], o[3]
		}
	}
	return k.Object("id", e.DOMID, "dataset", orEmpty(k, e.Dataset), "offsetLeft", left, "offsetTop", top)
}

// ElementAt describes an element of the page. It returns false when the element is gone.
func (p *Page) ElementAt(inst, id int) (view.Element, bool) {
	_, element, err := p.tree.Dispatch(inst, id, "")
	return element, err == nil
}

func orEmpty(k *vm.VM, obj *goja.Object) *goja.Object {
	if obj == nil {
		return k.Object()
	}
	return obj
}

// nameSubmitter replaces [inst, id] in detail.target, the place of the button that submitted a
// form, with the element object that apps expect there.
func (p *Page) nameSubmitter(f *protocol.AppInput, detail goja.Value) {
	k := p.s.vm
	k.Guard(func() {
		obj, ok := detail.(*goja.Object)
		if !ok {
			return
		}
		place := k.Elements(obj.Get("target"))
		if len(place) != 2 {
			return
		}
		obj.Delete("target")
		if button, ok := p.ElementAt(int(place[0].ToInteger()), int(place[1].ToInteger())); ok {
			obj.Set("target", Element(k, button, f))
		}
	})
}

// correctInput sends the text that a bindinput handler returned, which replaces the text of the
// field.
func (p *Page) correctInput(f *protocol.AppInput, result goja.Value) {
	args := map[string]any{"page": p.id, "target": f.Target}
	ok := false
	p.s.vm.Guard(func() {
		switch v := result.(type) {
		case goja.String:
			args["value"], ok = v.String(), true
		case *goja.Object:
			if value := v.Get("value"); value != nil && !goja.IsUndefined(value) {
				args["value"], ok = value.String(), true
			}
			if cursor := v.Get("cursor"); cursor != nil && goja.IsNumber(cursor) {
				args["cursor"] = cursor.ToInteger()
			}
		}
	})
	if !ok {
		return
	}
	if text, err := protocol.JSON(args); err == nil && len(text) <= protocol.MaxCallBytes {
		p.s.vm.CallShell(0, "setInputValue", text)
	}
}

// Share asks the page what to forward and sends it to the shell.
func (p *Page) Share(options *goja.Object) {
	result, ok := p.call("onShareAppMessage", options)
	if !ok {
		return
	}
	k := p.s.vm
	args := map[string]string{"path": p.Route()}
	if query := queryText(k, p.query); query != "" {
		args["path"] += "?" + query
	}
	k.Guard(func() {
		obj, isObject := result.(*goja.Object)
		if !isObject {
			return
		}
		for _, name := range []string{"title", "path", "imageUrl"} {
			if v, isText := obj.Get(name).(goja.String); isText && v.Length() <= MaxShareText {
				args[name] = v.String()
			}
		}
	})
	if text, err := protocol.JSON(args); err == nil {
		k.CallShell(0, "shareAppMessage", text)
	}
}
