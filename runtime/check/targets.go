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
		if n.On["submit"] != "" {
			add("submit")
			found[len(found)-1].value = fields(n, map[string]any{})
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

// fields collects the values of a form as the browser would send them.
func fields(n *view.Node, into map[string]any) map[string]any {
	if name, _ := n.Attrs["name"].(string); name != "" {
		value := n.Attrs["value"]
		switch n.Tag {
		case "switch":
			checked, _ := n.Attrs["checked"].(bool)
			into[name] = checked
		case "checkbox-group":
			into[name] = []any{}
		default:
			if value == nil {
				value = ""
			}
			into[name] = value
		}
	}
	for _, kid := range n.Kids {
		fields(kid, into)
	}
	return into
}

// events makes the frames that a browser sends when a person touches the target.
func (t *target) events(page int) [][]byte {
	n := t.node
	at := []map[string]any{{"identifier": 0, "pageX": 30, "pageY": 30, "clientX": 30, "clientY": 30}}
	moved := []map[string]any{{"identifier": 0, "pageX": 230, "pageY": 40, "clientX": 230, "clientY": 40}}
	none := []map[string]any{}
	event := func(kind string, detail any, touches, changed []map[string]any) []byte {
		text, _ := json.Marshal(map[string]any{"t": "event", "page": page, "type": kind,
			"target": []int{n.Inst, n.ID}, "detail": detail, "touches": touches,
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
		events := [][]byte{}
		for _, kind := range []string{"focus", "input", "change", "confirm", "blur"} {
			if n.On[kind] != "" {
				events = append(events, event(kind, detail, none, none))
			}
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
		events = append(events, event("tap", detail, none, at))
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

func picked(n *view.Node, mode string) (value any, possible bool) {
	list, _ := n.Attrs["range"].([]any)
	switch mode {
	case "date":
		return "2026-01-02", true
	case "time":
		return "12:30", true
	case "region":
		return []any{"", "", ""}, true
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

// submitter finds the button that submits a form.
func submitter(n *view.Node) *view.Node {
	for _, kid := range n.Kids {
		if kid.Tag == "button" && (kid.Attrs["form-type"] == "submit" || kid.Attrs["formType"] == "submit") {
			return kid
		}
		if found := submitter(kid); found != nil {
			return found
		}
	}
	return nil
}
