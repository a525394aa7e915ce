package view_test

import (
	"strings"
	"testing"
)

// The module counts its calls in its results.
const countingModule = `<wxs module="m">
	var calls = 0;
	module.exports.of = function (v) { calls++; return v + '#' + calls; };
	module.exports.now = function () { calls++; return 'now#' + calls; };
</wxs>`

func TestACallIsMadeAgainOnlyWhenItsArgumentsChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, markup, first, other, own string }{
		{"beside another value in a text", `<view>{{a}} {{m.of(b)}}</view>`, "1 x#1", "2 x#1", "2 y#2"},
		{"two calls in a text", `<view>{{m.of(a)}} {{m.of(b)}}</view>`, "1#1 x#2", "2#3 x#2", "2#3 y#4"},
		{"a call as an argument", `<view>{{m.of(a + m.of(b))}}</view>`, "1x#1#2", "2x#1#3", "2y#4#5"},
		{"in a condition", `<view wx:if="{{a > 0 && m.of(b)}}">{{m.of(b)}}</view>`, "x#2", "x#2", "y#4"},
		{"in a condition beside another", `<view wx:if="{{m.of(b) == a}}"/><view wx:else>{{m.of(b)}}</view>`, "x#2", "x#2", "y#4"},
		{"in the data of a template", `<template name="t">{{a}} {{s}}</template><template is="t" data="{{a, s: m.of(b)}}"/>`,
			"1 x#1", "2 x#1", "2 y#2"},
		{"in a list", `<block wx:for="{{[a, m.of(b)]}}">{{item}} </block>`, "1 x#1 ", "2 x#1 ", "2 y#2 "},
		{"what reads nothing is made with its text", `<view>{{a}}{{b}} {{m.now()}}</view>`, "1x now#1", "2x now#2", "2y now#3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := open(t, countingModule+c.markup, `{a: 1, b: 'x'}`)
			shows := func(want string) {
				t.Helper()
				if got := o.client.Tree().InnerText(); got != want {
					t.Errorf("shows %q, not %q", got, want)
				}
			}
			shows(c.first)
			o.set("data.a = 2", []any{"a"})
			shows(c.other)
			o.set("data.b = 'y'", []any{"b"})
			shows(c.own)
		})
	}
}

func TestACallInARowIsMadeAgainForThatRowAlone(t *testing.T) {
	t.Parallel()
	o := open(t, countingModule+`<view wx:for="{{list}}">{{selected}} {{m.of(item)}};</view>`, `{selected: 1, list: ['a', 'b']}`)
	o.set("data.selected = 2", []any{"selected"})
	o.set("data.list[1] = 'c'", []any{"list", 1})
	if got, want := o.client.Tree().InnerText(), "2 a#1;2 c#3;"; got != want {
		t.Errorf("shows %q, not %q", got, want)
	}
	o.set("data.list = ['a', 'c', 'd']", []any{"list"})
	if got := o.client.Tree().InnerText(); !strings.Contains(got, "a#4") {
		t.Errorf("a list that was set whole has other items, as far as the page knows: %q", got)
	}
}
