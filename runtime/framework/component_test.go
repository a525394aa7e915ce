package framework_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

// withComponent is a page that uses one component, c/p.
func withComponent(page, wxml, component, inside string) map[string]string {
	return map[string]string{
		"pages/index/index.js": page, "pages/index/index.wxml": wxml,
		"pages/index/index.json": `{"usingComponents": {"p": "/c/p"}}`,
		"c/p.js":                 component, "c/p.wxml": inside, "c/p.json": `{"component": true}`,
	}
}

func TestAFormHasTheValuesOfItsComponents(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withComponent(`Page({send(e) { console.log(JSON.stringify(e.detail.value)); }})`,
		`<form bindsubmit="send"><p name="tea" value="{{ {sort: 'green'} }}"/></form><p name="outside" value="x"/>`,
		`Component({behaviors: ['wx://form-field']})`, `<view/>`))
	b.Send(`{"t":"event","page":1,"type":"submit","target":[0,0],"detail":{"value":{"native":"1"}},"ts":5}`)
	b.WantPrinted(`{"native":"1","tea":{"sort":"green"}}`)
	b.WantClean()
}

func TestAComponentThatHasLeftThePageCanStillBeSet(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withComponent(`Page({data: {on: true}, onLoad() { const c = this.selectComponent('#c'); this.setData({on: false});
			c.setData({n: 2}); console.log(c.data.n, c.selectComponent('#x'), c.id); c.triggerEvent('gone'); }})`,
		`<p id="c" wx:if="{{on}}" bind:gone="missing"/>`, `Component({data: {n: 1}, observers: {n(n) { console.log('n', n); }}})`, `<view>{{n}}</view>`))
	b.WantPrinted("n 2", "2 null ")
	b.WantClean()
}

// Ensure that a slot with an id, or with data, is the target of what happens in its content. The case
// event/target-across-shadows has a slot with neither.
func TestASlotWithANameOfItsOwnIsATarget(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withComponent(`Page({})`, `<p><text>a</text><text slot="b">b</text></p>`,
		`Component({options: {multipleSlots: true}, methods: {go(e) { console.log(e.target.id, JSON.stringify(e.target.dataset)); }}})`,
		`<view id="v" data-k="view" bindtap="go"><slot id="s"/><slot name="b" data-k="slot"/></view>`))
	for _, target := range []string{"[2,0]", "[2,1]"} {
		b.Send(`{"t":"event","page":1,"type":"tap","target":%s,"detail":{},"ts":5}`, target)
	}
	b.WantPrinted("s {}", ` {"k":"slot"}`)
	b.WantClean()
}

// Ensure that the files of components run before that of the page, also of those that are not shown yet.
func TestComponentsRunBeforeTheirPage(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withComponent(`Page({onLoad() { console.log('tea'.twice()); }})`, `<p wx:if="{{false}}"/>`,
		`String.prototype.twice = function() { return this + this; }; Component({})`, `<view/>`))
	b.WantPrinted("teatea")
	b.WantClean()
}

// Ensure that the file of a component defines that component, also when another file requires it.
func TestAFileThatIsRequiredDefinesItsOwnComponent(t *testing.T) {
	t.Parallel()
	files := withComponent(`const { size } = require('../../c/q'); Page({onLoad() { console.log('page', size); }})`,
		`<p/><q/>`, `const { size } = require('./q'); Component({lifetimes: {attached() { console.log('p', size); }}})`, `<view/>`)
	files["pages/index/index.json"] = `{"usingComponents": {"p": "/c/p", "q": "/c/q"}}`
	files["c/q.js"] = `exports.size = 3; Component({lifetimes: {attached() { console.log('q'); }}})`
	files["c/q.wxml"], files["c/q.json"] = `<view/>`, `{"component": true}`
	b := apptest.Open(t, files)
	b.WantPrinted("p 3", "q", "page 3")
	b.WantClean()
}

func TestListenersHearOfUpdates(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withComponent(`Page({onLoad() { this.setUpdatePerformanceListener({withDataPaths: true}, (r) =>
			console.log(r.updateProcessId, r.dataPaths.join(), r.updateEndTimestamp >= r.updateStartTimestamp));
			this.setData({a: 1, 'b.c': 2}); this.setData({}); this.setUpdatePerformanceListener(); this.setData({d: 1}); }})`,
		`<p/>`, `Component({})`, `<view/>`))
	b.WantPrinted("1 a,b.c true", "2  true")
	b.WantClean()
}

