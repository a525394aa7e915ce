package document

const (
	// MaxSize bounds a document as JSON: a long article with its comments. Every document of a collection
	// may be read for one query.
	MaxSize = 512 << 10
	// MaxDepth bounds how deep a document is nested, as MongoDB does: the code that reads it recurs.
	MaxDepth = 100
	// MaxPath bounds the path of a field in bytes, and with it the name of one.
	MaxPath = 1000
	// MaxIndex bounds the place in a list that a path names: an update fills the places before it.
	MaxIndex = 10_000
	// MaxPlaces bounds the numbers in a path of a query: each doubles the work.
	MaxPlaces = 4
	// MaxSteps bounds the work of a query or an update over all documents: a few tenths of a second of CPU, where
	// 20,000 documents with a few comparisons need a hundredth of it.
	MaxSteps = 10_000_000
	// maxDate is the range of dates in JavaScript, in milliseconds from 1970.
	maxDate = 8.64e15
	// MaxConditions bounds the comparisons of one query, MaxValues the values of one list in it: each is
	// tried on every document.
	MaxConditions = 200
	MaxValues     = 1000
	// MaxPattern bounds a regular expression in bytes, MaxProgram what it has when its repetitions are written
	// out, MaxPatterns how many a query or an update has: the time and memory to read one grow with these.
	MaxPattern  = 1000
	MaxProgram  = 1000
	MaxPatterns = 10
	// MaxOrder bounds the fields of an order, MaxChanges the fields of one update or projection.
	MaxOrder   = 10
	MaxChanges = 1000
	// MaxStages bounds the stages of an aggregation, MaxExpressions its expressions: each runs for every document.
	MaxStages      = 50
	MaxExpressions = 1000
	// MaxNested bounds the depth of pipelines in the lookups of pipelines: each level multiplies the work.
	MaxNested = 3
	// MaxKept bounds the values that an aggregation holds at once, as a sort or a group does: about 40 MB of memory.
	MaxKept = 500_000
	// MaxSample bounds the documents of sample.
	MaxSample = 1000
)
