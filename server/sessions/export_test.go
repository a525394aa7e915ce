package sessions

import "context"

// LookAtRights does at once what the service does every RightsEvery.
func (s *Service) LookAtRights(ctx context.Context) { s.lookAtRights(ctx) }
