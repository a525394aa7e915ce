//go:build engine

package wx_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

// Wrappers of wx define its members anew, and put the old ones behind them.
func TestProgramsDefineMembersOfWX(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const real = wx.getStorageSync;
		let set = 'none';
		Object.defineProperty(wx, 'getStorageSync', {configurable: true, get() { return (key) => this === wx && 'own ' + real(key); }, set(v) { set = v; }});
		wx.setStorageSync('a', 1);
		wx.getStorageSync = 'new';
		console.log(wx.getStorageSync('a'), set);
		Object.defineProperty(wx, 'getStorageSync', {value: () => 'fixed', writable: false, enumerable: false, configurable: false});
		Object.defineProperty(wx, 'more', {get: () => 7});
		console.log(wx.getStorageSync('a'), wx.more, 'more' in wx, Object.keys(wx).includes('more'), delete wx.more, 'more' in wx);
		Object.defineProperty(wx, 'bad', {get() { throw new Error('of the getter'); }});
		try { wx.bad; } catch (e) { console.log(e.message); }`))
	b.WantPrinted("own 1 new", "fixed 7 true true true false", "of the getter")
	b.WantClean()
}

// ECharts of 2018 puts a setter on each style of a context, which calls the function of the older interface.
func TestStylesOfAnOlderContextMayHaveSetters(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage(`
		const ctx = wx.createCanvasContext('c');
		for (const style of ['fillStyle', 'lineWidth']) {
			Object.defineProperty(ctx, style, {set(v) { if (v !== 'none') ctx['set' + style[0].toUpperCase() + style.slice(1)](v); }});
		}
		ctx.fillStyle = 'none'; ctx.fillStyle = '#ff0000'; ctx.lineWidth = 3; ctx.fillRect(1, 2, 3, 4);
		console.log(ctx.fillStyle, ctx.lineWidth);
		Object.defineProperty(ctx, '__ob__', {value: {of: ctx}, enumerable: false, writable: true, configurable: true});
		console.log(Object.keys(ctx).includes('__ob__'), ctx.hasOwnProperty('__ob__'), ctx.__ob__.of === ctx);
		ctx.draw();`)
	files["pages/index/index.wxml"] = `<canvas canvas-id="c"/>`
	b := apptest.Open(t, files)
	b.Send(`{"t":"ready","page":1}`)
	b.WantPrinted("undefined undefined", "false true true")
	b.WantClean()
	if got := apptest.JSON(b.Last("draw")["ops"]); !strings.Contains(got, `"#ff0000"`) {
		t.Errorf("drawn: %s", got)
	}
}
