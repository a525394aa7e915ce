package framework

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// observer is a function that is called when one of its paths was set.
type observer struct {
	paths [][]any // as in setData; the last step may be everything
	call  goja.Callable
}

// everything is "**" at the end of a path: whatever is set at or below the path before it.
type everything struct{}

// parseObserved reads what an observer is for, such as "a.b, list[0], o.**".
func parseObserved(text string) ([][]any, error) {
	var paths [][]any
	for part := range strings.SplitSeq(text, ",") {
		path, err := parseObservedPath(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("the observer %q: %w", text, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func parseObservedPath(text string) ([]any, error) {
	var path []any
	rest := text
	for first := true; first || rest != ""; first = false {
		switch {
		case !first && rest[0] == '[':
			inside, after, closed := strings.Cut(rest[1:], "]")
			index, err := strconv.Atoi(strings.TrimSpace(inside))
			if !closed || err != nil || index < 0 || index > maxIndex {
				return nil, fmt.Errorf("%q needs a number in its brackets", text)
			}
			path, rest = append(path, index), strings.TrimSpace(after)
			continue
		case !first && rest[0] != '.':
			return nil, fmt.Errorf("%q needs a dot or a comma between its names", text)
		case !first:
			rest = strings.TrimSpace(rest[1:])
		}
		if strings.HasPrefix(rest, "**") {
			if rest != "**" {
				return nil, fmt.Errorf("%q has something behind its **", text)
			}
			return append(path, everything{}), nil
		}
		var name string
		if name, rest = takeName(rest); name == "" {
			return nil, fmt.Errorf("%q lacks a name; names are made of letters, digits and _, "+
				"and other characters follow a backslash", text)
		}
		path, rest = append(path, name), strings.TrimSpace(rest)
		if len(path) > MaxPathSteps {
			return nil, fmt.Errorf("%q has more than %d steps", text, MaxPathSteps)
		}
	}
	return path, nil
}

// takeName takes a name from the front of the text. What follows a backslash belongs to the name.
func takeName(text string) (name, rest string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case c == '_', c == '$', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= 0x80,
			c >= '0' && c <= '9' && b.Len() > 0:
			b.WriteByte(c)
		default:
			return b.String(), text[i:]
		}
	}
	return b.String(), ""
}

// concerns reports whether the observer is called for a change at the path.
func (o *observer) concerns(path []any) bool {
	return slices.ContainsFunc(o.paths, func(observed []any) bool { return observes(observed, path) })
}

// observes reports whether an observed path is called for a change: for what is above it, for the path
// itself, and with ** for what is below it.
func observes(observed, changed []any) bool {
	for i, step := range observed {
		if _, all := step.(everything); all {
			return true
		}
		if i >= len(changed) {
			return true
		}
		if stepKey(step) != stepKey(changed[i]) {
			return false
		}
	}
	return len(changed) <= len(observed)
}

// values appends what the observer is called with.
func (o *observer) values(data *goja.Object, args []goja.Value) []goja.Value {
	for _, path := range o.paths {
		var at goja.Value = data
		for _, step := range path {
			if _, all := step.(everything); all {
				break
			}
			obj, ok := at.(*goja.Object)
			if !ok {
				at = goja.Undefined()
				break
			}
			at = vm.OrUndefined(obj.Get(stepKey(step)))
		}
		args = append(args, at)
	}
	return args
}
