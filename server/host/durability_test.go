package host

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/server/demo"
	"github.com/teahouse/teahouse/server/postgres"
	"github.com/teahouse/teahouse/waittest"
)

// hostArguments makes the test binary run as a host that gets killed; it contains the command line.
const hostArguments = "TEAHOUSE_TEST_HOST"

// playHost runs the host of the command line in the environment, if there is one.
func playHost() {
	if line := os.Getenv(hostArguments); line != "" {
		os.Exit(Main(strings.Split(line, "\n")))
	}
}

// counter is a mini program that stores a number.
var counter = map[string]string{
	"app.json": `{"pages": ["pages/count/count"], "teahouse": {"scopes": ["login", "payment", "subscribe", "network"],
		"domains": ["127.0.0.1:8081"]}}`,
	"app.js": `App({})`,
	"pages/count/count.js": `Page({data: {n: 0}, onLoad() { this.setData({n: wx.getStorageSync('n') || 0}) },
		add() { const n = this.data.n + 1; wx.setStorageSync('n', n); this.setData({n}) }})`,
	"pages/count/count.wxml": `<view bindtap="add">{{n}}</view>`,
}

// hostProcess is a host in its own process, whose data directory remains after the process is killed.
type hostProcess struct {
	t       testing.TB
	data    string
	program string
	shop    *httptest.Server
	heard   *webhookLog
	process *exec.Cmd
	url     atomic.Pointer[string] // of the host that runs now, or of the last one
	log     bytes.Buffer
}

