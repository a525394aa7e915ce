package vm

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
)

// shellFrame is any frame from the shell. T says which fields are used.
type shellFrame struct {
	T              string          `json:"t"`
	Page           int             `json:"page"`
	Type           string          `json:"type"`
	Target         []int           `json:"target"`
	Detail         json.RawMessage `json:"detail"`
	Touches        json.RawMessage `json:"touches"`
	ChangedTouches json.RawMessage `json:"changedTouches"`
	TS             float64         `json:"ts"`
	Offsets        [][4]float64    `json:"offsets"` // inst, id, left, top
	Call           uint64          `json:"call"`
	OK             bool            `json:"ok"`
	Result         json.RawMessage `json:"result"`
	Error          string          `json:"error"`
	Index          int             `json:"index"`
	Top            float64         `json:"top"`
	Env            *Env            `json:"env"`
	Storage        *StorageChange  `json:"storage"` // of the host; no shell can send it
}

// reply is the answer of the shell or the bridge to a call.
type reply struct {
	ok     bool
	result json.RawMessage
	reason string // set when ok is false
}

// Message takes one frame from the shell and runs one turn. It returns ErrBadFrame for a frame that
// cannot be read, and ignores a frame about a page or an element that no longer exists.
func (s *Session) Message(frame []byte) error {
	var f shellFrame
	if err := json.Unmarshal(frame, &f); err != nil {
		return fmt.Errorf("%w: %w", ErrBadFrame, err)
	}
	return s.turn(func() { s.receive(&f) })
}

func (s *Session) receive(f *shellFrame) {
	p := s.pageByID(f.Page)
	switch f.T {
	case "event":
		if p != nil && len(f.Target) == 2 {
			s.event(p, f)
		}
	case "reply":
		s.answer(f.Call, reply{ok: f.OK, result: f.Result, reason: f.Error})
	case "ready":
		if p != nil && !p.ready {
			p.ready = true
			s.method(p.inst, "onReady")
		}
	case "back":
		if reason := s.back(1); reason != "" {
			s.callShell(0, "exit", []byte("{}"))
		}
	case "tab":
		s.tapTab(f.Index)
	case "pulldown":
		if p != nil {
			s.method(p.inst, "onPullDownRefresh")
		}
	case "reachbottom":
		if p != nil {
			s.method(p.inst, "onReachBottom")
		}
	case "scroll":
		if p != nil {
			s.method(p.inst, "onPageScroll", s.object("scrollTop", f.Top))
		}
	case "hide":
		s.goHidden()
	case "show":
		s.goShown()
	case "env":
		if f.Env != nil {
			s.setEnv(*f.Env)
		}
	case "storage":
		if f.Storage != nil {
			s.storage.takeChange(*f.Storage)
		}
	case "share":
		if p != nil {
			s.share(p, s.object("from", "menu", "target", goja.Undefined()))
		}
	case "ping":
		// Turns run in order, so the pong means that all frames before it are handled.
		s.late = append(s.late, outFrame{json: fmt.Appendf(nil, `{"t":"pong","index":%d}`, f.Index)})
	}
}

// Reply answers a Host.Call. When ok is false, result is a JSON text with "message", or a JSON
// string that is the message.
func (s *Session) Reply(id uint64, ok bool, result []byte) error {
	r := reply{ok: ok, result: result}
	if !ok {
		r.reason = failure(result)
	}
	return s.turn(func() { s.answer(id, r) })
}

func failure(result []byte) (reason string) {
	var fault struct {
		Message string `json:"message"`
		Detail  string `json:"detail"`
	}
	if json.Unmarshal(result, &fault) == nil {
		if fault.Message == "" {
			fault.Message = fault.Detail
		}
		if fault.Message == "" {
			fault.Message = refusal
		}
		return fault.Message
	}
	var text string
	if json.Unmarshal(result, &text) == nil {
		return text
	}
	return refusal
}

// refusal is the text for the app when the host gave no reason.
const refusal = "the platform refused"

// answer passes an answer to the call that waits for it. Further answers to the same call are
// ignored.
func (s *Session) answer(id uint64, r reply) {
	if fn := s.calls[id]; fn != nil {
		delete(s.calls, id)
		fn(r)
	}
}

