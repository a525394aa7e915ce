package api

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/framing"
	"github.com/teahouse/teahouse/server/api/header"
)

const (
	// lingerBytes and lingerTime bound what is read and discarded of a body that was refused
	// because of its header. If the host closed at once, the kernel would reset the connection, and
	// the client, which is still sending, would not see the answer.
	lingerBytes = 32 << 20
	lingerTime  = 3 * time.Second
)

// Listen returns the listener to use for a Server: its connections accept only requests that can be
// read in one way (see framing), and send the whole answer after a refusal (see lingerBytes).
func Listen(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: framing.NewConn(raw, MaxHeader)}, nil
}

// conn is a connection whose remaining input may have to be read before it closes.
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

// unreadable returns the problem because of which the connection was refused, err if there is none.
func unreadable(of net.Conn, err error) error {
	c, ok := of.(*conn)
	if !ok || c.Refusal() == nil {
		return err
	}
	r := c.Refusal()
	return &Problem{Type: "/problems/" + r.Slug, Title: titles[r.Status], Status: r.Status, Detail: r.Text}
}

// languageOfRefused returns the language of a request that was refused before its header was
// parsed, "" if none was.
func languageOfRefused(of net.Conn) string {
	c, ok := of.(*conn)
	if !ok || c.Refusal() == nil {
		return ""
	}
	h := &fasthttp.RequestHeader{}
	h.Set(fasthttp.HeaderAcceptLanguage, c.Language())
	return header.Language(h, fault.Languages...)
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
