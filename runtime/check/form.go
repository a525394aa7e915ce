package check

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/teahouse/teahouse/runtime/view"
)

// control is a form control of a page: the page's number, and the element's instance and number.
type control [3]int

func controlOf(page int, n *view.Node) control { return control{page, n.Inst, n.ID} }

// fields collects the values of a form as the browser would send them: what was entered, or else what
// the control shows.
func fields(n *view.Node, entered func(*view.Node) (any, bool), into map[string]any) map[string]any {
	if name, _ := n.Attrs["name"].(string); name != "" {
		value, known := any(nil), false
		if entered != nil {
			value, known = entered(n)
		}
		if !known {
			value, known = shown(n)
		}
		if known {
			into[name] = value
		}
	}
	for _, kid := range n.Kids {
		fields(kid, entered, into)
	}
	return into
}

// shown is the value of a form control that nobody has touched.
func shown(n *view.Node) (value any, isControl bool) {
	value = n.Attrs["value"]
	switch n.Tag {
	case "switch":
		return isOn(n), true
	case "checkbox-group":
		return checked(n, []any{}), true
	case "radio-group":
		if all := checked(n, nil); len(all) > 0 {
			return all[0], true
		}
		return "", true
	case "slider":
		if value == nil {
			return 0, true
		}
		return value, true
	case "input", "textarea", "picker", "picker-view":
		if value == nil {
			return "", true
		}
		return value, true
	}
	return nil, false
}

func isOn(n *view.Node) bool {
	switch on := n.Attrs["checked"].(type) {
	case bool:
		return on
	case string:
		return on != ""
	}
	return false
}

// checked are the values of the boxes of a group that are checked.
func checked(n *view.Node, found []any) []any {
	for _, kid := range n.Kids {
		if (kid.Tag == "checkbox" || kid.Tag == "radio") && isOn(kid) {
			found = append(found, kid.Attrs["value"])
		}
		found = checked(kid, found)
	}
	return found
}

// typed is the value of a control that a step enters: a text for what people write into, and for the
// others what the control itself would give.
func typed(n *view.Node, text string) (any, error) {
	mode, _ := n.Attrs["mode"].(string)
	var value any
	switch {
	case n.Tag == "switch":
		var on bool
		if json.Unmarshal([]byte(text), &on) != nil {
			return nil, errors.New("a switch is true or false")
		}
		return on, nil
	case n.Tag == "slider":
		var at float64
		if json.Unmarshal([]byte(text), &at) != nil {
			return nil, errors.New("a slider needs a number")
		}
		return at, nil
	case n.Tag == "checkbox-group", n.Tag == "picker-view", n.Tag == "picker" && (mode == "multiSelector" || mode == "region"):
		var list []any
		if json.Unmarshal([]byte(text), &list) != nil {
			return nil, errors.New(`this control needs a list as JSON: ["a","b"]`)
		}
		value = list
	default:
		value = text
	}
	return value, nil
}

// entering are the events of a person who enters a value. They are sent without regard to handlers:
// data may be bound to the control by model:.
func entering(n *view.Node, value any, page int) [][]byte {
	kinds := []string{"change"}
	detail := map[string]any{"value": value}
	switch n.Tag {
	case "input", "textarea":
		kinds = []string{"focus", "input", "confirm", "blur", "change"}
		text, _ := value.(string)
		detail["cursor"], detail["keyCode"] = len([]rune(text)), 0
	case "slider":
		kinds = []string{"changing", "change"}
	}
	var frames [][]byte
	for _, kind := range kinds {
		frames = append(frames, elementEvent(n, page, kind, detail))
	}
	if n.Tag == "input" && n.Attrs["type"] == "nickname" && value != "" {
		frames = append(frames, elementEvent(n, page, "nicknamereview", passed))
	}
	return frames
}

// passed is what the browser says of a name that was entered: nobody reviews it.
var passed = map[string]any{"pass": true, "timeout": false}

func elementEvent(n *view.Node, page int, kind string, detail map[string]any) []byte {
	text, _ := json.Marshal(map[string]any{"t": "event", "page": page, "type": kind, "target": []int{n.Inst, n.ID},
		"detail": detail, "ts": 1000})
	return text
}

// formEvent is what the form around a button says when the button is tapped, or nothing.
func (v *visit) formEvent(button *view.Node) [][]byte {
	kind := formType(button)
	if button.Tag != "button" || kind != "submit" && kind != "reset" {
		return nil
	}
	form := around(v.pages[v.top].Tree(), button, nil)
	if form == nil {
		return nil
	}
	detail := map[string]any{"target": []int{button.Inst, button.ID}}
	if kind == "reset" {
		for _, n := range below(form, nil) {
			delete(v.entered, controlOf(v.top, n))
		}
	} else {
		detail["formId"] = ""
		detail["value"] = fields(form, func(n *view.Node) (any, bool) {
			value, ok := v.entered[controlOf(v.top, n)]
			return value, ok
		}, map[string]any{})
	}
	return [][]byte{elementEvent(form, v.top, kind, detail)}
}

func formType(n *view.Node) string {
	for _, name := range []string{"form-type", "formType"} {
		if kind, _ := n.Attrs[name].(string); kind != "" {
			return kind
		}
	}
	return ""
}

// submitter finds the button that submits a form.
func submitter(form *view.Node) *view.Node {
	all := below(form, nil)
	i := slices.IndexFunc(all, func(n *view.Node) bool { return n.Tag == "button" && formType(n) == "submit" })
	if i < 0 {
		return nil
	}
	return all[i]
}

// around is the innermost form that an element is in.
func around(at, n, form *view.Node) *view.Node {
	if at.Inst == n.Inst && at.ID == n.ID {
		return form
	}
	if at.Tag == "form" {
		form = at
	}
	for _, kid := range at.Kids {
		if found := around(kid, n, form); found != nil {
			return found
		}
	}
	return nil
}

// below lists what is inside an element, in document order.
func below(n *view.Node, into []*view.Node) []*view.Node {
	for _, kid := range n.Kids {
		into = below(kid, append(into, kid))
	}
	return into
}
