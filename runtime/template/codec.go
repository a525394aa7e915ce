package template

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"slices"

	"github.com/teahouse/teahouse/runtime/expr"
)

// format is the first byte of an encoded template. Raise it whenever the layout changes, so that an
// old image is never misread. Templates of the first format have no components and those of the second
// no modules; both are still read.
const (
	format            = 3
	withoutModules    = 2
	withoutComponents = 1
)

// maxItems bounds every count in an encoded template, so that a damaged one cannot allocate much
// more memory than its size.
const maxItems = 1 << 20

var errDamaged = errors.New("template: the encoded template is damaged or of another version")

// MarshalBinary encodes the template for the app's image.
func (t *Template) MarshalBinary() ([]byte, error) {
	c := &codec{writing: true, format: format, buf: []byte{format}}
	c.template(t)
	return c.buf, nil
}

// UnmarshalBinary decodes what MarshalBinary wrote.
func (t *Template) UnmarshalBinary(data []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if r != any(errDamaged) {
				panic(r)
			}
			err = errDamaged
		}
	}()
	if len(data) == 0 || data[0] < withoutComponents || data[0] > format {
		return errDamaged
	}
	c := &codec{buf: data[1:], format: data[0]}
	c.template(t)
	if len(c.buf) != 0 {
		return errDamaged
	}
	if c.modules > len(t.Modules) {
		return errDamaged
	}
	return t.check()
}

// check verifies that every index in the template is valid, so that the engine can use them without
// checks.
func (t *Template) check() error {
	ok := len(t.Fragments) > 0
	fragment := func(i int) bool { return i >= 0 && i < len(t.Fragments) }
	for i := range t.Fragments {
		f := &t.Fragments[i]
		for j := range f.Holes {
			h := &f.Holes[j]
			ok = ok && h.Element >= -1 && h.Element < len(f.Elements)
			for _, frag := range h.Frags {
				ok = ok && fragment(frag)
			}
			switch h.Kind {
			case DynText, Elem:
				ok = ok && h.Expr != nil && (h.Kind != Elem || h.Element >= 0)
			case If:
				ok = ok && len(h.Conds) == len(h.Frags)
			case For:
				ok = ok && len(h.Frags) == 1 && h.Expr != nil
			case UseName:
				ok = ok && h.Expr != nil && h.Scope >= 0 && h.Scope < len(t.Scopes)
			case Comp:
				ok = ok && len(h.Frags) <= 1 && h.Element >= 0
			case Slot:
				ok = ok && h.Expr != nil && h.Element >= 0
			default:
				ok = false
			}
		}
		for j := range f.Elements {
			e := &f.Elements[j]
			ok = ok && e.Parent >= -1 && e.Parent < j
			for _, d := range e.Dyn {
				ok = ok && d.Hole >= 0 && d.Hole < len(f.Holes)
			}
			for _, h := range e.Handlers {
				ok = ok && h.Phase <= CaptureCatch && h.Name != nil
			}
		}
		ok = ok && f.checkKids(f.Kids)
	}
	for _, names := range t.Scopes {
		for _, frag := range names {
			ok = ok && fragment(frag)
		}
	}
	for i := range t.Modules {
		for _, required := range t.Modules[i].Requires {
			ok = ok && required >= 0 && required < len(t.Modules)
		}
		ok = ok && json.Valid(t.Modules[i].View)
	}
	if !ok {
		return errDamaged
	}
	return nil
}

