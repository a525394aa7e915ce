package wx

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// canvasRows draw. The browser does; here the commands are noted, and leave as one frame for each page
// and turn. What only the browser knows, such as the colour of a point, is asked for and comes later.
var canvasRows = []api{
	{name: "createOffscreenCanvas", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		return w.offscreenCanvas(c)
	}},
	{name: "createCanvasContext", sync: func(w *wx, c goja.FunctionCall) goja.Value {
		name := canvasName{w.app.ComponentOf(c.Argument(1)), vm.TextOf(c.Argument(0))}
		return w.oldContext(name, w.pageFor(c.Argument(1)))
	}},
	{name: "createContext", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		return w.oldContext(canvasName{}, nil)
	}},
	{name: "drawCanvas", async: (*wx).drawCanvas},
	{name: "canvasToTempFilePath", async: (*wx).canvasToTempFilePath},
	{name: "canvasGetImageData", async: (*wx).canvasGetImageData},
	{name: "canvasPutImageData", async: (*wx).canvasPutImageData},
}

// drawing is what wx remembers of the canvases of a session.
type drawing struct {
	stages map[*framework.Page]*stage
	fonts  fonts
	// The prototypes of the objects that apps see, made when the first canvas is.
	canvas, context, oldContext, path, gradient *goja.Object
}

func (w *wx) installCanvases() {
	w.app.OnUnload(func(p *framework.Page) { delete(w.drawing.stages, p) })
	w.app.OnEvent("drawn", func(p *framework.Page, f *protocol.AppInput) {
		if st := w.drawing.stages[p]; st != nil {
			st.drawn(f.Detail)
		}
	})
	w.app.OnEvent("canvasfonts", func(_ *framework.Page, f *protocol.AppInput) { w.drawing.fonts.read(f.Detail) })
	w.app.OnEvent("canvasimage", func(p *framework.Page, f *protocol.AppInput) {
		if st := w.drawing.stages[p]; st != nil {
			st.pictureLoaded(f.Detail)
		}
	})
}

// pageFor is the page of a `this` that an app passes, or the page on top.
func (w *wx) pageFor(this goja.Value) *framework.Page {
	if p := w.app.PageOf(this); p != nil {
		return p
	}
	return w.app.Top()
}

func (w *wx) stageOf(p *framework.Page) *stage {
	if p == nil {
		panic(w.vm.NewError("Error", "there is no page to draw on yet"))
	}
	st := w.drawing.stages[p]
	if st == nil {
		st = &stage{w: w, page: p, elements: map[[2]int]*canvas{}, named: map[canvasName]*namedSurface{}, pictures: map[int]*picture{}}
		if w.drawing.stages == nil {
			w.drawing.stages = map[*framework.Page]*stage{}
		}
		if !p.Gone() {
			w.drawing.stages[p] = st
		}
	}
	return st
}

// canvas is what an app gets of a <canvas type="2d">, and an offscreen canvas. It implements
// goja.DynamicObject.
type canvas struct {
	stage         *stage
	surface       int
	width, height float64
	offscreen     bool
	object        *goja.Object
	context       *drawContext
	own           members
}

// members are the properties that an app sets on one of our objects.
type members map[string]goja.Value

func (m *members) set(key string, v goja.Value) {
	if *m == nil {
		*m = members{}
	}
	(*m)[key] = v
}

func (m members) names() []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	return names
}

// Get implements goja.DynamicObject.
func (cv *canvas) Get(key string) goja.Value {
	switch key {
	case "width":
		return cv.stage.w.vm.Value(cv.width)
	case "height":
		return cv.stage.w.vm.Value(cv.height)
	}
	return cv.own[key]
}

// Set implements goja.DynamicObject. A new size, also an equal one, empties the canvas and resets its
// context, as in every browser.
func (cv *canvas) Set(key string, v goja.Value) bool {
	switch key {
	case "width":
		cv.resize(sideOf(v, 300), cv.height)
	case "height":
		cv.resize(cv.width, sideOf(v, 150))
	default:
		cv.own.set(key, v)
	}
	return true
}

