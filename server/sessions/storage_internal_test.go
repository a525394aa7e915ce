package sessions

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/server/bus"
	"github.com/teahouse/teahouse/waittest"
)

// owned is one user's storage of an app in its own database, for as many hosts as a test needs.
type owned struct {
	db   *pgxpool.Pool
	bus  *bus.Bus
	user uuid.UUID
	app  string
}

func newOwned(t *testing.T) *owned {
	t.Helper()
	o := &owned{db: migrationtest.Open(t), user: uuid.New(), app: "ta0123456789abcdef"}
	account := uuid.New()
	for _, insert := range []string{
		fmt.Sprintf(`INSERT INTO app_user (id, handle, display_name, password_hash) VALUES ('%s', 'lin', 'Lin', 'x')`, o.user),
		fmt.Sprintf(`INSERT INTO official_account (id, handle, name, kind) VALUES ('%s', 'tea', 'Tea', 'service')`, account),
		fmt.Sprintf(`INSERT INTO app (id, account_id, name) VALUES ('%s', '%s', 'Café')`, o.app, account),
	} {
		if _, err := o.db.Exec(t.Context(), insert); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if o.bus, err = bus.Open("", slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	return o
}

// host returns the storage as one host has it. Hosts of a test share the bus.
func (o *owned) host(t *testing.T) *store {
	t.Helper()
	s := newStore(o.db, o.bus, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), waittest.Patience)
		defer cancel()
		s.close(ctx)
	})
	return s
}

// opened is a session without a program: it stores, and knows what an app would read.
type opened struct {
	t interface {
		Helper()
		Fatal(args ...any)
	}
	s *store
	k *ownerStore
	r reader

	mu     sync.Mutex
	values map[string]string
	mine   map[string]uint64 // the number of the last own change of each key
	made   uint64
}

func (o *owned) open(t interface {
	Helper()
	Fatal(args ...any)
}, s *store) *opened {
	t.Helper()
	p := &opened{t: t, s: s, k: s.acquire(o.user, o.app), mine: map[string]uint64{}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.r.tell = p.told
	var err error
	if p.values, err = p.k.snapshot(context.Background(), &p.r); err != nil {
		t.Fatal(err)
	}
	return p
}

// told is what vm does with a change, see its storage.
func (p *opened) told(change protocol.StorageChange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mine[change.Key] > change.Seen {
		return
	}
	switch change.Op {
	case "set":
		p.values[change.Key] = change.Value
	case "remove":
		delete(p.values, change.Key)
	case "clear":
		clear(p.values)
	}
}

func (p *opened) store(op protocol.StorageOp) {
	p.t.Helper()
	p.mu.Lock()
	p.made++
	p.mine[op.Key] = p.made
	switch op.Op {
	case "set":
		p.values[op.Key] = op.Value
	case "remove":
		delete(p.values, op.Key)
	case "clear":
		clear(p.values)
	}
	p.mu.Unlock()
	runtime.Gosched() // what an app stores is on its way for a while
	if err := p.k.put(&p.r, op, func(problem fault.Text) { p.t.Fatal(problem) }); err != nil {
		p.t.Fatal(err)
	}
}

func (p *opened) read() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprint(p.values)
}

func (p *opened) hangUp() {
	p.t.Helper()
	p.k.leave(&p.r)
	if err := p.s.release(p.k); err != nil {
		p.t.Fatal(err)
	}
}

func set(key, value string) protocol.StorageOp {
	return protocol.StorageOp{Op: "set", Key: key, Value: value}
}

// agree waits until all sessions read the same, and the database has it. want is "" for anything.
func agree(t *testing.T, o *owned, want string, sessions ...*opened) {
	t.Helper()
	waittest.Succeed(t, "sessions and database agree", func() error {
		var seen []string
		for _, p := range sessions {
			if err := p.k.flush(context.Background()); err != nil { // rather than wait for its pauses
				return err
			}
			seen = append(seen, p.read())
		}
		rows, err := sessions[0].s.read(context.Background(), owner{o.user, o.app}, nil)
		if err != nil {
			return err
		}
		stored := map[string]string{}
		for key, row := range rows {
			stored[key] = row.value
		}
		seen = append(seen, fmt.Sprint(stored))
		if len(slices.Compact(slices.Clone(seen))) > 1 || want != "" && seen[0] != want {
			return fmt.Errorf("they have %v, want %s", seen, want)
		}
		return nil
	})
}

