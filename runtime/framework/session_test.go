package framework_test

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/vm"
)

func TestASessionReplaysToTheSameFrames(t *testing.T) {
	t.Parallel()
	engine := apptest.Engine(t, map[string]string{
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
	play := func() *apptest.App {
		b := apptest.OpenOn(t, engine)
		b.Advance(20 * time.Millisecond)
		b.Reply(0, true, `{"code":"c"}`)
		b.Send(`{"t":"ready","page":1}`)
		b.Advance(time.Second)
		b.Send(`{"t":"hide"}`)
		b.Send(`{"t":"back"}`)
		return b
	}
	one, two := play(), play()
	if !reflect.DeepEqual(one.Frames, two.Frames) || !reflect.DeepEqual(one.Calls, two.Calls) ||
		!reflect.DeepEqual(one.Stored, two.Stored) || !reflect.DeepEqual(one.Logs, two.Logs) {
		t.Errorf("%v\n%v", one.Frames, two.Frames)
	}
	if len(one.Frames) < 8 || len(one.Calls) != 2 {
		t.Errorf("%d frames, %v", len(one.Frames), one.Calls)
	}
}

func TestSessionsOfOneEngineRunSideBySide(t *testing.T) {
	t.Parallel()
	engine := apptest.Engine(t, apptest.Typical())
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			b := apptest.OpenOn(t, engine)
			for range 20 {
				b.Tap(1, 0)
			}
			if !strings.HasSuffix(apptest.JSON(b.Last("patch")["ops"]), `"Tea 13 20"]]`) {
				t.Errorf("%v", b.Last("patch"))
			}
			b.Session.Close()
			if err := b.Session.RunTimers(time.Now()); !errors.Is(err, vm.ErrClosed) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}
