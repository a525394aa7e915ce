package framework_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func split() map[string]string {
	return map[string]string{
		"app.json": `{"pages":["pages/index/index"],"subPackages":[
			{"root":"alone","pages":["a"],"independent":true},{"root":"shop/","name":"shop","pages":["/list"]}],
			"resolveAlias":{"~/*":"/lib/*","tea":"lib/tea.js"}}`,
		"app.js":               `App({name: 'tea', onLaunch() { console.log('launch'); }, onShow() { console.log('show'); }, onHide() { console.log('hide'); }})`,
		"pages/index/index.js": apptest.PrintingPage("index", ""),
		"alone/a.js": `const early = getApp({allowDefault: true}); early.kept = 1;
			console.log('app', getApp() === early, early.name);
			Page({onLoad() { console.log('alone'); }, go() { wx.navigateTo({url: '/shop/list'}); }})`,
		"alone/a.wxml": `<view bindtap="go"/>`,
		"shop/list.js": `console.log('shop code');
			require('../alone/lazy', (m) => console.log('later', m.name));
			require.async('~/tea').then((m) => console.log('async', m, require('tea')));
			Page({onLoad() { console.log('list', getApp().name, getApp().kept); }})`,
		"shop/list.wxml": " ",
		"alone/lazy.js":  `exports.name = 'lazy'`,
		"lib/tea.js":     `module.exports = 'oolong'`,
	}
}

func TestAnIndependentSubpackageRunsBeforeTheApp(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, split(), apptest.WithPath("alone/a"))
	b.Send(`{"t":"hide"}`)
	b.Send(`{"t":"show"}`)
	b.Tap(1, 0)
	want := "app true undefined\nalone\nlaunch\nshow\nshop code\nasync oolong oolong\nlist tea 1\nlater lazy"
	if got := b.Printed(); !strings.Contains(got, want) {
		t.Errorf("printed %s\n%s", got, b.Problems())
	}
	b.WantClean()
}

func TestCodeOfASubpackageRunsWhenItIsFirstNeeded(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, split())
	if got := b.Printed(); strings.Contains(got, "shop code") || !strings.Contains(got, "launch\nshow\nindex.onLoad") {
		t.Errorf("printed %s", got)
	}
}

// Ensure that a component of a subpackage is there at once: the host has all packages, so that its placeholder
// is for tags of which there is nothing, such as those of plugins.
func TestAComponentOfASubpackageStandsInPlaceOfItsPlaceholder(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"app.json": `{"pages":["pages/index/index"],"subPackages":[{"root":"shop","pages":["list"]}]}`,
		"pages/index/index.json": `{"usingComponents":{"x-card":"/shop/card"},
			"componentPlaceholder":{"x-card":"view"}}`,
		"pages/index/index.js":   `Page({data: {n: 1}, heard(e) { console.log('heard', e.detail.n); }})`,
		"pages/index/index.wxml": `<x-card n="{{n}}" bind:here="heard"/>`,
		"shop/list.js":           "Page({})",
		"shop/list.wxml":         " ",
		"shop/card.json":         `{"component":true}`,
		"shop/card.js":           `Component({properties: {n: Number}, attached() { this.triggerEvent('here', {n: this.data.n}); }})`,
		"shop/card.wxml":         "<view>{{n}}</view>",
	})
	b.WantPrinted("heard 1")
	b.WantClean()
}
