package sessions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/runtime/wx"
	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/bus"
	"github.com/teahouse/teahouse/server/sessions"
	"github.com/teahouse/teahouse/waittest"
)

func TestMain(m *testing.M) {
	programs.MaybeMain()
	os.Exit(m.Run())
}

const appID = "ta0123456789abcdef"

// world is everything around the service: who is who, what is published, what was recorded. It
// replaces the packages that the host connects to the service; database, sandbox and sockets are
// real.
type world struct {
	t       *testing.T
	db      *pgxpool.Pool
	pool    *worker.Pool
	service *sessions.Service
	url     string
	api     *api.Server
	bus     *bus.Bus
	user    uuid.UUID
	version uuid.UUID
	image   []byte
	public  map[string][]byte

	mu         sync.Mutex
	grants     map[string]bool
	accepted   []uuid.UUID
	paid       map[uuid.UUID]bool
	callers    []bridge.Caller
	order      uuid.UUID
	template   uuid.UUID
	noted      int
	developers []uuid.UUID
	hosts      []*sessions.Service
	takenDown  bool
	paused     bool
	broken     bool
	spent      string // a capability whose budget is used up
	refused    int    // calls of it
}

// Verify takes a user's ID as the token.
func (w *world) Verify(_ context.Context, token string, _ auth.Audience) (auth.Identity, error) {
	return w.Authenticate(w.t.Context(), token)
}

func (w *world) Authenticate(_ context.Context, token string) (auth.Identity, error) {
	id, err := uuid.Parse(token)
	if err != nil {
		return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "bad-token", "Log in again.")
	}
	return auth.Identity{UserID: id, Session: id, Audience: auth.AudienceAPI, Expires: time.Now().Add(time.Hour),
		Roles: []auth.Role{auth.RoleUser, auth.RoleDeveloper}}, nil
}

func (w *world) CheckSession(context.Context, auth.Identity) error { return nil }

func (w *world) EndedAmong(context.Context, []uuid.UUID) ([]uuid.UUID, error) { return nil, nil }

func (w *world) Launch(_ context.Context, who auth.Identity, app, version string) (sessions.Launch, error) {
	w.mu.Lock()
	down, paused := w.takenDown, w.paused
	w.mu.Unlock()
	if paused {
		return sessions.Launch{}, worker.Quarantined(time.Hour)
	}
	if down {
		return sessions.Launch{}, fault.Errorf(fault.NotFound, "app-taken-down", "This service is not available.")
	}
	development := version == w.version.String()
	if app != appID || version != "released" && !development {
		return sessions.Launch{}, fault.Errorf(fault.NotFound, "unknown-app", "There is no such mini program.")
	}
	w.mu.Lock()
	member := slices.Contains(w.developers, who.UserID)
	w.mu.Unlock()
	if development && !member {
		return sessions.Launch{}, fault.Errorf(fault.Forbidden, "not-a-member", "Only its developers may open this version.")
	}
	return sessions.Launch{AppID: appID, Name: "Café", AccountID: uuid.New(), AccountName: "Tea", VersionID: w.version,
		Version: "1.0.0", ImageHash: "abc", Scopes: []string{"login", "user", "payment", "subscribe"},
		Domains: []string{"api.example.com"}, Development: development}, nil
}

func (w *world) Image(context.Context, string) ([]byte, error) { return w.image, nil }
func (w *world) PublicFile(_ context.Context, _, path string) ([]byte, error) {
	return w.public[path], nil
}

func (w *world) Consent(_ context.Context, _ uuid.UUID, _, scope string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.grants[scope] = true
	return nil
}

func (w *world) RecordSubscriptions(_ context.Context, _ uuid.UUID, _ string, accepted []uuid.UUID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.accepted = append(w.accepted, accepted...)
	return nil
}

func (w *world) NoteOpened(context.Context, uuid.UUID, string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noted++
	return nil
}

func (w *world) Allow(_ context.Context, _ bridge.Caller, c bridge.Capability) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.Name == w.spent {
		w.refused++
		return fault.Errorf(fault.RateLimited, "rate-limited", "Too often.")
	}
	return nil
}

func (w *world) Consented(_ context.Context, _ bridge.Caller, scope string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.grants[scope], nil
}

// Insider agrees with the launcher: people who may open a development version.
func (w *world) Insider(_ context.Context, caller bridge.Caller, _ string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.developers, caller.UserID), nil
}

