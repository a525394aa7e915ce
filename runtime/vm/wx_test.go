package vm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/vm"
)

// onePage is a program of one page whose onLoad runs the code; more is other fields of the page.
func onePage(onLoad string, more ...string) map[string]string {
	return map[string]string{
		"pages/index/index.js":   "Page({\n  data: {},\n  onLoad() {\n" + onLoad + "\n  },\n" + strings.Join(more, ",\n") + "});",
		"pages/index/index.wxml": `<view bindtap="tap" id="box" data-k="{{7}}">{{text}}</view>`,
	}
}

func TestStorageKeepsJSONInOrderAndWithinItsLimits(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		console.log(wx.getStorageSync('had').n, JSON.stringify(wx.getStorageSync('none')));
		wx.setStorageSync('a', [1, {b: '茶'}]);
		wx.setStorage({key: 'c', data: null, success: (r) => console.log(r.errMsg, wx.getStorageSync('c'))});
		wx.getStorage({key: 'none', fail: (r) => console.log(r.errMsg)});
		const copy = wx.getStorageSync('a'); copy.push(2);
		console.log(JSON.stringify(wx.getStorageSync('a')));
		wx.removeStorageSync('had');
		const info = wx.getStorageInfoSync();
		console.log(info.keys.join(), info.currentSize, info.limitSize);
		try { wx.setStorageSync('big', 'x'.repeat(1048576)); } catch (e) { console.log(e.message); }
		for (let i = 0; i < 11; i++) {
			wx.setStorage({key: 'k' + i, data: 'x'.repeat(1000000), fail: (r) => console.log(i, r.errMsg)});
		}
		for (let i = 0; i < 10; i++) wx.removeStorage({key: 'k' + i});
	`), func(r *vm.OpenRequest) { r.Storage = map[string]string{"had": `{"n":1}`} })
	b.wantPrinted("1 \"\"", `[1,{"b":"茶"}]`, "a,c 1 10240",
		"setStorageSync:fail entry size limit reached: one value may have 1 MB",
		"setStorage:ok null", "getStorage:fail data not found",
		"10 setStorage:fail quota limit reached: an app may store 10 MB per user")
	b.wantStorage(map[string]string{"a": `[1,{"b":"茶"}]`, "c": "null"})
	b.wantClean()
}

func TestAnAppReadsWhatAnotherSessionStoredUnlessItChangedTheKeySince(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`wx.setStorageSync('mine', 1); wx.setStorageSync('mine', 2);`,
		`tap() { console.log(wx.getStorageSync('mine'), wx.getStorageSync('theirs'), wx.getStorageInfoSync().keys.join()) }`))
	b.send(`{"t":"storage","storage":{"op":"set","key":"theirs","value":"7","seen":0}}`)
	b.send(`{"t":"storage","storage":{"op":"set","key":"mine","value":"\"older\"","seen":1}}`)
	b.tap(1, 0)
	b.send(`{"t":"storage","storage":{"op":"set","key":"mine","value":"\"newer\"","seen":2}}`)
	b.tap(1, 0)
	b.send(`{"t":"storage","storage":{"op":"remove","key":"theirs","seen":2}}`)
	b.tap(1, 0)
	b.wantPrinted("2 7 mine,theirs", "newer 7 mine,theirs", "newer  mine")
	b.wantStorage(map[string]string{"mine": "2"}) // what it was told it does not store again
	b.wantClean()
}

func TestCallsGiveAPromiseWhenTheyGetNoCallback(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		const p = wx.showModal({title: 'T', content: 'C'});
		p.then((r) => console.log(r.confirm, r.cancel, r.errMsg));
		wx.getStorage({key: 'x'}).catch((r) => console.log('caught', r.errMsg));
		console.log(wx.showToast({title: 't', success() {}}) === undefined);
		(async () => { const r = await wx.getSystemInfo(); console.log(r.windowWidth, r.windowHeight, r.errMsg); })();
	`))
	call := b.last("showModal")
	if mustJSON(call["args"]) != `{"content":"C","page":1,"title":"T"}` {
		t.Errorf("args %v", call["args"])
	}
	b.send(`{"t":"reply","call":%v,"ok":true,"result":{"confirm":true}}`, call["call"])
	b.send(`{"t":"reply","call":%v,"ok":true,"result":{"confirm":false}}`, call["call"])
	b.wantPrinted("true", "caught getStorage:fail data not found", "375 724 getSystemInfo:ok", "true false showModal:ok")
	b.wantClean()
}

