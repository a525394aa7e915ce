package wxml

// Source gives the compiler the files of a mini program.
type Source interface {
	// ReadFile returns the file at a path such as "pages/index/index.wxml".
	ReadFile(path string) ([]byte, bool)
}

// Severity says whether a diagnostic stops the build.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the page cannot be built
	Warning Severity = "warning" // the page is built, but perhaps not as it was meant
)

// Diagnostic is one finding in a WXML file. Message says what is wrong and how to fix it.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"` // stable, e.g. "wxml-unclosed-element"
	Message  string   `json:"message"`
	File     string   `json:"file"`
	Line     int      `json:"line"`   // from 1
	Column   int      `json:"column"` // from 1, in characters
}