func (w *world) capabilities() *bridge.Table {
	table := bridge.NewTable(w)
	define := func(name, scope string, consent bool, answer func() any) {
		table.Add(bridge.Define(bridge.Capability{Name: name, Scope: scope, Callers: bridge.AppSession, Consent: consent,
			Summary: "Does " + name + ".", PerMinute: 1000},
			func(_ context.Context, caller bridge.Caller, _ json.RawMessage) (any, error) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.callers = append(w.callers, caller)
				return answer(), nil
			}))
	}
	define("app.login", "login", false, func() any {
		if w.broken {
			panic("a defect of the platform")
		}
		return map[string]string{"code": "one-time"}
	})
	define("user.profile", "user", true, func() any { return map[string]string{"display_name": "Lin"} })
	define("order.prepare", "payment", false, func() any { return map[string]any{"id": w.order, "amount": 100} })
	define("subscribe.request", "subscribe", false, func() any {
		return map[string]any{"templates": []any{map[string]any{"id": w.template, "title": "Ready"}}}
	})
	define("net.request", "network", false, func() any { return map[string]any{} })
	return table
}

// page is the mini program of the tests; the text of the button that is tapped says what to do.
const page = `let said = 0
Page({
	data: {n: 0, items: ['count', 'store', 'clear', 'login', 'profile', 'pay', 'subscribe', 'modal', 'log', 'loop', 'request', 'flood', 'forge', 'keep', 'peek', 'fill', 'write', 'read']},
	onLoad() { this.setData({n: wx.getStorageSync('n') || 0}) },
	say(text) { said++; this.setData({said: said + ' ' + text}) },
	go(e) { const done = r => this.say(JSON.stringify(r)); const both = {success: done, fail: done}; this[e.currentTarget.dataset.do](both) },
	count() { this.setData({n: this.data.n + 1}) },
	store() { for (let i = 0; i < 20; i++) wx.setStorageSync('n', i); wx.setStorageSync('gone', 1); wx.removeStorageSync('gone'); this.say('stored') },
	keep() { const kept = (wx.getStorageSync('kept') || 0) + 1; wx.setStorageSync('kept', kept); this.say('kept ' + kept) },
	peek() { this.say('reads ' + wx.getStorageSync('kept')) },
	fill() { wx.setStorageSync('part' + this.data.n, '<'.repeat(6e5)); this.setData({n: this.data.n + 1}); this.say('filled ' + this.data.n) },
	write() { wx.getFileSystemManager().writeFileSync(wx.env.USER_DATA_PATH + '/note', 'tea'); this.say('wrote') },
	read() { try { this.say('has ' + wx.getFileSystemManager().readFileSync(wx.env.USER_DATA_PATH + '/note', 'utf8')) } catch (e) { this.say('has no file') } },
	onHide() { if (wx.getStorageSync('kept')) wx.setStorageSync('hidden', wx.getStorageSync('kept')) },
	onUnload() { if (wx.getStorageSync('kept')) wx.setStorageSync('last', 'words') },
	clear() { wx.setStorageSync('before', 1); wx.clearStorageSync(); wx.setStorageSync('after', 1); this.say('cleared') },
	login(b) { wx.login(b) },
	profile(b) { wx.authorize({scope: 'scope.userInfo', success: () => wx.getUserProfile({desc: 'x', ...b}), fail: b.fail}) },
	pay(b) { wx.requestPayment({timeStamp: '1', nonceStr: 'n', package: 'prepay_id=1', signType: 'RSA', paySign: 's', ...b}) },
	subscribe(b) { wx.requestSubscribeMessage({tmplIds: ['` + templateID + `'], ...b}) },
	modal(b) { wx.showModal({title: 't', ...b}) },
	log() { console.error('oh no'); this.say('logged') },
	typed(e) {
		console.log('the user typed', e.detail.value); console.error({value: e.detail.value}); this.say('typed')
		Promise.reject(e.detail.value); Promise.reject({value: e.detail.value}); throw new Error('no room for ' + e.detail.value)
	},
	loop() { for (;;); },
	flood() { setInterval(() => { for (let i = 0; i < 500; i++) wx.request({url: 'https://api.example.com/', fail() {}}).abort() }, 4) },
	forge() { const e = new Error('mine'); e.stack = 'at go (pages/index/index.js:99999999999:88888888888(1))'; throw e },
	request(b) { wx.request({url: 'https://api.example.com/', ...b}) },
})`

