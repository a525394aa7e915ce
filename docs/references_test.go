package docs_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/teahouse/teahouse/server/demo"
)

// repositoryFiles lists the files below the root, slash-separated, without packages and build output.
func repositoryFiles(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "node_modules" || name == "dist" || name == "bin" || name == "data" ||
			len(name) > 2 && name[0] == '.') {
			return fs.SkipDir
		}
		if !entry.IsDir() {
			files = append(files, filepath.ToSlash(strings.TrimPrefix(file, root+string(filepath.Separator))))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// pages returns the Markdown pages of the repository by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, file := range repositoryFiles(t) {
		if path.Ext(file) != ".md" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		pages[file] = string(text)
	}
	if len(pages) < 10 {
		t.Fatalf("only %d pages were found", len(pages))
	}
	return pages
}

var (
	fence    = regexp.MustCompile("(?ms)^```.*?^```$")
	pageLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInID  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the IDs that GitHub and others give to the headings of a page.
func anchors(page string) (ids []string) {
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(page, ""), -1) {
		ids = append(ids, strings.ReplaceAll(notInID.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-"))
	}
	return ids
}

// Ensure that every link to a file of the repository, and every anchor in it, exists.
func TestLinksBetweenPagesResolve(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for file, text := range all {
		for _, match := range pageLink.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			target, anchor, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if target = path.Join(path.Dir(file), target); match[1][0] == '#' {
				target = file
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s links to %s, which does not exist", file, match[1])
			} else if anchor != "" && !slices.Contains(anchors(all[target]), anchor) {
				t.Errorf("%s links to %s, but %s has no such heading", file, match[1], target)
			}
		}
	}
}

// topFolders are the folders at which a path in a page begins.
var topFolders = []string{"docs", "e2e", "examples", "fault", "migrations", "payments", "registry", "runtime",
	"scripts", "sdk-js", "server", "web"}

var repositoryPath = regexp.MustCompile(`^\.?/?([\w-]+(?:/[\w.@-]+)+/?)$`)

// exists reports whether the repository has the file or folder. "runtime/view.Client" is a name in a
// package, for which the folder must exist.
func exists(name string) bool {
	if _, err := os.Stat(filepath.Join(root, name)); err == nil {
		return true
	}
	folder, member := path.Split(name)
	pkg, exported, _ := strings.Cut(member, ".")
	info, err := os.Stat(filepath.Join(root, folder, pkg))
	return exported != "" && unicode.IsUpper(rune(exported[0])) && err == nil && info.IsDir()
}

// Ensure that the paths of this repository that pages name in code spans exist.
func TestPathsInPagesExist(t *testing.T) {
	t.Parallel()
	for file, text := range pages(t) {
		for _, match := range codeSpan.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			found := repositoryPath.FindStringSubmatch(match[1])
			if found == nil || !slices.Contains(topFolders, strings.SplitN(found[1], "/", 2)[0]) ||
				strings.HasPrefix(found[1], "web/dist/") { // made by the build
				continue
			}
			// A page beside a package.json may name the files of its own folder.
			if !exists(found[1]) && !exists(path.Join(path.Dir(file), found[1])) {
				t.Errorf("%s names `%s`, which does not exist", file, match[1])
			}
		}
	}
}

