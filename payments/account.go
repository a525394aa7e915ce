package payments

// Owner is the owner of an account. The platform is an owner too.
type Owner struct {
	Type OwnerType
	ID   string // the ID of the user or official account, or the name of a part of the platform
}

// OwnerType is a kind of owner.
type OwnerType string

// The owners.
const (
	OwnerUser     OwnerType = "user"
	OwnerAccount  OwnerType = "account" // an official account
	OwnerPlatform OwnerType = "platform"
)

// AccountKind is the purpose of an account.
type AccountKind string

// The kinds of accounts. Wallets and merchants never fall below zero. Bank clearing is the
// counter-account of the money at a bank: its balance is minus the sum of all other accounts.
const (
	KindWallet       AccountKind = "wallet"
	KindMerchant     AccountKind = "merchant"
	KindBankClearing AccountKind = "bank_clearing"
	KindFee          AccountKind = "fee"
	KindWorld        AccountKind = "world"
)

// AccountRef identifies an account by owner, kind and currency; there is at most one account for
// each.
type AccountRef struct {
	Owner    Owner
	Kind     AccountKind
	Currency string
}

// Wallet is the account of a user in a currency.
func Wallet(userID, currency string) AccountRef {
	return AccountRef{Owner{OwnerUser, userID}, KindWallet, currency}
}

// Merchant is the account of an official account in a currency.
func Merchant(accountID, currency string) AccountRef {
	return AccountRef{Owner{OwnerAccount, accountID}, KindMerchant, currency}
}

// BankClearing is the platform's counter-account for a bank in a currency.
func BankClearing(bank, currency string) AccountRef {
	return AccountRef{Owner{OwnerPlatform, bank}, KindBankClearing, currency}
}

// Unbounded reports whether the account may be negative without limit.
func (r AccountRef) Unbounded() bool { return r.Kind == KindBankClearing || r.Kind == KindWorld }

// Busy reports whether many payments share the account. Busy accounts get higher IDs, so that they
// are locked last (see ledger).
func (r AccountRef) Busy() bool { return r.Owner.Type != OwnerUser }

// Account is the current state of an account.
type Account struct {
	ID       int64
	Currency string
	Balance  int64  // minor units that belong to the owner, including held ones
	Held     int64  // the part of Balance that is set aside by holds
	Seq      int64  // number of lines in its statement
	Status   string // StatusOpen or "frozen"
}

// StatusOpen is the status of an account that can take part in transfers.
const StatusOpen = "open"

// Available is what can be spent.
func (a Account) Available() int64 { return a.Balance - a.Held }
