package view

import (
	"strconv"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// What is sent is written in one go at the end of a turn, from what the tree shows by then. Changes
// only mark the holes that the browser must hear of, so that a value that changes twice is sent once,
// and a part that came and went again is not sent at all.

// mark notes that the browser must hear of a hole.
func (t *Tree) mark(in *instance, hole int) {
	c := &in.cells[hole]
	if in.number == notSent || c.marked {
		return // it is sent with its instance, or noted already
	}
	c.marked = true
	t.marks = append(t.marks, hint{in, hole})
}

// hint is a hole whose value the browser does not have.
type hint struct {
	in   *instance
	hole int
}

// writeOps writes an op for every hole that is marked.
func (t *Tree) writeOps() (ops int) {
	for _, m := range t.marks {
		c := &m.in.cells[m.hole]
		if c.marked = false; m.in.gone || t.full() {
			continue
		}
		if ops > 0 {
			t.out = append(t.out, ',')
		}
		ops++
		t.out = append(t.out, '[')
		t.out = strconv.AppendInt(t.out, int64(m.in.number), 10)
		t.out = append(t.out, ',')
		t.out = strconv.AppendInt(t.out, int64(m.hole), 10)
		t.out = append(t.out, ',')
		h := &m.in.frag.Holes[m.hole]
		switch {
		case h.Kind == template.For:
			t.writeRuns(c.group)
		case h.Kind == template.Comp && c.group.host != nil && c.group.host.shadow.root.number != notSent:
			t.writeExternals(c.group.host)
		default:
			t.writeHole(h, c)
		}
		t.out = append(t.out, ']')
	}
	t.marks = t.marks[:0]
	return ops
}

// write appends the values of an instance and numbers it.
func (t *Tree) write(in *instance) {
	in.number = t.next
	t.next++
	t.out = append(t.out, '[')
	for i := range in.frag.Holes {
		if i > 0 {
			t.out = append(t.out, ',')
		}
		if t.full() {
			return
		}
		t.writeHole(&in.frag.Holes[i], &in.cells[i])
	}
	t.out = append(t.out, ']')
}

func (t *Tree) writeHole(h *template.Hole, c *cell) {
	g := c.group
	switch h.Kind {
	case template.DynText, template.Elem:
		t.out = t.appendCell(t.out, h, c)
	case template.If, template.UseName:
		if g == nil || g.child == nil {
			t.out = append(t.out, "null"...)
			return
		}
		t.out = append(t.out, '[')
		t.out = strconv.AppendInt(t.out, int64(g.branch), 10)
		t.out = append(t.out, ',')
		t.write(g.child)
		t.out = append(t.out, ']')
	case template.For:
		t.out = append(t.out, '[')
		if g != nil {
			for i, r := range g.rows {
				if i > 0 {
					t.out = append(t.out, ',')
				}
				t.write(&r.instance)
			}
		}
		t.out = append(t.out, ']')
	case template.Comp:
		t.writeComponent(g)
	case template.Slot:
		t.writeSlot(c)
	}
}

// appendCell appends the value of a text or attribute cell.
func (t *Tree) appendCell(b []byte, h *template.Hole, c *cell) []byte {
	switch {
	case c.kind == expr.Object:
		return append(b, c.str...)
	case c.kind == expr.Number && h.Kind != template.Elem:
		b = append(b, '"')
		b = expr.AppendNumber(b, c.num)
		return append(b, '"')
	}
	return template.AppendPrimitive(b, expr.Value{Kind: c.kind, Num: c.num, Str: c.str})
}

// writeComponent appends [number of the component, flags, values of its shadow, values of its content or
// null, external classes or null]; the number is -1 and the shadow is null for a tag that stands for no
// component.
func (t *Tree) writeComponent(g *group) {
	if g == nil { // content that the slot does not show
		t.out = append(t.out, "null"...)
		return
	}
	t.out = append(t.out, '[')
	h := g.host
	if h == nil {
		t.out = append(t.out, "-1,0,null,"...)
	} else {
		t.out = strconv.AppendInt(t.out, int64(h.number), 10)
		t.out = append(t.out, ',')
		t.out = strconv.AppendInt(t.out, int64(h.def.flags()), 10)
		t.out = append(t.out, ',')
		t.write(h.shadow.root)
		t.out = append(t.out, ',')
	}
	if g.child != nil {
		t.write(g.child)
	} else {
		t.out = append(t.out, "null"...)
	}
	t.out = append(t.out, ',')
	if h == nil || len(h.externals) == 0 {
		t.out = append(t.out, "null"...)
	} else {
		t.writeExternals(h)
	}
	t.out = append(t.out, ']')
}

// flags are the options of a component that the browser has to know, in one number.
func (d *Definition) flags() int {
	flags := int(d.Slots)<<1 | int(d.Isolation)<<3
	if d.VirtualHost {
		flags |= 1
	}
	return flags
}

// writeExternals appends the external classes that the tag gives.
func (t *Tree) writeExternals(h *Host) {
	t.out = append(t.out, '{')
	first := true
	for _, name := range h.def.ExternalClasses {
		c := h.externals[name]
		if c == nil {
			continue
		}
		if !first {
			t.out = append(t.out, ',')
		}
		first = false
		t.out = template.AppendString(t.out, name)
		t.out = append(t.out, ':')
		t.out = template.AppendString(t.out, c.str)
	}
	t.out = append(t.out, '}')
}

// writeSlot appends the name of a slot, or, where content is made anew for each slot, [name, values of
// the content or null].
func (t *Tree) writeSlot(c *cell) {
	name := expr.Value{Kind: c.kind, Num: c.num, Str: c.str}.Display()
	if c.group == nil || c.group.child == nil {
		t.out = template.AppendString(t.out, name)
		return
	}
	t.out = append(t.out, '[')
	t.out = template.AppendString(t.out, name)
	t.out = append(t.out, ',')
	t.write(c.group.child)
	t.out = append(t.out, ']')
}

// writeRuns appends the rest of the op of a list: which rows stay and where, and the new rows.
func (t *Tree) writeRuns(g *group) {
	for i, r := range g.sent {
		r.at = i
	}
	g.sent = nil
	place := func(i int) int {
		if r := g.rows[i]; r.number != notSent {
			return r.at
		}
		return -1
	}
	t.out = append(t.out, '[')
	for i := 0; i < len(g.rows); {
		from, end := place(i), i+1
		for end < len(g.rows) {
			at := place(end)
			if from < 0 && at >= 0 || from >= 0 && at != from+end-i {
				break
			}
			end++
		}
		if i > 0 {
			t.out = append(t.out, ',')
		}
		t.out = append(t.out, '[')
		t.out = strconv.AppendInt(t.out, int64(from), 10)
		t.out = append(t.out, ',')
		t.out = strconv.AppendInt(t.out, int64(end-i), 10)
		t.out = append(t.out, ']')
		i = end
	}
	t.out = append(t.out, "],["...)
	first := true
	for _, r := range g.rows {
		if r.number != notSent || t.full() {
			continue
		}
		if !first {
			t.out = append(t.out, ',')
		}
		first = false
		t.write(&r.instance)
	}
	t.out = append(t.out, ']')
}

// full reports whether the work must stop because a limit is exceeded.
func (t *Tree) full() bool {
	if len(t.out) > t.limits.ValueBytes {
		t.failLarge()
	}
	return t.err != nil
}
