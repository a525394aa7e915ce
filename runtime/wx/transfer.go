package wx

import (
	"encoding/base64"
	"encoding/json"
	slash "path"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// transferRows send files and get them.
var transferRows = []api{
	{name: "downloadFile", async: func(w *wx, c *call) { w.download(c) }},
	{name: "uploadFile", async: func(w *wx, c *call) { w.upload(c) }},
}

// transfer makes the task that a call returns, and sends the call to the host.
func (w *wx) transfer(c *call, capability string, fields map[string]any, then func(*goja.Object)) {
	var id uint64
	handle := w.vm.Object()
	progress := []goja.Value{}
	on := func(name string, fn func(goja.Value)) {
		handle.Set(name, w.vm.Function(name, func(fc goja.FunctionCall) goja.Value {
			fn(fc.Argument(0))
			return goja.Undefined()
		}))
	}
	on("abort", func(goja.Value) {
		if id != 0 && w.vm.Waits(id) {
			w.vm.Forget(id)
			c.fail("abort")
		}
	})
	on("onProgressUpdate", func(fn goja.Value) { progress = append(progress, fn) })
	on("offProgressUpdate", func(goja.Value) { progress = nil })
	headers := []goja.Value{}
	on("onHeadersReceived", func(fn goja.Value) { headers = append(headers, fn) })
	on("offHeadersReceived", func(goja.Value) { headers = nil })
	if c.promise == nil {
		c.handle = handle
	}
	args, ok := c.args(fields)
	if !ok {
		return
	}
	id = w.vm.Expect(func(r vm.Reply) {
		if !r.OK {
			if strings.HasPrefix(c.name, "cloud.") {
				c.failWith(CloudCode(r.Result), r.Reason)
				return
			}
			c.fail(r.Reason)
			return
		}
		res, ok := w.vm.FromJSON(r.Result).(*goja.Object)
		if !ok {
			c.fail("the platform's answer cannot be read")
			return
		}
		for _, fn := range headers {
			w.vm.Invoke(fn, goja.Undefined(), w.vm.Object("header", vm.OrUndefined(res.Get("headers"))))
		}
		size := vm.OrUndefined(res.Get("size")).ToInteger()
		sent := w.vm.Object("progress", 100, "totalBytesWritten", size, "totalBytesExpectedToWrite", size,
			"totalBytesSent", size, "totalBytesExpectedToSend", size)
		for _, fn := range progress {
			w.vm.Invoke(fn, goja.Undefined(), sent)
		}
		then(res)
	})
	if id == 0 {
		c.fail("too many requests are waiting")
		return
	}
	w.vm.CallHost(id, capability, args)
}

// refuse fails a call before it has begun. Programs use the task that the call returns all the same.
func (c *call) refuse(methods []string, reason string) {
	if c.promise == nil {
		c.handle = c.wx.inert(methods)
	}
	c.fail(reason)
}

// headers reads the option header.
func (c *call) headers() map[string]string {
	headers := map[string]string{}
	if given, ok := c.value("header").(*goja.Object); ok {
		for _, name := range given.Keys() {
			headers[name] = vm.TextOf(given.Get(name))
		}
	}
	return headers
}

// download is wx.downloadFile. The host keeps the file, unless the program names a path of its own.
func (w *wx) download(c *call) {
	own := c.text("filePath")
	address, reason := webAddress(c.text("url"), "https", "http")
	if reason != "" {
		c.refuse(transferMethods, reason)
		return
	}
	fields := map[string]any{"url": address, "headers": c.headers(), "content": own != "",
		"timeout_ms": int(c.number("timeout", float64(w.app.Config().NetworkTimeout.DownloadFile)))}
	w.transfer(c, "net.download", fields, func(res *goja.Object) {
		made := w.vm.Object("statusCode", vm.OrUndefined(res.Get("status")), "header", vm.OrUndefined(res.Get("headers")),
			"tempFilePath", vm.OrUndefined(res.Get("path")), "dataLength", vm.OrUndefined(res.Get("size")))
		if own == "" {
			c.ok(made)
			return
		}
		raw, _ := base64.StdEncoding.DecodeString(vm.TextOf(res.Get("data"))) // the host has encoded it
		t := task{f: w.storage.files, vm: w.vm, name: "downloadFile", get: c.value}
		name, reason := t.free("filePath")
		if reason == "" {
			reason = t.f.put(name, &node{data: raw})
		}
		if reason != "" {
			c.fail(reason)
			return
		}
		made.Delete("tempFilePath")
		made.Set("filePath", own)
		c.ok(made)
	})
}

// upload is wx.uploadFile: one file and the fields of a form.
func (w *wx) upload(c *call) {
	given := c.text("filePath")
	address, reason := webAddress(c.text("url"), "https", "http")
	if reason != "" {
		c.refuse(transferMethods, reason)
		return
	}
	form := map[string]string{}
	if data, ok := c.value("formData").(*goja.Object); ok {
		for _, name := range data.Keys() {
			if v := data.Get(name); !goja.IsUndefined(v) {
				form[name] = formValue(w.vm, v)
			}
		}
	}
	fields := map[string]any{"url": address, "headers": c.headers(), "name": c.text("name"), "form": form,
		"file_name":  orText(c.text("fileName"), slash.Base(given)),
		"timeout_ms": int(c.number("timeout", float64(w.app.Config().NetworkTimeout.UploadFile)))}
	if fields["name"] == "" {
		c.refuse(transferMethods, "parameter error: parameter.name should be String instead of Undefined")
		return
	}
	if !w.addFile(c, fields) {
		return
	}
	w.transfer(c, "net.upload", fields, func(res *goja.Object) {
		text := vm.TextOf(res.Get("body"))
		c.ok(w.vm.Object("statusCode", vm.OrUndefined(res.Get("status")), "data", strings.ToValidUTF8(text, "\uFFFD"),
			"header", vm.OrUndefined(res.Get("headers"))))
	})
}

// addFile adds the call's filePath to what is sent: the path of a file that the host has, the bytes of one that
// the program has. It reports false when there is no such file, and the call has failed.
func (w *wx) addFile(c *call, fields map[string]any) bool {
	if path := c.text("filePath"); isHostFile(path) {
		fields["path"] = path
		return true
	}
	_, n, reason := task{f: w.storage.files, vm: w.vm, name: "uploadFile", get: c.value}.at("filePath")
	if reason != "" || n.folder {
		c.refuse(transferMethods, orText(reason, "illegal operation on a directory"))
		return false
	}
	fields["data"] = base64.StdEncoding.EncodeToString(n.data)
	return true
}

// formValue is a field of a form as the vendor sends it: JSON for what is not a plain value.
func formValue(v *vm.VM, value goja.Value) string {
	if object, ok := value.(*goja.Object); ok && json.Valid([]byte(v.Stringify(object))) {
		return v.Stringify(object)
	}
	return vm.TextOf(value)
}
