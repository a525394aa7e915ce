package compile_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/runtime/compile"
)

// project is shop as a developer has it on disk: in a folder beside package.json and node_modules.
func project(change map[string]string) map[string]string {
	files := map[string]string{
		"project.config.json": `{"miniprogramRoot": "miniprogram/", "setting": {"packNpmManually": true,
			"packNpmRelationList": [{"packageJsonPath": "./package.json", "miniprogramNpmDistDir": "./miniprogram/"}]}}`,
		"package.json": `{"dependencies": {"tea": "^1.0.0"}}`,
	}
	for name, content := range shop() {
		files["miniprogram/"+name] = content
	}
	maps.Copy(files, change)
	return files
}

func modulesOf(r *compile.Result) []string {
	var out []string
	for _, m := range r.Image.Modules {
		if strings.Contains(m.Path, "miniprogram_npm") {
			out = append(out, m.Path)
		}
	}
	return out
}

func TestCompile_BuildsThePackagesOfAProject(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		app    string // the app's own line
		change map[string]string
		want   []string
	}{
		{"main file", "require('tea')", map[string]string{
			"node_modules/tea/package.json": `{"main": "lib/tea"}`, "node_modules/tea/lib/tea.js": "require('./a')",
			"node_modules/tea/lib/a.js": "", "node_modules/tea/lib/unused.js": "not JavaScript",
		}, []string{"miniprogram_npm/tea/index.js", "miniprogram_npm/tea/lib/a.js", "miniprogram_npm/tea/lib/tea.js"}},
		{"no main", "import tea from 'tea'", map[string]string{
			"node_modules/tea/package.json": `{}`, "node_modules/tea/index.js": "",
		}, []string{"miniprogram_npm/tea/index.js"}},
		{"main beside another index.js", "require('tea')", map[string]string{
			"node_modules/tea/package.json": `{"main":"tea.cjs"}`, "node_modules/tea/index.js": "", "node_modules/tea/tea.cjs": "",
		}, []string{"miniprogram_npm/tea.js", "miniprogram_npm/tea/tea.cjs"}},
		{"miniprogram field", "require('tea/a/b')", map[string]string{
			"node_modules/tea/package.json": `{"miniprogram":"./dist/","main":"x.js"}`, "node_modules/tea/x.js": "",
			"node_modules/tea/dist/a/b.js": "", "node_modules/tea/src/a.js": "",
		}, []string{"miniprogram_npm/tea/a/b.js"}},
		{"what a package needs, once", "require('tea')", map[string]string{
			"node_modules/tea/package.json":                     `{"dependencies":{"leaf":"1","@s/water":"1"}}`,
			"node_modules/tea/index.js":                         "require('leaf'); require('@s/water')",
			"node_modules/tea/node_modules/leaf/package.json":   `{}`,
			"node_modules/tea/node_modules/leaf/index.js":       "require('@s/water')",
			"node_modules/leaf/package.json":                    `{}`,
			"node_modules/leaf/index.js":                        "",
			"node_modules/@s/water/package.json":                `{}`,
			"node_modules/@s/water/index.js":                    "",
			"node_modules/dev/package.json":                     `{}`,
			"node_modules/dev/index.js":                         "",
			"node_modules/tea/node_modules/leaf/README.md":      "",
			"node_modules/tea/node_modules/leaf/test/broken.js": "var =",
		}, []string{"miniprogram_npm/@s/water/index.js", "miniprogram_npm/tea/index.js", "miniprogram_npm/tea/miniprogram_npm/leaf/index.js"}},
		{"exports", "require('tea'); require('tea/get'); require('tea/deep/x')", map[string]string{
			"node_modules/tea/package.json": `{"exports":{".":{"import":"./m.mjs","require":"./m.cjs"},"./get":"./lib/get.js","./deep/*":{"default":"./lib/*.js"}}}`,
			"node_modules/tea/m.cjs":        "", "node_modules/tea/m.mjs": "", "node_modules/tea/lib/get.js": "", "node_modules/tea/lib/x.js": "",
		}, []string{"miniprogram_npm/tea/deep/x.js", "miniprogram_npm/tea/get.js", "miniprogram_npm/tea/index.js",
			"miniprogram_npm/tea/lib/get.js", "miniprogram_npm/tea/lib/x.js", "miniprogram_npm/tea/m.cjs"}},
		{"browser field", "require('tea')", map[string]string{
			"node_modules/tea/package.json": `{"browser":{"./node.js":"./browser.js","fs":false}}`, "node_modules/tea/index.js": "require('./node'); require('fs')",
			"node_modules/tea/node.js": "", "node_modules/tea/browser.js": "",
		}, []string{"miniprogram_npm/tea/browser.js", "miniprogram_npm/tea/index.js", "miniprogram_npm/tea/miniprogram_npm/fs/index.js", "miniprogram_npm/tea/node.js"}},
		{"folder with a package.json, JSON", "require('tea/fp'); require('tea/package.json')", map[string]string{
			"node_modules/tea/package.json": `{"version":"1"}`, "node_modules/tea/fp/package.json": `{"main":"../lib/fp.js"}`, "node_modules/tea/lib/fp.js": "",
			"node_modules/tea/fp/x.js": "",
		}, nil},
		{"packNpmManually", "require('tea')", map[string]string{
			"project.config.json": `{"miniprogramRoot":"miniprogram","setting":{"packNpmManually":true,
				"packNpmRelationList":[{"packageJsonPath":"./deps/package.json","miniprogramNpmDistDir":"./miniprogram/"}]}}`,
			"deps/package.json": `{"dependencies":{"tea":"1"}}`, "deps/node_modules/tea/package.json": "{}", "deps/node_modules/tea/index.js": "",
		}, []string{"miniprogram_npm/tea/index.js"}},
		{"package.json in the program", "require('tea')", map[string]string{
			"project.config.json":      `{"miniprogramRoot":"miniprogram"}`,
			"miniprogram/package.json": `{"dependencies":{"tea":"1"}}`, "miniprogram/node_modules/tea/package.json": "{}", "miniprogram/node_modules/tea/index.js": "",
		}, []string{"miniprogram_npm/tea/index.js"}},
		{"built by the developer", "require('tea')", map[string]string{
			"node_modules/tea/package.json": `{"main":"other.js"}`, "node_modules/tea/other.js": "", "miniprogram/miniprogram_npm/tea/index.js": "1",
		}, []string{"miniprogram_npm/tea/index.js"}},
	} {
		files := project(c.change)
		files["miniprogram/app.js"] = c.app + "\nApp({})"
		r := run(files, nil)
		if r.Image == nil || len(r.Diagnostics) > 0 {
			t.Errorf("%s: diagnostics: %v", c.name, r.Diagnostics)
			continue
		}
		if c.want == nil {
			continue
		}
		if diff := cmp.Diff(c.want, modulesOf(r)); diff != "" {
			t.Errorf("%s: modules (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestCompile_PackagesChooseTheirCodeForProduction(t *testing.T) {
	t.Parallel()
	r := run(project(map[string]string{
		"miniprogram/app.js":            "require('tea')\nApp({mode: () => process.env.NODE_ENV})",
		"node_modules/tea/package.json": `{}`, "node_modules/tea/index.js": "exports.mode = process.env.NODE_ENV",
	}), nil)
	if r.Image == nil {
		t.Fatal(r.Diagnostics)
	}
	for _, m := range r.Image.Modules {
		replaced := !strings.Contains(m.Source, "process.env")
		if m.Path == "miniprogram_npm/tea/index.js" && !replaced || m.Path == "app.js" && replaced {
			t.Errorf("%s is %s", m.Path, m.Source)
		}
	}
}

func TestCompile_LeavesThePackagesBesideTheProgramAlone(t *testing.T) {
	t.Parallel()
	r := run(project(map[string]string{
		"project.config.json": `{"miniprogramRoot":"miniprogram"}`, "miniprogram/app.js": "require('tea')",
		"node_modules/tea/package.json": "{}", "node_modules/tea/index.js": ";",
	}), nil)
	if diff := cmp.Diff([]string{"warning npm-not-built miniprogram/app.js:1:1"}, lines(r.Diagnostics)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

func TestCompile_NamesTheFileOfThePackage(t *testing.T) {
	t.Parallel()
	r := run(project(map[string]string{
		"miniprogram/app.js":            "require('tea')\nApp({})\nrequire('other')",
		"node_modules/tea/package.json": `{}`, "node_modules/tea/index.js": "\nvar =",
	}), nil)
	want := []string{"error js-syntax node_modules/tea/index.js:2:5", "warning npm-not-built miniprogram/app.js:3:1"}
	if diff := cmp.Diff(want, lines(r.Diagnostics)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

func TestCompile_ReadsProjectConfig(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config string
		want   []string
		public string
	}{
		{`{"miniprogramRoot":"./miniprogram"}`, []string{}, "app.json img/home.png"},
		{`{"miniprogramRoot":".\\miniprogram\\"}`, []string{}, "app.json img/home.png"},
		{`{"miniprogramRoot":"dist/","srcMiniprogramRoot":"miniprogram/"}`, []string{}, "app.json img/home.png"},
		{`{"miniprogramRoot":"dist/"}`, []string{"error app-json-not-found app.json:0:0", "error root-not-found project.config.json:1:20"}, ""},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"folder","value":"img"}]}}`, nil, "app.json"},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"file","value":"/img/home.png"}]}}`, nil, "app.json"},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"suffix","value":".png"}]}}`, nil, "app.json"},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"prefix","value":"home"}]}}`, nil, "app.json"},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"regexp","value":"\\.png$"}]}}`, nil, "app.json"},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"glob","value":"**/h*.{jpg,png}"}]}}`, nil, "app.json"},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"glob","value":"*.png"}]}}`, nil, "app.json img/home.png"},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"folder","value":"img"}],"include":[{"type":"file","value":"img/home.png"}]}}`, nil, "app.json img/home.png"},
		{`{"miniprogramRoot":"miniprogram", "packOptions":{"ignore":[{"type":"odd","value":"img"},{"type":"regexp","value":"("}]}}`,
			[]string{"warning config-value project.config.json:1:60", "warning config-value project.config.json:1:89"}, "app.json img/home.png"},
	} {
		r := run(project(map[string]string{"project.config.json": c.config}), nil)
		if diff := cmp.Diff(c.want, lines(r.Diagnostics)); c.want != nil && len(c.want)+len(r.Diagnostics) > 0 && diff != "" {
			t.Errorf("%s: diagnostics (-want +got):\n%s", c.config, diff)
		}
		var public []string
		for _, name := range slices.Sorted(maps.Keys(r.Public)) {
			if !strings.HasPrefix(name, "pages/") && !strings.HasPrefix(name, "components/") {
				public = append(public, name)
			}
		}
		if got := strings.Join(public, " "); got != c.public {
			t.Errorf("%s: public files %q, want %q", c.config, got, c.public)
		}
	}
}
