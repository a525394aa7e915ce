package pin

import "context"

// ForgetTries is the end of a check whose PIN, which has this hash, was right.
func ForgetTries(ctx context.Context, s *Store, userID, hash string) error {
	return s.forgetTries(ctx, userID, hash)
}

// Occupy takes all hashing slots until release is called.
func Occupy(s *Store) (release func()) {
	for range cap(s.slot) {
		s.slot <- struct{}{}
	}
	return func() {
		for range cap(s.slot) {
			<-s.slot
		}
	}
}
