package wx

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	slash "path"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// userFolder is wx.env.USER_DATA_PATH, the root of the files that a program writes itself.
const userFolder = "wxfile://usr"

// files are what a program keeps below userFolder for one user. They are in the worker because programs
// read them synchronously. They are stored among the program's storage, under keys that begin with
// fileKey, and share its 10 MB: so they are on all of the user's devices, and go when the rest goes.
type files struct {
	st    *storage
	nodes map[string]*node // by path without userFolder; "" is the root
	size  int              // of their stored form
}

// node is a file or a folder.
type node struct {
	folder bool
	data   []byte
	time   int64 // of the last change, in seconds
	parts  int   // how many stored values hold it
}

// fileKey begins the storage keys of files; no key of the program can.
const fileKey = "\x01file:"

// partBytes is how much of a file one stored value holds: a value has at most 1 MB as base64.
const partBytes = 720 << 10

// storedNode is the first stored value of a file or folder. Others hold only bytes.
type storedNode struct {
	Folder bool   `json:"folder,omitempty"`
	Time   int64  `json:"time,omitempty"`
	Parts  int    `json:"parts,omitempty"`
	Data   string `json:"data,omitempty"`
}

func newFiles(st *storage) *files {
	return &files{st: st, nodes: map[string]*node{"": {folder: true}}}
}

// load takes the stored values of all files, when a session opens.
func (f *files) load(values map[string]string) {
	for key, value := range values {
		name, part, isFile := cutKey(key)
		if !isFile || part != "0" {
			continue
		}
		var first storedNode
		if json.Unmarshal([]byte(value), &first) != nil {
			continue
		}
		n := &node{folder: first.Folder, time: first.Time, parts: max(1, first.Parts)}
		n.data, _ = base64.StdEncoding.DecodeString(first.Data) // we have written it
		for i := 1; i < n.parts; i++ {
			var more storedNode
			_ = json.Unmarshal([]byte(values[partKey(name, i)]), &more)
			raw, _ := base64.StdEncoding.DecodeString(more.Data)
			n.data = append(n.data, raw...)
		}
		f.nodes[name] = n
		f.size += storedSize(name, n)
	}
}

// takeChange applies what another session of the same user changed. The parts of a file arrive in order.
func (f *files) takeChange(op protocol.StorageOp) {
	name, part, _ := cutKey(op.Key)
	n := f.nodes[name]
	if n != nil && name != "" {
		f.size -= storedSize(name, n)
	}
	var value storedNode
	_ = json.Unmarshal([]byte(op.Value), &value) // another session of ours has written it
	raw, _ := base64.StdEncoding.DecodeString(value.Data)
	switch {
	case op.Op == "remove" && part == "0":
		delete(f.nodes, name)
	case op.Op == "remove":
	case part == "0":
		f.nodes[name] = &node{folder: value.Folder, data: raw, time: value.Time, parts: max(1, value.Parts)}
	case n != nil && part == fmt.Sprint(len(n.data)/partBytes):
		n.data = append(n.data, raw...)
	}
	if n := f.nodes[name]; n != nil {
		f.size += storedSize(name, n)
	}
}

// clearAll drops the files that this session has not written after the host had taken seen changes of it.
func (f *files) clearAll(seen uint64) {
	for name, n := range f.nodes {
		if name != "" && f.st.changed[partKey(name, 0)] <= seen {
			f.size -= storedSize(name, n)
			delete(f.nodes, name)
		}
	}
}

// cutKey takes the key of a stored value apart.
func cutKey(key string) (name, part string, isFile bool) {
	rest, isFile := strings.CutPrefix(key, fileKey)
	name, part, found := strings.Cut(rest, "\x01")
	return name, part, isFile && found
}

func partKey(name string, i int) string { return fmt.Sprintf("%s%s\x01%d", fileKey, name, i) }

// encode makes the stored values of a node.
func encode(n *node) []string {
	parts := []string{}
	for rest := n.data; len(parts) == 0 || len(rest) > 0; {
		part := rest[:min(len(rest), partBytes)]
		rest = rest[len(part):]
		value := storedNode{Data: base64.StdEncoding.EncodeToString(part)}
		if len(parts) == 0 {
			value.Folder, value.Time, value.Parts = n.folder, n.time, max(1, (len(n.data)+partBytes-1)/partBytes)
		}
		text, _ := protocol.JSON(value)
		parts = append(parts, string(text))
	}
	return parts
}

