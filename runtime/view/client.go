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
	fragments []clientFragment
	instances map[int]*clientInstance
	next      int
	root      *clientInstance
}

type clientFragment struct {
	Kids  []clientNode `json:"kids"`
	Holes int          `json:"holes"`
	kinds []byte       // per hole: t, a, i, f or u
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

	dyn []clientDyn
}

type clientDyn struct {
	hole int
	name string
}

type clientInstance struct {
	number   int
	fragment *clientFragment
	values   []any               // texts and attributes
	kids     [][]*clientInstance // per structural hole, the instances shown there
}

var errProtocol = errors.New("view: the message does not fit the structure")

// NewClient reads a page's structure.
func NewClient(structure []byte) (*Client, error) {
	var s struct {
		Fragments []clientFragment `json:"fragments"`
	}
	if err := json.Unmarshal(structure, &s); err != nil {
		return nil, fmt.Errorf("view: read the structure: %w", err)
	}
	c := &Client{fragments: s.Fragments, instances: map[int]*clientInstance{}}
	for i := range c.fragments {
		f := &c.fragments[i]
		f.kinds = make([]byte, f.Holes)
		f.nodes = make([]*clientNode, f.Holes)
		if err := f.index(f.Kids); err != nil {
			return nil, err
		}
	}
	if len(c.fragments) == 0 {
		return nil, errProtocol
	}
	return c, nil
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
	root, err := c.create(0, values)
	c.root = root
	return err
}

// create makes an instance of a fragment from its values. The instance takes its number before the
// instances inside it.
func (c *Client) create(fragment int, values json.RawMessage) (*clientInstance, error) {
	if fragment < 0 || fragment >= len(c.fragments) {
		return nil, errProtocol
	}
	f := &c.fragments[fragment]
	var list []json.RawMessage
	if err := json.Unmarshal(values, &list); err != nil || len(list) != f.Holes {
		return nil, errProtocol
	}
	in := &clientInstance{
		number: c.next, fragment: f,
		values: make([]any, f.Holes), kids: make([][]*clientInstance, f.Holes),
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
		made, err := c.createAll(n.Frag, rows)
		in.kids[hole] = made
		return err
	}
	c.forget(in.kids[hole]...)
	in.kids[hole] = nil
	if string(raw) == "null" {
		return nil
	}
	var pair []json.RawMessage
	if err := json.Unmarshal(raw, &pair); err != nil || len(pair) != 2 {
		return errProtocol
	}
	branch, err := strconv.Atoi(string(pair[0]))
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
	child, err := c.create(fragment, pair[1])
	in.kids[hole] = []*clientInstance{child}
	return err
}

func (c *Client) createAll(fragment int, rows []json.RawMessage) ([]*clientInstance, error) {
	made := make([]*clientInstance, 0, len(rows))
	for _, row := range rows {
		in, err := c.create(fragment, row)
		if err != nil {
			return nil, err
		}
		made = append(made, in)
	}
	return made, nil
}

func (c *Client) forget(gone ...*clientInstance) {
	for _, in := range gone {
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
	fresh, err := c.createAll(in.fragment.nodes[hole].Frag, rows)
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
		top.Kids = c.root.tree(c.root.fragment.Kids, nil)
	}
	return top
}

func (in *clientInstance) tree(kids []clientNode, into []*Node) []*Node {
	for i := range kids {
		n := &kids[i]
		var hole int
		switch {
		case n.Tag != "":
			made := &Node{Tag: n.Tag, Inst: in.number, ID: n.ID, Attrs: map[string]any{}, On: n.On}
			maps.Copy(made.Attrs, n.Attrs)
			for _, d := range n.dyn {
				made.Attrs[d.name] = in.values[d.hole]
			}
			made.Kids = in.tree(n.Kids, nil)
			into = append(into, made)
			continue
		case n.T != nil:
			text, _ := in.values[*n.T].(string)
			into = append(into, &Node{Text: text})
			continue
		case n.If != nil:
			hole = *n.If
		case n.For != nil:
			hole = *n.For
		case n.Use != nil:
			hole = *n.Use
		default:
			into = append(into, &Node{Text: n.text})
			continue
		}
		for _, kid := range in.kids[hole] {
			into = kid.tree(kid.fragment.Kids, into)
		}
	}
	return into
}