// sources returns the text of all files with one of the extensions or names.
func sources(t *testing.T, extensions ...string) string {
	t.Helper()
	var all strings.Builder
	for _, file := range repositoryFiles(t) {
		if !slices.Contains(extensions, path.Ext(file)) && !slices.Contains(extensions, path.Base(file)) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

var testName = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w+`)

// Ensure that the tests, fuzz targets and benchmarks that pages name exist.
func TestTestsNamedInPagesExist(t *testing.T) {
	t.Parallel()
	code := sources(t, ".go", ".ts")
	for file, text := range pages(t) {
		for _, name := range testName.FindAllString(text, -1) {
			if !strings.Contains(code, "func "+name+"(") {
				t.Errorf("%s names %s, which does not exist", file, name)
			}
		}
	}
}

var (
	goTest     = regexp.MustCompile("`(go test [^`]*)`")
	goTestName = regexp.MustCompile(`-(?:run|bench|fuzz) '?([\w^$.|]+)`)
	declared   = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
)

// Ensure that a `go test` command in a page names folders that exist, and selects a test or a
// benchmark in them.
func TestGoTestCommandsInPagesSelectSomething(t *testing.T) {
	t.Parallel()
	for file, text := range pages(t) {
		for _, match := range goTest.FindAllStringSubmatch(text, -1) {
			words := strings.Fields(match[1])
			folder := strings.TrimSuffix(words[len(words)-1], "/...")
			if !strings.HasPrefix(folder, "./") {
				continue // "go test ./..." of a folder that the text names
			}
			tests, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
			if err != nil || len(tests) == 0 {
				t.Errorf("%s: `%s`: %s has no tests", file, match[1], folder)
				continue
			}
			var functions []string
			for _, name := range tests {
				code, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				for _, function := range declared.FindAllStringSubmatch(string(code), -1) {
					functions = append(functions, function[1])
				}
			}
			for _, pattern := range goTestName.FindAllStringSubmatch(match[1], -1) {
				if pattern[1] == "^$" { // no test, only benchmarks
					continue
				}
				expression, err := regexp.Compile(pattern[1])
				if err != nil || !slices.ContainsFunc(functions, expression.MatchString) {
					t.Errorf("%s: `%s` selects nothing with %s", file, match[1], pattern[1])
				}
			}
		}
	}
}

// A number in a page and the limit that it must be equal to. %s is the limit as limits.md shows it.
var numbersInPages = []struct{ page, folder, limit, text string }{
	{"sandbox.md", "runtime/worker", "EventCPU", "%s of CPU (1 s at the start of the app)"},
	{"sandbox.md", "runtime/worker", "OpenCPU", "900 ms of CPU (%s at the start of the app)"},
	{"sandbox.md", "runtime/worker", "TurnWall", "%s without using any"},
	{"sandbox.md", "runtime/worker", "KillCPU", "| builtins that never return | %s of CPU"},
	{"sandbox.md", "runtime/worker", "HangWall", "no CPU for %s"},
	{"sandbox.md", "runtime/worker", "WatchEvery", "heap watchdog, every %s"},
	{"sandbox.md", "runtime/worker", "MaxWorkers", "At most %s workers run on one host"},
	{"sandbox.md", "runtime/worker", "CompileCPU", "Budget: %s of CPU"},
	{"sandbox.md", "server/sessions", "RightsEvery", "before each capability, and every %s."},
	{"sandbox.md", "server/sessions", "RightsLife", "no older than %s"},
	{"sandbox.md", "server/sessions", "SaveEvery", "at most %s later"},
	{"sandbox.md", "server/sessions", "MaxLogLines", "newest %s lines"},
	{"sandbox.md", "server/sessions", "LogsPerMinute", "%s a minute"},
	{"sandbox.md", "server/egress", "MaxLarge", "%s responses above"},
	{"sandbox.md", "server/egress", "PerSession", "%s requests at"},
	{"protocol.md", "server/sessions", "MaxClientFrame", "| frame from the client | %s |"},
	{"protocol.md", "runtime/view", "DefaultNodes", "| elements, texts and instances of a page | %s |"},
	{"protocol.md", "runtime/view", "DefaultDepth", "| nesting of fragments | %s |"},
	{"protocol.md", "runtime/view", "DefaultValueBytes", "| one render or patch | %s |"},
	{"protocol.md", "runtime/view", "MaxValueDepth", "| nesting of an object in an attribute | %s |"},
	{"bundles.md", "registry/bundle", "MaxFiles", "| files | %s |"},
	{"bundles.md", "registry/bundle", "MaxPathBytes", "| path | %s bytes"},
	{"bundles.md", "registry/bundle", "MaxDepth", "%s folders deep"},
	{"bundles.md", "registry/bundle", "MaxRatio", "at most %s times its packed size"},
	{"bundles.md", "runtime/compile", "MaxPages", "| pages | %s |"},
}

// Ensure that numbers in the pages are those of the limits.
func TestNumbersInPagesAreThoseOfTheLimits(t *testing.T) {
	t.Parallel()
	for _, number := range numbersInPages {
		text, err := os.ReadFile(number.page)
		if err != nil {
			t.Fatal(err)
		}
		limits, err := read(number.folder)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(limits, func(l limit) bool { return l.name == number.limit })
		if at < 0 {
			t.Errorf("%s has no limit %s", number.folder, number.limit)
			continue
		}
		want := fmt.Sprintf(number.text, limits[at].value)
		if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
			t.Errorf("%s does not contain %q, which is %s.%s", number.page, want, number.folder, number.limit)
		}
	}
}

var (
	makeCommand = regexp.MustCompile("(?m)(?:`|^|&& )make ([a-z][\\w-]*)")
	npxCommand  = regexp.MustCompile(`npx teahouse ([a-z]+)`)
	hostCommand = regexp.MustCompile("(?m)(?:`|^|bin/)teahouse ([a-z]+)")
)

// Ensure that the commands in pages exist: targets of the Makefile, subcommands of the host's binary
// and of the npm package.
func TestCommandsInPagesExist(t *testing.T) {
	t.Parallel()
	makefile := sources(t, "Makefile")
	host, client := sources(t, "command.go"), sources(t, "cli.ts")
	for file, text := range pages(t) {
		for _, match := range makeCommand.FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^` + match[1] + `:`).MatchString(makefile) {
				t.Errorf("%s names `make %s`, which is not in the Makefile", file, match[1])
			}
		}
		for _, match := range npxCommand.FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^  ` + match[1] + `,$`).MatchString(client) {
				t.Errorf("%s names `npx teahouse %s`, which is not a command", file, match[1])
			}
		}
		for _, match := range hostCommand.FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?mi)^\t`+match[1]+`\s.*cmd:""`).MatchString(host) &&
				!regexp.MustCompile(`(?m)^  `+match[1]+`,$`).MatchString(client) {
				t.Errorf("%s names `teahouse %s`, which is not a command", file, match[1])
			}
		}
	}
}

var (
	operation = regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE) (/(?:api|bridge|oauth)/[\w/{}.-]+)`)
	variable  = regexp.MustCompile(`\{[^}]+\}`)
	setting   = regexp.MustCompile(`\bTEAHOUSE_[A-Z0-9_]+\b`)
)