func storedSize(name string, n *node) (size int) {
	// base64 makes four bytes of three; 60 are for the names of the fields.
	for i := range max(1, n.parts) {
		size += len(partKey(name, i)) + 60
	}
	return size + (len(n.data)+2)/3*4
}

// put writes a node and stores it. It returns the reason when there is no room.
func (f *files) put(name string, n *node) string {
	old := f.nodes[name]
	n.time = f.st.vm.Now().Unix()
	n.parts = max(1, (len(n.data)+partBytes-1)/partBytes)
	size := f.size + storedSize(name, n)
	if old != nil {
		size -= storedSize(name, old)
	} else if len(f.nodes) >= MaxFiles {
		return "the maximum number of files is exceeded"
	}
	if size+f.st.size > protocol.MaxStorageBytes {
		return "the maximum size of the file storage limit is exceeded"
	}
	for i, value := range encode(n) {
		f.st.store(protocol.StorageOp{Op: "set", Key: partKey(name, i), Value: value})
	}
	for i := n.parts; old != nil && i < old.parts; i++ {
		f.st.store(protocol.StorageOp{Op: "remove", Key: partKey(name, i)})
	}
	f.nodes[name], f.size = n, size
	return ""
}

func (f *files) drop(name string) {
	n := f.nodes[name]
	for i := range n.parts {
		f.st.store(protocol.StorageOp{Op: "remove", Key: partKey(name, i)})
	}
	f.size -= storedSize(name, n)
	delete(f.nodes, name)
}

// children lists what is directly below a folder, sorted.
func (f *files) children(folder string) (names []string) {
	for name := range f.nodes {
		if name != "" && slash.Dir("/"+name) == slash.Clean("/"+folder) {
			names = append(names, slash.Base(name))
		}
	}
	slices.Sort(names)
	return names
}

// below lists the paths of everything under a folder, deepest last.
func (f *files) below(folder string) (names []string) {
	for name := range f.nodes {
		if name != folder && (folder == "" || strings.HasPrefix(name, folder+"/")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// local is the path below userFolder, or false for any other path.
func local(given string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(given, userFolder)
	if !ok || rest != "" && rest[0] != '/' || len(rest) > MaxFilePath || strings.ContainsAny(rest, "\x00\x01") {
		return "", false
	}
	return strings.TrimPrefix(slash.Clean("/"+rest), "/"), true
}

// task is one call of a file operation: its arguments by name.
type task struct {
	f    *files
	vm   *vm.VM
	name string // what the reason of a failure names
	get  func(string) goja.Value
}

func (t task) text(name string) string { return vm.TextOf(t.get(name)) }

func (t task) flag(name string) bool { return vm.OrUndefined(t.get(name)).ToBoolean() }

func (t task) number(name string, fallback int) int {
	v := t.get(name)
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return fallback
	}
	return int(v.ToInteger())
}

// at finds the node of a path.
func (t task) at(argument string) (name string, n *node, reason string) {
	given := t.text(argument)
	name, ok := local(given)
	if !ok {
		return "", nil, fmt.Sprintf("permission denied, %s %q", t.name, vm.Cut(given, 200))
	}
	if n = t.f.nodes[name]; n == nil {
		reason = fmt.Sprintf("no such file or directory, %s %q", t.name, vm.Cut(given, 200))
	}
	return name, n, reason
}

// free finds a path that may be written to.
func (t task) free(argument string) (name, reason string) {
	name, n, reason := t.at(argument)
	if n == nil && strings.HasPrefix(reason, "no such") {
		if parent := t.f.nodes[strings.TrimPrefix(slash.Dir("/"+name), "/")]; parent != nil && parent.folder {
			return name, ""
		}
		return name, reason
	}
	if n != nil && n.folder {
		return name, fmt.Sprintf("illegal operation on a directory, %s %q", t.name, vm.Cut(t.text(argument), 200))
	}
	return name, reason
}

// bytes reads the data of a write.
func (t task) bytes() ([]byte, string) {
	data := vm.OrUndefined(t.get("data"))
	if raw, ok := vm.Bytes(data); ok {
		return slices.Clone(raw), ""
	}
	if _, ok := data.(goja.String); !ok {
		return nil, "parameter error: parameter.data should be String or ArrayBuffer"
	}
	text := data.String()
	switch encoding := strings.ToLower(t.text("encoding")); encoding {
	case "", "utf8", "utf-8":
		return []byte(text), ""
	case "base64":
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, "the data is not base64"
		}
		return raw, ""
	case "hex":
		raw, err := hex.DecodeString(text)
		if err != nil {
			return nil, "the data is not hexadecimal"
		}
		return raw, ""
	case "ascii", "latin1", "binary":
		raw := make([]byte, 0, len(text))
		for _, r := range text {
			raw = append(raw, byte(r))
		}
		return raw, ""
	case "ucs2", "ucs-2", "utf16le", "utf-16le":
		var raw []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			raw = append(raw, byte(unit), byte(unit>>8))
		}
		return raw, ""
	default:
		return nil, fmt.Sprintf("invalid encoding %q", vm.Cut(encoding, 40))
	}
}

