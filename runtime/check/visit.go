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

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/view"
)

// visit is one session that looks at one page. It is the Sink of the session: what arrives is
// queued, and worked off by the goroutine that runs the check.
type visit struct {
	*run
	conf   *image.Page
	path   string // of the page under check, with its query
	result *Page

	ctx    context.Context // of the check, for the functions that the program calls
	app    App
	pages  map[int]*view.Client
	page   int  // the page under check, 0 until it is shown
	top    int  // the page on top
	left   bool // the page under check is gone
	pings  int
	pong   int           // the last answer to a ping
	took   time.Duration // to open it
	asked  bool          // for the tree of the page when it had just opened
	tree   string        // the last tree that the app has printed
	timer  time.Duration // in what time the app does something by itself; negative for never
	during string
	// addresses are those of the pages, with their queries.
	addresses map[int]string
	// ready are the editors that the page knows to be ready.
	ready map[control]bool
	// entered is what steps have entered into controls.
	entered map[control]any

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
		v.keepFirst()
		if name == "net.request" {
			v.result.Offline = true
		}
		ok, result := answerBridge(name, args)
		if name == "cloud.call_function" {
			ok, result = v.callFunction(args, 1)
		}
		return v.app.Reply(id, ok, result) == nil
	})
}

// Store implements Sink.
func (v *visit) Store(op protocol.StorageOp) {
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
func (v *visit) Log(e protocol.LogEntry) { v.push(func() bool { v.log(e); return false }) }

// Closed implements Sink.
func (v *visit) Closed(reason string) {
	v.push(func() bool {
		v.over = true
		v.fail(Problem{Text: fault.Textf("the app was stopped: %s", reason).String()})
		return false
	})
}

func (v *visit) fail(p Problem) {
	if v.result.Error == nil {
		p.During = v.during
		v.result.Error = &p
	}
}

// rejected and failed tell a promise that nobody waited for and that was rejected with an outcome from one
// that an exception ended. Outcomes are what is no Error: "there is no page to go back to" of a call of wx, or
// "cancelled" of a dialog of a library.
var (
	rejected = regexp.MustCompile(`^Uncaught \(in promise\) `)
	failed   = regexp.MustCompile(`^Uncaught \(in promise\) \w*(Error|Exception)\b`)
)

func outcome(e protocol.LogEntry) bool {
	return rejected.MatchString(e.Text) && !failed.MatchString(e.Text)
}

func (v *visit) log(e protocol.LogEntry) {
	p := Problem{Text: e.Text, File: e.File, Line: e.Line, Column: e.Column, During: v.during}
	switch {
	case e.Kind == protocol.LogReplay:
		if v.result.Error != nil && v.result.Replay == "" {
			v.result.Replay = e.Inputs
		}
	case e.Kind == protocol.LogUnsupported:
		v.report.notSupported(Unsupported{e.API, e.File, e.Line, e.Column})
	case e.Kind == protocol.LogConsole:
	case e.Level == "error" && !outcome(e) && !strings.Contains(e.Text, networkOff):
		v.fail(p)
	case len(v.result.Warnings) < maxWarnings:
		v.result.Warnings = append(v.result.Warnings, p)
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
	Timer  *int            `json:"timer"` // milliseconds
	Text   string          `json:"text"`
}

// frame works off one frame and reports whether it was answered, so that more may follow.
func (v *visit) frame(text []byte) bool {
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		v.fail(Problem{Text: fault.Textf("the app sent a frame that is not JSON").String()})
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
		v.pong, v.timer = max(v.pong, f.Index), -1
		if f.Timer != nil {
			v.timer = time.Duration(*f.Timer) * time.Millisecond
		}
	case "tree":
		v.tree = f.Text
	case "ui":
		if f.Call != 0 {
			v.keepFirst()
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
		v.fail(Problem{Text: fault.Textf("the page cannot be drawn: %s", err).String()})
	}
}

func (v *visit) pageFrame(f *frame) bool {
	before := v.addresses[v.top]
	v.top = f.Page
	living := map[int]bool{}
	for _, id := range f.Keep {
		living[id] = true
	}
	for id := range v.pages {
		if !living[id] {
			delete(v.pages, id)
			delete(v.addresses, id)
		}
	}
	v.left = v.page != 0 && !living[v.page]
	if f.Render == nil {
		return false
	}
	conf := v.img.Page(f.Route)
	if conf == nil {
		v.fail(Problem{Text: fault.Textf("the app opened %s, which it does not have", f.Route).String()})
		return false
	}
	client, err := view.NewClient(conf.Template.Structure())
	if err == nil {
		err = client.UseComponents(v.structures())
	}
	if err == nil {
		err = client.Render(f.Render)
	}
	v.protocol(err)
	v.pages[f.Page] = client
	if f.Query != "" && v.queries[f.Route] == "" {
		v.queries[f.Route] = f.Query
	}
	address := f.Route
	if f.Query != "" {
		address += "?" + f.Query
	}
	v.addresses[f.Page] = address
	if at, _, _ := strings.Cut(before, "?"); f.Op == "push" && at != f.Route && v.ways[f.Route] == "" {
		v.ways[f.Route] = before
	}
	if v.page == 0 && f.Route == v.conf.Path {
		v.page = f.Page
	}
	return v.send(`{"t":"ready","page":%d}`, f.Page)
}

// structures are those of the components, as a browser fetches them.
func (v *visit) structures() []byte {
	paths := make([]string, len(v.img.Components))
	templates := make([]*template.Template, len(v.img.Components))
	for i := range v.img.Components {
		paths[i], templates[i] = v.img.Components[i].Path, v.img.Components[i].Template
	}
	return template.Structures(paths, templates)
}

func (v *visit) send(format string, args ...any) bool {
	return v.app.Send(fmt.Appendf(nil, format, args...)) == nil
}

// settle waits until the app has done all it was asked to and every question of its is answered.
func (v *visit) settle(ctx context.Context) error {
	for range maxRounds {
		v.pings++
		if !v.send(`{"t":"ping","index":%d}`, v.pings) {
			return v.refusesEvents()
		}
		answered, err := v.until(ctx, v.pings)
		if err != nil || !answered {
			return err
		}
	}
	v.fail(Problem{Text: fault.Textf("the app keeps asking; it never comes to rest").String()})
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

// rest waits until nothing is left to do and no timer is due within most, in the app's own time, which
// goes as fast as the app can.
func (v *visit) rest(ctx context.Context, most time.Duration) error {
	_, err := v.pass(ctx, most)
	return err
}

// pass is rest; it returns how much of the time no timer needed.
func (v *visit) pass(ctx context.Context, most time.Duration) (left time.Duration, err error) {
	if err := v.settle(ctx); err != nil {
		return 0, err
	}
	v.keepFirst()
	for v.appeared() {
		if err := v.settle(ctx); err != nil {
			return 0, err
		}
	}
	for range MaxTimerTurns {
		if v.timer < 0 || v.timer > most {
			return most, nil
		}
		step := max(v.timer, time.Millisecond)
		most -= step
		if err := v.app.Advance(step); err != nil {
			return 0, v.refusesEvents()
		}
		if err := v.settle(ctx); err != nil {
			return 0, err
		}
	}
	return most, nil
}

// appeared tells the page on top what a browser tells by itself of elements that it shows for the first time. It reports
// whether it told anything.
func (v *visit) appeared() (told bool) {
	client := v.pages[v.top]
	if client == nil {
		return false
	}
	var walk func(n *view.Node)
	walk = func(n *view.Node) {
		at := controlOf(v.top, n)
		if n.Tag == "editor" && n.On["ready"] != "" && !v.ready[at] {
			if v.ready == nil {
				v.ready = map[control]bool{}
			}
			v.ready[at] = true
			told = v.app.Send(elementEvent(n, v.top, "ready", map[string]any{})) == nil || told
		}
		for _, kid := range n.Kids {
			walk(kid)
		}
	}
	if tree := client.Tree(); tree != nil {
		walk(tree)
	}
	return told
}

// refusesEvents ends a visit whose app does not take events any more.
func (v *visit) refusesEvents() error {
	v.drain()
	v.fail(Problem{Text: fault.Textf("the app does not take events any more").String()})
	return errBroken
}

// open starts the session and waits until the first page has come to rest.
func (v *visit) open(ctx context.Context) error {
	v.pages, v.addresses = map[int]*view.Client{}, map[int]string{}
	v.app = closedApp{}
	path := v.path
	if v.result.From != "" {
		path = v.result.From
	}
	start := time.Now()
	app, err := v.sandbox.Open(ctx, v.img, protocol.OpenRequest{SessionID: "check", AppID: "check",
		Version: "check", Path: path, Scene: 1001, Env: v.opts.Env,
		Storage: maps.Clone(v.storage), Record: true, HoldTimers: true, Seed: 1}, v)
	if err != nil {
		v.drain()
		v.fail(Problem{Text: err.Error()})
		return errBroken
	}
	v.app = app
	v.took = time.Since(start)
	if err := v.rest(ctx, AfterOpen); err != nil || path == v.path {
		return err
	}
	v.send(`{"t":"event","page":%d,"type":"navigate","target":[0,0],"detail":{"url":%q}}`, v.top, "/"+v.path)
	err = v.rest(ctx, AfterOpen)
	if v.page == 0 {
		v.fail(Problem{Text: fault.Textf("the app opened %s, which it does not have", v.path).String()})
	}
	return err
}

// keepFirst asks for the first tree of the page, if it is shown: it is called before anything is answered and
// before time passes.
func (v *visit) keepFirst() {
	if v.opts.FirstTree && !v.asked && v.pages[v.page] != nil {
		v.asked = true
		v.send(`{"t":"tree","page":%d}`, v.page)
	}
}

// print asks what a page shows now; it is in v.tree then.
func (v *visit) print(ctx context.Context, page int) error {
	v.send(`{"t":"tree","page":%d}`, page)
	return v.settle(ctx)
}

// look opens the page and follows the targets that are not in done.
func (v *visit) look(ctx context.Context, done map[string]bool, first bool) error {
	own, cancel := context.WithTimeout(ctx, v.opts.PageTimeout)
	defer cancel()
	err := v.open(own)
	defer func() { v.app.Close() }()
	if first {
		v.result.Milliseconds = float64(v.took.Microseconds()) / 1000
	}
	if err != nil {
		return err
	}
	if client := v.pages[v.page]; first && client != nil {
		v.result.Nodes = count(client.Tree()) - 1
		// The first tree is there already, unless nothing was asked and no time has passed.
		if v.opts.Tree || v.opts.FirstTree && v.tree == "" {
			if err := v.print(own, v.page); err != nil {
				return err
			}
		}
		v.result.Tree = v.tree
	}
	if v.page == 0 || v.left {
		v.left = false // the page sends its visitors elsewhere at once: nothing to tap
		return nil
	}
	return v.follow(ctx, done)
}

// follow touches what can be touched, each once, coming back from where it leads.
func (v *visit) follow(ctx context.Context, done map[string]bool) error {
	for v.result.Taps < MaxTaps {
		if more, err := v.touchNext(ctx, done); err != nil || !more {
			return err
		}
	}
	return nil
}

// touchNext touches the next target; more is false when there is none, or no way back to it.
func (v *visit) touchNext(ctx context.Context, done map[string]bool) (more bool, err error) {
	own, cancel := context.WithTimeout(ctx, v.opts.PageTimeout)
	defer cancel()
	if err := v.comeBack(own); err != nil || v.left {
		return false, err
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
		return false, v.rest(own, AtTheEnd)
	}
	done[next.key] = true
	v.result.Taps++
	v.during = next.name
	for _, event := range next.events(v.page) {
		if err := v.app.Send(event); err != nil {
			return false, v.refusesEvents()
		}
	}
	return true, v.rest(own, AfterTap)
}

// comeBack leaves the pages that lie over the one under check.
func (v *visit) comeBack(ctx context.Context) error {
	for range protocol.MaxPageStack {
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
func (closedApp) Advance(time.Duration) error      { return errBroken }
func (closedApp) Close()                           {}
