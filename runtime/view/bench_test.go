package view_test

import (
	"runtime"
	"syscall"
	"testing"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wxml"
)

// files is a mini program in memory.
type files map[string]string

func (f files) ReadFile(path string) ([]byte, bool) {
	text, ok := f[path]
	return []byte(text), ok
}

func compile(t testing.TB, f files) *template.Template {
	t.Helper()
	compiled, diagnostics := wxml.Compile(f, "page.wxml", wxml.Options{})
	if compiled == nil {
		t.Fatalf("compile: %v", diagnostics)
	}
	return compiled
}

// tablePage is the table of js-framework-benchmark. The reference framework was measured with it
// too.
const tablePage = `<view wx:for="{{rows}}" wx:key="id"
 class="row {{item.id === selected ? 'danger' : ''}}"><text>{{item.id}}</text
 ><text bindtap="select" data-id="{{item.id}}">{{item.label}}</text></view>`

const tableApp = `
var adjectives = ['pretty', 'large', 'big', 'small', 'tall', 'short', 'long', 'handsome', 'plain'];
var colours = ['red', 'yellow', 'blue', 'green', 'pink', 'brown', 'purple', 'white', 'black'];
var nouns = ['table', 'chair', 'house', 'bbq', 'desk', 'car', 'pony', 'cookie', 'sandwich'];
var id = 1, random = 0;
function pick(list) { random = (random * 1103515245 + 12345) % 2147483648; return list[random % list.length]; }
function build(n) {
	var rows = [];
	for (var i = 0; i < n; i++) {
		rows.push({ id: id++, label: pick(adjectives) + ' ' + pick(colours) + ' ' + pick(nouns) });
	}
	return rows;
}
var data = { rows: [], selected: 0 };
`

type table struct {
	rt   *goja.Runtime
	data *goja.Object
	page *view.Tree
	run  map[string]goja.Callable
}

// openTable opens the page with n rows. Actions run as the app's own code would.
func openTable(t testing.TB, n int) *table {
	t.Helper()
	rt := goja.New()
	if _, err := rt.RunString(tableApp); err != nil {
		t.Fatal(err)
	}
	tb := &table{rt: rt, data: rt.Get("data").(*goja.Object), run: map[string]goja.Callable{}}
	for name, source := range map[string]string{
		"create": "(function() { data.rows = build(1000); })",
		"clear":  "(function() { data.rows = []; })",
		"append": "(function() { data.rows = data.rows.concat(build(1000)); })",
		"remove": "(function() { data.rows = data.rows.filter(function(r, i) { return i != 5; }); })",
		"label":  "(function() { data.rows[500].label += '!'; })",
		"tenth":  "(function() { for (var i = 0; i < 1000; i += 10) data.rows[i].label += ' !!!'; })",
		"swap":   "(function() { var r = data.rows.slice(), a = r[1]; r[1] = r[998]; r[998] = a; data.rows = r; })",
		"select": "(function(id) { data.selected = data.rows[5].id; })",
	} {
		v, err := rt.RunString(source)
		if err != nil {
			t.Fatal(err)
		}
		tb.run[name], _ = goja.AssertFunction(v)
	}
	if n > 0 {
		tb.do(t, "create")
	}
	tb.page = view.New(rt, compile(t, files{"page.wxml": tablePage}), copied(tb.data), view.Limits{})
	if _, err := tb.page.Render(); err != nil {
		t.Fatal(err)
	}
	return tb
}

func (tb *table) do(t testing.TB, action string) {
	t.Helper()
	if _, err := tb.run[action](goja.Undefined()); err != nil {
		t.Fatal(err)
	}
}

