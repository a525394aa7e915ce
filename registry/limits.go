package registry

import "time"

const (
	// MaxLabelRunes keeps labels readable in a list.
	MaxLabelRunes = 64
	// MaxNotesRunes is a page of text.
	MaxNotesRunes = 4_000
	// MaxFindings is more than a developer fixes before submitting again.
	MaxFindings = 100
	// MaxFindingRunes is a paragraph.
	MaxFindingRunes = 2_000
	// MaxLine is more lines than any file in a bundle can have.
	MaxLine = 1 << 30
	// MaxScopeReasons is above the number of scopes that exist.
	MaxScopeReasons = 20
	// MaxPageSize bounds lists; the default is DefaultPageSize.
	MaxPageSize     = 100
	DefaultPageSize = 50
	// MaxPublishing is how many uploads are unpacked at a time: each may use 30 MB of memory for
	// its files and the same for compiled files.
	MaxPublishing = 3
	// MaxUploadsOfOne and MaxUploads are how many uploads of one developer, and of all, wait for that. Each developer
	// has one at a time, and they take turns: a bundle that takes long to compile delays its own developer.
	MaxUploadsOfOne = 5
	MaxUploads      = 50
	// MaxSourceBytes is how much of a file the source view shows.
	MaxSourceBytes = 1 << 20
	// MaxCheckReport bounds what is kept of a check, in bytes: a thousand pages with a problem each.
	MaxCheckReport = 1 << 20
	// PublishTimeout bounds unpacking, compiling and storing together. The largest bundle that we
	// have seen takes a second.
	PublishTimeout = time.Minute
	// RecompileAfter is how long after a version failed to compile again it is not tried once more. It is
	// tried later, because a newer host may compile it, or the machine was only busy.
	RecompileAfter = 10 * time.Minute
	// recompileReport is the time between two lines of the log while many versions are compiled again.
	recompileReport = 10 * time.Second
)
