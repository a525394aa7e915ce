package media

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/server/auth"
)

// multipartOverhead is the size of the form without the file.
const multipartOverhead = 64 << 10

type (
	uploadInput struct {
		RawBody huma.MultipartFormFiles[struct {
			File huma.FormFile `form:"file" required:"true" doc:"JPEG, PNG, GIF or WebP"`
		}]
	}
	uploadOutput struct {
		Body Picture
	}
)

// Routes adds the upload and the pictures themselves.
func (s *Service) Routes(api huma.API, app fiber.Router) {
	huma.Register(api, huma.Operation{OperationID: "upload-media", Method: http.MethodPost, Path: "/api/v1/media",
		Summary: "Upload a picture", Tags: []string{"Chat"}, DefaultStatus: http.StatusCreated,
		MaxBodyBytes: picture.MaxBytes + multipartOverhead, Security: auth.AsUser}, s.handleUpload)
	app.Get("/media/:key", s.serve("original"))
	app.Get("/media/:key/thumbnail", s.serve("thumbnail"))
}

func (s *Service) handleUpload(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	file := in.RawBody.Data().File
	defer file.Close()
	if file.Size > picture.MaxBytes {
		return nil, picture.Refusal(picture.SlugTooLarge)
	}
	data := make([]byte, file.Size)
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, fault.Errorf(fault.Invalid, "upload-broken", "The upload ended early; try again.").Because(err)
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
