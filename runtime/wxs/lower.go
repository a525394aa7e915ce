package wxs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

// library lists the names that every module knows, with the members that the vendor documents. nil
// means a function.
var library = map[string][]string{
	"console": {"log", "info", "warn", "error", "debug"},
	"Math": {"E", "LN10", "LN2", "LOG2E", "LOG10E", "PI", "SQRT1_2", "SQRT2", "abs", "acos", "asin", "atan",
		"atan2", "ceil", "cos", "exp", "floor", "log", "max", "min", "pow", "random", "round", "sin", "sqrt",
		"tan"},
	"JSON":    {"stringify", "parse"},
	"Number":  {"MAX_VALUE", "MIN_VALUE", "NEGATIVE_INFINITY", "POSITIVE_INFINITY", "NaN"},
	"Date":    {"parse", "UTC", "now"},
	"getDate": nil, "getRegExp": nil, "parseInt": nil, "parseFloat": nil, "isNaN": nil, "isFinite": nil,
	"decodeURI": nil, "decodeURIComponent": nil, "encodeURI": nil, "encodeURIComponent": nil,
	"NaN": nil, "Infinity": nil,
}

// scope holds the variables of a module or of one of its functions.
type scope struct {
	up    *scope
	names map[string]int
	fn    *function
}

func (s *scope) declare(name string) int {
	slot, known := s.names[name]
	if !known {
		slot = s.fn.slots
		s.names[name] = slot
		s.fn.slots++
	}
	return slot
}

// undeclared is a name without a declaration. As with the vendor it becomes a variable of the module.
type undeclared struct {
	at       file.Idx
	assigned bool
}

// refusal is the panic value with which lowering ends at the first thing that cannot be compiled.
type refusal struct {
	at   file.Idx
	code string
	text string
}

// lowering turns the parsed text of one module into nodes and refuses what WXS does not have.
type lowering struct {
	require func(path string, at file.Idx) int
	warn    func(at file.Idx, code, format string, args ...any)
	line    func(at file.Idx) int

	scope      *scope
	module     *scope
	depth      int
	undeclared map[string]*undeclared
	order      []string // of the undeclared names, as they occur
}

func (l *lowering) refuse(at file.Idx, format string, args ...any) {
	l.refuseAs(at, "wxs-syntax", format, args...)
}

func (l *lowering) refuseAs(at file.Idx, code, format string, args ...any) {
	panic(refusal{at, code, fmt.Sprintf(format, args...)})
}

// program lowers a whole module: a function of `module` and `exports`.
func (l *lowering) program(p *ast.Program) *function {
	fn := &function{self: -1, params: []string{"module", "exports"}}
	l.scope = &scope{names: map[string]int{}, fn: fn}
	l.module = l.scope
	l.undeclared = map[string]*undeclared{}
	for _, name := range fn.params {
		l.scope.declare(name)
	}
	l.hoist(p.DeclarationList, p.Body)
	fn.body = l.statements(p.Body)
	for _, name := range l.order {
		if s := l.undeclared[name]; !s.assigned {
			l.warn(s.at, "wxs-unknown-name", "WXS has no %s, and the module does not declare it: it is undefined.", name)
		}
	}
	return fn
}

// hoist declares the variables and the functions of a body.
func (l *lowering) hoist(vars []*ast.VariableDeclaration, body []ast.Statement) {
	for _, list := range vars {
		for _, b := range list.List {
			l.scope.declare(l.bound(b.Target))
		}
	}
	l.hoistFunctions(body)
}

func (l *lowering) hoistFunctions(list []ast.Statement) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.FunctionDeclaration:
			l.scope.declare(s.Function.Name.Name.String())
		case *ast.BlockStatement:
			l.hoistFunctions(s.List)
		case *ast.IfStatement:
			l.hoistFunctions([]ast.Statement{s.Consequent, s.Alternate})
		case *ast.ForStatement:
			l.hoistFunctions([]ast.Statement{s.Body})
		case *ast.ForInStatement:
			l.hoistFunctions([]ast.Statement{s.Body})
		case *ast.WhileStatement:
			l.hoistFunctions([]ast.Statement{s.Body})
		case *ast.DoWhileStatement:
			l.hoistFunctions([]ast.Statement{s.Body})
		case *ast.LabelledStatement:
			l.hoistFunctions([]ast.Statement{s.Statement})
		case *ast.SwitchStatement:
			for _, c := range s.Body {
				l.hoistFunctions(c.Consequent)
			}
		}
	}
}