func TestActionSheetCancelFailsAndCompletes(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`wx.showActionSheet({itemList: ['a'], success: () => console.log('no'),
		fail: (r) => console.log(r.errMsg), complete: (r) => console.log('complete', r.errMsg)});`))
	b.send(`{"t":"reply","call":%v,"ok":false,"error":"cancel"}`, b.last("showActionSheet")["call"])
	b.wantPrinted("showActionSheet:fail cancel", "complete showActionSheet:fail cancel")
}

func TestRequestCallsTheBridge(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		wx.request({url: 'https://a.example/x?q=1', data: {b: 'é &', n: 2}, header: {'X-T': 'y'},
			success: (r) => console.log(r.statusCode, r.data.ok, r.header.Server)});
		wx.request({url: 'https://a.example/p', method: 'post', data: {a: [1]}, responseType: 'arraybuffer',
			success: (r) => console.log(new Uint8Array(r.data).join())});
		wx.request({url: 'https://a.example/f', method: 'POST', header: {'content-type': 'application/x-www-form-urlencoded'},
			data: {a: 1, b: 'x y'}, fail: (r) => console.log(r.errMsg)});
		const task = wx.request({url: 'https://a.example/slow', fail: (r) => console.log(r.errMsg)});
		task.abort();
		wx.request({url: 'file:///etc/passwd', fail: (r) => console.log(r.errMsg)});
	`))
	if len(b.calls) != 4 {
		t.Fatalf("calls %v", b.calls)
	}
	if u := b.calls[0].args["url"]; u != "https://a.example/x?q=1&b=%C3%A9%20%26&n=2" {
		t.Errorf("url %v", u)
	}
	if got := mustJSON(b.calls[1].args); got != `{"body":"{\"a\":[1]}","headers":{"content-type":"application/json"},"method":"POST","response":"base64","timeout_ms":60000,"url":"https://a.example/p"}` {
		t.Errorf("post %s", got)
	}
	if b.calls[2].args["body"] != "a=1&b=x%20y" {
		t.Errorf("form %v", b.calls[2].args)
	}
	b.reply(0, true, `{"status":200,"headers":{"Server":"tea"},"body":"{\"ok\":true}"}`)
	b.reply(1, true, `{"status":200,"headers":{},"body_base64":"AQID"}`)
	b.reply(2, false, `{"message":"a.example is not among the app's domains.","slug":"domain-not-allowed"}`)
	b.reply(3, true, `{"status":200,"headers":{},"body":"late"}`)
	b.wantPrinted("request:fail abort", `request:fail invalid url "file:///etc/passwd"`,
		"200 true tea", "1,2,3", "request:fail a.example is not among the app's domains.")
	b.wantClean()
}

func (b *bench) reply(i int, ok bool, result string) {
	b.t.Helper()
	if err := b.s.Reply(b.calls[i].id, ok, []byte(result)); err != nil {
		b.t.Fatal(err)
	}
}

func TestPaymentReadsTheOrderThenOpensTheSheet(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`wx.requestPayment({timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA', paySign: 's',
		secret: 1, success: (r) => console.log(r.errMsg), fail: (r) => console.log(r.errMsg)});`))
	if b.calls[0].name != "order.prepare" || mustJSON(b.calls[0].args) != `{"nonceStr":"n","package":"prepay_id=p","paySign":"s","signType":"RSA","timeStamp":"1"}` {
		t.Fatalf("%v", b.calls)
	}
	b.reply(0, true, `{"id":"o1","amount":300}`)
	sheet := b.last("requestPayment")
	if mustJSON(sheet["args"]) != `{"order":{"amount":300,"id":"o1"}}` {
		t.Errorf("sheet %v", sheet)
	}
	b.send(`{"t":"reply","call":%v,"ok":false,"error":"cancel"}`, sheet["call"])
	b.wantPrinted("requestPayment:fail cancel")
}

func TestLoginAndProfileAskTheBridge(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`wx.login({success: (r) => { console.log(r.code, r.errMsg);
		wx.getUserInfo({success: (u) => console.log(u.userInfo.nickName, JSON.parse(u.rawData).avatarUrl)}); }});`))
	b.reply(0, true, `{"code":"c0"}`)
	b.reply(1, true, `{"display_name":"Ann","avatar_url":"/a.png","locale":"en"}`)
	b.wantPrinted("c0 login:ok", "Ann /a.png")
}

func TestUnsupportedMembersReportNameAndPosition(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`    wx.startBluetoothDevicesDiscovery({fail: (r) => console.log(r.errMsg)});
    wx.scanCode().catch((r) => console.log(r.errMsg));
    wx.openLocation({});
    wx.onCompassChange(() => {});
    try { wx.getBatteryInfoSync(); } catch (e) { console.log(e.message); }
    try { wx.createOffscreenCanvas(); } catch (e) { console.log(e.message); }
    console.log(wx.nothingAtAll, typeof wx.getLocation, 'scanCode' in wx, wx.canIUse('scanCode'), wx.canIUse('showToast'), wx.canIUse('button.open-type.share'), wx.canIUse('button.open-type.launchApp'));`))
	v := vm.Version
	b.wantPrinted(
		"wx.getBatteryInfoSync is not supported by Teahouse "+v+" (pages/index/index.js:8)",
		"wx.createOffscreenCanvas is not supported by Teahouse "+v+" (pages/index/index.js:9)",
		"undefined function true false true true false",
		"startBluetoothDevicesDiscovery:fail not supported by Teahouse "+v,
		"scanCode:fail not supported by Teahouse "+v)
	var apis []string
	for _, e := range b.logs {
		switch e.Kind {
		case vm.LogUnsupported:
			apis = append(apis, e.API)
			if e.File != "pages/index/index.js" || e.Line == 0 || !strings.Contains(e.Text, "pages/index/index.js:") {
				t.Errorf("%+v", e)
			}
		case vm.LogError:
			t.Errorf("%+v", e)
		}
	}
	if got := strings.Join(apis, " "); got != "startBluetoothDevicesDiscovery scanCode openLocation onCompassChange getBatteryInfoSync createOffscreenCanvas" {
		t.Errorf("apis %s", got)
	}
}

func TestSelectorQueryIsSentAfterThePatchAndReturnsDatasets(t *testing.T) {
	t.Parallel()
	b := open(t, onePage("", `tap() {
		this.setData({text: 'x'});
		const q = wx.createSelectorQuery();
		q.select('#box').boundingClientRect((r) => console.log('rect', r.width, r.dataset.k, r.id));
		q.selectViewport().scrollOffset();
		q.exec((all) => console.log(all.length, all[1].scrollTop, 'target' in all[0]));
	}`))
	b.frames = nil
	b.tap(1, 0)
	if len(b.frames) != 2 || b.frames[0]["t"] != "patch" || b.frames[1]["name"] != "selectorQuery" {
		t.Fatalf("frames %v", b.frames)
	}
	if got := mustJSON(b.frames[1]["args"]); got != `{"page":1,"queries":[{"all":false,"fields":{"dataset":true,"id":true,"rect":true,"size":true},"selector":"#box"},{"all":false,"fields":{"dataset":true,"id":true,"scrollOffset":true},"selector":"","viewport":true}]}` {
		t.Errorf("args %s", got)
	}
	b.send(`{"t":"reply","call":%v,"ok":true,"result":[{"width":10,"target":[0,0]},{"scrollTop":4}]}`, b.frames[1]["call"])
	b.wantPrinted("rect 10 7 box", "2 4 false")
	b.wantClean()
}

func TestAnimationRecordsTheVendorsShape(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		const a = wx.createAnimation({duration: 200, timingFunction: 'ease'});
		a.rotate(45).opacity(0.5).step().width(10).step({duration: 50, delay: 5});
		console.log(JSON.stringify(a.export())); console.log(JSON.stringify(a.export()));`))
	b.wantPrinted(`{"actions":[{"animates":[{"type":"rotate","args":[45]},{"type":"style","args":["opacity",0.5]}],`+
		`"option":{"transformOrigin":"50% 50% 0","transition":{"duration":200,"timingFunction":"ease","delay":0}}},`+
		`{"animates":[{"type":"rotate","args":[45]},{"type":"style","args":["width","10px"]}],`+
		`"option":{"transformOrigin":"50% 50% 0","transition":{"duration":50,"timingFunction":"ease","delay":5}}}]}`,
		`{"actions":[]}`)
}

