package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestWhereTheUserIsIsAskedOnlyAfterPermission(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		wx.getLocation({type: 'gcj02', success: (r) => { console.log(r.latitude, r.errMsg); wx.getSetting({success: (s) => console.log(JSON.stringify(s.authSetting))}); }});
		wx.getLocation({fail: (r) => console.log(r.errMsg)});`))
	if len(b.Calls) != 2 || b.Calls[0].Name != "device.location" || len(b.Frames) != 1 {
		t.Fatalf("asked %v, %v", b.Calls, b.Frames)
	}
	b.Reply(1, false, `{"message":"auth deny"}`)
	b.Reply(0, true, `{}`)
	asked := b.Last("getLocation")
	if asked["args"].(map[string]any)["type"] != "gcj02" {
		t.Errorf("asked %v", asked)
	}
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{"latitude":31.2}}`, asked["call"])
	b.WantPrinted("getLocation:fail auth deny", "31.2 getLocation:ok", `{"scope.userLocation":true}`)
}

func TestSensorsReportWhileTheyAreOn(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		wx.onAccelerometerChange((r) => console.log('moved', r.x));
		wx.onNetworkStatusChange((r) => console.log(r.networkType, r.isConnected));
		wx.startCompass({success: (r) => console.log(r.errMsg)});`))
	started := b.Last("startSensor")
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{}}`, started["call"])
	b.Send(`{"t":"device","type":"accelerometer","detail":{"x":0.5}}`)
	b.Send(`{"t":"device","type":"network","detail":{"networkType":"4g","isConnected":true}}`)
	b.Send(`{"t":"device","type":"unheard","detail":{}}`)
	b.WantPrinted("startCompass:ok", "moved 0.5", "4g true")
	b.WantClean()
}

func TestAPlayerTellsTheShellWhatItDoesAndHearsWhatHappens(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const a = wx.createInnerAudioContext();
		a.onPlay(() => console.log('plays', a.paused, a.duration)); a.onEnded(() => console.log('ended')); a.onError((e) => console.log(e.errCode));
		a.src = '/a.mp3'; a.play(); a.seek(3);
		this.a = a;`, `tap() { this.a.destroy(); this.a.play(); wx.playBackgroundAudio({dataUrl: 'https://a.example/b.mp3', title: 'T'}); }`))
	if got := apptest.JSON(b.Last("audio")["args"]); got != `{"background":false,"op":"seek","player":1,"position":3}` {
		t.Errorf("told %s", got)
	}
	b.Send(`{"t":"device","type":"audio","detail":{"player":1,"event":"Play","paused":false,"duration":9}}`)
	b.Send(`{"t":"device","type":"audio","detail":{"player":1,"event":"Error","errCode":10002,"errMsg":"x"}}`)
	b.Tap(1, 0)
	b.Send(`{"t":"device","type":"audio","detail":{"player":1,"event":"Ended"}}`)
	b.WantPrinted("plays false 9", "10002")
	if got := apptest.JSON(b.Last("audio")["args"]); got != `{"background":true,"name":"src","op":"set","player":2,"value":"https://a.example/b.mp3"}` {
		t.Errorf("told %s", got)
	}
	b.WantClean()
}

func TestARecordingEndsWithItsFile(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const r = wx.getRecorderManager();
		r.onStart(() => console.log('started')); r.onStop((f) => console.log(f.tempFilePath, f.duration)); r.onError((e) => console.log(e.errMsg));
		r.start({duration: 1000});`, `tap() { wx.getRecorderManager().start({}); }`))
	b.Reply(0, true, `{}`)
	if got := apptest.JSON(b.Last("startRecord")["args"]); got != `{"duration":1000}` {
		t.Errorf("asked %s", got)
	}
	b.Send(`{"t":"device","type":"recorder","detail":{"event":"Start"}}`)
	b.Send(`{"t":"device","type":"recorder","detail":{"event":"Stop","tempFilePath":"wxfile://tmp_1.webm","duration":900}}`)
	b.Tap(1, 0)
	b.Reply(1, false, `{"message":"auth deny"}`)
	b.WantPrinted("started", "wxfile://tmp_1.webm 900", "operateRecorder:fail auth deny")
}

func TestAMediaQueryIsAnsweredAtOnceAndWhenItChanges(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		this.createMediaQueryObserver().observe({minWidth: 400}, (r) => console.log('wide', r.matches));
		const o = this.createMediaQueryObserver(); o.observe({orientation: 'portrait'}, (r) => console.log('portrait', r.matches)); o.disconnect();`))
	b.Send(`{"t":"env","env":{"width":390,"height":800}}`)
	b.Send(`{"t":"env","env":{"width":800,"height":390}}`)
	b.WantPrinted("wide false", "portrait true", "wide true")
}

func TestRandomBytesComeFromTheHost(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.getRandomValues({length: 3, success: (r) => console.log(new Uint8Array(r.randomValues).join())});
		wx.getRandomValues({length: 0, fail: (r) => console.log(r.errMsg)});`))
	b.Reply(0, true, `{"data":"AQID"}`)
	b.WantPrinted("getRandomValues:fail parameter error: parameter.length should be from 1 to 1048576", "1,2,3")
}

func TestAScanGivesTheTextAndItsBytes(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.scanCode({success: (r) => console.log(r.result, r.scanType, r.rawData, r.charSet)});`))
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{"result":"茶","scanType":"QR_CODE"}}`, b.Last("scanCode")["call"])
	b.WantPrinted("茶 QR_CODE 6Iy2 UTF-8")
}

func TestChosenMediaSayTheirKind(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.chooseMedia({mediaType: ['video'], success: (r) => console.log(r.type, r.tempFiles[0].tempFilePath, r.tempFiles[0].fileType)});
		wx.chooseMedia({success: (r) => console.log(r.type, r.tempFiles[0].tempFilePath, r.tempFiles[0].size)});`))
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{"tempFilePath":"wxfile://tmp_1.mp4"}}`, b.Last("chooseVideo")["call"])
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{"tempFilePaths":["p"],"tempFiles":[{"path":"p","size":4}]}}`, b.Last("chooseImage")["call"])
	b.WantPrinted("video wxfile://tmp_1.mp4 video", "image p 4")
}
