package sessions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/vm"
)

// store keeps wx.setStorage in the database. All sessions of one user and app on this host share a
// keeper, so that their changes are written in the order in which they were made.
type store struct {
	db *pgxpool.Pool

	tasks  sync.WaitGroup // keepers that write
	mu     sync.Mutex
	keeper map[owner]*keeper
}

// owner is whose storage it is.
type owner struct {
	user uuid.UUID
	app  string
}

func newStore(db *pgxpool.Pool) *store { return &store{db: db, keeper: map[owner]*keeper{}} }

// keeper holds the changes of one owner's storage that are not written yet.
type keeper struct {
	store *store
	owner owner
	refs  int // guarded by store.mu

	mu      sync.Mutex
	unsaved changes
	report  func(problem string) // of the session that changed last
	idle    chan struct{}        // closed when nothing is unsaved; nil while nothing is
	hurry   chan struct{}        // closed to write now
	rushed  bool
	failure error // of the last write, until one succeeds
}

// changes is the net effect of a run of operations: what came last for a key is all that counts.
type changes struct {
	cleared bool               // everything before is gone
	keys    map[string]*string // nil for removed
	bytes   int
}

func (c *changes) empty() bool { return !c.cleared && len(c.keys) == 0 }

func (c *changes) put(key string, value *string) {
	if c.keys == nil {
		c.keys = map[string]*string{}
	}
	if old, ok := c.keys[key]; ok {
		c.bytes -= len(key)
		if old != nil {
			c.bytes -= len(*old)
		}
	}
	c.keys[key] = value
	c.bytes += len(key)
	if value != nil {
		c.bytes += len(*value)
	}
}

func (c *changes) clear() { *c = changes{cleared: true} }

// then returns the effect of c followed by later.
func (c changes) then(later changes) changes {
	if later.cleared {
		return later
	}
	for key, value := range later.keys {
		c.put(key, value)
	}
	return c
}

func (s *store) acquire(user uuid.UUID, app string) *keeper {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := owner{user, app}
	k := s.keeper[key]
	if k == nil {
		k = &keeper{store: s, owner: key}
		s.keeper[key] = k
	}
	k.refs++
	return k
}

