package compile

import (
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
)

// tabIconBytes is the vendor's recommended size of tab bar icons; larger icons only get a warning.
const tabIconBytes = 40 << 10

// appConfig reads app.json. It returns false when the compilation cannot continue.
func (c *compilation) appConfig() bool {
	content, ok := c.files["app.json"]
	if !ok {
		c.report(source.Error, "app-json-not-found", "app.json", 0, 0, "There is no app.json. It must "+
			"be at the top of the bundle, or in the miniprogramRoot of project.config.json.")
		return false
	}
	doc, ok := c.document("app.json", content)
	if !ok {
		return false
	}
	app := &c.img.App
	c.readTheme(doc)
	c.aliases(doc)
	c.workers(doc)
	c.extConfig()
	c.plugins(doc)
	c.extendedLib(doc)
	c.sitemap(doc)
	app.Window, c.darkWindow = image.DefaultWindow(), image.DefaultWindow()
	c.window(doc.object("window"), &app.Window, &c.darkWindow)
	c.window(c.ext.object("window"), &app.Window, &c.darkWindow)
	doc.setOneOf("style", &app.Window.Style, "v2")
	doc.setBool("darkmode", &app.Darkmode)
	app.NetworkTimeout = image.DefaultNetworkTimeout()
	timeouts := doc.object("networkTimeout")
	timeouts.setInt("request", &app.NetworkTimeout.Request, 1, MaxTimeout)
	timeouts.setInt("connectSocket", &app.NetworkTimeout.ConnectSocket, 1, MaxTimeout)
	timeouts.setInt("uploadFile", &app.NetworkTimeout.UploadFile, 1, MaxTimeout)
	timeouts.setInt("downloadFile", &app.NetworkTimeout.DownloadFile, 1, MaxTimeout)
	doc.setBool("debug", &app.Debug)
	c.shared = c.usingComponents(doc)
	var told []string
	for i := range c.shared {
		if c.shared[i].path == "" {
			told = c.warnMissing(&c.shared[i], told)
		}
	}
	c.routes(doc)
	c.entryPage(doc)
	if c.ext.object("tabBar").given() {
		c.tabBar(c.ext)
	} else {
		c.tabBar(doc)
	}
	c.teahouse(doc)
	if c.result.Report.AppName == "" {
		c.result.Report.AppName = app.Window.NavigationBarTitleText
	}
	return len(app.Pages) > 0
}

// setTextStyle reads the colour of a title. As in the vendor's client all but "black" is white: developers
// choose the colour of the bar for the text that they see on it.
func (n node) setTextStyle(target *string) {
	if !n.member("navigationBarTextStyle").given() {
		return
	}
	*target = "white"
	n.setOneOf("navigationBarTextStyle", target, "black", "white")
}

// window reads the keys that app.json and page.json have in common into a window and its dark twin.
func (c *compilation) window(n node, w, dark *image.WindowConfig) {
	c.windowKeys(n, w)
	c.theme.inTheDark(func() { c.windowKeys(n, dark) })
	w.Dark = nil
	if look := dark.Look(); look != w.Look() {
		w.Dark = &look
	}
}

func (c *compilation) windowKeys(n node, w *image.WindowConfig) {
	n.setColour("navigationBarBackgroundColor", &w.NavigationBarBackgroundColor)
	n.setTextStyle(&w.NavigationBarTextStyle)
	n.setText("navigationBarTitleText", &w.NavigationBarTitleText)
	n.setOneOf("navigationStyle", &w.NavigationStyle, "default", "custom")
	n.setBool("homeButton", &w.HomeButton)
	n.setColour("backgroundColor", &w.BackgroundColor)
	n.setOneOf("backgroundTextStyle", &w.BackgroundTextStyle, "dark", "light")
	n.setColour("backgroundColorContent", &w.BackgroundColorContent)
	n.setBool("enablePullDownRefresh", &w.EnablePullDownRefresh)
	n.setInt("onReachBottomDistance", &w.OnReachBottomDistance, 0, MaxReachBottom)
	n.setOneOf("pageOrientation", &w.PageOrientation, "portrait", "landscape", "auto")
	n.setBool("disableScroll", &w.DisableScroll)
}

// pageConfig reads page.json over the window of app.json, and returns the components that it names.
func (c *compilation) pageConfig(page *image.Page) []using {
	dark := c.darkWindow
	defer func() { c.window(c.ext.object("extPages").object(page.Path), &page.Config, &dark) }()
	content, ok := c.files[page.Path+".json"]
	if !ok {
		return nil
	}
	var doc node
	c.inPart(func() { doc, ok = c.document(page.Path+".json", content) })
	if !ok {
		page.Failure = c.root + page.Path + ".json cannot be read."
		return nil
	}
	c.window(doc, &page.Config, &dark)
	doc.setOneOf("style", &page.Config.Style, "v2")
	return c.componentConfig(doc, &page.Component)
}

