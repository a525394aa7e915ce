package pin_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/pin"
)

const (
	user  = "0190f3f8-0000-7000-8000-000000000001"
	right = "271828"
	wrong = "314159"
)

func confirmed(context.Context) error { return nil }

func withPIN(t *testing.T) (*pin.Store, *pgxpool.Pool) {
	t.Helper()
	pool := migrationtest.Open(t)
	store := pin.New(pool)
	if err := store.Set(t.Context(), user, right, confirmed); err != nil {
		t.Fatal(err)
	}
	return store, pool
}

func expect(t *testing.T, store *pin.Store, pin, slug string) error {
	t.Helper()
	err := store.VerifyPIN(t.Context(), user, pin)
	if got := fault.SlugOf(err); got != slug {
		t.Errorf("%s: %q (%v), want %q", pin, got, err, slug)
	}
	return err
}

func TestFiveWrongPINsLockTheWallet(t *testing.T) {
	t.Parallel()
	store, pool := withPIN(t)
	expect(t, store, right, "")
	for left := payments.MaxPINFailures - 1; left > 0; left-- {
		f, _ := fault.As(expect(t, store, wrong, "wrong-pin"))
		if detail, ok := f.Detail.(map[string]int); !ok || detail["tries_left"] != left {
			t.Errorf("tries left: %v, want %d", f.Detail, left)
		}
	}
	f, _ := fault.As(expect(t, store, wrong, "pin-locked"))
	if f.RetryAfter != payments.PINLock {
		t.Errorf("locked for %s, want %s", f.RetryAfter, payments.PINLock)
	}
	expect(t, store, right, "pin-locked")

	// When the time is over there are five tries again.
	_, err := pool.Exec(t.Context(), `UPDATE payments.wallet_pin SET locked_until = now() - interval '1 second'`)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, store, wrong, "wrong-pin")
	expect(t, store, right, "")
	for range payments.MaxPINFailures - 1 {
		expect(t, store, wrong, "wrong-pin") // the right one has started the count again
	}
}

// Whoever knows the old PIN cannot start the count of a new one again with a check that began before the
// change.
func TestTheRightOldPINDoesNotResetTheCountOfANewOne(t *testing.T) {
	t.Parallel()
	store, pool := withPIN(t)
	var old string
	if err := pool.QueryRow(t.Context(), `SELECT hash FROM payments.wallet_pin WHERE user_id = $1`, user).Scan(&old); err != nil {
		t.Fatal(err)
	}
	if err := store.Set(t.Context(), user, "577215", confirmed); err != nil {
		t.Fatal(err)
	}
	for range payments.MaxPINFailures - 1 {
		expect(t, store, wrong, "wrong-pin")
	}
	if err := pin.ForgetTries(t.Context(), store, user, old); err != nil {
		t.Fatal(err)
	}
	expect(t, store, wrong, "pin-locked")
}

// Concurrent guesses are counted before any of them is compared.
func TestConcurrentGuessesAreLimitedToFive(t *testing.T) {
	t.Parallel()
	store, _ := withPIN(t)
	var compared, locked atomic.Int64
	var group errgroup.Group
	for range 30 {
		group.Go(func() error {
			err := store.VerifyPIN(context.Background(), user, wrong)
			f, ok := fault.As(err)
			switch {
			case ok && f.Slug == "wrong-pin", ok && f.RetryAfter == payments.PINLock:
				compared.Add(1) // the fifth reads as locked for the whole time
			case ok && f.Slug == "pin-locked":
				locked.Add(1)
			default:
				return errors.Join(errors.New("unexpected answer"), err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if compared.Load() != payments.MaxPINFailures || locked.Load() != 30-payments.MaxPINFailures {
		t.Errorf("%d were compared, %d refused", compared.Load(), locked.Load())
	}
}

// On a busy host, a user who stops waiting before the PIN is compared has used no try.
func TestATryThatWasNotComparedDoesNotCount(t *testing.T) {
	t.Parallel()
	store, _ := withPIN(t)
	release := pin.Occupy(store)
	for range payments.MaxPINFailures {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		if err := store.VerifyPIN(ctx, user, right); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("on a busy host: %v", err)
		}
		cancel()
	}
	release()
	expect(t, store, right, "")
}

func TestSettingAPINNeedsThePasswordAndUnlocks(t *testing.T) {
	t.Parallel()
	store, pool := withPIN(t)
	for range payments.MaxPINFailures {
		_ = store.VerifyPIN(t.Context(), user, wrong) // only to lock it
	}
	refusal := fault.Errorf(fault.Unauthenticated, "wrong-password", "The password is wrong.")
	err := store.Set(t.Context(), user, "628318", func(context.Context) error { return refusal })
	if !errors.Is(err, refusal) {
		t.Errorf("without the password: %v", err)
	}
	expect(t, store, right, "pin-locked")
	if err := store.Set(t.Context(), user, "111111", confirmed); fault.SlugOf(err) != "weak-pin" {
		t.Errorf("a weak PIN: %v", err)
	}
	if err := store.Set(t.Context(), user, "628318", confirmed); err != nil {
		t.Fatal(err)
	}
	expect(t, store, right, "wrong-pin")
	expect(t, store, "628318", "")

	var hash string
	if err := pool.QueryRow(t.Context(), `SELECT hash FROM payments.wallet_pin`).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if len(hash) < 60 || hash[:10] != "$argon2id$" {
		t.Errorf("stored as %q", hash)
	}
}

func TestWithoutAPINNothingCanBePaid(t *testing.T) {
	t.Parallel()
	store := pin.New(migrationtest.Open(t))
	expect(t, store, right, "pin-not-set")
	if has, err := store.Has(t.Context(), user); has || err != nil {
		t.Errorf("has a PIN: %v, %v", has, err)
	}
}
