package sessions

import (
	"context"
	"time"
)

// CheckAllSessions does at once what the service does every RightsEvery.
func (s *Service) CheckAllSessions(ctx context.Context) { s.checkAllSessions(ctx, time.Now()) }

// FillAnswers takes all room for answers, and returns what gives it back.
func (s *Service) FillAnswers() (release func()) {
	s.answers.small.TryAcquire(MaxAnswers)
	return func() { s.answers.small.Release(MaxAnswers) }
}
