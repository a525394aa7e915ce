// Package socket is the common part of the host's websockets: who may connect, the timeouts, how much
// may wait for a slow client, and how a socket ends.
//
// Other packages define the messages. The first frame of a client contains its token; from then on
// the socket has an owner. Every end is announced twice: in a last frame with a code and a sentence
// for the person, and in a close frame whose code and reason a library understands.
package socket

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
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
	// CheckSession returns a fault when the session or token of the identity has ended.
	CheckSession(ctx context.Context, who auth.Identity) error
	// EndedAmong returns those of the sessions that have ended.
	EndedAmong(ctx context.Context, sessions []uuid.UUID) ([]uuid.UUID, error)
}

// Config is the part that differs between addresses.
type Config struct {
	Tokens Tokens
	Logger *slog.Logger
	Kind   string // the JSON member with a frame's kind: "type" or "t"
	// Refused and Ended are the kinds of the last frame: before and after the start.
	Refused, Ended string
	MaxFrame       int64        // bytes of a frame of the client
	MaxFrames      int          // how many frames may wait for a slow client
	MaxBytes       int          // and how many bytes
	TooSlow        func() error // the end of a socket for which more would have to wait; default: TooSlow
	// CheckEvery is the time between two queries whether the sessions of the sockets have ended; the
	// constant of the same name when it is zero.
	CheckEvery time.Duration
	// Serve handles one client until Socket.Read returns. Its error ends the socket.
	Serve func(s *Socket) error
}

// Endpoint is one address at which sockets open.
type Endpoint struct {
	Config

	mu      sync.Mutex
	closing error // not nil after Close: the reason for clients that come later
	sockets map[*Socket]struct{}
	open    sync.WaitGroup // handlers that run
	stop    context.CancelFunc
	watch   sync.WaitGroup
}

// NewEndpoint returns an endpoint that accepts sockets. It watches its sockets until Close.
func NewEndpoint(config Config) *Endpoint {
	ctx, stop := context.WithCancel(context.Background())
	if config.TooSlow == nil {
		config.TooSlow = TooSlow
	}
	config.CheckEvery = cmp.Or(config.CheckEvery, CheckEvery)
	e := &Endpoint{Config: config, sockets: map[*Socket]struct{}{}, stop: stop}
	e.watch.Go(func() { e.watchSessions(ctx) })
	return e
}

// Routes adds GET path.
func (e *Endpoint) Routes(app fiber.Router, path string) {
	app.Get(path, func(c *fiber.Ctx) error {
		if !websocket.IsWebSocketUpgrade(c) {
			return fault.Errorf(fault.Invalid, "websocket-expected", "This address speaks websocket only.")
		}
		return c.Next()
	}, websocket.New(e.serve, websocket.Config{ReadBufferSize: Buffer, WriteBufferSize: Buffer}))
}

// Close refuses new sockets and ends all open ones with why. It waits for them until ctx ends, and
// returns how many are left.
func (e *Endpoint) Close(ctx context.Context, why error) (left int) {
	e.mu.Lock()
	e.closing = why
	for s := range e.sockets {
		s.End(why)
	}
	e.mu.Unlock()
	e.stop()
	e.watch.Wait()
	closed := make(chan struct{})
	go func() { e.open.Wait(); close(closed) }() // ends with the last handler, which ends by its own deadlines
	select {
	case <-closed:
	case <-ctx.Done():
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.sockets)
}

// errPanicked is the end of a socket whose handler did not return.
var errPanicked = errors.New("panic")

// serve is the handler of one websocket. The connection must not be used after it returns, so it
// waits for its writer, also when Serve panics.
func (e *Endpoint) serve(conn *websocket.Conn) {
	s := newSocket(e, conn)
	refusal := e.add(s)
	if refusal == nil {
		defer e.remove(s) // the socket counts until its last frame is sent
	}
	written := make(chan struct{})
	go func() { defer close(written); s.write() }()
	err := errPanicked
	defer func() {
		s.End(err)
		if s.expiry != nil {
			s.expiry.Stop()
		}
		<-written
		s.linger()
	}()
	if refusal != nil {
		err = refusal
		return
	}
	conn.SetReadLimit(e.MaxFrame)
	if refusal := s.authenticate(); refusal != nil {
		err = refusal
		return
	}
	err = e.Serve(s)
}

func (e *Endpoint) add(s *Socket) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closing != nil {
		return e.closing
	}
	e.open.Add(1)
	e.sockets[s] = struct{}{}
	return nil
}

func (e *Endpoint) remove(s *Socket) {
	e.mu.Lock()
	delete(e.sockets, s)
	e.mu.Unlock()
	e.open.Done()
}

// lastFrame is what a client reads when its socket ends.
func (e *Endpoint) lastFrame(kind string, err error, language string) []byte {
	return encode(map[string]string{e.Kind: kind, "code": fault.SlugOf(err),
		"message": fault.MessageIn(fault.LanguageOf(language), err)})
}

// encode marshals our own flat types; that cannot fail.
func encode(v any) []byte {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return encoded
}

// linger sends the close frame, and reads and discards what the client still sends. A connection that
// is closed with unread input is reset, and the client may then lose the last frames.
func (s *Socket) linger() {
	<-s.end // the reason is set before this is closed
	reason := fault.SlugOf(s.why)
	_ = s.conn.WriteControl(websocket.CloseMessage, // fails if the client has already disconnected
		websocket.FormatCloseMessage(CloseCode(s.why), reason[:min(len(reason), MaxReason)]), time.Now().Add(WriteWait))
	raw := s.conn.NetConn()
	_ = raw.SetReadDeadline(time.Now().Add(Linger))
	_, _ = io.Copy(io.Discard, io.LimitReader(raw, LingerBytes))
}
