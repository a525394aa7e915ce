package goja

// maxConstantDepth is how deep an expression may be that the compiler computes.
const maxConstantDepth = 3

// isConstant reports whether the compiler computes the expression. The question is asked again for each part of an
// expression, so its depth is bounded: otherwise a sum of many terms takes time by their square. Computing with big
// integers has no bound, and is left to the program, whose time is watched.
func isConstant(expr compiledExpr, depth int) bool {
	if literal, ok := expr.(*compiledLiteral); ok {
		_, big := literal.val.(*valueBigInt)
		return !big
	}
	if depth == 0 {
		return false
	}
	depth--
	switch e := expr.(type) {
	case *compiledUnaryExpr:
		return isConstant(e.operand, depth)
	case *compiledBinaryExpr:
		return isConstant(e.left, depth) && isConstant(e.right, depth)
	case *compiledLogicalOr:
		return eitherConstant(e.left, e.right, depth, Value.ToBoolean)
	case *compiledLogicalAnd:
		return eitherConstant(e.left, e.right, depth, func(v Value) bool { return !v.ToBoolean() })
	case *compiledCoalesce:
		return eitherConstant(e.left, e.right, depth, func(v Value) bool { return v != _null && v != _undefined })
	}
	return false
}

// eitherConstant is isConstant of an operator that needs its right side only if the left one does not decide.
func eitherConstant(left, right compiledExpr, depth int, decides func(Value) bool) bool {
	if !isConstant(left, depth) {
		return false
	}
	if literal, ok := left.(*compiledLiteral); ok && decides(literal.val) {
		return true
	}
	return isConstant(right, depth)
}