func TestStorageEndsAsTheOperationsSay(t *testing.T) {
	o := newOwned(t)
	s := o.host(t)
	rapid.Check(t, func(t *rapid.T) {
		p := o.open(t, s)
		for i := range rapid.IntRange(1, 30).Draw(t, "operations") {
			key := rapid.SampledFrom([]string{"a", "b", "c", "键"}).Draw(t, "key")
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				p.store(protocol.StorageOp{Op: "clear"})
			case 1:
				p.store(protocol.StorageOp{Op: "remove", Key: key})
			default:
				p.store(set(key, fmt.Sprintf(`{"n":%d}`, i)))
			}
			if rapid.IntRange(0, 9).Draw(t, "flush") == 0 {
				if err := p.k.flush(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
		}
		want := p.read()
		p.hangUp()
		again := o.open(t, s)
		if got := again.read(); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		again.hangUp()
	})
}

func TestSessionsOfOneUserOnTwoHostsAgree(t *testing.T) {
	o := newOwned(t)
	hosts := []*store{o.host(t), o.host(t)}
	rapid.Check(t, func(rt *rapid.T) {
		sessions := []*opened{o.open(rt, hosts[0]), o.open(rt, hosts[0]), o.open(rt, hosts[1])}
		for i := range rapid.IntRange(1, 20).Draw(rt, "operations") {
			p := sessions[rapid.IntRange(0, 2).Draw(rt, "session")]
			key := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "key")
			switch rapid.IntRange(0, 7).Draw(rt, "kind") {
			case 0:
				p.store(protocol.StorageOp{Op: "clear"})
			case 1:
				p.store(protocol.StorageOp{Op: "remove", Key: key})
			case 2:
				if err := p.k.flush(context.Background()); err != nil {
					rt.Fatal(err)
				}
			default:
				p.store(set(key, fmt.Sprint(i)))
			}
		}
		agree(t, o, "", sessions...)
		for _, p := range sessions {
			p.hangUp()
		}
	})
}

func TestSessionsThatChangeOneKeyAtOnceAgree(t *testing.T) {
	t.Parallel()
	o := newOwned(t)
	hosts := []*store{o.host(t), o.host(t)}
	sessions := []*opened{o.open(t, hosts[0]), o.open(t, hosts[0]), o.open(t, hosts[1]), o.open(t, hosts[1])}
	for range 50 {
		var all sync.WaitGroup
		for n, p := range sessions {
			all.Go(func() {
				for i := range 5 {
					p.store(set("a", fmt.Sprintf(`"%d of %d"`, i, n)))
				}
			})
		}
		all.Wait()
		agree(t, o, "", sessions...)
	}
	for _, p := range sessions {
		p.hangUp()
	}
}

func TestAKeyOfOneSessionDoesNotUndoAnothersOfTheOther(t *testing.T) {
	t.Parallel()
	o := newOwned(t)
	phone, laptop := o.open(t, o.host(t)), o.open(t, o.host(t))
	phone.store(set("cart", "1"))
	agree(t, o, "map[cart:1]", phone, laptop)
	laptop.store(set("theme", `"dark"`))
	phone.store(set("cart", "2"))
	agree(t, o, `map[cart:2 theme:"dark"]`, phone, laptop)
	phone.hangUp()
	laptop.hangUp()
}

