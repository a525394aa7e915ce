package host

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fasthttp/websocket"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bus/bustest"
	"github.com/teahouse/teahouse/server/demo"
	"github.com/teahouse/teahouse/server/quarantine"
	"github.com/teahouse/teahouse/waittest"
)

// evidence is in what Go says when it cannot have the memory. The race detector's memory is arranged otherwise, and
// then Go says something else.
func evidence() string {
	if waittest.RaceDetector {
		return "fatal error"
	}
	return "out of memory"
}

// crasher is a mini program whose button ends its worker: no process can have so much memory.
func crasher() map[string]string {
	files := maps.Clone(counter)
	files["pages/count/count.js"] = `Page({data: {n: 'x'}, add() { this.setData({n: 'x'.repeat(2 ** 40)}) }})`
	return files
}

func writeProgram(t *testing.T, directory string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// dialApp asks the host at the address for an app.
func dialApp(t *testing.T, address, token, app string) *phone {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+address+"/open", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p := &phone{t, conn}
	p.send(map[string]any{"t": "auth", "token": token})
	p.send(map[string]any{"t": "open", "app_id": app, "version": "released", "scene": 1001,
		"env": map[string]any{"width": 375, "height": 667, "pixel_ratio": 2, "language": "en", "theme": "light"}})
	return p
}

// crash opens the app and ends its worker, so often that its version is paused.
func crash(t *testing.T, address, token, app string) {
	t.Helper()
	for range worker.QuarantineDeaths {
		p := dialApp(t, address, token, app)
		p.until(`"page"`)
		p.tap()
		if reason := closed(t, p.conn); reason != worker.CodeCrashed {
			t.Fatalf("the program ended with %q", reason)
		}
	}
}

func demoLogIn(t *testing.T, h *Host, handle string) string {
	t.Helper()
	status, body := ask(t, h, "POST", "/api/v1/auth/login", "", `{"handle":"`+handle+`","password":"`+demo.Password+`"}`)
	var in loggedIn
	if err := json.Unmarshal([]byte(body), &in); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	return in.AccessToken
}

type quarantines struct{ Items []quarantine.Quarantine }

func TestAVersionThatKeepsDyingIsPausedOnEveryHostUntilItIsReleased(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	hosts := bootTogether(t, 2, nats)
	program := t.TempDir()
	writeProgram(t, program, crasher())
	if err := hosts[0].seedDemo(t.Context(), program, "127.0.0.1:1", io.Discard); err != nil {
		t.Fatal(err)
	}
	alice, admin, dana := demoLogIn(t, hosts[0], "alice"), demoLogIn(t, hosts[0], "admin"), demoLogIn(t, hosts[0], "dana")
	_, body := ask(t, hosts[0], "GET", "/api/v1/apps?query=", alice, "")
	var found struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &found); err != nil || len(found.Items) != 1 {
		t.Fatal(body)
	}
	app := found.Items[0].ID
	bystander := dialApp(t, hosts[1].Address(), alice, app)
	bystander.until(`"page"`)
	crash(t, hosts[0].Address(), alice, app)
	if reason := closed(t, bystander.conn); reason != worker.CodeQuarantined {
		t.Errorf("a session on the other host ended with %q", reason)
	}
	for i, h := range hosts {
		if _, err := h.launch.Launch(t.Context(), auth.Identity{}, app, "released"); fault.SlugOf(err) != worker.CodeQuarantined {
			t.Errorf("host %d opens it: %v", i, err)
		}
		if st := h.workers.Stats(); st.Quarantined != 1 {
			t.Errorf("host %d counts %d paused versions", i, st.Quarantined)
		}
		p := dialApp(t, h.Address(), alice, app)
		p.until("has been paused. Its developer has been told. Try again in 10 min.")
	}

	waittest.Eventually(t, "the developer reads it in the chat", func() bool {
		_, list := ask(t, hosts[1], "GET", "/api/v1/conversations", dana, "")
		return strings.Contains(list, "is paused until") && strings.Contains(list, "已暂停至")
	})
	_, body = ask(t, hosts[1], "GET", "/api/v1/admin/quarantines?state=active", admin, "")
	var list quarantines
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Items) != 1 {
		t.Fatal(body)
	}
	paused := list.Items[0]
	if len(paused.Deaths) != worker.QuarantineDeaths || !strings.Contains(paused.Deaths[0].Detail, evidence()) || paused.Host != hosts[0].name() {
		t.Errorf("got %+v", paused)
	}
	if status, body := ask(t, hosts[1], "GET", "/api/v1/dev/apps/"+app+"/quarantines", dana, ""); status != 200 || !strings.Contains(body, evidence()) {
		t.Errorf("the developer sees %d %s", status, body)
	}
	if status, body := ask(t, hosts[1], "POST", "/api/v1/admin/quarantines/"+paused.ID.String()+"/release", admin, `{"reason":"a test"}`); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	for i, h := range hosts {
		waittest.Eventually(t, "every host is told", func() bool { return len(h.workers.Quarantined()) == 0 })
		p := dialApp(t, h.Address(), alice, app)
		p.until(`"page"`)
		if st := h.workers.Stats(); st.Quarantined != 0 {
			t.Errorf("host %d counts %d paused versions", i, st.Quarantined)
		}
	}
	_, body = ask(t, hosts[1], "GET", "/api/v1/conversations", dana, "")
	if !strings.Contains(body, "can be opened again") {
		t.Errorf("the developer is not told of the release: %s", body)
	}
}

func TestAPauseSurvivesAKillOfTheHost(t *testing.T) {
	t.Parallel()
	m := startHostProcess(t)
	writeProgram(t, m.program, crasher())
	m.start()
	alice, _ := m.login("alice")
	admin, _ := m.login("admin")
	_, app := m.shopToken()
	address := func() string { return strings.TrimPrefix(*m.url.Load(), "http://") }
	crash(t, address(), alice.token, app)
	var list quarantines
	waittest.Eventually(t, "the pause is written", func() bool {
		admin.must("GET", "/api/v1/admin/quarantines?state=active", nil, &list)
		return len(list.Items) == 1
	})
	paused := list.Items[0]
	m.kill()
	m.start()
	dialApp(t, address(), alice.token, app).until(`"quarantined"`)
	admin.must("GET", "/api/v1/admin/quarantines?state=active", nil, &list)
	if len(list.Items) != 1 || list.Items[0].ID != paused.ID || !list.Items[0].Until.Equal(paused.Until) ||
		len(list.Items[0].Deaths) != worker.QuarantineDeaths || !strings.Contains(list.Items[0].Deaths[2].Detail, evidence()) {
		t.Errorf("after the kill: %+v", list.Items)
	}
	var released quarantine.Quarantine
	admin.must("POST", "/api/v1/admin/quarantines/"+paused.ID.String()+"/release", map[string]string{"reason": "a test"}, &released)
	if released.State != quarantine.Released {
		t.Errorf("got %+v", released)
	}
	dialApp(t, address(), alice.token, app).until(`"page"`)
	m.stop()
}
