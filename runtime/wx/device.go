package wx

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
)

// deviceRows are about the device and what it can do.
var deviceRows = []api{
	answers("getSystemInfoSync", func(w *wx) goja.Value { return w.systemInfo() }),
	{name: "getSystemInfo", async: func(w *wx, c *call) { c.okNow(w.systemInfo()) }},
	{name: "getSystemInfoAsync", async: func(w *wx, c *call) { c.ok(w.systemInfo()) }},
	answers("getWindowInfo", func(w *wx) goja.Value { return w.windowInfo(w.vm.Object()) }),
	answers("getDeviceInfo", func(w *wx) goja.Value { return w.deviceInfo(w.vm.Object()) }),
	answers("getAppBaseInfo", func(w *wx) goja.Value { return w.appInfo(w.vm.Object()) }),
	{name: "getMenuButtonBoundingClientRect", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		const width, height, right, gap = 87, 32, 7, 6
		top := w.app.Env().StatusBarHeight + gap
		return w.vm.Object("width", width, "height", height, "top", top, "bottom", top+height,
			"right", w.app.Env().Width-right, "left", w.app.Env().Width-right-width)
	}},
	askShell("getNetworkType"),
	askShell("getClipboardData"),
	{name: "setClipboardData", async: func(w *wx, c *call) {
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
	{name: "vibrateLong", async: func(w *wx, c *call) { c.notifyShell("vibrateLong", []byte("{}")) }},
	// This one expects an answer, because some browsers refuse it.
	askShell("setKeepScreenOn", "keepScreenOn"),
}

func (w *wx) windowInfo(o *goja.Object) *goja.Object {
	e := w.app.Env()
	o.Set("pixelRatio", e.PixelRatio)
	o.Set("screenWidth", e.Width)
	o.Set("screenHeight", e.Height)
	o.Set("windowWidth", e.Width)
	o.Set("windowHeight", w.app.WindowHeight())
	o.Set("statusBarHeight", e.StatusBarHeight)
	bottom, right := e.SafeArea.Bottom, e.SafeArea.Right
	if bottom == 0 {
		bottom = e.Height
	}
	if right == 0 {
		right = e.Width
	}
	o.Set("safeArea", w.vm.Object("top", max(e.SafeArea.Top, e.StatusBarHeight), "left", e.SafeArea.Left,
		"bottom", bottom, "right", right, "width", right-e.SafeArea.Left,
		"height", bottom-max(e.SafeArea.Top, e.StatusBarHeight)))
	o.Set("screenTop", e.Height-w.app.WindowHeight())
	return o
}

func (w *wx) deviceInfo(o *goja.Object) *goja.Object {
	platform := w.app.Env().Platform
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

func (w *wx) appInfo(o *goja.Object) *goja.Object {
	theme, language := w.app.Env().Theme, w.app.Env().Language
	if theme == "" {
		theme = "light"
	}
	if language == "" {
		language = "en"
	}
	o.Set("SDKVersion", SDKVersion)
	o.Set("version", framework.Version)
	o.Set("language", strings.ReplaceAll(language, "-", "_"))
	o.Set("theme", theme)
	o.Set("enableDebug", w.app.Request().Development)
	o.Set("host", w.vm.Object("appId", "", "env", "Teahouse", "version", framework.Version))
	o.Set("fontSizeSetting", 16)
	o.Set("fontSizeScaleFactor", 1)
	return o
}

func (w *wx) systemInfo() *goja.Object {
	o := w.appInfo(w.deviceInfo(w.windowInfo(w.vm.Object())))
	o.Set("deviceOrientation", orientation(w))
	o.Set("environment", "teahouse")
	return o
}

func orientation(w *wx) string { return framework.Orientation(w.app.Env()) }
