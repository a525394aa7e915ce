package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

func TestLoginAsksTheBridge(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.login({success: (r) => console.log(r.code, r.errMsg)});`))
	b.Reply(0, true, `{"code":"c0"}`)
	b.WantPrinted("c0 login:ok")
}

func TestAProgramReadsOfEverybodyTheSameAndTheUserIsNotAsked(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.getUserInfo({success: (u) => console.log(u.errMsg, u.userInfo.nickName, u.userInfo.gender)});
		wx.getUserProfile({desc: 'd', success: (u) => console.log(u.errMsg, JSON.parse(u.rawData).nickName, u.userInfo.avatarUrl.slice(0, 14))});`),
		func(r *framework.OpenRequest) { r.Env.Language = "zh_CN" })
	b.WantPrinted("getUserInfo:ok Teahouse 用户 0", "getUserProfile:ok Teahouse 用户 data:image/svg")
	if len(b.Calls) != 0 {
		t.Errorf("asked %v", b.Calls)
	}
}

func TestAProgramThatTheUserAllowedTheirProfileReadsIt(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.authorize({scope: 'scope.userInfo', success: () => {
		wx.getSetting({success: (r) => console.log(JSON.stringify(r.authSetting))});
		wx.getUserInfo({success: (u) => console.log(u.userInfo.nickName, JSON.parse(u.rawData).avatarUrl)}); }});
		wx.authorize({scope: 'scope.writePhotosAlbum', success: (r) => console.log(r.errMsg)});
		wx.authorize({scope: 'scope.none', fail: (r) => console.log(r.errMsg)});`))
	b.Reply(0, true, `{}`)
	b.Reply(1, true, `{"display_name":"Ann","avatar_url":"/a.png","locale":"en"}`)
	b.WantPrinted("authorize:ok", "authorize:fail the scope scope.none does not exist on this platform",
		`{"scope.userInfo":true}`, "Ann /a.png")
}

func TestOpenTypeButtonsGetTheirEvents(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage("", `info(e) { console.log(e.type, e.detail.errMsg, e.detail.userInfo.nickName); }`,
		`onShareAppMessage(e) { return {title: e.from + e.target.dataset.k}; }`)
	files["pages/index/index.wxml"] = `<button open-type="getUserInfo" bindgetuserinfo="info" data-k="1"/>`
	b := apptest.Open(t, files)
	b.Send(`{"t":"event","page":1,"type":"opentype","target":[0,0],"detail":{"openType":"getUserInfo"}}`)
	b.Send(`{"t":"event","page":1,"type":"opentype","target":[0,0],"detail":{"openType":"share"}}`)
	b.WantPrinted("getuserinfo getUserInfo:ok Teahouse user")
	if got := apptest.JSON(b.Last("shareAppMessage")["args"]); got != `{"path":"pages/index/index","title":"button1"}` {
		t.Errorf("share %s", got)
	}
}

func TestWhoChoosesNoAvatarLeavesNoEvent(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage("", `chosen(e) { console.log('chosen', e.detail.avatarUrl); }`)
	files["pages/index/index.wxml"] = `<button open-type="chooseAvatar" bind:chooseavatar="chosen"/>`
	b := apptest.Open(t, files)
	choose := func(answer string) {
		b.Send(`{"t":"event","page":1,"type":"opentype","target":[0,0],"detail":{"openType":"chooseAvatar"}}`)
		b.Send(`{"t":"reply","call":%v,%s}`, b.Last("chooseImage")["call"], answer)
	}
	choose(`"ok":false,"error":"cancel"`)
	choose(`"ok":true,"result":{"tempFilePaths":["wxfile://tmp_a"],"tempFiles":[{"path":"wxfile://tmp_a","size":4}]}`)
	b.WantPrinted("chosen wxfile://tmp_a")
}

func TestButtonsOfTheAccountAndOfPrivacyGetTheirEvents(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage("", `heard(e) { console.log(e.type, e.detail.errMsg); }`)
	files["pages/index/index.wxml"] = `<button bindagreeprivacyauthorization="heard" bindgetphonenumber="heard" bindcontact="heard" binderror="heard"/>`
	b := apptest.Open(t, files)
	for _, kind := range []string{"agreePrivacyAuthorization", "getPhoneNumber|agreePrivacyAuthorization", "contact", "launchApp"} {
		b.Send(`{"t":"event","page":1,"type":"opentype","target":[0,0],"detail":{"openType":%q}}`, kind)
	}
	chat := b.Last("openCustomerServiceChat")
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{}}`, chat["call"])
	b.WantPrinted("agreeprivacyauthorization agreePrivacyAuthorization:ok",
		"agreeprivacyauthorization agreePrivacyAuthorization:ok", "getphonenumber getPhoneNumber:fail no permission",
		"error launchApp:fail invalid scene", "contact enterContact:ok")
	b.WantClean()
}

func TestPaymentReadsTheOrderThenOpensTheSheet(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.requestPayment({timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA', paySign: 's',
		secret: 1, success: (r) => console.log(r.errMsg), fail: (r) => console.log(r.errMsg)});`))
	if b.Calls[0].Name != "order.prepare" || apptest.JSON(b.Calls[0].Args) != `{"nonceStr":"n","package":"prepay_id=p","paySign":"s","signType":"RSA","timeStamp":"1"}` {
		t.Fatalf("%v", b.Calls)
	}
	b.Reply(0, true, `{"id":"o1","amount":300}`)
	sheet := b.Last("requestPayment")
	if apptest.JSON(sheet["args"]) != `{"order":{"amount":300,"id":"o1"}}` {
		t.Errorf("sheet %v", sheet)
	}
	b.Send(`{"t":"reply","call":%v,"ok":false,"error":"cancel"}`, sheet["call"])
	b.WantPrinted("requestPayment:fail cancel")
}

func TestOldProgramsReadTheirEnvironmentFromTheConfig(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage(`console.log(__wxConfig.envVersion, __wxConfig.pages.join(), __wxConfig.entryPagePath);`)
	apptest.Open(t, files, func(r *framework.OpenRequest) { r.Development = true }).
		WantPrinted("develop pages/index/index pages/index/index.html")
	apptest.Open(t, files, func(r *framework.OpenRequest) { r.Development = false }).
		WantPrinted("release pages/index/index pages/index/index.html")
}

func TestNobodyIsInAnExperiment(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`console.log(JSON.stringify(wx.getExptInfoSync(['color'])));`))
	b.WantPrinted("{}")
	b.WantClean()
}
