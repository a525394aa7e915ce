package docs_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// importRule is one row of the table in architecture.md.
type importRule struct {
	folder     string
	everything bool     // it may import all of this module
	ours       []string // folders of this module that it may import
	never      []string // paths of other modules that it may not
}

// Ensure that every file imports only what architecture.md lets its folder import.
func TestFilesImportWhatTheArchitectureAllows(t *testing.T) {
	t.Parallel()
	rules := readImportRules(t)
	used := map[string]bool{}
	for file, imports := range importsOfFiles(t) {
		folder := path.Dir(file)
		rule, ok := ruleFor(rules, folder)
		if !ok {
			continue
		}
		used[rule.folder] = true
		for _, imported := range imports {
			if why := rule.refuses(folder, imported); why != "" {
				t.Errorf("%s imports %s: %s", file, imported, why)
			}
		}
	}
	for folder := range rules {
		if !used[folder] {
			t.Errorf("architecture.md has a rule for %q, which holds no Go file", folder)
		}
	}
}

// Ensure that a rule refuses what it should; a test of rules that refuse nothing would always pass.
func TestAnImportRuleRefuses(t *testing.T) {
	t.Parallel()
	rule := importRule{folder: "runtime/view", ours: []string{"fault"}, never: []string{"net/http"}}
	for imported, want := range map[string]bool{
		module + "runtime/view/tree": false, module + "fault": false, "strings": false, "net/httptest": false,
		module + "runtime": true, module + "runtime/viewer": true, module + "server": true,
		"net/http": true, "net/http/httputil": true,
	} {
		if got := rule.refuses("runtime/view", imported) != ""; got != want {
			t.Errorf("%s: refused %v, want %v", imported, got, want)
		}
	}
}

func (r importRule) refuses(folder, imported string) (why string) {
	below := func(name, parent string) bool { return name == parent || strings.HasPrefix(name, parent+"/") }
	own, ok := strings.CutPrefix(imported, module)
	if !ok {
		for _, never := range r.never {
			if below(imported, never) {
				return r.folder + " may never import it"
			}
		}
		return ""
	}
	if r.everything || below(own, r.folder) || own == folder {
		return ""
	}
	for _, allowed := range r.ours {
		if below(own, allowed) {
			return ""
		}
	}
	return r.folder + " may import of ours only: " + strings.Join(r.ours, ", ")
}

// ruleFor returns the rule of the folder or of its nearest parent that has one. The row of `server`
// is about the command's own file; its packages are held by the compiler and by their own rows.
func ruleFor(rules map[string]importRule, folder string) (importRule, bool) {
	for at := folder; at != "."; at = path.Dir(at) {
		if rule, ok := rules[at]; ok && (at != "server" || at == folder) {
			return rule, true
		}
	}
	return importRule{}, false
}

func readImportRules(t *testing.T) map[string]importRule {
	t.Helper()
	text, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := bytes.Cut(text, []byte("### Who may import whom"))
	if !ok {
		t.Fatal("architecture.md has no section \"Who may import whom\"")
	}
	section, _, _ := strings.Cut(string(text), "\n## ")
	names := regexp.MustCompile("`([^`]+)`")
	rules := map[string]importRule{}
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "| `") || len(cells) != 3 {
			continue
		}
		list := func(cell string) (found []string) {
			for _, match := range names.FindAllStringSubmatch(cell, -1) {
				found = append(found, match[1])
			}
			return found
		}
		folder := list(cells[0])[0]
		rules[folder] = importRule{folder: folder, everything: strings.TrimSpace(cells[1]) == "everything",
			ours: list(cells[1]), never: list(cells[2])}
	}
	if len(rules) < 10 {
		t.Fatalf("only %v could be read", slices.Sorted(maps.Keys(rules)))
	}
	return rules
}

// importsOfFiles returns what each file of this module imports, tests and the packages for them
// excepted.
func importsOfFiles(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if name == "node_modules" || name == "testdata" || name == "tools" || strings.HasSuffix(name, "test") ||
				len(name) > 2 && name[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(strings.TrimPrefix(file, root+string(filepath.Separator)))
		imports[file] = []string{}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports[file] = append(imports[file], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
