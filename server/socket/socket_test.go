package socket_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/socket"
	"github.com/teahouse/teahouse/waittest"
)

// host serves an endpoint on a real port.
type host struct {
	t        *testing.T
	endpoint *socket.Endpoint
	tokens   *tokens
	url      string
}

func serve(t *testing.T, config socket.Config) *host {
	t.Helper()
	h := &host{t: t, tokens: &tokens{}}
	config.Tokens, config.Kind, config.Refused, config.Ended = h.tokens, "t", "failed", "closed"
	config.MaxFrame, config.Logger = 1<<10, slog.New(slog.DiscardHandler)
	if config.CheckEvery == 0 {
		config.CheckEvery = time.Hour // so that it ends no socket for another guard
	}
	h.endpoint = socket.NewEndpoint(config)
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	h.endpoint.Routes(app, "/socket")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	t.Cleanup(func() {
		h.endpoint.Close(context.Background(), socket.Draining())
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		<-served
	})
	h.url = "ws://" + listener.Addr().String() + "/socket"
	return h
}

// dial returns a client that has sent the token.
func (h *host) dial(token string) *websocket.Conn {
	h.t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(h.t.Context(), h.url, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	if err := conn.WriteJSON(map[string]string{"t": "auth", "token": token}); err != nil {
		h.t.Fatal(err)
	}
	return conn
}

// open runs an endpoint and returns it with a client that has sent its token.
func open(t *testing.T, config socket.Config) (*socket.Endpoint, *websocket.Conn) {
	t.Helper()
	h := serve(t, config)
	return h.endpoint, h.dial(token(uuid.New(), uuid.New(), time.Now().Add(time.Hour)))
}

// last reads to the end of the socket: the last frame, and code and reason of the close frame.
func last(t *testing.T, conn *websocket.Conn) (frame string, code int, reason string) {
	t.Helper()
	if err := conn.SetReadDeadline(waittest.Deadline()); err != nil {
		t.Fatal(err)
	}
	for {
		_, next, err := conn.ReadMessage()
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			return frame, closed.Code, closed.Text
		}
		if err != nil {
			t.Fatalf("ended without a close frame: %v", err)
		}
		frame = string(next)
	}
}

func TestAClientThatDoesNotReadIsDisconnectedAndMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const most = 4 << 20
	frame := []byte(strings.Repeat("x", 256<<10))
	_, conn := open(t, socket.Config{MaxFrames: 1000, MaxBytes: most, Serve: func(s *socket.Socket) error {
		s.Release([]byte("first"))
		for sent := 0; ; sent++ {
			select {
			case <-s.Done():
				return nil
			default:
				s.Send(frame)
			}
		}
	}})
	frame2, code, reason := last(t, conn)
	if !strings.Contains(frame2, `"client-too-slow"`) || !strings.Contains(frame2, `"t":"closed"`) ||
		code != 4429 || reason != "client-too-slow" {
		t.Errorf("ended with %.100q, %d %q", frame2, code, reason)
	}
}

func TestAHandlerThatPanicsEndsItsSocketAlone(t *testing.T) {
	t.Parallel()
	endpoint, conn := open(t, socket.Config{MaxFrames: 10, MaxBytes: 1 << 10, Serve: func(*socket.Socket) error { panic("no") }})
	frame, code, _ := last(t, conn)
	if !strings.Contains(frame, `"failed"`) || strings.Contains(frame, "panic") || code != websocket.CloseInternalServerErr {
		t.Errorf("ended with %q, %d", frame, code)
	}
	if left := endpoint.Close(t.Context(), socket.Draining()); left != 0 {
		t.Errorf("%d sockets are left", left)
	}
}

func TestNothingIsSentBeforeTheFirstFrame(t *testing.T) {
	t.Parallel()
	_, conn := open(t, socket.Config{MaxFrames: 10, MaxBytes: 1 << 10, Serve: func(s *socket.Socket) error {
		s.Send([]byte("early"))
		return fault.Errorf(fault.NotFound, "nothing-here", "There is nothing here.")
	}})
	frame, code, reason := last(t, conn)
	if frame != `{"code":"nothing-here","message":"There is nothing here.","t":"failed"}` || code != 4404 || reason != "nothing-here" {
		t.Errorf("ended with %q, %d %q", frame, code, reason)
	}
}

// Authors of libraries rely on the table of close codes in the protocol.
func TestCloseCodesAreThoseOfTheProtocol(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	ends := []error{nil, socket.Draining(), socket.TooSlow(), errors.New("a defect")}
	for _, code := range []fault.Code{fault.Invalid, fault.Unauthenticated, fault.Forbidden, fault.NotFound,
		fault.Conflict, fault.TooLarge, fault.RateLimited, fault.Unavailable, fault.Internal} {
		ends = append(ends, fault.Errorf(code, "some-slug", "Some sentence."))
	}
	for _, end := range ends {
		if code := socket.CloseCode(end); !strings.Contains(string(page), fmt.Sprintf("\n| %d |", code)) {
			t.Errorf("%v: the protocol does not list %d", end, code)
		}
	}
}