func (s *Session) tapTab(index int) {
	bar := s.e.img.App.TabBar
	if bar == nil || index < 0 || index >= len(bar.List) {
		return
	}
	item := bar.List[index]
	p := s.switchTab(item.PagePath)
	s.method(p.inst, "onTabItemTap",
		s.object("index", index, "pagePath", item.PagePath, "text", item.Text))
}

// event runs the handlers of an event from the browser.
func (s *Session) event(p *page, f *shellFrame) {
	switch f.Type {
	case "navigate":
		s.navigatorTapped(p, f)
	case "opentype":
		s.openType(p, f)
	case "intersection":
		s.intersected(p, f)
	case "remotepicture":
		s.remotePicture(p, f)
	default:
		detail := s.rawValue(f.Detail)
		if f.Type == "submit" || f.Type == "reset" {
			s.nameSubmitter(p, f, detail)
		}
		s.dispatch(p, f, detail)
	}
}

// nameSubmitter replaces [inst, id] in detail.target, the place of the button that submitted a
// form, with the element object that apps expect there.
func (s *Session) nameSubmitter(p *page, f *shellFrame, detail goja.Value) {
	s.guard(func() {
		obj, ok := detail.(*goja.Object)
		if !ok {
			return
		}
		place := s.elements(obj.Get("target"))
		if len(place) != 2 {
			return
		}
		obj.Delete("target")
		_, button, err := p.view.Dispatch(int(place[0].ToInteger()), int(place[1].ToInteger()), "")
		if err == nil {
			obj.Set("target", s.element(button, f))
		}
	})
}

// remotePicture logs why a picture is missing, once per host: the view loads no pictures from other
// hosts.
func (s *Session) remotePicture(p *page, f *shellFrame) {
	var d struct {
		Host string `json:"host"`
	}
	if json.Unmarshal(f.Detail, &d) != nil || d.Host == "" || len(d.Host) > MaxHostBytes ||
		s.remote[d.Host] || len(s.remote) >= MaxRemoteHosts {
		return
	}
	if s.remote == nil {
		s.remote = map[string]bool{}
	}
	s.remote[d.Host] = true
	s.log(LogEntry{Level: "warn", Kind: LogUnsupported, API: "image", Text: fmt.Sprintf(
		"A picture from %q on %s was not shown: pictures from other hosts are not loaded yet. "+
			"Put it into the program.", d.Host, p.route)}, position{})
}

func (s *Session) rawValue(text json.RawMessage) goja.Value {
	if len(text) == 0 {
		return s.rt.NewObject()
	}
	v, err := s.parseJSON(text)
	if err != nil {
		return s.rt.NewObject()
	}
	return v
}

// dispatch calls what the page binds to an event of an element, from the outermost capturing
// handler to the last bubbling one.
func (s *Session) dispatch(p *page, f *shellFrame, detail goja.Value) {
	var steps []view.Step
	var target view.Element
	var err error
	if !s.guard(func() { steps, target, err = p.view.Dispatch(f.Target[0], f.Target[1], f.Type) }) {
		return
	}
	if err != nil {
		if !errors.Is(err, view.ErrNoElement) {
			s.complain("The event %s of %s cannot be handled: %s", f.Type, p.route, err)
		}
		return
	}
	var touches, changed goja.Value
	for _, step := range steps {
		var handler goja.Value
		if !s.guard(func() { handler = p.inst.Get(step.Handler) }) {
			continue
		}
		if _, ok := goja.AssertFunction(handler); !ok {
			s.log(LogEntry{Level: "warn", Kind: LogError, Text: fmt.Sprintf(
				"Page %q does not have a method %q to handle event %q.", p.route, step.Handler, f.Type)},
				position{})
			continue
		}
		event := s.object("type", f.Type, "timeStamp", f.TS,
			"target", s.element(target, f), "currentTarget", s.element(step.Element, f),
			"mark", orEmpty(s, target.Mark), "detail", detail)
		if len(f.Touches) > 0 {
			if touches == nil {
				touches = s.rawValue(f.Touches)
			}
			event.Set("touches", touches)
		}
		if len(f.ChangedTouches) > 0 {
			if changed == nil {
				changed = s.rawValue(f.ChangedTouches)
			}
			event.Set("changedTouches", changed)
		}
		result, ok := s.invoke(handler, p.inst, event)
		if ok && f.Type == "input" {
			s.correctInput(p, f, result)
		}
	}
}

