package vm_test

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/vm"
)

func TestASessionReplaysToTheSameFrames(t *testing.T) {
	t.Parallel()
	engine := engineOf(t, map[string]string{
		"app.js": `App({onLaunch() { this.seen = Object.keys(wx).length; wx.login({success: (r) => wx.setStorageSync('code', r.code)}); }});`,
		"pages/index/index.js": `Page({data: {rows: [], map: {}},
			onLoad() { this.timer = setInterval(() => this.add(), 7); },
			add() {
				const rows = this.data.rows.concat({id: Math.random(), at: Date.now(), keys: Object.keys(console).join()});
				this.setData({rows, ['map.k' + rows.length]: rows.length});
				if (rows.length === 5) { clearInterval(this.timer); wx.navigateTo({url: '../b/b?n=' + Math.random()}); }
			}});`,
		"pages/index/index.wxml": `<view wx:for="{{rows}}" wx:key="id" bindtap="add">{{item.at}} {{item.keys}}</view><view>{{map.k3}}</view>`,
		"pages/b/b.js":           `Page({onLoad(q) { wx.request({url: 'https://a.example', data: {b: 1, a: 2}}).catch(() => {}); this.setData({text: q.n}); }});`,
	})
	play := func() *bench {
		b := openOn(t, engine)
		b.advance(20 * time.Millisecond)
		b.reply(0, true, `{"code":"c"}`)
		b.send(`{"t":"ready","page":1}`)
		b.advance(time.Second)
		b.send(`{"t":"hide"}`)
		b.send(`{"t":"back"}`)
		return b
	}
	one, two := play(), play()
	if !reflect.DeepEqual(one.frames, two.frames) || !reflect.DeepEqual(one.calls, two.calls) ||
		!reflect.DeepEqual(one.store, two.store) || !reflect.DeepEqual(one.logs, two.logs) {
		t.Errorf("%v\n%v", one.frames, two.frames)
	}
	if len(one.frames) < 8 || len(one.calls) != 2 {
		t.Errorf("%d frames, %v", len(one.frames), one.calls)
	}
}

func TestSessionsOfOneEngineRunSideBySide(t *testing.T) {
	t.Parallel()
	engine := engineOf(t, typical())
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			b := openOn(t, engine)
			for range 20 {
				b.tap(1, 0)
			}
			if !strings.HasSuffix(mustJSON(b.last("patch")["ops"]), `"Tea 13 20"]]`) {
				t.Errorf("%v", b.last("patch"))
			}
			b.s.Close()
			if err := b.s.RunTimers(time.Now()); !errors.Is(err, vm.ErrClosed) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestAModuleThatTheEngineCannotParseNamesItsPlace(t *testing.T) {
	t.Parallel()
	img := compiled(t, map[string]string{"pages/index/index.js": "Page({})"})
	for i := range img.Modules {
		if img.Modules[i].Path == "pages/index/index.js" {
			img.Modules[i].Source, img.Modules[i].SourceMap = "let ok = 1;\nlet = = 2;", nil
		}
	}
	engine, err := vm.NewEngine(img, vm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := openOn(t, engine)
	if got := b.problems(); !strings.Contains(got, "SyntaxError: Unexpected token = (pages/index/index.js:2:") {
		t.Error(got)
	}
}

func TestEveryVendorMemberExists(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`console.log(Object.keys(wx).filter((k) => wx[k] === undefined).join(), Object.keys(wx).length >= 499);`))
	b.wantPrinted(" true")
	if !vm.Supported("wx.request") || !vm.Supported("showToast") || vm.Supported("scanCode") || vm.Supported("cloud.init") || vm.Supported("nonsense") {
		t.Error("Supported is wrong")
	}
	if n := len(vm.SupportedAPIs()); n < 130 {
		t.Errorf("%d APIs", n)
	}
}