func (l *lowering) bound(target ast.BindingTarget) string {
	id, ok := target.(*ast.Identifier)
	if !ok {
		l.refuse(target.Idx0(), "WXS has no destructuring. Read the members one by one.")
	}
	return id.Name.String()
}

func (l *lowering) enter(at file.Idx) {
	if l.depth++; l.depth > MaxNesting {
		l.refuseAs(at, "wxs-too-deep", "The code is nested more than %d deep. Split it into functions.", MaxNesting)
	}
}

// statements lowers the body of a function.
func (l *lowering) statements(list []ast.Statement) []*node {
	var out []*node
	for _, s := range list {
		if f, ok := s.(*ast.FunctionDeclaration); ok {
			out = append(out, l.declaration(f))
		} else if n := l.statement(s); n != nil {
			out = append(out, n)
		}
	}
	return out
}

// block lowers the statements inside braces. A function that is declared there is a variable of the
// function around it, which has its value from the beginning of the block.
func (l *lowering) block(list []ast.Statement) []*node {
	var functions, others []*node
	for _, s := range list {
		if f, ok := s.(*ast.FunctionDeclaration); ok {
			functions = append(functions, &node{op: stExpression, kids: []*node{{op: opAssign, kids: []*node{
				l.find(f.Function.Name.Name.String()), l.function(f.Function, false)}}}})
		} else if n := l.statement(s); n != nil {
			others = append(others, n)
		}
	}
	return append(functions, others...)
}

// statement lowers a statement; nil is one that does nothing.
func (l *lowering) statement(s ast.Statement) *node {
	if s == nil {
		return nil
	}
	l.enter(s.Idx0())
	defer func() { l.depth-- }()
	at := func(op string, kids ...*node) *node {
		return &node{op: op, line: l.line(s.Idx0()), kids: kids}
	}
	switch s := s.(type) {
	case *ast.EmptyStatement:
		return nil
	case *ast.ExpressionStatement:
		return at(stExpression, l.expression(s.Expression))
	case *ast.VariableStatement:
		if set := l.assignments(s.List); set != nil {
			return at(stExpression, set)
		}
		return nil
	case *ast.FunctionDeclaration: // outside a block it is in the list of statements
		return at(stBlock, l.block([]ast.Statement{s})...)
	case *ast.ReturnStatement:
		if s.Argument == nil {
			return at(stReturn, nil)
		}
		return at(stReturn, l.expression(s.Argument))
	case *ast.IfStatement:
		return at(stIf, l.expression(s.Test), l.statement(s.Consequent), l.statement(s.Alternate))
	case *ast.ForStatement:
		return at(stFor, l.start(s.Initializer), l.optional(s.Test), l.optional(s.Update), l.statement(s.Body))
	case *ast.ForInStatement:
		return at(stIn, l.into(s.Into), l.expression(s.Source), l.statement(s.Body))
	case *ast.WhileStatement:
		return at(stWhile, l.expression(s.Test), l.statement(s.Body))
	case *ast.DoWhileStatement:
		return at(stDo, l.statement(s.Body), l.expression(s.Test))
	case *ast.BlockStatement:
		return at(stBlock, l.block(s.List)...)
	case *ast.BranchStatement:
		n := at(stBreak)
		if s.Token == token.CONTINUE {
			n.op = stContinue
		}
		if s.Label != nil {
			n.text = s.Label.Name.String()
		}
		return n
	case *ast.LabelledStatement:
		n := at(stLabel, l.statement(s.Statement))
		n.text = s.Label.Name.String()
		return n
	case *ast.SwitchStatement:
		n := at(stSwitch, l.expression(s.Discriminant))
		for _, c := range s.Body {
			n.kids = append(n.kids, &node{op: stCase,
				kids: append([]*node{l.optional(c.Test)}, l.block(c.Consequent)...)})
		}
		return n
	}
	l.refuse(s.Idx0(), "%s", refusedStatement(s))
	return nil
}

