// Package docs_test checks the pages of this folder against the code, and generates limits.md.
package docs_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	module = "github.com/teahouse/teahouse/"
	root   = ".."
	page   = "limits.md"
)

const head = `# Limits

Every limit is a named constant with its reason in the ` + "`limits.go`" + ` of its package. This
page is made from these files: ` + "`UPDATE=1 go test ./docs`" + ` writes it again, and the test fails when it
is out of date.
`

// limit is one constant.
type limit struct{ name, value, reason string }

// TestLimitsAreDocumented compares the page with the limits.go files; UPDATE=1 rewrites it. A limit
// without a reason fails.
func TestLimitsAreDocumented(t *testing.T) {
	t.Parallel()
	var folders []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" ||
			len(entry.Name()) > 2 && entry.Name()[0] == '.') {
			return fs.SkipDir
		}
		if entry.Name() != "limits.go" {
			return nil
		}
		folders = append(folders, filepath.ToSlash(strings.TrimPrefix(filepath.Dir(file), root+string(filepath.Separator))))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(folders)
	text := bytes.NewBufferString(head)
	for _, folder := range folders {
		limits, err := read(folder)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(text, "\n## `%s`\n\n| limit | value | why |\n|--|--|--|\n", folder)
		for _, l := range limits {
			if l.reason == "" {
				t.Errorf("%s/limits.go: %s has no reason: write it in a comment on the constant", folder, l.name)
			}
			fmt.Fprintf(text, "| %s | %s | %s |\n", l.name, l.value, l.reason)
		}
	}
	written, err := os.ReadFile(page)
	if err == nil && bytes.Equal(written, text.Bytes()) {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("docs/%s is out of date; UPDATE=1 go test ./docs writes it", page)
	}
	if err := os.WriteFile(page, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// read returns the constants of a package's limits.go, in order.
func read(folder string) ([]limit, error) {
	checked := checker{set: token.NewFileSet()}
	file, info, err := checked.check(folder)
	if err != nil {
		return nil, err
	}
	var limits []limit
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		var doc string // of the previous constant; it may also be about the next one
		for _, spec := range group.Specs {
			one := spec.(*ast.ValueSpec)
			own := sentence(one.Doc.Text() + one.Comment.Text())
			if own == "" && !group.Lparen.IsValid() {
				own = sentence(group.Doc.Text())
			}
			for _, name := range one.Names {
				if own != "" {
					doc = own
				} else if !mentions(doc, name.Name) {
					doc = groupReason(group, name.Name)
				}
				object, ok := info.Defs[name].(*types.Const)
				if !ok || object.Val().Kind() == constant.Unknown {
					return nil, fmt.Errorf("%s: the value of %s is unknown", folder, name.Name)
				}
				limits = append(limits, limit{name.Name, show(object, written(one)), strings.ReplaceAll(doc, "|", `\|`)})
			}
		}
	}
	return limits, nil
}

func sentence(comment string) string { return strings.Join(strings.Fields(comment), " ") }

func mentions(text, name string) bool {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).MatchString(text)
}

// groupReason is the comment on a group, if it names the constant.
func groupReason(group *ast.GenDecl, name string) string {
	text := sentence(group.Doc.Text())
	if mentions(text, name) {
		return text
	}
	return ""
}

// written reports whether a constant is spelled with a shift, as sizes in bytes are.
func written(spec *ast.ValueSpec) (shifted bool) {
	for _, value := range spec.Values {
		ast.Inspect(value, func(node ast.Node) bool {
			if binary, ok := node.(*ast.BinaryExpr); ok && binary.Op == token.SHL {
				shifted = true
			}
			return true
		})
	}
	return shifted
}

// show formats a value for readers: "15 min", "64 KiB", "10,000".
func show(c *types.Const, shifted bool) string {
	if strings.HasSuffix(c.Type().String(), "time.Duration") {
		n, _ := constant.Int64Val(c.Val())
		return duration(time.Duration(n))
	}
	n, exact := constant.Int64Val(constant.ToInt(c.Val()))
	if !exact || c.Val().Kind() == constant.Float {
		return c.Val().String()
	}
	if shifted {
		for _, unit := range []struct {
			name string
			size int64
		}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
			if n >= unit.size && n%unit.size == 0 && n/unit.size < 1<<10 {
				return fmt.Sprintf("%d %s", n/unit.size, unit.name)
			}
		}
	}
	return grouped(n)
}

func duration(d time.Duration) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"days", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if d%unit.size == 0 && (unit.name != "days" || d >= 2*unit.size) {
			return fmt.Sprintf("%d %s", d/unit.size, unit.name)
		}
	}
	return d.String()
}

// grouped writes an integer in groups of three digits.
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// checker computes constants. It does not read imported packages, because limits.go files need only
// a few of their types and constants.
type checker struct{ set *token.FileSet }

func (c checker) check(folder string) (*ast.File, *types.Info, error) {
	file, err := parser.ParseFile(c.set, filepath.Join(root, folder, "limits.go"), nil, parser.ParseComments)
	if err != nil {
		return nil, nil, err
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	_, err = c.types(module+folder, file, info)
	return file, info, err
}

func (c checker) types(name string, file *ast.File, info *types.Info) (*types.Package, error) {
	// What is not a constant may name types of files that are not read; those errors do not matter.
	config := types.Config{Importer: c, Error: func(error) {}}
	checked, err := config.Check(name, c.set, []*ast.File{file}, info)
	if checked == nil {
		return nil, err
	}
	return checked, nil
}

// stubs declare what limits.go files use from other modules.
var stubs = map[string]string{
	"time": `package time; type Duration int64; const (Nanosecond Duration = 1; Microsecond = 1000 * Nanosecond
		Millisecond = 1000 * Microsecond; Second = 1000 * Millisecond; Minute = 60 * Second; Hour = 60 * Minute)`,
	"golang.org/x/time/rate": `package rate; type Limit float64`,
}

// Import implements types.Importer.
func (c checker) Import(name string) (*types.Package, error) {
	if folder, ours := strings.CutPrefix(name, module); ours {
		if _, err := os.Stat(filepath.Join(root, folder, "limits.go")); err == nil {
			file, err := parser.ParseFile(c.set, filepath.Join(root, folder, "limits.go"), nil, 0)
			if err != nil {
				return nil, err
			}
			return c.types(name, file, nil)
		}
	}
	source, ok := stubs[name]
	if !ok {
		source = "package " + path.Base(name)
	}
	file, err := parser.ParseFile(c.set, name, source, 0)
	if err != nil {
		return nil, err
	}
	return c.types(name, file, nil)
}
