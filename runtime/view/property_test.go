package view_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wxml"
)

// The invariant of the engine: after any setData, the browser's tree after the patches equals the
// tree of a fresh render of the same data. Templates, data and changes are random. The client
// counts instances on its own, so a wrong number causes a wrong tree.

// markup generates WXML that uses few names of data, so that changes concern it.
type markup struct {
	t     *rapid.T
	loops []string // names of items in scope
	depth int
	b     strings.Builder
	in    bool // inside a <template>, which must not use itself
}

func (m *markup) pick(label string, options ...string) string {
	return rapid.SampledFrom(options).Draw(m.t, label)
}

// path is a path in the data of the page or of a row.
func (m *markup) path() string {
	roots := []string{"a", "b", "obj.x", "obj.list", "list", "list[0].k", "list.length", "rows",
		"rows[1].k", "rows[a]", "obj[a]", "n", "obj", "list[1].list"}
	for _, name := range m.loops {
		roots = append(roots, name, name+".k", name+".v", name+".list", name+".v.x", "i"+name, "list[i"+name+"].k")
	}
	return m.pick("path", roots...)
}

func (m *markup) expr() string {
	switch m.pick("expr", "path", "path", "path", "cond", "sum", "eq", "or") {
	case "cond":
		return m.path() + " ? " + m.path() + " : 'no'"
	case "sum":
		return m.path() + " + " + m.path()
	case "eq":
		return m.path() + " === " + m.path()
	case "or":
		return m.path() + " || " + m.path()
	}
	return m.path()
}

func (m *markup) nodes() {
	for range rapid.IntRange(1, 3).Draw(m.t, "nodes") {
		m.node()
	}
}

func (m *markup) node() {
	kinds := []string{"text", "mixed"}
	if m.depth < 4 {
		kinds = append(kinds, "element")
		kinds = append(kinds, "if", "for", "for", "chain", "forif", "object")
		if !m.in {
			kinds = append(kinds, "use", "dynamic")
		}
	}
	m.depth++
	defer func() { m.depth-- }()
	switch m.pick("node", kinds...) {
	case "text":
		fmt.Fprintf(&m.b, "{{%s}}", m.expr())
	case "mixed":
		fmt.Fprintf(&m.b, "<text>t {{%s}} u {{%s}}</text>", m.expr(), m.expr())
	case "element":
		fmt.Fprintf(&m.b, `<view class="c {{%s}}" some="{{%s}}" bindtap="tap">`, m.expr(), m.expr())
		m.nodes()
		m.b.WriteString("</view>")
	case "object":
		fmt.Fprintf(&m.b, `<picker range="{{%s}}" value="{{ {p: %s} }}"/>`, m.path(), m.path())
	case "if":
		fmt.Fprintf(&m.b, `<view wx:if="{{%s}}">`, m.expr())
		m.nodes()
		m.b.WriteString("</view>")
	case "chain":
		fmt.Fprintf(&m.b, `<block wx:if="{{%s}}">`, m.expr())
		m.nodes()
		fmt.Fprintf(&m.b, `</block> <view wx:elif="{{%s}}">`, m.expr())
		m.nodes()
		m.b.WriteString("</view> <view wx:else>")
		m.nodes()
		m.b.WriteString("</view>")
	case "for", "forif":
		m.list()
	case "use":
		fmt.Fprintf(&m.b, `<template is="t1" data="{{%s}}"/>`, m.templateData())
	case "dynamic":
		fmt.Fprintf(&m.b, `<template is="t{{%s}}" data="{{%s}}"/>`, m.path(), m.templateData())
	}
}

func (m *markup) list() {
	name := "r" + strconv.Itoa(len(m.loops))
	key := m.pick("key", "", `wx:key="k"`, `wx:key="k"`, `wx:key="*this"`, `wx:key="{{index}}"`)
	cond := ""
	if rapid.Bool().Draw(m.t, "with if") {
		m.loops = append(m.loops, name)
		cond = fmt.Sprintf(`wx:if="{{%s}}"`, m.expr())
		m.loops = m.loops[:len(m.loops)-1]
	}
	lists := []string{"list", "rows", "obj.list", "obj", "n", "b", "a ? list : rows", "list[0].list"}
	for _, outer := range m.loops {
		lists = append(lists, outer+".list", outer)
	}
	fmt.Fprintf(&m.b, `<view wx:for="{{%s}}" wx:for-item="%s" wx:for-index="i%s" %s %s>`,
		m.pick("list", lists...), name, name, key, cond)
	m.loops = append(m.loops, name)
	m.nodes()
	m.loops = m.loops[:len(m.loops)-1]
	m.b.WriteString("</view>")
}

