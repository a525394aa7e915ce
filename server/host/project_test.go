package host

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The same cases are those of sdk-js/test/bundle.test.js: an upload and a check read the same files.
func TestReadProgram_ReadsWhatAnUploadPacks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../sdk-js/test/projects.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name   string
		Files  map[string]string
		Packed []string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		dir := t.TempDir()
		for name, content := range c.Files {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		files, err := readProgram(dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.Packed, slices.Sorted(maps.Keys(files))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Name, diff)
		}
	}
}