// refusedStatement says what to write instead.
func refusedStatement(s ast.Statement) string {
	switch s.(type) {
	case *ast.LexicalDeclaration:
		return "WXS has no let and const. Write var."
	case *ast.TryStatement:
		return "WXS has no try. Check the values before you use them."
	case *ast.ThrowStatement:
		return "WXS has no throw. Return a value that says what is wrong."
	case *ast.ForOfStatement:
		return "WXS has no for…of. Count with an index: for (var i = 0; i < list.length; i++)."
	case *ast.ClassDeclaration:
		return "WXS has no classes. Write functions."
	}
	return "WXS does not have this statement."
}

func (l *lowering) declaration(s *ast.FunctionDeclaration) *node {
	name := s.Function.Name.Name.String()
	slot := l.scope.declare(name)
	n := &node{op: stDeclare, text: name, slot: slot, line: l.line(s.Function.Function)}
	owner := l.scope.fn
	n.kids = []*node{l.function(s.Function, false)}
	owner.inner = append(owner.inner, n)
	return n
}

// assignments are the initial values of a var statement, or nil when it has none.
func (l *lowering) assignments(list []*ast.Binding) *node {
	var sets []*node
	for _, b := range list {
		name := l.bound(b.Target)
		if b.Initializer != nil {
			sets = append(sets, &node{op: opAssign, kids: []*node{l.local(name), l.expression(b.Initializer)}})
		}
	}
	switch len(sets) {
	case 0:
		return nil
	case 1:
		return sets[0]
	}
	return &node{op: opSequence, kids: sets}
}

func (l *lowering) start(s ast.ForLoopInitializer) *node {
	switch s := s.(type) {
	case nil:
		return nil
	case *ast.ForLoopInitializerExpression:
		return l.expression(s.Expression)
	case *ast.ForLoopInitializerVarDeclList:
		return l.assignments(s.List)
	}
	l.refuse(s.Idx0(), "WXS has no let and const. Write var.")
	return nil
}

func (l *lowering) into(s ast.ForInto) *node {
	switch s := s.(type) {
	case *ast.ForIntoVar:
		return l.local(l.bound(s.Binding.Target))
	case *ast.ForIntoExpression:
		return l.target(s.Expression)
	}
	l.refuse(s.Idx0(), "WXS has no let and const. Write var.")
	return nil
}

func (l *lowering) optional(e ast.Expression) *node {
	if e == nil {
		return nil
	}
	return l.expression(e)
}

func (l *lowering) expressions(list []ast.Expression) []*node {
	out := make([]*node, len(list))
	for i, e := range list {
		if e == nil {
			out[i] = word("undefined") // a missing element of an array
			continue
		}
		out[i] = l.expression(e)
	}
	return out
}

func word(s string) *node { return &node{op: opWord, text: s} }

