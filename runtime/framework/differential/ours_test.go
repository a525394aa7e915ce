package differential_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wx"
)

// This file is all that the comparison knows about our engine.

// appScript follows the program's own app.js. A step that calls the page is told by a change
// of the theme, because nothing else in a case uses that.
const appScript = `
;(function (steps) {
	wx.onThemeChange(function () {
		var step = steps.shift(), page = getCurrentPages()[0];
		if (step.setData) return page.setData(step.setData);
		if (step.unload) return wx.reLaunch({url: '/other/other'});
		(step.call.target || []).forEach(function (selector) { page = page.selectComponent(selector); });
		var answer = page[step.call.method].apply(page, step.call.args || []);
		if (answer !== undefined) console.log('=> ' + JSON.stringify(answer));
	});
})(%s);`

// host is the other side of a session: it keeps what the session sends.
type host struct {
	session *framework.Session
	client  *view.Client
	result  *compile.Result
	now     time.Time
	theme   string
	step    stepResult
	err     error
}

func (h *host) Frame(text []byte) {
	var f struct {
		T      string          `json:"t"`
		Page   int             `json:"page"`
		Render json.RawMessage `json:"render"`
		Ops    json.RawMessage `json:"ops"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		h.err = err
		return
	}
	switch {
	case f.T == "page" && f.Render != nil && h.client == nil:
		h.client, h.err = view.NewClient(h.result.Image.Page(pagePath).Template.Structure())
		if structures := h.result.Public[image.ComponentsFile]; h.err == nil && structures != nil {
			h.err = h.client.UseComponents(structures)
		}
		if h.err == nil {
			h.err = h.client.Render(f.Render)
		}
	case f.T == "patch" && f.Page == 1 && h.client != nil:
		h.err = h.client.Patch(f.Ops)
	}
}

func (h *host) Call(uint64, string, []byte) {}

func (h *host) Store(protocol.StorageOp) {}

func (h *host) Log(e protocol.LogEntry) {
	switch {
	case e.Kind == protocol.LogConsole:
		h.step.Log = append(h.step.Log, e.Text)
	case e.Level == "error":
		h.step.Errors = append(h.step.Errors, e.Text)
	}
}

// runOurs runs a case on our engine. It fails for what the engine cannot do, and for a case that it
// does not compile.
func runOurs(c *testCase) ([]stepResult, error) {
	files := map[string][]byte{}
	for name, text := range c.Files {
		files[name] = []byte(text)
	}
	app := map[string]any{}
	if text := files["app.json"]; text != nil {
		if err := json.Unmarshal(text, &app); err != nil {
			return nil, err
		}
	}
	app["pages"], app["darkmode"] = []string{pagePath, "other/other"}, true
	var err error
	if files["app.json"], err = json.Marshal(app); err != nil {
		return nil, err
	}
	files["other/other.js"], files["other/other.wxml"] = []byte("Page({})"), []byte("<view/>")
	if files["app.js"] == nil {
		files["app.js"] = []byte("App({})")
	}
	var calls []json.RawMessage
	for _, step := range c.Steps {
		if name := stepName(step); name == "setData" || name == "call" || name == "unload" {
			calls = append(calls, step)
		}
	}
	list, err := json.Marshal(calls)
	if err != nil {
		return nil, err
	}
	files["app.js"] = append(files["app.js"], fmt.Appendf(nil, appScript, list)...)
	h := &host{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), theme: "light"}
	h.result = compile.Compile(context.Background(), files, compile.Options{Supported: wx.Supported})
	if h.result.Image == nil {
		return nil, fmt.Errorf("it does not compile: %+v", h.result.Diagnostics)
	}
	engine, err := wx.NewEngine(h.result.Image, framework.Options{})
	if err != nil {
		return nil, err
	}
	open := framework.OpenRequest{Now: func() time.Time { return h.now }, OpenRequest: protocol.OpenRequest{
		SessionID: "s", AppID: "ta0123", Version: "1.0.0", Scene: 1001, Seed: 7, Env: h.env()}}
	if c.Query != "" {
		open.Path = pagePath + "?" + c.Query
	}
	h.session, err = engine.Open(open, h)
	if err != nil {
		return nil, err
	}
	defer h.session.Close()
	if err := h.send(map[string]any{"t": "ready", "page": 1}); err != nil {
		return nil, err
	}
	if err := h.advance(0); err != nil {
		return nil, err
	}
	var steps []stepResult
	end := func() error {
		if h.client == nil {
			return fmt.Errorf("the page was not shown; errors %q", h.step.Errors)
		}
		if h.err != nil && len(h.step.Errors) > 0 { // a page that cannot be shown is sent without values
			return errors.New(h.step.Errors[0])
		}
		h.step.Tree = ourKids(h.client.Tree().Kids)
		steps = append(steps, h.step)
		h.step = stepResult{}
		return h.err
	}
	if err := end(); err != nil {
		return nil, err
	}
	for _, step := range c.Steps {
		if err := h.do(step); err != nil {
			return steps, fmt.Errorf("%s: %w", step, err)
		}
		if err := end(); err != nil {
			return steps, fmt.Errorf("%s: %w", step, err)
		}
	}
	return steps, nil
}

func (h *host) env() protocol.Env {
	return protocol.Env{Width: 375, Height: 812, PixelRatio: 3, StatusBarHeight: 44, Theme: h.theme,
		SafeArea: protocol.SafeArea{Top: 44, Bottom: 778, Right: 375}}
}

// stepName is the one key of a step.
func stepName(step json.RawMessage) string {
	var keys map[string]json.RawMessage
	if json.Unmarshal(step, &keys) == nil {
		for key := range keys {
			return key
		}
	}
	return ""
}

func (h *host) do(raw json.RawMessage) error {
	var step struct {
		Tap   string `json:"tap"`
		Event struct {
			Target string          `json:"target"`
			Type   string          `json:"type"`
			Detail json.RawMessage `json:"detail"`
		} `json:"event"`
		Model struct {
			Target string `json:"target"`
			Value  any    `json:"value"`
		} `json:"model"`
		Wait   int `json:"wait"`
		Resize struct {
			Size struct {
				Width  int `json:"windowWidth"`
				Height int `json:"windowHeight"`
			} `json:"size"`
		} `json:"resize"`
	}
	if err := json.Unmarshal(raw, &step); err != nil {
		return err
	}
	switch name := stepName(raw); name {
	case "setData", "call", "unload":
		h.theme = map[string]string{"light": "dark", "dark": "light"}[h.theme]
		if err := h.send(map[string]any{"t": "env", "env": h.env()}); err != nil {
			return err
		}
	case "tap":
		if err := h.fire(step.Tap, "tap", map[string]any{"x": 1, "y": 2}); err != nil {
			return err
		}
	case "event":
		if err := h.fire(step.Event.Target, step.Event.Type, step.Event.Detail); err != nil {
			return err
		}
	case "model":
		event := "change"
		if found := h.client.Tree().Find(step.Model.Target); len(found) > 0 && found[0].Tag == "input" {
			event = "input"
		}
		if err := h.fire(step.Model.Target, event, map[string]any{"value": step.Model.Value}); err != nil {
			return err
		}
	case "wait":
		return h.advance(time.Duration(step.Wait) * time.Millisecond)
	case "resize":
		env := h.env()
		env.Width, env.Height = step.Resize.Size.Width, step.Resize.Size.Height
		if err := h.send(map[string]any{"t": "env", "env": env}); err != nil {
			return err
		}
	case "hide", "show":
		if err := h.send(map[string]any{"t": name}); err != nil {
			return err
		}
	default:
		return fmt.Errorf("our side has no step %s yet", name)
	}
	return h.advance(0)
}

func (h *host) fire(target, kind string, detail any) error {
	found := h.client.Tree().Find(target)
	if len(found) == 0 {
		return fmt.Errorf("nothing has the id %s", target)
	}
	return h.send(map[string]any{"t": "event", "page": 1, "type": kind, "detail": detail,
		"target": []int{found[0].Inst, found[0].ID}, "ts": 5})
}

func (h *host) send(frame map[string]any) error {
	text, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	return h.session.Message(text)
}

// advance moves the clock of the program and runs the timers that are due.
func (h *host) advance(d time.Duration) error {
	end := h.now.Add(d)
	for {
		at, ok := h.session.NextTimer()
		if !ok || at.After(end) {
			h.now = end
			return nil
		}
		if at.After(h.now) {
			h.now = at
		}
		if err := h.session.RunTimers(h.now); err != nil {
			return err
		}
	}
}

// ourKids translates a tree of our view.
func ourKids(kids []*view.Node) []*node { return view.Printed(kids) }
