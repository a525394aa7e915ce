package locale

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NumberOptions are those of Intl.NumberFormat; a zero value is the default of each. Digits that are
// nil take the default of the style.
type NumberOptions struct {
	Style           string `json:"style"`           // decimal, percent, currency or unit
	Currency        string `json:"currency"`        // ISO 4217
	CurrencyDisplay string `json:"currencyDisplay"` // symbol, narrowSymbol, code or name
	CurrencySign    string `json:"currencySign"`    // standard or accounting
	Unit            string `json:"unit"`
	UnitDisplay     string `json:"unitDisplay"`    // short, long or narrow
	Notation        string `json:"notation"`       // standard or compact
	CompactDisplay  string `json:"compactDisplay"` // short or long
	SignDisplay     string `json:"signDisplay"`    // auto, always, never, exceptZero or negative
	UseGrouping     string `json:"useGrouping"`    // always, auto, min2 or false

	MinInteger     *int `json:"minimumIntegerDigits"`     // 1 to 21
	MinFraction    *int `json:"minimumFractionDigits"`    // 0 to 100
	MaxFraction    *int `json:"maximumFractionDigits"`    // 0 to 100
	MinSignificant *int `json:"minimumSignificantDigits"` // 1 to 21
	MaxSignificant *int `json:"maximumSignificantDigits"` // 1 to 21
}

type numberData struct {
	Decimal     string            `json:"decimal"`
	Group       string            `json:"group"`
	Minus       string            `json:"minus"`
	Plus        string            `json:"plus"`
	Second      int               `json:"second"` // digits in a group above the first: 2 in India
	MinGrouping int               `json:"minGrouping"`
	Percent     string            `json:"percent"`
	Money       string            `json:"money"`
	MoneyMinus  string            `json:"moneyMinus"`
	Accounting  string            `json:"accounting"`
	Symbols     map[string]string `json:"symbols"`
	Narrow      map[string]string `json:"narrow"`

	// Only for English and Chinese.
	CompactShort []compactForm                  `json:"compactShort"`
	CompactLong  []compactForm                  `json:"compactLong"`
	NameOne      map[string]string              `json:"nameOne"`
	NameOther    map[string]string              `json:"nameOther"`
	Units        map[string]plural              `json:"units"`
	Relative     map[string]map[string]relative `json:"relative"`
	Lists        map[string][3]string           `json:"lists"`
}

type plural struct {
	One   map[string]string `json:"one"`
	Other map[string]string `json:"other"`
}

// compactForm says by which power of ten a number is divided, and what is written around it.
type compactForm struct {
	power   int
	pattern string
}

func (f *compactForm) UnmarshalJSON(text []byte) error {
	power, pattern, _ := strings.Cut(strings.Trim(string(text), "[]"), ",")
	n, err := strconv.Atoi(power)
	if err != nil {
		return err
	}
	f.power = n
	f.pattern, err = strconv.Unquote(pattern)
	return err
}