func TestTimersRunByTheHostsClock(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		const start = Date.now();
		const say = (what) => console.log(what, Date.now() - start);
		setTimeout(say, 100, 'b'); setTimeout(say, 50, 'a');
		let n = 0; const every = setInterval(() => { say('tick'); if (++n === 3) clearInterval(every); }, 30);
		const never = setTimeout(say, 10, 'never'); clearTimeout(never); clearTimeout(undefined);
		let first, second; first = setTimeout(() => clearTimeout(second), 200); second = setTimeout(say, 200, 'cleared');
		setTimeout(() => { this.setData({text: 'late'}); }, 300);
		try { for (let i = 0; i < 2000; i++) setTimeout(() => {}, 1e6); } catch (e) { console.log(e.message); }
	`))
	b.frames = nil
	b.advance(time.Second)
	b.wantPrinted("an app may have 1000 timers at a time",
		"tick 30", "a 50", "tick 60", "tick 90", "b 100")
	if mustJSON(b.last("patch")["ops"]) != `[[0,0,"late"]]` {
		t.Errorf("frames %v", b.frames)
	}
	b.wantClean()
}

func TestClockAndRandomSeedComeFromTheRequest(t *testing.T) {
	t.Parallel()
	files := onePage(`console.log(new Date().toISOString(), Math.random(), Math.random());`)
	one, two := open(t, files), open(t, files)
	if one.printed() != two.printed() || !strings.HasPrefix(one.printed(), "2026-01-02T03:04:05.000Z 0.") {
		t.Errorf("%s\n%s", one.printed(), two.printed())
	}
	three := open(t, files, func(r *vm.OpenRequest) { r.Seed = 8 })
	if three.printed() == one.printed() {
		t.Error("another seed gave the same numbers")
	}
}

func TestAnAppMayReplaceAndListMembersOfWx(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		const original = wx.showToast;
		wx.showToast = (o) => { console.log('mine', o.title); };
		wx.showToast({title: 'x'});
		console.log(original.name, Object.keys(wx).length > 499, Object.assign({}, wx).request === wx.request, delete wx.request, wx.request);
		wx.custom = 5; console.log(wx.custom);`))
	b.wantPrinted("mine x", "showToast true true true undefined", "5")
}

