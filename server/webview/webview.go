// Package webview serves the document around the pages that <web-view> shows, and the script by which such
// a page speaks to its mini program.
//
// A page of a declared server is third-party JavaScript with an origin of its own. It runs in a frame inside
// this document, whose policy lets it show the servers of one version and no other: the policy holds for
// redirects and links too, wherever a page leads. The shell's own policy stays closed.
package webview

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
)

//go:embed frame.js
var frameScript string

//go:embed page.js
var pageScript string

// Versions tells what a version declares.
type Versions interface {
	Domains(ctx context.Context, image string) ([]string, error)
}

// Service serves the documents. Origins are those that a browser may show for a list of declared domains.
type Service struct {
	Versions Versions
	Origins  func(domains []string) []string
}

var imagePattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Routes adds the document and the script.
func (s *Service) Routes(app fiber.Router) {
	app.Get("/web-view/sdk.js", servePageScript)
	app.Get("/web-view/:image", s.serve)
}

// serve answers GET /web-view/{image}; the address of the page is behind the #, where only the script
// sees it.
func (s *Service) serve(c *fiber.Ctx) error {
	image := strings.Clone(c.Params("image"))
	if !imagePattern.MatchString(image) {
		return fault.Errorf(fault.NotFound, "not-found", "There is nothing at %s.", c.Path())
	}
	domains, err := s.Versions.Domains(c.UserContext(), image)
	if err != nil {
		return err
	}
	sources := strings.Join(s.Origins(domains), " ")
	if sources == "" {
		sources = "'none'"
	}
	sum := sha256.Sum256([]byte(frameScript))
	c.Set(fiber.HeaderContentSecurityPolicy, fmt.Sprintf("default-src 'none'; script-src 'sha256-%s'; "+
		"style-src 'unsafe-inline'; frame-src %s; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
		base64.StdEncoding.EncodeToString(sum[:]), sources))
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.SendString("<!doctype html><html><head><meta charset=\"utf-8\"><title>Web page</title>" +
		"<style>html,body,iframe{margin:0;width:100%;height:100%;border:0;display:block}</style></head><body>" +
		"<script>" + frameScript + "</script></body></html>")
}

func servePageScript(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	// Any page may load it: it is for those who are shown in a mini program.
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return c.SendString(pageScript)
}
