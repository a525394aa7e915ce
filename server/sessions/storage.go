package sessions

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// wx.setStorage answers at once and is written to the database a moment later. Two things follow.
//
// A change that the app was told is stored must not be lost: its host keeps it until it is in the
// database, also after the end of its session and during an outage of the database. The size of what
// waits is limited; a session that exceeds the limit ends.
//
// And one user may have one app open twice, on two devices and two hosts. On the vendor's platform each
// device has its own storage; here the user has one, so the sessions must agree. Each key is separate:
// the change that was made last counts, by the time when it was made and not when it was written, so
// that a host that had to wait does not overwrite a newer value. The other sessions are told and read
// the new value at their next getStorage. Values are not merged, since only the app knows their
// meaning, and the slower change is not refused, since setStorage has no answer for that.

// Bus tells other hosts that a storage has changed.
type Bus interface {
	Publish(ctx context.Context, subject string, payload []byte) error
	Subscribe(subject string, fn func(payload []byte)) (cancel func(), err error)
	OnGap(fn func())
	// Connected reports whether announcements of other hosts arrive.
	Connected() bool
}

// store keeps the storage of apps. All sessions of one user and app on this host share an ownerStore.
type store struct {
	db      *pgxpool.Pool
	bus     Bus
	log     *slog.Logger
	self    string        // the ID of this host in announcements
	writing chan struct{} // of MaxSaves: ownerStores that talk to the database
	waiting atomic.Int64  // bytes that are not in the database yet

	ctx     context.Context // ends when the host stops trying to write
	cancel  context.CancelFunc
	stopped chan struct{} // closed when the host stops: then there are no more pauses
	tasks   sync.WaitGroup

	stopping sync.Once

	mu          sync.Mutex
	ownerStores map[owner]*ownerStore
}

// owner identifies one storage.
type owner struct {
	user uuid.UUID
	app  string
}

func newStore(db *pgxpool.Pool, bus Bus, log *slog.Logger) *store {
	s := &store{db: db, bus: bus, log: log, self: uuid.NewString(), writing: make(chan struct{}, MaxSaves),
		stopped: make(chan struct{}), ownerStores: map[owner]*ownerStore{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	bus.OnGap(func() { // announcements may have been lost
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, k := range s.ownerStores {
			k.refresh()
		}
	})
	return s
}

// ownerStore holds the unwritten changes of one owner's storage, and the sessions that have it open.
type ownerStore struct {
	store     *store
	owner     owner
	refs      int // sessions; guarded by store.mu
	subscribe sync.Once
	cancel    func() // ends the subscription

	database chan struct{} // capacity 1: held while the owner's rows are read or written

	mu       sync.Mutex
	unsaved  changes
	inFlight changes              // being written
	counted  int64                // bytes of both, as the store has counted them
	known    map[string]time.Time // when the rows that the readers know were changed, by key
	readers  map[*reader]struct{}
	stale    bool                     // another host has changed something
	report   func(problem fault.Text) // of the session that changed last
	working  chan struct{}            // closed when nothing is left to do; nil while there is no work
	rush     chan struct{}            // closed to end the pause
	rushed   bool
	failure  error // of the last try, until one succeeds
}

// reader is a session as its storage sees it.
type reader struct {
	seen uint64                              // its own changes that were taken; guarded by ownerStore.mu
	tell func(change protocol.StorageChange) // must not wait
}

func storageSubject(o owner) string { return "storage." + o.user.String() + "." + o.app }

// acquire returns the owner's ownerStore. Each call needs a release.
func (s *store) acquire(user uuid.UUID, app string) *ownerStore {
	key := owner{user, app}
	s.mu.Lock()
	k := s.ownerStores[key]
	if k == nil {
		k = &ownerStore{store: s, owner: key, database: make(chan struct{}, 1), known: map[string]time.Time{},
			readers: map[*reader]struct{}{}}
		s.ownerStores[key] = k
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
			s.log.Error("changes of other hosts to an app's storage are not received", "app_id", key.app, "error", err)
			return
		}
		k.cancel = cancel
	})
	return k
}

// release writes the session's changes, and drops the ownerStore after its last session. After an error
// something is not written yet; the ownerStore tries again by itself.
func (s *store) release(k *ownerStore) error {
	ctx, cancel := context.WithTimeout(s.ctx, SaveTimeout)
	defer cancel()
	err := k.flush(ctx)
	s.mu.Lock()
	k.refs--
	s.mu.Unlock()
	s.drop(k)
	return err
}

// drop removes an ownerStore without sessions and without unwritten changes.
func (s *store) drop(k *ownerStore) {
	s.mu.Lock()
	k.mu.Lock()
	gone := k.refs == 0 && k.working == nil && k.unsaved.empty() && s.ownerStores[k.owner] == k
	if gone {
		delete(s.ownerStores, k.owner)
	}
	k.mu.Unlock()
	s.mu.Unlock()
	if gone && k.cancel != nil {
		k.cancel()
	}
}

