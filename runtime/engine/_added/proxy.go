package goja

// isAccessor reports whether a getter or setter of a descriptor is the function that the property
// has; undefined stands for none.
func isAccessor(of Value, have *Object) bool {
	fn, ok := of.(*Object)
	if !ok {
		return have == nil
	}
	return fn == have
}
