// Package payments holds the rules of money: what an amount is, which accounts there are, what a
// transfer, an order and a PIN must look like, and how the whole ledger is checked.
//
// Money is an int64 of minor units (cents, fen, yen) with an ISO 4217 currency; there are no
// floats and no silent conversions. Every movement is one transfer with one amount, from one
// account to one other of the same currency, so nothing can be written that does not balance.
// Transfers and the statement lines they leave behind are never changed: a mistake is put right
// by another transfer.
//
// The packages below hold the technology: ledger (PostgreSQL), orders, pin, bank and sandboxbank,
// webhooks. None of them knows HTTP, the bridge, or who is logged in.
package payments
