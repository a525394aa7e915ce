package sessions

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/vm"
)

// wx.setStorage answers at once and is written to the database a moment later. Two things follow.
//
// What the app was told is kept must be kept: a change stays with its host until it is in the database,
// beyond the end of its session and through an outage of the database. What may wait is bounded; a
// session that would go beyond it ends.
//
// And one user may have one app open twice, on two devices and two hosts. On the vendor's platform each
// device has a storage of its own; here it is the user's, so the sessions have to agree. Each key goes
// its own way: the change that was made last counts, by the time at which it was made and not at which
// it was written, so that a host that had to wait overwrites nothing newer. The other sessions are told
// and read the new value at their next getStorage. We do not merge values, since only the app knows what
// they mean, and do not refuse the slower change, since setStorage has no answer for that.

// Bus carries the news between hosts that a storage has changed.
type Bus interface {
	Publish(ctx context.Context, subject string, payload []byte) error
	Subscribe(subject string, fn func(payload []byte)) (cancel func(), err error)
	OnGap(fn func())
	// Whole reports whether announcements of other hosts arrive.
	Whole() bool
}

// store keeps the storage of apps. All sessions of one user and app on this host share a keeper.
type store struct {
	db      *pgxpool.Pool
	bus     Bus
	log     *slog.Logger
	self    string        // this host, among those that announce
	writing chan struct{} // of MaxSaves: keepers that talk to the database
	waiting atomic.Int64  // bytes that are not in the database yet

	ctx    context.Context // ends when the host gives up what is not written
	cancel context.CancelFunc
	hurry  chan struct{} // closed when the host stops: nobody pauses any more
	tasks  sync.WaitGroup

	stopping sync.Once

	mu      sync.Mutex
	keepers map[owner]*keeper
}

// owner is whose storage it is.
type owner struct {
	user uuid.UUID
	app  string
}

