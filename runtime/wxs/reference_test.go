package wxs_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dop251/goja"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wxml"
)

// files are the files of one program.
type files map[string]string

func (f files) ReadFile(path string) ([]byte, bool) {
	text, ok := f[path]
	return []byte(text), ok
}

// call is [name of a function of the module, arguments].
type call [2]any

// evaluation is one module with what is asked of it.
type evaluation struct {
	Files   files        `json:"files"`
	Main    string       `json:"main"`
	Calls   []call       `json:"calls"`
	Modules []moduleCode `json:"modules"`
}

type moduleCode struct {
	Path string          `json:"path"`
	Code json.RawMessage `json:"code"`
}

// show is a module that makes a text of any value, so that the three evaluators can be compared. It is
// WXS itself.
const show = `
function show(v, depth) {
	if (depth > 6) return '…';
	if (v === null) return 'null';
	if (typeof v === 'string') return JSON.stringify(v);
	if (typeof v === 'number') return v === 0 && 1 / v < 0 ? '-0' : '' + v;
	if (typeof v === 'function') return 'function';
	if (typeof v !== 'object') return '' + v;
	var kind = v.constructor, i, parts = [];
	if (kind === 'Date') return 'date ' + v.getTime();
	if (kind === 'RegExp') return 'regexp ' + v.source + ' ' + v.flags;
	if (kind === 'Array') {
		for (i = 0; i < v.length; i++) parts.push(show(v[i], depth + 1));
		return '[' + parts.join(', ') + ']';
	}
	for (i in v) parts.push(JSON.stringify(i) + ': ' + show(v[i], depth + 1));
	return '{' + parts.join(', ') + '}';
}
module.exports = {one: function (module, call) {
	var f = call[0] === '' ? module : module[call[0]];
	return show(f.apply(undefined, call[1]), 0);
}};
`

// evaluate runs the calls on Node, on the view script's interpreter, and on the engine. The answers come
// back in this order, call by call.
func evaluate(t testing.TB, list []evaluation) (answers [][][3]string) {
	t.Helper()
	answers = make([][][3]string, len(list))
	for i := range list {
		e := &list[i]
		e.Files["show.wxs"] = show
		answers[i] = make([][3]string, len(e.Calls))
		for at, text := range onEngine(t, e) {
			answers[i][at][2] = text
		}
	}
	input, err := json.Marshal(map[string]any{"interpreter": interpreter(t), "cases": list})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", "--stack-size=4000", "reference/evaluate.mjs")
	command.Stdin = bytes.NewReader(input)
	command.Env = append(os.Environ(), "TZ=UTC")
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, problems.String())
	}
	var both []struct{ Node, View []string }
	if err := json.Unmarshal(output[bytes.LastIndexByte(bytes.TrimSpace(output), '\n')+1:], &both); err != nil {
		t.Fatalf("%v: %.300s", err, output)
	}
	for i, one := range both {
		for at := range one.Node {
			answers[i][at][0], answers[i][at][1] = one.Node[at], one.View[at]
		}
	}
	return answers
}

// interpreter builds the view script's interpreter once and returns its file.
func interpreter(t testing.TB) string {
	t.Helper()
	file, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "wxs")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "interpret.mjs")
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{"../../web/view/src/wxs/interpret.ts"}, Outfile: file,
		Write: true, Bundle: true, Format: api.FormatESModule, Target: api.ES2022,
	})
	if len(result.Errors) > 0 {
		return "", &buildError{result.Errors[0].Text}
	}
	return file, nil
})

type buildError struct{ text string }

func (e *buildError) Error() string { return e.text }

func TestMain(m *testing.M) {
	code := m.Run()
	if file, err := built(); err == nil {
		_ = os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(code)
}

// onEngine runs the calls as a page does: each is an expression of its markup, so that the others go on
// after an error.
func onEngine(t testing.TB, e *evaluation) []string {
	t.Helper()
	var page strings.Builder
	page.WriteString(`<wxs module="m" src="/` + e.Main + `"/><wxs module="show" src="/show.wxs"/>` +
		`<text wx:for="{{calls}}">{{show.one(m, item)}}</text>`)
	all := files{"page.wxml": page.String()}
	maps.Copy(all, e.Files)
	compiled, diagnostics := wxml.Compile(all, "page.wxml", wxml.Options{})
	for _, d := range diagnostics {
		if d.Severity == source.Error {
			t.Fatalf("%s:%d:%d: %s\n%s", d.File, d.Line, d.Column, d.Message, e.Files[e.Main])
		}
	}
	e.Modules = nil
	for _, m := range compiled.Modules {
		e.Modules = append(e.Modules, moduleCode{m.Path, m.View})
	}
	rt := goja.New()
	calls, err := json.Marshal(e.Calls)
	if err != nil {
		t.Fatal(err)
	}
	data, err := rt.RunString("(" + string(calls) + ")")
	if err != nil {
		t.Fatal(err)
	}
	copied, err := (&view.Copier{Bytes: 1 << 20, Depth: 100}).Copy(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	tree := view.New(rt, compiled, view.NewDict([]string{"calls"}, []view.Value{copied}), view.Limits{})
	var rendered error
	if ex := rt.Try(func() { _, rendered = tree.Render() }); ex != nil {
		t.Fatal(ex)
	}
	if rendered != nil {
		t.Fatal(rendered)
	}
	texts := make([]string, 0, len(e.Calls))
	for _, n := range tree.Find("text") {
		text := n.InnerText()
		if text == "" {
			text = "!"
		}
		texts = append(texts, text)
	}
	for _, w := range tree.Warnings() {
		t.Log(w)
	}
	return texts
}

// compare reports every call on which the three differ.
func compare(t testing.TB, list []evaluation) {
	t.Helper()
	compared := 0
	for i, answers := range evaluate(t, list) {
		for at, a := range answers {
			compared++
			if a[0] != a[1] || a[0] != a[2] {
				arguments, _ := json.Marshal(list[i].Calls[at][1])
				t.Errorf("%s %s(%s)\n  node:   %s\n  view:   %s\n  engine: %s", list[i].Main, list[i].Calls[at][0],
					arguments, a[0], a[1], a[2])
			}
		}
	}
	t.Logf("%d calls compared", compared)
}
