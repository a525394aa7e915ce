package wxs

// node is one node of a module's code after the compiler has checked it: what both forms of the code are
// written from. The browser's form is described in docs/wxs.md.
type node struct {
	op   string
	text string // a name, an operator or a text
	num  float64
	hops int // local: how many functions outwards
	slot int // local: which variable there
	line int // of a statement
	kids []*node
	fn   *function // of "f"
}

// function is what a node with the op "f" makes.
type function struct {
	name   string // of a function expression with a name of its own, else ""
	self   int    // the slot of that name, or -1
	params []string
	slots  int
	inner  []*node // function declarations anywhere in the body: "fd"
	body   []*node
}

// The ops of expressions.
const (
	opText      = "s"
	opNumber    = "n"
	opWord      = "w" // true, false, null, undefined
	opLocal     = "l"
	opLibrary   = "g"
	opFunction  = "f"
	opArray     = "a"
	opObject    = "o" // kids: value of each field, whose names are in opField
	opField     = ":"
	opMember    = "." // kids: object, key
	opCall      = "c" // kids: callee, arguments
	opRequire   = "q" // num: the module
	opUnary     = "u"
	opBinary    = "b" // && and || too
	opCondition = "?"
	opAssign    = "=" // text: the operator of a compound assignment; kids: target, value
	opUpdate    = "+" // text: "++" or "--"; num: 1 when before the operand
	opSequence  = ","
	opThis      = "t"
	opArguments = "r"
)

// The ops of statements.
const (
	stExpression = "e"
	stDeclare    = "fd" // a function declaration; slot: where it is
	stReturn     = "R"
	stIf         = "I"
	stFor        = "F" // kids: start, test, step, body; nil for what is missing
	stWhile      = "W"
	stDo         = "D"
	stIn         = "N" // kids: target, object, body
	stBlock      = "{"
	stBreak      = "B"
	stContinue   = "C"
	stSwitch     = "S" // kids: value, then stCase
	stCase       = "K" // kids: test or nil, then statements
	stLabel      = "L"
)
