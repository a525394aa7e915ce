package wx

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/vm"
)

// oldDrawing is what a context of the older interface has noted until it draws. The context of
// createContext has no canvas: its commands are taken out and given to drawCanvas.
type oldDrawing struct {
	recorder
	name canvasName
	page *framework.Page
}

// canvasName says which canvas of the older interface is meant: one of a component, or without one the first
// on the page.
type canvasName struct {
	component *framework.Instance
	id        string
}

// gone reports whether there is no such canvas any more.
func (n canvasName) gone() bool { return n.component != nil && n.component.Gone() }

func (w *wx) oldContext(name canvasName, page *framework.Page) goja.Value {
	return newContext(w, nil, &oldDrawing{name: name, page: page}).object
}

// canvasName is the canvas that a call names.
func (c *call) canvasName() canvasName {
	return canvasName{c.wx.app.ComponentOf(c.component), c.text("canvasId")}
}

// stageFor is where the pictures of the context are. The page may not be there yet when the context is made.
func (o *oldDrawing) stageFor(w *wx) *stage {
	if o.page == nil {
		o.page = w.app.Top()
	}
	return w.stageOf(o.page)
}

// oldSetters set a style with a function of their own.
var oldSetters = map[string]string{"setFillStyle": "fillStyle", "setStrokeStyle": "strokeStyle",
	"setLineWidth": "lineWidth", "setLineCap": "lineCap", "setLineJoin": "lineJoin", "setMiterLimit": "miterLimit",
	"setGlobalAlpha": "globalAlpha", "setTextAlign": "textAlign", "setTextBaseline": "textBaseline",
	"setGlobalCompositeOperation": "globalCompositeOperation"}

// fontSize finds the size in a font, which setFontSize replaces.
var fontSize = regexp.MustCompile(`[\d.]+px`)

func (w *wx) oldContextPrototype() *goja.Object {
	d := &w.drawing
	if d.oldContext != nil {
		return d.oldContext
	}
	on := w.vm.Object()
	d.oldContext = on
	w.installContext(on)
	method := func(name string, fn func(dc *drawContext, c goja.FunctionCall) goja.Value) {
		on.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			if result := fn(receiver[*drawContext](w, c.This, name), c); result != nil {
				return result
			}
			return goja.Undefined()
		}))
	}
	for name, property := range oldSetters {
		i := styleNumber[property]
		method(name, func(dc *drawContext, c goja.FunctionCall) goja.Value {
			v := c.Argument(0)
			if v.String() == "normal" { // the older word for two values
				v = w.vm.Value(styles[i].initial)
			}
			dc.style(i, v)
			return nil
		})
	}
	method("setFontSize", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		if size, ok := number(c.Argument(0)); ok && size > 0 {
			font := fontSize.ReplaceAllString(dc.want[styleFont].value.(string), fmt.Sprintf("%gpx", size))
			dc.want[styleFont] = style{value: font}
		}
		return nil
	})
	method("setShadow", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		for i, property := range []string{"shadowOffsetX", "shadowOffsetY", "shadowBlur", "shadowColor"} {
			dc.style(styleNumber[property], c.Argument(i))
		}
		return nil
	})
	setLineDash := on.Get("setLineDash")
	method("setLineDash", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		if call, ok := goja.AssertFunction(setLineDash); ok {
			if _, err := call(c.This, c.Argument(0)); err != nil {
				panic(err)
			}
		}
		if len(c.Arguments) > 1 {
			dc.style(styleNumber["lineDashOffset"], c.Argument(1))
		}
		return nil
	})
	method("createCircularGradient", func(_ *drawContext, c goja.FunctionCall) goja.Value {
		x, y, radius := c.Argument(0).ToFloat(), c.Argument(1).ToFloat(), c.Argument(2).ToFloat()
		return w.newPaint("radial", x, y, 0, x, y, radius).object
	})
	method("draw", func(dc *drawContext, c goja.FunctionCall) goja.Value {
		dc.draw(c.Argument(0), c.Argument(1))
		return nil
	})
	method("getActions", func(dc *drawContext, _ goja.FunctionCall) goja.Value {
		// One action with all commands: apps only pass them on.
		return w.vm.Array(w.vm.Object("method", "play", "data", "["+string(dc.old.ops)+"]"))
	})
	method("clearActions", func(dc *drawContext, _ goja.FunctionCall) goja.Value {
		dc.reset()
		dc.old.ops = nil
		return nil
	})
	return on
}

// draw sends what was noted. Every drawing begins with the first styles, on an empty canvas unless
// the app keeps what is there.
func (c *drawContext) draw(keep, then goja.Value) {
	old := c.old
	fn := goja.Value(nil)
	for _, v := range []goja.Value{keep, then} { // the first one may be left out
		if _, ok := goja.AssertFunction(v); ok {
			fn = v
		}
	}
	ops := old.ops
	old.ops = nil
	c.reset()
	if old.name.id != "" {
		st := old.stageFor(c.w)
		if !st.page.Gone() && !old.name.gone() {
			st.play(old.name, ops, fn == keep || !keep.ToBoolean())
		}
	}
	if fn != nil {
		c.w.vm.AfterFlush(func() { c.w.vm.Invoke(fn, goja.Undefined()) })
	}
}

// play draws a whole drawing on a canvas of the older interface.
func (st *stage) play(name canvasName, ops []byte, empty bool) {
	r := st.recorder(st.surfaceNamed(name))
	r.op(opBegin).value(!empty)
	if len(ops) > 0 {
		r.next()
		r.ops = append(r.ops, ops...)
	}
}

// drawCanvas draws the actions of a context without canvas.
func (w *wx) drawCanvas(c *call) {
	p, name := w.pageFor(c.component), c.canvasName()
	if p == nil || name.id == "" || name.gone() {
		c.fail("there is no such canvas")
		return
	}
	var ops []byte
	for _, action := range w.vm.Elements(c.value("actions")) {
		object, ok := action.(*goja.Object)
		if !ok {
			continue
		}
		text := []byte(vm.TextOf(object.Get("data")))
		if len(text) > MaxDrawBytes || len(text) < 2 || text[0] != '[' || !json.Valid(text) {
			c.fail("the actions are not those of a context")
			return
		}
		if len(text) > 2 {
			if len(ops) > 0 {
				ops = append(ops, ',')
			}
			ops = append(ops, text[1:len(text)-1]...)
		}
	}
	w.stageOf(p).play(name, ops, !c.value("reserve").ToBoolean())
	c.ok(nil)
}
