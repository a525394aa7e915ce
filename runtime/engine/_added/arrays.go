package goja

import "math"

// push appends to a plain array without asking for its length and setting it again, which generic_push does as
// the standard has it. It reports false, and does nothing, for another object.
func (a *arrayObject) push(values []Value) (length Value, ok bool) {
	o, before := a.val, a.length
	if !a.lengthProp.writable || uint64(before)+uint64(len(values)) >= math.MaxUint32 {
		return nil, false
	}
	for i, v := range values {
		o.self.setOwnIdx(valueInt(before)+valueInt(i), v, true)
	}
	length = intToValue(int64(before) + int64(len(values)))
	if now, still := o.self.(*arrayObject); !still || int64(now.length) != length.ToInteger() {
		o.self.setOwnStr("length", length, true) // a setter of a prototype took a value, or the array is sparse now
	}
	return length, true
}

// setForeignIdx is for a prototype of the language, which mostly has no number for a name: that is known without
// making the name.
func (o *templatedObject) setForeignIdx(name valueInt, val, receiver Value, throw bool) (bool, bool) {
	if toIdx(name) != math.MaxUint32 {
		o.ensurePropOrder()
		if o.idxPropCount == 0 {
			o.materialiseProto()
			return o._setForeignIdx(name, nil, val, receiver, throw)
		}
	}
	return o.setForeignStr(name.string(), val, receiver, throw)
}
