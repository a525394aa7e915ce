package payments

import (
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
)

// Key makes a request idempotent: requests with the same client, endpoint and key take effect once
// and get the same answer. A key used again with a different fingerprint is refused. A refused
// request does not use up its key.
type Key struct {
	Client      string   // who chose the key, e.g. "user:<id>"
	Endpoint    string   // the operation, e.g. "top-ups"
	Value       string   // the Idempotency-Key, 1 to MaxKeyLength printable ASCII characters
	Fingerprint [32]byte // SHA-256 over the content of the request
}

// Validate returns an Invalid fault for a key that is missing, too long or not printable.
func (k Key) Validate() error {
	ok := len(k.Value) >= 1 && len(k.Value) <= MaxKeyLength
	for i := 0; ok && i < len(k.Value); i++ {
		ok = k.Value[i] >= 0x21 && k.Value[i] <= 0x7e
	}
	if !ok {
		return fault.Errorf(fault.Invalid, "bad-idempotency-key",
			"Send an Idempotency-Key header of 1 to %d printable characters without spaces, "+
				"a new one for each payment and the same one when you retry it.", MaxKeyLength)
	}
	return nil
}

// TransferKind is the reason of a transfer.
type TransferKind string

// The kinds of transfers.
const (
	KindPayment    TransferKind = "payment"
	KindTopUp      TransferKind = "top_up"
	KindWithdrawal TransferKind = "withdrawal"
	KindRefund     TransferKind = "refund"
	KindFeeCharge  TransferKind = "fee"
	KindTransfer   TransferKind = "transfer"
	KindReversal   TransferKind = "reversal"
)

// Transfer is a request to move money from one account to another.
type Transfer struct {
	Key     Key
	Kind    TransferKind
	Debit   int64 // account that pays
	Credit  int64 // account that is paid
	Money   Money
	OrderID uuid.UUID // uuid.Nil for none
}

// Receipt is the result of a transfer that happened now or when its key was first used.
type Receipt struct {
	TransferID    int64
	DebitBalance  int64 // right after the transfer
	CreditBalance int64
	Replayed      bool // the key was used before; no money moved now
}

// Outcome is the ledger's result, in the database's spelling.
type Outcome string

// The outcomes.
const (
	OutcomeOK                Outcome = "ok"
	OutcomeKeyReused         Outcome = "key-reused"
	OutcomeBadAmount         Outcome = "bad-amount"
	OutcomeSameAccount       Outcome = "same-account"
	OutcomeNoAccount         Outcome = "no-account"
	OutcomeWrongCurrency     Outcome = "wrong-currency"
	OutcomeAccountFrozen     Outcome = "account-frozen"
	OutcomeInsufficientFunds Outcome = "insufficient-funds"
	OutcomeBalanceLimit      Outcome = "balance-limit"
	OutcomeNoHold            Outcome = "no-hold"
	OutcomeHoldResolved      Outcome = "hold-resolved"
	OutcomeHoldExpired       Outcome = "hold-expired"
	OutcomeNoOrder           Outcome = "no-order"
	OutcomeWrongPayer        Outcome = "wrong-payer"
	OutcomeOrderPaid         Outcome = "order-paid"
	OutcomeOrderClosed       Outcome = "order-closed"
	OutcomeOrderExpired      Outcome = "order-expired"
)

// faults gives each refusal its code and its text. The slug is the outcome.
var faults = map[Outcome]struct {
	code    fault.Code
	message string
}{
	OutcomeKeyReused: {fault.Invalid,
		"This Idempotency-Key was already used for a different request; choose a new one."},
	OutcomeBadAmount:     {fault.Invalid, "The amount is out of range."},
	OutcomeSameAccount:   {fault.Invalid, "Payer and payee are the same."},
	OutcomeNoAccount:     {fault.NotFound, "There is no such account."},
	OutcomeWrongCurrency: {fault.Invalid, "The accounts do not hold this currency."},
	OutcomeAccountFrozen: {fault.Forbidden,
		"This wallet is frozen; ask the operator of this server."},
	OutcomeInsufficientFunds: {fault.Conflict, "The balance is too low; top up and try again."},
	OutcomeBalanceLimit:      {fault.Conflict, "The payee's balance would exceed its limit."},
	OutcomeNoHold:            {fault.NotFound, "There is no such hold."},
	OutcomeHoldResolved:      {fault.Conflict, "This hold was already captured or released."},
	OutcomeHoldExpired:       {fault.Conflict, "This hold has expired."},
	OutcomeNoOrder:           {fault.NotFound, "There is no such order."},
	// An order for another user looks as if it did not exist, so that order IDs cannot be probed.
	OutcomeWrongPayer: {fault.NotFound, "There is no such order."},
	OutcomeOrderPaid:  {fault.Conflict, "This order is already paid."},
	OutcomeOrderClosed: {fault.Conflict,
		"This order was closed by the merchant; start again in the mini program."},
	OutcomeOrderExpired: {fault.Conflict,
		"This order has expired; start again in the mini program."},
}

// Err returns nil for OutcomeOK, and the fault of the outcome otherwise.
func (o Outcome) Err() error {
	if o == OutcomeOK {
		return nil
	}
	f, ok := faults[o]
	if !ok {
		return fault.Errorf(fault.Internal, "unknown-outcome", "The ledger returned %q.", string(o))
	}
	slug := string(o)
	if o == OutcomeWrongPayer {
		slug = string(OutcomeNoOrder)
	}
	return fault.Errorf(f.code, slug, "%s", f.message)
}

// Entry is one line of an account's statement.
type Entry struct {
	Seq          int64
	TransferID   int64
	Kind         TransferKind
	Amount       int64 // signed: negative left the account
	Currency     string
	BalanceAfter int64
	OrderID      uuid.UUID // uuid.Nil for none
	Counterparty Owner
	PayeeName    string // of the order, if there is one: the name that its payer saw
	CreatedAt    time.Time
}

// Hold is a request to reserve money until it is captured or released, or expires.
type Hold struct {
	Key       Key
	Debit     int64
	Credit    int64
	Money     Money
	ExpiresAt time.Time
}

// Is reports whether err is the fault of this outcome.
func (o Outcome) Is(err error) bool { return err != nil && fault.SlugOf(err) == string(o) }
