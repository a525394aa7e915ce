//go:build engine

package vm_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

// Ensure that dates are in the zone of the user's phone, also after it has moved, and in UTC for a
// phone that names none. The engine as it comes has one zone per process.
func TestDatesAreInTheZoneOfThePhone(t *testing.T) {
	t.Parallel()
	const now = `const d = new Date(Date.UTC(2021, 8, 2, 22, 30)); console.log(d.getDate(), d.getHours(), d.getTimezoneOffset(),
		d.toLocaleTimeString('en-GB'), Intl.DateTimeFormat().resolvedOptions().timeZone)`
	for zone, want := range map[string]string{
		"Asia/Shanghai": "3 6 -480 06:30:00 Asia/Shanghai",
		"":              "2 22 0 22:30:00 UTC",
		"Mars/Base":     "2 22 0 22:30:00 UTC",
	} {
		b := apptest.Open(t, apptest.OnePage(now, `tap() {`+now+`}`), func(r *framework.OpenRequest) { r.Env.TimeZone = zone })
		b.Send(`{"t":"env","env":{"width":375,"height":812,"time_zone":"America/New_York"}}`)
		b.Tap(1, 0)
		b.WantPrinted(want, "2 18 240 18:30:00 America/New_York")
	}
}
