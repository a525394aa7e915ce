package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
)

// Client is the browser's end of the view protocol in Go: it reads structure, render and patches
// and makes the tree. It shares no code with the engine, so that a correct tree proves both ends.
// The headless check of a mini program reads its pages from a Client.
type Client struct {
	page       *clientShadow
	components [][]clientFragment // by number
	instances  map[int]*clientInstance
	next       int
	root       *clientInstance
}

// clientShadow is the page or one component on it.
type clientShadow struct {
	fragments []clientFragment
	host      *clientInstance // that has the component's tag, or nil
	tag       *clientNode
	virtual   bool
	slots     SlotMode
	externals map[string]string
}

type clientFragment struct {
	Kids  []clientNode `json:"kids"`
	Holes int          `json:"holes"`
	kinds []byte       // per hole: t, a, i, f, u, c or s
	nodes []*clientNode
}

type clientNode struct {
	text  string // constant text, when tag and kind are empty
	Tag   string `json:"tag"`
	ID    int    `json:"id"`
	Attrs map[string]any
	Dyn   [][2]json.RawMessage
	On    map[string]string
	Kids  []clientNode
	T     *int
	If    *int
	Frags []int
	For   *int
	Frag  int
	Use   *int
	Comp  *int
	Slot  *int

	dyn []clientDyn
}

type clientDyn struct {
	hole int
	name string
}

type clientInstance struct {
	shadow   *clientShadow
	number   int
	fragment *clientFragment
	values   []any               // texts and attributes
	kids     [][]*clientInstance // per structural hole, the instances shown there
	slot     string              // the name of the dynamic slot that shows this content
	dynamic  bool                // it is shown by a dynamic slot
}

var errProtocol = errors.New("view: the message does not fit the structure")

// NewClient reads a page's structure.
func NewClient(structure []byte) (*Client, error) {
	fragments, err := readStructure(structure)
	if err != nil {
		return nil, err
	}
	return &Client{page: &clientShadow{fragments: fragments}, instances: map[int]*clientInstance{}}, nil
}

// UseComponents reads the structures of the app's components, see template.Structures.
func (c *Client) UseComponents(structures []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(structures, &list); err != nil {
		return fmt.Errorf("view: read the structures of the components: %w", err)
	}
	for _, structure := range list {
		fragments, err := readStructure(structure)
		if err != nil {
			return err
		}
		c.components = append(c.components, fragments)
	}
	return nil
}

func readStructure(structure []byte) ([]clientFragment, error) {
	var s struct {
		Fragments []clientFragment `json:"fragments"`
	}
	if err := json.Unmarshal(structure, &s); err != nil {
		return nil, fmt.Errorf("view: read the structure: %w", err)
	}
	for i := range s.Fragments {
		f := &s.Fragments[i]
		f.kinds = make([]byte, f.Holes)
		f.nodes = make([]*clientNode, f.Holes)
		if err := f.index(f.Kids); err != nil {
			return nil, err
		}
	}
	if len(s.Fragments) == 0 {
		return nil, errProtocol
	}
	return s.Fragments, nil
}

// UnmarshalJSON reads a node, which is a string when it is constant text.
func (n *clientNode) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &n.text)
	}
	type plain clientNode
	if err := json.Unmarshal(b, (*plain)(n)); err != nil {
		return err
	}
	for _, pair := range n.Dyn {
		hole, err := strconv.Atoi(string(pair[0]))
		if err != nil {
			return err
		}
		d := clientDyn{hole: hole}
		if err := json.Unmarshal(pair[1], &d.name); err != nil {
			return err
		}
		n.dyn = append(n.dyn, d)
	}
	return nil
}