func startHostProcess(t testing.TB) *hostProcess {
	t.Helper()
	m := &hostProcess{t: t, program: t.TempDir(), heard: &webhookLog{ids: map[string]map[string]int{}}}
	var err error
	if m.data, err = os.MkdirTemp("", "teahouse-host-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(m.data) })
	if err := os.Chmod(m.data, 0o755); err != nil { // the database's user must be able to enter
		t.Fatal(err)
	}
	for name, content := range counter {
		path := filepath.Join(m.program, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.shop = httptest.NewServer(m.heard)
	t.Cleanup(m.shop.Close)
	t.Cleanup(func() {
		if m.process.ProcessState == nil {
			m.kill()
		}
		if t.Failed() {
			t.Logf("the hosts said:\n%s", m.log.String())
		}
	})
	return m
}

// start runs a host and returns when it is ready, demo included.
func (m *hostProcess) start() {
	m.t.Helper()
	shop := strings.TrimPrefix(m.shop.URL, "http://")
	m.process = exec.Command("/proc/self/exe")
	m.process.Env = append(os.Environ(), hostArguments+"="+strings.Join([]string{"serve", "--addr=127.0.0.1:0", "--second-factor=optional",
		"--data=" + m.data, "--demo=" + m.program, "--demo-shop=" + shop, "--egress-allow=" + shop,
		"--log-level=warn"}, "\n"))
	m.process.Stderr = &m.log
	out, err := m.process.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := m.process.Start(); err != nil {
		m.t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if address, ok := strings.CutPrefix(lines.Text(), "Teahouse is ready: "); ok {
			m.url.Store(&address)
			return
		}
	}
	m.t.Fatalf("the host did not come up: %v", m.process.Wait())
}

// kill ends the host's processes as a power failure would.
func (m *hostProcess) kill() {
	_ = m.process.Process.Kill()
	_ = m.process.Wait() // killed by us; the status says only that
}

// stop ends the host as a supervisor does.
func (m *hostProcess) stop() {
	m.t.Helper()
	if err := errors.Join(m.process.Process.Signal(syscall.SIGTERM), m.process.Wait()); err != nil {
		m.t.Errorf("the host did not stop well: %v", err)
	}
}

// killPostgres kills the database while the host runs.
func (m *hostProcess) killPostgres() {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join(m.data, "postgres/data/postmaster.pid"))
	if err != nil {
		m.t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		m.t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		m.t.Fatal(err)
	}
}

// ageJobs makes the jobs of a killed host so old that another host takes them over, and removes its
// leadership.
func (m *hostProcess) ageJobs() {
	m.t.Helper()
	instance, err := postgres.Start(m.t.Context(), postgres.Config{Dir: filepath.Join(m.data, "postgres")})
	if err != nil {
		m.t.Fatal(err)
	}
	pool := m.pool()
	_, err = pool.Exec(m.t.Context(), `UPDATE river_job SET attempted_at = attempted_at - interval '6 hours'
		WHERE state = 'running'`)
	if err == nil {
		_, err = pool.Exec(m.t.Context(), `DELETE FROM river_leader`)
	}
	pool.Close()
	if err := errors.Join(err, instance.Stop(m.t.Context())); err != nil {
		m.t.Fatal(err)
	}
}

func (m *hostProcess) pool() *pgxpool.Pool {
	m.t.Helper()
	pool, err := pgxpool.New(m.t.Context(), fmt.Sprintf("host=%s user=%s dbname=%s",
		filepath.Join(m.data, "postgres/run"), postgres.User, postgres.Database))
	if err != nil {
		m.t.Fatal(err)
	}
	return pool
}

// receiving is how long the account's server takes over a webhook: long enough that a host which is
// killed under load always leaves one behind.
const receiving = 200 * time.Millisecond

// webhookLog is an account's own server: it counts webhooks by order and webhook-id.
type webhookLog struct {
	mu  sync.Mutex
	ids map[string]map[string]int
}

func (l *webhookLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		Type string
		Data struct {
			OrderID string `json:"order_id"`
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&event); err != nil || event.Type != "order.paid" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	select {
	case <-r.Context().Done():
		return // the sender was killed, so this webhook was not received
	case <-time.After(receiving):
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ids[event.Data.OrderID] == nil {
		l.ids[event.Data.OrderID] = map[string]int{}
	}
	l.ids[event.Data.OrderID][r.Header.Get("webhook-id")]++
}

func (l *webhookLog) of(order string) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ids[order]
}

// caller sends requests of one person to the host, and repeats them while the host is down.
type caller struct {
	m     *hostProcess
	token string
}

// retryPause is what a client waits between tries.
const retryPause = 20 * time.Millisecond

// errRefused is an answer that a retry would not change.
var errRefused = errors.New("refused")

// repeat repeats an identical request until it is answered.
func (c caller) repeat(ctx context.Context, method, path, key string, body, answer any) error {
	for {
		err := c.try(ctx, method, path, key, body, answer)
		if err == nil || errors.Is(err, errRefused) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(retryPause):
		}
	}
}

func (c caller) try(ctx context.Context, method, path, key string, body, answer any) error {
	var encoded bytes.Buffer
	contentType := "application/json"
	if form, ok := body.(url.Values); ok {
		contentType = "application/x-www-form-urlencoded"
		encoded.WriteString(form.Encode())
	} else if body != nil {
		if err := json.NewEncoder(&encoded).Encode(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, *c.m.url.Load()+path, &encoded)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Idempotency-Key", key)
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 500 {
		return fmt.Errorf("%s: %s", response.Status, text)
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%w: %s %s: %s %s", errRefused, method, path, response.Status, text)
	}
	return json.Unmarshal(text, answer)
}

// must repeats a request that must succeed.
func (c caller) must(method, path string, body, answer any) {
	c.m.t.Helper()
	ctx, cancel := context.WithDeadline(c.m.t.Context(), waittest.Deadline())
	defer cancel()
	if err := c.repeat(ctx, method, path, uuid.NewString(), body, answer); err != nil {
		c.m.t.Fatal(err)
	}
}

type loggedIn struct {
	AccessToken string                    `json:"access_token"`
	User        struct{ ID, Name string } `json:"user"`
}

func (m *hostProcess) login(handle string) (caller, string) {
	m.t.Helper()
	var in loggedIn
	caller{m: m}.must("POST", "/api/v1/auth/login", map[string]string{"handle": handle, "password": demo.Password}, &in)
	return caller{m, in.AccessToken}, in.User.ID
}

// settings reads what the demo tells the account's server.
func (m *hostProcess) settings() (settings struct{ AppID, AppSecret string }) {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join(m.data, "demo/settings.json"))
	if err != nil {
		m.t.Fatal(err)
	}
	if err := json.Unmarshal(text, &settings); err != nil {
		m.t.Fatal(err)
	}
	return settings
}

// shopToken logs the account's server in.
func (m *hostProcess) shopToken() (caller, string) {
	m.t.Helper()
	settings := m.settings()
	var in loggedIn
	caller{m: m}.must("POST", "/oauth/token", url.Values{"grant_type": {"client_credentials"},
		"client_id": {settings.AppID}, "client_secret": {settings.AppSecret}}, &in)
	return caller{m, in.AccessToken}, settings.AppID
}

// load is the traffic while hosts are killed: two people write to each other, two phones of one pay.
type load struct {
	m            *hostProcess
	conversation string
	alice, bob   caller
	shop         caller

	stop     chan struct{}
	clients  sync.WaitGroup
	messages [2]acknowledged
	orders   [2]acknowledged
}

// acknowledged are the IDs of what one client was told is done.
type acknowledged struct {
	count atomic.Int64
	names []string // its own goroutine's until the load has ended
}

func (a *acknowledged) add(name string) { a.names = append(a.names, name); a.count.Add(1) }

func (l *load) begin(ctx context.Context) {
	l.stop = make(chan struct{})
	for i, person := range []caller{l.alice, l.bob} {
		l.run(func() error { return l.write(ctx, person, &l.messages[i]) })
		l.run(func() error { return l.pay(ctx, &l.orders[i]) })
	}
}

// run repeats one thing until the load ends.
func (l *load) run(once func() error) {
	l.clients.Go(func() {
		for {
			select {
			case <-l.stop:
				return
			default:
			}
			if err := once(); err != nil {
				l.m.t.Error(err)
				return
			}
		}
	})
}

func (l *load) write(ctx context.Context, person caller, done *acknowledged) error {
	name := uuid.NewString()
	var message struct {
		Seq int64 `json:"seq"`
	}
	err := person.repeat(ctx, "POST", "/api/v1/conversations/"+l.conversation+"/messages", "", map[string]any{
		"client_id": name, "kind": "text", "content": map[string]string{"text": name}}, &message)
	if err == nil {
		done.add(name)
	}
	return err
}

func (l *load) pay(ctx context.Context, done *acknowledged) error {
	key := uuid.NewString()
	var order struct {
		OrderID string `json:"order_id"`
		State   string `json:"state"`
	}
	err := l.shop.repeat(ctx, "POST", "/bridge/v1/orders.create", "", map[string]any{
		"out_trade_no": strings.ReplaceAll(key, "-", ""), "description": "One sip", "amount": 1}, &order)
	if err != nil {
		return err
	}
	err = l.alice.repeat(ctx, "POST", "/api/v1/orders/"+order.OrderID+"/pay", key, map[string]string{"pin": demo.PIN}, &order)
	if err == nil && order.State != "paid" {
		err = fmt.Errorf("a payment was answered with %+v", order)
	}
	if err == nil {
		done.add(order.OrderID)
	}
	return err
}

// waitForMore returns when every client has done more since it was called.
func (l *load) waitForMore() {
	l.m.t.Helper()
	const little = 6
	var want [4]int64
	counts := [4]*atomic.Int64{&l.messages[0].count, &l.messages[1].count, &l.orders[0].count, &l.orders[1].count}
	for i, count := range counts {
		want[i] = count.Load() + little
	}
	waittest.Eventually(l.m.t, "the load goes on", func() bool {
		if l.m.t.Failed() {
			l.m.t.FailNow() // a client has given up
		}
		for i, count := range counts {
			if count.Load() < want[i] {
				return false
			}
		}
		return true
	})
}

func TestAcknowledgedDataSurvivesKills(t *testing.T) {
	t.Parallel()
	m := startHostProcess(t)
	m.start()
	alice, _ := m.login("alice")
	bob, bobID := m.login("bob")
	shop, appID := m.shopToken()
	var conversation struct {
		ID      string `json:"id"`
		LastSeq int    `json:"last_seq"`
	}
	alice.must("POST", "/api/v1/conversations", map[string]string{"user_id": bobID}, &conversation)
	balance := func() (w struct{ Balance int }) { alice.must("GET", "/api/v1/wallet", nil, &w); return w }
	waittest.Eventually(t, "the top-up arrives", func() bool { return balance().Balance > 0 })
	before := balance().Balance

	ctx := t.Context() // waitForMore notices a load that stands still
	l := &load{m: m, conversation: conversation.ID, alice: alice, bob: bob, shop: shop}
	l.begin(ctx)
	for range 2 {
		l.waitForMore()
		m.kill()
		m.start()
	}
	l.waitForMore()
	m.killPostgres()
	l.waitForMore() // by itself
	m.kill()
	m.ageJobs()
	m.start()
	l.waitForMore()
	close(l.stop)
	l.clients.Wait()
	if t.Failed() {
		t.FailNow()
	}

	phone := m.open(alice, appID)
	const taps = 5
	for n := range taps {
		phone.tap()
		phone.until(`"` + strconv.Itoa(n+1) + `"`)
	}
	phone.closedBy(m.stop)
	m.start()
	m.open(alice, appID).until(`"` + strconv.Itoa(taps) + `"`)

	sent := slices.Concat(l.messages[0].names, l.messages[1].names)
	paid := slices.Concat(l.orders[0].names, l.orders[1].names)
	l.checkMessages(sent, conversation.LastSeq)
	l.checkPayments(paid, before-balance().Balance)
	l.checkWebhooks(paid)
	pool := m.pool()
	defer pool.Close()
	report, err := payments.Verify(ctx, pool)
	if err == nil {
		err = report.Err()
	}
	if err != nil {
		t.Error(err)
	}
	m.stop()
	t.Logf("%d messages and %d payments through 3 kills of the host and 1 of PostgreSQL", len(sent), len(paid))
}

// checkMessages wants every acknowledged message once, and no other.
func (l *load) checkMessages(sent []string, earlier int) {
	l.m.t.Helper()
	found := map[string]int{}
	for after := earlier; ; {
		var page struct {
			Items []struct {
				Seq      int    `json:"seq"`
				ClientID string `json:"client_id"`
			} `json:"items"`
		}
		l.bob.must("GET", fmt.Sprintf("/api/v1/conversations/%s/messages?after_seq=%d&limit=200", l.conversation, after), nil, &page)
		if len(page.Items) == 0 {
			break
		}
		for _, message := range page.Items {
			if after++; message.Seq != after {
				l.m.t.Fatalf("message %d follows %d", message.Seq, after-1)
			}
			found[message.ClientID]++
		}
	}
	l.exactlyOnce("message", sent, found)
}

// checkPayments wants a line in the wallet for every acknowledged payment, and the sum to agree.
func (l *load) checkPayments(paid []string, spent int) {
	l.m.t.Helper()
	found := map[string]int{}
	for path := "/api/v1/wallet/entries?limit=100"; path != ""; {
		var page struct {
			Items []struct {
				OrderID string `json:"order_id"`
			} `json:"items"`
			Next string `json:"next_cursor"`
		}
		l.alice.must("GET", path, nil, &page)
		for _, entry := range page.Items {
			if entry.OrderID != "" {
				found[entry.OrderID]++
			}
		}
		if path = ""; page.Next != "" {
			path = "/api/v1/wallet/entries?limit=100&cursor=" + url.QueryEscape(page.Next)
		}
	}
	l.exactlyOnce("payment", paid, found)
	if spent != len(paid) {
		l.m.t.Errorf("%d is missing from the wallet after %d payments of 1", spent, len(paid))
	}
}

// checkWebhooks wants the account's server told of every payment, under one ID each.
func (l *load) checkWebhooks(paid []string) {
	l.m.t.Helper()
	waittest.Eventually(l.m.t, "every webhook arrives", func() bool {
		for _, order := range paid {
			if len(l.m.heard.of(order)) == 0 {
				return false
			}
		}
		return true
	})
	for _, order := range paid {
		if ids := l.m.heard.of(order); len(ids) != 1 || ids[""] > 0 {
			l.m.t.Errorf("webhooks of order %s came under the IDs %v", order, ids)
		}
	}
}

func (l *load) exactlyOnce(what string, names []string, found map[string]int) {
	l.m.t.Helper()
	for _, name := range names {
		if found[name] != 1 {
			l.m.t.Errorf("%s %s is there %d times", what, name, found[name])
		}
		delete(found, name)
	}
	if len(found) > 0 {
		l.m.t.Errorf("%d times a %s that nobody was told of: %v", len(found), what, found)
	}
}

// phone is an open mini program.
type phone struct {
	t    testing.TB
	conn *websocket.Conn
}

func (m *hostProcess) open(who caller, appID string) *phone {
	m.t.Helper()
	address := "ws" + strings.TrimPrefix(*m.url.Load(), "http") + "/open"
	conn, _, err := websocket.DefaultDialer.DialContext(m.t.Context(), address, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { conn.Close() })
	p := &phone{m.t, conn}
	p.send(map[string]any{"t": "auth", "token": who.token})
	p.send(map[string]any{"t": "open", "app_id": appID, "version": "released", "scene": 1001,
		"env": map[string]any{"width": 375, "height": 667, "pixel_ratio": 2, "language": "en", "theme": "light"}})
	p.until(`"opened"`)
	return p
}

func (p *phone) send(frame any) {
	p.t.Helper()
	if err := p.conn.WriteJSON(frame); err != nil {
		p.t.Fatal(err)
	}
}

func (p *phone) tap() {
	p.t.Helper()
	p.send(map[string]any{"t": "event", "page": 1, "type": "tap", "target": []int{0, 0}, "detail": map[string]any{}})
}

// until reads frames up to the one that contains the text.
func (p *phone) until(text string) {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(waittest.Deadline())
	for {
		_, frame, err := p.conn.ReadMessage()
		if err != nil {
			p.t.Fatalf("waiting for %s: %v", text, err)
		}
		if bytes.Contains(frame, []byte(text)) {
			return
		}
	}
}

// closedBy wants the app to be told of its end.
func (p *phone) closedBy(stop func()) {
	p.t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); stop() }()
	p.until(`"closed"`)
	<-done
}