func newStore(db *pgxpool.Pool, bus Bus, log *slog.Logger) *store {
	s := &store{db: db, bus: bus, log: log, self: uuid.NewString(), writing: make(chan struct{}, MaxSaves),
		hurry: make(chan struct{}), keepers: map[owner]*keeper{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	bus.OnGap(func() { // announcements may have been lost
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, k := range s.keepers {
			k.refresh()
		}
	})
	return s
}

// keeper holds what is not written yet of one owner's storage, and knows who has it open.
type keeper struct {
	store     *store
	owner     owner
	refs      int // sessions; guarded by store.mu
	subscribe sync.Once
	cancel    func() // ends the subscription

	database chan struct{} // capacity 1: held by the one who reads or writes the owner's rows

	mu      sync.Mutex
	unsaved changes
	flying  changes              // being written
	counted int64                // bytes of both, as the store has counted them
	known   map[string]time.Time // rows as the readers have been told, by key: when they were changed
	readers map[*reader]struct{}
	stale   bool                 // another host has changed something
	report  func(problem string) // of the session that changed last
	working chan struct{}        // closed when nothing is left to do; nil while nothing is
	rush    chan struct{}        // closed to pause no longer
	rushed  bool
	failure error // of the last try, until one succeeds
}

// reader is a session as its storage sees it.
type reader struct {
	seen uint64                        // its own changes that were taken; guarded by keeper.mu
	tell func(change vm.StorageChange) // must not wait
}

func storageSubject(o owner) string { return "storage." + o.user.String() + "." + o.app }

// acquire returns the owner's keeper. Each needs a release.
func (s *store) acquire(user uuid.UUID, app string) *keeper {
	key := owner{user, app}
	s.mu.Lock()
	k := s.keepers[key]
	if k == nil {
		k = &keeper{store: s, owner: key, database: make(chan struct{}, 1), known: map[string]time.Time{},
			readers: map[*reader]struct{}{}}
		s.keepers[key] = k
	}
	k.refs++
	s.mu.Unlock()
	k.subscribe.Do(func() {
		cancel, err := s.bus.Subscribe(storageSubject(key), func(payload []byte) {
			if string(payload) != s.self {
				k.refresh()
			}
		})
		if err != nil {
			s.log.Error("storage of an app is not followed", "app_id", key.app, "error", err)
			return
		}
		k.cancel = cancel
	})
	return k
}

// release writes what the session left and lets the keeper go with its last session. On an error
// something is not written yet; it goes on trying by itself.
func (s *store) release(k *keeper) error {
	ctx, cancel := context.WithTimeout(s.ctx, SaveTimeout)
	defer cancel()
	err := k.flush(ctx)
	s.mu.Lock()
	k.refs--
	s.mu.Unlock()
	s.drop(k)
	return err
}

// drop forgets a keeper that nobody needs.
func (s *store) drop(k *keeper) {
	s.mu.Lock()
	k.mu.Lock()
	gone := k.refs == 0 && k.working == nil && k.unsaved.empty() && s.keepers[k.owner] == k
	if gone {
		delete(s.keepers, k.owner)
	}
	k.mu.Unlock()
	s.mu.Unlock()
	if gone && k.cancel != nil {
		k.cancel()
	}
}

// close waits for all writes; the sessions have released their keepers by then. What is not in the
// database when ctx ends is lost.
func (s *store) close(ctx context.Context) {
	s.stopping.Do(func() { close(s.hurry) })
	written := make(chan struct{})
	go func() { s.tasks.Wait(); close(written) }() // ends with the last write, which has a timeout
	select {
	case <-written:
	case <-ctx.Done():
		if bytes := s.waiting.Load(); bytes > 0 {
			s.log.Error("storage of apps is lost: the database did not take it in time", "bytes", bytes)
		}
	}
	s.cancel()
	s.tasks.Wait()
}

func errUnsaved(cause error) error {
	return fault.Errorf(fault.Unavailable, "storage-unavailable",
		"What this mini program keeps for you cannot be saved right now. Try again in a moment.").Because(cause)
}

// snapshot returns all values, and from then on tells the reader what others change.
func (k *keeper) snapshot(ctx context.Context, r *reader) (map[string]string, error) {
	select {
	case k.database <- struct{}{}:
		defer func() { <-k.database }()
	case <-ctx.Done():
		return nil, errUnsaved(ctx.Err())
	}
	rows, err := k.store.read(ctx, k.owner, nil)
	if err != nil {
		return nil, errUnsaved(err)
	}
	values := make(map[string]string, len(rows))
	for key, row := range rows {
		values[key] = row.value
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.learn(rows, rows)
	if k.unsaved.cleared != nil {
		clear(values)
	}
	for key, change := range k.unsaved.keys {
		if change.value == nil {
			delete(values, key)
		} else {
			values[key] = *change.value
		}
	}
	k.readers[r] = struct{}{}
	return values, nil
}

// leave ends what snapshot began.
func (k *keeper) leave(r *reader) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.readers, r)
}

// learn tells the readers what is different in the database from what they know. versions are all
// rows, rows those that differ or more. What is changed here and not written yet is newer; when that
// turns out not to be so, the write says it. k.mu is held.
func (k *keeper) learn(versions, rows map[string]row) {
	if k.unsaved.cleared != nil {
		return
	}
	for key := range k.known {
		if _, here := versions[key]; here || k.unsaved.has(key) {
			continue
		}
		delete(k.known, key)
		k.tell(nil, vm.StorageOp{Op: "remove", Key: key})
	}
	for key, row := range rows {
		if known, ok := k.known[key]; ok && known.Equal(row.at) || k.unsaved.has(key) {
			continue
		}
		k.known[key] = row.at
		k.tell(nil, vm.StorageOp{Op: "set", Key: key, Value: row.value})
	}
}

// tell passes a change to all readers but the one that made it. k.mu is held.
func (k *keeper) tell(by *reader, op vm.StorageOp) {
	for r := range k.readers {
		if r != by {
			r.tell(vm.StorageChange{StorageOp: op, Seen: r.seen})
		}
	}
}

// put takes a change of a session. It does not wait; report is told of a change that is not kept
// because a limit forbids it. An error means that no more can wait for the database.
func (k *keeper) put(r *reader, op vm.StorageOp, report func(problem string)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	r.seen++
	if problem := checkOp(op); problem != "" {
		report(problem)
		return nil
	}
	now := time.Now()
	switch op.Op {
	case "set":
		k.unsaved.put(op.Key, change{&op.Value, now})
	case "remove":
		k.unsaved.put(op.Key, change{nil, now})
	case "clear":
		k.unsaved.clear(now)
	}
	k.report = report
	k.tell(r, op)
	k.count()
	k.work()
	if k.unsaved.bytes > MaxUnsaved || k.store.waiting.Load() > MaxUnsavedHost {
		return errUnsaved(k.failure)
	}
	return nil
}

// count keeps the store's sum. k.mu is held.
func (k *keeper) count() {
	now := int64(k.unsaved.bytes + k.flying.bytes)
	k.store.waiting.Add(now - k.counted)
	k.counted = now
}

// checkOp applies the rules for a single operation; the engine keeps to them, so that only a
// broken worker meets them.
func checkOp(op vm.StorageOp) string {
	switch {
	case op.Op == "clear":
		return ""
	case op.Op != "set" && op.Op != "remove":
		return fmt.Sprintf("Storage operation %q does not exist.", clip(op.Op, 40))
	case op.Key == "" || len(op.Key) > MaxKeyBytes || !utf8.ValidString(op.Key) || strings.ContainsRune(op.Key, 0):
		return fmt.Sprintf("The storage key %q was not kept: keys have 1 to %d bytes.", clip(op.Key, 40), MaxKeyBytes)
	case op.Op == "set" && len(op.Value) > MaxValueBytes:
		return fmt.Sprintf("The value of storage key %q was not kept: it is larger than %d MB.",
			clip(op.Key, 40), MaxValueBytes>>20)
	case op.Op == "set" && (!utf8.ValidString(op.Value) || !json.Valid([]byte(op.Value))):
		return fmt.Sprintf("The value of storage key %q was not kept: it is not JSON.", clip(op.Key, 40))
	}
	return ""
}

// refresh looks at the database soon: another host has changed something.
func (k *keeper) refresh() {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.store.hurry: // the host stops; nobody reads any more
	default:
		k.stale = true
		k.work()
	}
}