// Has implements goja.DynamicObject.
func (cv *canvas) Has(key string) bool { return cv.Get(key) != nil }

// Delete implements goja.DynamicObject.
func (cv *canvas) Delete(key string) bool { delete(cv.own, key); return true }

// Keys implements goja.DynamicObject.
func (cv *canvas) Keys() []string { return cv.own.names() }

func sideOf(v goja.Value, otherwise float64) float64 {
	f := v.ToFloat()
	if !(f >= 0) {
		return otherwise
	}
	return float64(int(min(f, MaxCanvasSide)))
}

func (cv *canvas) resize(width, height float64) {
	cv.width, cv.height = width, height
	r := cv.stage.recorder(cv.surface)
	r.op(opResize).number(width).number(height)
	if cv.context != nil {
		cv.context.reset()
	}
}

// elementCanvas is the canvas of an element, always the same one.
func (w *wx) elementCanvas(p *framework.Page, inst, id int) goja.Value {
	st := w.stageOf(p)
	cv := st.elements[[2]int{inst, id}]
	if cv == nil {
		cv = st.newCanvas(300, 150)
		st.elements[[2]int{inst, id}] = cv
		st.recorder(0).op(opElement).integer(cv.surface).integer(inst).integer(id)
	}
	return cv.object
}

func (w *wx) offscreenCanvas(c goja.FunctionCall) goja.Value {
	width, height, this := c.Argument(0), c.Argument(1), c.Argument(2)
	if o, ok := width.(*goja.Object); ok { // the newer form
		width, height, this = vm.OrUndefined(o.Get("width")), vm.OrUndefined(o.Get("height")), vm.OrUndefined(o.Get("compInst"))
	}
	st := w.stageOf(w.pageFor(this))
	cv := st.newCanvas(sideOf(width, 300), sideOf(height, 150))
	cv.offscreen = true
	st.recorder(0).op(opOffscreen).integer(cv.surface).number(cv.width).number(cv.height)
	return cv.object
}

func (st *stage) newCanvas(width, height float64) *canvas {
	v := st.w.vm
	cv := &canvas{stage: st, surface: st.newSurface(), width: width, height: height}
	cv.object = v.Runtime().NewDynamicObject(cv)
	_ = cv.object.SetPrototype(st.w.canvasPrototype()) // an object of ours takes any prototype
	return cv
}

func (st *stage) newSurface() int {
	if st.surfaces++; st.surfaces > MaxSurfaces {
		panic(st.w.vm.NewError("RangeError", "a page may have %d canvases", MaxSurfaces))
	}
	st.last++
	return st.last
}

// canvasPrototype has the methods of canvases.
func (w *wx) canvasPrototype() *goja.Object {
	d := &w.drawing
	if d.canvas != nil {
		return d.canvas
	}
	d.canvas = w.vm.Object()
	method := func(name string, fn func(cv *canvas, c goja.FunctionCall) goja.Value) {
		d.canvas.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			return fn(receiver[*canvas](w, c.This, name), c)
		}))
	}
	method("getContext", func(cv *canvas, c goja.FunctionCall) goja.Value {
		if kind := vm.TextOf(c.Argument(0)); kind != "2d" {
			w.vm.Warn("getContext(%q) is null: a canvas has only the context \"2d\" on Teahouse", vm.Cut(kind, 40))
			return goja.Null()
		}
		if cv.context == nil {
			cv.context = newContext(w, cv, nil)
		}
		return cv.context.object
	})
	method("createImage", func(cv *canvas, _ goja.FunctionCall) goja.Value { return cv.stage.newPicture() })
	method("createPath2D", func(cv *canvas, c goja.FunctionCall) goja.Value { return w.newPath(c.Argument(0)) })
	method("createImageData", func(_ *canvas, c goja.FunctionCall) goja.Value {
		return w.imageData(c.Argument(0), c.Argument(1))
	})
	method("requestAnimationFrame", func(cv *canvas, c goja.FunctionCall) goja.Value {
		return w.vm.Value(cv.stage.requestFrame(c.Argument(0)))
	})
	method("cancelAnimationFrame", func(cv *canvas, c goja.FunctionCall) goja.Value {
		cv.stage.cancelFrame(int(c.Argument(0).ToInteger()))
		return goja.Undefined()
	})
	method("toDataURL", func(cv *canvas, c goja.FunctionCall) goja.Value {
		kind, quality := vm.TextOf(c.Argument(0)), math.NaN() // the browser's own
		if q := c.Argument(1); !goja.IsUndefined(q) {
			quality = q.ToFloat()
		}
		return w.vm.Value(cv.stage.snapshot(cv.surface, vm.Cut(kind, 40), quality))
	})
	return d.canvas
}

