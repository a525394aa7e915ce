package view_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wxml"
)

// BenchmarkModules_List renders 1,000 rows with one call of a WXS function each; ns/call is the difference
// to the same list without the call.
func BenchmarkModules_List(b *testing.B) {
	for name, value := range map[string]string{"call": "{{m.price(item)}}", "plain": "{{item}}"} {
		b.Run(name, func(b *testing.B) {
			compiled, diagnostics := wxml.Compile(moduleFiles{"p.wxml": `<wxs module="m">module.exports.price = function (n) { return '¥' + n; };</wxs>` +
				`<text wx:for="{{list}}" wx:key="*this">` + value + `</text>`}, "p.wxml", wxml.Options{})
			if compiled == nil {
				b.Fatal(diagnostics)
			}
			rt := goja.New()
			data, err := rt.RunString("var l = []; for (var i = 0; i < 1000; i++) l.push(i); ({list: l})")
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := view.New(rt, compiled, copied(data), view.Limits{}).Render(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type moduleFiles map[string]string

func (f moduleFiles) ReadFile(path string) ([]byte, bool) {
	text, ok := f[path]
	return []byte(text), ok
}
