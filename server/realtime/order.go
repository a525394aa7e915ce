package realtime

import (
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Each host announces the messages that it stored, so announcements of one conversation may arrive in
// the wrong order. The host with a person's sockets sorts them: an early one waits OrderWait for the
// missing one, and a late one is dropped, because the client has already seen a later number and asked
// for what is missing.

// Numbered is an event with a number in a sequence without gaps, such as a message in its conversation.
type Numbered interface {
	Place() (stream uuid.UUID, seq int64)
}

// Between hosts an event starts with its place: one marker byte, the stream, the number.
const (
	unnumbered = 0
	numbered   = 1
	placeBytes = 1 + 16 + 8
)

func pack(event any, encoded []byte) []byte {
	n, ok := event.(Numbered)
	if !ok {
		return append([]byte{unnumbered}, encoded...)
	}
	stream, seq := n.Place()
	packed := make([]byte, 0, placeBytes+len(encoded))
	packed = append(append(packed, numbered), stream[:]...)
	packed = binary.BigEndian.AppendUint64(packed, uint64(seq))
	return append(packed, encoded...)
}

// deliver processes an event from the bus.
func (h *Hub) deliver(userID uuid.UUID, packed []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.people[userID]
	switch {
	case p == nil:
	case len(packed) > 0 && packed[0] == unnumbered:
		p.send(packed[1:])
	case len(packed) > placeBytes && packed[0] == numbered:
		h.inOrder(p, uuid.UUID(packed[1:17]), int64(binary.BigEndian.Uint64(packed[17:placeBytes])), packed[placeBytes:])
	default:
		h.logger.Error("an event on the bus is not readable", "user", userID)
	}
}

// stream is which messages of one conversation a person's clients have been sent.
type stream struct {
	last    int64            // the newest number sent
	held    map[int64][]byte // events that arrived too early
	waiting *time.Timer      // set while there are held events
}

// inOrder sends an event when it is the next one. h.mu is held.
func (h *Hub) inOrder(p *person, id uuid.UUID, seq int64, frame []byte) {
	st := p.streams[id]
	if st == nil {
		if p.streams == nil || len(p.streams) >= MaxStreams {
			p.streams = map[uuid.UUID]*stream{} // rare; messages may arrive in the wrong order once
		}
		st = &stream{last: seq - 1}
		p.streams[id] = st
	}
	switch {
	case seq <= st.last: // already sent, or too late
	case seq == st.last+1:
		p.send(frame)
		st.last = seq
		st.catchUp(p)
	default:
		if st.held == nil {
			st.held = map[int64][]byte{}
		}
		if st.held[seq] = frame; len(st.held) >= MaxHeld {
			st.jump(p)
		} else if st.waiting == nil {
			st.waiting = time.AfterFunc(OrderWait, func() {
				h.mu.Lock()
				defer h.mu.Unlock()
				st.jump(p)
			})
		}
	}
}

// catchUp sends the held events that are next now.
func (st *stream) catchUp(p *person) {
	for {
		frame, ok := st.held[st.last+1]
		if !ok {
			break
		}
		st.last++
		delete(st.held, st.last)
		p.send(frame)
	}
	if len(st.held) == 0 && st.waiting != nil {
		st.waiting.Stop()
		st.waiting = nil
	}
}

// jump sends all held events and skips the missing ones.
func (st *stream) jump(p *person) {
	for _, seq := range slices.Sorted(maps.Keys(st.held)) {
		p.send(st.held[seq])
		st.last = seq
	}
	clear(st.held)
	if st.waiting != nil {
		st.waiting.Stop()
		st.waiting = nil
	}
}
