package wx

import (
	"encoding/json"

	"github.com/dop251/goja"
)

// paymentRows ask the user to pay.
var paymentRows = []api{
	{name: "requestPayment", async: func(w *wx, c *call) {
		args, ok := c.pick("timeStamp", "nonceStr", "package", "signType", "paySign")
		if !ok {
			return
		}
		c.bridge("order.prepare", args, func(order *goja.Object) {
			text := w.vm.Stringify(order)
			sheet, ok := c.args(map[string]json.RawMessage{"order": json.RawMessage(text)})
			if ok {
				c.ask("requestPayment", sheet, nil)
			}
		})
	}},
}
