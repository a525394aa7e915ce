// Package sessions holds the open mini programs: one websocket per user and open app, with the
// shell on one side and the app's sandbox on the other.
//
// The host is between two parties that it does not trust. It checks and encodes again what the shell
// sends, before the app gets it. It passes on what the app sends, except questions to the user: the
// host asks those itself, with its own facts, and accepts only answers to questions that it asked.
// Rights come from the host's own data about the session.
//
// A session lasts as long as its websocket. Longer-lived data is in the app's storage, which is
// written in order and before a session counts as closed.
package sessions

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/socket"
)

// Launch is everything that the host must know to open an app for a user.
type Launch struct {
	AppID       string
	Name        string
	IconURL     string
	AccountID   uuid.UUID
	AccountName string
	VersionID   uuid.UUID
	Version     string            // as the developer numbered it
	ImageHash   string            // SHA-256 of the image, in hexadecimal
	Scopes      []string          // what this version may use
	Domains     []string          // where this version may send requests
	Collections map[string]string // which this version has in its database, and who may use them
	Development bool              // not the released version
}

// Launcher decides who may open what: anyone the released version ("released"), the app's insiders
// and administrators any version by its ID, or the newest.
type Launcher interface {
	Launch(ctx context.Context, who auth.Identity, appID, version string) (Launch, error)
}

// Images reads what the registry made. Both methods verify what they return against the hash.
type Images interface {
	Image(ctx context.Context, hash string) ([]byte, error)
	PublicFile(ctx context.Context, hash, path string) ([]byte, error)
}

// Accounts records what users agree to and which apps they use.
type Accounts interface {
	Consent(ctx context.Context, userID uuid.UUID, appID, scope string) error
	RecordSubscriptions(ctx context.Context, userID uuid.UUID, appID string, accepted []uuid.UUID) error
	NoteOpened(ctx context.Context, userID uuid.UUID, appID string) error
}

// Workers opens sessions in sandboxes; *worker.Pool is one.
type Workers interface {
	Open(ctx context.Context, key worker.AppKey, img func(context.Context) ([]byte, error),
		req protocol.OpenRequest, sink worker.Sink) (*worker.Remote, error)
}

// Config is what a Service works with; all fields but Map are required.
type Config struct {
	Tokens   socket.Tokens
	Launcher Launcher
	Images   Images
	Accounts Accounts
	Workers  Workers
	Bridge   *bridge.Table
	DB       *pgxpool.Pool
	Bus      Bus
	Logger   *slog.Logger
	// Paid reports whether the order exists, belongs to the user as payer, and is paid.
	Paid func(ctx context.Context, userID, orderID uuid.UUID) (bool, error)
	// MayDevelop returns nil when the caller in ctx may see the app's inside.
	MayDevelop func(ctx context.Context, appID string) error
	// Map is where the ground of maps comes from; nil when the operator has named no source.
	Map *protocol.MapSource
}

// Service holds the sessions of one host.
type Service struct {
	Config
	store    *store
	logs     *logbook
	configs  *configs
	rights   *rights
	changed  changedApps
	answers  *answers
	cancel   context.CancelFunc // ends the watch
	watch    sync.WaitGroup
	endpoint *socket.Endpoint

	mu       sync.Mutex
	sessions map[*session]struct{}
	people   map[uuid.UUID]int
}

// New returns a running service; end it with Close.
func New(config Config) *Service {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Service{
		Config: config, store: newStore(config.DB, config.Bus, config.Logger), logs: newLogbook(config.DB, config.Logger),
		configs: newConfigs(config.Images),
		rights:  newRights(config.Launcher), cancel: cancel,
		changed: changedApps{signal: make(chan struct{}, 1), apps: map[string]bool{}},
		answers: newAnswers(), sessions: map[*session]struct{}{}, people: map[uuid.UUID]int{},
	}
	s.endpoint = socket.NewEndpoint(socket.Config{Tokens: config.Tokens, Logger: config.Logger, Kind: "t", Refused: "failed", Ended: "closed",
		MaxFrame: MaxClientFrame, MaxFrames: MaxOutboxFrames, MaxBytes: MaxOutbox, TooSlow: tooMuch, Serve: s.serve})
	config.Bus.OnGap(func() { s.changed.add(allApps) })
	s.watch.Go(func() { s.watchSessions(ctx) })
	return s
}

// Routes adds GET /open, the developer's log, and the user's way to delete what an app keeps for them.
func (s *Service) Routes(api huma.API, app fiber.Router) {
	s.endpoint.Routes(app, "/open")
	s.logRoutes(api)
	s.clearRoutes(api)
}

// Count returns how many sessions are open.
func (s *Service) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// Close drains: no session opens any more, every client is told that the host stops, apps hide and
// unload, and what they stored and logged is written. Call it before Pool.Close.
func (s *Service) Close(ctx context.Context) {
	left := s.endpoint.Close(ctx, errDraining())
	s.cancel()
	s.watch.Wait()
	if left > 0 {
		s.Logger.Warn("sessions were still open at the end of the drain", "sessions", left)
	}
	s.store.close(ctx)
	s.logs.close()
}

// EndSession ends the open apps of a session of the person, or of all their sessions when session is
// zero.
func (s *Service) EndSession(userID, session uuid.UUID) { s.endpoint.EndSession(userID, session) }

func errDraining() error {
	return fault.Errorf(fault.Unavailable, worker.CodeDraining,
		"The service is restarting. Your mini program will reconnect in a moment.")
}

// tooMuch is the end of a session whose app sends more than the connection carries: which of the two is to
// blame, the host cannot know.
func tooMuch() error {
	return fault.Errorf(fault.RateLimited, socket.SlugTooSlow,
		"This mini program sends more than your connection carries and was closed. Open it again to continue.")
}

// admit adds a session, within the limit of its user.
func (s *Service) admit(session *session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := session.who.UserID
	if s.people[user] >= MaxSessionsUser {
		return fault.Errorf(fault.RateLimited, "too-many-sessions",
			"You have %d mini programs open; close one of them first.", MaxSessionsUser)
	}
	s.people[user]++
	s.sessions[session] = struct{}{}
	return nil
}

func (s *Service) remove(session *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session)
	if s.people[session.who.UserID]--; s.people[session.who.UserID] == 0 {
		delete(s.people, session.who.UserID)
	}
}

// configs remembers the public configuration of images, which never change.
type configs struct {
	images Images
	known  *lru.Cache[string, json.RawMessage] // by the image's hash
}

func newConfigs(images Images) *configs {
	known, err := lru.New[string, json.RawMessage](MaxConfigs)
	if err != nil {
		panic(err) // only for a size of zero or less
	}
	return &configs{images, known}
}

// of returns the app.json that the shell needs.
func (c *configs) of(ctx context.Context, hash string) (json.RawMessage, error) {
	if config, ok := c.known.Get(hash); ok {
		return config, nil
	}
	config, err := c.images.PublicFile(ctx, hash, "app.json")
	if err != nil {
		return nil, err
	}
	c.known.Add(hash, config)
	return config, nil
}
