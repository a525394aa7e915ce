package view_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/view"
)

// opened is an open page with both ends of the protocol.
type opened struct {
	t      *testing.T
	rt     *goja.Runtime
	data   *goja.Object
	page   *view.Tree
	client *view.Client
	values string
}

// open renders a page whose data is the JavaScript object in data.
func open(t *testing.T, markup, data string) *opened {
	t.Helper()
	rt := goja.New()
	if _, err := rt.RunString("var data = " + data); err != nil {
		t.Fatal(err)
	}
	compiled := compile(t, files{"page.wxml": markup})
	object := rt.Get("data").(*goja.Object)
	o := &opened{t: t, rt: rt, data: object, page: view.New(rt, compiled, copied(object), view.Limits{})}
	values, err := o.page.Render()
	if err != nil {
		t.Fatal(err)
	}
	o.values = string(values)
	if o.client, err = view.NewClient(compiled.Structure()); err != nil {
		t.Fatal(err)
	}
	if err := o.client.Render(values); err != nil {
		t.Fatal(err)
	}
	return o
}

// set runs code of the app, updates the paths and returns the ops, which the client applied.
func (o *opened) set(code string, paths ...[]any) string {
	o.t.Helper()
	if _, err := o.rt.RunString(code); err != nil {
		o.t.Fatal(err)
	}
	ops, err := update(o.page, o.data, paths...)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.client.Patch(ops); err != nil {
		o.t.Fatalf("%v: %s", err, ops)
	}
	return string(ops)
}

func (o *opened) text() string { return o.client.Tree().InnerText() }

func TestOpsContainOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	o := open(t, `<text class="{{on ? 'on' : ''}}">{{a}} {{b}}</text>{{c.d}}`,
		`{a: 1, b: 'x', c: {d: 2}, on: false}`)
	if want := `["","1 x","2"]`; o.values != want {
		t.Fatalf("rendered %s, want %s", o.values, want)
	}
	for _, step := range []struct {
		code string
		path []any
		want string
	}{
		{"data.a = 2", []any{"a"}, `[[0,1,"2 x"]]`},
		{"data.a = '2'", []any{"a"}, ``}, // it looks the same
		{"data.c.d = null", []any{"c", "d"}, `[[0,2,""]]`},
		{"data.c = {d: 7}", []any{"c"}, `[[0,2,"7"]]`},
		{"data.on = 1", []any{"on"}, `[[0,0,"on"]]`},
		{"data.other = 1", []any{"other"}, ``},
		{"data.c.e = 1", []any{"c", "e"}, ``},
		{"data.b = 'unseen', data.a = 3", []any{"a"}, `[[0,1,"3 x"]]`}, // b was changed and not set
	} {
		if got := o.set(step.code, step.path); got != step.want {
			t.Errorf("%s: %s, want %s", step.code, got, step.want)
		}
	}
}

// TestTheExampleOfTheDocument compares the example in docs/protocol.md with the engine.
func TestTheExampleOfTheDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "### Example\n")
	_, rest, _ := strings.Cut(example, "```\n")
	markup, rest, _ := strings.Cut(rest, "```")
	said := func(got string) {
		t.Helper()
		if !strings.Contains(rest, "`"+got) {
			t.Errorf("the document does not say %s", got)
		}
	}
	o := open(t, markup, `{list: [{id: 1, name: 'Tea'}]}`)
	_, fragments, _ := strings.Cut(string(compile(t, files{"page.wxml": markup}).Structure()), `"fragments":`)
	if said := strings.ReplaceAll(rest, "}, {", "},{"); !strings.Contains(said, fragments) {
		t.Errorf("the structure is %s", fragments)
	}
	said(o.values + "`")
	said(o.set("data.list.push({id: 2, name: 'Milk'})", []any{"list"}) + "`")
	row := o.client.Tree().Find("view")[0]
	said(fmt.Sprintf("[%d, %d]`", row.Inst, row.ID))
	said(o.set("data.list[0].on = true", []any{"list", 0, "on"}) + "`")
}