func (c *compilation) route(n node, root string) {
	text, ok := n.string()
	if !ok {
		n.wrong(source.Error, "the path of a page")
		return
	}
	route := root + strings.TrimPrefix(strings.TrimSpace(text), "/")
	unprintable := strings.ContainsFunc(route, func(r rune) bool { return !unicode.IsPrint(r) })
	if route == "" || path.Clean("/"+route) != "/"+route || unprintable || len(route) > MaxRouteBytes {
		n.wrong(source.Error, `the path of a page without extension, such as "pages/index/index"`)
		return
	}
	if slices.Contains(c.img.App.Pages, route) {
		n.report(source.Warning, "page-twice", "The page %q is listed twice.", route)
		return
	}
	if len(c.img.App.Pages) >= MaxPages {
		n.report(source.Error, "too-many-pages", "A program may have %d pages.", MaxPages)
		return
	}
	c.pageMissing(n, route)
	c.img.App.Pages = append(c.img.App.Pages, route)
}

// pageMissing reports a page without its files. The other pages can be tried.
func (c *compilation) pageMissing(n node, route string) {
	_, hasMarkup := c.files[route+".wxml"]
	hasScript := c.script(route) != ""
	if hasMarkup && hasScript {
		return
	}
	if c.missing == nil {
		c.missing = map[string]string{}
	}
	name := c.root + route
	c.inPart(func() {
		switch {
		case hasScript:
			n.report(source.Error, "page-not-found", "The page %q has no %s.wxml.", route, name)
			c.missing[route] = "There is no " + name + ".wxml."
		case hasMarkup:
			n.report(source.Error, "page-not-found", "The page %q has no %s.js.", route, name)
			c.missing[route] = "There is no " + name + ".js."
		default:
			n.report(source.Error, "page-not-found", "The page %q does not exist: "+
				"there is neither %s.wxml nor %s.js. Check the spelling, or remove it from app.json.", route, name, name)
			c.missing[route] = "There is neither " + name + ".wxml nor " + name + ".js."
		}
	})
}

// script is the file with the module of a path without extension. JavaScript comes before
// TypeScript: when both exist, the developer's tools made the JavaScript from the TypeScript.
func (c *compilation) script(base string) string {
	for _, extension := range []string{".js", ".ts"} {
		if _, ok := c.files[base+extension]; ok {
			return base + extension
		}
	}
	return ""
}

func (c *compilation) entryPage(doc node) {
	app := &c.img.App
	if len(app.Pages) > 0 {
		app.EntryPagePath = app.Pages[0]
	}
	n := doc.member("entryPagePath")
	if !n.given() {
		return
	}
	text, _ := n.string()
	if text = strings.TrimPrefix(text, "/"); !slices.Contains(app.Pages, text) {
		n.wrong(source.Error, "one of the pages")
		return
	}
	app.EntryPagePath = text
}

func (c *compilation) tabBar(doc node) {
	n := doc.object("tabBar")
	if !n.given() {
		return
	}
	bar, dark := c.tabBarKeys(n), (*image.TabBar)(nil)
	c.theme.inTheDark(func() { dark = c.tabBarKeys(n) })
	if bar == nil || dark == nil {
		return
	}
	if look := dark.Look(); !reflect.DeepEqual(look, bar.Look()) {
		bar.Dark = &look
	}
	c.img.App.TabBar = bar
}

// tabBarKeys reads a tab bar. It returns nil, after a diagnostic, when the bar has too few or too many
// tabs.
func (c *compilation) tabBarKeys(n node) *image.TabBar {
	bar := &image.TabBar{
		Color: "#999999", SelectedColor: "#1aad19", BackgroundColor: "#ffffff",
		BorderStyle: "black", Position: "bottom",
	}
	n.setColour("color", &bar.Color)
	n.setColour("selectedColor", &bar.SelectedColor)
	n.setColour("backgroundColor", &bar.BackgroundColor)
	n.setOneOf("borderStyle", &bar.BorderStyle, "black", "white")
	n.setOneOf("position", &bar.Position, "bottom", "top")
	n.setBool("custom", &bar.Custom)
	if bar.Custom && !c.isComponent(image.TabBarComponent) {
		n.member("custom").report(source.Warning, "tab-bar-not-found",
			"The custom tab bar is the component custom-tab-bar/index, which is not there; the usual bar is shown.")
		bar.Custom = false
	}
	if bar.Custom {
		c.wantComponent(image.TabBarComponent)
	}
	items := n.elements("list")
	if len(items) < MinTabs || len(items) > MaxTabs {
		at := n.member("list")
		if !at.given() {
			at = n
		}
		at.report(source.Error, "tab-count", "tabBar.list has %d tabs; it should have %d to %d.",
			len(items), MinTabs, MaxTabs)
		return nil
	}
	for _, item := range items {
		bar.List = append(bar.List, c.tab(item))
	}
	return bar
}

