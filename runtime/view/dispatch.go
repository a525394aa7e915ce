package view

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// bubbles lists the events that bubble up the tree. All others call handlers of their target only.
var bubbles = map[string]bool{
	"touchstart": true, "touchmove": true, "touchcancel": true, "touchend": true, "tap": true,
	"longpress": true, "longtap": true, "transitionend": true, "animationstart": true,
	"animationiteration": true, "animationend": true, "touchforcechange": true,
}

// Step is one handler to call for an event, in order.
type Step struct {
	Handler string  // method of the page; it may not exist
	Element Element // currentTarget
	Phase   template.Phase
}

// Element is the part of an event object that describes an element.
type Element struct {
	Inst, ID int    // its place in the protocol
	Tag      string // "view"
	DOMID    string // the id attribute
	// Dataset and Mark are new objects in the order of the markup. Mark joins the marks of the
	// element and of everything around it; an inner mark replaces an outer one.
	Dataset, Mark *goja.Object
}

// place is an element in the live tree.
type place struct {
	in *instance
	id int
}

func (at place) element() *template.Element { return &at.in.frag.Elements[at.id] }

// Dispatch finds the handlers that an event at element id of instance inst calls: first capturing
// from the page to the target, then, for an event that bubbles, back up until a catch.
func (p *Page) Dispatch(inst, id int, event string) ([]Step, Element, error) {
	path := p.pathTo(inst, id)
	if path == nil {
		return nil, Element{}, ErrNoElement
	}
	target := p.describe(path)
	if !bubbles[event] {
		path = path[:1]
	}
	var steps []Step
	for i := range slices.Backward(path) {
		if p.capture(path[i:], event, &steps) {
			return steps, target, nil
		}
	}
	bound := false // a mut-bind has received the event
	for i := range path {
		if p.bubble(path[i:], event, &bound, &steps) {
			break
		}
	}
	return steps, target, nil
}

// capture adds the capturing handlers of path[0] and reports whether one of them ends the event.
func (p *Page) capture(path []place, event string, steps *[]Step) (caught bool) {
	for _, h := range path[0].element().Handlers {
		if h.Event != event || (h.Phase != template.CaptureBind && h.Phase != template.CaptureCatch) {
			continue
		}
		p.step(path, h, steps)
		caught = caught || h.Phase == template.CaptureCatch
	}
	return caught
}

// bubble adds the other handlers of path[0] and reports whether one of them catches the event. Only
// the first element with mut-bind handlers on the path has them called.
func (p *Page) bubble(path []place, event string, bound *bool, steps *[]Step) (caught bool) {
	mutual := false
	for _, h := range path[0].element().Handlers {
		if h.Event != event {
			continue
		}
		switch h.Phase {
		case template.Bind:
		case template.Catch:
			caught = true
		case template.MutBind:
			if *bound {
				continue
			}
			mutual = true
		default:
			continue
		}
		p.step(path, h, steps)
	}
	*bound = *bound || mutual
	return caught
}

func (p *Page) step(path []place, h template.Handler, steps *[]Step) {
	// A handler without a name calls nothing, but a catch without a name still catches.
	if name := h.Name.Eval(path[0].in.env).Display(); name != "" {
		*steps = append(*steps, Step{Handler: name, Element: p.describe(path), Phase: h.Phase})
	}
}

// pathTo returns the element and everything around it, innermost first, or nil.
func (p *Page) pathTo(inst, id int) []place {
	in := p.find(p.root, inst)
	if in == nil || id < 0 || id >= len(in.frag.Elements) {
		return nil
	}
	var path []place
	for {
		for id >= 0 {
			path = append(path, place{in, id})
			id = in.frag.Elements[id].Parent
		}
		if in.parent == nil {
			return path
		}
		id = in.parent.frag.Holes[in.hole].Element
		in = in.parent
	}
}

// find searches the tree for an instance. Events are rare and trees small: a search takes
// microseconds, an index would use memory all the time.
func (p *Page) find(in *instance, number int) *instance {
	if in.frag == nil || in.number == number {
		return in
	}
	for i := range in.cells {
		g := in.cells[i].group
		if g == nil {
			continue
		}
		if g.child != nil {
			if found := p.find(g.child, number); found != nil {
				return found
			}
		}
		for _, r := range g.rows {
			if found := p.find(&r.instance, number); found != nil {
				return found
			}
		}
	}
	return nil
}

// describe makes the Element of path[0].
func (p *Page) describe(path []place) Element {
	at := path[0]
	e := at.element()
	made := Element{
		Inst: at.in.number, ID: at.id, Tag: e.Tag, DOMID: at.attr("id").Display(),
		Dataset: p.rt.NewObject(), Mark: p.rt.NewObject(),
	}
	for _, d := range e.Dataset {
		_ = made.Dataset.Set(d.Name, d.Expr.Eval(at.in.env).Export(p.rt))
	}
	for _, outer := range slices.Backward(path) {
		for _, m := range outer.element().Marks {
			_ = made.Mark.Set(m.Name, m.Expr.Eval(outer.in.env).Export(p.rt))
		}
	}
	return made
}

// attr returns an attribute as it was last sent.
func (at place) attr(name string) expr.Value {
	e := at.element()
	for _, a := range e.Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	for _, d := range e.Dyn {
		if d.Name == name {
			c := &at.in.cells[d.Hole]
			return expr.Value{Kind: c.kind, Num: c.num, Str: c.str}
		}
	}
	return expr.Value{}
}
