package vm

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"github.com/go-sourcemap/sourcemap"
)

// jsError makes an error object of the app's world, to be thrown with panic.
func (s *Session) jsError(class, format string, args ...any) *goja.Object {
	ctor := s.rt.Get(class)
	if obj, err := s.rt.New(ctor, s.rt.ToValue(fmt.Sprintf(format, args...))); err == nil {
		return obj
	}
	return s.rt.NewTypeError(fmt.Sprintf(format, args...))
}

// position is a place in what the developer wrote.
type position struct {
	file         string
	line, column int
}

func (p position) String() string {
	if p.file == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", p.file, p.line, p.column)
}

// sourceMapping maps a compiled module back. A nil consumer means that nothing moved.
type sourceMapping struct{ consumer *sourcemap.Consumer }

func (m *module) sourceMap() *sourceMapping {
	m.mapOnce.Do(func() {
		m.mapping = &sourceMapping{}
		if len(m.src.SourceMap) == 0 {
			return
		}
		// Without a readable map, positions are less precise. That is no reason to fail.
		if c, err := sourcemap.Parse("", m.src.SourceMap); err == nil {
			m.mapping.consumer = c
		}
	})
	return m.mapping
}

// original maps a position of a compiled module to the developer's file.
func (e *Engine) original(file string, line, column int) position {
	m := e.modules[file]
	if m == nil {
		return position{file, line, column}
	}
	if line == 1 {
		column = max(1, column-len(modulePrefix))
	}
	at := position{m.src.File, line, column}
	if at.file == "" {
		at.file = m.src.Path
	}
	if c := m.sourceMap().consumer; c != nil {
		// Columns of source maps start at 0, those of the engine and of editors at 1.
		if _, _, l, col, ok := c.Source(line, column-1); ok && l > 0 {
			at.line, at.column = l, col+1
		}
	}
	return at
}

