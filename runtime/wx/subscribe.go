package wx

import (
	"encoding/json"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// subscribeRows ask the user for permission to send messages.
var subscribeRows = []api{
	{name: "requestSubscribeMessage", async: func(w *wx, c *call) {
		ids := []string{}
		for _, v := range w.vm.Elements(c.value("tmplIds")) {
			ids = append(ids, vm.TextOf(v))
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
				"templates": json.RawMessage(orJSON(w.vm.Stringify(sheet.Get("templates")), "[]"))})
			if ok {
				c.ask("requestSubscribeMessage", templates, func(res *goja.Object) {
					res.Delete("always")
					c.ok(res)
				})
			}
		})
	}},
}

func orJSON(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
