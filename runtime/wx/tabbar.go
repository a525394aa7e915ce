package wx

import "slices"

// tabBarRows change the tab bar.
var tabBarRows = []api{
	tabRow("setTabBarBadge", "index", "text"),
	tabRow("removeTabBarBadge", "index"),
	tabRow("showTabBarRedDot", "index"),
	tabRow("hideTabBarRedDot", "index"),
	tabRow("setTabBarItem", "index", "text", "iconPath", "selectedIconPath"),
	tabRow("setTabBarStyle", "color", "selectedColor", "backgroundColor", "borderStyle"),
	tabRow("showTabBar", "animation"),
	tabRow("hideTabBar", "animation"),
}

// tabRow makes a row about the tab bar. The call fails in apps without a tab bar.
func tabRow(name string, fields ...string) api {
	return api{name: name, async: func(w *wx, c *call) {
		bar := w.app.Config().TabBar
		if bar == nil {
			c.fail("not TabBar page")
			return
		}
		if slices.Contains(fields, "index") {
			if i := c.number("index", -1); i < 0 || int(i) >= len(bar.List) {
				c.fail("tabbar item not found")
				return
			}
		}
		if args, ok := c.pick(fields...); ok {
			c.notifyShell(name, args)
		}
	}}
}
