package check

import (
	"encoding/json"

	"github.com/teahouse/teahouse/runtime/view"
)

// networkOff is the reason every request fails with during a check.
const networkOff = "the network is off during a check"

// answerBridge answers a capability as a friendly host would, without a network.
func answerBridge(name string, args []byte) (ok bool, result []byte) {
	switch name {
	case "app.login":
		return true, []byte(`{"code":"check-code"}`)
	case "user.profile":
		return true, []byte(`{"display_name":"Checker","avatar_url":"","locale":"en"}`)
	case "order.prepare":
		return true, []byte(`{"id":"check-order","description":"Check","amount":1,"currency":"CNY"}`)
	case "subscribe.request":
		var in struct {
			TemplateIDs []string `json:"template_ids"`
		}
		_ = json.Unmarshal(args, &in) // what the app sent may be anything; then there are none
		templates := []map[string]any{}
		for _, id := range in.TemplateIDs {
			templates = append(templates, map[string]any{"id": id, "title": id, "fields": []any{}})
		}
		text, _ := json.Marshal(map[string]any{"templates": templates})
		return true, text
	case "net.request":
		return false, []byte(`{"message":"` + networkOff + `","slug":"offline"}`)
	}
	return false, []byte(`{"message":"not available during a check","slug":"unknown-capability"}`)
}

// answerShell answers a dialog as a person would who agrees to everything but paying.
func (v *visit) answerShell(f *frame) (ok bool, result any) {
	switch f.Name {
	case "showModal":
		return true, map[string]any{"confirm": true, "cancel": false, "content": ""}
	case "showActionSheet":
		return true, map[string]any{"tapIndex": 0}
	case "requestPayment", "chooseImage":
		return false, nil
	case "getClipboardData":
		return true, map[string]any{"data": ""}
	case "requestSubscribeMessage":
		var in struct {
			Templates []struct {
				ID string `json:"id"`
			} `json:"templates"`
		}
		_ = json.Unmarshal(f.Args, &in) // the same: nothing to accept
		accepted := map[string]any{}
		for _, t := range in.Templates {
			accepted[t.ID] = "accept"
		}
		return true, accepted
	case "selectorQuery":
		return true, v.measure(f.Args)
	}
	return true, map[string]any{}
}

// measure answers a selector query: every element is one line of the screen.
func (v *visit) measure(args json.RawMessage) []any {
	var in struct {
		Page    int `json:"page"`
		Queries []struct {
			Selector string `json:"selector"`
			Viewport bool   `json:"viewport"`
			All      bool   `json:"all"`
		} `json:"queries"`
	}
	if json.Unmarshal(args, &in) != nil {
		return []any{}
	}
	rect := func(i int) map[string]any {
		const line = 40
		return map[string]any{"left": 0, "right": v.opts.Env.Width, "width": v.opts.Env.Width,
			"top": i * line, "bottom": (i + 1) * line, "height": line,
			"scrollTop": 0, "scrollLeft": 0, "scrollWidth": v.opts.Env.Width, "scrollHeight": v.opts.Env.Height}
	}
	answers := []any{}
	for _, q := range in.Queries {
		if q.Viewport {
			r := rect(0)
			r["height"], r["bottom"] = v.opts.Env.Height, v.opts.Env.Height
			answers = append(answers, r)
			continue
		}
		var found []*view.Node
		if c := v.pages[in.Page]; c != nil {
			found = c.Tree().Find(q.Selector)
		}
		rects := []any{}
		for i, n := range found {
			r := rect(i)
			r["target"] = []int{n.Inst, n.ID}
			rects = append(rects, r)
		}
		switch {
		case q.All:
			answers = append(answers, rects)
		case len(rects) > 0:
			answers = append(answers, rects[0])
		default:
			answers = append(answers, nil)
		}
	}
	return answers
}
