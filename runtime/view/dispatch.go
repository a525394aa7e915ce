package view

import (
	"errors"
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
	Shadow  *Shadow // whose method it is
	Handler string  // the method's name; it may not exist
	Target  Element // the innermost element of the event in this shadow
	Element Element // currentTarget
	Phase   template.Phase
}

// Element is the part of an event object that describes an element.
type Element struct {
	Inst, ID int    // its place in the protocol
	Tag      string // "view"
	DOMID    string // the id attribute
	// Dataset and Mark are new objects. Mark joins the marks of the element and of everything around it,
	// from the inside to the outside; of two with one name the inner one counts.
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
//
// The path of an event leads through the composed tree: from a slot's content to the slot, and from a
// component to its tag. A shadow learns of no element outside of it.
func (t *Tree) Dispatch(inst, id int, event string) ([]Step, Element, error) {
	return t.DispatchUntil(inst, id, event, nil)
}

// End is where a function of a WXS module, which runs in the view script, has ended an event: handlers of
// the element itself are called, later ones are not.
type End struct {
	Inst, ID  int
	Capturing bool // on the way to the target
}

// DispatchUntil is Dispatch for an event that has ended on its way, if end is not nil.
func (t *Tree) DispatchUntil(inst, id int, event string, end *End) ([]Step, Element, error) {
	path := t.pathTo(inst, id)
	if path == nil {
		return nil, Element{}, ErrNoElement
	}
	target := t.describe(t.inShadow(path[0]))
	if !bubbles[event] {
		path = path[:1]
	}
	stop := noStop
	if end != nil {
		stop = stopAt{slices.IndexFunc(path, func(at place) bool {
			return at.in.number == end.Inst && at.id == end.ID
		}), end.Capturing}
	}
	return t.handlers(path, path, event, stop), target, nil
}

// stopAt is an index of an event's path where the event ends; -1 when it does not.
type stopAt struct {
	index     int
	capturing bool
}

var noStop = stopAt{index: -1}

// TriggerOptions are those of triggerEvent.
type TriggerOptions struct {
	// Bubbles lets the event go up from the component's tag, Composed out of the shadow with the tag,
	// CapturePhase down to it before.
	Bubbles, Composed, CapturePhase bool
}

// Trigger finds the handlers that an event of the component calls, in order.
func (h *Host) Trigger(event string, options TriggerOptions) []Step {
	t := h.tree()
	path := t.inShadow(h.at)
	if options.Composed {
		path = t.composed(h.at)
	}
	var down []place
	if options.CapturePhase {
		down = path
	}
	if !options.Bubbles {
		path = path[:1]
	}
	return t.handlers(down, path, event, noStop)
}

// handlers lists the handlers of an event in the order of their calls. The paths begin at the target:
// down is that of the capturing ones, up that of the others.
func (t *Tree) handlers(down, up []place, event string, stop stopAt) []Step {
	var steps []Step
	for i := range slices.Backward(down) {
		if stop.capturing && i < stop.index {
			return t.retarget(down, steps)
		}
		if t.capture(down[i:], event, &steps) {
			return t.retarget(down, steps)
		}
	}
	bound := false // a mut-bind has received the event
	for i := range up {
		if stop.index >= 0 && (stop.capturing || i > stop.index) {
			break
		}
		if t.bubble(up[i:], event, &bound, &steps) {
			break
		}
	}
	if len(down) > len(up) {
		up = down
	}
	return t.retarget(up, steps)
}

// capture adds the capturing handlers of path[0] and reports whether one of them ends the event.
func (t *Tree) capture(path []place, event string, steps *[]Step) (caught bool) {
	for _, h := range path[0].element().Handlers {
		if h.Event != event || (h.Phase != template.CaptureBind && h.Phase != template.CaptureCatch) ||
			!t.step(path, h, steps) {
			continue
		}
		caught = caught || h.Phase == template.CaptureCatch
	}
	return caught
}

// bubble adds the other handlers of path[0] and reports whether one of them catches the event. Only
// the first element with mut-bind handlers on the path has them called.
func (t *Tree) bubble(path []place, event string, bound *bool, steps *[]Step) (caught bool) {
	mutual := false
	for _, h := range path[0].element().Handlers {
		if h.Event != event {
			continue
		}
		if h.Phase == template.CaptureBind || h.Phase == template.CaptureCatch ||
			h.Phase == template.MutBind && *bound || !t.step(path, h, steps) {
			continue
		}
		caught = caught || h.Phase == template.Catch
		mutual = mutual || h.Phase == template.MutBind
	}
	*bound = *bound || mutual
	return caught
}

// step adds the call of a handler and reports whether there is one: an expression without a text binds
// nothing. A bare attribute such as catchtap calls nothing, and counts.
func (t *Tree) step(path []place, h template.Handler, steps *[]Step) bool {
	name := h.Name.Eval(path[0].in.env)
	if name.Kind == expr.Bool {
		return name.Num != 0
	}
	if name.Display() == "" {
		return false
	}
	if template.IsViewFunction(name.Display()) {
		return true // the view script has called it already
	}
	*steps = append(*steps, Step{Shadow: path[0].in.shadow, Handler: name.Display(),
		Element: t.describe(t.inShadow(path[0])), Phase: h.Phase})
	return true
}

// pathTo returns the element and everything around it in the composed tree, innermost first, or nil.
func (t *Tree) pathTo(inst, id int) []place {
	in := t.find(t.root.root, inst)
	if in == nil || id < 0 || id >= len(in.frag.Elements) {
		return nil
	}
	return t.composed(place{in, id})
}

// composed returns the element and everything around it in the composed tree, innermost first.
func (t *Tree) composed(at place) []place {
	var path []place
	inner := at // the outermost element so far
	for at.in != nil {
		for at.id >= 0 {
			inner = at
			path = append(path, at)
			at.id = at.in.frag.Elements[at.id].Parent
		}
		at = at.in.around(inner.slotName)
	}
	return path
}

// around is the element around an instance in the composed tree. name tells the slot that the content
// of a component asks for.
func (in *instance) around(name func() string) place {
	if in.parent == nil { // a shadow's root
		if in.shadow.host == nil {
			return place{}
		}
		return in.shadow.host.at
	}
	host := in.parent.cells[in.hole].group.host
	if host == nil || in.parent.frag.Holes[in.hole].Kind != template.Comp {
		return place{in.parent, in.parent.frag.Holes[in.hole].Element}
	}
	if in.slot != nil {
		return in.slot.place()
	}
	slot := ""
	if host.def.Slots != SingleSlot {
		slot = name()
	}
	if shown, ok := host.shadow.slot(slot); ok {
		return shown
	}
	return host.at // it is not shown, and gets no events of the user
}

// inShadow returns the element and everything around it in its own shadow, innermost first.
func (t *Tree) inShadow(at place) []place {
	var path []place
	for at.in != nil {
		for at.id >= 0 {
			path = append(path, at)
			at.id = at.in.frag.Elements[at.id].Parent
		}
		if at.in.parent == nil {
			break
		}
		at = place{at.in.parent, at.in.parent.frag.Holes[at.in.hole].Element}
	}
	return path
}

// host is the component that an element stands for, or nil.
func (at place) host() *Host {
	for i := range at.in.frag.Holes {
		h := &at.in.frag.Holes[i]
		if h.Kind == template.Comp && h.Element == at.id {
			if g := at.in.cells[i].group; g != nil {
				return g.host
			}
			return nil
		}
	}
	return nil
}

// retarget gives every step the target that its shadow may know of: the first element on the path that
// is its own. For what is shown in a slot that is the slot; one without an id and without data is no target
// for the vendor, and the element of the handler stands for it.
func (t *Tree) retarget(path []place, steps []Step) []Step {
	for i := range steps {
		for _, at := range path {
			if at.in.shadow == steps[i].Shadow {
				target := t.describe(t.inShadow(at))
				if target.Tag == "slot" && target.DOMID == "" && len(at.element().Dataset) == 0 {
					mark := target.Mark
					target = steps[i].Element
					target.Mark = mark
				}
				steps[i].Target = target
				break
			}
		}
	}
	return steps
}

// find searches the tree for an instance. Events are rare and trees small: a search takes
// microseconds, an index would use memory all the time.
func (t *Tree) find(in *instance, number int) *instance {
	if in.frag == nil || in.number == number {
		return in
	}
	for i := range in.cells {
		g := in.cells[i].group
		if g == nil {
			continue
		}
		if g.child != nil {
			if found := t.find(g.child, number); found != nil {
				return found
			}
		}
		if g.host != nil {
			if found := t.find(g.host.shadow.root, number); found != nil {
				return found
			}
		}
		for _, r := range g.rows {
			if found := t.find(&r.instance, number); found != nil {
				return found
			}
		}
	}
	return nil
}

// describe makes the Element of path[0].
func (t *Tree) describe(path []place) Element {
	at := path[0]
	e := at.element()
	made := Element{
		Inst: at.in.number, ID: at.id, Tag: e.Tag, DOMID: at.attr("id").Display(),
		Dataset: t.rt.NewObject(), Mark: t.rt.NewObject(),
	}
	for _, d := range e.Dataset {
		_ = made.Dataset.Set(d.Name, d.Expr.Eval(at.in.env).Export(t.rt))
	}
	for _, outer := range path {
		for _, m := range outer.element().Marks {
			if !slices.Contains(made.Mark.Keys(), m.Name) {
				_ = made.Mark.Set(m.Name, m.Expr.Eval(outer.in.env).Export(t.rt))
			}
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

// ErrNoElement means that a target names no element: the event came after the element was removed.
var ErrNoElement = errors.New("view: there is no such element")
