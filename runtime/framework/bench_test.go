package framework_test

import (
	"runtime"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/wx"
)

// BenchmarkOpenWarm opens a session of an engine that has compiled everything.
func BenchmarkOpenWarm(b *testing.B) {
	engine := apptest.Engine(b, apptest.Typical())
	apptest.OpenDiscarding(b, engine)
	b.ReportAllocs()
	for b.Loop() {
		apptest.OpenDiscarding(b, engine)
	}
}

// BenchmarkOpenCold also makes the engine: this is the wait of a version's first user.
func BenchmarkOpenCold(b *testing.B) {
	img := apptest.Compile(b, apptest.Typical())
	for b.Loop() {
		engine, err := wx.NewEngine(img, framework.Options{})
		if err != nil {
			b.Fatal(err)
		}
		apptest.OpenDiscarding(b, engine)
	}
}

// BenchmarkTapToPatch is one tap whose handler sets two paths.
func BenchmarkTapToPatch(b *testing.B) {
	s := apptest.OpenDiscarding(b, apptest.Engine(b, apptest.Typical()))
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
	s := apptest.OpenDiscarding(b, apptest.Engine(b, map[string]string{
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
	engine := apptest.Engine(b, apptest.Typical())
	apptest.OpenDiscarding(b, engine)
	const many = 200
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		sessions := make([]*framework.Session, many)
		for i := range sessions {
			sessions[i] = apptest.OpenDiscarding(b, engine)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/many, "B/session")
		runtime.KeepAlive(sessions)
	}
}
