package appfiles

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/egress"
)

// Pictures and sounds of other hosts come through this one: a page's frame has no network, the user's
// address is nobody's business, and what a stranger's server sends is decoded in the sandbox first. A
// version's files are fetched from the servers that it declares, under the rules of its requests.

// version is what the host knows of one image.
type version struct {
	domains []string
	slots   chan struct{} // tokens of RemoteAtOnce
	rate    *ratelimit.Limiter
}

// remote is a file of another host that is kept here.
type remote struct {
	hash string // of its address
	kind string
	size int64
}

func remoteKey(hash string) string { return "remote/" + hash }

// serveRemote answers GET /remote/{hash}?url=…: the hash is that of an image, as in /images/{hash}/.
func (s *Service) serveRemote(c *fiber.Ctx) error {
	image, address := strings.Clone(c.Params("hash")), strings.Clone(c.Query("url"))
	if len(image) != sha256.Size*2 || address == "" || len(address) > MaxAddress {
		return notHere()
	}
	file, err := s.remote(c.UserContext(), image, address)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("private, max-age=%d", int(RemoteFor.Seconds())/24))
	return s.send(c, remoteKey(file.hash), file.kind, file.size)
}

// remote returns a file that the version declares, fetched now or before.
func (s *Service) remote(ctx context.Context, image, address string) (remote, error) {
	v, err := s.version(ctx, image)
	if err != nil {
		return remote{}, err
	}
	return s.keptOrFetched(ctx, image, v, address)
}

func (s *Service) keptOrFetched(ctx context.Context, image string, v *version, address string) (remote, error) {
	// Versions may declare different servers, so what one has fetched is not another's.
	sum := sha256.Sum256([]byte(image + "\n" + address))
	hash := hex.EncodeToString(sum[:])
	file, err := s.kept(ctx, hash)
	if !errors.Is(err, pgx.ErrNoRows) {
		return file, err
	}
	// Several who ask for the same wait for one fetch, which must not end with the first of them.
	fetched, err, _ := s.flights.Do(hash, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), RemoteWait+RemoteTimeout)
		defer cancel()
		return s.fetch(ctx, image, v, address, hash)
	})
	if err != nil {
		return remote{}, err
	}
	return fetched.(remote), nil
}

func (s *Service) kept(ctx context.Context, hash string) (remote, error) {
	file := remote{hash: hash}
	err := s.Pool.QueryRow(ctx, `SELECT mime, size FROM remote_file WHERE address_hash = $1 AND fetched_at > $2`,
		hash, s.Now().Add(-RemoteFor)).Scan(&file.kind, &file.size)
	return file, err
}

// fetch gets a file, checks it, and keeps it.
func (s *Service) fetch(ctx context.Context, image string, v *version, address, hash string) (remote, error) {
	if err := v.rate.Allow(image); err != nil {
		return remote{}, err
	}
	for _, slots := range []chan struct{}{v.slots, s.host} {
		wait := time.NewTimer(RemoteWait)
		select {
		case slots <- struct{}{}:
			wait.Stop()
			defer func() { <-slots }()
		case <-wait.C:
			return remote{}, fault.Errorf(fault.Unavailable, "host-busy", "The service is very busy right now. Try again in a moment.")
		}
	}
	caller := bridge.Caller{Kind: bridge.AppSession, AppID: "image " + image, SessionID: "remote " + image, Domains: v.domains}
	answer, err := s.Fetcher.Fetch(ctx, caller, egress.Request{URL: address, TimeoutMS: int(RemoteTimeout.Milliseconds())}, nil, "")
	if err != nil {
		return remote{}, err
	}
	if answer.Status != http.StatusOK {
		return remote{}, fault.Errorf(fault.NotFound, "remote-missing", "The server answered %d.", answer.Status)
	}
	data, kind, err := s.checked(ctx, uuid.NewSHA1(uuid.NameSpaceURL, []byte(image)), answer.Body, answer.Headers.Get("Content-Type"))
	if err != nil {
		return remote{}, err
	}
	if kind == octets || strings.HasPrefix(kind, "text/") {
		return remote{}, fault.Errorf(fault.Invalid, "remote-not-media", "The address leads to no picture, sound or film that is known.")
	}
	if err := s.Store.Put(ctx, remoteKey(hash), bytes.NewReader(data), int64(len(data))); err != nil {
		return remote{}, fmt.Errorf("remote files: %w", err)
	}
	_, err = s.Pool.Exec(ctx, `INSERT INTO remote_file (address_hash, mime, size, fetched_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (address_hash) DO UPDATE SET mime = excluded.mime, size = excluded.size, fetched_at = excluded.fetched_at`,
		hash, kind, len(data), s.Now())
	return remote{hash: hash, kind: kind, size: int64(len(data))}, err
}

// Domains are the servers that the version of an image declares.
func (s *Service) Domains(ctx context.Context, image string) ([]string, error) {
	v, err := s.version(ctx, image)
	if err != nil {
		return nil, err
	}
	return v.domains, nil
}

// version reads what an image declares. Images never change.
func (s *Service) version(ctx context.Context, image string) (*version, error) {
	if v, ok := s.versions.Get(image); ok {
		return v, nil
	}
	raw, err := s.Manifests.PublicFile(ctx, image, "app.json")
	if err != nil {
		return nil, err
	}
	var config struct {
		Teahouse struct {
			Domains []string `json:"domains"`
		} `json:"teahouse"`
	}
	if err := json.Unmarshal(raw, &config); err != nil {
		return nil, fmt.Errorf("remote files: app.json of %s: %w", image, err)
	}
	v := &version{domains: config.Teahouse.Domains, slots: make(chan struct{}, RemoteAtOnce), rate: s.fetches}
	if before, known, _ := s.versions.PeekOrAdd(image, v); known {
		return before, nil
	}
	return v, nil
}
