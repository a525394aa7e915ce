package wx_test

import (
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestAnimationRecordsTheVendorsShape(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const a = wx.createAnimation({duration: 200, timingFunction: 'ease'});
		a.rotate(45).opacity(0.5).step().width(10).step({duration: 50, delay: 5});
		console.log(JSON.stringify(a.export())); console.log(JSON.stringify(a.export()));`))
	b.WantPrinted(`{"actions":[{"animates":[{"type":"rotate","args":[45]},{"type":"style","args":["opacity",0.5]}],`+
		`"option":{"transformOrigin":"50% 50% 0","transition":{"duration":200,"timingFunction":"ease","delay":0}}},`+
		`{"animates":[{"type":"rotate","args":[45]},{"type":"style","args":["width","10px"]}],`+
		`"option":{"transformOrigin":"50% 50% 0","transition":{"duration":50,"timingFunction":"ease","delay":5}}}]}`,
		`{"actions":[]}`)
}

func TestAnAnimationTakesAnotherDurationThroughItsOption(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const a = wx.createAnimation({duration: 200});
		a.option.transition.duration = 0;
		console.log(a.step().export().actions[0].option.transition.duration, wx.createAnimation().option.transition.duration);`))
	b.WantPrinted("0 400")
	b.WantClean()
}

func TestTheUpdateManagerNeverFindsAnUpdate(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`const m = wx.getUpdateManager();
		m.onCheckForUpdate((r) => console.log('update', r.hasUpdate)); m.onUpdateReady(() => {}); console.log('asked', 1, 2, 3);`))
	b.WantPrinted("asked 1 2 3", "update false")
	b.WantClean()
}

func TestNextTickRunsAfterThePatchInTheOrderOfTheCalls(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage("", `tap() { wx.nextTick(() => console.log('tick')); this.setData({text: 1}, () => console.log('set'));
		wx.nextTick(() => console.log('tock')); console.log('sync'); }`))
	b.Tap(1, 0)
	b.WantPrinted("sync", "tick", "set", "tock")
}

func TestTheRealtimeLogHasTagsAndPages(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`const log = wx.getRealtimeLogManager();
		log.info('plain', 1); log.tag('pay').info('tagged', {a: 1}); log.in(this).info('here'); log.setFilterMsg('x');
		console.log(log.getCurrentState().maxLogCount);`))
	b.WantPrinted("plain 1", "[pay] tagged {a: 1}", "here", "200")
	b.WantClean()
}

func TestOlderProgramsReadTheVersionOfTheBaseLibrary(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`console.log(wx.version.version === wx.getSystemInfoSync().SDKVersion);`))
	b.WantPrinted("true")
	b.WantClean()
}

func TestWhatIsNoFunctionIsNotCalled(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		wx.getUpdateManager().onCheckForUpdate(); wx.requestIdleCallback(); wx.worklet.runOnUI()();
		const channel = this.getOpenerEventChannel(); channel.on('a'); channel.once('a'); channel.emit('a');`))
	b.Advance(time.Second)
	b.WantClean()
}
