package publishing

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/api/header"
)

// Public files are served without authentication: every user of the app may see them, their address
// contains the digest of all of them, and a frame of opaque origin sends no token with its pictures.
// But they come from third parties, so no script in them may run, for example in an SVG that is
// opened directly in a browser tab.

// inert is a content security policy that allows nothing.
const inert = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

// contentTypes are the types of public files. What is not listed is offered as a download.
var contentTypes = map[string]string{
	".json": "application/json; charset=utf-8", ".css": "text/css; charset=utf-8",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".webp": "image/webp", ".svg": "image/svg+xml", ".bmp": "image/bmp", ".ico": "image/x-icon",
	".avif": "image/avif",
	".ttf":  "font/ttf", ".otf": "font/otf", ".woff": "font/woff", ".woff2": "font/woff2",
	".eot": "application/vnd.ms-fontobject",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".wav": "audio/wav", ".ogg": "audio/ogg",
	".mp4": "video/mp4", ".webm": "video/webm",
}

var hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// servePublic answers GET and HEAD /images/{hash}/*.
func (s *Service) servePublic(c *fiber.Ctx) error {
	hash := c.Params("hash")
	name, err := url.PathUnescape(c.Params("*"))
	if err != nil || !hashPattern.MatchString(hash) {
		return imageFileNotFound()
	}
	file, err := s.manifests.find(c.UserContext(), s.registry, hash, name)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, inert)
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%d, immutable", int(publicMaxAge.Seconds())))
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	tag := `"` + file.SHA256 + `"`
	c.Set(fiber.HeaderETag, tag)
	if contentType, ok := contentTypes[strings.ToLower(path.Ext(name))]; ok {
		c.Set(fiber.HeaderContentType, contentType)
	} else {
		c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
		c.Set(fiber.HeaderContentDisposition, "attachment")
	}
	if header.NoneMatch(&c.Request().Header, tag) {
		return c.SendStatus(http.StatusNotModified)
	}
	return s.sendPublic(c, hash, file)
}

// sendPublic sends the file, or the range that a media player requests.
func (s *Service) sendPublic(c *fiber.Ctx, hash string, file registry.PublicFile) error {
	offset, length, partial := byteRange(c.Get(fiber.HeaderRange), file.Size)
	if partial {
		if length == 0 {
			c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", file.Size))
			return c.SendStatus(http.StatusRequestedRangeNotSatisfiable)
		}
		c.Status(http.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", offset, offset+length-1, file.Size))
	}
	if c.Method() == http.MethodHead {
		c.Set(fiber.HeaderContentLength, strconv.FormatInt(length, 10))
		c.Response().SkipBody = true
		return nil
	}
	// The body is read after this handler has returned, so it must not use the request's context;
	// the server closes it when the client has received it or has disconnected.
	body, err := s.registry.OpenPublic(context.WithoutCancel(c.UserContext()), hash, file, offset, length)
	if err != nil {
		return err
	}
	return c.SendStream(exactBody{io.LimitReader(body, length), body}, int(length))
}

type exactBody struct {
	io.Reader
	io.Closer
}

// byteRange reads a Range header with one range. Any other header counts as no range, which HTTP
// allows. length is 0 for a range beyond the end.
func byteRange(header string, size int64) (offset, length int64, partial bool) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return 0, size, false
	}
	if first == "" { // the last n bytes
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n < 0 {
			return 0, size, false
		}
		n = min(n, size)
		return size - n, n, true
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from < 0 {
		return 0, size, false
	}
	to := size - 1
	if last != "" {
		given, err := strconv.ParseInt(last, 10, 64)
		if err != nil || given < from {
			return 0, size, false
		}
		to = min(to, given)
	}
	return from, max(0, to-from+1), true
}

func imageFileNotFound() error {
	return fault.Errorf(fault.NotFound, "image-file-not-found", "There is no such file in this image.")
}

// manifestCache keeps the lists of public files of images in use. The lists never change.
type manifestCache struct {
	lists *lru.Cache[string, []registry.PublicFile] // by the image's hash
}

func newManifestCache() *manifestCache {
	lists, err := lru.New[string, []registry.PublicFile](maxManifests)
	if err != nil {
		panic(err) // only for a size of zero or less
	}
	return &manifestCache{lists}
}

// find looks for a file in the list of an image, which the registry keeps sorted by path.
func (m *manifestCache) find(
	ctx context.Context, r *registry.Service, hash, name string,
) (registry.PublicFile, error) {
	files, ok := m.lists.Get(hash)
	if !ok {
		var err error
		if files, err = r.PublicFiles(ctx, hash); err != nil {
			return registry.PublicFile{}, err
		}
		m.lists.Add(hash, files)
	}
	at, ok := slices.BinarySearchFunc(files, name, func(f registry.PublicFile, name string) int {
		return strings.Compare(f.Path, name)
	})
	if !ok {
		return registry.PublicFile{}, imageFileNotFound()
	}
	return files[at], nil
}
