package replay_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/replay"
)

// program uses everything that could differ between two runs: the clock, chance, timers, storage,
// answers, the order of keys, and errors.
var program = map[string]string{
	"app.json": `{"pages":["pages/index/index","pages/b/b","pages/c/c"],"darkmode":true,
		"tabBar":{"list":[{"pagePath":"pages/index/index","text":"A"},{"pagePath":"pages/b/b","text":"B"}]}}`,
	"app.js": `App({onShow() { console.log('show', Date.now()); }, onThemeChange(e) { console.log(e); }});`,
	"pages/index/index.js": `Page({data: {list: [], at: 0},
		onLoad() { this.setData({at: Date.now(), luck: Math.random()}); this.timer = setInterval(() => this.add(), 700); },
		add() { this.setData({list: this.data.list.concat({k: Math.random(), t: Date.now()}).slice(-5)}); },
		tap() { wx.request({url: 'https://a.example/x?at=' + Date.now(), success: (r) => this.setData({answer: r.data}), fail: (e) => { throw new Error(e.errMsg); }}); },
		keep() { const n = (wx.getStorageSync('n') || 0) + 1; wx.setStorageSync('n', n); wx.setStorageSync('d', new Date()); this.setData({n, keys: wx.getStorageInfoSync().keys}); },
		ask() { wx.showModal({title: 'sure?', success: (r) => this.setData({sure: r.confirm, when: new Date().toISOString()})}); },
		busy() { const end = Date.now() + 3; while (Date.now() < end); this.setData({late: Date.now() - end}); },
		wrong() { this.data.none.field = 1; },
		go() { wx.navigateTo({url: '/pages/c/c?x=' + Math.random()}); }});`,
	"pages/index/index.wxml": `<view bindtap="tap">{{at}} {{luck}} {{answer}}</view><view bindtap="keep">{{n}} {{keys}}</view><view bindtap="ask">{{sure}}{{when}}</view>
		<view bindtap="busy">{{late}}</view><view bindtap="wrong"/><view bindtap="go"/><view wx:for="{{list}}" wx:key="k">{{item.t}} {{item.k}}</view>`,
	"pages/b/b.js":   apptest.PrintingPage("b", ""),
	"pages/c/c.js":   `Page({onLoad(q) { this.setData({q}); setTimeout(() => Promise.reject(new Error('later ' + Date.now())), 50); }});`,
	"pages/c/c.wxml": `<view>{{q.x}}</view>`,
}

// host keeps all that a session sends, as bytes, and which answers it waits for.
type host struct {
	sent  bytes.Buffer
	calls []uint64
	asked []uint64
}

func (h *host) Frame(frame []byte) {
	fmt.Fprintf(&h.sent, "%s\n", frame)
	var f struct {
		T    string
		Call uint64
	}
	if json.Unmarshal(frame, &f) == nil && f.T == "ui" && f.Call > 0 {
		h.asked = append(h.asked, f.Call)
	}
}

func (h *host) Call(id uint64, name string, args []byte) {
	fmt.Fprintf(&h.sent, "call %d %s %s\n", id, name, args)
	h.calls = append(h.calls, id)
}
func (h *host) Store(op protocol.StorageOp) { fmt.Fprintf(&h.sent, "store %v\n", op) }
func (h *host) Log(e protocol.LogEntry)     { fmt.Fprintf(&h.sent, "log %v\n", e) }

// play plays a log to its end.
func play(e *framework.Engine, l *replay.Log, h protocol.Host) replay.Result {
	p := replay.NewPlayer(e, l, h, nil)
	for {
		if result, over := p.Result(); over {
			return result
		}
		_ = p.Step() // it is in the result
	}
}

