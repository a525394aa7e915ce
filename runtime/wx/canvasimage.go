package wx

import (
	"encoding/json"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// picture is what canvas.createImage returns. The browser loads it; the app gets its size. It implements
// goja.DynamicObject.
type picture struct {
	stage         *stage
	number        int
	object        *goja.Object
	src           string
	width, height float64
	loaded        bool
	own           members
}

func (st *stage) newPicture() goja.Value {
	if len(st.pictures) >= MaxCanvasPictures {
		panic(st.w.vm.NewError("RangeError", "the canvases of a page may have %d pictures", MaxCanvasPictures))
	}
	st.last++
	p := &picture{stage: st, number: st.last}
	p.object = st.w.vm.Runtime().NewDynamicObject(p)
	st.pictures[p.number] = p
	return p.object
}

// addressed is the number of a picture of the older interface, which has only its address.
func (st *stage) addressed(address string) int {
	for _, p := range st.pictures {
		if p.src == address {
			return p.number
		}
	}
	object := st.newPicture().(*goja.Object)
	p, _ := ours[*picture](object)
	p.load(address)
	return p.number
}

// Get implements goja.DynamicObject.
func (p *picture) Get(key string) goja.Value {
	v := p.stage.w.vm
	switch key {
	case "src":
		return v.Value(p.src)
	case "width", "naturalWidth":
		if own := p.own[key]; own != nil {
			return own
		}
		return v.Value(p.width)
	case "height", "naturalHeight":
		if own := p.own[key]; own != nil {
			return own
		}
		return v.Value(p.height)
	case "complete":
		return v.Value(p.loaded || p.src == "")
	}
	return p.own[key]
}

// Set implements goja.DynamicObject.
func (p *picture) Set(key string, value goja.Value) bool {
	if key == "src" {
		p.load(vm.Cut(value.String(), maxAddress))
		return true
	}
	p.own.set(key, value)
	return true
}

// Has implements goja.DynamicObject.
func (p *picture) Has(key string) bool { return p.Get(key) != nil }

// Delete implements goja.DynamicObject.
func (p *picture) Delete(key string) bool { delete(p.own, key); return true }

// Keys implements goja.DynamicObject.
func (p *picture) Keys() []string { return p.own.names() }

func (p *picture) load(src string) {
	p.src, p.loaded, p.width, p.height = src, false, 0, 0
	p.stage.recorder(0).op(opImage).integer(p.number).text(src)
}

// pictureLoaded takes what the browser reports of a picture.
func (st *stage) pictureLoaded(detail json.RawMessage) {
	var d struct {
		Number int     `json:"number"`
		Src    string  `json:"src"`
		OK     bool    `json:"ok"`
		Width  float64 `json:"width"`
		Height float64 `json:"height"`
	}
	if json.Unmarshal(detail, &d) != nil {
		return
	}
	p := st.pictures[d.Number]
	if p == nil || p.loaded || len(d.Src) > 0 && d.Src != p.src[:min(len(p.src), len(d.Src))] {
		return // of an address that the app has replaced since
	}
	v := st.w.vm
	name, event := "onload", v.Object("type", "load", "target", p.object)
	if d.OK {
		p.loaded, p.width, p.height = true, d.Width, d.Height
	} else {
		name = "onerror"
		event.Set("type", "error")
		event.Set("errMsg", "the picture could not be loaded")
	}
	if fn := p.own[name]; fn != nil {
		if _, ok := goja.AssertFunction(fn); ok {
			v.Invoke(fn, p.object, event)
		}
	}
}
