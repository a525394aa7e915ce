package check

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/teahouse/teahouse/runtime/view"
)

// target is something on a page that a person could touch.
type target struct {
	key  string // the same for the same place of the page, also in another session
	name string // for people
	node *view.Node
	kind string // "tap", "navigate", "opentype", "enter", "submit" or "swipe"
	// value is what is entered, or the fields of a form.
	value  any
	button *view.Node // that submits a form, or nil
}

// targets lists what can be touched, in document order. An element that is hidden counts too: the
// check cannot know what style sheets do, and a handler must not throw in any case.
func targets(root *view.Node) []target {
	var found []target
	var walk func(n *view.Node, path string)
	walk = func(n *view.Node, path string) {
		add := func(kind string) {
			found = append(found, target{key: path + " " + kind, name: kind + " " + describe(n), node: n, kind: kind})
		}
		openType, _ := n.Attrs["open-type"].(string)
		switch {
		case n.Tag == "navigator":
			add("navigate")
		case n.Tag == "button" && openType != "":
			add("opentype")
		}
		if n.On["tap"] != "" || n.On["longpress"] != "" || n.On["longtap"] != "" {
			add("tap")
		}
		if n.On["touchstart"] != "" || n.On["touchmove"] != "" || n.On["touchend"] != "" {
			add("swipe")
		}
		if n.On["input"] != "" || n.On["change"] != "" || n.On["confirm"] != "" {
			if value, possible := entered(n); possible {
				add("enter")
				found[len(found)-1].value = value
			}
		}
		if n.Tag == "form" && n.On["submit"] != "" {
			add("submit")
			found[len(found)-1].value = fields(n, nil, map[string]any{})
			found[len(found)-1].button = submitter(n)
		}
		for i, kid := range n.Kids {
			if kid.Tag != "" {
				walk(kid, path+"/"+kid.Tag+strconv.Itoa(i))
			}
		}
	}
	if root != nil {
		walk(root, "")
	}
	return found
}

// describe names an element as a developer would look for it.
func describe(n *view.Node) string {
	text := n.Tag
	if id, _ := n.Attrs["id"].(string); id != "" {
		return text + "#" + id
	}
	if class, _ := n.Attrs["class"].(string); class != "" {
		text += "." + firstWord(class)
	}
	if inner := innerText(n); inner != "" {
		text += fmt.Sprintf(" %q", inner)
	}
	return text
}

func firstWord(s string) string {
	for i, r := range s {
		if r == ' ' {
			return s[:i]
		}
	}
	return s
}

func innerText(n *view.Node) string {
	const most = 24
	for _, kid := range n.Kids {
		text := kid.Text
		if kid.Tag != "" {
			text = innerText(kid)
		}
		if text != "" {
			if runes := []rune(text); len(runes) > most {
				return string(runes[:most]) + "…"
			}
			return text
		}
	}
	return ""
}

// touched is the element below a finger that is on n: the innermost of the first ones inside it, up to one that
// hears of touches itself. Handlers often read the dataset of what was touched. A finger on a component is on what
// the component shows, which may send the event on in its own way.
func touched(n *view.Node) *view.Node {
	for _, kid := range n.Kids {
		if kid.Tag == "" {
			continue
		}
		for _, kind := range []string{"tap", "longpress", "longtap", "touchstart", "touchmove", "touchend"} {
			if !n.Host && kid.On[kind] != "" {
				return n
			}
		}
		return touched(kid)
	}
	return n
}

