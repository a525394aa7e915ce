package socket

import (
	"bytes"
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
)

// Socket is the connection of one client. Its methods are safe to call from any goroutine, except
// for Next and Read, which belong to Config.Serve.
type Socket struct {
	endpoint *Endpoint
	conn     *websocket.Conn
	out      *outbox
	who      atomic.Pointer[auth.Identity]
	language atomic.Pointer[string]
	expiry   *time.Timer   // ends the socket with its token; belongs to the reader
	why      error         // set before end is closed
	end      chan struct{} // closed when the socket ends
}

func newSocket(e *Endpoint, conn *websocket.Conn) *Socket {
	s := &Socket{endpoint: e, conn: conn, out: newOutbox(e.MaxFrames, e.MaxBytes), end: make(chan struct{})}
	s.SetLanguage(conn.Headers(fiber.HeaderAcceptLanguage)) // until the client says more
	return s
}

// Identity returns the owner of the socket.
func (s *Socket) Identity() auth.Identity { return *s.who.Load() }

// SetLanguage sets the language of the host's own sentences, a BCP 47 tag.
func (s *Socket) SetLanguage(language string) { s.language.Store(&language) }

// Send queues a frame for the client. When too much waits, the socket ends; the client can connect
// again and ask for what it missed.
func (s *Socket) Send(frame []byte) {
	if !s.out.push(frame) {
		s.End(s.endpoint.TooSlow())
	}
}

// Release sends the first frame, and then the frames that were passed to Send before.
func (s *Socket) Release(first []byte) { s.out.release(first) }

// End ends the socket. The client is told why, unless err is nil. Only the first call counts.
func (s *Socket) End(err error) {
	first := s.out.end(func(begun bool) []byte {
		if err == nil {
			return nil
		}
		kind, language := s.endpoint.Refused, ""
		if begun {
			kind = s.endpoint.Ended
		}
		if l := s.language.Load(); l != nil {
			language = *l
		}
		return s.endpoint.lastFrame(kind, err, language)
	})
	if first {
		s.why = err
		close(s.end)
	}
}

// Done is closed when the socket has ended.
func (s *Socket) Done() <-chan struct{} { return s.end }

func (s *Socket) ended() bool {
	select {
	case <-s.end:
		return true
	default:
		return false
	}
}

// authenticate reads the first frame.
func (s *Socket) authenticate() error {
	expected := fault.Errorf(fault.Unauthenticated, "auth-expected",
		`The first frame must be {%q:"auth","token":"…"}, within %s.`, s.endpoint.Kind, AuthWait)
	var first authFrame
	if s.Next(&first, AuthWait) != nil || first.kind(s.endpoint) != "auth" {
		return expected
	}
	ctx, cancel := context.WithTimeout(context.Background(), AuthWait)
	defer cancel()
	who, err := s.endpoint.Tokens.Verify(ctx, first.Token, auth.AudienceAPI)
	if err != nil {
		return err
	}
	return s.setOwner(ctx, who)
}

// authFrame is the client's frame with its token.
type authFrame struct {
	Type  string `json:"type"`
	T     string `json:"t"`
	Token string `json:"token"`
}

func (f *authFrame) kind(e *Endpoint) string {
	if e.Kind == "t" {
		return f.T
	}
	return f.Type
}

// newToken returns the token of a frame that contains one.
func (s *Socket) newToken(frame []byte) (token string, ok bool) {
	if !bytes.Contains(frame, []byte(`"auth"`)) { // most frames, and cheaper than to parse them all
		return "", false
	}
	var f authFrame
	if json.Unmarshal(frame, &f) != nil || f.kind(s.endpoint) != "auth" {
		return "", false
	}
	return f.Token, true
}

// Next reads one frame, which must arrive within wait.
func (s *Socket) Next(frame any, wait time.Duration) error {
	if err := s.await(wait); err != nil {
		return err
	}
	return s.conn.ReadJSON(frame)
}

// await sets the reader's deadline to wait from now, and returns an error when the socket has ended.
// The writer ends the reader with a deadline in the past, which this call may have overwritten.
func (s *Socket) await(wait time.Duration) error {
	err := s.conn.SetReadDeadline(time.Now().Add(wait))
	if s.ended() {
		return context.Canceled
	}
	return err
}

// Read passes the client's frames to take until the connection or the socket ends. Frames are text:
// for any other frame take gets nil, which no parser accepts.
func (s *Socket) Read(take func(frame []byte)) {
	s.conn.SetPongHandler(func(string) error { return s.await(ReadWait) })
	for s.await(ReadWait) == nil {
		kind, frame, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		if kind != websocket.TextMessage {
			frame = nil
		}
		if token, ok := s.newToken(frame); !ok {
			take(frame)
		} else if err := s.renew(token); err != nil {
			s.End(err)
			return
		}
	}
}

// write is the only writer of the connection: frames, pings, and the end.
func (s *Socket) write() {
	// Closing a hijacked connection does not wake its reader: it is closed after the handler returns.
	// A read deadline in the past does.
	defer func() {
		s.End(nil)
		_ = s.conn.SetReadDeadline(time.Unix(1, 0)) // fails only on a connection that has ended
	}()
	tick := time.NewTicker(PingEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.out.signal:
		case <-tick.C:
			if s.put(websocket.PingMessage, nil) != nil {
				return
			}
		}
		frames, done := s.out.take()
		for _, frame := range frames {
			if s.put(websocket.TextMessage, frame) != nil {
				return
			}
		}
		if done {
			return
		}
	}
}

func (s *Socket) put(kind int, frame []byte) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(WriteWait)); err != nil {
		return err
	}
	return s.conn.WriteMessage(kind, frame)
}
