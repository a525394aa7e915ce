// Package sandboxbank simulates a bank, for installations without a real one.
//
// It behaves like a bank in the relevant points: it accepts an instruction at once and decides
// later, keeps its own books in its own schema, refuses what its customer cannot pay, and may
// repeat a decision after a crash. Its money is play money: every new customer gets some.
package sandboxbank

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/bank"
)

// Name is the bank's name in the books.
const Name = "sandbox"

// Bank is the simulator. It is safe for concurrent use.
type Bank struct {
	pool   *pgxpool.Pool
	jobs   *river.Client[pgx.Tx]
	delay  time.Duration
	decide func(context.Context, bank.Decision) error
}

var _ bank.Bank = (*Bank)(nil)

// New returns a bank that decides after delay.
func New(pool *pgxpool.Pool, jobs *river.Client[pgx.Tx], delay time.Duration) *Bank {
	return &Bank{pool: pool, jobs: jobs, delay: delay}
}

// Notify sets the receiver of the bank's decisions. It must be called before jobs are worked.
func (b *Bank) Notify(decide func(context.Context, bank.Decision) error) { b.decide = decide }

// Name implements bank.Bank.
func (b *Bank) Name() string { return Name }

// Collect implements bank.Bank: it stores the instruction and decides later.
func (b *Bank) Collect(ctx context.Context, in bank.Instruction) error {
	currency, ok := payments.LookupCurrency(in.Money.Currency)
	if !ok {
		return in.Money.Validate()
	}
	opening := int64(openingBalance)
	for range currency.Exponent {
		opening *= 10
	}
	return pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO sandboxbank.customer (id, currency, balance)
			VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, in.CustomerID, in.Money.Currency, opening)
		if err != nil {
			return fmt.Errorf("sandboxbank: %w", err)
		}
		tag, err := tx.Exec(ctx, `INSERT INTO sandboxbank.instruction
				(ref, bank_ref, customer_id, currency, amount)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT (ref) DO NOTHING`,
			in.Ref.String(), "SBX-"+uuid.NewString(), in.CustomerID, in.Money.Currency, in.Money.Amount)
		if err != nil {
			return fmt.Errorf("sandboxbank: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil // a repeated instruction; the decision will come
		}
		if _, err := b.jobs.InsertTx(ctx, tx, DecideArgs{Ref: in.Ref}, nil); err != nil {
			return fmt.Errorf("sandboxbank: %w", err)
		}
		return nil
	})
}

// DecideArgs is the job in which the bank decides about an instruction and notifies the platform.
type DecideArgs struct {
	Ref uuid.UUID `json:"ref"`
}

// Kind implements river.JobArgs.
func (DecideArgs) Kind() string { return "sandboxbank_decide" }

type decideWorker struct {
	river.WorkerDefaults[DecideArgs]
	bank *Bank
}

// Work decides once and repeats the notification until it succeeds.
func (w *decideWorker) Work(ctx context.Context, job *river.Job[DecideArgs]) error {
	if w.bank.decide == nil {
		return errors.New("sandboxbank: Notify was not called")
	}
	// The delay is here and not in a scheduled job: a scheduled job waits for the queue's next
	// round, up to five seconds.
	delay := time.NewTimer(time.Until(job.CreatedAt.Add(w.bank.delay)))
	defer delay.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-delay.C:
	}
	var decision bank.Decision
	err := pgx.BeginFunc(ctx, w.bank.pool, func(tx pgx.Tx) (err error) {
		decision, err = settle(ctx, tx, job.Args.Ref)
		return err
	})
	if err != nil {
		return fmt.Errorf("sandboxbank: decide %s: %w", job.Args.Ref, err)
	}
	return w.bank.decide(ctx, decision)
}

// settle decides about an instruction in the bank's own books, or returns the earlier decision.
func settle(ctx context.Context, tx pgx.Tx, ref uuid.UUID) (bank.Decision, error) {
	d := bank.Decision{Ref: ref}
	var customer, state string
	err := tx.QueryRow(ctx, `SELECT bank_ref, customer_id, currency, amount, state, coalesce(reason, '')
		FROM sandboxbank.instruction WHERE ref = $1 FOR UPDATE`, ref.String(),
	).Scan(&d.BankRef, &customer, &d.Money.Currency, &d.Money.Amount, &state, &d.Reason)
	if err != nil {
		return d, err
	}
	d.Settled = state == "settled"
	if state != "accepted" {
		return d, nil
	}
	tag, err := tx.Exec(ctx, `UPDATE sandboxbank.customer SET balance = balance - $3
		WHERE id = $1 AND currency = $2 AND balance >= $3`, customer, d.Money.Currency, d.Money.Amount)
	if err != nil {
		return d, err
	}
	state, d.Settled = "settled", true
	if tag.RowsAffected() == 0 {
		state, d.Settled, d.Reason = "refused", false, "insufficient-funds-at-bank"
	}
	_, err = tx.Exec(ctx, `UPDATE sandboxbank.instruction
		SET state = $2, reason = nullif($3, ''), decided_at = now() WHERE ref = $1`,
		ref.String(), state, d.Reason)
	return d, err
}

// AddWorkers registers the job in which the bank decides.
func (b *Bank) AddWorkers(workers *river.Workers) {
	river.AddWorker(workers, &decideWorker{bank: b})
}
