package sessions

import (
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/server/socket"
)

// serve handles one client: its second frame opens an app, and the session runs until either side
// ends it.
func (s *Service) serve(conn *socket.Socket) error {
	var request protocol.OpenFrame
	if err := conn.Next(&request, OpenFrameWait); err != nil {
		return fault.Errorf(fault.Invalid, "open-expected", "The second frame must open a mini program.")
	}
	conn.SetLanguage(request.Env.Language)
	if err := request.Check(); err != nil {
		return err
	}
	session := s.newSession(conn, request.Env.Language)
	if err := s.admit(session); err != nil {
		return err
	}
	defer s.remove(session)
	defer func() {
		conn.End(nil) // the session has ended, so its socket ends too
		session.stop()
	}()
	if err := session.start(&request); err != nil {
		conn.End(err)
		s.Logger.InfoContext(session.ctx, "mini program not opened", "app_id", request.AppID, "error", err)
		return err
	}
	errors := 0
	conn.Read(func(frame []byte) {
		err := session.fromShell(frame)
		if err == nil {
			return
		}
		if errors++; errors > MaxErrors {
			conn.End(fault.Errorf(fault.Invalid, "too-many-errors",
				"The client sent too many frames that the host does not understand."))
			return
		}
		conn.Send((&protocol.ErrorFrame{T: "error", Code: fault.SlugOf(err),
			Message: fault.MessageIn(fault.LanguageOf(session.language), err)}).Encode())
	})
	return nil
}

// checkIdle ends an idle session.
func (s *session) checkIdle(now time.Time) {
	hidden := s.hidden.Load()
	if now.Sub(time.Unix(0, s.active.Load())) > IdleAfter ||
		hidden != 0 && now.Sub(time.Unix(0, hidden)) > HiddenAfter {
		s.conn.End(fault.Errorf(fault.Unavailable, "app-idle",
			"This mini program was closed because it was not in use. Open it again to continue."))
	}
}
