package goja

import (
	"hash/maphash"
	"math"
	"math/bits"
	"unsafe"

	"github.com/dop251/goja/unistring"
)

const (
	// smallProps is how many properties an object has before it gets an index: fewer are found as fast by looking
	// at each.
	smallProps = 8
	// movingProps is how many properties an index is made again for when one of them is deleted or moves. An object
	// of more gets a map then: programs that delete names use it as one.
	movingProps = 64
	// indexedProps is how many places an index can name.
	indexedProps = math.MaxUint16
)

// values holds the properties of an object. The value of a property lies at the place that its name has among
// propNames, so that a name is kept once. That needs a fraction of a map's memory and is no slower: names come
// from the program's constants, so that two of the same text mostly share their memory.
//
// It is embedded under its own name, so that propNames is a field of the object as it always was. What
// changes propNames has put, removed or moved the value before.
type values struct {
	propNames []unistring.String
	// few is the first of at least placesFor(len(propNames)) places, nil for no property or when there is a map.
	few  *Value
	wide *wideProps // nil for most objects
}

// wideProps is what few objects have.
type wideProps struct {
	index   []uint16                   // by hash of the name, the place of a property and one; 0 for none
	values  map[unistring.String]Value // instead of few
	private map[*privateEnvType]*privateElements
	symbols *orderedMap
}

var nameSeed = maphash.MakeSeed()

// placesFor is how many values there is room for in an object of n properties.
func placesFor(n int) int {
	if n <= 2 {
		return n
	}
	step := 2
	if n > smallProps {
		step = 1 << (bits.Len(uint(n)) - 3)
	}
	return (n + step - 1) &^ (step - 1)
}

// list is the values in the order of their names, for an object without a map.
func (t *values) list() []Value { return unsafe.Slice(t.few, len(t.propNames)) }

func (t *values) indexed() bool { return t.wide != nil && t.wide.index != nil }

// place is where a property of an object without a map lies, or -1.
func (t *values) place(name unistring.String) int {
	if t.indexed() {
		return int(t.wide.index[t.slot(name)]) - 1
	}
	for i := range t.propNames {
		if t.propNames[i] == name {
			return i
		}
	}
	return -1
}

// slot is where the index has a name, or where it belongs.
func (t *values) slot(name unistring.String) int {
	mask := len(t.wide.index) - 1
	i := int(maphash.String(nameSeed, string(name))) & mask
	for at := t.wide.index[i]; at != 0 && t.propNames[at-1] != name; at = t.wide.index[i] {
		i = (i + 1) & mask
	}
	return i
}

// reindex makes the index for the names as they are, with room for one more. place tells where the value of a
// name will be, -1 for nowhere.
func (t *values) reindex(place func(int) int) {
	size := 4 * smallProps
	for size < 2*(len(t.propNames)+1) {
		size *= 2
	}
	index := make([]uint16, size)
	for i, name := range t.propNames {
		if to := place(i); to >= 0 {
			at := int(maphash.String(nameSeed, string(name))) & (size - 1)
			for index[at] != 0 {
				at = (at + 1) & (size - 1)
			}
			index[at] = uint16(to + 1)
		}
	}
	t.rare().index = index
}

// table is the map of an object that has one.
func (t *values) table() map[unistring.String]Value {
	if t.wide == nil {
		return nil
	}
	return t.wide.values
}

// at is the property of a name, nil when there is none.
func (t *values) at(name unistring.String) Value {
	v, _ := t.find(name)
	return v
}

// find also tells a property whose value is nil from none.
func (t *values) find(name unistring.String) (Value, bool) {
	if t.wide != nil {
		return t.findWide(name)
	}
	for i := range t.propNames {
		if t.propNames[i] == name {
			return t.list()[i], true
		}
	}
	return nil, false
}

func (t *values) findWide(name unistring.String) (Value, bool) {
	if many := t.wide.values; many != nil {
		v, ok := many[name]
		return v, ok
	}
	if i := t.place(name); i >= 0 {
		return t.list()[i], true
	}
	return nil, false
}

// nth is the property of the name at a place among propNames.
func (t *values) nth(i int) Value {
	if many := t.table(); many != nil {
		return many[t.propNames[i]]
	}
	return t.list()[i]
}

// put sets a property. When it is a new one, its name must be appended to propNames next, for which there is room.
func (t *values) put(name unistring.String, value Value) {
	if many := t.table(); many != nil {
		many[name] = value
		return
	}
	if i := t.place(name); i >= 0 {
		t.list()[i] = value
		return
	}
	n := len(t.propNames)
	if n == indexedProps {
		t.widen()
		t.wide.values[name] = value
		return
	}
	if n == placesFor(n) {
		grown := make([]Value, placesFor(n+1))
		copy(grown, t.list())
		t.few = &grown[0]
	}
	unsafe.Slice(t.few, n+1)[n] = value
	if n == cap(t.propNames) {
		t.propNames = append(make([]unistring.String, 0, placesFor(n+1)), t.propNames...)
	}
	if n >= smallProps || t.indexed() {
		if !t.indexed() || 2*(n+1) > len(t.wide.index) {
			t.reindex(func(i int) int { return i })
		}
		t.wide.index[t.slot(name)] = uint16(n + 1)
	}
}

// movable reports whether a place may change: of many the object then has a map instead.
func (t *values) movable() bool {
	if t.table() == nil && len(t.propNames) > movingProps {
		t.widen()
	}
	return t.table() == nil
}

// remove takes a property out, before its name leaves propNames.
func (t *values) remove(name unistring.String) {
	if t.table() == nil && t.place(name) < 0 {
		return
	}
	if !t.movable() {
		delete(t.wide.values, name)
		return
	}
	i := t.place(name)
	list := t.list()
	copy(list[i:], list[i+1:])
	list[len(list)-1] = nil
	t.moved(func(at int) int {
		switch {
		case at == i:
			return -1
		case at > i:
			return at - 1
		}
		return at
	})
}

// move takes the value at from to the place to, which is before it; those between step back by one.
func (t *values) move(from, to int) {
	if !t.movable() {
		return
	}
	list := t.list()
	v := list[from]
	copy(list[to+1:from+1], list[to:from])
	list[to] = v
	t.moved(func(at int) int {
		switch {
		case at == from:
			return to
		case at >= to && at < from:
			return at + 1
		}
		return at
	})
}

// moved makes the index again if there is one.
func (t *values) moved(place func(int) int) {
	if t.indexed() {
		t.reindex(place)
	}
}

// widen makes the map. Objects whose names may be elsewhere than in propNames begin with it.
func (t *values) widen() {
	many := make(map[unistring.String]Value, len(t.propNames))
	if t.few != nil {
		for i, v := range t.list() {
			many[t.propNames[i]] = v
		}
	}
	t.few = nil
	t.rare().values, t.rare().index = many, nil
}

// rare is the place of what few objects have, made when it is first needed.
func (t *values) rare() *wideProps {
	if t.wide == nil {
		t.wide = &wideProps{}
	}
	return t.wide
}

// private is what the object has of a class's private elements, by class; nil for none.
func (t *values) private() map[*privateEnvType]*privateElements {
	if t.wide == nil {
		return nil
	}
	return t.wide.private
}

// bySymbol is the properties that have symbols for names, nil for none.
func (t *values) bySymbol() *orderedMap {
	if t.wide == nil {
		return nil
	}
	return t.wide.symbols
}
