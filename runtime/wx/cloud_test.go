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