// release flushes what the session left and lets the keeper go with its last session. It returns
// an error when something could not be written.
func (s *store) release(k *keeper) error {
	ctx, cancel := context.WithTimeout(context.Background(), SaveTries*SaveTimeout)
	defer cancel()
	err := k.flush(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if k.refs--; k.refs == 0 {
		delete(s.keeper, k.owner)
	}
	return err
}

// close waits for all writes. The sessions have released their keepers by then.
func (s *store) close(ctx context.Context) {
	written := make(chan struct{})
	go func() { s.tasks.Wait(); close(written) }() // ends with the last write, which has a timeout
	select {
	case <-written:
	case <-ctx.Done():
	}
}

// snapshot reads the storage, changes under way included.
func (k *keeper) snapshot(ctx context.Context) (map[string]string, error) {
	if err := k.flush(ctx); err != nil {
		return nil, errUnsaved(err)
	}
	rows, err := k.store.db.Query(ctx,
		`SELECT key, value FROM app_storage WHERE user_id = $1 AND app_id = $2`, k.owner.user, k.owner.app)
	if err != nil {
		return nil, fmt.Errorf("read storage: %w", err)
	}
	values := map[string]string{}
	var key, value string
	_, err = pgx.ForEachRow(rows, []any{&key, &value}, func() error { values[key] = value; return nil })
	if err != nil {
		return nil, fmt.Errorf("read storage: %w", err)
	}
	return values, nil
}

func errUnsaved(cause error) error {
	return fault.Errorf(fault.Unavailable, "storage-unavailable",
		"What this mini program keeps for you cannot be saved right now. Try again in a moment.").Because(cause)
}

// put takes a change. It does not wait; report is told of a change that is not kept because a
// limit forbids it. An error means that changes cannot be kept at all at the moment.
func (k *keeper) put(op vm.StorageOp, report func(problem string)) error {
	if problem := checkOp(op); problem != "" {
		report(problem)
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch op.Op {
	case "set":
		k.unsaved.put(op.Key, &op.Value)
	case "remove":
		k.unsaved.put(op.Key, nil)
	case "clear":
		k.unsaved.clear()
	}
	k.report = report
	if k.idle == nil {
		k.idle, k.hurry, k.rushed = make(chan struct{}), make(chan struct{}), false
		k.store.tasks.Go(k.run)
	}
	if k.unsaved.bytes > MaxUnsaved {
		return errUnsaved(k.failure)
	}
	return nil
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

// run writes until nothing is unsaved.
func (k *keeper) run() {
	for {
		k.mu.Lock()
		hurry := k.hurry
		k.mu.Unlock()
		pause(SaveEvery, hurry)
		k.mu.Lock()
		batch, report := k.unsaved, k.report
		k.unsaved = changes{}
		if batch.empty() {
			close(k.idle)
			k.idle = nil
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		err := k.write(batch, report, hurry)
		k.mu.Lock()
		k.failure = err
		if err != nil { // kept for the next change, or the next session, to try again
			k.unsaved = batch.then(k.unsaved)
			close(k.idle)
			k.idle = nil
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
	}
}

// pause waits, or not when there is no time left.
func pause(d time.Duration, hurry <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-hurry:
	}
}

// write tries a batch a few times.
func (k *keeper) write(batch changes, report func(string), hurry <-chan struct{}) error {
	var failed error
	for range SaveTries {
		ctx, cancel := context.WithTimeout(context.Background(), SaveTimeout)
		refused, err := k.store.save(ctx, k.owner, batch)
		cancel()
		if err == nil {
			if len(refused) > 0 {
				report(fmt.Sprintf("Storage is full (%d MB); not kept: %s.", MaxStorageBytes>>20,
					clip(strings.Join(refused, ", "), 200)))
			}
			return nil
		}
		failed = err
		pause(SaveEvery, hurry)
	}
	return failed
}

// flush writes what is unsaved and waits for it.
func (k *keeper) flush(ctx context.Context) error {
	k.mu.Lock()
	if k.idle == nil && !k.unsaved.empty() { // left by a write that failed
		k.idle, k.hurry, k.rushed = make(chan struct{}), make(chan struct{}), false
		k.store.tasks.Go(k.run)
	}
	idle := k.idle
	if idle != nil && !k.rushed {
		k.rushed = true
		close(k.hurry)
	}
	k.mu.Unlock()
	if idle == nil {
		return nil
	}
	select {
	case <-idle:
	case <-ctx.Done():
		return ctx.Err()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failure
}

// save applies a batch in one transaction and returns the keys that did not fit.
func (s *store) save(ctx context.Context, who owner, batch changes) (refused []string, err error) {
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		refused, err = apply(ctx, tx, who, batch)
		return err
	})
	return refused, err
}

func apply(ctx context.Context, tx pgx.Tx, who owner, batch changes) ([]string, error) {
	// The user's row is the lock between hosts: sessions of one user may be open on two.
	var locked int
	err := tx.QueryRow(ctx, `SELECT 1 FROM app_user WHERE id = $1 FOR NO KEY UPDATE`, who.user).Scan(&locked)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil // the user has been deleted, and with them what was kept
	}
	if err != nil {
		return nil, err
	}
	removed, set := []string{}, []string{}
	for _, key := range slices.Sorted(maps.Keys(batch.keys)) {
		if batch.keys[key] == nil {
			removed = append(removed, key)
		} else {
			set = append(set, key)
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM app_storage
		WHERE user_id = $1 AND app_id = $2 AND ($3 OR key = ANY ($4))`,
		who.user, who.app, batch.cleared, removed); err != nil {
		return nil, err
	}
	var count, total int
	if err := tx.QueryRow(ctx, `SELECT count(*), coalesce(sum(octet_length(key) + octet_length(value)), 0)
		FROM app_storage WHERE user_id = $1 AND app_id = $2 AND NOT key = ANY ($3)`,
		who.user, who.app, set).Scan(&count, &total); err != nil {
		return nil, err
	}
	keys, values, refused := []string{}, []string{}, []string{}
	for _, key := range set {
		value := *batch.keys[key]
		if count+1 > MaxKeys || total+len(key)+len(value) > MaxStorageBytes {
			refused = append(refused, key)
			continue
		}
		count++
		total += len(key) + len(value)
		keys, values = append(keys, key), append(values, value)
	}
	_, err = tx.Exec(ctx, `INSERT INTO app_storage (user_id, app_id, key, value)
		SELECT $1, $2, key, value FROM unnest($3::text[], $4::text[]) AS change (key, value)
		ON CONFLICT (user_id, app_id, key) DO UPDATE SET value = excluded.value, updated_at = now()`,
		who.user, who.app, keys, values)
	return refused, err
}