const templateID = "0190a1b2-0000-7000-8000-000000000001"

var commands = []string{"count", "store", "clear", "login", "profile", "pay", "subscribe", "modal", "log", "loop", "request", "flood", "forge", "keep", "peek", "fill", "write", "read"}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: migrationtest.Open(t), user: uuid.New(), version: uuid.New(), grants: map[string]bool{},
		paid: map[uuid.UUID]bool{}, order: uuid.New(), template: uuid.MustParse(templateID)}
	w.developers = []uuid.UUID{w.user}
	result := compile.Compile(t.Context(), map[string][]byte{
		"app.json":               []byte(`{"pages":["pages/index/index"]}`),
		"app.js":                 []byte(`App({})`),
		"pages/index/index.wxml": []byte(`<view wx:for="{{items}}" data-do="{{item}}" bindtap="go">{{item}}</view><text>{{n}}</text><text>{{said}}</text><input bindinput="typed"/>`),
		"pages/index/index.js":   []byte(page),
	}, compile.Options{Supported: wx.Supported})
	if result.Image == nil {
		t.Fatalf("the test's program does not compile: %v", result.Diagnostics)
	}
	var err error
	if w.image, err = result.Image.MarshalBinary(); err != nil {
		t.Fatal(err)
	}
	w.public = result.Public
	if w.bus, err = bus.Open("", slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	account := uuid.New()
	for _, insert := range []string{
		fmt.Sprintf(`INSERT INTO app_user (id, handle, display_name, password_hash) VALUES ('%s', 'lin', 'Lin', 'x')`, w.user),
		fmt.Sprintf(`INSERT INTO official_account (id, handle, name, kind) VALUES ('%s', 'tea', 'Tea', 'service')`, account),
		fmt.Sprintf(`INSERT INTO app (id, account_id, name) VALUES ('%s', '%s', 'Café')`, appID, account),
	} {
		if _, err := w.db.Exec(t.Context(), insert); err != nil {
			t.Fatal(err)
		}
	}
	w.serve()
	return w
}

func (w *world) serve() {
	logger := slog.New(slog.DiscardHandler)
	w.pool = worker.NewPool(worker.Config{Logger: logger, Spares: -1})
	w.service = sessions.New(sessions.Config{Tokens: w, Launcher: w, Images: w, Accounts: w, Workers: w.pool,
		Bridge: w.capabilities(), DB: w.db, Bus: w.bus, Logger: logger,
		Paid: func(_ context.Context, _, order uuid.UUID) (bool, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.paid[order], nil
		},
		MayDevelop: func(ctx context.Context, app string) error {
			if app == appID && slices.Contains(w.developers, auth.UserFromContext(ctx)) {
				return nil
			}
			return fault.Errorf(fault.NotFound, "unknown-app", "There is no such app.")
		}})
	w.api = api.New(api.Options{Authenticator: w, Logger: logger,
		PerUser: ratelimit.PerMinute("user", 1_000_000)}) // the tests poll
	w.service.Routes(w.api.API, w.api.App)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func(app *fiber.App) { served <- app.Listener(listener) }(w.api.App)
	w.url = "ws://" + listener.Addr().String() + "/open"
	w.hosts = append(w.hosts, w.service)
	service, pool, app := w.service, w.pool, w.api.App
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		service.Close(ctx)
		pool.Close(ctx)
		if left := pool.Stats(); left.Processes != 0 {
			w.t.Errorf("left behind: %+v", left)
		}
		if err := app.Shutdown(); err != nil {
			w.t.Error(err)
		}
		<-served
	})
}

// phone is a client's shell.
type phone struct {
	t    *testing.T
	conn *websocket.Conn
}