func orEmpty(s *Session, obj *goja.Object) *goja.Object {
	if obj == nil {
		return s.rt.NewObject()
	}
	return obj
}

// element is event.target or event.currentTarget.
func (s *Session) element(e view.Element, f *shellFrame) *goja.Object {
	left, top := 0.0, 0.0
	for _, o := range f.Offsets {
		if int(o[0]) == e.Inst && int(o[1]) == e.ID {
			left, top = o[2], o[3]
		}
	}
	return s.object("id", e.DOMID, "dataset", orEmpty(s, e.Dataset),
		"offsetLeft", left, "offsetTop", top)
}

// correctInput sends the text that a bindinput handler returned, which replaces the text of the
// field.
func (s *Session) correctInput(p *page, f *shellFrame, result goja.Value) {
	args := map[string]any{"page": p.id, "target": f.Target}
	ok := false
	s.guard(func() {
		switch v := result.(type) {
		case goja.String:
			args["value"], ok = v.String(), true
		case *goja.Object:
			if value := v.Get("value"); value != nil && !goja.IsUndefined(value) {
				args["value"], ok = value.String(), true
			}
			if cursor := v.Get("cursor"); cursor != nil && goja.IsNumber(cursor) {
				args["cursor"] = cursor.ToInteger()
			}
		}
	})
	if !ok {
		return
	}
	if text, err := json.Marshal(args); err == nil && len(text) <= MaxCallBytes {
		s.callShell(0, "setInputValue", text)
	}
}

// navigatorTapped opens the page that a <navigator> names.
func (s *Session) navigatorTapped(p *page, f *shellFrame) {
	var d struct {
		URL      string `json:"url"`
		OpenType string `json:"openType"`
		Delta    int    `json:"delta"`
	}
	if json.Unmarshal(f.Detail, &d) != nil {
		return
	}
	op, known := map[string]string{"": "navigateTo", "navigate": "navigateTo", "redirect": "redirectTo",
		"switchTab": "switchTab", "reLaunch": "reLaunch", "navigateBack": "navigateBack"}[d.OpenType]
	if d.OpenType == "exit" {
		s.callShell(0, "exit", []byte("{}"))
		return
	}
	reason := "open-type " + d.OpenType + " is not supported"
	if known {
		reason = s.navigate(op, d.URL, d.Delta)
	}
	if reason != "" {
		s.log(LogEntry{Level: "warn", Kind: LogError, Text: fmt.Sprintf(
			"<navigator url=%q> of %s: %s", d.URL, p.route, reason)}, position{})
	}
}

// share asks the page what to forward and sends it to the shell.
func (s *Session) share(p *page, options *goja.Object) {
	result, ok := s.method(p.inst, "onShareAppMessage", options)
	if !ok {
		return
	}
	args := map[string]string{"path": p.route}
	if query := s.queryText(p.query); query != "" {
		args["path"] += "?" + query
	}
	s.guard(func() {
		obj, isObject := result.(*goja.Object)
		if !isObject {
			return
		}
		for _, name := range []string{"title", "path", "imageUrl"} {
			if v, isText := obj.Get(name).(goja.String); isText && v.Length() <= maxShareText {
				args[name] = v.String()
			}
		}
	})
	if text, err := json.Marshal(args); err == nil {
		s.callShell(0, "shareAppMessage", text)
	}
}

// maxShareText bounds each text of a share card, which is stored as a message.
const maxShareText = 1024

func (s *Session) queryText(query *goja.Object) (text string) {
	s.guard(func() {
		for i, key := range query.Keys() {
			if i > 0 {
				text += "&"
			}
			text += key + "=" + query.Get(key).String()
		}
	})
	return text
}