func TestMissingPartsOfTheLanguageAreAdded(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		console.log(JSON.stringify(Object.groupBy([1, 2, 3], (n) => n % 2 ? 'odd' : 'even')));
		const {promise, resolve} = Promise.withResolvers(); resolve('resolved'); promise.then(console.log);
		queueMicrotask(() => console.log('micro'));
		const d = structuredClone({a: [new Date(5)], b: undefined}); console.log(d.a[0].getTime(), 'b' in d);
		console.log(atob('5LiA').length, btoa('abc'), new TextDecoder().decode(new TextEncoder().encode('茶')));
		console.log((1234567.891).toLocaleString('en-US'), (5).toLocaleString('en-US', {minimumFractionDigits: 2}));
		console.log(new Function('return this')() === globalThis, typeof eval, global === globalThis, (() => {}) instanceof Function);
		for (const f of [() => new Function('return 1')(), () => (async () => {}).constructor('1'), () => (function* () {}).constructor('1'), () => (() => {}).constructor('return process')]) {
			try { f(); console.log('ran'); } catch (e) { console.log(e.name); }
		}
		wx.base64ToArrayBuffer && console.log(new Uint8Array(wx.base64ToArrayBuffer('AQI=')).length, wx.arrayBufferToBase64(new Uint8Array([9, 1, 2]).subarray(1)));
		console.log(typeof Symbol.asyncIterator, typeof WeakRef);
		(async () => { async function* g() { yield 1; yield 2; } for await (const x of g()) console.log('for await', x); })();
	`))
	b.wantPrinted(`{"odd":[1,3],"even":[2]}`, "5 true", "3 YWJj 茶", "1,234,567.891 5.00", "true undefined true true",
		"EvalError", "EvalError", "EvalError", "EvalError", "2 AQI=", "symbol function",
		"resolved", "micro", "for await 1", "for await 2")
	b.wantClean()
}

func TestTheUpdateManagerNeverFindsAnUpdate(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`const m = wx.getUpdateManager();
		m.onCheckForUpdate((r) => console.log('update', r.hasUpdate)); m.onUpdateReady(() => {}); console.log('asked', 1, 2, 3);`))
	b.wantPrinted("asked 1 2 3", "update false")
	b.wantClean()
}

func TestNextTickRunsAfterThePatch(t *testing.T) {
	t.Parallel()
	b := open(t, onePage("", `tap() { wx.nextTick(() => console.log('tick')); this.setData({text: 1}, () => console.log('set')); console.log('sync'); }`))
	b.tap(1, 0)
	b.wantPrinted("sync", "set", "tick")
}

func TestOpenTypeButtonsGetTheirEvents(t *testing.T) {
	t.Parallel()
	files := onePage("", `info(e) { console.log(e.type, e.detail.errMsg, e.detail.userInfo.nickName); }`,
		`onShareAppMessage(e) { return {title: e.from + e.target.dataset.k}; }`)
	files["pages/index/index.wxml"] = `<button open-type="getUserInfo" bindgetuserinfo="info" data-k="1"/>`
	b := open(t, files)
	b.send(`{"t":"event","page":1,"type":"opentype","target":[0,0],"detail":{"openType":"getUserInfo"}}`)
	b.reply(0, true, `{"display_name":"Ann"}`)
	b.send(`{"t":"event","page":1,"type":"opentype","target":[0,0],"detail":{"openType":"share"}}`)
	b.wantPrinted("getuserinfo getUserInfo:ok Ann")
	if got := mustJSON(b.last("shareAppMessage")["args"]); got != `{"path":"pages/index/index","title":"button1"}` {
		t.Errorf("share %s", got)
	}
}

func TestNavigatorsOpenTheirPage(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"pages/index/index.js": "Page({})", "pages/b/b.js": printingPage("b", "")})
	b.send(`{"t":"event","page":1,"type":"navigate","target":[0,0],"detail":{"url":"../b/b?q=1","openType":"navigate"}}`)
	b.wantPrinted(`b.onLoad{"q":"1"}`, "b.onShow")
	b.send(`{"t":"event","page":2,"type":"navigate","target":[0,0],"detail":{"url":"/pages/none/none"}}`)
	if !strings.Contains(b.problems(), `<navigator url="/pages/none/none"> of pages/b/b: page "pages/none/none" is not found`) {
		t.Error(b.problems())
	}
}

func TestTasksAndTheCloudFailWithoutBreakingTheirCallers(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		wx.cloud.init({env: 'x'});
		wx.cloud.callFunction({name: 'f', fail: (r) => console.log(r.errMsg)});
		wx.uploadFile({url: 'https://a.example', fail: (r) => console.log(r.errMsg)}).onProgressUpdate(() => {});
		const socket = wx.connectSocket({url: 'wss://a.example'}); socket.onOpen(() => {}); socket.send({});
		console.log('on');`))
	v := vm.Version
	b.wantPrinted("on", "cloud.callFunction:fail not supported by Teahouse "+v, "uploadFile:fail not supported by Teahouse "+v)
	if strings.Count(b.problems(), "is not supported by Teahouse") != 4 {
		t.Error(b.problems())
	}
}

