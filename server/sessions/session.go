package sessions

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

// client is the shell's end of a session, a *socket.Socket.
type client interface {
	Identity() auth.Identity
	Send(frame []byte)
	Release(first []byte)
	End(err error)
	ExpiresIn() int
	Done() <-chan struct{}
}

// session is one open app of one user. It is the worker.Sink of its sandbox.
type session struct {
	service  *Service
	id       uuid.UUID
	who      auth.Identity
	language string          // of the user, for the host's own sentences
	ctx      context.Context // carries the identity; ends when the session stops
	cancel   context.CancelFunc
	conn     client
	frames   *rate.Limiter

	// Set by start, before the app runs.
	launch     Launch
	version    string // as the client asked for it
	caller     bridge.Caller
	typed      typed // with a released version
	ownerStore *ownerStore
	reader     reader
	news       news // of the storage, for the app

	opened chan struct{} // closed once remote is set
	remote *worker.Remote

	active atomic.Int64 // when the user last did something, Unix nanoseconds
	hidden atomic.Int64 // since when the app is hidden, 0 when it is not

	tasks   sync.WaitGroup // calls under way
	slots   chan struct{}  // tokens of MaxCalls
	refused atomic.Int32   // calls that wait for their refusal
	sheet   chan struct{}  // one token: one consent sheet at a time
	running chan struct{}  // tokens of MaxFunctions

	mu       sync.Mutex
	lastCall uint64           // the host's own questions
	asked    map[uint64]asked // questions to the shell that wait for an answer
	orders   prepared         // prepared orders by ID, as the bridge returned them
	offers   prepared         // subscription templates by ID
	allowed  map[string]bool  // capabilities of permissions that the user has given
}

func (s *Service) newSession(conn client, language string) *session {
	who := conn.Identity()
	ctx, cancel := context.WithCancel(auth.NewContext(context.Background(), who))
	opened := &session{
		service: s, id: uuid.Must(uuid.NewV7()), who: who, language: language, ctx: ctx, cancel: cancel, conn: conn,
		frames: rate.NewLimiter(FramesPerSecond, FramesBurst), opened: make(chan struct{}),
		slots: make(chan struct{}, MaxCalls), sheet: make(chan struct{}, 1), running: make(chan struct{}, MaxFunctions), asked: map[uint64]asked{},
	}
	opened.reader.tell = opened.storageChanged
	return opened
}

// start opens the app. When it returns nil, the opened frame and the first page are on their way.
func (s *session) start(f *protocol.OpenFrame) error {
	ctx, cancel := context.WithTimeout(s.ctx, OpenTimeout)
	defer cancel()
	launch, err := s.service.Launcher.Launch(ctx, s.who, f.AppID, f.Version)
	if err != nil {
		return err
	}
	config, err := s.service.configs.of(ctx, launch.ImageHash)
	if err != nil {
		return err
	}
	s.launch, s.version = launch, f.Version
	s.caller = bridge.Caller{
		Kind: bridge.AppSession, AppID: launch.AppID, VersionID: launch.VersionID, AccountID: launch.AccountID,
		UserID: s.who.UserID, SessionID: s.id.String(), Domains: launch.Domains, Collections: launch.Collections, Line: s,
		Functions: s,
	}
	if launch.Development {
		s.caller.Trial = bridge.Grant{Version: launch.Version, Scopes: launch.Scopes}
	} else {
		s.caller.Version, s.caller.Scopes = launch.Version, launch.Scopes
	}
	s.ownerStore = s.service.store.acquire(s.who.UserID, launch.AppID)
	storage, err := s.ownerStore.snapshot(ctx, &s.reader)
	if err != nil {
		return err
	}
	s.active.Store(time.Now().UnixNano())
	s.remote, err = s.service.Workers.Open(ctx,
		worker.AppKey{AppID: launch.AppID, VersionID: launch.VersionID.String()},
		func(ctx context.Context) ([]byte, error) { return s.service.Images.Image(ctx, launch.ImageHash) },
		protocol.OpenRequest{
			SessionID: s.id.String(), AppID: launch.AppID, Version: launch.Version, Path: f.Path, Query: f.Query,
			Scene: f.Scene, Env: f.Env, Storage: storage, Development: launch.Development,
			Record: launch.Development, Seed: seed(),
		}, s)
	if err != nil {
		s.note(fault.Textf("The app did not open: %s", describe(err)))
		return err
	}
	close(s.opened)
	s.conn.Release((&protocol.OpenedFrame{
		T: "opened", Session: s.id.String(), App: s.appInfo(), Image: "/images/" + launch.ImageHash,
		Config: config, Development: launch.Development, ExpiresIn: s.conn.ExpiresIn(),
		Map: s.service.Map,
	}).Encode())
	if err := s.service.Accounts.NoteOpened(ctx, s.who.UserID, launch.AppID); err != nil {
		s.service.Logger.WarnContext(ctx, "opened app not noted", "app_id", launch.AppID, "error", err)
	}
	return nil
}

