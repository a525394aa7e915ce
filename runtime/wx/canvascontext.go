package wx

import (
	"encoding/base64"
	"math"
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/image/colornames"

	"github.com/teahouse/teahouse/runtime/vm"
)

// drawContext is what getContext('2d') returns, and with old set what createCanvasContext does. It
// implements goja.DynamicObject: its styles are properties, its methods are on the prototype.
//
// A style is sent only when something is drawn with it, and only when the browser has another one.
// Programs set styles far more often than they use them.
type drawContext struct {
	accessors
	w      *wx
	canvas *canvas     // nil for an older one
	old    *oldDrawing // nil for a newer one
	object *goja.Object
	drawState
	saved []drawState
	own   members
}

// drawState is what save keeps.
type drawState struct {
	want, sent [styleCount]style
	matrix     [6]float64
}

// style is the value of one style: a text, a number or a boolean, or a paint.
type style struct {
	value any
	paint *paint
	stops int // of the paint when it was sent
}

// What a style concerns.
const (
	onFill = 1 << iota
	onStroke
	onText
	onImage
	onAll = onFill | onStroke | onText | onImage
)

// styles are the styles of a context.
var styles = [...]struct {
	name    string
	initial any
	accept  func(goja.Value) (any, bool)
	on      int
}{
	{"fillStyle", "#000000", colour, onFill},
	{"strokeStyle", "#000000", colour, onStroke},
	{"lineWidth", 1.0, positive, onStroke},
	{"lineCap", "butt", oneOf("butt round square"), onStroke},
	{"lineJoin", "miter", oneOf("miter round bevel"), onStroke},
	{"miterLimit", 10.0, positive, onStroke},
	{"lineDash", "", nil, onStroke},
	{"lineDashOffset", 0.0, finite, onStroke},
	{"font", "10px sans-serif", fontText, onText},
	{"textAlign", "start", oneOf("start end left right center"), onText},
	{"textBaseline", "alphabetic", oneOf("top hanging middle alphabetic ideographic bottom"), onText},
	{"direction", "ltr", oneOf("ltr rtl inherit"), onText},
	{"globalAlpha", 1.0, share, onAll},
	{"globalCompositeOperation", "source-over", oneOf("source-over source-in source-out source-atop destination-over " +
		"destination-in destination-out destination-atop lighter copy xor multiply screen overlay darken lighten " +
		"color-dodge color-burn hard-light soft-light difference exclusion hue saturation color luminosity"), onAll},
	{"shadowColor", "rgba(0, 0, 0, 0)", colour, onAll},
	{"shadowBlur", 0.0, notNegative, onAll},
	{"shadowOffsetX", 0.0, finite, onAll},
	{"shadowOffsetY", 0.0, finite, onAll},
	{"imageSmoothingEnabled", true, func(v goja.Value) (any, bool) { return v.ToBoolean(), true }, onImage},
	{"imageSmoothingQuality", "low", oneOf("low medium high"), onImage},
	{"filter", "none", func(v goja.Value) (any, bool) { return v.String(), true }, onAll},
}

const (
	styleFill, styleStroke = 0, 1
	styleDash              = 6
	styleFont              = 8
	styleCount             = len(styles)
)

var (
	styleNumber = map[string]int{}
	styleOps    [styleCount]int
	firstState  drawState
)

func init() {
	for i, s := range styles {
		styleNumber[s.name] = i
		styleOps[i] = op(s.name)
		firstState.want[i].value = s.initial
	}
	firstState.sent = firstState.want
	firstState.matrix = [6]float64{1, 0, 0, 1, 0, 0}
}

func newContext(w *wx, cv *canvas, old *oldDrawing) *drawContext {
	c := &drawContext{w: w, canvas: cv, old: old, drawState: firstState}
	c.object = w.vm.Runtime().NewDynamicObject(c)
	prototype := w.contextPrototype()
	if old != nil {
		prototype = w.oldContextPrototype()
	}
	_ = c.object.SetPrototype(prototype) // an object of ours takes any prototype
	return c
}

