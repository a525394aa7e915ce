package registry

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestChanges_AreByContent(t *testing.T) {
	t.Parallel()
	old := sourceFiles(map[string][]byte{"a.js": []byte("1"), "b.js": []byte("22"), "c.js": []byte("3")})
	now := sourceFiles(map[string][]byte{"a.js": []byte("1"), "b.js": []byte("23"), "d.js": []byte("444")})
	want := []FileChange{
		{Path: "b.js", Kind: FileChanged, Before: 2, After: 2}, {Path: "c.js", Kind: FileDeleted, Before: 1},
		{Path: "d.js", Kind: FileAdded, After: 3},
	}
	if diff := cmp.Diff(want, compareFiles(old, now)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever two versions hold, applying the changes to the first gives the second.
func TestChanges_LeadFromOneVersionToTheOther(t *testing.T) {
	t.Parallel()
	files := rapid.MapOf(rapid.StringMatching(`[a-d]`), rapid.SliceOfN(rapid.Byte(), 0, 2))
	rapid.Check(t, func(t *rapid.T) {
		before, after := files.Draw(t, "before"), files.Draw(t, "after")
		result := maps.Clone(before)
		for _, c := range compareFiles(sourceFiles(before), sourceFiles(after)) {
			if c.Kind == FileDeleted {
				delete(result, c.Path)
			} else {
				result[c.Path] = after[c.Path]
			}
		}
		if !slices.Equal(sourceFiles(result), sourceFiles(after)) {
			t.Fatalf("got %v, want %v", result, after)
		}
	})
}