func (s *session) appInfo() protocol.AppInfo {
	return protocol.AppInfo{ID: s.launch.AppID, Name: s.launch.Name, IconURL: s.launch.IconURL,
		Account: &protocol.AccountInfo{ID: s.launch.AccountID.String(), Name: s.launch.AccountName}}
}

func seed() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return int64(binary.LittleEndian.Uint64(b[:]))
}

// describe writes the cause of an error into the developer's log if the app is the cause. The user
// does not see it. Causes in the host are left out: they name its services and addresses.
func describe(err error) string {
	if f, ok := fault.As(err); ok && slices.Contains(ownFaults, f.Slug) && f.Unwrap() != nil {
		return f.Unwrap().Error()
	}
	return fault.MessageOf(err)
}

// ownFaults are the slugs whose cause is what the app's worker said.
var ownFaults = []string{worker.CodeCrashed, worker.CodeStopped, "app-broken"}

// stop closes the app and saves its storage. It is called once, by the handler.
func (s *session) stop() {
	if s.remote != nil {
		s.remote.Leave()
		select {
		case <-s.remote.Done():
		case <-time.After(UnloadWait): // the pool's kill timer ends the app
		}
	}
	if s.ownerStore != nil {
		s.ownerStore.leave(&s.reader)
	}
	s.cancel()
	s.tasks.Wait()
	if s.ownerStore != nil {
		if err := s.service.store.release(s.ownerStore); err != nil {
			s.service.Logger.Warn("storage of an app not written yet", "app_id", s.launch.AppID, "error", err)
		}
	}
}

// fromShell processes one frame of the client.
func (s *session) fromShell(raw []byte) error {
	if !s.frames.Allow() {
		return fault.Errorf(fault.RateLimited, "too-many-frames",
			"More than %.0f frames a second; slow down.", float64(FramesPerSecond))
	}
	f, err := protocol.ReadShellFrame(raw)
	if err != nil {
		return err
	}
	if f.T == "ping" {
		// A ping tests the connection, not the app, and is no action of the user.
		s.conn.Send((&protocol.PongFrame{T: "pong", Index: f.Index}).Encode())
		return nil
	}
	now := time.Now().UnixNano()
	if f.T != "event" || f.Type != "drawn" { // a picture that moves is no action of the user either
		s.active.Store(now)
	}
	switch f.T {
	case "event":
		if !s.launch.Development && slices.Contains(typing, f.Type) {
			s.typed.note(f.Detail)
		}
	case "reply":
		if !s.launch.Development {
			s.typed.note(f.Result) // a dialog may have asked for words
		}
		return s.answered(f)
	case "hide":
		s.hidden.Store(now)
	case "show":
		s.hidden.Store(0)
	}
	return s.remote.Send(f.Encode())
}

// Frame implements worker.Sink: frames of the app go to the client, questions after a check.
func (s *session) Frame(frame []byte) {
	switch kind, ok := kindOf(frame); {
	case ok && (kind == "patch" || kind == "page" || kind == "draw" || kind == "frozen"):
	case ok && kind == "log" && s.launch.Development:
	default:
		checked, err := s.outgoing(frame)
		if err != nil {
			s.note(fault.Textf("%s", fault.MessageOf(err)))
			return
		}
		frame = checked
	}
	s.conn.Send(frame)
}

// outgoing checks a frame that asks the shell for something, and writes it anew.
func (s *session) outgoing(frame []byte) ([]byte, error) {
	var f protocol.UIFrame
	if err := json.Unmarshal(frame, &f); err != nil {
		return nil, fmt.Errorf("the app sent a frame that is not readable: %w", err)
	}
	if f.T != "ui" {
		return nil, fmt.Errorf("the app sent a frame of an unknown kind %q", clip(f.T, 40))
	}
	return s.ask(f)
}