func (c *drawContext) reset() { c.drawState, c.saved = firstState, nil }

// Get implements goja.DynamicObject.
func (c *drawContext) Get(key string) goja.Value {
	if v, ok := c.read(c.object, key); ok {
		return v
	}
	if i, ok := styleNumber[key]; ok && i != styleDash {
		if paint := c.want[i].paint; paint != nil {
			return paint.object
		}
		return c.w.vm.Value(c.want[i].value)
	}
	if key == "canvas" && c.canvas != nil {
		return c.canvas.object
	}
	return c.own[key]
}

// Set implements goja.DynamicObject. What is not a value of the style is ignored, as in browsers.
func (c *drawContext) Set(key string, v goja.Value) bool {
	if c.write(c.object, key, v) {
		return true
	}
	i, ok := styleNumber[key]
	if !ok || i == styleDash {
		c.own.set(key, v)
		return true
	}
	c.style(i, v)
	return true
}

func (c *drawContext) style(i int, v goja.Value) {
	if i == styleFill || i == styleStroke {
		if paint, ok := ours[*paint](v); ok {
			c.want[i] = style{paint: paint}
			return
		}
	}
	if value, ok := styles[i].accept(v); ok {
		c.want[i] = style{value: value}
	}
}

// Has implements goja.DynamicObject.
func (c *drawContext) Has(key string) bool { return c.Get(key) != nil }

// Delete implements goja.DynamicObject.
func (c *drawContext) Delete(key string) bool {
	delete(c.accessors, key)
	delete(c.own, key)
	return true
}

// Keys implements goja.DynamicObject.
func (c *drawContext) Keys() []string { return c.seen(c.own.names()) }

// recorder is where the next command goes.
func (c *drawContext) recorder() *recorder {
	if c.old != nil {
		if len(c.old.ops) > MaxDrawBytes {
			panic(c.w.vm.NewError("RangeError", "a drawing may have %d KB", MaxDrawBytes>>10))
		}
		return &c.old.recorder
	}
	return c.canvas.stage.recorder(c.canvas.surface)
}

// paintWith sends the styles that concern what is drawn next, and returns the recorder.
func (c *drawContext) paintWith(on int) *recorder {
	r := c.recorder()
	for i := range c.want {
		want, sent := &c.want[i], &c.sent[i]
		if styles[i].on&on == 0 || want.paint == nil && *want == *sent {
			continue
		}
		if want.paint != nil && want.paint == sent.paint && len(want.paint.stops) == sent.stops {
			continue
		}
		r.op(styleOps[i])
		switch {
		case want.paint != nil:
			want.paint.note(r)
		case i == styleDash:
			r.next()
			r.ops = append(append(append(r.ops, '['), want.value.(string)...), ']')
		default:
			r.value(want.value)
		}
		*sent = *want
		if want.paint != nil {
			sent.stops = len(want.paint.stops)
		}
	}
	return r
}

func (c *drawContext) save() {
	if len(c.saved) >= MaxDrawStates {
		panic(c.w.vm.NewError("RangeError", "save was called %d times without restore", MaxDrawStates))
	}
	c.recorder().op(opSave)
	c.saved = append(c.saved, c.drawState)
}

func (c *drawContext) restore() {
	if len(c.saved) == 0 {
		return
	}
	c.recorder().op(opRestore)
	// The browser goes back to what it had when it saved.
	c.drawState = c.saved[len(c.saved)-1]
	c.saved = c.saved[:len(c.saved)-1]
}

func (c *drawContext) multiply(m [6]float64) {
	a := c.matrix
	c.matrix = [6]float64{
		a[0]*m[0] + a[2]*m[1], a[1]*m[0] + a[3]*m[1],
		a[0]*m[2] + a[2]*m[3], a[1]*m[2] + a[3]*m[3],
		a[0]*m[4] + a[2]*m[5] + a[4], a[1]*m[4] + a[3]*m[5] + a[5],
	}
}