// index stores the kind of each hole of the fragment, and checks that every hole occurs once.
func (f *clientFragment) index(kids []clientNode) error {
	note := func(hole int, kind byte, n *clientNode) error {
		if hole < 0 || hole >= f.Holes || f.kinds[hole] != 0 {
			return errProtocol
		}
		f.kinds[hole], f.nodes[hole] = kind, n
		return nil
	}
	for i := range kids {
		n := &kids[i]
		var err error
		switch {
		case n.T != nil:
			err = note(*n.T, 't', n)
		case n.If != nil:
			err = note(*n.If, 'i', n)
		case n.For != nil:
			err = note(*n.For, 'f', n)
		case n.Use != nil:
			err = note(*n.Use, 'u', n)
		case n.Comp != nil:
			err = note(*n.Comp, 'c', n)
		case n.Slot != nil:
			err = note(*n.Slot, 's', n)
		}
		for _, d := range n.dyn {
			err = errors.Join(err, note(d.hole, 'a', n))
		}
		if err = errors.Join(err, f.index(n.Kids)); err != nil {
			return err
		}
	}
	return nil
}

// Render takes the values of fragment 0.
func (c *Client) Render(values []byte) error {
	root, err := c.create(nil, c.page, 0, values)
	c.root = root
	return err
}

