package wallet

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/bank"
	"github.com/teahouse/teahouse/payments/webhooks"
)

// Order is an order as a user sees it.
type Order struct {
	ID          uuid.UUID           `json:"id"`
	OutTradeNo  string              `json:"out_trade_no"`
	Description string              `json:"description"`
	Amount      int64               `json:"amount" doc:"Minor units"`
	Currency    string              `json:"currency"`
	State       payments.OrderState `json:"state" enum:"pending,paid,closed,expired"`
	Payee       Payee               `json:"payee"`
	AppID       string              `json:"app_id"`
	CreatedAt   time.Time           `json:"created_at"`
	ExpiresAt   time.Time           `json:"expires_at"`
	PaidAt      *time.Time          `json:"paid_at"`
}

// view shows the payee under the name at the time of the order, which the user agreed to. Orders
// stay visible after their app was deleted or taken down.
func (s *Service) view(ctx context.Context, o payments.Order) (Order, error) {
	payee, err := s.payee(ctx, o)
	if err != nil {
		return Order{}, err
	}
	return orderView(o, payee), nil
}

func (s *Service) payee(ctx context.Context, o payments.Order) (Payee, error) {
	payee, err := s.directory.PayeeOfApp(ctx, o.AppID)
	if fault.CodeOf(err) == fault.NotFound {
		payee.ID, err = uuid.Parse(o.PayeeID)
	}
	payee.Name = o.PayeeName
	return payee, err
}

func orderView(o payments.Order, payee Payee) Order {
	return Order{ID: o.ID, OutTradeNo: o.OutTradeNo, Description: o.Description,
		Amount: o.Money.Amount, Currency: o.Money.Currency, State: o.State, Payee: payee,
		AppID: o.AppID, CreatedAt: o.CreatedAt, ExpiresAt: o.ExpiresAt, PaidAt: o.PaidAt}
}

// MerchantOrder is an order as the server of its app sees it.
type MerchantOrder struct {
	OrderID       uuid.UUID           `json:"order_id"`
	OutTradeNo    string              `json:"out_trade_no"`
	Description   string              `json:"description"`
	Attach        string              `json:"attach"`
	Amount        int64               `json:"amount"`
	Currency      string              `json:"currency"`
	State         payments.OrderState `json:"state" enum:"pending,paid,closed,expired"`
	OpenID        string              `json:"open_id,omitempty" doc:"The user who paid, or the only one who may pay"`
	TransactionID string              `json:"transaction_id,omitempty" doc:"The ledger's number of the payment"`
	CreatedAt     time.Time           `json:"created_at"`
	ExpiresAt     time.Time           `json:"expires_at"`
	PaidAt        *time.Time          `json:"paid_at"`
}

// merchantView identifies the payer only by the open ID, which the app may know.
func (s *Service) merchantView(ctx context.Context, o payments.Order) (MerchantOrder, error) {
	m := MerchantOrder{OrderID: o.ID, OutTradeNo: o.OutTradeNo, Description: o.Description,
		Attach: o.Attach, Amount: o.Money.Amount, Currency: o.Money.Currency, State: o.State,
		OpenID: o.OpenID, CreatedAt: o.CreatedAt, ExpiresAt: o.ExpiresAt, PaidAt: o.PaidAt}
	if o.State != payments.OrderPaid {
		return m, nil
	}
	m.TransactionID = strconv.FormatInt(o.TransferID, 10)
	payer, err := uuid.Parse(o.PayerID)
	if err != nil {
		return m, err
	}
	m.OpenID, err = s.directory.OpenID(ctx, o.AppID, payer)
	return m, err
}

// Wallet is the state of a user's wallet.
type Wallet struct {
	Currency string `json:"currency"`
	Balance  int64  `json:"balance" doc:"Minor units, held ones included"`
	Held     int64  `json:"held" doc:"The part of the balance that is set aside"`
	HasPIN   bool   `json:"has_pin"`
}

// Entry is a line of a user's statement. The client makes the text in its language from kind and
// title.
type Entry struct {
	ID           string                `json:"id"`
	CreatedAt    time.Time             `json:"created_at"`
	Kind         payments.TransferKind `json:"kind" enum:"payment,top_up,withdrawal,refund,fee,transfer,reversal"`
	Title        string                `json:"title" doc:"The other side's name"`
	Amount       int64                 `json:"amount" doc:"Signed minor units; negative left the wallet"`
	Currency     string                `json:"currency"`
	BalanceAfter int64                 `json:"balance_after"`
	OrderID      *uuid.UUID            `json:"order_id"`
}

// bankTitle is the simulator's name, which makes clear that its money is not real.
var bankTitle = fault.Textf("Sandbox bank")

func entryView(e payments.Entry, language string) Entry {
	v := Entry{ID: strconv.FormatInt(e.Seq, 10), CreatedAt: e.CreatedAt, Kind: e.Kind,
		Title: e.PayeeName, Amount: e.Amount, Currency: e.Currency, BalanceAfter: e.BalanceAfter}
	if e.Counterparty.Type == payments.OwnerPlatform {
		v.Title = bankTitle.In(language)
	}
	if e.OrderID != uuid.Nil {
		v.OrderID = &e.OrderID
	}
	return v
}

// TopUp is a transfer from the bank to the wallet.
type TopUp struct {
	ID        uuid.UUID  `json:"id"`
	State     bank.State `json:"state" enum:"pending,settled,refused"`
	Amount    int64      `json:"amount"`
	Currency  string     `json:"currency"`
	Reason    string     `json:"reason,omitempty" doc:"Why the bank refused, as a slug"`
	CreatedAt time.Time  `json:"created_at"`
	SettledAt *time.Time `json:"settled_at"`
}

func topUpView(m bank.Move) TopUp {
	return TopUp{ID: m.ID, State: m.State, Amount: m.Money.Amount, Currency: m.Money.Currency,
		Reason: m.Reason, CreatedAt: m.CreatedAt, SettledAt: m.SettledAt}
}

// Delivery is the delivery of a webhook event to an app's server.
type Delivery struct {
	ID          uuid.UUID          `json:"id"`
	EventID     string             `json:"event_id" doc:"The webhook-id header"`
	Type        string             `json:"type"`
	Subject     string             `json:"subject" doc:"What the event is about, such as an order ID"`
	State       webhooks.State     `json:"state" enum:"pending,delivered,failed"`
	Attempts    int                `json:"attempts"`
	NextAt      *time.Time         `json:"next_at"`
	CreatedAt   time.Time          `json:"created_at"`
	DeliveredAt *time.Time         `json:"delivered_at"`
	Log         []webhooks.Attempt `json:"log" doc:"The last attempts, newest first"`
}
