package differential_test

import (
	"strings"

	"github.com/teahouse/teahouse/runtime/view"
)

// node is printed by the printer of the check command.
type node = view.PrintedNode

// stepResult is what one step showed and printed. The first one is of opening the page.
type stepResult struct {
	Tree     []*node  `json:"tree"`
	Log      []string `json:"log"`
	Errors   []string `json:"errors"`
	Warnings []string `json:"warnings"` // of the reference; its words are its own
}

// sameTree stands for a tree that a step did not change.
const sameTree = "(the same tree)"

// printed is the whole answer to a case as it stands in the case's file.
func printed(c *testCase, steps []stepResult) string {
	var b strings.Builder
	before := ""
	for i, s := range steps {
		head := "open"
		if i > 0 && i <= len(c.Steps) {
			head = string(c.Steps[i-1])
		}
		b.WriteString("== " + head + "\n")
		for _, line := range s.Log {
			b.WriteString("| " + strings.ReplaceAll(line, "\n", "\n| ") + "\n")
		}
		for _, line := range s.Errors {
			line, _, _ = strings.Cut(line, "\n")
			b.WriteString("! " + line + "\n")
		}
		tree := view.Markup(s.Tree)
		if i > 0 && tree == before {
			tree = sameTree + "\n"
		} else {
			before = tree
		}
		b.WriteString(tree)
	}
	return b.String()
}
