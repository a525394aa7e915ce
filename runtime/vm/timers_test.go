package vm_test

import (
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestTimersRunByTheHostsClock(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const start = Date.now();
		const say = (what) => console.log(what, Date.now() - start);
		setTimeout(say, 100, 'b'); setTimeout(say, 50, 'a');
		let n = 0; const every = setInterval(() => { say('tick'); if (++n === 3) clearInterval(every); }, 30);
		const never = setTimeout(say, 10, 'never'); clearTimeout(never); clearTimeout(undefined);
		let first, second; first = setTimeout(() => clearTimeout(second), 200); second = setTimeout(say, 200, 'cleared');
		setTimeout(() => { this.setData({text: 'late'}); }, 300);
		try { for (let i = 0; i < 2000; i++) setTimeout(() => {}, 1e6); } catch (e) { console.log(e.message); }
	`))
	b.Frames = nil
	b.Advance(time.Second)
	b.WantPrinted("an app may have 1000 timers at a time",
		"tick 30", "a 50", "tick 60", "tick 90", "b 100")
	if apptest.JSON(b.Last("patch")["ops"]) != `[[0,0,"late"]]` {
		t.Errorf("frames %v", b.Frames)
	}
	b.WantClean()
}

func TestTimersWaitWhileTheAppIsOffTheScreen(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`setInterval(() => console.log('tick'), 2000);`))
	b.Send(`{"t":"hide"}`)
	b.Advance(time.Minute)
	b.WantPrinted("tick", "tick")
	b.Send(`{"t":"show"}`)
	b.Advance(time.Millisecond)
	b.WantPrinted("tick", "tick", "tick")
}
