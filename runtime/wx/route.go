package wx

import (
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
)

// installRoutes adds the channel of events between a page and the one that opened it.
func (w *wx) installRoutes() {
	w.app.InstanceMethod("getOpenerEventChannel", func(in *framework.Instance, _ goja.FunctionCall) goja.Value {
		if in == nil || in.Page().Opener() == nil {
			return w.channel(goja.Undefined()).there
		}
		return in.Page().Opener()
	})
}

// channel is a channel of events: here is the end of the page that opens another, there the end of
// the page that is opened.
type channel struct{ here, there goja.Value }

func (w *wx) channel(events goja.Value) channel {
	ends := w.kit.make("channel", events).(*goja.Object)
	return channel{ends.Get("0"), ends.Get("1")}
}

// navigation makes the row of one of the five navigations. The move happens after the code that
// asks for it: code after wx.navigateTo runs before the next page's onLoad.
func navigation(op string) api {
	return api{name: op, async: func(w *wx, c *call) {
		url, delta := c.text("url"), int(c.number("delta", 1))
		events := c.value("events")
		routeType, routeOptions := c.text("routeType"), c.value("routeOptions")
		w.app.MoveLater(func() {
			if w.vm.Ended() != nil {
				return
			}
			var ends channel
			if op == "navigateTo" {
				w.vm.Guard(func() { ends = w.channel(events) })
				if routeType != "" && w.motion != nil { // without it nobody can have said how the route is built
					w.vm.Guard(func() { w.workletMethod("openRoute", w.vm.Value(routeType), ends.there, routeOptions) })
				}
			}
			if reason := w.app.Navigate(op, url, delta, ends.there); reason != "" {
				c.fail(reason)
				return
			}
			res := w.vm.Object()
			if ends.here != nil {
				res.Set("eventChannel", ends.here)
			}
			c.ok(res)
		})
	}}
}

// routeRows lead from one page to another.
var routeRows = []api{
	navigation("navigateTo"), navigation("redirectTo"), navigation("reLaunch"),
	navigation("switchTab"), navigation("navigateBack"),
	{name: "rewriteRoute", async: func(w *wx, c *call) {
		if reason := w.app.RewriteMove(c.text("url")); reason != "" {
			c.fail(reason)
			return
		}
		c.ok(nil)
	}},
	{name: "exitMiniProgram", async: func(w *wx, c *call) { c.notifyShell("exit", []byte("{}")) }},
	{name: "restartMiniProgram", async: func(w *wx, c *call) {
		url := c.text("path")
		w.app.MoveLater(func() {
			if reason := w.app.Navigate("reLaunch", url, 0, nil); reason != "" {
				c.fail(reason)
				return
			}
			c.ok(nil)
		})
	}},
}
