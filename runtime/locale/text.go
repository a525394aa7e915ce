package locale

import (
	"math"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// CompareOptions are those of Intl.Collator.
type CompareOptions struct {
	Numeric     bool   `json:"numeric"`
	Sensitivity string `json:"sensitivity"` // variant, accent, case or base
	CaseFirst   string `json:"caseFirst"`   // only "false"
}

// collators hold the tables of a locale; one is used by one goroutine at a time.
var collators sync.Map // of collatorKey to *sync.Pool

type collatorKey struct {
	tag     string
	options CompareOptions
	primary bool
}

// Compare orders two texts as Intl.Collator does: negative, zero or positive. Chinese is by pinyin, and
// before letters.
func Compare(tag string, o CompareOptions, a, b string) (int, error) {
	if o.CaseFirst != "" && o.CaseFirst != "false" {
		return 0, errorf("Teahouse does not compare with caseFirst %s", o.CaseFirst)
	}
	switch o.Sensitivity {
	case "", "variant", "accent", "case", "base":
	default:
		return 0, errorf("Value %s out of range for Intl.Collator options property sensitivity", o.Sensitivity)
	}
	name := Canonical(tag)
	if numbers, _ := Supported(name); !numbers {
		return 0, errorf("Teahouse has no order of texts for the locale %s", name)
	}
	if strings.HasPrefix(name, "zh") {
		if order := hanBeforeLetters(name, a, b); order != 0 {
			return order, nil
		}
	}
	return compare(collatorKey{tag: name, options: o}, a, b), nil
}

func compare(key collatorKey, a, b string) int {
	pool, _ := collators.LoadOrStore(key, &sync.Pool{New: func() any {
		var options []collate.Option
		if key.options.Numeric {
			options = append(options, collate.Numeric)
		}
		switch {
		case key.primary || key.options.Sensitivity == "base":
			options = append(options, collate.Loose)
		case key.options.Sensitivity == "accent":
			options = append(options, collate.IgnoreCase)
		case key.options.Sensitivity == "case":
			options = append(options, collate.IgnoreDiacritics)
		}
		return collate.New(language.Make(key.tag), options...)
	}})
	c := pool.(*sync.Pool).Get().(*collate.Collator)
	defer pool.(*sync.Pool).Put(c)
	return c.CompareString(a, b)
}

// hanBeforeLetters decides by the first characters that differ in more than case or accent, when one
// of them is Chinese and the other a letter; else it returns 0.
func hanBeforeLetters(tag, a, b string) int {
	as, bs := []rune(a), []rune(b)
	for i := range min(len(as), len(bs)) {
		x, y := as[i], bs[i]
		if x == y {
			continue
		}
		xHan, yHan := unicode.Is(unicode.Han, x), unicode.Is(unicode.Han, y)
		if xHan != yHan {
			switch {
			case xHan && unicode.IsLetter(y):
				return -1
			case yHan && unicode.IsLetter(x):
				return 1
			}
			return 0
		}
		if compare(collatorKey{tag: tag, primary: true}, string(x), string(y)) != 0 {
			return 0
		}
	}
	return 0
}

// Plural is the category of a number in English ("one", "two", "few", "other") or Chinese ("other").
func Plural(tag string, ordinal bool, n float64) (string, error) {
	switch language, _, _ := strings.Cut(Canonical(tag), "-"); {
	case language == "zh":
		return "other", nil
	case language != "en":
		return "", errorf("Teahouse has no plural rules for the locale %s", tag)
	}
	n = math.Abs(n)
	if !ordinal {
		if n == 1 {
			return "one", nil
		}
		return "other", nil
	}
	if n != math.Trunc(n) {
		return "other", nil
	}
	teen := math.Mod(n, 100)
	switch last := math.Mod(n, 10); {
	case teen >= 11 && teen <= 13:
	case last == 1:
		return "one", nil
	case last == 2:
		return "two", nil
	case last == 3:
		return "few", nil
	}
	return "other", nil
}

type relative struct {
	Past   [2]string         `json:"past"` // for one, for other
	Future [2]string         `json:"future"`
	Auto   map[string]string `json:"auto"`
}

// FormatRelative writes "in 3 days" or "3 天后" as Intl.RelativeTimeFormat does. With auto, days next to
// today have their names.
func FormatRelative(tag, style string, auto bool, value float64, unit string) (string, error) {
	d, err := numberCache.get(Canonical(tag), data().Numbers, "number")
	if err != nil {
		return "", err
	}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return "", errorf("Invalid time value")
	}
	forms, ok := d.Relative[orElse(style, "long")][strings.TrimSuffix(unit, "s")]
	if !ok {
		return "", errorf("Teahouse has no relative times of the unit %q, style %q for the locale %s", unit, style, tag)
	}
	if auto && value == math.Trunc(value) && math.Abs(value) <= 2 {
		key := map[float64]string{-2: "-2", -1: "-1", 0: "0", 1: "1", 2: "2"}[value]
		if value == 0 && math.Signbit(value) {
			key = "0"
		}
		if text, ok := forms.Auto[key]; ok {
			return text, nil
		}
	}
	number, err := FormatNumber(tag, NumberOptions{}, math.Abs(value))
	if err != nil {
		return "", err
	}
	patterns := forms.Future
	if math.Signbit(value) {
		patterns = forms.Past
	}
	pattern := patterns[1]
	if category, err := Plural(tag, false, math.Abs(value)); err == nil && category == "one" {
		pattern = patterns[0]
	}
	return strings.Replace(pattern, "{0}", number, 1), nil
}

// FormatList joins texts as Intl.ListFormat does.
func FormatList(tag, kind, style string, items []string) (string, error) {
	d, err := numberCache.get(Canonical(tag), data().Numbers, "number")
	if err != nil {
		return "", err
	}
	joins, ok := d.Lists[orElse(kind, "conjunction")+" "+orElse(style, "long")]
	if !ok {
		return "", errorf("Teahouse has no lists of type %q, style %q for the locale %s", kind, style, tag)
	}
	switch len(items) {
	case 0:
		return "", nil
	case 1:
		return items[0], nil
	case 2:
		return items[0] + joins[0] + items[1], nil
	}
	last := len(items) - 1
	return strings.Join(items[:last], joins[1]) + joins[2] + items[last], nil
}
