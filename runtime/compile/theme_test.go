package compile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/runtime/image"
)

func TestCompile_ReadsBothThemes(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{
		"app.json": `{"pages":["pages/index/index","pages/cart/cart"],"darkmode":true,"themeLocation":"looks/theme.json",
			"window":{"navigationBarBackgroundColor":"@bar","navigationBarTextStyle":"@text","backgroundColor":"#eee"},
			"tabBar":{"color":"@text2","backgroundColor":"#fff","list":[
				{"pagePath":"pages/index/index","text":"A","iconPath":"@icon"},{"pagePath":"pages/cart/cart","text":"B"}]}}`,
		"looks/theme.json": "\ufeff" + `{"light":{"bar":"#fff","text":"black","text2":"#111","icon":"img/home.png"}, // both
			"dark":{"bar":"#000","text":"white","text2":"#eee","icon":"/img/night.png","page":"#222"},}`,
		"img/night.png":          "png",
		"pages/cart/cart.json":   `{"navigationBarBackgroundColor":"#123456","navigationBarTextStyle":"white"}`,
		"pages/index/index.json": "{\n\"backgroundColorContent\":\"@page\"}",
	})
	if diff := cmp.Diff([]string{"warning theme-not-found pages/index/index.json:2:26"}, lines(r.Diagnostics)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	if r.Image == nil {
		t.Fatal(r.Diagnostics)
	}
	app := r.Image.App
	if app.Window.NavigationBarBackgroundColor != "#ffffff" || app.Window.NavigationBarTextStyle != "black" {
		t.Errorf("in the light: %+v", app.Window)
	}
	want := &image.WindowLook{NavigationBarBackgroundColor: "#000000", NavigationBarTextStyle: "white",
		BackgroundColor: "#eeeeee", BackgroundTextStyle: "dark"}
	if diff := cmp.Diff(want, app.Window.Dark); diff != "" {
		t.Errorf("in the dark (-want +got):\n%s", diff)
	}
	if dark := r.Image.Page("pages/index/index").Config.Dark; dark == nil || dark.BackgroundColorContent != "#222222" ||
		dark.NavigationBarBackgroundColor != "#000000" {
		t.Errorf("a page in the dark: %+v", dark)
	}
	if dark := r.Image.Page("pages/cart/cart").Config.Dark; dark != nil {
		t.Errorf("a page without variables of its own differs in the dark: %+v", dark)
	}
	wantBar := &image.TabBarLook{Color: "#eeeeee", SelectedColor: "#1aad19", BackgroundColor: "#ffffff", BorderStyle: "black",
		List: []image.TabIcons{{IconPath: "img/night.png"}, {}}}
	if diff := cmp.Diff(wantBar, app.TabBar.Dark); diff != "" {
		t.Errorf("tab bar in the dark (-want +got):\n%s", diff)
	}
}
