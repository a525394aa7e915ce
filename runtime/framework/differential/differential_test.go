// Package differential_test holds our engine against glass-easel, the vendor's own open framework;
// README.md says how.
package differential_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	update  = flag.Bool("update", false, "write the answers of the reference into the case files")
	oneCase = flag.String("case", "", "print the answers of both sides to the cases whose name contains this")
)

// Ensure that the answers in the case files are those of the reference.
func TestTheReferenceAnswersAsTheCaseFilesSay(t *testing.T) {
	t.Parallel()
	r := startReference(t)
	cases := readCases(t)
	for _, c := range cases {
		steps, err := r.run(c)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		got := printed(c, steps)
		if *update {
			if err := os.WriteFile(c.file, []byte(c.text(got)), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (- file, + reference):\n%s", c.file, diff)
		}
		for _, s := range steps {
			// An error that a case does not announce is a fault of the case.
			for _, text := range s.Errors {
				if !strings.Contains(c.comment, "error") {
					t.Errorf("%s: %s", c.file, text)
				}
			}
		}
	}
	if len(cases) < 300 {
		t.Errorf("there are only %d cases", len(cases))
	}
}

// Ensure that our engine shows and prints what the reference does, or the vendor's client where the
// case says that the reference differs from it.
func TestOurEngineAnswersAsTheReference(t *testing.T) {
	t.Parallel()
	compared, left := map[string]int{}, map[string]int{}
	for _, c := range readCases(t) {
		if *oneCase != "" && strings.Contains(c.Name, *oneCase) {
			steps, err := runOurs(c)
			t.Logf("%s\nreference:\n%s\nours (error %v):\n%s", c.Name, c.want, err, printed(c, steps))
		}
		if reason := notYet(c); reason != "" {
			left[reason]++
			continue
		}
		steps, err := runOurs(c)
		diff := difference(c, steps)
		if reason := ourDifferences[c.Name]; reason != "" {
			left["known differences"]++
			if err == nil && diff == "" {
				t.Errorf("%s is right now: take it out of the list", c.Name)
			}
			continue
		}
		compared[c.area()]++
		switch {
		case err != nil:
			t.Errorf("%s: %v", c.Name, err)
		case diff != "":
			t.Errorf("%s (- reference, + ours):\n%s", c.Name, diff)
		}
	}
	t.Logf("compared %s\nnot compared %s", counted(compared), counted(left))
}

// counted prints a sum and its parts.
func counted(counts map[string]int) string {
	var b strings.Builder
	sum := 0
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "\n  %3d %s", counts[name], name)
		sum += counts[name]
	}
	return fmt.Sprintf("%d cases%s", sum, b.String())
}

// difference compares our answer with the right one.
func difference(c *testCase, steps []stepResult) string {
	want := c.want
	if c.vendor != "" {
		want = c.vendor
	}
	return cmp.Diff(comparable(want), comparable(printed(c, steps)))
}

// comparable leaves out of a printed answer what our side does not tell: data-* attributes, of which
// only the handlers of events know, the names of style scopes, and the words of errors.
func comparable(text string) string {
	var lines, tree, before []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "== "):
			tree, before = nil, tree
		case strings.HasPrefix(line, "! "):
			line = "!"
		case line == sameTree: // of what the other side tells too
			tree = before
			lines = append(lines, tree...)
			continue
		case !strings.HasPrefix(line, "| "):
			if strings.HasPrefix(strings.TrimSpace(line), "<") {
				line = dropped.ReplaceAllString(line, "")
			}
			tree = append(tree, line)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