// create makes an instance of a fragment from its values. The instance takes its number before the
// instances inside it. Content of a dynamic slot that is directly inside outer is of the same slot.
func (c *Client) create(outer *clientInstance, shadow *clientShadow, fragment int, values json.RawMessage) (*clientInstance, error) {
	if fragment < 0 || fragment >= len(shadow.fragments) {
		return nil, errProtocol
	}
	f := &shadow.fragments[fragment]
	var list []json.RawMessage
	if err := json.Unmarshal(values, &list); err != nil || len(list) != f.Holes {
		return nil, errProtocol
	}
	in := &clientInstance{
		shadow: shadow, number: c.next, fragment: f,
		values: make([]any, f.Holes), kids: make([][]*clientInstance, f.Holes),
	}
	if outer != nil {
		in.slot, in.dynamic = outer.slot, outer.dynamic
	}
	c.instances[in.number] = in
	c.next++
	for hole, raw := range list {
		if err := c.set(in, hole, raw); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// set sets the value of a hole, both at creation and from a patch.
func (c *Client) set(in *clientInstance, hole int, raw json.RawMessage) error {
	n := in.fragment.nodes[hole]
	switch in.fragment.kinds[hole] {
	case 't', 'a':
		return json.Unmarshal(raw, &in.values[hole])
	case 'f':
		var rows []json.RawMessage
		if err := json.Unmarshal(raw, &rows); err != nil {
			return errProtocol
		}
		made, err := c.createAll(in, n.Frag, rows)
		in.kids[hole] = made
		return err
	}
	if in.fragment.kinds[hole] == 'c' && raw[0] == '{' {
		shadow := in.kids[hole][0].shadow
		shadow.externals = nil
		return json.Unmarshal(raw, &shadow.externals)
	}
	c.forget(in.kids[hole]...)
	in.kids[hole] = nil
	if string(raw) == "null" {
		return nil
	}
	if raw[0] == '"' && in.fragment.kinds[hole] == 's' {
		return json.Unmarshal(raw, &in.values[hole])
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || len(parts) < 2 {
		return errProtocol
	}
	switch in.fragment.kinds[hole] {
	case 'c':
		return c.setComponent(in, hole, parts)
	case 's':
		return c.setSlot(in, hole, parts)
	}
	branch, err := strconv.Atoi(string(parts[0]))
	if err != nil {
		return errProtocol
	}
	fragment := branch
	if in.fragment.kinds[hole] == 'i' {
		if branch < 0 || branch >= len(n.Frags) {
			return errProtocol
		}
		fragment = n.Frags[branch]
	}
	child, err := c.create(in, in.shadow, fragment, parts[1])
	in.kids[hole] = []*clientInstance{child}
	return err
}

// setComponent makes the shadow of a component and what is between its tags.
func (c *Client) setComponent(in *clientInstance, hole int, parts []json.RawMessage) error {
	n := in.fragment.nodes[hole]
	var number, flags int
	if len(parts) != 5 || json.Unmarshal(parts[0], &number) != nil || json.Unmarshal(parts[1], &flags) != nil || number >= len(c.components) {
		return errProtocol
	}
	var root *clientInstance
	if number >= 0 {
		shadow := &clientShadow{fragments: c.components[number], host: in, tag: n,
			virtual: flags&1 != 0, slots: SlotMode(flags >> 1 & 3)}
		if err := json.Unmarshal(parts[4], &shadow.externals); err != nil {
			return errProtocol
		}
		var err error
		if root, err = c.create(nil, shadow, 0, parts[2]); err != nil {
			return err
		}
	}
	in.kids[hole] = []*clientInstance{root}
	if string(parts[3]) == "null" {
		return nil
	}
	content, err := c.create(nil, in.shadow, n.Frag, parts[3])
	in.kids[hole] = append(in.kids[hole], content)
	return err
}

// setSlot makes the content of a dynamic slot, which belongs to the shadow around the component.
func (c *Client) setSlot(in *clientInstance, hole int, parts []json.RawMessage) error {
	name := ""
	shadow := in.shadow
	if json.Unmarshal(parts[0], &name) != nil || shadow.host == nil {
		return errProtocol
	}
	in.values[hole] = name
	content, err := c.create(&clientInstance{slot: name, dynamic: true}, shadow.host.shadow, shadow.tag.Frag, parts[1])
	in.kids[hole] = []*clientInstance{content}
	return err
}

func (c *Client) createAll(outer *clientInstance, fragment int, rows []json.RawMessage) ([]*clientInstance, error) {
	made := make([]*clientInstance, 0, len(rows))
	for _, row := range rows {
		in, err := c.create(outer, outer.shadow, fragment, row)
		if err != nil {
			return nil, err
		}
		made = append(made, in)
	}
	return made, nil
}

func (c *Client) forget(gone ...*clientInstance) {
	for _, in := range gone {
		if in == nil {
			continue
		}
		delete(c.instances, in.number)
		for _, kids := range in.kids {
			c.forget(kids...)
		}
	}
}

// Patch applies the ops of one update. Empty ops change nothing.
func (c *Client) Patch(ops []byte) error {
	if len(ops) == 0 {
		return nil
	}
	var list [][]json.RawMessage
	if err := json.Unmarshal(ops, &list); err != nil {
		return fmt.Errorf("view: read the ops: %w", err)
	}
	for _, op := range list {
		if len(op) < 3 {
			return errProtocol
		}
		number, err := strconv.Atoi(string(op[0]))
		hole, err2 := strconv.Atoi(string(op[1]))
		in := c.instances[number]
		if err != nil || err2 != nil || in == nil || hole < 0 || hole >= in.fragment.Holes {
			return errProtocol
		}
		if in.fragment.kinds[hole] == 'f' {
			if len(op) != 4 {
				return errProtocol
			}
			err = c.patchList(in, hole, op[2], op[3])
		} else {
			err = c.set(in, hole, op[2])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) patchList(in *clientInstance, hole int, rawRuns, rawRows json.RawMessage) error {
	var runs [][2]int
	var rows []json.RawMessage
	if json.Unmarshal(rawRuns, &runs) != nil || json.Unmarshal(rawRows, &rows) != nil {
		return errProtocol
	}
	fresh, err := c.createAll(in, in.fragment.nodes[hole].Frag, rows)
	if err != nil {
		return err
	}
	old := in.kids[hole]
	kept := make([]bool, len(old))
	var now []*clientInstance
	for _, run := range runs {
		start, count := run[0], run[1]
		if start < 0 {
			if count > len(fresh) {
				return errProtocol
			}
			now, fresh = append(now, fresh[:count]...), fresh[count:]
			continue
		}
		if count < 0 || start+count > len(old) {
			return errProtocol
		}
		for i := start; i < start+count; i++ {
			if kept[i] {
				return errProtocol // a row cannot be in two places
			}
			kept[i] = true
			now = append(now, old[i])
		}
	}
	if len(fresh) > 0 {
		return errProtocol
	}
	for i, stays := range kept {
		if !stays {
			c.forget(old[i])
		}
	}
	in.kids[hole] = now
	return nil
}

// Tree is what the page shows now.
func (c *Client) Tree() *Node {
	top := &Node{Tag: "page", Inst: -1, ID: -1}
	if c.root != nil {
		slots := map[*clientShadow][]*Node{}
		top.Kids = c.root.tree(c.root.fragment.Kids, nil, slots, true)
	}
	return top
}

// tree adds what an instance shows; top says that kids are those of the fragment itself.
func (in *clientInstance) tree(kids []clientNode, into []*Node, slots map[*clientShadow][]*Node, top bool) []*Node {
	for i := range kids {
		n := &kids[i]
		var hole int
		switch {
		case n.Tag != "":
			made := in.element(n, slots)
			if top && in.dynamic {
				if slotOf(made) != in.slot {
					continue
				}
				delete(made.Attrs, "slot") // it has done its work
			}
			into = append(into, made)
			continue
		case n.T != nil:
			if text, _ := in.values[*n.T].(string); !top || !in.dynamic || in.slot == "" {
				into = append(into, &Node{Text: text})
			}
			continue
		case n.If != nil:
			hole = *n.If
		case n.For != nil:
			hole = *n.For
		case n.Use != nil:
			hole = *n.Use
		default:
			if !top || !in.dynamic || in.slot == "" {
				into = append(into, &Node{Text: n.text})
			}
			continue
		}
		for _, kid := range in.kids[hole] {
			into = kid.tree(kid.fragment.Kids, into, slots, top)
		}
	}
	return into
}

func slotOf(n *Node) string {
	name, _ := n.Attrs["slot"].(string)
	return name
}

func (in *clientInstance) element(n *clientNode, slots map[*clientShadow][]*Node) *Node {
	made := &Node{Tag: n.Tag, Inst: in.number, ID: n.ID, Attrs: map[string]any{}, On: n.On}
	maps.Copy(made.Attrs, n.Attrs)
	for _, d := range n.dyn {
		made.Attrs[d.name] = in.values[d.hole]
	}
	for _, name := range classAttributes {
		if class, ok := made.Attrs[name].(string); ok {
			made.Attrs[name] = in.shadow.classes(class)
		}
	}
	made.Kids = in.tree(n.Kids, nil, slots, false)
	switch {
	case n.Comp != nil:
		in.compose(*n.Comp, made, slots)
	case n.Slot != nil:
		if name, _ := in.values[*n.Slot].(string); name != "" {
			made.Attrs["name"] = name
		}
		for _, kid := range in.kids[*n.Slot] {
			made.Kids = kid.tree(kid.fragment.Kids, nil, slots, true)
		}
		slots[in.shadow] = append(slots[in.shadow], made)
	}
	return made
}

// classAttributes are the attributes of the built-in components that have names of classes, of which each may
// be an external class of the component around.
var classAttributes = [...]string{"class", "hover-class", "placeholder-class", "indicator-class", "mask-class"}

// classes resolves a class attribute in the shadow.
func (s *clientShadow) classes(text string) string {
	if s.host == nil || len(s.externals) == 0 {
		return classesIn(text, nil)
	}
	return classesIn(text, func(name string) (string, bool) {
		given, ok := s.externals[name]
		return s.host.shadow.classes(given), ok
	})
}

// compose adds the shadow of a component to its element, with what is between its tags in its slots.
func (in *clientInstance) compose(hole int, made *Node, slots map[*clientShadow][]*Node) {
	if len(in.kids[hole]) == 0 {
		return
	}
	var content []*Node
	root := in.kids[hole][0]
	if root != nil {
		made.Host, made.Virtual = true, root.shadow.virtual
		made.Kids = root.tree(root.fragment.Kids, nil, slots, true)
	}
	for _, kid := range in.kids[hole][1:] {
		content = kid.tree(kid.fragment.Kids, content, slots, true)
	}
	if root == nil {
		made.Kids = content
		return
	}
	fillSlots(slots[root.shadow], content, root.shadow.slots == SingleSlot)
}
