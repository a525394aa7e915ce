package wx

import (
	"encoding/base64"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// phoneRows ask the phone and its user: where they are, what the camera sees, whom to call. The shell
// draws every question.
var phoneRows = []api{
	located("getLocation"),
	located("getFuzzyLocation"),
	{name: "startLocationUpdate", async: startLocation},
	{name: "startLocationUpdateBackground", async: startLocation},
	{name: "stopLocationUpdate", async: func(w *wx, c *call) { c.notifyShell("stopLocationUpdate", []byte("{}")) }},
	askShell("openLocation", "latitude", "longitude", "scale", "name", "address"),
	// The user picks the place, so it needs no permission.
	askShell("chooseLocation", "latitude", "longitude"),
	{name: "scanCode", async: func(w *wx, c *call) {
		if args, ok := c.pickOnPage("onlyFromCamera", "scanType"); ok {
			c.ask("scanCode", args, func(res *goja.Object) {
				res.Set("rawData", base64.StdEncoding.EncodeToString([]byte(vm.TextOf(res.Get("result")))))
				res.Set("charSet", "UTF-8")
				c.ok(res)
			})
		}
	}},
	askShell("sendSms", "phoneNumber", "content"),
	askShell("addPhoneContact", "firstName", "lastName", "middleName", "nickName", "mobilePhoneNumber",
		"homePhoneNumber", "workPhoneNumber", "organization", "title", "email", "url", "remark"),
	askShell("addPhoneCalendar", "title", "startTime", "endTime", "allDay", "description", "location"),
	askShell("addPhoneRepeatCalendar", "title", "startTime", "endTime", "allDay", "description", "location",
		"repeatInterval", "repeatEndTime"),
	askShell("chooseContact"),
	askShell("chooseAddress"),
	askShell("getBatteryInfo"),
	{name: "getBatteryInfoSync", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		battery := w.app.Env().Battery
		if battery == nil {
			// Browsers of iPhones do not tell it, as the vendor's client there does not. It throws nothing there.
			return w.vm.Object("errMsg", "getBatteryInfoSync:fail the browser does not tell")
		}
		return w.vm.Object("level", battery.Level, "isCharging", battery.Charging, "isLowPowerModeEnabled", false)
	}},
	{name: "choosePoi", async: func(w *wx, c *call) {
		c.ask("chooseLocation", []byte("{}"), func(res *goja.Object) {
			res.Set("type", 2) // a place, rather than a city
			res.Set("city", "")
			c.ok(res)
		})
	}},
	{name: "getRandomValues", async: func(w *wx, c *call) {
		length := int(c.number("length", 0))
		if length < 1 || length > MaxRandomBytes {
			c.fail("parameter error: parameter.length should be from 1 to 1048576")
			return
		}
		if args, ok := c.args(map[string]int{"length": length}); ok {
			c.bridge("device.random", args, func(res *goja.Object) {
				raw, _ := base64.StdEncoding.DecodeString(vm.TextOf(res.Get("data"))) // the host has encoded it
				c.ok(w.vm.Object("randomValues", w.vm.ArrayBuffer(raw)))
			})
		}
	}},

	// Other programs and the account.
	askShell("navigateToMiniProgram", "appId", "path", "shortLink", "envVersion"),
	askShell("openEmbeddedMiniProgram", "appId", "path", "shortLink", "envVersion"),
	{name: "navigateBackMiniProgram", async: func(w *wx, c *call) { c.notifyShell("exit", []byte("{}")) }},
	askShell("openOfficialAccountProfile"),
	askShell("openOfficialAccountChat"),
	askShell("openCustomerServiceChat"),

	// What the phone allows, as far as a browser says it.
	answers("getSystemSetting", func(w *wx) goja.Value {
		return w.vm.Object("bluetoothEnabled", false, "locationEnabled", true, "wifiEnabled", true,
			"deviceOrientation", orientation(w))
	}),
	answers("getAppAuthorizeSetting", func(w *wx) goja.Value {
		const asked = "not determined" // the browser asks when the app uses it
		return w.vm.Object("albumAuthorized", asked, "bluetoothAuthorized", "denied", "cameraAuthorized", asked,
			"locationAuthorized", asked, "locationReducedAccuracy", false, "microphoneAuthorized", asked,
			"notificationAuthorized", asked, "notificationAlertAuthorized", asked, "notificationBadgeAuthorized", asked,
			"notificationSoundAuthorized", asked, "phoneCalendarAuthorized", asked)
	}),
	answers("getRendererUserAgent", func(w *wx) goja.Value { return w.vm.Value(w.app.Env().UserAgent) }),
	answers("getSkylineInfoSync", func(w *wx) goja.Value { return w.skyline() }),
	{name: "getSkylineInfo", async: func(w *wx, c *call) { c.ok(w.skyline()) }},
	{name: "checkIsOpenAccessibility", async: func(w *wx, c *call) { c.ok(w.vm.Object("open", false)) }},
	{name: "checkIsAddedToMyMiniProgram", async: func(w *wx, c *call) { c.ok(w.vm.Object("added", false)) }},
	{name: "checkIsPictureInPictureActive", async: func(w *wx, c *call) { c.ok(w.vm.Object("isActive", false)) }},
	answers("isVKSupport", func(w *wx) goja.Value { return w.vm.Value(false) }),
	{name: "checkIsSupportSoterAuthentication", async: func(w *wx, c *call) {
		c.ok(w.vm.Object("supportMode", w.vm.Array()))
	}},
	{name: "getDeviceBenchmarkInfo", async: func(w *wx, c *call) { // a browser does not tell
		c.ok(w.vm.Object("benchmarkLevel", -1, "modelLevel", 0))
	}},
	accepted("updateWeChatApp"), // a browser always has the newest
	{name: "getShowSplashAdStatus", async: func(w *wx, c *call) {
		c.ok(w.vm.Object("status", "unknown", "code", -1))
	}},
	{name: "checkDeviceSupportHevc", async: func(w *wx, c *call) { c.ok(w.vm.Object("decode", false, "encode", false)) }},
}

// located makes a row that asks where the user is. The host asks for permission first, once; the shell
// refuses a question without it.
func located(name string) api {
	return api{name: name, async: func(w *wx, c *call) {
		args, ok := c.pickOnPage("type", "altitude", "isHighAccuracy", "highAccuracyExpireTime")
		if !ok {
			return
		}
		c.bridge("device.location", []byte("{}"), func(*goja.Object) {
			w.grant("scope.userLocation")
			c.ask("getLocation", args, nil)
		})
	}}
}

func startLocation(w *wx, c *call) {
	args, ok := c.pick("type")
	if !ok {
		return
	}
	c.bridge("device.location", []byte("{}"), func(*goja.Object) {
		w.grant("scope.userLocation")
		c.ask("startLocationUpdate", args, nil)
	})
}

func (w *wx) skyline() *goja.Object {
	return w.vm.Object("isSupported", false, "version", "", "reason", "programs are drawn by the browser")
}