func TestListsAreSentAsRunsOfKeptRows(t *testing.T) {
	t.Parallel()
	o := open(t, `<view wx:for="{{list}}" wx:key="k">{{index}}{{item.k}}{{item.v || ''}};</view>`,
		`{list: [{k: 'a'}, {k: 'b'}, {k: 'c'}]}`)
	if want := `[[["0a;"],["1b;"],["2c;"]]]`; o.values != want {
		t.Fatalf("rendered %s, want %s", o.values, want)
	}
	for _, step := range []struct{ code, want, text string }{
		{"data.list = data.list.concat({k: 'd'}, {k: 'e'})", `[[0,0,[[0,3],[-1,2]],[["3d;"],["4e;"]]]]`, "0a;1b;2c;3d;4e;"},
		{"data.list.splice(1, 1)", `[[0,0,[[0,1],[2,3]],[]],[3,0,"1c;"],[4,0,"2d;"],[5,0,"3e;"]]`, "0a;1c;2d;3e;"},
		{"data.list.reverse()", `[[0,0,[[3,1],[2,1],[1,1],[0,1]],[]],[5,0,"0e;"],[4,0,"1d;"],[3,0,"2c;"],[1,0,"3a;"]]`, "0e;1d;2c;3a;"},
		{"data.list[1].v = '!'", `[[4,0,"1d!;"]]`, "0e;1d!;2c;3a;"},
		{"data.list = []", `[[0,0,[],[]]]`, ""},
		{"data.list = null", ``, ""},
		{"data.list = {x: {k: 'q'}}", `[[0,0,[[-1,1]],[["xq;"]]]]`, "xq;"},
		{"data.list = 2", `[[0,0,[[-1,2]],[["0;"],["1;"]]]]`, "0;1;"},
		{"data.list = '茶a'", ``, "0;1;"}, // other items, but they show the same
	} {
		got := o.set(step.code, []any{"list"})
		if got != step.want {
			t.Errorf("%s: %s, want %s", step.code, got, step.want)
		}
		if o.text() != step.text {
			t.Errorf("%s: shows %q, want %q", step.code, o.text(), step.text)
		}
	}
	if w := o.page.Warnings(); len(w) != 1 || !strings.Contains(w[0], "not unique") {
		t.Errorf("warnings %q, want one about keys", w)
	}
}

// TestOnePathDoesNotWalkTheList counts how often the engine reads rows of the app.
func TestOnePathDoesNotWalkTheList(t *testing.T) {
	t.Parallel()
	o := open(t, `<view wx:for="{{list}}" wx:key="k">{{item.v}}</view>{{list.length}}`,
		`{list: []}; var reads = 0, at = {};
		for (let i = 0; i < 100; i++) data.list.push({k: i, get v() { reads++; return at[i] || 'v' }})`)
	o.set("reads = 0; at[50] = 'w'")
	if got := o.set("", []any{"list", 50, "v"}); got != `[[51,0,"w"]]` {
		t.Errorf("ops %s", got)
	}
	if reads := o.rt.Get("reads").ToInteger(); reads != 1 {
		t.Errorf("one row was set and %d were read", reads)
	}
	if got := o.set("data.list.push({k: 200, v: 'new'})", []any{"list", 100}); got !=
		`[[0,0,[[0,100],[-1,1]],[["new"]]],[0,1,"101"]]` {
		t.Errorf("append by path: %s", got)
	}
	if reads := o.rt.Get("reads").ToInteger(); reads != 1 {
		t.Errorf("a row was appended and %d others were read", reads-1)
	}
}

func TestConditionsAndTemplatesReplaceTheirContent(t *testing.T) {
	t.Parallel()
	o := open(t, `<template name="a">A{{x.y}}</template><template name="b">B{{x.y}}{{outside}}</template>
		<view wx:if="{{n > 1}}">many {{n}}</view><view wx:elif="{{n}}">one</view><view wx:else>none</view>
		<template is="{{t}}" data="{{x: deep.x}}"/>`,
		`{n: 0, t: 'a', deep: {x: {y: 1}}, outside: 'secret'}`)
	if want := `[[2,[]],[4,["A1"]]]`; o.values != want {
		t.Fatalf("rendered %s, want %s", o.values, want)
	}
	for _, step := range []struct {
		code string
		path []any
		want string
	}{
		{"data.n = 2", []any{"n"}, "many 2A1"},
		{"data.n = 3", []any{"n"}, "many 3A1"},
		{"data.n = 1", []any{"n"}, "oneA1"},
		{"data.deep.x.y = 5", []any{"deep", "x", "y"}, "oneA5"},
		{"data.t = 'b'", []any{"t"}, "oneB5"}, // a template sees only what it is given
		{"data.deep = {x: {y: 6}}", []any{"deep"}, "oneB6"},
		{"data.t = 'none'", []any{"t"}, "one"},
		{"data.t = 'a'", []any{"t"}, "oneA6"},
	} {
		ops := o.set(step.code, step.path)
		if o.text() != step.want {
			t.Errorf("%s: shows %q, want %q (%s)", step.code, o.text(), step.want, ops)
		}
	}
}

