// Package pages serves the web client from the binary: the phone side at /, the developer's and the
// administrator's consoles, the view frame in which mini programs are drawn, and the package of the
// command line.
//
// All files are read, hashed and compressed once at start. A page is served for all addresses below
// its prefix, because the client has its own router; a missing asset is a 404.
package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/header"
)

// page is one of the entries: each address below prefix that is not a file returns its document.
type page struct {
	prefix   string // "/developer/"
	dir      string // in dist
	document string // in dir
}

// entries are matched in order; the phone's prefix matches everything.
var entries = []page{
	{"/developer/", "console", "developer/index.html"},
	{"/admin/", "console", "admin/index.html"},
	{"/console/", "console", ""},
	{"/view/", "view", ""},
	{"/sdk/", "sdk", ""},
	{"/", "phone", "index.html"},
}

// The policies of the documents. Styles may be inline because components compute them; scripts
// never are. Pictures come from the host alone.
const (
	pagePolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'%s; " +
		"frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	// workerPolicy holds for what the service worker does: it fetches the shell, and no more.
	workerPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'"
	// framePolicy gives the frame an opaque origin and no network: a mini program's page cannot
	// reach the shell, the host's API or anything else, with any markup. It runs the scripts of the
	// given hashes and no other, whoever serves them: the shell brings the view scripts as text.
	framePolicy = "sandbox allow-scripts; default-src 'none'; script-src%s; " +
		"style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
		"media-src 'self'; connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)

const compressMin = 1024 // smaller files fit into one packet

// file is a file ready to be sent.
type file struct {
	body     []byte
	gzipped  []byte // nil when it would not be smaller
	mime     string
	etag     string
	isFrame  bool
	isPage   bool
	isWorker bool
	hashed   bool // its name changes with its content
	fromView bool // the frame or a file of it
}

// Site is the client, ready to be sent.
type Site struct {
	files       map[string]*file
	framePolicy string
}

// Load reads the built client from dist.
func Load(dist fs.FS) (*Site, error) {
	site := &Site{files: map[string]*file{}}
	err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		body, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		site.files[name], err = prepare(name, body)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	site.framePolicy = fmt.Sprintf(framePolicy, site.frameScripts())
	return site, nil
}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// frameScripts are the sources of scripts for a frame's policy: the one in its document, which starts
// it, and the two view scripts.
func (s *Site) frameScripts() string {
	var scripts [][]byte
	for name, f := range s.files {
		switch {
		case f.isFrame:
			for _, found := range inlineScript.FindAllSubmatch(f.body, -1) {
				scripts = append(scripts, found[1])
			}
		case f.fromView && path.Ext(name) == ".js":
			scripts = append(scripts, f.body)
		}
	}
	if len(scripts) == 0 {
		return " 'none'"
	}
	var sources []string
	for _, script := range scripts {
		sum := sha256.Sum256(script)
		sources = append(sources, " 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	slices.Sort(sources)
	return strings.Join(sources, "")
}

func prepare(name string, body []byte) (*file, error) {
	sum := sha256.Sum256(body)
	f := &file{body: body, mime: mime.TypeByExtension(path.Ext(name)), etag: `"` + hex.EncodeToString(sum[:8]) + `"`,
		isPage: strings.HasSuffix(name, ".html"), hashed: strings.Contains(name, "/assets/"),
		fromView: strings.HasPrefix(name, "view/")}
	f.isFrame = f.isPage && f.fromView
	f.isWorker = name == "phone/sw.js"
	if path.Ext(name) == ".webmanifest" {
		f.mime = "application/manifest+json"
	}
	if f.mime == "" {
		f.mime = "application/octet-stream"
	}
	if len(body) < compressMin {
		return f, nil
	}
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if zipped.Len() < len(body)*9/10 {
		f.gzipped = zipped.Bytes()
	}
	return f, nil
}

// Routes adds the client after all other routes, for addresses without another route. It is no route
// itself but a middleware: an address with a route for another method is still answered with 405, and
// any other with 404.
func (s *Site) Routes(app fiber.Router) { app.Use(s.serve) }

// reserved are the prefixes of the interfaces, below which there are no pages.
var reserved = []string{"/api/", "/bridge/", "/oauth/", "/images/", "/media/", "/.well-known/"}

func (s *Site) serve(c *fiber.Ctx) error {
	address := c.Path()
	isBelow := func(prefix string) bool { return strings.HasPrefix(address, prefix) }
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead || slices.ContainsFunc(reserved, isBelow) {
		return c.Next()
	}
	for _, p := range entries {
		if address+"/" == p.prefix {
			return c.Redirect(p.prefix, fiber.StatusMovedPermanently)
		}
		if !strings.HasPrefix(address, p.prefix) {
			continue
		}
		if f := s.files[path.Join(p.dir, path.Clean("/"+strings.TrimPrefix(address, p.prefix)))]; f != nil {
			return s.send(c, f)
		}
		if f := s.files[path.Join(p.dir, p.document)]; f != nil && path.Ext(address) == "" {
			return s.send(c, f)
		}
		break
	}
	return fault.Errorf(fault.NotFound, "not-found", "There is nothing at %s.", address)
}

// plainHost matches a host that is safe in a policy: it cannot end a directive or match other
// hosts.
var plainHost = regexp.MustCompile(`^(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z._-]+)(:[0-9]+)?$`)

// sockets names this host's own websockets, which some browsers do not count as 'self'.
func sockets(host string) string {
	if !plainHost.MatchString(host) {
		return ""
	}
	return " ws://" + host + " wss://" + host
}

func (s *Site) send(c *fiber.Ctx, f *file) error {
	c.Set(fiber.HeaderContentType, f.mime)
	c.Set(fiber.HeaderETag, f.etag)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	switch {
	case f.isFrame:
		c.Set(fiber.HeaderContentSecurityPolicy, s.framePolicy)
		// The shell isolates itself from other windows; its own frames are same-origin by URL.
		c.Set("Cross-Origin-Resource-Policy", "same-origin")
	case f.isWorker:
		c.Set(fiber.HeaderContentSecurityPolicy, workerPolicy)
	case f.isPage:
		c.Set(fiber.HeaderContentSecurityPolicy, fmt.Sprintf(pagePolicy, sockets(string(c.Context().Host()))))
	}
	if f.hashed {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	} else {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	if header.NoneMatch(&c.Request().Header, f.etag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	if f.gzipped != nil && header.Accepts(&c.Request().Header, fiber.HeaderAcceptEncoding, "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.gzipped)
	}
	return c.Send(f.body)
}
