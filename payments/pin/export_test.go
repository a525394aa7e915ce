package pin

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
