package sessions

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
)

// rights remembers for RightsLife what the Launcher says about who may have what open. A session
// was permitted when it opened; an app that is taken down, or a developer who is taken off an
// account, must not go on until they close it themselves.
type rights struct {
	launcher Launcher

	mu    sync.Mutex
	known map[right]verdict
}

// right is what is asked. Everybody may open the released version or nobody may, so for it there
// is no user, and all of an app's sessions ask once.
type right struct {
	appID   string
	version string
	user    uuid.UUID
}

// ReleasedVersion is what clients ask for who want the version that everybody gets.
const ReleasedVersion = "released"

type verdict struct {
	refusal error
	until   time.Time
}

// check returns the fault with which the session would not open any more, nil while it would. That
// the question cannot be answered right now is nil too: it will be asked again.
func (r *rights) check(ctx context.Context, s *session) error {
	key := right{appID: s.launch.AppID, version: s.version}
	if s.version != ReleasedVersion {
		key.user = s.who.UserID
	}
	now := time.Now()
	r.mu.Lock()
	known, ok := r.known[key]
	r.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.refusal
	}
	_, err := r.launcher.Launch(ctx, s.conn.Identity(), s.launch.AppID, s.version)
	if code := fault.CodeOf(err); err != nil && code != fault.NotFound && code != fault.Forbidden {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= MaxRights {
		clear(r.known) // rare enough that asking anew is no loss
	}
	r.known[key] = verdict{err, now.Add(RightsLife)}
	return err
}

// checkRights ends the session if it would not open any more.
func (s *session) checkRights(ctx context.Context) error {
	err := s.service.rights.check(ctx, s)
	if err != nil {
		s.conn.End(err)
	}
	return err
}

// lookAtSessions ends those that may not be open any more, and those that nobody uses. Sessions that
// call capabilities are looked at then, too.
func (s *Service) lookAtSessions(ctx context.Context, now time.Time) {
	s.mu.Lock()
	open := make([]*session, 0, len(s.sessions))
	for session := range s.sessions {
		open = append(open, session)
	}
	s.mu.Unlock()
	for _, session := range open {
		select {
		case <-session.opened:
			session.checkIdle(now)
			_ = session.checkRights(ctx) // has ended the session
		default: // it is being opened, and asks by itself
		}
	}
}

// watchSessions looks every RightsEvery until the context ends.
func (s *Service) watchSessions(ctx context.Context) {
	tick := time.NewTicker(RightsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.lookAtSessions(ctx, now)
		}
	}
}
