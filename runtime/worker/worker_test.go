package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/runtime/wx"
	"github.com/teahouse/teahouse/waittest"
)

func TestMain(m *testing.M) {
	programs.MaybeMain()
	attemptMain()
	os.Exit(m.Run())
}

// files completes a mini program of one page. The page has a button that runs its handler "go".
func files(page string) map[string][]byte {
	return map[string][]byte{
		"app.json":               []byte(`{"pages":["pages/index/index"]}`),
		"app.js":                 []byte(`App({})`),
		"pages/index/index.wxml": []byte(`<view bindtap="go">{{n}}</view>`),
		"pages/index/index.js":   []byte(page),
	}
}

// counter answers every tap by counting.
const counter = `Page({data: {n: 0}, go() { this.setData({n: this.data.n + 1}) }})`

// program compiles a mini program to an encoded image.
func program(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	result := compile.Compile(context.Background(), files, compile.Options{Supported: wx.Supported})
	if result.Image == nil {
		t.Fatalf("the test's program does not compile: %v", result.Diagnostics)
	}
	encoded, err := result.Image.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// newPool returns a pool that is closed when the test ends, and checked for leftover processes.
func newPool(t testing.TB, config worker.Config) *worker.Pool {
	t.Helper()
	config.Logger = slog.New(slog.DiscardHandler)
	pool := worker.NewPool(config)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		pool.Close(ctx)
		if left := pool.Stats(); left.Processes != 0 || left.Sessions != 0 {
			t.Errorf("left behind after Close: %+v", left)
		}
	})
	return pool
}

// shell is the other end of a session in a test.
type shell struct {
	t      testing.TB
	remote *worker.Remote
	frames chan []byte
	closed chan worker.Reason

	mu     sync.Mutex
	calls  []string
	store  []protocol.StorageOp
	logs   []protocol.LogEntry
	slowed []string
}

func (s *shell) Frame(frame []byte) { s.frames <- frame }
func (s *shell) Call(id uint64, name string, args []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, fmt.Sprintf("%d %s %s", id, name, args))
}
func (s *shell) Store(op protocol.StorageOp) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store = append(s.store, op)
}
func (s *shell) Log(entry protocol.LogEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs = append(s.logs, entry)
}
func (s *shell) Slowed(budget string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slowed = append(s.slowed, budget)
}
func (s *shell) Closed(reason worker.Reason) { s.closed <- reason }

func (s *shell) logged() []protocol.LogEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]protocol.LogEntry(nil), s.logs...)
}

func key(app string) worker.AppKey { return worker.AppKey{AppID: app, VersionID: "1"} }

// try opens an app in the pool.
func try(t testing.TB, pool *worker.Pool, app string, image []byte, storage map[string]string) (*shell, error) {
	s := &shell{t: t, frames: make(chan []byte, 1000), closed: make(chan worker.Reason, 1)}
	var err error
	s.remote, err = pool.Open(context.Background(), key(app),
		func(context.Context) ([]byte, error) { return image, nil },
		protocol.OpenRequest{SessionID: "s", AppID: app, Version: "1.0.0", Storage: storage,
			Env: protocol.Env{Width: 375, Height: 667, PixelRatio: 2, Language: "en"}}, s)
	return s, err
}

func open(t testing.TB, pool *worker.Pool, app string, image []byte) *shell {
	t.Helper()
	s, err := try(t, pool, app, image, nil)
	if err != nil {
		t.Fatalf("open %s: %v", app, err)
	}
	if frame := s.next(); !strings.Contains(frame, `"t":"page"`) {
		t.Fatalf("the first frame is %s, want a page", frame)
	}
	return s
}

func (s *shell) next() string {
	s.t.Helper()
	return string(waittest.Receive(s.t, "a frame", s.frames))
}

var tapFrame = []byte(`{"t":"event","page":1,"type":"tap","target":[0,0],"detail":{}}`)

