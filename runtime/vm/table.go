package vm

import (
	"encoding/base64"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// wxRows is the table from which wx is made. The rows for navigation, interface and device are in
// this file; those for storage, network and accounts are in their own files.
var wxRows = slices.Concat(routeRows, uiRows, deviceRows, eventRows, storageRows, networkRows,
	openRows, toolRows)

// navigation makes the row of one of the five navigations. The move happens after the code that
// asks for it: code after wx.navigateTo runs before the next page's onLoad.
func navigation(op string) wxAPI {
	return wxAPI{name: op, async: func(s *Session, c *apiCall) {
		url, delta := c.text("url"), int(c.number("delta", 1))
		events := c.value("events")
		s.moveLater(func() {
			if s.ended != nil {
				return
			}
			var ends *goja.Object
			if op == "navigateTo" {
				s.guard(func() { ends = s.kitCall("channel", events).(*goja.Object) })
			}
			s.pendingChannel = nil
			if ends != nil {
				s.pendingChannel = ends.Get("1")
			}
			reason := s.navigate(op, url, delta)
			s.pendingChannel = nil
			if reason != "" {
				c.fail(reason)
				return
			}
			res := s.rt.NewObject()
			if ends != nil {
				res.Set("eventChannel", ends.Get("0"))
			}
			c.ok(res)
		})
	}}
}

var routeRows = []wxAPI{
	navigation("navigateTo"), navigation("redirectTo"), navigation("reLaunch"),
	navigation("switchTab"), navigation("navigateBack"),
	{name: "exitMiniProgram", async: func(s *Session, c *apiCall) { c.notifyShell("exit", []byte("{}")) }},
	{name: "restartMiniProgram", async: func(s *Session, c *apiCall) {
		url := c.text("path")
		s.moveLater(func() {
			if reason := s.navigate("reLaunch", url, 0); reason != "" {
				c.fail(reason)
				return
			}
			c.ok(nil)
		})
	}},
}

// show makes a row that sends a frame to the shell and expects no answer. The frame has the options
// named in fields and the id of the page on top.
func show(name string, fields ...string) wxAPI {
	return wxAPI{name: name, async: func(s *Session, c *apiCall) {
		if args, ok := c.pickOnPage(fields...); ok {
			c.notifyShell(name, args)
		}
	}}
}

// askShell makes a row whose answer the user gives.
func askShell(name string, fields ...string) wxAPI {
	return wxAPI{name: name, async: func(s *Session, c *apiCall) {
		if args, ok := c.pickOnPage(fields...); ok {
			c.ask(name, args, nil)
		}
	}}
}

var uiRows = []wxAPI{
	{name: "showToast", async: func(s *Session, c *apiCall) {
		if goja.IsUndefined(c.value("title")) {
			c.fail("parameter error: parameter.title should be String instead of Undefined")
			return
		}
		if args, ok := c.pickOnPage("title", "icon", "image", "duration", "mask"); ok {
			c.notifyShell("showToast", args)
		}
	}},
	show("hideToast"),
	show("showLoading", "title", "mask"),
	show("hideLoading"),
	{name: "showModal", async: func(s *Session, c *apiCall) {
		args, ok := c.pickOnPage("title", "content", "showCancel", "cancelText", "cancelColor",
			"confirmText", "confirmColor", "editable", "placeholderText")
		if !ok {
			return
		}
		c.ask("showModal", args, func(res *goja.Object) {
			confirm := res.Get("confirm") != nil && res.Get("confirm").ToBoolean()
			res.Set("confirm", confirm)
			res.Set("cancel", !confirm)
			if res.Get("content") == nil {
				res.Set("content", goja.Null())
			}
			c.ok(res)
		})
	}},
	{name: "showActionSheet", async: func(s *Session, c *apiCall) {
		list, ok := c.value("itemList").(*goja.Object)
		if !ok || list.ClassName() != "Array" {
			c.fail("parameter error: parameter.itemList should be Array")
			return
		}
		args, ok := c.pickOnPage("itemList", "itemColor", "alertText")
		if ok {
			c.ask("showActionSheet", args, nil)
		}
	}},
	show("setNavigationBarTitle", "title"),
	show("setNavigationBarColor", "frontColor", "backgroundColor", "animation"),
	show("showNavigationBarLoading"),
	show("hideNavigationBarLoading"),
	show("hideHomeButton"),
	show("stopPullDownRefresh"),
	{name: "startPullDownRefresh", async: func(s *Session, c *apiCall) {
		if args, ok := c.pickOnPage(); ok {
			c.notifyShell("startPullDownRefresh", args)
		}
	}},
	show("pageScrollTo", "scrollTop", "duration", "selector", "offsetTop"),
	show("setBackgroundColor", "backgroundColor", "backgroundColorTop", "backgroundColorBottom"),
	show("setBackgroundTextStyle", "textStyle"),
	tabRow("setTabBarBadge", "index", "text"),
	tabRow("removeTabBarBadge", "index"),
	tabRow("showTabBarRedDot", "index"),
	tabRow("hideTabBarRedDot", "index"),
	tabRow("setTabBarItem", "index", "text", "iconPath", "selectedIconPath"),
	tabRow("setTabBarStyle", "color", "selectedColor", "backgroundColor", "borderStyle"),
	tabRow("showTabBar", "animation"),
	tabRow("hideTabBar", "animation"),
	show("hideKeyboard"),
	show("previewImage", "urls", "current"),
	show("enableAlertBeforeUnload", "message"),
	show("disableAlertBeforeUnload"),
	show("showShareMenu", "withShareTicket", "menus"),
	show("hideShareMenu", "menus"),
	askShell("chooseImage", "count", "sizeType", "sourceType"),
	// Pictures only: there is no player for anything else.
	{name: "chooseMedia", async: func(s *Session, c *apiCall) {
		args, ok := c.pickOnPage("count", "sizeType", "sourceType")
		if !ok {
			return
		}
		c.ask("chooseImage", args, func(res *goja.Object) {
			var files []any
			for _, path := range s.elements(res.Get("tempFilePaths")) {
				files = append(files, s.object("tempFilePath", path, "fileType", "image"))
			}
			c.ok(s.object("type", "image", "tempFiles", s.rt.NewArray(files...)))
		})
	}},
}

// tabRow makes a row about the tab bar. The call fails in apps without a tab bar.
func tabRow(name string, fields ...string) wxAPI {
	return wxAPI{name: name, async: func(s *Session, c *apiCall) {
		bar := s.e.img.App.TabBar
		if bar == nil {
			c.fail("not TabBar page")
			return
		}
		if slices.Contains(fields, "index") {
			if i := c.number("index", -1); i < 0 || int(i) >= len(bar.List) {
				c.fail("tabbar item not found")
				return
			}
		}
		if args, ok := c.pick(fields...); ok {
			c.notifyShell(name, args)
		}
	}}
}

var deviceRows = []wxAPI{
	answers("getSystemInfoSync", func(s *Session) goja.Value { return s.systemInfo() }),
	{name: "getSystemInfo", async: func(s *Session, c *apiCall) { c.okNow(s.systemInfo()) }},
	{name: "getSystemInfoAsync", async: func(s *Session, c *apiCall) { c.ok(s.systemInfo()) }},
	answers("getWindowInfo", func(s *Session) goja.Value { return s.windowInfo(s.rt.NewObject()) }),
	answers("getDeviceInfo", func(s *Session) goja.Value { return s.deviceInfo(s.rt.NewObject()) }),
	answers("getAppBaseInfo", func(s *Session) goja.Value { return s.appInfo(s.rt.NewObject()) }),
	{name: "getMenuButtonBoundingClientRect", sync: func(s *Session, _ goja.FunctionCall) goja.Value {
		const width, height, right, gap = 87, 32, 7, 6
		top := s.env.StatusBarHeight + gap
		return s.object("width", width, "height", height, "top", top, "bottom", top+height,
			"right", s.env.Width-right, "left", s.env.Width-right-width)
	}},
	{name: "getNetworkType", async: func(s *Session, c *apiCall) {
		c.ok(s.object("networkType", "wifi", "isConnected", true, "hasSystemProxy", false,
			"weakNet", false))
	}},
	askShell("getClipboardData"),
	{name: "setClipboardData", async: func(s *Session, c *apiCall) {
		if _, ok := c.value("data").(goja.String); !ok {
			c.fail("parameter error: parameter.data should be String")
			return
		}
		if args, ok := c.pick("data"); ok {
			c.ask("setClipboardData", args, nil)
		}
	}},
	askShell("makePhoneCall", "phoneNumber"),
	show("vibrateShort", "type"),
	{name: "vibrateLong", async: func(s *Session, c *apiCall) { c.notifyShell("vibrateLong", []byte("{}")) }},
	// This one expects an answer, because some browsers refuse it.
	askShell("setKeepScreenOn", "keepScreenOn"),
}

// windowHeight is the height of the page: the frame without status bar, navigation bar and tab bar.
func (s *Session) windowHeight() int {
	h := s.env.Height
	route := s.e.entry()
	if top := s.top(); top != nil {
		route = top.route
	}
	if s.e.pages[route].Config.NavigationStyle != "custom" {
		h -= s.env.StatusBarHeight + navigationBarHeight
	}
	if s.isTab(route) && !s.e.img.App.TabBar.Custom {
		h -= tabBarHeight + max(0, s.env.Height-s.env.SafeArea.Bottom)
	}
	return max(h, 0)
}

// Heights of the shell's bars in CSS pixels; web/phone draws them so.
const (
	navigationBarHeight = 44
	tabBarHeight        = 50
)

func (s *Session) windowInfo(o *goja.Object) *goja.Object {
	e := s.env
	o.Set("pixelRatio", e.PixelRatio)
	o.Set("screenWidth", e.Width)
	o.Set("screenHeight", e.Height)
	o.Set("windowWidth", e.Width)
	o.Set("windowHeight", s.windowHeight())
	o.Set("statusBarHeight", e.StatusBarHeight)
	bottom, right := e.SafeArea.Bottom, e.SafeArea.Right
	if bottom == 0 {
		bottom = e.Height
	}
	if right == 0 {
		right = e.Width
	}
	o.Set("safeArea", s.object("top", max(e.SafeArea.Top, e.StatusBarHeight), "left", e.SafeArea.Left,
		"bottom", bottom, "right", right, "width", right-e.SafeArea.Left,
		"height", bottom-max(e.SafeArea.Top, e.StatusBarHeight)))
	o.Set("screenTop", e.Height-s.windowHeight())
	return o
}

func (s *Session) deviceInfo(o *goja.Object) *goja.Object {
	platform := s.env.Platform
	if platform == "" {
		platform = "linux"
	}
	o.Set("brand", platform)
	o.Set("model", platform)
	o.Set("system", platform)
	o.Set("platform", platform)
	o.Set("benchmarkLevel", -1)
	o.Set("abi", "")
	o.Set("cpuType", "")
	o.Set("memorySize", "0")
	return o
}

func (s *Session) appInfo(o *goja.Object) *goja.Object {
	theme, language := s.env.Theme, s.env.Language
	if theme == "" {
		theme = "light"
	}
	if language == "" {
		language = "en"
	}
	o.Set("SDKVersion", SDKVersion)
	o.Set("version", Version)
	o.Set("language", strings.ReplaceAll(language, "-", "_"))
	o.Set("theme", theme)
	o.Set("enableDebug", s.req.Development)
	o.Set("host", s.object("appId", "", "env", "Teahouse", "version", Version))
	o.Set("fontSizeSetting", 16)
	o.Set("fontSizeScaleFactor", 1)
	return o
}

func (s *Session) systemInfo() *goja.Object {
	o := s.appInfo(s.deviceInfo(s.windowInfo(s.rt.NewObject())))
	o.Set("deviceOrientation", orientation(s.env))
	o.Set("environment", "teahouse")
	return o
}

// events lists the pairs wx.on<name> and wx.off<name> that fire.
var events = []string{"AppShow", "AppHide", "Error", "PageNotFound", "UnhandledRejection",
	"ThemeChange", "WindowResize"}

// quietEvents accept listeners and never fire: the app runs on a server, which is always connected.
// They exist because apps register for them at their start.
var quietEvents = []string{"NetworkStatusChange", "NetworkWeakChange", "MemoryWarning",
	"AudioInterruptionBegin", "AudioInterruptionEnd", "UserCaptureScreen", "KeyboardHeightChange",
	"LazyLoadError"}

var eventRows = makeEventRows()

func makeEventRows() []wxAPI {
	var rows []wxAPI
	for _, name := range slices.Concat(events, quietEvents) {
		rows = append(rows,
			wxAPI{name: "on" + name, sync: func(s *Session, c goja.FunctionCall) goja.Value {
				s.listen(name, c.Argument(0))
				return goja.Undefined()
			}},
			wxAPI{name: "off" + name, sync: func(s *Session, c goja.FunctionCall) goja.Value {
				s.unlisten(name, c.Argument(0))
				return goja.Undefined()
			}})
	}
	return rows
}

// answers makes a row of a function without arguments that returns at once.
func answers(name string, answer func(s *Session) goja.Value) wxAPI {
	return wxAPI{name: name, sync: func(s *Session, _ goja.FunctionCall) goja.Value { return answer(s) }}
}

// accepted makes a row that succeeds and does nothing, because nothing needs to be done on this
// platform.
func accepted(name string) wxAPI {
	return wxAPI{name: name, async: func(s *Session, c *apiCall) { c.ok(nil) }}
}

var toolRows = []wxAPI{
	{name: "canIUse", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		return s.rt.ToValue(canIUse(textOf(c.Argument(0))))
	}},
	{name: "nextTick", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		fn := c.Argument(0)
		s.afterFlush = append(s.afterFlush, fn)
		return goja.Undefined()
	}},
	{name: "env", value: func(s *Session) goja.Value {
		return s.object("USER_DATA_PATH", "wxfile://usr")
	}},
	{name: "createAnimation", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		return s.kitCall("animation", c.Argument(0))
	}},
	{name: "createSelectorQuery", sync: func(s *Session, _ goja.FunctionCall) goja.Value {
		return s.kitCall("selectorQuery")
	}},
	{name: "createIntersectionObserver", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		return s.intersectionObserver(c.Argument(0), c.Argument(1))
	}},
	{name: "getUpdateManager", sync: func(s *Session, _ goja.FunctionCall) goja.Value {
		return s.kitCall("updateManager")
	}},
	{name: "getLogManager", sync: func(s *Session, _ goja.FunctionCall) goja.Value {
		return s.kitCall("logManager")
	}},
	{name: "getRealtimeLogManager", sync: func(s *Session, _ goja.FunctionCall) goja.Value {
		return s.kitCall("logManager")
	}},
	{name: "base64ToArrayBuffer", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		raw, err := base64.StdEncoding.DecodeString(textOf(c.Argument(0)))
		if err != nil {
			panic(s.jsError("Error", "base64ToArrayBuffer:fail the text is not base64"))
		}
		return s.rt.ToValue(s.rt.NewArrayBuffer(raw))
	}},
	{name: "arrayBufferToBase64", sync: func(s *Session, c goja.FunctionCall) goja.Value {
		raw, _ := bufferOf(c.Argument(0))
		return s.rt.ToValue(base64.StdEncoding.EncodeToString(raw))
	}},
	accepted("reportEvent"), accepted("reportMonitor"), accepted("reportPerformance"),
	answers("reportAnalytics", func(*Session) goja.Value { return goja.Undefined() }),
	accepted("setEnableDebug"), accepted("preloadAssets"), accepted("preloadWebview"),
	answers("getExtConfigSync", func(s *Session) goja.Value { return s.rt.NewObject() }),
	{name: "getExtConfig", async: func(s *Session, c *apiCall) {
		c.ok(s.object("extConfig", s.rt.NewObject()))
	}},
}

