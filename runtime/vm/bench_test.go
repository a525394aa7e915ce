package vm_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/vm"
)

// discardHost is a host that discards everything.
type discardHost struct{}

func (discardHost) Frame([]byte)                {}
func (discardHost) Call(uint64, string, []byte) {}
func (discardHost) Store(vm.StorageOp)          {}
func (discardHost) Log(vm.LogEntry)             {}

// typical returns a program with about 20 KB of source and a page of 30 elements.
func typical() map[string]string {
	var lib strings.Builder
	for i := range 40 {
		fmt.Fprintf(&lib, `
class Service%[1]d {
	constructor(name) { this.name = name; this.items = []; this.state = {loading: false, error: null}; }
	load(page) { this.state.loading = true; return this.items.slice(page * 10, page * 10 + 10); }
	add(item) { if (!item) throw new Error('no item'); this.items.push({...item, id: this.items.length}); return this; }
	find(id) { return this.items.find((item) => item.id === id) || null; }
	format(item) { return item.name + ' ' + (item.price / 100).toFixed(2) + ' ' + this.name; }
}
exports.Service%[1]d = Service%[1]d;`, i)
	}
	var wxml strings.Builder
	wxml.WriteString(`<view class="page" bindtap="tap" data-id="{{n}}">`)
	for i := range 14 {
		fmt.Fprintf(&wxml, `<view class="row {{n === %d ? 'on' : ''}}"><text>{{title}} %d {{n}}</text></view>`, i, i)
	}
	wxml.WriteString(`</view>`)
	return map[string]string{
		"app.js":          `App({globalData: {user: null}, onLaunch() { this.globalData.user = wx.getStorageSync('user'); }});`,
		"lib/services.js": lib.String(),
		"pages/index/index.js": `const {Service1} = require('../../lib/services');
			const app = getApp();
			Page({
				data: {n: 0, title: 'Tea', items: []},
				onLoad() { this.service = new Service1('s'); this.setData({items: this.service.load(0), user: app.globalData.user}); },
				tap(e) { this.setData({n: this.data.n + 1, 'items[0].count': e.currentTarget.dataset.id}); },
			});`,
		"pages/index/index.wxml": wxml.String(),
	}
}

func engineOf(b testing.TB, files map[string]string) *vm.Engine {
	b.Helper()
	engine, err := vm.NewEngine(compiled(b, files), vm.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return engine
}

func openDiscarding(b testing.TB, engine *vm.Engine) *vm.Session {
	b.Helper()
	s, err := engine.Open(vm.OpenRequest{Env: vm.Env{Width: 375, Height: 812}}, discardHost{})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkOpenWarm opens a session of an engine that has compiled everything.
func BenchmarkOpenWarm(b *testing.B) {
	engine := engineOf(b, typical())
	openDiscarding(b, engine)
	b.ReportAllocs()
	for b.Loop() {
		openDiscarding(b, engine)
	}
}

// BenchmarkOpenCold also makes the engine: this is the wait of a version's first user.
func BenchmarkOpenCold(b *testing.B) {
	img := compiled(b, typical())
	for b.Loop() {
		engine, err := vm.NewEngine(img, vm.Options{})
		if err != nil {
			b.Fatal(err)
		}
		openDiscarding(b, engine)
	}
}

// BenchmarkTapToPatch is one tap whose handler sets two paths.
func BenchmarkTapToPatch(b *testing.B) {
	s := openDiscarding(b, engineOf(b, typical()))
	frame := []byte(`{"t":"event","page":1,"type":"tap","target":[0,0],"detail":{"x":12,"y":30},` +
		`"touches":[],"changedTouches":[{"identifier":0,"pageX":12,"pageY":30,"clientX":12,"clientY":30}],"ts":1234,"offsets":[[0,0,0,0]]}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Message(frame); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSetThousandRows sets a new list of 1,000 rows: handler, copy, diff and encoding.
func BenchmarkSetThousandRows(b *testing.B) {
	s := openDiscarding(b, engineOf(b, map[string]string{
		"pages/index/index.js": `let next = 0;
			Page({data: {rows: []}, tap() {
				const rows = [];
				for (let i = 0; i < 1000; i++) rows.push({id: next, label: 'row ' + next++});
				this.setData({rows});
			}});`,
		"pages/index/index.wxml": `<view bindtap="tap"><view wx:for="{{rows}}" wx:key="id" class="row {{item.id === selected ? 'danger' : ''}}"><text>{{item.id}}</text><text>{{item.label}}</text></view></view>`,
	}))
	frame := []byte(`{"t":"event","page":1,"type":"tap","target":[0,0],"ts":1}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Message(frame); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIdleSession reports what one open, idle session keeps on the heap.
func BenchmarkIdleSession(b *testing.B) {
	engine := engineOf(b, typical())
	openDiscarding(b, engine)
	const many = 200
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		sessions := make([]*vm.Session, many)
		for i := range sessions {
			sessions[i] = openDiscarding(b, engine)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/many, "B/session")
		runtime.KeepAlive(sessions)
	}
}
