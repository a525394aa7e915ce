package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that the edits fit the goja that go.mod pins, and that each says why it is made.
func TestTheEditsFitThePinnedModule(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	out, err := filepath.Rel(root, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := run(root, filepath.Join(out, "engine")); err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		if e.reason == "" || len(e.swaps) == 0 {
			t.Errorf("edit %q lacks its reason or its place", e.name)
		}
		for _, name := range e.add {
			if _, err := os.Stat(filepath.Join(dir, "engine", "goja", addedName(name))); err != nil {
				t.Error(err)
			}
		}
	}
	for _, trim := range trims {
		if trim.reason == "" || len(trim.files) == 0 {
			t.Errorf("what is left out of %q lacks its reason or its files", trim.module)
		}
		for _, name := range trim.files {
			if _, err := os.Stat(filepath.Join(dir, "engine", trim.folder, name)); err == nil {
				t.Errorf("%s is still in %s", name, trim.module)
			}
		}
	}
	mod, err := os.ReadFile(filepath.Join(dir, "engine", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mod), "replace "+module+" => ./") {
		t.Errorf("the second go.mod replaces nothing:\n%s", mod)
	}
}

// Ensure that an edit of a text that has changed stops everything and says which edit it is.
func TestAnEditOfChangedTextIsRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edit edit
		want string
	}{
		"text gone":  {edit{name: "a", swaps: []swap{{file: "x.go", old: "missing", with: "y"}}}, `edit "a" expects "missing" in x.go 1 times`},
		"text twice": {edit{name: "b", swaps: []swap{{file: "x.go", old: "one", with: "y"}}}, "it is there 2 times"},
		"more uses":  {edit{name: "c", tables: []table{{file: "x.go", field: "values", uses: 1}}}, "expects 1 uses of values in x.go, and there are 2"},
		"no file":    {edit{name: "d", swaps: []swap{{file: "z.go", old: "one", with: "y"}}}, `edit "d"`},
		"no Go left": {edit{name: "e", swaps: []swap{{file: "x.go", old: "package x", with: "packag"}}}, "after the edits"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			const source = "package x\n\nfunc one() { o.values[one] = o.values[two] }\n"
			if err := os.WriteFile(filepath.Join(dir, "x.go"), []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
			err := apply(dir, []edit{tc.edit})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("apply: %v, want %q", err, tc.want)
			}
			left, err := os.ReadFile(filepath.Join(dir, "x.go"))
			if err != nil || string(left) != source {
				t.Errorf("a refused edit wrote %q, %v", left, err)
			}
		})
	}
}

// Ensure that each form of use of a map becomes the method that does the same.
func TestUsesOfAMapBecomeCalls(t *testing.T) {
	t.Parallel()
	const source = `package x

func f() {
	o.values[k] = g(o.values[j])
	v, ok := o.values["a"]
	if _, ok := i.o.values[n]; ok {
	}
	w := o.values[v]
	delete(o.values, w)
	s.other[k] = 1
}
`
	const want = `package x

func f() {
	o.values.put(k, g(o.values.at(j)))
	v, ok := o.values.find("a")
	if _, ok := i.o.values.find(n); ok {
	}
	w := o.values.at(v)
	o.values.remove(w)
	s.other[k] = 1
}
`
	got, uses, err := asTable("x.go", source, "values")
	if err != nil {
		t.Fatal(err)
	}
	if got != want || uses != 6 {
		t.Errorf("%d uses, text:\n%s", uses, got)
	}
}
