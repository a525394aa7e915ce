package payments_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/ledger"
	"github.com/teahouse/teahouse/payments/orders"
)

// books is a ledger with the operations of a test. When the test ends every law must hold.
type books struct {
	pool   *pgxpool.Pool
	ledger *ledger.Ledger
	orders *orders.Service
}

func openBooks(t testing.TB) books {
	t.Helper()
	pool := migrationtest.Open(t)
	t.Cleanup(func() { requireSound(t, pool) })
	return newBooks(t, pool)
}

func newBooks(t testing.TB, pool *pgxpool.Pool) books {
	t.Helper()
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return books{pool: pool, ledger: ledger.New(pool), orders: orders.New(pool, jobs, anyPIN{})}
}

// requireSound fails the test unless the ledger keeps all laws.
func requireSound(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	report, err := payments.Verify(context.Background(), pool)
	if err != nil {
		t.Fatalf("verifying: %v", err)
	}
	if err := report.Err(); err != nil {
		t.Error(err)
	}
}

// anyPIN accepts every PIN: these tests are about the steps after it.
type anyPIN struct{}

func (anyPIN) VerifyPIN(context.Context, string, string) error { return nil }

// wallet opens the wallet of a user.
func (b books) wallet(t testing.TB, user, currency string) int64 {
	t.Helper()
	account, err := b.ledger.Open(context.Background(), payments.Wallet(user, currency))
	if err != nil {
		t.Fatal(err)
	}
	return account.ID
}

// source is an account that may be negative, to fund the others from.
func (b books) source(t testing.TB, currency string) int64 {
	t.Helper()
	account, err := b.ledger.Open(context.Background(), payments.BankClearing("test", currency))
	if err != nil {
		t.Fatal(err)
	}
	return account.ID
}

// move is a transfer of CNY with its own key.
func move(key string, debit, credit, amount int64) payments.Transfer {
	return payments.Transfer{
		Key: payments.Key{Client: "test", Endpoint: "move", Value: key,
			Fingerprint: payments.Fingerprint(debit, credit, amount)},
		Kind: payments.KindTransfer, Debit: debit, Credit: credit,
		Money: payments.Money{Amount: amount, Currency: "CNY"}}
}

// fund transfers money from the source to an account.
func (b books) fund(t testing.TB, account, amount int64) {
	t.Helper()
	_, err := b.ledger.Transfer(context.Background(),
		move(fmt.Sprintf("fund-%d", account), b.source(t, "CNY"), account, amount))
	if err != nil {
		t.Fatal(err)
	}
}

// wallets opens and funds n wallets.
func (b books) wallets(t testing.TB, n int, amount int64) []int64 {
	t.Helper()
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = b.wallet(t, fmt.Sprintf("user-%d", i), "CNY")
		if amount > 0 {
			b.fund(t, ids[i], amount)
		}
	}
	return ids
}

func (b books) balance(t testing.TB, account int64) (balance, held int64) {
	t.Helper()
	err := b.pool.QueryRow(context.Background(),
		`SELECT balance, held FROM payments.account WHERE id = $1`, account).Scan(&balance, &held)
	if err != nil {
		t.Fatal(err)
	}
	return balance, held
}

func (b books) count(t testing.TB, sql string, args ...any) (n int) {
	t.Helper()
	if err := b.pool.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// inTx runs fn in a transaction that is rolled back.
func (b books) inTx(t testing.TB, fn func(tx pgx.Tx)) {
	t.Helper()
	tx, err := b.pool.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	fn(tx)
}
