package expr

import (
	"slices"
	"strconv"

	"github.com/dop251/goja"
)

// List is an array of the view's data, or a literal of the template.
type List struct {
	Items []Value
	owned
	literal bool // its items may be literals too
}

// Dict is an object of the view's data. Objects with the same keys share their shape.
type Dict struct {
	shape  *shape
	values []Value
	owned
}

// owned says who may change a list or an object in place.
type owned struct {
	shared bool         // something else has it as well: who wants to change it makes a copy first
	read   int32        // how many go through the list: who wants to change it makes a copy, of the list alone
	made   *goja.Object // what WXS modules were given for it, while it is the same
}

// kept is the value that a page shows for one that was set to undefined, of which it is not told.
type kept struct{ Value }

// inherited is a member that every object, or every array, has in JavaScript, such as push.
type inherited struct {
	array bool
	name  string
}

// shape is the keys of objects, in their order.
type shape struct {
	keys  []string
	index map[string]int // made for shapes of many keys, on first use
	inner []*shape       // for the copier: the shapes of the objects that were last found under the keys
	alone bool           // one object has it, and may add to it
}

// fewKeys is up to how many keys a search beats a map.
const fewKeys = 8

var noKeys = &shape{}

// find returns the place of a key, or -1.
func (s *shape) find(key string) int {
	if s.index == nil {
		if len(s.keys) <= fewKeys {
			return slices.Index(s.keys, key)
		}
		s.index = make(map[string]int, len(s.keys))
		for i, key := range s.keys {
			s.index[key] = i
		}
	}
	if i, ok := s.index[key]; ok {
		return i
	}
	return -1
}

// with returns the shape with one more key, and the key's place: numbers come first, as in JavaScript.
func (s *shape) with(key string) (*shape, int) {
	at := len(s.keys)
	if number, ok := arrayIndex(key); ok {
		for at > 0 {
			if before, isNumber := arrayIndex(s.keys[at-1]); isNumber && before < number {
				break
			}
			at--
		}
	}
	if !s.alone || at < len(s.keys) {
		s = &shape{keys: append(make([]string, 0, len(s.keys)+1), s.keys...), alone: true}
	}
	s.keys = slices.Insert(s.keys, at, key)
	if s.index != nil {
		s.index[key] = at
	}
	return s, at
}

// NewDict makes an object of the view's data; keys are in the order of JavaScript, each once.
func NewDict(keys []string, values []Value) Value {
	return Value{Kind: Record, Ref: &Dict{shape: &shape{keys: keys}, values: values}}
}

// KeyOf is a list of the one key if the object has it, nil if not. It is not to be changed.
func (v Value) KeyOf(key string) []string {
	if d, ok := v.Ref.(*Dict); ok {
		if i := d.shape.find(key); i >= 0 {
			return d.shape.keys[i : i+1 : i+1]
		}
	}
	return nil
}

func (d *Dict) get(key string) Value {
	if i := d.shape.find(key); i >= 0 {
		return d.values[i]
	}
	return inheritedMember(false, key)
}

// slot is the place of a key, which is added if it is not there.
func (d *Dict) slot(key string) *Value {
	i := d.shape.find(key)
	if i < 0 {
		d.shape, i = d.shape.with(key)
		d.values = slices.Insert(d.values, i, Value{})
	}
	return &d.values[i]
}

// slot is the place of an index; the list becomes as long as that.
func (l *List) slot(i int) *Value {
	if i >= len(l.Items) {
		l.Items = append(l.Items, make([]Value, i+1-len(l.Items))...)
	}
	return &l.Items[i]
}

// Share returns the value for a second owner. From then on, whoever wants to change it makes a copy of
// what is changed; the rest stays one.
func (v Value) Share() Value {
	switch x := v.Ref.(type) {
	case *List:
		x.shared = true
	case *Dict:
		x.shared = true
	}
	return v
}

// own returns the object at a place of the data in a form that may be changed. made reports that there
// was something else, which an empty object has replaced.
func ownDict(at *Value) (d *Dict, made bool) {
	d, ok := at.Ref.(*Dict)
	switch {
	case !ok:
		d, made = &Dict{shape: noKeys}, true
		*at = Value{Kind: Record, Ref: d}
	case d.shared:
		d.shape.alone = false
		d = &Dict{shape: d.shape, values: slices.Clone(d.values)}
		for i := range d.values {
			d.values[i].Share()
		}
		at.Ref = d
	}
	d.made = nil
	return d, made
}

