package fault_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/fault"
)

// Ensure that no text for people lacks its Chinese, and that both take the same arguments.
func TestEveryTextHasItsChinese(t *testing.T) {
	t.Parallel()
	said := map[string]string{} // text: where
	for _, room := range []string{"server", "registry", "payments", "runtime"} {
		err := filepath.WalkDir(filepath.Join("..", room), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				return err
			}
			for _, text := range texts(tree) {
				said[text] = name
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(said) < 200 {
		t.Fatalf("only %d texts were found; the code words them in another way now", len(said))
	}
	for _, text := range slices.Sorted(maps.Keys(said)) {
		chinese, ok := fault.ChineseTexts[text]
		if !ok {
			t.Errorf("fault/chinese.go lacks, of %s:\n\t%s: ,", said[text], strconv.Quote(text))
			continue
		}
		if want, got := verbs(text), verbs(chinese); !slices.Equal(want, got) {
			t.Errorf("%q has the verbs %v, its Chinese %v", text, want, got)
		}
	}
	if testing.Verbose() {
		t.Logf("%d texts", len(said))
	}
}

var verb = regexp.MustCompile(`%(\[\d+\])?[-+#.\d]*[a-zA-Z]`)

// verbs lists the formatting verbs, each with the argument that it takes.
func verbs(format string) []string {
	var found []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(format, "%%", ""), -1) {
		at := m[1]
		if at == "" {
			at = "[" + strconv.Itoa(next) + "]"
		}
		n, _ := strconv.Atoi(strings.Trim(at, "[]"))
		next = n + 1
		found = append(found, at+m[0][len(m[0])-1:])
	}
	slices.Sort(found)
	return found
}

// texts finds what a file says to people: the texts of faults and of their fields, of problems, and
// of the refusals of framing.
func texts(tree *ast.File) (found []string) {
	add := func(e ast.Expr) {
		if text, ok := literal(e); ok && text != "" {
			found = append(found, text)
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if compiler[tree.Name.Name] {
				for _, arg := range n.Args {
					if text, ok := literal(arg); ok && diagnostic(n, text) {
						found = append(found, text)
					}
				}
			}
			switch called := n.Fun.(type) {
			case *ast.SelectorExpr:
				pkg, _ := called.X.(*ast.Ident)
				switch {
				case pkg != nil && pkg.Name == "fault" && called.Sel.Name == "Errorf" && len(n.Args) > 2:
					add(n.Args[2])
				case pkg != nil && pkg.Name == "fault" && called.Sel.Name == "Textf":
					add(n.Args[0])
				case called.Sel.Name == "At" && len(n.Args) == 2:
					add(n.Args[1])
				}
			case *ast.Ident:
				switch { // functions that make a fault of a text
				case called.Name == "refusal" && len(n.Args) == 2:
					add(n.Args[1])
				case called.Name == "badContent", called.Name == "badURL":
					add(n.Args[0])
				case called.Name == "invalid" && tree.Name.Name == "document", called.Name == "full" && tree.Name.Name == "cloud":
					add(n.Args[0])
				case called.Name == "invalid" && tree.Name.Name == "bundle":
					add(n.Args[2])
				}
			}
		case *ast.FuncDecl: // of package wxs: what to write instead
			if tree.Name.Name == "wxs" && strings.HasPrefix(n.Name.Name, "refused") {
				ast.Inspect(n.Body, func(inner ast.Node) bool {
					if answer, ok := inner.(*ast.ReturnStmt); ok && len(answer.Results) == 1 {
						add(answer.Results[0])
					}
					return true
				})
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Detail" || key.Name == "Text" && tree.Name.Name == "framing") {
				add(n.Value)
			}
		case *ast.ValueSpec: // the tables of package api, the sentences of package worker, the reasons of package wx
			if len(n.Names) == 1 && n.Names[0].Name == "reasons" && tree.Name.Name == "wx" {
				for _, entry := range n.Values[0].(*ast.CompositeLit).Elts {
					add(entry.(*ast.CompositeLit).Elts[1])
				}
			}
			if len(n.Names) == 1 && strings.HasPrefix(n.Names[0].Name, "message") && tree.Name.Name == "worker" && len(n.Values) == 1 {
				add(n.Values[0])
			}
			if len(n.Names) == 1 && n.Names[0].Name == "faults" && tree.Name.Name == "payments" {
				for _, entry := range n.Values[0].(*ast.CompositeLit).Elts {
					add(entry.(*ast.KeyValueExpr).Value.(*ast.CompositeLit).Elts[1])
				}
			}
			if tree.Name.Name != "api" || len(n.Names) != 1 || n.Names[0].Name != "titles" && n.Names[0].Name != "plain" {
				return true
			}
			for _, entry := range n.Values[0].(*ast.CompositeLit).Elts {
				switch value := entry.(*ast.KeyValueExpr).Value.(type) {
				case *ast.CompositeLit:
					add(value.Elts[1])
				default:
					add(value)
				}
			}
		}
		return true
	})
	return found
}

