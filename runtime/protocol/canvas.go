package protocol

import "fmt"

// DrawFrame has the drawing commands of one page, of one turn. Ops is the inside of a JSON array: the
// number of a command in CanvasOps, its values, the next command, and so on.
type DrawFrame struct {
	Page int
	Ops  []byte
}

// Encode writes the frame.
func (f *DrawFrame) Encode() []byte {
	frame := make([]byte, 0, len(f.Ops)+40)
	frame = fmt.Appendf(frame, `{"t":"draw","page":%d,"ops":[`, f.Page)
	frame = append(frame, f.Ops...)
	return append(frame, "]}"...)
}

// CanvasOp is a drawing command: its name and how many values it has.
type CanvasOp struct {
	Name   string
	Values int
}

// CanvasOps are the drawing commands. A frame names a command by its place in this list. Those from
// "save" on are methods and properties of a drawing context in the browser, with its names; paths and
// drawImage have a name for each form.
var CanvasOps = []CanvasOp{
	// Which surface the next commands are for, and what surfaces and pictures there are. A surface is
	// an element of the page, one that an old canvas-id names, or out of sight.
	{"use", 1}, {"element", 3}, {"named", 2}, {"offscreen", 3}, {"resize", 2},
	{"image", 2}, {"need", 1}, {"begin", 1},
	// The state.
	{"save", 0}, {"restore", 0},
	{"translate", 2}, {"rotate", 1}, {"scale", 2}, {"transform", 6}, {"setTransform", 6},
	{"fillStyle", 1}, {"strokeStyle", 1}, {"lineWidth", 1}, {"lineCap", 1}, {"lineJoin", 1}, {"miterLimit", 1},
	{"lineDash", 1}, {"lineDashOffset", 1}, {"font", 1}, {"textAlign", 1}, {"textBaseline", 1}, {"direction", 1},
	{"globalAlpha", 1}, {"globalCompositeOperation", 1},
	{"shadowColor", 1}, {"shadowBlur", 1}, {"shadowOffsetX", 1}, {"shadowOffsetY", 1},
	{"imageSmoothingEnabled", 1}, {"imageSmoothingQuality", 1}, {"filter", 1},
	// Paths.
	{"beginPath", 0}, {"closePath", 0}, {"moveTo", 2}, {"lineTo", 2}, {"quadraticCurveTo", 4},
	{"bezierCurveTo", 6}, {"arc", 6}, {"arcTo", 5}, {"ellipse", 8}, {"rect", 4}, {"roundRect", 5}, {"svg", 1},
	{"fill", 1}, {"fillPath", 2}, {"stroke", 0}, {"strokePath", 1}, {"clip", 1}, {"clipPath", 2},
	// Rectangles, text and pictures.
	{"fillRect", 4}, {"strokeRect", 4}, {"clearRect", 4}, {"fillText", 4}, {"strokeText", 4},
	{"drawImage", 3}, {"drawImageSized", 5}, {"drawImagePart", 9}, {"putImageData", 9},
	// A picture of what is drawn so far: its name, the kind of file and the quality.
	{"snapshot", 3},
	// A surface is a canvas of a component in the older interface: its place, or -1 and -1 while it has none.
	{"placed", 3},
}

// CanvasOpNumber is the place of a command in CanvasOps. It panics for a name that is not there.
func CanvasOpNumber(name string) int {
	for i, op := range CanvasOps {
		if op.Name == name {
			return i
		}
	}
	panic("protocol: there is no drawing command " + name)
}
