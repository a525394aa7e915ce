package sessions

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/worker"
)

// rights remembers for RightsLife the Launcher's answers about who may use which app version. A
// session was permitted when it opened; it must end when its app is taken down or its developer
// leaves the account, and not only when the user closes it.
type rights struct {
	launcher Launcher
	// known forgets nothing by its own clock: a library's cache that does would leave a goroutine behind.
	known *lru.Cache[right, answer]
}

func newRights(launcher Launcher) *rights {
	known, err := lru.New[right, answer](MaxRights)
	if err != nil {
		panic(err) // only for a size of zero or less
	}
	return &rights{launcher, known}
}

// right is one question. The answer for the released version is the same for all users, so it has no
// user, and all of an app's sessions share one question.
type right struct {
	appID   string
	version string
	user    uuid.UUID
}

// ReleasedVersion is the version that clients request to get the released one.
const ReleasedVersion = "released"

type answer struct {
	refusal error
	until   time.Time
}

// check returns the fault with which the session could not open now, or nil if it could. It also
// returns nil when the question cannot be answered now: it will be asked again.
func (r *rights) check(ctx context.Context, s *session) error {
	key := right{appID: s.launch.AppID, version: s.version}
	if s.version != ReleasedVersion {
		key.user = s.who.UserID
	}
	now := time.Now()
	if known, ok := r.known.Get(key); ok && now.Before(known.until) {
		return known.refusal
	}
	_, err := r.launcher.Launch(ctx, s.conn.Identity(), s.launch.AppID, s.version)
	if fault.SlugOf(err) == worker.CodeQuarantined {
		return err // not remembered: it may end at any moment, and must not end who opens the app after that
	}
	if code := fault.CodeOf(err); err != nil && code != fault.NotFound && code != fault.Forbidden {
		return nil
	}
	r.known.Add(key, answer{err, now.Add(RightsLife)})
	return err
}

// checkRights ends the session if it could not open now.
func (s *session) checkRights(ctx context.Context) error {
	err := s.service.rights.check(ctx, s)
	if err != nil {
		s.conn.End(err)
	}
	return err
}

// Recheck makes the service check all sessions of an app soon, because the app changed. It does not
// wait.
func (s *Service) Recheck(appID string) {
	s.rights.forget(appID)
	s.changed.add(appID)
}

func (r *rights) forget(appID string) {
	for _, key := range r.known.Keys() {
		if key.appID == appID {
			r.known.Remove(key)
		}
	}
}

// allApps means all apps: announcements may have been lost.
const allApps = ""

// changedApps are the apps whose sessions must be checked.
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

// EndVersion ends all sessions of a version that is paused for so long because it crashes too often.
func (s *Service) EndVersion(key worker.AppKey, left time.Duration) {
	for _, session := range s.openSessions() {
		if session.launch.AppID == key.AppID && session.launch.VersionID.String() == key.VersionID {
			session.conn.End(worker.Quarantined(left))
		}
	}
}

// openSessions returns the sessions whose app runs; a session that is being opened checks itself.
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

// checkAllSessions ends the sessions that may not be open any more, and the idle ones. A session's
// rights are also checked when it calls a capability.
func (s *Service) checkAllSessions(ctx context.Context, now time.Time) {
	for _, session := range s.openSessions() {
		session.checkIdle(now)
		_ = session.checkRights(ctx) // has ended the session
	}
}

// watchSessions checks all sessions every RightsEvery until the context ends, or every RightsAlone
// while announcements of other hosts do not arrive, and an app's sessions when the app has changed.
func (s *Service) watchSessions(ctx context.Context) {
	often, tick := time.NewTicker(RightsAlone), time.NewTicker(RightsEvery)
	defer often.Stop()
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.checkAllSessions(ctx, now)
		case now := <-often.C:
			if !s.Bus.Connected() {
				s.rights.forgetAll()
				s.checkAllSessions(ctx, now)
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

func (r *rights) forgetAll() { r.known.Purge() }
