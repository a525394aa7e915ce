package goja

// AccessorDefiner is a DynamicObject on which a program may define properties with a getter or a setter, as on
// any other object. Without both the property is an ordinary one again. One that is hidden is not enumerated.
type AccessorDefiner interface {
	DefineAccessor(name string, get, set *Object, hidden bool)
}

// define is defineOwnProperty of an AccessorDefiner, and says whether the object is one. Attributes other than the
// two functions and enumerable are not kept.
func (o *dynamicObject) define(name string, desc PropertyDescriptor, throw bool) (done, known bool) {
	definer, ok := o.d.(AccessorDefiner)
	if !ok {
		return false, false
	}
	get, _ := desc.Getter.(*Object)
	set, _ := desc.Setter.(*Object)
	switch {
	case get != nil || set != nil:
		definer.DefineAccessor(name, get, set, desc.Enumerable == FLAG_FALSE)
	case desc.Value != nil:
		definer.DefineAccessor(name, nil, nil, desc.Enumerable == FLAG_FALSE)
		return o._set(name, desc.Value, throw), true
	}
	return true, true
}
