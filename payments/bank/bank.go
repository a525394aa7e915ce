// Package bank moves money between the ledger and a bank.
//
// Every move has two phases, because a bank decides asynchronously. First the move is stored as
// pending and the bank gets an instruction; later the bank's decision settles or refuses the move.
// A crash or the bank may repeat both. The move's ID and the bank's reference make both phases
// idempotent.
package bank

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/ledger"
)

// Bank is where users' money comes from.
type Bank interface {
	// Name is stable, short and stored with every move, e.g. "sandbox".
	Name() string
	// Collect asks the bank to take money from its customer for the platform. It is idempotent by
	// Ref. The decision comes later, through Moves.Decide.
	Collect(ctx context.Context, in Instruction) error
}

// Instruction is a request to a bank.
type Instruction struct {
	Ref        uuid.UUID // our reference: the move's ID
	CustomerID string    // the bank's customer: our user
	Money      payments.Money
}

// Decision is the bank's answer. It may come at any later time and several times.
type Decision struct {
	Ref     uuid.UUID      // our reference
	BankRef string         // the bank's own reference, unique at the bank; a refusal may have none
	Money   payments.Money // what the bank moved, according to the bank
	Settled bool           // true: the money was moved; false: the bank refused
	Reason  string         // of a refusal, as a stable slug
}

// State is the state of a move.
type State string

// The states of a move.
const (
	Pending State = "pending"
	Settled State = "settled"
	Refused State = "refused"
)

// Move is one movement of money between a bank and the ledger.
type Move struct {
	ID        uuid.UUID
	UserID    string
	Money     payments.Money
	State     State
	Reason    string // of a refusal
	CreatedAt time.Time
	SettledAt *time.Time
}

// Moves manages the moves of one installation. It is safe for concurrent use.
type Moves struct {
	pool    *pgxpool.Pool
	jobs    *river.Client[pgx.Tx]
	bank    Bank
	decided func(context.Context, Move)
}

// NewMoves returns the moves to and from one bank. decided is called after each decision is
// committed, as a notification: it may be called twice or, after a crash, never.
func NewMoves(
	pool *pgxpool.Pool, jobs *river.Client[pgx.Tx], bank Bank, decided func(context.Context, Move),
) *Moves {
	return &Moves{pool: pool, jobs: jobs, bank: bank, decided: decided}
}

// TopUp asks the bank for a user's money, once per key, and returns the pending move.
func (m *Moves) TopUp(
	ctx context.Context, userID string, money payments.Money, idempotencyKey string,
) (Move, error) {
	if err := money.Validate(); err != nil {
		return Move{}, err
	}
	key := payments.Key{Client: "user:" + userID, Endpoint: "top-ups", Value: idempotencyKey,
		Fingerprint: payments.Fingerprint(money.Amount, money.Currency)}
	var move Move
	err := ledger.Retry(ctx, func() error {
		return pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) (err error) {
			request, replay, err := ledger.BeginRequest(ctx, tx, key)
			if err != nil {
				return err
			}
			if !replay {
				if err := m.begin(ctx, tx, request, userID, money); err != nil {
					return err
				}
			}
			move, err = one(ctx, tx, `request_id = $1`, request)
			return err
		})
	})
	return move, err
}

