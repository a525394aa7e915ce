package host

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
)

// endings tells every host of sessions of people that ended.
type endings struct{ host *Host }

const endingsSubject = "auth.ended"

// ending is what travels on endingsSubject.
type ending struct {
	UserID  uuid.UUID `json:"user_id"`
	Session uuid.UUID `json:"session"` // zero for all sessions of the person
}

// Ended implements auth.Endings. On this host it has happened when Ended returns.
func (e endings) Ended(ctx context.Context, userID, session uuid.UUID) {
	payload, err := json.Marshal(ending{userID, session})
	if err == nil {
		err = e.host.bus.Publish(ctx, endingsSubject, payload)
	}
	if err != nil { // the hosts ask the database within auth.LivesFor and socket.CheckEvery
		e.host.log.Warn("hosts were not told that a session ended", "user", userID, "error", err)
	}
}

func (h *Host) noteEnded(payload []byte) {
	var e ending
	if err := json.Unmarshal(payload, &e); err != nil {
		h.log.Error("unreadable announcement of an ended session", "error", err)
		return
	}
	h.endSessions(e)
}

// endSessions ends on this host what a person's session had open. It may be called twice for one end.
func (h *Host) endSessions(e ending) {
	h.auth.NoteEnded(e.UserID, e.Session) // first: a socket that opens in between asks the database
	h.hub.EndSession(e.UserID, e.Session)
	h.sessions.EndSession(e.UserID, e.Session)
}
