package vm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/vm"
)

// printingPage is a page that prints each of its lifecycle calls.
func printingPage(name, more string) string {
	return `const say = (what) => function (arg) {
		console.log('` + name + `.' + what + (arg && what === 'onLoad' ? JSON.stringify(arg) : ''));
	};
	Page({
		data: {text: 'hi'},
		onLoad: say('onLoad'), onShow: say('onShow'), onReady: say('onReady'),
		onHide: say('onHide'), onUnload: say('onUnload'),` + more + `
	});`
}

func TestLifecyclesRunInTheVendorsOrder(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"app.js": `App({
			onLaunch(o) { console.log('app.onLaunch', o.path, o.scene, o.query.a); },
			onShow() { console.log('app.onShow'); },
			onHide() { console.log('app.onHide'); },
		});`,
		"pages/index/index.js":   printingPage("index", "go() { wx.navigateTo({url: '../b/b?x=1&y=%20'}); console.log('asked'); }"),
		"pages/index/index.wxml": `<view bindtap="go">{{text}}</view>`,
		"pages/b/b.js":           printingPage("b", ""),
	}, withPath("pages/index/index?a=1"))
	b.send(`{"t":"ready","page":1}`)
	b.send(`{"t":"ready","page":1}`)
	b.tap(1, 0)
	b.send(`{"t":"ready","page":2}`)
	b.send(`{"t":"hide"}`)
	b.send(`{"t":"show"}`)
	b.send(`{"t":"back"}`)
	b.wantPrinted(
		"app.onLaunch pages/index/index 1001 1", "app.onShow",
		`index.onLoad{"a":"1"}`, "index.onShow", "index.onReady",
		"asked", "index.onHide", `b.onLoad{"x":"1","y":"%20"}`, "b.onShow", "b.onReady",
		"b.onHide", "app.onHide", "app.onShow", "b.onShow",
		"b.onUnload", "index.onShow")
	b.wantClean()
	if f := b.last("page"); f["op"] != "back" || f["page"] != 1.0 || mustJSON(f["keep"]) != "[1]" || f["render"] != nil {
		t.Errorf("the frame of back: %v", f)
	}
}

func TestFirstFrameCarriesTheDataThatOnLoadAndOnShowSet(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"pages/index/index.js": `Page({data: {text: 'a'},
			onLoad() { wx.setNavigationBarTitle({title: 'T'}); this.setData({text: 'b'}, () => console.log('cb', this.data.text)); },
			onShow() { this.setData({text: this.data.text + 'c'}); }});`,
	})
	b.wantPrinted("cb bc")
	if len(b.frames) != 2 || b.frames[0]["t"] != "page" || b.frames[1]["name"] != "setNavigationBarTitle" {
		t.Fatalf("frames %v", b.frames)
	}
	if got := mustJSON(b.frames[0]["render"]); got != `["bc"]` {
		t.Errorf("render %s", got)
	}
}

func TestManySetDataOfATurnLeaveAsOnePatch(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"pages/index/index.js": `Page({data: {n: 0, list: [{x: 1}]},
			tap() {
				this.setData({n: 1}); this.setData({'list[0].x': 5, 'list[1].x': 6});
				Promise.resolve().then(() => this.setData({n: 2}, () => console.log('after', this.data.n, JSON.stringify(this.data.list))));
			}});`,
		"pages/index/index.wxml": `<view bindtap="tap">{{n}} {{list[0].x}} {{list[1].x}}</view>`,
	})
	b.frames = nil
	b.tap(1, 0)
	b.wantPrinted(`after 2 [{"x":5},{"x":6}]`)
	b.wantClean()
	if len(b.frames) != 1 || mustJSON(b.frames[0]["ops"]) != `[[0,0,"2 5 6"]]` {
		t.Errorf("frames %v", b.frames)
	}
}

func TestNavigationRefusesWhatTheVendorRefuses(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"app.json": `{"pages":["pages/index/index","pages/tab/tab","pages/b/b"],
			"tabBar":{"list":[{"pagePath":"pages/index/index","text":"I"},{"pagePath":"pages/tab/tab","text":"T"}]}}`,
		"pages/index/index.js": `const say = (r) => console.log(r.errMsg);
			Page({onLoad() {
				wx.navigateTo({url: '/pages/none/none', fail: say});
				wx.navigateTo({url: '/pages/tab/tab', fail: say});
				wx.redirectTo({url: '/pages/tab/tab', fail: say});
				wx.switchTab({url: '/pages/b/b', fail: say});
				wx.navigateBack({fail: say});
				wx.navigateTo({url: '/pages/b/b', success: say, complete: () => console.log('complete')});
			}});`,
		"pages/tab/tab.js": printingPage("tab", ""),
		"pages/b/b.js":     printingPage("b", ""),
	})
	b.wantPrinted("b.onLoad{}", "b.onShow",
		`navigateTo:fail page "pages/none/none" is not found`,
		"navigateTo:fail can not navigateTo a tabbar page",
		"redirectTo:fail can not redirectTo a tabbar page",
		"switchTab:fail can not switch to no-tabBar page",
		"navigateBack:fail cannot navigate back at first page.",
		"navigateTo:ok", "complete")
}