func (tb *table) update(t testing.TB, paths ...[]any) []byte {
	t.Helper()
	ops, err := update(tb.page, tb.data, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

// cpu is the processor time of the process in nanoseconds, garbage collection included.
func cpu() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

// measure runs the step b.N times and reports processor time and bytes.
func measure(b *testing.B, before, step func() []byte) {
	b.Helper()
	b.ReportAllocs()
	var used int64
	var bytes int
	for b.Loop() {
		b.StopTimer()
		before()
		start := cpu()
		b.StartTimer()
		ops := step()
		used += cpu() - start
		bytes = len(ops)
	}
	b.ReportMetric(float64(used)/float64(b.N)/1e6, "cpu-ms/op")
	b.ReportMetric(float64(bytes), "wire-bytes")
}

var rows = []any{"rows"}

func nothing() []byte { return nil }

func BenchmarkCreate1000(b *testing.B) {
	tb := openTable(b, 0)
	measure(b, func() []byte {
		tb.do(b, "clear")
		return tb.update(b, rows)
	}, func() []byte {
		tb.do(b, "create")
		return tb.update(b, rows)
	})
}

// BenchmarkCreate1000Engine excludes the time of the app's own code.
func BenchmarkCreate1000Engine(b *testing.B) {
	tb := openTable(b, 0)
	measure(b, func() []byte {
		tb.do(b, "clear")
		tb.update(b, rows)
		tb.do(b, "create")
		return nil
	}, func() []byte { return tb.update(b, rows) })
}

func BenchmarkUpdateOnePathOf1000(b *testing.B) {
	tb := openTable(b, 1000)
	b.ReportAllocs()
	start, bytes := cpu(), 0
	for b.Loop() {
		tb.do(b, "label")
		bytes = len(tb.update(b, []any{"rows", 500, "label"}))
		if bytes > 1000 { // the label has grown: start again, so that its length is not measured
			if err := tb.data.Get("rows").(*goja.Object).Get("500").(*goja.Object).Set("label", "x"); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(cpu()-start)/float64(b.N)/1e6, "cpu-ms/op")
	b.ReportMetric(float64(bytes), "wire-bytes")
}

func BenchmarkUpdateEvery10thOf1000(b *testing.B) {
	tb := openTable(b, 1000)
	var paths [][]any
	for i := 0; i < 1000; i += 10 {
		paths = append(paths, []any{"rows", i, "label"})
	}
	measure(b, func() []byte { tb.do(b, "create"); return tb.update(b, rows) },
		func() []byte { tb.do(b, "tenth"); return tb.update(b, paths...) })
}

func BenchmarkUpdateEvery10thWholeArray(b *testing.B) {
	tb := openTable(b, 1000)
	measure(b, func() []byte { tb.do(b, "create"); return tb.update(b, rows) },
		func() []byte { tb.do(b, "tenth"); return tb.update(b, rows) })
}

func BenchmarkReplace1000(b *testing.B) {
	tb := openTable(b, 1000)
	measure(b, nothing, func() []byte { tb.do(b, "create"); return tb.update(b, rows) })
}

func BenchmarkSelect(b *testing.B) {
	tb := openTable(b, 1000)
	measure(b, func() []byte { tb.do(b, "create"); return tb.update(b, rows) },
		func() []byte { tb.do(b, "select"); return tb.update(b, []any{"selected"}) })
}

func BenchmarkSwap(b *testing.B) {
	tb := openTable(b, 1000)
	measure(b, nothing, func() []byte { tb.do(b, "swap"); return tb.update(b, rows) })
}

func BenchmarkRemove(b *testing.B) {
	tb := openTable(b, 1000)
	measure(b, func() []byte { tb.do(b, "create"); return tb.update(b, rows) },
		func() []byte { tb.do(b, "remove"); return tb.update(b, rows) })
}

func BenchmarkAppend1000(b *testing.B) {
	tb := openTable(b, 1000)
	measure(b, func() []byte {
		// 2,000 rows and 1,000 new ones at the same moment are more than a page may have.
		tb.do(b, "clear")
		tb.update(b, rows)
		tb.do(b, "create")
		return tb.update(b, rows)
	}, func() []byte {
		tb.do(b, "append")
		return tb.update(b, rows)
	})
}

func BenchmarkClear1000(b *testing.B) {
	tb := openTable(b, 1000)
	measure(b, func() []byte { tb.do(b, "create"); return tb.update(b, rows) },
		func() []byte { tb.do(b, "clear"); return tb.update(b, rows) })
}

// BenchmarkMemory1000 reports the engine's memory for a page of 1,000 rows, with the view's copy of the
// data, and for a page without rows.
func BenchmarkMemory1000(b *testing.B) {
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	compiled := compile(b, files{"page.wxml": tablePage})
	for _, n := range []int{0, 1000} {
		name := map[int]string{0: "empty", 1000: "rows"}[n]
		b.Run(name, func(b *testing.B) {
			tb := openTable(b, n)
			pages := make([]*view.Tree, 20)
			var used float64
			for b.Loop() {
				clear(pages)
				before := heap()
				for i := range pages {
					pages[i] = view.New(tb.rt, compiled, copied(tb.data), view.Limits{})
					if _, err := pages[i].Render(); err != nil {
						b.Fatal(err)
					}
				}
				used = (heap() - before) / float64(len(pages))
			}
			runtime.KeepAlive(pages)
			b.ReportMetric(used/1024, "KB/page")
		})
	}
}
