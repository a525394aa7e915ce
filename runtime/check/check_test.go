package check_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/check"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/waittest"
)

func TestMain(m *testing.M) {
	programs.MaybeMain()
	os.Exit(m.Run())
}

// run checks a program in real worker processes.
func run(t *testing.T, files map[string]string) (*check.Report, string) {
	t.Helper()
	return runWith(t, files, check.Options{})
}

func runWith(t *testing.T, files map[string]string, options check.Options) (*check.Report, string) {
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
	options.PageTimeout = cmp.Or(options.PageTimeout, waittest.Patience) // a busy machine is no fault of a page
	report, err := check.Run(context.Background(), all, check.InWorkers(pool), options)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := report.WriteText(&text, false, fault.English); err != nil {
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

// Ensure that a file of a project has one name, whether it is compiled or runs.
func TestAProjectsFilesHaveOneName(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"project.config.json":         `{"miniprogramRoot":"mini/"}`,
		"mini/app.json":               `{"pages":["pages/index/index"]}`,
		"mini/app.js":                 "App({});",
		"mini/pages/index/p.ts":       "export const fail = (): never => {\n  throw new Error('late');\n};",
		"mini/pages/index/index.js":   "import {fail} from './p';\nPage({onLoad() { wx.addCard({}); setTimeout(fail, 1); }});",
		"mini/pages/index/index.wxml": `<view/>`,
	})
	e := report.Pages[0].Error
	if e == nil || e.File != "mini/pages/index/p.ts" || e.Line != 2 || report.Unsupported[0].File != "mini/pages/index/index.js" {
		t.Errorf("%+v %s", e, text)
	}
}

func TestFaultsAreToldByPageFileAndLine(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index","pages/load/load","pages/loop/loop","pages/late/late","pages/net/net"]}`,
		"pages/index/index.js":   "Page({\n  tap() {\n    wx.startWifi({});\n    this.data.none.field = 1;\n  },\n});",
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
	if !strings.Contains(text, "unsupported  wx.startWifi (pages/index/index.js:3:5): browsers do not show networks to pages\n") ||
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

func TestAScriptThatDoesNotCompileFailsItsPageAlone(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index","pages/b/b"]}`,
		"pages/index/index.js":   "Page({});",
		"pages/index/index.wxml": `<view/>`,
		"pages/b/b.js":           "Page({\n  a: ,\n});",
		"pages/b/b.wxml":         `<view/>`,
	})
	if report.Passed != 1 || report.Failed != 1 || report.OK(false) {
		t.Fatal(text)
	}
	if e := report.Pages[1].Error; e.File != "pages/b/b.js" || e.Line != 2 {
		t.Errorf("%+v", e)
	}
}

func TestAProgramThatDoesNotCompileFailsEveryPage(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index","pages/b/b"],"tabBar":{"list":[{"pagePath":"pages/b/b","text":"B"}]}}`,
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
		"a warning":          {"pages/a/a.js": "Page({onLoad() { if (0) wx.requst({}); }});"},
		"an unsupported API": {"pages/a/a.js": "Page({onLoad() { if (0) wx.startWifi({}); }});"},
	} {
		files["app.json"], files["pages/a/a.wxml"] = `{"pages":["pages/a/a"]}`, "<view/>"
		report, text := run(t, files)
		if !report.OK(false) || report.OK(true) {
			t.Errorf("%s: %s", name, text)
		}
		var strict bytes.Buffer
		if err := report.WriteText(&strict, true, fault.English); err != nil {
			t.Fatal(err)
		}
		if want := "\n1 passed, 0 failed; not clean (--strict): 1 " + strings.TrimPrefix(strings.TrimPrefix(name, "a "), "an ") + "\n"; !strings.HasSuffix(strict.String(), want) {
			t.Errorf("%s: the last line does not say why it fails, %q: %s", name, want, &strict)
		}
		if strings.Count(text, "wx.requst")+strings.Count(text, "wx.startWifi") != 1 {
			t.Errorf("%s is not told once: %s", name, text)
		}
	}
	report, text := run(t, map[string]string{"app.json": `{"pages":["pages/a/a"]}`,
		"pages/a/a.js": "Page({})", "pages/a/a.wxml": "<view/>"})
	if !report.OK(true) {
		t.Error(text)
	}
}

func TestAReportIsInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	report, english := run(t, map[string]string{"app.json": `{"pages":["pages/a/a"]}`,
		"pages/a/a.js": "Page({onLoad() { if (0) wx.startWifi({}); nowhere(); }});", "pages/a/a.wxml": "<view><none/></view>"})
	var text bytes.Buffer
	if err := report.WriteText(&text, true, fault.Chinese); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"fail  pages/a/a", " 个节点  ", "ReferenceError: nowhere is not defined",
		"不支持  wx.startWifi (pages/a/a.js:1:25)：浏览器不向网页提供无线网络的信息", "\n0 passed, 1 failed；不干净（--strict）：1 个警告、1 个不支持的接口\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the Chinese report lacks %q:\n%s", want, &text)
		}
	}
	if !strings.Contains(english, "unsupported  wx.startWifi (pages/a/a.js:1:25): browsers do not show networks to pages\n0 passed, 1 failed\n") {
		t.Errorf("the English report:\n%s", english)
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

func TestAPageThatNeedsTheOneBelowIsOpenedFromIt(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json": `{"pages":["pages/top/top","pages/list/list","pages/lost/lost"]}`,
		"pages/top/top.js": `Page({onShow() { const list = getCurrentPages(); list[list.length - 2].chosen(); },
			again() { const list = getCurrentPages(); list[list.length - 2].chosen(); wx.navigateBack(); }});`,
		"pages/top/top.wxml":   `<view bindtap="again"/>`,
		"pages/lost/lost.js":   `Page({onShow() { const list = getCurrentPages(); list[list.length - 2].chosen(); }});`,
		"pages/lost/lost.wxml": "<view/>",
		"pages/list/list.js":   "Page({onLoad(q) { this.q = q; }, chosen() {}, go() { wx.navigateTo({url: '../top/top?a=1'}); }});",
		"pages/list/list.wxml": `<view bindtap="go"/>`,
	})
	top := report.Pages[0]
	if report.Passed != 2 || !top.OK || top.From != "pages/list/list" || top.Query != "a=1" || top.Taps != 1 || report.Pages[2].OK {
		t.Errorf("%s\n%+v", text, top)
	}
}

func TestEditorsAreReadyAndNamesPassTheirReview(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"app.json": `{"pages":["pages/index/index"]}`,
		"pages/index/index.js": `Page({data: {state: '', second: false},
			ready() { this.setData({state: this.data.state + 'ready ', second: true}); },
			entered(e) { this.name = e.detail.value; },
			reviewed(e) { this.setData({state: this.data.state + this.name + e.detail.pass + e.detail.timeout}); }});`,
		"pages/index/index.wxml": `<editor bindready="ready"/><editor wx:if="{{second}}" bindready="ready"/>
			<input class="name" type="nickname" bindinput="entered" bindnicknamereview="reviewed"/><text class="state">{{state}}</text>`,
	}
	report, text := runWith(t, files, check.Options{Tree: true})
	if !report.OK(true) || !strings.Contains(report.Pages[0].Tree, `"ready ready "`) {
		t.Errorf("%s\n%s", text, report.Pages[0].Tree)
	}
	steps, err := check.ReadSteps("input .name Tea\nexpect .state ready ready Teatruefalse")
	if err != nil {
		t.Fatal(err)
	}
	if report, text := runWith(t, files, check.Options{Steps: steps}); !report.OK(true) {
		t.Error(text)
	}
}