func TestSelectorQueriesAreForOneShadow(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withComponent(`Page({onLoad() { wx.createSelectorQuery().selectAll('.box').boundingClientRect().exec(); }})`,
		`<view class="box"/><p id="c"/>`,
		`Component({lifetimes: {attached() { this.createSelectorQuery().select('.box').boundingClientRect().exec();
			wx.createSelectorQuery().in(this).select('.none').boundingClientRect().exec(); }}})`, `<view/><view class="box"/>`))
	var targets []string
	for _, f := range b.Frames {
		if f["name"] == "selectorQuery" {
			queries := f["args"].(map[string]any)["queries"].([]any)
			targets = append(targets, apptest.JSON(queries[0].(map[string]any)["targets"]))
		}
	}
	if got := strings.Join(targets, " "); got != "[[1,1]] [] [[0,0]]" {
		t.Error(got)
	}
}

// Two components of a kind each have what their observers are relative to.
func TestAnIntersectionObserverIsRelativeToItsOwnShadow(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withComponent(`Page({})`, `<p/><p/>`, `Component({lifetimes: {attached() {
			this.createIntersectionObserver({observeAll: true}).relativeTo('.body').observe('.month', () => {});
			this.createIntersectionObserver().relativeToViewport().observe('.month', () => {}); }}})`,
		`<view class="body"><view class="month"/></view>`))
	var seen []string
	for _, f := range b.Frames {
		if f["name"] == "observeIntersection" {
			args := f["args"].(map[string]any)
			seen = append(seen, apptest.JSON(args["root"])+apptest.JSON(args["targets"]))
		}
	}
	if got := strings.Join(seen, " "); got != "[[1,0]][[1,1]] null[[1,1]] [[2,0]][[2,1]] null[[2,1]]" {
		t.Error(got)
	}
}

// The browser plays it, on the elements that the selector finds in the component's own shadow.
func TestAnAnimationIsPlayedOnTheElementsOfTheInstance(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withComponent(`Page({})`, `<view class="a"/><p/>`, `Component({ lifetimes: { attached() {
			this.animate('.a', [{opacity: 0}, {opacity: 1, translateX: ['10rpx'], offset: 0.5}], 100, function () {
				console.log('done', this.is);
				this.clearAnimation('.a', {opacity: true}, () => console.log('cleared'));
			});
			console.log('asked');
		}}})`, `<view class="a"/>`))
	b.WantPrinted("asked")
	for _, name := range []string{"animate", "clearAnimation"} {
		asked := b.Last("ui")
		args := asked["args"].(map[string]any)
		if asked["name"] != name || apptest.JSON(args["targets"]) != "[[1,0]]" {
			t.Fatalf("%s: %v", name, asked)
		}
		if name == "animate" && apptest.JSON(args["frames"]) != `[{"opacity":0},{"offset":0.5,"opacity":1,"translateX":["10rpx"]}]` {
			t.Errorf("frames: %v", args["frames"])
		}
		b.Send(`{"t":"reply","call":%v,"ok":true,"result":{}}`, asked["call"])
	}
	b.WantPrinted("asked", "done c/p", "cleared")
}

// Ensure that a program's own tab bar stands on each page that is a tab, is a component of that page, and is
// found by it.
func TestAProgramDrawsItsOwnTabBar(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.json": `{"pages":["pages/a/a","pages/b/b","pages/c/c"],"tabBar":{"custom":true,
			"list":[{"pagePath":"pages/a/a","text":"A"},{"pagePath":"pages/b/b","text":"B"}]}}`,
		"custom-tab-bar/index.json": `{"component":true}`,
		"custom-tab-bar/index.wxml": `<view bindtap="go">{{selected}}</view>`,
		"custom-tab-bar/index.js":   `Component({data: {selected: 0}, methods: {go() { wx.switchTab({url: '/pages/b/b'}); }}})`,
		"pages/a/a.js":              `Page({onShow() { const bar = this.getTabBar(); console.log('a', bar.data.selected, bar.is); }, tap() { this.getTabBar((bar) => bar.go()); }})`,
		"pages/a/a.wxml":            `<button bindtap="tap"/>`,
		"pages/b/b.js": `Component({methods: {onShow() { this.getTabBar().setData({selected: 1}); console.log('b', this.getTabBar().data.selected);
			wx.navigateTo({url: '/pages/c/c'}); }}})`,
		"pages/c/c.js": `Page({onShow() { console.log('c', this.getTabBar()); }})`,
	})
	b.Tap(1, 0)
	b.WantPrinted("a 0 custom-tab-bar/index", "b 1", "c null")
	b.WantClean()
}
