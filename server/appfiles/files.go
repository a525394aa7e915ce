// Package appfiles keeps files for mini programs and their users: what an app downloads, what a user
// chooses or records for it, and what other hosts have that its pages show.
//
// Pictures are decoded in the sandbox before anything serves them as pictures. Sounds and films are served
// as what their sender said, because browsers decode them in processes of their own. Everything else is
// served as a download.
package appfiles

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/singleflight"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/egress"
)

// Store is where the bytes are kept.
type Store interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	GetRange(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	Delete(ctx context.Context, key string) error
}

// Fetcher makes requests under the host's rules; *egress.Client is one.
type Fetcher interface {
	Fetch(ctx context.Context, caller bridge.Caller, in egress.Request, body []byte, contentType string) (egress.Fetched, error)
}

// Pictures decodes pictures in the sandbox, when it is their owner's turn; *media.Service is one.
type Pictures interface {
	Decode(ctx context.Context, ownerID uuid.UUID, data []byte) (*picture.Result, error)
}

// Manifests tells what a version declares: the public app.json of an image.
type Manifests interface {
	PublicFile(ctx context.Context, hash, path string) ([]byte, error)
}

// Config is what a Service works with; all fields but Map are required.
type Config struct {
	Pool      *pgxpool.Pool
	Store     Store
	Fetcher   Fetcher
	Pictures  Pictures
	Manifests Manifests
	Map       *MapSource    // nil when the operator has named none
	Address   func() string // of this host for browsers, in the addresses of files
	URLKey    []byte        // signs these addresses
	Logger    *slog.Logger
	Now       func() time.Time // nil means time.Now
}

// Service keeps the files.
type Service struct {
	Config
	uploads  *ratelimit.Limiter
	fetches  *ratelimit.Limiter
	versions *lru.Cache[string, *version]
	host     chan struct{} // tokens of RemoteHost
	flights  singleflight.Group
}

// New returns the service.
func New(config Config) *Service {
	if config.Now == nil {
		config.Now = time.Now
	}
	versions, err := lru.New[string, *version](MaxVersions)
	if err != nil {
		panic(err) // only for a size of zero or less
	}
	return &Service{Config: config, versions: versions, host: make(chan struct{}, RemoteHost),
		uploads: ratelimit.New(ratelimit.Rule{Name: "app-files", Burst: UploadsPerHour, Window: time.Hour,
			Store: ratelimit.NewPostgres(config.Pool)}),
		fetches: ratelimit.New(ratelimit.PerMinute("remote-files", RemotePerMinute))}
}

// File is a file of an app and its user.
type File struct {
	Path    string `json:"path" doc:"As programs name it."`
	Name    string `json:"name"`
	MIME    string `json:"mime"`
	Size    int64  `json:"size" doc:"Bytes"`
	Created int64  `json:"created" doc:"Seconds since 1970"`
}

// owner is whose file it is.
type owner struct {
	appID  string
	userID uuid.UUID
}

func objectKey(key string) string { return "app-files/" + key }

// pathOf is the path by which programs name a file.
func pathOf(key, name string, saved bool) string {
	kind := "tmp"
	if saved {
		kind = "store"
	}
	ending := strings.ToLower(path.Ext(name))
	if !endings.MatchString(ending) {
		ending = ""
	}
	return "wxfile://" + kind + "_" + key + ending
}

