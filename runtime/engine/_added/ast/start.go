package ast

import "github.com/dop251/goja/file"

// start remembers where an expression begins, because that is where its left side begins, which may be as long as the
// source. Zero is no place: the first one is 1.
type start struct{ at file.Idx }

func (s *start) of(left Expression) file.Idx {
	if s.at == 0 {
		s.at = left.Idx0()
	}
	return s.at
}
