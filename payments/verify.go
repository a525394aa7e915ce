package payments

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Check is the result for one law (invariant) of the ledger.
type Check struct {
	Name       string `json:"name"`
	Law        string `json:"law"`
	Rows       int64  `json:"rows" doc:"How many rows were checked"`
	Broken     int64  `json:"broken" doc:"How many of them break the law"`
	FirstWrong string `json:"first_wrong,omitempty" doc:"The first row that breaks it"`
}

// Report is the result of a verification.
type Report struct {
	OK     bool    `json:"ok"`
	Checks []Check `json:"checks" nullable:"false"`
}

// Err returns nil for a sound ledger. Otherwise it returns an error that names the first wrong row
// of every broken law.
func (r Report) Err() error {
	if r.OK {
		return nil
	}
	var text strings.Builder
	text.WriteString("payments: the ledger is not sound")
	for _, c := range r.Checks {
		if c.Broken > 0 {
			fmt.Fprintf(&text, "; %s: %d of %d wrong, first %s", c.Name, c.Broken, c.Rows, c.FirstWrong)
		}
	}
	return fmt.Errorf("%s", text.String())
}

// law has a query that lists the wrong rows, as text in a stable order, and one that counts the
// checked rows. Constraints prevent most violations; the laws are checked from the rows alone, so
// that they also find changes made with the constraints switched off.
type law struct{ name, says, rows, wrong string }

