package auth

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
)

// Endings is told of sessions that ended, once it is so in the database, and tells every host. It
// must not block for long; who misses it learns the same from SessionLives within LivesFor.
type Endings interface {
	// Ended says that the session of the person ended; the zero session means all of their sessions.
	Ended(ctx context.Context, userID, session uuid.UUID)
}

// liveness is what the database said of a session.
type liveness struct {
	userID uuid.UUID
	lives  bool
	asked  time.Time
}

// lives remembers what the database said of sessions for LivesFor.
type lives struct {
	cache *lru.Cache[uuid.UUID, liveness]
}

func newLives() lives {
	cache, err := lru.New[uuid.UUID, liveness](MaxLives)
	if err != nil {
		panic("auth: " + err.Error()) // only for a size below one
	}
	return lives{cache}
}

// SessionLives returns an Unauthenticated fault when what the identity stands on has ended: the
// log-in, the account, or the personal access token. Whoever holds something open for a person, such
// as a websocket, asks now and then. It costs one query in LivesFor. The tokens of app servers live
// by the app's secret, which the bridge looks at itself.
func (s *Service) SessionLives(ctx context.Context, id Identity) error {
	switch id.Audience {
	case AudienceAPI:
		return s.loginLives(ctx, id)
	case AudienceAPIToken:
		return s.apiTokenLives(ctx, id)
	default:
		return nil
	}
}

func (s *Service) loginLives(ctx context.Context, id Identity) error {
	known, ok := s.lives.cache.Get(id.Session)
	if !ok || known.lives && s.now().Sub(known.asked) >= LivesFor {
		known = liveness{userID: id.UserID, asked: s.now()}
		err := s.pool.QueryRow(ctx, `
			SELECT s.ended_at IS NULL AND u.disabled_at IS NULL
			FROM login_session s JOIN app_user u ON u.id = s.user_id WHERE s.id = $1 AND u.id = $2`,
			id.Session, id.UserID).Scan(&known.lives)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		s.lives.cache.Add(id.Session, known)
	}
	if !known.lives {
		return errSessionEnded
	}
	return nil
}

// NoteEnded makes this host ask the database again about a session, or about all of the person's
// when session is zero. The host calls it when another host announced the end.
func (s *Service) NoteEnded(userID, session uuid.UUID) {
	if session != uuid.Nil {
		s.lives.cache.Remove(session)
		return
	}
	for _, key := range s.lives.cache.Keys() {
		if known, ok := s.lives.cache.Peek(key); ok && known.userID == userID {
			s.lives.cache.Remove(key)
		}
	}
}

// ended announces what has just been committed.
func (s *Service) ended(ctx context.Context, userID uuid.UUID, sessions ...uuid.UUID) {
	for _, session := range sessions {
		s.NoteEnded(userID, session)
		s.endings.Ended(ctx, userID, session)
	}
}

type nobodyListens struct{}

func (nobodyListens) Ended(context.Context, uuid.UUID, uuid.UUID) {}
