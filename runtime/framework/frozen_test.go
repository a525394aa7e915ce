package framework_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

// Ensure that the shell hears of a page that cannot be shown, or no longer, after what the page showed.
func TestAPageWhoseViewFailsIsToldToBeFrozen(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		page, markup string
		want         string
	}{
		"at first": {"Page({data: {list: Array(40000).fill(1)}})", ``, `{"blank":true,"page":1,"t":"frozen"}`},
		"later":    {"Page({data: {list: [1]}, onReady() { this.setData({list: Array(40000).fill(1)}) }})", ``, `{"blank":false,"page":1,"t":"frozen"}`},
		"a fault":  {"Page({})", `<view`, `{"blank":true,"page":1,"t":"frozen"}`},
		"a box":    {"Page({data: {list: [1]}})", `<x-y/>`, ""}, // its component is missing
		"never":    {"Page({data: {list: Array(2000).fill(1)}})", ``, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := apptest.Open(t, map[string]string{
				"app.json":               `{"pages":["pages/index/index"]}`,
				"pages/index/index.js":   tc.page,
				"pages/index/index.json": `{"usingComponents":{"x-y":"/none"}}`,
				"pages/index/index.wxml": `<view wx:for="{{list}}" wx:key="*this">{{item}}</view>` + tc.markup,
			})
			b.Send(`{"t":"ready","page":1}`)
			var told []string
			shown := false
			for _, f := range b.Frames {
				switch f["t"] {
				case "page":
					shown = true
				case "frozen":
					if !shown {
						t.Error("it is told before the page")
					}
					told = append(told, apptest.JSON(f))
				}
			}
			if got := strings.Join(told, " "); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
