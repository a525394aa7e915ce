package compile

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/teahouse/teahouse/runtime/image"
)

// tabIconBytes is the vendor's recommended size of tab bar icons; larger icons only get a warning.
const tabIconBytes = 40 << 10

// projectConfig reads in which folder of the bundle the program is. The file belongs to the
// developer's tools, so the only error in it that stops a build is a missing root.
func (c *compilation) projectConfig() {
	const file = "project.config.json"
	content, ok := c.all[file]
	if !ok {
		return
	}
	doc, ok := c.document(file, content)
	if !ok {
		return
	}
	doc.setText("projectname", &c.result.Report.AppName)
	root := doc.member("miniprogramRoot")
	text, ok := root.string()
	if !ok {
		return
	}
	clean := strings.Trim(path.Clean("/"+strings.TrimPrefix(text, "./")), "/")
	if clean == "" {
		return
	}
	for name := range c.all {
		if strings.HasPrefix(name, clean+"/") {
			c.root = clean + "/"
			return
		}
	}
	root.report(SeverityError, "root-not-found", "There is no folder %q in the bundle.", text)
}

// appConfig reads app.json. It returns false when the compilation cannot continue.
func (c *compilation) appConfig() bool {
	content, ok := c.files["app.json"]
	if !ok {
		c.report(SeverityError, "app-json-not-found", "app.json", 0, 0, "There is no app.json. It must "+
			"be at the top of the bundle, or in the miniprogramRoot of project.config.json.")
		return false
	}
	doc, ok := c.document("app.json", content)
	if !ok {
		return false
	}
	app := &c.img.App
	c.readTheme(doc)
	app.Window = image.DefaultWindow()
	c.window(doc.object("window"), &app.Window)
	doc.setOneOf("style", &app.Window.Style, "v2")
	doc.setBool("darkmode", &app.Darkmode)
	app.NetworkTimeout = image.DefaultNetworkTimeout()
	timeouts := doc.object("networkTimeout")
	timeouts.setInt("request", &app.NetworkTimeout.Request, 1, MaxTimeout)
	timeouts.setInt("connectSocket", &app.NetworkTimeout.ConnectSocket, 1, MaxTimeout)
	timeouts.setInt("uploadFile", &app.NetworkTimeout.UploadFile, 1, MaxTimeout)
	timeouts.setInt("downloadFile", &app.NetworkTimeout.DownloadFile, 1, MaxTimeout)
	doc.setBool("debug", &app.Debug)
	c.noComponents(doc)
	c.routes(doc)
	c.entryPage(doc)
	c.tabBar(doc)
	c.teahouse(doc)
	if c.result.Report.AppName == "" {
		c.result.Report.AppName = app.Window.NavigationBarTitleText
	}
	return len(app.Pages) > 0
}

// window reads the keys that app.json and page.json have in common.
func (c *compilation) window(n node, w *image.WindowConfig) {
	n.setColour("navigationBarBackgroundColor", &w.NavigationBarBackgroundColor)
	n.setOneOf("navigationBarTextStyle", &w.NavigationBarTextStyle, "black", "white")
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

// noComponents warns that the app's own components are not supported, and how they will look.
func (c *compilation) noComponents(doc node) {
	components := doc.object("usingComponents")
	if names := components.keys(); len(names) > 0 {
		c.components = true
		components.report(SeverityWarning, "components-not-supported", "Components of the program's "+
			"own are not supported yet: <%s> will show only what it encloses.", names[0])
	}
	c.npmComponents(components)
}

// npmComponents names the packages of npm that components come from and that are not in the bundle,
// each once a file.
func (c *compilation) npmComponents(components node) {
	var told []string
	for _, key := range components.keys() {
		from := components.member(key)
		path, _ := from.string()
		name := c.npmMissing(components.file, path)
		if name == "" || slices.Contains(told, name) {
			continue
		}
		told = append(told, name)
		from.report(SeverityWarning, "npm-not-built",
			"The component <%s> comes from the package %s, which is not in miniprogram_npm. %s", key, name, npmAdvice)
	}
}

// pageConfig reads page.json over the window of app.json.
func (c *compilation) pageConfig(route string) image.WindowConfig {
	w := c.img.App.Window
	content, ok := c.files[route+".json"]
	if !ok {
		return w
	}
	doc, ok := c.document(route+".json", content)
	if !ok {
		return w
	}
	c.window(doc, &w)
	doc.setOneOf("style", &w.Style, "v2")
	c.noComponents(doc)
	return w
}

// routes reads the pages. Pages of subpackages are treated like pages of the main package: the size
// limit that subpackages avoid does not exist here.
func (c *compilation) routes(doc node) {
	for _, n := range doc.elements("pages") {
		c.route(n, "")
	}
	for _, key := range []string{"subpackages", "subPackages"} {
		for _, sub := range doc.elements(key) {
			root, ok := sub.member("root").string()
			if !ok {
				sub.report(SeverityError, "config-value", "%s.root should be the folder of the subpackage.", sub.path)
				continue
			}
			for _, n := range sub.elements("pages") {
				c.route(n, strings.Trim(root, "/")+"/")
			}
		}
	}
	if !doc.member("pages").given() || len(c.img.App.Pages) == 0 && !c.failed {
		doc.report(SeverityError, "no-pages",
			`app.json names no page. Write "pages": ["pages/index/index"].`)
	}
}

func (c *compilation) route(n node, root string) {
	text, ok := n.string()
	if !ok {
		n.wrong(SeverityError, "the path of a page")
		return
	}
	route := root + strings.TrimPrefix(strings.TrimSpace(text), "/")
	unprintable := strings.ContainsFunc(route, func(r rune) bool { return !unicode.IsPrint(r) })
	if route == "" || path.Clean("/"+route) != "/"+route || unprintable || len(route) > MaxRouteBytes {
		n.wrong(SeverityError, `the path of a page without extension, such as "pages/index/index"`)
		return
	}
	if slices.Contains(c.img.App.Pages, route) {
		n.report(SeverityWarning, "page-twice", "The page %q is listed twice.", route)
		return
	}
	if len(c.img.App.Pages) >= MaxPages {
		n.report(SeverityError, "too-many-pages", "A program may have %d pages.", MaxPages)
		return
	}
	_, hasMarkup := c.files[route+".wxml"]
	hasScript := c.script(route) != ""
	switch {
	case !hasMarkup && !hasScript:
		n.report(SeverityError, "page-not-found", "The page %q does not exist: "+
			"there is neither %s.wxml nor %s.js. Check the spelling, or remove it from app.json.",
			route, c.root+route, c.root+route)
	case !hasMarkup:
		n.report(SeverityError, "page-not-found", "The page %q has no %s.wxml.", route, c.root+route)
	case !hasScript:
		n.report(SeverityError, "page-not-found", "The page %q has no %s.js.", route, c.root+route)
	}
	c.img.App.Pages = append(c.img.App.Pages, route)
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
		n.wrong(SeverityError, "one of the pages")
		return
	}
	app.EntryPagePath = text
}

