package view

import (
	"slices"
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
	held  bool     // see items
}

// listOf reads the value of a wx:for: an array, an object, a number of repetitions, or a string.
func (t *Tree) listOf(in *instance, h *template.Hole) list {
	l := list{value: in.eval(h.Expr)}
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
	if l.n > t.limits.Nodes {
		t.err = fault.Errorf(fault.TooLarge, "view-too-many-nodes",
			"A list has %d rows; a page shows at most %d elements. Show long lists page by page.",
			l.n, t.limits.Nodes)
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

// keyOf is the key of an item as text; a missing one is empty. The key that a row had before is mostly the same.
func keyOf(h *template.Hole, item expr.Value, before string) string {
	if h.Key != "*this" {
		item = item.Get(h.Key)
	}
	if item.Kind != expr.Number {
		return item.Display()
	}
	var few [32]byte
	text := expr.AppendNumber(few[:0], item.Num)
	if string(text) == before {
		return before
	}
	return string(text)
}

// duplicatePrefix marks the keys of rows that have the same key. It is unlikely that a key of an app
// begins with it; if one did, only these two rows could be mixed up.
const duplicatePrefix = "\x00twin "

// keysOf computes the key of every item and makes them unique: of rows with the same key each gets a
// number, as in the vendor's framework, so that a row is made anew when another one gets its key. When nothing
// differs from the keys before, it returns these.
func (t *Tree) keysOf(in *instance, h *template.Hole, items []expr.Value, before []string) []string {
	var keys []string
	for i := range items {
		was := ""
		if i < len(before) {
			was = before[i]
		}
		key := keyOf(h, items[i], was)
		if keys == nil {
			if i < len(before) && key == was {
				continue
			}
			keys = make([]string, len(items))
			copy(keys, before[:i])
		}
		keys[i] = key
	}
	if keys == nil {
		if len(items) == len(before) {
			return before
		}
		keys = slices.Clone(before[:len(items)])
	}
	if t.seen == nil {
		t.seen = make(map[string]int32, len(items))
	}
	clear(t.seen)
	twins := false
	for _, key := range keys {
		t.seen[key]++
		if t.seen[key] == 2 {
			twins = true
			t.warn(h, "keys", "%s:%d: wx:key %q is not unique in the list (%q is there twice); "+
				"rows may be mixed up", in.shadow.template.Path, h.Line, h.Key, key)
		}
	}
	if !twins {
		return keys
	}
	number := map[string]int{}
	for i, key := range keys {
		if t.seen[key] > 1 {
			keys[i] = duplicatePrefix + strconv.Itoa(number[key]) + " " + key
			number[key]++
		}
	}
	return keys
}

func (t *Tree) createList(in *instance, i int, h *template.Hole, g *group) {
	l := t.listOf(in, h)
	items := t.items(&l)
	var keys []string
	if h.Key != "" {
		keys = t.keysOf(in, h, items, nil)
	}
	rows := make([]*row, 0, l.n)
	maker := rowMaker{tree: t, in: in, hole: i, frag: h.Frags[0], left: l.n}
	g.making = true
	for r := range items {
		if t.err != nil || in.gone {
			break
		}
		rows = append(rows, maker.row(items[r], l.index(r)))
	}
	g.making = false
	l.release()
	g.rows, g.keys = rows, keys
	if in.gone {
		t.removeRows(rows)
		return
	}
	t.showLate(in, i, h, g)
}

// late is what has changed while new rows of a list were made. It is shown when they are there: before,
// some rows know of it and others do not.
type late struct {
	again  bool     // the list itself
	shared []change // for every row
}

// wait notes a change until the new rows are made.
func (g *group) wait(h *template.Hole, changes []change, own, inner bool) {
	if g.late == nil {
		g.late = &late{}
	}
	g.late.again = g.late.again || own
	if inner {
		g.late.shared = append(g.late.shared, inward(h.Inner, changes)...)
	}
}

// showLate shows what has changed while new rows were made.
func (t *Tree) showLate(in *instance, i int, h *template.Hole, g *group) {
	for rounds := 0; g.late != nil && !g.making && t.err == nil && !in.gone; rounds++ {
		if rounds > MaxRounds {
			t.failRounds(in.shadow.template.Path)
			return
		}
		now := g.late
		g.late = nil
		if now.again {
			t.diff(in, i, h, g, now.shared, nil, everyItem)
			continue
		}
		for _, r := range g.rows {
			t.update(&r.instance, now.shared)
		}
	}
}

// shown are the rows in the order in which they are in the page now.
func (g *group) shown() []*row {
	if g.diff != nil {
		return g.diff.order()
	}
	return g.rows
}

// items reads all items of a list once. They stay what they are until release.
func (t *Tree) items(l *list) []expr.Value {
	if l.value.Kind == expr.Array && l.n > 0 {
		l.held = true
		return l.value.Hold()
	}
	items := make([]expr.Value, l.n)
	for i := range items {
		items[i] = l.item(i)
	}
	return items
}

func (l *list) release() {
	if l.held {
		l.held = false
		l.value.Release()
	}
}

// rowMaker creates rows of one list and allocates them in slabs.
type rowMaker struct {
	tree  *Tree
	in    *instance
	hole  int
	frag  int
	left  int // rows still to be made, at most
	rows  []row
	cells []cell
}

func (m *rowMaker) row(item, index expr.Value) *row {
	holes := len(m.in.shadow.template.Fragments[m.frag].Holes)
	if len(m.rows) == 0 {
		n := max(1, min(m.left, slab))
		m.rows, m.cells = make([]row, n), make([]cell, n*holes)
	}
	m.left--
	r := &m.rows[0]
	m.rows = m.rows[1:]
	r.cells, m.cells = m.cells[:holes:holes], m.cells[holes:]
	r.scope = expr.Scope{Up: m.in.env.Scope, Item: item, Index: index}
	r.env = expr.Env{Root: m.in.env.Root, Scope: &r.scope, Modules: m.in.env.Modules}
	r.instance.env = &r.env
	r.slot = m.in.inner(&m.in.frag.Holes[m.hole])
	m.tree.create(&r.instance, m.frag, m.in, m.hole)
	return r
}

// updateFor brings a list up to date. own: a change concerns the list's value; inner: a change
// concerns something that every row shows.
func (t *Tree) updateFor(in *instance, i int, h *template.Hole, changes []change, own, inner bool) {
	g := in.cells[i].group
	if g.making {
		g.wait(h, changes, own, inner)
		return
	}
	var shared []change // the changes for every row
	if inner {
		shared = inward(h.Inner, changes)
	}
	var touched map[int][]change // the changes for single rows
	whole := false
	if own {
		touched, whole = t.touchedRows(h, changes)
		whole = whole || g.diffs > 0 // its rows may not have their items yet
	}
	if own && !whole {
		value := in.eval(h.Expr)
		if whole = !value.IsArray(); !whole && !t.refreshRows(value, h, g, touched) {
			// The shape has changed, but only the touched rows have new items.
			t.diff(in, i, h, g, shared, touched, touchedItems)
			return
		}
	}
	switch {
	case t.err != nil:
	case whole && own && t.comparable(in, i, h, changes):
		t.diff(in, i, h, g, shared, nil, otherItems)
	case whole:
		t.diff(in, i, h, g, shared, nil, everyItem)
	case inner:
		for index, r := range g.rows {
			t.update(&r.instance, append(touched[index], shared...))
		}
	default:
		for _, index := range sorted(touched) {
			t.update(&g.rows[index].instance, touched[index])
		}
	}
}

// touchedRows groups the changes by row. whole is true when this is not possible: the list itself
// was set, or its value is not a plain path.
func (t *Tree) touchedRows(h *template.Hole, changes []change) (map[int][]change, bool) {
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
func (t *Tree) refreshRows(value expr.Value, h *template.Hole, g *group,
	touched map[int][]change) bool {
	if value.Len() != len(g.rows) {
		return false
	}
	for index, changes := range touched {
		if index >= len(g.rows) {
			return false
		}
		item := value.Index(index)
		if h.Key != "" && keyTouched(h, changes) && keyOf(h, item, g.keys[index]) != g.keys[index] {
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

// newItems says which rows may show something else because of their items.
type newItems uint8

const (
	touchedItems newItems = iota // those that are touched or have another place
	otherItems                   // those that have an item which is not equal to the one before
	everyItem
)

// comparable reports whether a row whose new item is equal to its old one shows the same. It may not if something
// inside the list was set in its place, since then the old item is not as it was shown; that is known where the
// changes are those of the data. And code of the app can tell an equal item from the same.
func (t *Tree) comparable(in *instance, i int, h *template.Hole, changes []change) bool {
	path, static := h.Expr.StaticPath()
	ofData := static && path.Var == expr.Data && in.env.Root == in.shadow.root.env.Root && in.slot == nil
	if !ofData || in.env.Modules != nil || in.shadow.template.Live(in.fragID, i) {
		return false
	}
	for j := range changes {
		if _, inside := below(&path, &changes[j]); inside {
			return false
		}
	}
	return true
}

// diff compares the list with its rows: rows come, go and move, and those that stay are updated if they may show
// something else. The order of all this is the vendor's, because components in the rows can tell.
func (t *Tree) diff(in *instance, i int, h *template.Hole, g *group, shared []change,
	touched map[int][]change, which newItems) {
	l := t.listOf(in, h)
	if t.err != nil {
		return
	}
	items := t.items(&l)
	var keys []string
	if h.Key != "" {
		keys = t.keysOf(in, h, items, g.keys)
	}
	g.turn++
	d := &listDiff{tree: t, in: in, hole: i, group: g, list: &l, items: items, keys: keys,
		shared: shared, touched: touched, which: which, old: g.rows, rows: g.rows, turn: g.turn}
	d.maker = rowMaker{tree: t, in: in, hole: i, frag: h.Frags[0], left: l.n}
	same := len(d.old) == l.n && (keys == nil || slices.Equal(keys, g.keys))
	if !same {
		d.from = match(g, keys, l.n)
	}
	g.diffs++
	switch {
	case same:
		for r := range d.items {
			d.update(r)
		}
	case keys == nil:
		d.inPlace()
	default:
		d.inOrder()
	}
	l.release()
	g.diffs--
	if g.diffs == 0 {
		t.showLate(in, i, h, g)
	}
}

// listDiff is one change of a list. Code of the app that runs on the way may change the list again: while
// new rows are made that waits, and later it is done at once, in the middle of this change, on the rows as
// they will be. This change then goes on with what is left of it: rows that are gone are passed over, and
// the others keep the items that they got.
type listDiff struct {
	tree    *Tree
	in      *instance
	hole    int
	group   *group
	list    *list
	items   []expr.Value
	keys    []string
	shared  []change
	touched map[int][]change
	which   newItems
	from    []int // by new row: its old place, or -1; nil when all keep their places
	old     []*row
	rows    []*row // the new ones
	maker   rowMaker
	turn    int // of the group

	made map[rowChange][]change // see changes

	still  []int // the new rows that keep their place, and the end
	to     []int // by old row: its new place, or -1
	placed int   // new rows before this one are where they will be
}

// rowChange is what of a row has changed by the list alone.
type rowChange struct{ item, index bool }

// newest reports whether the list was not compared again since this change began.
func (d *listDiff) newest() bool { return d.group.turn == d.turn }

// inPlace changes a list without keys: rows are added and removed at its end.
func (d *listDiff) inPlace() {
	kept := min(len(d.from), len(d.old))
	for r := range kept {
		d.update(r)
	}
	if !d.newest() { // a later change has made the list what it is
		return
	}
	rows := make([]*row, len(d.from))
	copy(rows, d.old[:kept])
	if d.make(rows) {
		d.tree.removeRows(d.old[kept:])
		d.attach(rows[kept:])
	}
}

// make makes the rows that are new and puts all rows into the list. It reports false when that came to
// nothing, because a limit was exceeded or the list has left the page.
func (d *listDiff) make(rows []*row) bool {
	t, g := d.tree, d.group
	g.making = true
	for r := range rows {
		if rows[r] == nil && t.err == nil && !d.in.gone {
			rows[r] = d.maker.row(d.items[r], d.list.index(r))
		}
	}
	g.making = false
	if t.err != nil {
		return false
	}
	if d.in.gone {
		for r, row := range rows {
			if d.from[r] < 0 && row != nil {
				t.remove(&row.instance)
			}
		}
		return false
	}
	if d.in.number != notSent && g.sent == nil {
		if g.sent = d.old; len(d.old) == 0 {
			g.sent = []*row{}
		}
	}
	t.mark(d.in, d.hole)
	d.rows, g.rows, g.keys = rows, rows, d.keys
	return true
}

// inOrder changes a list with keys. New rows are made first. Then, from row to row that keeps its place,
// what is between is removed, put in or moved.
func (d *listDiff) inOrder() {
	rows, from := make([]*row, len(d.from)), d.from
	d.to = make([]int, len(d.old))
	for o := range d.to {
		d.to[o] = -1
	}
	for r, source := range from {
		if source >= 0 {
			rows[r] = d.old[source]
			d.to[source] = r
		}
	}
	if !d.make(rows) {
		return
	}
	d.still = append(keepingPlace(from, len(d.old)), len(from))
	d.group.diff = d
	oldAt, at := 0, 0
	for _, next := range d.still {
		oldNext := d.oldPlace(next)
		for ; oldAt < oldNext; oldAt++ {
			if d.to[oldAt] < 0 {
				d.tree.removeRows(d.old[oldAt : oldAt+1])
			}
		}
		for at < next {
			if from[at] >= 0 {
				d.placed = at + 1
				if d.in.shadow.attached() {
					d.tree.moved(&rows[at].instance)
				}
				d.update(at)
				at++
				continue
			}
			end := at + 1
			for end < next && from[end] < 0 {
				end++
			}
			d.placed = end
			d.attach(rows[at:end])
			at = end
		}
		if next < len(from) {
			d.placed = next + 1
			d.update(next)
			at, oldAt = next+1, oldNext+1
		}
	}
	if d.group.diff == d {
		d.group.diff = nil
	}
}

// oldPlace is where a row was that keeps its place; the end was behind the last one.
func (d *listDiff) oldPlace(r int) int {
	if r < len(d.from) {
		return d.from[r]
	}
	return len(d.old)
}

// order are the rows as they are in the page in the middle of the change: what goes or moves is where it
// was until its turn comes.
func (d *listDiff) order() []*row {
	rows := make([]*row, 0, len(d.rows))
	oldAt, at := 0, 0
	for _, next := range d.still {
		oldNext := d.oldPlace(next)
		for ; oldAt < oldNext; oldAt++ {
			if r := d.old[oldAt]; !r.gone && (d.to[oldAt] < 0 || d.to[oldAt] >= d.placed) {
				rows = append(rows, r)
			}
		}
		for ; at < min(next, d.placed); at++ {
			rows = append(rows, d.rows[at])
		}
		if next < len(d.from) {
			rows = append(rows, d.rows[next])
		}
		at, oldAt = next+1, oldNext+1
	}
	return rows
}

// removeRows takes rows out of the tree, and then their components hear of it.
func (t *Tree) removeRows(rows []*row) {
	for _, r := range rows {
		t.remove(&r.instance)
	}
	for _, r := range rows {
		t.detach(&r.instance)
	}
}

func (d *listDiff) attach(rows []*row) {
	if !d.in.shadow.attached() {
		return
	}
	for _, r := range rows {
		d.tree.attach(&r.instance)
	}
}

// update gives a row that stays its item and index, and updates what depends on them.
func (d *listDiff) update(r int) {
	kept := d.rows[r]
	if d.tree.err != nil || kept.gone {
		return
	}
	item := d.which != touchedItems || d.from != nil && d.from[r] != r // with its key the row may have got the item of another place
	if d.which == otherItems {
		item = !kept.scope.Item.Equal(d.items[r])
	}
	index := false
	if d.newest() {
		kept.scope.Item = d.items[r]
		if at := d.list.index(r); at != kept.scope.Index {
			kept.scope.Index = at
			index = true
		}
	}
	d.tree.update(&kept.instance, d.changes(d.touched[r], item, index))
}

// changes are those of a row: what was touched in it, its item, its index, and what all rows share. Rows in
// which nothing was touched get the same list.
func (d *listDiff) changes(touched []change, item, index bool) []change {
	what := rowChange{item, index}
	if made, ok := d.made[what]; ok && len(touched) == 0 {
		return made
	}
	changes := touched
	if item {
		changes = append(changes, itemChanged)
	}
	if index {
		changes = append(changes, indexChanged)
	}
	changes = append(changes, d.shared...)
	if len(touched) == 0 {
		if d.made == nil {
			d.made = map[rowChange][]change{}
		}
		d.made[what] = changes
	}
	return changes
}

// keepingPlace returns the new rows that keep their place: a longest run of rows in the old order. Of several
// it is the one that the vendor's framework takes, because the others hear that they have moved.
func keepingPlace(from []int, old int) []int {
	last := make([]int, 0, old) // per length, the new row that ends the best run of that length
	before := make([]int, len(from))
	previous, length := -1, -1
	for r, source := range from {
		if source < 0 {
			continue
		}
		if source == previous+1 {
			length++
		} else {
			low, high := 0, len(last)
			for low < high {
				if middle := (low + high) / 2; source < from[last[middle]] {
					high = middle
				} else {
					low = middle + 1
				}
			}
			length = low
		}
		previous = source
		if length == len(last) {
			last = append(last, r)
		} else {
			last[length] = r
		}
		if before[r] = -1; length > 0 {
			before[r] = last[length-1]
		}
	}
	run := make([]int, len(last))
	if len(last) > 0 {
		for at, r := len(last)-1, last[len(last)-1]; at >= 0; at-- {
			run[at] = r
			r = before[r]
		}
	}
	return run
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
