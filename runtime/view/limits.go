package view

// Limits bound one page. The zero value of a field means its default.
type Limits struct {
	// Nodes is how many elements, texts and fragment instances a page may hold.
	Nodes int
	// Depth is how deep fragments may be nested. It stops a template that uses itself.
	Depth int
	// ValueBytes is the largest output of one Render or Update.
	ValueBytes int
}

const (
	// DefaultNodes is 32 times the 1,000 nodes at which the vendor's tools begin to warn, about 6,000 table rows. The
	// page of all icons of a library needs more than 16. With many more, a phone's browser becomes slow, whatever the
	// server does.
	DefaultNodes = 32_000
	// DefaultDepth is for compiled programs, whose templates use themselves for each level of a tree: 200
	// levels, with a template, a list, a condition and a component at each. It is far below the Go stack.
	DefaultDepth = 1_200
	// DefaultValueBytes is the vendor's documented limit of one setData, 1 MiB, doubled because
	// the same value may be shown in several places.
	DefaultValueBytes = 2 << 20
	// MaxValueDepth is how deep an object in an attribute may be nested; a cycle ends here.
	MaxValueDepth = 64
	// MaxGivenBytes is the largest value that a function of a WXS module may give to a component: the
	// vendor's limit of one setData.
	MaxGivenBytes = 1 << 20
	// keptBuffer is how many bytes of its output buffers a page keeps for the next update: enough
	// for most updates, and small enough for thousands of idle pages.
	keptBuffer = 16 << 10
	// MaxRounds is how often showing a change of a component may lead to the next change of it: chains
	// of observers take a few, more is a circle.
	MaxRounds = 200
	// MaxNested is how many changes of one component are shown one inside the other, when each makes the next
	// in a lifetime or an observer. The next ones wait until these are shown: it keeps the call stack low.
	MaxNested = 32
	// MaxWarnings is how many warnings a page keeps: one per cause is enough to fix it.
	MaxWarnings = 50
)

func (l Limits) withDefaults() Limits {
	if l.Nodes == 0 {
		l.Nodes = DefaultNodes
	}
	if l.Depth == 0 {
		l.Depth = DefaultDepth
	}
	if l.ValueBytes == 0 {
		l.ValueBytes = DefaultValueBytes
	}
	return l
}
