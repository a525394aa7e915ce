package locale

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// reference is Node, whose Intl is that of V8 and ICU.
type reference struct {
	in  io.Writer
	out *bufio.Scanner
}

func startReference(t *testing.T) *reference {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "testdata/reference.mjs")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // its output has been read
	})
	r := &reference{in: in, out: bufio.NewScanner(out)}
	if _, err := io.WriteString(in, "icu\n"); err != nil {
		t.Fatal(err)
	}
	var icu string
	r.read(t, &icu)
	if major(icu) != major(data().ICU) {
		t.Skipf("this Node has ICU %s and the data is from %s: their CLDR differs", icu, data().ICU)
	}
	return r
}

func major(version string) string {
	head, _, _ := strings.Cut(version, ".")
	return head
}

func (r *reference) read(t *testing.T, into any) {
	t.Helper()
	if !r.out.Scan() {
		t.Fatalf("node ended: %v", r.out.Err())
	}
	if err := json.Unmarshal(r.out.Bytes(), into); err != nil {
		t.Fatal(err)
	}
}

// ask returns what Node says, or the name of its error.
func (r *reference) ask(t *testing.T, c map[string]any) (is, failed string) {
	t.Helper()
	line, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Is, Error string }
	r.read(t, &answer)
	return answer.Is, answer.Error
}

// differs counts and reports cases in which the reference says something else. What we refuse by
// saying so is counted too: a test that refuses everything would pass.
type tally struct{ same, refused int }

func (n *tally) compare(t *testing.T, r *reference, c map[string]any, got string, err error) {
	t.Helper()
	want, failed := r.ask(t, c)
	if err != nil {
		if _, ok := errors.AsType[Error](err); !ok {
			t.Errorf("%v: %v is no Error", c, err)
		}
		n.refused++
		return
	}
	if failed != "" || got != want {
		line, _ := json.Marshal(c)
		t.Errorf("%s:\n got %q\nwant %q%s", line, got, want, failed)
		return
	}
	n.same++
}

func (n *tally) check(t *testing.T, least int) {
	t.Helper()
	t.Logf("%d equal, %d refused", n.same, n.refused)
	if n.same < least {
		t.Errorf("only %d cases were compared", n.same)
	}
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func TestNumbersAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	ref, r := startReference(t), rand.New(rand.NewPCG(1, 2))
	locales := slices.Sorted(func(yield func(string) bool) {
		for name := range data().Numbers {
			if !yield(name) {
				return
			}
		}
	})
	var n tally
	digit := func(values ...int) *int {
		if r.IntN(3) > 0 {
			return nil
		}
		v := pick(r, values...)
		return &v
	}
	for range 6000 {
		o := NumberOptions{
			Style:       pick(r, "", "", "percent", "currency", "currency", "unit"),
			SignDisplay: pick(r, "", "", "", "always", "never", "exceptZero", "negative"),
			UseGrouping: pick(r, "", "", "", "false", "always", "min2"),
			MinInteger:  digit(1, 2, 5), MinFraction: digit(0, 1, 2, 4), MaxFraction: digit(0, 1, 2, 6),
		}
		if r.IntN(6) == 0 {
			o.MinFraction, o.MaxFraction = nil, nil
			o.MinSignificant, o.MaxSignificant = digit(1, 2), digit(3, 5)
		}
		switch o.Style {
		case "currency":
			o.Currency = pick(r, "CNY", "USD", "EUR", "JPY", "KRW", "INR", "XOF", "ABC")
			o.CurrencyDisplay = pick(r, "", "", "symbol", "narrowSymbol", "code", "name")
			o.CurrencySign = pick(r, "", "", "accounting")
		case "unit":
			o.Unit = pick(r, "byte", "kilometer", "celsius", "day", "percent")
			o.UnitDisplay = pick(r, "", "short", "long", "narrow")
		case "":
			if r.IntN(4) == 0 {
				o.Notation, o.CompactDisplay = "compact", pick(r, "", "long")
			}
		}
		value := pick(r, 0, 1, 2, 5, 1234.5, 999999, 0.256, 1.005, 12345678.9, 0.000001234, 99.995, 1e21, 1234, 12345, 9999.5,
			float64(r.IntN(1000000))/100, r.Float64()*math.Pow(10, float64(r.IntN(14))))
		if r.IntN(4) == 0 {
			value = -value
		}
		locale := pick(r, "en-US", "zh-CN", pick(r, locales...))
		got, err := FormatNumber(locale, o, value)
		n.compare(t, ref, map[string]any{"kind": "number", "locale": locale, "options": o, "value": value}, got, err)
	}
	n.check(t, 4000)
}

func TestDatesAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	ref, r := startReference(t), rand.New(rand.NewPCG(3, 4))
	var n tally
	for range 6000 {
		two := func() string { return pick(r, "", "numeric", "2-digit") }
		text := func() string { return pick(r, "", "long", "short", "narrow") }
		o := DateOptions{TimeZone: pick(r, "UTC", "Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Kathmandu")}
		switch r.IntN(4) {
		case 0:
			o.DateStyle, o.TimeStyle = pick(r, "", "full", "long", "medium", "short"), pick(r, "", "long", "medium", "short")
		case 1:
			o.Year, o.Month, o.Day = "numeric", "numeric", "numeric"
			o.Hour, o.Minute, o.Second = "numeric", "numeric", "numeric"
		default:
			o.Weekday, o.Year, o.Month, o.Day = text(), two(), pick(r, two(), text()), two()
			o.Hour, o.Minute, o.Second = two(), two(), two()
			if o.Hour != "" && o.Second != "" {
				o.FractionDigits = pick(r, 0, 0, 0, 3)
			}
		}
		if o.Weekday+o.Year+o.Month+o.Day+o.Hour+o.Minute+o.Second+o.DateStyle+o.TimeStyle == "" {
			continue
		}
		switch r.IntN(5) {
		case 0:
			o.Hour12 = new(r.IntN(2) == 0)
		case 1:
			o.HourCycle = pick(r, "h12", "h23")
		}
		moment := time.UnixMilli(int64(r.IntN(2_000_000_000)) * 1000).Add(time.Duration(r.IntN(1000)) * time.Millisecond).UTC()
		locale := pick(r, "en-US", "zh-CN", "zh-CN", "en-GB", "de", "sv", "en-CA")
		got, err := FormatDate(locale, o, moment)
		options := map[string]any{}
		raw, _ := json.Marshal(o)
		_ = json.Unmarshal(raw, &options)
		n.compare(t, ref, map[string]any{"kind": "date", "locale": locale, "options": options, "value": moment.UnixMilli()}, got, err)
	}
	n.check(t, 3500)
}

func TestTextsAreInTheOrderOfTheReference(t *testing.T) {
	t.Parallel()
	ref, r := startReference(t), rand.New(rand.NewPCG(5, 6))
	words := strings.Fields("a A b B á é e E z ab aB a10 a2 a-b résumé resume Ärger 王 李 张 阿明 北京 上海 苹果 apple Apple 2 10 １ ä ö o _a ~ 李四 李a 中国 zebra")
	var n tally
	for range 3000 {
		o := CompareOptions{Numeric: r.IntN(3) == 0, Sensitivity: pick(r, "", "", "variant", "accent", "base")}
		locale, a, b := pick(r, "en", "zh-CN", "de", "sv"), pick(r, words...), pick(r, words...)
		got, err := Compare(locale, o, a, b)
		n.compare(t, ref, map[string]any{"kind": "compare", "locale": locale, "options": o, "texts": []string{a, b}}, strconv.Itoa(got), err)
	}
	n.check(t, 2900)
}

func TestPluralsTimesAndListsAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	ref, r := startReference(t), rand.New(rand.NewPCG(7, 8))
	var n tally
	for range 1500 {
		locale := pick(r, "en", "zh-CN")
		value := pick(r, 0, 1, 2, 3, 11, 12, 21, 22, 101, 111, 1.5, -1, -2, 1234, float64(r.IntN(500)))
		ordinal := r.IntN(2) == 0
		got, err := Plural(locale, ordinal, value)
		n.compare(t, ref, map[string]any{"kind": "plural", "locale": locale, "ordinal": ordinal, "value": value}, got, err)

		style, auto := pick(r, "long", "short", "narrow"), r.IntN(2) == 0
		unit := pick(r, "second", "minutes", "hour", "day", "days", "week", "month", "quarter", "year")
		got, err = FormatRelative(locale, style, auto, value, unit)
		n.compare(t, ref, map[string]any{"kind": "relative", "locale": locale, "style": style, "auto": auto, "value": value, "unit": unit}, got, err)

		kind, items := pick(r, "conjunction", "disjunction", "unit"), []string{"x", "y", "z", "苹果"}[:r.IntN(5)]
		got, err = FormatList(locale, kind, style, items)
		n.compare(t, ref, map[string]any{"kind": "list", "locale": locale, "type": kind, "style": style, "items": items}, got, err)
	}
	n.check(t, 4400)
}

// Ensure that what is not in the data is an error that says so.
func TestWhatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	moment := time.Date(2021, 9, 3, 0, 0, 0, 0, time.UTC)
	yes := true
	for name, err := range map[string]error{
		"locale of numbers": second(FormatNumber("tlh", NumberOptions{}, 1)),
		"locale of dates":   second(FormatDate("ru", DateOptions{Year: "numeric"}, moment)),
		"extension":         second(FormatNumber("zh-CN-u-nu-hanidec", NumberOptions{}, 1)),
		"long zone":         second(FormatDate("en", DateOptions{Hour: "numeric", TimeZoneName: "long"}, moment)),
		"era":               second(FormatDate("en", DateOptions{Year: "numeric", Era: "long"}, moment)),
		"zone":              second(FormatDate("en", DateOptions{Year: "numeric", TimeZone: "../etc/passwd"}, moment)),
		"style and part":    second(FormatDate("en", DateOptions{DateStyle: "full", Year: "numeric", Hour12: &yes}, moment)),
		"digits":            second(FormatNumber("en", NumberOptions{MinFraction: new(101)}, 1)),
		"caseFirst":         second(Compare("en", CompareOptions{CaseFirst: "upper"}, "a", "b")),
		"order of a locale": second(Compare("tlh", CompareOptions{}, "a", "b")),
		"plural":            second(Plural("ru", false, 1)),
	} {
		if _, ok := errors.AsType[Error](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
