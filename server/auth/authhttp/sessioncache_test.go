package authhttp_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/auth"
)

// announced collects what auth announces.
type announced struct {
	mu   sync.Mutex
	ends [][2]uuid.UUID
}

func (a *announced) Ended(_ context.Context, userID, session uuid.UUID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ends = append(a.ends, [2]uuid.UUID{userID, session})
}

func (a *announced) all() [][2]uuid.UUID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ends
}

// Ensure that the access token of a session that ended is refused: at once on the host that ended
// it, within SessionCacheFor on a host that was not told; and that other sessions continue.
func TestAnEndedSessionsTokenIsRefused(t *testing.T) {
	t.Parallel()
	said := &announced{}
	h := apitest.New(t, func(o *auth.Options) { o.Endings = said }, nil)
	other, err := auth.New(t.Context(), auth.Options{Pool: h.Pool, Secret: h.Secret, Now: h.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	phone, laptop := h.Person("mei"), h.Person("mei")
	id, err := other.Authenticate(t.Context(), phone.Token)
	if err != nil || id.Session == uuid.Nil || !id.Expires.After(h.Clock.Now()) {
		t.Fatalf("got %+v, %v", id, err)
	}
	phone.Do("POST", "/api/v1/auth/logout", nil).Want(204)
	phone.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended")
	laptop.Do("GET", "/api/v1/me", nil).Want(200)

	h.Clock.Forward(auth.SessionCacheFor)
	if _, err := other.Verify(t.Context(), phone.Token, auth.AudienceAPI); err == nil {
		t.Error("another host takes the token of an ended session")
	}
	if err := other.CheckSession(t.Context(), id); err == nil {
		t.Error("another host says that the session has not ended")
	}
	if ends := said.all(); len(ends) != 1 || ends[0] != [2]uuid.UUID{phone.User.ID, id.Session} {
		t.Errorf("announced %v", ends)
	}
}

// Ensure that a host that is told asks at once, for one session and for all of a person's.
func TestAHostThatIsToldOfAnEndAsksTheDatabase(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	other, err := auth.New(t.Context(), auth.Options{Pool: h.Pool, Secret: h.Secret, Now: h.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, all := range []bool{false, true} {
		c := h.Person("mei")
		id, err := other.Authenticate(t.Context(), c.Token)
		if err != nil {
			t.Fatal(err)
		}
		c.Do("POST", "/api/v1/auth/logout", nil).Want(204)
		if all {
			other.NoteEnded(id.UserID, uuid.Nil)
		} else {
			other.NoteEnded(id.UserID, id.Session)
		}
		if err := other.CheckSession(t.Context(), id); err == nil {
			t.Error("the session has not ended")
		}
	}
}
