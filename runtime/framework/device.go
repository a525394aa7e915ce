package framework

import "github.com/teahouse/teahouse/runtime/protocol"

// device is what the shell told about the user's device.
type device struct {
	s   *Session
	env protocol.Env
}

// Heights of the shell's bars in CSS pixels; web/phone draws them so.
const (
	navigationBarHeight = 44
	tabBarHeight        = 50
)

// visibleEnv is the device as the app sees it. Without "darkmode" in app.json the theme is always
// light, because the app has no dark colours.
func (e *Engine) visibleEnv(env protocol.Env) protocol.Env {
	if !e.img.App.Darkmode {
		env.Theme = "light"
	}
	return env
}

// set takes new facts from the shell and tells the app what is different.
func (d *device) set(env protocol.Env) {
	s := d.s
	old := d.env
	d.env = s.engine.visibleEnv(env)
	if d.env.TimeZone != old.TimeZone {
		s.vm.SetZone(d.env.TimeZone)
	}
	if d.env.Theme != old.Theme {
		res := s.vm.Object("theme", d.env.Theme)
		s.app.call("onThemeChange", res)
		s.listeners.Emit("ThemeChange", res)
	}
	if d.env.Width != old.Width || d.env.Height != old.Height {
		res := s.vm.Object("size", s.vm.Object(
			"windowWidth", d.env.Width, "windowHeight", d.windowHeight(),
			"screenWidth", d.env.Width, "screenHeight", d.env.Height),
			"deviceOrientation", Orientation(d.env))
		if p := s.router.top(); p != nil {
			p.everyone("resize", res)
			p.call("onResize", res)
		}
		s.listeners.Emit("WindowResize", res)
	}
}

// windowHeight is the height of the page: the frame without status bar, navigation bar and tab bar.
func (d *device) windowHeight() int {
	e := d.s.engine
	h := d.env.Height
	route := e.entry()
	if top := d.s.router.top(); top != nil {
		route = top.Route()
	}
	if e.pages[route].Config.NavigationStyle != "custom" {
		h -= d.env.StatusBarHeight + navigationBarHeight
	}
	if e.isTab(route) && !e.img.App.TabBar.Custom {
		h -= tabBarHeight + max(0, d.env.Height-d.env.SafeArea.Bottom)
	}
	return max(h, 0)
}

// Orientation is "landscape" or "portrait".
func Orientation(env protocol.Env) string {
	if env.Width > env.Height {
		return "landscape"
	}
	return "portrait"
}