func (l *lowering) expression(e ast.Expression) *node {
	l.enter(e.Idx0())
	defer func() { l.depth-- }()
	switch e := e.(type) {
	case *ast.StringLiteral:
		return &node{op: opText, text: e.Value.String()}
	case *ast.NumberLiteral:
		switch v := e.Value.(type) {
		case int64:
			return &node{op: opNumber, num: float64(v)}
		case float64:
			return &node{op: opNumber, num: v}
		}
		l.refuse(e.Idx, "WXS has no numbers such as %s.", e.Literal)
	case *ast.BooleanLiteral:
		return word(map[bool]string{true: "true", false: "false"}[e.Value])
	case *ast.NullLiteral:
		return word("null")
	case *ast.Identifier:
		return l.identifier(e)
	case *ast.ThisExpression:
		return &node{op: opThis}
	case *ast.FunctionLiteral:
		return l.function(e, true)
	case *ast.ArrayLiteral:
		return &node{op: opArray, kids: l.expressions(e.Value)}
	case *ast.ObjectLiteral:
		return l.object(e)
	case *ast.DotExpression:
		name := e.Identifier.Name.String()
		object := l.expression(e.Left)
		if members := library[object.text]; object.op == opLibrary && members != nil && !slices.Contains(members, name) {
			l.warn(e.Identifier.Idx, "wxs-unknown-member", "%s has no member %s in WXS.", object.text, name)
		}
		return member(object, name)
	case *ast.BracketExpression:
		return &node{op: opMember, kids: []*node{l.expression(e.Left), l.expression(e.Member)}}
	case *ast.CallExpression:
		return l.call(e)
	case *ast.ConditionalExpression:
		return &node{op: opCondition,
			kids: []*node{l.expression(e.Test), l.expression(e.Consequent), l.expression(e.Alternate)}}
	case *ast.SequenceExpression:
		return &node{op: opSequence, kids: l.expressions(e.Sequence)}
	case *ast.AssignExpression:
		n := &node{op: opAssign}
		if e.Operator != token.ASSIGN {
			n.text = l.operator(e.Operator, e.Left.Idx1())
		}
		n.kids = []*node{l.target(e.Left), l.expression(e.Right)}
		return n
	case *ast.BinaryExpression:
		if e.Operator == token.INSTANCEOF {
			return l.instance(e)
		}
		return &node{op: opBinary, text: l.operator(e.Operator, e.Left.Idx1()),
			kids: []*node{l.expression(e.Left), l.expression(e.Right)}}
	case *ast.UnaryExpression:
		return l.unary(e)
	}
	l.refuse(e.Idx0(), "%s", refusedExpression(e))
	return nil
}

// kinds are what a value may be asked to be an instance of. WXS has no constructors otherwise.
var kinds = []string{"Array", "Object", "Function", "Date", "RegExp"}

// instance lowers x instanceof Array. The vendor does not name the operator, and programs use it.
func (l *lowering) instance(e *ast.BinaryExpression) *node {
	id, ok := e.Right.(*ast.Identifier)
	if !ok || !slices.Contains(kinds, id.Name.String()) || l.declared(id.Name.String()) {
		l.refuse(e.Left.Idx1(), `After instanceof WXS has only %s. Write a.constructor === "Array" for others.`, strings.Join(kinds, ", "))
	}
	return &node{op: opBinary, text: "instanceof",
		kids: []*node{l.expression(e.Left), {op: opText, text: id.Name.String()}}}
}

// refusedExpression says what to write instead.
func refusedExpression(e ast.Expression) string {
	switch e.(type) {
	case *ast.ArrowFunctionLiteral:
		return "WXS has no arrow functions. Write function () {…}."
	case *ast.NewExpression:
		return "WXS has no new. Write getDate(…) for a date and getRegExp(…) for a regular expression."
	case *ast.RegExpLiteral:
		return `WXS has no regular expressions between slashes. Write getRegExp("…", "g").`
	case *ast.TemplateLiteral:
		return "WXS has no texts between backquotes. Join texts with +."
	case *ast.ClassLiteral:
		return "WXS has no classes. Write functions."
	case *ast.SpreadElement:
		return "WXS has no spread (…). Use concat, or a loop."
	case *ast.OptionalChain, *ast.Optional:
		return "WXS has no ?. operator. Write a && a.b."
	}
	return "WXS does not have this expression."
}

func member(object *node, name string) *node {
	return &node{op: opMember, kids: []*node{object, {op: opText, text: name}}}
}

var operators = map[token.Token]string{
	token.PLUS: "+", token.MINUS: "-", token.MULTIPLY: "*", token.SLASH: "/", token.REMAINDER: "%",
	token.AND: "&", token.OR: "|", token.EXCLUSIVE_OR: "^", token.SHIFT_LEFT: "<<", token.SHIFT_RIGHT: ">>",
	token.UNSIGNED_SHIFT_RIGHT: ">>>", token.EQUAL: "==", token.NOT_EQUAL: "!=", token.STRICT_EQUAL: "===",
	token.STRICT_NOT_EQUAL: "!==", token.LESS: "<", token.GREATER: ">", token.LESS_OR_EQUAL: "<=",
	token.GREATER_OR_EQUAL: ">=", token.LOGICAL_AND: "&&", token.LOGICAL_OR: "||", token.IN: "in",
}

func (l *lowering) operator(op token.Token, at file.Idx) string {
	text, ok := operators[op]
	if !ok {
		l.refuse(at, "WXS has no operator %s.", op)
	}
	return text
}