func TestTabPagesAreKeptAndOtherPagesUnload(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"app.json": `{"pages":["pages/index/index","pages/tab/tab","pages/b/b"],
			"tabBar":{"list":[{"pagePath":"pages/index/index","text":"I"},{"pagePath":"pages/tab/tab","text":"T"}]}}`,
		"pages/index/index.js": printingPage("index", `onTabItemTap(i) { console.log('tap', i.index, i.pagePath, i.text); },
			go() { wx.navigateTo({url: '/pages/b/b'}); }`),
		"pages/index/index.wxml": `<view bindtap="go"/>`,
		"pages/tab/tab.js":       printingPage("tab", ""),
		"pages/b/b.js":           printingPage("b", ""),
	})
	b.send(`{"t":"tab","index":1}`)
	b.send(`{"t":"tab","index":0}`)
	b.tap(1, 0)
	b.send(`{"t":"tab","index":1}`)
	b.wantPrinted("index.onLoad{}", "index.onShow",
		"index.onHide", "tab.onLoad{}", "tab.onShow",
		"tab.onHide", "index.onShow", "tap 0 pages/index/index I",
		"index.onHide", "b.onLoad{}", "b.onShow",
		"b.onUnload", "tab.onShow")
	if f := b.last("page"); f["op"] != "tab" || f["page"] != 2.0 || mustJSON(f["keep"]) != "[2,1]" {
		t.Errorf("the frame of the tab: %v", f)
	}
}

func TestStackHoldsTenPages(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"pages/index/index.js": `Page({onLoad() { wx.navigateTo({url: 'index', fail: (r) => console.log(getCurrentPages().length, r.errMsg)}); }});`,
	})
	b.wantPrinted("10 navigateTo:fail webview count limit exceed: 10 pages are open")
	b.frames = nil
	b.send(`{"t":"back"}`)
	if f := b.last("page"); f["op"] != "back" || f["delta"] != 1.0 {
		t.Errorf("%v", f)
	}
}

func TestMissingFirstPageAsksTheAppAndFallsBackToTheEntry(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"app.js":               `App({onPageNotFound(r) { console.log('lost', r.path); if (r.query.go) wx.redirectTo({url: '/pages/b/b'}); }});`,
		"pages/index/index.js": printingPage("index", ""),
		"pages/b/b.js":         printingPage("b", ""),
	}
	b := open(t, files, withPath("pages/none/none"))
	b.wantPrinted("lost pages/none/none", "index.onLoad{}", "index.onShow")
	b = open(t, files, withPath("pages/none/none?go=1"))
	b.wantPrinted("lost pages/none/none", "b.onLoad{}", "b.onShow")
}

func TestEventsCarryTargetDatasetAndDetail(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"pages/index/index.js": `Page({outer(e) {
			console.log(e.type, e.target.id, e.target.dataset.myKey, e.currentTarget.dataset.n + 1, e.detail.x, e.touches[0].pageX, e.currentTarget.offsetLeft);
		}, inner(e) { console.log('inner'); }});`,
		"pages/index/index.wxml": `<view bindtap="outer" data-n="{{41}}"><text id="t" data-my-key="v" bindtap="inner" /></view>`,
	})
	b.send(`{"t":"event","page":1,"type":"tap","target":[0,1],"detail":{"x":3},"touches":[{"pageX":9}],"ts":5,"offsets":[[0,1,1,1],[0,0,12,8]]}`)
	b.wantPrinted("inner", "tap t v 42 3 9 12")
	b.send(`{"t":"event","page":1,"type":"tap","target":[9,9]}`)
	b.send(`{"t":"event","page":77,"type":"tap","target":[0,0]}`)
	b.send(`{"t":"unknown"}`)
	b.wantClean()
	if err := b.s.Message([]byte(`{"t":`)); err == nil {
		t.Error("half a frame was accepted")
	}
}

func TestPageHooksReachThePage(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"app.json": `{"pages":["pages/index/index"],"darkmode":true}`,
		"app.js":   `App({onThemeChange(r) { console.log('theme', r.theme); }});`,
		"pages/index/index.js": `wx.onThemeChange((r) => console.log('listener', r.theme));
		Page({
			onPullDownRefresh() { console.log('pull'); wx.stopPullDownRefresh(); },
			onReachBottom() { console.log('bottom'); },
			onPageScroll(e) { console.log('scroll', e.scrollTop); },
			onResize(e) { console.log('resize', e.size.windowWidth); },
			onShareAppMessage(e) { return {title: 'Tea ' + e.from, imageUrl: 'a.png'}; },
		});`,
	}, withPath("pages/index/index?id=3"))
	b.send(`{"t":"pulldown","page":1}`)
	b.send(`{"t":"reachbottom","page":1}`)
	b.send(`{"t":"scroll","page":1,"top":120.5}`)
	b.send(`{"t":"env","env":{"width":800,"height":400,"theme":"dark"}}`)
	b.send(`{"t":"share","page":1}`)
	b.wantPrinted("pull", "bottom", "scroll 120.5", "theme dark", "listener dark", "resize 800")
	b.last("stopPullDownRefresh")
	if got := mustJSON(b.last("shareAppMessage")["args"]); got != `{"imageUrl":"a.png","path":"pages/index/index?id=3","title":"Tea menu"}` {
		t.Errorf("share %s", got)
	}
	hooks := mustJSON(b.frames[0]["hooks"])
	if hooks != `["onPageScroll","onPullDownRefresh","onReachBottom","onShareAppMessage"]` {
		t.Errorf("hooks %s", hooks)
	}
}

