package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/payments"
)

// Hold reserves money of an account, once per key, and returns the hold's ID.
func (l *Ledger) Hold(ctx context.Context, h payments.Hold) (id int64, replayed bool, err error) {
	if err := h.Key.Validate(); err != nil {
		return 0, false, err
	}
	if err := h.Money.Validate(); err != nil {
		return 0, false, err
	}
	err = Retry(ctx, func() error {
		var outcome payments.Outcome
		var holdID *int64
		err := l.pool.QueryRow(ctx, `SELECT code, replayed, hold_id
			FROM payments.hold_open($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			h.Key.Client, h.Key.Endpoint, h.Key.Value, h.Key.Fingerprint[:],
			h.Debit, h.Credit, h.Money.Currency, h.Money.Amount, h.ExpiresAt,
		).Scan(&outcome, &replayed, &holdID)
		if err != nil {
			return fmt.Errorf("ledger: hold: %w", err)
		}
		if err := outcome.Err(); err != nil {
			return err
		}
		if holdID == nil {
			return payments.OutcomeKeyReused.Err()
		}
		id = *holdID
		return nil
	})
	return id, replayed, err
}

// Capture turns a hold into a transfer of amount minor units, at most once, and releases the rest.
func (l *Ledger) Capture(
	ctx context.Context, key payments.Key, holdID, amount int64, kind payments.TransferKind,
) (receipt payments.Receipt, err error) {
	if err := key.Validate(); err != nil {
		return receipt, err
	}
	err = Retry(ctx, func() (err error) {
		row := l.pool.QueryRow(ctx, `SELECT code, replayed, transfer_id, debit_balance, credit_balance
			FROM payments.hold_post($1, $2, $3, $4, $5, $6, $7)`,
			key.Client, key.Endpoint, key.Value, key.Fingerprint[:], holdID, amount, kind)
		receipt, err = scanReceipt(row)
		return err
	})
	if err != nil {
		return receipt, fmt.Errorf("ledger: capture hold %d: %w", holdID, err)
	}
	return receipt, nil
}

// Release returns held money to its owner. Releasing it again changes nothing; a captured hold is a
// Conflict.
func (l *Ledger) Release(ctx context.Context, holdID int64) error {
	return Retry(ctx, func() error { return release(ctx, l.pool, holdID, "voided") })
}

func release(ctx context.Context, db DB, holdID int64, state string) error {
	var outcome payments.Outcome
	err := db.QueryRow(ctx, `SELECT payments.hold_void($1, $2)`, holdID, state).Scan(&outcome)
	if err != nil {
		return fmt.Errorf("ledger: release hold %d: %w", holdID, err)
	}
	return outcome.Err()
}

// ExpireHolds releases expired holds and returns how many.
func (l *Ledger) ExpireHolds(ctx context.Context) (int, error) {
	rows, err := l.pool.Query(ctx, `SELECT id FROM payments.hold
		WHERE state = 'pending' AND expires_at <= now() ORDER BY expires_at LIMIT $1`, expireBatch)
	if err != nil {
		return 0, fmt.Errorf("ledger: expire holds: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, fmt.Errorf("ledger: expire holds: %w", err)
	}
	released := 0
	for _, id := range ids {
		err := Retry(ctx, func() error { return release(ctx, l.pool, id, "expired") })
		if payments.OutcomeHoldResolved.Is(err) {
			continue // captured in the meantime
		}
		if err != nil {
			return released, err
		}
		released++
	}
	return released, nil
}
