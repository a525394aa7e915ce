package check_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/check"
	"github.com/teahouse/teahouse/runtime/worker"
)

func TestMain(m *testing.M) {
	worker.MaybeMain()
	os.Exit(m.Run())
}

// run checks a program in real worker processes.
func run(t *testing.T, files map[string]string) (*check.Report, string) {
	t.Helper()
	pool := worker.NewPool(worker.Config{})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		pool.Close(ctx)
	})
	all := map[string][]byte{"app.js": []byte("App({})")}
	for name, text := range files {
		all[name] = []byte(text)
	}
	report, err := check.Run(context.Background(), all, check.InWorkers(pool), check.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := report.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	return report, text.String()
}

func TestAGoodProgramPassesAndEveryTargetIsTappedOnce(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json": `{"pages":["pages/index/index","pages/b/b"],"window":{"navigationBarTitleText":"T"}}`,
		"pages/index/index.js": `Page({data: {n: 0, rows: [1, 2]},
			add() { this.setData({n: this.data.n + 1, rows: [1, 2, 3]}); },
			go() { wx.navigateTo({url: '/pages/b/b?n=' + this.data.n}); },
			ask() { wx.showModal({title: 'T', success: (r) => { if (r.confirm) wx.setStorageSync('asked', this.data.n); }}); },
			save(e) { if (e.detail.value.name !== 'Tea') throw new Error('form: ' + JSON.stringify(e.detail.value)); },
		});`,
		"pages/index/index.wxml": `<button bindtap="add">{{n}}</button><button bindtap="go">go</button>
			<view wx:for="{{rows}}" wx:key="*this" bindtap="ask">{{item}}</view>
			<form bindsubmit="save"><input name="name" value="Tea"/></form>`,
		"pages/b/b.js":   `Page({onLoad(q) { if (!q.n && wx.getStorageSync('asked') !== 1) throw new Error('storage is lost'); }, home() { wx.reLaunch({url: '/pages/index/index'}); }, more() { this.setData({ok: 1}); }});`,
		"pages/b/b.wxml": `<view bindtap="home">home</view><navigator url="/pages/index/index">n</navigator><view bindtap="more">{{ok}}</view>`,
	})
	if !report.OK(false) || report.Passed != 2 {
		t.Fatal(text)
	}
	if p := report.Pages[0]; p.Taps != 6 || p.Nodes != 6 || p.Milliseconds <= 0 {
		t.Errorf("%+v", p)
	}
	if p := report.Pages[1]; p.Taps != 3 {
		t.Errorf("%+v", p)
	}
	if !strings.HasSuffix(text, "\n2 passed, 0 failed\n") || !strings.HasPrefix(text, "ok    pages/index/index") {
		t.Error(text)
	}
}

func TestFaultsAreToldByPageFileAndLine(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index","pages/load/load","pages/loop/loop","pages/late/late","pages/net/net"]}`,
		"pages/index/index.js":   "Page({\n  tap() {\n    wx.scanCode({});\n    this.data.none.field = 1;\n  },\n});",
		"pages/index/index.wxml": `<view id="box" bindtap="tap">x</view>`,
		"pages/load/load.js":     "Page({\n  onLoad() {\n    undefinedThing();\n  },\n});",
		"pages/load/load.wxml":   `<view/>`,
		"pages/loop/loop.js":     "Page({onLoad() { for (;;) {} }});",
		"pages/loop/loop.wxml":   `<view/>`,
		"pages/late/late.js":     "Page({onLoad() { setTimeout(() => {\n throw new Error('late'); }, 10); }});",
		"pages/late/late.wxml":   `<view/>`,
		"pages/net/net.js":       "Page({onLoad() { wx.request({url: 'https://a.example/'}); }});",
		"pages/net/net.wxml":     `<view/>`,
	})
	if report.Failed != 4 || report.Passed != 1 {
		t.Fatal(text)
	}
	e := report.Pages[0].Error
	if e.File != "pages/index/index.js" || e.Line != 4 || e.During != "tap view#box" || !strings.HasPrefix(e.Text, "TypeError") {
		t.Errorf("%+v", e)
	}
	if e := report.Pages[1].Error; e.Line != 3 || !strings.Contains(e.Text, "undefinedThing") || e.During != "open" {
		t.Errorf("%+v", e)
	}
	if e := report.Pages[2].Error; e == nil {
		t.Error("the endless loop passed")
	}
	if e := report.Pages[3].Error; e.Text != "Error: late" || e.Line != 2 {
		t.Errorf("%+v", e)
	}
	if p := report.Pages[4]; len(p.Warnings) != 1 {
		t.Errorf("%+v", p)
	}
	if !strings.Contains(text, "unsupported  wx.scanCode (pages/index/index.js:3)\n") ||
		!strings.HasSuffix(text, "\n1 passed, 4 failed\n") {
		t.Error(text)
	}
	var out bytes.Buffer
	if err := report.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var read check.Report
	if err := json.Unmarshal(out.Bytes(), &read); err != nil || read.Failed != 4 || read.Pages[0].Error.Line != 4 {
		t.Errorf("%v %s", err, out.String())
	}
}

