package payments_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/payments"
)

func TestAmountsHaveTheDecimalPlacesOfTheirCurrency(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		currency string
		minor    int64
		want     string
	}{
		{"CNY", 1250, "12.50"}, {"CNY", 5, "0.05"}, {"CNY", 0, "0.00"}, {"CNY", -5, "-0.05"},
		{"CNY", -123456, "-1234.56"}, {"JPY", 1250, "1250"}, {"JPY", -3, "-3"},
		{"KWD", 1250, "1.250"}, {"KWD", 7, "0.007"}, {"CLF", 1, "0.0001"},
		{"CNY", -9223372036854775808, "-92233720368547758.08"},
	} {
		currency, ok := payments.LookupCurrency(c.currency)
		if got := currency.Format(c.minor); !ok || got != c.want {
			t.Errorf("%d %s is %q, want %q", c.minor, c.currency, got, c.want)
		}
	}
}

// For every currency the text without its decimal point is the number again.
func TestFormattingLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		currency, _ := payments.LookupCurrency(rapid.SampledFrom(payments.CurrencyCodes()).Draw(t, "code"))
		minor := rapid.Int64().Draw(t, "minor")
		text := currency.Format(minor)
		back, err := strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
		if err != nil || back != minor {
			t.Fatalf("%d became %q became %d (%v)", minor, text, back, err)
		}
		if _, places, _ := strings.Cut(text, "."); len(places) != currency.Exponent {
			t.Fatalf("%q has %d places, want %d", text, len(places), currency.Exponent)
		}
	})
}

func TestOnlyWholePositiveAmountsOfKnownCurrenciesAreMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		money payments.Money
		slug  string
	}{
		{payments.Money{Amount: 1, Currency: "CNY"}, ""},
		{payments.Money{Amount: payments.MaxAmount, Currency: "JPY"}, ""},
		{payments.Money{Amount: 0, Currency: "CNY"}, "bad-amount"},
		{payments.Money{Amount: -1, Currency: "CNY"}, "bad-amount"},
		{payments.Money{Amount: payments.MaxAmount + 1, Currency: "CNY"}, "bad-amount"},
		{payments.Money{Amount: -9223372036854775808, Currency: "CNY"}, "bad-amount"},
		{payments.Money{Amount: 1, Currency: "cny"}, "unknown-currency"},
		{payments.Money{Amount: 1, Currency: "XXX"}, "unknown-currency"},
		{payments.Money{Amount: 1}, "unknown-currency"},
	} {
		if got := fault.SlugOf(c.money.Validate()); got != c.slug {
			t.Errorf("%+v: %q, want %q", c.money, got, c.slug)
		}
	}
}

// Amounts are formatted from the table in Go and constrained by the one in the database.
func TestTheDatabaseHasTheSameCurrencies(t *testing.T) {
	t.Parallel()
	pool := migrationtest.Open(t)
	rows, err := pool.Query(t.Context(), `SELECT code, num::int, exponent::int FROM payments.currency ORDER BY code`)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := pgx.CollectRows(rows, pgx.RowToStructByPos[payments.Currency])
	if err != nil {
		t.Fatal(err)
	}
	var known []payments.Currency
	for _, code := range payments.CurrencyCodes() {
		c, _ := payments.LookupCurrency(code)
		known = append(known, c)
	}
	if diff := cmp.Diff(known, stored); diff != "" {
		t.Errorf("in Go (-) and in the database (+):\n%s", diff)
	}
}

func TestEasilyGuessedPINsAreRefused(t *testing.T) {
	t.Parallel()
	for pin, slug := range map[string]string{
		"000000": "weak-pin", "999999": "weak-pin", "123456": "weak-pin", "654321": "weak-pin",
		"890123": "weak-pin", "098765": "weak-pin", "121212": "weak-pin", "123123": "weak-pin",
		"112233": "weak-pin", "887766": "weak-pin",
		"12345": "bad-pin", "1234567": "bad-pin", "": "bad-pin", "12345a": "bad-pin",
		"１２３４５６": "bad-pin", "-12345": "bad-pin", "12 456": "bad-pin",
		"271828": "", "314159": "", "083746": "", "135790": "",
	} {
		if got := fault.SlugOf(payments.ValidPIN(pin)); got != slug {
			t.Errorf("%q: %q, want %q", pin, got, slug)
		}
	}
}

func TestInvalidOrdersNameTheWrongField(t *testing.T) {
	t.Parallel()
	good := payments.NewOrder{AppID: "ta1", OutTradeNo: "T-000001", Description: "一杯龙井 Longjing tea",
		Money: payments.Money{Amount: 1800, Currency: "CNY"}, PayeeID: "a", PayeeName: "Café"}
	if err := good.Validate(); err != nil {
		t.Fatalf("a good order: %v", err)
	}
	for slug, makeBad := range map[string]func(*payments.NewOrder){
		"bad-out-trade-no": func(n *payments.NewOrder) { n.OutTradeNo = "short" },
		"bad-description":  func(n *payments.NewOrder) { n.Description = "\u202e00.81 ¥" },
		"bad-attach":       func(n *payments.NewOrder) { n.Attach = strings.Repeat("x", payments.MaxAttach+1) },
		"bad-expiry":       func(n *payments.NewOrder) { n.Life = payments.MaxOrderLife + 1 },
		"bad-amount":       func(n *payments.NewOrder) { n.Money.Amount = 0 },
		"unknown-currency": func(n *payments.NewOrder) { n.Money.Currency = "BTC" },
	} {
		bad := good
		makeBad(&bad)
		if got := fault.SlugOf(bad.Validate()); got != slug {
			t.Errorf("got %q, want %q", got, slug)
		}
	}
}

func TestIdempotencyKeysArePrintableAndBounded(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{
		"a": true, strings.Repeat("k", payments.MaxKeyLength): true, "8e03978e-40d5": true,
		"": false, strings.Repeat("k", payments.MaxKeyLength+1): false, "a b": false, "é": false,
		"a\x00": false, "a\n": false,
	} {
		if err := (payments.Key{Value: value}).Validate(); (err == nil) != ok {
			t.Errorf("%q: %v", value, err)
		}
	}
}
