package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// limitName matches constants that are limits by their name.
var limitName = regexp.MustCompile(`^([mM]ax|[dD]efaultMax)[A-Z]|^DefaultLimit$|(Timeout|PerSecond|PerMinute|PerDay|Max|MaxBytes)$`)

// A limit that is written elsewhere is missing in limits.md.
func TestLimitsStandInLimitsFiles(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"fault", "payments", "registry", "server"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(file string, entry fs.DirEntry, err error) error {
			name := entry.Name()
			if strings.HasSuffix(name, "test") && entry.IsDir() {
				return fs.SkipDir // packages for tests
			}
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || name == "limits.go" {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, declaration := range parsed.Decls {
				constants, ok := declaration.(*ast.GenDecl)
				if !ok || constants.Tok != token.CONST {
					continue
				}
				for _, spec := range constants.Specs {
					for _, constant := range spec.(*ast.ValueSpec).Names {
						if limitName.MatchString(constant.Name) {
							t.Errorf("%s: move %s into limits.go of its package", strings.TrimPrefix(file, root+"/"), constant.Name)
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
