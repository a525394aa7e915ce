package framework

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// input passes what arrives from the shell to whoever it is for.
type input struct {
	s *Session
	// Of libraries: receivers of events and of kinds of frames.
	events map[string]func(*Page, *protocol.AppInput)
	frames map[string]func(*protocol.AppInput)

	pictures map[string]bool // hosts whose pictures were requested and not shown
}

func (i *input) onEvent(event string, fn func(*Page, *protocol.AppInput)) {
	if i.events == nil {
		i.events = map[string]func(*Page, *protocol.AppInput){}
	}
	i.events[event] = fn
}

func (i *input) onFrame(kind string, fn func(*protocol.AppInput)) {
	if i.frames == nil {
		i.frames = map[string]func(*protocol.AppInput){}
	}
	i.frames[kind] = fn
}

// receive works off one frame.
func (i *input) receive(f *protocol.AppInput) {
	s := i.s
	p := s.router.byID(f.Page)
	switch f.T {
	case "reply":
		s.vm.Answer(f.Call, vm.Reply{OK: f.OK, Result: f.Result, Reason: f.Error})
	case "back":
		if reason := s.router.back(1); reason != "" {
			s.vm.CallShell(0, "exit", []byte("{}"))
		}
	case "tab":
		s.router.tapTab(f.Index)
	case "hide":
		s.app.hide()
	case "show":
		s.app.show()
	case "env":
		if f.Env != nil {
			s.device.set(*f.Env)
		}
	case "ping":
		// Turns run in order, so the pong means that all frames before it are handled.
		pong := &protocol.PongFrame{T: "pong", Index: f.Index}
		if at, ok := s.vm.NextTimer(); ok {
			ms := int(max(0, at.Sub(s.vm.Now())+time.Millisecond-1) / time.Millisecond)
			pong.Timer = &ms
		}
		s.vm.SendLate(pong)
	case "tree": // from a check
		if p != nil {
			s.vm.Guard(func() {
				s.vm.SendLate(&protocol.TreeFrame{T: "tree", Text: view.Markup(view.Printed(p.tree.Told().Kids))})
			})
		}
	case "event", "method", "ready", "pulldown", "reachbottom", "scroll", "share":
		if p != nil {
			i.onPage(p, f)
		}
	default:
		if receive := i.frames[f.T]; receive != nil {
			receive(f)
		}
	}
}

// onPage works off a frame about a page that is open.
func (i *input) onPage(p *Page, f *protocol.AppInput) {
	switch f.T {
	case "event":
		if len(f.Target) == 2 {
			i.event(p, f)
		}
	case "method":
		p.callMethod(f)
	case "ready":
		p.becomeReady()
	case "pulldown":
		p.call("onPullDownRefresh")
	case "reachbottom":
		p.call("onReachBottom")
	case "scroll":
		p.call("onPageScroll", i.s.vm.Object("scrollTop", f.Top))
	case "share":
		p.Share(i.s.vm.Object("from", "menu", "target", goja.Undefined()))
	}
}

// callMethod calls a method for a function of a WXS module, which runs in the view script: one of the
// page, or of the component whose tag is named. It may call any, as the app's own code may.
func (p *Page) callMethod(f *protocol.AppInput) {
	in := &p.Instance
	if len(f.Target) == 2 {
		host := p.tree.HostAt(f.Target[0], f.Target[1])
		if host == nil || host.Component() == nil {
			return // it was removed while the call was on its way
		}
		in = instanceAt(host)
	}
	detail := goja.Undefined()
	if len(f.Detail) > 0 {
		detail = p.s.vm.FromJSON(f.Detail)
	}
	in.call(f.Type, detail)
}

// event passes an event to the platform when it is for that, else to the handlers of the app.
func (i *input) event(p *Page, f *protocol.AppInput) {
	if receive := i.events[f.Type]; receive != nil {
		receive(p, f)
		return
	}
	switch f.Type {
	case "navigate":
		i.navigatorTapped(p, f)
	case "remotepicture":
		i.remotePicture(p, f)
	case "wxslog":
		i.wxsLog(f)
	default:
		detail := i.s.vm.FromJSON(f.Detail)
		if f.Type == "submit" || f.Type == "reset" {
			p.nameSubmitter(f, detail)
			p.addFields(f, detail)
		}
		p.takeModel(f, detail)
		p.Dispatch(f, detail)
	}
}

