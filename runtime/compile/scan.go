package compile

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// scanner walks the syntax tree of a module and records the members of wx and the modules that it
// uses. It reads the tree and not the text, so names in comments and strings do not count. A
// program can hide a use with a computed name or by passing wx on. The report is only information
// for reviewers; the bridge decides at every call what an app may do.
type scanner struct {
	m     *module
	file  *file.File
	where func(line, column int) (int, int)
	seen  map[string]bool
	named int // how often the name require occurs, except after a dot
}

func (s *scanner) program(p *ast.Program) {
	s.file = p.File
	s.seen = map[string]bool{}
	s.walk(reflect.ValueOf(p.Body))
	// One occurrence is the parameter of the wrapping function. Any other that is not a call with a
	// constant may load any module, by a computed name or through another variable.
	s.m.loadsAny = s.named-1 > len(s.m.requires)
}

var fileType = reflect.TypeFor[*file.File]()

// walk visits everything below v. The tree has about sixty kinds of nodes and only four matter
// here, so reflection is used.
func (s *scanner) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			s.walk(v.Elem())
		}
	case reflect.Pointer:
		if v.IsNil() || v.Type() == fileType {
			return
		}
		s.visit(v)
		s.walk(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			s.walk(v.Index(i))
		}
	case reflect.Struct:
		t := v.Type()
		for i := range v.NumField() {
			// DeclarationList repeats declarations that are also in the function's body.
			if t.Field(i).IsExported() && t.Field(i).Name != "DeclarationList" {
				s.walk(v.Field(i))
			}
		}
	}
}

func (s *scanner) visit(v reflect.Value) {
	switch n := v.Interface().(type) {
	case *ast.DotExpression:
		if isWx(n.Left) {
			s.use(n.Identifier.Name.String(), n.Idx0())
		}
	case *ast.BracketExpression:
		if name, ok := n.Member.(*ast.StringLiteral); ok && isWx(n.Left) {
			s.use(name.Value.String(), n.Idx0())
		}
	case *ast.Binding:
		if pattern, ok := n.Target.(*ast.ObjectPattern); ok && isWx(n.Initializer) {
			s.destructured(pattern)
		}
	case *ast.StringLiteral:
		s.host(n.Value.String(), false, n.Idx)
	case *ast.TemplateLiteral:
		s.template(n)
	case *ast.Identifier:
		if n.Name == "require" {
			s.named++
		}
	case *ast.CallExpression:
		callee, ok := n.Callee.(*ast.Identifier)
		if !ok || callee.Name != "require" || len(n.ArgumentList) == 0 {
			return
		}
		if id, ok := n.ArgumentList[0].(*ast.StringLiteral); ok {
			line, column := s.position(n.Idx0())
			s.m.requires = append(s.m.requires, requirement{id.Value.String(), line, column})
		}
	}
}

// destructured records the names in `const {request, login: l} = wx`.
func (s *scanner) destructured(pattern *ast.ObjectPattern) {
	for _, property := range pattern.Properties {
		switch p := property.(type) {
		case *ast.PropertyShort:
			s.use(p.Name.Name.String(), p.Name.Idx)
		case *ast.PropertyKeyed:
			if key, ok := p.Key.(*ast.StringLiteral); ok {
				s.use(key.Value.String(), key.Idx)
			}
		}
	}
}

func isWx(e ast.Expression) bool {
	if optional, ok := e.(*ast.Optional); ok { // wx?.x
		e = optional.Expression
	}
	id, ok := e.(*ast.Identifier)
	return ok && id.Name == "wx"
}

func (s *scanner) use(name string, at file.Idx) {
	const longest = 64 // the longest name of the vendor has 43
	if name == "" || len(name) > longest || s.seen[name] || len(s.seen) >= MaxAPIs {
		return
	}
	s.seen[name] = true
	line, _ := s.position(at)
	s.m.apis = append(s.m.apis, APIUse{Name: name, File: s.m.file, Line: line})
}

func (s *scanner) position(at file.Idx) (line, column int) {
	p := s.file.Position(int(at) - s.file.Base())
	return s.where(p.Line, p.Column)
}

// reportAPIs keeps the first use of each member in all modules, and warns about members that the
// engine does not have.
func (c *compilation) reportAPIs() {
	report := &c.result.Report
	slices.SortStableFunc(report.APIs, func(a, b APIUse) int { return strings.Compare(a.Name, b.Name) })
	report.APIs = slices.CompactFunc(report.APIs, func(a, b APIUse) bool { return a.Name == b.Name })
	report.APIs = report.APIs[:min(len(report.APIs), MaxAPIs)]
	for i := range report.APIs {
		use := &report.APIs[i]
		use.Supported = c.opts.Supported == nil || c.opts.Supported(use.Name)
		c.missingAPI(*use)
		use.File = c.root + use.File
	}
}

// missingAPI warns about a member of wx that does not work: one that Teahouse does not support yet,
// or one that does not exist.
func (c *compilation) missingAPI(use APIUse) {
	known := c.opts.Members
	switch {
	case use.Supported:
	case len(known) == 0 || slices.Contains(known, use.Name):
		c.report(SeverityWarning, "api-not-supported", use.File, use.Line, 0,
			"wx.%s is not supported; calling it fails with an errMsg.", use.Name)
	default:
		meant := nearest(use.Name, known)
		if meant != "" {
			meant = " Did you mean wx." + meant + "?"
		}
		c.report(SeverityWarning, "api-unknown", use.File, use.Line, 0,
			"There is no wx.%s; it is undefined.%s", use.Name, meant)
	}
}

// scopeOf is the scope that a member of wx needs, for apps that do not declare theirs.
var scopeOf = map[string]string{
	"login": "login", "checkSession": "login",
	"getUserProfile": "profile", "getUserInfo": "profile",
	"requestPayment":          "payment",
	"requestSubscribeMessage": "subscribe",
	"request":                 "network",
	"uploadFile":              "network",
	"downloadFile":            "network",
	"connectSocket":           "network",
}

// permissions sets the scopes that the app requests: those it declares, else those of the APIs that
// it uses.
func (c *compilation) permissions() {
	asks := &c.img.App.Teahouse
	for _, use := range c.result.Report.APIs {
		scope, needs := scopeOf[use.Name]
		if !needs || slices.Contains(asks.Scopes, scope) {
			continue
		}
		if !c.declared {
			asks.Scopes = append(asks.Scopes, scope)
			continue
		}
		c.report(SeverityWarning, "scope-not-declared", strings.TrimPrefix(use.File, c.root), use.Line, 0,
			"wx.%s needs the scope %q, which teahouse.scopes in app.json does not list.", use.Name, scope)
	}
	slices.Sort(asks.Scopes)
}
