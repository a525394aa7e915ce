// Package apptest runs programs in tests: it compiles a few files, opens a session in this process,
// and keeps everything that the session sends. Its clock moves only when a test moves it.
package apptest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/wx"
)

// App is a program under test and its host. It keeps what the session sends; its clock moves only
// when a test moves it.
type App struct {
	T       testing.TB
	Session *framework.Session
	Now     time.Time
	Frames  []map[string]any
	Calls   []Call
	Stored  []protocol.StorageOp
	Logs    []protocol.LogEntry
}

// Call is a capability that the program asked for.
type Call struct {
	ID   uint64
	Name string
	Args map[string]any
	Text []byte // Args as the program sent them
}

// Frame implements protocol.Host.
func (b *App) Frame(text []byte) {
	var f map[string]any
	if err := json.Unmarshal(text, &f); err != nil {
		b.T.Errorf("frame %s: %v", text, err)
	}
	b.Frames = append(b.Frames, f)
}

// Call implements protocol.Host.
func (b *App) Call(id uint64, name string, args []byte) {
	var a map[string]any
	if err := json.Unmarshal(args, &a); err != nil {
		b.T.Errorf("arguments of %s: %v", name, err)
	}
	b.Calls = append(b.Calls, Call{id, name, a, slices.Clone(args)})
}

// Store implements protocol.Host.
func (b *App) Store(op protocol.StorageOp) { b.Stored = append(b.Stored, op) }

// Log implements protocol.Host.
func (b *App) Log(e protocol.LogEntry) { b.Logs = append(b.Logs, e) }

// app adds the missing files of a program: an app.json that lists the pages, and the files that
// every page needs.
func app(files map[string]string) map[string][]byte {
	all := map[string][]byte{}
	var pages []string
	for name, text := range files {
		all[name] = []byte(text)
		if route, ok := strings.CutSuffix(name, ".js"); ok && strings.HasPrefix(name, "pages/") &&
			strings.Count(name, "/") == 2 {
			pages = append(pages, route)
		}
	}
	for _, route := range pages {
		if all[route+".wxml"] == nil {
			all[route+".wxml"] = []byte("<view>{{text}}</view>")
		}
	}
	if all["app.js"] == nil {
		all["app.js"] = []byte("App({})")
	}
	if all["app.json"] == nil {
		// The entry page comes first; the order of the map is random.
		list := []string{"pages/index/index"}
		for _, route := range pages {
			if route != list[0] {
				list = append(list, route)
			}
		}
		all["app.json"], _ = json.Marshal(map[string]any{"pages": list})
	}
	return all
}

// Compile compiles a program.
func Compile(t testing.TB, files map[string]string) *image.Image {
	t.Helper()
	result := compile.Compile(context.Background(), app(files), compile.Options{Supported: wx.Supported})
	if result.Image == nil {
		t.Fatalf("does not compile: %+v", result.Diagnostics)
	}
	return result.Image
}

