package wx_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

func TestFilesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const fs = wx.getFileSystemManager(), root = wx.env.USER_DATA_PATH;
		fs.writeFileSync(root + '/a.txt', '茶');
		console.log(fs.readFileSync(root + '/a.txt', 'utf8'), fs.readFileSync(root + '/a.txt', 'hex'), new Uint8Array(fs.readFileSync(root + '/a.txt')).length);
		fs.appendFileSync(root + '/a.txt', new Uint8Array([33]).buffer);
		fs.mkdirSync(root + '/d/e', true);
		fs.copyFileSync(root + '/a.txt', root + '/d/b.txt');
		fs.renameSync(root + '/d', root + '/f');
		console.log(fs.readdirSync(root).join(), fs.readdirSync(root + '/f').join(), fs.readFileSync(root + '/f/b.txt', 'base64'));
		console.log(fs.statSync(root + '/a.txt').size, fs.statSync(root + '/f').isDirectory(), fs.statSync(root + '/f', true).map((s) => s.path).join());
		fs.truncateSync(root + '/a.txt', 3);
		console.log(fs.readFileSync(root + '/a.txt', 'utf-8', 0, 3));
		fs.unlinkSync(root + '/a.txt');
		fs.rmdirSync(root + '/f', true);
		console.log(fs.readdirSync(root).length);
		fs.readFile({filePath: root + '/none', fail: (r) => console.log(r.errMsg)});
		fs.writeFile({filePath: root + '/x.bin', data: 'AQI=', encoding: 'base64', success: (r) => {
			console.log(r.errMsg); fs.getFileInfo({filePath: root + '/x.bin', success: (i) => console.log(i.size, i.digest)}); }});
	`))
	b.WantPrinted("茶 e88cb6 3", "a.txt,f b.txt,e 6Iy2IQ==", "4 true /,/b.txt,/e", "茶", "0",
		`readFile:fail no such file or directory, readFile "wxfile://usr/none"`, "writeFile:ok",
		"2 0cb988d042a7f28dd5fe2b55b3f5ac7a")
	b.WantClean()
}

func TestEveryMistakeWithAFileHasItsReason(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const fs = wx.getFileSystemManager(), root = wx.env.USER_DATA_PATH;
		fs.mkdirSync(root + '/d');
		fs.writeFileSync(root + '/d/a', 'x');
		const tries = {
			outside: () => fs.readFileSync('/etc/passwd'),
			above: () => fs.writeFileSync(root + '/../../x', 'y') || fs.readdirSync(root).join(),
			folder: () => fs.writeFileSync(root + '/d', 'x'),
			parent: () => fs.writeFileSync(root + '/no/x', 'x'),
			full: () => fs.rmdirSync(root + '/d'),
			twice: () => fs.mkdirSync(root + '/d'),
			into: () => fs.renameSync(root + '/d', root + '/d/e'),
			range: () => fs.readFileSync(root + '/d/a', 'utf8', 5),
			kind: () => fs.writeFileSync(root + '/y', {}),
			encoding: () => fs.readFileSync(root + '/d/a', 'latin9'),
			base64: () => fs.writeFileSync(root + '/y', '!', 'base64'),
			quota: () => fs.writeFileSync(root + '/big', new ArrayBuffer(9000000)),
		};
		for (const name of Object.keys(tries)) try { console.log(name, tries[name]()); } catch (e) { console.log(name, e.message); }
	`))
	b.WantPrinted(
		`outside readFileSync:fail permission denied, readFile "/etc/passwd"`,
		"above d,x",
		`folder writeFileSync:fail illegal operation on a directory, writeFile "wxfile://usr/d"`,
		`parent writeFileSync:fail no such file or directory, writeFile "wxfile://usr/no/x"`,
		"full rmdirSync:fail directory not empty",
		`twice mkdirSync:fail file already exists "wxfile://usr/d"`,
		"into renameSync:fail permission denied, a folder cannot be moved into itself",
		`range readFileSync:fail the value of "position" is out of range`,
		"kind writeFileSync:fail parameter error: parameter.data should be String or ArrayBuffer",
		`encoding readFileSync:fail invalid encoding "latin9"`,
		"base64 writeFileSync:fail the data is not base64",
		"quota writeFileSync:fail the maximum size of the file storage limit is exceeded")
	b.WantClean()
}