// Ensure that a page is judged when it has come to rest: by what it shows then, and by what it throws
// then. The check does not sleep meanwhile, and a page that never rests passes.
func TestAPageIsJudgedWhenItHasComeToRest(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":             `{"pages":["pages/slow/slow","pages/late/late","pages/game/game","pages/far/far"]}`,
		"pages/slow/slow.js":   "const steps = [1, 2, 3]; Page({data: {list: []}, onLoad() { const next = () => { if (steps.length) setTimeout(() => { this.setData({list: this.data.list.concat(steps.shift())}); next(); }, 400); }; next(); }});",
		"pages/slow/slow.wxml": `<view wx:for="{{list}}" wx:key="*this">{{item}}</view>`,
		"pages/late/late.js":   "Page({tap() { wx.showToast({title: 'Done', success: () => setTimeout(() => {\n missing(); }, 1500)}); }});",
		"pages/late/late.wxml": `<view bindtap="tap">x</view>`,
		"pages/game/game.js":   "Page({data: {n: 0}, onLoad() { setInterval(() => this.setData({n: this.data.n + 1}), 16); }});",
		"pages/game/game.wxml": `<view>{{n}}</view>`,
		"pages/far/far.js":     "Page({onLoad() { setTimeout(() => {\n\n missing(); }, 9000); }});",
		"pages/far/far.wxml":   `<view/>`,
	})
	if p := report.Pages[0]; !p.OK || p.Nodes != 3 {
		t.Errorf("%+v", p)
	}
	if e := report.Pages[1].Error; e == nil || e.Line != 2 || e.During != `tap view "x"` {
		t.Errorf("%+v", report.Pages[1])
	}
	if !report.Pages[2].OK {
		t.Errorf("%+v", report.Pages[2])
	}
	if e := report.Pages[3].Error; e == nil || e.Line != 3 {
		t.Errorf("%+v", report.Pages[3])
	}
	if t.Failed() {
		t.Log(text)
	}
}

// play runs a file of steps on a program.
func play(t *testing.T, files map[string]string, text string) (*check.Report, string) {
	t.Helper()
	steps, err := check.ReadSteps(text)
	if err != nil {
		t.Fatal(err)
	}
	return runWith(t, files, check.Options{Steps: steps})
}

var menu = map[string]string{
	"app.json": `{"pages":["pages/menu/menu","pages/order/order"]}`,
	"pages/menu/menu.js": `Page({data: {dishes: ['Tea', 'Cake'], chosen: '', note: ''}, onLoad(q) { this.setData({table: q.table}); },
		choose(e) { this.setData({chosen: e.currentTarget.dataset.name}); }, note(e) { this.setData({note: e.detail.value}); },
		order() { setTimeout(() => wx.navigateTo({url: '/pages/order/order?dish=' + this.data.chosen}), 1000); }});`,
	"pages/menu/menu.wxml": `<view class="table">{{table}}</view><view wx:for="{{dishes}}" wx:key="*this" class="dish" bindtap="choose" data-name="{{item}}"><text>{{item}}</text></view>
<input id="note" bindinput="note"/><view id="chosen">{{chosen}} {{note}}</view><button id="order" bindtap="order">Order</button>`,
	"pages/order/order.js":   `Page({onLoad(q) { this.setData({dish: q.dish, at: Date.now()}); }, changed(e) { if (e.detail.value > 4) missing(); }});`,
	"pages/order/order.wxml": `<view class="state b a" hidden="{{false}}">Ordered  <text>{{dish}}</text></view><slider id="s" bindchange="changed"/>`,
}

func TestStepsArePlayedInOneSession(t *testing.T) {
	t.Parallel()
	report, text := play(t, menu, `
open pages/menu/menu?table=4
expect .table 4
tap .dish@2
# what a person types
input #note less sugar
expect #chosen Cake less sugar
tap #order
expect .state nothing
wait 1500
expect .state Ordered Cake
tree
back
expect #chosen Cake less sugar
`)
	if report.Failed != 0 || report.Passed != 12 || !strings.HasSuffix(text, "\n12 passed, 0 failed\n") {
		t.Fatal(text)
	}
	if want := "<view class=\"a b state\" hidden:=\"false\">\n  \"Ordered  \"\n  <text>Cake</text>\n</view>\n<slider id=\"s\"/>\n"; report.Steps[9].Tree != want {
		t.Errorf("%s\nwant\n%s", report.Steps[9].Tree, want)
	}
}

