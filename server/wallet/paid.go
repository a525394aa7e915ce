package wallet

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/orders"
	"github.com/teahouse/teahouse/payments/webhooks"
)

// paidWorker announces a paid order to the payer's clients, in the payer's conversation with the
// payee, and to the payee's server. It runs at least once, and each part is idempotent.
type paidWorker struct {
	river.WorkerDefaults[orders.PaidArgs]
	service *Service
}

// Work does all parts, even if one fails: the merchant's webhook must not wait for the chat.
func (w *paidWorker) Work(ctx context.Context, job *river.Job[orders.PaidArgs]) error {
	s := w.service
	order, err := s.orders.Get(ctx, job.Args.OrderID)
	if err != nil {
		return err
	}
	payer, err := uuid.Parse(order.PayerID)
	if err != nil {
		return fmt.Errorf("wallet: order %s was paid by %q: %w", order.ID, order.PayerID, err)
	}
	return errors.Join(
		s.pusher.Push(ctx, payer, walletEvent),
		s.sendReceipt(ctx, payer, order),
		s.notifyMerchant(ctx, order))
}

// receiptContent is the content of a receipt message.
type receiptContent struct {
	Title    string `json:"title"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	Payee    string `json:"payee"`
	OrderID  string `json:"order_id"`
	AppID    string `json:"app_id"`
}

func (s *Service) sendReceipt(ctx context.Context, payer uuid.UUID, order payments.Order) error {
	payee, err := uuid.Parse(order.PayeeID)
	if err != nil {
		return fmt.Errorf("wallet: order %s is for %q: %w", order.ID, order.PayeeID, err)
	}
	err = s.messenger.SendFromAccount(ctx, payee, payer, "receipt:"+order.ID.String(), "receipt",
		receiptContent{Title: order.Description, Amount: order.Money.Amount,
			Currency: order.Money.Currency, Payee: order.PayeeName, OrderID: order.ID.String(),
			AppID: order.AppID})
	if err != nil {
		return fmt.Errorf("wallet: receipt of order %s: %w", order.ID, err)
	}
	return nil
}

func (s *Service) notifyMerchant(ctx context.Context, order payments.Order) error {
	view, err := s.merchantView(ctx, order)
	if err != nil {
		return fmt.Errorf("wallet: webhook of order %s: %w", order.ID, err)
	}
	return s.hooks.Emit(ctx, webhooks.Event{AppID: order.AppID, Type: "order.paid",
		Subject: order.ID.String(), At: *order.PaidAt, Data: view})
}
