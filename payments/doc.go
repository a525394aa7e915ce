// Package payments defines the rules of money: amounts, accounts, transfers, orders, PINs, and the
// verification of the whole ledger.
//
// Money is an int64 of minor units (cents, fen, yen) with an ISO 4217 currency; there are no floats
// and no silent conversions. Every movement is one transfer with one amount, from one account to
// another of the same currency, so the books always balance. Transfers and their statement lines
// are never changed: a mistake is corrected by another transfer.
//
// The packages below this one implement them: ledger (PostgreSQL), orders, pin, bank and
// sandboxbank, webhooks. None of them serves HTTP or depends on the bridge or on log-in; webhooks
// sends HTTP requests.
package payments
