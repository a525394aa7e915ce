package host

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bus/bustest"
	"github.com/teahouse/teahouse/server/demo"
	"github.com/teahouse/teahouse/waittest"
)

// bootTogether runs hosts that share a database, a secret and a NATS server, which need not run.
func bootTogether(t *testing.T, count int, nats *bustest.Server) []*Host {
	t.Helper()
	pool := migrationtest.Open(t)
	var hosts []*Host
	var secret []byte
	var objects string
	for range count {
		config := Serve{Addr: "127.0.0.1:0", Data: t.TempDir(), Currency: "CNY", NATSURL: nats.URL(), MetricsAllow: []string{"127.0.0.1"}, EgressAllow: []string{"127.0.0.1:1"}, SecondFactor: "optional",
			PostgresURL: pool.Config().ConnString() + " database=" + pool.Config().ConnConfig.Database}
		if len(hosts) == 0 {
			objects = filepath.Join(config.Data, "objects")
		} else if err := os.Symlink(objects, filepath.Join(config.Data, "objects")); err != nil { // as an S3 is one
			t.Fatal(err)
		}
		file := filepath.Join(config.Data, "secret.key")
		if secret != nil {
			if err := os.WriteFile(file, secret, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		h, err := Boot(t.Context(), config, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Shutdown(context.Background()) })
		if secret, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		hosts = append(hosts, h)
	}
	return hosts
}

// listener is a client that follows the protocol of /realtime for one conversation.
type listener struct {
	t            *testing.T
	h            *Host
	token        string
	conversation uuid.UUID
	conn         *websocket.Conn
	texts        []string
}

func listen(t *testing.T, h *Host, token string, conversation uuid.UUID) *listener {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+h.Address()+"/realtime", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.WriteJSON(map[string]string{"type": "auth", "token": token}); err != nil {
		t.Fatal(err)
	}
	return &listener{t: t, h: h, token: token, conversation: conversation, conn: conn}
}

// next reads an event and returns its type.
func (l *listener) next() string {
	l.t.Helper()
	if err := l.conn.SetReadDeadline(waittest.Deadline()); err != nil {
		l.t.Fatal(err)
	}
	var event struct{ Type string }
	if err := l.conn.ReadJSON(&event); err != nil {
		l.t.Fatal(err)
	}
	return event.Type
}

// ping checks that the socket is open.
func (l *listener) ping() {
	l.t.Helper()
	if err := l.conn.WriteJSON(map[string]string{"type": "ping"}); err != nil {
		l.t.Fatal(err)
	}
	for l.next() != "pong" {
	}
}

// until reads events until the client knows so many messages.
func (l *listener) until(count int) {
	l.t.Helper()
	for len(l.texts) < count {
		if err := l.conn.SetReadDeadline(waittest.Deadline()); err != nil {
			l.t.Fatal(err)
		}
		var event struct {
			Type    string
			Message struct {
				Seq     int
				Content struct{ Text string }
			}
		}
		if err := l.conn.ReadJSON(&event); err != nil {
			l.t.Fatalf("after %d messages: %v", len(l.texts), err)
		}
		switch {
		case event.Type == "message" && event.Message.Seq == len(l.texts)+1:
			l.texts = append(l.texts, event.Message.Content.Text)
		case event.Type != "read":
			l.ask()
		}
	}
}

// ask fetches what comes after the last known message.
func (l *listener) ask() {
	l.t.Helper()
	status, body := ask(l.t, l.h, "GET", fmt.Sprintf("/api/v1/conversations/%s/messages?after_seq=%d&limit=200",
		l.conversation, len(l.texts)), l.token, "")
	var page struct {
		Items []struct{ Content struct{ Text string } }
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil || status != 200 {
		l.t.Fatalf("%d %s", status, body)
	}
	for _, message := range page.Items {
		l.texts = append(l.texts, message.Content.Text)
	}
}

func TestHostsWithoutNATSServeTheirOwnAndMakeGoodWhatWasMissed(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	hosts := bootTogether(t, 2, nats) // both start without it
	alice, bob := person(t, hosts[0], "alice"), person(t, hosts[1], "bob")
	bobID, err := hosts[1].auth.Verify(t.Context(), bob, auth.AudienceAPI)
	if err != nil {
		t.Fatal(err)
	}
	status, body := ask(t, hosts[0], "POST", "/api/v1/conversations", alice, `{"user_id":"`+bobID.UserID.String()+`"}`)
	var conversation struct{ ID uuid.UUID }
	if err := json.Unmarshal([]byte(body), &conversation); err != nil || status/100 != 2 {
		t.Fatalf("%d %s", status, body)
	}
	sent := 0
	send := func(count int) {
		t.Helper()
		for range count {
			sent++
			status, body := ask(t, hosts[0], "POST", "/api/v1/conversations/"+conversation.ID.String()+"/messages", alice,
				fmt.Sprintf(`{"client_id":"%d","kind":"text","content":{"text":"%d"}}`, sent, sent))
			if status != 201 {
				t.Fatalf("message %d: %d %s", sent, status, body)
			}
		}
	}
	send(1)
	// Alice's other window is on the host that she writes through, Bob is on the other.
	window, phone := listen(t, hosts[0], alice, conversation.ID), listen(t, hosts[1], bob, conversation.ID)
	window.until(1)
	phone.until(1)
	for i, h := range hosts {
		if status, body := ask(t, h, "GET", "/healthz", "", ""); status != 200 || !strings.Contains(body, "degraded: nats") {
			t.Errorf("host %d without NATS: %d %q", i, status, body)
		}
		if status, body := ask(t, h, "GET", "/metrics", "", ""); status != 200 || !strings.Contains(body, "teahouse_nats_connected 0") {
			t.Errorf("figures of host %d without NATS: %d", i, status)
		}
	}
	send(20)
	window.until(21)

	nats.Start()
	phone.until(21)
	send(1)
	phone.until(22)
	nats.Stop()
	send(20)
	window.until(42)
	nats.Start()
	phone.until(42)
	for i, h := range hosts {
		deadline := waittest.Deadline()
		status, body := ask(t, h, "GET", "/healthz", "", "")
		for status == 200 && body != "ok\n" && time.Now().Before(deadline) { // each host joins for itself
			status, body = ask(t, h, "GET", "/healthz", "", "")
		}
		if status != 200 || body != "ok\n" {
			t.Errorf("host %d with NATS: %d %q", i, status, body)
		}
	}
}

func TestAnAppThatIsTakenDownEndsOnEveryHost(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	hosts := bootTogether(t, 2, nats)
	if err := hosts[0].seedDemo(t.Context(), "../../examples/cafe/miniprogram", "127.0.0.1:1", io.Discard); err != nil {
		t.Fatal(err)
	}
	status, body := ask(t, hosts[0], "GET", "/api/v1/apps?query=", demoToken(t, hosts[0]), "")
	var found struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &found); err != nil || status != 200 || len(found.Items) != 1 {
		t.Fatalf("%d %s", status, body)
	}
	app := found.Items[0].ID
	var open []*phone
	for _, h := range hosts {
		conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+h.Address()+"/open", nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		p := &phone{t, conn}
		p.send(map[string]any{"t": "auth", "token": demoToken(t, h)})
		p.send(map[string]any{"t": "open", "app_id": app, "version": "released", "scene": 1001,
			"env": map[string]any{"width": 375, "height": 667, "pixel_ratio": 2, "language": "en", "theme": "light"}})
		p.until(`"page"`)
		open = append(open, p)
	}
	if err := hosts[0].accounts.SetDisabled(t.Context(), app, true, "a test"); err != nil {
		t.Fatal(err)
	}
	for i, p := range open {
		if reason := closed(t, p.conn); reason != "app-taken-down" {
			t.Errorf("host %d: %s", i, reason)
		}
	}
	for i, h := range hosts {
		if _, err := h.launch.Launch(t.Context(), auth.Identity{}, app, "released"); fault.SlugOf(err) != "app-taken-down" {
			t.Errorf("host %d opens it again: %v", i, err)
		}
		if _, err := h.launch.PayeeOfApp(t.Context(), app); fault.SlugOf(err) != "app-taken-down" {
			t.Errorf("host %d lets people pay it: %v", i, err)
		}
	}
}

// demoToken logs the demo's user in.
func demoToken(t *testing.T, h *Host) string {
	t.Helper()
	status, body := ask(t, h, "POST", "/api/v1/auth/login", "", `{"handle":"alice","password":"`+demo.Password+`"}`)
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	return answer.AccessToken
}
