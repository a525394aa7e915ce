package payments_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/orders"
)

// model is the expected ledger in a few lines: the result of every command and every balance after
// it. The real ledger is compared with it after each command.
type model struct {
	balances, held []int64
	keys           map[string]used
	holds          []modelHold
	placed         []modelOrder
}

// used is the request for which a key was used, and the answer that it must always give.
type used struct {
	fingerprint string
	receipt     payments.Receipt
}

type modelHold struct {
	id            int64
	debit, credit int
	amount        int64
	open, posted  bool
}

type modelOrder struct {
	id     uuid.UUID
	no     string
	amount int64
	payer  int // -1 while unpaid
	closed bool
}

// modelAccounts wallets, followed by the merchant. Balances stay near zero, so that a third of all
// commands are refused.
const (
	modelAccounts = 4
	merchant      = modelAccounts
	modelFunds    = 120
)

// want decides a transfer: the slug of its refusal, or "".
func (m *model) want(key, fingerprint string, debit, credit int, amount int64) string {
	if known, ok := m.keys[key]; ok {
		if known.fingerprint != fingerprint {
			return "key-reused"
		}
		return ""
	}
	switch {
	case debit == credit:
		return "same-account"
	case m.balances[debit]-m.held[debit] < amount:
		return "insufficient-funds"
	}
	return ""
}

// book applies a transfer that the ledger accepted, and checks the balances in its receipt.
func (m *model) book(
	t *rapid.T, key, fingerprint string, receipt payments.Receipt, debit, credit int, amount int64,
) {
	if known, ok := m.keys[key]; ok {
		receipt.Replayed = false
		if receipt != known.receipt {
			t.Fatalf("key %s answered %+v first and %+v now", key, known.receipt, receipt)
		}
		return
	}
	m.balances[debit] -= amount
	m.balances[credit] += amount
	if receipt.DebitBalance != m.balances[debit] || receipt.CreditBalance != m.balances[credit] || receipt.Replayed {
		t.Fatalf("key %s answered %+v, want balances %d and %d", key, receipt, m.balances[debit], m.balances[credit])
	}
	m.keys[key] = used{fingerprint, receipt}
}

// machine is a model together with the real ledger.
type machine struct {
	model
	books
	ids      []int64 // accounts, the merchant last
	run      string  // makes the names of this run unique
	commands *atomic.Int64
	refusals *atomic.Int64
}

// runs numbers the runs of the model test.
var runs atomic.Int64

func (m *machine) agree(t *rapid.T, what string, err error, want string) {
	m.commands.Add(1)
	if got := fault.SlugOf(err); got != want {
		t.Fatalf("%s: got %q (%v), want %q", what, got, err, want)
	}
	if want != "" {
		m.refusals.Add(1)
	}
}

func (m *machine) user(n int) string { return fmt.Sprintf("%s-user-%d", m.run, n) }

// key draws a new key or one that was used before.
func (m *machine) key(t *rapid.T, kind string) string {
	return fmt.Sprintf("%s-%s-%d", m.run, kind, rapid.IntRange(0, 40).Draw(t, "key"))
}

func (m *machine) transfer(t *rapid.T) {
	debit := rapid.IntRange(0, modelAccounts-1).Draw(t, "debit")
	credit := rapid.IntRange(0, modelAccounts-1).Draw(t, "credit")
	amount := rapid.Int64Range(1, 80).Draw(t, "amount")
	key := m.key(t, "move")
	fingerprint := fmt.Sprint(debit, credit, amount)
	if known, ok := m.keys[key]; ok && rapid.Bool().Draw(t, "retry") { // the same payload again
		fingerprint = known.fingerprint
		if _, err := fmt.Sscan(fingerprint, &debit, &credit, &amount); err != nil {
			t.Fatal(err)
		}
	}
	want := m.want(key, fingerprint, debit, credit, amount)
	receipt, err := m.ledger.Transfer(context.Background(), move(key, m.ids[debit], m.ids[credit], amount))
	m.agree(t, "transfer", err, want)
	if want == "" {
		m.book(t, key, fingerprint, receipt, debit, credit, amount)
	}
}

