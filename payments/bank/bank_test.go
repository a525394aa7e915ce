package bank_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/bank"
	"github.com/teahouse/teahouse/payments/ledger"
)

// silentBank is a bank that accepts instructions and never decides: the tests decide instead.
type silentBank struct{}

func (silentBank) Name() string                                    { return "quiet" }
func (silentBank) Collect(context.Context, bank.Instruction) error { return nil }

type fixture struct {
	*bank.Moves
	pool  *pgxpool.Pool
	woken *atomic.Int64
}

func open(t *testing.T) fixture {
	t.Helper()
	d := fixture{pool: migrationtest.Open(t), woken: new(atomic.Int64)}
	jobs, err := river.NewClient(riverpgxv5.New(d.pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	d.Moves = bank.NewMoves(d.pool, jobs, silentBank{}, func(context.Context, bank.Move) { d.woken.Add(1) })
	t.Cleanup(func() {
		report, err := payments.Verify(context.Background(), d.pool)
		if err == nil {
			err = report.Err()
		}
		if err != nil {
			t.Error(err)
		}
	})
	return d
}

func yuan(amount int64) payments.Money { return payments.Money{Amount: amount, Currency: "CNY"} }

func (d fixture) topUp(t *testing.T, user string, amount int64, key string) bank.Move {
	t.Helper()
	move, err := d.TopUp(t.Context(), user, yuan(amount), key)
	if err != nil {
		t.Fatal(err)
	}
	return move
}

func (d fixture) expect(t *testing.T, what string, decision bank.Decision, slug string) {
	t.Helper()
	if err := d.Decide(t.Context(), decision); fault.SlugOf(err) != slug || (err == nil) != (slug == "") {
		t.Errorf("%s: %v, want %q", what, err, slug)
	}
}

func (d fixture) requireMove(t *testing.T, move bank.Move, state bank.State, balance int64) {
	t.Helper()
	got, err := d.Get(t.Context(), move.UserID, move.ID)
	if err != nil || got.State != state {
		t.Errorf("the move is %s, %v; want %s", got.State, err, state)
	}
	wallet, err := ledger.New(d.pool).Find(t.Context(), payments.Wallet(move.UserID, "CNY"))
	if err != nil || wallet.Balance != balance {
		t.Errorf("the wallet has %d, %v; want %d", wallet.Balance, err, balance)
	}
}

// A bank may repeat its decision any number of times, also concurrently. A contradiction changes
// nothing.
func TestADecisionIsBookedOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	move := d.topUp(t, "ann", 700, "k")
	yes := bank.Decision{Ref: move.ID, BankRef: "B-1", Money: yuan(700), Settled: true}
	no := bank.Decision{Ref: move.ID, BankRef: "B-1", Money: yuan(700), Reason: "limit"}
	more, otherRef, unknown := yes, yes, yes
	more.Money = yuan(701)
	otherRef.BankRef = "B-2"
	unknown.Ref = uuid.New()
	d.expect(t, "another amount", more, "bank-contradiction")
	d.expect(t, "an unknown move", unknown, "no-top-up")
	d.requireMove(t, move, bank.Pending, 0)
	var group errgroup.Group
	for range 8 {
		group.Go(func() error { return d.Decide(context.Background(), yes) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	d.expect(t, "no after yes", no, "bank-contradiction")
	d.expect(t, "yes under another reference", otherRef, "bank-contradiction")
	d.expect(t, "yes again, a day later", yes, "")
	d.requireMove(t, move, bank.Settled, 700)

	second := d.topUp(t, "ann", 700, "k2")
	reused := yes
	reused.Ref = second.ID
	d.expect(t, "the reference of another move", reused, "key-reused")
	d.requireMove(t, second, bank.Pending, 700)
	if again := d.topUp(t, "ann", 700, "k"); again.ID != move.ID || again.State != bank.Settled {
		t.Errorf("the same top-up again is %+v", again)
	}
}

// A bank that refuses an instruction at once has no reference for it.
func TestARefusalNeedsNoReference(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, key := range []string{"k1", "k2"} { // two of them do not collide
		move := d.topUp(t, "ann", 5, key)
		no := bank.Decision{Ref: move.ID, Money: yuan(5), Reason: "closed"}
		d.expect(t, "a refusal", no, "")
		d.expect(t, "the refusal again", no, "")
		d.expect(t, "yes after no", bank.Decision{Ref: move.ID, BankRef: "B-" + key, Money: yuan(5), Settled: true},
			"bank-contradiction")
		d.requireMove(t, move, bank.Refused, 0)
	}
}

// A bank is not asked for money that the wallet cannot receive: the customer would lose it.
func TestNoTopUpForAWalletThatCannotReceive(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.topUp(t, "ann", 1, "k")
	_, err := d.pool.Exec(t.Context(), `UPDATE payments.account SET status = 'frozen' WHERE owner_id = 'ann'`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.TopUp(t.Context(), "ann", yuan(1), "k2"); !payments.OutcomeAccountFrozen.Is(err) {
		t.Errorf("a frozen wallet: %v", err)
	}
	var jobs int
	err = d.pool.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE kind = 'bank_collect'`).Scan(&jobs)
	if err != nil || jobs != 1 {
		t.Errorf("the bank is asked %d times, %v", jobs, err)
	}
}
