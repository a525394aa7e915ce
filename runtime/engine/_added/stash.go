package goja

// extra are the arguments of a call beyond the parameters, for the few functions that use them.
func (s *stash) extra() []Value {
	if s.extraArgs == nil {
		return nil
	}
	return *s.extraArgs
}

func (s *stash) keepExtra(args []Value) {
	kept := append([]Value(nil), args...)
	s.extraArgs = &kept
}
