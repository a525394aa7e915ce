package vm

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/dop251/goja"
)

// ErrTooLarge and ErrTooDeep are what apps read when data breaks a limit.
var (
	ErrTooLarge = errors.New("the data exceeds 1 MB; set only what the page shows")
	ErrTooDeep  = fmt.Errorf("the data is nested deeper than %d levels, or refers to itself", MaxValueDepth)
)

// Copier makes deep copies, so that two owners share no object. Plain objects and arrays are copied.
// Objects of the app's classes become plain objects with their own fields. Other values (dates,
// functions, maps) are shared, because they cannot be shown. All copies of one Copier together have
// at most MaxCopyBytes.
type Copier struct {
	values Values
	size   int
}

// NewCopier returns a Copier for values of this VM.
func (v Values) NewCopier() *Copier { return &Copier{values: v} }

// Copy returns a copy of value, which lies depth levels below the root of the data.
func (c *Copier) Copy(value goja.Value, depth int) (goja.Value, error) {
	obj, ok := value.(*goja.Object)
	if !ok {
		c.size += 8
		if text, isText := value.(goja.String); isText {
			c.size += text.Length()
		}
		if c.size > MaxCopyBytes {
			return nil, ErrTooLarge
		}
		return OrUndefined(value), nil
	}
	if depth > MaxValueDepth {
		return nil, ErrTooDeep
	}
	switch obj.ClassName() {
	case "Array":
		return c.array(obj, depth)
	case "Object", "Arguments", "Error":
		return c.object(obj, depth)
	}
	return obj, nil
}

func (c *Copier) array(obj *goja.Object, depth int) (goja.Value, error) {
	length := obj.Get("length").ToInteger()
	c.size += int(min(length, int64(MaxCopyBytes)+1))
	if c.size > MaxCopyBytes {
		return nil, ErrTooLarge
	}
	items := make([]any, length)
	for i := range items {
		copied, err := c.Copy(obj.Get(strconv.Itoa(i)), depth+1)
		if err != nil {
			return nil, err
		}
		items[i] = copied
	}
	return c.values.rt.NewArray(items...), nil
}

func (c *Copier) object(obj *goja.Object, depth int) (goja.Value, error) {
	target := c.values.rt.NewObject()
	for _, key := range obj.Keys() {
		c.size += len(key)
		copied, err := c.Copy(obj.Get(key), depth+1)
		if err != nil {
			return nil, err
		}
		SetOwn(target, key, copied)
	}
	if c.size > MaxCopyBytes {
		return nil, ErrTooLarge
	}
	return target, nil
}