// events makes the frames that a browser sends when a person touches the target.
func (t *target) events(page int) [][]byte {
	n := t.node
	below := n
	if t.kind == "tap" || t.kind == "swipe" {
		below = touched(n)
	}
	at := []map[string]any{{"identifier": 0, "pageX": 30, "pageY": 30, "clientX": 30, "clientY": 30}}
	moved := []map[string]any{{"identifier": 0, "pageX": 230, "pageY": 40, "clientX": 230, "clientY": 40}}
	none := []map[string]any{}
	event := func(kind string, detail any, touches, changed []map[string]any) []byte {
		text, _ := json.Marshal(map[string]any{"t": "event", "page": page, "type": kind,
			"target": []int{below.Inst, below.ID}, "detail": detail, "touches": touches,
			"changedTouches": changed, "ts": 1000})
		return text
	}
	switch t.kind {
	case "navigate":
		url, _ := n.Attrs["url"].(string)
		openType, _ := n.Attrs["open-type"].(string)
		return [][]byte{event("navigate", map[string]any{"url": url, "openType": openType, "delta": 1}, none, none)}
	case "opentype":
		return [][]byte{event("opentype", map[string]any{"openType": n.Attrs["open-type"]}, none, none)}
	case "submit":
		detail := map[string]any{"value": t.value, "formId": ""}
		if t.button != nil {
			detail["target"] = []int{t.button.Inst, t.button.ID}
		}
		return [][]byte{event("submit", detail, none, none)}
	case "enter":
		detail := map[string]any{"value": t.value, "cursor": 1, "keyCode": 0}
		if n.Tag == "picker" && n.Attrs["mode"] == "region" {
			detail["code"], detail["postcode"] = someRegionCodes, ""
		}
		events := [][]byte{}
		for _, kind := range []string{"focus", "input", "change", "confirm", "blur"} {
			if n.On[kind] != "" {
				events = append(events, event(kind, detail, none, none))
			}
		}
		if n.On["nicknamereview"] != "" && n.Attrs["type"] == "nickname" {
			events = append(events, event("nicknamereview", passed, none, none))
		}
		return events
	case "swipe":
		point := map[string]any{}
		return [][]byte{event("touchstart", point, at, at), event("touchmove", point, moved, moved),
			event("touchend", point, none, moved)}
	}
	detail := map[string]any{"x": 30, "y": 30}
	events := [][]byte{}
	for _, kind := range []string{"longpress", "longtap"} {
		if n.On[kind] != "" {
			events = append(events, event(kind, detail, at, at))
		}
	}
	if n.On["tap"] != "" {
		events = append(events, event("tap", detail, at, at))
	}
	return events
}

// entered is what a person might give an input of this kind; possible says whether they could:
// there is nothing to pick from an empty list, and components of others are not known.
func entered(n *view.Node) (value any, possible bool) {
	mode, _ := n.Attrs["mode"].(string)
	kind, _ := n.Attrs["type"].(string)
	switch n.Tag {
	case "input", "textarea":
		if kind == "number" || kind == "digit" || kind == "idcard" {
			return "1", true
		}
		return "check", true
	case "switch":
		return true, true
	case "slider":
		return 50, true
	case "checkbox-group", "radio-group":
		first := firstValue(n)
		if n.Tag == "radio-group" {
			return first, first != nil
		}
		return []any{first}, first != nil
	case "picker":
		return picked(n, mode)
	case "picker-view":
		value, ok := n.Attrs["value"].([]any)
		return value, ok
	}
	return nil, false
}

// What a person picks of the regions.
var (
	someRegion      = []any{"北京市", "北京市", "东城区"}
	someRegionCodes = []any{"110000", "110100", "110101"}
)

func picked(n *view.Node, mode string) (value any, possible bool) {
	list, _ := n.Attrs["range"].([]any)
	switch mode {
	case "date":
		return "2026-01-02", true
	case "time":
		return "12:30", true
	case "region":
		return someRegion, true
	case "multiSelector":
		for _, column := range list {
			if items, _ := column.([]any); len(items) == 0 {
				return nil, false
			}
		}
		return make([]int, len(list)), len(list) > 0
	}
	return "0", len(list) > 0
}

// firstValue is the value of the first choice inside a group.
func firstValue(n *view.Node) any {
	for _, kid := range n.Kids {
		if kid.Tag == "radio" || kid.Tag == "checkbox" {
			return kid.Attrs["value"]
		}
		if v := firstValue(kid); v != nil {
			return v
		}
	}
	return nil
}