func (l *lowering) unary(e *ast.UnaryExpression) *node {
	switch e.Operator {
	case token.INCREMENT, token.DECREMENT:
		n := &node{op: opUpdate, text: e.Operator.String(), kids: []*node{l.target(e.Operand)}}
		if !e.Postfix {
			n.num = 1
		}
		return n
	case token.DELETE:
		operand := l.expression(e.Operand)
		if operand.op != opMember {
			l.refuse(e.Idx, "delete removes a member of an object: delete a.b.")
		}
		return &node{op: opUnary, text: "delete", kids: []*node{operand}}
	case token.TYPEOF:
		if id, ok := e.Operand.(*ast.Identifier); ok && !l.known(id.Name.String()) {
			return &node{op: opText, text: "undefined"} // asking whether a name exists is not using it
		}
	}
	return &node{op: opUnary, text: e.Operator.String(), kids: []*node{l.expression(e.Operand)}}
}

// declared reports whether the module itself has a variable of this name.
func (l *lowering) declared(name string) bool {
	for s := l.scope; s != nil; s = s.up {
		if _, ok := s.names[name]; ok {
			return true
		}
	}
	return false
}

// known reports whether a name has a meaning without making a variable of it.
func (l *lowering) known(name string) bool {
	_, ok := library[name]
	return ok || l.declared(name) || name == "undefined" || name == "arguments" || name == "require"
}

func (l *lowering) target(e ast.Expression) *node {
	switch e := e.(type) {
	case *ast.Identifier:
		name := e.Name.String()
		if !l.known(name) {
			l.undeclaredName(name, e.Idx).assigned = true
		} else if s := l.undeclared[name]; s != nil {
			s.assigned = true
		}
		n := l.identifier(e)
		if n.op != opLocal {
			l.refuse(e.Idx, "%s cannot be assigned.", name)
		}
		return n
	case *ast.DotExpression, *ast.BracketExpression:
		return l.expression(e)
	}
	l.refuse(e.Idx0(), "This cannot be assigned.")
	return nil
}

func (l *lowering) undeclaredName(name string, at file.Idx) *undeclared {
	s := l.undeclared[name]
	if s == nil {
		s = &undeclared{at: at}
		l.undeclared[name] = s
		l.order = append(l.order, name)
		l.module.declare(name)
	}
	return s
}

func (l *lowering) identifier(e *ast.Identifier) *node {
	name := e.Name.String()
	if n := l.find(name); n != nil {
		return n
	}
	if _, ok := library[name]; ok {
		return &node{op: opLibrary, text: name}
	}
	switch name {
	case "undefined":
		return word(name)
	case "arguments":
		if l.scope == l.module {
			l.refuse(e.Idx, "arguments exists only inside a function.")
		}
		return &node{op: opArguments}
	case "require":
		l.refuse(e.Idx, `require is only called with the path of a module: require("./tools.wxs").`)
	}
	l.undeclaredName(name, e.Idx)
	return l.find(name)
}

func (l *lowering) local(name string) *node { return l.find(name) }

func (l *lowering) find(name string) *node {
	hops := 0
	for s := l.scope; s != nil; s = s.up {
		if slot, ok := s.names[name]; ok {
			return &node{op: opLocal, text: name, hops: hops, slot: slot}
		}
		hops++
	}
	return nil
}

func (l *lowering) call(e *ast.CallExpression) *node {
	if id, ok := e.Callee.(*ast.Identifier); ok && id.Name == "require" && l.find("require") == nil {
		if len(e.ArgumentList) == 1 {
			if path, ok := e.ArgumentList[0].(*ast.StringLiteral); ok {
				return &node{op: opRequire, num: float64(l.require(path.Value.String(), path.Idx))}
			}
		}
		l.refuse(id.Idx, `require takes the path of a module as a constant text: require("./tools.wxs").`)
	}
	n := &node{op: opCall, kids: append([]*node{l.expression(e.Callee)}, l.expressions(e.ArgumentList)...)}
	if id, ok := e.Callee.(*ast.Identifier); ok && id.Name == "getRegExp" && l.find("getRegExp") == nil && len(e.ArgumentList) > 0 {
		if pattern, ok := e.ArgumentList[0].(*ast.StringLiteral); ok {
			n.kids[1].text = patternText(pattern.Literal)
		}
	}
	return n
}