func (m *markup) templateData() string {
	return m.pick("template data", "a, list", "...obj", "list: obj.list, a: "+m.path(), "rows",
		"...obj, b: "+m.path(), "obj, n: n + 1", "list: rows, ..."+m.path())
}

func (m *markup) page() string {
	for _, name := range []string{"t1", "t2"} {
		outer := m.b
		m.b = strings.Builder{}
		m.in, m.depth = true, 1
		m.nodes()
		body := m.b.String()
		m.b = outer
		fmt.Fprintf(&m.b, `<template name="%s">%s</template>`, name, body)
	}
	m.in, m.depth = false, 0
	m.nodes()
	return m.b.String()
}

// value generates data of the types that the paths above expect, and of other types.
func value(t *rapid.T, depth int) any {
	kinds := []string{"small", "small", "text", "null", "bool", "float"}
	if depth > 0 {
		kinds = append(kinds, "list", "list", "object", "object", "strings")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "small":
		return rapid.IntRange(0, 3).Draw(t, "n")
	case "text":
		return rapid.SampledFrom([]string{"", "x", "茶", "1", "a\"b"}).Draw(t, "s")
	case "null":
		return nil
	case "bool":
		return rapid.Bool().Draw(t, "bool")
	case "float":
		return 0.5
	case "strings":
		return []any{"p", "q", "p"}[:rapid.IntRange(0, 3).Draw(t, "length")]
	case "list":
		return rowsValue(t, depth-1)
	}
	return map[string]any{
		"k": value(t, 0), "x": value(t, depth-1), "list": rowsValue(t, depth-1), "v": value(t, depth-1),
	}
}

func rowsValue(t *rapid.T, depth int) any {
	rows := make([]any, rapid.IntRange(0, 5).Draw(t, "rows"))
	for i := range rows {
		rows[i] = map[string]any{
			"k": rapid.IntRange(0, 6).Draw(t, "k"), "v": value(t, max(depth, 0)),
			"list": []any{map[string]any{"k": 1, "v": "in"}, map[string]any{"k": 2}}[:rapid.IntRange(0, 2).Draw(t, "inner")],
		}
	}
	return rows
}

// set does what setData does: it sets a value at a path and creates the objects on the path.
const set = `(function(data, path, json) {
	var at = data;
	for (var i = 0; i < path.length - 1; i++) {
		var next = at[path[i]];
		var list = typeof path[i + 1] === 'number';
		if (typeof next !== 'object' || next === null || Array.isArray(next) !== list) {
			next = list ? [] : {};
			at[path[i]] = next;
		}
		at = next;
	}
	at[path[path.length - 1]] = JSON.parse(json);
})`

// rearrange changes a list in place, as apps do before they set it again.
const rearrange = `(function(list, how, i, j) {
	if (!Array.isArray(list)) return;
	if (how === 'swap' && list.length) { i %= list.length; j %= list.length; var x = list[i]; list[i] = list[j]; list[j] = x; }
	if (how === 'reverse') list.reverse();
	if (how === 'rotate' && list.length) list.push(list.shift());
	if (how === 'remove') list.splice(i, 1);
	if (how === 'insert') list.splice(i, 0, {k: 10 + j, v: 'new'});
	if (how === 'touch' && list[i] && typeof list[i] === 'object') list[i].v = 'touched' + j;
})`

type app struct {
	rt             *goja.Runtime
	data           *goja.Object
	set, rearrange goja.Callable
}

