package wxs_test

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"strings"
	"testing"
)

// libraries are the component libraries of runtime/check/libraries, with the folder of their components.
var libraries = map[string]string{
	"@vant/weapp":         "dist",
	"tdesign-miniprogram": "miniprogram_dist",
	"weui-miniprogram":    "miniprogram_dist",
}

// samples are the arguments that every exported function of the libraries is called with: what the
// components of these libraries give them, in kind.
var samples = [][]any{
	{},
	{"button"},
	{"cell", []any{"primary", map[string]any{"active": true, "round": false}}},
	{map[string]any{"color": "#f00", "width": 12, "name": "x", "type": "primary", "size": "large"}},
	{3, 5},
	{"12px", "a"},
	{[]any{"a", "b", nil}},
	{1767225600000.0, 1767312000000.0},
	{map[string]any{"date": 1767225600000.0, "type": "start"}, "red", 64, true, 7},
	{nil, nil},
	{true, false, []any{1, 2}},
	{map[string]any{"list": []any{map[string]any{"text": "t", "value": 1}}, "value": 1, "opened": []any{true}}, 0, 1},
}

// particular are the arguments of functions that run without end on others: they count days until a date.
var particular = map[string][][]any{
	"getMonths": {{1767225600000.0, 1775000000000.0}, {1767225600000.0, 1767225600000.0}},
}

// Ensure that every WXS file of the component libraries compiles, and gives what JavaScript gives.
func TestLibraries_ComputeWhatNodeComputes(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("../check/libraries/node_modules"); err != nil {
		t.Fatal("the libraries are not installed: run `make libraries` in the root of the repository")
	}
	var list []evaluation
	for library, folder := range libraries {
		all := files{}
		root := os.DirFS(path.Join("../check/libraries/node_modules", library, folder))
		err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(name, ".wxs") {
				var text []byte
				text, err = fs.ReadFile(root, name)
				all[name] = string(text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			t.Fatalf("%s has no modules", library)
		}
		for name := range all {
			e := evaluation{Main: name, Files: maps.Clone(all)}
			for _, function := range exported(t, all, name) {
				arguments := samples
				if own := particular[function]; own != nil {
					arguments = own
				}
				for _, arguments := range arguments {
					e.Calls = append(e.Calls, call{function, arguments})
				}
			}
			list = append(list, e)
		}
	}
	t.Logf("%d modules", len(list))
	compare(t, list)
}
