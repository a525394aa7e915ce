package wxs

const (
	// MaxFileBytes is the largest module. The largest of the component libraries in public has 12 KB.
	MaxFileBytes = 256 << 10
	// MaxModules is how many modules one page or component may have, those that others require included.
	MaxModules = 200
	// MaxNesting is how deep code may be nested. It keeps compiler and evaluators, which are recursive,
	// far from the end of their stacks; a long chain of + or of else-if counts one for each link.
	MaxNesting = 500
	// MaxBrackets is how deep brackets may be nested. It is counted before the text is parsed, because
	// the parser has no limit of its own.
	MaxBrackets = 250
	// MaxDiagnostics is how many findings are reported for the modules of one page.
	MaxDiagnostics = 50
)
