package view_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/runtime/view"
)

// testdata/conformance.json is for authors of other clients of the protocol: pass structure, render
// and ops to the client and compare its tree with the one in the file. This test keeps the file up
// to date.

var write = flag.Bool("write", false, "rewrite testdata/conformance.json")

type conformanceCase struct {
	Name      string            `json:"name"`
	Markup    string            `json:"markup"`
	Structure json.RawMessage   `json:"structure"`
	Render    json.RawMessage   `json:"render"`
	Tree      []any             `json:"tree"`
	Steps     []conformanceStep `json:"steps"`
}

type conformanceStep struct {
	Ops  json.RawMessage `json:"ops"` // null when nothing is sent
	Tree []any           `json:"tree"`
}

type element struct {
	Tag    string         `json:"tag"`
	Target [2]int         `json:"target"` // instance and id, as an event names them
	Attrs  map[string]any `json:"attrs,omitempty"`
	Kids   []any          `json:"kids,omitempty"`
}

func plain(nodes []*view.Node) []any {
	kids := []any{}
	for _, n := range nodes {
		if n.Tag == "" {
			kids = append(kids, n.Text)
			continue
		}
		kids = append(kids, element{n.Tag, [2]int{n.Inst, n.ID}, n.Attrs, plain(n.Kids)})
	}
	return kids
}

type action struct {
	code string
	path []any
}

var conformance = []struct {
	name, markup, data string
	actions            []action
}{
	{"texts and attributes", `<view class="a {{b}}" hidden="{{h}}" size="2" on>{{t}} end</view>`,
		`{b: 'x', h: false, t: 1}`, []action{
			{"data.t = '<&\"茶'", []any{"t"}}, {"data.h = null", []any{"h"}}, {"data.b = ['p', {q: 1}]", []any{"b"}},
			{"data.t = ' '", []any{"unrelated"}},
		}},
	{"conditions", `<block wx:if="{{n === 1}}"><text>{{v}}</text>one</block><view wx:elif="{{n}}">{{v}}</view>after`,
		`{n: 0, v: 'v'}`, []action{
			{"data.n = 1", []any{"n"}}, {"data.v = 'w'", []any{"v"}}, {"data.n = 2", []any{"n"}}, {"data.n = 0", []any{"n"}},
		}},
	{"a keyed list", `<view wx:for="{{list}}" wx:key="k" id="{{item.k}}">{{item.v}}</view>`,
		`{list: [{k: 'a', v: 1}, {k: 'b', v: 2}, {k: 'c', v: 3}, {k: 'd', v: 4}]}`, []action{
			{"data.list[2].v = 9", []any{"list", 2, "v"}}, {"data.list.reverse()", []any{"list"}},
			{"data.list.splice(1, 2, {k: 'x', v: 5})", []any{"list"}}, {"data.list.push({k: 'y'}, {k: 'z'})", []any{"list"}},
			{"data.list = [{k: 'z'}, {k: 'n'}, {k: 'a', v: 7}]", []any{"list"}}, {"data.list = []", []any{"list"}},
			{"data.list = [{k: 'a', v: 1}]", []any{"list"}},
		}},
	{"lists in lists with conditions", `<view wx:for="{{rows}}" wx:for-item="row" wx:key="id"><text wx:for="{{row.cells}}"
		wx:if="{{item}}">{{index}}{{item}}{{end}}</text></view>`,
		`{rows: [{id: 1, cells: [1, 0, 2]}, {id: 2, cells: []}], end: ';'}`, []action{
			{"data.rows[0].cells[1] = 5", []any{"rows", 0, "cells", 1}}, {"data.end = '.'", []any{"end"}},
			{"data.rows.reverse(); data.rows[0].cells = [8, 9]", []any{"rows"}},
			{"data.rows.shift()", []any{"rows"}}, {"data.rows[0].cells.push(6)", []any{"rows", 0, "cells"}},
		}},
	{"templates by name", `<template name="a"><view>A{{x}}</view></template><template name="b">B<template is="a"
		data="{{x: y}}"/></template><template is="{{name}}" data="{{...o, y: 3}}"/>`,
		`{name: 'a', o: {x: 1}}`, []action{
			{"data.o.x = 2", []any{"o", "x"}}, {"data.name = 'b'", []any{"name"}},
			{"data.name = ''", []any{"name"}}, {"data.name = 'a'", []any{"name"}},
		}},
}

func TestTheConformanceFileIsUpToDate(t *testing.T) {
	t.Parallel()
	cases := make([]conformanceCase, 0, len(conformance))
	for _, c := range conformance {
		o := open(t, c.markup, c.data)
		made := conformanceCase{
			Name: c.name, Markup: c.markup, Render: json.RawMessage(o.values),
			Structure: compile(t, files{"page.wxml": c.markup}).Structure(),
			Tree:      plain(o.client.Tree().Kids),
		}
		for _, a := range c.actions {
			ops := o.set(a.code, a.path)
			if ops == "" {
				ops = "null"
			}
			made.Steps = append(made.Steps, conformanceStep{json.RawMessage(ops), plain(o.client.Tree().Kids)})
		}
		cases = append(cases, made)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(cases); err != nil {
		t.Fatal(err)
	}
	const name = "testdata/conformance.json"
	if *write {
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s is out of date (if the change is intended: go test ./runtime/view -write): %s", name, diff)
	}
}