// --- Values of styles ---

func number(v goja.Value) (float64, bool) {
	f := v.ToFloat()
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}

func finite(v goja.Value) (any, bool)      { f, ok := number(v); return f, ok }
func positive(v goja.Value) (any, bool)    { f, ok := number(v); return f, ok && f > 0 }
func notNegative(v goja.Value) (any, bool) { f, ok := number(v); return f, ok && f >= 0 }
func share(v goja.Value) (any, bool)       { f, ok := number(v); return f, ok && f >= 0 && f <= 1 }

// colour reads a colour. Names and hex digits are written as browsers read them back; other notations
// stay as they are, and the browser decides whether they are colours.
func colour(v goja.Value) (any, bool) {
	text := strings.ToLower(strings.TrimSpace(v.String()))
	if named, ok := colornames.Map[text]; ok {
		const digits = "0123456789abcdef"
		hex := []byte{'#'}
		for _, part := range []uint8{named.R, named.G, named.B} {
			hex = append(hex, digits[part>>4], digits[part&15])
		}
		return string(hex), true
	}
	if digits, ok := strings.CutPrefix(text, "#"); ok {
		if strings.Trim(digits, "0123456789abcdef") != "" {
			return nil, false
		}
		switch len(digits) {
		case 3:
			d := digits
			return "#" + d[0:1] + d[0:1] + d[1:2] + d[1:2] + d[2:3] + d[2:3], true
		case 4, 6, 8:
			return text, true
		}
		return nil, false
	}
	if text == "" || len(text) > 100 || !strings.Contains(text, "(") && text != "transparent" && text != "currentcolor" {
		return nil, false
	}
	return text, true
}

// --- Gradients, patterns and pictures ---

// paint is a gradient or a pattern.
type paint struct {
	w        *wx
	object   *goja.Object
	kind     string // "linear", "radial", "conic" or "pattern"
	numbers  []float64
	stops    []colorStop
	source   int    // of a pattern
	repeated string // of a pattern
	own      members
}

type colorStop struct {
	at     float64
	colour string
}

// Get implements goja.DynamicObject.
func (p *paint) Get(key string) goja.Value { return p.own[key] }

// Set implements goja.DynamicObject.
func (p *paint) Set(key string, v goja.Value) bool { p.own.set(key, v); return true }

// Has implements goja.DynamicObject.
func (p *paint) Has(key string) bool { return p.own[key] != nil }

// Delete implements goja.DynamicObject.
func (p *paint) Delete(key string) bool { delete(p.own, key); return true }

// Keys implements goja.DynamicObject.
func (p *paint) Keys() []string { return p.own.names() }

func (w *wx) newPaint(kind string, numbers ...float64) *paint {
	d := &w.drawing
	if d.gradient == nil {
		d.gradient = w.vm.Object()
		d.gradient.Set("addColorStop", w.vm.Function("addColorStop", func(c goja.FunctionCall) goja.Value {
			p := receiver[*paint](w, c.This, "addColorStop")
			at, ok := number(c.Argument(0))
			if !ok || at < 0 || at > 1 {
				panic(w.vm.NewError("RangeError", "the place of a colour is between 0 and 1"))
			}
			text, ok := colour(c.Argument(1))
			if !ok {
				panic(w.vm.NewError("SyntaxError", "%q is not a colour", vm.Cut(c.Argument(1).String(), 40)))
			}
			if len(p.stops) >= MaxColorStops {
				panic(w.vm.NewError("RangeError", "a gradient has at most %d colours", MaxColorStops))
			}
			p.stops = append(p.stops, colorStop{at, text.(string)})
			return goja.Undefined()
		}))
	}
	p := &paint{w: w, kind: kind, numbers: numbers}
	p.object = w.vm.Runtime().NewDynamicObject(p)
	_ = p.object.SetPrototype(d.gradient) // an object of ours takes any prototype
	return p
}