// close waits for all writes; the sessions have released their ownerStores by then. What is not in the
// database when ctx ends is lost.
func (s *store) close(ctx context.Context) {
	s.stopping.Do(func() { close(s.stopped) })
	written := make(chan struct{})
	go func() { s.tasks.Wait(); close(written) }() // ends with the last write, which has a timeout
	select {
	case <-written:
	case <-ctx.Done():
		if bytes := s.waiting.Load(); bytes > 0 {
			s.log.Error("storage of apps is lost: the database did not accept it in time", "bytes", bytes)
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
func (k *ownerStore) snapshot(ctx context.Context, r *reader) (map[string]string, error) {
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

// leave removes the reader that snapshot added.
func (k *ownerStore) leave(r *reader) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.readers, r)
}

// learn tells the readers what is different in the database from what they know. versions are all
// rows, rows those that differ or more. What is changed here and not written yet is newer; when that
// turns out not to be so, the write says it. k.mu is held.
func (k *ownerStore) learn(versions, rows map[string]row) {
	if k.unsaved.cleared != nil {
		return
	}
	for key := range k.known {
		if _, here := versions[key]; here || k.unsaved.has(key) {
			continue
		}
		delete(k.known, key)
		k.tell(nil, protocol.StorageOp{Op: "remove", Key: key})
	}
	for key, row := range rows {
		if known, ok := k.known[key]; ok && known.Equal(row.at) || k.unsaved.has(key) {
			continue
		}
		k.known[key] = row.at
		k.tell(nil, protocol.StorageOp{Op: "set", Key: key, Value: row.value})
	}
}

// tell passes a change to all readers but the one that made it. k.mu is held.
func (k *ownerStore) tell(by *reader, op protocol.StorageOp) {
	for r := range k.readers {
		if r != by {
			r.tell(protocol.StorageChange{StorageOp: op, Seen: r.seen})
		}
	}
}

// put takes a change of a session. It does not wait; report is told of a change that is not kept
// because a limit forbids it. An error means that no more can wait for the database.
func (k *ownerStore) put(r *reader, op protocol.StorageOp, report func(problem fault.Text)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	r.seen++
	if problem := op.Check(); problem != "" {
		report(fault.Textf("%s", problem))
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
func (k *ownerStore) count() {
	now := int64(k.unsaved.bytes + k.inFlight.bytes)
	k.store.waiting.Add(now - k.counted)
	k.counted = now
}

// refresh looks at the database soon: another host has changed something.
func (k *ownerStore) refresh() {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.store.stopped: // the host stops; there are no more readers
	default:
		k.stale = true
		k.work()
	}
}

// work starts the ownerStore's task if it does not run. k.mu is held.
func (k *ownerStore) work() {
	if k.working != nil || k.store.ctx.Err() != nil {
		return
	}
	k.working, k.rush, k.rushed = make(chan struct{}), make(chan struct{}), false
	k.store.tasks.Go(k.run)
}

// run writes changes and reads those of other hosts until nothing is left to do. While the database is
// unreachable it tries again, with longer and longer pauses.
func (k *ownerStore) run() {
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

// pause waits between two rounds, longer after a failure than after a success. It does not wait when a
// caller waits for the end of the work. It returns false when the host has stopped trying.
func (k *ownerStore) pause(wait time.Duration, failing bool) bool {
	k.mu.Lock()
	rush, stopped := (<-chan struct{})(k.rush), (<-chan struct{})(k.store.stopped)
	k.mu.Unlock()
	if failing {
		rush = nil
		select {
		case <-stopped:
			wait, stopped = SaveEvery, nil
		default:
		}
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-rush:
	case <-stopped:
	case <-k.store.ctx.Done():
	}
	return k.store.ctx.Err() == nil
}

// round writes unsaved changes, then reads those of other hosts if some were announced.
func (k *ownerStore) round() error {
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
		err = k.readOthers(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failure = err
	return err
}

// save writes what is unsaved. On an error it is unsaved again.
func (k *ownerStore) save(ctx context.Context) error {
	k.mu.Lock()
	batch, report := k.unsaved, k.report
	if batch.empty() {
		k.mu.Unlock()
		return nil
	}
	k.inFlight, k.unsaved = batch, changes{}
	newest := make(map[string]time.Time, len(batch.keys))
	for key, at := range k.known {
		if batch.has(key) {
			newest[key] = at
		}
	}
	k.mu.Unlock()
	done, err := k.store.save(ctx, k.owner, batch, newest)
	k.mu.Lock()
	k.inFlight = changes{}
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
		report(fault.Textf("Storage is full (%d MB); not kept: %s.", protocol.MaxStorageBytes>>20,
			clip(strings.Join(done.refused, ", "), 200)))
	}
	return k.store.bus.Publish(ctx, storageSubject(k.owner), []byte(k.store.self))
}

// readOthers reads the changes of other hosts, if some were announced.
func (k *ownerStore) readOthers(ctx context.Context) error {
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

func (k *ownerStore) compare(ctx context.Context) error {
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
func (k *ownerStore) flush(ctx context.Context) error {
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
