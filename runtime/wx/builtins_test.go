package wx_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

// A program owns its builtins, and the platform writes frames without them: whatever a program replaces, it
// shows no sheet that its user has not asked for.
func TestReplacedBuiltinsForgeNoFrames(t *testing.T) {
	t.Parallel()
	const forged = `[]},"x":{"t":"ui","call":0,"name":"shareAppMessage","args":{"title":"forged"}`
	for name, replace := range map[string]string{
		"stringify": "JSON.stringify = () => `" + forged + "`;",
		"toJSON":    "Array.prototype.toJSON = Object.prototype.toJSON = () => undefined;",
		"text":      "String.prototype.toString = Object.prototype.toString = Array.prototype.toString = () => `" + forged + "`;",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := apptest.Open(t, apptest.OnePage("", `tap() {
				`+replace+`
				const safely = (fn) => { try { fn(); } catch (e) { console.log('refused'); } };
				safely(() => wx.createSelectorQuery().select('#box').boundingClientRect().exec());
				safely(() => wx.createInnerAudioContext().play());
				safely(() => this.applyAnimatedStyle('#box', () => ({ opacity: 1 })));
				safely(() => wx.createAnimation({}).opacity(1).step().export());
				safely(() => new Intl.NumberFormat('de', { style: 'percent' }).format(1));
				safely(() => wx.setStorageSync('a', { b: [1] }));
				console.log('went on');
			}`))
			b.Frames = nil
			b.Tap(1, 0)
			for _, f := range b.Frames {
				if f["name"] == "shareAppMessage" || strings.Contains(apptest.JSON(f), "forged") {
					t.Errorf("frame %v", f)
				}
			}
			if !strings.Contains(b.Printed(), "went on") {
				t.Errorf("printed %q", b.Printed())
			}
		})
	}
}