func TestAProgramThatDoesNotCompileFailsEveryPage(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index","pages/b/b"]}`,
		"pages/index/index.js":   "Page({});",
		"pages/index/index.wxml": `<view/>`,
		"pages/b/b.js":           "Page({\n  a: ,\n});",
		"pages/b/b.wxml":         `<view/>`,
	})
	if report.Passed != 0 || report.Failed != 2 {
		t.Fatal(text)
	}
	if e := report.Pages[1].Error; e.File != "pages/b/b.js" || e.Line != 2 {
		t.Errorf("%+v", e)
	}
	if strings.Count(text, "Unexpected") != 1 || strings.Count(text, "(pages/b/b.js:2:6)") != 2 ||
		!strings.HasSuffix(text, "0 passed, 2 failed\n") {
		t.Error(text)
	}
	if e := report.Pages[0].Error; e.File != "" || e.Text != "the program does not compile" {
		t.Errorf("%+v", e)
	}
}

func TestAFaultOfTheAppIsToldOnceAndNotOnEveryPage(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":     `{"pages":["pages/a/a","pages/b/b"]}`,
		"app.js":       "App({\n  onLaunch() {\n    missing();\n  },\n});",
		"pages/a/a.js": "Page({});", "pages/a/a.wxml": `<view/>`,
		"pages/b/b.js": "Page({});", "pages/b/b.wxml": `<view/>`,
	})
	if report.Failed != 2 || strings.Count(text, "missing is not defined") != 1 ||
		strings.Count(text, "(app.js:3:") != 2 || !strings.Contains(text, "  as above (app.js:3:") {
		t.Error(text)
	}
}

func TestStrictFailsOnWarningsAndUnsupportedAPIs(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"a warning of the compiler": {"pages/a/a.js": "Page({onLoad() { if (0) wx.requst({}); }});"},
		"an unsupported API":        {"pages/a/a.js": "Page({onLoad() { if (0) wx.scanCode({}); }});"},
	} {
		files["app.json"], files["pages/a/a.wxml"] = `{"pages":["pages/a/a"]}`, "<view/>"
		report, text := run(t, files)
		if !report.OK(false) || report.OK(true) {
			t.Errorf("%s: %s", name, text)
		}
		if strings.Count(text, "wx.requst")+strings.Count(text, "wx.scanCode") != 1 {
			t.Errorf("%s is not told once: %s", name, text)
		}
	}
	report, text := run(t, map[string]string{"app.json": `{"pages":["pages/a/a"]}`,
		"pages/a/a.js": "Page({})", "pages/a/a.wxml": "<view/>"})
	if !report.OK(true) {
		t.Error(text)
	}
}

func TestPagesThatNeedAQueryGetTheOneDeclaredOrSeen(t *testing.T) {
	t.Parallel()
	needs := "Page({onLoad(q) { JSON.parse(q.item); }});"
	report, text := run(t, map[string]string{
		"app.json":                     `{"pages":["pages/seen/seen","pages/declared/declared","pages/list/list","pages/lost/lost"]}`,
		"project.config.json":          `{"condition":{"miniprogram":{"list":[{"pathName":"pages/declared/declared","query":"item=1"}]}}}`,
		"pages/seen/seen.js":           needs,
		"pages/seen/seen.wxml":         "<view/>",
		"pages/declared/declared.js":   needs,
		"pages/declared/declared.wxml": "<view/>",
		"pages/lost/lost.js":           needs,
		"pages/lost/lost.wxml":         "<view/>",
		"pages/list/list.js":           "Page({go() { wx.navigateTo({url: '../seen/seen?item=2'}); }});",
		"pages/list/list.wxml":         `<view bindtap="go"/>`,
	})
	if report.Passed != 3 || report.Pages[3].OK || report.Pages[0].Query != "item=2" {
		t.Error(text)
	}
}
