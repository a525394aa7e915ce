package sessions

import (
	"context"
	"time"
)

// LookAtRights does at once what the service does every RightsEvery.
func (s *Service) LookAtRights(ctx context.Context) { s.lookAtSessions(ctx, time.Now()) }

// FillAnswers takes all room for answers, and returns what gives it back.
func (s *Service) FillAnswers() (release func()) {
	s.answers.TryAcquire(MaxAnswers)
	return func() { s.answers.Release(MaxAnswers) }
}