var (
	endings    = regexp.MustCompile(`^\.[0-9a-z]{1,10}$`)
	programs   = regexp.MustCompile(`^wxfile://(tmp|store)_([0-9a-f]{32})(\.[0-9A-Za-z]{1,10})?$`)
	uploaded   = regexp.MustCompile(`^https?://[^/?#]+/media/([0-9a-f]{32})$`)
	keyPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// playable are the types of sounds and films that browsers know.
var playable = []string{"audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/wav", "audio/x-wav", "audio/webm", "audio/flac",
	"video/mp4", "video/webm", "video/ogg", "video/quicktime"}

// checked returns the bytes as they may be served, and their type. A picture is decoded; what calls itself
// one and is none is kept as bytes without a type.
func (s *Service) checked(ctx context.Context, ownerID uuid.UUID, data []byte, said string) ([]byte, string, error) {
	found, _, _ := mime.ParseMediaType(http.DetectContentType(data))
	if strings.HasPrefix(found, "image/") && len(data) <= picture.MaxBytes {
		result, err := s.Pictures.Decode(ctx, ownerID, data)
		if err == nil {
			return result.Original, result.MIME, nil
		}
		if code := fault.CodeOf(err); code != fault.Invalid && code != fault.TooLarge {
			return nil, "", err
		}
		return data, octets, nil
	}
	given, _, err := mime.ParseMediaType(said)
	switch {
	case err == nil && slices.Contains(playable, given) && !strings.HasPrefix(found, "text/"):
		return data, given, nil
	case slices.Contains(playable, found) || strings.HasPrefix(found, "font/"):
		return data, found, nil
	case found == "text/plain":
		return data, "text/plain; charset=utf-8", nil
	}
	return data, octets, nil
}

const octets = "application/octet-stream"

// keep stores a file. fault.TooLarge when it or all of the app's files are too large.
func (s *Service) keep(ctx context.Context, of owner, name, said string, data []byte, saved bool) (File, error) {
	if len(data) > MaxFile {
		return File{}, fault.Errorf(fault.TooLarge, "file-too-large", "A file may have %d MB.", MaxFile>>20)
	}
	data, kind, err := s.checked(ctx, of.userID, data, said)
	if err != nil {
		return File{}, err
	}
	return s.write(ctx, of, name, kind, data, saved)
}

// write stores bytes that were checked.
func (s *Service) write(ctx context.Context, of owner, name, kind string, data []byte, saved bool) (File, error) {
	most := int64(MaxTemporary)
	if saved {
		most = MaxSaved
	}
	var used int64
	err := s.Pool.QueryRow(ctx, `SELECT coalesce(sum(size), 0)::bigint FROM app_file WHERE app_id = $1 AND user_id = $2 AND saved = $3`,
		of.appID, of.userID, saved).Scan(&used)
	if err != nil {
		return File{}, fmt.Errorf("app files: %w", err)
	}
	if used+int64(len(data)) > most {
		return File{}, fault.Errorf(fault.TooLarge, "files-full",
			"the maximum size of the file storage limit is exceeded: a program may keep %d MB", most>>20)
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	key := hex.EncodeToString(random[:])
	name = clip(name)
	// The bytes first, the row last: a crash between the two leaves only unused bytes.
	if err := s.Store.Put(ctx, objectKey(key), bytes.NewReader(data), int64(len(data))); err != nil {
		return File{}, fmt.Errorf("app files: %w", err)
	}
	now := s.Now()
	if _, err := s.Pool.Exec(ctx, `INSERT INTO app_file (access_key, app_id, user_id, name, mime, size, saved, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, key, of.appID, of.userID, name, kind, len(data), saved, now); err != nil {
		return File{}, fmt.Errorf("app files: %w", err)
	}
	return File{Path: pathOf(key, name, saved), Name: name, MIME: kind, Size: int64(len(data)), Created: now.Unix()}, nil
}

// clip makes a name that is safe to show and to store.
func clip(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(path.Base(name), ""))
	for len(name) > MaxName {
		name = name[1:] // the ending stays
	}
	return strings.ToValidUTF8(name, "")
}

// read returns a file of the owner, or a picture that a user has chosen.
func (s *Service) read(ctx context.Context, of owner, given string) (data []byte, name, kind string, err error) {
	var object string
	if found := programs.FindStringSubmatch(given); found != nil {
		err = s.Pool.QueryRow(ctx, `SELECT name, mime FROM app_file WHERE access_key = $1 AND app_id = $2 AND user_id = $3`,
			found[2], of.appID, of.userID).Scan(&name, &kind)
		object = objectKey(found[2])
	} else if found := uploaded.FindStringSubmatch(given); found != nil {
		err = s.Pool.QueryRow(ctx, `SELECT mime FROM media WHERE access_key = $1`, found[1]).Scan(&kind)
		name, object = "picture"+strings.Replace(kind, "image/", ".", 1), "media/"+found[1]+"/original"
	} else {
		return nil, "", "", noFile(given)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, "", "", noFile(given)
	}
	if err != nil {
		return nil, "", "", fmt.Errorf("app files: %w", err)
	}
	body, err := s.Store.Get(ctx, object)
	if err != nil {
		return nil, "", "", fmt.Errorf("app files: %w", err)
	}
	defer body.Close()
	data, err = io.ReadAll(io.LimitReader(body, MaxFile+1))
	return data, name, kind, err
}

func noFile(given string) error {
	if len(given) > MaxName {
		given = given[:MaxName]
	}
	return fault.Errorf(fault.NotFound, "no-such-file", "no such file or directory, open %q", strings.ToValidUTF8(given, ""))
}

// Run removes old files until the context ends.
func (s *Service) Run(ctx context.Context) error {
	ticker := time.NewTicker(SweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.Logger.ErrorContext(ctx, "removing old files of apps failed, will try again", "error", err)
			}
		}
	}
}

// Sweep removes the files whose time is over, the rows first: then nobody can ask for what is going.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Now()
	for _, expired := range []struct {
		query  string
		before time.Time
		object func(string) string
	}{
		{`DELETE FROM app_file WHERE access_key IN (SELECT access_key FROM app_file WHERE NOT saved AND created_at < $1 LIMIT $2)
			RETURNING access_key`, now.Add(-TemporaryFor), objectKey},
		{`DELETE FROM remote_file WHERE address_hash IN (SELECT address_hash FROM remote_file WHERE fetched_at < $1 LIMIT $2)
			RETURNING address_hash`, now.Add(-RemoteFor), remoteKey},
	} {
		for {
			rows, err := s.Pool.Query(ctx, expired.query, expired.before, SweepBatch)
			if err != nil {
				return err
			}
			keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return err
			}
			for _, key := range keys {
				if err := s.Store.Delete(ctx, expired.object(key)); err != nil {
					return err
				}
			}
			if len(keys) < SweepBatch {
				break
			}
		}
	}
	return nil
}
