package wx

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	slash "path"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// openFile is what a descriptor of the file system manager stands for.
type openFile struct {
	name                string // of the node
	read, write, append bool
	at                  int // where the next read or write without a position begins
}

// openFlags are the modes of open: what they allow, and what happens to the file.
var openFlags = map[string]struct{ read, write, append, create, exclusive, truncate bool }{
	"r": {read: true}, "r+": {read: true, write: true},
	"w": {write: true, create: true, truncate: true}, "w+": {read: true, write: true, create: true, truncate: true},
	"wx":  {write: true, create: true, exclusive: true},
	"wx+": {read: true, write: true, create: true, exclusive: true},
	"a":   {write: true, append: true, create: true}, "a+": {read: true, write: true, append: true, create: true},
	"ax":  {write: true, append: true, create: true, exclusive: true},
	"ax+": {read: true, write: true, append: true, create: true, exclusive: true},
}

// descriptorOperations work on open files. Their synchronous forms take one object.
func (w *wx) descriptorOperations() []operation {
	return []operation{
		{"open", nil, "fd", w.openOne},
		{"close", nil, "", func(t task) (goja.Value, string) {
			_, _, reason := w.opened(t)
			delete(w.openFiles, t.text("fd"))
			return nothing(reason)
		}},
		{"fstat", nil, "stats", func(t task) (goja.Value, string) {
			_, n, reason := w.opened(t)
			if reason != "" {
				return nothing(reason)
			}
			return t.stats(n), ""
		}},
		{"ftruncate", nil, "", func(t task) (goja.Value, string) {
			o, n, reason := w.opened(t)
			length := t.number("length", 0)
			switch {
			case reason != "":
				return nothing(reason)
			case !o.write:
				return nothing("bad file descriptor: the file is open for reading only")
			case length < 0 || length > MaxUnpacked:
				return nothing("the length is out of range")
			}
			data := make([]byte, length)
			copy(data, n.data)
			return nothing(t.f.put(o.name, &node{data: data}))
		}},
		{"read", nil, "", w.readOpen},
		{"write", nil, "", w.writeOpen},
	}
}

// opened finds the open file of a call.
func (w *wx) opened(t task) (*openFile, *node, string) {
	o := w.openFiles[t.text("fd")]
	if o == nil {
		return nil, nil, "bad file descriptor"
	}
	n := t.f.nodes[o.name]
	if n == nil {
		return nil, nil, "no such file or directory: the open file was removed"
	}
	return o, n, ""
}

func (w *wx) openOne(t task) (goja.Value, string) {
	flag := orText(t.text("flag"), "r")
	how, known := openFlags[strings.Replace(flag, "s", "", 1)]
	if !known {
		return nothing(fmt.Sprintf("invalid flag %q", vm.Cut(flag, 10)))
	}
	if len(w.openFiles) >= MaxOpenFiles {
		return nothing(fmt.Sprintf("too many open files: %d", MaxOpenFiles))
	}
	name, n, reason := t.at("filePath")
	if how.create {
		if n != nil && how.exclusive {
			return nothing(fmt.Sprintf("file already exists %q", vm.Cut(t.text("filePath"), 200)))
		}
		if name, reason = t.free("filePath"); reason == "" && (n == nil || how.truncate) {
			reason = t.f.put(name, &node{})
		}
	} else if n != nil && n.folder {
		reason = "illegal operation on a directory"
	}
	if reason != "" {
		return nothing(reason)
	}
	if w.openFiles == nil {
		w.openFiles = map[string]*openFile{}
	}
	fd := fmt.Sprint(w.vm.NextID())
	w.openFiles[fd] = &openFile{name: name, read: how.read, write: how.write, append: how.append}
	return t.vm.Value(fd), ""
}

// from is where a read or a write begins.
func (o *openFile) from(t task) int {
	if v := t.get("position"); v != nil && goja.IsNumber(v) {
		return int(v.ToInteger())
	}
	return o.at
}

func (w *wx) readOpen(t task) (goja.Value, string) {
	o, n, reason := w.opened(t)
	if reason != "" {
		return nothing(reason)
	}
	given := vm.OrUndefined(t.get("arrayBuffer"))
	buffer, ok := vm.Bytes(given)
	offset := t.number("offset", 0)
	switch {
	case !o.read:
		return nothing("bad file descriptor: the file is open for writing only")
	case !ok:
		return nothing("parameter error: parameter.arrayBuffer should be ArrayBuffer")
	case offset < 0 || offset > len(buffer):
		return nothing("the value of \"offset\" is out of range")
	}
	at, length := o.from(t), t.number("length", len(buffer)-offset)
	if at < 0 || length < 0 || offset+length > len(buffer) {
		return nothing("the value of \"length\" is out of range")
	}
	read := 0
	if at < len(n.data) {
		read = copy(buffer[offset:offset+length], n.data[at:])
	}
	if at == o.at {
		o.at += read
	}
	return t.vm.Object("bytesRead", read, "arrayBuffer", given), ""
}

