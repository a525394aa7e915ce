package fault_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// tellsError are the functions that may take the text of an error, each with the reason why no
// outsider reads it, or why it is theirs.
var tellsError = map[string]string{
	"server/auth/sessioncache.go newSessionCache": "a panic",
	"server/auth/secret.go Derive":                "a panic",
	"server/objects/directory.go missing":         "looks at the text, passes nothing on",
	"server/api/problem.go Error":                 "for the log",
	"server/api/access.go logAccess":              "the log",
	"server/sessions/session.go describe":         "what the app's own worker said, see ownFaults",
	"server/host/command.go operatorMessage":      "the command line of who runs the host",
	"registry/service.go hide":                    "an internal error, which reads as one",
	"payments/order.go Fingerprint":               "a panic",
	"runtime/check/":                              "a command on the developer's own machine",
	"runtime/compile/":                            "the parser's words about the developer's own file",
	"runtime/vm/":                                 "inside the sandbox, about the app's own code",
	"runtime/function/":                           "inside the sandbox, about the function's own call",
	"runtime/framework/":                          "inside the sandbox, about the app's own code",
	"runtime/replay/":                             "inside the sandbox, about the end of the app's own session",
	"runtime/worker/picture.go packPicture":       "to the host, which logs it",
	"runtime/worker/sandbox.go":                   "to the host, about the app's own program",
}

// Ensure that no text of an inner error reaches a row, an answer or a log that outsiders read: it
// may hold addresses, names and paths of the host. Whoever needs one maps it to words of ours.
func TestTextsOfErrorsStayInside(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, room := range []string{"server", "registry", "payments", "runtime"} {
		err := filepath.WalkDir(filepath.Join("..", room), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			if strings.HasSuffix(filepath.Dir(name), "test") { // apitest and its like
				return nil
			}
			files := token.NewFileSet()
			tree, err := parser.ParseFile(files, name, nil, 0)
			if err != nil {
				return err
			}
			where := filepath.ToSlash(strings.TrimPrefix(name, "../"))
			for _, declaration := range tree.Decls {
				function := ""
				if f, ok := declaration.(*ast.FuncDecl); ok {
					function = f.Name.Name
				}
				ast.Inspect(declaration, func(n ast.Node) bool {
					if what := takesText(n); what != "" && !allowed(where, function, used) {
						t.Errorf("%s, %s: %s: map the error to words of ours, or say in tellsError why its text may pass",
							files.Position(n.Pos()), function, what)
					}
					return true
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for entry := range tellsError {
		if !used[entry] {
			t.Errorf("tellsError has %q, which nobody needs", entry)
		}
	}
}

// allowed looks for the function, its file or its folder.
func allowed(file, function string, used map[string]bool) bool {
	for entry := range tellsError {
		if entry == file+" "+function || entry == file || strings.HasSuffix(entry, "/") && strings.HasPrefix(file, entry) {
			used[entry] = true
			return true
		}
	}
	return false
}

// takesText tells what takes an error's text: err.Error(), an error among the arguments of a fault
// that is not wrapped, or one that is printed into a string.
func takesText(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if selector.Sel.Name == "Error" && len(call.Args) == 0 {
		return "takes the text of an error"
	}
	pkg, _ := selector.X.(*ast.Ident)
	if pkg == nil {
		return ""
	}
	called := pkg.Name + "." + selector.Sel.Name
	if called != "fault.Errorf" && called != "fmt.Sprintf" && called != "fmt.Sprint" {
		return ""
	}
	for _, arg := range call.Args {
		if name, ok := arg.(*ast.Ident); ok && (name.Name == "err" || name.Name == "cause") {
			return fmt.Sprintf("puts %s into %s", name.Name, called)
		}
	}
	return ""
}