func (w *world) dial(token string) *phone {
	w.t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(w.t.Context(), w.url, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	p := &phone{t: w.t, conn: conn}
	p.send(map[string]any{"t": "auth", "token": token})
	return p
}

func (w *world) open(version string) *phone {
	w.t.Helper()
	p := w.dial(w.user.String())
	p.send(openRequest(version))
	if f := p.next(); f["t"] != "opened" || f["image"] != "/images/abc" || f["config"] == nil {
		w.t.Fatalf("the first frame is %v", f)
	}
	if f := p.next(); f["t"] != "page" {
		w.t.Fatalf("the second frame is %v", f)
	}
	return p
}

func openRequest(version string) map[string]any {
	return map[string]any{"t": "open", "app_id": appID, "version": version, "scene": 1001,
		"env": map[string]any{"width": 375, "height": 667, "pixel_ratio": 2, "language": "en", "theme": "light"}}
}

func (p *phone) send(frame any) {
	p.t.Helper()
	if err := p.conn.WriteJSON(frame); err != nil {
		p.t.Fatal(err)
	}
}

func (p *phone) next() map[string]any {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(waittest.Deadline())
	var frame map[string]any
	if err := p.conn.ReadJSON(&frame); err != nil {
		p.t.Fatalf("no frame: %v", err)
	}
	return frame
}

// tap taps the button with this command. Rows of the list are the instances 1, 2, 3 …
// ending reads to the end of the socket and returns code and reason of the close frame.
func (p *phone) ending() (code int, reason string) {
	p.t.Helper()
	for {
		var closed *websocket.CloseError
		if _, _, err := p.conn.ReadMessage(); errors.As(err, &closed) {
			return closed.Code, closed.Text
		} else if err != nil {
			p.t.Fatalf("ended without a close frame: %v", err)
		}
	}
}

func (p *phone) tap(command string) {
	p.t.Helper()
	p.send(map[string]any{"t": "event", "page": 1, "type": "tap",
		"target": []int{1 + slices.Index(commands, command), 0}, "detail": map[string]any{}})
}

// expect reads the next frame and requires it to be of a kind and to contain a text.
func (p *phone) expect(kind, text string) map[string]any {
	p.t.Helper()
	frame := p.next()
	encoded, _ := json.Marshal(frame)
	if frame["t"] != kind || !strings.Contains(string(encoded), text) {
		p.t.Fatalf("got %s, want %q with %q", encoded, kind, text)
	}
	return frame
}

func (p *phone) question(name string) (call float64, args map[string]any) {
	p.t.Helper()
	frame := p.expect("ui", name)
	call, _ = frame["call"].(float64)
	args, _ = frame["args"].(map[string]any)
	return call, args
}

func (p *phone) hangUp(w *world) {
	p.t.Helper()
	p.conn.Close()
	waittest.Eventually(p.t, "the sessions are over", func() bool { return w.service.Count() == 0 })
}

func (w *world) stored() map[string]string {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), `SELECT key, value FROM app_storage WHERE user_id = $1 AND app_id = $2`, w.user, appID)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	values := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			w.t.Fatal(err)
		}
		values[key] = value
	}
	return values
}

func TestAnAppOpensAndAnswersTaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("count")
	p.expect("patch", "1")
	p.tap("count")
	p.expect("patch", "2")
	if w.noted != 1 {
		t.Errorf("noted %d times", w.noted)
	}
}

func TestOnlyPeopleWithTheRightOpenAnApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := uuid.NewString()
	for _, test := range []struct {
		token  string
		frame  any
		expect string
	}{
		{"nobody", nil, "bad-token"},
		{stranger, openRequest(w.version.String()), "not-a-member"},
		{stranger, openRequest("no version"), "unknown-app"},
		{stranger, map[string]any{"t": "event"}, "open-expected"},
		{stranger, map[string]any{"t": "open", "app_id": appID, "version": "released", "path": strings.Repeat("x", 2000)}, "path-too-long"},
	} {
		p := w.dial(test.token)
		if test.frame != nil {
			p.send(test.frame)
		}
		p.expect("failed", test.expect)
	}
	if st := w.pool.Stats(); st.Processes != 0 {
		t.Errorf("a refused open started a worker: %+v", st)
	}
	w.open(w.version.String())
}

func TestStorageSurvivesTheSessionInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("store")
	p.expect("patch", "stored")
	p.hangUp(w)
	if got := w.stored(); fmt.Sprint(got) != fmt.Sprint(map[string]string{"n": "19"}) {
		t.Errorf("stored %v", got)
	}
	p = w.open("released")
	p.tap("count")
	p.expect("patch", "20")
	p.tap("clear")
	p.expect("patch", "cleared")
	p.hangUp(w)
	if got := w.stored(); fmt.Sprint(got) != fmt.Sprint(map[string]string{"after": "1"}) {
		t.Errorf("stored %v", got)
	}
}