// note writes the paint as one value: its kind, its numbers, and its colours.
func (p *paint) note(r *recorder) {
	var inner recorder
	inner.text(p.kind)
	if p.kind == "pattern" {
		inner.integer(p.source).text(p.repeated)
	}
	for _, f := range p.numbers {
		inner.number(f)
	}
	for _, stop := range p.stops {
		inner.number(stop.at).text(stop.colour)
	}
	r.list(&inner)
}

// source finds what drawImage and createPattern take: a picture or a canvas of the same page, or, in
// the older interface, an address.
func (c *drawContext) source(v goja.Value, r *recorder) (number int, address string) {
	if p, ok := ours[*picture](v); ok {
		return p.number, ""
	}
	if cv, ok := ours[*canvas](v); ok {
		return cv.surface, ""
	}
	if text, ok := v.(goja.String); ok && c.old != nil {
		address = vm.Cut(text.String(), maxAddress)
		r.op(opNeed).text(address)
		return 0, address
	}
	panic(c.w.vm.NewError("TypeError", "this is neither a picture that the canvas has made nor a canvas"))
}

// maxAddress bounds the address of a picture; a picture as data may be in it.
const maxAddress = 256 << 10

func (c *drawContext) drawImage(args []goja.Value) {
	code, count := opDrawImage, 2
	switch {
	case len(args) >= 9:
		code, count = opDrawImagePart, 8
	case len(args) >= 5:
		code, count = opDrawImageSize, 4
	case len(args) < 3:
		panic(c.w.vm.NewError("TypeError", "drawImage takes a picture and 2, 4 or 8 numbers"))
	}
	numbers := floats(args[1 : 1+count])
	r := c.recorder()
	number, address := c.source(args[0], r)
	r = c.paintWith(onImage).op(code)
	if address != "" {
		r.text(address)
	} else {
		r.integer(number)
	}
	for _, f := range numbers {
		r.number(f)
	}
}

func floats(values []goja.Value) []float64 {
	numbers := make([]float64, len(values))
	for i, v := range values {
		numbers[i] = v.ToFloat()
	}
	return numbers
}

// --- Methods ---

// pathMethods have numbers for arguments, and are the same on contexts and on Path2D.
var pathMethods = map[string]int{"moveTo": 2, "lineTo": 2, "quadraticCurveTo": 4, "bezierCurveTo": 6,
	"arcTo": 5, "rect": 4, "closePath": 0}

// plotter is what has path methods.
type plotter interface{ recorder() *recorder }

func (w *wx) installPaths(on *goja.Object, of func(this goja.Value, method string) plotter) {
	method := func(name string, fn func(r *recorder, c goja.FunctionCall)) {
		on.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			fn(of(c.This, name).recorder(), c)
			return goja.Undefined()
		}))
	}
	for name, count := range pathMethods {
		code := op(name)
		method(name, func(r *recorder, c goja.FunctionCall) { w.numbers(r, name, code, count, c.Arguments) })
	}
	arc, ellipse := op("arc"), op("ellipse")
	method("arc", func(r *recorder, c goja.FunctionCall) {
		w.numbers(r, "arc", arc, 5, c.Arguments)
		r.value(c.Argument(5).ToBoolean())
	})
	method("ellipse", func(r *recorder, c goja.FunctionCall) {
		w.numbers(r, "ellipse", ellipse, 7, c.Arguments)
		r.value(c.Argument(7).ToBoolean())
	})
	method("roundRect", func(r *recorder, c goja.FunctionCall) {
		var radii recorder
		if list := w.vm.Elements(c.Argument(4)); list != nil {
			for _, v := range list[:min(4, len(list))] {
				radii.number(v.ToFloat())
			}
		} else if !goja.IsUndefined(c.Argument(4)) {
			radii.number(c.Argument(4).ToFloat())
		}
		w.numbers(r, "roundRect", opRoundRect, 4, c.Arguments)
		r.list(&radii)
	})
}

