package sessions

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/runtime/vm"
)

// newOwner returns a store and somebody with an app in it.
func newOwner(t *testing.T) (*store, uuid.UUID, string) {
	t.Helper()
	s := newStore(migrationtest.Open(t))
	user, account, app := uuid.New(), uuid.New(), "ta0123456789abcdef"
	for _, insert := range []string{
		fmt.Sprintf(`INSERT INTO app_user (id, handle, display_name, password_hash) VALUES ('%s', 'lin', 'Lin', 'x')`, user),
		fmt.Sprintf(`INSERT INTO official_account (id, handle, name, kind) VALUES ('%s', 'tea', 'Tea', 'service')`, account),
		fmt.Sprintf(`INSERT INTO app (id, account_id, name) VALUES ('%s', '%s', 'Café')`, app, account),
	} {
		if _, err := s.db.Exec(t.Context(), insert); err != nil {
			t.Fatal(err)
		}
	}
	return s, user, app
}

func set(key, value string) vm.StorageOp { return vm.StorageOp{Op: "set", Key: key, Value: value} }

func TestStorageEndsAsTheOperationsSay(t *testing.T) {
	s, user, app := newOwner(t)
	rapid.Check(t, func(t *rapid.T) {
		k := s.acquire(user, app)
		want, err := k.snapshot(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(1, 30).Draw(t, "operations") {
			key := rapid.SampledFrom([]string{"a", "b", "c", "键"}).Draw(t, "key")
			var op vm.StorageOp
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				op, want = vm.StorageOp{Op: "clear"}, map[string]string{}
			case 1:
				op = vm.StorageOp{Op: "remove", Key: key}
				delete(want, key)
			default:
				op = set(key, fmt.Sprintf(`{"n":%d}`, i))
				want[key] = op.Value
			}
			if err := k.put(op, func(problem string) { t.Error(problem) }); err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 9).Draw(t, "flush") == 0 {
				if err := k.flush(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := s.release(k); err != nil {
			t.Fatal(err)
		}
		k = s.acquire(user, app)
		got, err := k.snapshot(context.Background())
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got %v %v, want %v", got, err, want)
		}
		if err := s.release(k); err != nil {
			t.Fatal(err)
		}
	})
}

func TestStorageLimitsHoldInTheHost(t *testing.T) {
	t.Parallel()
	s, user, app := newOwner(t)
	k := s.acquire(user, app)
	var mu sync.Mutex // the keeper's writer reports, too
	var problems []string
	report := func(problem string) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, problem)
	}
	for _, op := range []vm.StorageOp{
		set("", "1"), set(strings.Repeat("k", MaxKeyBytes+1), "1"), set("big", `"`+strings.Repeat("x", MaxValueBytes)+`"`),
		set("bad", "{"), set("zero\x00", "1"), set("\xff", "1"), {Op: "drop", Key: "x"},
	} {
		before := len(problems)
		if err := k.put(op, report); err != nil || len(problems) != before+1 {
			t.Errorf("%q %q was kept: %v", op.Op, clip(op.Key, 20), err)
		}
	}
	half := `"` + strings.Repeat("x", MaxValueBytes-10) + `"`
	for i := range 12 { // 12 MB
		if err := k.put(set(fmt.Sprintf("k%02d", i), half), report); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := k.snapshot(t.Context())
	mu.Lock()
	defer mu.Unlock()
	full := strings.Join(problems, " ") // on a busy machine the two come in two writes
	if err != nil || len(got) != 10 || !strings.Contains(full, "k10") || !strings.Contains(full, "k11") {
		t.Errorf("kept %d values, %v; problems %v", len(got), err, problems)
	}
	if err := s.release(k); err != nil {
		t.Fatal(err)
	}
}

func TestTwoSessionsOfAUserShareAnOrder(t *testing.T) {
	t.Parallel()
	s, user, app := newOwner(t)
	a, b := s.acquire(user, app), s.acquire(user, app)
	if a != b {
		t.Fatal("two keepers for one storage")
	}
	_ = a.put(set("k", "1"), nil)
	_ = b.put(set("k", "2"), nil)
	if err := s.release(a); err != nil {
		t.Fatal(err)
	}
	got, err := b.snapshot(t.Context())
	if err != nil || got["k"] != "2" {
		t.Errorf("got %v %v", got, err)
	}
	if err := s.release(b); err != nil || len(s.keeper) != 0 {
		t.Errorf("release: %v, keepers left %d", err, len(s.keeper))
	}
}

func FuzzReadFrame(f *testing.F) {
	for _, seed := range []string{`{"t":"event","page":1,"type":"tap","target":[0,1],"detail":{"x":1}}`, `{"t":"reply","call":1,"ok":true}`,
		`{"t":"event","T":"reply","page":1}`, `{"t":"env","env":{"width":1}}`, `[`, `{"t":"scroll","page":1,"top":1e308}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		first, err := readFrame(raw)
		if err != nil {
			return
		}
		second, err := readFrame(first.encode())
		if err != nil || second.T != first.T || second.Call != first.Call || second.Page != first.Page {
			t.Fatalf("%q reads as %+v and, written again, as %+v (%v)", raw, first, second, err)
		}
	})
}
