package wallet

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
)

// Routes adds the operations on money.
func (s *Service) Routes(api huma.API, _ fiber.Router) {
	wallet := []string{"Wallet"}
	huma.Register(api, huma.Operation{OperationID: "get-wallet", Method: http.MethodGet,
		Path: "/api/v1/wallet", Summary: "Read the wallet", Tags: wallet,
		Security: auth.AsUser}, s.handleWallet)
	huma.Register(api, huma.Operation{OperationID: "list-wallet-entries", Method: http.MethodGet,
		Path: "/api/v1/wallet/entries", Summary: "Read the statement, newest line first", Tags: wallet,
		Security: auth.AsUser}, s.handleEntries)
	huma.Register(api, huma.Operation{OperationID: "top-up", Method: http.MethodPost,
		Path: "/api/v1/wallet/top-ups", Summary: "Ask the bank for money", Tags: wallet,
		Description:   "Returns a pending top-up at once; the bank decides a little later.",
		DefaultStatus: http.StatusAccepted, Security: auth.AsUser}, s.handleTopUp)
	huma.Register(api, huma.Operation{OperationID: "get-top-up", Method: http.MethodGet,
		Path: "/api/v1/wallet/top-ups/{id}", Summary: "Read a top-up", Tags: wallet,
		Security: auth.AsUser}, s.handleGetTopUp)
	huma.Register(api, huma.Operation{OperationID: "set-pin", Method: http.MethodPut,
		Path: "/api/v1/me/pin", Summary: "Set or change the payment PIN", Tags: wallet,
		Description: "Needs the account's password. Unlocks a wallet that wrong PINs have locked.",
		Security:    auth.AsUser}, s.handleSetPIN)
	huma.Register(api, huma.Operation{OperationID: "get-order", Method: http.MethodGet,
		Path: "/api/v1/orders/{id}", Summary: "Read an order", Tags: wallet,
		Security: auth.AsUser}, s.handleGetOrder)
	huma.Register(api, huma.Operation{OperationID: "pay-order", Method: http.MethodPost,
		Path: "/api/v1/orders/{id}/pay", Summary: "Pay an order from the wallet", Tags: wallet,
		Security: auth.AsUser}, s.handlePay)
	huma.Register(api, huma.Operation{OperationID: "check-ledger", Method: http.MethodGet,
		Path: "/api/v1/admin/ledger/checks", Summary: "Check every law of the ledger now",
		Tags: []string{"Admin"}, Security: auth.AsAdmin}, s.handleChecks)
	s.developerRoutes(api)
}

type walletOutput struct{ Body Wallet }

func (s *Service) handleWallet(ctx context.Context, _ *struct{}) (*walletOutput, error) {
	user := auth.UserFromContext(ctx)
	account, err := ignoreNotFound(
		s.ledger.Find(ctx, payments.Wallet(user.String(), s.currency)))
	if err != nil {
		return nil, err
	}
	has, err := s.HasPIN(ctx, user)
	if err != nil {
		return nil, err
	}
	return &walletOutput{Wallet{Currency: s.currency, Balance: account.Balance, Held: account.Held,
		HasPIN: has}}, nil
}

type (
	entriesInput  struct{ paging.Query }
	entriesOutput struct{ Body paging.Page[Entry] }
)

func (s *Service) handleEntries(ctx context.Context, in *entriesInput) (*entriesOutput, error) {
	before := int64(0)
	position, err := in.Position(1)
	if err == nil && position != nil {
		if before, err = strconv.ParseInt(position[0], 10, 64); err != nil || before < 1 {
			err = fault.Errorf(fault.Invalid, "bad-cursor",
				"The cursor is not valid; start again without one.")
		}
	}
	if err != nil {
		return nil, err
	}
	ref := payments.Wallet(auth.UserFromContext(ctx).String(), s.currency)
	found, err := s.ledger.Entries(ctx, ref, before, in.Rows())
	if err != nil {
		return nil, err
	}
	return &entriesOutput{paging.Of(in.Query, mapped(found, func(e payments.Entry) Entry {
		return entryView(e, request.FromContext(ctx).Language)
	}),
		func(e Entry) []string { return []string{e.ID} })}, nil
}