const nested = `<view id="outer" bindtap="outer" capture-bind:tap="down" mark:a="1" mark:b="outer">
	<view wx:for="{{list}}" wx:key="k" id="row{{index}}" data-row-index="{{index}}" data-item="{{item}}"
		bindtap="row" bindlongpress="press" mark:b="{{item.k}}">
		<text catchtap="{{item.stop ? 'stopped' : ''}}" wx:if="{{item.stop}}">s</text>
		<text bindtap="tapped" bindinput="typed" mut-bind:touchstart="inner" wx:else>t</text>
	</view>
	<view mut-bind:touchstart="second" bindtouchstart="third"><view mut-bind:touchstart="first" id="mut"/></view>
</view>`

// fire dispatches an event at the n-th element that the selector finds, as the browser names it.
func (o *opened) fire(selector string, n int, event string) []string {
	o.t.Helper()
	found := o.client.Tree().Find(selector)
	if len(found) <= n {
		o.t.Fatalf("%s: %d elements", selector, len(found))
	}
	steps, target, err := o.page.Dispatch(found[n].Inst, found[n].ID, event)
	if err != nil {
		o.t.Fatal(err)
	}
	if target.Tag != found[n].Tag {
		o.t.Errorf("the target is a %s, want %s", target.Tag, found[n].Tag)
	}
	names := []string{}
	for _, step := range steps {
		names = append(names, step.Handler+"@"+step.Element.DOMID)
	}
	return names
}

func TestEventsCaptureThenBubbleUntilACatch(t *testing.T) {
	t.Parallel()
	o := open(t, nested, `{list: [{k: 'x'}, {k: 'y', stop: true}]}`)
	for _, c := range []struct {
		selector string
		n        int
		event    string
		want     []string
	}{
		{"text", 0, "tap", []string{"down@outer", "tapped@", "row@row0", "outer@outer"}},
		{"text", 1, "tap", []string{"down@outer", "stopped@"}},
		{"#row1", 0, "tap", []string{"down@outer", "row@row1", "outer@outer"}},
		{"text", 0, "longpress", []string{"press@row0"}},
		{"text", 0, "input", []string{"typed@"}}, // does not bubble
		{"#row0", 0, "input", []string{}},
		{"#mut", 0, "touchstart", []string{"first@mut", "third@"}}, // one mut-bind on the way
	} {
		if diff := cmp.Diff(c.want, o.fire(c.selector, c.n, c.event)); diff != "" {
			t.Errorf("%s %d %s: %s", c.selector, c.n, c.event, diff)
		}
	}
	o.set("data.list[1].stop = ''; data.list.reverse()", []any{"list"})
	want := []string{"down@outer", "tapped@", "row@row0", "outer@outer"}
	if diff := cmp.Diff(want, o.fire("text", 0, "tap")); diff != "" {
		t.Errorf("after the rows have changed places: %s", diff)
	}
}

func TestACapturingCatchStopsEventsBeforeInnerHandlers(t *testing.T) {
	t.Parallel()
	o := open(t, `<view id="a" capture-bind:tap="first" bindtap="never"><view id="b" capture-catch:tap="stop"
		capture-bind:tap="beside"><text bindtap="never" capture-bind:tap="never"/></view></view>`, `{}`)
	want := []string{"first@a", "stop@b", "beside@b"}
	if diff := cmp.Diff(want, o.fire("text", 0, "tap")); diff != "" {
		t.Error(diff)
	}
}

