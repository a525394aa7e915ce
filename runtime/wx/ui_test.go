package wx_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestTheNamesOfUIFramesAreListedForTheShell compares protocol/ui.json with the names of all ui frames that the
// engine sends. The shell's tests read the same file, so that both sides always have the same names.
// UPDATE=1 rewrites it.
func TestTheNamesOfUIFramesAreListedForTheShell(t *testing.T) {
	t.Parallel()
	const path = "../protocol/ui.json"
	want, err := json.MarshalIndent(uiNames(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is out of date (%v); run this test with UPDATE=1, then change the shell", path, err)
	}
}

// uiNames reads the names from the source of this package and the framework. A name must be a literal where the frame is
// sent, or the list would miss it; only functions that pass names on are exempt.
func uiNames(t *testing.T) []string {
	t.Helper()
	passOn := []string{"show", "askShell", "tabRow", "notifyShell", "ask"}
	place := map[string]int{ // which argument is the name
		"show": 0, "askShell": 0, "tabRow": 0, ".notifyShell": 0, ".ask": 0,
		".CallShell": 1, ".CallShellLate": 1,
	}
	var files []string
	for _, pattern := range []string{"*.go", "../framework/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	set := token.NewFileSet()
	var names []string
	look := func(node ast.Node) {
		ast.Inspect(node, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			at, sends := place[called(call.Fun)]
			if !sends || len(call.Args) <= at {
				return true
			}
			literal, ok := call.Args[at].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: write the name of the ui frame as a literal", set.Position(call.Pos()))
				return true
			}
			name, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Error(err)
			}
			names = append(names, name)
			return true
		})
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && slices.Contains(passOn, fn.Name.Name) {
				continue
			}
			look(decl)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// called is the name of what is called, with a dot before it when it is a method.
func called(fun ast.Expr) string {
	switch fun := fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fmt.Sprintf(".%s", fun.Sel.Name)
	}
	return ""
}
