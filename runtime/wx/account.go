package wx

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// accountRows are about the user: identity, consent, settings. The host decides everything; a row only
// translates the call and its result.
var accountRows = []api{
	{name: "login", async: func(w *wx, c *call) { c.bridge("app.login", []byte("{}"), c.ok) }},
	accepted("checkSession"), // the user of a running session is logged in
	{name: "getUserProfile", async: func(w *wx, c *call) { w.userInfo(c) }},
	{name: "getUserInfo", async: func(w *wx, c *call) { w.userInfo(c) }},
	{name: "authorize", async: func(w *wx, c *call) {
		scope := c.text("scope")
		capability := permissions[scope]
		switch {
		case capability != "":
			c.bridge(capability, []byte("{}"), func(*goja.Object) {
				w.grant(scope)
				c.ok(nil)
			})
		case slices.Contains(choices, scope):
			c.ok(nil)
		default:
			c.fail("the scope " + vm.Cut(scope, 64) + " does not exist on this platform")
		}
	}},
	{name: "getSetting", async: func(w *wx, c *call) {
		c.ok(w.vm.Object("authSetting", w.grants(), "subscriptionsSetting",
			w.vm.Object("mainSwitch", true, "itemSettings", w.vm.Object())))
	}},
	// The user changes grants in the shell; the app only reads the current ones.
	{name: "openSetting", async: func(w *wx, c *call) { c.ok(w.vm.Object("authSetting", w.grants())) }},
	{name: "getAccountInfoSync", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		return w.vm.Object("miniProgram", w.vm.Object("appId", w.app.Request().AppID, "envVersion", w.envVersion(),
			"version", w.app.Request().Version), "plugin", w.vm.Object())
	}},
	// No experiment runs, so no user is in one; the vendor answers the same to them.
	answers("getExptInfoSync", func(w *wx) goja.Value { return w.vm.Object() }),
	answers("getLaunchOptionsSync", func(w *wx) goja.Value { return w.app.Launch() }),
	answers("getEnterOptionsSync", func(w *wx) goja.Value { return w.app.Enter() }),
	{name: "getPrivacySetting", async: func(w *wx, c *call) {
		c.ok(w.vm.Object("needAuthorization", false, "privacyContractName", ""))
	}},
	accepted("requirePrivacyAuthorize"), // the user agreed when the host opened the app
	answers("onNeedPrivacyAuthorization", func(*wx) goja.Value { return goja.Undefined() }),
}

// envVersion is "develop" in what is not released yet, as programs choose their server by it.
func (w *wx) envVersion() string {
	if w.app.Request().Development {
		return "develop"
	}
	return "release"
}

// installConfig gives programs that name it the global __wxConfig. The vendor does not document it, but
// programs older than getAccountInfoSync have no other way to tell a trial from a release.
func (w *wx) installConfig() {
	if !w.vm.Mentions("__wxConfig") {
		return
	}
	config, pages := w.app.Config(), w.vm.Runtime().NewArray()
	for i, page := range config.Pages {
		pages.Set(strconv.Itoa(i), page)
	}
	w.vm.Global("__wxConfig", w.vm.Object("envVersion", w.envVersion(), "platform", w.app.Env().Platform,
		"accountInfo", w.vm.Object("appId", w.app.Request().AppID), "pages", pages,
		"entryPagePath", config.EntryPagePath+".html", "debug", config.Debug))
}

// permissions are the scopes that the user is asked for, with the capability that asks.
var permissions = map[string]string{"scope.userInfo": "user.profile", "scope.userLocation": "device.location",
	"scope.userFuzzyLocation": "device.location", "scope.userLocationBackground": "device.location",
	"scope.record": "device.record"}

// choices are scopes that need no question, because the user does the thing with their own hand: chooses
// an address, takes a picture, keeps a file.
var choices = []string{"scope.address", "scope.invoice", "scope.invoiceTitle", "scope.writePhotosAlbum",
	"scope.camera", "scope.addPhoneContact", "scope.addPhoneCalendar"}

// grant notes what the user allowed.
func (w *wx) grant(scope string) {
	if w.granted == nil {
		w.granted = map[string]bool{}
	}
	w.granted[scope] = true
}

// grants is what the user allowed this app in this session.
func (w *wx) grants() *goja.Object {
	grants := w.vm.Object()
	for _, scope := range slices.Sorted(maps.Keys(w.granted)) {
		grants.Set(scope, true)
	}
	return grants
}

// Anonymous is what a program reads of everybody: since 2022 the vendor's client says no more, and asks
// nothing. Programs ask people for a picture and a name with <button open-type="chooseAvatar"> and
// <input type="nickname">.
const (
	anonymousEnglish = "Teahouse user"
	anonymousChinese = "Teahouse 用户"
	// anonymousPicture is a grey figure; as a data URL it needs no address of the host.
	anonymousPicture = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA2NCA2NCI+PHBhdGggZmlsbD0iI2RkZCIgZD0iTTAgMGg2NHY2NEgweiIvPjxnIGZpbGw9IiNmZmYiPjxjaXJjbGUgY3g9IjMyIiBjeT0iMjUiIHI9IjEyIi8+PHBhdGggZD0iTTEwIDY0YzAtMTQgMTAtMjIgMjItMjJzMjIgOCAyMiAyMnoiLz48L2c+PC9zdmc+"
)

// userInfo answers about the user: anonymously, unless they have allowed the app their profile through
// wx.authorize.
func (w *wx) userInfo(c *call) {
	if !w.granted["scope.userInfo"] {
		name := anonymousEnglish
		if strings.HasPrefix(w.app.Env().Language, "zh") {
			name = anonymousChinese
		}
		w.answerUserInfo(c, w.vm.Value(name), w.vm.Value(anonymousPicture))
		return
	}
	c.bridge("user.profile", []byte("{}"), func(profile *goja.Object) {
		w.answerUserInfo(c, profile.Get("display_name"), profile.Get("avatar_url"))
	})
}

func (w *wx) answerUserInfo(c *call, name, picture goja.Value) {
	info := w.vm.Object("nickName", vm.OrUndefined(name), "avatarUrl", vm.OrUndefined(picture), "gender", 0,
		"country", "", "province", "", "city", "", "language", w.app.Env().Language)
	c.ok(w.vm.Object("userInfo", info, "rawData", w.vm.Stringify(info), "signature", "",
		"encryptedData", "", "iv", ""))
}
