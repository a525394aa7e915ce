package payments_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
)

// Money moves at random between a few accounts while readers add all balances up: every snapshot
// shows the same total and no negative balance.
func TestNoReaderEverSeesMoneyMissing(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	const accounts, each, writers, transfers = 8, 300, 6, 150
	ids := b.wallets(t, accounts, each)
	ctx, stop := context.WithCancel(t.Context())
	var refused, moved atomic.Int64

	var reading errgroup.Group
	for range 2 {
		reading.Go(func() error {
			for n := 0; ctx.Err() == nil || n == 0; n++ {
				if err := b.requireTotal(ids, accounts*each); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var writing errgroup.Group
	for w := range writers {
		writing.Go(func() error {
			random := rand.New(rand.NewPCG(7, uint64(w)))
			for n := range transfers {
				from, to := random.IntN(accounts), random.IntN(accounts-1)
				if to >= from {
					to++
				}
				_, err := b.ledger.Transfer(context.Background(),
					move(fmt.Sprintf("%d-%d", w, n), ids[from], ids[to], 1+random.Int64N(200)))
				switch {
				case err == nil:
					moved.Add(1)
				case payments.OutcomeInsufficientFunds.Is(err):
					refused.Add(1)
				default:
					return err
				}
			}
			return nil
		})
	}
	if err := writing.Wait(); err != nil {
		t.Error(err)
	}
	stop()
	if err := reading.Wait(); err != nil {
		t.Error(err)
	}
	if moved.Load()+refused.Load() != writers*transfers || refused.Load() == 0 {
		t.Errorf("%d moved, %d refused: the test needs both, %d in total", moved.Load(), refused.Load(), writers*transfers)
	}
}

// requireTotal adds balances up in one snapshot.
func (b books) requireTotal(ids []int64, want int64) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(context.Background(), b.pool, options, func(tx pgx.Tx) error {
		var total, lowest int64
		err := tx.QueryRow(context.Background(), `SELECT sum(balance), min(balance)
			FROM payments.account WHERE id = ANY($1)`, ids).Scan(&total, &lowest)
		if err == nil && (total != want || lowest < 0) {
			err = fmt.Errorf("a snapshot shows %d in all (want %d), lowest %d", total, want, lowest)
		}
		return err
	})
}

// Every key is sent eight times at once. One transfer happens, all eight requests get its answer,
// and the same key with another amount is refused.
func TestConcurrentRetriesMoveMoneyOnce(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	const keys, times = 60, 8
	ids := b.wallets(t, 2, 1_000_000)
	var group errgroup.Group
	answers := make([]sync.Map, keys)
	for range times {
		group.Go(func() error {
			for k := range keys {
				receipt, err := b.ledger.Transfer(context.Background(),
					move(fmt.Sprintf("storm-%d", k), ids[0], ids[1], int64(k+1)))
				if err != nil {
					return err
				}
				receipt.Replayed = false
				answers[k].Store(receipt, true)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for k := range keys {
		different := 0
		answers[k].Range(func(any, any) bool { different++; return true })
		if different != 1 {
			t.Errorf("key %d got %d different answers", k, different)
		}
		_, err := b.ledger.Transfer(t.Context(), move(fmt.Sprintf("storm-%d", k), ids[0], ids[1], int64(k+2)))
		if !payments.OutcomeKeyReused.Is(err) || fault.CodeOf(err) != fault.Invalid {
			t.Errorf("key %d with another amount: %v", k, err)
		}
	}
	if n := b.count(t, `SELECT count(*) FROM payments.transfer t JOIN payments.request r ON r.id = t.request_id
		WHERE r.key LIKE 'storm-%'`); n != keys {
		t.Errorf("%d transfers for %d keys", n, keys)
	}
	if got, _ := b.balance(t, ids[1]); got != 1_000_000+keys*(keys+1)/2 {
		t.Errorf("the payee has %d", got)
	}
}

// Two transfers with the same key and different accounts share no row lock: only the key prevents
// the second.
func TestOneKeyForTwoTransfersAtOnceMovesOneOfThem(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	ids := b.wallets(t, 4, 1000)
	for n := range 20 {
		var group errgroup.Group
		var won, lost atomic.Int64
		for side := range 2 {
			group.Go(func() error {
				_, err := b.ledger.Transfer(context.Background(),
					move(fmt.Sprintf("pair-%d", n), ids[2*side], ids[2*side+1], 1))
				if err == nil {
					won.Add(1)
				} else if payments.OutcomeKeyReused.Is(err) {
					lost.Add(1)
				} else {
					return err
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		if won.Load() != 1 || lost.Load() != 1 {
			t.Fatalf("round %d: %d won, %d lost", n, won.Load(), lost.Load())
		}
	}
}

// Two people and eight keys race for one order.
func TestExactlyOneOfRacingPaymentsWins(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	b.wallets(t, 2, 100_000)
	for n := range 10 {
		order, err := b.orders.Create(t.Context(), tea(fmt.Sprintf("RACE-%04d", n), 700))
		if err != nil {
			t.Fatal(err)
		}
		var group errgroup.Group
		var won, late atomic.Int64
		for racer := range 8 {
			group.Go(func() error {
				_, err := b.orders.Pay(context.Background(), payments.Payment{OrderID: order.ID,
					PayerID: fmt.Sprintf("user-%d", racer%2), Key: fmt.Sprintf("race-%d-%d", n, racer)})
				if err == nil {
					won.Add(1)
				} else if payments.OutcomeOrderPaid.Is(err) {
					late.Add(1)
				} else {
					return err
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		if won.Load() != 1 || late.Load() != 7 {
			t.Fatalf("%d payments of one order won, %d came late", won.Load(), late.Load())
		}
		if jobs := b.count(t, `SELECT count(*) FROM river_job WHERE kind = 'order_paid'
			AND args->>'order_id' = $1`, order.ID.String()); jobs != 1 {
			t.Errorf("the payment is announced %d times", jobs)
		}
	}
}

// An order is paid or closed, never both, in any order of arrival.
func TestPayingRacesWithClosing(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	b.wallets(t, 1, 100_000)
	for n := range 20 {
		order, err := b.orders.Create(t.Context(), tea(fmt.Sprintf("CLOSE-%04d", n), 10))
		if err != nil {
			t.Fatal(err)
		}
		var group errgroup.Group
		var paid, closed error
		group.Go(func() error {
			_, paid = b.orders.Pay(context.Background(), payments.Payment{OrderID: order.ID,
				PayerID: "user-0", Key: fmt.Sprintf("close-%d", n)})
			return nil
		})
		group.Go(func() error {
			_, closed = b.orders.Close(context.Background(), order.AppID, order.ID)
			return nil
		})
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		first := paid == nil && payments.OutcomeOrderPaid.Is(closed)
		second := closed == nil && payments.OutcomeOrderClosed.Is(paid)
		if first == second {
			t.Fatalf("paying: %v, closing: %v", paid, closed)
		}
	}
}

// tea is an order of the test's shop.
func tea(no string, amount int64) payments.NewOrder {
	return payments.NewOrder{AppID: "ta0000000000000001", OutTradeNo: no, Description: "Tea",
		Money: payments.Money{Amount: amount, Currency: "CNY"}, PayeeID: "shop", PayeeName: "Tea shop"}
}

func TestOrdersAreFoundAgainByTheirNumber(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	first, err := b.orders.Create(t.Context(), tea("SAME-0001", 5))
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.orders.Create(t.Context(), tea("SAME-0001", 5))
	if err != nil || again.ID != first.ID {
		t.Errorf("asking again gave %v, %v", again.ID, err)
	}
	_, err = b.orders.Create(t.Context(), tea("SAME-0001", 6))
	if fault.SlugOf(err) != "out-trade-no-used" || fault.CodeOf(err) != fault.Conflict {
		t.Errorf("another amount under the same number: %v", err)
	}
	other := tea("SAME-0001", 6)
	other.AppID = "ta0000000000000002"
	if order, err := b.orders.Create(t.Context(), other); err != nil || order.ID == first.ID {
		t.Errorf("another app's order with that number: %v, %v", order.ID, err)
	}
}

func TestAnOrderPastItsTimeCannotBePaid(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	b.wallets(t, 1, 1000)
	order, err := b.orders.Create(t.Context(), tea("LATE-0001", 5))
	if err != nil {
		t.Fatal(err)
	}
	// Time passes by moving both of the order's times into the past.
	_, err = b.pool.Exec(t.Context(), `UPDATE payments.merchant_order
		SET created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day'`)
	if err != nil {
		t.Fatal(err)
	}
	pay := payments.Payment{OrderID: order.ID, PayerID: "user-0", Key: "late"}
	if _, err := b.orders.Pay(t.Context(), pay); !payments.OutcomeOrderExpired.Is(err) {
		t.Errorf("before the job has run: %v", err)
	}
	if got, err := b.orders.Get(t.Context(), order.ID); err != nil || got.State != payments.OrderExpired {
		t.Errorf("it reads as %s, %v", got.State, err)
	}
	if n, err := b.orders.Expire(t.Context()); err != nil || n != 1 {
		t.Errorf("the job expired %d orders, %v", n, err)
	}
	if _, err := b.orders.Pay(t.Context(), pay); !payments.OutcomeOrderExpired.Is(err) {
		t.Errorf("after the job has run: %v", err)
	}
}

func TestPayingIsRefusedForTheWrongPayer(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	b.wallets(t, 1, 1000)
	mine := tea("MINE-0001", 5)
	mine.OpenID = "o_somebody"
	order, err := b.orders.Create(t.Context(), mine)
	if err != nil {
		t.Fatal(err)
	}
	pay := payments.Payment{OrderID: order.ID, PayerID: "user-0", PayerOpenID: "o_other", Key: "k"}
	if _, err := b.orders.Pay(t.Context(), pay); fault.SlugOf(err) != "no-order" {
		t.Errorf("another user's order: %v", err)
	}
	pay.PayerOpenID = "" // a caller that did not set the payer
	if _, err := b.orders.Pay(t.Context(), pay); fault.SlugOf(err) != "no-order" {
		t.Errorf("an empty open ID: %v", err)
	}
	pay.PayerOpenID, pay.PayerID = "o_somebody", "never-seen"
	if _, err := b.orders.Pay(t.Context(), pay); !payments.OutcomeInsufficientFunds.Is(err) {
		t.Errorf("a payer without a wallet: %v", err)
	}
	pay.PayerID = "user-0"
	paid, err := b.orders.Pay(t.Context(), pay) // the key was not used up by the refusals
	if err != nil || paid.State != payments.OrderPaid || paid.PayerID != "user-0" {
		t.Errorf("the right payer: %+v, %v", paid, err)
	}
	if _, err := b.orders.Pay(t.Context(), pay); err != nil {
		t.Errorf("the same payment again: %v", err)
	}
	pay.OrderID = uuid.New()
	if _, err := b.orders.Pay(t.Context(), pay); !payments.OutcomeKeyReused.Is(err) {
		t.Errorf("the same key for another order: %v", err)
	}
	pay.Key = "k2"
	if _, err := b.orders.Pay(t.Context(), pay); !payments.OutcomeNoOrder.Is(err) {
		t.Errorf("an order that does not exist: %v", err)
	}
}

func TestHoldsReserveMoneyUntilTheyExpire(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	ids := b.wallets(t, 2, 0)
	b.fund(t, ids[0], 100)
	key := payments.Key{Client: "test", Endpoint: "hold", Value: "h1"}
	id, _, err := b.ledger.Hold(t.Context(), payments.Hold{Key: key, Debit: ids[0], Credit: ids[1],
		Money: payments.Money{Amount: 80, Currency: "CNY"}, ExpiresAt: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ledger.Transfer(t.Context(), move("too-much", ids[0], ids[1], 21)); !payments.OutcomeInsufficientFunds.Is(err) {
		t.Errorf("spending held money: %v", err)
	}
	_, err = b.pool.Exec(t.Context(), `UPDATE payments.hold SET expires_at = now() - interval '1 second'`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ledger.Capture(t.Context(), payments.Key{Client: "test", Endpoint: "capture", Value: "c"},
		id, 80, payments.KindPayment); !payments.OutcomeHoldExpired.Is(err) {
		t.Errorf("capturing after its time: %v", err)
	}
	if n, err := b.ledger.ExpireHolds(t.Context()); err != nil || n != 1 {
		t.Errorf("%d holds expired, %v", n, err)
	}
	if _, err := b.ledger.Transfer(t.Context(), move("too-much", ids[0], ids[1], 21)); err != nil {
		t.Errorf("after the hold is gone: %v", err)
	}
}
