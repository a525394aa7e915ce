package socket

import "sync"

// outbox is what waits to be written to one client, bounded in bytes and frames.
type outbox struct {
	maxFrames, maxBytes int
	signal              chan struct{} // capacity 1: look again

	mu     sync.Mutex
	frames [][]byte
	bytes  int
	held   bool // nothing leaves yet: the first frame comes first
	ended  bool // nothing is taken any more
	last   []byte
}

func newOutbox(maxFrames, maxBytes int) *outbox {
	return &outbox{maxFrames: maxFrames, maxBytes: maxBytes, signal: make(chan struct{}, 1), held: true}
}

// push adds a frame; it returns false when the client is too far behind.
func (o *outbox) push(frame []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return true
	}
	if o.bytes+len(frame) > o.maxBytes || len(o.frames) >= o.maxFrames {
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

// end closes the box behind the frame that last makes, if any. Only the first end counts, and end
// returns whether it was this one. What was held back is dropped: it belongs to something that never
// began, as last is told.
func (o *outbox) end(last func(begun bool) []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return false
	}
	if o.held {
		o.frames = nil
	}
	o.ended, o.last = true, last(!o.held)
	o.wake()
	return true
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
