package docs_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Ensure that make builds anew what was made of a file that changed: the binary of every file that it
// embeds, and the packages of the browser of every file that they take from each other.
func TestMakeKnowsWhatThingsAreMadeOf(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		// Only a bare `go test` comes here: CI and the README start the tests with make.
		t.Skip("make is not installed")
	}
	needs := map[string][]string{}
	for _, file := range embeddedFiles(t) {
		if !strings.HasPrefix(file, "web/dist/") { // that has a rule of its own
			needs["bin/teahouse"] = append(needs["bin/teahouse"], file)
		}
	}
	shared := 0
	for _, name := range []string{"view", "phone", "console"} {
		for _, file := range scriptImports(t, "web/"+name) {
			if !strings.HasPrefix(file, "web/"+name+"/") {
				needs["web/dist/"+name+"/.built"] = append(needs["web/dist/"+name+"/.built"], file)
				shared++
			}
		}
	}
	if len(needs["bin/teahouse"]) < 10 || shared < 10 {
		t.Fatalf("the test finds too little: %v", needs)
	}
	for target, files := range needs {
		rule := prerequisites(t, target)
		for _, file := range files {
			if !rule[file] {
				t.Errorf("%s is made of %s, which its rule in the Makefile does not name", target, file)
			}
		}
	}
}

// prerequisites returns what make thinks that a target is made of.
func prerequisites(t *testing.T, target string) map[string]bool {
	t.Helper()
	command := exec.Command("make", "--print-data-base", "--question", "--no-print-directory", target)
	command.Dir = root
	command.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=")
	out, _ := command.Output() // its status says whether the target is up to date, which is not the question
	found := map[string]bool{}
	for line := range bytes.Lines(out) {
		if rest, ok := strings.CutPrefix(string(line), target+":"); ok {
			for file := range strings.FieldsSeq(rest) {
				found[file] = true
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("make has no rule for %s", target)
	}
	return found
}

func embeddedFiles(t *testing.T) []string {
	t.Helper()
	command := exec.Command("go", "list", "-f", `{{range .EmbedFiles}}{{$.Dir}}/{{.}}{{"\n"}}{{end}}`, "./...")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for line := range bytes.Lines(out) {
		files = append(files, strings.TrimPrefix(strings.TrimSpace(string(line)), here+"/"))
	}
	return files
}

var importedScript = regexp.MustCompile(`(?:from|import) "(\.[^"]+)"`)

// scriptImports returns the files that the sources of a package import, from the root of this
// repository.
func scriptImports(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(root, folder, "src"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(entry.Name(), ".ts") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		at := path.Dir(strings.TrimPrefix(filepath.ToSlash(file), root+"/"))
		for _, match := range importedScript.FindAllStringSubmatch(string(text), -1) {
			imported := path.Join(at, match[1])
			for _, suffix := range []string{"", ".ts", ".tsx", "/index.ts"} {
				if info, err := os.Stat(filepath.Join(root, imported+suffix)); err == nil && !info.IsDir() {
					files = append(files, imported+suffix)
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
