// Package quarantine keeps the app versions that are paused because their workers died too often.
//
// A host finds out by its own pool of workers, which pauses the version at once. This package writes the
// pause down, for longer each time, and tells all hosts. Every open asks the database (Paused), so the pause
// holds on hosts that were not told, and after a restart. It ends by itself at its time, or when an
// administrator releases the version.
package quarantine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
)

// Apps describes apps and people; accounts.Service is one.
type Apps interface {
	AppsByID(ctx context.Context, appIDs []string) (map[string]accounts.App, error)
	People(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]accounts.PersonRef, error)
}

// Workers are the sandboxes of this host; worker.Pool is one.
type Workers interface {
	Quarantine(key worker.AppKey, until time.Time)
	Release(key worker.AppKey) bool
	Quarantined() []worker.AppKey
}

// Change says until when a version is paused. Until is zero when the pause has ended.
type Change struct {
	worker.AppKey
	Until time.Time `json:"until,omitzero"`
}

// Config is what a Service works with; all fields are required.
type Config struct {
	DB      *pgxpool.Pool
	Apps    Apps
	Workers Workers
	Logger  *slog.Logger
	// Host names this host to administrators.
	Host func() string
	// Announce tells all hosts, this one included, of a change; each calls Follow.
	Announce func(ctx context.Context, change Change)
	// MayDevelop returns nil when the caller in ctx may see the app's inside.
	MayDevelop func(ctx context.Context, appID string) error
	// Tell tells the app's developers of a pause, at its beginning and when it was released.
	Tell func(ctx context.Context, p Pause) error
}

// Service keeps the pauses.
type Service struct {
	Config
	missed chan struct{} // capacity 1: announcements may be missing

	mu       sync.Mutex
	pending  map[worker.AppKey][]worker.Death // paused on this host, not written yet
	followed uint64                           // changes
}

// New returns the service. Run keeps this host in step with the others.
func New(config Config) *Service {
	return &Service{Config: config, missed: make(chan struct{}, 1), pending: map[worker.AppKey][]worker.Death{}}
}

// State says whether a pause holds.
type State string

// The states of a pause.
const (
	Active   State = "active"
	Expired  State = "expired"  // ended by its time
	Released State = "released" // ended by an administrator
)

// Death is the end of a worker, as evidence.
type Death struct {
	At     time.Time `json:"at"`
	Detail string    `json:"detail" doc:"How the process ended and what it wrote; may contain text of the app."`
}

// Pause is a pause of one version, as its developer sees it.
type Pause struct {
	ID         uuid.UUID  `json:"id"`
	AppID      string     `json:"app_id"`
	VersionID  uuid.UUID  `json:"version_id"`
	Version    string     `json:"version" doc:"What the developer calls the version." example:"1.2.0"`
	State      State      `json:"state" enum:"active,expired,released"`
	Since      time.Time  `json:"since"`
	Until      time.Time  `json:"until" doc:"When the version may be opened again, if nobody releases it earlier."`
	Deaths     []Death    `json:"deaths" nullable:"false" doc:"The ends of its worker that led to the pause, oldest first."`
	ReleasedAt *time.Time `json:"released_at"`

	host       string
	releasedBy *uuid.UUID
	reason     string
}

func (p Pause) key() worker.AppKey {
	return worker.AppKey{AppID: p.AppID, VersionID: p.VersionID.String()}
}

// Paused returns the fault with which a version cannot be opened now, or nil.
func (s *Service) Paused(ctx context.Context, versionID uuid.UUID) error {
	var left float64
	err := s.DB.QueryRow(ctx, `SELECT extract(epoch FROM until - now())::float8 FROM quarantine
		WHERE version_id = $1 AND released_at IS NULL AND until > now() ORDER BY until DESC LIMIT 1`, versionID).Scan(&left)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return worker.Quarantined(time.Duration(left * float64(time.Second)))
}

// Begin writes down that the pool of this host has paused a version, tells all hosts and the developer. While
// the database does not answer the pause holds on this host alone, and Run tries again. It fits
// worker.Config.OnQuarantine.
func (s *Service) Begin(key worker.AppKey, deaths []worker.Death) {
	s.mu.Lock()
	s.pending[key] = deaths
	s.mu.Unlock()
	s.write(context.Background(), key, deaths)
}

