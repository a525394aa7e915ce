package realtime_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bus"
	"github.com/teahouse/teahouse/server/realtime"
	"github.com/teahouse/teahouse/waittest"
)

// tokens takes a user's ID as the token.
type tokens struct{}

func (tokens) Verify(_ context.Context, token string, _ auth.Audience) (auth.Identity, error) {
	id, err := uuid.Parse(token)
	if err != nil {
		return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "bad-token", "Log in again.")
	}
	return auth.Identity{UserID: id, Expires: time.Now().Add(time.Hour)}, nil
}

func (tokens) CheckSession(context.Context, auth.Identity) error { return nil }

func (tokens) EndedAmong(context.Context, []uuid.UUID) ([]uuid.UUID, error) { return nil, nil }

// host runs a hub behind a real socket, on a bus that it may share with other hosts.
func host(t testing.TB, b *bus.Bus) (*realtime.Hub, string) {
	t.Helper()
	hub := realtime.New(tokens{}, b, slog.New(slog.DiscardHandler))
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	hub.Routes(app)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	t.Cleanup(func() {
		hub.Close()
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		<-served
	})
	return hub, "ws://" + listener.Addr().String() + "/realtime"
}

func openBus(t testing.TB) *bus.Bus {
	t.Helper()
	b, err := bus.Open("", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func dial(t *testing.T, url, token string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.WriteJSON(map[string]string{"type": "auth", "token": token}); err != nil {
		t.Fatal(err)
	}
	return conn
}

func next(t *testing.T, conn *websocket.Conn) map[string]any {
	t.Helper()
	if err := conn.SetReadDeadline(waittest.Deadline()); err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := conn.ReadJSON(&event); err != nil {
		t.Fatal(err)
	}
	return event
}

func TestAnEventReachesAllWindowsOfAPersonOnEveryHost(t *testing.T) {
	t.Parallel()
	shared := openBus(t)
	first, firstURL := host(t, shared)
	_, secondURL := host(t, shared)
	ann, bob := uuid.New(), uuid.New()
	windows := []*websocket.Conn{dial(t, firstURL, ann.String()), dial(t, firstURL, ann.String()), dial(t, secondURL, ann.String())}
	other := dial(t, secondURL, bob.String())
	for _, conn := range append(windows, other) {
		if event := next(t, conn); event["type"] != "ready" {
			t.Fatalf("got %v, want ready", event)
		}
	}
	if err := first.Push(t.Context(), ann, map[string]string{"type": "message", "for": "ann"}); err != nil {
		t.Fatal(err)
	}
	if err := first.Push(t.Context(), bob, map[string]string{"type": "message", "for": "bob"}); err != nil {
		t.Fatal(err)
	}
	for _, conn := range windows {
		if event := next(t, conn); event["for"] != "ann" {
			t.Errorf("got %v", event)
		}
	}
	if event := next(t, other); event["for"] != "bob" {
		t.Errorf("bob got %v", event)
	}
}

func TestWithoutAValidTokenNoEventIsReceived(t *testing.T) {
	t.Parallel()
	_, url := host(t, openBus(t))
	conn := dial(t, url, "forged")
	event := next(t, conn)
	if event["type"] != "error" || event["code"] != "bad-token" {
		t.Errorf("got %v", event)
	}
	if code, reason := ending(t, conn); code != 4401 || reason != "bad-token" {
		t.Errorf("closed with %d %q", code, reason)
	}
}

func TestAPingIsAnswered(t *testing.T) {
	t.Parallel()
	_, url := host(t, openBus(t))
	conn := dial(t, url, uuid.NewString())
	next(t, conn)
	if err := conn.WriteJSON(map[string]string{"type": "ping"}); err != nil {
		t.Fatal(err)
	}
	if event := next(t, conn); event["type"] != "pong" {
		t.Errorf("got %v", event)
	}
}

func TestAnOversizedFrameEndsTheSocket(t *testing.T) {
	t.Parallel()
	_, url := host(t, openBus(t))
	conn := dial(t, url, uuid.NewString())
	next(t, conn)
	if err := conn.WriteMessage(websocket.TextMessage, make([]byte, 5<<20)); err == nil {
		if _, _, err = conn.ReadMessage(); err == nil {
			t.Error("the socket is still open")
		}
	}
}

func TestAStoppingHostSaysSoToItsClients(t *testing.T) {
	t.Parallel()
	hub, url := host(t, openBus(t))
	conn := dial(t, url, uuid.NewString())
	next(t, conn)
	hub.Close()
	if event := next(t, conn); event["code"] != "host-draining" {
		t.Errorf("got %v", event)
	}
	if code, reason := ending(t, conn); code != websocket.CloseServiceRestart || reason != "host-draining" {
		t.Errorf("closed with %d %q", code, reason)
	}
}

// ending reads to the end of the socket and returns code and reason of the close frame.
func ending(t *testing.T, conn *websocket.Conn) (code int, reason string) {
	t.Helper()
	for {
		var closed *websocket.CloseError
		if _, _, err := conn.ReadMessage(); errors.As(err, &closed) {
			return closed.Code, closed.Text
		} else if err != nil {
			t.Fatalf("ended without a close frame: %v", err)
		}
	}
}
