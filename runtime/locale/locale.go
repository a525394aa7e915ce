// Package locale formats numbers and dates, compares texts and names plurals for the languages of the
// world as browsers do: Intl and the toLocale… methods of mini programs use it.
//
// The data is Unicode's CLDR, as the ICU of Node has it: generate.mjs reads it off formatted samples.
// A locale or an option that is not in it is an error. To answer in another locale would be worse: a
// program that asks for German dates and gets English ones shows its users a wrong day.
package locale

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	_ "embed"
)

//go:embed data.json
var raw []byte

// data is decoded in two steps: a process rarely formats for more than one or two locales.
var data = sync.OnceValue(func() (d struct {
	ICU     string                     `json:"icu"` // the version that the data is from
	Numbers map[string]json.RawMessage `json:"numbers"`
	Dates   map[string]json.RawMessage `json:"dates"`
},
) {
	if err := json.Unmarshal(raw, &d); err != nil {
		panic(err) // the file is a part of the program
	}
	return d
})

// Error is a locale, option or value that cannot be formatted. JavaScript has it as a RangeError.
type Error string

func (e Error) Error() string { return string(e) }

func errorf(format string, args ...any) error { return Error(fmt.Sprintf(format, args...)) }

// defaults are the locales that a bare language stands for, where that is not the language itself.
var defaults = map[string]string{"en": "en-US", "zh": "zh-CN"}

// home are the countries that add nothing to a language of the data.
var home = map[string]string{
	"ja": "JP", "ko": "KR", "de": "DE", "fr": "FR", "sv": "SE", "es": "ES", "it": "IT", "ru": "RU", "uk": "UA", "pl": "PL",
	"cs": "CZ", "sk": "SK", "nl": "NL", "nb": "NO", "da": "DK", "fi": "FI", "tr": "TR", "hu": "HU", "ro": "RO", "el": "GR",
	"th": "TH", "vi": "VN", "id": "ID", "ms": "MY", "hi": "IN", "bg": "BG", "hr": "HR", "ca": "ES",
}

// Canonical is the locale of the data that a tag means: "en" is "en-US", "zh-Hans-CN" is "zh-CN". The
// underscore of a phone's own names ("zh_CN") is read as a hyphen.
func Canonical(tag string) string {
	parts := strings.Split(strings.ReplaceAll(tag, "_", "-"), "-")
	language, script, region := strings.ToLower(parts[0]), "", ""
	for _, part := range parts[1:] {
		switch {
		case len(part) == 4:
			script = strings.ToUpper(part[:1]) + strings.ToLower(part[1:])
		case len(part) == 2:
			region = strings.ToUpper(part)
		default:
			return tag // with an extension: no locale of the data
		}
	}
	if language == "zh" && region == "" {
		region = map[string]string{"Hant": "TW", "Hans": "CN", "": ""}[script]
	}
	if language == "zh" && (region == "SG" || region == "MO") {
		region = map[string]string{"SG": "CN", "MO": "HK"}[region]
	}
	switch {
	case region == "" && defaults[language] != "":
		return defaults[language]
	case region == "" || home[language] == region:
		return language
	default:
		return language + "-" + region
	}
}

var (
	numberCache cache[numberData]
	dateCache   cache[dateData]
)

// cache keeps the decoded data of the locales that were used; there are a few dozen in all.
type cache[T any] struct {
	mu   sync.Mutex
	made map[string]*T
}

func (c *cache[T]) get(name string, from map[string]json.RawMessage, what string) (*T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if made, ok := c.made[name]; ok {
		return made, nil
	}
	text, ok := from[name]
	if !ok {
		return nil, errorf("Teahouse has no %s formats for the locale %s", what, name)
	}
	made := new(T)
	if err := json.Unmarshal(text, made); err != nil {
		panic(err)
	}
	if c.made == nil {
		c.made = map[string]*T{}
	}
	c.made[name] = made
	return made, nil
}

// Supported reports whether numbers, and whether dates, of a locale can be formatted.
func Supported(tag string) (numbers, dates bool) {
	name := Canonical(tag)
	_, numbers = data().Numbers[name]
	_, dates = data().Dates[name]
	return numbers, dates
}
