package source_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/source"
)

func TestLinesCountCharactersAndNotBytes(t *testing.T) {
	t.Parallel()
	lines := source.NewLines("a茶b\n\nc")
	for offset, want := range map[int][2]int{
		-1: {1, 1}, 0: {1, 1}, 1: {1, 2}, 4: {1, 3}, 5: {1, 4}, 6: {2, 1}, 7: {3, 1}, 8: {3, 2}, 99: {3, 2},
	} {
		if line, column := lines.At(offset); line != want[0] || column != want[1] {
			t.Errorf("offset %d is %d:%d, want %v", offset, line, column, want)
		}
	}
}

func TestAnErrorReplacesAWarningWhenThereAreTooMany(t *testing.T) {
	t.Parallel()
	found := source.Findings{Max: 2}
	for _, d := range []source.Diagnostic{
		{Severity: source.Error, Code: "first"}, {Severity: source.Warning, Code: "second"},
		{Severity: source.Warning, Code: "third"}, {Severity: source.Error, Code: "fourth"},
		{Severity: source.Error, Code: "fifth"},
	} {
		found.Add(d)
	}
	if len(found.List) != 2 || found.List[0].Code != "first" || found.List[1].Code != "fourth" || !found.Failed {
		t.Errorf("kept %+v", found)
	}
}
