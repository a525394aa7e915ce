package docs_test

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/fault"
)

const errorsPage = "errors.md"

const errorsHead = `# Errors

Every refusal is a problem document (RFC 9457, ` + "`application/problem+json`" + `), over REST and over the bridge:

` + "```json" + `
{
  "type": "/problems/insufficient-funds",
  "title": "Not possible in this state",
  "status": 409,
  "detail": "There is not enough money in the wallet.",
  "request_id": "DUMACC2ZGV7KTQ75LX6YKVERUU",
  "errors": [{"path": "body.amount", "message": "is too small"}]
}
` + "```" + `

Compare ` + "`type`" + `: it stays the same for good. Show ` + "`detail`" + ` to people: it says what happened and what to do. ` + "`errors`" + `
names the parts of the input that are wrong, ` + "`data`" + ` has further facts for some types. Name ` + "`request_id`" + `
when you ask the operator for help: the host's log has it too.

What to do by status:

| status | what to do |
|--|--|
| 400, 415 | The request cannot be read. Send valid JSON with ` + "`Content-Type: application/json`" + `. |
| 401 | Nobody is logged in, or the token is over. Log in again, or get a new token; then repeat. |
| 403 | You may not do this. For a server: the app does not hold the scope (see ` + "`app.json`" + `). |
| 404 | It does not exist, or it is not yours to see. Check the ID and who is logged in. |
| 409 | The state does not allow it now. Read the thing again, and decide anew. |
| 413 | Too large. The limits are in [limits.md](limits.md). |
| 422 | The input breaks a rule; ` + "`errors`" + ` says where. Repeating it does not help. |
| 429 | Too often. Wait as many seconds as the header ` + "`Retry-After`" + ` says. |
| 500 | A defect of ours. Tell the operator the request ID. |
| 503 | A part of the service is busy or unavailable at the moment. Wait for ` + "`Retry-After`" + `, then repeat with the same idempotency key. |

The lists below are made from the code: ` + "`UPDATE=1 go test ./docs`" + ` writes them again. "…" stands for what
differs from case to case.
`

// refusal is one problem type as one place of the code says it.
type refusal struct {
	status     int
	slug, text string
}

// TestErrorsAreDocumented holds errors.md against the code; UPDATE=1 rewrites it.
func TestErrorsAreDocumented(t *testing.T) {
	t.Parallel()
	constants := map[string]string{}
	rooms := map[string]*roomErrors{}
	for _, folder := range []string{"server", "registry", "payments", "runtime"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(file), root+string(filepath.Separator)))
			if rooms[name] == nil {
				rooms[name] = &roomErrors{constants: constants}
			}
			rooms[name].files = append(rooms[name].files, tree)
			noteConstants(tree, constants)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text := bytes.NewBufferString(errorsHead)
	total := 0
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		found := rooms[room].collect()
		if len(found) == 0 {
			continue
		}
		slices.SortFunc(found, func(a, b refusal) int {
			return cmp.Or(cmp.Compare(a.slug, b.slug), cmp.Compare(a.status, b.status), cmp.Compare(a.text, b.text))
		})
		found = slices.Compact(found)
		total += len(found)
		fmt.Fprintf(text, "\n## %s\n\n| type | status | what it says |\n|--|--|--|\n", room)
		for _, r := range found {
			fmt.Fprintf(text, "| `%s` | %d | %s |\n", r.slug, r.status, strings.ReplaceAll(r.text, "|", `\|`))
		}
	}
	if total < 100 {
		t.Fatalf("only %d errors were found; the code words them in another way now", total)
	}
	written, err := os.ReadFile(errorsPage)
	if err == nil && bytes.Equal(written, text.Bytes()) {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("docs/%s is out of date; UPDATE=1 go test ./docs writes it", errorsPage)
	}
	if err := os.WriteFile(errorsPage, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// codes are the names of the constants of package fault.
var codes = map[string]fault.Code{
	"Invalid": fault.Invalid, "Unauthenticated": fault.Unauthenticated, "Forbidden": fault.Forbidden,
	"NotFound": fault.NotFound, "Conflict": fault.Conflict, "TooLarge": fault.TooLarge,
	"RateLimited": fault.RateLimited, "Unavailable": fault.Unavailable, "Internal": fault.Internal,
}

// roomErrors is a folder of the code on the way to its refusals.
type roomErrors struct {
	files []*ast.File
	// constants are the texts that names stand for, of all folders: some slugs are another's.
	constants map[string]string
	// makers are functions that make a fault of a slug that their callers name.
	makers map[string]maker
	found  []refusal
}

type maker struct {
	status, slug int // status, and which argument is the slug
}

func (r *roomErrors) add(status int, slug, text string) {
	if status != 0 && slug != "" {
		r.found = append(r.found, refusal{status, slug, plainText(cmp.Or(text, "Internal error."))})
	}
}

// collect finds the faults and the problem documents that the room makes.
func (r *roomErrors) collect() []refusal {
	r.makers = map[string]maker{}
	for _, file := range r.files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				r.function(f)
			}
		}
	}
	for _, file := range r.files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if name, ok := n.Fun.(*ast.Ident); ok {
					if h, ok := r.makers[name.Name]; ok && len(n.Args) > h.slug {
						r.add(h.status, r.text(n.Args[h.slug]), r.longest(n.Args[h.slug+1:]))
					}
				}
			case *ast.CompositeLit:
				r.composite(n)
			}
			return true
		})
	}
	return r.found
}