// bufferOf returns the bytes of an ArrayBuffer or of a typed array.
func bufferOf(v goja.Value) ([]byte, bool) {
	obj, ok := v.(*goja.Object)
	if !ok {
		return nil, false
	}
	kind := obj.ExportType()
	if kind == reflect.TypeFor[goja.ArrayBuffer]() {
		buf, ok := obj.Export().(goja.ArrayBuffer)
		return buf.Bytes(), ok
	}
	if kind == nil || kind.Kind() != reflect.Slice || obj.ClassName() == "Array" {
		return nil, false // a typed array exports as a slice of numbers
	}
	inner, ok := obj.Get("buffer").(*goja.Object)
	if !ok || inner.ExportType() != reflect.TypeFor[goja.ArrayBuffer]() {
		return nil, false
	}
	buf, ok := inner.Export().(goja.ArrayBuffer)
	if !ok {
		return nil, false
	}
	raw := buf.Bytes()
	from, size := obj.Get("byteOffset").ToInteger(), obj.Get("byteLength").ToInteger()
	if from < 0 || size < 0 || from+size > int64(len(raw)) || from > math.MaxInt32 {
		return nil, false
	}
	return raw[from : from+size], true
}

// components are the built-in elements that the view draws.
var components = []string{"view", "text", "image", "button", "input", "scroll-view", "swiper",
	"swiper-item", "navigator", "icon", "form", "label", "picker", "picker-view",
	"picker-view-column", "textarea", "switch", "radio", "radio-group", "checkbox",
	"checkbox-group", "slider", "progress", "rich-text", "block", "cover-view", "cover-image"}

// openTypes are the values of <button open-type> that do something.
var openTypes = []string{"share", "getUserInfo", "chooseAvatar", "openSetting"}

// canIUse answers for "api", "api.success.field", "Class.method", "component" and
// "component.attribute.value".
func canIUse(schema string) bool {
	parts := strings.Split(schema, ".")
	if Supported(parts[0]) {
		return true
	}
	if !slices.Contains(components, parts[0]) {
		return false
	}
	if len(parts) > 2 && parts[1] == "open-type" {
		return slices.Contains(openTypes, parts[2])
	}
	return true
}
