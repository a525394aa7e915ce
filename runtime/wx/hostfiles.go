package wx

import (
	"encoding/base64"
	slash "path"
	"regexp"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// Files that the host keeps for a program and its user: what it downloaded, what the user chose, what it
// saved of these. Their paths are wxfile://tmp_<key>, wxfile://store_<key>, and the address of a chosen
// picture. Programs pass them on, to <image>, to an upload, to a player; only readFile brings their bytes
// into the worker.

var (
	hostFile      = regexp.MustCompile(`^wxfile://(tmp|store)_[0-9a-f]{32}(\.[0-9A-Za-z]{1,10})?$`)
	chosenPicture = regexp.MustCompile(`^https?://[^/?#]+/media/[0-9a-f]{32}$`)
)

// isHostFile reports whether the host has the file.
func isHostFile(given string) bool {
	return hostFile.MatchString(given) || chosenPicture.MatchString(given)
}

// fileRows are about files outside of the file system manager.
var fileRows = []api{
	answers("getFileSystemManager", (*wx).fileSystem),
	{name: "getFileInfo", async: fileInfo},
	{name: "saveFile", async: saveFile},
	{name: "getSavedFileList", async: savedFiles},
	{name: "getSavedFileInfo", async: func(w *wx, c *call) {
		c.withFile(map[string]any{"path": c.text("filePath")}, "files.info", func(res *goja.Object) {
			c.ok(w.vm.Object("size", vm.OrUndefined(res.Get("size")), "createTime", vm.OrUndefined(res.Get("created"))))
		})
	}},
	{name: "removeSavedFile", async: removeSaved},
	{name: "openDocument", async: func(w *wx, c *call) {
		if args, ok := c.pickOnPage("filePath", "fileType", "showMenu"); ok {
			c.ask("openDocument", args, nil)
		}
	}},
	askShell("saveImageToPhotosAlbum", "filePath"),
	askShell("saveVideoToPhotosAlbum", "filePath"),
	askShell("saveFileToDisk", "filePath"),
}

// withFile calls a capability about a file.
func (c *call) withFile(fields map[string]any, capability string, then func(*goja.Object)) {
	if args, ok := c.args(fields); ok {
		c.bridge(capability, args, then)
	}
}

// fileInfo is wx.getFileInfo: size and checksum.
func fileInfo(w *wx, c *call) {
	algorithm := c.text("digestAlgorithm")
	given := c.text("filePath")
	if isHostFile(given) {
		c.withFile(map[string]any{"path": given}, "files.read", func(res *goja.Object) {
			raw, _ := base64.StdEncoding.DecodeString(vm.TextOf(res.Get("data"))) // the host has encoded it
			c.ok(w.vm.Object("size", len(raw), "digest", digest(raw, algorithm)))
		})
		return
	}
	_, n, reason := task{f: w.storage.files, vm: w.vm, name: "getFileInfo", get: c.value}.at("filePath")
	if reason != "" || n.folder {
		c.fail(orText(reason, "illegal operation on a directory"))
		return
	}
	c.ok(w.vm.Object("size", len(n.data), "digest", digest(n.data, algorithm)))
}

// readHostFile is readFile of a file that the host has.
func (w *wx) readHostFile(c *call) {
	c.withFile(map[string]any{"path": c.text("filePath")}, "files.read", func(res *goja.Object) {
		raw, _ := base64.StdEncoding.DecodeString(vm.TextOf(res.Get("data"))) // the host has encoded it
		data, reason := task{f: w.storage.files, vm: w.vm, get: c.value}.slice(raw)
		if reason != "" {
			c.fail(reason)
			return
		}
		c.ok(w.vm.Object("data", data))
	})
}

// saveFile keeps a temporary file: on the host, or at a path of the program's own.
func saveFile(w *wx, c *call) {
	given, own := c.text("tempFilePath"), c.text("filePath")
	if !isHostFile(given) {
		c.saveOwn(given, own)
		return
	}
	if own == "" {
		c.withFile(map[string]any{"path": given}, "files.save", func(res *goja.Object) {
			c.ok(w.vm.Object("savedFilePath", vm.OrUndefined(res.Get("path"))))
		})
		return
	}
	c.withFile(map[string]any{"path": given}, "files.read", func(res *goja.Object) {
		raw, _ := base64.StdEncoding.DecodeString(vm.TextOf(res.Get("data"))) // the host has encoded it
		c.keep(own, raw)
	})
}

// saveOwn is saveFile of a file below userFolder.
func (c *call) saveOwn(given, own string) {
	t := task{f: c.wx.storage.files, vm: c.wx.vm, name: "saveFile", get: c.value}
	_, n, reason := t.at("tempFilePath")
	if reason != "" || n.folder {
		c.fail(orText(reason, "illegal operation on a directory"))
		return
	}
	if own == "" {
		own = userFolder + "/" + slash.Base(given)
	}
	c.keep(own, n.data)
}

// keep writes what saveFile or downloadFile got to a path of the program's own.
func (c *call) keep(own string, raw []byte) {
	t := task{f: c.wx.storage.files, vm: c.wx.vm, name: c.name, get: func(string) goja.Value { return c.wx.vm.Value(own) }}
	name, reason := t.free("filePath")
	if reason == "" {
		reason = t.f.put(name, &node{data: raw})
	}
	if reason != "" {
		c.fail(reason)
		return
	}
	c.ok(c.wx.vm.Object("savedFilePath", own))
}

func savedFiles(w *wx, c *call) {
	c.withFile(map[string]any{}, "files.list", func(res *goja.Object) {
		var list []any
		for _, v := range w.vm.Elements(res.Get("files")) {
			if file, ok := v.(*goja.Object); ok {
				list = append(list, w.vm.Object("filePath", vm.OrUndefined(file.Get("path")),
					"size", vm.OrUndefined(file.Get("size")), "createTime", vm.OrUndefined(file.Get("created"))))
			}
		}
		c.ok(w.vm.Object("fileList", w.vm.Array(list...)))
	})
}

func removeSaved(w *wx, c *call) {
	c.withFile(map[string]any{"path": c.text("filePath")}, "files.remove", func(*goja.Object) { c.ok(nil) })
}
