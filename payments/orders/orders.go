// Package orders keeps the orders of merchants, and lets users pay them.
//
// An order is pending until it is paid, closed by its merchant, or expired. Which of these comes
// first is decided under the lock of the order's row, in the transaction that moves the money and
// queues the job that announces the payment. So an order is never paid without its money, and a
// payment that did not happen is never announced.
package orders

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

// Service manages the orders of one installation. It is safe for concurrent use.
type Service struct {
	pool *pgxpool.Pool
	jobs *river.Client[pgx.Tx]
	pins payments.PINVerifier
}

// New returns the orders in the database of pool. Jobs are inserted through the client, which need
// not work them.
func New(pool *pgxpool.Pool, jobs *river.Client[pgx.Tx], pins payments.PINVerifier) *Service {
	return &Service{pool: pool, jobs: jobs, pins: pins}
}

// PaidArgs is the job that announces a paid order. The package that notifies user and merchant has
// its worker; it runs at least once for each paid order.
type PaidArgs struct {
	OrderID uuid.UUID `json:"order_id"`
}

// Kind implements river.JobArgs.
func (PaidArgs) Kind() string { return "order_paid" }

// Create makes an order, or returns the existing one if the app already requested the same order
// under the same number. Returns Invalid for a bad field and Conflict "out-trade-no-used" when the
// number was used for another order.
func (s *Service) Create(ctx context.Context, n payments.NewOrder) (payments.Order, error) {
	if err := n.Validate(); err != nil {
		return payments.Order{}, err
	}
	life := n.Life
	if life == 0 {
		life = payments.DefaultOrderLife
	}
	id, err := uuid.NewV7()
	if err != nil {
		return payments.Order{}, fmt.Errorf("orders: %w", err)
	}
	payee, err := ledger.OpenIn(ctx, s.pool, payments.Merchant(n.PayeeID, n.Money.Currency))
	if err != nil {
		return payments.Order{}, err
	}
	fingerprint := n.Fingerprint()
	_, err = s.pool.Exec(ctx, `INSERT INTO payments.merchant_order
			(id, app_id, out_trade_no, fingerprint, description, attach, amount, currency,
			payee_account_id, payee_id, payee_name, open_id, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, nullif($12, ''),
			now() + $13::bigint * interval '1 millisecond')
		ON CONFLICT (app_id, out_trade_no) DO NOTHING`,
		id, n.AppID, n.OutTradeNo, fingerprint[:], n.Description, n.Attach, n.Money.Amount,
		n.Money.Currency, payee.ID, n.PayeeID, n.PayeeName, n.OpenID, life.Milliseconds())
	if err != nil {
		return payments.Order{}, fmt.Errorf("orders: create: %w", err)
	}
	// The order may be a new or an earlier one: the fingerprint says whether it is the same.
	rows, err := s.pool.Query(ctx, `SELECT `+columns+`, fingerprint = $3 AS same
		FROM payments.merchant_order WHERE app_id = $1 AND out_trade_no = $2`,
		n.AppID, n.OutTradeNo, fingerprint[:])
	if err != nil {
		return payments.Order{}, fmt.Errorf("orders: create: %w", err)
	}
	type found struct {
		order payments.Order
		same  bool
	}
	got, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (f found, err error) {
		f.order, err = scan(row, &f.same)
		return f, err
	})
	if err != nil {
		return payments.Order{}, fmt.Errorf("orders: create: %w", err)
	}
	if !got.same {
		return payments.Order{}, fault.Errorf(fault.Conflict, "out-trade-no-used",
			"out_trade_no %q was already used for an order with other content; choose a new number.",
			n.OutTradeNo)
	}
	return got.order, nil
}

// columns are read by scan. An order whose time is over reads as expired even before the expiry job
// has marked it.
const columns = `id, app_id, out_trade_no, description, attach, amount, currency,
	payee_account_id, payee_id, payee_name, coalesce(open_id, ''), ` + stateNow + `,
	coalesce(payer_id, ''), coalesce(paid_transfer_id, 0), created_at, expires_at, paid_at`

// stateNow is the state that an order reads as.
const stateNow = `CASE WHEN state = 'pending' AND expires_at <= now() THEN 'expired' ELSE state END`

func scan(row pgx.CollectableRow, more ...any) (o payments.Order, err error) {
	into := []any{&o.ID, &o.AppID, &o.OutTradeNo, &o.Description, &o.Attach, &o.Money.Amount,
		&o.Money.Currency, &o.PayeeAccountID, &o.PayeeID, &o.PayeeName, &o.OpenID, &o.State,
		&o.PayerID, &o.TransferID, &o.CreatedAt, &o.ExpiresAt, &o.PaidAt}
	return o, row.Scan(append(into, more...)...)
}

