package api

import (
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/teahouse/teahouse/fault"
)

// heldBodies counts the large bodies that are being read or worked on. fasthttp reads a body whole
// before a handler runs, so many people, or one with many connections, could fill the host with them.
//
// A body is known by the header of its request, which is the connection's own while it is served.
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

// take reserves room for a body and reports whether there was any.
func (h *heldBodies) take(header *fasthttp.RequestHeader, owner string, bytes int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(header) // a request before this one may have broken off
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

// give returns the room of a body whose request is over.
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

// refused reports whether there was no room for the body.
func (h *heldBodies) refused(header *fasthttp.RequestHeader) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	body, ok := h.bodies[header]
	return ok && body.bytes == 0
}

// errUploadsBusy tells a sender to come back.
func errUploadsBusy() error {
	err := fault.Errorf(fault.Unavailable, "uploads-busy", "Many uploads are under way. Try again in a few seconds.")
	err.RetryAfter = uploadsBusy
	return err
}