// TestAListThatWasChangedInPlaceIsNotShown sets one path after the app has moved rows itself.
func TestAListThatWasChangedInPlaceIsNotShown(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", `wx:key="k"`} {
		o := open(t, `<view wx:for="{{list}}" `+key+`>{{item.k}}{{item.v}};</view>`,
			`{list: [{k: 1, v: 'a'}, {k: 2, v: 'b'}, {k: 3, v: 'c'}]}`)
		o.set("data.list.shift(); data.list[0].v = 'x'", []any{"list", 0, "v"})
		if got := o.text(); got != "1x;2b;3c;" {
			t.Errorf("%q: shows %q", key, got)
		}
	}
}

func TestEventsCarryDatasetAndMarks(t *testing.T) {
	t.Parallel()
	o := open(t, nested, `{list: [{k: 'x'}]}`)
	text := o.client.Tree().Find("text")[0]
	steps, target, err := o.page.Dispatch(text.Inst, text.ID, "tap")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"a": "1", "b": "x"}, target.Mark.Export()); diff != "" {
		t.Errorf("mark: %s", diff)
	}
	row := steps[2].Element
	if diff := cmp.Diff([]string{"rowIndex", "item"}, row.Dataset.Keys()); diff != "" {
		t.Errorf("dataset: %s", diff)
	}
	if got := row.Dataset.Get("item").(*goja.Object).Get("k").String(); got != "x" {
		t.Errorf("dataset.item.k is %q", got)
	}
	for _, place := range [][2]int{{0, 99}, {99, 0}, {-1, 0}, {0, -1}} {
		if _, _, err := o.page.Dispatch(place[0], place[1], "tap"); !errors.Is(err, view.ErrNoElement) {
			t.Errorf("%v: %v, want ErrNoElement", place, err)
		}
	}
}

func TestAttributesTakeObjects(t *testing.T) {
	t.Parallel()
	o := open(t, `<picker range="{{list}}" value="{{ {a: n, f} }}"/>`,
		`{list: ['a', 1, null, undefined, {x: [true]}], n: 0/0, f: function() {}}`)
	if want := `[["a",1,null,null,{"x":[true]}],{"a":null}]`; o.values != want {
		t.Errorf("rendered %s, want %s", o.values, want)
	}
	if got := o.set("data.list = data.list.slice()", []any{"list"}); got != "" {
		t.Errorf("an equal list was sent again: %s", got)
	}
	if got := o.set("data.list.length = 1", []any{"list"}); got != `[[0,0,["a"]]]` {
		t.Errorf("ops %s", got)
	}
}

func TestAClassAndAStyleMayBeWrittenInParts(t *testing.T) {
	t.Parallel()
	o := open(t, `<view class:first="{{on}}" class="a {{b}}" class:c-d="{{ n > 1 }}" class:always class:written="no"/>`+
		`<view class:only="{{on}}" style:color="{{c}}" style:height="1px"/><view style:width="{{n}}px" style="top: 0"/>`,
		`{on: true, b: 'b', n: 1, c: 'red'}`)
	shown := func() (all string) {
		for _, kid := range o.client.Tree().Kids {
			all += fmt.Sprintf("%v|%v\n", kid.Attrs["class"], kid.Attrs["style"])
		}
		return all
	}
	want := "a b first always written|<nil>\nonly|color:red;height:1px\n<nil>|top: 0;width:1px\n"
	if got := shown(); got != want {
		t.Error(cmp.Diff(want, got))
	}
	o.set(`data.on = false; data.n = 2`, []any{"on"}, []any{"n"})
	want = "a b c-d always written|<nil>\n|color:red;height:1px\n<nil>|top: 0;width:2px\n"
	if got := shown(); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestLimitsEndARenderWithAClearError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ markup, data, slug string }{
		"rows":      {`<view wx:for="{{list}}">x</view>`, `{list: 1e9}`, "view-too-many-nodes"},
		"nodes":     {`<view wx:for="{{a}}"><view wx:for="{{a}}">x</view></view>`, `{a: 200}`, "view-too-many-nodes"},
		"recursion": {`<template name="t"><template is="t"/></template><template is="t"/>`, `{}`, "view-too-deep"},
		"bytes":     {`<view wx:for="{{a}}">{{s}}</view>`, `{a: 3000, s: new Array(1000).join('x')}`, "view-too-large"},
		"depth":     {`<picker range="{{o}}"/>`, `(function() { var o = {}; for (var i = 0; i < 100; i++) o = {o: o}; return {o: o} })()`, "view-value-too-large"},
		"array":     {`<picker range="{{o}}"/>`, `(function() { var o = []; while (o.length < 3000) o.push(new Array(1000).join('x')); return {o: o} })()`, "view-value-too-large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt := goja.New()
			if _, err := rt.RunString("var data = " + c.data); err != nil {
				t.Fatal(err)
			}
			page := view.New(rt, compile(t, files{"page.wxml": c.markup}), copied(rt.Get("data")), view.Limits{})
			_, err := page.Render()
			if fault.CodeOf(err) != fault.TooLarge || fault.SlugOf(err) != c.slug {
				t.Errorf("got %v, want %s", err, c.slug)
			}
			page.Snapshot() // must not panic on a tree that stopped half-way
		})
	}
}