// compiler are the packages whose diagnostics developers read.
var compiler = map[string]bool{"compile": true, "wxml": true, "wxss": true, "expr": true, "wxs": true}

// diagnostic reports whether a text in a call is a sentence for developers, or a part of one.
func diagnostic(call *ast.CallExpr, text string) bool {
	name := ""
	switch called := call.Fun.(type) {
	case *ast.Ident:
		name = called.Name
	case *ast.SelectorExpr:
		name = called.Sel.Name
		if pkg, ok := called.X.(*ast.Ident); ok && pkg.Name == "fault" {
			return false
		}
	}
	switch name {
	case "report", "wrong", "fail", "warn", "add", "refuse", "refuseAs":
		return strings.Count(text, " ") >= 2
	case "Sprintf":
		return strings.Count(text, " ") >= 2 && !strings.HasPrefix(text, "compile: ")
	}
	return false
}

// literal is the text of a string in the code, joined of several if need be.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, ok2 := literal(e.Y)
		return left + right, ok && ok2
	}
	return "", false
}

func TestMessageIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{fault.Errorf(fault.RateLimited, "rate-limited", "Too many requests (limit %q). Try again in %d seconds.", "login", 7), "请求过多（限制 \"login\"）。请在 7 秒后再试。"},
		{fault.Errorf(fault.Conflict, "version-state", "It is not possible to %s a version that is %s. Load it again to see what has happened.", "submit", "released"),
			"无法对状态为 released 的版本执行 submit。请重新加载，查看最新情况。"},
		{fault.Errorf(fault.Conflict, "order-paid", "%s", "This order is already paid."), "此订单已支付。"},
		{fault.Errorf(fault.Invalid, "bundle-path", "%s: %s", "a/b", "the path is longer than 200 bytes."), "a/b：路径超过 200 字节。"},
		{fmt.Errorf("reading: %w", errors.New("dial /run/secret.sock")), "内部错误。"},
		{nil, ""},
	} {
		if got := fault.MessageIn(fault.Chinese, c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
		if got := fault.MessageIn(fault.English, c.err); got != fault.MessageOf(c.err) {
			t.Errorf("in English %v is %q", c.err, got)
		}
	}
}

func TestTranslateKnowsTextsThatWereFormattedBefore(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"expected length <= 64": "长度应小于或等于 64",
		"A list has 20000 rows; a page shows at most 16000 elements. Show long lists page by page.": "列表有 20000 行；一个页面最多显示 16000 个元素。长列表请分页显示。",
		"what an app says about itself":                                       "what an app says about itself",
		`tabBar.list should be a list: [ … ].`:                                `tabBar.list 应为列表：[ … ]。`,
		`app.json.name should be a text of up to 64 characters.`:              `app.json.name 应为最多 64 个字符的文本。`,
		`There is no picture "a.png".`:                                        `没有图片 "a.png"。`,
		`A stray " in the tag <view> is ignored. Check the quotes around it.`: `标签 <view> 中多余的 " 被忽略。请检查其周围的引号。`,
		"": "",
	} {
		if got := fault.Translate(fault.Chinese, text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"": "en", "zh": "zh-CN", "zh-TW,en;q=0.5": "zh-CN", "ZH-Hans": "zh-CN", "zh_CN": "zh-CN", "zh;q=0.9": "zh-CN", "en-GB": "en", "zha": "en"} {
		if got := fault.LanguageOf(tag); got != want {
			t.Errorf("%q: %s, want %s", tag, got, want)
		}
	}
}

func FuzzTranslate(f *testing.F) {
	f.Add("expected length <= 64")
	f.Fuzz(func(t *testing.T, text string) {
		if got := fault.Translate(fault.Chinese, text); strings.Contains(got, "%!") && !strings.Contains(text, "%!") {
			t.Errorf("%q: %q", text, got)
		}
	})
}
