package wx

import (
	"encoding/json"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/vm"
)

// openType does the work of a <button open-type> and then dispatches the button's own event.
func (w *wx) openType(p *framework.Page, f *protocol.AppInput) {
	var d struct {
		OpenType string `json:"openType"`
	}
	if json.Unmarshal(f.Detail, &d) != nil {
		return
	}
	answer := func(event string, detail *goja.Object) {
		g := *f
		g.Type = event
		p.Dispatch(&g, detail)
	}
	// A call that the app did not make. It ends with an event instead of a callback.
	ownCall := func(name, event string) *call {
		return &call{wx: w, name: name, opts: w.vm.Object(), event: func(res *goja.Object) { answer(event, res) }}
	}
	// A button may do its work and agree to the privacy contract at once: "getPhoneNumber|agreePrivacyAuthorization".
	if work, both := strings.CutSuffix(d.OpenType, "|agreePrivacyAuthorization"); both {
		d.OpenType = work
		answer("agreeprivacyauthorization", w.vm.Object("errMsg", "agreePrivacyAuthorization:ok"))
	}
	switch d.OpenType {
	case "share":
		var target *goja.Object
		w.vm.Guard(func() {
			if e, ok := p.ElementAt(f.Target[0], f.Target[1]); ok {
				target = framework.Element(w.vm, e, f)
			}
		})
		p.Share(w.vm.Object("from", "button", "target", target))
	case "getUserInfo":
		w.userInfo(ownCall("getUserInfo", "getuserinfo"))
	case "chooseAvatar":
		c := ownCall("chooseAvatar", "chooseavatar")
		// Who chooses none leaves no event, as in the vendor's client: handlers take avatarUrl for granted.
		chosen := c.event
		c.event = func(res *goja.Object) {
			if res.Get("avatarUrl") != nil {
				chosen(res)
			}
		}
		c.ask("chooseImage", []byte(`{"count":1,"own":true}`), func(res *goja.Object) {
			if paths := w.vm.Elements(res.Get("tempFilePaths")); len(paths) > 0 {
				c.ok(w.vm.Object("avatarUrl", paths[0]))
			}
		})
	case "openSetting":
		answer("opensetting", w.vm.Object("errMsg", "openSetting:ok", "authSetting", w.grants()))
	case "getPhoneNumber", "getRealtimePhoneNumber":
		answer(strings.ToLower(d.OpenType), w.vm.Object("errMsg", d.OpenType+":fail no permission"))
	case "agreePrivacyAuthorization": // there is nothing to agree to: each permission is asked for by itself
		answer("agreeprivacyauthorization", w.vm.Object("errMsg", "agreePrivacyAuthorization:ok"))
	case "contact":
		ownCall("enterContact", "contact").ask("openCustomerServiceChat", []byte("{}"), nil)
	case "feedback":
		w.vm.CallShell(0, "openCustomerServiceChat", []byte("{}"))
	case "launchApp":
		answer("error", w.vm.Object("errMsg", "launchApp:fail invalid scene"))
	default:
		kind := vm.Cut(d.OpenType, 40)
		w.vm.Log(protocol.LogEntry{Level: "warn", Kind: protocol.LogUnsupported, API: "button.open-type." + kind,
			Text: "<button open-type=" + kind + "> is not supported by Teahouse " + framework.Version}, source.Position{})
	}
}
