package vm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/vm"
	"github.com/teahouse/teahouse/waittest"
)

func TestErrorsNameTheDevelopersLine(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
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
	b.tap(1, 0)
	if len(b.logs) == 0 {
		t.Fatal("no log")
	}
	e := b.logs[0]
	if e.File != "lib/deep.ts" || e.Line != 4 || e.Level != "error" || e.Kind != vm.LogError || e.Page != "pages/index/index" {
		t.Errorf("%+v", e)
	}
	if !strings.HasPrefix(e.Text, "TypeError: ") || !strings.Contains(e.Stack, "lib/deep.ts:4:") ||
		!strings.Contains(e.Stack, "pages/index/index.js:4:") {
		t.Errorf("%+v", e)
	}
	b.tap(1, 1)
	b.tap(1, 2)
	b.tap(1, 3)
	got := b.problems()
	for _, want := range []string{"Uncaught {code: 7}", `Uncaught "text"`, "pages/index/index.js:6:",
		`Page "pages/index/index" does not have a method "missing" to handle event "tap".`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if !strings.Contains(b.printed(), "onError TypeError: ") || !strings.Contains(b.printed(), "onError Uncaught {code: 7}") {
		t.Errorf("printed %s", b.printed())
	}
}

func TestUnhandledRejectionsAreReportedOnce(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"app.js": `App({onUnhandledRejection(r) { console.log('unhandled', r.reason.message || r.reason.errMsg); }});`,
		"pages/index/index.js": `Page({async onLoad() {
  const late = Promise.reject(new Error('caught later')); late.catch(() => {});
  wx.getStorage({key: 'none'});
  await null;
  throw new Error('lost');
}});`,
	})
	b.wantPrinted("unhandled lost", "unhandled getStorage:fail data not found")
	got := b.problems()
	if strings.Count(got, "Uncaught (in promise)") != 2 || !strings.Contains(got, "pages/index/index.js:5:") {
		t.Error(got)
	}
}

func TestABrokenModuleNamesItsPlaceAndTheRequirer(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"lib/throws.js": "const a = 1;\n\nthrow new Error('at load');",
		"pages/index/index.js": `try { require('./nowhere'); } catch (e) { console.log(e.message); }
try { require('../../lib/throws'); } catch (e) { console.log(e.message); }
require('../../lib/throws');
Page({});`,
	})
	b.wantPrinted(`module "./nowhere" is not found, required by pages/index/index.js`, "at load")
	if got := b.problems(); !strings.Contains(got, "lib/throws.js:3:7 Error: at load") {
		t.Error(got)
	}
	b.send(`{"t":"ready","page":1}`)
}

func TestAComponentSaysThatItIsNotSupportedYet(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{"pages/index/index.js": "\nComponent({});"})
	if got := b.problems(); !strings.Contains(got, "pages/index/index.js:2:1") || !strings.Contains(got, "Component() is not supported") {
		t.Error(got)
	}
}

func TestConsolePrintsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`const o = {a: 1, b: 'x', c: [1, , null], d: new Date(0), f() {}, g: {h: {i: {j: {}}}}}; o.self = o;
		console.log(o, undefined, -0.5, 10n, Symbol('s'));
		console.log({get boom() { throw new Error('x'); }, toString() { throw 1; }}, new Map([[1, 2]]));
		console.error(new TypeError('bad'));
		console.assert(1 === 2, 'no'); console.count(); console.count();
		console.group('g'); console.warn('in'); console.groupEnd(); console.log('out');`))
	lines := strings.Split(b.printed(), "\n")
	if lines[0] != `{a: 1, b: "x", c: [1, undefined, null], d: 1970-01-01T00:00:00.000Z, f: [Function f], g: {h: {i: {j: {…}}}}, self: [Circular]} undefined -0.5 10 Symbol()` {
		t.Error(lines[0])
	}
	if lines[1] != `{boom: [threw], toString: [Function toString]} {}` {
		t.Error(lines[1])
	}
	if lines[2] != "TypeError: bad" || !strings.Contains(lines[3], "pages/index/index.js:7:") {
		t.Error(lines[2:4])
	}
	if got := strings.Join(lines[4:], "|"); got != "Assertion failed: no|default: 1|default: 2|g|  in|out" {
		t.Error(got)
	}
	if e := b.logs[0]; e.File != "pages/index/index.js" || e.Line != 5 || e.Kind != vm.LogConsole {
		t.Errorf("%+v", e)
	}
}

func TestADevelopmentSessionSendsItsLogToTheShell(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`console.warn('w');`), func(r *vm.OpenRequest) { r.Development = true })
	if f := b.last("log"); f["text"] != "w" || f["level"] != "warn" || f["file"] != "pages/index/index.js" || f["line"] != 4.0 {
		t.Errorf("%v", f)
	}
}

// interrupting runs one message and stops the session after a while, as the worker's watchdog does.
func interrupting(t *testing.T, b *bench, frame string) error {
	t.Helper()
	stop := time.AfterFunc(100*time.Millisecond, func() { b.s.Interrupt("deadline") })
	defer stop.Stop()
	done := make(chan error, 1)
	go func() { done <- b.s.Message([]byte(frame)) }()
	return waittest.Receive(t, "the turn's end", done)
}