// Ensure that the operations of the REST API that pages name are in the OpenAPI document.
func TestOperationsInPagesExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for address, methods := range document.Paths {
		for method := range methods {
			known[strings.ToUpper(method)+" "+variable.ReplaceAllString(address, "{}")] = true
		}
	}
	for file, page := range pages(t) {
		for _, match := range operation.FindAllStringSubmatch(page, -1) {
			address := strings.TrimRight(variable.ReplaceAllString(match[2], "{}"), ".")
			if strings.HasPrefix(address, "/api/") && !known[match[1]+" "+address] {
				t.Errorf("%s names %s %s, which is not an operation", file, match[1], match[2])
			}
		}
	}
}

// Ensure that the environment variables that pages name are in the code.
func TestSettingsInPagesExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, name := range setting.FindAllString(sources(t, ".go", ".ts", ".sh", ".mjs"), -1) {
		known[name] = true
	}
	for file, text := range pages(t) {
		for _, name := range setting.FindAllString(text, -1) {
			if !known[name] {
				t.Errorf("%s names %s, which is not in the code", file, name)
			}
		}
	}
}

// Ensure that the README names the versions of Go and Node.js that the build requires.
func TestTheREADMENamesTheRequiredVersions(t *testing.T) {
	t.Parallel()
	readme := pages(t)["README.md"]
	for name, pattern := range map[string]struct{ file, expression string }{
		"Go":      {"go.mod", `(?m)^go (\d+\.\d+)`},
		"Node.js": {"sdk-js/package.json", `"node": ">=([\d.]+)"`},
	} {
		text, err := os.ReadFile(filepath.Join(root, pattern.file))
		if err != nil {
			t.Fatal(err)
		}
		version := regexp.MustCompile(pattern.expression).FindSubmatch(text)
		if version == nil {
			t.Fatalf("%s names no version of %s", pattern.file, name)
		}
		if want := name + " " + string(version[1]); !strings.Contains(readme, want) {
			t.Errorf("README.md does not name %s", want)
		}
	}
}

var benchParts = regexp.MustCompile(`make bench\s+ONLY=([a-z,]+)`)

// Ensure that the parts of `make bench` that pages name exist.
func TestBenchPartsInPagesExist(t *testing.T) {
	t.Parallel()
	script := sources(t, "bench.sh")
	for file, text := range pages(t) {
		for _, match := range benchParts.FindAllStringSubmatch(text, -1) {
			for part := range strings.SplitSeq(match[1], ",") {
				if !strings.Contains(script, "\n    "+part+") ") {
					t.Errorf("%s names `make bench ONLY=%s`, which bench.sh does not have", file, part)
				}
			}
		}
	}
}

// Ensure that the README has the log-in of the demo.
func TestTheREADMEHasTheDemosLogin(t *testing.T) {
	t.Parallel()
	readme := pages(t)["README.md"]
	for _, secret := range []string{demo.Password, demo.PIN} {
		if !strings.Contains(readme, secret) {
			t.Errorf("README.md does not contain %s", secret)
		}
	}
	for _, person := range demo.People {
		if !strings.Contains(readme, "`"+person.Handle+"`") {
			t.Errorf("README.md does not name `%s`", person.Handle)
		}
	}
}