// patternText reads the literal of a pattern. With the vendor's compiler a backslash that JavaScript would drop
// stays, so that getRegExp('\d') is a digit, and all libraries write it so; one written twice is one.
func patternText(literal string) string {
	var b strings.Builder
	inner := literal[1 : len(literal)-1]
	for i := 0; i < len(inner); i++ {
		if inner[i] != '\\' || i+1 == len(inner) {
			b.WriteByte(inner[i])
			continue
		}
		i++
		switch inner[i] {
		case '\\', '\'', '"':
		case '\n': // a literal that goes on in the next line
			continue
		default:
			b.WriteByte('\\')
		}
		b.WriteByte(inner[i])
	}
	return b.String()
}

func (l *lowering) object(e *ast.ObjectLiteral) *node {
	n := &node{op: opObject}
	for _, p := range e.Value {
		if short, ok := p.(*ast.PropertyShort); ok && short.Initializer == nil {
			// Not of 2009, but the vendor's compiler takes it, and libraries use it.
			n.kids = append(n.kids, &node{op: opField, text: short.Name.Name.String(),
				kids: []*node{l.identifier(&short.Name)}})
			continue
		}
		keyed, ok := p.(*ast.PropertyKeyed)
		if !ok || keyed.Kind != ast.PropertyKindValue || keyed.Computed {
			if _, spread := p.(*ast.SpreadElement); spread {
				l.refuse(p.Idx0(), "WXS has no spread (…). Copy the fields in a loop.")
			}
			l.refuse(p.Idx0(), "WXS has only fields written as name: value.")
		}
		field := &node{op: opField, kids: []*node{l.expression(keyed.Value)}}
		switch key := l.expression(keyed.Key); key.op {
		case opText:
			if field.text = key.text; key.text == "__proto__" {
				l.refuse(keyed.Key.Idx0(), "WXS has no __proto__.")
			}
		case opNumber:
			field.text = number(key.num)
		default:
			l.refuse(keyed.Key.Idx0(), "WXS has only fields written as name: value.")
		}
		n.kids = append(n.kids, field)
	}
	return n
}

func (l *lowering) function(e *ast.FunctionLiteral, isExpression bool) *node {
	if e.Async || e.Generator {
		l.refuse(e.Function, "WXS has no async functions and no generators.")
	}
	fn := &function{self: -1}
	inner := &scope{up: l.scope, names: map[string]int{}, fn: fn}
	if e.ParameterList.Rest != nil {
		l.refuse(e.ParameterList.Rest.Idx0(), "WXS has no rest parameters. Use arguments.")
	}
	for _, p := range e.ParameterList.List {
		name := l.bound(p.Target)
		if _, twice := inner.names[name]; twice {
			l.refuse(p.Target.Idx0(), "The function has two parameters %s.", name)
		}
		inner.declare(name)
		fn.params = append(fn.params, name)
	}
	outer := l.scope
	l.scope = inner
	l.hoist(e.DeclarationList, e.Body.List)
	if e.Name != nil && isExpression {
		if name := e.Name.Name.String(); !has(inner.names, name) {
			fn.name, fn.self = name, inner.declare(name)
		}
	}
	// Default values are not of 2009, but the vendor's compiler takes them, and libraries use them.
	for _, p := range e.ParameterList.List {
		if p.Initializer != nil {
			name := l.bound(p.Target)
			missing := &node{op: opBinary, text: "===", kids: []*node{l.find(name), word("undefined")}}
			set := &node{op: opAssign, kids: []*node{l.find(name), l.expression(p.Initializer)}}
			fn.body = append(fn.body, &node{op: stExpression, line: l.line(e.Function),
				kids: []*node{{op: opBinary, text: "&&", kids: []*node{missing, set}}}})
		}
	}
	fn.body = append(fn.body, l.statements(e.Body.List)...)
	l.scope = outer
	return &node{op: opFunction, fn: fn}
}

func has(names map[string]int, name string) bool { _, ok := names[name]; return ok }
