package vm

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/source"
)

// frames maps a stack of the engine to the developer's files. It leaves out our own scripts and Go.
func (v *VM) frames(stack []goja.StackFrame) (lines []string, first source.Position) {
	for i := range stack {
		f := &stack[i]
		at := f.Position()
		if at.Filename == "" || at.Line == 0 || isOwnScript(at.Filename) {
			continue
		}
		p := v.code.original(at.Filename, at.Line, at.Column)
		if first.File == "" {
			first = p
		}
		if name := f.FuncName(); name != "" && name != "<anonymous>" {
			lines = append(lines, fmt.Sprintf("    at %s (%s)", name, p))
		} else {
			lines = append(lines, fmt.Sprintf("    at %s", p))
		}
	}
	return lines, first
}

// Here is the position in the app's code that called the current native function.
func (v *VM) Here() source.Position {
	_, first := v.frames(v.rt.CaptureCallStack(0, nil))
	return first
}

// stackLine is a frame in the text of error.stack: "name (file:line:column(pc))".
var stackLine = regexp.MustCompile(`^\s*at (?:(.*) \()?([^()\s]+):(\d+):(\d+)\(\d+\)\)?$`)

// mapStackText maps the text of error.stack, which the engine wrote when the error was made.
func (v *VM) mapStackText(text string) (lines []string, first source.Position) {
	for line := range strings.SplitSeq(text, "\n") {
		m := stackLine.FindStringSubmatch(line)
		if m == nil || isOwnScript(m[2]) {
			continue
		}
		l, _ := strconv.Atoi(m[3])
		c, _ := strconv.Atoi(m[4])
		p := v.code.original(m[2], l, c)
		if first.File == "" {
			first = p
		}
		if m[1] != "" {
			lines = append(lines, fmt.Sprintf("    at %s (%s)", m[1], p))
		} else {
			lines = append(lines, fmt.Sprintf("    at %s", p))
		}
	}
	return lines, first
}

// parserPlace finds "(anonymous): Line 3:7 Unexpected token" in a message of the parser.
var parserPlace = regexp.MustCompile(
	`(?s)^(?:SyntaxError: )?(?:\S+: )?Line (\d+):(\d+) (.*?)(?: \(and \d+ more errors\))?$`)

// syntaxError makes the error of a module that does not parse. The message contains the source.Position,
// because this error has no stack.
func (v *VM) syntaxError(m *module, err error) *goja.Object {
	text := err.Error()
	if found := parserPlace.FindStringSubmatch(text); found != nil {
		line, _ := strconv.Atoi(found[1])
		column, _ := strconv.Atoi(found[2])
		text = fmt.Sprintf("%s (%s)", found[3], v.code.original(m.src.Path, line, column))
	}
	return v.NewError("SyntaxError", "%s", text)
}

// Report logs an exception of the app and tells the framework. The app must not see an interrupt:
// that unwinds the turn.
func (v *VM) Report(err error) {
	if v.interrupted.Load() {
		v.noteStop(err)
		panic(turnAborted{})
	}
	text, lines, at := v.describe(err)
	stack := strings.Join(lines, "\n")
	brief := ""
	if thrown, ok := errors.AsType[*goja.Exception](err); ok {
		brief = v.brief(thrown.Value())
	}
	v.Log(protocol.LogEntry{Level: "error", Kind: protocol.LogError, Text: text, Brief: brief, Stack: stack}, at)
	v.above.Failed(text, stack)
}

// noteStop logs where the app was when it was stopped.
func (v *VM) noteStop(err error) {
	var stop *goja.InterruptedError
	if !errors.As(err, &stop) {
		return
	}
	lines, at := v.frames(stop.Stack())
	lines = lines[:min(len(lines), maxStackLines)]
	v.Log(protocol.LogEntry{Level: "error", Kind: protocol.LogError, Stack: strings.Join(lines, "\n"),
		Text: fmt.Sprintf("The app was stopped: %v", stop.Value())}, at)
}

// describe formats an error without calling the app's toString. Getters of the value run inside the
// turn; a property whose getter throws is left out.
func (v *VM) describe(err error) (text string, lines []string, at source.Position) {
	if overflow, ok := errors.AsType[*goja.StackOverflowError](err); ok {
		lines, at = v.frames(overflow.Stack())
		if len(lines) > maxStackLines {
			lines = lines[:maxStackLines]
		}
		return "RangeError: Maximum call stack size exceeded", lines, at
	}
	var ex *goja.Exception
	if !errors.As(err, &ex) {
		return err.Error(), nil, source.Position{}
	}
	text, lines, at = v.describeValue(ex.Value())
	if at.File == "" {
		lines, at = v.frames(ex.Stack())
	}
	return text, lines, at
}

