package wx

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// mediaRows show and choose pictures.
var mediaRows = []api{
	show("previewImage", "urls", "current"),
	askShell("chooseImage", "count", "sizeType", "sourceType"),
	{name: "previewMedia", async: func(w *wx, c *call) {
		if args, ok := c.pickOnPage("sources", "current"); ok {
			c.notifyShell("previewMedia", args)
		}
	}},
	askShell("chooseVideo", "sourceType", "maxDuration", "camera"),
	askShell("chooseMessageFile", "count", "type", "extension"),
	askShell("getImageInfo", "src"),
	askShell("compressImage", "src", "quality", "compressedWidth", "compressedHeight"),
	askShell("getVideoInfo", "src"),
	askShell("showShareImageMenu", "path"),
	{name: "chooseMedia", async: func(w *wx, c *call) {
		wanted := []string{}
		for _, kind := range w.vm.Elements(c.value("mediaType")) {
			wanted = append(wanted, vm.TextOf(kind))
		}
		if slices.Contains(wanted, "video") && !slices.Contains(wanted, "image") {
			w.chooseVideo(c)
			return
		}
		args, ok := c.pickOnPage("count", "sizeType", "sourceType")
		if !ok {
			return
		}
		c.ask("chooseImage", args, func(res *goja.Object) {
			var files []any
			for _, v := range w.vm.Elements(res.Get("tempFiles")) {
				if file, ok := v.(*goja.Object); ok {
					files = append(files, w.vm.Object("tempFilePath", vm.OrUndefined(file.Get("path")),
						"size", vm.OrUndefined(file.Get("size")), "fileType", "image"))
				}
			}
			c.ok(w.vm.Object("type", "image", "tempFiles", w.vm.Array(files...)))
		})
	}},
}

// chooseVideo is chooseMedia of a video.
func (w *wx) chooseVideo(c *call) {
	args, ok := c.pickOnPage("sourceType", "maxDuration", "camera")
	if !ok {
		return
	}
	c.ask("chooseVideo", args, func(res *goja.Object) {
		res.Set("fileType", "video")
		c.ok(w.vm.Object("type", "video", "tempFiles", w.vm.Array(res)))
	})
}