// content makes the result of a read: a text in the encoding, or an ArrayBuffer without one.
func content(v *vm.VM, raw []byte, encoding string) (goja.Value, string) {
	switch strings.ToLower(encoding) {
	case "":
		return v.ArrayBuffer(slices.Clone(raw)), ""
	case "utf8", "utf-8":
		return v.Value(strings.ToValidUTF8(string(raw), "\uFFFD")), ""
	case "base64":
		return v.Value(base64.StdEncoding.EncodeToString(raw)), ""
	case "hex":
		return v.Value(hex.EncodeToString(raw)), ""
	case "ascii", "latin1", "binary":
		units := make([]rune, len(raw))
		for i, b := range raw {
			units[i] = rune(b)
		}
		return v.Value(string(units)), ""
	case "ucs2", "ucs-2", "utf16le", "utf-16le":
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
		}
		return v.Value(string(utf16.Decode(units))), ""
	}
	return nil, fmt.Sprintf("invalid encoding %q", vm.Cut(encoding, 40))
}

// operation is one method of the file system manager: its parameters in the order of its synchronous
// form, and what it does. The result is returned by the synchronous form and passed by the other.
type operation struct {
	name   string
	params []string
	result string // the name of the result in the asynchronous form, "" when it is the object itself
	do     func(task) (goja.Value, string)
}

func nothing(reason string) (goja.Value, string) { return goja.Undefined(), reason }