// Ensure that a recorded session sends the same bytes when its log is played.
func TestARandomSessionReplaysByteForByte(t *testing.T) {
	t.Parallel()
	engine, again := apptest.Engine(t, program), apptest.Engine(t, program)
	rapid.Check(t, func(t *rapid.T) {
		now := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "start"))
		ticks := rapid.IntRange(0, 3).Draw(t, "ticks")
		var recorded host
		req := framework.OpenRequest{OpenRequest: protocol.OpenRequest{SessionID: "s", AppID: "a", Seed: rapid.Int64().Draw(t, "seed"),
			Storage: map[string]string{"n": "4", "x": `"y"`}, Env: protocol.Env{Width: 375, Height: 812, Theme: "light"}},
			Now: func() time.Time { now = now.Add(time.Duration(ticks) * 300 * time.Microsecond); return now }}
		if ticks == 0 { // a busy loop needs a clock that goes
			ticks = 1
		}
		s, err := replay.Open(engine, req, "image", &recorded)
		if err != nil {
			t.Fatal(err)
		}
		page := 1
		for range rapid.IntRange(0, 30).Draw(t, "length") {
			send := func(format string, args ...any) { err = s.Message(fmt.Appendf(nil, format, args...)) }
			switch rapid.SampledFrom([]string{"tap", "time", "answer", "reply", "tab", "back", "hide", "show", "env", "storage", "ready", "broken"}).Draw(t, "input") {
			case "tap":
				send(`{"t":"event","page":%d,"type":"tap","target":[0,%d],"detail":{"x":1},"ts":5}`, page, rapid.IntRange(0, 6).Draw(t, "element"))
			case "time":
				now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
				if at, ok := s.NextTimer(); ok && !at.After(now) {
					err = s.RunTimers(now)
				}
			case "answer":
				if n := len(recorded.calls); n > 0 {
					err = s.Reply(recorded.calls[n-1], rapid.Bool().Draw(t, "ok"), []byte(`{"status": 200, "headers": {}, "body": "{\"a\": \"茶 <&>\"}"}`))
				}
			case "reply":
				if n := len(recorded.asked); n > 0 {
					send(`{"t":"reply","call":%d,"ok":true,"result":{"confirm":true}}`, recorded.asked[n-1])
				}
			case "tab":
				send(`{"t":"tab","index":%d}`, rapid.IntRange(0, 1).Draw(t, "tab"))
			case "env":
				send(`{"t":"env","env":{"width":400,"height":812,"theme":"dark"}}`)
			case "storage":
				send(`{"t":"storage","storage":{"op":"set","key":"n","value":"%d","seen":9}}`, rapid.IntRange(0, 9).Draw(t, "n"))
			case "ready":
				send(`{"t":"ready","page":%d}`, page)
			case "broken":
				_ = s.Message([]byte(rapid.SampledFrom([]string{"{", `{"t":5}`, `[]`}).Draw(t, "frame")))
			case "back":
				send(`{"t":"back"}`)
			case "hide":
				send(`{"t":"hide"}`)
			case "show":
				send(`{"t":"show"}`)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		log, err := replay.Read(s.Log())
		if err != nil {
			t.Fatal(err)
		}
		var played host
		result := play(again, log, &played)
		if played.sent.String() != recorded.sent.String() || result.Different != 0 || result.Ended != "" {
			t.Fatalf("%+v\nrecorded:\n%s\nplayed:\n%s", result, recorded.sent.String(), played.sent.String())
		}
	})
}

// Ensure that another program is seen to be another one, at the input where it shows.
func TestAnotherProgramIsSeenToDiffer(t *testing.T) {
	t.Parallel()
	one, other := apptest.OnePage(``, `tap() { this.setData({text: 1}); }`), apptest.OnePage(``, `tap() { this.setData({text: 2}); }`)
	now := time.UnixMilli(1e12)
	s, err := replay.Open(apptest.Engine(t, one), framework.OpenRequest{Now: func() time.Time { return now }}, "", &host{})
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range []string{`{"t":"ready","page":1}`, `{"t":"event","page":1,"type":"tap","target":[0,0],"ts":1}`} {
		if err := s.Message([]byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	log, err := replay.Read(s.Log())
	if err != nil {
		t.Fatal(err)
	}
	if got := play(apptest.Engine(t, other), log, &host{}); got != (replay.Result{Inputs: 3, Different: 3}) {
		t.Errorf("%+v", got)
	}
	if got := play(apptest.Engine(t, one), log, &host{}); got != (replay.Result{Inputs: 3}) {
		t.Errorf("%+v", got)
	}
}

// Ensure that a log has its limit, and says where it was reached.
func TestALogIsBounded(t *testing.T) {
	t.Parallel()
	s, err := replay.Open(apptest.Engine(t, apptest.OnePage(``)), framework.OpenRequest{}, "", apptest.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	frame := fmt.Appendf(nil, `{"t":"reply","call":1,"result":"%01000d"}`, 0)
	for range 2000 {
		if err := s.Message(frame); err != nil {
			t.Fatal(err)
		}
	}
	text := s.Log()
	log, err := replay.Read(text)
	if err != nil || len(text) > 2*replay.MaxLog || !log.Inputs[len(log.Inputs)-1].Full {
		t.Errorf("%d bytes, %d inputs, %v", len(text), len(log.Inputs), err)
	}
	for _, text := range []string{"", "{}", `{"teahouse_replay":99}`, `{"teahouse_replay":1}`, `{"teahouse_replay":1}` + "\n" + `{"kind":"message"}`} {
		if _, err := replay.Read([]byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"teahouse_replay":1,"request":{"seed":3}}` + "\n" + `{"kind":"open","clock":[5,2],"sum":"00"}` + "\n" + `{"kind":"message","data":{"t":"event","Type":"tap"}}`))
	f.Add([]byte(`{"teahouse_replay":1}{"kind":"open","clock":[1]}{"kind":"timers","at":-1,"clock":[-5,-1,0,0,7]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		log, err := replay.Read(text)
		if err != nil {
			return
		}
		for i := range log.Inputs {
			_ = log.Inputs[i].String()
		}
		again, err := replay.Read(log.Encode())
		if err != nil || len(again.Inputs) != len(log.Inputs) {
			t.Fatalf("%q reads again as %v (%v)", text, again, err)
		}
	})
}