func (m *machine) hold(t *rapid.T) {
	debit := rapid.IntRange(0, modelAccounts-1).Draw(t, "debit")
	credit := (debit + rapid.IntRange(0, modelAccounts-1).Draw(t, "step")) % modelAccounts
	amount := rapid.Int64Range(1, 80).Draw(t, "amount")
	key := fmt.Sprintf("%s-hold-%d", m.run, len(m.holds))
	want := m.want(key, "", debit, credit, amount)
	id, _, err := m.ledger.Hold(context.Background(), payments.Hold{
		Key:   payments.Key{Client: "test", Endpoint: "hold", Value: key},
		Debit: m.ids[debit], Credit: m.ids[credit],
		Money: payments.Money{Amount: amount, Currency: "CNY"}, ExpiresAt: time.Now().Add(time.Hour)})
	m.agree(t, "hold", err, want)
	if want == "" {
		m.held[debit] += amount
		m.holds = append(m.holds, modelHold{id: id, debit: debit, credit: credit, amount: amount, open: true})
	}
}

func (m *machine) capture(t *rapid.T) {
	if len(m.holds) == 0 {
		t.Skip("no holds")
	}
	h := &m.holds[rapid.IntRange(0, len(m.holds)-1).Draw(t, "hold")]
	amount := rapid.Int64Range(1, h.amount+3).Draw(t, "amount")
	key := m.key(t, "capture")
	fingerprint := fmt.Sprint(h.id, amount)
	want := ""
	if known, ok := m.keys[key]; ok {
		if known.fingerprint != fingerprint {
			want = "key-reused"
		}
	} else if !h.open {
		want = "hold-resolved"
	} else if amount > h.amount {
		want = "bad-amount"
	}
	receipt, err := m.ledger.Capture(context.Background(), payments.Key{Client: "test", Endpoint: "capture",
		Value: key, Fingerprint: payments.Fingerprint(h.id, amount)}, h.id, amount, payments.KindPayment)
	m.agree(t, "capture", err, want)
	if want != "" {
		return
	}
	if _, replay := m.keys[key]; !replay {
		m.held[h.debit] -= h.amount
		h.open, h.posted = false, true
	}
	m.book(t, key, fingerprint, receipt, h.debit, h.credit, amount)
}

func (m *machine) release(t *rapid.T) {
	if len(m.holds) == 0 {
		t.Skip("no holds")
	}
	h := &m.holds[rapid.IntRange(0, len(m.holds)-1).Draw(t, "hold")]
	want := ""
	if h.posted {
		want = "hold-resolved"
	}
	m.agree(t, "release", m.ledger.Release(context.Background(), h.id), want)
	if h.open {
		m.held[h.debit] -= h.amount
		h.open = false
	}
}

func (m *machine) order(t *rapid.T) {
	no := fmt.Sprintf("%s_%06d", m.run, rapid.IntRange(0, 12).Draw(t, "no"))
	amount := rapid.Int64Range(1, 60).Draw(t, "amount")
	want := ""
	known := -1
	for i := range m.placed {
		if m.placed[i].no == no {
			known = i
			if rapid.Bool().Draw(t, "same") {
				amount = m.placed[i].amount
			}
			if m.placed[i].amount != amount {
				want = "out-trade-no-used"
			}
		}
	}
	order, err := m.service().Create(context.Background(), m.tea(no, amount))
	m.agree(t, "order", err, want)
	switch {
	case want != "":
	case known < 0:
		m.placed = append(m.placed, modelOrder{id: order.ID, no: no, amount: amount, payer: -1})
	case m.placed[known].id != order.ID:
		t.Fatalf("order %s was %s and is %s now", no, m.placed[known].id, order.ID)
	}
}

