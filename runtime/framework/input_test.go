package framework_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

func TestEventsCarryTargetDatasetAndDetail(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `Page({outer(e) {
			console.log(e.type, e.target.id, e.target.dataset.myKey, e.currentTarget.dataset.n + 1, e.detail.x, e.touches[0].pageX, e.currentTarget.offsetLeft);
		}, inner(e) { console.log('inner'); }});`,
		"pages/index/index.wxml": `<view bindtap="outer" data-n="{{41}}"><text id="t" data-my-key="v" bindtap="inner" /></view>`,
	})
	b.Send(`{"t":"event","page":1,"type":"tap","target":[0,1],"detail":{"x":3},"touches":[{"pageX":9}],"ts":5,"offsets":[[0,1,1,1],[0,0,12,8]]}`)
	b.WantPrinted("inner", "tap t v 42 3 9 12")
	b.Send(`{"t":"event","page":1,"type":"tap","target":[9,9]}`)
	b.Send(`{"t":"event","page":77,"type":"tap","target":[0,0]}`)
	b.Send(`{"t":"unknown"}`)
	b.WantClean()
	if err := b.Session.Message([]byte(`{"t":`)); err == nil {
		t.Error("half a frame was accepted")
	}
}

func TestOldMembersOfThePlatformStillWork(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage("", `tap() {
		function F() {} F.constructor = 5; F.prototype.constructor = F;
		/(y+)-(m+)/.test('yyyy-mm'); console.log(RegExp.$1, RegExp.$2, RegExp.$3 === '', 'a1'.replace(/(\d)/, '<$1>'), F.constructor);
		this.data.text = 'changed'; this.update();
	}`, `submit(e) { console.log(e.detail.value.a, e.detail.target.id, e.detail.target.dataset.k); }`))
	b.Tap(1, 0)
	b.WantPrinted("yyyy mm true a<1> 5")
	if apptest.JSON(b.Last("patch")["ops"]) != `[[0,0,"changed"]]` {
		t.Errorf("%v", b.Frames)
	}
	files := apptest.OnePage("", `submit(e) { console.log(e.detail.value.a, e.detail.target.id, e.detail.target.dataset.k); }`)
	files["pages/index/index.wxml"] = `<form bindsubmit="submit"><button form-type="submit" id="go" data-k="1"/></form>`
	b = apptest.Open(t, files)
	b.Send(`{"t":"event","page":1,"type":"submit","target":[0,0],"detail":{"value":{"a":5},"target":[0,1]}}`)
	b.WantPrinted("5 go 1")
}

func TestARemotePictureIsLoggedOncePerHost(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(``))
	for _, host := range []string{"cdn.example", "cdn.example", "img.example:8443", ""} {
		b.Send(`{"t":"event","page":1,"type":"remotepicture","target":[0,0],"detail":{"host":%q}}`, host)
	}
	var told []string
	for _, e := range b.Logs {
		told = append(told, e.Text)
	}
	if len(told) != 2 || !strings.Contains(told[0], `"cdn.example" on pages/index/index`) ||
		!strings.Contains(told[1], `"img.example:8443"`) {
		t.Errorf("log: %q", told)
	}
}

// A function of a WXS module, which runs in the browser, has ended these events.
func TestAnEventThatEndedInTheBrowserGoesNoFurther(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"pages/index/index.js": `Page({down() { console.log('down'); }, deep() { console.log('deep'); },
			outer() { console.log('outer'); }, inner() { console.log('inner'); }});`,
		"pages/index/index.wxml": `<view bindtap="outer" capture-bind:tap="down"><view><text bindtap="inner" capture-bind:tap="deep"/></view></view>`,
	}
	for end, want := range map[string][]string{
		``:                {"down", "deep", "inner", "outer"},
		`,"end":[0,1,0]`:  {"down", "deep", "inner"},
		`,"end":[0,0,0]`:  {"down", "deep", "inner", "outer"},
		`,"end":[0,1,1]`:  {"down"},
		`,"end":[0,2,1]`:  {"down", "deep"},
		`,"end":[0,77,0]`: {"down", "deep", "inner", "outer"}, // it is gone
	} {
		b := apptest.Open(t, files)
		b.Send("%s", `{"t":"event","page":1,"type":"tap","target":[0,2],"ts":5`+end+`}`)
		b.WantPrinted(want...)
	}
}