// write tries once to write a pending pause down.
func (s *Service) write(ctx context.Context, key worker.AppKey, deaths []worker.Death) {
	ctx, cancel := context.WithTimeout(ctx, RecordTimeout)
	defer cancel()
	pause, isNew, err := s.record(ctx, key, deaths)
	if errors.Is(err, errNoVersion) {
		s.Logger.WarnContext(ctx, "a version that the registry does not have is paused on this host", "app_id", key.AppID, "version_id", key.VersionID)
	} else if err != nil {
		s.Logger.ErrorContext(ctx, "quarantine not written yet", "app_id", key.AppID, "version_id", key.VersionID, "error", err)
		return // stays pending
	}
	s.mu.Lock()
	delete(s.pending, key)
	s.mu.Unlock()
	if err != nil {
		return
	}
	s.Announce(ctx, Change{key, pause.Until})
	if isNew {
		s.tell(ctx, pause)
	}
}

// tell is best effort: the developer's console shows the same.
func (s *Service) tell(ctx context.Context, p Pause) {
	if err := s.Tell(ctx, p); err != nil {
		s.Logger.WarnContext(ctx, "developers were not told of a quarantine", "app_id", p.AppID, "version_id", p.VersionID, "error", err)
	}
}

var errNoVersion = errors.New("quarantine: no such version")

// record inserts the pause. When another host paused the version at the same time, that pause is returned.
func (s *Service) record(ctx context.Context, key worker.AppKey, deaths []worker.Death) (p Pause, isNew bool, err error) {
	version, err := uuid.Parse(key.VersionID)
	if err != nil {
		return p, false, errNoVersion
	}
	evidence, err := json.Marshal(evidenceOf(deaths))
	if err != nil {
		return p, false, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return p, false, err
	}
	err = pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		// Hosts take turns at a version.
		var appID string
		err := tx.QueryRow(ctx, `SELECT app_id FROM version WHERE id = $1 FOR NO KEY UPDATE`, version).Scan(&appID)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoVersion
		}
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+columns+` WHERE q.version_id = $1 AND `+active+` LIMIT 1`, version)
		if err != nil {
			return err
		}
		p, err = pgx.CollectExactlyOneRow(rows, scan)
		if err == nil || !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		var earlier int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM quarantine WHERE version_id = $1 AND since > now() - $2::interval
			AND since > coalesce((SELECT max(released_at) FROM quarantine WHERE version_id = $1), '-infinity')`,
			version, Memory).Scan(&earlier); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO quarantine (id, app_id, version_id, since, until, deaths, host)
			VALUES ($1, $2, $3, now(), now() + $4::interval, $5, $6)`,
			id, appID, version, length(earlier), evidence, s.Host()); err != nil {
			return err
		}
		if rows, err = tx.Query(ctx, `SELECT `+columns+` WHERE q.id = $1`, id); err != nil {
			return err
		}
		if p, err = pgx.CollectExactlyOneRow(rows, scan); err != nil {
			return err
		}
		isNew = true
		return audit.Record(ctx, tx, audit.Entry{Action: "version.quarantine", Target: "version:" + version.String(),
			Detail: map[string]any{"quarantine_id": id, "until": p.Until, "deaths": len(p.Deaths)}})
	})
	return p, isNew && err == nil, err
}

// length is how long a version is paused that was paused so often before.
func length(earlier int) time.Duration {
	pause := worker.QuarantineFirst
	for range earlier {
		if pause *= 2; pause >= worker.QuarantineLongest {
			return worker.QuarantineLongest
		}
	}
	return pause
}

// evidenceOf bounds what is kept, and makes it fit for the database.
func evidenceOf(deaths []worker.Death) []Death {
	deaths = deaths[max(0, len(deaths)-MaxDeaths):]
	kept := make([]Death, len(deaths))
	for i, death := range deaths {
		detail := death.Detail
		if len(detail) > MaxDetail {
			detail = detail[:MaxDetail]
		}
		detail = strings.ReplaceAll(strings.ToValidUTF8(detail, ""), "\x00", "")
		kept[i] = Death{At: death.At.UTC(), Detail: detail}
	}
	return kept
}

