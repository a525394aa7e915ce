package vm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/vm"
	"github.com/teahouse/teahouse/runtime/wx"
	"github.com/teahouse/teahouse/waittest"
)

// interrupting runs one message and stops the session after a while, as the worker's watchdog does.
func interrupting(t *testing.T, b *apptest.App, frame string) error {
	t.Helper()
	stop := time.AfterFunc(100*time.Millisecond, func() { b.Session.Interrupt("deadline") })
	defer stop.Stop()
	done := make(chan error, 1)
	go func() { done <- b.Session.Message([]byte(frame)) }()
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
			b := apptest.Open(t, apptest.OnePage("", "tap() { "+code+" }"))
			err := interrupting(t, b, `{"t":"event","page":1,"type":"tap","target":[0,0]}`)
			if name == "endless toString" {
				// No code of ours calls toString, so nothing needs to be stopped.
				if err != nil || !strings.Contains(b.Problems(), "Uncaught {toString: [Function toString]}") {
					t.Errorf("%v %s", err, b.Problems())
				}
				return
			}
			if !errors.Is(err, vm.ErrInterrupted) {
				t.Fatalf("%v %s", err, b.Problems())
			}
			if got := b.Problems(); !strings.Contains(got, "The app was stopped: deadline") ||
				name == "endless loop" && !strings.Contains(got, "pages/index/index.js:6:") {
				t.Errorf("the stop is logged as %q", got)
			}
			if err := b.Session.Message([]byte(`{"t":"hide"}`)); !errors.Is(err, vm.ErrInterrupted) {
				t.Errorf("an ended session returned %v", err)
			}
			if _, ok := b.Session.NextTimer(); ok {
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
			b := apptest.Open(t, apptest.OnePage("", "tap() { "+code+" }", "fine() { this.setData({text: 'alive'}); }"))
			b.Tap(1, 0)
			if b.Problems() == "" {
				t.Error("nothing was reported")
			}
			if len(b.Problems()) > 40_000 {
				t.Errorf("%d bytes of log", len(b.Problems()))
			}
			// The page still works.
			b.Frames = nil
			b.Send(`{"t":"show"}`)
			b.Send(`{"t":"hide"}`)
		})
	}
}

func TestAPanicOfTheEngineEndsTheSessionAlone(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage("", `tap() { 'x'.repeat(Number.MAX_SAFE_INTEGER); }`))
	err := b.Session.Message([]byte(`{"t":"event","page":1,"type":"tap","target":[0,0]}`))
	if !errors.Is(err, vm.ErrCrashed) {
		t.Fatal(err)
	}
	if err := b.Session.RunTimers(time.Now()); !errors.Is(err, vm.ErrCrashed) {
		t.Error(err)
	}
}

func TestAnEndlessAppIsStoppedWhileItOpens(t *testing.T) {
	t.Parallel()
	engine, err := wx.NewEngine(apptest.Compile(t, map[string]string{"app.js": "for (;;) {}", "pages/index/index.js": "Page({})"}), framework.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = engine.Open(framework.OpenRequest{Started: func(s *framework.Session) {
		time.AfterFunc(50*time.Millisecond, func() { s.Interrupt("deadline") })
	}}, &apptest.App{T: t})
	if !errors.Is(err, vm.ErrInterrupted) {
		t.Error(err)
	}
}
