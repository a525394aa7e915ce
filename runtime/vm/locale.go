package vm

import (
	_ "embed"
	"encoding/json"
	"time"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/locale"
)

//go:embed js/intl.js
var intlSource string

var intl = OwnScript("intl", intlSource)

// located is a runtime whose dates can be in a zone of their own; the edited engine is (package
// runtime/engine). With goja as it is, dates are in the zone of the process.
type located interface{ SetLocation(zone *time.Location) }

// SetZone gives the dates of the VM the zone of this name. An empty or unknown name is UTC.
func (v *VM) SetZone(name string) {
	zone := time.UTC
	if name != "" {
		if known, err := locale.Zone(name); err == nil {
			zone = known
		}
	}
	v.zone = zone
	if engine, ok := any(v.rt).(located); ok {
		engine.SetLocation(zone)
	}
	if other := v.beside.Load(); other != nil {
		other.SetZone(name)
	}
}

// installIntl makes Intl and the methods that take a locale, for programs that name one.
func (v *VM) installIntl() {
	if !v.code.Mentions("Intl") && !v.code.Mentions("toLocale") && !v.code.Mentions("localeCompare") {
		return
	}
	setUp, err := v.rt.RunProgram(intl())
	if err != nil {
		panic(err)
	}
	call, _ := goja.AssertFunction(setUp)
	if _, err := call(goja.Undefined(), v.localeFunctions()); err != nil {
		panic(err)
	}
}

// localeFunctions are what intl.js stands on. It passes options as JSON, which it has made from names
// that it knows and plain values.
func (v *VM) localeFunctions() *goja.Object {
	native := v.rt.NewObject()
	text := func(c goja.FunctionCall, i int) string { return c.Argument(i).String() }
	function := func(name string, fn func(goja.FunctionCall) (any, error)) {
		native.Set(name, v.Function(name, func(c goja.FunctionCall) goja.Value {
			made, err := fn(c)
			if err != nil {
				panic(v.NewError("RangeError", "%s", err))
			}
			return v.Value(made)
		}))
	}
	options := func(c goja.FunctionCall, i int, into any) error {
		if goja.IsUndefined(c.Argument(i)) {
			return nil
		}
		return json.Unmarshal([]byte(text(c, i)), into)
	}
	function("language", func(goja.FunctionCall) (any, error) { return locale.Canonical(v.language), nil })
	function("zone", func(goja.FunctionCall) (any, error) { return v.zone.String(), nil })
	function("canonical", func(c goja.FunctionCall) (any, error) { return locale.Canonical(text(c, 0)), nil })
	function("supports", func(c goja.FunctionCall) (any, error) {
		numbers, dates := locale.Supported(text(c, 0))
		switch text(c, 1) {
		case "dates":
			return dates, nil
		case "plurals":
			_, err := locale.Plural(text(c, 0), false, 1)
			return err == nil, nil
		}
		return numbers, nil
	})
	function("number", func(c goja.FunctionCall) (any, error) {
		var o locale.NumberOptions
		if err := options(c, 1, &o); err != nil {
			return nil, err
		}
		return locale.FormatNumber(text(c, 0), o, c.Argument(2).ToFloat())
	})
	function("date", func(c goja.FunctionCall) (any, error) {
		var o locale.DateOptions
		if err := options(c, 1, &o); err != nil {
			return nil, err
		}
		return locale.FormatDate(text(c, 0), o, time.UnixMilli(c.Argument(2).ToInteger()).In(v.zone))
	})
	function("compare", func(c goja.FunctionCall) (any, error) {
		var o locale.CompareOptions
		if err := options(c, 1, &o); err != nil {
			return nil, err
		}
		return locale.Compare(text(c, 0), o, text(c, 2), text(c, 3))
	})
	function("plural", func(c goja.FunctionCall) (any, error) {
		return locale.Plural(text(c, 0), c.Argument(1).ToBoolean(), c.Argument(2).ToFloat())
	})
	function("relative", func(c goja.FunctionCall) (any, error) {
		return locale.FormatRelative(text(c, 0), text(c, 1), c.Argument(2).ToBoolean(), c.Argument(3).ToFloat(), text(c, 4))
	})
	function("list", func(c goja.FunctionCall) (any, error) {
		var items []string
		if err := options(c, 3, &items); err != nil {
			return nil, err
		}
		return locale.FormatList(text(c, 0), text(c, 1), text(c, 2), items)
	})
	return native
}
