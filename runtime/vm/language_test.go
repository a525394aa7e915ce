//go:build engine

package vm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/wx"
)

var updateLanguage = flag.Bool("update-language", false, "write Node's answers into testdata/language.txt")

const languageFile = "testdata/language.txt"

// languageCase is one line of the file.
type languageCase struct {
	text  string
	newer bool   // than the Node that the tests run on
	want  string // what it is worth
	// refused says that our engine must refuse it or throw: an error is better than a wrong answer.
	refused bool
}

// answerMark stands between an expression and its value; refusedMark where we answer with an error.
const (
	answerMark  = "\t==> "
	refusedMark = "\t==! "
)

func readLanguageCases(t *testing.T) (lines []string, cases map[int]*languageCase) {
	t.Helper()
	raw, err := os.ReadFile(languageFile)
	if err != nil {
		t.Fatal(err)
	}
	lines, cases = strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n"), map[int]*languageCase{}
	for i, line := range lines {
		if line == "" || line[0] == '#' {
			continue
		}
		c := &languageCase{}
		text, want, found := strings.Cut(line, answerMark)
		if !found {
			text, want, c.refused = strings.Cut(line, refusedMark)
		}
		c.want = want
		c.text, c.newer = strings.CutPrefix(text, "!")
		cases[i] = c
	}
	return lines, cases
}

// Ensure that the answers in the file are those of Node.
func TestTheAnswersToTheLanguageAreNodes(t *testing.T) {
	t.Parallel()
	lines, cases := readLanguageCases(t)
	var asked []string
	var at []int
	for i := range lines {
		if c := cases[i]; c != nil && !c.newer {
			asked, at = append(asked, c.text), append(at, i)
		}
	}
	input, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "testdata/language.mjs")
	node.Env = append(os.Environ(), "TZ=UTC")
	node.Stdin, node.Stderr = bytes.NewReader(input), os.Stderr
	output, err := node.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	var answers []string
	if err := json.Unmarshal(output, &answers); err != nil || len(answers) != len(asked) {
		t.Fatalf("%d answers to %d cases: %v", len(answers), len(asked), err)
	}
	for k, i := range at {
		c := cases[i]
		mark := answerMark
		if c.refused {
			mark = refusedMark
		}
		if c.want != answers[k] && !*updateLanguage {
			t.Errorf("%s is %s in Node, and %s in the file", c.text, answers[k], c.want)
		}
		lines[i] = c.text + mark + answers[k]
	}
	if *updateLanguage {
		if err := os.WriteFile(languageFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Ensure that a program gets the right answer, or an error where the file says so.
func TestTheLanguageAnswersAsNode(t *testing.T) {
	t.Parallel()
	shared, err := os.ReadFile("testdata/language.js")
	if err != nil {
		t.Fatal(err)
	}
	lines, cases := readLanguageCases(t)
	for i := range lines {
		c := cases[i]
		if c == nil {
			continue
		}
		got := languageAnswer(t, string(shared), c.text)
		switch {
		case c.refused && !strings.HasPrefix(got, "throws") && !strings.HasPrefix(got, "refused"):
			t.Errorf("%s is %s and no error any more; in Node it is %s", c.text, got, c.want)
		case !c.refused && got != c.want:
			t.Errorf("%s\n     got %s\n    want %s", c.text, got, c.want)
		}
	}
}

// languageAnswer runs one case as a program of its own: what the engine cannot read is refused when
// the program is compiled, and costs no other case.
func languageAnswer(t *testing.T, shared, text string) string {
	t.Helper()
	body, isLines := strings.CutPrefix(text, "lines ")
	if !isLines {
		body = "return (" + text + ")"
	}
	files := map[string][]byte{
		"app.json": []byte(`{"pages":["a"]}`), "a.wxml": []byte("<view/>"), "app.js": []byte("App({})"),
		"a.js": []byte(shared + "\nPage({async onLoad() { console.log(await value(async function () { " + body + " })); }})"),
	}
	result := compile.Compile(context.Background(), files, compile.Options{Supported: wx.Supported})
	if result.Image == nil {
		return "refused " + result.Diagnostics[0].Message
	}
	engine, err := wx.NewEngine(result.Image, framework.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := apptest.OpenOn(t, engine)
	return b.Printed() + b.Problems()
}
