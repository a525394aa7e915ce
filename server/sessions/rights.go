package sessions

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/worker"
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

// Recheck looks soon at all sessions of an app: something about it has changed. It does not wait.
func (s *Service) Recheck(appID string) {
	s.rights.forget(appID)
	s.changed.add(appID)
}

func (r *rights) forget(appID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key := range r.known {
		if key.appID == appID {
			delete(r.known, key)
		}
	}
}

// allApps stands for all: announcements may have been lost.
const allApps = ""

// changedApps are those whose sessions have to be looked at.
type changedApps struct {
	signal chan struct{} // capacity 1
	mu     sync.Mutex
	apps   map[string]bool
}

func (c *changedApps) add(appID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apps[appID] = true
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

func (c *changedApps) take() map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	apps := c.apps
	c.apps = map[string]bool{}
	return apps
}

// EndVersion ends all sessions of a version that is paused because it keeps dying.
func (s *Service) EndVersion(key worker.AppKey) {
	for _, session := range s.openSessions() {
		if session.launch.AppID == key.AppID && session.launch.VersionID.String() == key.VersionID {
			session.conn.End(worker.Quarantined())
		}
	}
}

// openSessions are those whose app runs; one that is being opened asks by itself.
func (s *Service) openSessions() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := make([]*session, 0, len(s.sessions))
	for session := range s.sessions {
		select {
		case <-session.opened:
			open = append(open, session)
		default:
		}
	}
	return open
}

// lookAtSessions ends those that may not be open any more, and those that nobody uses. Sessions that
// call capabilities are looked at then, too.
func (s *Service) lookAtSessions(ctx context.Context, now time.Time) {
	for _, session := range s.openSessions() {
		session.checkIdle(now)
		_ = session.checkRights(ctx) // has ended the session
	}
}

// watchSessions looks every RightsEvery until the context ends, every RightsAlone while announcements
// of other hosts do not arrive, and at an app's sessions when it has changed.
func (s *Service) watchSessions(ctx context.Context) {
	often, tick := time.NewTicker(RightsAlone), time.NewTicker(RightsEvery)
	defer often.Stop()
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.lookAtSessions(ctx, now)
		case now := <-often.C:
			if !s.Bus.Whole() {
				s.rights.forgetAll()
				s.lookAtSessions(ctx, now)
			}
		case <-s.changed.signal:
			apps := s.changed.take()
			if apps[allApps] {
				s.rights.forgetAll()
			}
			for _, session := range s.openSessions() {
				if apps[allApps] || apps[session.launch.AppID] {
					_ = session.checkRights(ctx) // has ended the session
				}
			}
		}
	}
}

func (r *rights) forgetAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.known)
}
