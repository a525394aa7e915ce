package framework_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

func TestLifecyclesRunInTheVendorsOrder(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.js": `App({
			onLaunch(o) { console.log('app.onLaunch', o.path, o.scene, o.query.a); },
			onShow() { console.log('app.onShow'); },
			onHide() { console.log('app.onHide'); },
		});`,
		"pages/index/index.js":   apptest.PrintingPage("index", "go() { wx.navigateTo({url: '../b/b?x=1&y=%20'}); console.log('asked'); }"),
		"pages/index/index.wxml": `<view bindtap="go">{{text}}</view>`,
		"pages/b/b.js":           apptest.PrintingPage("b", ""),
	}, apptest.WithPath("pages/index/index?a=1"))
	b.Send(`{"t":"ready","page":1}`)
	b.Send(`{"t":"ready","page":1}`)
	b.Tap(1, 0)
	b.Send(`{"t":"ready","page":2}`)
	b.Send(`{"t":"hide"}`)
	b.Send(`{"t":"show"}`)
	b.Send(`{"t":"back"}`)
	b.WantPrinted(
		"app.onLaunch pages/index/index 1001 1", "app.onShow",
		`index.onLoad{"a":"1"}`, "index.onShow", "index.onReady",
		"asked", "index.onHide", `b.onLoad{"x":"1","y":"%20"}`, "b.onShow", "b.onReady",
		"b.onHide", "app.onHide", "app.onShow", "b.onShow",
		"b.onUnload", "index.onShow")
	b.WantClean()
	if f := b.Last("page"); f["op"] != "back" || f["page"] != 1.0 || apptest.JSON(f["keep"]) != "[1]" || f["render"] != nil {
		t.Errorf("the frame of back: %v", f)
	}
}

// Ensure that a page is ready before it is hidden, even if its browser has not said so yet, and only once.
func TestAPageIsReadyBeforeItIsHidden(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.json":             `{"pages":["pages/index/index","pages/b/b"],"tabBar":{"list":[{"pagePath":"pages/index/index","text":"A"},{"pagePath":"pages/b/b","text":"B"}]}}`,
		"pages/index/index.js": apptest.PrintingPage("index", ""),
		"pages/b/b.js":         apptest.PrintingPage("b", ""),
	})
	b.Send(`{"t":"tab","index":1}`)
	b.Send(`{"t":"ready","page":1}`)
	b.Send(`{"t":"hide"}`)
	b.WantPrinted("index.onLoad{}", "index.onShow", "index.onReady", "index.onHide", "b.onLoad{}", "b.onShow", "b.onReady", "b.onHide")
}

func TestThePageLoadsAfterOnLaunchHasReadItsData(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.js": `App({onLaunch() {
			wx.getSystemInfo({success: (r) => { this.info = r; }}); console.log(this.info.windowWidth);
			wx.getStorage({key: 'user', success: (r) => { this.user = r.data; }});
			wx.navigateTo({url: '/pages/b/b'});
		}});`,
		"pages/index/index.js": `const app = getApp(); Page({width: app.info.windowWidth, onLoad() { console.log('index', this.width, app.user); }});`,
		"pages/b/b.js":         `Page({onLoad() { console.log('b', getCurrentPages().length); }});`,
	}, func(r *framework.OpenRequest) { r.Storage = map[string]string{"user": `"Ann"`} })
	b.WantPrinted("375", "index 375 Ann", "b 2")
	b.WantClean()
}

func TestPageHooksReachThePage(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
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
	}, apptest.WithPath("pages/index/index?id=3"))
	b.Send(`{"t":"pulldown","page":1}`)
	b.Send(`{"t":"reachbottom","page":1}`)
	b.Send(`{"t":"scroll","page":1,"top":120.5}`)
	b.Send(`{"t":"env","env":{"width":800,"height":400,"theme":"dark"}}`)
	b.Send(`{"t":"share","page":1}`)
	b.WantPrinted("pull", "bottom", "scroll 120.5", "theme dark", "listener dark", "resize 800")
	b.Last("stopPullDownRefresh")
	if got := apptest.JSON(b.Last("shareAppMessage")["args"]); got != `{"imageUrl":"a.png","path":"pages/index/index?id=3","title":"Tea menu"}` {
		t.Errorf("share %s", got)
	}
	hooks := apptest.JSON(b.Frames[0]["hooks"])
	if hooks != `["onPageScroll","onPullDownRefresh","onReachBottom","onShareAppMessage"]` {
		t.Errorf("hooks %s", hooks)
	}
}

func TestAnAppWithoutDarkModeAlwaysSeesTheLightTheme(t *testing.T) {
	t.Parallel()
	dark := func(r *framework.OpenRequest) { r.Env.Theme = "dark" }
	const theme = `console.log(wx.getSystemInfoSync().theme);`
	b := apptest.Open(t, apptest.OnePage(theme+` wx.onThemeChange((r) => console.log('told', r.theme));`), dark)
	b.Send(`{"t":"env","env":{"width":375,"height":812,"theme":"dark"}}`)
	b.WantPrinted("light")

	files := apptest.OnePage(theme)
	files["app.json"] = `{"pages":["pages/index/index"],"darkmode":true}`
	apptest.Open(t, files, dark).WantPrinted("dark")
}

func TestMissingFirstPageAsksTheAppAndFallsBackToTheEntry(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"app.js":               `App({onPageNotFound(r) { console.log('lost', r.path); if (r.query.go) wx.redirectTo({url: '/pages/b/b'}); }});`,
		"pages/index/index.js": apptest.PrintingPage("index", ""),
		"pages/b/b.js":         apptest.PrintingPage("b", ""),
	}
	b := apptest.Open(t, files, apptest.WithPath("pages/none/none"))
	b.WantPrinted("lost pages/none/none", "index.onLoad{}", "index.onShow")
	b = apptest.Open(t, files, apptest.WithPath("pages/none/none?go=1"))
	b.WantPrinted("lost pages/none/none", "b.onLoad{}", "b.onShow")
}