func ownList(at *Value) (l *List, made bool) {
	l, ok := at.Ref.(*List)
	switch {
	case !ok:
		l, made = &List{}, true
		*at = Value{Kind: Array, Ref: l}
	case l.shared:
		l = &List{Items: slices.Clone(l.Items)}
		for i := range l.Items {
			l.Items[i].Share()
		}
		at.Ref = l
	case l.read > 0:
		l = &List{Items: slices.Clone(l.Items)}
		at.Ref = l
	}
	l.made = nil
	return l, made
}

// Set sets the value at a path of string keys and int indexes in the data; v has no other owner. Where the
// path needs an object or an array and finds another value, it makes one, as the vendor's framework does.
// It returns how many steps of the path lead to what has changed: what a made object replaces has changed
// as a whole.
func (root *Value) Set(path []any, v Value) (changed int) {
	at, changed := root, len(path)
	for i, step := range path {
		var made bool
		switch step := step.(type) {
		case string:
			var d *Dict
			d, made = ownDict(at)
			at = d.slot(step)
		case int:
			var l *List
			l, made = ownList(at)
			at = l.slot(step)
		}
		if made {
			changed = min(changed, i)
		}
	}
	*at = v
	return changed
}

// Hold returns the items of an array of the data or of a template, which stay what they are until Release.
func (v Value) Hold() []Value {
	l := v.Ref.(*List)
	l.read++
	return l.Items
}

// Release ends what Hold began.
func (v Value) Release() { v.Ref.(*List).read-- }

// SetUndefined sets the value at a path to undefined for components; a page goes on showing what was there.
func (root *Value) SetUndefined(path []any) {
	before := *root
	for _, step := range path {
		switch step := step.(type) {
		case string:
			if _, ok := before.Ref.(*Dict); !ok {
				return
			}
			before = before.Get(step)
		case int:
			if _, ok := before.Ref.(*List); !ok {
				return
			}
			before = before.Index(step)
		}
	}
	if before.Kind != Undefined {
		root.Set(path, Value{Ref: &kept{before}})
	} else if before.Ref == nil {
		root.Set(path, Value{})
	}
}

// Shown is a value as a page shows it: undefined, of which a page is not told, is what was there before.
func (v Value) Shown() Value {
	if before, ok := v.Ref.(*kept); ok {
		return before.Value
	}
	return v
}

// Settled returns the value for data of its own: literals are made lists and objects of data, what is data
// already is shared, and objects of WXS modules are copied.
func (v Value) Settled(c *Copier) (Value, error) {
	switch x := v.Ref.(type) {
	case *kept:
		return Value{}, nil
	case *goja.Object:
		if v.Kind == Object {
			return c.Copy(x, 1)
		}
	case *Fields:
		keys := x.keys()
		values := make([]Value, len(keys))
		for i, key := range keys {
			var err error
			if values[i], err = x.Get(key).Settled(c); err != nil {
				return Value{}, err
			}
		}
		return NewDict(keys, values), nil
	case *List:
		if !x.literal {
			break
		}
		items := make([]Value, len(x.Items))
		for i, item := range x.Items {
			var err error
			if items[i], err = item.Settled(c); err != nil {
				return Value{}, err
			}
		}
		return Value{Kind: Array, Ref: &List{Items: items}}, nil
	}
	return v.Share(), nil
}

// Equal reports whether two values of the data are the same all the way down. Objects of the virtual machine are
// equal to nothing, since what is in them may have changed.
func (v Value) Equal(other Value) bool {
	if v.Kind != other.Kind || v.Num != other.Num || v.Str != other.Str {
		return false
	}
	switch x := v.Ref.(type) {
	case *goja.Object:
		return false
	case nil, goja.Value:
		return other.Primitive()
	case *List:
		y, ok := other.Ref.(*List)
		return ok && (x == y || slices.EqualFunc(x.Items, y.Items, Value.Equal))
	case *Dict:
		y, ok := other.Ref.(*Dict)
		return ok && (x == y || (x.shape == y.shape || slices.Equal(x.shape.keys, y.shape.keys)) &&
			slices.EqualFunc(x.values, y.values, Value.Equal))
	}
	return false
}

// objectMembers and arrayMembers are the functions that JavaScript's objects and arrays inherit.
var (
	objectMembers = map[string]bool{"constructor": true, "hasOwnProperty": true, "isPrototypeOf": true,
		"propertyIsEnumerable": true, "toLocaleString": true, "toString": true, "valueOf": true}
	arrayMembers = map[string]bool{"at": true, "concat": true, "copyWithin": true, "entries": true, "every": true,
		"fill": true, "filter": true, "find": true, "findIndex": true, "findLast": true, "findLastIndex": true,
		"flat": true, "flatMap": true, "forEach": true, "includes": true, "indexOf": true, "join": true,
		"keys": true, "lastIndexOf": true, "map": true, "pop": true, "push": true, "reduce": true,
		"reduceRight": true, "reverse": true, "shift": true, "slice": true, "some": true, "sort": true,
		"splice": true, "unshift": true, "values": true}
)

