// Package wallet is the interface of payments for users, developers and apps: HTTP operations,
// bridge capabilities, and the notifications after a payment.
//
// The rules and the books are in payments. This package decides who may see and do what, and
// notifies the rest of the platform (messages, open clients, official accounts).
package wallet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/bank"
	"github.com/teahouse/teahouse/payments/ledger"
	"github.com/teahouse/teahouse/payments/orders"
	"github.com/teahouse/teahouse/payments/pin"
	"github.com/teahouse/teahouse/payments/sandboxbank"
	"github.com/teahouse/teahouse/payments/webhooks"
	"github.com/teahouse/teahouse/server/auth"
)

// Payee is the official account that owns an app, as a payment sheet shows it.
type Payee struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	AvatarURL string    `json:"avatar_url"`
}

// Directory looks up apps, their official accounts, and the open IDs of users.
type Directory interface {
	// PayeeOfApp returns the official account that owns the app. Returns NotFound for an app that
	// was deleted or taken down.
	PayeeOfApp(ctx context.Context, appID string) (Payee, error)
	// OpenID returns the user's open ID for the app.
	OpenID(ctx context.Context, appID string, userID uuid.UUID) (string, error)
	// UserOf returns the user with the open ID for the app. Returns NotFound.
	UserOf(ctx context.Context, appID, openID string) (uuid.UUID, error)
	// RequireMember returns a fault unless the caller in ctx may act for the app's account.
	RequireMember(ctx context.Context, appID string) error
}

// Messenger sends messages of an official account to users. Sending again with the same client ID
// sends no second message.
type Messenger interface {
	SendFromAccount(
		ctx context.Context, accountID, userID uuid.UUID, clientID, kind string, content any,
	) error
}

// Pusher sends an event to a user's open clients, on any host.
type Pusher interface {
	Push(ctx context.Context, userID uuid.UUID, event any) error
}

// Passwords checks the password of a user's account.
type Passwords interface {
	VerifyPassword(ctx context.Context, userID uuid.UUID, password string) error
}

// Config is what a wallet needs from the host.
type Config struct {
	Pool      *pgxpool.Pool
	Jobs      *river.Client[pgx.Tx] // inserts jobs; it need not work them
	Directory Directory
	Messenger Messenger
	Pusher    Pusher
	Passwords Passwords
	Secret    auth.Secret       // seals what webhooks sign with; signs payment parameters
	Transport http.RoundTripper // for webhooks; it must refuse private addresses
	Currency  string            // of new wallets; "" means CNY
	BankDelay time.Duration     // how long the sandbox bank takes to decide; 0 means its default
	// CheckURL refuses what Transport would refuse, when the address of a webhook is saved.
	CheckURL func(ctx context.Context, address string) error
}

// defaultCurrency is the currency of the platform for which most apps were written.
const defaultCurrency = "CNY"

// Service manages the wallets of one installation. It is safe for concurrent use.
type Service struct {
	pool      *pgxpool.Pool
	ledger    *ledger.Ledger
	orders    *orders.Service
	pins      *pin.Store
	moves     *bank.Moves
	bank      *sandboxbank.Bank
	hooks     *webhooks.Service
	directory Directory
	messenger Messenger
	pusher    Pusher
	passwords Passwords
	currency  string
	signKey   []byte
	now       func() time.Time
}

// New returns the wallets in the database of the config.
func New(ctx context.Context, c Config) (*Service, error) {
	if c.Currency == "" {
		c.Currency = defaultCurrency
	}
	if _, ok := payments.LookupCurrency(c.Currency); !ok {
		return nil, fmt.Errorf("wallet: %q is not an ISO 4217 currency", c.Currency)
	}
	if c.Transport == nil || c.CheckURL == nil || c.Directory == nil || c.Messenger == nil || c.Pusher == nil || c.Passwords == nil ||
		len(c.Secret) != auth.SecretBytes {
		return nil, errors.New("wallet: the configuration is incomplete")
	}
	if c.BankDelay == 0 {
		c.BankDelay = sandboxbank.DefaultDelay
	}
	s := &Service{pool: c.Pool, ledger: ledger.New(c.Pool), pins: pin.New(c.Pool),
		directory: c.Directory, messenger: c.Messenger, pusher: c.Pusher, passwords: c.Passwords,
		currency: c.Currency, signKey: c.Secret.Derive("payment parameters"), now: time.Now}
	s.orders = orders.New(c.Pool, c.Jobs, s.pins)
	s.hooks = webhooks.New(c.Pool, c.Jobs,
		webhooks.Config{Transport: c.Transport, Sealer: c.Secret, Check: c.CheckURL})
	if err := s.hooks.SealStored(ctx); err != nil {
		return nil, err
	}
	s.bank = sandboxbank.New(c.Pool, c.Jobs, c.BankDelay)
	s.moves = bank.NewMoves(c.Pool, c.Jobs, s.bank, s.moneyMoved)
	s.bank.Notify(s.moves.Decide)
	return s, nil
}

