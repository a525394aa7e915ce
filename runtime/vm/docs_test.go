package vm_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/vm"
)

// TestTheDocumentationListsWhatWorks compares docs/wx.md with the table; UPDATE=1 rewrites it.
func TestTheDocumentationListsWhatWorks(t *testing.T) {
	t.Parallel()
	const path = "../../docs/wx.md"
	const begin, end = "(written by UPDATE=1 go test ./runtime/vm) -->\n", "<!-- supported: end -->"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(raw), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no markers for the list", path)
	}
	var list strings.Builder
	names := vm.SupportedAPIs()
	fmt.Fprintf(&list, "%d of them:\n\n", len(names))
	letter := byte(0)
	for _, name := range names {
		if name[0] != letter && letter != 0 {
			list.WriteString("\n\n")
		} else if letter != 0 {
			list.WriteString(" · ")
		}
		letter = name[0]
		list.WriteString("`" + name + "`")
	}
	want := head + begin + list.String() + "\n" + end + tail
	if want == string(raw) {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("%s is out of date; run this test with UPDATE=1", path)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
