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
