// Package realtime holds the websockets of people's open clients and sends them events.
//
// An event for a person is published once on the bus and reaches every host; a host with a socket of
// the person writes it to the socket. A socket whose client reads too slowly is closed, so that its
// buffer does not grow: the client reconnects and asks for what it missed, which is cheap.
//
// What a client can rely on: after "ready" it receives every event, or a "gap" when the host notices
// that events may have been lost (NATS was unreachable); then it asks for messages, as after "ready".
// Messages of one conversation arrive in the order of their numbers, and none twice; when a number is
// missing, the client asks for it.
package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/socket"
)

// Bus carries events between hosts.
type Bus interface {
	Publish(ctx context.Context, subject string, payload []byte) error
	Subscribe(subject string, fn func(payload []byte)) (cancel func(), err error)
	// Sync returns nil when other hosts know of all subscriptions.
	Sync(ctx context.Context) error
	// Connected reports whether the bus reaches the other hosts.
	Connected() bool
	// OnGap calls fn when events of other hosts may have been lost.
	OnGap(fn func())
}

// Hub is the set of sockets of one host.
type Hub struct {
	bus      Bus
	logger   *slog.Logger
	endpoint *socket.Endpoint
	gaps     chan struct{} // capacity 1: all clients must be told of a gap
	ctx      context.Context
	cancel   context.CancelFunc
	tasks    sync.WaitGroup

	mu     sync.Mutex // never held while waiting for the bus
	people map[uuid.UUID]*person
}

// person has at least one socket on this host.
type person struct {
	subscribe sync.Once
	cancel    func() // ends the subscription

	// The rest is guarded by Hub.mu.
	sockets map[*socket.Socket]struct{}
	streams map[uuid.UUID]*stream
}

// New returns a hub without sockets. It runs until Close.
func New(tokens socket.Tokens, bus Bus, logger *slog.Logger) *Hub {
	h := &Hub{bus: bus, logger: logger, gaps: make(chan struct{}, 1), people: map[uuid.UUID]*person{}}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.endpoint = socket.NewEndpoint(socket.Config{Tokens: tokens, Logger: logger, Kind: "type", Refused: "error", Ended: "error",
		MaxFrame: MaxClientFrame, MaxFrames: MaxQueue, MaxBytes: MaxQueueBytes, Serve: h.serve})
	bus.OnGap(func() {
		select {
		case h.gaps <- struct{}{}:
		default: // a gap is already waiting to be sent
		}
	})
	h.tasks.Go(h.tellGaps)
	return h
}

func subject(userID uuid.UUID) string { return "user." + userID.String() }

// Push sends an event to all clients of a person. It does not wait for them; a person without an
// open client is not an error. An event that is Numbered reaches each client in its order.
func (h *Hub) Push(ctx context.Context, userID uuid.UUID, event any) error {
	encoded, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("realtime: event: %w", err)
	}
	return h.bus.Publish(ctx, subject(userID), pack(event, encoded))
}

// Routes adds GET /realtime.
func (h *Hub) Routes(app fiber.Router) { h.endpoint.Routes(app, "/realtime") }

type readyEvent struct {
	Type      string    `json:"type"` // "ready"
	UserID    uuid.UUID `json:"user_id"`
	ExpiresIn int       `json:"expires_in"` // seconds until the host wants a new token
}

// What the host says to any client.
var (
	pong = []byte(`{"type":"pong"}`)
	gap  = []byte(`{"type":"gap"}`)
)

// serve handles one client.
func (h *Hub) serve(s *socket.Socket) error {
	userID := s.Identity().UserID
	p, err := h.join(userID, s)
	if err != nil {
		return err
	}
	defer h.leave(userID, s)
	p.subscribe.Do(func() {
		p.cancel, err = h.bus.Subscribe(subject(userID), func(payload []byte) { h.deliver(userID, payload) })
	})
	if err != nil || p.cancel == nil { // another socket of the person met the error
		return fmt.Errorf("realtime: subscription: %w", err)
	}
	h.sync(s)
	ready, err := json.Marshal(readyEvent{"ready", userID, s.ExpiresIn()})
	if err != nil {
		return err
	}
	s.Release(ready)
	s.Read(func(frame []byte) {
		var f struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(frame, &f) != nil {
			s.End(fault.Errorf(fault.Invalid, "bad-frame", "Frames are JSON text."))
		} else if f.Type == "ping" {
			s.Send(pong)
		}
	})
	return nil
}

// sync waits until no event for the client can be lost between "ready" and its first requests. When
// that takes long, the client continues and gets a "gap" later. When NATS is unreachable, all clients
// get a "gap" at its return.
func (h *Hub) sync(s *socket.Socket) {
	ctx, cancel := context.WithTimeout(h.ctx, SyncWait)
	defer cancel()
	if h.bus.Sync(ctx) == nil || !h.bus.Connected() {
		return
	}
	h.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(h.ctx, SyncTimeout)
		defer cancel()
		if h.bus.Sync(ctx) == nil {
			s.Send(gap)
		}
	})
}

// join adds the socket.
func (h *Hub) join(userID uuid.UUID, s *socket.Socket) (*person, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.people[userID]
	if p == nil {
		p = &person{sockets: map[*socket.Socket]struct{}{}}
		h.people[userID] = p
	}
	if len(p.sockets) >= MaxSocketsUser {
		return nil, fault.Errorf(fault.RateLimited, "too-many-sockets",
			"You have %d windows open; close one.", MaxSocketsUser)
	}
	p.sockets[s] = struct{}{}
	return p, nil
}

func (h *Hub) leave(userID uuid.UUID, s *socket.Socket) {
	h.mu.Lock()
	p := h.people[userID]
	delete(p.sockets, s)
	last := len(p.sockets) == 0
	if last {
		delete(h.people, userID)
	}
	h.mu.Unlock()
	if last && p.cancel != nil {
		p.cancel()
	}
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

// send writes to all of the person's sockets, and ends a socket with too much unsent data.
func (p *person) send(frame []byte) {
	for s := range p.sockets {
		s.Send(frame)
	}
}

// tellGaps tells all clients of a possible gap, a few each second.
func (h *Hub) tellGaps() {
	pace := rate.NewLimiter(GapsPerSecond, GapsPerSecond/10)
	for {
		select {
		case <-h.gaps:
		case <-h.ctx.Done():
			return
		}
		for _, s := range h.all() {
			if pace.Wait(h.ctx) != nil {
				return
			}
			s.Send(gap)
		}
	}
}

func (h *Hub) all() []*socket.Socket {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []*socket.Socket
	for _, p := range h.people {
		for s := range p.sockets {
			all = append(all, s)
		}
	}
	return all
}

// EndSession ends the sockets of a session of the person, and all of the person's when session is zero.
func (h *Hub) EndSession(userID, session uuid.UUID) { h.endpoint.EndSession(userID, session) }

// Close ends all sockets and waits for them.
func (h *Hub) Close() {
	h.endpoint.Close(context.Background(), socket.Draining()) // each ends by its own deadlines
	h.cancel()
	h.tasks.Wait()
}