func TestStepsEnterValuesOfEveryControlAndSubmitForms(t *testing.T) {
	t.Parallel()
	report, text := play(t, map[string]string{
		"app.json": `{"pages":["p/a"]}`,
		"p/a.js": `Page({data: {said: '', volume: 3, on: true, name: 'a'},
			say(e) { this.setData({said: e.type + JSON.stringify(e.detail.value || null)}); }});`,
		"p/a.wxml": `<view id="said">{{said}}</view><view id="bound">{{volume}} {{on}} {{name}}</view>
<slider id="volume" model:value="{{volume}}"/><switch id="on" model:checked="{{on}}"/><input id="name" model:value="{{name}}"/>
<slider id="heard" bindchange="say"/>
<form bindsubmit="say" bindreset="say"><input name="text" id="text" value="old"/><slider name="how" value="{{7}}"/><switch name="yes" checked/>
<checkbox-group name="some" id="some"><checkbox value="1" checked/><checkbox value="2"/></checkbox-group>
<radio-group name="one"><radio value="x"/><radio value="y" checked/></radio-group><view name="no control">-</view>
<button id="send" form-type="submit">S</button><button id="undo" formType="reset">R</button></form>`,
	}, `
input #volume 40
input #on false
input #name Tea house
expect #bound 40 false Tea house
input #heard 12
expect #said change12
tap #send
expect #said submit{"how":7,"one":"y","some":["1"],"text":"old","yes":true}
input #text new
input #some ["2"]
tap #send
expect #said submit{"how":7,"one":"y","some":["2"],"text":"new","yes":true}
tap #undo
expect #said resetnull
tap #send
expect #said submit{"how":7,"one":"y","some":["1"],"text":"old","yes":true}
input #on perhaps
`)
	if last := report.Steps[len(report.Steps)-1]; report.Failed != 1 || report.Passed != 16 || last.Error == nil || last.Error.Text != "a switch is true or false" {
		t.Fatal(text)
	}
}

func TestACanvasGivesAPicture(t *testing.T) {
	t.Parallel()
	report, text := play(t, map[string]string{
		"app.json": `{"pages":["p/a"]}`,
		"p/a.js": `Page({data: {}, onReady() { wx.canvasToTempFilePath({canvasId: 'c',
			success: (r) => this.setData({path: r.tempFilePath.slice(1)})}, this); }});`,
		"p/a.wxml": `<canvas canvas-id="c"/><view id="path">{{path}}</view>`,
	}, "expect #path picture.png")
	if report.Failed != 0 {
		t.Fatal(text)
	}
}

func TestTheFirstStepThatFailsIsTold(t *testing.T) {
	t.Parallel()
	for steps, want := range map[string]string{
		"open pages/order/order\nevent #s change {\"value\":3}\nevent #s change {\"value\":5}\nback": "fail  event #s change {\"value\":5}  ReferenceError: missing is not defined",
		"open pages/order/order\ntap #nobody":                                                        "fail  tap #nobody  0 elements match #nobody",
		"expect .table 5":                                                                            `fail  expect .table 5  .table shows ""`,
		"open pages/order/order\nopen pages/menu/menu":                                               "open can only be the first step",
	} {
		report, text := play(t, menu, steps)
		if report.Failed != 1 || !strings.Contains(text, want) || strings.Contains(text, "ok    back") {
			t.Errorf("%s\n%s\nwant %s", steps, text, want)
		}
	}
	for text, want := range map[string]string{
		"":             "no steps",
		"tap":          "line 1: tap needs a target",
		"#x\n\njump a": `line 3: there is no step "jump"`,
		"tap #a b":     "line 1: tap takes nothing more",
		"wait soon":    "line 1: wait needs a number",
		"tap .a@0":     "line 1: behind @",
		"event #a":     "line 1: event needs",
	} {
		if _, err := check.ReadSteps(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestTheTreeOfAChosenPageIsPrinted(t *testing.T) {
	t.Parallel()
	report, text := runWith(t, menu, check.Options{Tree: true, Pages: []string{"/pages/order/order?dish=Pie"}})
	if len(report.Pages) != 1 || !strings.Contains(text, "\n  <text>Pie</text>\n</view>\n") {
		t.Error(text)
	}
}

func TestTheFirstTreeIsThatBeforeTimeAndMeasures(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"app.json": `{"pages":["pages/index/index"]}`,
		"pages/index/index.js": `Page({data: {state: 'made'},
			onReady() {
				this.setData({state: 'ready'});
				wx.createSelectorQuery().select('view').boundingClientRect(() => this.setData({state: 'measured'})).exec();
				setTimeout(() => this.setData({state: 'late'}), 100);
			},
		});`,
		"pages/index/index.wxml": `<view>{{state}}</view>`,
	}
	first, _ := runWith(t, files, check.Options{FirstTree: true})
	last, _ := runWith(t, files, check.Options{Tree: true})
	if first.Pages[0].Tree != "<view>ready</view>\n" || last.Pages[0].Tree != "<view>late</view>\n" {
		t.Errorf("%s%s", first.Pages[0].Tree, last.Pages[0].Tree)
	}
}

func TestAPageMayAskForManyPlacesAtOnce(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json": `{"pages":["pages/index/index"]}`,
		"pages/index/index.js": `Page({data: {n: 0},
			onReady() {
				let answers = 0;
				for (let i = 0; i < 200; i++) {
					wx.createSelectorQuery().select('.a').boundingClientRect(() => {
						for (const end = Date.now() + 2; Date.now() < end;); // slower than the check answers
						if (++answers === 200) this.setData({n: answers});
					}).exec();
				}
			}});`,
		"pages/index/index.wxml": `<view class="a"/><view wx:if="{{n === 200}}" class="all"/>`,
	})
	if report.Failed != 0 || report.Pages[0].Nodes != 2 {
		t.Error(text)
	}
}

