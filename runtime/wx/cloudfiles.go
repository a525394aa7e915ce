package wx

import (
	"fmt"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// addCloudFiles adds what wx.cloud does with files. Their IDs, cloud://…, are also addresses of pictures.
func (w *wx) addCloudFiles(cloud *goja.Object) {
	for name, run := range map[string]func(*call){
		"uploadFile": w.cloudUpload, "downloadFile": w.cloudDownload, "getTempFileURL": w.cloudURLs, "deleteFile": w.cloudDelete,
	} {
		cloud.Set(name, w.vm.Function(name, func(fc goja.FunctionCall) goja.Value {
			c, promise := w.newCall("cloud."+name, fc)
			run(c)
			if c.handle != nil {
				return c.handle
			}
			return promise
		}))
	}
}

func (w *wx) cloudUpload(c *call) {
	fields := map[string]any{"cloud_path": c.text("cloudPath")}
	if !w.addFile(c, fields) {
		return
	}
	w.transfer(c, "cloud.upload", fields, func(res *goja.Object) {
		c.ok(w.vm.Object("fileID", vm.OrUndefined(res.Get("file_id")), "statusCode", 200))
	})
}

func (w *wx) cloudDownload(c *call) {
	w.transfer(c, "cloud.download", map[string]any{"file_id": c.text("fileID")}, func(res *goja.Object) {
		c.ok(w.vm.Object("tempFilePath", vm.OrUndefined(res.Get("path")), "statusCode", 200))
	})
}

// withCloudFiles asks for a list of files, and answers with what became of each.
func (w *wx) withCloudFiles(c *call, capability string, fill func(one, file, answer *goja.Object)) {
	ids := []string{}
	for _, item := range w.vm.Elements(c.value("fileList")) {
		if o, ok := item.(*goja.Object); ok { // {fileID, maxAge}
			item = vm.OrUndefined(o.Get("fileID"))
		}
		ids = append(ids, vm.TextOf(item))
	}
	if len(ids) == 0 || len(ids) > maxCloudList {
		c.failWith(-401003, fmt.Sprintf("parameter.fileList should be a list of 1 to %d file IDs", maxCloudList))
		return
	}
	args, ok := c.args(map[string]any{"file_ids": ids})
	if !ok {
		return
	}
	id := w.vm.Expect(func(r vm.Reply) {
		if !r.OK {
			c.failWith(CloudCode(r.Result), r.Reason)
			return
		}
		answer, _ := w.vm.FromJSON(r.Result).(*goja.Object)
		list := []any{}
		for _, item := range w.vm.Elements(answer.Get("files")) {
			file := item.(*goja.Object) // the host sends nothing else
			one := w.vm.Object("fileID", vm.OrUndefined(file.Get("file_id")), "status", 0, "errMsg", "ok")
			switch {
			case !file.Get("found").ToBoolean():
				one.Set("status", -503003)
				one.Set("errMsg", "storage file not exists")
			case vm.OrUndefined(file.Get("denied")).ToBoolean():
				one.Set("status", -503002)
				one.Set("errMsg", "storage permission denied")
			}
			fill(one, file, answer)
			list = append(list, one)
		}
		c.ok(w.vm.Object("fileList", w.vm.Array(list...)))
	})
	if id == 0 {
		c.failWith(-1, "too many requests are waiting")
		return
	}
	w.vm.CallHost(id, capability, args)
}

func (w *wx) cloudURLs(c *call) {
	w.withCloudFiles(c, "cloud.file_urls", func(one, file, answer *goja.Object) {
		one.Set("tempFileURL", vm.TextOf(file.Get("url")))
		one.Set("maxAge", vm.OrUndefined(answer.Get("max_age")))
	})
}

func (w *wx) cloudDelete(c *call) {
	w.withCloudFiles(c, "cloud.delete_files", func(*goja.Object, *goja.Object, *goja.Object) {})
}
