// Package cloud is what wx.cloud needs of the host: a database of documents for every app.
//
// A program names its collections, and who may read and write them, in its app.json. The data of a version that
// is not released is apart from that of the released one.
package cloud

import (
	"context"
	"hash/fnv"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
)

// People knows under which ID an app knows a person.
type People interface {
	OpenID(ctx context.Context, appID string, userID uuid.UUID) (string, error)
}

// Config is what a Service works with; Pool and People are required.
type Config struct {
	Pool   *pgxpool.Pool
	People People
	Now    func() time.Time // nil means time.Now
	Bus    Bus              // nil when there is one host, as in tests
	Logger *slog.Logger     // nil discards
}

// Bus tells all hosts that a collection has changed.
type Bus interface {
	Publish(ctx context.Context, subject string, payload []byte) error
	Subscribe(subject string, fn func(payload []byte)) (cancel func(), err error)
	OnGap(fn func())
}

// Service is the cloud of all apps.
type Service struct {
	Config
	lanes  [Lanes]chan struct{}
	atOnce chan struct{}

	watches
}

// New returns the service.
func New(config Config) *Service {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{Config: config, atOnce: make(chan struct{}, AtOnce)}
	s.watches.of = map[watchKey]*watched{}
	for i := range s.lanes {
		s.lanes[i] = make(chan struct{}, 1)
	}
	return s
}

// turn waits until the app may read a whole collection or write to one. The returned function ends its turn.
func (s *Service) turn(ctx context.Context, appID string) (func(), error) {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(appID)) // never fails
	lane := s.lanes[hash.Sum32()%Lanes]
	for i, room := range []chan struct{}{lane, s.atOnce} {
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			if i > 0 {
				<-lane
			}
			return nil, ctx.Err()
		}
	}
	return func() { <-s.atOnce; <-lane }, nil
}

// The rights on a collection, with the vendor's names.
const (
	readonly   = "READONLY"   // everybody reads, who made a document writes it
	private    = "PRIVATE"    // who made a document reads and writes it
	adminWrite = "ADMINWRITE" // everybody reads, the app's server writes
	adminOnly  = "ADMINONLY"  // the app's server reads and writes
)

// actor is who works on a collection, and what they may do.
type actor struct {
	appID string
	live  bool
	// openID is of the person, "" for the app's server and its cloud functions.
	openID string
	// reads and writes say which documents.
	reads, writes reach
}

type reach uint8

const (
	nothing reach = iota
	own           // what this person has made
	everything
)

var rights = map[string]struct{ reads, writes reach }{
	readonly: {everything, own}, private: {own, own}, adminWrite: {everything, nothing}, adminOnly: {nothing, nothing},
}

// actor finds out what the caller may do with a collection. A program has the collections that its version
// declares; the app's server and its cloud functions have all.
func (s *Service) actor(ctx context.Context, caller bridge.Caller, collection string) (actor, error) {
	a := actor{appID: caller.AppID, live: !caller.InsidersOnly, reads: everything, writes: everything}
	if len(collection) > MaxName || !names.MatchString(collection) {
		return a, fault.Errorf(fault.Invalid, "cloud-invalid",
			"The name of a collection has 1 to %d letters, digits, _ and -, and begins with a letter or _.", MaxName)
	}
	if caller.Kind != bridge.AppSession {
		return a, nil
	}
	given, declared := rights[caller.Collections[collection]]
	if !declared {
		return a, fault.Errorf(fault.NotFound, "cloud-no-collection",
			`database collection not exists: add {"teahouse": {"collections": {"%s": "PRIVATE"}}} to app.json`, collection)
	}
	a.reads, a.writes = given.reads, given.writes
	var err error
	a.openID, err = s.People.OpenID(ctx, caller.AppID, caller.UserID)
	return a, err
}

func denied(collection string) error {
	return fault.Errorf(fault.Forbidden, "cloud-denied", "database permission denied: app.json declares who may use %q", collection)
}
