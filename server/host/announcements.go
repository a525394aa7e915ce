package host

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/quarantine"
)

// A decision about an app on one host is announced to all: running programs must end everywhere. A host
// that misses it reads it from the database later (sessions.RightsEvery, sessions.RightsAlone).
const (
	appChangedSubject     = "app.changed"     // its app ID: taken down, or brought back
	appQuarantinedSubject = "app.quarantined" // a quarantine.Change: a version is paused, or released again
)

// announce tells all hosts; this host has processed it when announce returns.
func (h *Host) announce(ctx context.Context, subject string, news any) {
	payload, err := json.Marshal(news)
	if err == nil {
		err = h.bus.Publish(ctx, subject, payload)
	}
	if err != nil {
		h.log.Warn("hosts were not told", "subject", subject, "error", err)
	}
}

func (h *Host) appChanged(ctx context.Context, appID string) {
	h.announce(ctx, appChangedSubject, appID)
}

func (h *Host) appQuarantined(key worker.AppKey, deaths []worker.Death) {
	h.metrics.Quarantined()
	h.sessions.NoteQuarantine(key, deaths) // no app runs before the sessions are there
	h.quarantines.Begin(key, deaths)
}

func (h *Host) quarantineChanged(ctx context.Context, change quarantine.Change) {
	h.announce(ctx, appQuarantinedSubject, change)
}

// followAnnouncements handles the announcements of all hosts. It runs after its packages are set up.
func (h *Host) followAnnouncements() error {
	for subject, act := range map[string]func(payload []byte) error{
		endingsSubject: func(payload []byte) error {
			var e ending
			err := json.Unmarshal(payload, &e)
			if err == nil {
				h.endSessions(e)
			}
			return err
		},
		appChangedSubject: func(payload []byte) error {
			var appID string
			err := json.Unmarshal(payload, &appID)
			if err == nil {
				h.sessions.Recheck(appID)
			}
			return err
		},
		appQuarantinedSubject: func(payload []byte) error {
			var change quarantine.Change
			err := json.Unmarshal(payload, &change)
			if err == nil {
				h.quarantines.Follow(change)
				if left := time.Until(change.Until); left > 0 {
					h.sessions.EndVersion(change.AppKey, left)
				}
			}
			return err
		},
	} {
		unsubscribe, err := h.bus.Subscribe(subject, func(payload []byte) {
			if err := act(payload); err != nil {
				h.log.Error("unreadable announcement", "subject", subject, "error", err)
			}
		})
		if err != nil {
			return err
		}
		h.later(func(context.Context) error { unsubscribe(); return nil })
	}
	h.bus.OnGap(h.quarantines.Missed)
	return nil
}

var _ auth.Endings = endings{}

// endings tells every host of sessions of people that ended.
type endings struct{ host *Host }

const endingsSubject = "auth.ended"

// ending is a message on endingsSubject.
type ending struct {
	UserID  uuid.UUID `json:"user_id"`
	Session uuid.UUID `json:"session"` // zero for all sessions of the person
}

// Ended implements auth.Endings. On this host it has happened when Ended returns; the others ask the
// database within auth.SessionCacheFor and socket.CheckEvery if the announcement does not reach them.
func (e endings) Ended(ctx context.Context, userID, session uuid.UUID) {
	e.host.announce(ctx, endingsSubject, ending{userID, session})
}

// endSessions ends on this host everything that a person's session had open. It may be called twice.
func (h *Host) endSessions(e ending) {
	h.auth.NoteEnded(e.UserID, e.Session) // first: a socket that opens in between asks the database
	h.hub.EndSession(e.UserID, e.Session)
	h.sessions.EndSession(e.UserID, e.Session)
}
