package host

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bus/bustest"
	"github.com/teahouse/teahouse/waittest"
)

// oneLogIn is one log-in of a person: its access token, and the cookie that ends it.
type oneLogIn struct{ token, cookie string }

func logIn(t *testing.T, h *Host, handle string) oneLogIn {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+h.Address()+"/api/v1/auth/login",
		strings.NewReader(`{"handle":"`+handle+`","password":"`+password+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != 200 {
		t.Fatalf("%d %v", response.StatusCode, err)
	}
	cookie, _, _ := strings.Cut(response.Header.Get("Set-Cookie"), ";")
	return oneLogIn{answer.AccessToken, cookie}
}

func (l oneLogIn) logOut(t *testing.T, h *Host) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+h.Address()+"/api/v1/auth/logout", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", l.cookie)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode/100 != 2 {
		t.Fatalf("log-out: %d", response.StatusCode)
	}
}

// closed reads to the end of a socket and returns the reason of its close frame.
func closed(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	for {
		if err := conn.SetReadDeadline(waittest.Deadline()); err != nil {
			t.Fatal(err)
		}
		var end *websocket.CloseError
		if _, _, err := conn.ReadMessage(); errors.As(err, &end) {
			return end.Text
		} else if err != nil {
			t.Fatalf("no close frame: %v", err)
		}
	}
}

func TestALogOutEndsTheSocketsOfItsSessionOnEveryHost(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	hosts := bootTogether(t, 2, nats)
	person(t, hosts[0], "alice")
	phone, laptop := logIn(t, hosts[0], "alice"), logIn(t, hosts[0], "alice")
	here, there := listen(t, hosts[0], phone.token, uuid.Nil), listen(t, hosts[1], phone.token, uuid.Nil)
	other := listen(t, hosts[1], laptop.token, uuid.Nil)
	for _, l := range []*listener{here, there, other} {
		if event := l.next(); event != "ready" {
			t.Fatalf("got %s", event)
		}
	}
	phone.logOut(t, hosts[0])
	for name, l := range map[string]*listener{"the host of the log-out": here, "the other host": there} {
		if reason := closed(t, l.conn); reason != "session-ended" {
			t.Errorf("%s: %s", name, reason)
		}
	}
	again := listen(t, hosts[1], phone.token, uuid.Nil) // its token has not expired
	if reason := closed(t, again.conn); reason != "session-ended" {
		t.Errorf("a new socket: %s", reason)
	}
	other.ping()

	nats.Stop()
	laptop.logOut(t, hosts[0])
	if reason := closed(t, other.conn); reason != "session-ended" { // within socket.CheckEvery
		t.Errorf("without NATS: %s", reason)
	}
}

// The session lives, as the database knows, so that nothing but the announcement ends its sockets.
func TestAnAnnouncedEndEndsSocketsOnEveryHostAtOnce(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	hosts := bootTogether(t, 2, nats)
	token := person(t, hosts[0], "alice")
	who, err := hosts[0].auth.Verify(t.Context(), token, auth.AudienceAPI)
	if err != nil {
		t.Fatal(err)
	}
	here, there := listen(t, hosts[0], token, uuid.Nil), listen(t, hosts[1], token, uuid.Nil)
	here.ping()
	there.ping()
	endings{hosts[0]}.Ended(t.Context(), who.UserID, who.Session)
	if first, second := closed(t, here.conn), closed(t, there.conn); first != "session-ended" || second != "session-ended" {
		t.Errorf("ended with %q and %q", first, second)
	}
}
