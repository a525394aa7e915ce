package wx_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/wx"
)

func TestDescriptorsReadAndWriteAtTheirPlace(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const fs = wx.getFileSystemManager(), path = wx.env.USER_DATA_PATH + '/a.txt';
		const failed = (fn) => { try { fn(); } catch (e) { console.log(e.message); } };
		const fd = fs.openSync({filePath: path, flag: 'w+'});
		console.log(fs.writeSync({fd, data: 'hello'}).bytesWritten, fs.writeSync({fd, data: ' world'}).bytesWritten);
		const buffer = new ArrayBuffer(8);
		console.log(fs.readSync({fd, arrayBuffer: buffer, position: 6, length: 5, offset: 1}).bytesRead,
			String.fromCharCode(...new Uint8Array(buffer)).replace(/\0/g, '.'), fs.fstatSync({fd}).size);
		fs.ftruncateSync({fd, length: 4});
		fs.closeSync({fd});
		failed(() => fs.closeSync({fd}));
		console.log(fs.readFileSync(path, 'utf8'));
		const added = fs.openSync({filePath: path, flag: 'a'});
		fs.writeSync({fd: added, data: new Uint8Array([33, 34]).buffer, length: 1});
		failed(() => fs.readSync({fd: added, arrayBuffer: buffer}));
		failed(() => fs.openSync({filePath: path, flag: 'wx'}));
		failed(() => fs.openSync({filePath: path + 'x'}));
		failed(() => fs.openSync({filePath: path, flag: 'q'}));
		failed(() => fs.openSync({filePath: 'http://other/a'}));
		fs.open({filePath: path, success: (r) => fs.read({fd: r.fd, arrayBuffer: new ArrayBuffer(9),
			success: (r) => console.log(r.bytesRead, r.arrayBuffer.byteLength, r.errMsg)})});`))
	b.WantPrinted("5 6", "5 .world.. 11", "closeSync:fail bad file descriptor", "hell",
		"readSync:fail bad file descriptor: the file is open for writing only",
		`openSync:fail file already exists "wxfile://usr/a.txt"`,
		`openSync:fail no such file or directory, open "wxfile://usr/a.txtx"`,
		`openSync:fail invalid flag "q"`,
		`openSync:fail permission denied, open "http://other/a"`,
		"5 9 read:ok")
	b.WantClean()
}

func packed(t *testing.T, files ...[2]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, file := range files {
		f, err := w.Create(file[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(file[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestArchivesAreUnpackedBelowTheirFolder(t *testing.T) {
	t.Parallel()
	archive := packed(t, [2]string{"a/b.txt", "tea"}, [2]string{"../../up.txt", "out"}, [2]string{"c.txt", "cup"})
	b := apptest.Open(t, apptest.OnePage(`
		const fs = wx.getFileSystemManager(), root = wx.env.USER_DATA_PATH;
		fs.writeFileSync(root + '/a.zip', '`+archive+`', 'base64');
		fs.writeFileSync(root + '/no.zip', 'nothing');
		const fail = (r) => console.log(r.errMsg);
		fs.unzip({zipFilePath: root + '/no.zip', targetPath: root + '/to', fail});
		fs.readZipEntry({filePath: root + '/a.zip', entries: [{path: 'c.txt', encoding: 'utf8'}, {path: 'none'}],
			success: (r) => console.log(JSON.stringify(r.entries)), fail});
		fs.unzip({zipFilePath: root + '/a.zip', targetPath: root + '/to', fail, success: () =>
			console.log(fs.readdirSync(root).join(), fs.readdirSync(root + '/to').join(), fs.readFileSync(root + '/to/a/b.txt', 'utf8'))});`))
	b.WantPrinted("unzip:fail not a zip file",
		`{"c.txt":{"data":"cup","errMsg":"readZipEntry:ok"},"none":{"errMsg":"readZipEntry:fail no such file in the archive"}}`,
		"a.zip,no.zip,to a,c.txt,up.txt tea")
	b.WantClean()
}

func TestAnArchiveThatUnfoldsWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	bomb := packed(t, [2]string{"bomb", strings.Repeat("0", wx.MaxUnpacked+1)})
	var small bytes.Buffer
	w := brotli.NewWriter(&small)
	if _, err := w.Write(bytes.Repeat([]byte{'0'}, wx.MaxUnpacked+1)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b := apptest.Open(t, apptest.OnePage(`
		const fs = wx.getFileSystemManager(), root = wx.env.USER_DATA_PATH;
		fs.writeFileSync(root + '/a.zip', '`+bomb+`', 'base64');
		fs.writeFileSync(root + '/a.br', '`+base64.StdEncoding.EncodeToString(small.Bytes())+`', 'base64');
		const fail = (r) => console.log(r.errMsg);
		fs.unzip({zipFilePath: root + '/a.zip', targetPath: root, fail});
		fs.readCompressedFile({filePath: root + '/a.br', compressionAlgorithm: 'br', fail});
		try { fs.readCompressedFileSync({filePath: root + '/a.br', compressionAlgorithm: 'br'}); } catch (e) { console.log(e.message); }`))
	b.WantPrinted("readCompressedFileSync:fail what is packed has more than 10 MB",
		"unzip:fail what is packed has more than 10 MB", "readCompressedFile:fail what is packed has more than 10 MB")
}
