// Package realtime holds the websockets of people's open clients and tells them what happened.
//
// An event for a person goes onto the bus once and reaches every host; the host that holds one of
// the person's sockets writes it there. A socket that reads too slowly is closed rather than
// buffered without end: its client reconnects and asks for what it missed, which is cheap.
package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
)

// Tokens proves who a client is.
type Tokens interface {
	Verify(ctx context.Context, token string, audience auth.Audience) (auth.Identity, error)
}

// Bus carries events between hosts.
type Bus interface {
	Publish(ctx context.Context, subject string, payload []byte) error
	Subscribe(subject string, fn func(payload []byte)) (cancel func(), err error)
}

// Hub is the set of sockets of one host.
type Hub struct {
	tokens Tokens
	bus    Bus
	logger *slog.Logger

	mu      sync.Mutex
	people  map[uuid.UUID]*person
	closing bool
	open    sync.WaitGroup // sockets whose handler is running
}

// person is somebody with at least one socket on this host.
type person struct {
	sockets map[*socket]struct{}
	cancel  func() // ends the subscription
}

// socket is one connection. Only its writer goroutine touches the websocket for writing.
type socket struct {
	queue chan []byte
	end   chan struct{} // closed to end the socket
	once  sync.Once
	last  []byte // what to say before closing
}

func (s *socket) finish(message []byte) {
	s.once.Do(func() { s.last = message; close(s.end) })
}

// New returns a hub without sockets.
func New(tokens Tokens, bus Bus, logger *slog.Logger) *Hub {
	return &Hub{tokens: tokens, bus: bus, logger: logger, people: map[uuid.UUID]*person{}}
}

func subject(userID uuid.UUID) string { return "user." + userID.String() }

// Push sends an event to all clients of a person. It returns when the bus has it; a person
// without an open client is not an error.
func (h *Hub) Push(ctx context.Context, userID uuid.UUID, event any) error {
	payload, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("realtime: event: %w", err)
	}
	return h.bus.Publish(ctx, subject(userID), payload)
}

// Routes adds GET /realtime.
func (h *Hub) Routes(app fiber.Router) {
	app.Get("/realtime", func(c *fiber.Ctx) error {
		if !websocket.IsWebSocketUpgrade(c) {
			return fault.Errorf(fault.Invalid, "websocket-expected", "This address speaks websocket only.")
		}
		return c.Next()
	}, websocket.New(h.serve, websocket.Config{ReadBufferSize: bufferBytes, WriteBufferSize: bufferBytes}))
}

// frame is what a client may send.
type frame struct {
	Type  string `json:"type"` // "auth", then "ping"
	Token string `json:"token"`
}

type errorEvent struct {
	Type    string `json:"type"` // "error"
	Code    string `json:"code"`
	Message string `json:"message"`
}

type readyEvent struct {
	Type   string    `json:"type"` // "ready"
	UserID uuid.UUID `json:"user_id"`
}

func (h *Hub) serve(conn *websocket.Conn) {
	h.mu.Lock()
	if h.closing {
		h.mu.Unlock()
		return
	}
	h.open.Add(1)
	h.mu.Unlock()
	defer h.open.Done()

	conn.SetReadLimit(maxFrame)
	identity, err := h.authenticate(conn)
	if err != nil {
		refuse(conn, err)
		return
	}
	s := &socket{queue: make(chan []byte, queueLength), end: make(chan struct{})}
	s.queue <- encode(readyEvent{"ready", identity.UserID})
	if err := h.join(identity.UserID, s); err != nil {
		refuse(conn, err)
		return
	}
	written := make(chan struct{})
	go func() { // ends when the socket does; serve waits for it, since the connection is reused
		defer close(written)
		s.write(conn)
	}()
	s.read(conn)
	h.leave(identity.UserID, s)
	s.finish(nil)
	<-written
}

func (h *Hub) authenticate(conn *websocket.Conn) (auth.Identity, error) {
	ctx, cancel := context.WithTimeout(context.Background(), authTimeout)
	defer cancel()
	if err := conn.SetReadDeadline(time.Now().Add(authTimeout)); err != nil {
		return auth.Identity{}, err
	}
	var first frame
	if err := conn.ReadJSON(&first); err != nil || first.Type != "auth" {
		return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "auth-expected",
			"The first frame must be {\"type\":\"auth\",\"token\":\"…\"}, within %s.", authTimeout)
	}
	return h.tokens.Verify(ctx, first.Token, auth.AudienceAPI)
}