func TestTimersWaitWhileTheAppIsOffTheScreen(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`setInterval(() => console.log('tick'), 2000);`))
	b.send(`{"t":"hide"}`)
	b.advance(time.Minute)
	b.wantPrinted("tick", "tick")
	b.send(`{"t":"show"}`)
	b.advance(time.Millisecond)
	b.wantPrinted("tick", "tick", "tick")
}

func TestMissingContextsIgnoreCallsAndRejectPromises(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(`
		const ctx = wx.createCanvasContext('c');
		ctx.setFillStyle('red'); ctx.fillStyle = 'x'; ctx.beginPath(); ctx.draw(false, () => {});
		console.log(ctx.measureText('x').width + 1, [...ctx.list].length);
		const audio = wx.createInnerAudioContext(); audio.src = 'a.mp3'; audio.onPlay(() => {}); audio.play();
		wx.createRewardedVideoAd({}).show().catch((e) => console.log(e.errMsg));
		(async () => { await ctx; try { await ctx.load(); } catch (e) { console.log('broken', e.errMsg.slice(0, 19)); } })();`))
	b.wantPrinted("1 0", "createRewardedVideoAd:fail not supported by Teahouse "+vm.Version, "broken createCanvasContext")
	if strings.Count(b.problems(), "\n") != 2 {
		t.Error(b.problems())
	}
}

