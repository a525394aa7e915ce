package check_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/check"
)

// The libraries that most programs use, as npm has them: `make libraries` installs them. Every part of
// libraries/pages/*.txt becomes a page.

// library is a file of pages and the components that its tags stand for.
type library struct {
	pages string
	tag   *regexp.Regexp
	path  func(tag string) string
}

var libraries = []library{
	{"vant", regexp.MustCompile(`<van-([a-z-]+)`), func(tag string) string { return "@vant/weapp/" + tag + "/index" }},
	{"tdesign", regexp.MustCompile(`<t-([a-z-]+)`), func(tag string) string { return "tdesign-miniprogram/" + tag + "/" + tag }},
	{"weui", regexp.MustCompile(`<mp-([a-z-]+)`), func(tag string) string { return "weui-miniprogram/" + tag + "/" + tag }},
	{"others", regexp.MustCompile(`<(mp-html|recycle-view|recycle-item)`), func(tag string) string {
		if tag == "mp-html" {
			return "mp-html/index"
		}
		return "miniprogram-recycle-view/" + tag
	}},
}

// waiting are the pages that do not pass yet, with the reason. One that passes has to leave the list.
var waiting = map[string]string{}

func TestThePagesOfLibrariesOpenWithoutAnError(t *testing.T) {
	t.Parallel()
	// `make test-go` installs them first; a plain go test has nothing to open.
	if _, err := os.Stat("libraries/node_modules"); err != nil {
		t.Skip("`make libraries` installs the libraries")
	}
	packages := map[string]string{}
	for _, name := range []string{"package.json", "node_modules"} {
		err := filepath.WalkDir(filepath.Join("libraries", name), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch filepath.Ext(path) {
			case ".js", ".json", ".wxml", ".wxss", ".wxs":
				text, err := os.ReadFile(path)
				packages[strings.TrimPrefix(path, "libraries/")] = string(text)
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, lib := range libraries {
		t.Run(lib.pages, func(t *testing.T) {
			t.Parallel()
			files, pages := lib.program(t, packages)
			report, _ := runWith(t, files, check.Options{PageTimeout: 2 * time.Minute}) // a busy machine is no fault of a page
			for _, d := range report.Diagnostics {
				if d.Severity == "error" {
					t.Errorf("%s:%d: %s", d.File, d.Line, d.Message)
				}
			}
			seen := map[string]bool{}
			for _, p := range report.Pages {
				name := lib.pages + "/" + strings.TrimPrefix(filepath.Dir(p.Page), "pages/")
				seen[p.Page] = true
				reason, late := waiting[name]
				switch {
				case late && p.OK:
					t.Errorf("%s passes now: take it out of the list", name)
				case !late && !p.OK:
					t.Errorf("%s: %s", name, problem(p))
				case late:
					t.Logf("%s waits: %s: %s", name, reason, problem(p))
				}
			}
			for _, page := range pages {
				if !seen[page] {
					t.Errorf("%s was not opened", page)
				}
			}
		})
	}
}

func problem(p check.Page) string {
	if p.Error == nil {
		return "no error is told"
	}
	return fmt.Sprintf("%s:%d %s (%s)", p.Error.File, p.Error.Line, p.Error.Text, p.Error.During)
}

// program makes a mini program of the pages of a library.
func (l *library) program(t *testing.T, packages map[string]string) (files map[string]string, pages []string) {
	t.Helper()
	text, err := os.ReadFile("libraries/pages/" + l.pages + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	maps.Copy(files, packages)
	for _, part := range strings.Split(string(text), "\n-- ")[1:] {
		name, body, _ := strings.Cut(part, " --\n")
		page := "pages/" + name + "/index"
		var markup, module, fields []string
		for line := range strings.SplitSeq(strings.TrimSpace(body), "\n") {
			switch {
			case strings.HasPrefix(line, "<"):
				markup = append(markup, line)
			case strings.HasPrefix(line, "module: "):
				module = append(module, strings.TrimPrefix(line, "module: "))
			default:
				fields = append(fields, line)
			}
		}
		using := map[string]string{}
		for _, tag := range l.tag.FindAllStringSubmatch(strings.Join(markup, ""), -1) {
			using[strings.TrimPrefix(tag[0], "<")] = l.path(tag[1])
		}
		config, err := json.Marshal(map[string]any{"usingComponents": using})
		if err != nil {
			t.Fatal(err)
		}
		fields = append(fields, "event(e) {}")
		files[page+".wxml"] = strings.Join(markup, "\n")
		files[page+".json"] = string(config)
		files[page+".js"] = strings.Join(module, "\n") + "\nPage({" + strings.Join(fields, ",\n") + "})"
		pages = append(pages, page)
	}
	config, err := json.Marshal(map[string]any{"pages": pages})
	if err != nil {
		t.Fatal(err)
	}
	files["app.json"] = string(config)
	return files, pages
}