func (s *shell) send(frame []byte) {
	s.t.Helper()
	if err := s.remote.Send(frame); err != nil {
		s.t.Fatalf("send: %v", err)
	}
}

// tap sends a tap on the page's only element and returns the frame that it brings.
func (s *shell) tap() string {
	s.t.Helper()
	s.send(tapFrame)
	return s.next()
}

// ended waits for the session's end.
func (s *shell) ended() worker.Reason {
	s.t.Helper()
	reason := waittest.Receive(s.t, "the session's end", s.closed)
	<-s.remote.Done()
	return reason
}

func TestASessionAnswersEvents(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	image := program(t, files(counter))
	a, b := open(t, pool, "a", image), open(t, pool, "a", image)
	for n := 1; n <= 3; n++ {
		if got := a.tap(); !strings.Contains(got, fmt.Sprint(n)) || !strings.Contains(got, `"patch"`) {
			t.Errorf("tap %d: %s", n, got)
		}
	}
	if got := b.tap(); !strings.Contains(got, "1") {
		t.Errorf("the other session counts for itself: %s", got)
	}
	if st := pool.Stats(); st.Sessions != 2 {
		t.Errorf("stats %+v", st)
	}
	a.remote.Close()
	if reason := a.ended(); reason.Code != worker.CodeClosed {
		t.Errorf("closed with %+v", reason)
	}
	if err := a.remote.Send(tapFrame); err == nil {
		t.Error("a closed session took a frame")
	}
	if got := b.tap(); !strings.Contains(got, "2") {
		t.Errorf("after the other session closed: %s", got)
	}
}

func TestStorageCallsAndLogsReachTheHost(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	image := program(t, files(`Page({data: {n: wx.getStorageSync('old')}, go() {
		wx.setStorageSync('k', {a: 1}); wx.removeStorageSync('k'); console.warn('hello')
		wx.login({success: r => this.setData({n: r.code}), fail: e => this.setData({n: e.errMsg})}) }})`))
	s, err := try(t, pool, "a", image, map[string]string{"old": `"kept"`})
	if err != nil {
		t.Fatal(err)
	}
	if first := s.next(); !strings.Contains(first, "kept") {
		t.Errorf("storage of the open request: %s", first)
	}
	s.send(tapFrame)
	waittest.Eventually(t, "the call arrives", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.calls) == 1 })
	if err := s.remote.Reply(callID(t, s), true, []byte(`{"code":"abc"}`)); err != nil {
		t.Fatal(err)
	}
	if got := s.next(); !strings.Contains(got, "abc") {
		t.Errorf("after the reply: %s", got)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	want := []protocol.StorageOp{{Op: "set", Key: "k", Value: `{"a":1}`}, {Op: "remove", Key: "k"}}
	if fmt.Sprint(s.store) != fmt.Sprint(want) {
		t.Errorf("storage operations %v, want %v", s.store, want)
	}
	if len(s.logs) == 0 || s.logs[0].Text != "hello" || s.logs[0].File != "pages/index/index.js" {
		t.Errorf("log %+v", s.logs)
	}
}

func callID(t *testing.T, s *shell) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var id uint64
	if _, err := fmt.Sscan(s.calls[0], &id); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestTimersRunInTheWorker(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	s := open(t, pool, "a", program(t, files(`Page({data: {n: 0}, go() {
		setTimeout(() => this.setData({n: 'late'}), 30) }})`)))
	if got := s.tap(); !strings.Contains(got, "late") {
		t.Error(got)
	}
}

func TestConcurrentOpensShareOneWorker(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	image := program(t, files(counter))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := try(t, pool, "a", image, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if st := pool.Stats(); st.Processes != 1 || st.Sessions != 20 {
		t.Errorf("stats %+v, want one process with 20 sessions", st)
	}
}

func TestAnIdleWorkerEnds(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1, IdleAfter: time.Millisecond})
	image := program(t, files(counter))
	s := open(t, pool, "a", image)
	s.tap()
	s.remote.Close()
	s.ended()
	waittest.Eventually(t, "the worker ends", func() bool { return pool.Stats().Processes == 0 })
	if got := open(t, pool, "a", image).tap(); !strings.Contains(got, "1") {
		t.Errorf("after the worker came back: %s", got)
	}
}

