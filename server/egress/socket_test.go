package egress

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fasthttp/websocket"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/server/bridge"
)

// session is a session that hears of its sockets.
type session struct {
	heard chan protocol.SocketEvent
	over  chan struct{}
}

func (s *session) Tell(frame []byte) error {
	var f struct{ Socket protocol.SocketEvent }
	if err := json.Unmarshal(frame, &f); err != nil {
		return err
	}
	s.heard <- f.Socket
	return nil
}

func (s *session) Done() <-chan struct{} { return s.over }

func newSession(c bridge.Caller) (*session, bridge.Caller) {
	s := &session{heard: make(chan protocol.SocketEvent, 100), over: make(chan struct{})}
	c.Line = s
	return s, c
}

// echo answers every message with itself, and closes when it is told "bye".
func echo(t *testing.T) *httptest.Server {
	t.Helper()
	upgrader := websocket.Upgrader{Subprotocols: []string{"tea"}}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, http.Header{"X-Told": {r.Header.Get("X-App") + r.Header.Get("Origin")}})
		if err != nil {
			return
		}
		defer conn.Close()
		for {
			kind, raw, err := conn.ReadMessage()
			if err != nil || conn.WriteMessage(kind, raw) != nil {
				return
			}
			if string(raw) == "bye" {
				_ = conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(4001, "gone"))
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func TestASocketCarriesMessagesBothWaysInOrder(t *testing.T) {
	t.Parallel()
	c, _ := client(t, echo(t), Config{Resolver: always("public.example", "93.184.215.14")})
	sockets := NewSockets(c)
	s, caller := newSession(app("public.example"))
	if _, err := sockets.connect(t.Context(), caller, SocketOpen{ID: 7, URL: "wss://public.example/chat",
		Headers: map[string]string{"X-App": "mine", "Origin": "https://evil.example"}, Protocols: []string{"tea"}}); err != nil {
		t.Fatal(err)
	}
	if e := <-s.heard; e.Event != "open" || e.ID != 7 || e.Headers["X-Told"] != "mine" || e.Headers["Sec-Websocket-Protocol"] != "tea" {
		t.Errorf("opened with %+v", e)
	}
	for _, message := range []SocketSend{{ID: 7, Text: "茶"}, {ID: 7, Text: "AQI=", Binary: true}, {ID: 7, Text: "bye"}} {
		if _, err := sockets.send(t.Context(), caller, message); err != nil {
			t.Fatal(err)
		}
		if e := <-s.heard; e.Event != "message" || e.Text != message.Text || e.Binary != message.Binary {
			t.Errorf("sent %+v, heard %+v", message, e)
		}
	}
	if e := <-s.heard; e.Event != "close" || e.Code != 4001 || e.Reason != "gone" {
		t.Errorf("closed with %+v", e)
	}
	if _, err := sockets.send(t.Context(), caller, SocketSend{ID: 7, Text: "x"}); fault.SlugOf(err) != "no-socket" {
		t.Errorf("a closed socket says %v", err)
	}
	sockets.Wait()
}

func TestASocketReachesNothingThatARequestDoesNot(t *testing.T) {
	t.Parallel()
	for address, slug := range map[string]string{"wss://other.example/": "domain-not-declared", "wss://127.0.0.1/": "address-refused",
		"ws://public.example/": "domain-not-declared", "https://public.example/": "bad-url", "wss://public.example\\@x/": "bad-url"} {
		c, dialled := client(t, nil, Config{Resolver: always("public.example", "93.184.215.14")})
		_, caller := newSession(app("public.example", "127.0.0.1"))
		_, err := NewSockets(c).connect(t.Context(), caller, SocketOpen{ID: 1, URL: address})
		if fault.SlugOf(err) != slug || len(*dialled) != 0 {
			t.Errorf("%s: %v, dialled %v", address, err, *dialled)
		}
	}
	c, dialled := client(t, nil, Config{Resolver: always("public.example", "10.0.0.1")})
	_, caller := newSession(app("public.example"))
	_, err := NewSockets(c).connect(t.Context(), caller, SocketOpen{ID: 1, URL: "wss://public.example/"})
	if fault.SlugOf(err) != "address-refused" || len(*dialled) != 0 {
		t.Errorf("a name with a private address: %v, dialled %v", err, *dialled)
	}
}

func TestSocketsEndWithTheirSessionAndASixthIsRefused(t *testing.T) {
	t.Parallel()
	c, _ := client(t, echo(t), Config{Resolver: always("public.example", "93.184.215.14")})
	sockets := NewSockets(c)
	s, caller := newSession(app("public.example"))
	_, stranger := newSession(app("public.example"))
	stranger.SessionID = "another"
	for id := uint64(1); id <= SocketsPerSession; id++ {
		if _, err := sockets.connect(t.Context(), caller, SocketOpen{ID: id, URL: "wss://public.example/"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sockets.connect(t.Context(), caller, SocketOpen{ID: 9, URL: "wss://public.example/"}); fault.SlugOf(err) != "too-many-sockets" {
		t.Errorf("a sixth: %v", err)
	}
	if _, err := sockets.send(t.Context(), stranger, SocketSend{ID: 1, Text: "x"}); fault.SlugOf(err) != "no-socket" {
		t.Errorf("another session: %v", err)
	}
	if _, err := sockets.close(t.Context(), caller, SocketClose{ID: 1, Code: 1001}); fault.SlugOf(err) != "bad-close" {
		t.Errorf("a code of the protocol's own: %v", err)
	}
	close(s.over)
	sockets.Wait() // returns only when all have ended
	sockets.mu.Lock()
	defer sockets.mu.Unlock()
	if len(sockets.open) != 0 || len(sockets.count.of) != 0 {
		t.Errorf("left: %v %v", sockets.open, sockets.count.of)
	}
}

func TestAServerThatIsNotThereIsAnErrorWithoutDetails(t *testing.T) {
	t.Parallel()
	plain := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	for server, slug := range map[*httptest.Server]string{nil: "request-failed", plain: "socket-refused"} {
		c, _ := client(t, server, Config{Resolver: always("public.example", "93.184.215.14")})
		_, caller := newSession(app("public.example"))
		_, err := NewSockets(c).connect(t.Context(), caller, SocketOpen{ID: 1, URL: "wss://public.example/"})
		if fault.SlugOf(err) != slug || strings.Contains(fault.MessageOf(err), "93.184") {
			t.Errorf("%v", err)
		}
	}
}
