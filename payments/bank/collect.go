package bank

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// CollectArgs is the job that asks the bank for the money of a move.
type CollectArgs struct {
	MoveID uuid.UUID `json:"move_id"`
}

// Kind implements river.JobArgs.
func (CollectArgs) Kind() string { return "bank_collect" }

type collectWorker struct {
	river.WorkerDefaults[CollectArgs]
	moves *Moves
}

func (w *collectWorker) Work(ctx context.Context, job *river.Job[CollectArgs]) error {
	move, err := one(ctx, w.moves.pool, `id = $1`, job.Args.MoveID)
	if err != nil {
		return err
	}
	if move.State != Pending {
		return nil // already decided: an earlier run of this job reached the bank
	}
	err = w.moves.bank.Collect(ctx,
		Instruction{Ref: move.ID, CustomerID: move.UserID, Money: move.Money})
	if err != nil {
		return fmt.Errorf("bank: collect %s: %w", move.ID, err)
	}
	return nil
}

// AddWorkers registers the job that asks the bank.
func (m *Moves) AddWorkers(workers *river.Workers) {
	river.AddWorker(workers, &collectWorker{moves: m})
}
