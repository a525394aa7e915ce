package view

import (
	"strconv"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// slab is how many new rows share one allocation. Rows of a slab are freed together, so it is
// small: one row that stays keeps little memory in use.
const slab = 16

// list is the value of a wx:for, of any type.
type list struct {
	value expr.Value
	n     int
	keys  []string // of an object
	chars []rune   // of a string
}

// listOf reads the value of a wx:for: an array, an object, a number of repetitions, or a string.
func (p *Page) listOf(in *instance, h *template.Hole) list {
	l := list{value: h.Expr.Eval(in.env)}
	switch v := l.value; v.Kind {
	case expr.Undefined, expr.Null, expr.Bool:
	case expr.Number:
		if v.Num > 0 && v.Num == float64(int64(v.Num)) {
			l.n = int(min(v.Num, 1<<31))
		}
	case expr.String:
		l.chars = []rune(v.Str)
		l.n = len(l.chars)
	default:
		if v.IsArray() {
			l.n = v.Len()
		} else {
			l.keys = v.Keys()
			l.n = len(l.keys)
		}
	}
	if l.n > p.limits.Nodes {
		p.err = fault.Errorf(fault.TooLarge, "view-too-many-nodes",
			"A list has %d rows; a page shows at most %d elements. Show long lists page by page.",
			l.n, p.limits.Nodes)
		l.n = 0
	}
	return l
}

func (l *list) item(i int) expr.Value {
	switch {
	case l.keys != nil:
		return l.value.Get(l.keys[i])
	case l.chars != nil:
		return expr.Text(string(l.chars[i]))
	case l.value.Kind == expr.Number:
		return expr.Num(float64(i))
	}
	return l.value.Index(i)
}

func (l *list) index(i int) expr.Value {
	if l.keys != nil {
		return expr.Text(l.keys[i])
	}
	return expr.Num(float64(i))
}

// keyOf is the key of an item as text; a missing one is empty.
func keyOf(h *template.Hole, item expr.Value) string {
	if h.Key != "*this" {
		item = item.Get(h.Key)
	}
	return item.Display()
}

// duplicatePrefix marks the key of a row when an earlier row has the same key. It is unlikely that
// a key of an app begins with it; if one did, two rows could only be confused with each other.
const duplicatePrefix = "\x00twin "

// keysOf computes the key of every item and makes them unique.
func (p *Page) keysOf(h *template.Hole, items []expr.Value) []string {
	if p.seen == nil {
		p.seen = make(map[string]int32, len(items))
	}
	clear(p.seen)
	keys := make([]string, len(items))
	for i := range items {
		key := keyOf(h, items[i])
		count := p.seen[key]
		p.seen[key] = count + 1
		keys[i] = key
		if count > 0 {
			keys[i] = duplicatePrefix + strconv.Itoa(int(count)) + " " + key
			p.warn(h, "keys", "%s:%d: wx:key %q is not unique in the list (%q is there twice); "+
				"rows may be mixed up", p.template.Path, h.Line, h.Key, key)
		}
	}
	return keys
}

func (p *Page) createList(in *instance, i int, h *template.Hole, g *group) {
	l := p.listOf(in, h)
	items := p.items(&l)
	if h.Key != "" {
		g.keys = p.keysOf(h, items)
	}
	g.rows = make([]*row, l.n)
	p.out = append(p.out, '[')
	maker := rowMaker{page: p, in: in, hole: i, frag: h.Frags[0], left: l.n}
	for r := range g.rows {
		if r > 0 {
			p.out = append(p.out, ',')
		}
		g.rows[r] = maker.row(items[r], l.index(r))
		if p.err != nil {
			g.rows = g.rows[:r+1]
			return
		}
	}
	p.out = append(p.out, ']')
}

// items reads all items of a list once.
func (p *Page) items(l *list) []expr.Value {
	items := make([]expr.Value, l.n)
	for i := range items {
		items[i] = l.item(i)
	}
	return items
}

// rowMaker creates rows of one list and allocates them in slabs.
type rowMaker struct {
	page  *Page
	in    *instance
	hole  int
	frag  int
	left  int // rows still to be made, at most
	rows  []row
	cells []cell
}

func (m *rowMaker) row(item, index expr.Value) *row {
	holes := len(m.page.template.Fragments[m.frag].Holes)
	if len(m.rows) == 0 {
		n := max(1, min(m.left, slab))
		m.rows, m.cells = make([]row, n), make([]cell, n*holes)
	}
	m.left--
	r := &m.rows[0]
	m.rows = m.rows[1:]
	r.cells, m.cells = m.cells[:holes:holes], m.cells[holes:]
	r.scope = expr.Scope{Up: m.in.env.Scope, Item: item, Index: index}
	r.env = expr.Env{Root: m.in.env.Root, Scope: &r.scope}
	r.instance.env = &r.env
	m.page.create(&r.instance, m.frag, m.in, m.hole)
	return r
}

// updateFor brings a list up to date. own: a change concerns the list's value; inner: a change
// concerns something that every row shows.
func (p *Page) updateFor(in *instance, i int, h *template.Hole, changes []change, own, inner bool) {
	g := in.cells[i].group
	var shared []change // the changes for every row
	if inner {
		shared = inward(h.Inner, changes)
	}
	var touched map[int][]change // the changes for single rows
	whole := false
	if own {
		touched, whole = p.touchedRows(h, changes)
	}
	if own && !whole {
		value := h.Expr.Eval(in.env)
		if whole = !value.IsArray(); !whole && !p.refreshRows(value, h, g, touched) {
			// The shape has changed, but only the touched rows have new items.
			p.diff(in, i, h, g, shared, touched, false)
			return
		}
	}
	switch {
	case p.err != nil:
	case whole:
		p.diff(in, i, h, g, shared, nil, true)
	case inner:
		for index, r := range g.rows {
			p.update(&r.instance, append(touched[index], shared...))
		}
	default:
		for _, index := range sorted(touched) {
			p.update(&g.rows[index].instance, touched[index])
		}
	}
}

// touchedRows groups the changes by row. whole is true when this is not possible: the list itself
// was set, or its value is not a plain path.
func (p *Page) touchedRows(h *template.Hole, changes []change) (map[int][]change, bool) {
	path, static := h.Expr.StaticPath()
	if !static {
		return nil, true
	}
	touched := make(map[int][]change, len(changes))
	for j := range changes {
		if !related(&path, &changes[j]) {
			continue
		}
		rest, ok := below(&path, &changes[j])
		if !ok {
			return nil, true
		}
		index, err := strconv.Atoi(rest[0])
		if err != nil || index < 0 {
			return nil, true // a field of an object, or "length"
		}
		touched[index] = append(touched[index], change{Var: expr.Item, Keys: rest[1:]})
	}
	return touched, false
}

// refreshRows sets the items of the touched rows. It reports false when rows were added or removed
// or changed their key, so that the whole list must be compared.
func (p *Page) refreshRows(value expr.Value, h *template.Hole, g *group,
	touched map[int][]change) bool {
	if value.Len() != len(g.rows) {
		return false
	}
	for index, changes := range touched {
		if index >= len(g.rows) {
			return false
		}
		item := value.Index(index)
		if h.Key != "" && keyTouched(h, changes) && keyOf(h, item) != g.keys[index] {
			return false
		}
		g.rows[index].scope.Item = item
	}
	return true
}

func keyTouched(h *template.Hole, changes []change) bool {
	for _, c := range changes {
		if len(c.Keys) == 0 || h.Key == "*this" || c.Keys[0] == h.Key {
			return true
		}
	}
	return false
}

// everything of a row's item, or its index, has changed.
var (
	itemChanged  = change{Var: expr.Item}
	indexChanged = change{Var: expr.Index}
)

// diff compares the list with its rows, sends which rows were added, removed and moved, and then
// updates the rows that stayed. With all, every item may be new; otherwise only the items in
// touched.
func (p *Page) diff(in *instance, i int, h *template.Hole, g *group, shared []change,
	touched map[int][]change, all bool) {
	l := p.listOf(in, h)
	items := p.items(&l)
	if p.err != nil {
		return
	}
	var keys []string
	if h.Key != "" {
		keys = p.keysOf(h, items)
	}
	from := match(g, keys, l.n)
	old := g.rows
	g.rows = make([]*row, l.n)
	if !identity(from, len(old)) {
		p.sendList(in, i, h, g, old, from, items, &l)
	} else {
		copy(g.rows, old)
	}
	g.keys = keys
	for r, source := range from {
		if source < 0 {
			continue
		}
		if p.full() {
			return
		}
		kept := g.rows[r]
		changes := touched[r]
		if all || !same(kept.scope.Item, items[r]) {
			changes = append(changes, itemChanged)
		}
		kept.scope.Item = items[r]
		if index := l.index(r); index != kept.scope.Index {
			kept.scope.Index = index
			changes = append(changes, indexChanged)
		}
		if changes = append(changes, shared...); len(changes) > 0 {
			p.update(&kept.instance, changes)
		}
	}
}

// match returns for every new row the index of its old row, or -1 for none. Without a key rows keep
// their place.
func match(g *group, keys []string, n int) []int {
	from := make([]int, n)
	if keys == nil {
		for i := range from {
			if from[i] = i; i >= len(g.rows) {
				from[i] = -1
			}
		}
		return from
	}
	// Most lists change in one place: the equal rows at both ends need no map.
	start := 0
	for start < n && start < len(g.keys) && keys[start] == g.keys[start] {
		from[start] = start
		start++
	}
	end, oldEnd := n, len(g.keys)
	for end > start && oldEnd > start && keys[end-1] == g.keys[oldEnd-1] {
		end--
		oldEnd--
		from[end] = oldEnd
	}
	if start == end {
		return from
	}
	places := make(map[string]int, oldEnd-start)
	for i := start; i < oldEnd; i++ {
		places[g.keys[i]] = i
	}
	for i := start; i < end; i++ {
		if place, ok := places[keys[i]]; ok {
			from[i] = place
		} else {
			from[i] = -1
		}
	}
	return from
}

// same reports whether a row without a change shows the same item as before. It does not when the
// app also changed the list in place.
func same(a, b expr.Value) bool {
	return a.Kind == b.Kind && a.Kind < expr.Array && a == b
}

func identity(from []int, old int) bool {
	if len(from) != old {
		return false
	}
	for i, source := range from {
		if source != i {
			return false
		}
	}
	return true
}

// sendList appends the op [instance, hole, runs, rows] and makes the new rows.
func (p *Page) sendList(in *instance, i int, h *template.Hole, g *group, old []*row, from []int,
	items []expr.Value, l *list) {
	p.op(in, i)
	p.out = append(p.out, '[')
	kept := make([]bool, len(old))
	fresh := 0
	for r := 0; r < len(from); {
		end := r + 1
		for end < len(from) && (from[end] == from[r]+end-r || (from[r] < 0 && from[end] < 0)) &&
			(from[r] < 0) == (from[end] < 0) {
			end++
		}
		if r > 0 {
			p.out = append(p.out, ',')
		}
		p.out = append(p.out, '[')
		p.out = strconv.AppendInt(p.out, int64(from[r]), 10)
		p.out = append(p.out, ',')
		p.out = strconv.AppendInt(p.out, int64(end-r), 10)
		p.out = append(p.out, ']')
		for ; r < end; r++ {
			if from[r] < 0 {
				fresh++
			} else {
				g.rows[r] = old[from[r]]
				kept[from[r]] = true
			}
		}
	}
	for r, stays := range kept {
		if !stays {
			p.remove(&old[r].instance)
		}
	}
	p.out = append(p.out, "],["...)
	maker := rowMaker{page: p, in: in, hole: i, frag: h.Frags[0], left: fresh}
	first := true
	for r, source := range from {
		if source >= 0 {
			continue
		}
		if !first {
			p.out = append(p.out, ',')
		}
		first = false
		if g.rows[r] = maker.row(items[r], l.index(r)); p.err != nil {
			return
		}
	}
	p.out = append(p.out, "]]"...)
}

func sorted(touched map[int][]change) []int {
	indexes := make([]int, 0, len(touched))
	for index := range touched {
		indexes = append(indexes, index)
	}
	for i := 1; i < len(indexes); i++ { // there are few, mostly one
		for j := i; j > 0 && indexes[j] < indexes[j-1]; j-- {
			indexes[j], indexes[j-1] = indexes[j-1], indexes[j]
		}
	}
	return indexes
}
