package wx_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/wx"
)

func TestEveryVendorMemberExists(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`console.log(Object.keys(wx).filter((k) => wx[k] === undefined).join(), Object.keys(wx).length >= 499);`))
	b.WantPrinted(" true")
	if !wx.Supported("wx.request") || !wx.Supported("showToast") || wx.Supported("startHCE") || !wx.Supported("cloud.init") || wx.Supported("cloud.callContainer") || wx.Supported("nonsense") {
		t.Error("Supported is wrong")
	}
	if n := len(wx.SupportedAPIs()); n < 130 {
		t.Errorf("%d APIs", n)
	}
}

func TestUnsupportedMembersReportNameAndPosition(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`    wx.startBluetoothDevicesDiscovery({fail: (r) => console.log(r.errMsg)});
    wx.startWifi().catch((r) => console.log(r.errMsg));
    wx.openCard({});
    wx.onBeaconUpdate(() => {});
    try { wx.createUDPSocket(); } catch (e) { console.log(e.message); }
    try { wx.createTCPSocket(); } catch (e) { console.log(e.message); }
    console.log(wx.nothingAtAll, typeof wx.openCard, 'startWifi' in wx, wx.canIUse('startWifi'), wx.canIUse('showToast'), wx.canIUse('button.open-type.share'), wx.canIUse('button.open-type.launchApp'));`))
	v := framework.Version
	b.WantPrinted(
		"wx.createUDPSocket is not supported by Teahouse "+v+": programs reach declared servers over HTTPS and WSS only (pages/index/index.js:8)",
		"wx.createTCPSocket is not supported by Teahouse "+v+": programs reach declared servers over HTTPS and WSS only (pages/index/index.js:9)",
		"undefined function true false true true false",
		"startBluetoothDevicesDiscovery:fail not supported by Teahouse "+v+": browsers give pages no access to Bluetooth",
		"startWifi:fail not supported by Teahouse "+v+": browsers do not show networks to pages")
	var apis []string
	for _, e := range b.Logs {
		switch e.Kind {
		case protocol.LogUnsupported:
			apis = append(apis, e.API)
			if e.File != "pages/index/index.js" || e.Line == 0 || !strings.Contains(e.Text, "pages/index/index.js:") {
				t.Errorf("%+v", e)
			}
		case protocol.LogError:
			t.Errorf("%+v", e)
		}
	}
	if got := strings.Join(apis, " "); got != "startBluetoothDevicesDiscovery startWifi openCard onBeaconUpdate createUDPSocket createTCPSocket" {
		t.Errorf("apis %s", got)
	}
}

func TestAnAppMayReplaceAndListMembersOfWx(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const original = wx.showToast;
		wx.showToast = (o) => { console.log('mine', o.title); };
		wx.showToast({title: 'x'});
		console.log(original.name, Object.keys(wx).length > 499, Object.assign({}, wx).request === wx.request, delete wx.request, wx.request);
		wx.custom = 5; console.log(wx.custom);`))
	b.WantPrinted("mine x", "showToast true true true undefined", "5")
}

func TestMissingContextsIgnoreCallsAndRejectPromises(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const ctx = wx.createWebAudioContext();
		ctx.setFillStyle('red'); ctx.fillStyle = 'x'; ctx.beginPath(); ctx.draw(false, () => {});
		console.log(ctx.measureText('x').width + 1, [...ctx.list].length);
		const other = wx.createWebAudioContext(); other.src = 'a.mp4'; other.onPlay(() => {}); other.play();
		(async () => { await ctx; try { await ctx.load(); } catch (e) { console.log('broken', e.errMsg.slice(0, 14)); } })();`))
	b.WantPrinted("1 0", "broken createWebAudio")
}

func TestThereIsNeverAnAdvertisement(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const ad = wx.createRewardedVideoAd({adUnitId: 'a'});
		ad.onLoad(() => console.log('loaded')); ad.onClose(() => console.log('closed'));
		ad.onError((e) => console.log('error', e.errCode));
		this.ask = () => { ad.offError(); ad.show().catch((e) => console.log('show', e.errCode, e.errMsg)); ad.load(); };`, `tap() { this.ask(); }`))
	b.WantPrinted("error 1004")
	b.Tap(1, 0)
	b.WantPrinted("error 1004", "show 1004 createRewardedVideoAd:fail not supported by Teahouse "+framework.Version+": Teahouse shows no advertisements")
}

func TestTheCloudFailsWithoutBreakingItsCallers(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		wx.cloud.init({env: 'x'});
		wx.cloud.callContainer({path: '/', fail: (r) => console.log(r.errMsg)});
		console.log('on');`))
	b.WantPrinted("on", "cloud.callContainer:fail not supported by Teahouse "+framework.Version+
		": there are no containers: use wx.request and wx.connectSocket")
}

func TestCallsGiveAPromiseWhenTheyGetNoCallback(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const p = wx.showModal({title: 'T', content: 'C'});
		p.then((r) => console.log(r.confirm, r.cancel, r.errMsg));
		wx.getStorage({key: 'x'}).catch((r) => console.log('caught', r.errMsg));
		console.log(wx.showToast({title: 't', success() {}}) === undefined);
		(async () => { const r = await wx.getSystemInfo(); console.log(r.windowWidth, r.windowHeight, r.errMsg); })();
	`))
	call := b.Last("showModal")
	if apptest.JSON(call["args"]) != `{"content":"C","page":1,"title":"T"}` {
		t.Errorf("args %v", call["args"])
	}
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{"confirm":true}}`, call["call"])
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{"confirm":false}}`, call["call"])
	b.WantPrinted("true", "caught getStorage:fail data not found", "375 724 getSystemInfo:ok", "true false showModal:ok")
	b.WantClean()
}
