package vm_test

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
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/vm"
)

// bench is the host of a session under test. It keeps what the session sends; its clock moves only
// when a test moves it.
type bench struct {
	t      testing.TB
	s      *vm.Session
	now    time.Time
	frames []map[string]any
	calls  []call
	store  []vm.StorageOp
	logs   []vm.LogEntry
}

type call struct {
	id   uint64
	name string
	args map[string]any
}

func (b *bench) Frame(text []byte) {
	var f map[string]any
	if err := json.Unmarshal(text, &f); err != nil {
		b.t.Errorf("frame %s: %v", text, err)
	}
	b.frames = append(b.frames, f)
}

func (b *bench) Call(id uint64, name string, args []byte) {
	var a map[string]any
	if err := json.Unmarshal(args, &a); err != nil {
		b.t.Errorf("arguments of %s: %v", name, err)
	}
	b.calls = append(b.calls, call{id, name, a})
}
func (b *bench) Store(op vm.StorageOp) { b.store = append(b.store, op) }
func (b *bench) Log(e vm.LogEntry)     { b.logs = append(b.logs, e) }

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

func compiled(t testing.TB, files map[string]string) *image.Image {
	t.Helper()
	result := compile.Compile(context.Background(), app(files), compile.Options{Supported: vm.Supported})
	if result.Image == nil {
		t.Fatalf("does not compile: %+v", result.Diagnostics)
	}
	return result.Image
}

// open starts a program; change may alter the request.
func open(t testing.TB, files map[string]string, change ...func(*vm.OpenRequest)) *bench {
	t.Helper()
	engine, err := vm.NewEngine(compiled(t, files), vm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return openOn(t, engine, change...)
}

func openOn(t testing.TB, engine *vm.Engine, change ...func(*vm.OpenRequest)) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	req := vm.OpenRequest{SessionID: "s", AppID: "ta0123", Version: "1.0.0", Scene: 1001, Seed: 7,
		Now: func() time.Time { return b.now },
		Env: vm.Env{Width: 375, Height: 812, PixelRatio: 3, StatusBarHeight: 44, Theme: "light",
			SafeArea: vm.SafeArea{Top: 44, Bottom: 778, Right: 375}}}
	for _, fn := range change {
		fn(&req)
	}
	s, err := engine.Open(req, b)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	b.s = s
	return b
}

func (b *bench) send(format string, args ...any) {
	b.t.Helper()
	if err := b.s.Message(fmt.Appendf(nil, format, args...)); err != nil {
		b.t.Fatalf("message %s: %v", fmt.Sprintf(format, args...), err)
	}
}

// tap taps element id of the root fragment of a page.
func (b *bench) tap(page, id int) {
	b.t.Helper()
	b.send(`{"t":"event","page":%d,"type":"tap","target":[0,%d],"detail":{"x":1,"y":2},"ts":5}`, page, id)
}

func (b *bench) advance(d time.Duration) {
	b.t.Helper()
	end := b.now.Add(d)
	for {
		at, ok := b.s.NextTimer()
		if !ok || at.After(end) {
			break
		}
		if at.After(b.now) {
			b.now = at
		}
		if err := b.s.RunTimers(b.now); err != nil {
			b.t.Fatal(err)
		}
	}
	b.now = end
}

// printed is what the app wrote to its console, a line per entry.
func (b *bench) printed() string {
	var lines []string
	for _, e := range b.logs {
		if e.Kind == vm.LogConsole {
			lines = append(lines, e.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func (b *bench) wantPrinted(lines ...string) {
	b.t.Helper()
	if got, want := b.printed(), strings.Join(lines, "\n"); got != want {
		b.t.Errorf("printed:\n%s\nwant:\n%s\nlogs: %s", got, want, b.problems())
	}
}

// problems are the log entries that the app did not write itself.
func (b *bench) problems() string {
	var lines []string
	for _, e := range b.logs {
		if e.Kind != vm.LogConsole {
			lines = append(lines, fmt.Sprintf("%s %s:%d:%d %s", e.Level, e.File, e.Line, e.Column, e.Text))
		}
	}
	return strings.Join(lines, "\n")
}

func (b *bench) wantClean() {
	b.t.Helper()
	if text := b.problems(); text != "" {
		b.t.Errorf("problems:\n%s", text)
	}
}

// last answers the last frame of a kind: "page", "patch" or the name of a ui call.
func (b *bench) last(kind string) map[string]any {
	b.t.Helper()
	for _, f := range slices.Backward(b.frames) {
		if f["t"] == kind || f["t"] == "ui" && f["name"] == kind {
			return f
		}
	}
	b.t.Fatalf("no frame %q among %v", kind, b.frames)
	return nil
}

func (b *bench) wantStorage(want map[string]string) {
	b.t.Helper()
	got := map[string]string{}
	for _, op := range b.store {
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
		b.t.Errorf("storage %v, want %v", got, want)
	}
}

func mustJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
