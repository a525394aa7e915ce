package media

import "github.com/google/uuid"

// UseUp counts as many uploads of a person as there may be.
func (s *Service) UseUp(owner uuid.UUID) {
	for s.uploads.Allow(owner.String()) == nil {
	}
}