func (f *Fragment) checkKids(kids []Node) bool {
	for i := range kids {
		n := &kids[i]
		switch n.Kind {
		case Text:
		case Elem:
			if n.Index < 0 || n.Index >= len(f.Elements) || !f.checkKids(n.Kids) {
				return false
			}
		case DynText, If, For, UseName, Comp, Slot:
			if n.Index < 0 || n.Index >= len(f.Holes) || f.Holes[n.Index].Kind != n.Kind {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// codec visits every field of a template and writes or reads it. The same code runs in both
// directions, so encoder and decoder cannot differ.
type codec struct {
	buf     []byte
	writing bool
	format  byte // of what is read or written
	depth   int
	modules int // how many modules the expressions need
}

func (c *codec) fail() { panic(errDamaged) }

func (c *codec) int(v *int) {
	if c.writing {
		c.buf = binary.AppendVarint(c.buf, int64(*v))
		return
	}
	x, n := binary.Varint(c.buf)
	if n <= 0 {
		c.fail()
	}
	*v, c.buf = int(x), c.buf[n:]
}

func (c *codec) byte(v *byte) {
	if c.writing {
		c.buf = append(c.buf, *v)
		return
	}
	if len(c.buf) == 0 {
		c.fail()
	}
	*v, c.buf = c.buf[0], c.buf[1:]
}

func (c *codec) bool(v *bool) {
	var b byte
	if *v {
		b = 1
	}
	c.byte(&b)
	*v = b != 0
}

func (c *codec) string(v *string) {
	n := len(*v)
	c.int(&n)
	if c.writing {
		c.buf = append(c.buf, *v...)
		return
	}
	if n < 0 || n > len(c.buf) {
		c.fail()
	}
	*v, c.buf = string(c.buf[:n]), c.buf[n:]
}

// list writes or reads the length of a slice, makes the slice when reading, and visits each
// element.
func list[T any](c *codec, v *[]T, each func(*T)) {
	n := len(*v)
	c.int(&n)
	if !c.writing {
		if n < 0 || n > maxItems || n > len(c.buf) {
			c.fail()
		}
		if *v = nil; n > 0 {
			*v = make([]T, n)
		}
	}
	for i := range *v {
		each(&(*v)[i])
	}
}

// nest bounds the recursion against input that is nested too deep.
func (c *codec) nest(walk func()) {
	if c.depth++; c.depth > 16*expr.MaxDepth {
		c.fail()
	}
	walk()
	c.depth--
}

func (c *codec) template(t *Template) {
	c.string(&t.Path)
	list(c, &t.Fragments, c.fragment)
	list(c, &t.Scopes, c.names)
	list(c, &t.Tags, c.use)
	list(c, &t.Handlers, c.use)
	if c.format > withoutModules {
		list(c, &t.Modules, c.module)
	}
}

func (c *codec) module(m *Module) {
	c.string(&m.Path)
	c.string(&m.Code)
	view := string(m.View)
	c.string(&view)
	if !c.writing {
		m.View = []byte(view)
	}
	list(c, &m.Requires, c.int)
}

func (c *codec) names(v *Names) {
	type entry struct {
		name string
		frag int
	}
	var entries []entry
	for name, frag := range *v {
		entries = append(entries, entry{name, frag})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	list(c, &entries, func(e *entry) {
		c.string(&e.name)
		c.int(&e.frag)
	})
	if !c.writing {
		*v = make(Names, len(entries))
		for _, e := range entries {
			(*v)[e.name] = e.frag
		}
	}
}

func (c *codec) use(v *Use) {
	c.string(&v.Name)
	c.string(&v.File)
	c.int(&v.Line)
	c.int(&v.Column)
}

func (c *codec) fragment(f *Fragment) {
	list(c, &f.Kids, c.node)
	list(c, &f.Holes, c.hole)
	list(c, &f.Elements, c.element)
}

func (c *codec) node(n *Node) {
	c.byte((*byte)(&n.Kind))
	c.string(&n.Text)
	c.int(&n.Index)
	c.nest(func() { list(c, &n.Kids, c.node) })
}

func (c *codec) hole(h *Hole) {
	c.byte((*byte)(&h.Kind))
	c.expr(&h.Expr)
	list(c, &h.Conds, c.expr)
	list(c, &h.Frags, c.int)
	c.string(&h.Key)
	c.expr(&h.Data)
	c.int(&h.Scope)
	c.int(&h.Element)
	list(c, &h.Deps, c.path)
	list(c, &h.Inner, c.path)
	if c.format > withoutComponents {
		list(c, &h.Given, c.string)
		c.bool(&h.Class)
	}
	c.int(&h.Line)
}

func (c *codec) path(p *expr.Path) {
	c.byte((*byte)(&p.Var))
	c.int(&p.Depth)
	list(c, &p.Keys, c.string)
}

func (c *codec) element(e *Element) {
	c.string(&e.Tag)
	c.int(&e.Parent)
	list(c, &e.Attrs, func(a *Attr) {
		c.string(&a.Name)
		c.constant(&a.Value)
	})
	list(c, &e.Dyn, func(d *Dyn) {
		c.int(&d.Hole)
		c.string(&d.Name)
	})
	if c.format > withoutComponents {
		list(c, &e.Props, c.binding)
		list(c, &e.Models, c.binding)
		list(c, &e.Generics, func(a *Attr) {
			c.string(&a.Name)
			c.constant(&a.Value)
		})
	}
	list(c, &e.Dataset, c.binding)
	list(c, &e.Marks, c.binding)
	list(c, &e.Handlers, func(h *Handler) {
		c.string(&h.Event)
		c.byte((*byte)(&h.Phase))
		c.expr(&h.Name)
	})
}

func (c *codec) binding(b *Binding) {
	c.string(&b.Name)
	c.expr(&b.Expr)
	if b.Expr == nil {
		c.fail()
	}
}

func (c *codec) expr(n **expr.Node) {
	present := *n != nil
	c.bool(&present)
	if !present {
		return
	}
	if !c.writing {
		*n = new(expr.Node)
	}
	node := *n
	c.byte((*byte)(&node.Op))
	c.string(&node.Str)
	c.int(&node.Num)
	if node.Op == expr.OpConst {
		c.constant(&node.Val)
	}
	if node.Op == expr.OpModule {
		c.modules = max(c.modules, node.Num+1)
	}
	c.nest(func() { list(c, &node.Kids, c.expr) })
	if !c.writing && !node.Valid() {
		c.fail()
	}
}

func (c *codec) constant(v *expr.Value) {
	c.byte((*byte)(&v.Kind))
	c.string(&v.Str)
	var bits [8]byte
	binary.LittleEndian.PutUint64(bits[:], math.Float64bits(v.Num))
	for i := range bits {
		c.byte(&bits[i])
	}
	v.Num = math.Float64frombits(binary.LittleEndian.Uint64(bits[:]))
}
