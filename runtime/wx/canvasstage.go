package wx

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// stage has the canvases of one page, and their way to the browser.
type stage struct {
	w    *wx
	page *framework.Page

	last     int // number of the newest surface or picture
	surfaces int
	// snapshots counts the pictures that toDataURL has named.
	snapshots int
	elements  map[[2]int]*canvas // by instance and element
	named     map[canvasName]*namedSurface
	pictures  map[int]*picture

	open *batch // commands of this turn, nil until there are some
	held bool   // the open batch waits until the phone has seen enough others

	sent, seen int // batches

	// Animation.
	callbacks []frameCallback
	tick      goja.Value // runs them
	ticking   bool       // tick is set as a timer
	due       time.Time  // of the last tick
	since     time.Time  // timestamps count from here
	frames    int        // number of the newest callback
}

type frameCallback struct {
	id int
	fn goja.Value
}

// batch is a frame of commands in the making. It is complete when it is encoded.
type batch struct {
	stage *stage
	recorder
	surface int          // that the commands are for
	used    []canvasName // of components, whose places are known once the turn is shown
}

// namedSurface is a canvas of the older interface.
type namedSurface struct {
	surface int
	at      [2]int // where the browser has been told that it is; only of a component
}

// nowhere is the place of a canvas that is not shown.
var nowhere = [2]int{-1, -1}

// Encode implements protocol.Frame.
func (b *batch) Encode() []byte {
	if b.stage.open == b {
		b.stage.open = nil
	}
	var ops recorder
	b.stage.w.vm.Guard(func() { b.places(&ops) })
	if len(ops.ops) > 0 && len(b.ops) > 0 {
		ops.next()
	}
	return (&protocol.DrawFrame{Page: b.stage.page.ID(), Ops: append(ops.ops, b.ops...)}).Encode()
}

// places notes where the canvases of components are now.
func (b *batch) places(r *recorder) {
	st := b.stage
	for _, name := range b.used {
		named := st.named[name]
		if named == nil { // the component has ended, and another one has its surface
			continue
		}
		at := named.at
		if element, ok := st.page.ElementAt(at[0], at[1]); !ok || element.Tag != "canvas" {
			if at, ok = name.component.Canvas(name.id); !ok {
				at = nowhere
			}
		}
		if at != named.at {
			named.at = at
			r.op(opPlaced).integer(named.surface).integer(at[0]).integer(at[1])
		}
	}
}

// recorder returns where the next command for a surface goes; with surface 0, one for none. A
// program that draws more than the phone can show gets an error here.
func (st *stage) recorder(surface int) *recorder {
	if st.open == nil {
		st.open = &batch{stage: st}
		if st.sent-st.seen < MaxDrawsUnseen {
			st.release()
		} else {
			st.held = true
		}
	}
	b := st.open
	if len(b.ops) > MaxDrawBytes {
		panic(st.w.vm.NewError("RangeError", "a page may draw %d KB at a time; the phone has not seen the "+
			"last frames yet", MaxDrawBytes>>10))
	}
	if surface != 0 && b.surface != surface {
		b.surface = surface
		b.op(opUse).integer(surface)
	}
	return &b.recorder
}

// snapshot has the browser take a picture of what is drawn so far, and returns the picture's name. The bytes
// are in the browser alone, so that a name is all that can be given at once: it is an address for what shows
// pictures on this page, and no data of a picture.
func (st *stage) snapshot(surface int, kind string, quality float64) string {
	st.snapshots++
	name := fmt.Sprintf("canvas:%d-%d", st.page.ID(), st.snapshots)
	st.recorder(surface).op(opSnapshot).text(name).text(kind).number(quality)
	return name
}

// release sends the open batch at the end of the turn.
func (st *stage) release() {
	st.held = false
	st.sent++
	if !st.page.Gone() {
		st.w.vm.SendLate(st.open)
	}
}

// seal keeps later commands of this turn out of the open batch, so that a question which is sent now
// is about what was drawn before it.
func (st *stage) seal() {
	if st.open == nil {
		return
	}
	if st.held {
		st.release()
	}
	st.open = nil
}

// drawn takes the number of batches that the phone has drawn.
func (st *stage) drawn(detail json.RawMessage) {
	var d struct {
		Batches int `json:"batches"`
	}
	if json.Unmarshal(detail, &d) != nil || d.Batches <= st.seen || d.Batches > st.sent {
		return
	}
	st.seen = d.Batches
	if st.held {
		st.release()
	}
	if len(st.callbacks) > 0 {
		st.schedule()
	}
}

