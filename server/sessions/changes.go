package sessions

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// changes is the net effect of several operations: only the last operation for each key counts.
type changes struct {
	cleared *time.Time // when: everything before is gone
	keys    map[string]change
	bytes   int
}

// change is a new value, nil for removed, and when it was made by this host's clock.
type change struct {
	value *string
	at    time.Time
}

func (c *changes) empty() bool { return c.cleared == nil && len(c.keys) == 0 }

func (c *changes) has(key string) bool {
	_, ok := c.keys[key]
	return ok || c.cleared != nil
}

func (c *changes) put(key string, new change) {
	if c.keys == nil {
		c.keys = map[string]change{}
	}
	if old, ok := c.keys[key]; ok {
		c.bytes -= old.bytes(key)
	}
	c.keys[key] = new
	c.bytes += new.bytes(key)
}

func (c change) bytes(key string) int {
	if c.value == nil {
		return len(key)
	}
	return len(key) + len(*c.value)
}

func (c *changes) clear(at time.Time) { *c = changes{cleared: &at} }

// then returns the effect of c followed by later.
func (c changes) then(later changes) changes {
	if later.cleared != nil {
		return later
	}
	for key, change := range later.keys {
		c.put(key, change)
	}
	return c
}

// row is a row of app_storage.
type row struct {
	value string
	at    time.Time // when it was changed, by the database's clock
}

// read returns rows of an owner: those of the keys, or all for nil.
func (s *store) read(ctx context.Context, who owner, keys []string) (map[string]row, error) {
	return s.rows(ctx, `SELECT key, value, updated_at FROM app_storage
		WHERE user_id = $1 AND app_id = $2 AND ($3::text[] IS NULL OR key = ANY ($3))`, who.user, who.app, keys)
}

// versions returns all rows of an owner without their values.
func (s *store) versions(ctx context.Context, who owner) (map[string]row, error) {
	return s.rows(ctx, `SELECT key, '', updated_at FROM app_storage WHERE user_id = $1 AND app_id = $2`, who.user, who.app)
}

func (s *store) rows(ctx context.Context, sql string, args ...any) (map[string]row, error) {
	found, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	rows := map[string]row{}
	var key string
	var r row
	_, err = pgx.ForEachRow(found, []any{&key, &r.value, &r.at}, func() error { rows[key] = r; return nil })
	return rows, err
}

// outcome is the result of a batch.
type outcome struct {
	written   map[string]time.Time // the keys that have a new value
	refused   []string             // the keys for which there was no room
	overtaken bool                 // a newer value is in the database and stays
}

// save applies a batch in one transaction. newest are the versions that the sessions knew when they
// made the changes: a change always counts as newer than the value that it replaced, even if the
// clocks differ.
func (s *store) save(ctx context.Context, who owner, batch changes, newest map[string]time.Time) (done outcome, err error) {
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		done, err = apply(ctx, tx, who, batch, newest)
		return err
	})
	return done, err
}

// sharedTime returns what the time after is on the clock that the hosts share, given the database's time of a
// moment between before and after. A host whose clock agrees with that trusts its own: the answer of a busy
// database comes late, by different times on different hosts, and their changes would change places. Another
// host's clock is wrong, and it takes the database's.
func sharedTime(before, database, after time.Time) time.Time {
	if database.Before(before.Round(0).Add(-clockGrain)) || database.After(after.Round(0).Add(clockGrain)) {
		return database
	}
	return after
}

// clockGrain is how exact the database's times are.
const clockGrain = time.Microsecond

func apply(ctx context.Context, tx pgx.Tx, who owner, batch changes, newest map[string]time.Time) (done outcome, err error) {
	// The user's row is the lock between hosts: sessions of one user may be open on two. The clock is
	// read under the lock.
	var locked int
	var now time.Time
	before := time.Now()
	opening := &pgx.Batch{}
	opening.Queue(`SELECT 1 FROM app_user WHERE id = $1 FOR NO KEY UPDATE`, who.user).
		QueryRow(func(row pgx.Row) error { return row.Scan(&locked) })
	opening.Queue(`SELECT clock_timestamp()`).QueryRow(func(row pgx.Row) error { return row.Scan(&now) })
	err = tx.SendBatch(ctx, opening).Close()
	if errors.Is(err, pgx.ErrNoRows) {
		return done, nil // the user has been deleted, and with them what was kept
	}
	if err != nil {
		return done, err
	}
	here := time.Now()
	now = sharedTime(before, now, here)
	made := func(key string, at time.Time) time.Time {
		made := now.Add(-here.Sub(at)).Truncate(time.Microsecond) // as the database keeps it
		if known := newest[key]; !made.After(known) {
			made = known.Add(time.Microsecond)
		}
		return made
	}
	removed, removedAt, set := []string{}, []time.Time{}, []string{}
	for _, key := range slices.Sorted(maps.Keys(batch.keys)) {
		if change := batch.keys[key]; change.value == nil {
			removed, removedAt = append(removed, key), append(removedAt, made(key, change.at))
		} else {
			set = append(set, key)
		}
	}
	var clearedAt *time.Time
	if batch.cleared != nil {
		at := now.Add(-here.Sub(*batch.cleared))
		for _, known := range newest {
			if known.After(at) {
				at = known
			}
		}
		clearedAt = &at
	}
	if _, err := tx.Exec(ctx, `DELETE FROM app_storage WHERE user_id = $1 AND app_id = $2 AND (updated_at <= $3
		OR (key, true) IN (SELECT gone.key, app_storage.updated_at <= gone.at
			FROM unnest($4::text[], $5::timestamptz[]) AS gone (key, at)))`,
		who.user, who.app, clearedAt, removed, removedAt); err != nil {
		return done, err
	}
	var count, total, left int
	if err := tx.QueryRow(ctx, `SELECT count(*), coalesce(sum(octet_length(key) + octet_length(value)), 0),
		count(*) FILTER (WHERE key = ANY ($4) OR $5)
		FROM app_storage WHERE user_id = $1 AND app_id = $2 AND NOT key = ANY ($3)`,
		who.user, who.app, set, removed, clearedAt != nil).Scan(&count, &total, &left); err != nil {
		return done, err
	}
	done.overtaken = left > 0
	keys, values, at := []string{}, []string{}, []time.Time{}
	for _, key := range set {
		value := *batch.keys[key].value
		if count+1 > MaxKeys || total+len(key)+len(value) > protocol.MaxStorageBytes {
			done.refused = append(done.refused, key)
			continue
		}
		count++
		total += len(key) + len(value)
		keys, values, at = append(keys, key), append(values, value), append(at, made(key, batch.keys[key].at))
	}
	rows, err := tx.Query(ctx, `INSERT INTO app_storage (user_id, app_id, key, value, updated_at)
		SELECT $1, $2, key, value, at FROM unnest($3::text[], $4::text[], $5::timestamptz[]) AS change (key, value, at)
		ON CONFLICT (user_id, app_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
			WHERE app_storage.updated_at < excluded.updated_at
		RETURNING key, updated_at`, who.user, who.app, keys, values, at)
	if err != nil {
		return done, err
	}
	done.written = map[string]time.Time{}
	var key string
	var written time.Time
	_, err = pgx.ForEachRow(rows, []any{&key, &written}, func() error { done.written[key] = written; return nil })
	done.overtaken = done.overtaken || len(done.written) < len(keys)
	return done, err
}
