package vm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
)

func TestErrorsNameTheDevelopersLine(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.js": `App({onError(m) { console.log('onError', m.split('\n')[0]); }});`,
		"lib/deep.ts": `export function fail(n: number): never {
  interface Unused { a: string }
  const nothing: any = null;
  return nothing.field;
}`,
		"pages/index/index.js": `import {fail} from '../../lib/deep';
Page({
  tap() {
    fail(1);
  },
  thrown() { throw {code: 7}; },
  text() { throw 'text'; },
});`,
		"pages/index/index.wxml": `<view bindtap="tap"><view bindtap="thrown"/><view catchtap="text"/><view catchtap="missing"/></view>`,
	})
	b.Tap(1, 0)
	if len(b.Logs) == 0 {
		t.Fatal("no log")
	}
	e := b.Logs[0]
	if e.File != "lib/deep.ts" || e.Line != 4 || e.Level != "error" || e.Kind != protocol.LogError || e.Page != "pages/index/index" {
		t.Errorf("%+v", e)
	}
	if !strings.HasPrefix(e.Text, "TypeError: ") || !strings.Contains(e.Stack, "lib/deep.ts:4:") ||
		!strings.Contains(e.Stack, "pages/index/index.js:4:") {
		t.Errorf("%+v", e)
	}
	b.Tap(1, 1)
	b.Tap(1, 2)
	b.Tap(1, 3)
	got := b.Problems()
	for _, want := range []string{"Uncaught {code: 7}", `Uncaught "text"`, "pages/index/index.js:6:",
		`Page "pages/index/index" does not have a method "missing" to handle event "tap".`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if !strings.Contains(b.Printed(), "onError TypeError: ") || !strings.Contains(b.Printed(), "onError Uncaught {code: 7}") {
		t.Errorf("printed %s", b.Printed())
	}
}

func TestUnhandledRejectionsAreReportedOnce(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.js": `App({onUnhandledRejection(r) { console.log('unhandled', r.reason.message || r.reason.errMsg); }});`,
		"pages/index/index.js": `Page({async onLoad() {
  const late = Promise.reject(new Error('caught later')); late.catch(() => {});
  wx.getStorage({key: 'none'});
  await null;
  throw new Error('lost');
}});`,
	})
	b.WantPrinted("unhandled lost", "unhandled getStorage:fail data not found")
	got := b.Problems()
	if strings.Count(got, "Uncaught (in promise)") != 2 || !strings.Contains(got, "pages/index/index.js:5:") {
		t.Error(got)
	}
}

// Ensure that a rejection without a stack names the call that it comes from, however many promises follow from it.
func TestAnUnhandledRejectionNamesTheCall(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
const read = (key) => wx.getStorage({key});
read('plain');
(async () => { await read('awaited'); })();
read('followed').then(() => {}).finally(() => {});
wx.navigateTo({url: '/nowhere'});
Promise.reject({code: 7});
new Promise((resolve, reject) => {
  wx.getStorage({key: 'passed', success: resolve, fail: reject});
}).then(() => {});`))
	got := b.Problems()
	for place, times := range map[string]int{":5:": 3, ":9:": 1, ":10:": 1, ":12:": 1} {
		if n := strings.Count(got, "pages/index/index.js"+place); n != times {
			t.Errorf("%d rejections name line %s, want %d:\n%s", n, place, times, got)
		}
	}
	if e := b.Logs[1]; !strings.Contains(e.Stack, "pages/index/index.js:6:") {
		t.Errorf("the stack has no caller: %q", e.Stack)
	}
}

func TestABrokenModuleNamesItsPlaceAndTheRequirer(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"lib/throws.js": "const a = 1;\n\nthrow new Error('at load');",
		"pages/index/index.js": `try { require('./nowhere'); } catch (e) { console.log(e.message); }
try { require('../../lib/throws'); } catch (e) { console.log(e.message); }
require('../../lib/throws');
Page({});`,
	})
	b.WantPrinted(`module "./nowhere" is not found, required by pages/index/index.js`, "at load")
	if got := b.Problems(); !strings.Contains(got, "lib/throws.js:3:7 Error: at load") {
		t.Error(got)
	}
	b.Send(`{"t":"ready","page":1}`)
}

func TestADevelopmentSessionSendsItsLogToTheShell(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`console.warn('w');`), func(r *framework.OpenRequest) { r.Development = true })
	if f := b.Last("log"); f["text"] != "w" || f["level"] != "warn" || f["file"] != "pages/index/index.js" || f["line"] != 4.0 {
		t.Errorf("%v", f)
	}
}

// Ensure that an error for which the engine has no words tells what was called; one that the app made
// itself stays as it is.
func TestAnErrorWithoutAMessageTellsWhatWasCalled(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		setTimeout(() => Object.defineProperty(new Proxy({}, {defineProperty() { return true; }}), 'a', {value: 1, configurable: false}), 5);
		setTimeout(() => { throw new Error(); }, 6);`))
	b.Advance(10 * time.Millisecond)
	got := b.Problems()
	if !strings.Contains(got, "pages/index/index.js:5:") || !strings.Contains(got, " TypeError in ") || !strings.Contains(got, "defineProperty()") ||
		!strings.HasSuffix(got, " Error") {
		t.Error(got)
	}
}