func (m *machine) pay(t *rapid.T) {
	if len(m.placed) == 0 {
		t.Skip("no orders")
	}
	o := &m.placed[rapid.IntRange(0, len(m.placed)-1).Draw(t, "order")]
	payer := rapid.IntRange(0, modelAccounts-1).Draw(t, "payer")
	key := m.key(t, "pay")
	name := fmt.Sprintf("%d/%s", payer, key) // keys belong to their users
	fingerprint := o.id.String()
	want := ""
	known, replay := m.keys[name]
	switch {
	case replay && known.fingerprint != fingerprint:
		want = "key-reused"
	case replay:
	case o.closed:
		want = "order-closed"
	case o.payer >= 0:
		want = "order-paid"
	default:
		want = m.want(name, fingerprint, payer, merchant, o.amount)
	}
	got, err := m.service().Pay(context.Background(),
		payments.Payment{OrderID: o.id, PayerID: m.user(payer), Key: key})
	m.agree(t, "pay", err, want)
	if want != "" {
		return
	}
	if !replay {
		m.balances[payer] -= o.amount
		m.balances[merchant] += o.amount
		o.payer = payer
		m.keys[name] = used{fingerprint: fingerprint}
	}
	if got.State != payments.OrderPaid || got.PayerID != m.user(o.payer) {
		t.Fatalf("paid order reads %+v", got)
	}
}

func (m *machine) close(t *rapid.T) {
	if len(m.placed) == 0 {
		t.Skip("no orders")
	}
	o := &m.placed[rapid.IntRange(0, len(m.placed)-1).Draw(t, "order")]
	want := ""
	if o.payer >= 0 {
		want = "order-paid"
	}
	_, err := m.service().Close(context.Background(), m.app(), o.id)
	m.agree(t, "close", err, want)
	if want == "" {
		o.closed = true
	}
}

func (m *machine) app() string { return "ta-" + m.run }

// service is the real order service; m.placed are the model's orders.
func (m *machine) service() *orders.Service { return m.books.orders }

func (m *machine) tea(no string, amount int64) payments.NewOrder {
	order := tea(no, amount)
	order.AppID, order.PayeeID = m.app(), m.run
	return order
}

// compare reads all balances.
func (m *machine) compare(t *rapid.T) {
	for i, id := range m.ids {
		var balance, held int64
		err := m.pool.QueryRow(context.Background(),
			`SELECT balance, held FROM payments.account WHERE id = $1`, id).Scan(&balance, &held)
		if err != nil || balance != m.balances[i] || held != m.held[i] {
			t.Fatalf("account %d has %d and holds %d, want %d and %d (%v)",
				i, balance, held, m.balances[i], m.held[i], err)
		}
	}
}

// Commands at random, with every answer and every balance compared to the model's. Run it longer
// with -rapid.checks.
func TestTheLedgerBehavesLikeItsModel(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	var commands, refusals atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{books: b, run: fmt.Sprintf("run%04d", runs.Add(1)), commands: &commands,
			refusals: &refusals}
		m.model = model{balances: make([]int64, modelAccounts+1), held: make([]int64, modelAccounts+1),
			keys: map[string]used{}}
		for i := range modelAccounts {
			m.ids = append(m.ids, b.wallet(t, m.user(i), "CNY"))
			b.fund(t, m.ids[i], modelFunds)
			m.balances[i] = modelFunds
		}
		shop, err := b.ledger.Open(context.Background(), payments.Merchant(m.run, "CNY"))
		if err != nil {
			rt.Fatal(err)
		}
		m.ids = append(m.ids, shop.ID)
		rt.Repeat(map[string]func(*rapid.T){
			"transfer": m.transfer, "transfer again": m.transfer, "hold": m.hold, "capture": m.capture,
			"release": m.release, "order": m.order, "pay": m.pay, "pay again": m.pay, "close": m.close,
			"": m.compare,
		})
	})
	t.Logf("%d commands, %d refused", commands.Load(), refusals.Load())
	if commands.Load() < 2000 && !t.Failed() {
		t.Errorf("only %d commands: the test proves little", commands.Load())
	}
}
