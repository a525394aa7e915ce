// Package guides serves the guides for developers at /docs/guides, beside the API's own page: the
// pages of docs/ that they need, rendered once at start.
package guides

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api"

	_ "embed"
)

// shown are the guides in the order in which a developer needs them. The other pages of docs/ are
// about Teahouse's own code.
var shown = []string{
	"first-mini-program", "bring-your-project", "server", "cloud", "payments", "webhooks", "errors", "wx", "bundles", "check", "versions", "bridge", "limits",
}

// repository is where links to pages lead that are not shown here.
const repository = "https://github.com/teahouse/teahouse/blob/main/docs/"

// Section is a part of a guide that can be found and linked to.
type Section struct {
	Guide string `json:"guide"` // title of the guide
	Title string `json:"title"`
	URL   string `json:"url"`
	Text  string `json:"text"` // for the search
}

// Guide is one page.
type Guide struct {
	Name, Title string
	Body        template.HTML // our own Markdown, rendered without raw HTML
	Sections    []Section
}

// Guides are the pages, ready to be sent.
type Guides struct {
	pages map[string][]byte
	index []byte
}

//go:embed guide.html
var layoutText string

var layout = template.Must(template.New("guide").Parse(layoutText))

// Load renders the guides.
func Load(files fs.FS) (*Guides, error) {
	var all []*Guide
	for _, name := range shown {
		source, err := fs.ReadFile(files, name+".md")
		if err != nil {
			return nil, fmt.Errorf("guides: %w", err)
		}
		guide, err := render(name, source)
		if err != nil {
			return nil, fmt.Errorf("guides: %s: %w", name, err)
		}
		all = append(all, guide)
	}
	g := &Guides{pages: map[string][]byte{}}
	sections := []Section{}
	for _, guide := range all {
		var page bytes.Buffer
		if err := layout.Execute(&page, map[string]any{"Guide": guide, "All": all}); err != nil {
			return nil, fmt.Errorf("guides: %s: %w", guide.Name, err)
		}
		g.pages[guide.Name] = page.Bytes()
		sections = append(sections, guide.Sections...)
	}
	var err error
	g.index, err = json.Marshal(map[string]any{"sections": sections})
	return g, err
}

func render(name string, source []byte) (*Guide, error) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	document := markdown.Parser().Parse(text.NewReader(source),
		parser.WithContext(parser.NewContext(parser.WithIDs(&headingIDs{taken: map[string]int{}}))))
	guide := &Guide{Name: name, Title: name}
	var current *Section
	err := ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			title := plain(n, source)
			if n.Level == 1 {
				guide.Title = title
			}
			if n.Level <= 3 {
				id, _ := n.AttributeString("id")
				anchor := ""
				if bytesID, ok := id.([]byte); ok && n.Level > 1 {
					anchor = "#" + string(bytesID)
				}
				guide.Sections = append(guide.Sections,
					Section{Guide: guide.Title, Title: title, URL: "/docs/guides/" + name + anchor})
				current = &guide.Sections[len(guide.Sections)-1]
			}
		case *ast.Link:
			n.Destination = []byte(target(string(n.Destination)))
		case *ast.Text, *ast.String, *ast.CodeSpan, *ast.FencedCodeBlock, *ast.CodeBlock:
			if current != nil && len(current.Text) < maxSearchText {
				current.Text += plain(n, source) + " "
			}
			if n.Kind() == ast.KindCodeSpan {
				return ast.WalkSkipChildren, nil
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := markdown.Renderer().Render(&body, source, document); err != nil {
		return nil, err
	}
	// The tables scroll by themselves when they are wider than the page.
	html := strings.NewReplacer("<table>", `<div class="wide" tabindex="0"><table>`, "</table>", "</table></div>").
		Replace(body.String())
	guide.Body = template.HTML(html) //nolint:gosec // our own text; goldmark leaves raw HTML out
	return guide, nil
}

// headingIDs names headings as the readers of the repository know them, so that a link works in both
// places: lower case, spaces as dashes, and nothing but letters, digits, dashes and underscores.
type headingIDs struct{ taken map[string]int }

// Generate implements parser.IDs.
func (h *headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, string(value))
	again := h.taken[id]
	h.taken[id]++
	if again > 0 {
		id = fmt.Sprintf("%s-%d", id, again)
	}
	return []byte(id)
}

// Put implements parser.IDs.
func (h *headingIDs) Put(value []byte) { h.taken[string(value)]++ }

// plain is the text of a node without marks.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	if kind := n.Kind(); kind == ast.KindFencedCodeBlock || kind == ast.KindCodeBlock {
		lines := n.Lines()
		for i := range lines.Len() {
			line := lines.At(i)
			b.Write(line.Value(source))
		}
		return b.String()
	}
	if leaf, ok := n.(*ast.Text); ok {
		return string(leaf.Segment.Value(source))
	}
	if leaf, ok := n.(*ast.String); ok {
		return string(leaf.Value)
	}
	for kid := n.FirstChild(); kid != nil; kid = kid.NextSibling() {
		b.WriteString(plain(kid, source))
	}
	return b.String()
}

// target leads a link between pages of docs/ to the guide, or to the repository.
func target(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.IsAbs() || u.Host != "" || u.Path == "" || strings.HasPrefix(u.Path, "/") {
		return link
	}
	name, isPage := strings.CutSuffix(u.Path, ".md")
	if isPage && slices.Contains(shown, name) {
		u.Path = "/docs/guides/" + name
		return u.String()
	}
	return repository[:len(repository)-len("docs/")] + path.Join("docs", link)
}

// Routes serves the guides.
func (g *Guides) Routes(app fiber.Router) {
	app.Get("/docs/guides.json", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.Send(g.index)
	})
	app.Get("/docs/guides/:name", func(c *fiber.Ctx) error {
		page := g.pages[c.Params("name")]
		if page == nil {
			return fault.Errorf(fault.NotFound, "no-guide", "There is no such guide; /docs lists them.")
		}
		api.DocsHeaders(c, ".html")
		return c.Send(page)
	})
}