// function notes the faults that a function makes itself.
func (r *roomErrors) function(f *ast.FuncDecl) {
	cased := "" // the constant of the case that stands before
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok && len(c.List) > 0 {
			cased = r.text(c.List[0])
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || !isFaultCall(call) || len(call.Args) < 3 {
			return true
		}
		code, ok := call.Args[0].(*ast.SelectorExpr)
		if !ok || codes[code.Sel.Name] == "" {
			return true
		}
		status := codes[code.Sel.Name].Status()
		slug := r.text(call.Args[1])
		if slug == "" {
			slug = cased
		}
		if slug != "" {
			r.add(status, slug, r.text(call.Args[2]))
		} else if name, ok := call.Args[1].(*ast.Ident); ok {
			at := 0
			for _, field := range f.Type.Params.List {
				for _, parameter := range field.Names {
					if parameter.Name == name.Name {
						r.makers[f.Name.Name] = maker{status, at}
					}
					at++
				}
			}
		}
		return true
	})
}

// composite notes problem documents, and the rows of tables of refusals: status: {slug, text}, and
// slug: {code, text}.
func (r *roomErrors) composite(n *ast.CompositeLit) {
	fields := map[string]ast.Expr{}
	for _, element := range n.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if name, ok := pair.Key.(*ast.Ident); ok {
			fields[name.Name] = pair.Value
		}
		row, ok := pair.Value.(*ast.CompositeLit)
		if !ok || len(row.Elts) != 2 {
			continue
		}
		if code, ok := row.Elts[0].(*ast.SelectorExpr); ok && codes[code.Sel.Name] != "" {
			r.add(codes[code.Sel.Name].Status(), r.text(pair.Key), r.text(row.Elts[1]))
		} else if key, ok := pair.Key.(*ast.BasicLit); ok && key.Kind == token.INT {
			status, _ := strconv.Atoi(key.Value)
			r.add(status, r.text(row.Elts[0]), r.text(row.Elts[1]))
		}
	}
	if slug, ok := strings.CutPrefix(r.text(fields["Type"]), "/problems/"); ok && slug != "" {
		status, _ := strconv.Atoi(r.text(fields["Status"]))
		r.add(status, slug, r.text(fields["Detail"]))
	}
}

func (r *roomErrors) longest(args []ast.Expr) string {
	text := ""
	for _, arg := range args {
		if t := r.text(arg); len(t) > len(text) {
			text = t
		}
	}
	return text
}

// text is what a constant expression says, "" for one that is not constant.
func (r *roomErrors) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
		return e.Value
	case *ast.Ident:
		return r.constants[e.Name]
	case *ast.SelectorExpr:
		return r.constants[e.Sel.Name]
	case *ast.BinaryExpr:
		before, after := r.text(e.X), r.text(e.Y)
		if before == "" && after != "" {
			before = "…"
		}
		return before + after
	}
	return ""
}

// noteConstants notes the texts of the file's constants by name. Of two with one name the first
// stays; slugs have names of their own.
func noteConstants(file *ast.File, constants map[string]string) {
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			one := spec.(*ast.ValueSpec)
			for i, name := range one.Names {
				if i >= len(one.Values) || constants[name.Name] != "" {
					continue
				}
				if value := (&roomErrors{constants: constants}).text(one.Values[i]); value != "" {
					constants[name.Name] = value
				}
			}
		}
	}
}

func isFaultCall(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Errorf" {
		return false
	}
	room, ok := selector.X.(*ast.Ident)
	return ok && room.Name == "fault"
}

var verbs = regexp.MustCompile(`%[-+#0-9.\[\]*]*[a-zA-Z]`)

// plainText is a format as a reader sees it.
func plainText(format string) string {
	return strings.ReplaceAll(verbs.ReplaceAllString(format, "…"), "%%", "%")
}
