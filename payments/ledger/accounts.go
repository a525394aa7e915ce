package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
)

// Open returns the account with the reference, and opens it if it does not exist.
func (l *Ledger) Open(ctx context.Context, ref payments.AccountRef) (payments.Account, error) {
	return OpenIn(ctx, l.pool, ref)
}

// OpenIn is Open in a transaction of the caller.
func OpenIn(ctx context.Context, db DB, ref payments.AccountRef) (payments.Account, error) {
	if _, ok := payments.LookupCurrency(ref.Currency); !ok {
		return payments.Account{}, payments.Money{Currency: ref.Currency}.Validate()
	}
	account, err := find(ctx, db, ref)
	if err == nil || fault.CodeOf(err) != fault.NotFound {
		return account, err
	}
	floor := int64(0)
	if ref.Unbounded() {
		floor = -payments.MaxBalance
	}
	offset := int64(0)
	if ref.Busy() {
		offset = busyOffset
	}
	_, err = db.Exec(ctx, `INSERT INTO payments.account
			(id, owner_type, owner_id, kind, currency, floor)
		VALUES (nextval('payments.account_id') + $1, $2, $3, $4, $5, $6)
		ON CONFLICT (owner_type, owner_id, kind, currency) DO NOTHING`,
		offset, ref.Owner.Type, ref.Owner.ID, ref.Kind, ref.Currency, floor)
	if err != nil {
		return payments.Account{}, fmt.Errorf("ledger: open account: %w", err)
	}
	return find(ctx, db, ref)
}

// Find returns the account with the reference. Returns NotFound when it was never opened.
func (l *Ledger) Find(ctx context.Context, ref payments.AccountRef) (payments.Account, error) {
	return find(ctx, l.pool, ref)
}

func find(ctx context.Context, db DB, ref payments.AccountRef) (payments.Account, error) {
	rows, err := db.Query(ctx, `SELECT id, currency, balance, held, coalesce(seq, 0), status
		FROM payments.account
		WHERE owner_type = $1 AND owner_id = $2 AND kind = $3 AND currency = $4`,
		ref.Owner.Type, ref.Owner.ID, ref.Kind, ref.Currency)
	if err != nil {
		return payments.Account{}, fmt.Errorf("ledger: find account: %w", err)
	}
	account, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[payments.Account])
	if errors.Is(err, pgx.ErrNoRows) {
		return account, payments.OutcomeNoAccount.Err()
	}
	if err != nil {
		return account, fmt.Errorf("ledger: find account: %w", err)
	}
	return account, nil
}

// Entries returns the statement of an account, newest line first, from the line before the given
// one (0 for the newest). An account that was never opened has no lines.
func (l *Ledger) Entries(
	ctx context.Context, ref payments.AccountRef, before int64, limit int,
) ([]payments.Entry, error) {
	account, err := l.Find(ctx, ref)
	if fault.CodeOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if before <= 0 {
		before = account.Seq + 1
	}
	rows, err := l.pool.Query(ctx, `
		SELECT p.seq, p.transfer_id, t.kind, p.amount, t.currency, p.balance_after, t.order_id,
			other.owner_type, other.owner_id, coalesce(o.payee_name, ''), t.created_at
		FROM payments.posting p
		JOIN payments.transfer t ON t.id = p.transfer_id
		JOIN payments.account other ON other.id =
			CASE WHEN p.amount < 0 THEN t.credit_id ELSE t.debit_id END
		LEFT JOIN payments.merchant_order o ON o.id = t.order_id
		WHERE p.account_id = $1 AND p.seq < $2
		ORDER BY p.seq DESC LIMIT $3`, account.ID, before, limit)
	if err != nil {
		return nil, fmt.Errorf("ledger: entries: %w", err)
	}
	entries, err := pgx.CollectRows(rows, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("ledger: entries: %w", err)
	}
	return entries, nil
}

func scanEntry(row pgx.CollectableRow) (e payments.Entry, err error) {
	var order *uuid.UUID
	err = row.Scan(&e.Seq, &e.TransferID, &e.Kind, &e.Amount, &e.Currency, &e.BalanceAfter, &order,
		&e.Counterparty.Type, &e.Counterparty.ID, &e.PayeeName, &e.CreatedAt)
	if order != nil {
		e.OrderID = *order
	}
	return e, err
}
