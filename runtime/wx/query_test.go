package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestSelectorQueryIsSentAfterThePatchAndReturnsDatasets(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage("", `tap() {
		this.setData({text: 'x'});
		const q = wx.createSelectorQuery();
		q.select('#box').boundingClientRect((r) => console.log('rect', r.width, r.dataset.k, r.id));
		q.selectViewport().scrollOffset();
		q.exec((all) => console.log(all.length, all[1].scrollTop, 'target' in all[0]));
	}`))
	b.Frames = nil
	b.Tap(1, 0)
	if len(b.Frames) != 2 || b.Frames[0]["t"] != "patch" || b.Frames[1]["name"] != "selectorQuery" {
		t.Fatalf("frames %v", b.Frames)
	}
	if got := apptest.JSON(b.Frames[1]["args"]); got != `{"page":1,"queries":[{"all":false,"fields":{"dataset":true,"id":true,"rect":true,"size":true},"selector":"#box"},{"all":false,"fields":{"dataset":true,"id":true,"scrollOffset":true},"selector":"","viewport":true}]}` {
		t.Errorf("args %s", got)
	}
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":[{"width":10,"target":[0,0]},{"scrollTop":4}]}`, b.Frames[1]["call"])
	b.WantPrinted("rect 10 7 box", "2 4 false")
	b.WantClean()
}

// Compiled programs of uni-app pass the objects of Vue, to which they have copied the names of the instance.
func TestAQueryIsInTheInstanceThatAnObjectNames(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage("", `tap() { this.setData({gone: true}, () => part.ask()); }`)
	files["pages/index/index.wxml"] = `<view class="x" bindtap="tap"/><part wx:if="{{!gone}}"/>`
	files["pages/index/index.json"] = `{"usingComponents":{"part":"/part"}}`
	files["pages/index/index.js"] = "let part; getApp().took = (of) => { part = of };" + files["pages/index/index.js"]
	files["part.json"] = `{"component":true}`
	files["part.wxml"] = `<text/><text class="x"/>`
	files["part.js"] = `Component({lifetimes: {ready() {
		const vue = {};
		for (const name of ['__route__', '__wxExparserNodeId__', '__wxWebviewId__', 'none']) if (Object.prototype.hasOwnProperty.call(this, name)) vue[name] = this[name];
		console.log(Object.keys(vue).join(), Object.keys(this).includes('__wxExparserNodeId__'), vue.__wxWebviewId__);
		vue.ask = () => wx.createSelectorQuery().in(vue).select('.x').boundingClientRect(() => {}).exec();
		getApp().took(vue); vue.ask();
	}}})`
	b := apptest.Open(t, files)
	b.Send(`{"t":"ready","page":1}`)
	b.WantPrinted("__wxExparserNodeId__,__wxWebviewId__ false 1")
	asked := func() string {
		queries := b.Last("selectorQuery")["args"].(map[string]any)["queries"].([]any)
		return apptest.JSON(queries[0].(map[string]any)["targets"])
	}
	if got := asked(); got != "[[2,1]]" {
		t.Errorf("asked for %s", got)
	}
	b.Tap(1, 0) // the component is gone, so that the page is meant
	if got := asked(); got != "[[0,0]]" {
		t.Errorf("asked for %s afterwards", got)
	}
}
