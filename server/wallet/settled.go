package wallet

import (
	"context"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
)

// Paid reports whether the user has paid the order. It is false for an order that does not exist or
// that another user has paid.
func (s *Service) Paid(ctx context.Context, userID, orderID uuid.UUID) (bool, error) {
	order, err := s.orders.Get(ctx, orderID)
	if fault.CodeOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return order.State == payments.OrderPaid && order.PayerID == userID.String(), nil
}