func TestTheTreeHasDatasetsAndWhatNoComponentTakes(t *testing.T) {
	t.Parallel()
	report, text := runWith(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index"]}`,
		"pages/index/index.js":   `Page({data: {n: 7}});`,
		"pages/index/index.json": `{"usingComponents":{"tea-cup":"/cup"}}`,
		"pages/index/index.wxml": `<tea-cup id="c" size="{{n}}" unknown="u" my-class="red" data-cup-size="{{n}}"/>`,
		"cup.js":                 `Component({properties: {size: Number}, data: {none: null}, externalClasses: ['my-class']});`,
		"cup.json":               `{"component":true}`,
		"cup.wxml": `<wxs module="m">exports.f = function () {}</wxs>
<view class="my-class x" hover-class="on my-class" mark data-at="1" bindtap="{{m.f}}" change:id="{{m.f}}">{{size}}</view>
<view data-at="{{none}}" data-no="{{other}}" lang="{{none}}" title="{{other}}"/>`,
	}, check.Options{Tree: true})
	const want = `<tea-cup id="c" data-cup-size:="7" my-class="red" unknown="u">
  #shadow-root
    <view class="my-class x" data-at="1" hover-class="on my-class" mark:="true">7</view>
    <view data-at:="null" lang:="null"/>
</tea-cup>
`
	if report.Pages[0].Tree != want {
		t.Error(text)
	}
}

func TestAComponentThatIsNotThereFailsItsPageAndTheRestIsShown(t *testing.T) {
	t.Parallel()
	report, text := runWith(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index"]}`,
		"pages/index/index.js":   `Page({});`,
		"pages/index/index.json": `{"usingComponents":{"tea-demo":"/demo"}}`,
		"pages/index/index.wxml": `<view>before</view><tea-demo/>`,
		"demo.js":                `Component({data: {at: [1, -1]}});`,
		"demo.json":              `{"component":true,"usingComponents":{"tea-badge":"tea/badge/badge","tea-icon":"./icon"}}`,
		"demo.wxml":              `<tea-badge dot offset="{{at}}" count="8" ariaLabel="x" class="w" data-n="1"><tea-icon name="bell"/></tea-badge>`,
	}, check.Options{FirstTree: true})
	const want = `<view>before</view>
<tea-demo>
  #shadow-root
    <tea-badge class="w" ariaLabel="x" count="8" data-n="1" dot:="true" offset:="[1,-1]">
      <tea-icon name="bell"/>
    </tea-badge>
</tea-demo>
`
	if report.Failed != 1 || report.Pages[0].Tree != want {
		t.Error(text)
	}
	if got := problem(report.Pages[0]); !strings.Contains(got, "<tea-badge>") {
		t.Errorf("the page fails with %s, want the component that is not there", got)
	}
	for _, d := range report.Diagnostics {
		if d.Code == "wxml-unknown-component" {
			t.Errorf("a second report of the same: %s", d.Message)
		}
	}
}