func TestAnAppWithoutDarkModeAlwaysSeesTheLightTheme(t *testing.T) {
	t.Parallel()
	dark := func(r *vm.OpenRequest) { r.Env.Theme = "dark" }
	const theme = `console.log(wx.getSystemInfoSync().theme);`
	b := open(t, onePage(theme+` wx.onThemeChange((r) => console.log('told', r.theme));`), dark)
	b.send(`{"t":"env","env":{"width":375,"height":812,"theme":"dark"}}`)
	b.wantPrinted("light")

	files := onePage(theme)
	files["app.json"] = `{"pages":["pages/index/index"],"darkmode":true}`
	open(t, files, dark).wantPrinted("dark")
}

func TestOpenerAndOpenedPageExchangeEvents(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"pages/index/index.js": `Page({onLoad() {
			wx.navigateTo({url: '../b/b', events: {up: (d) => console.log('up', d.n)},
				success: (res) => res.eventChannel.emit('down', {n: 1})});
		}});`,
		"pages/b/b.js": `Page({onLoad() {
			const ch = this.getOpenerEventChannel();
			ch.on('down', (d) => { console.log('down', d.n); ch.emit('up', {n: d.n + 1}); });
		}});`,
	})
	b.wantPrinted("down 1", "up 2")
	b.wantClean()
}

func TestModulesAreLoadedOnceAndMayReferToEachOther(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"lib/a.js":                     `console.log('a runs'); exports.early = 1; const b = require('./b'); exports.seen = b.sawEarly; exports.late = 2;`,
		"lib/b.js":                     `const a = require('./a.js'); exports.sawEarly = a.early; exports.sawLate = a.late;`,
		"lib/folder/index.js":          `module.exports = function () { return 'folder'; };`,
		"miniprogram_npm/tea/index.js": `module.exports = 'npm tea';`,
		"pages/index/index.js": `const a = require('../../lib/a'); require('/lib/a.js');
			console.log(a.seen, a.late, require('../../lib/b').sawLate, require('../../lib/folder')(), require('tea'));
			import later from '../../lib/es'; console.log(later);
			Page({});`,
		"lib/es.js": `export default 'es';
			require('./folder', (f) => console.log('later', f()));
			require('./none', () => {}, (e) => console.log(e.errMsg));
			require.async('./folder').then((f) => console.log('async', f()));
			require.async('./none').catch((e) => console.log('caught', e.message));`,
	})
	if got := b.printed(); !strings.Contains(got, "a runs\n1 2 undefined folder npm tea\nes") || strings.Count(got, "a runs") != 1 {
		t.Errorf("printed %s\n%s", got, b.problems())
	}
	for _, want := range []string{"later folder", "async folder", "caught module",
		`Error: module "./none" is not found, required by lib/es.js`} {
		if !strings.Contains(b.printed(), want) {
			t.Errorf("no %q in %s", want, b.printed())
		}
	}
	b.wantClean()
}

func TestInstancesOfAPageShareNothing(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"pages/index/index.js": `Page({data: {list: []}, extra: {n: 0}, when: new Date(0),
			onLoad(q) {
				this.data.list.push(1); this.extra.n++;
				console.log(this.data.list.length, this.extra.n, this.when.getTime(), this.route, this.options === q, q.again);
				if (!q.again) wx.navigateTo({url: 'index?again=1'});
			}});`,
	})
	b.wantPrinted("1 1 0 pages/index/index true undefined", "1 1 0 pages/index/index true 1")
}

func TestPageFunctionsKeepTheirPage(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"pages/index/index.js": `const debounced = Object.assign(function () {}, {cancel() { return 'cancelled'; }});
			Page({n: 5, debounced, Model: class { static kind = 'k'; },
				onLoad() {
					setTimeout(this.tick, 1);
					wx.getStorageInfo({success: this.done});
					[1].forEach(this.each);
					console.log(this.debounced.cancel(), this.Model.kind, new this.Model() instanceof this.Model);
				},
				tick() { console.log('tick', this.n); }, done() { console.log('done', this.n); }, each() { console.log('each', this.n); },
			});`,
	})
	b.advance(time.Second)
	b.wantPrinted("each 5", "cancelled k true", "done 5", "tick 5")
}
