package media

import "github.com/google/uuid"

// UseUp uses all uploads that a person may make.
func (s *Service) UseUp(owner uuid.UUID) {
	for s.uploads.Allow(owner.String()) == nil {
	}
}
