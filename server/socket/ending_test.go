package socket_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/socket"
	"github.com/teahouse/teahouse/waittest"
)

// tokens replaces auth; a token is "user session end".
type tokens struct {
	mu    sync.Mutex
	ended []uuid.UUID
}

func token(user, session uuid.UUID, end time.Time) string {
	return user.String() + " " + session.String() + " " + end.Format(time.RFC3339Nano)
}

func (k *tokens) Verify(_ context.Context, token string, _ auth.Audience) (auth.Identity, error) {
	parts := strings.Split(token, " ")
	if len(parts) != 3 {
		return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "bad-token", "Log in again.")
	}
	end, err := time.Parse(time.RFC3339Nano, parts[2])
	return auth.Identity{UserID: uuid.MustParse(parts[0]), Session: uuid.MustParse(parts[1]), Expires: end}, err
}

func (k *tokens) CheckSession(ctx context.Context, who auth.Identity) error {
	if ended, _ := k.EndedAmong(ctx, []uuid.UUID{who.Session}); len(ended) > 0 {
		return auth.SessionEnded()
	}
	return nil
}

func (k *tokens) EndedAmong(_ context.Context, sessions []uuid.UUID) (ended []uuid.UUID, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, session := range sessions {
		if slices.Contains(k.ended, session) {
			ended = append(ended, session)
		}
	}
	return ended, nil
}

func (k *tokens) end(session uuid.UUID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ended = append(k.ended, session)
}

// echo answers each frame with itself.
func echo() socket.Config {
	return socket.Config{MaxFrames: 10, MaxBytes: 1 << 10, Serve: func(s *socket.Socket) error {
		s.Release([]byte(`"hello"`))
		s.Read(s.Send)
		return nil
	}}
}

// answers checks that the socket is open and the host answers.
func answers(t *testing.T, conn *websocket.Conn) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`"there?"`)); err != nil {
		t.Fatal(err)
	}
	expect(t, conn, `"there?"`)
}

func expect(t *testing.T, conn *websocket.Conn, text string) {
	t.Helper()
	if err := conn.SetReadDeadline(waittest.Deadline()); err != nil {
		t.Fatal(err)
	}
	if _, frame, err := conn.ReadMessage(); err != nil || !strings.Contains(string(frame), text) {
		t.Fatalf("got %q %v, want %q", frame, err, text)
	}
}

func ended(t *testing.T, conn *websocket.Conn, slug string, want int) {
	t.Helper()
	frame, code, reason := last(t, conn)
	if frame == "" { // it was read before
		frame = `"` + slug + `"`
	}
	if !strings.Contains(frame, `"`+slug+`"`) || code != want || reason != slug {
		t.Errorf("ended with %q, %d %q; want %s", frame, code, reason, slug)
	}
}

func TestASocketEndsWithItsSessionAndNoOther(t *testing.T) {
	t.Parallel()
	h := serve(t, echo())
	ann, phone, laptop, later := uuid.New(), uuid.New(), uuid.New(), time.Now().Add(time.Hour)
	onPhone := h.dial(token(ann, phone, later))
	onLaptop := h.dial(token(ann, laptop, later))
	someone := h.dial(token(uuid.New(), uuid.New(), later))
	for _, conn := range []*websocket.Conn{onPhone, onLaptop, someone} {
		expect(t, conn, "hello")
	}
	h.endpoint.EndSession(ann, phone)
	ended(t, onPhone, "session-ended", 4401)
	answers(t, onLaptop)
	h.endpoint.EndSession(ann, uuid.Nil) // all of hers: the account was suspended
	ended(t, onLaptop, "session-ended", 4401)
	answers(t, someone)
}

func TestAnEndWithoutAnnouncementIsFoundInTheDatabase(t *testing.T) {
	t.Parallel()
	h := serve(t, echo())
	session, later := uuid.New(), time.Now().Add(time.Hour)
	mine, other := h.dial(token(uuid.New(), session, later)), h.dial(token(uuid.New(), uuid.New(), later))
	expect(t, mine, "hello")
	expect(t, other, "hello")
	h.tokens.end(session)
	h.endpoint.CheckSessions(t.Context())
	ended(t, mine, "session-ended", 4401)
	answers(t, other)
}

// The session ends after the token was checked, and before an announcement can find the socket.
func TestASessionThatEndsWhileItsSocketOpensIsRefused(t *testing.T) {
	t.Parallel()
	h := serve(t, echo())
	session := uuid.New()
	h.tokens.end(session)
	conn := h.dial(token(uuid.New(), session, time.Now().Add(time.Hour)))
	expect(t, conn, "session-ended") // before anything else
	ended(t, conn, "session-ended", 4401)
}

func TestTheDatabaseIsAskedAgainAndAgain(t *testing.T) {
	t.Parallel()
	config := echo()
	config.CheckEvery = time.Millisecond
	h := serve(t, config)
	session := uuid.New()
	conn := h.dial(token(uuid.New(), session, time.Now().Add(time.Hour)))
	expect(t, conn, "hello")
	answers(t, conn)
	h.tokens.end(session)
	ended(t, conn, "session-ended", 4401)
}

func TestASocketEndsWithItsTokenUnlessItGetsANewOneInTime(t *testing.T) {
	t.Parallel()
	h := serve(t, echo())
	ann, session, soon := uuid.New(), uuid.New(), time.Now().Add(5*time.Second)
	careful := h.dial(token(ann, session, soon))
	careless := h.dial(token(ann, session, soon.Add(time.Second))) // so that its end is after the first token of the other
	expect(t, careful, "hello")
	if err := careful.WriteJSON(map[string]string{"t": "auth", "token": token(ann, session, time.Now().Add(time.Hour))}); err != nil {
		t.Fatal(err)
	}
	expect(t, careful, `"expires_in":35`)
	ended(t, careless, "token-expired", 4401)
	answers(t, careful)
}

func TestASocketStaysThatOfItsPersonAndSession(t *testing.T) {
	t.Parallel()
	h := serve(t, echo())
	ann, session, later := uuid.New(), uuid.New(), time.Now().Add(time.Hour)
	for name, other := range map[string]struct {
		token, slug string
		code        int
	}{
		"another person":            {token(uuid.New(), session, later), "other-session", 4403},
		"another session":           {token(ann, uuid.New(), later), "other-session", 4403},
		"a token that is not valid": {"forged", "bad-token", 4401},
	} {
		conn := h.dial(token(ann, session, later))
		expect(t, conn, "hello")
		if err := conn.WriteJSON(map[string]string{"t": "auth", "token": other.token}); err != nil {
			t.Fatal(err)
		}
		t.Log(name)
		expect(t, conn, other.slug) // and no renewal
		ended(t, conn, other.slug, other.code)
	}
}
