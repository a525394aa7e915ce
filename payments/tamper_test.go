package payments_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/payments"
)

// history fills books with one of each: transfers, an open and a captured hold, a paid order. It
// returns the IDs that replace the names in the statements below.
func history(t *testing.T, b books) (names *strings.Replacer) {
	t.Helper()
	ids := b.wallets(t, 2, 1000)
	for n := range 3 {
		if _, err := b.ledger.Transfer(t.Context(), move(fmt.Sprintf("h%d", n), ids[0], ids[1], 10)); err != nil {
			t.Fatal(err)
		}
	}
	var holds [2]int64
	for n := range holds {
		var err error
		holds[n], _, err = b.ledger.Hold(t.Context(), payments.Hold{
			Key:   payments.Key{Client: "test", Endpoint: "hold", Value: fmt.Sprint(n)},
			Debit: ids[0], Credit: ids[1], Money: payments.Money{Amount: 50, Currency: "CNY"},
			ExpiresAt: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
	}
	captured, err := b.ledger.Capture(t.Context(), payments.Key{Client: "test", Endpoint: "capture", Value: "1"},
		holds[1], 30, payments.KindPayment)
	if err != nil {
		t.Fatal(err)
	}
	order, err := b.orders.Create(t.Context(), tea("HIST-0001", 70))
	if err != nil {
		t.Fatal(err)
	}
	paid, err := b.orders.Pay(t.Context(),
		payments.Payment{OrderID: order.ID, PayerID: "user-0", Key: "hist"})
	if err != nil {
		t.Fatal(err)
	}
	dollars := b.wallet(t, "user-0", "USD")
	return strings.NewReplacer("$A", fmt.Sprint(ids[0]), "$B", fmt.Sprint(ids[1]),
		"$USD", fmt.Sprint(dollars), "$CLEARING", fmt.Sprint(b.source(t, "CNY")),
		"$ORDER", order.ID.String(), "$PAID", fmt.Sprint(paid.TransferID),
		"$CAPTURED", fmt.Sprint(captured.TransferID), "$HOLD", fmt.Sprint(holds[0]))
}

// Statements that a person with a superuser's psql might try. The database itself refuses each of
// them.
func TestTheDatabaseRefusesWrongMoney(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	names := history(t, b)
	const newTransfer = `INSERT INTO payments.transfer (request_id, leg, kind, debit_id, credit_id, currency,
		amount, debit_seq, credit_seq) VALUES ((SELECT min(id) FROM payments.request), 2, 'transfer', `
	const newLine = `INSERT INTO payments.posting (account_id, seq, prev_seq, transfer_id, amount,
		balance_before, balance_after) SELECT id, `
	const fromA = ` FROM payments.account WHERE id = $A`
	for what, c := range map[string]struct{ state, sql string }{
		"an overdraft":            {"23514", `UPDATE payments.account SET balance = -1 WHERE id = $A`},
		"a balance without lines": {"23503", `UPDATE payments.account SET balance = balance + 1 WHERE id = $A`},
		"a statement cut short":   {"23503", `UPDATE payments.account SET seq = seq - 1 WHERE id = $A`},
		"holding more than there": {"23514", `UPDATE payments.account SET held = balance + 1 WHERE id = $A`},
		"a lower floor":           {"23001", `UPDATE payments.account SET floor = -1000 WHERE id = $A`},
		"another currency":        {"23001", `UPDATE payments.account SET currency = 'USD' WHERE id = $A`},
		"no account any more":     {"23001", `DELETE FROM payments.account WHERE id = $USD`},
		"an unbounded wallet": {"23503", `INSERT INTO payments.account (id, owner_type, owner_id, kind, currency, floor)
			VALUES (999, 'user', 'thief', 'wallet', 'CNY', -9007199254740991)`},
		"a merchant's account for a user": {"23503", `INSERT INTO payments.account (id, owner_type, owner_id, kind, currency, floor)
			VALUES (999, 'user', 'thief', 'merchant', 'CNY', 0)`},
		"a second wallet": {"23505", `INSERT INTO payments.account (id, owner_type, owner_id, kind, currency, floor)
			VALUES (999, 'user', 'user-0', 'wallet', 'CNY', 0)`},
		"an unknown currency": {"23503", `INSERT INTO payments.account (id, owner_type, owner_id, kind, currency, floor)
			VALUES (999, 'user', 'user-0', 'wallet', 'XXX', 0)`},
		"a transfer across currencies":  {"23503", newTransfer + `$A, $USD, 'CNY', 1, 99, 1)`},
		"a transfer of nothing":         {"23514", newTransfer + `$A, $B, 'CNY', 0, 99, 99)`},
		"a negative transfer":           {"23514", newTransfer + `$A, $B, 'CNY', -5, 99, 99)`},
		"a transfer to oneself":         {"23514", newTransfer + `$A, $A, 'CNY', 5, 99, 99)`},
		"a changed transfer":            {"23001", `UPDATE payments.transfer SET amount = 1 WHERE id = $PAID`},
		"a deleted transfer":            {"23001", `DELETE FROM payments.transfer WHERE id = $PAID`},
		"an emptied table of transfers": {"23001", `TRUNCATE payments.transfer CASCADE`},
		"a changed line":                {"23001", `UPDATE payments.posting SET amount = 1, balance_after = balance_before + 1 WHERE account_id = $A AND seq = 1`},
		"a deleted line":                {"23001", `DELETE FROM payments.posting WHERE account_id = $A`},
		"an emptied table of lines":     {"23001", `TRUNCATE payments.posting CASCADE`},
		"a line after a gap":            {"23503", newLine + `seq + 2, seq + 1, $PAID, 5, balance, balance + 5` + fromA},
		"a line at a taken number":      {"23505", newLine + `seq, seq - 1, $PAID, 5, balance, balance + 5` + fromA},
		"a line with own arithmetic":    {"23514", newLine + `seq + 1, seq, $PAID, 5, balance, balance + 6` + fromA},
		"a line that starts elsewhere":  {"23503", newLine + `seq + 1, seq, $PAID, 5, balance + 1, balance + 6` + fromA},
		"a line that follows none":      {"23514", newLine + `seq + 1, NULL, $PAID, 5, balance, balance + 5` + fromA},
		"a line that follows another":   {"23514", newLine + `seq + 2, seq, $PAID, 5, balance, balance + 5` + fromA},
		"a first line out of nowhere":   {"23514", newLine + `1, NULL, $PAID, 5, 100, 105 FROM payments.account WHERE id = $USD`},
		"a statement of no account": {"23503", `INSERT INTO payments.posting (account_id, seq, first_of, transfer_id, amount,
			balance_before, balance_after) VALUES (998, 1, 998, $PAID, 5, 0, 5)`},
		"a statement that says it is another's": {"23514", `INSERT INTO payments.posting (account_id, seq, first_of, transfer_id,
			amount, balance_before, balance_after) VALUES (998, 1, $A, $PAID, 5, 0, 5)`},
		"a used key again": {"23505", `INSERT INTO payments.request (client, endpoint, key, fingerprint)
			SELECT client, endpoint, key, fingerprint FROM payments.request LIMIT 1`},
		"a paid order made pending":              {"23514", `UPDATE payments.merchant_order SET state = 'pending' WHERE id = '$ORDER'`},
		"a cheaper order":                        {"23001", `UPDATE payments.merchant_order SET amount = 1 WHERE id = '$ORDER'`},
		"refunding more than paid":               {"23514", `UPDATE payments.merchant_order SET refunded = 71 WHERE id = '$ORDER'`},
		"an order without a name":                {"23514", `UPDATE payments.merchant_order SET description = ''`},
		"an order in no state":                   {"23514", `UPDATE payments.merchant_order SET state = 'lost'`},
		"an order paid by nobody":                {"23514", `UPDATE payments.merchant_order SET payer_id = NULL WHERE id = '$ORDER'`},
		"an order paid at no time":               {"23514", `UPDATE payments.merchant_order SET paid_at = NULL WHERE id = '$ORDER'`},
		"an order paid and closed":               {"23514", `UPDATE payments.merchant_order SET closed_at = now() WHERE id = '$ORDER'`},
		"an order paid by no money":              {"23514", `UPDATE payments.merchant_order SET paid_transfer_id = NULL WHERE id = '$ORDER'`},
		"an order that was over before it began": {"23514", `UPDATE payments.merchant_order SET expires_at = created_at`},
		"less than nothing refunded":             {"23514", `UPDATE payments.merchant_order SET refunded = -1`},
		"an order paid a second time": {"23505", `INSERT INTO payments.transfer (request_id, leg, kind, debit_id, credit_id,
			currency, amount, debit_seq, credit_seq, order_id) SELECT request_id, 2, kind, debit_id, credit_id, currency,
			amount, debit_seq, credit_seq, order_id FROM payments.transfer WHERE id = $PAID`},
		"an order paid by another's transfer": {"23505", `INSERT INTO payments.merchant_order
			(id, app_id, out_trade_no, fingerprint, description, amount, currency, payee_account_id, payee_id,
			payee_name, state, payer_id, paid_transfer_id, expires_at, paid_at)
			SELECT gen_random_uuid(), app_id, 'OTHER-001', fingerprint, description, amount, currency,
			payee_account_id, payee_id, payee_name, state, payer_id, paid_transfer_id, expires_at, paid_at
			FROM payments.merchant_order WHERE id = '$ORDER'`},
		"a hold captured beyond its amount": {"23514", `UPDATE payments.hold SET state = 'posted', captured = 51, resolved_at = now() WHERE id = $HOLD`},
		"a smaller hold":                    {"23001", `UPDATE payments.hold SET amount = 1 WHERE id = $HOLD`},
		"a hold captured twice": {"23505", `INSERT INTO payments.transfer (request_id, leg, kind, debit_id, credit_id,
			currency, amount, debit_seq, credit_seq, hold_id) SELECT request_id, 2, kind, debit_id, credit_id, currency,
			amount, debit_seq, credit_seq, hold_id FROM payments.transfer WHERE id = $CAPTURED`},
	} {
		b.inTx(t, func(tx pgx.Tx) {
			_, err := tx.Exec(context.Background(), names.Replace(c.sql))
			var refusal *pgconn.PgError
			if !errors.As(err, &refusal) || refusal.Code != c.state {
				t.Errorf("%s: got %v, want SQLSTATE %s", what, err, c.state)
			}
		})
	}
}

// With constraints and triggers switched off anything can be written. The verifier then names the
// broken law and the first wrong row.
func TestTheVerifierNamesTheFirstWrongRow(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ law, row, sql string }{
		"money out of nowhere":      {"zero-sum", "currency CNY: balances add up to 7", `UPDATE payments.account SET balance = balance + 7 WHERE id = $A`},
		"a forged balance":          {"balances", "account $A:", `UPDATE payments.account SET balance = balance + 7 WHERE id = $A`},
		"balances shifted":          {"balances", "account $A:", `UPDATE payments.account SET balance = balance + CASE id WHEN $A THEN 1 ELSE -1 END WHERE id IN ($A, $B)`},
		"a deleted line":            {"chains", "account $A line 3:", `DELETE FROM payments.posting WHERE account_id = $A AND seq = 2`},
		"a line with other amounts": {"chains", "account $A line 3:", `UPDATE payments.posting SET amount = amount - 1, balance_after = balance_after - 1 WHERE account_id = $A AND seq = 2`},
		"a changed transfer":        {"transfers", "transfer $PAID:", `UPDATE payments.transfer SET amount = 1 WHERE id = $PAID`},
		"a deleted transfer":        {"orphans", "transfer $PAID is missing", `DELETE FROM payments.transfer WHERE id = $PAID`},
		"a third line": {"transfers", "transfer $PAID:", `INSERT INTO payments.posting (account_id, seq, prev_seq, transfer_id, amount,
			balance_before, balance_after) SELECT id, seq + 1, seq, $PAID, 5, balance, balance + 5 FROM payments.account WHERE id = $B`},
		"a transfer in another currency": {"currencies", "transfer $PAID:", `UPDATE payments.transfer SET currency = 'USD' WHERE id = $PAID`},
		"held money let go":              {"holds", "account $A: holds 0, open holds 50", `UPDATE payments.account SET held = 0 WHERE id = $A`},
		"a capture of another amount":    {"captures", "transfer $CAPTURED of 31", `UPDATE payments.transfer SET amount = 31 WHERE id = $CAPTURED`},
		"a cheaper order":                {"orders", "order $ORDER:", `UPDATE payments.merchant_order SET amount = 1 WHERE id = '$ORDER'`},
		"a payment of a closed order": {"orders", "order $ORDER: closed", `UPDATE payments.merchant_order SET state = 'closed', closed_at = now(),
			paid_at = NULL, payer_id = NULL, paid_transfer_id = NULL WHERE id = '$ORDER'`},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBooks(t, migrationtest.Open(t))
			names := history(t, b)
			requireSound(t, b.pool)
			err := pgx.BeginFunc(t.Context(), b.pool, func(tx pgx.Tx) error {
				_, off := tx.Exec(t.Context(), `SET LOCAL session_replication_role = replica`)
				_, err := tx.Exec(t.Context(), names.Replace(c.sql))
				return errors.Join(off, err)
			})
			if err != nil {
				t.Fatal(err)
			}
			report, err := payments.Verify(t.Context(), b.pool)
			if err != nil {
				t.Fatal(err)
			}
			row := names.Replace(c.row)
			for _, check := range report.Checks {
				if check.Name == c.law {
					if report.OK || check.Broken == 0 || !strings.Contains(check.FirstWrong, row) {
						t.Errorf("%s: %d wrong, first %q, want %q", c.law, check.Broken, check.FirstWrong, row)
					}
					return
				}
			}
			t.Errorf("no law %q was checked", c.law)
		})
	}
}

