package document

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// regexp matches texts against a regular expression of JavaScript, in time that grows with the text and not
// with the guesses: what would need guesses (groups that are named again, looking ahead) is refused.
func (r *reader) regexp(path []string, value any, flags string) (test, error) {
	text, ok := value.(string)
	if !ok || len(text) > MaxPattern {
		return nil, invalid("a regular expression is a text of at most %d bytes", MaxPattern)
	}
	if r.patterns++; r.patterns > MaxPatterns {
		return nil, invalid("a query may have %d regular expressions", MaxPatterns)
	}
	pattern, err := compilePattern(text, flags)
	if err != nil {
		return nil, err
	}
	return r.onValues(path, func(value any) bool {
		s, ok := value.(string)
		if !ok {
			return false
		}
		r.condition.spent += pattern.cost(s)
		return r.condition.over() || pattern.MatchString(s)
	}), nil
}

const (
	spaces   = `\t\n\v\f\r\x{A0}\x{FEFF}\p{Z}`
	newlines = `\n\r\x{2028}\x{2029}`
)

// pattern is a regular expression, and how many parts it has when its repetitions are written out.
type pattern struct {
	*regexp.Regexp
	parts int
}

// cost is the steps of matching a text: each byte may be compared with every part.
func (p pattern) cost(text string) int {
	if _, plain := p.LiteralPrefix(); plain {
		return len(text) / textStep
	}
	return len(text) * p.parts / 8
}

// parts counts the parts of an expression, up to a little more than MaxProgram.
func parts(expression *syntax.Regexp) int {
	n := 1
	if expression.Op == syntax.OpLiteral {
		n = len(expression.Rune)
	}
	for _, sub := range expression.Sub {
		n += parts(sub)
	}
	if expression.Op == syntax.OpRepeat {
		n *= max(expression.Min, expression.Max, 1)
	}
	return min(n, MaxProgram+1)
}

// compilePattern translates what JavaScript writes in another way.
func compilePattern(text, flags string) (pattern, error) {
	var out strings.Builder
	dotAll := strings.Contains(flags, "s")
	for _, flag := range flags {
		switch flag {
		case 'i', 'm', 's':
			out.WriteString("(?" + string(flag) + ")")
		case 'g', 'u', 'y':
		default:
			return pattern{}, invalid("a regular expression has no option %q", flag)
		}
	}
	class := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			written, skip, err := escape(text[i:], class)
			if err != nil {
				return pattern{}, err
			}
			out.WriteString(written)
			i += skip
		case c == '[' && !class:
			class = true
			out.WriteByte(c)
			if strings.HasPrefix(text[i+1:], "^]") || strings.HasPrefix(text[i+1:], "]") {
				return pattern{}, notPattern(text)
			}
		case c == '[':
			out.WriteString(`\[`)
		case c == ']' && class:
			class = false
			out.WriteByte(c)
		case c == '.' && !class && !dotAll:
			out.WriteString("[^" + newlines + "]")
		default:
			out.WriteByte(c)
		}
	}
	parsed, err := syntax.Parse(out.String(), syntax.Perl)
	if err != nil {
		return pattern{}, notPattern(text)
	}
	p := pattern{parts: parts(parsed)}
	if p.parts > MaxProgram {
		return p, invalid("the regular expression %s repeats too much", clip(text))
	}
	if p.Regexp, err = regexp.Compile(out.String()); err != nil {
		return p, notPattern(text)
	}
	return p, nil
}

func notPattern(text string) error {
	return invalid("the regular expression %s is not valid, or needs what this database does not have: (?=…), (?<=…), \\1", clip(text))
}

// escape translates what follows a backslash. skip is how much more of the text it has used.
func escape(text string, class bool) (written string, skip int, err error) {
	switch c := text[0]; {
	case c == 's' && class:
		return spaces, 0, nil
	case c == 's':
		return "[" + spaces + "]", 0, nil
	case c == 'S' && !class:
		return "[^" + spaces + "]", 0, nil
	case c == 'u' && len(text) >= 5:
		for _, digit := range text[1:5] {
			if !strings.ContainsRune("0123456789abcdefABCDEF", digit) {
				return "", 0, notPattern(text)
			}
		}
		return `\x{` + text[1:5] + "}", 4, nil
	case strings.IndexByte(`dDwWbBnrtfvxpP\/^$.*+?()[]{}|-`, c) >= 0:
		return `\` + text[:1], 0, nil
	}
	return "", 0, notPattern(text)
}
