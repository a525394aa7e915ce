package goja

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/dop251/goja/unistring"
)

// The errors that programs meet most, in the words of V8: developers know them, and a search finds them.

// unread is the error of reading a property of undefined or null.
func (vm *vm) unread(of Value, name Value) *Object {
	return vm.r.NewTypeError("Cannot read properties of %s (reading '%s')", of.String(), keyInWords(name))
}

// settable is the object to set a property of.
func (vm *vm) settable(v, name Value) *Object {
	if v == _undefined || v == _null {
		panic(vm.r.NewTypeError("Cannot set properties of %s (setting '%s')", v.String(), keyInWords(name)))
	}
	return v.ToObject(vm.r)
}

// named is the value of a name of the compiler's.
func named[T ~string](name T) Value { return stringValueFromRaw(unistring.String(name)) }

// keyInWords calls nothing of the program.
func keyInWords(name Value) string {
	switch name := name.(type) {
	case *Object:
		return "#<Object>"
	case *Symbol:
		return name.descriptiveString().String()
	}
	return name.String()
}

// destructurable throws for what has no properties to take out.
func (vm *vm) destructurable(v Value) {
	if v == _undefined || v == _null {
		panic(vm.r.NewTypeError("Cannot destructure '%s' as it is %s.", v.String(), v.String()))
	}
}

// inWords is a value as V8 writes it in an error. It calls nothing of the program.
func inWords(v Value) string {
	const most = 60 // bytes of a text
	switch v := v.(type) {
	case nil:
		return "undefined"
	case String:
		text := v.String()
		if len(text) > most {
			text = strings.ToValidUTF8(text[:most], "") + "…"
		}
		return `"` + text + `"`
	case *Object:
		return "#<" + v.ClassName() + ">"
	}
	return v.String()
}

// uncalled is the error of a call of something that is no function.
func (vm *vm) uncalled(v Value) *Object {
	text := ""
	if source, at := vm.place(); at > 0 && at < len(source) && source[at] == '(' {
		text = calleeBefore(source[:at])
	}
	if text == "" || text == unnamed {
		if member, ok := v.(memberUnresolved); ok {
			text = unnamed + "." + member.ref.String()
		} else {
			text = inWords(v)
		}
	}
	return vm.r.NewTypeError("%s is not a function", text)
}

// constructorOf is the constructor that new was written before.
func (vm *vm) constructorOf(v Value) func(args []Value, newTarget *Object) *Object {
	if obj, ok := v.(*Object); ok {
		if ctor := obj.self.assertConstructor(); ctor != nil {
			return ctor
		}
	}
	text := ""
	if source, at := vm.place(); at >= 0 && strings.HasPrefix(source[min(at, len(source)):], "new") {
		text = calleeAfter(source[at+len("new"):])
	}
	if text == "" {
		text = inWords(v)
	}
	panic(vm.r.NewTypeError("%s is not a constructor", text))
}

// place is where in its source the program is.
func (vm *vm) place() (source string, at int) {
	if vm.prg == nil || vm.prg.src == nil {
		return "", -1
	}
	return vm.prg.src.Source(), vm.prg.sourceOffset(vm.pc)
}

const (
	unnamed = "(intermediate value)"
	// A longer expression is cut, so that an error costs little wherever it is thrown.
	longestCallee = 200
)