func TestTheLogHasWhatModulesWriteInTheBrowser(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(``))
	b.Send(`{"t":"event","page":1,"type":"wxslog","target":[0,0],"detail":{"level":"warn","text":"x is 3","file":"pages/index/m.wxs","line":7}}`)
	b.Send(`{"t":"event","page":1,"type":"wxslog","target":[0,0],"detail":{"level":"shout","text":"no such level"}}`)
	if len(b.Logs) != 1 || b.Logs[0].Level != "warn" || b.Logs[0].Text != "x is 3" || b.Logs[0].File != "pages/index/m.wxs" || b.Logs[0].Line != 7 {
		t.Errorf("log: %+v", b.Logs)
	}
}

func TestANavigatorOpensAnotherProgramAndHearsHowItWent(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.wxml": `<navigator target="miniProgram" app-id="ta1" path="pages/a" bindsuccess="went" bindfail="went" bindcomplete="went"/>`,
		"pages/index/index.js":   `Page({went(e) { console.log(e.type, e.detail.errMsg); }})`,
	})
	const tap = `{"t":"event","page":1,"type":"navigate","target":[0,0],"detail":{"target":"miniProgram","appId":"ta1","path":"pages/a"}}`
	b.Send(tap)
	call := b.Last("navigateToMiniProgram")
	if got := apptest.JSON(call["args"]); got != `{"appId":"ta1","envVersion":"","path":"pages/a"}` {
		t.Errorf("asked for %s", got)
	}
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{}}`, call["call"])
	b.Send(tap)
	b.Send(`{"t":"reply","call":%v,"ok":false,"error":"cancel"}`, b.Last("navigateToMiniProgram")["call"])
	b.WantPrinted("success navigateToMiniProgram:ok", "complete navigateToMiniProgram:ok",
		"fail navigateToMiniProgram:fail cancel", "complete navigateToMiniProgram:fail cancel")
}

// Whatever a browser sends, the only error of the session is ErrBadFrame.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"t":"event","page":1,"type":"tap","target":[0,0],"detail":{"x":1},"touches":[{}],"changedTouches":5,"ts":1}`,
		`{"t":"event","page":1,"type":"input","target":[0,1],"detail":{"value":"x"},"offsets":[[0,1,2,3]]}`,
		`{"t":"event","page":1,"type":"navigate","target":[0,0],"detail":{"url":"/pages/index/index"}}`,
		`{"t":"event","page":1,"type":"opentype","target":[0,0],"detail":{"openType":"share"}}`,
		`{"t":"event","page":1,"type":"intersection","target":[0,0],"detail":{"observer":1}}`,
		`{"t":"reply","call":1,"ok":true,"result":[1,{"target":[0,0]}]}`, `{"t":"reply","call":1,"ok":false}`,
		`{"t":"back"}`, `{"t":"tab","index":-1}`, `{"t":"ready","page":1}`, `{"t":"env","env":{"width":-5,"theme":"x"}}`,
		`{"t":"hide"}`, `{"t":"show"}`, `{"t":"share","page":1}`, `{"t":"pulldown","page":1}`, `{"t":"ping"}`, `{"t":5}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	engine := apptest.Engine(f, map[string]string{
		"pages/index/index.js": `Page({
			data: {n: 0},
			onLoad() { wx.createSelectorQuery().select('view').boundingClientRect((r) => { this.rect = r; }).exec(); },
			tap(e) { this.setData({n: e.detail && e.detail.x}); },
			input(e) { return e.detail.value; },
			onShareAppMessage() { return {title: 't'}; },
		});`,
		"pages/index/index.wxml": `<view bindtap="tap" data-a="{{n}}"><input bindinput="input" value="{{n}}"/>{{n}}</view>`,
	})
	f.Fuzz(func(t *testing.T, frame []byte) {
		s := apptest.OpenDiscarding(t, engine)
		defer s.Close()
		for range 2 {
			if err := s.Message(frame); err != nil && !errors.Is(err, framework.ErrBadFrame) {
				t.Fatalf("%q: %v", frame, err)
			}
		}
	})
}

func TestAFunctionOfTheViewCallsAMethod(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.json":             `{"pages":["pages/index/index"]}`,
		"pages/index/index.js": `Page({moved(d) { console.log('moved', d && d.n); }, data: {n: 1}});`,
	})
	b.Send(`{"t":"method","page":1,"type":"moved","detail":{"n":5}}`)
	b.Send(`{"t":"method","page":1,"type":"moved"}`)
	b.Send(`{"t":"method","page":1,"type":"missing"}`)
	b.Send(`{"t":"method","page":1,"type":"data"}`)
	b.Send(`{"t":"method","page":1,"type":"moved","target":[99,0]}`)
	b.WantPrinted("moved 5", "moved undefined")
	b.WantClean()
}