func (st *stage) surfaceNamed(name canvasName) int {
	named := st.named[name]
	if named == nil {
		if named = st.surfaceLeft(); named == nil {
			named = &namedSurface{st.newSurface(), nowhere}
		}
		st.named[name] = named
		if name.component == nil {
			st.recorder(0).op(opNamed).integer(named.surface).text(name.id)
		}
	}
	if name.component != nil {
		st.recorder(0)
		if b := st.open; !slices.Contains(b.used, name) {
			b.used = append(b.used, name)
		}
	}
	return named.surface
}

// surfaceLeft takes the surface of a component that has ended, or returns nil. Without it a page that goes
// on showing new components would reach MaxSurfaces. What is noted and not sent yet keeps its surface.
func (st *stage) surfaceLeft() *namedSurface {
	for name, named := range st.named {
		if name.gone() && (st.open == nil || !slices.Contains(st.open.used, name)) {
			delete(st.named, name)
			return named
		}
	}
	return nil
}

// --- Animation ---

// requestFrame calls fn before the next frame. The host paces it, so that the way to the phone
// does not slow the animation; a phone that cannot follow does.
func (st *stage) requestFrame(fn goja.Value) int {
	if _, ok := goja.AssertFunction(fn); !ok {
		panic(st.w.vm.NewError("TypeError", "requestAnimationFrame takes a function"))
	}
	if len(st.callbacks) >= MaxFrameCallbacks {
		panic(st.w.vm.NewError("RangeError", "%d functions wait for the next frame", MaxFrameCallbacks))
	}
	st.frames++
	st.callbacks = append(st.callbacks, frameCallback{st.frames, fn})
	st.schedule()
	return st.frames
}

func (st *stage) cancelFrame(id int) {
	st.callbacks = slices.DeleteFunc(st.callbacks, func(c frameCallback) bool { return c.id == id })
}

func (st *stage) schedule() {
	if st.ticking || st.held || st.sent-st.seen >= MaxDrawsUnseen || st.page.Gone() {
		return
	}
	v := st.w.vm
	if st.tick == nil {
		st.tick = v.Function("frame", func(goja.FunctionCall) goja.Value { st.run(); return goja.Undefined() })
		st.since = v.Now()
	}
	pause := FrameTime
	if st.page != st.w.app.Top() {
		pause = HiddenFrameTime
	}
	// From the time that the last one was due, not from when it ran: else every delay would add up.
	now := v.Now()
	if st.due = st.due.Add(pause); st.due.Before(now) {
		st.due = now
	}
	st.ticking = true
	v.SetTimer(st.due.Sub(now), st.tick)
}

func (st *stage) run() {
	st.ticking = false
	if st.page.Gone() {
		return
	}
	v := st.w.vm
	callbacks := st.callbacks
	st.callbacks = nil
	at := v.Value(float64(st.due.Sub(st.since).Microseconds()) / 1000)
	for _, c := range callbacks {
		v.Invoke(c.fn, goja.Undefined(), at)
	}
}

// --- Commands as text ---

// recorder notes commands.
type recorder struct{ ops []byte }

func (r *recorder) op(number int) *recorder { return r.integer(number) }

func (r *recorder) next() {
	if len(r.ops) > 0 {
		r.ops = append(r.ops, ',')
	}
}

func (r *recorder) integer(i int) *recorder {
	r.next()
	r.ops = strconv.AppendInt(r.ops, int64(i), 10)
	return r
}

// number notes a number in 32 bits: browsers draw with numbers of that precision, and the end of a circle is more or
// less than a whole turn by the last of them.
func (r *recorder) number(f float64) *recorder {
	r.next()
	switch {
	case f == math.Trunc(f) && math.Abs(f) < 1e7:
		r.ops = strconv.AppendInt(r.ops, int64(f), 10)
	case math.IsNaN(f) || math.IsInf(f, 0):
		r.ops = append(r.ops, "null"...)
	default:
		r.ops = strconv.AppendFloat(r.ops, f, 'g', -1, 32)
	}
	return r
}

func (r *recorder) text(s string) *recorder {
	r.next()
	encoded, err := protocol.JSON(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	r.ops = append(r.ops, encoded...)
	return r
}

// list notes the commands of another recorder as one value.
func (r *recorder) list(other *recorder) *recorder {
	r.next()
	r.ops = append(r.ops, '[')
	r.ops = append(r.ops, other.ops...)
	r.ops = append(r.ops, ']')
	return r
}

// value notes a text, a number or a boolean.
func (r *recorder) value(v any) {
	switch v := v.(type) {
	case string:
		r.text(v)
	case float64:
		r.number(v)
	case bool:
		if v {
			r.integer(1)
		} else {
			r.integer(0)
		}
	}
}