var operations = []operation{
	{"access", []string{"path"}, "", func(t task) (goja.Value, string) {
		_, _, reason := t.at("path")
		return nothing(reason)
	}},
	{"appendFile", []string{"filePath", "data", "encoding"}, "", func(t task) (goja.Value, string) {
		name, n, reason := t.at("filePath")
		if reason != "" || n.folder {
			return nothing(orText(reason, "illegal operation on a directory"))
		}
		raw, reason := t.bytes()
		if reason != "" {
			return nothing(reason)
		}
		return nothing(t.f.put(name, &node{data: slices.Concat(n.data, raw)}))
	}},
	{"copyFile", []string{"srcPath", "destPath"}, "", func(t task) (goja.Value, string) {
		_, n, reason := t.at("srcPath")
		if reason != "" || n.folder {
			return nothing(orText(reason, "illegal operation on a directory"))
		}
		name, reason := t.free("destPath")
		if reason != "" {
			return nothing(reason)
		}
		return nothing(t.f.put(name, &node{data: n.data}))
	}},
	{"mkdir", []string{"dirPath", "recursive"}, "", func(t task) (goja.Value, string) {
		name, n, reason := t.at("dirPath")
		switch {
		case n != nil:
			return nothing(fmt.Sprintf("file already exists %q", vm.Cut(t.text("dirPath"), 200)))
		case !strings.HasPrefix(reason, "no such"):
			return nothing(reason)
		}
		folders := strings.Split(name, "/")
		for i := range folders {
			folder := strings.Join(folders[:i+1], "/")
			if at := t.f.nodes[folder]; at != nil && at.folder {
				continue
			} else if at != nil || i < len(folders)-1 && !t.flag("recursive") {
				return nothing(reason)
			}
			if reason := t.f.put(folder, &node{folder: true}); reason != "" {
				return nothing(reason)
			}
		}
		return nothing("")
	}},
	{"readdir", []string{"dirPath"}, "files", func(t task) (goja.Value, string) {
		name, n, reason := t.at("dirPath")
		if reason != "" || !n.folder {
			return nothing(orText(reason, "not a directory"))
		}
		var list []any
		for _, child := range t.f.children(name) {
			list = append(list, child)
		}
		return t.vm.Array(list...), ""
	}},
	{"readFile", []string{"filePath", "encoding", "position", "length"}, "data", func(t task) (goja.Value, string) {
		_, n, reason := t.at("filePath")
		if reason != "" || n.folder {
			return nothing(orText(reason, "illegal operation on a directory"))
		}
		return t.slice(n.data)
	}},
	{"rename", []string{"oldPath", "newPath"}, "", func(t task) (goja.Value, string) {
		from, n, reason := t.at("oldPath")
		if reason != "" {
			return nothing(reason)
		}
		to, reason := t.free("newPath")
		if reason != "" {
			return nothing(reason)
		}
		if from == "" || to == from || strings.HasPrefix(to, from+"/") {
			return nothing("permission denied, a folder cannot be moved into itself")
		}
		moved := t.f.below(from)
		if reason := t.f.put(to, &node{folder: n.folder, data: n.data}); reason != "" {
			return nothing(reason)
		}
		for _, name := range moved {
			inner := t.f.nodes[name]
			if reason := t.f.put(to+strings.TrimPrefix(name, from), &node{folder: inner.folder, data: inner.data}); reason != "" {
				return nothing(reason)
			}
			t.f.drop(name)
		}
		t.f.drop(from)
		return nothing("")
	}},
	{"rmdir", []string{"dirPath", "recursive"}, "", func(t task) (goja.Value, string) {
		name, n, reason := t.at("dirPath")
		switch inner := t.f.below(name); {
		case reason != "" || !n.folder:
			return nothing(orText(reason, "not a directory"))
		case len(inner) > 0 && !t.flag("recursive"):
			return nothing("directory not empty")
		default:
			for _, name := range inner {
				t.f.drop(name)
			}
		}
		if name != "" {
			t.f.drop(name)
		}
		return nothing("")
	}},
	{"stat", []string{"path", "recursive"}, "stats", func(t task) (goja.Value, string) {
		name, n, reason := t.at("path")
		if reason != "" {
			return nothing(reason)
		}
		if !t.flag("recursive") || !n.folder {
			return t.stats(n), ""
		}
		var list []any
		for _, inner := range slices.Concat([]string{name}, t.f.below(name)) {
			list = append(list, t.vm.Object("path", "/"+strings.TrimPrefix(strings.TrimPrefix(inner, name), "/"),
				"stats", t.stats(t.f.nodes[inner])))
		}
		return t.vm.Array(list...), ""
	}},
	{"truncate", []string{"filePath", "length"}, "", func(t task) (goja.Value, string) {
		name, n, reason := t.at("filePath")
		if reason != "" || n.folder {
			return nothing(orText(reason, "illegal operation on a directory"))
		}
		length := t.number("length", 0)
		if length < 0 || length > protocol.MaxStorageBytes {
			return nothing("the length is out of range")
		}
		data := make([]byte, length)
		copy(data, n.data)
		return nothing(t.f.put(name, &node{data: data}))
	}},
	{"unlink", []string{"filePath"}, "", func(t task) (goja.Value, string) {
		name, n, reason := t.at("filePath")
		if reason != "" || n.folder {
			return nothing(orText(reason, "operation not permitted, unlink of a directory"))
		}
		t.f.drop(name)
		return nothing("")
	}},
	{"writeFile", []string{"filePath", "data", "encoding"}, "", func(t task) (goja.Value, string) {
		name, reason := t.free("filePath")
		if reason != "" {
			return nothing(reason)
		}
		raw, reason := t.bytes()
		if reason != "" {
			return nothing(reason)
		}
		return nothing(t.f.put(name, &node{data: raw}))
	}},
}