// numbers notes a command with numbers. The arguments are read first, because that may run code of
// the app, which may draw.
func (w *wx) numbers(r *recorder, name string, code, count int, args []goja.Value) {
	if len(args) < count {
		panic(w.vm.NewError("TypeError", "%s takes %d numbers", name, count))
	}
	var values [8]float64
	for i := range count {
		values[i] = args[i].ToFloat()
	}
	r.op(code)
	for _, f := range values[:count] {
		r.number(f)
	}
}

// path is a Path2D.
type path struct {
	recording recorder
	own       members
	w         *wx
}

func (p *path) recorder() *recorder {
	if len(p.recording.ops) > MaxDrawBytes {
		panic(p.w.vm.NewError("RangeError", "a path may have %d KB", MaxDrawBytes>>10))
	}
	return &p.recording
}

// Get implements goja.DynamicObject.
func (p *path) Get(key string) goja.Value { return p.own[key] }

// Set implements goja.DynamicObject.
func (p *path) Set(key string, v goja.Value) bool { p.own.set(key, v); return true }

// Has implements goja.DynamicObject.
func (p *path) Has(key string) bool { return p.own[key] != nil }

// Delete implements goja.DynamicObject.
func (p *path) Delete(key string) bool { delete(p.own, key); return true }

// Keys implements goja.DynamicObject.
func (p *path) Keys() []string { return p.own.names() }

// newPath makes a Path2D, empty, of another one, or of the text of an SVG path.
func (w *wx) newPath(from goja.Value) goja.Value {
	d := &w.drawing
	if d.path == nil {
		d.path = w.vm.Object()
		w.installPaths(d.path, func(this goja.Value, method string) plotter { return receiver[*path](w, this, method) })
		d.path.Set("addPath", w.vm.Function("addPath", func(c goja.FunctionCall) goja.Value {
			receiver[*path](w, c.This, "addPath").add(receiver[*path](w, c.Argument(0), "addPath"))
			return goja.Undefined()
		}))
	}
	p := &path{w: w}
	if other, ok := ours[*path](from); ok {
		p.add(other)
	} else if text, ok := from.(goja.String); ok {
		p.recording.op(opSVG).text(vm.Cut(text.String(), maxAddress))
	}
	object := w.vm.Runtime().NewDynamicObject(p)
	_ = object.SetPrototype(d.path) // an object of ours takes any prototype
	return object
}

func (p *path) add(other *path) {
	r := p.recorder()
	if len(other.recording.ops) > 0 {
		r.next()
		r.ops = append(r.ops, other.recording.ops...)
	}
}

// contextPrototype has the methods of a 2d context.
func (w *wx) contextPrototype() *goja.Object {
	d := &w.drawing
	if d.context == nil {
		d.context = w.vm.Object()
		w.installContext(d.context)
		for name, instead := range map[string]string{"getImageData": "wx.canvasGetImageData({ canvas, x, y, width, height })",
			"isPointInPath": "your own geometry", "isPointInStroke": "your own geometry"} {
			d.context.Set(name, w.vm.Function(name, func(goja.FunctionCall) goja.Value {
				panic(w.onlyLater("context."+name, instead))
			}))
		}
	}
	return d.context
}