func TestNoTimerHasRunInTheFirstTree(t *testing.T) {
	t.Parallel()
	report, text := runWith(t, map[string]string{
		"app.json": `{"pages":["pages/index/index"]}`,
		// The page takes long to open: on a clock of its own the timer would have run meanwhile.
		"pages/index/index.js": `Page({
			data: {bar: 0},
			onLoad() { setTimeout(() => this.setData({bar: 1}), 0); const at = Date.now(); while (Date.now() - at < 20); },
			onReady() { wx.nextTick(() => setTimeout(() => this.setData({bar: 2}), 0)); },
		});`,
		"pages/index/index.wxml": `{{bar}}`,
	}, check.Options{FirstTree: true})
	if report.Failed != 0 || report.Pages[0].Tree != "0\n" {
		t.Error(text)
	}
}

func TestThePhoneOfACheckIsInTheTimeZoneThatIsAskedFor(t *testing.T) {
	t.Parallel()
	for zone, hour := range map[string]string{"": "0", "Asia/Shanghai": "8"} {
		report, text := runWith(t, map[string]string{
			"app.json":               `{"pages":["pages/index/index"]}`,
			"pages/index/index.js":   `Page({data: {hour: new Date(0).getHours()}});`,
			"pages/index/index.wxml": `{{hour}}`,
		}, check.Options{Tree: true, Env: protocol.Env{TimeZone: zone}})
		if report.Pages[0].Tree != hour+"\n" {
			t.Errorf("%q: %s", zone, text)
		}
	}
}

func FuzzReadSteps(f *testing.F) {
	for _, seed := range []string{"open a/b?x=1\ntap .x@2\n# no\nwait 5", "event #a change {\"a\":1}", "expect .a b c", "input #a", "tap .a@", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if steps, err := check.ReadSteps(text); err == nil && (len(steps) == 0 || steps[0].Line < 1) {
			t.Fatalf("%q: %+v", text, steps)
		}
	})
}

func TestTheCheckTouchesAndMeasuresAsAPhoneDoes(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json": `{"pages":["pages/index/index"]}`,
		"pages/index/index.js": `Page({
			onReady() {
				wx.createSelectorQuery().select('.box').fields({size: true, computedStyle: ['margin-top', 'height', 'color']}, (box) => {
					if (parseInt(box['margin-top']) !== 0 || box.height !== '40px' || !/^rgb/.test(box.color)) throw new Error(JSON.stringify(box));
				}).exec();
			},
			tap(e) { if (e.touches[0].clientX !== e.changedTouches[0].clientX) throw new Error(JSON.stringify(e)); },
		});`,
		"pages/index/index.wxml": `<view class="box" bindtap="tap">x</view>`,
	})
	if report.Failed != 0 || report.Pages[0].Taps != 1 {
		t.Fatal(text)
	}
}

// Ensure that a rejection with an outcome, which nobody handles, is a warning, and one with an error a failure.
func TestARejectionWithAnOutcomeFailsNoPage(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":       `{"pages":["pages/a/a","pages/b/b"]}`,
		"pages/a/a.js":   `Page({onLoad() { wx.navigateBack(); Promise.reject({code: 7}); Promise.reject('cancel'); }});`,
		"pages/a/a.wxml": `<view/>`,
		"pages/b/b.js":   `Page({onLoad() { Promise.reject(new TypeError('lost')); }});`,
		"pages/b/b.wxml": `<view/>`,
	})
	if report.Passed != 1 || len(report.Pages[0].Warnings) != 3 || report.Pages[1].Error == nil {
		t.Error(text)
	}
}

// Ensure that a finger touches what is inside an element: handlers read the dataset of their target.
func TestATouchBeginsAtTheInnermostElement(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json": `{"pages":["pages/index/index"]}`,
		"pages/index/index.js": `Page({data: {list: [{name: 'tea'}]},
			pick(e) { this.data.list[e.target.dataset.row].name.charAt(0); }, own() {}});`,
		"pages/index/index.wxml": `<view class="rows" bindtap="pick" bindtouchstart="pick"><view><text data-row="0">tea</text></view></view>
			<view data-row="0" bindtap="pick"><button catchtap="own">tea</button></view>`,
	})
	if report.Failed != 0 || report.Pages[0].Taps != 4 {
		t.Error(text)
	}
}

