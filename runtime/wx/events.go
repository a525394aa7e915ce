package wx

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
)

// events lists the pairs wx.on<name> and wx.off<name> that fire.
var events = append([]string{"AppShow", "AppHide", "Error", "PageNotFound", "UnhandledRejection",
	"ThemeChange", "WindowResize", "NetworkStatusChange", "LocationChange", "LocationChangeError",
	"BatteryInfoChange", "KeyboardHeightChange"}, framework.MoveEvents...)

// quietEvents accept listeners and never fire, because what they report does not happen here. They exist
// because apps register for them at their start.
var quietEvents = []string{"NetworkWeakChange", "MemoryWarning",
	"AudioInterruptionBegin", "AudioInterruptionEnd", "UserCaptureScreen", "LazyLoadError", "CopyUrl",
	"EmbeddedMiniProgramHeightChange", "MenuButtonBoundingClientRectWeightChange", "ParallelStateChange",
	"ApiCategoryChange", "UserTriggerTranslation", "UserOffTranslation", "GeneratePoster"}

var eventRows = makeEventRows()

func makeEventRows() []api {
	var rows []api
	for _, name := range slices.Concat(events, quietEvents) {
		rows = append(rows,
			api{name: "on" + name, sync: func(w *wx, c goja.FunctionCall) goja.Value {
				w.app.Listeners().Add(name, c.Argument(0))
				return goja.Undefined()
			}},
			api{name: "off" + name, sync: func(w *wx, c goja.FunctionCall) goja.Value {
				w.app.Listeners().Remove(name, c.Argument(0))
				return goja.Undefined()
			}})
	}
	return rows
}
