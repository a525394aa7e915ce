package framework_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestNavigationRefusesWhatTheVendorRefuses(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
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
		"pages/tab/tab.js": apptest.PrintingPage("tab", ""),
		"pages/b/b.js":     apptest.PrintingPage("b", ""),
	})
	b.WantPrinted("b.onLoad{}", "b.onShow",
		`navigateTo:fail page "pages/none/none" is not found`,
		"navigateTo:fail can not navigateTo a tabbar page",
		"redirectTo:fail can not redirectTo a tabbar page",
		"switchTab:fail can not switch to no-tabBar page",
		"navigateBack:fail cannot navigate back at first page.",
		"navigateTo:ok", "complete")
}

func TestTabPagesAreKeptAndOtherPagesUnload(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.json": `{"pages":["pages/index/index","pages/tab/tab","pages/b/b"],
			"tabBar":{"list":[{"pagePath":"pages/index/index","text":"I"},{"pagePath":"pages/tab/tab","text":"T"}]}}`,
		"pages/index/index.js": apptest.PrintingPage("index", `onTabItemTap(i) { console.log('tap', i.index, i.pagePath, i.text); },
			go() { wx.navigateTo({url: '/pages/b/b'}); }`),
		"pages/index/index.wxml": `<view bindtap="go"/>`,
		"pages/tab/tab.js":       apptest.PrintingPage("tab", ""),
		"pages/b/b.js":           apptest.PrintingPage("b", ""),
	})
	b.Send(`{"t":"tab","index":1}`)
	b.Send(`{"t":"tab","index":0}`)
	b.Tap(1, 0)
	b.Send(`{"t":"tab","index":1}`)
	b.WantPrinted("index.onLoad{}", "index.onShow", "index.onReady",
		"index.onHide", "tab.onLoad{}", "tab.onShow", "tab.onReady",
		"tab.onHide", "index.onShow", "tap 0 pages/index/index I",
		"index.onHide", "b.onLoad{}", "b.onShow",
		"b.onUnload", "tab.onShow")
	if f := b.Last("page"); f["op"] != "tab" || f["page"] != 2.0 || apptest.JSON(f["keep"]) != "[2,1]" {
		t.Errorf("the frame of the tab: %v", f)
	}
}

func TestStackHoldsTenPages(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `Page({onLoad() { wx.navigateTo({url: 'index', fail: (r) => console.log(getCurrentPages().length, r.errMsg)}); }});`,
	})
	b.WantPrinted("10 navigateTo:fail webview count limit exceed: 10 pages are open")
	b.Frames = nil
	b.Send(`{"t":"back"}`)
	if f := b.Last("page"); f["op"] != "back" || f["delta"] != 1.0 {
		t.Errorf("%v", f)
	}
}

func TestNavigatorsOpenTheirPage(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": "Page({})", "pages/b/b.js": apptest.PrintingPage("b", "")})
	b.Send(`{"t":"event","page":1,"type":"navigate","target":[0,0],"detail":{"url":"../b/b?q=1","openType":"navigate"}}`)
	b.WantPrinted(`b.onLoad{"q":"1"}`, "b.onShow")
	b.Send(`{"t":"event","page":2,"type":"navigate","target":[0,0],"detail":{"url":"/pages/none/none"}}`)
	if !strings.Contains(b.Problems(), `<navigator url="/pages/none/none"> of pages/b/b: page "pages/none/none" is not found`) {
		t.Error(b.Problems())
	}
}