func inheritedMember(array bool, name string) Value {
	if objectMembers[name] || array && arrayMembers[name] {
		return Value{Kind: Object, Ref: inherited{array, name}}
	}
	return Value{}
}

// function is the member as code of the app knows it.
func (i inherited) function(rt *goja.Runtime) goja.Value {
	class := "Object"
	if i.array {
		class = "Array"
	}
	if ctor, ok := rt.Get(class).(*goja.Object); ok {
		if proto, ok := ctor.Get("prototype").(*goja.Object); ok {
			return proto.Get(i.name)
		}
	}
	return goja.Undefined()
}

// Lent is Export for WXS modules, which get the same object as long as the value is the same.
func (v Value) Lent(rt *goja.Runtime) goja.Value {
	switch x := v.Ref.(type) {
	case *List:
		if x.literal {
			break
		}
		if x.made == nil {
			items := make([]any, len(x.Items))
			for i, item := range x.Items {
				items[i] = item.Shown().Lent(rt)
			}
			x.made = rt.NewArray(items...)
		}
		return x.made
	case *Dict:
		if x.made == nil {
			x.made = rt.NewObject()
			for i, key := range x.shape.keys {
				setOwn(x.made, key, x.values[i].Shown().Lent(rt))
			}
		}
		return x.made
	}
	return v.export(rt, Value.Lent)
}

// setOwn sets an own property, also for names with a meaning in the language.
func setOwn(object *goja.Object, key string, v goja.Value) {
	if key == "__proto__" {
		_ = object.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE) // a new plain object takes any
		return
	}
	_ = object.Set(key, v) // likewise
}

// Copier copies values of the virtual machine into data of the view. All copies of one Copier together
// have at most Bytes.
type Copier struct {
	Bytes, Depth      int
	TooLarge, TooDeep error // what Copy answers with beyond that
	// Opaque tells of objects that are no data, such as components: they are told by reference. nil: none.
	Opaque func(*goja.Object) bool
	// Cut is set when an object contained itself: the copy has undefined in its place.
	Cut bool

	size   int
	above  []*goja.Object // what the value is in
	names  []string       // read and not copied yet, of all objects that the value is in
	fields []goja.Value   // likewise, with the elements of arrays

	left, before int // elements of the innermost list that are to come, and objects that were copied before them
	slab         slab
}

// slab is memory for objects of one list that have few keys: those that lie side by side are mostly alike, and are
// made and dropped together.
type slab struct {
	dicts  []Dict
	values []Value
}

// maxSlab is for how many objects memory is made at once.
const maxSlab = 16

// quick is an object that is read at once, as the edited engine has them (package runtime/engine). With goja
// as it is, each name is a search.
type quick interface {
	AppendFields(names []string, fields []goja.Value) ([]string, []goja.Value, bool)
	AppendElements(elements []goja.Value) ([]goja.Value, bool)
}

// Fields are the names and values of an object's own enumerable properties, in their order. They are read at
// once and stay as they are until Reset.
func (c *Copier) Fields(obj *goja.Object) (names []string, values []goja.Value) {
	name, value := len(c.names), len(c.fields)
	c.readFields(obj)
	return c.names[name:], c.fields[value:]
}

// maxKeptFields is for how many names and values a Copier keeps room.
const maxKeptFields = 256

// Reset makes the Copier as good as new, but that it still holds what it read: see Forget. It reports false when it
// has become too large to be worth keeping.
func (c *Copier) Reset() bool {
	if cap(c.names)+cap(c.fields) > maxKeptFields {
		return false
	}
	c.names, c.fields, c.size, c.Cut = c.names[:0], c.fields[:0], 0, false
	return true
}

// Forget lets go of what a Copier that was Reset has read.
func (c *Copier) Forget() {
	clear(c.names[:cap(c.names)])
	clear(c.fields[:cap(c.fields)])
}

// readFields notes the names and values of an object. What was noted from the two lengths on is to be dropped.
func (c *Copier) readFields(obj *goja.Object) {
	if engine, ok := any(obj).(quick); ok {
		if c.names, c.fields, ok = engine.AppendFields(c.names, c.fields); ok {
			return
		}
	}
	keys := obj.Keys()
	c.names = append(c.names, keys...)
	for _, key := range keys {
		c.fields = append(c.fields, obj.Get(key))
	}
}