func TestHostileCodeIsStoppedAndTheSessionEnds(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"endless loop":            `for (;;) {}`,
		"endless toString":        `throw {toString() { for (;;) {} }}; for (;;) {}`,
		"endless getter in error": `throw Object.defineProperty(new Error('x'), 'message', {get() { for (;;) {} }});`,
		"endless getter printed":  `console.log({get a() { for (;;) {} }});`,
		"endless getter set":      `this.setData({get a() { for (;;) {} }});`,
		"endless promises":        `const again = () => Promise.resolve().then(again); again();`,
		"endless toJSON stored":   `wx.setStorageSync('a', {toJSON() { for (;;) {} }});`,
		"endless page function":   `Object.defineProperty(this, 'x', {get() { for (;;) {} }}); console.log(this.x);`,
		"catching loop":           `for (;;) { try { for (;;) {} } catch (e) {} finally { for (;;) {} } }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, onePage("", "tap() { "+code+" }"))
			err := interrupting(t, b, `{"t":"event","page":1,"type":"tap","target":[0,0]}`)
			if name == "endless toString" {
				// No code of ours calls toString, so nothing needs to be stopped.
				if err != nil || !strings.Contains(b.problems(), "Uncaught {toString: [Function toString]}") {
					t.Errorf("%v %s", err, b.problems())
				}
				return
			}
			if !errors.Is(err, vm.ErrInterrupted) {
				t.Fatalf("%v %s", err, b.problems())
			}
			if got := b.problems(); !strings.Contains(got, "The app was stopped: deadline") ||
				name == "endless loop" && !strings.Contains(got, "pages/index/index.js:6:") {
				t.Errorf("the stop is logged as %q", got)
			}
			if err := b.s.Message([]byte(`{"t":"hide"}`)); !errors.Is(err, vm.ErrInterrupted) {
				t.Errorf("an ended session returned %v", err)
			}
			if _, ok := b.s.NextTimer(); ok {
				t.Error("an ended session has timers")
			}
		})
	}
}

func TestHostileValuesHarmOnlyTheirCall(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"throwing getter in setData": `this.setData({get a() { throw new Error('mine'); }});`,
		"cycle in setData":           `const o = {}; o.o = o; this.setData({o});`,
		"huge setData":               `this.setData({a: 'x'.repeat(1100000)});`,
		"huge sparse array":          `const a = []; a[4000000000] = 1; this.setData({a});`,
		"huge index":                 `this.setData({'a[99999999]': 1});`,
		"bad path":                   `this.setData({'a..b': 1});`,
		"recursion":                  `const f = () => f(); f();`,
		"recursion through a getter": `const o = {get x() { return this.x; }}; o.x;`,
		"recursion through toJSON":   `const o = {toJSON() { return JSON.stringify(o); }}; wx.setStorageSync('a', o);`,
		"proxy":                      `this.setData({p: new Proxy({}, {ownKeys() { throw new Error('mine'); }})});`,
		"throwing callbacks":         `wx.getStorageInfo({success() { throw new Error('mine'); }});`,
		"getter for a callback":      `wx.showToast({get success() { throw new Error('mine'); }});`,
		"throwing error":             `throw Object.defineProperty(new Error('x'), 'stack', {get() { throw 1; }});`,
		"null prototype":             `throw Object.create(null);`,
		"endless callbacks":          `const again = () => wx.getStorageInfo({success: again}); again();`,
		"endless setData callbacks":  `const again = () => this.setData({text: Math.random()}, again); again();`,
		"own require":                `require('x');`,
		"timer without function":     `setTimeout('alert(1)', 5);`,
		"wrong receiver":             `const f = this.setData; f({a: 1}); null.x;`,
		"the onError that throws":    `getApp().onError = () => { throw new Error('again'); }; null.x;`,
		"stringified symbol":         `wx.navigateTo({url: Symbol('x')});`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, onePage("", "tap() { "+code+" }", "fine() { this.setData({text: 'alive'}); }"))
			b.tap(1, 0)
			if b.problems() == "" {
				t.Error("nothing was reported")
			}
			if len(b.problems()) > 40_000 {
				t.Errorf("%d bytes of log", len(b.problems()))
			}
			// The page still works.
			b.frames = nil
			b.send(`{"t":"show"}`)
			b.send(`{"t":"hide"}`)
		})
	}
}

func TestAPanicOfTheEngineEndsTheSessionAlone(t *testing.T) {
	t.Parallel()
	b := open(t, onePage("", `tap() { 'x'.repeat(Number.MAX_SAFE_INTEGER); }`))
	err := b.s.Message([]byte(`{"t":"event","page":1,"type":"tap","target":[0,0]}`))
	if !errors.Is(err, vm.ErrCrashed) {
		t.Fatal(err)
	}
	if err := b.s.RunTimers(time.Now()); !errors.Is(err, vm.ErrCrashed) {
		t.Error(err)
	}
}

func TestAnEndlessAppIsStoppedWhileItOpens(t *testing.T) {
	t.Parallel()
	engine, err := vm.NewEngine(compiled(t, map[string]string{"app.js": "for (;;) {}", "pages/index/index.js": "Page({})"}), vm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = engine.Open(vm.OpenRequest{Started: func(s *vm.Session) {
		time.AfterFunc(50*time.Millisecond, func() { s.Interrupt("deadline") })
	}}, &bench{t: t})
	if !errors.Is(err, vm.ErrInterrupted) {
		t.Error(err)
	}
}
