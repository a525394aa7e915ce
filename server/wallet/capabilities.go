package wallet

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/server/bridge"
)

// scopePayment is the scope that an app needs to request payments.
const scopePayment = "payment"

// Capabilities are the bridge's capabilities about money, for apps and their servers.
func (s *Service) Capabilities() []bridge.Capability {
	return []bridge.Capability{
		bridge.Define(bridge.Capability{Name: "orders.create", Scope: scopePayment,
			Callers: bridge.AccountServer, Reach: bridge.ReachNamed, PerMinute: ordersPerMinute,
			Summary: "Make an order and get the parameters for wx.requestPayment. " +
				"The same out_trade_no with the same content returns the same order.",
			SummaryZH: "创建订单并获取 wx.requestPayment 参数。",
		}, s.createOrder),
		bridge.Define(bridge.Capability{Name: "orders.get", Scope: scopePayment,
			Callers: bridge.AccountServer, Reach: bridge.ReachNone, PerMinute: ordersPerMinute,
			Summary:   "Read an order by order_id or out_trade_no.",
			SummaryZH: "查询订单。",
		}, s.getOrder),
		bridge.Define(bridge.Capability{Name: "orders.close", Scope: scopePayment,
			Callers: bridge.AccountServer, Reach: bridge.ReachNone, PerMinute: ordersPerMinute,
			Summary:   "Close a pending order so that it can no longer be paid.",
			SummaryZH: "关闭未支付的订单。",
		}, s.closeOrder),
		bridge.Define(bridge.Capability{Name: "order.prepare", Scope: scopePayment,
			Callers: bridge.AppSession, PerMinute: preparePerMinute,
			Summary:   "Ask the user to pay an order of this app; the platform's own sheet confirms it.",
			SummaryZH: "请求用户支付订单，由平台支付面板确认。",
		}, s.prepareOrder),
	}
}

type createOrderIn struct {
	OutTradeNo  string `json:"out_trade_no" doc:"Your own number, 6 to 32 characters, unique for the app"`
	Description string `json:"description" doc:"What the customer pays for, up to 127 characters"`
	Amount      int64  `json:"amount" doc:"Minor units of the currency (fen)"`
	Currency    string `json:"currency,omitempty" doc:"ISO 4217; absent means the platform's"`
	OpenID      string `json:"open_id,omitempty" doc:"The only user who may pay; absent means any user"`
	Attach      string `json:"attach,omitempty" doc:"Returned to you unchanged, up to 128 bytes"`
	ExpiresIn   int64  `json:"expires_in,omitempty" doc:"Seconds until it can no longer be paid; absent means two hours"`
}

// Person implements bridge.Named: who alone may pay.
func (in createOrderIn) Person() string { return in.OpenID }

type createOrderOut struct {
	OrderID uuid.UUID           `json:"order_id"`
	State   payments.OrderState `json:"state"`
	Pay     PayParams           `json:"pay"`
}

func (s *Service) createOrder(
	ctx context.Context, caller bridge.Caller, in createOrderIn,
) (createOrderOut, error) {
	if in.Currency == "" {
		in.Currency = s.currency
	}
	if in.OpenID != "" {
		if _, err := s.directory.UserOf(ctx, caller.AppID, in.OpenID); err != nil {
			if fault.CodeOf(err) != fault.NotFound {
				return createOrderOut{}, err
			}
			return createOrderOut{}, fault.Errorf(fault.Invalid, "unknown-open-id",
				"open_id is not one of this app's users.").Because(err)
		}
	}
	if in.ExpiresIn < 0 || in.ExpiresIn > int64(payments.MaxOrderLife/time.Second) {
		return createOrderOut{}, fault.Errorf(fault.Invalid, "bad-expiry",
			"expires_in must be %d to %d seconds.", int64(payments.MinOrderLife/time.Second),
			int64(payments.MaxOrderLife/time.Second))
	}
	payee, err := s.directory.PayeeOfApp(ctx, caller.AppID)
	if err != nil {
		return createOrderOut{}, err
	}
	order, err := s.orders.Create(ctx, payments.NewOrder{AppID: caller.AppID,
		OutTradeNo: in.OutTradeNo, Description: in.Description, Attach: in.Attach,
		Money:   payments.Money{Amount: in.Amount, Currency: in.Currency},
		PayeeID: payee.ID.String(), PayeeName: payee.Name, OpenID: in.OpenID,
		Life: time.Duration(in.ExpiresIn) * time.Second})
	if err != nil {
		return createOrderOut{}, err
	}
	return createOrderOut{OrderID: order.ID, State: order.State,
		Pay: s.signPay(caller.AppID, order.ID)}, nil
}

// orderRef identifies an order by either number.
type orderRef struct {
	OrderID    string `json:"order_id,omitempty"`
	OutTradeNo string `json:"out_trade_no,omitempty"`
}

// ownOrder returns an order of the calling app, NotFound for any other, Invalid when none is named.
func (s *Service) ownOrder(ctx context.Context, appID string, ref orderRef) (payments.Order, error) {
	if ref == (orderRef{}) {
		return payments.Order{}, fault.Errorf(fault.Invalid, "no-order-number",
			"Name the order by its order_id or its out_trade_no.")
	}
	if ref.OrderID == "" {
		return s.orders.ByTradeNo(ctx, appID, ref.OutTradeNo)
	}
	id, err := uuid.Parse(ref.OrderID)
	if err != nil {
		return payments.Order{}, payments.OutcomeNoOrder.Err()
	}
	order, err := s.orders.Get(ctx, id)
	if err != nil {
		return order, err
	}
	if order.AppID != appID {
		return payments.Order{}, payments.OutcomeNoOrder.Err()
	}
	return order, nil
}

func (s *Service) getOrder(
	ctx context.Context, caller bridge.Caller, in orderRef,
) (MerchantOrder, error) {
	order, err := s.ownOrder(ctx, caller.AppID, in)
	if err != nil {
		return MerchantOrder{}, err
	}
	return s.merchantView(ctx, order)
}

func (s *Service) closeOrder(
	ctx context.Context, caller bridge.Caller, in orderRef,
) (MerchantOrder, error) {
	order, err := s.ownOrder(ctx, caller.AppID, in)
	if err != nil {
		return MerchantOrder{}, err
	}
	if order, err = s.orders.Close(ctx, caller.AppID, order.ID); err != nil {
		return MerchantOrder{}, err
	}
	return s.merchantView(ctx, order)
}

func (s *Service) prepareOrder(
	ctx context.Context, caller bridge.Caller, in PayParams,
) (Order, error) {
	id, err := s.checkPay(caller.AppID, in)
	if err != nil {
		return Order{}, err
	}
	order, err := s.ownOrder(ctx, caller.AppID, orderRef{OrderID: id.String()})
	if err != nil {
		return Order{}, err
	}
	if err := s.mayPay(ctx, caller.UserID, order); err != nil {
		return Order{}, err
	}
	if err := payable(order); err != nil {
		return Order{}, err
	}
	return s.view(ctx, order)
}
