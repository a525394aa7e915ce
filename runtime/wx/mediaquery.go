package wx

import (
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
)

// installMediaQueries lets pages ask whether they have certain sizes.
func (w *wx) installMediaQueries() {
	w.app.InstanceMethod("createMediaQueryObserver", func(*framework.Instance, goja.FunctionCall) goja.Value {
		return w.mediaQueryObserver()
	})
}

// mediaQueryObserver makes a MediaQueryObserver: it calls back at once, and when the answer changes.
func (w *wx) mediaQueryObserver() goja.Value {
	made := w.vm.Object()
	var resized goja.Value
	stop := func(goja.FunctionCall) goja.Value {
		if resized != nil {
			w.app.Listeners().Remove("WindowResize", resized)
			resized = nil
		}
		return goja.Undefined()
	}
	made.Set("observe", w.vm.Function("observe", func(c goja.FunctionCall) goja.Value {
		query, ok := c.Argument(0).(*goja.Object)
		fn := c.Argument(1)
		if !ok {
			return goja.Undefined()
		}
		stop(c)
		conditions := map[string]string{}
		for _, name := range query.Keys() {
			conditions[name] = query.Get(name).String()
		}
		last := w.mediaMatches(conditions)
		resized = w.vm.Function("resized", func(goja.FunctionCall) goja.Value {
			if now := w.mediaMatches(conditions); now != last {
				last = now
				w.vm.Invoke(fn, goja.Undefined(), w.vm.Object("matches", now))
			}
			return goja.Undefined()
		})
		w.app.Listeners().Add("WindowResize", resized)
		w.vm.Later(func() { w.vm.Invoke(fn, goja.Undefined(), w.vm.Object("matches", last)) })
		return goja.Undefined()
	}))
	made.Set("disconnect", w.vm.Function("disconnect", stop))
	return made
}

// mediaMatches reports whether the page has all of the sizes.
func (w *wx) mediaMatches(conditions map[string]string) bool {
	width, height := w.app.Env().Width, w.app.WindowHeight()
	for name, value := range conditions {
		size := int(w.vm.Value(value).ToFloat())
		var ok bool
		switch name {
		case "minWidth":
			ok = width >= size
		case "maxWidth":
			ok = width <= size
		case "width":
			ok = width == size
		case "minHeight":
			ok = height >= size
		case "maxHeight":
			ok = height <= size
		case "height":
			ok = height == size
		case "orientation":
			ok = orientation(w) == value
		}
		if !ok {
			return false
		}
	}
	return true
}
