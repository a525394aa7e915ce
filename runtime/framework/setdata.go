package framework

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// parsePath reads a setData path such as "a.b[0].c" into string keys and int indexes. As the vendor's
// framework does, it takes a dot before a bracket, which compiled programs write ("a.[0]"), and reads
// the character behind a backslash as a part of a name.
func parsePath(path string) ([]any, error) {
	var steps []any
	for at := 0; at < len(path); {
		switch {
		case path[at] == '.':
			if at == 0 || at == len(path)-1 || path[at+1] == '.' {
				return nil, fmt.Errorf("the path %q has a dot without a name", path)
			}
			at++
		case path[at] == '[':
			end := strings.IndexByte(path[at:], ']')
			if end < 0 || at == 0 {
				return nil, fmt.Errorf("the path %q has brackets that do not match", path)
			}
			index, err := strconv.Atoi(strings.TrimSpace(path[at+1 : at+end]))
			if err != nil || index < 0 || index > maxIndex {
				return nil, fmt.Errorf("the path %q needs a number from 0 to %d in brackets", path, maxIndex)
			}
			steps = append(steps, index)
			at += end + 1
		case at > 0 && path[at-1] == ']':
			return nil, fmt.Errorf("the path %q needs a dot after brackets", path)
		default:
			name, size := pathName(path[at:])
			steps = append(steps, name)
			at += size
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

// pathName reads the name at the beginning of a path, and how many bytes of the path it takes.
func pathName(path string) (name string, size int) {
	end := strings.IndexAny(path, `.[\`)
	if end < 0 {
		return path, len(path)
	}
	if path[end] != '\\' {
		return path[:end], end
	}
	var b strings.Builder
	for size < len(path) && path[size] != '.' && path[size] != '[' {
		if path[size] == '\\' && size+1 < len(path) {
			size++
		}
		b.WriteByte(path[size])
		size++
	}
	return b.String(), size
}

// maxIndex keeps a path from making a large array without elements.
const maxIndex = 100_000

// assign sets v at the path below this.data. Where the path needs an object or an array and finds another
// value, it makes one, as the vendor's framework does.
func assign(values vm.Values, data *goja.Object, steps []any, v goja.Value) {
	at := data
	for i, step := range steps[:len(steps)-1] {
		key := stepKey(step)
		next, ok := vm.GetOwn(at, key).(*goja.Object)
		_, wantArray := steps[i+1].(int)
		if !ok || wantArray != (next.ClassName() == "Array") || next.ClassName() == "Function" {
			if wantArray {
				next = values.Runtime().NewArray()
			} else {
				next = values.Object()
			}
			vm.SetOwn(at, key, next)
		}
		at = next
	}
	vm.SetOwn(at, stepKey(steps[len(steps)-1]), v)
}

func stepKey(step any) string {
	if i, ok := step.(int); ok {
		return strconv.Itoa(i)
	}
	return step.(string)
}

// setData is this.setData(values, callback). The values themselves are in this.data when it returns, as with
// the vendor, and the view has a copy, so that nothing is shown that was not set.
func (in *Instance) setData(values, callback goja.Value) {
	if values, ok := values.(*goja.Object); ok {
		in.merge(values)
	}
	if isFunction(callback) {
		in.s.vm.AfterFlush(func() {
			if !in.page.gone {
				in.s.vm.Invoke(callback, in.this)
			}
		})
	}
}

// newCopier makes copies for the view of what one call sets. A component that is set as data is no data.
func (s *Session) newCopier() *view.Copier {
	return &view.Copier{Bytes: vm.MaxCopyBytes, Depth: vm.MaxValueDepth, TooLarge: vm.ErrTooLarge, TooDeep: vm.ErrTooDeep,
		Opaque: func(o *goja.Object) bool { return s.instances.byThis[o] != nil }}
}

func (in *Instance) merge(values *goja.Object) {
	k, w := in.s.vm, &in.s.work
	copier := w.takeCopier(in.s)
	var few [4]change // most calls set as few: they need no memory of their own
	changes := few[:0]
	keys, fields := copier.Fields(values)
	for i, key := range keys {
		steps, err := w.path(key)
		if err != nil {
			panic(k.NewError("Error", "setData: %s", err))
		}
		v := vm.OrUndefined(fields[i])
		shown, err := copier.Copy(v, 1)
		if err != nil {
			panic(k.NewError("Error", "setData at %q: %s", key, err))
		}
		if goja.IsUndefined(v) {
			in.s.definitions.types.warnOnce("%s: setData sets %q to undefined. What is shown stays as it was; use null or \"\".",
				in.is, key)
		}
		if copier.Cut {
			copier.Cut = false
			in.s.definitions.types.warnOnce("%s: what setData sets at %q contains itself. It is shown without that.", in.is, key)
		}
		changes = append(changes, change{path: steps, value: v, shown: shown})
	}
	in.tell(keys)
	w.giveCopier(copier)
	in.apply(changes, false)
}
