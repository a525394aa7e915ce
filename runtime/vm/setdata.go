package vm

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// errTooLarge and errTooDeep are what apps read when a value breaks a limit.
var (
	errTooLarge = errors.New("the data exceeds 1 MB; set only what the page shows")
	errTooDeep  = fmt.Errorf("the data is nested deeper than %d levels, or refers to itself", MaxValueDepth)
)

// parsePath reads a setData path such as "a.b[0].c" into string keys and int indexes.
func parsePath(path string) ([]any, error) {
	var steps []any
	for at := 0; at < len(path); {
		switch path[at] {
		case '.':
			if at == 0 || at == len(path)-1 || path[at+1] == '.' || path[at+1] == '[' {
				return nil, fmt.Errorf("the path %q has a dot without a name", path)
			}
			at++
		case '[':
			end := strings.IndexByte(path[at:], ']')
			if end < 0 || at == 0 {
				return nil, fmt.Errorf("the path %q has brackets that do not match", path)
			}
			index, err := strconv.Atoi(path[at+1 : at+end])
			if err != nil || index < 0 || index > maxIndex {
				return nil, fmt.Errorf("the path %q needs a number from 0 to %d in brackets", path, maxIndex)
			}
			steps = append(steps, index)
			at += end + 1
			if at < len(path) && path[at] != '.' && path[at] != '[' {
				return nil, fmt.Errorf("the path %q needs a dot after brackets", path)
			}
		default:
			end := strings.IndexAny(path[at:], ".[")
			if end < 0 {
				end = len(path) - at
			}
			steps = append(steps, path[at:at+end])
			at += end
		}
		if len(steps) > MaxPathSteps {
			return nil, fmt.Errorf("the path has more than %d steps", MaxPathSteps)
		}
	}
	if len(steps) == 0 {
		return nil, errors.New("the path is empty")
	}
	return steps, nil
}

// maxIndex keeps a path from making a large array without elements.
const maxIndex = 100_000

// copier makes the deep copy for setData, so that app and view share no object. Plain objects and
// arrays are copied. Objects of the app's classes become plain objects with their own fields. Other
// values (dates, functions, maps) are shared, because they cannot be shown.
type copier struct {
	s      *Session
	limit  int
	strict bool // structuredClone: functions are an error
	size   int
}

func (c *copier) copy(v goja.Value, depth int) (goja.Value, error) {
	obj, ok := v.(*goja.Object)
	if !ok {
		c.size += 8
		if text, isText := v.(goja.String); isText {
			c.size += text.Length()
		}
		if c.size > c.limit {
			return nil, errTooLarge
		}
		if v == nil {
			return goja.Undefined(), nil
		}
		return v, nil
	}
	if depth > MaxValueDepth {
		return nil, errTooDeep
	}
	switch obj.ClassName() {
	case "Array":
		return c.array(obj, depth)
	case "Object", "Arguments", "Error":
		return c.object(obj, depth)
	case "Function":
		if c.strict {
			return nil, errors.New("functions cannot be cloned")
		}
	case "Date":
		if c.strict {
			return c.s.rt.New(c.s.rt.Get("Date"), obj)
		}
	}
	return obj, nil
}

func (c *copier) array(obj *goja.Object, depth int) (goja.Value, error) {
	length := obj.Get("length").ToInteger()
	c.size += int(min(length, int64(c.limit)+1))
	if c.size > c.limit {
		return nil, errTooLarge
	}
	items := make([]any, length)
	for i := range items {
		v := obj.Get(strconv.Itoa(i))
		if inner, ok := v.(*goja.Object); ok {
			copied, err := c.copy(inner, depth+1)
			if err != nil {
				return nil, err
			}
			items[i] = copied
			continue
		}
		primitive, err := c.copy(v, depth+1)
		if err != nil {
			return nil, err
		}
		items[i] = primitive
	}
	return c.s.rt.NewArray(items...), nil
}

func (c *copier) object(obj *goja.Object, depth int) (goja.Value, error) {
	target := c.s.rt.NewObject()
	for _, key := range obj.Keys() {
		c.size += len(key)
		v, err := c.copy(obj.Get(key), depth+1)
		if err != nil {
			return nil, err
		}
		setOwn(target, key, v)
	}
	if c.size > c.limit {
		return nil, errTooLarge
	}
	return target, nil
}

// assign sets v at the path below data. Where the path needs an object or an array and finds
// another value, it makes one, as the vendor's framework does.
func (s *Session) assign(data *goja.Object, steps []any, v goja.Value) {
	at := data
	for i, step := range steps[:len(steps)-1] {
		key := stepKey(step)
		next, ok := at.Get(key).(*goja.Object)
		_, wantArray := steps[i+1].(int)
		if !ok || wantArray && next.ClassName() != "Array" || next.ClassName() == "Function" {
			if wantArray {
				next = s.rt.NewArray()
			} else {
				next = s.rt.NewObject()
			}
			setOwn(at, key, next)
		}
		at = next
	}
	setOwn(at, stepKey(steps[len(steps)-1]), v)
}

func stepKey(step any) string {
	if i, ok := step.(int); ok {
		return strconv.Itoa(i)
	}
	return step.(string)
}

// setData is this.setData(values, callback) of a page. Values are copied at once, so this.data is
// up to date when it returns. The view is updated once, at the end of the turn.
func (s *Session) setData(c goja.FunctionCall) goja.Value {
	p := s.pageOf(c.This)
	if p == nil || p.gone {
		return goja.Undefined() // an unloaded page has no view; the vendor ignores this too
	}
	if values, ok := c.Argument(0).(*goja.Object); ok {
		s.merge(p, values)
	}
	if _, ok := goja.AssertFunction(c.Argument(1)); ok {
		p.callbacks = append(p.callbacks, c.Argument(1))
	}
	return goja.Undefined()
}

func (s *Session) merge(p *page, values *goja.Object) {
	cp := copier{s: s, limit: MaxSetDataBytes}
	for _, key := range values.Keys() {
		steps, err := parsePath(key)
		if err != nil {
			panic(s.jsError("Error", "setData: %s", err))
		}
		v, err := cp.copy(values.Get(key), 1)
		if err != nil {
			panic(s.jsError("Error", "setData at %q: %s", key, err))
		}
		s.assign(p.data, steps, v)
		p.dirty = append(p.dirty, steps)
	}
}