func newApp(t interface{ Fatal(...any) }, data map[string]any) *app {
	rt := goja.New()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{rt: rt}
	run := func(src string) goja.Value {
		v, err := rt.RunString(src)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	a.data = run("(" + string(raw) + ")").(*goja.Object)
	a.set, _ = goja.AssertFunction(run(set))
	a.rearrange, _ = goja.AssertFunction(run(rearrange))
	return a
}

func fresh(t *rapid.T, compiled *template.Template, a *app) string {
	page := view.New(a.rt, compiled, copied(a.data), view.Limits{})
	values, err := page.Render()
	if err != nil {
		t.Fatalf("fresh render: %v", err)
	}
	client, err := view.NewClient(compiled.Structure())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Render(values); err != nil {
		t.Fatalf("fresh render: %v: %s", err, values)
	}
	return client.Tree().HTML()
}

func TestPatchesGiveTheTreeOfAFreshRender(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := (&markup{t: t}).page()
		compiled, diagnostics := wxml.Compile(files{"page.wxml": src}, "page.wxml", wxml.Options{})
		if compiled == nil {
			t.Fatalf("%s: %v", src, diagnostics)
		}
		encoded, err := compiled.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		structure := string(compiled.Structure())
		compiled = new(template.Template)
		if err := compiled.UnmarshalBinary(encoded); err != nil {
			t.Fatal(err)
		}
		if string(compiled.Structure()) != structure {
			t.Fatal("the decoded template has another structure")
		}
		a := newApp(t, map[string]any{
			"a": rapid.IntRange(0, 2).Draw(t, "a"), "b": value(t, 1), "n": rapid.IntRange(0, 3).Draw(t, "n"),
			"list": rowsValue(t, 1), "rows": rowsValue(t, 1),
			"obj": map[string]any{"x": value(t, 1), "list": rowsValue(t, 1), "0": "zero"},
		})
		page := view.New(a.rt, compiled, copied(a.data), view.Limits{})
		client, err := view.NewClient(compiled.Structure())
		if err != nil {
			t.Fatal(err)
		}
		values, err := page.Render()
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Render(values); err != nil {
			t.Fatal(err)
		}
		for step := range rapid.IntRange(1, 6).Draw(t, "steps") {
			paths := a.change(t)
			ops, err := update(page, a.data, paths...)
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Patch(ops); err != nil {
				t.Fatalf("step %d, %v: %v: %s\n%s", step, paths, err, ops, src)
			}
			if got, want := client.Tree().HTML(), fresh(t, compiled, a); got != want {
				t.Fatalf("step %d, %v, ops %s\n%s\ngot\n%swant\n%s", step, paths, ops, src, got, want)
			}
			if got, want := page.Snapshot(), client.Tree(); !sameTree(got, want) {
				t.Fatalf("step %d: the engine and the client see different trees:\n%s\n%s",
					step, got.HTML(), want.HTML())
			}
		}
	})
}

// sameTree also compares places in the protocol.
func sameTree(a, b *view.Node) bool {
	if a.Tag != b.Tag || a.Inst != b.Inst || a.ID != b.ID || a.Text != b.Text || len(a.Kids) != len(b.Kids) {
		return false
	}
	for i := range a.Kids {
		if !sameTree(a.Kids[i], b.Kids[i]) {
			return false
		}
	}
	return true
}

// change applies one random setData, of one to three paths, and returns the paths.
func (a *app) change(t *rapid.T) [][]any {
	if rapid.IntRange(0, 3).Draw(t, "in place") == 0 {
		name := rapid.SampledFrom([]string{"list", "rows"}).Draw(t, "which")
		how := rapid.SampledFrom([]string{"swap", "reverse", "rotate", "remove", "insert", "touch"}).Draw(t, "how")
		i, j := rapid.IntRange(0, 4).Draw(t, "i"), rapid.IntRange(0, 4).Draw(t, "j")
		if _, err := a.rearrange(nil, a.data.Get(name), a.rt.ToValue(how), a.rt.ToValue(i), a.rt.ToValue(j)); err != nil {
			t.Fatal(err)
		}
		return [][]any{{name}}
	}
	var paths [][]any
	for range rapid.IntRange(1, 3).Draw(t, "paths") {
		path := a.path(t)
		raw, err := json.Marshal(value(t, 2-min(len(path)-1, 2)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.set(nil, a.data, a.rt.ToValue(path), a.rt.ToValue(string(raw))); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func (a *app) path(t *rapid.T) []any {
	index := rapid.IntRange(0, 5).Draw(t, "index")
	switch rapid.IntRange(0, 9).Draw(t, "path") {
	case 0:
		return []any{rapid.SampledFrom([]string{"a", "b", "n", "list", "rows", "obj"}).Draw(t, "root")}
	case 1:
		return []any{"list", index}
	case 2:
		return []any{"rows", index}
	case 3:
		return []any{"rows", index, "v"}
	case 4:
		return []any{"list", index, "k"}
	case 5:
		return []any{"list", index, "list"}
	case 6:
		return []any{"list", index, "list", rapid.IntRange(0, 2).Draw(t, "inner"), "v"}
	case 7:
		return []any{"obj", rapid.SampledFrom([]string{"x", "list", "0", "5"}).Draw(t, "field")}
	case 8:
		return []any{"obj", "list", index, "v"}
	}
	return []any{"a"}
}