// readElements is readFields for an array of a length.
func (c *Copier) readElements(obj *goja.Object, length int) {
	if engine, ok := any(obj).(quick); ok {
		if c.fields, ok = engine.AppendElements(c.fields); ok {
			return
		}
	}
	for i := range length {
		c.fields = append(c.fields, obj.Get(strconv.Itoa(i)))
	}
}

// Copy returns the copy of a value that lies depth levels below the root of the data. Plain objects, arrays
// and objects of classes are copied with their own fields; dates, functions and other objects are told by
// reference, as Of does.
func (c *Copier) Copy(v goja.Value, depth int) (Value, error) {
	var none *shape
	return c.copy(v, depth, &none)
}

// copy remembers in like the shape of an object, because its neighbours mostly have the same.
func (c *Copier) copy(v goja.Value, depth int, like **shape) (Value, error) {
	obj, ok := v.(*goja.Object)
	if !ok {
		return c.primitive(v)
	}
	if depth > c.Depth {
		return Value{}, c.TooDeep
	}
	class := obj.ClassName()
	isList := class == "Array"
	if !isList && class != "Object" && class != "Arguments" && class != "Error" {
		return Of(obj), nil
	}
	if c.Opaque != nil && c.Opaque(obj) {
		return Value{Kind: Object, Ref: obj}, nil
	}
	if slices.Contains(c.above, obj) {
		c.Cut = true
		return Value{}, nil
	}
	c.above = append(c.above, obj)
	defer func() { c.above = c.above[:len(c.above)-1] }()
	if isList {
		return c.list(obj, depth, like)
	}
	return c.dict(obj, depth, like)
}

func (c *Copier) primitive(v goja.Value) (Value, error) {
	c.size += 8
	if text, isText := v.(goja.String); isText {
		c.size += text.Length()
	}
	if c.size > c.Bytes {
		return Value{}, c.TooLarge
	}
	return Of(v), nil
}

func (c *Copier) list(obj *goja.Object, depth int, like **shape) (Value, error) {
	length := obj.Get("length").ToInteger()
	if c.size += int(min(length, int64(c.Bytes)+1)); c.size > c.Bytes {
		return Value{}, c.TooLarge
	}
	from, left, before := len(c.fields), c.left, c.before
	defer func() { c.fields, c.left, c.before = c.fields[:from], left, before }()
	c.fields = slices.Grow(c.fields, int(length)+fewKeys)
	c.readElements(obj, int(length))
	items := make([]Value, length)
	c.before = 0
	for i := range items {
		c.left = len(items) - i
		var err error
		if items[i], err = c.copy(c.fields[from+i], depth+1, like); err != nil {
			return Value{}, err
		}
	}
	return Value{Kind: Array, Ref: &List{Items: items}}, nil
}

// newDict makes an object with room for its values. In a list it makes room for as many more as the list had before.
func (c *Copier) newDict(s *shape) *Dict {
	n := len(s.keys)
	left := c.left
	c.left = 0 // objects in this one are no elements of the list
	if left == 0 || n > fewKeys {
		return &Dict{shape: s, values: make([]Value, n)}
	}
	many := max(1, min(left, c.before, maxSlab))
	c.before++
	if len(c.slab.dicts) == 0 {
		c.slab.dicts = make([]Dict, many)
	}
	if len(c.slab.values) < n {
		c.slab.values = make([]Value, many*n)
	}
	d := &c.slab.dicts[0]
	d.shape, d.values = s, c.slab.values[:n:n]
	c.slab = slab{c.slab.dicts[1:], c.slab.values[n:]}
	return d
}

func (c *Copier) dict(obj *goja.Object, depth int, like **shape) (Value, error) {
	fromName, from := len(c.names), len(c.fields)
	defer func() { c.names, c.fields = c.names[:fromName], c.fields[:from] }()
	c.readFields(obj)
	keys := c.names[fromName:]
	s := *like
	if s == nil || !slices.Equal(s.keys, keys) {
		s = &shape{keys: slices.Clone(keys)}
		*like = s
	}
	keys = s.keys // the others are overwritten by those of objects inside
	d := c.newDict(s)
	for i, key := range keys {
		c.size += len(key)
		v := c.fields[from+i]
		var err error
		if _, isObject := v.(*goja.Object); !isObject {
			d.values[i], err = c.primitive(v)
		} else {
			if s.inner == nil {
				s.inner = make([]*shape, len(keys))
			}
			d.values[i], err = c.copy(v, depth+1, &s.inner[i])
		}
		if err != nil {
			return Value{}, err
		}
	}
	if c.size > c.Bytes {
		return Value{}, c.TooLarge
	}
	return Value{Kind: Record, Ref: d}, nil
}
