package vm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// Limits of one printed value, so that a line stays readable.
const (
	inspectDepth    = 4
	inspectItems    = 50
	maxConsoleNames = 200 // counters and clocks
)

// console is the state of the global console.
type console struct {
	vm     *VM
	indent int
	counts map[string]int
	clocks map[string]time.Time
}

// object makes the global console. Each line goes to the developer's log with its file and line.
func (k *console) object() *goja.Object {
	console := k.vm.rt.NewObject()
	write := func(level string, c goja.FunctionCall) goja.Value {
		k.print(level, c.Arguments)
		return goja.Undefined()
	}
	for _, m := range [...]struct{ name, level string }{{"log", "log"}, {"info", "info"},
		{"debug", "log"}, {"warn", "warn"}, {"error", "error"}, {"dir", "log"}, {"table", "log"},
		{"trace", "log"}} {
		console.Set(m.name, k.vm.Function(m.name, func(c goja.FunctionCall) goja.Value {
			return write(m.level, c)
		}))
	}
	console.Set("assert", k.vm.Function("assert", func(c goja.FunctionCall) goja.Value {
		if c.Argument(0).ToBoolean() {
			return goja.Undefined()
		}
		args := []goja.Value{k.vm.rt.ToValue("Assertion failed:")}
		if len(c.Arguments) > 1 {
			args = append(args, c.Arguments[1:]...)
		}
		k.print("error", args)
		return goja.Undefined()
	}))
	group := k.vm.Function("group", func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) > 0 {
			k.print("log", c.Arguments)
		}
		k.indent = min(k.indent+1, 20)
		return goja.Undefined()
	})
	console.Set("group", group)
	console.Set("groupCollapsed", group)
	console.Set("groupEnd", k.vm.Function("groupEnd", func(goja.FunctionCall) goja.Value {
		k.indent = max(k.indent-1, 0)
		return goja.Undefined()
	}))
	console.Set("time", k.vm.Function("time", func(c goja.FunctionCall) goja.Value {
		if k.clocks == nil {
			k.clocks = map[string]time.Time{}
		}
		if len(k.clocks) < maxConsoleNames {
			k.clocks[label(c)] = k.vm.now()
		}
		return goja.Undefined()
	}))
	console.Set("timeEnd", k.vm.Function("timeEnd", func(c goja.FunctionCall) goja.Value {
		if start, ok := k.clocks[label(c)]; ok {
			delete(k.clocks, label(c))
			k.print("log", []goja.Value{k.vm.rt.ToValue(fmt.Sprintf("%s: %s", label(c), k.vm.now().Sub(start)))})
		}
		return goja.Undefined()
	}))
	console.Set("count", k.vm.Function("count", func(c goja.FunctionCall) goja.Value {
		if k.counts == nil {
			k.counts = map[string]int{}
		}
		if _, ok := k.counts[label(c)]; ok || len(k.counts) < maxConsoleNames {
			k.counts[label(c)]++
		}
		k.print("log", []goja.Value{k.vm.rt.ToValue(fmt.Sprintf("%s: %d", label(c), k.counts[label(c)]))})
		return goja.Undefined()
	}))
	return console
}

func label(c goja.FunctionCall) string {
	if text := TextOf(c.Argument(0)); text != "" {
		return Cut(text, 100)
	}
	return "default"
}

func (k *console) print(level string, args []goja.Value) {
	if k.vm.turn.printed > MaxLogsPerTurn {
		return // the log of this turn is full: do not format the value
	}
	var b strings.Builder
	b.WriteString(strings.Repeat("  ", k.indent))
	for i, arg := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		if text, ok := arg.(goja.String); ok {
			b.WriteString(Cut(text.String(), MaxLogText))
		} else {
			p := printer{vm: k.vm, b: &b}
			p.value(arg, 0)
		}
		if b.Len() > MaxLogText {
			break
		}
	}
	k.vm.Log(protocol.LogEntry{Level: level, Kind: protocol.LogConsole, Text: b.String()}, k.vm.Here())
}

// inspect formats a value as console.log does.
func (v *VM) inspect(value goja.Value) string {
	var b strings.Builder
	p := printer{vm: v, b: &b}
	p.value(value, 0)
	return Cut(b.String(), MaxLogText)
}

// printer formats values without calling their toString. Getters run; an error they throw is shown.
type printer struct {
	vm   *VM
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
		p.b.WriteString(strconv.Quote(Cut(v.String(), MaxLogText)))
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
		fmt.Fprintf(p.b, "[Function %s]", p.vm.safeString(obj, "name"))
		return
	case "Error":
		text, lines, _ := p.vm.describeValue(obj)
		p.b.WriteString(text)
		for _, line := range lines {
			p.b.WriteString("\n" + line)
		}
		return
	case "Date":
		p.b.WriteString(DateText(obj))
		return
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

func (p *printer) array(obj *goja.Object, depth int) {
	n := int64(0)
	p.vm.rt.Try(func() { n = obj.Get("length").ToInteger() })
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
	p.vm.rt.Try(func() { keys = obj.Keys() })
	p.b.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if i >= inspectItems {
			fmt.Fprintf(p.b, "… %d more", len(keys)-i)
			break
		}
		p.b.WriteString(Cut(key, 100) + ": ")
		p.property(obj, key, depth)
	}
	p.b.WriteByte('}')
}

func (p *printer) property(obj *goja.Object, key string, depth int) {
	var v goja.Value
	if ex := p.vm.rt.Try(func() { v = obj.Get(key) }); ex != nil {
		p.b.WriteString("[threw]")
		return
	}
	p.value(v, depth+1)
}
