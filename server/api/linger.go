package api

import (
	"io"
	"net"
	"sync/atomic"
	"time"
)

const (
	// lingerBytes and lingerTime bound what is read and thrown away of a body that was refused on
	// its header. Closing at once would make the kernel reset the connection, and the client, still
	// sending, would never see the answer that says what was wrong.
	lingerBytes = 32 << 20
	lingerTime  = 3 * time.Second
)

// Linger returns a listener whose connections can end well after a refusal; see lingerBytes.
func Linger(l net.Listener) net.Listener { return lingering{l} }

type lingering struct{ net.Listener }

func (l lingering) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lingerConn{Conn: conn}, nil
}

// lingerConn is a connection that may have to be read out before it closes.
type lingerConn struct {
	net.Conn
	refused atomic.Bool
}

// refuseRest makes the coming Close linger.
func refuseRest(conn net.Conn) {
	if c, ok := conn.(*lingerConn); ok {
		c.refused.Store(true)
	}
}

// Close says that nothing more will be sent, reads what is still coming within bounds, and closes.
func (c *lingerConn) Close() error {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if ok && c.refused.Swap(false) && half.CloseWrite() == nil {
		if c.Conn.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes) // whatever ends it, the connection closes
		}
	}
	return c.Conn.Close()
}
