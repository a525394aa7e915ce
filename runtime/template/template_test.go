package template_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wxml"
)

// itself is a component whose template contains itself.
type itself struct{ data view.Value }

func (itself) Definition(c *image.Component) *view.Definition {
	return &view.Definition{Component: c, Properties: map[string]any{"a": nil}, Slots: view.DynamicSlots}
}
func (i itself) Create(*view.Host) (view.Component, view.Value) { return i, i.data.Share() }
func (itself) Created()                                         {}
func (itself) Set([]view.Property)                              {}
func (itself) Attached()                                        {}
func (itself) Moved()                                           {}
func (itself) Detached()                                        {}

type source string

func (s source) ReadFile(path string) ([]byte, bool) { return []byte(s), path == "p.wxml" }

// FuzzUnmarshalBinary damages encoded templates. The engine must be able to run every template that
// the decoder accepts, because it uses the indexes in a template without checks.
func FuzzUnmarshalBinary(f *testing.F) {
	for _, markup := range []string{
		`<view class="a {{b}}" id="x" bindtap="t" data-a="{{c}}" mark:b="1">{{d.e[f] ? 1 : '2'}}</view>`,
		`<block wx:for="{{list}}" wx:key="k"><text wx:if="{{item.a}}">{{index}}</text><text wx:else/></block>`,
		`<template name="t">{{x}}</template><template is="{{n}}" data="{{...o, x: [1, ...y]}}"/>`,
		`<my-tag a="{{f}}" class="c"><view slot="s">{{n}}</view></my-tag><slot name="{{n}}"/>`,
	} {
		compiled, diagnostics := wxml.Compile(source(markup), "p.wxml",
			wxml.Options{Component: func(tag string) bool { return tag == "my-tag" }, Slots: true})
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
		first, err := (&view.Copier{Bytes: 1 << 20, Depth: 20}).Copy(object, 0)
		if err != nil {
			t.Fatal(err)
		}
		page := view.New(rt, decoded, first.Share(), view.Limits{Nodes: 500, Depth: 20})
		file := image.Component{Path: "my", Template: decoded, Using: map[string]string{"my-tag": "my"}}
		page.Use(&image.Image{Components: []image.Component{file}}, &view.Definition{Component: &file}, itself{first})
		if _, err := page.Render(); err != nil {
			return
		}
		for _, name := range []string{"list", "d", "n", "o"} {
			page.Root().Set([]any{name}, first.Get(name).Share())
			page.Root().Touch([]any{name})
		}
		if _, err := page.Update(); err != nil {
			return
		}
		page.Snapshot().Walk(func(n *view.Node) {
			if n.Tag != "" && n.Inst >= 0 {
				if _, _, err := page.Dispatch(n.Inst, n.ID, "tap"); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
}

// Ensure that apps which were compiled before there were components still open.
func TestATemplateOfTheFirstFormatIsStillRead(t *testing.T) {
	t.Parallel()
	old, err := hex.DecodeString("010c702e77786d6c020202000002010002000402012800000401000000040461200000000000000000000101026200000000000000000200000202620002010101026400000000000000000200000202640002020876696577010002000a636c6173730202610101026300000002067461700001000000040274000000000000000000000208766965770c702e77786d6c02020202740c702e77786d6c022e")
	if err != nil {
		t.Fatal(err)
	}
	want, _ := wxml.Compile(source(`<view class="a {{b}}" bindtap="t" data-a="{{c}}">{{d}}</view>`), "p.wxml", wxml.Options{})
	decoded := new(template.Template)
	if err := decoded.UnmarshalBinary(old); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(decoded.Structure(), want.Structure()) {
		t.Errorf("structure %s", decoded.Structure())
	}
}
