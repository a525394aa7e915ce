package check

import (
	"encoding/json"
	"fmt"
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
	case "device.location", "device.record", "socket.send", "socket.close", "cloud.unwatch", "files.remove":
		return true, []byte(`{}`)
	case "device.random":
		return true, []byte(`{"data":"dGVhaG91c2UgY2hlY2s="}`)
	case "files.list":
		return true, []byte(`{"files":[]}`)
	case "net.request", "net.download", "net.upload", "socket.open", "cloud.read", "cloud.add", "cloud.get", "cloud.aggregate", "cloud.transaction", "cloud.watch", "cloud.count", "cloud.set",
		"cloud.update", "cloud.remove", "cloud.upload", "cloud.download", "cloud.file_urls", "cloud.delete_files":
		return false, []byte(`{"message":"` + networkOff + `","slug":"offline"}`)
	}
	return false, []byte(`{"message":"not available during a check","slug":"unknown-capability"}`)
}

// answerShell answers a dialog as a person who agrees to everything except to pay.
func (v *visit) answerShell(f *frame) (ok bool, result any) {
	switch f.Name {
	case "showModal":
		return true, map[string]any{"confirm": true, "cancel": false, "content": ""}
	case "showActionSheet":
		return true, map[string]any{"tapIndex": 0}
	case "requestPayment", "chooseImage", "chooseVideo", "chooseMessageFile", "chooseLocation", "chooseAddress",
		"chooseContact", "scanCode", "compressImage", "getVideoInfo", "navigateToMiniProgram", "openEmbeddedMiniProgram":
		return false, nil
	case "getLocation":
		return true, map[string]any{"latitude": 31.23, "longitude": 121.47, "speed": -1, "accuracy": 30, "altitude": 0,
			"verticalAccuracy": 0, "horizontalAccuracy": 30}
	case "getNetworkType":
		return true, map[string]any{"networkType": "wifi", "isConnected": true, "hasSystemProxy": false, "weakNet": false}
	case "getImageInfo":
		return true, map[string]any{"width": 100, "height": 100, "path": "/picture.png", "orientation": "up", "type": "png"}
	case "canvasToTempFilePath":
		return true, map[string]any{"tempFilePath": "/picture.png"}
	case "getBatteryInfo":
		return true, map[string]any{"level": 100, "isCharging": true, "isLowPowerModeEnabled": false}
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
			Selector string    `json:"selector"`
			Targets  *[][2]int `json:"targets"`
			Viewport bool      `json:"viewport"`
			All      bool      `json:"all"`
			Fields   struct {
				ComputedStyle []string `json:"computedStyle"`
			} `json:"fields"`
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
		var targets [][2]int
		if q.Targets != nil {
			targets = *q.Targets
		} else if c := v.pages[in.Page]; c != nil {
			for _, n := range c.Tree().Find(q.Selector) {
				targets = append(targets, [2]int{n.Inst, n.ID})
			}
		}
		rects := []any{}
		for i, target := range targets {
			r := rect(i)
			r["target"] = target
			for _, name := range q.Fields.ComputedStyle {
				r[name] = styled(name, r)
			}
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

// styled answers with the value that a style has when no sheet sets it; a length is in pixels, as
// browsers compute it.
func styled(name string, rect map[string]any) string {
	switch name {
	case "width", "height":
		return fmt.Sprintf("%vpx", rect[name])
	case "color":
		return "rgb(0, 0, 0)"
	case "backgroundColor", "background-color":
		return "rgba(0, 0, 0, 0)"
	case "display":
		return "block"
	case "position":
		return "static"
	case "opacity":
		return "1"
	case "zIndex", "z-index":
		return "auto"
	case "transform":
		return "none"
	}
	return "0px"
}
