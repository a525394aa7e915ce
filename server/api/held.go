package api

import (
	"math/bits"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/teahouse/teahouse/fault"
)

// heldBodies counts the large bodies that are being read or worked on. fasthttp reads a body whole
// before a handler runs, so many people, or one person with many connections, could fill the host's
// memory.
//
// A body is identified by the pointer to the header of its request, which belongs to the connection
// until the request ends.
type heldBodies struct {
	mu     sync.Mutex
	bytes  int
	people map[string]int
	bodies map[*fasthttp.RequestHeader]heldBody
}

type heldBody struct {
	owner   string
	bytes   int // 0: there was no room
	expires time.Time
}

func newHeldBodies() *heldBodies {
	return &heldBodies{people: map[string]int{}, bodies: map[*fasthttp.RequestHeader]heldBody{}}
}

// roomFor is the memory that fasthttp allocates for a body of a size: the next power of two.
func roomFor(size int) int { return 1 << bits.Len(uint(max(size, 1)-1)) }

// take reserves memory for a body and reports whether there was enough.
func (h *heldBodies) take(header *fasthttp.RequestHeader, owner string, bytes int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(header) // an earlier request on this connection may have broken off
	now := time.Now()
	for other, body := range h.bodies {
		if body.expires.Before(now) {
			h.drop(other)
		}
	}
	held := heldBody{owner: owner, expires: now.Add(ReadTimeout + OperationTimeout)}
	if h.bytes+bytes <= MaxHeldBodies && h.people[owner]+bytes <= MaxHeldBodiesOfOne {
		held.bytes = bytes
		h.bytes += bytes
		h.people[owner] += bytes
	}
	h.bodies[header] = held
	return held.bytes > 0
}

// give releases the memory of a body whose request has ended.
func (h *heldBodies) give(header *fasthttp.RequestHeader) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(header)
}

func (h *heldBodies) drop(header *fasthttp.RequestHeader) {
	body, ok := h.bodies[header]
	if !ok {
		return
	}
	delete(h.bodies, header)
	h.bytes -= body.bytes
	if h.people[body.owner] -= body.bytes; h.people[body.owner] == 0 {
		delete(h.people, body.owner)
	}
}

// refused reports whether there was no memory for the body.
func (h *heldBodies) refused(header *fasthttp.RequestHeader) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	body, ok := h.bodies[header]
	return ok && body.bytes == 0
}

// errUploadsBusy tells a sender to try again.
func errUploadsBusy() error {
	err := fault.Errorf(fault.Unavailable, "uploads-busy", "Many uploads are under way. Try again in a few seconds.")
	err.RetryAfter = uploadsBusy
	return err
}
