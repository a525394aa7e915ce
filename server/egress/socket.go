package egress

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/server/bridge"
)

// SocketOpen is the parameter of socket.open. The app numbers its sockets.
type SocketOpen struct {
	ID        uint64            `json:"id"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers,omitempty"`
	Protocols []string          `json:"protocols,omitempty"`
	TimeoutMS int               `json:"timeout_ms,omitempty"`
}

// SocketSend is the parameter of socket.send. Text is base64 when Binary is set.
type SocketSend struct {
	ID     uint64 `json:"id"`
	Text   string `json:"text,omitempty"`
	Binary bool   `json:"binary,omitempty"`
}

// SocketClose is the parameter of socket.close.
type SocketClose struct {
	ID     uint64 `json:"id"`
	Code   int    `json:"code,omitempty"`
	Reason string `json:"reason,omitempty"`
}

type none struct{}

// Sockets holds the websockets of apps to their servers. What a server sends goes to the session that has
// opened the socket, in order; a session that is busy slows its servers down. All sockets of a session end
// with it.
type Sockets struct {
	client *Client
	mu     sync.Mutex
	open   map[socketKey]*appSocket
	count  counts
	tasks  sync.WaitGroup
}

type socketKey struct {
	session string
	id      uint64
}

type appSocket struct {
	key   socketKey
	conn  *websocket.Conn
	line  bridge.Line
	write sync.Mutex
}

// NewSockets returns the sockets of a host, which obey the rules of the client.
func NewSockets(client *Client) *Sockets {
	return &Sockets{client: client, open: map[socketKey]*appSocket{}}
}

// Wait returns when the sockets of all sessions that are over have ended.
func (s *Sockets) Wait() { s.tasks.Wait() }

// Capabilities are the bridge's rows.
func (s *Sockets) Capabilities() []bridge.Capability {
	return []bridge.Capability{
		bridge.Define(bridge.Capability{Name: "socket.open", Scope: "network", Callers: bridge.AppSession,
			PerMinute: SocketsPerMinute, MaxBytes: 64 << 10,
			Summary:   "Opens connections to the servers that the app has declared.",
			SummaryZH: "与小程序声明的服务器建立长连接。"}, s.connect),
		bridge.Define(bridge.Capability{Name: "socket.send", Scope: "network", Callers: bridge.AppSession,
			PerMinute: MessagesPerMinute, MaxBytes: MaxRequest,
			Summary:   "Sends a message on an open connection.",
			SummaryZH: "通过已建立的长连接发送消息。"}, s.send),
		bridge.Define(bridge.Capability{Name: "socket.close", Scope: "network", Callers: bridge.AppSession,
			PerMinute: SocketsPerMinute, MaxBytes: 4 << 10,
			Summary:   "Closes an open connection.",
			SummaryZH: "关闭已建立的长连接。"}, s.close),
	}
}