// work starts the keeper's task if it does not run. k.mu is held.
func (k *keeper) work() {
	if k.working != nil || k.store.ctx.Err() != nil {
		return
	}
	k.working, k.rush, k.rushed = make(chan struct{}), make(chan struct{}), false
	k.store.tasks.Go(k.run)
}

// run writes, and looks at what others wrote, until nothing is left to do. While the database is away
// it goes on trying, more and more rarely.
func (k *keeper) run() {
	defer k.store.drop(k)
	wait, failing := SaveEvery, false
	for k.pause(wait, failing) {
		k.mu.Lock()
		done := k.unsaved.empty() && !k.stale
		if done {
			close(k.working)
			k.working = nil
		}
		k.mu.Unlock()
		if done {
			return
		}
		if failing = k.round() != nil; failing {
			wait = min(2*wait, SaveRetry)
		} else {
			wait = SaveEvery
		}
	}
}

// pause waits between two rounds, not when somebody waits for the end of the work, and then longer
// after a failure than after a success. It returns false when the host has given up.
func (k *keeper) pause(wait time.Duration, failing bool) bool {
	k.mu.Lock()
	rush, hurry := (<-chan struct{})(k.rush), (<-chan struct{})(k.store.hurry)
	k.mu.Unlock()
	if failing {
		rush = nil
		select {
		case <-hurry:
			wait, hurry = SaveEvery, nil
		default:
		}
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-rush:
	case <-hurry:
	case <-k.store.ctx.Done():
	}
	return k.store.ctx.Err() == nil
}

