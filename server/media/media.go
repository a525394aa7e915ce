// Package media takes pictures that people upload, and serves them.
//
// A picture is decoded before it is accepted, so what is served is an image of the type it claims
// to be. Its address holds 128 random bits: whoever was shown the picture can load it, nobody can
// guess it. Location and camera data that phones write into JPEG files are removed.
package media

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the formats that are accepted
	"image/jpeg"
	_ "image/png"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/chat"
)

// Store is where the bytes are kept.
type Store interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	Get(ctx context.Context, key string) (io.ReadCloser, error)
}

// Picture is an uploaded picture.
type Picture struct {
	ID           uuid.UUID `json:"id"`
	URL          string    `json:"url"`
	ThumbnailURL string    `json:"thumbnail_url"`
	Width        int       `json:"width" doc:"Pixels, as shown"`
	Height       int       `json:"height"`
	MIME         string    `json:"mime"`
	Size         int64     `json:"size" doc:"Bytes"`
}

// Service keeps pictures.
type Service struct {
	pool    *pgxpool.Pool
	store   Store
	decodes chan struct{} // bounds concurrent decoding
	uploads *ratelimit.Limiter
}

// New returns the service.
func New(pool *pgxpool.Pool, store Store) *Service {
	return &Service{pool: pool, store: store, decodes: make(chan struct{}, decodesMost),
		uploads: ratelimit.New(ratelimit.Rule{Name: "pictures", Burst: PerHour, Window: time.Hour})}
}

var mimes = map[string]string{"jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}

func objectKey(accessKey, variant string) string { return "media/" + accessKey + "/" + variant }

func url(accessKey string) string { return "/media/" + accessKey }

// Upload stores a picture of the person. fault.Invalid when it is none that is accepted,
// fault.TooLarge above the limits, fault.RateLimited after PerHour of them.
func (s *Service) Upload(ctx context.Context, ownerID uuid.UUID, data []byte) (Picture, error) {
	if err := s.uploads.Allow(ownerID.String()); err != nil {
		return Picture{}, err
	}
	if len(data) > MaxBytes {
		return Picture{}, fault.Errorf(fault.TooLarge, "picture-too-large",
			"The picture has %d bytes; the limit is %d.", len(data), MaxBytes)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || mimes[format] == "" {
		return Picture{}, notAPicture(err)
	}
	if config.Width*config.Height > MaxPixels || config.Width <= 0 || config.Height <= 0 {
		return Picture{}, fault.Errorf(fault.TooLarge, "picture-too-large",
			"The picture has %d × %d pixels; the limit is %d million in all.", config.Width, config.Height, MaxPixels/1_000_000)
	}
	thumbnail, err := s.thumbnail(ctx, data, orientation(data))
	if err != nil {
		return Picture{}, err
	}
	width, height := config.Width, config.Height
	if format == "jpeg" {
		if orientation(data) >= 5 { // these are stored lying on their side
			width, height = height, width
		}
		data = withoutMetadata(data)
	}
	return s.save(ctx, ownerID, mimes[format], width, height, data, thumbnail)
}

func notAPicture(cause error) error {
	return fault.Errorf(fault.Invalid, "not-a-picture",
		"This is not a picture that can be shown; send a JPEG, PNG, GIF or WebP file.").Because(cause)
}

func (s *Service) save(ctx context.Context, ownerID uuid.UUID, mime string, width, height int, data, thumbnail []byte) (Picture, error) {
	var random [16]byte
	rand.Read(random[:])
	key := hex.EncodeToString(random[:])
	// The bytes first, the row last: a crash between leaves only bytes that nothing refers to.
	for variant, content := range map[string][]byte{"original": data, "thumbnail": thumbnail} {
		if err := s.store.Put(ctx, objectKey(key, variant), bytes.NewReader(content), int64(len(content))); err != nil {
			return Picture{}, fmt.Errorf("media: %w", err)
		}
	}
	p := Picture{ID: uuid.Must(uuid.NewV7()), URL: url(key), ThumbnailURL: url(key) + "/thumbnail",
		Width: width, Height: height, MIME: mime, Size: int64(len(data))}
	_, err := s.pool.Exec(ctx, `INSERT INTO media (id, owner_id, access_key, mime, size, width, height, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, p.ID, ownerID, key, mime, p.Size, width, height, time.Now())
	if err != nil {
		return Picture{}, fmt.Errorf("media: %w", err)
	}
	return p, nil
}

// thumbnail makes a small JPEG, upright. Decoding also proves that the file is whole.
func (s *Service) thumbnail(ctx context.Context, data []byte, orientation int) ([]byte, error) {
	select {
	case s.decodes <- struct{}{}:
		defer func() { <-s.decodes }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	source, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, notAPicture(err)
	}
	size := source.Bounds().Size()
	scale := min(1, float64(ThumbnailMax)/float64(max(size.X, size.Y)))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(size.X)*scale)), max(1, int(float64(size.Y)*scale))))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src) // JPEG has no transparency
	draw.ApproxBiLinear.Scale(small, small.Bounds(), source, source.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(small, orientation), &jpeg.Options{Quality: thumbQuality}); err != nil {
		return nil, fmt.Errorf("media: thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// Picture implements chat.Pictures.
func (s *Service) Picture(ctx context.Context, userID, mediaID uuid.UUID) (chat.Image, error) {
	var key string
	img := chat.Image{MediaID: mediaID}
	err := s.pool.QueryRow(ctx, `SELECT access_key, width, height FROM media WHERE id = $1 AND owner_id = $2`,
		mediaID, userID).Scan(&key, &img.Width, &img.Height)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Image{}, fault.Errorf(fault.NotFound, "media-not-found",
			"There is no such picture of yours; upload it to /api/v1/media first.")
	}
	if err != nil {
		return chat.Image{}, fmt.Errorf("media: %w", err)
	}
	img.URL, img.ThumbnailURL = url(key), url(key)+"/thumbnail"
	return img, nil
}