func (c *compilation) tab(n node) image.TabItem {
	item := image.TabItem{}
	if n.value.Value.Kind() != '{' {
		n.wrong(source.Error, "an object with pagePath and text")
		return item
	}
	page := n.member("pagePath")
	text, _ := page.string()
	item.PagePath = strings.TrimPrefix(text, "/")
	if !slices.Contains(c.img.App.Pages, item.PagePath) {
		at := page
		if !at.given() {
			at = n
		}
		at.report(source.Error, "tab-page-not-found",
			"%s.pagePath should be one of the pages; %q is not.", n.path, text)
	} else if sub := c.img.App.SubpackageOf(item.PagePath); sub != nil {
		page.report(source.Error, "tab-in-subpackage",
			"The page %q of a tab is in the subpackage %s. Pages of tabs are in the main package.", text, sub.Root)
	}
	n.setText("text", &item.Text)
	item.IconPath = c.tabIcon(n.member("iconPath"))
	item.SelectedIconPath = c.tabIcon(n.member("selectedIconPath"))
	return item
}

// tabIcon returns the public path of an icon, or "" after a warning: the tab still has its text.
func (c *compilation) tabIcon(n node) string {
	if !n.given() {
		return ""
	}
	text, _ := n.string()
	if text = c.theme.value(text); text == "" {
		return ""
	}
	icon := strings.TrimPrefix(path.Clean("/"+text), "/")
	if !c.isAsset(icon) {
		n.report(source.Warning, "tab-icon-not-found", "There is no picture %q.", text)
		return ""
	}
	if size := len(c.files[icon]); size > tabIconBytes {
		n.report(source.Warning, "tab-icon-large", "The icon %q has %d KB; %d KB are enough.",
			text, size>>10, tabIconBytes>>10)
	}
	return icon
}

// Scopes lists all scopes that an app can request, sorted. The bridge decides what each permits.
var Scopes = []string{
	"cloud", "follower", "location", "login", "message", "network", "payment", "profile", "record", "subscribe",
}

// CollectionRights are who may use a collection of wx.cloud's database, as the vendor names it. The cloud decides
// what each permits.
var CollectionRights = []string{"ADMINONLY", "ADMINWRITE", "PRIVATE", "READONLY"}

var collectionPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,63}$`)

// hostPattern is a host name of at least two labels, or an IPv4 address, in lower case, with a port
// if it is not 443, and without wildcards: a reviewer must see exactly which hosts an app calls.
// Private addresses are refused when a request is made, unless the operator allows them.
var hostPattern = regexp.MustCompile(
	`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:[1-9][0-9]{0,4})?$`)

// teahouse reads the scopes and domains that the app requests.
func (c *compilation) teahouse(doc node) {
	n := doc.object("teahouse")
	asks := &c.img.App.Teahouse
	asks.Scopes, asks.Domains = []string{}, []string{}
	c.declared = n.member("scopes").given()
	for _, scope := range n.elements("scopes") {
		text, _ := scope.string()
		if !slices.Contains(Scopes, text) {
			scope.wrong(source.Error, fmt.Sprintf("one of %s", strings.Join(Scopes, ", ")))
			continue
		}
		asks.Scopes = append(asks.Scopes, text)
	}
	for i, domain := range n.elements("domains") {
		text, _ := domain.string()
		if i >= MaxDomains {
			domain.report(source.Error, "too-many-domains", "A program may name %d domains.", MaxDomains)
			break
		}
		if len(text) > 253 || !hostPattern.MatchString(text) {
			domain.wrong(source.Error, `a host in lower case without https://, such as "api.example.com" or "api.example.com:8443"`)
			continue
		}
		asks.Domains = append(asks.Domains, text)
	}
	collections := n.object("collections")
	for i, name := range collections.keys() {
		access := collections.member(name)
		right, _ := access.string()
		switch {
		case i >= MaxCollections:
			access.report(source.Error, "too-many-collections", "A program may name %d collections.", MaxCollections)
			return
		case !collectionPattern.MatchString(name):
			access.report(source.Error, "config-value", "%q is no name of a collection: 1 to 64 letters, digits, _ and -, the first a letter or _.", name)
		case !slices.Contains(CollectionRights, right):
			access.wrong(source.Error, fmt.Sprintf("one of %s", strings.Join(CollectionRights, ", ")))
		default:
			if asks.Collections == nil {
				asks.Collections = map[string]string{}
			}
			asks.Collections[name] = right
		}
	}
	slices.Sort(asks.Scopes)
	slices.Sort(asks.Domains)
	asks.Scopes, asks.Domains = slices.Compact(asks.Scopes), slices.Compact(asks.Domains)
}
