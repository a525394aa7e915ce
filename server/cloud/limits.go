package cloud

import "time"

const (
	// MaxCollections bounds the collections of an app, those that no version declares any more included.
	MaxCollections = 100
	// MaxName bounds the name of a collection in bytes, MaxID the _id of a document.
	MaxName = 64
	MaxID   = 128
	// MaxDocuments and MaxBytes bound one collection. A query may read all of it, so that every query is exact
	// and needs no index: on a server of two cores that takes a tenth of a second for 20,000 small documents.
	MaxDocuments = 20_000
	MaxBytes     = 32 << 20
	// MaxAppBytes bounds all collections of an app together, those of its development and the live ones each.
	MaxAppBytes = 256 << 20

	// ClientPage is the vendor's limit on the documents that a program gets at once, ServerPage the one for
	// servers, and for all who add them; more are asked for with skip.
	ClientPage = 20
	ServerPage = 1000
	// MaxAnswer bounds the documents of one answer in bytes: what travels to the phone's program at once.
	MaxAnswer = 4 << 20

	// MaxSteps bounds the steps of a transaction: each of its calls does all steps before it again.
	MaxSteps = 50

	// WatchPage bounds the documents of a watch, and MaxWatched their bytes: with each change all of them travel to
	// the program.
	WatchPage  = 200
	MaxWatched = 256 << 10
	// MaxWatches bounds the watches of one session, MaxWatchers those of a collection on one host: every document is
	// shown to each.
	MaxWatches  = 10
	MaxWatchers = 200
	// WatchSteps bounds the work of a watch in one read, as document.MaxSteps that of a query, and WatchQuery its
	// parameters: 200 of them together take about a second.
	WatchSteps = 500_000
	WatchQuery = 16 << 10
	// WatchEvery is the least pause between two reads of a collection for those who watch it, WatchTimeout bounds a read.
	WatchEvery   = 250 * time.Millisecond
	WatchTimeout = 30 * time.Second

	// PerMinute bounds the calls of one person, or of the app's server.
	PerMinute = 600
	// MaxParameters bounds the parameters of a call: a document and what is around it.
	MaxParameters = 1 << 20
	// Lanes is in how many lanes apps wait for their turn, each app always in the same one: a lane reads one
	// collection at a time, so that an app with slow queries delays few others and not the whole host.
	Lanes = 32
	// AtOnce is how many collections are read at a time on a host: each takes a core and, at most, twice
	// MaxBytes of memory.
	AtOnce = 4
)
