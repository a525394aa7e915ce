package api

import (
	_ "embed"
	"mime"

	"github.com/gofiber/fiber/v2"
)

// The documentation page loads nothing from outside and runs no inline script.
//
//go:embed docs/index.html
var docsPage []byte

//go:embed docs/docs.css
var docsStyle []byte

//go:embed docs/docs.js
var docsScript []byte

// docsPolicy allows the page to load its own script and style and to fetch the document, nothing
// else.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// serveDocs adds /openapi.json and /docs.
func (s *Server) serveDocs() {
	s.App.Get("/openapi.json", func(c *fiber.Ctx) error {
		body, err := s.document()
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "application/vnd.oai.openapi+json;version=3.1")
		c.Set(fiber.HeaderAccessControlAllowOrigin, "*") // it is public, and editors fetch it
		return c.Send(body)
	})
	s.App.Get("/docs", page(docsPage, ".html"))
	s.App.Get("/docs/docs.css", page(docsStyle, ".css"))
	s.App.Get("/docs/docs.js", page(docsScript, ".js"))
}

func page(body []byte, extension string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		DocsHeaders(c, extension)
		return c.Send(body)
	}
}

// DocsHeaders sets the headers of a page of documentation: its type by the extension, and the
// policy that allows it to load only our own style and script.
func DocsHeaders(c *fiber.Ctx, extension string) {
	c.Set(fiber.HeaderContentType, mime.TypeByExtension(extension))
	c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
	c.Set(fiber.HeaderCacheControl, "no-cache")
}
