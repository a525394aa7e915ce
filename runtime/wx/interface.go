package wx

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// interfaceRows are what an app changes around its pages: toasts, dialogs, the navigation bar.
var interfaceRows = []api{
	{name: "showToast", async: func(w *wx, c *call) {
		if !c.given("title") {
			return
		}
		if args, ok := c.pickOnPage("title", "icon", "image", "duration", "mask"); ok {
			c.notifyShell("showToast", args)
		}
	}},
	show("hideToast"),
	show("showLoading", "title", "mask"),
	show("hideLoading"),
	{name: "showModal", async: func(w *wx, c *call) {
		args, ok := c.pickOnPage("title", "content", "showCancel", "cancelText", "cancelColor",
			"confirmText", "confirmColor", "editable", "placeholderText")
		if !ok {
			return
		}
		c.ask("showModal", args, func(res *goja.Object) {
			confirm := res.Get("confirm") != nil && res.Get("confirm").ToBoolean()
			res.Set("confirm", confirm)
			res.Set("cancel", !confirm)
			if res.Get("content") == nil {
				res.Set("content", goja.Null())
			}
			c.ok(res)
		})
	}},
	{name: "showActionSheet", async: func(w *wx, c *call) {
		list, ok := c.value("itemList").(*goja.Object)
		if !ok || list.ClassName() != "Array" {
			c.fail("parameter error: parameter.itemList should be Array")
			return
		}
		switch rows := len(w.vm.Elements(list)); {
		case rows == 0:
			c.fail("parameter error: parameter.itemList should have at least 1 item")
			return
		case rows > MaxActions:
			c.fail("parameter error: itemList should not be large than " + strconv.Itoa(MaxActions))
			return
		}
		args, ok := c.pickOnPage("itemList", "itemColor", "alertText")
		if ok {
			c.ask("showActionSheet", args, nil)
		}
	}},
	show("setNavigationBarTitle", "title"),
	{name: "setNavigationBarColor", async: func(w *wx, c *call) {
		if !c.given("frontColor") || !c.given("backgroundColor") {
			return
		}
		// The bar's letters, the clock and the capsule come in two colours.
		if front := c.text("frontColor"); front != "#ffffff" && front != "#000000" {
			c.fail(`invalid frontColor "` + vm.Cut(front, 40) + `"`)
			return
		}
		if args, ok := c.pickOnPage("frontColor", "backgroundColor", "animation"); ok {
			c.notifyShell("setNavigationBarColor", args)
		}
	}},
	show("showNavigationBarLoading"),
	show("hideNavigationBarLoading"),
	show("hideHomeButton"),
	show("stopPullDownRefresh"),
	{name: "startPullDownRefresh", async: func(w *wx, c *call) {
		if args, ok := c.pickOnPage(); ok {
			c.notifyShell("startPullDownRefresh", args)
		}
	}},
	show("pageScrollTo", "scrollTop", "duration", "selector", "offsetTop"),
	show("setBackgroundColor", "backgroundColor", "backgroundColorTop", "backgroundColorBottom"),
	show("setBackgroundTextStyle", "textStyle"),
	show("hideKeyboard"),
	askShell("getSelectedTextRange"),
	{name: "loadFontFace", async: func(w *wx, c *call) {
		source := c.text("source")
		if inner, found := strings.CutPrefix(source, "url("); found {
			source = strings.Trim(strings.TrimSuffix(strings.TrimSpace(inner), ")"), `"' `)
		}
		if c.text("family") == "" || source == "" {
			c.fail("parameter error: family and source should be String")
			return
		}
		fields := c.fields([]string{"family", "desc", "global"})
		fields["source"] = json.RawMessage(w.vm.Stringify(w.vm.Value(source)))
		if top := w.app.Top(); top != nil {
			fields["page"] = strconv.AppendInt(nil, int64(top.ID()), 10)
		}
		if args, ok := c.args(fields); ok {
			c.ask("loadFontFace", args, func(*goja.Object) { c.ok(w.vm.Object("status", "loaded")) })
		}
	}},
	// The vendor's client has no such bar any more, and takes the call.
	accepted("setTopBarText"),
	show("enableAlertBeforeUnload", "message"),
	show("disableAlertBeforeUnload"),
}