func (w *wx) writeOpen(t task) (goja.Value, string) {
	o, n, reason := w.opened(t)
	if reason != "" {
		return nothing(reason)
	}
	raw, reason := t.bytes()
	offset := t.number("offset", 0)
	switch {
	case !o.write:
		return nothing("bad file descriptor: the file is open for reading only")
	case reason != "":
		return nothing(reason)
	case offset < 0 || offset > len(raw):
		return nothing("the value of \"offset\" is out of range")
	}
	length := t.number("length", len(raw)-offset)
	if length < 0 || offset+length > len(raw) {
		return nothing("the value of \"length\" is out of range")
	}
	raw = raw[offset : offset+length]
	at := o.from(t)
	if o.append {
		at = len(n.data)
	}
	if at < 0 || at+len(raw) > MaxUnpacked {
		return nothing("the value of \"position\" is out of range")
	}
	data := make([]byte, max(len(n.data), at+len(raw)))
	copy(data, n.data)
	copy(data[at:], raw)
	if reason := t.f.put(o.name, &node{data: data}); reason != "" {
		return nothing(reason)
	}
	o.at = at + len(raw)
	return t.vm.Object("bytesWritten", len(raw)), ""
}

// Packed files. They are unpacked here, in the sandbox, within MaxUnpacked.

var tooMuchPacked = fmt.Sprintf("what is packed has more than %d MB", MaxUnpacked>>20)

// unbrotli reads a file that is packed with Brotli.
func unbrotli(raw []byte) (data []byte, reason string) {
	data, err := io.ReadAll(io.LimitReader(brotli.NewReader(bytes.NewReader(raw)), MaxUnpacked+1))
	switch {
	case err != nil:
		return nil, "the file is not packed with Brotli"
	case len(data) > MaxUnpacked:
		return nil, tooMuchPacked
	}
	return data, ""
}

// entries are the files of a zip, by their names; folders have none. Names lead nowhere outside.
func entries(raw []byte, wanted func(name string) bool) (names []string, data map[string][]byte, reason string) {
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, nil, "not a zip file"
	}
	if len(archive.File) > MaxFiles {
		return nil, nil, fmt.Sprintf("the archive has more than %d files", MaxFiles)
	}
	data = map[string][]byte{}
	room := int64(MaxUnpacked)
	for _, file := range archive.File {
		name := strings.TrimPrefix(slash.Clean("/"+file.Name), "/")
		if file.FileInfo().IsDir() || name == "" || !wanted(name) {
			continue
		}
		reader, err := file.Open()
		if err != nil {
			return nil, nil, fmt.Sprintf("%q of the archive cannot be read", vm.Cut(name, 100))
		}
		one, err := io.ReadAll(io.LimitReader(reader, room+1))
		_ = reader.Close() // it was read to its end, or not at all
		if err != nil {
			return nil, nil, fmt.Sprintf("%q of the archive cannot be read", vm.Cut(name, 100))
		}
		if room -= int64(len(one)); room < 0 {
			return nil, nil, tooMuchPacked
		}
		names = append(names, name)
		data[name] = one
	}
	slices.Sort(names)
	return slices.Compact(names), data, ""
}

// unpack is unzip: it writes the files of an archive below a folder.
func (t task) unpack(raw []byte) string {
	target, n, reason := t.at("targetPath")
	switch {
	case n != nil && !n.folder:
		return "not a directory"
	case n == nil && !strings.HasPrefix(reason, "no such"):
		return reason
	}
	names, data, reason := entries(raw, func(string) bool { return true })
	if reason != "" {
		return reason
	}
	for _, name := range names {
		full := slash.Join(target, name)
		for folder := range parents(full) {
			if at := t.f.nodes[folder]; at != nil && at.folder {
				continue
			} else if at != nil {
				return "not a directory"
			}
			if reason := t.f.put(folder, &node{folder: true}); reason != "" {
				return reason
			}
		}
		if at := t.f.nodes[full]; at != nil && at.folder {
			return "illegal operation on a directory"
		}
		if len(full) > MaxFilePath {
			return "the path is too long"
		}
		if reason := t.f.put(full, &node{data: data[name]}); reason != "" {
			return reason
		}
	}
	return ""
}

// parents are the folders that a path is in, the outermost first.
func parents(path string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i, c := range path {
			if c == '/' && i > 0 && !yield(path[:i]) {
				return
			}
		}
	}
}

