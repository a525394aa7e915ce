package realtime

import (
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Hosts announce what they stored each by itself, so that the announcements of one conversation may
// overtake each other on the way. The host that holds a person's sockets puts them in order: what
// comes early waits OrderWait for what is missing, and what comes too late is dropped, since the
// client has seen the number after it and asked.

// Numbered is an event with a place in a sequence without gaps, such as a message in its conversation.
type Numbered interface {
	Place() (stream uuid.UUID, seq int64)
}

// Between hosts an event has its place before it: one byte that says so, the stream, the number.
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

// deliver takes an event off the bus.
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

// stream is what a person's clients have been told of one conversation.
type stream struct {
	last    int64            // the newest number sent
	held    map[int64][]byte // events that came before their time
	waiting *time.Timer      // while any is held
}

// inOrder sends an event when it is its turn. h.mu is held.
func (h *Hub) inOrder(p *person, id uuid.UUID, seq int64, frame []byte) {
	st := p.streams[id]
	if st == nil {
		if p.streams == nil || len(p.streams) >= MaxStreams {
			p.streams = map[uuid.UUID]*stream{} // rare; at worst one conversation's order is lost once
		}
		st = &stream{last: seq - 1}
		p.streams[id] = st
	}
	switch {
	case seq <= st.last: // told before, or too late
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

// catchUp sends what is held and whose turn it is now.
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

// jump sends all that is held, leaving out what did not come.
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
