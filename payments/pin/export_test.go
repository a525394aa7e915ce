package pin

// Occupy takes all places at which PINs are hashed, until release is called.
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
