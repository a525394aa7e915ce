package wx

import (
	"encoding/base64"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// toolRows need nothing but the program itself.
var toolRows = []api{
	{name: "canIUse", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		return w.vm.Value(canIUse(vm.TextOf(c.Argument(0))))
	}},
	{name: "nextTick", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		fn := c.Argument(0)
		w.vm.AfterFlush(func() { w.vm.Invoke(fn, goja.Undefined()) })
		return goja.Undefined()
	}},
	{name: "env", value: func(w *wx) goja.Value {
		return w.vm.Object("USER_DATA_PATH", "wxfile://usr")
	}},
	{name: "createAnimation", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		return w.kit.make("animation", c.Argument(0))
	}},
	{name: "getUpdateManager", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		return w.kit.make("updateManager")
	}},
	{name: "getLogManager", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		return w.kit.make("logManager")
	}},
	// Older programs read the version of the base library here, such as those with ECharts of 2018.
	{name: "version", value: func(w *wx) goja.Value {
		return w.vm.Object("version", SDKVersion, "updateTime", "", "info", "")
	}},
	{name: "getRealtimeLogManager", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		return w.kit.make("logManager")
	}},
	answers("getPerformance", func(w *wx) goja.Value { return w.kit.make("performance", w.vm.Value(w.vm.Now().UnixMilli())) }),
	{name: "requestIdleCallback", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		return w.kit.make("idle", c.Argument(0))
	}},
	{name: "cancelIdleCallback", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		return w.kit.make("cancelIdle", c.Argument(0))
	}},
	{name: "preDownloadSubpackage", async: func(w *wx, c *call) { // the server has all of them
		c.handle = w.inert([]string{"onProgressUpdate", "offProgressUpdate"})
		c.ok(nil)
	}},
	accepted("preloadSkylineView"),
	{name: "base64ToArrayBuffer", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		raw, err := base64.StdEncoding.DecodeString(vm.TextOf(c.Argument(0)))
		if err != nil {
			panic(w.vm.NewError("Error", "base64ToArrayBuffer:fail the text is not base64"))
		}
		return w.vm.ArrayBuffer(raw)
	}},
	{name: "arrayBufferToBase64", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		raw, _ := vm.Bytes(c.Argument(0))
		return w.vm.Value(base64.StdEncoding.EncodeToString(raw))
	}},
	accepted("reportEvent"), accepted("reportMonitor"), accepted("reportPerformance"),
	answers("reportAnalytics", func(*wx) goja.Value { return goja.Undefined() }),
	accepted("setEnableDebug"), accepted("preloadAssets"), accepted("preloadWebview"),
	answers("getApiCategory", func(w *wx) goja.Value { return w.vm.Object("apiCategory", "default") }),
	{name: "createBufferURL", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		raw, ok := vm.Bytes(c.Argument(0))
		if !ok || len(raw) > MaxBufferURL {
			panic(w.vm.NewError("Error", "createBufferURL:fail it takes an ArrayBuffer of at most %d KB", MaxBufferURL>>10))
		}
		return w.vm.Value("data:" + mediaType(raw) + ";base64," + base64.StdEncoding.EncodeToString(raw))
	}},
	answers("revokeBufferURL", func(*wx) goja.Value { return goja.Undefined() }), // it has its bytes in itself
	answers("getExtConfigSync", func(w *wx) goja.Value { return w.extConfig() }),
	{name: "getExtConfig", async: func(w *wx, c *call) {
		c.ok(w.vm.Object("extConfig", w.extConfig()))
	}},
}

// extConfig is what ext.json gives the program, a new object each time.
func (w *wx) extConfig() goja.Value { return w.vm.FromJSON(w.app.Config().Ext) }

// mediaType is the type of a picture or a sound by its first bytes.
func mediaType(raw []byte) string {
	for _, kind := range []struct {
		at             int
		begins, isType string
	}{{0, "\x89PNG", "image/png"}, {0, "\xff\xd8\xff", "image/jpeg"}, {0, "GIF8", "image/gif"}, {8, "WEBP", "image/webp"},
		{0, "BM", "image/bmp"}, {0, "ID3", "audio/mpeg"}, {0, "\xff\xfb", "audio/mpeg"}, {8, "WAVE", "audio/wav"},
		{0, "OggS", "audio/ogg"}, {4, "ftyp", "video/mp4"}, {0, "<svg", "image/svg+xml"}} {
		if len(raw) >= kind.at && strings.HasPrefix(string(raw[kind.at:min(len(raw), kind.at+8)]), kind.begins) {
			return kind.isType
		}
	}
	return "application/octet-stream"
}