// Ensure that a tap on a component is one on what it shows: a button of a library catches it and sends one of its own.
func TestAComponentIsTouchedInside(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index"]}`,
		"pages/index/index.js":   `Page({pick(e) { e.detail.name.charAt(0); }});`,
		"pages/index/index.json": `{"usingComponents":{"tea-button":"/button"}}`,
		"pages/index/index.wxml": `<tea-button bind:tap="pick"/>`,
		"button.js":              `Component({methods: {tapped() { this.triggerEvent('tap', {name: 'tea'}); }}});`,
		"button.json":            `{"component":true}`,
		"button.wxml":            `<view catchtap="tapped">tea</view>`,
	})
	if report.Failed != 0 || report.Pages[0].Taps != 2 {
		t.Error(text)
	}
}

// Ensure that only a form is submitted: a component of the program has an event of that name for itself.
func TestOnlyFormsAreSubmitted(t *testing.T) {
	t.Parallel()
	report, text := run(t, map[string]string{
		"app.json":               `{"pages":["pages/index/index"]}`,
		"pages/index/index.js":   `Page({find(e) { e.detail.text.charAt(0); }});`,
		"pages/index/index.json": `{"usingComponents":{"search-bar":"/bar"}}`,
		"pages/index/index.wxml": `<search-bar bind:submit="find"/>`,
		"bar.js":                 `Component({});`,
		"bar.json":               `{"component":true}`,
		"bar.wxml":               `<input/>`,
	})
	if report.Failed != 0 || report.Pages[0].Taps != 0 {
		t.Error(text)
	}
}

func TestFunctionsThatPagesCallRun(t *testing.T) {
	t.Parallel()
	page := func(name string) string {
		return "Page({onLoad() { wx.cloud.callFunction({name: '" + name + "', data: {n: 1}, success: (r) => { if (r.result !== 3) throw new Error('got ' + r.result) }, fail() {}}) }})"
	}
	files := map[string]string{
		"project.config.json": `{"cloudfunctionRoot": "cloudfunctions/"}`,
		"app.json":            `{"pages":["pages/good/good","pages/bad/bad","pages/loop/loop","pages/data/data"]}`,
		"pages/good/good.js":  page("good"), "pages/good/good.wxml": "<view/>",
		"pages/bad/bad.js": page("bad"), "pages/bad/bad.wxml": "<view/>",
		"pages/loop/loop.js": page("loop"), "pages/loop/loop.wxml": "<view/>",
		"pages/data/data.js": page("data"), "pages/data/data.wxml": "<view/>",
		"cloudfunctions/good/index.js":  "exports.main = async (event) => (await require('wx-server-sdk').callFunction({name: 'inner', data: event})).result + 1",
		"cloudfunctions/inner/index.js": "exports.main = (event) => event.n + 1",
		"cloudfunctions/bad/index.js":   "exports.main = async (event) => {\n  await null;\n  return event.none.length;\n};",
		"cloudfunctions/loop/index.js":  "exports.main = () => {\n  for (let n = 0; ; ) n++;\n}",
		"cloudfunctions/data/index.js":  "exports.main = () => require('wx-server-sdk').database().collection('a').get()",
	}
	for _, name := range []string{"good", "inner", "bad", "loop", "data"} {
		files["cloudfunctions/"+name+"/config.json"] = `{"timeout": 60}` // a busy machine takes longer than three seconds
	}
	report, text := runWith(t, files, check.Options{PageTimeout: waittest.Patience})
	for i, want := range []string{"", "cloudfunctions/bad/index.js:3", "cloudfunctions/loop/index.js:2", ""} {
		if p := report.Pages[i]; p.Offline != (i == 3) {
			t.Errorf("%s: offline is %v", p.Page, p.Offline)
		}
		got := ""
		if e := report.Pages[i].Error; e != nil {
			got = fmt.Sprintf("%s:%d", e.File, e.Line)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", report.Pages[i].Page, got, want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}
