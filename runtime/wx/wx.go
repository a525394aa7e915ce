// Package wx is the global object wx of mini programs: one table, in which every member is a row, and
// one file for each subject. A row says how the member works; the package makes the function, its
// callbacks or promise, and its entry in canIUse, docs/wx.md and the checks of the compiler.
//
// To add a member, write a row into the file of its subject (or a new file, whose rows go into the
// list in table.go). What the row needs of the platform it has from *wx: the VM, the framework's
// session, and the state of the subjects. A new question to the shell also needs its name in
// protocol/ui.json, which a test writes, and an answer in web/phone.
package wx

import (
	"sort"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/vm"
)

// SDKVersion is what apps read as the version of the base library. It promises the semantics of
// that version; whether one API works, only wx.canIUse says.
const SDKVersion = "3.5.0"

// NewEngine prepares an image for sessions that have wx: this is the engine of real apps.
func NewEngine(img *image.Image, opts framework.Options) (*framework.Engine, error) {
	opts.Libraries = append(opts.Libraries, Install)
	return framework.NewEngine(img, opts)
}

// Install gives a session the global wx.
func Install(app *framework.Session) {
	w := &wx{app: app, vm: app.VM(), made: map[string]goja.Value{}}
	w.kit = kit{wx: w, program: kitProgram}
	w.audio = kit{wx: w, program: audioProgram}
	w.storage = newStorage(w.vm, app.Request().Storage)
	w.object = w.vm.Runtime().NewDynamicObject(w)
	w.vm.Global("wx", w.object)
	app.OnFrame("storage", w.storage.receive)
	app.OnEvent("opentype", w.openType)
	w.installQueries()
	w.installCanvases()
	w.installSockets()
	w.installDevice()
	w.installMediaQueries()
	w.installRoutes()
	w.installConfig()
	w.installPlugins()
	w.installMotion()
}

// wx is the global wx of one session, with what its members remember. A member is made when it is
// first read, because 500 functions per VM would use more memory than most apps. Apps may replace
// members, as on any object.
type wx struct {
	accessors
	object  *goja.Object
	app     *framework.Session
	vm      *vm.VM
	made    map[string]goja.Value
	deleted map[string]bool

	kit       kit
	storage   *storage
	granted   map[string]bool // what the user allowed, in this session
	observers map[int]observer
	drawing   drawing
	sockets   map[uint64]*socket
	newest    *socket // the socket that members without a task are about
	sensors   map[string]bool
	players   map[uint64]goja.Value // what hears of each player
	audio     kit
	motion    *goja.Object // what worklet.js has made, nil until it is used
	openFiles map[string]*openFile
	worker    *worker

	backgroundPlayer goja.Value
	voicePlayer      *goja.Object
	recorder         *recording
}

// Get implements goja.DynamicObject.
func (w *wx) Get(key string) goja.Value {
	if v, ok := w.read(w.object, key); ok {
		return v
	}
	if v := w.made[key]; v != nil {
		return v
	}
	if !known[key] || w.deleted[key] {
		return nil
	}
	v := w.member(key)
	w.made[key] = v
	return v
}

// Set implements goja.DynamicObject.
func (w *wx) Set(key string, v goja.Value) bool {
	if w.write(w.object, key, v) {
		return true
	}
	delete(w.deleted, key)
	w.made[key] = v
	return true
}

// Has implements goja.DynamicObject.
func (w *wx) Has(key string) bool {
	if _, defined := w.accessors[key]; defined {
		return true
	}
	return w.made[key] != nil || known[key] && !w.deleted[key]
}

// Delete implements goja.DynamicObject.
func (w *wx) Delete(key string) bool {
	delete(w.accessors, key)
	delete(w.made, key)
	if known[key] {
		if w.deleted == nil {
			w.deleted = map[string]bool{}
		}
		w.deleted[key] = true
	}
	return true
}

// Keys implements goja.DynamicObject.
func (w *wx) Keys() []string {
	keys := make([]string, 0, len(known))
	for key := range known {
		if !w.deleted[key] {
			keys = append(keys, key)
		}
	}
	for key := range w.made {
		if !known[key] {
			keys = append(keys, key)
		}
	}
	for key := range w.accessors {
		if !known[key] && w.made[key] == nil {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	return w.seen(keys)
}

// member makes one member of wx.
func (w *wx) member(name string) goja.Value {
	row := table[name]
	switch {
	case row == nil:
		how := absenceOf(name)
		return w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			return w.unsupported(name, how, c)
		})
	case row.value != nil:
		return row.value(w)
	case row.sync != nil:
		return w.vm.Function(name, func(c goja.FunctionCall) goja.Value { return row.sync(w, c) })
	default:
		return w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			call, promise := w.newCall(name, c)
			row.async(w, call)
			if call.handle != nil {
				return call.handle
			}
			return promise
		})
	}
}
