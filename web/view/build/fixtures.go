//go:build ignore

// Fixtures writes what the view engine sends for random edits of a page, with the tree that each
// edit must lead to. The view script's tests replay it: two implementations of one protocol that
// nobody wrote to agree.
//
//	npm run fixtures
package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wxml"
)

type source string

func (s source) ReadFile(string) ([]byte, bool) { return []byte(s), true }

const markup = `
<template name="leaf"><text>{{name}}!</text></template>
<template name="pair"><view class="p">{{name}}<template is="leaf" data="{{name}}"/></view></template>
<view class="top {{flag ? 'on' : 'off'}}" bindtap="tap">{{title}}</view>
<view wx:if="{{mode === 1}}">one {{title}}</view>
<view wx:elif="{{mode === 2}}"><text wx:for="{{tags}}" wx:key="*this">{{item}};</text></view>
<block wx:else>else</block>
<view wx:for="{{rows}}" wx:key="id" class="row" data-id="{{item.id}}">
  <text>{{index}}:{{item.name}}</text>
  <view wx:if="{{item.open}}"><text wx:for="{{item.kids}}" wx:key="*this">{{item}},</text></view>
  <template is="{{item.kind}}" data="{{name: item.name}}"/>
</view>
<block wx:for="{{tags}}"><text wx:if="{{index % 2 === 0}}">{{item}}</text></block>`

type step struct {
	Values json.RawMessage `json:"values,omitempty"`
	Ops    json.RawMessage `json:"ops,omitempty"`
	Tree   string          `json:"tree"`
}

func main() {
	compiled, diagnostics := wxml.Compile(source(markup), "pages/a/a.wxml", wxml.Options{})
	if compiled == nil {
		fmt.Fprintln(os.Stderr, diagnostics)
		os.Exit(1)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var runs []map[string]any
	for range 4 {
		runs = append(runs, map[string]any{
			"structure": json.RawMessage(compiled.Structure()),
			"steps": play(random, func(rt *goja.Runtime) *view.Page {
				return view.New(rt, compiled, rt.Get("data").(*goja.Object), view.Limits{})
			}),
		})
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	check(out.Encode(runs))
}

func play(random *rand.Rand, open func(*goja.Runtime) *view.Page) []step {
	rt := goja.New()
	_, err := rt.RunString(`var next = 1;
		function row() { var id = next++; return {id: id, name: 'n' + id, open: id % 2 == 0, kids: ['k' + id, 'l'], kind: id % 3 ? 'leaf' : 'pair'} }
		var data = {title: 'T', flag: false, mode: 1, tags: ['a', 'b'], rows: [row(), row(), row()]}`)
	check(err)
	page := open(rt)
	values, err := page.Render()
	check(err)
	steps := []step{{Values: values, Tree: text(page.Tree())}}
	for range 30 {
		code, path := edit(random)
		_, err := rt.RunString(code)
		check(err)
		ops, err := page.Update([][]any{path})
		check(err)
		if ops == nil {
			ops = []byte("[]")
		}
		steps = append(steps, step{Ops: ops, Tree: text(page.Tree())})
	}
	return steps
}

func edit(random *rand.Rand) (string, []any) {
	n := random.IntN(1000)
	switch random.IntN(10) {
	case 0:
		return fmt.Sprintf(`data.title = 'T%d'`, n), []any{"title"}
	case 1:
		return `data.flag = !data.flag`, []any{"flag"}
	case 2:
		return fmt.Sprintf(`data.mode = %d`, n%4), []any{"mode"}
	case 3:
		return fmt.Sprintf(`data.tags = ['a', 'b', 'c', 'd', 'e'].slice(%d, %d)`, n%3, 3+n%3), []any{"tags"}
	case 4:
		return `data.rows = data.rows.concat([row(), row()])`, []any{"rows"}
	case 5:
		return fmt.Sprintf(`data.rows = data.rows.filter(function(r) { return r.id %% 4 != %d })`, n%4), []any{"rows"}
	case 6:
		return fmt.Sprintf(`data.rows = data.rows.slice().sort(function(a, b) { return (a.id * %d) %% 7 - (b.id * %d) %% 7 })`, 1+n%6, 1+n%6), []any{"rows"}
	case 7:
		return `data.rows = [row()].concat(data.rows).slice(0, 8)`, []any{"rows"}
	default:
		return fmt.Sprintf(`if (data.rows[0]) { data.rows[0].name = 'x%d'; data.rows[0].open = %t; data.rows[0].kind = ['leaf', 'pair', 'none'][%d] }`, n, n%2 == 0, n%3), []any{"rows", 0}
	}
}

// text is the tree as the test writes the document: tags with their class, and texts.
func text(n *view.Node) string {
	var b strings.Builder
	var walk func(n *view.Node)
	walk = func(n *view.Node) {
		if n.Tag == "" {
			b.WriteString(n.Text)
			return
		}
		b.WriteString("<" + n.Tag)
		if class, ok := n.Attrs["class"].(string); ok {
			b.WriteString(" " + class)
		}
		b.WriteString(">")
		for _, kid := range n.Kids {
			walk(kid)
		}
		b.WriteString("</>")
	}
	for _, kid := range n.Kids {
		walk(kid)
	}
	return b.String()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
