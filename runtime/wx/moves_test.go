package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestAProgramHearsOfEveryMoveInTheVendorsOrder(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.js": `for (const e of ['BeforeAppRoute', 'BeforePageLoad', 'AfterPageLoad', 'BeforePageUnload', 'AfterPageUnload', 'AppRoute', 'AppRouteDone'])
			wx['on' + e]((r) => console.log(e, r.path.slice(6), r.openType || '', r.query ? JSON.stringify(r.query) : ''));
			App({});`,
		"pages/index/index.js": `Page({onLoad() { wx.navigateTo({url: '../b/b?n=1'}); }})`,
		"pages/b/b.js":         apptest.PrintingPage("b", ""),
	})
	b.Send(`{"t":"ready","page":1}`)
	b.Send(`{"t":"ready","page":2}`)
	b.Send(`{"t":"back"}`)
	b.WantPrinted(
		"BeforeAppRoute index/index appLaunch {}", "BeforePageLoad index/index appLaunch {}",
		"AfterPageLoad index/index appLaunch {}", "AppRoute index/index appLaunch {}",
		`BeforeAppRoute b/b navigateTo {"n":"1"}`, `BeforePageLoad b/b navigateTo {"n":"1"}`,
		`b.onLoad{"n":"1"}`, "b.onShow", `AfterPageLoad b/b navigateTo {"n":"1"}`, `AppRoute b/b navigateTo {"n":"1"}`,
		"AppRouteDone index/index appLaunch {}", "b.onReady", `AppRouteDone b/b navigateTo {"n":"1"}`,
		"BeforeAppRoute index/index navigateBack {}", "BeforePageUnload b/b  ", "b.onUnload", "AfterPageUnload b/b  ",
		"AppRoute index/index navigateBack {}", "AppRouteDone index/index navigateBack {}")
	b.WantClean()
}

func TestAListenerSendsAMoveElsewhere(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.json": `{"pages":["pages/index/index","pages/b/b","pages/c/c"]}`,
		"app.js": `const say = (r) => console.log(r.errMsg);
			wx.rewriteRoute({url: '/pages/c/c', fail: say});
			wx.onBeforeAppRoute((r) => {
				if (r.path !== 'pages/b/b') return;
				wx.rewriteRoute({url: '/pages/none/none', fail: say});
				wx.rewriteRoute({url: '/pages/c/c?from=b', success: say});
				wx.rewriteRoute({url: '/pages/c/c', fail: say});
			});
			App({});`,
		"pages/index/index.js": `Page({onLoad() { wx.navigateTo({url: '../b/b'}); }})`,
		"pages/b/b.js":         apptest.PrintingPage("b", ""),
		"pages/c/c.js":         apptest.PrintingPage("c", ""),
	})
	b.WantPrinted("rewriteRoute:fail no route is in progress: call it in a listener of wx.onBeforeAppRoute",
		`c.onLoad{"from":"b"}`, "c.onShow",
		`rewriteRoute:fail page "pages/none/none" is not found`, "rewriteRoute:ok",
		"rewriteRoute:fail the route was already rewritten")
	b.WantClean()
}
