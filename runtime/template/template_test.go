package template_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wxml"
)

type source string

func (s source) ReadFile(path string) ([]byte, bool) { return []byte(s), path == "p.wxml" }

// FuzzUnmarshalBinary damages encoded templates. The engine must be able to run every template that
// the decoder accepts, because it uses the indexes in a template without checks.
func FuzzUnmarshalBinary(f *testing.F) {
	for _, markup := range []string{
		`<view class="a {{b}}" id="x" bindtap="t" data-a="{{c}}" mark:b="1">{{d.e[f] ? 1 : '2'}}</view>`,
		`<block wx:for="{{list}}" wx:key="k"><text wx:if="{{item.a}}">{{index}}</text><text wx:else/></block>`,
		`<template name="t">{{x}}</template><template is="{{n}}" data="{{...o, x: [1, ...y]}}"/>`,
	} {
		compiled, diagnostics := wxml.Compile(source(markup), "p.wxml")
		if compiled == nil {
			f.Fatal(diagnostics)
		}
		encoded, err := compiled.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decoded := new(template.Template)
		if decoded.UnmarshalBinary(data) != nil {
			return
		}
		again, err := decoded.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		twice := new(template.Template)
		if err := twice.UnmarshalBinary(again); err != nil {
			t.Fatalf("a template that was decoded and encoded is refused: %v", err)
		}
		if !json.Valid(decoded.Structure()) || !bytes.Equal(decoded.Structure(), twice.Structure()) {
			t.Fatalf("structure %s and %s", decoded.Structure(), twice.Structure())
		}
		rt := goja.New()
		object, err := rt.RunString(`({list: [{k: 1, a: 1}, {k: 2}], d: {e: [1]}, f: 0, n: 't', o: {x: 1}, y: [2]})`)
		if err != nil {
			t.Fatal(err)
		}
		page := view.New(rt, decoded, object.(*goja.Object), view.Limits{Nodes: 500, Depth: 20})
		if _, err := page.Render(); err != nil {
			return
		}
		if _, err := page.Update([][]any{{"list"}, {"d"}, {"n"}, {"o"}}); err != nil {
			return
		}
		page.Tree().Walk(func(n *view.Node) {
			if n.Tag != "" && n.Inst >= 0 {
				if _, _, err := page.Dispatch(n.Inst, n.ID, "tap"); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
}