// For sound books the report says how many rows were checked, so that an empty run cannot look like
// a good one.
func TestTheVerifierReportsHowManyRowsItChecked(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	history(t, b)
	report, err := payments.Verify(t.Context(), b.pool)
	if err != nil || !report.OK {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, check := range report.Checks {
		if check.Rows == 0 && check.Name != "bank-moves" {
			t.Errorf("%s checked no rows", check.Name)
		}
	}
}

// The ledger refuses impossible amounts, and so does the database's function behind it.
func TestImpossibleAmountsMoveNothing(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	ids := b.wallets(t, 2, 100)
	for _, amount := range []int64{0, -1, payments.MaxAmount + 1, -9223372036854775808, 9223372036854775807} {
		_, err := b.ledger.Transfer(t.Context(), move(uuid.NewString(), ids[0], ids[1], amount))
		if !payments.OutcomeBadAmount.Is(err) {
			t.Errorf("%d: %v", amount, err)
		}
		var code string
		err = b.pool.QueryRow(t.Context(), `SELECT code FROM payments.transfer('c', 'e', $1,
			decode(repeat('00', 32), 'hex'), 'transfer', $2, $3, 'CNY', $4, NULL)`,
			uuid.NewString(), ids[0], ids[1], amount).Scan(&code)
		if err != nil || code != "bad-amount" {
			t.Errorf("%d in the database's function: %q, %v", amount, code, err)
		}
	}
	if n := b.count(t, `SELECT count(*) FROM payments.request WHERE client = 'c'`); n != 0 {
		t.Errorf("the refusals stored %d requests", n)
	}
}
