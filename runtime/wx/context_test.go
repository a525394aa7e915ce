package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

const withElements = `<video id="film"/><map id="m"/><scroll-view id="list" enhanced/><editor id="e"/>`

// steering is a page with elements whose onReady is the code.
func steering(t *testing.T, code string) *apptest.App {
	t.Helper()
	files := apptest.OnePage("", "onReady() { "+code+" }")
	files["pages/index/index.wxml"] = withElements
	b := apptest.Open(t, files)
	b.Frames = nil
	b.Send(`{"t":"ready","page":1}`)
	return b
}

func TestAContextAsksTheElementOnItsPage(t *testing.T) {
	t.Parallel()
	b := steering(t, `const film = wx.createVideoContext('film');
		film.seek(12.5);
		film.sendDanmu({text: 'nice', color: '#ff0000'});`)
	want := []string{
		`{"args":[12.5],"id":"film","method":"seek","page":1,"tag":"video"}`,
		`{"args":[{"color":"#ff0000","text":"nice"}],"id":"film","method":"sendDanmu","page":1,"tag":"video"}`,
	}
	if len(b.Frames) != len(want) {
		t.Fatalf("frames %v", b.Frames)
	}
	for i, frame := range b.Frames {
		if got := apptest.JSON(frame["args"]); frame["name"] != "elementContext" || got != want[i] {
			t.Errorf("%v %s", frame["name"], got)
		}
	}
	b.WantClean()
}

func TestAMapAnswersThroughCallbacksOrAPromise(t *testing.T) {
	t.Parallel()
	b := steering(t, `const map = wx.createMapContext('m');
		map.getScale({success: (r) => console.log('scale', r.scale), complete: (r) => console.log(r.errMsg)});
		map.getCenterLocation().then((r) => console.log('at', r.latitude));
		map.translateMarker({markerId: 1, destination: {latitude: 1, longitude: 2}, animationEnd: () => console.log('arrived')});`)
	for i, result := range []string{`{"scale":16}`, `{"latitude":31,"longitude":121}`, `{}`} {
		b.Send(`{"t":"reply","call":%v,"ok":true,"result":%s}`, b.Frames[i]["call"], result)
	}
	b.WantPrinted("scale 16", "getScale:ok", "at 31", "arrived")
	b.WantClean()
}

func TestAnElementThatIsNotThereFailsItsCallAndIsLogged(t *testing.T) {
	t.Parallel()
	b := steering(t, `wx.createVideoContext('none').play();
		wx.createMapContext('none').getRegion({fail: (r) => console.log(r.errMsg)});
		wx.createCameraContext().startRecord({fail: (r) => console.log(r.errMsg)});`)
	for _, frame := range b.Frames {
		b.Send(`{"t":"reply","call":%v,"ok":false,"error":"there is no <video id=\"none\"> on the page"}`, frame["call"])
	}
	b.WantPrinted("startRecord:fail <camera> has no startRecord on Teahouse",
		`getRegion:fail there is no <video id="none"> on the page`)
	if got := b.Problems(); got == "" {
		t.Error("nothing tells the developer why the film does not play")
	}
}

func TestASelectorQueryGivesTheContextsOfElements(t *testing.T) {
	t.Parallel()
	b := steering(t, `wx.createSelectorQuery().select('#e').context((r) => r.context.insertText({text: 'x'}))
		.select('#list').node((r) => r.node.scrollTo({top: 9})).select('#film').node((r) => console.log(r.node)).exec();`)
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":[{"target":[0,3]},{"target":[0,2]},{"target":[0,0]}]}`, b.Frames[0]["call"])
	b.WantPrinted("null")
	if got := apptest.JSON(b.Frames[1]["args"]) + apptest.JSON(b.Frames[2]["args"]); got !=
		`{"args":[{"text":"x"}],"id":"","method":"insertText","page":1,"tag":"editor","target":[0,3]}`+
			`{"args":[{"top":9}],"id":"","method":"scrollTo","page":1,"tag":"scroll-view","target":[0,2]}` {
		t.Error(got)
	}
}

func TestAContextInAComponentIsOfItsOwnElement(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.json":       `{"pages":["pages/p/p"]}`,
		"pages/p/p.json": `{"usingComponents":{"player":"/player"}}`,
		"pages/p/p.wxml": `<video id="film"/><player/>`,
		"pages/p/p.js":   `Page({})`,
		"player.json":    `{"component":true}`,
		"player.wxml":    `<video id="film"/>`,
		"player.js":      `Component({lifetimes: {ready() { wx.createVideoContext('film', this).play(); }}})`,
	})
	b.Send(`{"t":"ready","page":1}`)
	call := b.Last("elementContext")
	if call == nil || apptest.JSON(call["args"].(map[string]any)["target"]) == "[0,0]" || call["args"].(map[string]any)["target"] == nil {
		t.Errorf("asked %v", call)
	}
}
