package vm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// Limits of one printed value, so that a line stays readable.
const (
	inspectDepth    = 4
	inspectItems    = 50
	maxConsoleNames = 200 // counters and clocks
)

// newConsole makes the global console. Each line goes to the developer's log with its file and
// line.
func (s *Session) newConsole() *goja.Object {
	console := s.rt.NewObject()
	write := func(level string, c goja.FunctionCall) goja.Value {
		s.print(level, c.Arguments)
		return goja.Undefined()
	}
	for _, m := range [...]struct{ name, level string }{{"log", "log"}, {"info", "info"},
		{"debug", "log"}, {"warn", "warn"}, {"error", "error"}, {"dir", "log"}, {"table", "log"},
		{"trace", "log"}} {
		console.Set(m.name, s.function(m.name, func(c goja.FunctionCall) goja.Value {
			return write(m.level, c)
		}))
	}
	console.Set("assert", s.function("assert", func(c goja.FunctionCall) goja.Value {
		if c.Argument(0).ToBoolean() {
			return goja.Undefined()
		}
		args := []goja.Value{s.rt.ToValue("Assertion failed:")}
		if len(c.Arguments) > 1 {
			args = append(args, c.Arguments[1:]...)
		}
		s.print("error", args)
		return goja.Undefined()
	}))
	group := s.function("group", func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) > 0 {
			s.print("log", c.Arguments)
		}
		s.consoleIndent = min(s.consoleIndent+1, 20)
		return goja.Undefined()
	})
	console.Set("group", group)
	console.Set("groupCollapsed", group)
	console.Set("groupEnd", s.function("groupEnd", func(goja.FunctionCall) goja.Value {
		s.consoleIndent = max(s.consoleIndent-1, 0)
		return goja.Undefined()
	}))
	console.Set("time", s.function("time", func(c goja.FunctionCall) goja.Value {
		if s.clocks == nil {
			s.clocks = map[string]time.Time{}
		}
		if len(s.clocks) < maxConsoleNames {
			s.clocks[label(c)] = s.now()
		}
		return goja.Undefined()
	}))
	console.Set("timeEnd", s.function("timeEnd", func(c goja.FunctionCall) goja.Value {
		if start, ok := s.clocks[label(c)]; ok {
			delete(s.clocks, label(c))
			s.print("log", []goja.Value{s.rt.ToValue(fmt.Sprintf("%s: %s", label(c), s.now().Sub(start)))})
		}
		return goja.Undefined()
	}))
	console.Set("count", s.function("count", func(c goja.FunctionCall) goja.Value {
		if s.counts == nil {
			s.counts = map[string]int{}
		}
		if _, ok := s.counts[label(c)]; ok || len(s.counts) < maxConsoleNames {
			s.counts[label(c)]++
		}
		s.print("log", []goja.Value{s.rt.ToValue(fmt.Sprintf("%s: %d", label(c), s.counts[label(c)]))})
		return goja.Undefined()
	}))
	return console
}

func label(c goja.FunctionCall) string {
	if text := textOf(c.Argument(0)); text != "" {
		return cut(text, 100)
	}
	return "default"
}

func (s *Session) print(level string, args []goja.Value) {
	if s.logged > MaxLogsPerTurn {
		return // the log of this turn is full: do not format the value
	}
	var b strings.Builder
	b.WriteString(strings.Repeat("  ", s.consoleIndent))
	for i, arg := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		if text, ok := arg.(goja.String); ok {
			b.WriteString(cut(text.String(), MaxLogText))
		} else {
			p := printer{s: s, b: &b}
			p.value(arg, 0)
		}
		if b.Len() > MaxLogText {
			break
		}
	}
	s.log(LogEntry{Level: level, Kind: LogConsole, Text: b.String()}, s.here())
}

// inspect formats a value as console.log does.
func (s *Session) inspect(v goja.Value) string {
	var b strings.Builder
	p := printer{s: s, b: &b}
	p.value(v, 0)
	return cut(b.String(), MaxLogText)
}

// printer formats values without calling their toString. Getters run; an error they throw is shown.
type printer struct {
	s    *Session
	b    *strings.Builder
	seen []*goja.Object
}

func (p *printer) value(v goja.Value, depth int) {
	if p.b.Len() > MaxLogText {
		return
	}
	switch v := v.(type) {
	case nil:
		p.b.WriteString("undefined")
	case *goja.Object:
		p.object(v, depth)
	case goja.String:
		p.b.WriteString(strconv.Quote(cut(v.String(), MaxLogText)))
	case *goja.Symbol:
		p.b.WriteString("Symbol()")
	default:
		p.b.WriteString(v.String())
	}
}

func (p *printer) object(obj *goja.Object, depth int) {
	class := obj.ClassName()
	switch class {
	case "Function":
		fmt.Fprintf(p.b, "[Function %s]", p.s.safeString(obj, "name"))
		return
	case "Error":
		text, lines, _ := p.s.describeValue(obj)
		p.b.WriteString(text)
		for _, line := range lines {
			p.b.WriteString("\n" + line)
		}
		return
	case "Date":
		if ms := dateOf(obj); ms != "" {
			p.b.WriteString(ms)
			return
		}
	case "Array", "Object":
	default:
		p.b.WriteString(class + " ")
	}
	if slices.Contains(p.seen, obj) {
		p.b.WriteString("[Circular]")
		return
	}
	if depth >= inspectDepth {
		p.b.WriteString(map[bool]string{true: "[…]", false: "{…}"}[class == "Array"])
		return
	}
	p.seen = append(p.seen, obj)
	if class == "Array" {
		p.array(obj, depth)
	} else {
		p.fields(obj, depth)
	}
	p.seen = p.seen[:len(p.seen)-1]
}

// dateOf formats a date without running the app's code.
func dateOf(obj *goja.Object) string {
	if t, ok := obj.Export().(time.Time); ok {
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return ""
}

func (p *printer) array(obj *goja.Object, depth int) {
	n := int64(0)
	p.s.rt.Try(func() { n = obj.Get("length").ToInteger() })
	p.b.WriteByte('[')
	for i := range n {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if i >= inspectItems {
			fmt.Fprintf(p.b, "… %d more", n-i)
			break
		}
		p.property(obj, strconv.FormatInt(i, 10), depth)
	}
	p.b.WriteByte(']')
}

func (p *printer) fields(obj *goja.Object, depth int) {
	var keys []string
	p.s.rt.Try(func() { keys = obj.Keys() })
	p.b.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if i >= inspectItems {
			fmt.Fprintf(p.b, "… %d more", len(keys)-i)
			break
		}
		p.b.WriteString(cut(key, 100) + ": ")
		p.property(obj, key, depth)
	}
	p.b.WriteByte('}')
}

func (p *printer) property(obj *goja.Object, key string, depth int) {
	var v goja.Value
	if ex := p.s.rt.Try(func() { v = obj.Get(key) }); ex != nil {
		p.b.WriteString("[threw]")
		return
	}
	p.value(v, depth+1)
}