// minorDigits are the digits after the point of currencies that do not have two.
var minorDigits = map[string]int{"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "PYG": 0, "UGX": 0, "XAF": 0, "XOF": 0,
	"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}

// FormatNumber writes a number as Intl.NumberFormat does.
func FormatNumber(tag string, o NumberOptions, value float64) (string, error) {
	d, err := numberCache.get(Canonical(tag), data().Numbers, "number")
	if err != nil {
		return "", err
	}
	digits, err := o.digits()
	if err != nil {
		return "", err
	}
	percent := o.Style == "percent"
	negative := math.Signbit(value) && !math.IsNaN(value)
	var body string
	around, zero := "{0}", false
	switch magnitude := math.Abs(value); {
	case math.IsNaN(value):
		body = "NaN"
	case math.IsInf(value, 0):
		body = "∞"
	default:
		n := parseDecimal(magnitude)
		if percent {
			n.exponent += 2
		}
		if o.Notation == "compact" {
			if n, around, err = d.compact(o, n, digits); err != nil {
				return "", err
			}
		} else {
			n = digits.round(n)
		}
		zero = n.isZero()
		body = d.write(n, digits, o)
	}
	body = strings.Replace(around, "{0}", body, 1)
	return d.decorate(o, body, negative, zero)
}

// decorate writes sign, currency, unit and percent around the digits.
func (d *numberData) decorate(o NumberOptions, body string, negative, zero bool) (string, error) {
	sign := ""
	switch o.SignDisplay {
	case "", "auto":
		if negative {
			sign = "-"
		}
	case "always":
		sign = map[bool]string{true: "-", false: "+"}[negative]
	case "never":
	case "exceptZero":
		if !zero {
			sign = map[bool]string{true: "-", false: "+"}[negative]
		}
	case "negative":
		if negative && !zero {
			sign = "-"
		}
	default:
		return "", errorf("Value %s out of range for Intl.NumberFormat options property signDisplay", o.SignDisplay)
	}
	written := map[string]string{"-": d.Minus, "+": d.Plus, "": ""}[sign]
	switch o.Style {
	case "", "decimal":
		return written + body, nil
	case "percent":
		return written + strings.Replace(d.Percent, "{0}", body, 1), nil
	case "unit":
		units, ok := d.Units[orElse(o.UnitDisplay, "short")]
		pattern := units.Other[o.Unit]
		if isOne(body) {
			pattern = units.One[o.Unit]
		}
		if !ok || pattern == "" {
			return "", errorf("Teahouse has no unit %q for this locale", o.Unit)
		}
		return strings.Replace(pattern, "{0}", written+body, 1), nil
	case "currency":
		return d.money(o, body, sign, written)
	}
	return "", errorf("Value %s out of range for Intl.NumberFormat options property style", o.Style)
}

func (d *numberData) money(o NumberOptions, body, sign, written string) (string, error) {
	code := strings.ToUpper(o.Currency)
	if len(code) != 3 {
		return "", errorf("Invalid currency code : %s", o.Currency)
	}
	pattern, symbol := d.Money, d.Symbols[code]
	switch o.CurrencyDisplay {
	case "", "symbol":
	case "narrowSymbol":
		if narrow, ok := d.Narrow[code]; ok {
			symbol = narrow
		}
	case "code":
		symbol = code
	case "name":
		return d.named(code, body, written)
	default:
		return "", errorf("Value %s out of range for Intl.NumberFormat options property currencyDisplay", o.CurrencyDisplay)
	}
	if symbol == "" {
		return "", errorf("Teahouse has no symbol of the currency %s: use currencyDisplay code", code)
	}
	switch {
	case o.CurrencySign == "accounting" && d.NameOne == nil:
		return "", errorf("Teahouse has no accounting formats for this locale")
	case sign == "-" && o.CurrencySign == "accounting":
		pattern = d.Accounting
	case sign != "":
		pattern = d.MoneyMinus
	}
	// Letters do not touch digits, where a sign like $ does.
	first, last := edges(symbol)
	if unicode.IsLetter(last) {
		pattern = strings.Replace(pattern, "{1}{0}", "{1}\u00a0{0}", 1)
	}
	if unicode.IsLetter(first) {
		pattern = strings.Replace(pattern, "{0}{1}", "{0}\u00a0{1}", 1)
	}
	return strings.NewReplacer("{0}", body, "{1}", symbol, "-", written).Replace(pattern), nil
}

func (d *numberData) named(code, body, written string) (string, error) {
	pattern := d.NameOther[code]
	if isOne(body) {
		pattern = d.NameOne[code]
	}
	if pattern == "" {
		return "", errorf("Teahouse has no name of the currency %s for this locale", code)
	}
	return written + strings.Replace(pattern, "{0}", body, 1), nil
}

// isOne reports whether the written digits are those of 1, so that a noun is singular: "1" and "01", not
// "1.0".
func isOne(body string) bool { return strings.TrimLeft(body, "0") == "1" }

// edges are the first and last character of a text.
func edges(text string) (first, last rune) {
	first, _ = utf8.DecodeRuneInString(text)
	last, _ = utf8.DecodeLastRuneInString(text)
	return first, last
}

func (d *numberData) compact(o NumberOptions, n decimal, digits digits) (decimal, string, error) {
	forms := d.CompactShort
	if o.CompactDisplay == "long" {
		forms = d.CompactLong
	}
	if forms == nil {
		return n, "", errorf("Teahouse has no compact numbers for this locale")
	}
	round := func(n decimal) decimal {
		if digits.given {
			return digits.round(n)
		}
		// Two digits where there is one before the point, and whole numbers else.
		if n.integerDigits() <= 1 && !n.isZero() {
			return n.roundSignificant(2)
		}
		return n.roundFraction(0)
	}
	for {
		form := forms[min(max(n.integerDigits()-1, 0), len(forms)-1)]
		scaled := n
		scaled.exponent -= form.power
		scaled = round(scaled)
		again := scaled
		again.exponent += form.power
		if again.integerDigits() == n.integerDigits() || n.isZero() {
			return scaled, form.pattern, nil
		}
		n = again // 999,999 became 1,000,000, which has another form
	}
}

// write writes the digits with groups and point.
func (d *numberData) write(n decimal, digits digits, o NumberOptions) string {
	whole, fraction := n.text()
	for len(whole) < digits.minInteger {
		whole = "0" + whole
	}
	minFraction := digits.minFraction
	if digits.minSignificant > 0 {
		minFraction = max(0, digits.minSignificant-len(strings.TrimLeft(whole, "0")))
		if strings.Trim(whole, "0") == "" {
			minFraction = digits.minSignificant + len(fraction) - len(strings.TrimLeft(fraction, "0"))
			if strings.Trim(fraction, "0") == "" {
				minFraction = digits.minSignificant - 1
			}
		}
	}
	if o.Notation == "compact" && !digits.given {
		minFraction = 0
	}
	for len(fraction) < minFraction {
		fraction += "0"
	}
	minGroup := d.MinGrouping
	switch o.UseGrouping {
	case "always":
		minGroup = 1
	case "min2":
		minGroup = 2
	case "":
		if o.Notation == "compact" {
			minGroup = 2
		}
	}
	if o.UseGrouping != "false" && len(whole) >= 3+minGroup {
		grouped := whole[len(whole)-3:]
		rest := whole[:len(whole)-3]
		for len(rest) > d.Second {
			grouped = rest[len(rest)-d.Second:] + d.Group + grouped
			rest = rest[:len(rest)-d.Second]
		}
		whole = rest + d.Group + grouped
	}
	if fraction == "" {
		return whole
	}
	return whole + d.Decimal + fraction
}

// digits says how many digits are written.
type digits struct {
	minInteger, minFraction, maxFraction int
	minSignificant, maxSignificant       int // 0: by the fraction
	given                                bool
}

func (o NumberOptions) digits() (digits, error) {
	d := digits{minInteger: 1, maxFraction: 3}
	switch o.Style {
	case "percent":
		d.maxFraction = 0
	case "currency":
		d.minFraction = 2
		if n, ok := minorDigits[strings.ToUpper(o.Currency)]; ok {
			d.minFraction = n
		}
		d.maxFraction = d.minFraction
	}
	for _, limit := range []struct {
		name     string
		value    *int
		min, max int
	}{
		{"minimumIntegerDigits", o.MinInteger, 1, 21},
		{"minimumFractionDigits", o.MinFraction, 0, 100},
		{"maximumFractionDigits", o.MaxFraction, 0, 100},
		{"minimumSignificantDigits", o.MinSignificant, 1, 21},
		{"maximumSignificantDigits", o.MaxSignificant, 1, 21},
	} {
		if limit.value != nil && (*limit.value < limit.min || *limit.value > limit.max) {
			return d, errorf("%s value is out of range.", limit.name)
		}
	}
	if o.MinInteger != nil {
		d.minInteger = *o.MinInteger
	}
	if o.MinSignificant != nil || o.MaxSignificant != nil {
		d.given = true
		d.minSignificant, d.maxSignificant = 1, 21
		if o.MinSignificant != nil {
			d.minSignificant = *o.MinSignificant
		}
		if o.MaxSignificant != nil {
			d.maxSignificant = *o.MaxSignificant
		}
		if d.minSignificant > d.maxSignificant {
			return d, errorf("maximumSignificantDigits value is out of range.")
		}
		return d, nil
	}
	switch {
	case o.MinFraction != nil && o.MaxFraction != nil:
		if *o.MinFraction > *o.MaxFraction {
			return d, errorf("maximumFractionDigits value is out of range.")
		}
		d.minFraction, d.maxFraction, d.given = *o.MinFraction, *o.MaxFraction, true
	case o.MinFraction != nil:
		d.minFraction, d.maxFraction, d.given = *o.MinFraction, max(*o.MinFraction, d.maxFraction), true
	case o.MaxFraction != nil:
		d.minFraction, d.maxFraction, d.given = min(d.minFraction, *o.MaxFraction), *o.MaxFraction, true
	}
	return d, nil
}

func (d digits) round(n decimal) decimal {
	if d.maxSignificant > 0 {
		return n.roundSignificant(d.maxSignificant)
	}
	return n.roundFraction(d.maxFraction)
}

// decimal is a number that is not negative: 0.DIGITS times ten to the exponent. It holds the shortest
// digits that mean the float, as JavaScript prints it: 1.005 rounds to 1.01, whatever its binary value.
type decimal struct {
	digits   string // without zeros at either end; empty for zero
	exponent int
}

func parseDecimal(v float64) decimal {
	text := strconv.FormatFloat(v, 'e', -1, 64)
	mantissa, power, _ := strings.Cut(text, "e")
	exponent, err := strconv.Atoi(power)
	if err != nil {
		panic("locale: " + text)
	}
	digits := strings.TrimRight(strings.Replace(mantissa, ".", "", 1), "0")
	if digits == "" {
		return decimal{}
	}
	return decimal{digits: digits, exponent: exponent + 1}
}

func (n decimal) isZero() bool { return n.digits == "" }

func (n decimal) integerDigits() int {
	if n.isZero() {
		return 1
	}
	return n.exponent
}

// keep rounds to the first digits, halves away from zero.
func (n decimal) keep(count int) decimal {
	if count >= len(n.digits) {
		return n
	}
	if count < 0 {
		return decimal{}
	}
	up := n.digits[count] >= '5'
	kept := []byte(n.digits[:count])
	if up {
		i := count - 1
		for ; i >= 0 && kept[i] == '9'; i-- {
			kept[i] = '0'
		}
		if i >= 0 {
			kept[i]++
		} else {
			kept = append([]byte{'1'}, kept...)
			n.exponent++
		}
	}
	n.digits = strings.TrimRight(string(kept), "0")
	if n.digits == "" {
		return decimal{}
	}
	return n
}

func (n decimal) roundFraction(digits int) decimal    { return n.keep(n.exponent + digits) }
func (n decimal) roundSignificant(digits int) decimal { return n.keep(digits) }

// text is the digits before and after the point.
func (n decimal) text() (whole, fraction string) {
	switch {
	case n.isZero():
		return "0", ""
	case n.exponent <= 0:
		return "0", strings.Repeat("0", -n.exponent) + n.digits
	case n.exponent >= len(n.digits):
		return n.digits + strings.Repeat("0", n.exponent-len(n.digits)), ""
	default:
		return n.digits[:n.exponent], n.digits[n.exponent:]
	}
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
