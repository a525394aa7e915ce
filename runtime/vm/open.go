package vm

import (
	"encoding/json"

	"github.com/dop251/goja"
)

// openRows are the members that call the platform: the user's identity, consent, payment. The host
// decides everything; a row only translates the call and its result.
var openRows = []wxAPI{
	{name: "login", async: func(s *Session, c *apiCall) { c.bridge("app.login", []byte("{}"), c.ok) }},
	accepted("checkSession"), // the user of a running session is logged in
	{name: "getUserProfile", async: func(s *Session, c *apiCall) { s.userInfo(c, nil) }},
	{name: "getUserInfo", async: func(s *Session, c *apiCall) { s.userInfo(c, nil) }},
	{name: "authorize", async: func(s *Session, c *apiCall) {
		switch scope := c.text("scope"); scope {
		case "scope.userInfo":
			c.bridge("user.profile", []byte("{}"), func(*goja.Object) {
				s.granted = true
				c.ok(nil)
			})
		default:
			c.fail("the scope " + cut(scope, 64) + " does not exist on this platform")
		}
	}},
	{name: "getSetting", async: func(s *Session, c *apiCall) {
		settings := s.rt.NewObject()
		if s.granted {
			settings.Set("scope.userInfo", true)
		}
		c.ok(s.object("authSetting", settings, "subscriptionsSetting",
			s.object("mainSwitch", true, "itemSettings", s.rt.NewObject())))
	}},
	// The user changes grants in the shell; the app only reads the current ones.
	{name: "openSetting",
		async: func(s *Session, c *apiCall) {
			settings := s.rt.NewObject()
			if s.granted {
				settings.Set("scope.userInfo", true)
			}
			c.ok(s.object("authSetting", settings))
		}},
	{name: "getAccountInfoSync", sync: func(s *Session, _ goja.FunctionCall) goja.Value {
		env := "release"
		if s.req.Development {
			env = "develop"
		}
		return s.object("miniProgram", s.object("appId", s.req.AppID, "envVersion", env,
			"version", s.req.Version), "plugin", s.rt.NewObject())
	}},
	answers("getLaunchOptionsSync", func(s *Session) goja.Value { return s.launch }),
	answers("getEnterOptionsSync", func(s *Session) goja.Value { return s.enter }),
	{name: "requestPayment", async: func(s *Session, c *apiCall) {
		args, ok := c.pick("timeStamp", "nonceStr", "package", "signType", "paySign")
		if !ok {
			return
		}
		c.bridge("order.prepare", args, func(order *goja.Object) {
			text := s.stringify(order)
			sheet, ok := c.args(map[string]json.RawMessage{"order": json.RawMessage(text)})
			if ok {
				c.ask("requestPayment", sheet, nil)
			}
		})
	}},
	{name: "requestSubscribeMessage", async: func(s *Session, c *apiCall) {
		ids := []string{}
		for _, v := range s.elements(c.value("tmplIds")) {
			ids = append(ids, textOf(v))
		}
		if len(ids) == 0 || len(ids) > 5 {
			c.fail("tmplIds should have 1 to 5 templates")
			return
		}
		args, ok := c.args(map[string]any{"template_ids": ids})
		if !ok {
			return
		}
		c.bridge("subscribe.request", args, func(sheet *goja.Object) {
			templates, ok := c.args(map[string]json.RawMessage{
				"templates": json.RawMessage(orJSON(s.stringify(sheet.Get("templates")), "[]"))})
			if ok {
				c.ask("requestSubscribeMessage", templates, func(res *goja.Object) {
					res.Delete("always")
					c.ok(res)
				})
			}
		})
	}},
	{name: "getPrivacySetting", async: func(s *Session, c *apiCall) {
		c.ok(s.object("needAuthorization", false, "privacyContractName", ""))
	}},
	accepted("requirePrivacyAuthorize"), // the user agreed when the host opened the app
	answers("onNeedPrivacyAuthorization", func(*Session) goja.Value { return goja.Undefined() }),
}

func orJSON(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// userInfo asks for the profile; the host asks the user the first time. When then is set, it gets
// the result instead of the callbacks.
func (s *Session) userInfo(c *apiCall, then func(*goja.Object)) {
	c.bridge("user.profile", []byte("{}"), func(profile *goja.Object) {
		s.granted = true
		info := s.object("nickName", orUndefined(profile.Get("display_name")),
			"avatarUrl", orUndefined(profile.Get("avatar_url")), "gender", 0,
			"country", "", "province", "", "city", "", "language", orUndefined(profile.Get("locale")))
		res := s.object("userInfo", info, "rawData", s.stringify(info), "signature", "",
			"encryptedData", "", "iv", "")
		if then != nil {
			then(res)
			return
		}
		c.ok(res)
	})
}

func orUndefined(v goja.Value) goja.Value {
	if v == nil {
		return goja.Undefined()
	}
	return v
}

// openType does the work of a <button open-type> and then dispatches the button's own event.
func (s *Session) openType(p *page, f *shellFrame) {
	var d struct {
		OpenType string `json:"openType"`
	}
	if json.Unmarshal(f.Detail, &d) != nil {
		return
	}
	answer := func(event string, detail *goja.Object) {
		g := *f
		g.Type = event
		s.dispatch(p, &g, detail)
	}
	// A call that the app did not make. It ends with an event instead of a callback.
	call := func(name, event string) *apiCall {
		c := &apiCall{s: s, name: name, opts: s.rt.NewObject()}
		c.event = func(res *goja.Object) { answer(event, res) }
		return c
	}
	switch d.OpenType {
	case "share":
		var target *goja.Object
		s.guard(func() {
			if _, e, err := p.view.Dispatch(f.Target[0], f.Target[1], ""); err == nil {
				target = s.element(e, f)
			}
		})
		s.share(p, s.object("from", "button", "target", target))
	case "getUserInfo":
		c := call("getUserInfo", "getuserinfo")
		s.userInfo(c, nil)
	case "chooseAvatar":
		c := call("chooseAvatar", "chooseavatar")
		c.ask("chooseImage", []byte(`{"count":1}`), func(res *goja.Object) {
			if paths := s.elements(res.Get("tempFilePaths")); len(paths) > 0 {
				c.ok(s.object("avatarUrl", paths[0]))
			}
		})
	case "openSetting":
		settings := s.rt.NewObject()
		if s.granted {
			settings.Set("scope.userInfo", true)
		}
		answer("opensetting", s.object("errMsg", "openSetting:ok", "authSetting", settings))
	case "getPhoneNumber":
		answer("getphonenumber", s.object("errMsg", "getPhoneNumber:fail no permission"))
	default:
		kind := cut(d.OpenType, 40)
		s.log(LogEntry{Level: "warn", Kind: LogUnsupported, API: "button.open-type." + kind,
			Text: "<button open-type=" + kind + "> is not supported by Teahouse " + Version}, position{})
	}
}
