package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestFilesOfTheCloudAnswerInTheVendorsForm(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		wx.getFileSystemManager().writeFileSync(wx.env.USER_DATA_PATH + '/a.txt', 'tea');
		const print = (r) => console.log(JSON.stringify(r));
		const task = wx.cloud.uploadFile({cloudPath: 'a.txt', filePath: wx.env.USER_DATA_PATH + '/a.txt', success: print});
		task.onProgressUpdate((p) => console.log(p.progress));
		wx.cloud.downloadFile({fileID: 'cloud://x'}).catch(print);
		wx.cloud.getTempFileURL({fileList: ['cloud://a', {fileID: 'cloud://b', maxAge: 60}], success: print});
		wx.cloud.deleteFile({fileList: ['cloud://a', 'cloud://c']}).then(print);
		wx.cloud.uploadFile({cloudPath: 'b.txt', filePath: wx.env.USER_DATA_PATH + '/none'}).catch((e) => console.log(e.errMsg));
		wx.cloud.deleteFile({fileList: []}).catch(print);`))
	if got := apptest.JSON(b.Calls[0].Args); b.Calls[0].Name != "cloud.upload" || got != `{"cloud_path":"a.txt","data":"dGVh"}` {
		t.Errorf("uploaded %s", got)
	}
	b.Reply(0, true, `{"file_id":"cloud://ta.k/a.txt","size":3}`)
	b.Reply(1, false, `{"message":"storage file not exists","slug":"cloud-no-file"}`)
	b.Reply(2, true, `{"max_age":7200,"files":[{"file_id":"cloud://a","found":true,"url":"https://tea.example/a"},{"file_id":"cloud://b","found":false}]}`)
	b.Reply(3, true, `{"files":[{"file_id":"cloud://a","found":true},{"file_id":"cloud://c","found":true,"denied":true}]}`)
	b.WantPrinted(`cloud.uploadFile:fail no such file or directory, uploadFile "wxfile://usr/none"`,
		`{"errCode":-401003,"errMsg":"cloud.deleteFile:fail -401003 parameter.fileList should be a list of 1 to 50 file IDs"}`,
		`100`, `{"fileID":"cloud://ta.k/a.txt","statusCode":200,"errMsg":"cloud.uploadFile:ok"}`,
		`{"errCode":-503003,"errMsg":"cloud.downloadFile:fail -503003 storage file not exists"}`,
		`{"fileList":[{"fileID":"cloud://a","status":0,"errMsg":"ok","tempFileURL":"https://tea.example/a","maxAge":7200},`+
			`{"fileID":"cloud://b","status":-503003,"errMsg":"storage file not exists","tempFileURL":"","maxAge":7200}],"errMsg":"cloud.getTempFileURL:ok"}`,
		`{"fileList":[{"fileID":"cloud://a","status":0,"errMsg":"ok"},{"fileID":"cloud://c","status":-503002,"errMsg":"storage permission denied"}],"errMsg":"cloud.deleteFile:ok"}`)
	b.WantClean()
}

func TestFunctionsAnswerInTheVendorsForm(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const print = (r) => console.log(JSON.stringify(r));
		wx.cloud.callFunction({name: 'sum', data: {a: 1, at: new Date(0)}, success: print, complete: () => console.log('complete')});
		wx.cloud.callFunction({name: 'none'}).then(print);
		wx.cloud.callFunction({name: 'broken'}).catch(print);
		wx.cloud.callFunction({name: 'many'}).catch((e) => console.log(e.errCode, e.errMsg));
		wx.cloud.callFunction({name: 'x', data: 'text'}).catch(print);`))
	for i, want := range []string{`{"data":{"a":1,"at":"1970-01-01T00:00:00.000Z"},"name":"sum"}`, `{"data":{},"name":"none"}`, `{"data":{},"name":"broken"}`, `{"data":{},"name":"many"}`} {
		if got := string(b.Calls[i].Text); b.Calls[i].Name != "cloud.call_function" || got != want {
			t.Errorf("call %d: %s", i, got)
		}
	}
	b.Reply(0, true, `{"request_id":"r1","result":{"sum":3}}`)
	b.Reply(1, true, `{"request_id":"r2","result":null}`)
	b.Reply(2, true, `{"request_id":"r3","failure":{"code":-504002,"message":"TypeError: no\n    at cloudfunctions/broken/index.js:1:2"}}`)
	b.Reply(3, false, `{"message":"More than 10 cloud functions at once; wait for answers first.","slug":"too-many-functions"}`)
	b.WantPrinted(`{"errCode":-501007,"errMsg":"cloud.callFunction:fail -501007 parameter.data should be object instead of string"}`,
		`{"result":{"sum":3},"requestID":"r1","errMsg":"cloud.callFunction:ok"}`, "complete",
		`{"result":null,"requestID":"r2","errMsg":"cloud.callFunction:ok"}`,
		`{"errCode":-504002,"errMsg":"cloud.callFunction:fail Error: errCode: -504002 functions execute fail | errMsg: TypeError: no\n    at cloudfunctions/broken/index.js:1:2"}`,
		"-501004 cloud.callFunction:fail Error: errCode: -501004  | errMsg: More than 10 cloud functions at once; wait for answers first.")
	b.WantClean()
}

// Ensure that what a database needs is made for the first one, and is the same for the next: a command of one is known
// to the other.
func TestTheCloudHasADatabaseOnceItIsAskedForOne(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		console.log(Object.keys(wx.cloud)[0], wx.cloud.database.name, wx.cloud === wx.cloud, wx.cloud.database() === wx.cloud.database());
		const {command, RegExp} = wx.cloud.database({env: 'e'});
		wx.cloud.database().collection('teas').where({n: command.gt(1), name: RegExp({regexp: '^a'})}).get().then((r) => console.log(JSON.stringify(r)));`))
	if got := b.Calls[0].Name; got != "cloud.get" {
		t.Errorf("called %s", got)
	}
	b.Reply(0, true, `{"documents":[{"_id":"a","n":2}]}`)
	b.WantPrinted("database database true false", `{"data":[{"_id":"a","n":2}],"errMsg":"collection.get:ok"}`)
	b.WantClean()
}