// A file of more than one stored value, so that its parts are put together again.
func TestFilesOutliveTheirSessionAndAreNoValues(t *testing.T) {
	t.Parallel()
	program := apptest.OnePage(`
		const fs = wx.getFileSystemManager(), root = wx.env.USER_DATA_PATH;
		try { console.log(fs.readFileSync(root + '/d/big', 'utf8').length, fs.readdirSync(root + '/d').join()); } catch (e) {
			fs.mkdirSync(root + '/d');
			fs.writeFileSync(root + '/d/big', 'x'.repeat(1000000));
			fs.writeFileSync(root + '/short', 'x'.repeat(1000000));
			fs.writeFileSync(root + '/short', 'y');
		}
		wx.setStorageSync('k', 1);
		wx.clearStorageSync();
		console.log(wx.getStorageInfoSync().keys.length, wx.getStorageInfoSync().currentSize);
	`)
	first := apptest.Open(t, program)
	first.WantPrinted("0 0")
	kept := map[string]string{}
	for _, op := range first.Stored {
		if problem := op.Check(); problem != "" {
			t.Error(problem)
		}
		switch op.Op {
		case "set":
			kept[op.Key] = op.Value
		case "remove":
			delete(kept, op.Key)
		default:
			t.Errorf("%s would remove the files too", op.Op)
		}
	}
	if len(kept) != 4 { // the folder, two parts, the short one
		t.Errorf("%d values are kept", len(kept))
	}
	second := apptest.Open(t, program, func(r *framework.OpenRequest) { r.Storage = kept })
	second.WantPrinted("1000000 big", "0 0")
	second.WantClean()
}

func TestAProgramSeesFilesThatAnotherSessionWrote(t *testing.T) {
	t.Parallel()
	writer := apptest.Open(t, apptest.OnePage(`wx.getFileSystemManager().writeFileSync(wx.env.USER_DATA_PATH + '/a', 'x'.repeat(800000));`))
	reader := apptest.Open(t, apptest.OnePage("", `tap() { const fs = wx.getFileSystemManager(); console.log(fs.readFileSync(wx.env.USER_DATA_PATH + '/a', 'utf8').length); }`))
	for _, op := range writer.Stored {
		reader.Send(`{"t":"storage","storage":{"op":"set","key":%s,"value":%s,"seen":0}}`, apptest.JSON(op.Key), apptest.JSON(op.Value))
	}
	reader.Tap(1, 0)
	reader.WantPrinted("800000")
}

func TestFilesOfTheHostAreReadAndKeptThroughIt(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("ab", 16)
	b := apptest.Open(t, apptest.OnePage(`
		const fs = wx.getFileSystemManager(), tmp = 'wxfile://tmp_`+key+`.txt';
		fs.readFile({filePath: tmp, encoding: 'utf8', success: (r) => console.log(r.data)});
		wx.saveFile({tempFilePath: tmp, success: (r) => console.log(r.savedFilePath)});
		fs.saveFile({tempFilePath: tmp, filePath: wx.env.USER_DATA_PATH + '/kept', success: (r) => console.log(r.savedFilePath, fs.readFileSync(r.savedFilePath, 'utf8'))});
		wx.getSavedFileList({success: (r) => console.log(JSON.stringify(r.fileList))});
		wx.removeSavedFile({filePath: 'wxfile://store_`+key+`.txt', success: (r) => console.log(r.errMsg)});
		try { fs.readFileSync(tmp); } catch (e) { console.log(e.message.slice(0, 35)); }`))
	b.Reply(0, true, `{"data":"6Iy2"}`)
	b.Reply(1, true, `{"path":"wxfile://store_`+key+`.txt"}`)
	b.Reply(2, true, `{"data":"6Iy2"}`)
	b.Reply(3, true, `{"files":[{"path":"p","size":3,"created":5}]}`)
	b.Reply(4, true, `{}`)
	var names []string
	for _, call := range b.Calls {
		names = append(names, call.Name)
	}
	if got := strings.Join(names, " "); got != "files.read files.save files.read files.list files.remove" {
		t.Errorf("asked for %s", got)
	}
	b.WantPrinted("readFileSync:fail permission denied", "茶", "wxfile://store_"+key+".txt", "wxfile://usr/kept 茶",
		`[{"filePath":"p","size":3,"createTime":5}]`, "removeSavedFile:ok")
}
