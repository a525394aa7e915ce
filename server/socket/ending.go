package socket

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
)

// A socket ends when the session or token that opened it ends. There are three ways: the announcement,
// from any host, that the person's session ended; a query to the database every CheckEvery, for
// announcements that did not arrive; and the expiry of its token, unless the client sends a new one.

// EndSession ends the sockets of a session of the person, and all of the person's when session is zero.
func (e *Endpoint) EndSession(userID, session uuid.UUID) {
	for _, s := range e.all() {
		if who := s.who.Load(); who != nil && who.UserID == userID && (session == uuid.Nil || who.Session == session) {
			s.End(auth.SessionEnded())
		}
	}
}

func (e *Endpoint) all() []*Socket {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]*Socket, 0, len(e.sockets))
	for s := range e.sockets {
		all = append(all, s)
	}
	return all
}

// watchSessions calls CheckSessions every CheckEvery until the context ends.
func (e *Endpoint) watchSessions(ctx context.Context) {
	tick := time.NewTicker(e.CheckEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			e.CheckSessions(ctx)
		}
	}
}

// CheckSessions ends the sockets whose session has ended, as the database says.
func (e *Endpoint) CheckSessions(ctx context.Context) {
	open := map[uuid.UUID][]*Socket{}
	for _, s := range e.all() {
		if who := s.who.Load(); who != nil {
			open[who.Session] = append(open[who.Session], s)
		}
	}
	sessions := make([]uuid.UUID, 0, len(open))
	for session := range open {
		sessions = append(sessions, session)
	}
	for part := range slices.Chunk(sessions, MaxCheck) {
		ctx, cancel := context.WithTimeout(ctx, CheckTimeout)
		ended, err := e.Tokens.EndedAmong(ctx, part)
		cancel()
		if err != nil { // the next round asks again
			e.Logger.Warn("the sessions of sockets were not checked", "error", err)
			return
		}
		for _, session := range ended {
			for _, s := range open[session] {
				s.End(auth.SessionEnded())
			}
		}
	}
}

// setOwner makes the identity the owner of the socket, until its token expires.
func (s *Socket) setOwner(ctx context.Context, who auth.Identity) error {
	s.who.Store(&who)
	// From here on an announcement finds the socket; the query is for a session that ended just before.
	if err := s.endpoint.Tokens.CheckSession(ctx, who); err != nil {
		return err
	}
	left := time.Until(who.Expires)
	if s.expiry == nil {
		s.expiry = time.AfterFunc(left, func() {
			s.End(fault.Errorf(fault.Unauthenticated, "token-expired", "The access token has expired; send a new one in time."))
		})
	} else {
		s.expiry.Reset(left)
	}
	return nil
}

// ExpiresIn returns how many seconds the socket stays open without a new token.
func (s *Socket) ExpiresIn() int { return int(time.Until(s.who.Load().Expires) / time.Second) }

// renew accepts a new token of the same person and session.
func (s *Socket) renew(token string) error {
	ctx, cancel := context.WithTimeout(context.Background(), AuthWait)
	defer cancel()
	who, err := s.endpoint.Tokens.Verify(ctx, token, auth.AudienceAPI)
	if err != nil {
		return err
	}
	if old := s.Identity(); who.UserID != old.UserID || who.Session != old.Session {
		return fault.Errorf(fault.Forbidden, "other-session", "This socket belongs to another session; open a new one.")
	}
	if err := s.setOwner(ctx, who); err != nil {
		return err
	}
	s.Send(encode(map[string]any{s.endpoint.Kind: "renewed", "expires_in": s.ExpiresIn()}))
	return nil
}
