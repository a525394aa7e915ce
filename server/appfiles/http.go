package appfiles

import (
	"context"
	"errors"
	"net/http"
	"path"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"github.com/valyala/fasthttp"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/form"
	"github.com/teahouse/teahouse/server/auth"
)

// multipartOverhead is the size of the form without the file.
const multipartOverhead = 64 << 10

type (
	uploadInput  struct{ form.Input }
	uploadOutput struct{ Body File }
)

// Routes adds the upload, the files, and what other hosts have.
func (s *Service) Routes(api huma.API, app fiber.Router) {
	const path = "/api/v1/app-files"
	huma.Register(api, huma.Operation{OperationID: "upload-app-file", Method: http.MethodPost, Path: path,
		Summary: "Keep a file for a mini program that asked its user for it", Tags: []string{"Apps"},
		DefaultStatus: http.StatusCreated, MaxBodyBytes: MaxFile + multipartOverhead, Security: auth.AsUser}, s.handleUpload)
	form.Describe(api, path, form.Field{Name: "app_id", Doc: "The mini program", Required: true},
		form.Field{Name: "file", Doc: "Any file", File: true, Required: true})
	app.Get("/app-files/:key", s.serve)
	app.Get("/cloud-files/:name", s.serveCloud)
	app.Get("/remote/:hash", s.serveRemote)
	app.Get("/map/tiles/:z/:x/:y", s.serveTile)
}

func (s *Service) handleUpload(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	data, err := in.File("file")
	if err != nil {
		return nil, err
	}
	of := owner{in.Text("app_id"), auth.UserFromContext(ctx)}
	if err := s.uploads.Allow(of.userID.String()); err != nil {
		return nil, err
	}
	var exists bool
	if err := s.Pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM app WHERE id = $1)`, of.appID).Scan(&exists); err != nil {
		return nil, err
	}
	if !exists {
		return nil, fault.Errorf(fault.NotFound, "no-such-app", "There is no such mini program.")
	}
	name := in.FileName("file")
	file, err := s.keep(ctx, of, name, typeOf(name), data, false)
	return &uploadOutput{file}, err
}

// typeOf is the type of a file by its name's ending; the sender's own word is the same.
func typeOf(name string) string {
	return map[string]string{".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".ogg": "audio/ogg", ".wav": "audio/wav",
		".webm": "video/webm", ".mp4": "video/mp4", ".mov": "video/quicktime"}[path.Ext(name)]
}

// serve sends a file. Its bytes never change; it cannot act as a page.
func (s *Service) serve(c *fiber.Ctx) error {
	key := c.Params("key")
	if !keyPattern.MatchString(key) {
		return notHere()
	}
	var kind string
	var size int64
	err := s.Pool.QueryRow(c.UserContext(), `SELECT mime, size FROM app_file WHERE access_key = $1`, key).Scan(&kind, &size)
	if errors.Is(err, pgx.ErrNoRows) {
		return notHere()
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, max-age=86400, immutable")
	return s.send(c, objectKey(key), kind, size)
}

func notHere() error {
	return fault.Errorf(fault.NotFound, "file-not-found", "There is no such file.")
}

// send sends the file, or the range that a media player asks for.
func (s *Service) send(c *fiber.Ctx, object, kind string, size int64) error {
	c.Set(fiber.HeaderContentType, kind)
	if kind == octets {
		c.Set(fiber.HeaderContentDisposition, "attachment")
	}
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	// A canvas may draw the picture and still be read: frames have no origin of their own.
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	from, length := int64(0), size
	if asked := c.Request().Header.Peek(fiber.HeaderRange); len(asked) > 0 && size > 0 {
		if first, last, err := fasthttp.ParseByteRange(asked, int(size)); err == nil {
			from, length = int64(first), int64(last-first+1)
			c.Status(http.StatusPartialContent)
			c.Response().Header.SetContentRange(first, last, int(size))
		}
	}
	// The body is read after this handler has returned, so it must not use the request's context.
	body, err := s.Store.GetRange(context.WithoutCancel(c.UserContext()), object, from, length)
	if err != nil {
		return err
	}
	return c.SendStream(body, int(length))
}