// Call implements worker.Sink.
func (s *session) Call(id uint64, name string, args []byte) {
	select {
	case <-s.conn.Done():
		return
	default:
	}
	select {
	case s.slots <- struct{}{}:
	default:
		s.refuseCall(id)
		return
	}
	s.tasks.Go(func() {
		defer func() { <-s.slots }()
		ctx, cancel := context.WithTimeout(s.ctx, CallTimeout+ConsentWait)
		defer cancel()
		room := s.service.answers.open(s.who.UserID)
		defer room.close()
		result, err := s.guardedCall(bridge.WithRoom(ctx, room), name, args)
		if fault.CodeOf(err) == fault.RateLimited {
			s.pause()
		}
		if full := room.fit(int64(len(result))); full != nil {
			result, err = nil, full
		}
		s.reply(id, result, err)
	})
}

// refuseCall answers a call for which there is no slot. Refusals wait for room in the app's inbox
// like any answer, so they have a bound too.
func (s *session) refuseCall(id uint64) {
	if s.refused.Add(1) > MaxRefused {
		s.refused.Add(-1)
		s.conn.End(fault.Errorf(fault.RateLimited, "app-flooding",
			"This mini program asked for too much at once and was closed. Open it again to continue."))
		return
	}
	s.tasks.Go(func() {
		defer s.refused.Add(-1)
		s.pause()
		s.reply(id, nil, fault.Errorf(fault.RateLimited, "too-many-calls",
			"More than %d calls at once; wait for answers first.", MaxCalls))
	})
}

// pause delays the refusal of a call that came too early. Programs call again as soon as they hear of a
// failure: without a pause the host would do nothing but refuse.
func (s *session) pause() {
	wait := time.NewTimer(RefusalPause)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-s.ctx.Done():
	}
}

// Tell implements bridge.Line.
func (s *session) Tell(frame []byte) error {
	select {
	case <-s.opened:
		return s.remote.SendInTime(s.ctx, frame)
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// Done implements bridge.Line.
func (s *session) Done() <-chan struct{} { return s.ctx.Done() }

// Store implements worker.Sink.
func (s *session) Store(op protocol.StorageOp) {
	if err := s.ownerStore.put(&s.reader, op, s.note); err != nil {
		s.conn.End(err)
	}
}

// Log implements worker.Sink.
func (s *session) Log(entry protocol.LogEntry) {
	if kept, ok := s.forDeveloper(entry); ok {
		s.record(kept)
	}
}

func (s *session) record(entry protocol.LogEntry) {
	s.service.logs.add(line{AppID: s.launch.AppID, VersionID: s.launch.VersionID, SessionID: s.id, LogEntry: entry})
}

// note writes an error of the host's own into the app's log. It is stored in English; listLogs says it
// in the reader's language.
func (s *session) note(text fault.Text) {
	s.record(protocol.LogEntry{Time: time.Now(), Level: "error", Kind: "host", Text: text.String()})
}

// Slowed implements worker.Sink: the developer is told why the program is slow.
func (s *session) Slowed(budget string) {
	switch budget {
	case worker.BudgetCPU:
		s.note(fault.Textf("The session used more than %d ms of CPU a second for long: it waits between its events now.",
			worker.SessionCPU.Milliseconds()))
	case worker.BudgetMessages:
		s.note(fault.Textf("The session sent more than %d updates, calls, log lines and changes of its storage a second for long: it waits between its events now.",
			worker.SessionMessages))
	case worker.BudgetBytes:
		s.note(fault.Textf("The session sent more than %d KB a second for long, where what it stores counts %d times: it waits between its events now.",
			worker.SessionBytes>>10, worker.StorageWeight))
	}
}

// Closed implements worker.Sink.
func (s *session) Closed(reason worker.Reason) {
	if reason.Code == worker.CodeClosed {
		return
	}
	if reason.Detail != "" {
		s.note(fault.Textf("The session ended: %s", reason.Detail))
	}
	s.conn.End(fault.Errorf(fault.Unavailable, reason.Code, "%s", reason.Message))
}