func scanOrder(row pgx.CollectableRow) (payments.Order, error) { return scan(row) }

func (s *Service) one(ctx context.Context, where string, args ...any) (payments.Order, error) {
	rows, err := s.pool.Query(ctx,
		`SELECT `+columns+` FROM payments.merchant_order WHERE `+where, args...)
	if err != nil {
		return payments.Order{}, fmt.Errorf("orders: %w", err)
	}
	order, err := pgx.CollectExactlyOneRow(rows, scanOrder)
	if errors.Is(err, pgx.ErrNoRows) {
		return order, payments.OutcomeNoOrder.Err()
	}
	if err != nil {
		return order, fmt.Errorf("orders: %w", err)
	}
	return order, nil
}

// Get returns an order. The caller checks who may see it. Returns NotFound.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (payments.Order, error) {
	return s.one(ctx, `id = $1`, id)
}

// ByTradeNo returns the order with the merchant's number. Returns NotFound.
func (s *Service) ByTradeNo(ctx context.Context, appID, no string) (payments.Order, error) {
	if payments.ValidTradeNo(no) != nil {
		return payments.Order{}, payments.OutcomeNoOrder.Err()
	}
	return s.one(ctx, `app_id = $1 AND out_trade_no = $2`, appID, no)
}

// List returns the orders of an app in a state, or in any when it is empty, newest first, from the
// one before the cursor.
func (s *Service) List(
	ctx context.Context, appID string, state payments.OrderState, before Cursor, limit int,
) ([]payments.Order, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+columns+` FROM payments.merchant_order
		WHERE app_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
		AND ($5 = '' OR `+stateNow+` = $5)
		ORDER BY created_at DESC, id DESC LIMIT $4`, appID, before.at(), before.ID, limit, string(state))
	if err != nil {
		return nil, fmt.Errorf("orders: list: %w", err)
	}
	orders, err := pgx.CollectRows(rows, scanOrder)
	if err != nil {
		return nil, fmt.Errorf("orders: list: %w", err)
	}
	return orders, nil
}

// Cursor is a place in a list of orders; the zero Cursor is its beginning.
type Cursor struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

func (c Cursor) at() *time.Time {
	if c.CreatedAt.IsZero() {
		return nil
	}
	return &c.CreatedAt
}

// Pay pays an order from the payer's wallet, once. The PIN is checked first, each time, and is not
// part of the key's fingerprint. Returns the faults of payments.PINVerifier, Conflict "order-paid",
// "order-closed", "order-expired", "insufficient-funds", and NotFound for an order that does not
// exist or was made for another user.
func (s *Service) Pay(ctx context.Context, p payments.Payment) (payments.Order, error) {
	if err := s.pins.VerifyPIN(ctx, p.PayerID, p.PIN); err != nil {
		return payments.Order{}, err
	}
	err := ledger.Retry(ctx, func() error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return s.pay(ctx, tx, p) })
	})
	if err != nil && !errors.Is(err, errReplayed) {
		return payments.Order{}, err
	}
	return s.Get(ctx, p.OrderID)
}

// errReplayed rolls back the announcement of a payment that was made before.
var errReplayed = errors.New("orders: paid before, with this key")

// pay announces the payment and makes it. The announcement comes first, to shorten the locks: once
// the money moves, the rows of payer and payee are locked until the commit, and many customers wait
// for the row of a busy merchant. Without a payment the transaction rolls back the announcement.
func (s *Service) pay(ctx context.Context, tx pgx.Tx, p payments.Payment) error {
	if _, err := s.jobs.InsertTx(ctx, tx, PaidArgs{OrderID: p.OrderID}, nil); err != nil {
		return fmt.Errorf("orders: announce: %w", err)
	}
	receipt, err := ledger.PayOrder(ctx, tx, p)
	if err == nil && receipt.Replayed {
		return errReplayed
	}
	return err
}

// Close closes a pending order of an app so that nobody can pay it any more. Closing a closed or
// expired order changes nothing; a paid one is Conflict "order-paid".
func (s *Service) Close(ctx context.Context, appID string, id uuid.UUID) (payments.Order, error) {
	// The update waits for a payment in progress and then sees its result.
	_, err := s.pool.Exec(ctx, `UPDATE payments.merchant_order
		SET state = 'closed', closed_at = now()
		WHERE id = $1 AND app_id = $2 AND state = 'pending' AND expires_at > now()`, id, appID)
	if err != nil {
		return payments.Order{}, fmt.Errorf("orders: close: %w", err)
	}
	order, err := s.one(ctx, `id = $1 AND app_id = $2`, id, appID)
	if err == nil && order.State == payments.OrderPaid {
		return order, payments.OutcomeOrderPaid.Err()
	}
	return order, err
}