func orText(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// slice is the part of a file that position and length name, as the program wants it.
func (t task) slice(data []byte) (goja.Value, string) {
	from := t.number("position", 0)
	if from < 0 || from > len(data) {
		return nothing("the value of \"position\" is out of range")
	}
	length := t.number("length", len(data)-from)
	if length < 0 || from+length > len(data) {
		return nothing("the value of \"length\" is out of range")
	}
	return content(t.vm, data[from:from+length], t.text("encoding"))
}

// stats makes a Stats.
func (t task) stats(n *node) *goja.Object {
	const regular, folder = 0o100644, 0o40755
	mode := regular
	if n.folder {
		mode = folder
	}
	is := func(name string, yes bool) goja.Value {
		return t.vm.Function(name, func(goja.FunctionCall) goja.Value { return t.vm.Value(yes) })
	}
	return t.vm.Object("mode", mode, "size", len(n.data), "lastAccessedTime", n.time, "lastModifiedTime", n.time,
		"isDirectory", is("isDirectory", n.folder), "isFile", is("isFile", !n.folder))
}

// fileSystem makes the object of wx.getFileSystemManager.
func (w *wx) fileSystem() goja.Value {
	made := w.vm.Object()
	for _, op := range slices.Concat(operations, w.descriptorOperations()) {
		made.Set(op.name+"Sync", w.vm.Function(op.name+"Sync", func(c goja.FunctionCall) goja.Value {
			result, reason := op.do(task{w.storage.files, w.vm, op.name, func(name string) goja.Value {
				if options, ok := c.Argument(0).(*goja.Object); ok && op.params == nil {
					return options.Get(name)
				}
				if i := slices.Index(op.params, name); i >= 0 {
					return c.Argument(i)
				}
				return nil
			}})
			if reason != "" {
				panic(w.vm.NewError("Error", "%sSync:fail %s", op.name, reason))
			}
			return result
		}))
		made.Set(op.name, w.vm.Function(op.name, func(fc goja.FunctionCall) goja.Value {
			c, promise := w.newCall(op.name, fc)
			if op.name == "readFile" && isHostFile(c.text("filePath")) {
				w.readHostFile(c)
				return promise
			}
			c.finishFile(op)
			return promise
		}))
	}
	for name, row := range map[string]func(*wx, *call){"getFileInfo": fileInfo, "saveFile": saveFile,
		"getSavedFileList": savedFiles, "removeSavedFile": removeSaved} {
		made.Set(name, w.vm.Function(name, func(fc goja.FunctionCall) goja.Value {
			c, promise := w.newCall(name, fc)
			row(w, c)
			return promise
		}))
	}
	for name, row := range packedRows {
		made.Set(name, w.vm.Function(name, func(fc goja.FunctionCall) goja.Value {
			c, promise := w.newCall(name, fc)
			row(c)
			return promise
		}))
	}
	made.Set("saveFileSync", w.vm.Function("saveFileSync", func(c goja.FunctionCall) goja.Value {
		return w.saveFileSync(vm.TextOf(c.Argument(0)), vm.TextOf(c.Argument(1)))
	}))
	made.Set("readCompressedFileSync", w.vm.Function("readCompressedFileSync", func(c goja.FunctionCall) goja.Value {
		return w.readCompressedSync(c.Argument(0))
	}))
	return made
}

// finishFile does an operation in its asynchronous form.
func (c *call) finishFile(op operation) {
	result, reason := op.do(task{c.wx.storage.files, c.wx.vm, op.name, c.value})
	switch {
	case reason != "":
		c.fail(reason)
	case op.result == "":
		made, _ := result.(*goja.Object)
		c.ok(made)
	default:
		c.ok(c.wx.vm.Object(op.result, result))
	}
}

// digest is the checksum that a program asks for.
func digest(raw []byte, algorithm string) string {
	if algorithm == "sha1" {
		sum := sha1.Sum(raw)
		return hex.EncodeToString(sum[:])
	}
	sum := md5.Sum(raw)
	return hex.EncodeToString(sum[:])
}
