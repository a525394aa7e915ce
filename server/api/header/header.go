// Package header reads request headers whose value is a list.
//
// A list may stand on several lines (RFC 9110, section 5.3): a proxy may append its part to the
// client's line or add a line of its own. Code that reads only the first line may read what the
// client wrote. So all lists are read here, from all their lines.
package header

import (
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
)

// List returns the elements of all lines of the header, in order, without the empty ones. Every
// comma separates, also inside quotes. That is on purpose: a quote that the client did not close
// must not hide what a proxy appended.
func List(h *fasthttp.RequestHeader, name string) []string {
	var elements []string
	for _, line := range h.PeekAll(name) {
		for element := range strings.SplitSeq(string(line), ",") {
			if element = strings.Trim(element, " \t"); element != "" {
				elements = append(elements, element)
			}
		}
	}
	return elements
}

// Has reports whether the request has the header at all, an empty line included.
func Has(h *fasthttp.RequestHeader, name string) bool { return len(h.PeekAll(name)) > 0 }

// HasToken reports whether one of the elements is the token, in any case of its letters.
func HasToken(h *fasthttp.RequestHeader, name, token string) bool {
	for _, element := range List(h, name) {
		if strings.EqualFold(element, token) {
			return true
		}
	}
	return false
}

// NoneMatch reports whether If-None-Match contains the entity tag (`"abc"`, with its quotes): the
// client has it already. The comparison is the weak one of RFC 9110, section 13.1.2.
func NoneMatch(h *fasthttp.RequestHeader, tag string) bool {
	for _, line := range h.PeekAll(fasthttp.HeaderIfNoneMatch) {
		for rest := string(line); rest != ""; {
			rest = strings.TrimLeft(rest, " \t,")
			if strings.HasPrefix(rest, "*") {
				return true
			}
			rest = strings.TrimPrefix(rest, "W/")
			if !strings.HasPrefix(rest, `"`) {
				break // not a tag; the rest cannot be parsed
			}
			end := strings.IndexByte(rest[1:], '"')
			if end < 0 {
				break
			}
			if rest[:end+2] == tag {
				return true
			}
			rest = rest[end+2:]
		}
	}
	return false
}

// Accepts reports whether a header of preferences, such as Accept-Encoding, accepts the value.
func Accepts(h *fasthttp.RequestHeader, name, value string) bool {
	return quality(List(h, name), func(offered string) bool { return strings.EqualFold(offered, value) }) > 0
}

// Language returns the first of the offered languages, such as "en" and "zh-CN", that the client
// prefers, and the first offered when it names none of them. For Chinese of any region or script it
// is zh-CN.
func Language(h *fasthttp.RequestHeader, offered ...string) string {
	wanted := List(h, fasthttp.HeaderAcceptLanguage)
	best, liked := offered[0], 0.0
	for _, language := range offered {
		primary, _, _ := strings.Cut(language, "-")
		q := quality(wanted, func(tag string) bool {
			given, _, _ := strings.Cut(tag, "-")
			return strings.EqualFold(given, primary)
		})
		if q > liked {
			best, liked = language, q
		}
	}
	return best
}

// quality returns the highest weight of the elements that match; `*` matches what is not named.
func quality(elements []string, matches func(string) bool) float64 {
	named, others := -1.0, 0.0
	for _, element := range elements {
		value, parameters, _ := strings.Cut(element, ";")
		value = strings.TrimRight(value, " \t")
		switch q := weight(parameters); {
		case matches(value):
			named = max(named, q)
		case value == "*":
			others = q
		}
	}
	if named >= 0 {
		return named
	}
	return others
}

// weight reads "q=0.5"; whatever is not a weight counts as 1, whatever is not a number as 0.
func weight(parameters string) float64 {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.Trim(parameter, " \t"), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		q, err := strconv.ParseFloat(value, 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}