// begin stores the pending move and queues the job that asks the bank.
func (m *Moves) begin(
	ctx context.Context, tx pgx.Tx, request int64, userID string, money payments.Money,
) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("bank: %w", err)
	}
	wallet, err := ledger.OpenIn(ctx, tx, payments.Wallet(userID, money.Currency))
	if err != nil {
		return err
	}
	// The bank would pay money that could not be booked here.
	if wallet.Status != payments.StatusOpen {
		return payments.OutcomeAccountFrozen.Err()
	}
	if wallet.Balance > payments.MaxBalance-money.Amount {
		return payments.OutcomeBalanceLimit.Err()
	}
	clearing, err := ledger.OpenIn(ctx, tx, payments.BankClearing(m.bank.Name(), money.Currency))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO payments.bank_move
			(id, request_id, direction, bank, owner_id, account_id, clearing_id, currency, amount)
		VALUES ($1, $2, 'in', $3, $4, $5, $6, $7, $8)`,
		id, request, m.bank.Name(), userID, wallet.ID, clearing.ID, money.Currency, money.Amount)
	if err != nil {
		return fmt.Errorf("bank: top up: %w", err)
	}
	if _, err := m.jobs.InsertTx(ctx, tx, CollectArgs{MoveID: id}, nil); err != nil {
		return fmt.Errorf("bank: top up: %w", err)
	}
	return nil
}

// Get returns a move of a user. Returns NotFound for a move that does not exist or belongs to
// another user.
func (m *Moves) Get(ctx context.Context, userID string, id uuid.UUID) (Move, error) {
	return one(ctx, m.pool, `id = $1 AND owner_id = $2`, id, userID)
}

func one(ctx context.Context, db ledger.DB, where string, args ...any) (Move, error) {
	rows, err := db.Query(ctx, `SELECT id, owner_id, amount, currency, state, coalesce(reason, ''),
		created_at, settled_at FROM payments.bank_move WHERE `+where, args...)
	if err != nil {
		return Move{}, fmt.Errorf("bank: %w", err)
	}
	move, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (v Move, err error) {
		return v, row.Scan(&v.ID, &v.UserID, &v.Money.Amount, &v.Money.Currency, &v.State, &v.Reason,
			&v.CreatedAt, &v.SettledAt)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return move, fault.Errorf(fault.NotFound, "no-top-up", "There is no such top-up.")
	}
	if err != nil {
		return move, fmt.Errorf("bank: %w", err)
	}
	return move, nil
}

// Decide books the bank's decision. The same decision again changes nothing. A decision that
// contradicts the books (another amount, another currency, a refusal of a settled move) is refused
// with Conflict and needs reconciliation.
func (m *Moves) Decide(ctx context.Context, d Decision) error {
	var move Move
	err := ledger.Retry(ctx, func() error {
		return pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) (err error) {
			move, err = m.decide(ctx, tx, d)
			return err
		})
	})
	if err != nil {
		return err
	}
	m.decided(ctx, move)
	return nil
}

func (m *Moves) decide(ctx context.Context, tx pgx.Tx, d Decision) (Move, error) {
	var wallet, clearing int64
	var bankRef string
	err := tx.QueryRow(ctx, `SELECT account_id, clearing_id, coalesce(bank_ref, '')
		FROM payments.bank_move WHERE id = $1 AND bank = $2 FOR UPDATE`,
		d.Ref, m.bank.Name()).Scan(&wallet, &clearing, &bankRef)
	if errors.Is(err, pgx.ErrNoRows) {
		return Move{}, fault.Errorf(fault.NotFound, "no-top-up", "There is no such top-up.")
	}
	if err != nil {
		return Move{}, fmt.Errorf("bank: decide: %w", err)
	}
	move, err := one(ctx, tx, `id = $1`, d.Ref)
	if err != nil {
		return Move{}, err
	}
	state := Refused
	if d.Settled {
		state = Settled
	}
	if move.Money != d.Money || move.State != Pending && (move.State != state || bankRef != d.BankRef) {
		return Move{}, fault.Errorf(fault.Conflict, "bank-contradiction",
			"The bank's decision does not fit the move %s; reconcile it by hand.", d.Ref)
	}
	if move.State != Pending {
		return move, nil
	}
	var transferID *int64
	if d.Settled {
		receipt, err := ledger.TransferIn(ctx, tx, payments.Transfer{
			Key: payments.Key{Client: "bank:" + m.bank.Name(), Endpoint: "settle", Value: d.BankRef,
				Fingerprint: payments.Fingerprint(d.Ref)},
			Kind: payments.KindTopUp, Debit: clearing, Credit: wallet, Money: d.Money})
		if err != nil {
			return Move{}, err
		}
		transferID = &receipt.TransferID
	}
	_, err = tx.Exec(ctx, `UPDATE payments.bank_move
		SET state = $2, bank_ref = nullif($3, ''), reason = nullif($4, ''), transfer_id = $5, settled_at = now()
		WHERE id = $1`, d.Ref, state, d.BankRef, d.Reason, transferID)
	if err != nil {
		return Move{}, fmt.Errorf("bank: decide: %w", err)
	}
	return one(ctx, tx, `id = $1`, d.Ref)
}
