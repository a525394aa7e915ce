package view

// Node is an element or a text of a tree snapshot.
type Node struct {
	Tag   string            // "" for a text
	Inst  int               // with ID: the element's place in the protocol
	ID    int               //
	Text  string            // of a text
	Attrs map[string]any    // as JSON decodes them; also "id" and "class"
	On    map[string]string // event to "bind", "catch", …
	Kids  []*Node
}

// Find returns the elements that a selector matches, in document order.
func (n *Node) Find(selector string) []*Node { return nil }
