package docs_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dependencyRow is a row of a table in dependencies.md: a name and, for an npm package, the folders
// whose package.json names it.
type dependencyRow struct {
	name    string
	folders []string
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// dependencyRows reads the tables of a section of dependencies.md. A row may name several packages.
func dependencyRows(t *testing.T, heading string) (rows []dependencyRow) {
	t.Helper()
	text, err := os.ReadFile("dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("dependencies.md has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "| `") || len(cells) < 4 {
			continue
		}
		var folders []string
		for _, match := range codeSpan.FindAllStringSubmatch(cells[2], -1) {
			folders = append(folders, match[1])
		}
		for _, match := range codeSpan.FindAllStringSubmatch(cells[0], -1) {
			rows = append(rows, dependencyRow{match[1], folders})
		}
	}
	return rows
}

func names(rows []dependencyRow) (names []string) {
	for _, row := range rows {
		names = append(names, row.name)
	}
	return names
}

// compareNames reports what is missing from got and what should not be in it.
func compareNames(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("dependencies.md does not name %s, which is in %s", name, what)
		}
	}
	for i, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("dependencies.md names %s, which is not in %s", name, what)
		}
		if slices.Contains(got[:i], name) {
			t.Errorf("dependencies.md names %s twice for %s", name, what)
		}
	}
}

var requirement = regexp.MustCompile(`(?m)^(?:require )?\s*([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`)

// directRequirements returns the modules that a go.mod requires directly, without our own.
func directRequirements(t *testing.T, file string) (modules []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range requirement.FindAllStringSubmatch(string(text), -1) {
		if !strings.HasPrefix(match[1]+"/", module) {
			modules = append(modules, match[1])
		}
	}
	if len(modules) == 0 {
		t.Fatalf("%s: no requirements were read", file)
	}
	return modules
}

// Ensure that dependencies.md names exactly the Go modules that are required directly, and that a
// module under "tests only" is imported only by tests.
func TestEveryGoModuleIsDocumented(t *testing.T) {
	t.Parallel()
	host, tests := names(dependencyRows(t, "The host (Go)")), names(dependencyRows(t, "Tests only (Go)"))
	want := append(directRequirements(t, filepath.Join(root, "go.mod")),
		directRequirements(t, filepath.Join(root, "server/objects/s3test/go.mod"))...)
	slices.Sort(want)
	compareNames(t, "go.mod", append(slices.Clone(host), tests...), slices.Compact(want))

	used := map[string]bool{}
	for _, imports := range importsOfFiles(t) {
		for _, imported := range imports {
			for _, name := range append(slices.Clone(host), tests...) {
				if imported == name || strings.HasPrefix(imported, name+"/") {
					used[name] = true
				}
			}
		}
	}
	for _, name := range host {
		if !used[name] {
			t.Errorf("dependencies.md: only tests import %s; move it to the tests", name)
		}
	}
	for _, name := range tests {
		if used[name] {
			t.Errorf("dependencies.md: %s is imported by more than tests", name)
		}
	}
}

// Ensure that dependencies.md names exactly the npm packages of the package.json files, each with
// the folders that use it.
func TestEveryNPMPackageIsDocumented(t *testing.T) {
	t.Parallel()
	folders := map[string][]string{} // by package
	for _, file := range repositoryFiles(t) {
		// The compiled programs are tried on Teahouse; it does not depend on what others build them with.
		if filepath.Base(file) != "package.json" || strings.Contains(filepath.ToSlash(file), "examples/compiled/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		var manifest struct{ Dependencies, DevDependencies, PeerDependencies, OptionalDependencies map[string]string }
		if err := json.Unmarshal(text, &manifest); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, list := range []map[string]string{manifest.Dependencies, manifest.DevDependencies,
			manifest.PeerDependencies, manifest.OptionalDependencies} {
			for name, version := range list {
				if !strings.HasPrefix(version, "file:") { // our own
					folders[name] = append(folders[name], filepath.ToSlash(filepath.Dir(file)))
				}
			}
		}
	}
	rows := dependencyRows(t, "npm")
	compareNames(t, "a package.json", names(rows), slices.Sorted(maps.Keys(folders)))
	for _, row := range rows {
		slices.Sort(row.folders)
		slices.Sort(folders[row.name])
		if len(folders[row.name]) > 0 && !slices.Equal(row.folders, folders[row.name]) {
			t.Errorf("dependencies.md: %s is used in %v, not in %v", row.name, folders[row.name], row.folders)
		}
	}
}
