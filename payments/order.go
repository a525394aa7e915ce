package payments

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
)

// OrderState is the state of an order. Pending is the only state that changes.
type OrderState string

// The states of an order.
const (
	OrderPending OrderState = "pending"
	OrderPaid    OrderState = "paid"
	OrderClosed  OrderState = "closed"  // by the merchant
	OrderExpired OrderState = "expired" // its time was over
)

// Order is a merchant's request to be paid.
type Order struct {
	ID             uuid.UUID
	AppID          string
	OutTradeNo     string // the merchant's own number, unique for the app
	Description    string
	Attach         string // returned to the merchant unchanged
	Money          Money
	PayeeAccountID int64
	PayeeID        string
	PayeeName      string
	OpenID         string // the only user who may pay; "" for any user
	State          OrderState
	PayerID        string // once paid
	TransferID     int64  // once paid
	CreatedAt      time.Time
	ExpiresAt      time.Time
	PaidAt         *time.Time
}

// NewOrder is a request for an order. A repeated request with the same number and the same content
// returns the existing order.
type NewOrder struct {
	AppID       string
	OutTradeNo  string
	Description string
	Attach      string
	Money       Money
	PayeeID     string // official account
	PayeeName   string
	OpenID      string
	Life        time.Duration // 0 means DefaultOrderLife
}

// Validate returns an Invalid fault that names the first field which breaks a rule.
func (n NewOrder) Validate() error {
	if err := ValidTradeNo(n.OutTradeNo); err != nil {
		return err
	}
	length := utf8.RuneCountInString(n.Description)
	if length < 1 || length > MaxDescription || !printable(n.Description) {
		return fault.Errorf(fault.Invalid, "bad-description",
			"The description must have 1 to %d characters on one line.", MaxDescription)
	}
	if len(n.Attach) > MaxAttach || !utf8.ValidString(n.Attach) || strings.ContainsRune(n.Attach, 0) {
		return fault.Errorf(fault.Invalid, "bad-attach",
			"attach must be valid UTF-8 without NUL, of at most %d bytes.", MaxAttach)
	}
	if n.Life != 0 && (n.Life < MinOrderLife || n.Life > MaxOrderLife) {
		return fault.Errorf(fault.Invalid, "bad-expiry",
			"The order must expire %s to %s from now.", MinOrderLife, MaxOrderLife)
	}
	return n.Money.Validate()
}

// ValidTradeNo returns an Invalid fault unless no can be the number of an order.
func ValidTradeNo(no string) error {
	ok := len(no) >= MinTradeNo && len(no) <= MaxTradeNo
	for i := 0; ok && i < len(no); i++ {
		c := no[i]
		ok = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
			c == '_' || c == '-' || c == '|' || c == '*'
	}
	if !ok {
		return fault.Errorf(fault.Invalid, "bad-out-trade-no",
			"out_trade_no must be %d to %d letters, digits or _-|*.", MinTradeNo, MaxTradeNo)
	}
	return nil
}

// printable refuses control characters, because the description is shown on a payment sheet.
func printable(s string) bool {
	for _, r := range s {
		if r < 0x20 || r == 0x7f || r == utf8.RuneError || r >= 0x202a && r <= 0x202e ||
			r >= 0x2066 && r <= 0x2069 { // bidirectional overrides can disguise an amount
			return false
		}
	}
	return true
}

// Fingerprint hashes the fields that must be equal in a repeated request for an order.
func (n NewOrder) Fingerprint() [32]byte {
	return Fingerprint(n.Description, n.Attach, n.Money.Amount, n.Money.Currency, n.OpenID,
		n.Life.Milliseconds())
}

// Fingerprint hashes the parts of a request, with a separation between parts. Each part must
// marshal to JSON.
func Fingerprint(parts ...any) [32]byte {
	text, err := json.Marshal(parts)
	if err != nil {
		panic("payments: fingerprint of a value that does not marshal: " + err.Error())
	}
	return sha256.Sum256(text)
}

// Payment is a user's request to pay an order.
type Payment struct {
	OrderID     uuid.UUID
	PayerID     string // user
	PayerOpenID string // the user's open ID for the order's app
	PIN         string
	Key         string // Idempotency-Key
}

// PINVerifier checks the secret that releases money.
type PINVerifier interface {
	// VerifyPIN returns nil for the right PIN. Faults: Conflict "pin-not-set"; Forbidden
	// "wrong-pin", whose detail has tries_left; RateLimited "pin-locked".
	VerifyPIN(ctx context.Context, userID, pin string) error
}
