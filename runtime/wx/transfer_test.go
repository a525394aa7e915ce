package wx_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestDownloadsAreKeptByTheHostOrAtAPathOfTheProgram(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const task = wx.downloadFile({url: 'https://a.example/x.png', header: {'X-T': 'y'}, success: (r) => console.log(r.statusCode, r.tempFilePath, r.filePath, r.header.A)});
		task.onProgressUpdate((r) => console.log(r.progress, r.totalBytesWritten)); task.onHeadersReceived((r) => console.log(r.header.A));
		const own = wx.env.USER_DATA_PATH + '/x';
		wx.downloadFile({url: 'https://a.example/x', filePath: own, success: (r) => console.log(r.tempFilePath, r.filePath, wx.getFileSystemManager().readFileSync(own, 'utf8'))});
		wx.downloadFile({url: 'https://b.example/', fail: (r) => console.log(r.errMsg)});
		wx.downloadFile({url: 'https://a.example/slow', fail: (r) => console.log(r.errMsg)}).abort();`))
	if got := apptest.JSON(b.Calls[0].Args); got != `{"content":false,"headers":{"X-T":"y"},"timeout_ms":60000,"url":"https://a.example/x.png"}` {
		t.Errorf("asked %s", got)
	}
	b.Reply(0, true, `{"status":200,"headers":{"A":"b"},"path":"wxfile://tmp_1.png","size":9}`)
	b.Reply(1, true, `{"status":200,"headers":{},"data":"6Iy2","size":3}`)
	b.Reply(2, false, `{"message":"b.example is not among the domains","slug":"domain-not-declared"}`)
	b.WantPrinted("downloadFile:fail abort", "b", "100 9", "200 wxfile://tmp_1.png undefined b",
		"undefined wxfile://usr/x 茶", "downloadFile:fail b.example is not among the domains")
	b.WantClean()
}

func TestUploadsNameAFileOfTheHostOrCarryOneOfTheProgram(t *testing.T) {
	t.Parallel()
	chosen := "https://tea.example/media/" + strings.Repeat("0f", 16)
	b := apptest.Open(t, apptest.OnePage(`
		wx.uploadFile({url: 'https://a.example/up', filePath: '`+chosen+`', name: 'file', formData: {a: 1, b: {c: 2}}, success: (r) => console.log(r.statusCode, r.data)});
		const own = wx.env.USER_DATA_PATH + '/x.txt'; wx.getFileSystemManager().writeFileSync(own, '茶');
		wx.uploadFile({url: 'https://a.example/up', filePath: own, name: 'f'});
		wx.uploadFile({url: 'https://a.example/up', filePath: '/etc/passwd', name: 'f', fail: (r) => console.log(r.errMsg)});
		wx.uploadFile({url: 'https://a.example/up', filePath: own, fail: (r) => console.log(r.errMsg)});`))
	if len(b.Calls) != 2 || b.Calls[0].Args["path"] != chosen || apptest.JSON(b.Calls[0].Args["form"]) != `{"a":"1","b":"{\"c\":2}"}` ||
		b.Calls[1].Args["data"] != "6Iy2" || b.Calls[1].Args["file_name"] != "x.txt" {
		t.Errorf("asked %v", b.Calls)
	}
	b.Reply(0, true, `{"status":201,"headers":{},"body":"{\"ok\":1}","size":5}`)
	b.WantPrinted(`uploadFile:fail permission denied, uploadFile "/etc/passwd"`,
		"uploadFile:fail parameter error: parameter.name should be String instead of Undefined", `201 {"ok":1}`)
}

func TestASocketTellsWhatTheHostHears(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		wx.onSocketMessage((r) => console.log('app', r.data));
		const s = wx.connectSocket({url: 'wss://a.example/s', protocols: ['p'], success: (r) => console.log(r.errMsg, s.readyState)});
		s.send({data: 'early', fail: (r) => console.log(r.errMsg)});
		s.onOpen((r) => { console.log('open', r.header.A, s.readyState === s.OPEN); s.send({data: '茶'}); wx.sendSocketMessage({data: new Uint8Array([1, 2]).buffer}); });
		s.onMessage((r) => console.log(typeof r.data === 'string' ? r.data : new Uint8Array(r.data).join()));
		s.onError((r) => console.log('error', r.errMsg));
		s.onClose((r) => console.log('close', r.code, r.reason, s.readyState));`, `tap() { wx.closeSocket({code: 4000, reason: 'bye', success: (r) => console.log(r.errMsg)}); }`))
	id := b.Calls[0].Args["id"]
	event := func(more string) { b.Send(`{"t":"socket","socket":{"id":%v,%s}}`, id, more) }
	b.Reply(0, true, `{}`)
	event(`"event":"open","headers":{"A":"b"}`)
	event(`"event":"message","text":"hi"`)
	event(`"event":"message","text":"AwQ=","binary":true`)
	b.Reply(1, true, `{}`) // the second message waits for it
	b.Tap(1, 0)
	b.Reply(2, true, `{}`)
	b.Reply(3, true, `{}`)
	event(`"event":"close","code":4000,"reason":"bye"`)
	event(`"event":"message","text":"late"`)
	if b.Calls[1].Args["text"] != "茶" || b.Calls[2].Args["binary"] != true || b.Calls[3].Args["reason"] != "bye" {
		t.Errorf("asked %v", b.Calls)
	}
	b.WantPrinted("connectSocket:ok 0", "send:fail WebSocket is not connected", "open b true", "hi", "app hi", "3,4",
		"app {}", "closeSocket:ok", "close 4000 bye 3")
}