// Release ends a pause. A pause that was released before stays as it was, and is no error.
func (s *Service) Release(ctx context.Context, id uuid.UUID, reason string) (Pause, error) {
	by := auth.UserFromContext(ctx)
	var p Pause
	released := false
	err := pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE quarantine q SET released_at = now(), released_by = $2, release_reason = $3
			WHERE q.id = $1 AND `+active, id, by, reason)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+columns+` WHERE q.id = $1`, id)
		if err != nil {
			return err
		}
		p, err = pgx.CollectExactlyOneRow(rows, scan)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return fault.Errorf(fault.NotFound, "no-such-quarantine", "There is no such quarantine.")
		case err != nil:
			return err
		case p.State == Expired:
			return fault.Errorf(fault.Conflict, "quarantine-over", "This quarantine has ended by itself: the version can be opened.")
		}
		if released = tag.RowsAffected() == 1; !released {
			return nil
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "version.quarantine.release", Target: "version:" + p.VersionID.String(),
			Detail: map[string]any{"quarantine_id": p.ID, "reason": reason}})
	})
	if err != nil || !released {
		return p, err
	}
	s.Announce(ctx, Change{AppKey: p.key()})
	s.tell(context.WithoutCancel(ctx), p)
	return p, nil
}

// Follow does on this host what a change says.
func (s *Service) Follow(change Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.followed++
	s.apply(change)
}

func (s *Service) apply(change Change) {
	if change.Until.IsZero() {
		s.Workers.Release(change.AppKey)
		return
	}
	s.Workers.Quarantine(change.AppKey, change.Until)
}

// Missed says that announcements may have been missed. It does not wait.
func (s *Service) Missed() {
	select {
	case s.missed <- struct{}{}:
	default:
	}
}

// Run keeps this host in step with the database until the context ends: at the start, when announcements may
// have been missed, and every SyncEvery.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(SyncEvery)
	defer tick.Stop()
	for {
		s.writePending(ctx)
		if err := s.Sync(ctx); err != nil && ctx.Err() == nil {
			s.Logger.WarnContext(ctx, "quarantines not read", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.missed:
		case <-tick.C:
		}
	}
}

func (s *Service) writePending(ctx context.Context) {
	s.mu.Lock()
	waiting := maps.Clone(s.pending)
	s.mu.Unlock()
	for key, deaths := range waiting {
		s.write(ctx, key, deaths)
	}
}

// Sync pauses and releases on this host what the database says.
func (s *Service) Sync(ctx context.Context) error {
	s.mu.Lock()
	before, followed := s.Workers.Quarantined(), s.followed
	s.mu.Unlock()
	rows, err := s.DB.Query(ctx, `SELECT q.app_id, q.version_id::text, q.until FROM quarantine q WHERE `+active+`
		ORDER BY q.until DESC LIMIT $1`, MaxActive)
	if err != nil {
		return err
	}
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Change, err error) {
		err = row.Scan(&c.AppID, &c.VersionID, &c.Until)
		return c, err
	})
	if err != nil {
		return fmt.Errorf("read quarantines: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.followed != followed { // what was read may be older than a change that was followed
		s.Missed()
		return nil
	}
	paused := make(map[worker.AppKey]bool, len(changes))
	for _, change := range changes {
		paused[change.AppKey] = true
		s.apply(change)
	}
	for _, key := range before {
		if _, pending := s.pending[key]; !pending && !paused[key] {
			s.Workers.Release(key)
		}
	}
	return nil
}

// active is the condition that a pause holds, and columns are what scan reads.
const (
	active  = `q.released_at IS NULL AND q.until > now()`
	columns = `q.id, q.app_id, q.version_id, v.label,
		CASE WHEN q.released_at IS NOT NULL THEN 'released' WHEN q.until > now() THEN 'active' ELSE 'expired' END,
		q.since, q.until, q.deaths, q.released_at, q.host, q.released_by, coalesce(q.release_reason, '')
		FROM quarantine q JOIN version v ON v.id = q.version_id`
)

func scan(row pgx.CollectableRow) (p Pause, err error) {
	err = row.Scan(&p.ID, &p.AppID, &p.VersionID, &p.Version, &p.State, &p.Since, &p.Until, &p.Deaths,
		&p.ReleasedAt, &p.host, &p.releasedBy, &p.reason)
	return p, err
}