func (c *compilation) tabBar(doc node) {
	n := doc.object("tabBar")
	if !n.given() {
		return
	}
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
	if bar.Custom {
		n.member("custom").report(SeverityWarning, "components-not-supported",
			"A custom tab bar is a component and is not supported yet; the usual bar is shown.")
		bar.Custom = false
	}
	items := n.elements("list")
	if len(items) < MinTabs || len(items) > MaxTabs {
		at := n.member("list")
		if !at.given() {
			at = n
		}
		at.report(SeverityError, "tab-count", "tabBar.list has %d tabs; it should have %d to %d.",
			len(items), MinTabs, MaxTabs)
		return
	}
	for _, item := range items {
		bar.List = append(bar.List, c.tab(item))
	}
	c.img.App.TabBar = bar
}

func (c *compilation) tab(n node) image.TabItem {
	item := image.TabItem{}
	if n.value.Value.Kind() != '{' {
		n.wrong(SeverityError, "an object with pagePath and text")
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
		at.report(SeverityError, "tab-page-not-found",
			"%s.pagePath should be one of the pages; %q is not.", n.path, text)
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
	if text == "" {
		return ""
	}
	icon := strings.TrimPrefix(path.Clean("/"+text), "/")
	if !c.isAsset(icon) {
		n.report(SeverityWarning, "tab-icon-not-found", "There is no picture %q.", text)
		return ""
	}
	if size := len(c.files[icon]); size > tabIconBytes {
		n.report(SeverityWarning, "tab-icon-large", "The icon %q has %d KB; %d KB are enough.",
			text, size>>10, tabIconBytes>>10)
	}
	return icon
}

// readTheme reads the light colours, which other files refer to as "@name".
func (c *compilation) readTheme(doc node) {
	file := "theme.json"
	if text, ok := doc.member("themeLocation").string(); ok {
		file = strings.TrimPrefix(path.Clean("/"+text), "/")
	}
	content, ok := c.files[file]
	if !ok {
		return
	}
	theme, ok := c.document(file, content)
	if !ok {
		return
	}
	light := theme.object("light")
	c.theme = map[string]string{}
	for _, key := range light.keys() {
		if value, ok := light.member(key).string(); ok {
			c.theme["@"+key] = value
		}
	}
}

// themed returns the value, or for "@name" the colour from the theme.
func (c *compilation) themed(value string) string {
	if light, ok := c.theme[value]; ok {
		return light
	}
	return value
}

// Scopes lists all scopes that an app can request, sorted. The bridge decides what each permits.
var Scopes = []string{
	"follower", "login", "message", "network", "payment", "profile", "subscribe",
}

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
			scope.wrong(SeverityError, fmt.Sprintf("one of %s", strings.Join(Scopes, ", ")))
			continue
		}
		asks.Scopes = append(asks.Scopes, text)
	}
	for i, domain := range n.elements("domains") {
		text, _ := domain.string()
		if i >= MaxDomains {
			domain.report(SeverityError, "too-many-domains", "A program may name %d domains.", MaxDomains)
			break
		}
		if len(text) > 253 || !hostPattern.MatchString(text) {
			domain.wrong(SeverityError, `a host in lower case without https://, such as "api.example.com" or "api.example.com:8443"`)
			continue
		}
		asks.Domains = append(asks.Domains, text)
	}
	slices.Sort(asks.Scopes)
	slices.Sort(asks.Domains)
	asks.Scopes, asks.Domains = slices.Compact(asks.Scopes), slices.Compact(asks.Domains)
}