// Open starts a program; change may alter the request.
func Open(t testing.TB, files map[string]string, change ...func(*framework.OpenRequest)) *App {
	t.Helper()
	engine, err := wx.NewEngine(Compile(t, files), framework.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return OpenOn(t, engine, change...)
}

// OpenOn is Open in an engine that exists.
func OpenOn(t testing.TB, engine *framework.Engine, change ...func(*framework.OpenRequest)) *App {
	t.Helper()
	b := &App{T: t, Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	req := framework.OpenRequest{Now: func() time.Time { return b.Now }, OpenRequest: protocol.OpenRequest{
		SessionID: "s", AppID: "ta0123", Version: "1.0.0", Scene: 1001, Seed: 7,
		Env: protocol.Env{Width: 375, Height: 812, PixelRatio: 3, StatusBarHeight: 44, Theme: "light",
			SafeArea: protocol.SafeArea{Top: 44, Bottom: 778, Right: 375}}}}
	for _, fn := range change {
		fn(&req)
	}
	s, err := engine.Open(req, b)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	b.Session = s
	return b
}

// Send passes a frame of the shell to the program.
func (b *App) Send(format string, args ...any) {
	b.T.Helper()
	if err := b.Session.Message(fmt.Appendf(nil, format, args...)); err != nil {
		b.T.Fatalf("message %s: %v", fmt.Sprintf(format, args...), err)
	}
}

// Tap taps element id of the root fragment of a page.
func (b *App) Tap(page, id int) {
	b.T.Helper()
	b.Send(`{"t":"event","page":%d,"type":"tap","target":[0,%d],"detail":{"x":1,"y":2},"ts":5}`, page, id)
}

// Advance moves the clock and runs the timers that become due.
func (b *App) Advance(d time.Duration) {
	b.T.Helper()
	end := b.Now.Add(d)
	for {
		at, ok := b.Session.NextTimer()
		if !ok || at.After(end) {
			break
		}
		if at.After(b.Now) {
			b.Now = at
		}
		if err := b.Session.RunTimers(b.Now); err != nil {
			b.T.Fatal(err)
		}
	}
	b.Now = end
}

// Printed is what the app wrote to its console, a line per entry.
func (b *App) Printed() string {
	var lines []string
	for _, e := range b.Logs {
		if e.Kind == protocol.LogConsole {
			lines = append(lines, e.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// WantPrinted compares the console with what it should hold.
func (b *App) WantPrinted(lines ...string) {
	b.T.Helper()
	if got, want := b.Printed(), strings.Join(lines, "\n"); got != want {
		b.T.Errorf("printed:\n%s\nwant:\n%s\nlogs: %s", got, want, b.Problems())
	}
}

// Problems are the log entries that the app did not write itself.
func (b *App) Problems() string {
	var lines []string
	for _, e := range b.Logs {
		if e.Kind != protocol.LogConsole {
			lines = append(lines, fmt.Sprintf("%s %s:%d:%d %s", e.Level, e.File, e.Line, e.Column, e.Text))
		}
	}
	return strings.Join(lines, "\n")
}

// WantClean fails the test when there are problems.
func (b *App) WantClean() {
	b.T.Helper()
	if text := b.Problems(); text != "" {
		b.T.Errorf("problems:\n%s", text)
	}
}

// Last answers the last frame of a kind: "page", "patch" or the name of a ui call.
func (b *App) Last(kind string) map[string]any {
	b.T.Helper()
	for _, f := range slices.Backward(b.Frames) {
		if f["t"] == kind || f["t"] == "ui" && f["name"] == kind {
			return f
		}
	}
	b.T.Fatalf("no frame %q among %v", kind, b.Frames)
	return nil
}

// WantStorage compares what the program stored with what it should have.
func (b *App) WantStorage(want map[string]string) {
	b.T.Helper()
	got := map[string]string{}
	for _, op := range b.Stored {
		switch op.Op {
		case "set":
			got[op.Key] = op.Value
		case "remove":
			delete(got, op.Key)
		case "clear":
			clear(got)
		}
	}
	if !maps.Equal(got, want) {
		b.T.Errorf("storage %v, want %v", got, want)
	}
}

// JSON encodes a value.
func JSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// WithPath opens a page.
func WithPath(path string) func(*framework.OpenRequest) {
	return func(r *framework.OpenRequest) { r.Path = path }
}

// OnePage is a program of one page whose onLoad runs the code; more is other fields of the page.
func OnePage(onLoad string, more ...string) map[string]string {
	return map[string]string{
		"pages/index/index.js":   "Page({\n  data: {},\n  onLoad() {\n" + onLoad + "\n  },\n" + strings.Join(more, ",\n") + "});",
		"pages/index/index.wxml": `<view bindtap="tap" id="box" data-k="{{7}}">{{text}}</view>`,
	}
}

// PrintingPage is a page that prints each of its lifecycle calls.
func PrintingPage(name, more string) string {
	return `const say = (what) => function (arg) {
		console.log('` + name + `.' + what + (arg && what === 'onLoad' ? JSON.stringify(arg) : ''));
	};
	Page({
		data: {text: 'hi'},
		onLoad: say('onLoad'), onShow: say('onShow'), onReady: say('onReady'),
		onHide: say('onHide'), onUnload: say('onUnload'),` + more + `
	});`
}

// Typical returns a program with about 20 KB of source and a page of 30 elements.
func Typical() map[string]string {
	var lib strings.Builder
	for i := range 40 {
		fmt.Fprintf(&lib, `
class Service%[1]d {
	constructor(name) { this.name = name; this.items = []; this.state = {loading: false, error: null}; }
	load(page) { this.state.loading = true; return this.items.slice(page * 10, page * 10 + 10); }
	add(item) { if (!item) throw new Error('no item'); this.items.push({...item, id: this.items.length}); return this; }
	find(id) { return this.items.find((item) => item.id === id) || null; }
	format(item) { return item.name + ' ' + (item.price / 100).toFixed(2) + ' ' + this.name; }
}
exports.Service%[1]d = Service%[1]d;`, i)
	}
	var wxml strings.Builder
	wxml.WriteString(`<view class="page" bindtap="tap" data-id="{{n}}">`)
	for i := range 14 {
		fmt.Fprintf(&wxml, `<view class="row {{n === %d ? 'on' : ''}}"><text>{{title}} %d {{n}}</text></view>`, i, i)
	}
	wxml.WriteString(`</view>`)
	return map[string]string{
		"app.js":          `App({globalData: {user: null}, onLaunch() { this.globalData.user = wx.getStorageSync('user'); }});`,
		"lib/services.js": lib.String(),
		"pages/index/index.js": `const {Service1} = require('../../lib/services');
			const app = getApp();
			Page({
				data: {n: 0, title: 'Tea', items: []},
				onLoad() { this.service = new Service1('s'); this.setData({items: this.service.load(0), user: app.globalData.user}); },
				tap(e) { this.setData({n: this.data.n + 1, 'items[0].count': e.currentTarget.dataset.id}); },
			});`,
		"pages/index/index.wxml": wxml.String(),
	}
}

// Engine compiles a program for sessions.
func Engine(b testing.TB, files map[string]string) *framework.Engine {
	b.Helper()
	engine, err := wx.NewEngine(Compile(b, files), framework.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return engine
}

// OpenDiscarding opens a session whose output nobody reads.
func OpenDiscarding(b testing.TB, engine *framework.Engine) *framework.Session {
	b.Helper()
	s, err := engine.Open(framework.OpenRequest{OpenRequest: protocol.OpenRequest{Env: protocol.Env{Width: 375, Height: 812}}}, Discard{})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// Reply answers call i.
func (b *App) Reply(i int, ok bool, result string) {
	b.T.Helper()
	if err := b.Session.Reply(b.Calls[i].ID, ok, []byte(result)); err != nil {
		b.T.Fatal(err)
	}
}

// Discard is a host that discards everything.
type Discard struct{}

// Frame implements protocol.Host.
func (Discard) Frame([]byte) {}

// Call implements protocol.Host.
func (Discard) Call(uint64, string, []byte) {}

// Store implements protocol.Host.
func (Discard) Store(protocol.StorageOp) {}

// Log implements protocol.Host.
func (Discard) Log(protocol.LogEntry) {}
