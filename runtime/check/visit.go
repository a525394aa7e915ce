package check

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// visit is one session that looks at one page. It is the Sink of the session: what arrives is
// queued, and worked off by the goroutine that runs the check.
type visit struct {
	*run
	conf    *image.Page
	path    string // of the page under check, with its query
	verdict *Page

	app    App
	pages  map[int]*view.Client
	page   int  // the page under check, 0 until it is shown
	top    int  // the page on top
	left   bool // the page under check is gone
	pings  int
	pong   int // the last answer to a ping
	during string

	mu    sync.Mutex
	queue []func() (answered bool)
	wake  chan struct{}
	over  bool
}

func (v *visit) push(work func() bool) {
	v.mu.Lock()
	v.queue = append(v.queue, work)
	v.mu.Unlock()
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// Frame implements Sink.
func (v *visit) Frame(text []byte) { v.push(func() bool { return v.frame(text) }) }

// Call implements Sink.
func (v *visit) Call(id uint64, name string, args []byte) {
	v.push(func() bool {
		if name == "net.request" {
			v.verdict.Offline = true
		}
		ok, result := answerBridge(name, args)
		return v.app.Reply(id, ok, result) == nil
	})
}

// Store implements Sink.
func (v *visit) Store(op vm.StorageOp) {
	v.push(func() bool {
		switch op.Op {
		case "set":
			v.storage[op.Key] = op.Value
		case "remove":
			delete(v.storage, op.Key)
		case "clear":
			clear(v.storage)
		}
		return false
	})
}

// Log implements Sink.
func (v *visit) Log(e vm.LogEntry) { v.push(func() bool { v.log(e); return false }) }

// Closed implements Sink.
func (v *visit) Closed(reason string) {
	v.push(func() bool {
		v.over = true
		v.fail(Problem{Text: "the app was stopped: " + reason})
		return false
	})
}

func (v *visit) fail(p Problem) {
	if v.verdict.Error == nil {
		p.During = v.during
		v.verdict.Error = &p
	}
}

// refused matches the rejection of a call of wx that nobody caught. It is an outcome, such as
// "there is no page to go back to", and not an exception of the program.
var refused = regexp.MustCompile(`^Uncaught \(in promise\) \{errMsg: "[A-Za-z.]+:fail`)

func (v *visit) log(e vm.LogEntry) {
	p := Problem{Text: e.Text, File: e.File, Line: e.Line, Column: e.Column, During: v.during}
	switch {
	case e.Kind == vm.LogUnsupported:
		v.report.notSupported(Unsupported{e.API, e.File, e.Line})
	case e.Kind == vm.LogConsole:
	case e.Level == "error" && !refused.MatchString(e.Text) && !strings.Contains(e.Text, networkOff):
		v.fail(p)
	case len(v.verdict.Warnings) < maxWarnings:
		v.verdict.Warnings = append(v.verdict.Warnings, p)
	}
}

// frame is everything of the app's frames that matters here.
type frame struct {
	T      string          `json:"t"`
	Op     string          `json:"op"`
	Page   int             `json:"page"`
	Route  string          `json:"route"`
	Query  string          `json:"query"`
	Keep   []int           `json:"keep"`
	Render json.RawMessage `json:"render"`
	Ops    json.RawMessage `json:"ops"`
	Call   uint64          `json:"call"`
	Name   string          `json:"name"`
	Args   json.RawMessage `json:"args"`
	Index  int             `json:"index"`
}

// frame works off one frame and reports whether it was answered, so that more may follow.
func (v *visit) frame(text []byte) bool {
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		v.fail(Problem{Text: "the app sent a frame that is not JSON"})
		return false
	}
	switch f.T {
	case "page":
		return v.pageFrame(&f)
	case "patch":
		if c := v.pages[f.Page]; c != nil {
			v.protocol(c.Patch(f.Ops))
		}
	case "pong":
		v.pong = max(v.pong, f.Index)
	case "ui":
		if f.Call != 0 {
			ok, result := v.answerShell(&f)
			reply, _ := json.Marshal(map[string]any{"t": "reply", "call": f.Call, "ok": ok,
				"result": result, "error": "cancel"})
			return v.app.Send(reply) == nil
		}
	}
	return false
}

func (v *visit) protocol(err error) {
	if err != nil {
		v.fail(Problem{Text: "the page cannot be drawn: " + err.Error()})
	}
}

func (v *visit) pageFrame(f *frame) bool {
	v.top = f.Page
	living := map[int]bool{}
	for _, id := range f.Keep {
		living[id] = true
	}
	for id := range v.pages {
		if !living[id] {
			delete(v.pages, id)
		}
	}
	v.left = v.page != 0 && !living[v.page]
	if f.Render == nil {
		return false
	}
	conf := v.img.Page(f.Route)
	if conf == nil {
		v.fail(Problem{Text: "the app opened " + f.Route + ", which it does not have"})
		return false
	}
	client, err := view.NewClient(conf.Template.Structure())
	if err == nil {
		err = client.Render(f.Render)
	}
	v.protocol(err)
	v.pages[f.Page] = client
	if f.Query != "" && v.queries[f.Route] == "" {
		v.queries[f.Route] = f.Query
	}
	if v.page == 0 && f.Route == v.conf.Route {
		v.page = f.Page
	}
	return v.send(`{"t":"ready","page":%d}`, f.Page)
}

