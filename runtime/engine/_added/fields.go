package goja

import "github.com/dop251/goja/unistring"

// AppendFields appends the enumerable properties of a plain object, in their order, to the two lists. It
// reports false, and appends nothing, for another object and for one that computes a property: Keys and Get are
// for those.
func (o *Object) AppendFields(names []string, fields []Value) ([]string, []Value, bool) {
	plain, ok := o.self.(*baseObject)
	if !ok {
		return names, fields, false
	}
	n, m := len(names), len(fields)
	plain.ensurePropOrder()
	for i, name := range plain.propNames {
		v := plain.values.nth(i)
		if p, ok := v.(*valueProperty); ok {
			if p.accessor {
				return names[:n], fields[:m], false
			}
			if !p.enumerable {
				continue
			}
			v = p.value
		}
		names, fields = append(names, name.String()), append(fields, v)
	}
	return names, fields, true
}

// AppendElements appends what is in an array. It reports false, and appends nothing, for another object and for
// an array that has holes or computes an element.
func (o *Object) AppendElements(elements []Value) ([]Value, bool) {
	a, ok := o.self.(*arrayObject)
	if !ok || a.propValueCount > 0 || a.length != uint32(len(a.values)) || uint32(a.objCount) != a.length {
		return elements, false
	}
	return append(elements, a.values...), true
}

// Replace sets a property that a plain object has and that is no more than a value. It reports false, and
// changes nothing, for anything else: Set is for that.
func (o *Object) Replace(name string, v Value) bool {
	plain, ok := o.self.(*baseObject)
	if !ok || v == nil {
		return false
	}
	key := unistring.NewFromString(name)
	switch plain.values.at(key).(type) {
	case nil, *valueProperty:
		return false
	}
	plain.values.put(key, v)
	return true
}

// Exchange is Replace and returns the value before.
func (o *Object) Exchange(name string, v Value) (old Value, ok bool) {
	plain, ok := o.self.(*baseObject)
	if !ok || v == nil {
		return nil, false
	}
	return plain.values.exchange(unistring.NewFromString(name), v)
}

// exchange sets a property that is there and is no more than a value, and returns the value before.
func (t *values) exchange(name unistring.String, v Value) (old Value, ok bool) {
	if t.table() != nil {
		return nil, false
	}
	i := t.place(name)
	if i < 0 {
		return nil, false
	}
	at := &t.list()[i]
	switch (*at).(type) {
	case nil, *valueProperty:
		return nil, false
	}
	old, *at = *at, v
	return old, true
}

// enumerableNames is Keys of a plain object.
func (o *baseObject) enumerableNames() []string {
	o.ensurePropOrder()
	if len(o.propNames) == 0 {
		return nil
	}
	keys := make([]string, 0, len(o.propNames))
	for i, name := range o.propNames {
		if p, ok := o.values.nth(i).(*valueProperty); !ok || p.enumerable {
			keys = append(keys, name.String())
		}
	}
	return keys
}