// withBytes calls fn with a file of the program or one that the host has.
func (c *call) withBytes(argument string, fn func(t task, raw []byte)) {
	t := task{f: c.wx.storage.files, vm: c.wx.vm, name: c.name, get: c.value}
	given := c.text(argument)
	if isHostFile(given) {
		c.withFile(map[string]any{"path": given}, "files.read", func(res *goja.Object) {
			raw, _ := base64.StdEncoding.DecodeString(vm.TextOf(res.Get("data"))) // the host has encoded it
			fn(t, raw)
		})
		return
	}
	_, n, reason := t.at(argument)
	if reason != "" || n.folder {
		c.fail(orText(reason, "illegal operation on a directory"))
		return
	}
	fn(t, n.data)
}

// saveFileSync keeps a file of the program's own under another path. Only the asynchronous form reaches
// files that the host has.
func (w *wx) saveFileSync(given, own string) goja.Value {
	of := func(path string) task {
		return task{f: w.storage.files, vm: w.vm, name: "saveFile", get: func(string) goja.Value { return w.vm.Value(path) }}
	}
	_, n, reason := of(given).at("tempFilePath")
	if isHostFile(given) {
		reason = "the host has this file: use saveFile"
	} else if reason == "" && n.folder {
		reason = "illegal operation on a directory"
	}
	own = orText(own, userFolder+"/"+slash.Base(given))
	name := ""
	if reason == "" {
		name, reason = of(own).free("filePath")
	}
	if reason == "" {
		reason = w.storage.files.put(name, &node{data: n.data})
	}
	if reason != "" {
		panic(w.vm.NewError("Error", "saveFileSync:fail %s", reason))
	}
	return w.vm.Value(own)
}

func (w *wx) readCompressedSync(options goja.Value) goja.Value {
	given, _ := options.(*goja.Object)
	if given == nil {
		given = w.vm.Object()
	}
	_, n, reason := task{f: w.storage.files, vm: w.vm, name: "readCompressedFile", get: given.Get}.at("filePath")
	if reason == "" && n.folder {
		reason = "illegal operation on a directory"
	}
	if reason != "" {
		panic(w.vm.NewError("Error", "readCompressedFileSync:fail %s", reason))
	}
	data, reason := unbrotli(n.data)
	if reason != "" {
		panic(w.vm.NewError("Error", "readCompressedFileSync:fail %s", reason))
	}
	return w.vm.ArrayBuffer(data)
}

// packedRows are the methods of the file system manager about packed files.
var packedRows = map[string]func(*call){
	"unzip": func(c *call) {
		c.withBytes("zipFilePath", func(t task, raw []byte) {
			if reason := t.unpack(raw); reason != "" {
				c.fail(reason)
				return
			}
			c.ok(nil)
		})
	},
	"readCompressedFile": func(c *call) {
		if algorithm := c.text("compressionAlgorithm"); algorithm != "br" {
			c.fail("parameter error: parameter.compressionAlgorithm should be br")
			return
		}
		c.withBytes("filePath", func(t task, raw []byte) {
			data, reason := unbrotli(raw)
			if reason != "" {
				c.fail(reason)
				return
			}
			c.ok(c.wx.vm.Object("data", c.wx.vm.ArrayBuffer(data)))
		})
	},
	"readZipEntry": readZipEntry,
}

func readZipEntry(c *call) {
	v := c.wx.vm
	// Either "all", or a list of files with an encoding each.
	encodings := map[string]string{}
	all := c.text("entries") == "all"
	if !all {
		for _, entry := range v.Elements(c.value("entries")) {
			if o, ok := entry.(*goja.Object); ok {
				encodings[vm.TextOf(o.Get("path"))] = vm.TextOf(o.Get("encoding"))
			}
		}
	}
	encoding := c.text("encoding")
	c.withBytes("filePath", func(_ task, raw []byte) {
		names, data, reason := entries(raw, func(name string) bool {
			_, wanted := encodings[name]
			return all || wanted
		})
		if reason != "" {
			c.fail(reason)
			return
		}
		result := v.Object()
		for _, name := range names {
			value, reason := content(v, data[name], orText(encodings[name], encoding))
			if reason != "" {
				value = goja.Undefined()
			}
			vm.SetOwn(result, name, v.Object("data", value, "errMsg", orText(reason, "readZipEntry:ok")))
		}
		for name := range encodings {
			if data[name] == nil {
				vm.SetOwn(result, name, v.Object("errMsg", "readZipEntry:fail no such file in the archive"))
			}
		}
		c.ok(v.Object("entries", result))
	})
}