// onlyLater is the error of a member that would have to know at once what the browser has drawn.
func (w *wx) onlyLater(name, instead string) *goja.Object {
	return w.vm.NewError("Error", "%s is not possible on Teahouse, because the phone draws and the program "+
		"runs on the host; use %s", name, instead)
}

// receiver is the object of ours that a method is called on. Anything else is a TypeError, as with
// every method of a browser's objects.
func receiver[T any](w *wx, this goja.Value, method string) T {
	if own, ok := ours[T](this); ok {
		return own
	}
	panic(w.vm.NewError("TypeError", "Illegal invocation of %s", method))
}

// ours returns the Go value of an object of ours. Only for such objects does it look inside: the
// others belong to the app.
func ours[T any](value goja.Value) (own T, ok bool) {
	o, isObject := value.(*goja.Object)
	if !isObject || o.ExportType() != reflect.TypeFor[T]() {
		return own, false
	}
	own, ok = o.Export().(T)
	return own, ok
}

// Questions about what was drawn, which the browser answers.

// surfaceOf finds the surface that a call names: by its canvas or by the old canvas-id.
func (c *call) surfaceOf() (*stage, int, bool) {
	if cv, ok := ours[*canvas](c.value("canvas")); ok {
		return cv.stage, cv.surface, !cv.stage.page.Gone()
	}
	p, name := c.wx.pageFor(c.component), c.canvasName()
	if p == nil || p.Gone() || name.id == "" || name.gone() {
		return nil, 0, false
	}
	st := c.wx.stageOf(p)
	return st, st.surfaceNamed(name), true
}

// box reads the rectangle of a call; what is not given is left out.
func (c *call) box(args map[string]any, names ...string) {
	for _, name := range names {
		if f := c.number(name, -1); f >= 0 || name == "x" || name == "y" {
			args[name] = max(f, 0)
		}
	}
}

func (w *wx) canvasToTempFilePath(c *call) {
	st, surface, ok := c.surfaceOf()
	if !ok {
		c.fail("there is no such canvas")
		return
	}
	args := map[string]any{"page": st.page.ID(), "surface": surface, "quality": c.number("quality", 1), "fileType": "png"}
	if c.text("fileType") == "jpg" {
		args["fileType"] = "jpg"
	}
	c.box(args, "x", "y", "width", "height", "destWidth", "destHeight")
	text, ok := c.args(args)
	if !ok {
		return
	}
	st.seal()
	id := w.vm.Expect(func(r vm.Reply) { c.answered(r, nil) })
	if id == 0 {
		c.fail(fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls))
		return
	}
	w.vm.CallShellLate(id, "canvasToTempFilePath", text)
}

