package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
)

// Endings is told of sessions that ended, after the database has recorded it, and tells every host.
// It must not block for long. A host that misses the announcement learns the same from CheckSession
// within SessionCacheFor.
type Endings interface {
	// Ended says that the session of the person ended; the zero session means all of their sessions.
	Ended(ctx context.Context, userID, session uuid.UUID)
}

// sessionState is what the database said about a session.
type sessionState struct {
	userID uuid.UUID
	open   bool
	asked  time.Time
}

// sessionCache remembers for SessionCacheFor what the database said about sessions.
type sessionCache struct {
	cache *lru.Cache[uuid.UUID, sessionState]
}

func newSessionCache() sessionCache {
	cache, err := lru.New[uuid.UUID, sessionState](MaxCachedSessions)
	if err != nil {
		panic("auth: " + err.Error()) // only for a size below one
	}
	return sessionCache{cache}
}

// CheckSession returns an Unauthenticated fault when the log-in, the account or the personal access
// token of the identity has ended. Whoever holds a connection open for a person, such as a
// websocket, calls it regularly. It makes at most one query for a session in SessionCacheFor. The
// tokens of app servers end with the app's secret, which the bridge checks itself.
func (s *Service) CheckSession(ctx context.Context, id Identity) error {
	switch id.Audience {
	case AudienceAPI:
		return s.checkLogin(ctx, id)
	case AudienceAPIToken:
		return s.checkAPIToken(ctx, id)
	default:
		return nil
	}
}

func (s *Service) checkLogin(ctx context.Context, id Identity) error {
	known, ok := s.sessions.cache.Get(id.Session)
	if !ok || known.open && s.now().Sub(known.asked) >= SessionCacheFor {
		known = sessionState{userID: id.UserID, asked: s.now()}
		err := s.pool.QueryRow(ctx, `
			SELECT s.ended_at IS NULL AND u.disabled_at IS NULL
			FROM login_session s JOIN app_user u ON u.id = s.user_id WHERE s.id = $1 AND u.id = $2`,
			id.Session, id.UserID).Scan(&known.open)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		s.sessions.cache.Add(id.Session, known)
	}
	if !known.open {
		return errSessionEnded
	}
	return nil
}

// NoteEnded makes this host ask the database again about a session, or about all of the person's
// sessions when session is zero. The host calls it when another host has announced the end.
func (s *Service) NoteEnded(userID, session uuid.UUID) {
	if session != uuid.Nil {
		s.sessions.cache.Remove(session)
		return
	}
	for _, key := range s.sessions.cache.Keys() {
		if known, ok := s.sessions.cache.Peek(key); ok && known.userID == userID {
			s.sessions.cache.Remove(key)
		}
	}
}

// ended announces the end of sessions, after the transaction is committed.
func (s *Service) ended(ctx context.Context, userID uuid.UUID, sessions ...uuid.UUID) {
	for _, session := range sessions {
		s.NoteEnded(userID, session)
		s.endings.Ended(ctx, userID, session)
	}
}

type noEndings struct{}

func (noEndings) Ended(context.Context, uuid.UUID, uuid.UUID) {}

// EndedAmong returns those of the sessions that have ended, or whose account has, in one query. A
// holder of many sockets calls it regularly, because an announcement may not arrive.
func (s *Service) EndedAmong(ctx context.Context, sessions []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT open.id FROM unnest($1::uuid[]) AS open (id)
		LEFT JOIN login_session s ON s.id = open.id
		LEFT JOIN app_user u ON u.id = s.user_id
		WHERE u.id IS NULL OR s.ended_at IS NOT NULL OR u.disabled_at IS NOT NULL`, sessions)
	if err != nil {
		return nil, fmt.Errorf("auth: sessions that ended: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// SessionEnded is the fault for a person whose session ended.
func SessionEnded() error { return errSessionEnded }