// calleeBefore is the expression that ends where source ends, as far as it is made of names, dots, brackets
// and calls.
func calleeBefore(source string) string {
	rest := source[max(0, len(source)-longestCallee):]
	text := ""
	for {
		rest = strings.TrimRight(rest, " \t\r\n")
		switch {
		case rest == "":
			return unnamed + text
		case inName(rest[len(rest)-1]):
			begin := len(rest)
			for begin > 0 && inName(rest[begin-1]) {
				begin--
			}
			text = rest[begin:] + text
			rest = strings.TrimRight(rest[:begin], " \t\r\n")
		case rest[len(rest)-1] == ')' || rest[len(rest)-1] == ']':
			open := opening(rest)
			if open < 0 {
				return unnamed + text
			}
			before := strings.TrimRight(rest[:open], " \t\r\n")
			follows := before != "" && (inName(before[len(before)-1]) && !endsInKeyword(before) || strings.HasSuffix(before, ")") || strings.HasSuffix(before, "]"))
			inside := rest[open:]
			if key := strings.Trim(inside, `[]"'`); follows && len(key) == len(inside)-4 && strings.IndexFunc(key, notInPath) < 0 && !strings.ContainsAny(key, "., ") {
				inside = "." + key // o["name"]
			}
			switch {
			case follows && inside[0] == '(':
				text = "(...)" + text
			case follows:
				text = inside + text
			case inside[0] == '(' && strings.IndexFunc(inside[1:len(inside)-1], notInPath) < 0:
				return strings.TrimPrefix(strings.Trim(inside, "()"), "0, ") + text // as compilers write an imported function
			default:
				return unnamed + text
			}
			rest = before
			continue
		default:
			return unnamed + text
		}
		switch {
		case strings.HasSuffix(rest, "..."):
			return text
		case strings.HasSuffix(rest, "?."):
			text, rest = "?."+text, strings.TrimSuffix(rest, "?.")
		case strings.HasSuffix(rest, "."):
			text, rest = "."+text, strings.TrimSuffix(rest, ".")
		default:
			return text
		}
	}
}

// endsInKeyword says whether a bracket behind the text holds an operand, and no arguments or key.
func endsInKeyword(text string) bool {
	begin := len(text)
	for begin > 0 && inName(text[begin-1]) {
		begin--
	}
	switch text[begin:] {
	case "return", "typeof", "case", "in", "of", "else", "do", "void", "delete", "throw", "yield", "await", "instanceof", "if", "while", "for":
		return true
	}
	return false
}

// calleeAfter is the path of names that source begins with.
func calleeAfter(source string) string {
	text := strings.TrimLeft(source[:min(len(source), longestCallee)], " \t\r\n(")
	text = strings.TrimPrefix(text, "0, ")
	if end := strings.IndexFunc(text, func(r rune) bool { return r == ' ' || r == ',' || notInPath(r) }); end >= 0 {
		text = text[:end]
	}
	return text
}

// opening is where the bracket opens that the text ends with, or -1.
func opening(text string) int {
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func inName(c byte) bool {
	return c == '_' || c == '$' || c == '#' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// notInPath is true of what does not stand in "0, a.b".
func notInPath(r rune) bool {
	return r != '.' && r != ',' && r != ' ' && (r >= 0x80 || !inName(byte(r)))
}

// uniterable is the error of going through a value that cannot be gone through.
func (r *Runtime) uniterable(v Value) *Object {
	text := inWords(v)
	switch v.(type) {
	case *Object:
		text = "object"
	case valueInt, valueFloat:
		text = "number " + text
	case valueBool:
		text = "boolean " + text
	}
	return r.NewTypeError("%s is not iterable (cannot read property Symbol(Symbol.iterator))", text)
}

// notJSON says what JSON.parse could not read.
func notJSON(text string) string {
	const around = 10 // bytes shown on each side of the fault, in a long text
	// The decoder that reads values counts from where it last stood.
	var whole json.RawMessage
	var syntax *json.SyntaxError
	if !errors.As(json.Unmarshal([]byte(text), &whole), &syntax) || syntax.Offset < 1 || int(syntax.Offset) > len(text) {
		return "Unexpected end of JSON input"
	}
	at := int(syntax.Offset) - 1
	if text == "undefined" {
		return `"undefined" is not valid JSON`
	}
	for at > 0 && text[at]&0xC0 == 0x80 {
		at--
	}
	char := []rune(text[at:])[0]
	from, to, left, right := max(0, at-around), min(len(text), at+around), "...", "..."
	if len(text) <= 2*around {
		from, to = 0, len(text)
	}
	if from == 0 {
		left = ""
	}
	if to == len(text) {
		right = ""
	}
	return "Unexpected token '" + string(char) + "', " + left + `"` + strings.ToValidUTF8(text[from:to], "") + `"` + right + " is not valid JSON"
}