// canvasGetImageData asks for the points in bands, each small enough for a frame of the shell.
func (w *wx) canvasGetImageData(c *call) {
	st, surface, ok := c.surfaceOf()
	if !ok {
		c.fail("there is no such canvas")
		return
	}
	x, y := int(c.number("x", 0)), int(c.number("y", 0))
	width, height := int(c.number("width", 0)), int(c.number("height", 0))
	if width < 1 || height < 1 || width > MaxCanvasSide || height > MaxCanvasSide {
		c.fail(fmt.Sprintf("width and height are 1 to %d", MaxCanvasSide))
		return
	}
	if width*height*4 > MaxImageDataBytes {
		c.fail(fmt.Sprintf("at most %d points at a time", MaxImageDataBytes/4))
		return
	}
	st.seal()
	rows := max(1, ImageDataBand/(4*width))
	points := make([]byte, width*height*4)
	waiting := (height + rows - 1) / rows
	for from := 0; from < height; from += rows {
		count := min(rows, height-from)
		id := w.vm.Expect(func(r vm.Reply) {
			var band struct {
				Data []byte `json:"data"`
			}
			switch {
			case !r.OK:
				c.fail(r.Reason)
			case json.Unmarshal(r.Result, &band) != nil || len(band.Data) != count*width*4:
				c.fail("the phone did not answer")
			}
			copy(points[from*width*4:], band.Data)
			if waiting--; waiting == 0 && !c.done {
				c.ok(w.vm.Object("width", width, "height", height, "data", w.clampedArray(points)))
			}
		})
		if id == 0 {
			c.fail(fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls))
			return
		}
		w.vm.CallShellLate(id, "canvasGetImageData", fmt.Appendf(nil,
			`{"page":%d,"surface":%d,"x":%d,"y":%d,"width":%d,"height":%d}`, st.page.ID(), surface, x, y+from, width, count))
	}
}

func (w *wx) canvasPutImageData(c *call) {
	st, surface, ok := c.surfaceOf()
	if !ok {
		c.fail("there is no such canvas")
		return
	}
	width, height := int(c.number("width", 0)), int(c.number("height", 0))
	data, isBytes := vm.Bytes(c.value("data"))
	if !isBytes || width < 1 || height < 1 || len(data) != width*height*4 {
		c.fail("data has four bytes for each of width × height points")
		return
	}
	r := st.recorder(surface)
	if len(r.ops)+base64.StdEncoding.EncodedLen(len(data)) > MaxDrawBytes {
		c.fail("the data is too large")
		return
	}
	r.op(opPutImageData).text(base64.StdEncoding.EncodeToString(data)).integer(width).integer(height).
		number(c.number("x", 0)).number(c.number("y", 0)).integer(0).integer(0).integer(width).integer(height)
	c.ok(nil)
}

func (w *wx) clampedArray(raw []byte) goja.Value {
	made, err := w.vm.Runtime().New(w.vm.Runtime().Get("Uint8ClampedArray"), w.vm.ArrayBuffer(raw))
	if err != nil {
		panic(err)
	}
	return made
}

// imageData makes an empty ImageData of a size, or of that of another one.
func (w *wx) imageData(width, height goja.Value) goja.Value {
	if other, ok := width.(*goja.Object); ok {
		width, height = vm.OrUndefined(other.Get("width")), vm.OrUndefined(other.Get("height"))
	}
	x, y := int(sideOf(width, 0)), int(sideOf(height, 0))
	if x == 0 || y == 0 || x*y*4 > MaxImageDataBytes {
		panic(w.vm.NewError("RangeError", "an ImageData has 1 to %d points", MaxImageDataBytes/4))
	}
	return w.vm.Object("width", x, "height", y, "data", w.clampedArray(make([]byte, x*y*4)))
}

// number of the commands.
var (
	opUse, opElement, opNamed    = op("use"), op("element"), op("named")
	opOffscreen, opResize        = op("offscreen"), op("resize")
	opImage, opNeed, opBegin     = op("image"), op("need"), op("begin")
	opPutImageData, opSVG        = op("putImageData"), op("svg")
	opSave, opRestore            = op("save"), op("restore")
	opSetTransform               = op("setTransform")
	opFill, opFillPath           = op("fill"), op("fillPath")
	opStroke, opStrokePath       = op("stroke"), op("strokePath")
	opClip, opClipPath           = op("clip"), op("clipPath")
	opDrawImage, opDrawImageSize = op("drawImage"), op("drawImageSized")
	opDrawImagePart              = op("drawImagePart")
	opRoundRect, opSnapshot      = op("roundRect"), op("snapshot")
	opPlaced                     = op("placed")
)

func op(name string) int { return protocol.CanvasOpNumber(name) }

// words of text that CSS may have, for a value that is one of a list.
func oneOf(list string) func(goja.Value) (any, bool) {
	words := strings.Fields(list)
	return func(v goja.Value) (any, bool) {
		text := v.String()
		for _, word := range words {
			if word == text {
				return word, true
			}
		}
		return nil, false
	}
}