func TestASixthSocketIsRefusedAndAClosedOneMakesRoom(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`for (let i = 0; i < 6; i++) wx.connectSocket({url: 'wss://a.example/', fail: (r) => console.log(i, r.errMsg)}).onClose((r) => console.log(i, 'closed', r.code));`,
		`tap() { wx.connectSocket({url: 'wss://a.example/', success: (r) => console.log(r.errMsg)}); }`))
	b.Reply(0, false, `{"message":"a.example is not declared"}`)
	b.Tap(1, 0)
	b.WantPrinted("5 connectSocket:fail exceed max connection count", "0 closed 1006", "connectSocket:ok")
}

func TestEveryAddressReachesTheHostAsABrowserWritesIt(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const fail = (r) => console.log(r.errMsg);
		wx.getFileSystemManager().writeFileSync(wx.env.USER_DATA_PATH + '/a', 'tea');
		const filePath = wx.env.USER_DATA_PATH + '/a';
		wx.downloadFile({url: 'https://API.example/茶 叶?a=一|二', fail});
		wx.uploadFile({url: 'https:\\\\api.example/../茶', filePath, name: 'f', fail});
		wx.connectSocket({url: 'wss://api.example/茶', fail});
		wx.downloadFile({url: 'ftp://api.example/', fail}).onProgressUpdate(() => {});
		wx.uploadFile({url: '/a', filePath, name: 'f', fail}).abort();
		wx.connectSocket({url: 'https://api.example/', fail}).onError(() => {});`))
	var got []string
	for _, call := range b.Calls {
		got = append(got, fmt.Sprint(call.Args["url"]))
	}
	if want := []string{"https://api.example/%E8%8C%B6%20%E5%8F%B6?a=%E4%B8%80%7C%E4%BA%8C", "https://api.example/%E8%8C%B6",
		"wss://api.example/%E8%8C%B6"}; !slices.Equal(got, want) {
		t.Errorf("the host was asked for %q", got)
	}
	b.WantPrinted(`downloadFile:fail invalid url "ftp://api.example/"`, `uploadFile:fail invalid url "/a"`,
		`connectSocket:fail invalid url "https://api.example/"`)
}
