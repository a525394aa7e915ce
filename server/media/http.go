package media

import (
	"context"
	"encoding/hex"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/server/api/form"
	"github.com/teahouse/teahouse/server/auth"
)

// multipartOverhead is the size of the form without the file.
const multipartOverhead = 64 << 10

type (
	uploadInput  struct{ form.Input }
	uploadOutput struct {
		Body Picture
	}
)

// Routes adds the upload and the pictures themselves.
func (s *Service) Routes(api huma.API, app fiber.Router) {
	const path = "/api/v1/media"
	huma.Register(api, huma.Operation{OperationID: "upload-media", Method: http.MethodPost, Path: path,
		Summary: "Upload a picture", Tags: []string{"Chat"}, DefaultStatus: http.StatusCreated,
		MaxBodyBytes: picture.MaxBytes + multipartOverhead, Security: auth.AsUser}, s.handleUpload)
	form.Describe(api, path, form.Field{Name: "file", Doc: "JPEG, PNG, GIF or WebP", File: true, Required: true})
	app.Get("/media/:key", s.serve("original"))
	app.Get("/media/:key/thumbnail", s.serve("thumbnail"))
}

func (s *Service) handleUpload(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	data, err := in.File("file")
	if err != nil {
		return nil, err
	}
	picture, err := s.Upload(ctx, auth.UserFromContext(ctx), data)
	return &uploadOutput{picture}, err
}

// serve sends a picture. Its bytes never change, so browsers keep it; it cannot act as a page.
func (s *Service) serve(variant string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		key := c.Params("key")
		if raw, err := hex.DecodeString(key); err != nil || len(raw) != 16 {
			return fault.Errorf(fault.NotFound, "media-not-found", "There is no such picture.")
		}
		var mime string
		err := s.pool.QueryRow(c.UserContext(), `SELECT mime FROM media WHERE access_key = $1`, key).Scan(&mime)
		if err != nil {
			return fault.Errorf(fault.NotFound, "media-not-found", "There is no such picture.").Because(err)
		}
		if variant == "thumbnail" {
			mime = "image/jpeg"
		}
		content, err := s.store.Get(c.UserContext(), objectKey(key, variant))
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, mime)
		c.Set(fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
		return c.SendStream(content)
	}
}