// round writes what is unsaved, then looks at what others wrote if there was a word of it.
func (k *keeper) round() error {
	select {
	case k.store.writing <- struct{}{}:
		defer func() { <-k.store.writing }()
	case <-k.store.ctx.Done():
		return context.Canceled
	}
	select {
	case k.database <- struct{}{}:
		defer func() { <-k.database }()
	case <-k.store.ctx.Done():
		return context.Canceled
	}
	ctx, cancel := context.WithTimeout(k.store.ctx, SaveTimeout)
	defer cancel()
	err := k.save(ctx)
	if err == nil {
		err = k.look(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failure = err
	return err
}

// save writes what is unsaved. On an error it is unsaved again.
func (k *keeper) save(ctx context.Context) error {
	k.mu.Lock()
	batch, report := k.unsaved, k.report
	if batch.empty() {
		k.mu.Unlock()
		return nil
	}
	k.flying, k.unsaved = batch, changes{}
	newest := make(map[string]time.Time, len(batch.keys))
	for key, at := range k.known {
		if batch.has(key) {
			newest[key] = at
		}
	}
	k.mu.Unlock()
	done, err := k.store.save(ctx, k.owner, batch, newest)
	k.mu.Lock()
	k.flying = changes{}
	if err != nil {
		k.unsaved = batch.then(k.unsaved)
		k.count()
		k.mu.Unlock()
		return err
	}
	if batch.cleared != nil {
		clear(k.known)
	}
	for key, change := range batch.keys {
		if at, written := done.written[key]; written {
			k.known[key] = at
		} else if change.value == nil && !done.overtaken {
			delete(k.known, key)
		}
	}
	k.stale = k.stale || done.overtaken
	k.count()
	k.mu.Unlock()
	if len(done.refused) > 0 {
		report(fmt.Sprintf("Storage is full (%d MB); not kept: %s.", MaxStorageBytes>>20,
			clip(strings.Join(done.refused, ", "), 200)))
	}
	return k.store.bus.Publish(ctx, storageSubject(k.owner), []byte(k.store.self))
}

// look reads what others wrote, if there was a word of it.
func (k *keeper) look(ctx context.Context) error {
	k.mu.Lock()
	stale := k.stale && len(k.readers) > 0
	k.stale = false
	k.mu.Unlock()
	if !stale {
		return nil
	}
	err := k.compare(ctx)
	if err != nil {
		k.mu.Lock()
		k.stale = true
		k.mu.Unlock()
	}
	return err
}

func (k *keeper) compare(ctx context.Context) error {
	versions, err := k.store.versions(ctx, k.owner)
	if err != nil {
		return err
	}
	k.mu.Lock()
	different := []string{}
	for key, row := range versions {
		if known, ok := k.known[key]; !ok || !known.Equal(row.at) {
			different = append(different, key)
		}
	}
	k.mu.Unlock()
	rows := map[string]row{}
	if len(different) > 0 {
		if rows, err = k.store.read(ctx, k.owner, different); err != nil {
			return err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.learn(versions, rows)
	return nil
}

// flush writes what is unsaved and waits for it.
func (k *keeper) flush(ctx context.Context) error {
	for {
		k.mu.Lock()
		if k.working == nil {
			k.mu.Unlock()
			return nil
		}
		working := k.working
		if !k.rushed {
			k.rushed = true
			close(k.rush)
		}
		k.mu.Unlock()
		select {
		case <-working:
		case <-ctx.Done():
			k.mu.Lock()
			defer k.mu.Unlock()
			if k.failure != nil {
				return k.failure
			}
			return ctx.Err()
		}
	}
}
