package compile

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"

	"github.com/teahouse/teahouse/runtime/source"
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
	case *ast.AssignExpression:
		switch left := n.Left.(type) {
		case *ast.DotExpression:
			s.adds(left.Left, left.Identifier.Name.String())
		case *ast.BracketExpression:
			if name, ok := left.Member.(*ast.StringLiteral); ok {
				s.adds(left.Left, name.Value.String())
			}
		}
	case *ast.PropertyKeyed:
		if key, ok := n.Key.(*ast.StringLiteral); ok && key.Value == "styleIsolation" {
			if value, ok := n.Value.(*ast.StringLiteral); ok {
				s.m.isolation = value.Value.String()
			}
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
		s.collection(n)
		callee, later := n.Callee, len(n.ArgumentList) > 1
		if dot, ok := callee.(*ast.DotExpression); ok && dot.Identifier.Name == "async" {
			callee, later = dot.Left, true
		}
		if name, ok := callee.(*ast.Identifier); !ok || name.Name != "require" || len(n.ArgumentList) == 0 {
			return
		}
		if id, ok := n.ArgumentList[0].(*ast.StringLiteral); ok {
			line, column := s.position(n.Idx0())
			s.m.requires = append(s.m.requires, requirement{id.Value.String(), later, line, column})
		}
	}
}

// collection records the name in database.collection("todos").
func (s *scanner) collection(n *ast.CallExpression) {
	dot, ok := n.Callee.(*ast.DotExpression)
	if !ok || dot.Identifier.Name != "collection" || len(n.ArgumentList) != 1 || len(s.m.collections) >= MaxCollections {
		return
	}
	if name, ok := n.ArgumentList[0].(*ast.StringLiteral); ok {
		line, column := s.position(n.Idx0())
		s.m.collections = append(s.m.collections, APIUse{Name: name.Value.String(), File: s.m.file, Line: line, Column: column})
	}
}

// adds records a name that the program itself puts on wx, as the runtimes of compiled programs do.
func (s *scanner) adds(target ast.Expression, name string) {
	if isWx(target) && len(s.m.added) < MaxAPIs {
		s.m.added = append(s.m.added, name)
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
	line, column := s.position(at)
	s.m.apis = append(s.m.apis, APIUse{Name: name, File: s.m.file, Line: line, Column: column})
}

func (s *scanner) position(at file.Idx) (line, column int) {
	p := s.file.Position(int(at) - s.file.Base())
	return s.where(p.Line, p.Column)
}

// reportAPIs keeps the first use of each member in all modules, and warns about members that the
// engine does not have. What the program itself puts on wx is its own, unless it takes the place of
// something that the vendor has.
func (c *compilation) reportAPIs(added []string) {
	report := &c.result.Report
	report.APIs = slices.DeleteFunc(report.APIs, func(use APIUse) bool {
		return slices.Contains(added, use.Name) && !slices.Contains(c.opts.Members, use.Name)
	})
	slices.SortStableFunc(report.APIs, func(a, b APIUse) int { return strings.Compare(a.Name, b.Name) })
	report.APIs = slices.CompactFunc(report.APIs, func(a, b APIUse) bool { return a.Name == b.Name })
	report.APIs = report.APIs[:min(len(report.APIs), MaxAPIs)]
	for i := range report.APIs {
		use := &report.APIs[i]
		use.Supported = c.opts.Supported == nil || c.opts.Supported(use.Name)
		c.missingAPI(*use)
		use.File = c.inBundle(use.File)
	}
}

// missingAPI warns about a member of wx that does not work: one that Teahouse does not support yet,
// or one that does not exist.
func (c *compilation) missingAPI(use APIUse) {
	known := c.opts.Members
	switch {
	case use.Supported:
	case len(known) == 0 || slices.Contains(known, use.Name):
		why := ""
		if c.opts.WhyNot != nil {
			why = c.opts.WhyNot(use.Name)
		}
		if why == "" {
			c.report(source.Warning, "api-not-supported", use.File, use.Line, use.Column,
				"wx.%s is not supported; calling it fails with an errMsg.", use.Name)
			return
		}
		c.report(source.Warning, "api-not-supported", use.File, use.Line, use.Column,
			"wx.%s is not supported: %s. Calling it fails with an errMsg.", use.Name, why)
	default:
		meant := nearest(use.Name, known)
		if meant != "" {
			meant = " Did you mean wx." + meant + "?"
		}
		c.report(source.Warning, "api-unknown", use.File, use.Line, use.Column,
			"There is no wx.%s; it is undefined.%s", use.Name, meant)
	}
}

// scopeOf is the scope that a member of wx needs, for apps that do not declare theirs.
var scopeOf = map[string]string{
	"login": "login", "checkSession": "login",
	"getUserProfile": "profile", "getUserInfo": "profile",
	"getLocation": "location", "getFuzzyLocation": "location",
	"startLocationUpdate": "location", "startLocationUpdateBackground": "location",
	"getRecorderManager": "record", "startRecord": "record",
	"requestPayment":          "payment",
	"requestSubscribeMessage": "subscribe",
	"request":                 "network",
	"uploadFile":              "network",
	"downloadFile":            "network",
	"connectSocket":           "network",
	"cloud":                   "cloud",
}

// permissions sets the scopes that the app requests: those it declares, else those of the APIs that
// it uses.
func (c *compilation) permissions() {
	asks := &c.img.App.Teahouse
	authorizes := slices.ContainsFunc(c.result.Report.APIs, func(use APIUse) bool { return use.Name == "authorize" })
	for _, use := range c.result.Report.APIs {
		scope, needs := scopeOf[use.Name]
		// Only a program that has asked by wx.authorize reads more of its user than of anybody. Libraries of
		// components name these two for programs that never call them.
		if scope == "profile" && !authorizes {
			continue
		}
		if !needs || slices.Contains(asks.Scopes, scope) {
			continue
		}
		if !c.declared {
			asks.Scopes = append(asks.Scopes, scope)
			continue
		}
		c.reportAt(source.Warning, "scope-not-declared", use.File, use.Line, use.Column,
			"wx.%s needs the scope %q, which teahouse.scopes in app.json does not list.", use.Name, scope)
	}
	if c.asks != nil && !slices.Contains(asks.Scopes, "network") {
		if c.declared {
			c.reportAt(source.Warning, "scope-not-declared", c.asks.File, c.asks.Line, c.asks.Column,
				"Cloud functions that send requests need the scope %q, which teahouse.scopes in app.json does not list.", "network")
		} else {
			asks.Scopes = append(asks.Scopes, "network")
		}
	}
	slices.Sort(asks.Scopes)
	c.missingCollections()
}

// missingCollections warns of collections that the program uses and does not declare: calls about them fail.
func (c *compilation) missingCollections() {
	if !slices.ContainsFunc(c.result.Report.APIs, func(use APIUse) bool { return use.Name == "cloud" }) {
		return
	}
	told := map[string]bool{}
	for _, use := range c.collections {
		if _, declared := c.img.App.Teahouse.Collections[use.Name]; declared || told[use.Name] || !collectionPattern.MatchString(use.Name) {
			continue
		}
		told[use.Name] = true
		c.reportAt(source.Warning, "collection-not-declared", c.inBundle(use.File), use.Line, use.Column,
			"The collection %q is not in teahouse.collections of app.json, so calls about it fail. Add %q: \"PRIVATE\" there, or another right.",
			use.Name, use.Name)
	}
}
