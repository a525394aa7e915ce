package framing

import (
	"bytes"
	"errors"
	"net"
	"sync/atomic"
)

// Conn is a connection whose requests are checked while they are read.
//
// A Read ends with a request, so that the answer to one request is written before a byte of the
// next one is read. After an answer with status 101 the bytes belong to another protocol and pass
// unchecked.
type Conn struct {
	net.Conn
	scanner  Scanner
	held     []byte // what arrived behind the end of a request
	refusal  error
	language string // of the refused request
	upgraded atomic.Bool
	asked    atomic.Bool // the client asked for another protocol
}

// NewConn returns a connection that checks every request.
func NewConn(conn net.Conn, maxHeader int) *Conn {
	return &Conn{Conn: conn, scanner: Scanner{MaxHeader: maxHeader}}
}

// Refusal returns why the connection gives no more bytes, nil if it does.
func (c *Conn) Refusal() *Refusal {
	refusal, _ := errors.AsType[*Refusal](c.refusal)
	return refusal
}

// Language returns the Accept-Language of the refused request, as far as it was read.
func (c *Conn) Language() string { return c.language }

// Read implements net.Conn. It returns the Refusal once everything before it was read.
func (c *Conn) Read(p []byte) (int, error) {
	if c.refusal != nil {
		return 0, c.refusal
	}
	if len(c.held) > 0 {
		n := copy(p, c.held)
		if c.upgraded.Load() {
			c.held = c.held[n:]
			return n, nil
		}
		passed, err := c.check(p[:n])
		c.held = c.held[passed:]
		return passed, err
	}
	n, err := c.Conn.Read(p)
	if n == 0 || c.upgraded.Load() {
		return n, err
	}
	passed, refusal := c.check(p[:n])
	if passed == n {
		return n, err
	}
	if c.refusal == nil {
		c.held = append([]byte(nil), p[passed:n]...)
	}
	return passed, refusal // an error of the connection comes again
}

// check keeps a refusal for the next Read when there is something to pass before it.
func (c *Conn) check(p []byte) (passed int, err error) {
	passed, c.refusal = c.scanner.Scan(p)
	if c.refusal != nil {
		c.language = c.scanner.Language(p[passed:])
	}
	c.asked.Store(c.scanner.Upgrade())
	if passed == 0 {
		return 0, c.refusal
	}
	return passed, nil
}

var switching = []byte("HTTP/1.1 101 ")

// Write implements net.Conn.
func (c *Conn) Write(p []byte) (int, error) {
	if c.asked.Load() && bytes.HasPrefix(p, switching) {
		c.upgraded.Store(true)
		c.asked.Store(false)
	}
	return c.Conn.Write(p)
}
