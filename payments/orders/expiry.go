package orders

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"

	"github.com/teahouse/teahouse/payments/ledger"
)

// ExpireArgs is the periodic job that marks expired orders and holds.
type ExpireArgs struct{}

// Kind implements river.JobArgs.
func (ExpireArgs) Kind() string { return "orders_expire" }

type expireWorker struct {
	river.WorkerDefaults[ExpireArgs]
	orders *Service
	ledger *ledger.Ledger
}

func (w *expireWorker) Work(ctx context.Context, _ *river.Job[ExpireArgs]) error {
	if _, err := w.orders.Expire(ctx); err != nil {
		return err
	}
	_, err := w.ledger.ExpireHolds(ctx)
	return err
}

// Expire marks expired pending orders and returns how many.
func (s *Service) Expire(ctx context.Context) (int64, error) {
	tag, err := s.pool.Exec(ctx, `UPDATE payments.merchant_order SET state = 'expired', closed_at = now()
		WHERE id IN (SELECT id FROM payments.merchant_order
			WHERE state = 'pending' AND expires_at <= now()
			ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`, expiryBatch)
	if err != nil {
		return 0, fmt.Errorf("orders: expire: %w", err)
	}
	return tag.RowsAffected(), nil
}

// AddWorkers registers the expiry job.
func (s *Service) AddWorkers(workers *river.Workers) {
	river.AddWorker(workers, &expireWorker{orders: s, ledger: ledger.New(s.pool)})
}

// PeriodicJobs returns the jobs that the working job client must run periodically.
func (s *Service) PeriodicJobs() []*river.PeriodicJob {
	return []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(expiryInterval),
		func() (river.JobArgs, *river.InsertOpts) {
			return ExpireArgs{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: expiryInterval}}
		}, &river.PeriodicJobOpts{RunOnStart: true})}
}
