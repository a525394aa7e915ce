package socket

import "sync"

// outbox holds the frames that wait to be written to one client, bounded in bytes and frames.
type outbox struct {
	maxFrames, maxBytes int
	signal              chan struct{} // capacity 1: something has changed

	mu     sync.Mutex
	frames [][]byte
	bytes  int
	held   bool // nothing is sent before the first frame
	ended  bool // no more frames are accepted
	last   []byte
}

func newOutbox(maxFrames, maxBytes int) *outbox {
	return &outbox{maxFrames: maxFrames, maxBytes: maxBytes, signal: make(chan struct{}, 1), held: true}
}

// push adds a frame; it returns false when too much already waits.
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

// release allows frames to be sent, first before the others.
func (o *outbox) release(first []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.frames = append([][]byte{first}, o.frames...)
	o.bytes += len(first)
	o.held = false
	o.wake()
}

// end closes the box after the frame that last makes, if any. Only the first call counts; end returns
// whether this was the first. Held frames are dropped: they belong to something that never started,
// and last is told so.
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

// take empties the box. done is true when nothing follows.
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