// Texts that HTML would escape take no more room than others: what was accepted is there next time.
func TestAStorageFullOfMarkupOpensAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	const values = 9
	for n := range values {
		p.tap("fill")
		p.expect("patch", fmt.Sprint("filled ", n+1))
	}
	p.hangUp(w)
	if got := len(w.stored()); got != values {
		t.Errorf("%d values are stored, want %d", got, values)
	}
	p = w.open("released")
	p.tap("keep")
	p.expect("patch", "kept 1")
}

func TestAUserClearsWhatAnAppKeeps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("keep")
	p.expect("patch", "kept 1")
	p.tap("write")
	p.expect("patch", "wrote")
	w.serve() // another host on the same database
	elsewhere := w.open("released")
	elsewhere.until("read", "has tea")

	first := w.hosts[0]
	if err := first.ClearStorage(t.Context(), w.user, appID); err != nil {
		t.Fatal(err)
	}
	p.expect("closed", "storage-cleared")
	// What the app stored as it closed is gone too.
	if got := w.stored(); len(got) > 0 {
		t.Errorf("stored %v", got)
	}
	elsewhere.until("read", "has no file")
	elsewhere.until("keep", "kept 1")

	stranger := uuid.New()
	if err := first.ClearStorage(t.Context(), stranger, appID); err != nil {
		t.Errorf("a user for whom nothing is kept: %v", err)
	}
	elsewhere.tap("peek")
	elsewhere.expect("patch", "reads 1")
}

// until taps until the app says the text: what it waits for comes from another host.
func (p *phone) until(command, text string) {
	p.t.Helper()
	waittest.Eventually(p.t, "the app says "+text, func() bool {
		p.tap(command)
		raw, err := json.Marshal(p.next())
		if err != nil {
			p.t.Fatal(err)
		}
		return strings.Contains(string(raw), text)
	})
}

func TestAnAppOpenOnTwoHostsReadsWhatTheOtherStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.open("released")
	w.serve() // another host on the same database
	second := w.open("released")
	first.tap("keep")
	first.expect("patch", "kept 1")
	second.until("peek", "reads 1")
	second.tap("keep")
	second.expect("patch", "kept 2")
	first.until("peek", "reads 2")
}

func TestTheHostAnswersPings(t *testing.T) {
	t.Parallel()
	p := newWorld(t).open("released")
	p.send(map[string]any{"t": "ping", "index": 7})
	if f := p.expect("pong", ""); f["index"] != 7.0 {
		t.Errorf("got %v", f)
	}
}

func TestFramesThatAreNotUnderstoodAreErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	for _, frame := range []any{
		map[string]any{"t": "unknown"}, map[string]any{"t": 7}, []int{1}, "text", map[string]any{"t": "event", "page": 1},
		map[string]any{"t": "event", "page": 1, "type": "tap", "target": []int{1}}, map[string]any{"t": "tab", "index": -1},
		map[string]any{"t": "event", "page": 1, "type": strings.Repeat("x", 100), "target": []int{0, 0}},
		map[string]any{"t": "env"}, map[string]any{"t": "open", "app_id": appID},
	} {
		p.send(frame)
		p.expect("error", "bad-frame")
	}
	if err := p.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"t":"back"}`)); err != nil {
		t.Fatal(err)
	}
	p.expect("error", "bad-frame")
	p.tap("count")
	p.expect("patch", "1")
	if err := p.conn.WriteMessage(websocket.TextMessage, make([]byte, sessions.MaxClientFrame+1)); err != nil {
		t.Fatal(err)
	}
	waittest.Eventually(t, "the sessions are over", func() bool { return w.service.Count() == 0 })
}

func TestAFloodOfFramesIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	for range 2*sessions.FramesBurst + sessions.MaxErrors {
		if p.conn.WriteJSON(map[string]any{"t": "scroll", "page": 1, "top": 1}) != nil {
			break
		}
	}
	refused := 0
	for f := p.next(); f["t"] != "closed"; f = p.next() {
		if f["t"] != "error" {
			t.Fatalf("got %v", f)
		}
		// Either the client's rate or the app's inbox reaches its limit first, depending on the machine.
		if f["code"] == "too-many-frames" || f["code"] == "session-busy" {
			refused++
		}
	}
	if refused < sessions.MaxErrors/2 {
		t.Errorf("%d frames refused", refused)
	}
}

func TestOnlyAnswersToQuestionsAreTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	reply := func(call float64) {
		p.send(map[string]any{"t": "reply", "call": call, "ok": true, "result": map[string]any{"confirm": true}})
	}
	reply(1)
	p.expect("error", "unknown-call")
	p.tap("modal")
	call, _ := p.question("showModal")
	reply(call)
	p.expect("patch", "confirm")
	reply(call)
	p.expect("error", "unknown-call")
}

func TestCapabilitiesRunWithTheHostsRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("login")
	p.expect("patch", "one-time")
	caller := w.callers[0]
	if caller.AppID != appID || caller.UserID != w.user || caller.VersionID != w.version || caller.Kind != bridge.AppSession ||
		!slices.Contains(caller.Domains, "api.example.com") {
		t.Errorf("caller %+v", caller)
	}
	p.tap("request") // the version does not hold the scope network
	p.expect("patch", "fail")
}

func TestConsentIsAskedOnceByTheHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("profile")
	call, args := p.question("authorize")
	if args["scope"] != "user" || args["purpose"] != "Does user.profile." || args["app"] == nil {
		t.Errorf("the sheet says %v", args)
	}
	p.send(map[string]any{"t": "reply", "call": call, "ok": false, "error": "deny"})
	p.expect("patch", "deny")
	p.tap("profile")
	call, _ = p.question("authorize")
	p.send(map[string]any{"t": "reply", "call": call, "ok": true, "result": map[string]any{}})
	p.expect("patch", "Lin")
	p.tap("profile")
	p.expect("patch", "Lin")
}

func TestThePaymentSheetShowsTheHostsOrderAndItsAnswerIsVerified(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("pay")
	call, args := p.question("requestPayment")
	if order, _ := args["order"].(map[string]any); order["id"] != w.order.String() || order["amount"] != 100.0 {
		t.Errorf("the sheet shows %v", args)
	}
	p.send(map[string]any{"t": "reply", "call": call, "ok": true, "result": map[string]any{}})
	p.expect("patch", "not been paid")
	p.tap("pay")
	call, _ = p.question("requestPayment")
	w.mu.Lock()
	w.paid[w.order] = true
	w.mu.Unlock()
	p.send(map[string]any{"t": "reply", "call": call, "ok": true, "result": map[string]any{}})
	p.expect("patch", "requestPayment:ok")
}

func TestSubscriptionsAreRecordedAsOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("subscribe")
	call, _ := p.question("requestSubscribeMessage")
	p.send(map[string]any{"t": "reply", "call": call, "ok": true,
		"result": map[string]any{templateID: "accept", uuid.NewString(): "accept"}})
	p.expect("patch", "accept")
	if len(w.accepted) != 1 || w.accepted[0] != w.template {
		t.Errorf("recorded %v", w.accepted)
	}
}

func TestAnAppThatHangsIsClosedWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("loop")
	if f := p.expect("closed", worker.CodeStopped); f["message"] == "" {
		t.Error("the user is not told why")
	}
	waittest.Eventually(t, "the sessions are over", func() bool { return w.service.Count() == 0 })
	p = w.open("released")
	p.send(map[string]any{"t": "env", "env": map[string]any{"width": 375, "height": 667, "language": "zh_CN"}})
	p.tap("count")
	p.expect("patch", "1")
}

// The host must also refuse calls that the app has aborted, each with an answer that waits for room in
// the app's inbox.
func TestAnAppThatFloodsTheHostWithCallsIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("flood")
	p.expect("closed", "app-flooding")
	waittest.Eventually(t, "the sessions are over", func() bool { return w.service.Count() == 0 })
}

// A program that calls again as soon as it is refused must not cost the host more than itself.
func TestARefusalForCallingTooOftenComesLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.spent = "app.login"
	p := w.open("released")
	p.tap("login")
	waittest.Eventually(t, "the call is refused", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.refused == 1
	})
	p.tap("request")
	p.expect("patch", "request:")
	p.expect("patch", "login:fail")
}

func TestAnAppLearnsThatItsUserLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("keep")
	p.expect("patch", "kept 1")
	p.hangUp(w)
	if got := w.stored()["hidden"]; got != "1" {
		t.Errorf("onHide stored %q, want 1", got)
	}
}

func TestAnAppThatIsTakenDownStopsForThoseWhoHaveItOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	idle := w.open("released")
	w.mu.Lock()
	w.takenDown = true
	w.mu.Unlock()
	p.tap("login")
	p.expect("closed", "app-taken-down")
	if len(w.callers) != 0 {
		t.Error("an app that was taken down still reached a capability")
	}
	w.service.CheckAllSessions(t.Context())
	idle.expect("closed", "app-taken-down")
	waittest.Eventually(t, "the sessions are over", func() bool { return w.service.Count() == 0 })
}

func TestAnAnnouncedChangeEndsSessionsThatAreNoLongerAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	w.service.CheckAllSessions(t.Context()) // the answer is remembered for a while
	w.service.Recheck("ta0000000000000000")
	w.service.Recheck(appID)
	p.tap("count") // nothing has changed yet
	p.expect("patch", "1")
	w.mu.Lock()
	w.takenDown = true
	w.mu.Unlock()
	w.service.Recheck(appID)
	p.expect("closed", "app-taken-down")
	if code, reason := p.ending(); code != 4404 || reason != "app-taken-down" {
		t.Errorf("closed with %d %q", code, reason)
	}
}

func TestAPausedVersionEndsAndCannotBeOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	other := worker.AppKey{AppID: appID, VersionID: uuid.NewString()}
	w.service.EndVersion(other, time.Hour)
	p.tap("count")
	p.expect("patch", "1")
	key := worker.AppKey{AppID: appID, VersionID: w.version.String()}
	w.pool.Quarantine(key, time.Now().Add(10*time.Minute))
	w.service.EndVersion(key, 10*time.Minute)
	p.expect("closed", "quarantined")
	again := w.dial(w.user.String())
	again.send(openRequest("released"))
	again.expect("failed", "Try again in 10 min.")
	w.pool.Quarantine(key, time.Now())
	w.open("released")
}

// Ensure a session ends whose host was not told that its version is paused, and that the end of the pause is
// seen at once.
func TestAPauseThatWasNotAnnouncedEndsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	pause := func(paused bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.paused = paused
	}
	pause(true)
	w.service.Recheck(appID)
	p.expect("closed", "quarantined")
	pause(false)
	again := w.open("released")
	again.tap("login") // a call checks the rights of its session
	again.expect("patch", "one-time")
}

func TestAnswersWaitingForAppsAreBoundedOnTheHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	release := w.service.FillAnswers()
	p.tap("login")
	p.expect("patch", "very busy")
	release()
	p.tap("login")
	p.expect("patch", "one-time")
}

func TestSessionsOfADeveloperWhoLeavesEndAndOthersDoNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stays := w.open(w.version.String())
	leaver := uuid.New()
	if _, err := w.db.Exec(t.Context(), `INSERT INTO app_user (id, handle, display_name, password_hash)
		VALUES ($1, 'leaver', 'Leaver', 'x')`, leaver); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.developers = append(w.developers, leaver)
	w.mu.Unlock()
	leaves := w.dial(leaver.String())
	leaves.send(openRequest(w.version.String()))
	leaves.expect("opened", appID)
	leaves.expect("page", "")
	w.mu.Lock()
	w.developers = w.developers[:1]
	w.mu.Unlock()
	w.service.CheckAllSessions(t.Context())
	leaves.expect("closed", "not-a-member")
	stays.tap("count")
	stays.expect("patch", "1")
}

func TestACapabilityThatPanicsFailsOnlyItsCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.broken = true
	p := w.open("released")
	p.tap("login")
	p.expect("patch", "Internal error")
	p.tap("count")
	p.expect("patch", "1")
}

func TestTheUserReadsTheirOwnLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.dial(w.user.String())
	request := openRequest("released")
	request["env"].(map[string]any)["language"] = "zh_CN"
	p.send(request)
	p.expect("opened", appID)
	p.expect("page", "")
	p.tap("loop")
	p.expect("closed", "小程序")
}

func TestADrainingHostSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.tap("store")
	w.service.Close(t.Context())
	for f := p.next(); f["t"] != "closed"; f = p.next() {
		if f["t"] != "patch" {
			t.Fatalf("got %v", f)
		}
	}
	if code, reason := p.ending(); code != websocket.CloseServiceRestart || reason != "host-draining" {
		t.Errorf("closed with %d %q", code, reason)
	}
	w.serve()
	w.open("released")
}