// navigatorTapped opens the page that a <navigator> names.
func (i *input) navigatorTapped(p *Page, f *protocol.AppInput) {
	var d struct {
		URL      string `json:"url"`
		OpenType string `json:"openType"`
		Delta    int    `json:"delta"`
		Target   string `json:"target"`
		AppID    string `json:"appId"`
		Path     string `json:"path"`
		Version  string `json:"version"`
	}
	if json.Unmarshal(f.Detail, &d) != nil {
		return
	}
	op, known := map[string]string{"": "navigateTo", "navigate": "navigateTo", "redirect": "redirectTo",
		"switchTab": "switchTab", "reLaunch": "reLaunch", "navigateBack": "navigateBack"}[d.OpenType]
	if d.OpenType == "exit" {
		i.s.vm.CallShell(0, "exit", []byte("{}"))
		return
	}
	if d.Target == "miniProgram" {
		i.otherProgram(p, f, map[string]string{"appId": d.AppID, "path": d.Path, "envVersion": d.Version})
		return
	}
	reason := "open-type " + d.OpenType + " is not supported"
	if known {
		reason = i.s.router.navigate(op, d.URL, d.Delta, nil)
	}
	if reason != "" {
		i.s.vm.Warn("<navigator url=%q> of %s: %s", d.URL, p.Route(), reason)
	}
}

// wxsLog writes into the log what a function of a WXS module, which runs in the view script, has written
// to its console, or thrown.
func (i *input) wxsLog(f *protocol.AppInput) {
	var d struct {
		Level string `json:"level"`
		Text  string `json:"text"`
		File  string `json:"file"`
		Line  int    `json:"line"`
	}
	if json.Unmarshal(f.Detail, &d) != nil || !slices.Contains([]string{"log", "info", "warn", "error"}, d.Level) ||
		len(d.File) > MaxHostBytes {
		return
	}
	i.s.vm.Log(protocol.LogEntry{Level: d.Level, Kind: protocol.LogConsole, Text: vm.Cut(d.Text, vm.MaxLogText)},
		source.Position{File: d.File, Line: max(d.Line, 0)})
}

// otherProgram asks the shell to open another program, and tells the <navigator> how that went.
func (i *input) otherProgram(p *Page, f *protocol.AppInput, program map[string]string) {
	args, err := protocol.JSON(program)
	if err != nil || len(args) > protocol.MaxCallBytes {
		i.s.vm.Warn("<navigator> of %s: its path is too long", p.Route())
		return
	}
	id := i.s.vm.Expect(func(r vm.Reply) {
		outcome := "success"
		detail := i.s.vm.Object("errMsg", "navigateToMiniProgram:ok")
		if !r.OK {
			outcome = "fail"
			detail = i.s.vm.Object("errMsg", "navigateToMiniProgram:fail "+r.Reason)
		}
		for _, name := range []string{outcome, "complete"} {
			p.Dispatch(&protocol.AppInput{ShellFrame: protocol.ShellFrame{Type: name, Page: f.Page, Target: f.Target}}, detail)
		}
	})
	if id != 0 {
		i.s.vm.CallShell(id, "navigateToMiniProgram", args)
	}
}

// remotePicture logs why a picture of another host is missing, once per host.
func (i *input) remotePicture(p *Page, f *protocol.AppInput) {
	var d struct {
		Host string `json:"host"`
	}
	if json.Unmarshal(f.Detail, &d) != nil || d.Host == "" || len(d.Host) > MaxHostBytes ||
		i.pictures[d.Host] || len(i.pictures) >= MaxRemoteHosts {
		return
	}
	if i.pictures == nil {
		i.pictures = map[string]bool{}
	}
	i.pictures[d.Host] = true
	i.s.vm.Log(protocol.LogEntry{Level: "warn", Kind: protocol.LogUnsupported, API: "image", Text: fmt.Sprintf(
		"A picture from %q on %s was not shown: the host fetches pictures only from servers that "+
			"teahouse.domains in app.json names, over HTTPS, and shows what it can decode.", d.Host, p.Route())}, source.Position{})
}