var laws = []law{
	{"zero-sum", "All balances of a currency add up to zero.",
		`SELECT count(DISTINCT currency) FROM payments.account`,
		`SELECT format('currency %s: balances add up to %s', currency, sum(balance))
		 FROM payments.account GROUP BY currency HAVING sum(balance) <> 0 ORDER BY currency`},
	{"balances", "The balance of an account is the sum of its statement.",
		`SELECT count(*) FROM payments.account`,
		`SELECT format('account %s: balance %s, statement %s in %s lines of %s',
			a.id, a.balance, coalesce(p.total, 0), coalesce(p.lines, 0), coalesce(a.seq, 0))
		 FROM payments.account a LEFT JOIN (
			SELECT account_id, sum(amount) AS total, count(*) AS lines
			FROM payments.posting GROUP BY account_id) p ON p.account_id = a.id
		 WHERE a.balance <> coalesce(p.total, 0) OR coalesce(a.seq, 0) <> coalesce(p.lines, 0) ORDER BY a.id`},
	{"floors", "No account has less than its floor, holds included.",
		`SELECT count(*) FROM payments.account`,
		`SELECT format('account %s: balance %s, held %s, floor %s', id, balance, held, floor)
		 FROM payments.account WHERE balance - held < floor ORDER BY id`},
	{"chains", "Statement lines are numbered without a gap and each continues the one before.",
		`SELECT count(*) FROM payments.posting`,
		`SELECT format('account %s line %s: follows line %s which ended at %s; has %s %s %s',
			account_id, seq, before_seq, before_after, balance_before, amount, balance_after)
		 FROM (SELECT account_id, seq, amount, balance_before, balance_after,
			lag(seq, 1, 0::bigint) OVER chain AS before_seq,
			lag(balance_after, 1, 0::bigint) OVER chain AS before_after
			FROM payments.posting WINDOW chain AS (PARTITION BY account_id ORDER BY seq)) p
		 WHERE seq <> before_seq + 1 OR balance_before <> before_after
			OR balance_after <> balance_before + amount ORDER BY account_id, seq`},
	{"transfers", "A transfer has exactly two statement lines: minus on one account, plus on the other.",
		`SELECT count(*) FROM payments.transfer`,
		`SELECT format('transfer %s: %s from account %s to %s has %s lines: %s',
			t.id, t.amount, t.debit_id, t.credit_id, coalesce(p.lines, 0), coalesce(p.found, 'none'))
		 FROM payments.transfer t LEFT JOIN (
			SELECT transfer_id, count(*) AS lines,
				string_agg(format('%s on account %s', amount, account_id), ', ' ORDER BY amount) AS found,
				min(amount) AS low, max(amount) AS high,
				min(account_id) FILTER (WHERE amount < 0) AS debit_id,
				min(account_id) FILTER (WHERE amount > 0) AS credit_id,
				min(seq) FILTER (WHERE amount < 0) AS debit_seq,
				min(seq) FILTER (WHERE amount > 0) AS credit_seq
			FROM payments.posting GROUP BY transfer_id) p ON p.transfer_id = t.id
		 WHERE (p.lines, p.low, p.high, p.debit_id, p.credit_id, p.debit_seq, p.credit_seq)
			IS DISTINCT FROM
			(2::bigint, -t.amount, t.amount, t.debit_id, t.credit_id, t.debit_seq, t.credit_seq)
		 ORDER BY t.id`},
	{"currencies", "Both accounts of a transfer hold its currency.",
		`SELECT count(*) FROM payments.transfer`,
		`SELECT format('transfer %s: %s between %s and %s', t.id, t.currency, d.currency, c.currency)
		 FROM payments.transfer t
		 LEFT JOIN payments.account d ON d.id = t.debit_id
		 LEFT JOIN payments.account c ON c.id = t.credit_id
		 WHERE d.currency IS DISTINCT FROM t.currency OR c.currency IS DISTINCT FROM t.currency
		 ORDER BY t.id`},
	{"orphans", "Every statement line belongs to a transfer and an account.",
		`SELECT count(*) FROM payments.posting`,
		`SELECT format('account %s line %s: transfer %s is missing', p.account_id, p.seq, p.transfer_id)
		 FROM payments.posting p LEFT JOIN payments.transfer t ON t.id = p.transfer_id
		 LEFT JOIN payments.account a ON a.id = p.account_id
		 WHERE t.id IS NULL OR a.id IS NULL ORDER BY p.account_id, p.seq`},
	{"holds", "What an account holds is the sum of its open holds.",
		`SELECT count(*) FROM payments.account`,
		`SELECT format('account %s: holds %s, open holds %s', a.id, a.held, coalesce(h.total, 0))
		 FROM payments.account a LEFT JOIN (
			SELECT debit_id, sum(amount - captured - released) AS total
			FROM payments.hold WHERE state = 'pending' GROUP BY debit_id) h ON h.debit_id = a.id
		 WHERE a.held <> coalesce(h.total, 0) ORDER BY a.id`},
	{"captures", "A captured hold has its one transfer, of the captured amount.",
		`SELECT count(*) FROM payments.hold`,
		`SELECT format('hold %s: %s, captured %s, transfer %s of %s',
			h.id, h.state, h.captured, coalesce(t.id::text, 'none'), coalesce(t.amount, 0))
		 FROM payments.hold h LEFT JOIN payments.transfer t ON t.hold_id = h.id
		 WHERE h.captured <> coalesce(t.amount, 0)
			OR t.id IS NOT NULL AND (t.debit_id, t.credit_id) <> (h.debit_id, h.credit_id)
		 ORDER BY h.id`},
	{"orders", "A paid order has its one transfer, of its amount, to its payee; no other order has any.",
		`SELECT count(*) FROM payments.merchant_order`,
		`SELECT format('order %s: %s, %s %s; %s payments of %s in all',
			o.id, o.state, o.amount, o.currency, coalesce(t.n, 0), coalesce(t.total, 0))
		 FROM payments.merchant_order o LEFT JOIN (
			SELECT order_id, count(*) AS n, sum(amount) AS total, min(id) AS id,
				min(credit_id) AS credit_id, min(currency) AS currency
			FROM payments.transfer WHERE kind = 'payment' AND order_id IS NOT NULL
			GROUP BY order_id) t ON t.order_id = o.id
		 WHERE CASE WHEN o.state = 'paid'
			THEN (t.n, t.total, t.id, t.credit_id, t.currency) IS DISTINCT FROM
				(1::bigint, o.amount::numeric, o.paid_transfer_id, o.payee_account_id, o.currency)
			ELSE t.n IS NOT NULL END
		 ORDER BY o.id`},
	{"bank-moves", "A settled bank move has its one transfer, of its amount, against the bank's account.",
		`SELECT count(*) FROM payments.bank_move`,
		`SELECT format('bank move %s: %s %s %s; transfer %s of %s',
			m.id, m.state, m.amount, m.currency, coalesce(t.id::text, 'none'), coalesce(t.amount, 0))
		 FROM payments.bank_move m LEFT JOIN payments.transfer t ON t.id = m.transfer_id
		 WHERE m.state = 'settled' AND (t.amount, t.currency,
				CASE m.direction WHEN 'in' THEN t.debit_id ELSE t.credit_id END,
				CASE m.direction WHEN 'in' THEN t.credit_id ELSE t.debit_id END)
			IS DISTINCT FROM (m.amount, m.currency, m.clearing_id, m.account_id)
		 ORDER BY m.id`},
}

// Verify reads the whole ledger in one snapshot and checks every law. It only needs SELECT and does
// not block payments; it takes about a second per 100,000 transfers.
func Verify(ctx context.Context, pool *pgxpool.Pool) (Report, error) {
	report := Report{OK: true}
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, pool, options, func(tx pgx.Tx) error {
		for _, l := range laws {
			check, err := l.check(ctx, tx)
			if err != nil {
				return fmt.Errorf("payments: verify %s: %w", l.name, err)
			}
			report.OK = report.OK && check.Broken == 0
			report.Checks = append(report.Checks, check)
		}
		return nil
	})
	return report, err
}

func (l law) check(ctx context.Context, tx pgx.Tx) (Check, error) {
	c := Check{Name: l.name, Law: l.says}
	err := tx.QueryRow(ctx, `SELECT (`+l.rows+`),
		count(*), coalesce((array_agg(w.row_text))[1], '')
		FROM (`+l.wrong+`) AS w(row_text)`).Scan(&c.Rows, &c.Broken, &c.FirstWrong)
	return c, err
}
