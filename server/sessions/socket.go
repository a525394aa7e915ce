package sessions

import (
	"context"
	"io"
	"time"

	"github.com/gofiber/contrib/websocket"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
)

// serve is the handler of one websocket. The connection must not be used after it returns, so it
// waits for its writer.
func (s *Service) serve(conn *websocket.Conn) {
	s.mu.Lock()
	if s.draining {
		s.mu.Unlock()
		refuse(conn, errDraining())
		return
	}
	s.open.Add(1)
	s.mu.Unlock()
	defer s.open.Done()

	conn.SetReadLimit(MaxClientFrame)
	who, err := s.authenticate(conn)
	if err != nil {
		refuse(conn, err)
		return
	}
	var request openFrame
	_ = conn.SetReadDeadline(time.Now().Add(OpenFrameWait)) // a dead connection fails at the read
	if err := conn.ReadJSON(&request); err != nil {
		refuse(conn, fault.Errorf(fault.Invalid, "open-expected", "The second frame must open a mini program."))
		return
	}
	if err := request.check(); err != nil {
		refuse(conn, err)
		return
	}
	session := s.newSession(who, request.Env.Language)
	if err := s.admit(session); err != nil {
		refuse(conn, err)
		return
	}
	defer s.dismiss(session)
	written := make(chan struct{})
	go func() { defer close(written); session.write(conn) }()
	if err := session.start(&request); err != nil {
		s.Logger.InfoContext(session.ctx, "mini program not opened", "app_id", request.AppID, "error", err)
		session.out.end(endOf("failed", err, session.language))
	} else {
		session.read(conn)
	}
	session.stop()
	<-written
	linger(conn)
}

// linger reads away what the client had sent before it learnt of the end. A connection closed over
// unread input is reset, and a reset takes the last frames with it.
func linger(conn *websocket.Conn) {
	_ = conn.WriteControl(websocket.CloseMessage, // the client may have gone first
		websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(WriteWait))
	raw := conn.NetConn()
	_ = raw.SetReadDeadline(time.Now().Add(Linger))
	_, _ = io.Copy(io.Discard, io.LimitReader(raw, LingerBytes))
}

func (s *Service) authenticate(conn *websocket.Conn) (auth.Identity, error) {
	ctx, cancel := context.WithTimeout(context.Background(), AuthWait)
	defer cancel()
	_ = conn.SetReadDeadline(time.Now().Add(AuthWait)) // a dead connection fails at the read
	var first struct {
		T     string `json:"t"`
		Token string `json:"token"`
	}
	if err := conn.ReadJSON(&first); err != nil || first.T != "auth" {
		return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "auth-expected",
			`The first frame must be {"t":"auth","token":"…"}, within %s.`, AuthWait)
	}
	return s.Tokens.Verify(ctx, first.Token, auth.AudienceAPI)
}

// refuse says why nothing was opened. The client may be gone; there is nothing to save.
func refuse(conn *websocket.Conn, err error) {
	_ = conn.SetWriteDeadline(time.Now().Add(WriteWait))
	_ = conn.WriteMessage(websocket.TextMessage, endOf("failed", err, ""))
}

// write is the only writer of the connection while the session lives: frames, pings, and the end.
func (s *session) write(conn *websocket.Conn) {
	// Closing a hijacked connection does not wake its reader; a read deadline in the past does.
	defer func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) }()
	tick := time.NewTicker(PingEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.out.signal:
		case now := <-tick.C:
			_ = conn.SetWriteDeadline(now.Add(WriteWait)) // fails with the write
			if conn.WriteMessage(websocket.PingMessage, nil) != nil {
				return
			}
			s.checkIdle(now)
		}
		frames, done := s.out.take()
		for _, frame := range frames {
			_ = conn.SetWriteDeadline(time.Now().Add(WriteWait)) // fails with the write
			if conn.WriteMessage(websocket.TextMessage, frame) != nil {
				return
			}
		}
		if done {
			return
		}
	}
}

// read takes the client's frames until the connection or the session ends.
func (s *session) read(conn *websocket.Conn) {
	extend := func() { _ = conn.SetReadDeadline(time.Now().Add(ReadWait)) }
	conn.SetPongHandler(func(string) error {
		if !s.ended.Load() {
			extend()
		}
		return nil
	})
	extend()
	errors := 0
	for !s.ended.Load() {
		kind, raw, err := conn.ReadMessage()
		if err != nil {
			return
		}
		extend()
		if kind != websocket.TextMessage {
			err = fault.Errorf(fault.Invalid, "bad-frame", "Frames are JSON text.")
		} else {
			err = s.fromShell(raw)
		}
		if err == nil {
			continue
		}
		if errors++; errors > MaxErrors {
			s.finish(fault.Errorf(fault.Invalid, "too-many-errors",
				"The client sent too many frames that the host does not understand."))
			return
		}
		s.send(endOf("error", err, s.language))
	}
}