func TestFindSupportsTheSelectorsOfQueries(t *testing.T) {
	t.Parallel()
	o := open(t, `<view id="a" class="x y"><view class="x"><text class="z">1</text></view><text class="z">2</text></view>`, `{}`)
	for selector, want := range map[string]int{
		"view": 2, ".x": 2, ".x.y": 1, "#a": 1, "view#a.x": 1, "text": 2, ".x .z": 2, "#a > .z": 1,
		"#a>text": 1, "view view .z": 1, "text, #a": 3, ".none": 0, "page > view": 1, "*": 0, "": 0, ">": 0,
	} {
		if got := len(o.page.Find(selector)); got != want {
			t.Errorf("%q finds %d, want %d", selector, got, want)
		}
	}
}

func TestAClientRefusesMessagesThatDoNotFitTheStructure(t *testing.T) {
	t.Parallel()
	o := open(t, `{{a}}<view wx:if="{{b}}"/><view wx:for="{{c}}"/>`, `{c: [1, 2]}`)
	for _, ops := range []string{
		`{}`, `[[0]]`, `[[9,0,"x"]]`, `[[0,9,"x"]]`, `[[0,1,[5,[]]]]`, `[[0,2,[[0,3]],[]]]`,
		`[[0,2,[[0,1],[0,1]],[]]]`, `[[0,2,[[-1,1]],[]]]`, `[[0,2,[[0,2]]]]`, `[[0,2,[[0,2]],[[]]]]`,
	} {
		if o.client.Patch([]byte(ops)) == nil {
			t.Errorf("%s was applied", ops)
		}
	}
}

// Ensure that a list which is set again shows what was set inside it just before, however its rows reach that.
func TestAListSetAgainShowsWhatWasSetInsideIt(t *testing.T) {
	t.Parallel()
	const data = `{ rows: [{ id: 1, n: 1, kids: [{ n: 2 }] }, { id: 2, n: 3, kids: [{ n: 4 }] }] }`
	for name, markup := range map[string]string{
		"own":      `<view wx:for="{{rows}}" wx:key="id">{{item.n}}{{item.kids[0].n}}</view>`,
		"keyless":  `<view wx:for="{{rows}}">{{item.n}}{{item.kids[0].n}}</view>`,
		"computed": `<view wx:for="{{rows ? rows : 0}}" wx:key="id">{{item.n}}{{item.kids[0].n}}</view>`,
		"in a row": `<view wx:for="{{rows}}" wx:key="id">{{item.n}}<text wx:for="{{item.kids}}">{{item.n}}</text></view>`,
		"in a template": `<template name="t"><view wx:for="{{list}}" wx:key="id">{{item.n}}<text wx:for="{{item.kids}}">{{item.n}}</text></view></template>` +
			`<template is="t" data="{{list: rows ? rows : 0}}" />`,
	} {
		o := open(t, markup, data)
		o.set(`data.rows[0].n = 5; data.rows[1].kids[0].n = 6`, []any{"rows", 0, "n"}, []any{"rows", 1, "kids", 0, "n"}, []any{"rows"})
		if shown := strings.Join(strings.Fields(o.text()), ""); shown != "5236" {
			t.Errorf("%s: shows %s, want 5236", name, shown)
		}
	}
}
