package wx_test

import (
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
)

// styled lists what the browser was told to style.
func styled(b *apptest.App) (list []map[string]any) {
	for _, f := range b.Frames {
		if f["t"] == "ui" && f["name"] == "styleElements" {
			list = append(list, f)
		}
	}
	return list
}

// Ensure that a curve is a function under all the names that programs of the vendor call it by.
func TestACurveHasThreeNames(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const { bezier, cubicBezier } = wx.worklet.Easing;
		for (const curve of [bezier(0, 0, 1, 1), cubicBezier(0, 0, 1, 1), bezier(0, 0, 1, 1).factory()]) {
			console.log(curve(0.5).toFixed(3));
		}`, ``))
	b.WantPrinted("0.500", "0.500", "0.500")
	b.WantClean()
}

func TestASharedValueStylesWhatDependsOnIt(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage(`
		const { shared, derived, timing, sequence, cancelAnimation, Easing } = wx.worklet;
		const x = shared(1), double = derived(() => x.value * 2), other = shared(0);
		this.applyAnimatedStyle('.box', () => { 'worklet'; return {transform: 'translateX(' + double.value + 'px)'}; },
			{}, (r) => console.log('style', r.styleId));
		const ended = (finished) => console.log('ended', finished, x.value);
		this.steps = [
			() => { x.value = 5; x.value = 6; other.value = 9; },
			() => { x.value = timing(10, {duration: 200, easing: Easing.linear}, ended); },
			() => { x.value = sequence(timing(20, {duration: 100}), timing(30, {duration: 100}, ended)); cancelAnimation(x); },
			() => { this.clearAnimatedStyle('.box', [], () => console.log('cleared')); x.value = 0; },
		];`, `tap() { this.steps.shift()(); }`)
	files["pages/index/index.wxml"] = `<view class="box" bindtap="tap"/>`
	b := apptest.Open(t, files)
	for range 4 {
		b.Tap(1, 0)
		b.Advance(time.Second)
	}
	b.WantPrinted("style 1", "ended true 10", "ended false 30", "cleared")
	var told []string
	for _, f := range styled(b) {
		args := f["args"].(map[string]any)
		told = append(told, apptest.JSON(args["style"])+apptest.JSON(args["transition"]))
	}
	for i, want := range []string{
		`{"transform":"translateX(2px)"}{"ms":0,"timing":"linear"}`,
		`{"transform":"translateX(12px)"}{"ms":0,"timing":"linear"}`,
		`{"transform":"translateX(20px)"}{"ms":200,"timing":"linear"}`,
		`{"transform":"translateX(60px)"}{"ms":200,"timing":"cubic-bezier(.45,0,.55,1)"}`,
	} {
		if i >= len(told) || told[i] != want {
			t.Errorf("%d: %v, want %s", i, told, want)
		}
	}
	if len(told) != 4 {
		t.Errorf("a style that was cleared was set: %v", told)
	}
	b.WantClean()
}

func TestAPageOfAnOwnRouteHasTheContextThatItsBuilderSaw(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage(`
		wx.router.addRouteBuilder('card', (context, options) => {
			context.top = wx.worklet.shared(options && options.top);
			return {transitionDuration: 300};
		});
		console.log(wx.router.getRouteContext(this));`, `
		own() { wx.navigateTo({url: '../two/two', routeType: 'card', routeOptions: {top: 7}}); },
		other() { wx.navigateTo({url: '../two/two', routeType: 'unknown'}); }`)
	files["app.json"] = `{"pages":["pages/index/index","pages/two/two"]}`
	files["pages/index/index.wxml"] = `<view bindtap="own"/><view bindtap="other"/>`
	files["pages/two/two.wxml"] = `<part/>`
	files["pages/two/two.json"] = `{"usingComponents":{"part":"/part"}}`
	files["pages/two/two.js"] = `Page({onLoad() { console.log('page', wx.router.getRouteContext(this)?.primaryAnimation.value); }, onUnload() { console.log('left'); }});`
	files["part.json"] = `{"component":true}`
	files["part.wxml"] = `<view/>`
	files["part.js"] = `Component({lifetimes: {attached() {
		const c = wx.router.getRouteContext(this);
		if (!c) return;
		c.startUserGesture();
		console.log('part', c.top.value, c.primaryAnimationStatus.value, c.secondaryAnimation.value, c.userGestureInProgress.value);
		setTimeout(() => c.didPop(), 10);
	}}});`
	b := apptest.Open(t, files)
	b.Tap(1, 0)
	b.Advance(time.Second)
	b.Tap(1, 1)
	b.WantPrinted("undefined", "part 7 3 0 1", "page 1", "left", "page undefined")
	b.WantClean()
}
