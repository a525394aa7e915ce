package wx

import (
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// sensor is something of the phone that reports while a program listens.
type sensor struct {
	kind        string // as the shell names it
	event       string // wx.on<event>
	start, stop string // the members that switch it
}

var sensors = []sensor{
	{"accelerometer", "AccelerometerChange", "startAccelerometer", "stopAccelerometer"},
	{"compass", "CompassChange", "startCompass", "stopCompass"},
	{"gyroscope", "GyroscopeChange", "startGyroscope", "stopGyroscope"},
	{"motion", "DeviceMotionChange", "startDeviceMotionListening", "stopDeviceMotionListening"},
}

// deviceEvents are what the shell reports of its own accord, with the events that they become.
var deviceEvents = map[string]string{"network": "NetworkStatusChange", "location": "LocationChange",
	"locationerror": "LocationChangeError", "battery": "BatteryInfoChange", "keyboard": "KeyboardHeightChange"}

var sensorRows = makeSensorRows()

func makeSensorRows() []api {
	var rows []api
	for _, s := range sensors {
		rows = append(rows,
			api{name: s.start, async: func(w *wx, c *call) {
				args, ok := c.args(map[string]any{"sensor": s.kind, "interval": orText(c.text("interval"), "normal")})
				if ok {
					w.sense(s.kind, true)
					c.ask("startSensor", args, nil)
				}
			}},
			api{name: s.stop, async: func(w *wx, c *call) {
				if args, ok := c.args(map[string]any{"sensor": s.kind}); ok {
					w.sense(s.kind, false)
					c.notifyShell("stopSensor", args)
				}
			}},
			// Listening starts the sensor, as it always did.
			api{name: "on" + s.event, sync: func(w *wx, c goja.FunctionCall) goja.Value {
				w.app.Listeners().Add(s.event, c.Argument(0))
				if !w.sensors[s.kind] {
					w.sense(s.kind, true)
					args, _ := protocol.JSON(map[string]string{"sensor": s.kind, "interval": "normal"})
					w.vm.CallShell(0, "startSensor", args)
				}
				return goja.Undefined()
			}},
			api{name: "off" + s.event, sync: func(w *wx, c goja.FunctionCall) goja.Value {
				w.app.Listeners().Remove(s.event, c.Argument(0))
				return goja.Undefined()
			}})
	}
	return rows
}

func (w *wx) sense(kind string, on bool) {
	if w.sensors == nil {
		w.sensors = map[string]bool{}
	}
	w.sensors[kind] = on
}

// installDevice receives what the shell reports of the phone.
func (w *wx) installDevice() {
	w.app.OnFrame("device", func(f *protocol.AppInput) {
		event := deviceEvents[f.Type]
		for _, s := range sensors {
			if s.kind == f.Type {
				event = s.event
			}
		}
		switch {
		case f.Type == "audio":
			w.playerHeard(f.Detail)
		case f.Type == "recorder":
			w.recorderHeard(f.Detail)
		case event != "":
			w.app.Listeners().Emit(event, w.vm.FromJSON(f.Detail))
		}
	})
}
