package goja

// A value of JavaScript is an *Object, which points to what implements it. The two are made together, because most
// objects keep for life what implements them when they are made.

func (r *Runtime) bornObject(proto *Object, class string) *baseObject {
	born := &struct {
		baseObject
		val Object
	}{}
	born.val.runtime = r
	return initBorn(&born.val, &born.baseObject, proto, class)
}

func initBorn(val *Object, o *baseObject, proto *Object, class string) *baseObject {
	o.class, o.val, o.extensible, o.prototype = class, val, true, proto
	val.self = o
	return o
}

// bornFilled makes a plain object together with the places of its first properties, of which there are one to
// smallProps. An object that gets more of them leaves these behind.
func (r *Runtime) bornFilled(proto *Object, properties int) (*baseObject, []Value) {
	switch placesFor(properties) {
	case 1:
		o, places := bornWith[[1]Value](r, proto)
		return o, places[:]
	case 2:
		o, places := bornWith[[2]Value](r, proto)
		return o, places[:]
	case 4:
		o, places := bornWith[[4]Value](r, proto)
		return o, places[:]
	case 6:
		o, places := bornWith[[6]Value](r, proto)
		return o, places[:]
	default:
		o, places := bornWith[[smallProps]Value](r, proto)
		return o, places[:]
	}
}

func bornWith[Places any](r *Runtime, proto *Object) (*baseObject, *Places) {
	born := &struct {
		baseObject
		val    Object
		places Places
	}{}
	born.val.runtime = r
	return initBorn(&born.val, &born.baseObject, proto, classObject), &born.places
}

func (r *Runtime) bornArray() (*arrayObject, *Object) {
	born := &struct {
		arrayObject
		val Object
	}{}
	born.val.runtime, born.arrayObject.val = r, &born.val
	return &born.arrayObject, &born.val
}

func (r *Runtime) bornMethod() *methodFuncObject {
	born := &struct {
		methodFuncObject
		val Object
	}{}
	born.val.runtime, born.methodFuncObject.val = r, &born.val
	return &born.methodFuncObject
}

func (r *Runtime) bornArrow() *arrowFuncObject {
	born := &struct {
		arrowFuncObject
		val Object
	}{}
	born.val.runtime, born.arrowFuncObject.val = r, &born.val
	return &born.arrowFuncObject
}
