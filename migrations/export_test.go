package migrations

// The parts of Migrate, for tests that stop in between.
var (
	NewProvider    = newProvider
	ApplyFunctions = applyFunctions
	Files          = files
)

// FunctionSums lists the functions of the binary, one a line: name, revision, SHA-256.
func FunctionSums() (map[string]FunctionSum, error) {
	functions, err := readFunctions(files)
	sums := map[string]FunctionSum{}
	for _, f := range functions {
		sums[f.name] = FunctionSum{f.revision, f.sha256}
	}
	return sums, err
}

// FunctionSum is what a host compares with the database's.
type FunctionSum struct {
	Revision int
	SHA256   [32]byte
}
