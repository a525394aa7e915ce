package main

import (
	"maps"
	"runtime"
	"slices"
	"testing"

	"github.com/dop251/goja"
)

// Each program makes 20,000 of something; the figure is bytes of heap for each.
func BenchmarkHeapOf(b *testing.B) {
	programs := map[string]string{
		"function": `function () {}`, "arrow": `() => i`, "class": `class { a() {} b() {} }`,
		"object-0": `({})`, "object-3": `({ a: i, b: 2, c: 3 })`, "object-8": `({a:1,b:2,c:3,d:4,e:5,f:6,g:7,h:8})`,
		"object-12": `({a:1,b:2,c:3,d:4,e:5,f:6,g:7,h:8,i:9,j:10,k:11,l:12})`, "array-2": `[i, 2]`,
		"instance-4": `new Four(i)`, "set-1": `new Set([i])`, "set-40": `new Set(Array.from({ length: 40 }, (_, n) => n))`,
	}
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		one := programs[name]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				vm := goja.New()
				src := `function Four(i) { this.a = i; this.b = 2; this.c = 3; this.d = 4 }
					const all = []; for (let i = 0; i < 20000; i++) all.push(` + one + `); all`
				before := heap()
				v, err := vm.RunString(src)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(heap()-before)/20000, "B/each")
				runtime.KeepAlive(v)
				runtime.KeepAlive(vm)
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// The programs that the edits could make slower, and those that they are for.
func BenchmarkRun(b *testing.B) {
	programs := map[string]string{
		"appends":      `let s = 'x'.repeat(300); for (let i = 0; i < 20000; i++) s += 'ab'; s.length`,
		"appends-zh":   `let s = '中'.repeat(300); for (let i = 0; i < 20000; i++) s += '文'; s.length`,
		"short-concat": `let n = 0; for (let i = 0; i < 50000; i++) n += ('key' + i).length; n`,
		"props":        `const o = {a:1,b:2,c:3,d:4,e:5,f:6}; let n = 0; for (let i = 0; i < 100000; i++) { o.f = i; n += o.a + o.e + o.f } n`,
		"props-miss":   `class A { m() { return 1 } } class B extends A {} const o = new B(); o.x = 1; o.y = 2; let n = 0; for (let i = 0; i < 100000; i++) n += o.m(); n`,
		"make-objects": `let n = 0; for (let i = 0; i < 50000; i++) { const o = { id: i, label: 'x', on: true }; n += o.id } n`,
		"make-funcs":   `let n = 0; for (let i = 0; i < 50000; i++) { const f = () => i; n += f() } n`,
		"make-arrays":  `let n = 0; for (let i = 0; i < 50000; i++) { const a = [i, 2]; n += a[0] } n`,
		"wide":         `const o = {}; for (let i = 0; i < 64; i++) o['k' + i] = i; let n = 0; for (let j = 0; j < 2000; j++) for (const k in o) n += o[k]; n`,
		"json":         `const t = JSON.stringify(Array.from({length: 500}, (_, i) => ({id: i, name: 'n' + i, tags: ['a', 'b']}))); let n = 0; for (let i = 0; i < 20; i++) n += JSON.parse(t).length; n`,
	}
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		src := programs[name]
		b.Run(name, func(b *testing.B) {
			p := goja.MustCompile(name, "{"+src+"}", false)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := goja.New().RunProgram(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