const maxStackLines = 20

func (v *VM) describeValue(value goja.Value) (text string, lines []string, at source.Position) {
	obj, ok := value.(*goja.Object)
	if !ok {
		return "Uncaught " + v.inspect(value), nil, source.Position{}
	}
	if obj.ClassName() != "Error" {
		return "Uncaught " + v.inspect(value), nil, source.Position{}
	}
	name, message := v.safeString(obj, "name"), v.safeString(obj, "message")
	stack := v.safeString(obj, "stack")
	lines, at = v.mapStackText(stack)
	if name == "" {
		name = "Error"
	}
	text = name
	if message != "" {
		text += ": " + message
	} else if called := nativeCallee(stack); called != "" {
		text += " in " + called + "()" // a refusal of the engine, for which it has no words
	}
	if len(lines) > maxStackLines {
		lines = lines[:maxStackLines]
	}
	return text, lines, at
}

// nativeCallee is the builtin that made an error, by the stack in its text, or "".
func nativeCallee(stack string) string {
	_, stack, _ = strings.Cut(stack, "\n")
	first, _, _ := strings.Cut(strings.TrimSpace(stack), "\n")
	name, native := strings.CutSuffix(strings.TrimPrefix(first, "at "), " (native)")
	if !native {
		return ""
	}
	return name
}

// brief returns what is said of something thrown where users' values must not be shown, "" when the
// whole text may be. An error has a message that was written to be read, and a refusal of wx has ours;
// any other value is data.
func (v *VM) brief(thrown goja.Value) string {
	switch thrown := thrown.(type) {
	case *goja.Object:
		if thrown.ClassName() == "Error" {
			return ""
		}
		if message := v.safeString(thrown, "errMsg"); message != "" {
			return "Uncaught value with errMsg " + message
		}
		return "Uncaught value of type " + thrown.ClassName()
	case goja.String:
		return "Uncaught value of type String"
	default:
		return ""
	}
}

// ReportThrown logs something that the app has thrown, such as the reason of a promise that was rejected, and
// returns its text with the lines of its stack in the developer's files. The framework is not told.
func (v *VM) ReportThrown(thrown goja.Value) (text, stack string) {
	text, lines, at := v.describeValue(thrown)
	stack = strings.Join(lines, "\n")
	v.Log(protocol.LogEntry{Level: "error", Kind: protocol.LogError, Text: text, Brief: v.brief(thrown), Stack: stack}, at)
	return text, stack
}

// safeString reads a property that should be a string; anything else reads as "".
func (v *VM) safeString(obj *goja.Object, name string) (text string) {
	v.rt.Try(func() {
		if found, ok := obj.Get(name).(goja.String); ok {
			text = found.String()
		}
	})
	return text
}

// reportRejections logs the rejections that nothing handled, and tells the framework.
func (v *VM) reportRejections() {
	t := &v.turn
	for len(t.rejected) > 0 {
		p := t.rejected[0]
		t.rejected = t.rejected[1:]
		if t.quiet[p] {
			continue
		}
		text, lines, at := v.describeValue(p.Result())
		if reason, ok := p.Result().(*goja.Object); ok && at.File == "" {
			lines, at = v.frames(t.origins[reason])
		}
		text = "Uncaught (in promise) " + strings.TrimPrefix(text, "Uncaught ")
		v.Log(protocol.LogEntry{Level: "error", Kind: protocol.LogError, Text: text, Brief: v.brief(p.Result()),
			Stack: strings.Join(lines, "\n")}, at)
		v.above.Rejected(p)
	}
}

// Stack is the calls that led here, for Origin.
func (v *VM) Stack() []goja.StackFrame {
	stack := v.rt.CaptureCallStack(0, nil)
	return slices.Clone(stack[:min(len(stack), maxStackLines)])
}

// Origin says where a reason of this turn's rejections comes from: only errors have a stack of their own, and a
// promise that follows from others is rejected when the calls that made them are long over.
func (v *VM) Origin(reason *goja.Object, stack []goja.StackFrame) {
	if v.turn.origins == nil {
		v.turn.origins = map[*goja.Object][]goja.StackFrame{}
	}
	v.turn.origins[reason] = stack
}

// Quiet says that the rejection of a promise is already in the log, so that it is not reported.
func (v *VM) Quiet(p *goja.Promise) {
	if v.turn.quiet == nil {
		v.turn.quiet = map[*goja.Promise]bool{}
	}
	v.turn.quiet[p] = true
}
