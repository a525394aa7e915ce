package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
)

// asTable rewrites every use of a field that is a map so that the field may be a type with the
// methods at, find, put and remove. It returns the text and how many uses it rewrote.
func asTable(file, text, field string) (string, int, error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, text, parser.ParseComments)
	if err != nil {
		return "", 0, err
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	// use is the index expression when n is FIELD[key].
	use := func(n ast.Node) *ast.IndexExpr {
		index, ok := n.(*ast.IndexExpr)
		if !ok {
			return nil
		}
		if x, ok := index.X.(*ast.SelectorExpr); !ok || x.Sel.Name != field {
			return nil
		}
		return index
	}
	// Each change is of a few characters between the parts of an expression, so that uses may lie
	// within each other.
	type change struct {
		from, to token.Pos
		text     string
	}
	var changes []change
	uses := 0
	call := func(i *ast.IndexExpr, method, end string) {
		uses++
		changes = append(changes, change{i.Lbrack, i.Lbrack + 1, "." + method + "("}, change{i.Rbrack, i.Rbrack + 1, end})
	}
	done := map[*ast.IndexExpr]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) == 1 && n.Tok == token.ASSIGN {
				if i := use(n.Lhs[0]); i != nil {
					done[i] = true
					call(i, "put", ", ")
					changes = append(changes,
						change{i.Rbrack + 1, n.Rhs[0].Pos(), ""}, change{n.Rhs[0].End(), n.Rhs[0].End(), ")"})
				}
			}
			if len(n.Lhs) == 2 && len(n.Rhs) == 1 {
				if i := use(n.Rhs[0]); i != nil {
					done[i] = true
					call(i, "find", ")")
				}
			}
		case *ast.CallExpr:
			name, ok := n.Fun.(*ast.Ident)
			if !ok || name.Name != "delete" {
				return true
			}
			if m, ok := n.Args[0].(*ast.SelectorExpr); ok && m.Sel.Name == field {
				uses++
				changes = append(changes,
					change{n.Pos(), m.Pos(), ""}, change{m.End(), n.Args[1].Pos(), ".remove("})
			}
		case *ast.IndexExpr:
			if i := use(n); i != nil && !done[i] {
				call(i, "at", ")")
			}
		}
		return true
	})
	// From the last to the first, so that positions hold; of two at one place the later made one is
	// the outer one, whose text comes after.
	slices.SortStableFunc(changes, func(a, b change) int { return int(b.from) - int(a.from) })
	for _, c := range changes {
		text = text[:at(c.from)] + c.text + text[at(c.to):]
	}
	return text, uses, nil
}