func TestOldMembersOfThePlatformStillWork(t *testing.T) {
	t.Parallel()
	b := open(t, onePage("", `tap() {
		function F() {} F.constructor = 5; F.prototype.constructor = F;
		/(y+)-(m+)/.test('yyyy-mm'); console.log(RegExp.$1, RegExp.$2, RegExp.$3 === '', 'a1'.replace(/(\d)/, '<$1>'), F.constructor);
		this.data.text = 'changed'; this.update();
	}`, `submit(e) { console.log(e.detail.value.a, e.detail.target.id, e.detail.target.dataset.k); }`))
	b.tap(1, 0)
	b.wantPrinted("yyyy mm true a<1> 5")
	if mustJSON(b.last("patch")["ops"]) != `[[0,0,"changed"]]` {
		t.Errorf("%v", b.frames)
	}
	files := onePage("", `submit(e) { console.log(e.detail.value.a, e.detail.target.id, e.detail.target.dataset.k); }`)
	files["pages/index/index.wxml"] = `<form bindsubmit="submit"><button form-type="submit" id="go" data-k="1"/></form>`
	b = open(t, files)
	b.send(`{"t":"event","page":1,"type":"submit","target":[0,0],"detail":{"value":{"a":5},"target":[0,1]}}`)
	b.wantPrinted("5 go 1")
}

func TestThePageLoadsAfterOnLaunchHasReadItsData(t *testing.T) {
	t.Parallel()
	b := open(t, map[string]string{
		"app.js": `App({onLaunch() {
			wx.getSystemInfo({success: (r) => { this.info = r; }}); console.log(this.info.windowWidth);
			wx.getStorage({key: 'user', success: (r) => { this.user = r.data; }});
			wx.navigateTo({url: '/pages/b/b'});
		}});`,
		"pages/index/index.js": `const app = getApp(); Page({width: app.info.windowWidth, onLoad() { console.log('index', this.width, app.user); }});`,
		"pages/b/b.js":         `Page({onLoad() { console.log('b', getCurrentPages().length); }});`,
	}, func(r *vm.OpenRequest) { r.Storage = map[string]string{"user": `"Ann"`} })
	b.wantPrinted("375", "index 375 Ann", "b 2")
	b.wantClean()
}

func TestARemotePictureIsLoggedOncePerHost(t *testing.T) {
	t.Parallel()
	b := open(t, onePage(``))
	for _, host := range []string{"cdn.example", "cdn.example", "img.example:8443", ""} {
		b.send(`{"t":"event","page":1,"type":"remotepicture","target":[0,0],"detail":{"host":%q}}`, host)
	}
	var told []string
	for _, e := range b.logs {
		told = append(told, e.Text)
	}
	if len(told) != 2 || !strings.Contains(told[0], `"cdn.example" on pages/index/index`) ||
		!strings.Contains(told[1], `"img.example:8443"`) {
		t.Errorf("log: %q", told)
	}
}