// outage makes the database unreachable, and reachable again.
func (o *owned) outage(t *testing.T) (back func()) {
	t.Helper()
	config := o.db.Config().ConnConfig.Copy()
	name := config.Database
	config.Database = "postgres"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	run := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run(`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS false`)
	run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`)
	return sync.OnceFunc(func() {
		run(`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS true`)
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestChangesDuringAnOutageOfTheDatabaseAreKept(t *testing.T) {
	t.Parallel()
	o := newOwned(t)
	s := o.host(t)
	p := o.open(t, s)
	back := o.outage(t)
	t.Cleanup(back)
	p.store(set("a", "1"))
	p.store(set("b", "2"))
	p.k.leave(&p.r)
	if err := s.release(p.k); err == nil { // it waits SaveTimeout, then goes on by itself
		t.Error("the session was told that all is written")
	}
	back()
	again := o.open(t, s)
	if got := again.read(); got != "map[a:1 b:2]" {
		t.Errorf("read %s", got)
	}
	agree(t, o, "map[a:1 b:2]", again)
	again.hangUp()
	if left := s.waiting.Load(); left != 0 {
		t.Errorf("%d bytes still count as waiting", left)
	}
}

func TestALateWriteDoesNotOverwriteANewerValue(t *testing.T) {
	t.Parallel()
	o := newOwned(t)
	late, other := o.host(t), o.host(t)
	p := o.open(t, late)
	p.k.database <- struct{}{} // it cannot reach the database
	p.store(set("a", `"old"`))
	p.store(set("b", `"mine"`))
	newer := o.open(t, other)
	newer.store(set("a", `"new"`))
	agree(t, o, `map[a:"new"]`, newer)
	<-p.k.database
	agree(t, o, `map[a:"new" b:"mine"]`, p, newer)
	p.hangUp()
	newer.hangUp()
}

func TestABusyDatabaseChangesNoOrder(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	for name, test := range map[string]struct{ before, database, after, want time.Time }{
		"an answer that comes late":  {at(0), at(1), at(9), at(9)},
		"a question that comes late": {at(0), at(8), at(9), at(9)},
		"a clock that is ahead":      {at(60), at(1), at(61), at(1)},
		"a clock that is behind":     {at(0), at(60), at(1), at(60)},
	} {
		if got := sharedTime(test.before, test.database, test.after); !got.Equal(test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestWhatWaitsForTheDatabaseIsBounded(t *testing.T) {
	t.Parallel()
	o := newOwned(t)
	p := o.open(t, o.host(t))
	p.k.database <- struct{}{}
	value := `"` + strings.Repeat("x", protocol.MaxValueBytes-10) + `"`
	var err error
	kept := 0
	for ; err == nil && kept < 100; kept++ {
		err = p.k.put(&p.r, set(fmt.Sprint(kept), value), nil)
	}
	if fault.SlugOf(err) != "storage-unavailable" || kept > MaxUnsaved/protocol.MaxValueBytes+1 {
		t.Errorf("%d MB wait, then %v", kept, err)
	}
	for i := range kept {
		_ = p.k.put(&p.r, protocol.StorageOp{Op: "remove", Key: fmt.Sprint(i)}, nil)
	}
	<-p.k.database
	p.hangUp()
}

func TestStorageLimitsHoldInTheHost(t *testing.T) {
	t.Parallel()
	o := newOwned(t)
	p := o.open(t, o.host(t))
	var mu sync.Mutex // the ownerStore's writer reports, too
	var problems []string
	report := func(problem fault.Text) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, problem.String())
	}
	for _, op := range []protocol.StorageOp{
		set("", "1"), set(strings.Repeat("k", protocol.MaxKeyBytes+1), "1"), set("big", `"`+strings.Repeat("x", protocol.MaxValueBytes)+`"`),
		set("bad", "{"), set("zero\x00", "1"), set("\xff", "1"), {Op: "drop", Key: "x"},
	} {
		before := len(problems)
		if err := p.k.put(&p.r, op, report); err != nil || len(problems) != before+1 {
			t.Errorf("%q %q was kept: %v", op.Op, clip(op.Key, 20), err)
		}
	}
	half := `"` + strings.Repeat("x", protocol.MaxValueBytes-10) + `"`
	for i := range 12 { // 12 MB
		if err := p.k.put(&p.r, set(fmt.Sprintf("k%02d", i), half), report); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.k.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := p.s.versions(t.Context(), owner{o.user, o.app})
	mu.Lock()
	full := strings.Join(problems, " ") // on a busy machine the two come in two writes
	mu.Unlock()
	if err != nil || len(got) != 10 || !strings.Contains(full, "k10") || !strings.Contains(full, "k11") {
		t.Errorf("kept %d values, %v; problems %v", len(got), err, problems)
	}
	p.hangUp()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if len(p.s.ownerStores) != 0 {
		t.Errorf("%d ownerStores are left", len(p.s.ownerStores))
	}
}