// installContext adds what newer and older contexts have both.
func (w *wx) installContext(on *goja.Object) {
	method := func(name string, fn func(dc *drawContext, c goja.FunctionCall) goja.Value) {
		on.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			if result := fn(receiver[*drawContext](w, c.This, name), c); result != nil {
				return result
			}
			return goja.Undefined()
		}))
	}
	w.installPaths(on, func(this goja.Value, method string) plotter { return receiver[*drawContext](w, this, method) })
	beginPath := op("beginPath")
	method("beginPath", func(dc *drawContext, _ goja.FunctionCall) goja.Value { dc.recorder().op(beginPath); return nil })
	method("save", func(dc *drawContext, _ goja.FunctionCall) goja.Value { dc.save(); return nil })
	method("restore", func(dc *drawContext, _ goja.FunctionCall) goja.Value { dc.restore(); return nil })
	w.installTransforms(method)

	filled := func(name string, on, code, pathCode int) {
		method(name, func(dc *drawContext, c goja.FunctionCall) goja.Value {
			rule, p := c.Argument(0), (*path)(nil)
			if given, ok := ours[*path](rule); ok {
				p, rule = given, c.Argument(1)
			}
			text := "nonzero"
			if vm.TextOf(rule) == "evenodd" {
				text = "evenodd"
			}
			r := dc.paintWith(on)
			if p != nil {
				r.op(pathCode).list(&p.recording).text(text)
			} else {
				r.op(code).text(text)
			}
			return nil
		})
	}
	filled("fill", onFill, opFill, opFillPath)
	filled("clip", 0, opClip, opClipPath)
	method("stroke", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		r := dc.paintWith(onStroke)
		if p, ok := ours[*path](c.Argument(0)); ok {
			r.op(opStrokePath).list(&p.recording)
		} else {
			r.op(opStroke)
		}
		return nil
	})
	for name, on := range map[string]int{"fillRect": onFill, "strokeRect": onStroke, "clearRect": 0} {
		code := op(name)
		method(name, func(dc *drawContext, c goja.FunctionCall) goja.Value {
			w.numbers(dc.paintWith(on), name, code, 4, c.Arguments)
			return nil
		})
	}
	for name, on := range map[string]int{"fillText": onFill | onText, "strokeText": onStroke | onText} {
		code := op(name)
		method(name, func(dc *drawContext, c goja.FunctionCall) goja.Value {
			text := vm.Cut(c.Argument(0).String(), maxAddress)
			x, y, most := c.Argument(1).ToFloat(), c.Argument(2).ToFloat(), c.Argument(3).ToFloat()
			dc.paintWith(on).op(code).text(text).number(x).number(y).number(most)
			return nil
		})
	}
	method("drawImage", func(dc *drawContext, c goja.FunctionCall) goja.Value { dc.drawImage(c.Arguments); return nil })
	method("measureText", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		return w.drawing.fonts.measure(w.vm, dc.want[styleFont].value.(string), c.Argument(0).String())
	})
	gradient := func(name, kind string, count int) {
		method(name, func(_ *drawContext, c goja.FunctionCall) goja.Value {
			if len(c.Arguments) < count {
				panic(w.vm.NewError("TypeError", "%s takes %d numbers", name, count))
			}
			return w.newPaint(kind, floats(c.Arguments[:count])...).object
		})
	}
	gradient("createLinearGradient", "linear", 4)
	gradient("createRadialGradient", "radial", 6)
	gradient("createConicGradient", "conic", 3)
	method("createPattern", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		number, address := dc.source(c.Argument(0), dc.recorder())
		p := w.newPaint("pattern")
		p.source, p.repeated = number, "repeat"
		if number == 0 {
			p.source = dc.old.stageFor(dc.w).addressed(address)
		}
		if how, ok := oneOf("repeat repeat-x repeat-y no-repeat")(c.Argument(1)); ok {
			p.repeated = how.(string)
		}
		return p.object
	})
	method("setLineDash", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		dc.dash(w.vm.Elements(c.Argument(0)))
		return nil
	})
	method("getLineDash", func(dc *drawContext, _ goja.FunctionCall) goja.Value {
		return w.vm.FromJSON([]byte("[" + dc.want[styleDash].value.(string) + "]"))
	})
	method("createImageData", func(_ *drawContext, c goja.FunctionCall) goja.Value {
		return w.imageData(c.Argument(0), c.Argument(1))
	})
	method("putImageData", func(dc *drawContext, c goja.FunctionCall) goja.Value { dc.putImageData(c.Arguments); return nil })
}