func TestTheLongestIdleWorkerEndsFirst(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1, MaxWorkers: 2})
	image := program(t, files(counter))
	a := open(t, pool, "a", image)
	open(t, pool, "b", image)
	if _, err := try(t, pool, "c", image, nil); err == nil || !strings.Contains(err.Error(), "host-busy") {
		t.Fatalf("with every worker in use: %v", err)
	}
	a.quit()
	open(t, pool, "c", image)
	waittest.Eventually(t, "a worker makes room", func() bool { return pool.Stats().Processes == 2 })
}

func TestAPauseEndsByItsTime(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	image := program(t, files(counter))
	pool.Quarantine(key("a"), time.Now().Add(time.Hour))
	if _, err := try(t, pool, "a", image, nil); fault.SlugOf(err) != worker.CodeQuarantined {
		t.Fatalf("paused: %v", err)
	}
	if st, keys := pool.Stats(), pool.Quarantined(); st.Quarantined != 1 || len(keys) != 1 || keys[0] != key("a") {
		t.Errorf("counted %d, listed %v", st.Quarantined, keys)
	}
	pool.Quarantine(key("a"), time.Now())
	if st, keys := pool.Stats(), pool.Quarantined(); st.Quarantined != 0 || len(keys) != 0 || pool.Release(key("a")) {
		t.Errorf("over: counted %d, listed %v", st.Quarantined, keys)
	}
	open(t, pool, "a", image).tap()
}

func TestAnImageThatCannotRunIsRefused(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	for range worker.QuarantineDeaths + 1 {
		if _, err := try(t, pool, "a", []byte("no image"), nil); err == nil || !strings.Contains(err.Error(), "app-broken") {
			t.Fatalf("got %v", err)
		}
	}
}

func TestCloseTellsTheSessions(t *testing.T) {
	t.Parallel()
	pool := worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler)})
	image := program(t, files(counter))
	s := open(t, pool, "a", image)
	s.send(tapFrame)
	pool.Close(t.Context())
	if got := s.next(); !strings.Contains(got, "1") {
		t.Errorf("the turn under way: %s", got)
	}
	if reason := s.ended(); reason.Code != worker.CodeDraining || reason.Message == "" {
		t.Errorf("closed with %+v", reason)
	}
	if st := pool.Stats(); st.Processes != 0 {
		t.Errorf("processes left: %+v", st)
	}
	if _, err := try(t, pool, "a", image, nil); err == nil {
		t.Error("a closed pool opened a session")
	}
}

func TestCompilationRunsInAProcessOfItsOwn(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	source := files(counter)
	result, err := pool.Compile(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	direct := compile.Compile(t.Context(), source, compile.Options{Supported: wx.Supported})
	got, _ := json.Marshal([]any{result.Diagnostics, result.Report})
	want, _ := json.Marshal([]any{direct.Diagnostics, direct.Report})
	if result.Image == nil || !bytes.Equal(got, want) || len(result.Public) != len(direct.Public) {
		t.Fatalf("got %s\nwant %s", got, want)
	}
	for name, content := range direct.Public {
		if !bytes.Equal(result.Public[name], content) {
			t.Errorf("public file %s differs", name)
		}
	}
	a, _ := result.Image.MarshalBinary()
	b, _ := direct.Image.MarshalBinary()
	if !bytes.Equal(a, b) {
		t.Error("the image differs")
	}
	source["pages/index/index.js"] = []byte("Page({")
	if result, err = pool.Compile(t.Context(), source); err != nil || len(result.Diagnostics) != 1 || result.Diagnostics[0].Code != "js-syntax" {
		t.Errorf("a syntax error: %+v, %v", result.Diagnostics, err)
	}
}