// HasPIN reports whether the user has set a payment PIN.
func (s *Service) HasPIN(ctx context.Context, userID uuid.UUID) (bool, error) {
	return s.pins.Has(ctx, userID.String())
}

// Empty reports whether the person has no money here, none held for a payment included.
func (s *Service) Empty(ctx context.Context, userID uuid.UUID) (bool, error) {
	account, err := ignoreNotFound(s.ledger.Find(ctx, payments.Wallet(userID.String(), s.currency)))
	return account.Balance == 0 && account.Held == 0, err
}

// Verify checks every law of the ledger; see payments.Verify.
func (s *Service) Verify(ctx context.Context) (payments.Report, error) {
	return payments.Verify(ctx, s.pool)
}

// AddWorkers registers all jobs about money.
func (s *Service) AddWorkers(workers *river.Workers) {
	s.orders.AddWorkers(workers)
	s.moves.AddWorkers(workers)
	s.bank.AddWorkers(workers)
	s.hooks.AddWorkers(workers)
	river.AddWorker(workers, &paidWorker{service: s})
}

// PeriodicJobs returns the jobs that the working job client must run periodically.
func (s *Service) PeriodicJobs() []*river.PeriodicJob { return s.orders.PeriodicJobs() }

// walletEvent tells a client to fetch its wallet again.
var walletEvent = map[string]string{"type": "wallet"}

// moneyMoved notifies the clients of a user whose top-up was decided. A client that misses the
// event sees the new balance at its next request.
func (s *Service) moneyMoved(ctx context.Context, m bank.Move) {
	if userID, err := uuid.Parse(m.UserID); err == nil {
		_ = s.pusher.Push(ctx, userID, walletEvent)
	}
}

// visible returns an order that the user may see: one that the user has paid, or an unpaid one that
// the user may pay. Returns NotFound for all others.
func (s *Service) visible(ctx context.Context, userID, orderID uuid.UUID) (payments.Order, error) {
	order, err := s.orders.Get(ctx, orderID)
	if err != nil {
		return order, err
	}
	if order.State == payments.OrderPaid {
		if order.PayerID != userID.String() {
			return payments.Order{}, payments.OutcomeNoOrder.Err()
		}
		return order, nil
	}
	return order, s.mayPay(ctx, userID, order)
}

// mayPay returns NotFound for an order that was made for another user.
func (s *Service) mayPay(ctx context.Context, userID uuid.UUID, order payments.Order) error {
	if order.OpenID == "" {
		return nil
	}
	openID, err := s.directory.OpenID(ctx, order.AppID, userID)
	if err != nil {
		return err
	}
	if openID != order.OpenID {
		return payments.OutcomeNoOrder.Err()
	}
	return nil
}

// mayCollect returns Conflict for an unpaid order of an app that was deleted or taken down: an open
// payment sheet must not pay it.
func (s *Service) mayCollect(ctx context.Context, order payments.Order) error {
	if order.State != payments.OrderPending {
		return nil
	}
	_, err := s.directory.PayeeOfApp(ctx, order.AppID)
	if fault.CodeOf(err) == fault.NotFound {
		return fault.Errorf(fault.Conflict, "app-unavailable",
			"This mini program is not available any more; it cannot be paid.").Because(err)
	}
	return err
}

// payable returns a fault that says why an order cannot be paid now, or nil.
func payable(order payments.Order) error {
	switch order.State {
	case payments.OrderPending:
		return nil
	case payments.OrderPaid:
		return payments.OutcomeOrderPaid.Err()
	case payments.OrderClosed:
		return payments.OutcomeOrderClosed.Err()
	default:
		return payments.OutcomeOrderExpired.Err()
	}
}

// ignoreNotFound turns an account that was never opened into an empty one.
func ignoreNotFound(account payments.Account, err error) (payments.Account, error) {
	if fault.CodeOf(err) == fault.NotFound {
		return payments.Account{}, nil
	}
	return account, err
}