// frames maps a stack of the engine to the developer's files. It leaves out our own scripts and Go.
func (s *Session) frames(stack []goja.StackFrame) (lines []string, first position) {
	for i := range stack {
		f := &stack[i]
		at := f.Position()
		if at.Filename == "" || at.Line == 0 || isOwnScript(at.Filename) {
			continue
		}
		p := s.e.original(at.Filename, at.Line, at.Column)
		if first.file == "" {
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

// here is the position in the app's code that called the current native function.
func (s *Session) here() position {
	_, first := s.frames(s.rt.CaptureCallStack(0, nil))
	return first
}

// stackLine is a frame in the text of error.stack: "name (file:line:column(pc))".
var stackLine = regexp.MustCompile(`^\s*at (?:(.*) \()?([^()\s]+):(\d+):(\d+)\(\d+\)\)?$`)

// mapStackText maps the text of error.stack, which the engine wrote when the error was made.
func (s *Session) mapStackText(text string) (lines []string, first position) {
	for line := range strings.SplitSeq(text, "\n") {
		m := stackLine.FindStringSubmatch(line)
		if m == nil || isOwnScript(m[2]) {
			continue
		}
		l, _ := strconv.Atoi(m[3])
		c, _ := strconv.Atoi(m[4])
		p := s.e.original(m[2], l, c)
		if first.file == "" {
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

// syntaxError makes the error of a module that does not parse. The message contains the position,
// because this error has no stack.
func (s *Session) syntaxError(m *module, err error) *goja.Object {
	text := err.Error()
	if found := parserPlace.FindStringSubmatch(text); found != nil {
		line, _ := strconv.Atoi(found[1])
		column, _ := strconv.Atoi(found[2])
		text = fmt.Sprintf("%s (%s)", found[3], s.e.original(m.src.Path, line, column))
	}
	return s.jsError("SyntaxError", "%s", text)
}

// report logs an exception of the app and calls App.onError. The app must not see an interrupt:
// that unwinds the turn.
func (s *Session) report(err error) {
	if s.interrupted.Load() {
		s.noteStop(err)
		panic(turnAborted{})
	}
	text, lines, at := s.describe(err)
	stack := strings.Join(lines, "\n")
	brief := ""
	if thrown, ok := errors.AsType[*goja.Exception](err); ok {
		brief = s.brief(thrown.Value())
	}
	s.log(LogEntry{Level: "error", Kind: LogError, Text: text, Brief: brief, Stack: stack}, at)
	s.callOnError(text, stack)
}

// noteStop logs where the app was when it was stopped.
func (s *Session) noteStop(err error) {
	var stop *goja.InterruptedError
	if !errors.As(err, &stop) {
		return
	}
	lines, at := s.frames(stop.Stack())
	lines = lines[:min(len(lines), maxStackLines)]
	s.log(LogEntry{Level: "error", Kind: LogError, Stack: strings.Join(lines, "\n"),
		Text: fmt.Sprintf("The app was stopped: %v", stop.Value())}, at)
}

// complain logs a wrong use of the framework.
func (s *Session) complain(format string, args ...any) {
	s.log(LogEntry{Level: "error", Kind: LogError, Text: fmt.Sprintf(format, args...)}, position{})
}

func (s *Session) callOnError(text, stack string) {
	if s.inError {
		return // an exception of onError itself is only logged
	}
	s.inError = true
	defer func() { s.inError = false }()
	message := text
	if stack != "" {
		message += "\n" + stack
	}
	s.method(s.app, "onError", s.rt.ToValue(message))
	s.emit("Error", s.object("message", text, "stack", stack))
}

// describe formats an error without calling the app's toString. Getters of the value run inside the
// turn; a property whose getter throws is left out.
func (s *Session) describe(err error) (text string, lines []string, at position) {
	if overflow, ok := errors.AsType[*goja.StackOverflowError](err); ok {
		lines, at = s.frames(overflow.Stack())
		if len(lines) > maxStackLines {
			lines = lines[:maxStackLines]
		}
		return "RangeError: Maximum call stack size exceeded", lines, at
	}
	var ex *goja.Exception
	if !errors.As(err, &ex) {
		return err.Error(), nil, position{}
	}
	text, lines, at = s.describeValue(ex.Value())
	if at.file == "" {
		lines, at = s.frames(ex.Stack())
	}
	return text, lines, at
}

const maxStackLines = 20

func (s *Session) describeValue(v goja.Value) (text string, lines []string, at position) {
	obj, ok := v.(*goja.Object)
	if !ok {
		return "Uncaught " + s.inspect(v), nil, position{}
	}
	if obj.ClassName() != "Error" {
		return "Uncaught " + s.inspect(v), nil, position{}
	}
	name, message := s.safeString(obj, "name"), s.safeString(obj, "message")
	lines, at = s.mapStackText(s.safeString(obj, "stack"))
	if name == "" {
		name = "Error"
	}
	text = name
	if message != "" {
		text += ": " + message
	}
	if len(lines) > maxStackLines {
		lines = lines[:maxStackLines]
	}
	return text, lines, at
}

// brief returns what is said of something thrown where users' values must not be shown, "" when the
// whole text may be. An error has a message that was written to be read, and a refusal of wx has ours;
// any other value is data.
func (s *Session) brief(thrown goja.Value) string {
	switch v := thrown.(type) {
	case *goja.Object:
		if v.ClassName() == "Error" {
			return ""
		}
		if message := s.safeString(v, "errMsg"); message != "" {
			return "Uncaught value with errMsg " + message
		}
		return "Uncaught value of type " + v.ClassName()
	case goja.String:
		return "Uncaught value of type String"
	default:
		return ""
	}
}

// safeString reads a property that should be a string; anything else reads as "".
func (s *Session) safeString(obj *goja.Object, name string) (text string) {
	s.rt.Try(func() {
		if v, ok := obj.Get(name).(goja.String); ok {
			text = v.String()
		}
	})
	return text
}

// trackRejection keeps the rejected promises that have no handler, until the turn ends.
func (s *Session) trackRejection(p *goja.Promise, op goja.PromiseRejectionOperation) {
	if op == goja.PromiseRejectionReject {
		s.rejected = append(s.rejected, p)
		return
	}
	for i, other := range s.rejected {
		if other == p {
			s.rejected = append(s.rejected[:i], s.rejected[i+1:]...)
			return
		}
	}
}

func (s *Session) reportRejections() {
	for len(s.rejected) > 0 {
		p := s.rejected[0]
		s.rejected = s.rejected[1:]
		if s.quiet[p] {
			continue
		}
		text, lines, at := s.describeValue(p.Result())
		text = "Uncaught (in promise) " + strings.TrimPrefix(text, "Uncaught ")
		s.log(LogEntry{Level: "error", Kind: LogError, Text: text, Brief: s.brief(p.Result()),
			Stack: strings.Join(lines, "\n")}, at)
		res := s.rt.NewObject()
		res.Set("reason", p.Result())
		res.Set("promise", s.rt.ToValue(p))
		s.method(s.app, "onUnhandledRejection", res)
		s.emit("UnhandledRejection", res)
	}
}

// log passes a line to the host and, in a development session, to the shell.
func (s *Session) log(entry LogEntry, at position) {
	if s.logged++; s.logged > MaxLogsPerTurn {
		if s.logged > MaxLogsPerTurn+1 {
			return
		}
		entry = LogEntry{Level: "warn", Kind: LogError,
			Text: fmt.Sprintf("More than %d lines in one turn; the rest was dropped.", MaxLogsPerTurn)}
	}
	entry.Time = s.now()
	entry.Text = cut(entry.Text, MaxLogText)
	entry.Brief = cut(entry.Brief, MaxLogText)
	entry.Stack = cut(entry.Stack, MaxLogText)
	entry.File, entry.Line, entry.Column = at.file, at.line, at.column
	if top := s.top(); top != nil {
		entry.Page = top.route
	}
	s.host.Log(entry)
	if s.req.Development {
		frame, err := json.Marshal(struct {
			T      string `json:"t"`
			Level  string `json:"level"`
			Text   string `json:"text"`
			File   string `json:"file,omitempty"`
			Line   int    `json:"line,omitempty"`
			Column int    `json:"column,omitempty"`
		}{"log", entry.Level, entry.Text, entry.File, entry.Line, entry.Column})
		if err == nil {
			s.out = append(s.out, outFrame{json: frame})
		}
	}
}

// cut shortens text to at most n bytes, between two runes.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n] + "…"
}