func refuse(conn *websocket.Conn, err error) {
	_ = conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // the client may be gone; nothing to save
	_ = conn.WriteMessage(websocket.TextMessage,
		encode(errorEvent{"error", fault.SlugOf(err), fault.MessageOf(err)}))
}

func encode(event any) []byte {
	encoded, err := json.Marshal(event)
	if err != nil {
		panic(err) // our own flat structs always marshal
	}
	return encoded
}

// join adds the socket, subscribing to the person's events with the first one.
func (h *Hub) join(userID uuid.UUID, s *socket) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return fault.Errorf(fault.Unavailable, "host-draining", "This host is stopping; reconnect.")
	}
	p := h.people[userID]
	if p == nil {
		cancel, err := h.bus.Subscribe(subject(userID), func(payload []byte) { h.deliver(userID, payload) })
		if err != nil {
			return err
		}
		p = &person{sockets: map[*socket]struct{}{}, cancel: cancel}
		h.people[userID] = p
	}
	if len(p.sockets) >= maxSocketsUser {
		return fault.Errorf(fault.RateLimited, "too-many-sockets",
			"You have %d windows open; close one.", maxSocketsUser)
	}
	p.sockets[s] = struct{}{}
	return nil
}

// Count returns how many sockets are open on this host.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, p := range h.people {
		n += len(p.sockets)
	}
	return n
}

func (h *Hub) leave(userID uuid.UUID, s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.people[userID]
	if p == nil {
		return
	}
	delete(p.sockets, s)
	if len(p.sockets) == 0 {
		p.cancel()
		delete(h.people, userID)
	}
}

func (h *Hub) deliver(userID uuid.UUID, payload []byte) {
	message := append([]byte(nil), payload...) // shared by the queues, never changed
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.people[userID]
	if p == nil {
		return
	}
	for s := range p.sockets {
		select {
		case s.queue <- message:
		default:
			h.logger.Info("closing a client that reads too slowly", "user", userID)
			s.finish(encode(errorEvent{"error", "too-slow", "Reconnect and catch up."}))
		}
	}
}

func (s *socket) ended() bool {
	select {
	case <-s.end:
		return true
	default:
		return false
	}
}

// write sends what is queued, and pings, until the socket ends; then it ends the reader. Closing
// the connection would not: fasthttp closes a hijacked connection only after its handler returns.
func (s *socket) write(conn *websocket.Conn) {
	ticker := time.NewTicker(pingInterval)
	defer ticker.Stop()
	defer func() {
		s.finish(nil)
		_ = conn.SetReadDeadline(time.Now()) // fails only on a connection that has ended
	}()
	for {
		var err error
		select {
		case message := <-s.queue:
			err = s.send(conn, websocket.TextMessage, message)
		case <-ticker.C:
			err = s.send(conn, websocket.PingMessage, nil)
		case <-s.end:
			if s.last != nil {
				_ = s.send(conn, websocket.TextMessage, s.last) // a courtesy on the way out
			}
			return
		}
		if err != nil {
			return
		}
	}
}

func (s *socket) send(conn *websocket.Conn, kind int, message []byte) error {
	if err := conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return conn.WriteMessage(kind, message)
}

// read takes the client's pings until the connection ends.
func (s *socket) read(conn *websocket.Conn) {
	alive := func() error {
		err := conn.SetReadDeadline(time.Now().Add(readTimeout))
		if s.ended() { // the writer's deadline may have been overwritten just now
			return net.ErrClosed
		}
		return err
	}
	conn.SetPongHandler(func(string) error { return alive() })
	for alive() == nil {
		var f frame
		if err := conn.ReadJSON(&f); err != nil {
			return
		}
		if f.Type != "ping" {
			continue
		}
		select {
		case s.queue <- []byte(`{"type":"pong"}`):
		case <-s.end:
			return
		}
	}
}

// Close ends all sockets and waits for them.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closing = true
	goodbye := encode(errorEvent{"error", "host-draining", "This host is stopping; reconnect."})
	for _, p := range h.people {
		for s := range p.sockets {
			s.finish(goodbye)
		}
	}
	h.mu.Unlock()
	h.open.Wait()
}