func mapped[In, Out any](in []In, view func(In) Out) []Out {
	out := make([]Out, len(in))
	for i := range in {
		out[i] = view(in[i])
	}
	return out
}

type (
	topUpInput struct {
		Key  string `header:"Idempotency-Key" required:"true" maxLength:"255" doc:"New for each top-up, the same for its retries"`
		Body struct {
			Amount   int64  `json:"amount" minimum:"1" maximum:"1000000000000" doc:"Minor units"`
			Currency string `json:"currency" minLength:"3" maxLength:"3"`
		}
	}
	topUpOutput struct{ Body TopUp }
	idInput     struct {
		ID uuid.UUID `path:"id" format:"uuid"`
	}
)

func (s *Service) handleTopUp(ctx context.Context, in *topUpInput) (*topUpOutput, error) {
	if in.Body.Currency != s.currency {
		return nil, fault.Errorf(fault.Invalid, "wrong-currency", "This wallet holds %s.", s.currency)
	}
	move, err := s.moves.TopUp(ctx, auth.UserFromContext(ctx).String(),
		payments.Money{Amount: in.Body.Amount, Currency: in.Body.Currency}, in.Key)
	if err != nil {
		return nil, err
	}
	return &topUpOutput{topUpView(move)}, nil
}

func (s *Service) handleGetTopUp(ctx context.Context, in *idInput) (*topUpOutput, error) {
	move, err := s.moves.Get(ctx, auth.UserFromContext(ctx).String(), in.ID)
	if err != nil {
		return nil, err
	}
	return &topUpOutput{topUpView(move)}, nil
}

type pinInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1000" doc:"Of the account"`
		PIN      string `json:"pin" maxLength:"16" doc:"Six digits"`
	}
}

func (s *Service) handleSetPIN(ctx context.Context, in *pinInput) (*struct{}, error) {
	user := auth.UserFromContext(ctx)
	err := s.pins.Set(ctx, user.String(), in.Body.PIN, func(ctx context.Context) error {
		return s.passwords.VerifyPassword(ctx, user, in.Body.Password)
	})
	if err != nil {
		return nil, err
	}
	return nil, audit.Record(ctx, s.pool,
		audit.Entry{Action: "wallet.pin.set", Target: "user:" + user.String()})
}

type orderOutput struct{ Body Order }

func (s *Service) handleGetOrder(ctx context.Context, in *idInput) (*orderOutput, error) {
	order, err := s.visible(ctx, auth.UserFromContext(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	view, err := s.view(ctx, order)
	return &orderOutput{view}, err
}

type payInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Key  string    `header:"Idempotency-Key" required:"true" maxLength:"255" doc:"New for each payment, the same for its retries"`
	Body struct {
		PIN string `json:"pin" maxLength:"16" doc:"Six digits"`
	}
}

func (s *Service) handlePay(ctx context.Context, in *payInput) (*orderOutput, error) {
	user := auth.UserFromContext(ctx)
	order, err := s.orders.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	// Checked before the PIN, so that a wrong PIN does not reveal that another user's order exists.
	if err := s.mayPay(ctx, user, order); err != nil {
		return nil, err
	}
	if err := s.mayCollect(ctx, order); err != nil {
		return nil, err
	}
	order, err = s.orders.Pay(ctx, payments.Payment{OrderID: in.ID, PayerID: user.String(),
		PayerOpenID: order.OpenID, PIN: in.Body.PIN, Key: in.Key})
	if err != nil {
		return nil, err
	}
	view, err := s.view(ctx, order)
	return &orderOutput{view}, err
}

type checksOutput struct {
	Body struct {
		payments.Report
		CheckedAt time.Time `json:"checked_at"`
		Duration  int64     `json:"duration_ms"`
	}
}

func (s *Service) handleChecks(ctx context.Context, _ *struct{}) (*checksOutput, error) {
	start := s.now()
	report, err := s.Verify(ctx)
	if err != nil {
		return nil, err
	}
	out := &checksOutput{}
	out.Body.Report = report
	out.Body.CheckedAt, out.Body.Duration = start.UTC(), s.now().Sub(start).Milliseconds()
	return out, nil
}