func (s *Sockets) connect(ctx context.Context, caller bridge.Caller, in SocketOpen) (none, error) {
	if caller.Line == nil || in.ID == 0 {
		return none{}, fault.Errorf(fault.Invalid, "bad-socket", "A socket belongs to an open app and has a number.")
	}
	scheme, rest, _ := strings.Cut(in.URL, "://")
	http1, ok := map[string]string{"ws": "http", "wss": "https"}[strings.ToLower(scheme)]
	if !ok {
		return none{}, badURL("a socket's address begins with wss://")
	}
	t, err := parseTarget(http1 + "://" + rest)
	if err != nil {
		return none{}, err
	}
	out := s.client.routeOf(caller)
	if err := out.permit(ctx, caller.Domains, t); err != nil {
		return none{}, err
	}
	header, err := clean(in.Headers)
	if err != nil {
		return none{}, err
	}
	release, ok := s.count.enter(caller, SocketsPerSession, SocketsPerApp)
	if !ok {
		return none{}, fault.Errorf(fault.RateLimited, "too-many-sockets",
			"More than %d sockets at once; close one first.", SocketsPerSession)
	}
	timeout := MaxTimeout
	if in.TimeoutMS > 0 {
		timeout = min(timeout, time.Duration(in.TimeoutMS)*time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	dialer := websocket.Dialer{NetDialContext: out.dialChecked, Subprotocols: in.Protocols, HandshakeTimeout: timeout,
		TLSClientConfig: tlsOf(out), Proxy: nil}
	address := *t.url
	address.Scheme = strings.ToLower(scheme)
	conn, answer, err := dialer.DialContext(ctx, address.String(), header)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close() // the dialer has read what there is
	}
	if err != nil {
		release()
		if errors.Is(err, websocket.ErrBadHandshake) {
			return none{}, fault.Errorf(fault.Unavailable, "socket-refused", "The server did not accept the socket.").Because(err)
		}
		return none{}, outcome(err)
	}
	conn.SetReadLimit(MaxMessage)
	opened := &appSocket{key: socketKey{caller.SessionID, in.ID}, conn: conn, line: caller.Line}
	if !s.add(opened) {
		release()
		_ = conn.Close() // nobody has heard of it
		return none{}, fault.Errorf(fault.Conflict, "socket-exists", "There is a socket of this number.")
	}
	s.tasks.Go(func() { s.read(opened, answer.Header, release) })
	return none{}, nil
}

// tlsOf is the transport's configuration without the protocols of HTTP/2, which has no websockets here.
func tlsOf(out route) *tls.Config {
	config := out.transport.TLSClientConfig.Clone()
	config.NextProtos = []string{"http/1.1"}
	return config
}

func (s *Sockets) add(opened *appSocket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[opened.key] != nil {
		return false
	}
	s.open[opened.key] = opened
	return true
}

// read passes on what the server sends until either side ends.
func (s *Sockets) read(opened *appSocket, header http.Header, release func()) {
	over := make(chan struct{})
	s.tasks.Go(func() { s.keep(opened, over) })
	event := protocol.SocketEvent{ID: opened.key.id, Event: "open", Headers: map[string]string{}}
	for name, values := range header {
		event.Headers[name] = strings.Join(values, ",")
	}
	err := opened.line.Tell(protocol.SocketFrame(event))
	conn := opened.conn
	alive := func(string) error { return conn.SetReadDeadline(time.Now().Add(SocketSilence)) }
	conn.SetPongHandler(alive)
	for err == nil {
		var kind int
		var raw []byte
		_ = alive("") // fails on a closed connection, as the read does
		if kind, raw, err = conn.ReadMessage(); err != nil {
			break
		}
		message := protocol.SocketEvent{ID: opened.key.id, Event: "message", Text: string(raw)}
		if kind == websocket.BinaryMessage {
			message.Text, message.Binary = base64.StdEncoding.EncodeToString(raw), true
		}
		err = opened.line.Tell(protocol.SocketFrame(message))
	}
	close(over)
	s.mu.Lock()
	delete(s.open, opened.key)
	s.mu.Unlock()
	release()
	_ = conn.Close() // it is over either way
	code, reason := websocket.CloseAbnormalClosure, "the connection was lost"
	if end, ok := errors.AsType[*websocket.CloseError](err); ok {
		code, reason = end.Code, end.Text
	}
	_ = opened.line.Tell(protocol.SocketFrame(protocol.SocketEvent{ID: opened.key.id, Event: "close", Code: code, Reason: reason})) // fails when the session is over
}

// keep pings the server, so that a connection that is dead is noticed, and ends the socket with its session.
func (s *Sockets) keep(opened *appSocket, over chan struct{}) {
	ticker := time.NewTicker(SocketPing)
	defer ticker.Stop()
	for {
		select {
		case <-over:
			return
		case <-opened.line.Done():
			_ = s.write(opened, websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, "")) // the connection ends either way
			_ = opened.conn.Close()                                                                                 // ends the reader
			return
		case <-ticker.C:
			_ = s.write(opened, websocket.PingMessage, nil) // the reader notices
		}
	}
}

// write sends one message. When it fails, the reader learns it too and tells the app.
func (s *Sockets) write(opened *appSocket, kind int, data []byte) error {
	opened.write.Lock()
	defer opened.write.Unlock()
	if err := opened.conn.SetWriteDeadline(time.Now().Add(SocketWrite)); err != nil {
		return err
	}
	return opened.conn.WriteMessage(kind, data)
}

func (s *Sockets) find(caller bridge.Caller, id uint64) (*appSocket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if opened := s.open[socketKey{caller.SessionID, id}]; opened != nil {
		return opened, nil
	}
	return nil, fault.Errorf(fault.NotFound, "no-socket", "The socket is closed.")
}

func (s *Sockets) send(_ context.Context, caller bridge.Caller, in SocketSend) (none, error) {
	opened, err := s.find(caller, in.ID)
	if err != nil {
		return none{}, err
	}
	kind, raw := websocket.TextMessage, []byte(in.Text)
	if in.Binary {
		if raw, err = base64.StdEncoding.DecodeString(in.Text); err != nil {
			return none{}, fault.Errorf(fault.Invalid, "bad-data", "The message is not valid base64.")
		}
		kind = websocket.BinaryMessage
	}
	if err := s.write(opened, kind, raw); err != nil {
		return none{}, outcome(err)
	}
	return none{}, nil
}

func (s *Sockets) close(_ context.Context, caller bridge.Caller, in SocketClose) (none, error) {
	opened, err := s.find(caller, in.ID)
	if err != nil {
		return none{}, err
	}
	if in.Code != websocket.CloseNormalClosure && (in.Code < 3000 || in.Code > 4999) || len(in.Reason) > 123 {
		return none{}, fault.Errorf(fault.Invalid, "bad-close",
			"A socket is closed with the code 1000 or one from 3000 to 4999, and a reason of %s bytes.", strconv.Itoa(123))
	}
	if err := s.write(opened, websocket.CloseMessage, websocket.FormatCloseMessage(in.Code, in.Reason)); err != nil {
		return none{}, outcome(err)
	}
	// The server answers with its own close, or is silent: then the app is not kept waiting.
	if err := opened.conn.SetReadDeadline(time.Now().Add(SocketWrite)); err != nil {
		return none{}, outcome(err)
	}
	return none{}, nil
}
