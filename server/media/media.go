// Package media stores pictures that people upload, and serves them.
//
// A picture is decoded before it is accepted, so what is served is an image of the type it claims
// to be. That happens in the sandbox (runtime/picture), which also leaves out whatever in a file is not
// the picture: places, cameras, comments. A picture's address holds 128 random bits: whoever was shown
// the picture can load it, nobody can guess it.
package media

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fairqueue"
	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/picture"
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

// Decoder checks, decodes and cleans pictures outside of this process; worker.Pool is one.
type Decoder interface {
	// Picture returns picture.ErrLarge when small is set and the picture is large, and faults that
	// say what is wrong with it.
	Picture(ctx context.Context, data []byte, small bool) (*picture.Result, error)
}

// Service keeps pictures.
type Service struct {
	pool    *pgxpool.Pool
	store   Store
	decoder Decoder
	small   *fairqueue.Queue
	large   *fairqueue.Queue
	held    atomic.Int64 // bytes of files above picture.SmallBytes that wait or are decoded
	uploads *ratelimit.Limiter
}

// New returns the service.
func New(pool *pgxpool.Pool, store Store, decoder Decoder) *Service {
	return &Service{pool: pool, store: store, decoder: decoder, small: newQueue(SmallAtOnce), large: newQueue(LargeAtOnce),
		uploads: ratelimit.New(ratelimit.Rule{Name: "pictures", Burst: PerHour, Window: time.Hour,
			Store: ratelimit.NewPostgres(pool)})}
}

func newQueue(places int) *fairqueue.Queue {
	return fairqueue.New(fairqueue.Config{Places: places, OfOne: MaxWaitingOfOne, OfAll: MaxWaiting, MaxWait: MaxWait, Busy: errBusy})
}

// errBusy tells a person to try again.
func errBusy() error {
	err := fault.Errorf(fault.Unavailable, "pictures-busy",
		"Many pictures are being looked at. Try again in a few seconds.")
	err.RetryAfter = RetryAfter
	return err
}

func objectKey(accessKey, variant string) string { return "media/" + accessKey + "/" + variant }

func url(accessKey string) string { return "/media/" + accessKey }

// Upload stores a picture of the person. fault.Invalid when it is none that is accepted,
// fault.TooLarge above the limits, fault.RateLimited after PerHour of them, fault.Unavailable when too
// many wait to be decoded.
func (s *Service) Upload(ctx context.Context, ownerID uuid.UUID, data []byte) (Picture, error) {
	if err := s.uploads.Allow(ownerID.String()); err != nil {
		return Picture{}, err
	}
	if len(data) > picture.MaxBytes {
		return Picture{}, picture.Refusal(picture.SlugTooLarge)
	}
	result, err := s.decode(ctx, ownerID, data)
	if err != nil {
		return Picture{}, err
	}
	return s.save(ctx, ownerID, result)
}

// Decode decodes a picture of somebody's when it is their turn, and stores nothing.
func (s *Service) Decode(ctx context.Context, ownerID uuid.UUID, data []byte) (*picture.Result, error) {
	if len(data) > picture.MaxBytes {
		return nil, picture.Refusal(picture.SlugTooLarge)
	}
	return s.decode(ctx, ownerID, data)
}

// decode decodes a picture when it is its owner's turn: first in the queue of small pictures, and if
// its headers say that it is large, in the queue of large ones. A large file never enters the first.
func (s *Service) decode(ctx context.Context, ownerID uuid.UUID, data []byte) (*picture.Result, error) {
	if size := int64(len(data)); size > picture.SmallBytes {
		defer s.held.Add(-size)
		if s.held.Add(size) > MaxWaitingBytes {
			return nil, errBusy()
		}
		return s.decodeIn(ctx, s.large, ownerID, data, false)
	}
	result, err := s.decodeIn(ctx, s.small, ownerID, data, true)
	if errors.Is(err, picture.ErrLarge) {
		result, err = s.decodeIn(ctx, s.large, ownerID, data, false)
	}
	return result, err
}

func (s *Service) decodeIn(ctx context.Context, q *fairqueue.Queue, ownerID uuid.UUID, data []byte, small bool) (*picture.Result, error) {
	done, err := q.Take(ctx, ownerID)
	if err != nil {
		return nil, err
	}
	defer done()
	return s.decoder.Picture(ctx, data, small)
}

func (s *Service) save(ctx context.Context, ownerID uuid.UUID, r *picture.Result) (Picture, error) {
	var random [16]byte
	rand.Read(random[:])
	key := hex.EncodeToString(random[:])
	// The bytes first, the row last: a crash between the two leaves only unused bytes.
	for variant, content := range map[string][]byte{"original": r.Original, "thumbnail": r.Thumbnail} {
		if err := s.store.Put(ctx, objectKey(key, variant), bytes.NewReader(content), int64(len(content))); err != nil {
			return Picture{}, fmt.Errorf("media: %w", err)
		}
	}
	p := Picture{ID: uuid.Must(uuid.NewV7()), URL: url(key), ThumbnailURL: url(key) + "/thumbnail",
		Width: r.Width, Height: r.Height, MIME: r.MIME, Size: int64(len(r.Original))}
	_, err := s.pool.Exec(ctx, `INSERT INTO media (id, owner_id, access_key, mime, size, width, height, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, p.ID, ownerID, key, p.MIME, p.Size, p.Width, p.Height, time.Now())
	if err != nil {
		return Picture{}, fmt.Errorf("media: %w", err)
	}
	return p, nil
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
