package sessions

import "sync"

// outbox is what waits to be written to one client, bounded in bytes and frames.
type outbox struct {
	signal chan struct{} // capacity 1: look again

	mu     sync.Mutex
	frames [][]byte
	bytes  int
	held   bool   // nothing leaves yet: the opened frame comes first
	ended  bool   // nothing comes after last
	last   []byte // the frame that says goodbye, if any
}

func newOutbox() *outbox { return &outbox{signal: make(chan struct{}, 1), held: true} }

// push adds a frame; it returns false when the client is too far behind.
func (o *outbox) push(frame []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return true
	}
	if o.bytes+len(frame) > MaxOutbox || len(o.frames) >= MaxOutboxFrames {
		return false
	}
	o.frames = append(o.frames, frame)
	o.bytes += len(frame)
	o.wake()
	return true
}

// release lets frames out, with first before the others.
func (o *outbox) release(first []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.frames = append([][]byte{first}, o.frames...)
	o.bytes += len(first)
	o.held = false
	o.wake()
}

// end closes the box behind a last frame. Only the first end counts.
func (o *outbox) end(last []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return
	}
	if o.held { // the session never opened; what its app drew is nobody's
		o.frames = nil
	}
	o.ended, o.last = true, last
	o.wake()
}

func (o *outbox) wake() {
	select {
	case o.signal <- struct{}{}:
	default:
	}
}

// take empties the box. done says that nothing will follow.
func (o *outbox) take() (frames [][]byte, done bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held && !o.ended {
		return nil, false
	}
	frames, o.frames, o.bytes = o.frames, nil, 0
	if o.ended && o.last != nil {
		frames, o.last = append(frames, o.last), nil
	}
	return frames, o.ended
}
