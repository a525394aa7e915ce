package api

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/teahouse/teahouse/server/api/framing"
)

const (
	// lingerBytes and lingerTime bound what is read and thrown away of a body that was refused on
	// its header. Closing at once would make the kernel reset the connection, and the client, still
	// sending, would never see the answer that says what was wrong.
	lingerBytes = 32 << 20
	lingerTime  = 3 * time.Second
)

// Listen returns the listener that a Server must be given: its connections pass only requests that
// can be read in one way (see framing), and can end well after a refusal (see lingerBytes).
func Listen(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: framing.NewConn(raw, MaxHeader)}, nil
}

// conn is a connection that may have to be read out before it closes.
type conn struct {
	*framing.Conn
	refused atomic.Bool
}

// refuseRest makes the following Close linger.
func refuseRest(of net.Conn) {
	if c, ok := of.(*conn); ok {
		c.refused.Store(true)
	}
}

// unreadable returns the problem for which the connection gives no more bytes, err if there is none.
func unreadable(of net.Conn, err error) error {
	c, ok := of.(*conn)
	if !ok || c.Refusal() == nil {
		return err
	}
	r := c.Refusal()
	return &Problem{Type: "/problems/" + r.Slug, Title: titles[r.Status], Status: r.Status, Detail: r.Text}
}

// Close says that nothing more will be sent, reads what is still coming within bounds, and closes.
func (c *conn) Close() error {
	raw := c.Conn.Conn
	half, ok := raw.(interface{ CloseWrite() error })
	if ok && c.refused.Swap(false) && half.CloseWrite() == nil {
		if raw.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, raw, lingerBytes) // whatever ends it, the connection closes
		}
	}
	return raw.Close()
}
