// Package ledger keeps the books in PostgreSQL.
//
// A transfer is one call of a PL/pgSQL function, so row locks are held for no more than one round
// trip: claim the idempotency key, lock the two accounts in ascending order, check, write the
// transfer and its two statement lines, update the balances. A refusal (too little money, a frozen
// account) is a result of that function and not an exception. CHECK and FOREIGN KEY constraints
// hold for every code path.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/payments"
)

// Ledger is the ledger of one installation. It is safe for concurrent use.
type Ledger struct{ pool *pgxpool.Pool }

// New returns the ledger in the database of pool.
func New(pool *pgxpool.Pool) *Ledger { return &Ledger{pool: pool} }

// DB is a pool or a transaction.
type DB interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Transfer moves money, once per key. Faults are those of payments.Outcome, and Invalid for a
// key or amount that breaks a rule.
func (l *Ledger) Transfer(ctx context.Context, t payments.Transfer) (payments.Receipt, error) {
	var receipt payments.Receipt
	err := Retry(ctx, func() (err error) {
		receipt, err = TransferIn(ctx, l.pool, t)
		return err
	})
	return receipt, err
}

// TransferIn is Transfer inside a transaction of the caller, who must roll back on an error.
func TransferIn(ctx context.Context, db DB, t payments.Transfer) (payments.Receipt, error) {
	if err := t.Key.Validate(); err != nil {
		return payments.Receipt{}, err
	}
	if err := t.Money.Validate(); err != nil {
		return payments.Receipt{}, err
	}
	row := db.QueryRow(ctx, `SELECT code, replayed, transfer_id, debit_balance, credit_balance
		FROM payments.transfer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		t.Key.Client, t.Key.Endpoint, t.Key.Value, t.Key.Fingerprint[:], t.Kind,
		t.Debit, t.Credit, t.Money.Currency, t.Money.Amount, optional(t.OrderID))
	receipt, err := scanReceipt(row)
	if err != nil {
		return receipt, fmt.Errorf("ledger: transfer: %w", err)
	}
	return receipt, nil
}

// scanReceipt reads the result of a function that moves money.
func scanReceipt(row pgx.Row) (payments.Receipt, error) {
	var outcome payments.Outcome
	var r payments.Receipt
	var id, debit, credit *int64 // NULL with a refusal
	if err := row.Scan(&outcome, &r.Replayed, &id, &debit, &credit); err != nil {
		return payments.Receipt{}, err
	}
	if err := outcome.Err(); err != nil {
		return payments.Receipt{}, err
	}
	if id == nil || debit == nil || credit == nil {
		// A key of a request that moves no money cannot replay a transfer.
		return payments.Receipt{}, payments.OutcomeKeyReused.Err()
	}
	r.TransferID, r.DebitBalance, r.CreditBalance = *id, *debit, *credit
	return r, nil
}

// PayOrder pays an order from its payer's wallet: it checks key, order and accounts and moves the
// money in one call. The caller adds what must happen in the same transaction, and rolls back on an
// error.
func PayOrder(ctx context.Context, tx pgx.Tx, p payments.Payment) (payments.Receipt, error) {
	key := payments.Key{Client: "user:" + p.PayerID, Endpoint: "orders.pay", Value: p.Key,
		Fingerprint: payments.Fingerprint(p.OrderID)}
	if err := key.Validate(); err != nil {
		return payments.Receipt{}, err
	}
	row := tx.QueryRow(ctx, `SELECT code, replayed, transfer_id, debit_balance, credit_balance
		FROM payments.pay_order($1, $2, $3, $4, $5, $6)`,
		key.Client, key.Value, key.Fingerprint[:], p.OrderID, p.PayerID, p.PayerOpenID)
	receipt, err := scanReceipt(row)
	if err != nil {
		return receipt, fmt.Errorf("ledger: pay order %s: %w", p.OrderID, err)
	}
	return receipt, nil
}

// BeginRequest claims a key for a request that moves no money yet, and reports whether it was
// claimed before with the same fingerprint.
func BeginRequest(ctx context.Context, tx pgx.Tx, key payments.Key) (id int64, replay bool, err error) {
	if err := key.Validate(); err != nil {
		return 0, false, err
	}
	var code payments.Outcome
	err = tx.QueryRow(ctx, `SELECT code, request_id FROM payments.begin_request($1, $2, $3, $4)`,
		key.Client, key.Endpoint, key.Value, key.Fingerprint[:]).Scan(&code, &id)
	if err != nil {
		return 0, false, fmt.Errorf("ledger: begin request: %w", err)
	}
	switch code {
	case "new":
		return id, false, nil
	case "replay":
		return id, true, nil
	default:
		return 0, false, code.Err()
	}
}

func optional(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// Retry runs fn again when PostgreSQL aborted its transaction because of another one (deadlock or
// serialization failure). fn must be a whole transaction.
func Retry(ctx context.Context, fn func() error) error {
	for attempt := 0; ; attempt++ {
		err := fn()
		var pgErr *pgconn.PgError
		if attempt == retries || !errors.As(err, &pgErr) ||
			pgErr.Code != "40P01" && pgErr.Code != "40001" {
			return err
		}
		timer := time.NewTimer(time.Duration(1<<attempt) * time.Duration(rand.Int64N(int64(2*retryPause))))
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}
