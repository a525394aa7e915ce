package api

// HeldBodies is how many bytes of large bodies are read or worked on.
func (s *Server) HeldBodies() int {
	s.held.mu.Lock()
	defer s.held.mu.Unlock()
	return s.held.bytes
}
