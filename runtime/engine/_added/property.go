package goja

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
)

// expandProperties replaces the property escapes (\p{…}, \P{…}) of a pattern with the flag u by
// classes that list their characters. Neither of the two regular expression libraries behind goja
// reads them as the standard means them, and goja's parser took \p for the letter p. A property that
// is not known is an error, as in the standard; that includes Script_Extensions, which the standard
// library has no table of.
func expandProperties(pattern string) (string, error) {
	if !strings.Contains(pattern, `\p`) && !strings.Contains(pattern, `\P`) {
		return pattern, nil
	}
	var out strings.Builder
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern) && (pattern[i+1] == 'p' || pattern[i+1] == 'P'):
			name, ok := strings.CutPrefix(pattern[i+2:], "{")
			if ok {
				name, _, ok = strings.Cut(name, "}")
			}
			if !ok {
				return "", fmt.Errorf("Invalid property name in /%s/u", pattern)
			}
			set, err := propertySet(name, pattern[i+1] == 'P')
			if err != nil {
				return "", err
			}
			if class {
				out.WriteString(set)
			} else {
				out.WriteString("[" + set + "]")
			}
			i += len(`\p{}`) - 1 + len(name)
		case c == '\\' && i+1 < len(pattern):
			out.WriteString(pattern[i : i+2])
			i++
		default:
			if c == '[' {
				class = true
			} else if c == ']' {
				class = false
			}
			out.WriteByte(c)
		}
	}
	return out.String(), nil
}

// expandedSets keeps what is between the brackets, by the property and whether it is negated.
var expandedSets sync.Map // of string

func propertySet(name string, negated bool) (string, error) {
	key := name
	if negated {
		key = "^" + name
	}
	if set, ok := expandedSets.Load(key); ok {
		return set.(string), nil
	}
	ranges, ok := propertyRanges(name)
	if !ok {
		return "", fmt.Errorf("Invalid property name: %s", name)
	}
	if negated {
		ranges = complement(ranges)
	}
	var b strings.Builder
	for i := 0; i < len(ranges); i += 2 {
		writeClassRune(&b, ranges[i])
		if ranges[i+1] > ranges[i] {
			b.WriteByte('-')
			writeClassRune(&b, ranges[i+1])
		}
	}
	expandedSets.Store(key, b.String())
	return b.String(), nil
}

func writeClassRune(b *strings.Builder, r rune) {
	if strings.ContainsRune(`\]^-[/`, r) {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}

// propertyRanges lists the characters of a property as pairs of first and last one. Surrogates are
// left out: a string with the flag u is read by code points, and patterns hold whole characters.
func propertyRanges(name string) ([]rune, bool) {
	if key, value, ok := strings.Cut(name, "="); ok {
		switch key {
		case "General_Category", "gc":
			return categoryRanges(value)
		case "Script", "sc":
			if full, ok := scriptAliases[value]; ok {
				value = full
			}
			table, ok := unicode.Scripts[value]
			return tableRanges(table), ok
		}
		return nil, false
	}
	if ranges, ok := categoryRanges(name); ok {
		return ranges, true
	}
	if ranges, ok := emojiProperties[name]; ok {
		return ranges, true
	}
	switch name {
	case "Any":
		return complement(nil), true
	case "ASCII":
		return []rune{0, 0x7F}, true
	case "Assigned":
		ranges, _ := categoryRanges("Cn")
		return complement(ranges), true
	case "Alphabetic", "Alpha":
		return union(unicode.L, unicode.Nl, unicode.Other_Alphabetic), true
	case "Lowercase", "Lower":
		return union(unicode.Ll, unicode.Other_Lowercase), true
	case "Uppercase", "Upper":
		return union(unicode.Lu, unicode.Other_Uppercase), true
	case "Math":
		return union(unicode.Sm, unicode.Other_Math), true
	case "ID_Start", "IDS":
		return without(union(unicode.L, unicode.Nl, unicode.Other_ID_Start), unicode.Pattern_Syntax, unicode.Pattern_White_Space), true
	case "ID_Continue", "IDC":
		return without(union(unicode.L, unicode.Nl, unicode.Other_ID_Start, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc,
			unicode.Other_ID_Continue), unicode.Pattern_Syntax, unicode.Pattern_White_Space), true
	case "space":
		name = "White_Space"
	}
	if strings.HasPrefix(name, "Other_") || name == "Hyphen" {
		return nil, false // in the library, and not in the standard of JavaScript
	}
	table, ok := unicode.Properties[name]
	return tableRanges(table), ok
}

func categoryRanges(name string) ([]rune, bool) {
	if short, ok := unicode.CategoryAliases[name]; ok {
		name = short
	}
	table, ok := unicode.Categories[name]
	if !ok {
		return nil, false
	}
	if name == "Cn" || name == "C" {
		// Surrogates are of C, and not unassigned.
		return union(table), true
	}
	return tableRanges(table), true
}

const lastRune = unicode.MaxRune

// union lists what is in any of the tables.
func union(tables ...*unicode.RangeTable) []rune {
	var out []rune
	in := false
	for r := rune(0); r <= lastRune; r++ {
		if 0xD800 <= r && r <= 0xDFFF {
			continue
		}
		if now := unicode.In(r, tables...); now != in {
			if now {
				out = append(out, r)
			} else {
				out = append(out, before(r))
			}
			in = now
		}
	}
	if in {
		out = append(out, lastRune)
	}
	return out
}

func tableRanges(table *unicode.RangeTable) []rune {
	if table == nil {
		return nil
	}
	return union(table)
}

// without takes the characters of tables out of ranges.
func without(ranges []rune, tables ...*unicode.RangeTable) []rune {
	var out []rune
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if unicode.In(r, tables...) {
				continue
			}
			if n := len(out); n > 0 && out[n-1] == r-1 {
				out[n-1] = r
			} else {
				out = append(out, r, r)
			}
		}
	}
	return out
}

// complement lists what is in none of the ranges.
func complement(ranges []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] > next {
			out = appendRange(out, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	if next <= lastRune {
		out = appendRange(out, next, lastRune)
	}
	return out
}

// appendRange adds a range with the surrogates taken out of it.
func appendRange(to []rune, first, last rune) []rune {
	if last < 0xD800 || first > 0xDFFF {
		return append(to, first, last)
	}
	if first < 0xD800 {
		to = append(to, first, 0xD7FF)
	}
	if last > 0xDFFF {
		to = append(to, 0xE000, last)
	}
	return to
}

func before(r rune) rune {
	if r == 0xE000 {
		return 0xD7FF
	}
	return r - 1
}