func (w *wx) installTransforms(method func(string, func(*drawContext, goja.FunctionCall) goja.Value)) {
	change := func(name string, count int, matrix func(n [6]float64) [6]float64) {
		code := op(name)
		method(name, func(dc *drawContext, c goja.FunctionCall) goja.Value {
			var n [6]float64
			for i := range count {
				n[i] = c.Argument(i).ToFloat()
			}
			w.numbers(dc.recorder(), name, code, count, c.Arguments)
			dc.multiply(matrix(n))
			return nil
		})
	}
	change("translate", 2, func(n [6]float64) [6]float64 { return [6]float64{1, 0, 0, 1, n[0], n[1]} })
	change("scale", 2, func(n [6]float64) [6]float64 { return [6]float64{n[0], 0, 0, n[1], 0, 0} })
	change("rotate", 1, func(n [6]float64) [6]float64 {
		sin, cos := math.Sincos(n[0])
		return [6]float64{cos, sin, -sin, cos, 0, 0}
	})
	change("transform", 6, func(n [6]float64) [6]float64 { return n })
	set := func(dc *drawContext, matrix [6]float64) {
		r := dc.recorder().op(opSetTransform)
		for _, f := range matrix {
			r.number(f)
		}
		dc.matrix = matrix
	}
	letters := []string{"a", "b", "c", "d", "e", "f"}
	method("setTransform", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		matrix := firstState.matrix
		if o, ok := c.Argument(0).(*goja.Object); ok {
			for i, letter := range letters {
				if v := o.Get(letter); v != nil {
					matrix[i] = v.ToFloat()
				}
			}
		} else if len(c.Arguments) >= 6 {
			copy(matrix[:], floats(c.Arguments[:6]))
		}
		set(dc, matrix)
		return nil
	})
	method("resetTransform", func(dc *drawContext, _ goja.FunctionCall) goja.Value { set(dc, firstState.matrix); return nil })
	method("getTransform", func(dc *drawContext, _ goja.FunctionCall) goja.Value {
		matrix := w.vm.Object()
		for i, letter := range letters {
			matrix.Set(letter, dc.matrix[i])
		}
		return matrix
	})
}

// dash sets the dash pattern; one of an odd length counts twice, as in browsers.
func (c *drawContext) dash(list []goja.Value) {
	lengths := floats(list[:min(len(list), MaxDashes)])
	if len(lengths)%2 == 1 {
		lengths = append(lengths, lengths...)
	}
	var r recorder
	for _, f := range lengths {
		if !(f >= 0) || math.IsInf(f, 0) {
			return
		}
		r.number(f)
	}
	c.want[styleDash] = style{value: string(r.ops)}
}

func (c *drawContext) putImageData(args []goja.Value) {
	w := c.w
	bad := func() { panic(w.vm.NewError("TypeError", "putImageData takes an ImageData and its place")) }
	if len(args) < 3 {
		bad()
	}
	image, ok := args[0].(*goja.Object)
	if !ok {
		bad()
	}
	data, ok := vm.Bytes(image.Get("data"))
	width, height := int(vm.OrUndefined(image.Get("width")).ToInteger()), int(vm.OrUndefined(image.Get("height")).ToInteger())
	if !ok || width < 1 || height < 1 || width > MaxCanvasSide || height > MaxCanvasSide || len(data) != width*height*4 {
		bad()
	}
	numbers := floats(args[1:min(len(args), 7)])
	if len(numbers) < 6 {
		numbers = append(numbers[:2], 0, 0, float64(width), float64(height))
	}
	encoded := base64.StdEncoding.EncodeToString(data)
	r := c.recorder()
	if len(r.ops)+len(encoded) > MaxDrawBytes {
		panic(w.vm.NewError("RangeError", "a page may draw %d KB at a time", MaxDrawBytes>>10))
	}
	r.op(opPutImageData).text(encoded).integer(width).integer(height)
	for _, f := range numbers {
		r.number(f)
	}
}