func (v *visit) send(format string, args ...any) bool {
	return v.app.Send(fmt.Appendf(nil, format, args...)) == nil
}

// settle waits until the app has done all it was asked to and every question of its is answered.
func (v *visit) settle(ctx context.Context) error {
	for range maxRounds {
		v.pings++
		if !v.send(`{"t":"ping","index":%d}`, v.pings) {
			v.drain()
			v.fail(Problem{Text: "the app does not take events any more"})
			return errBroken
		}
		answered, err := v.until(ctx, v.pings)
		if err != nil || !answered {
			return err
		}
	}
	v.fail(Problem{Text: "the app keeps asking; it never comes to rest"})
	return errBroken
}

// until works the queue off until the pong n arrives.
func (v *visit) until(ctx context.Context, n int) (answered bool, err error) {
	for {
		if v.drain() {
			answered = true
		}
		switch {
		case v.over:
			return false, errBroken
		case v.pong >= n:
			return answered, nil
		}
		select {
		case <-v.wake:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// drain works the queue off and reports whether anything was answered.
func (v *visit) drain() (answered bool) {
	v.mu.Lock()
	queue := v.queue
	v.queue = nil
	v.mu.Unlock()
	for _, work := range queue {
		answered = work() || answered
	}
	return answered
}

// linger gives short timers their time.
func (v *visit) linger(ctx context.Context) error {
	select {
	case <-time.After(v.opts.Linger):
	case <-ctx.Done():
		return ctx.Err()
	}
	return v.settle(ctx)
}

// look opens the page and follows the targets that are not in done.
func (v *visit) look(ctx context.Context, done map[string]bool, first bool) error {
	v.pages = map[int]*view.Client{}
	v.app = closedApp{}
	start := time.Now()
	app, err := v.sandbox.Open(ctx, v.img, vm.OpenRequest{SessionID: "check", AppID: "check",
		Version: "check", Path: v.path, Scene: 1001, Env: v.opts.Env,
		Storage: maps.Clone(v.storage), Seed: 1}, v)
	if err != nil {
		v.drain()
		v.fail(Problem{Text: err.Error()})
		return errBroken
	}
	v.app = app
	defer app.Close()
	if first {
		v.verdict.Milliseconds = float64(time.Since(start).Microseconds()) / 1000
	}
	if err := v.settle(ctx); err != nil {
		return err
	}
	if client := v.pages[v.page]; first && client != nil {
		v.verdict.Nodes = count(client.Tree()) - 1
	}
	if err := v.linger(ctx); err != nil {
		return err
	}
	if v.page == 0 || v.left {
		v.left = false // the page sends its visitors elsewhere at once: nothing to tap
		return nil
	}
	return v.follow(ctx, done)
}

// follow taps what can be tapped, each once, coming back from where it leads.
func (v *visit) follow(ctx context.Context, done map[string]bool) error {
	for v.verdict.Taps < MaxTaps {
		if err := v.comeBack(ctx); err != nil || v.left {
			return err
		}
		client := v.pages[v.page]
		var next *target
		for _, t := range targets(client.Tree()) {
			if !done[t.key] {
				next = &t
				break
			}
		}
		if next == nil {
			v.during = "after the taps"
			return v.linger(ctx)
		}
		done[next.key] = true
		v.verdict.Taps++
		v.during = next.name
		for _, event := range next.events(v.page) {
			if err := v.app.Send(event); err != nil {
				v.drain()
				v.fail(Problem{Text: "the app does not take events any more"})
				return errBroken
			}
		}
		if err := v.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// comeBack leaves the pages that lie over the one under check.
func (v *visit) comeBack(ctx context.Context) error {
	for range vm.MaxPageStack {
		if v.left || v.top == v.page {
			return nil
		}
		if _, covered := v.pages[v.page]; !covered {
			v.left = true
			return nil
		}
		before := v.top
		v.send(`{"t":"back"}`)
		if err := v.settle(ctx); err != nil {
			return err
		}
		if v.top == before { // a tab page: there is no way back, so begin anew
			v.left = true
			return nil
		}
	}
	v.left = true
	return nil
}

func count(n *view.Node) int {
	if n == nil {
		return 0
	}
	total := 0
	if n.Tag != "" {
		total = 1
	}
	for _, kid := range n.Kids {
		total += count(kid)
	}
	return total
}

// closedApp stands for a session that never opened.
type closedApp struct{}

func (closedApp) Send([]byte) error                { return errBroken }
func (closedApp) Reply(uint64, bool, []byte) error { return errBroken }
func (closedApp) Close()                           {}
