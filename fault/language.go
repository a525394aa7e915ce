package fault

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The languages that the host speaks to people, as BCP 47 tags.
const (
	English = "en"
	Chinese = "zh-CN"
)

// Languages are all of them, the one for everybody else first.
var Languages = []string{English, Chinese}

// MessageIn returns the text that a client may see, in one of the Languages.
func MessageIn(language string, err error) string {
	if language != Chinese || err == nil {
		return MessageOf(err)
	}
	if e, ok := As(err); ok && e.Code != Internal {
		return e.in(language)
	}
	return Translate(language, internalMessage)
}

// in formats the fault's text anew. Arguments that are texts of ours are translated too.
func (e *Error) in(language string) string {
	format, known := chinese[e.format]
	if !known {
		return Translate(language, e.Message)
	}
	args := make([]any, len(e.args))
	for i, arg := range e.args {
		if text, ok := arg.(string); ok {
			arg = Translate(language, text)
		}
		args[i] = arg
	}
	return fmt.Sprintf(strings.ReplaceAll(format, "%w", "%v"), args...)
}

// Translate returns a text of the host in the language, or the text itself when it is none of ours.
// It also knows texts that were formatted and stored before.
func Translate(language, text string) string {
	if language != Chinese {
		return text
	}
	if translated, ok := chinese[text]; ok {
		return translated
	}
	for _, p := range patterns() {
		if !strings.HasPrefix(text, p.prefix) {
			continue
		}
		found := p.english.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		args := make([]any, len(found)-1)
		for i, part := range found[1:] {
			args[i] = part
			if translated, ok := chinese[part]; ok {
				args[i] = translated
			}
		}
		return fmt.Sprintf(p.chinese, args...)
	}
	return text
}

// pattern finds a formatted text.
type pattern struct {
	prefix  string
	english *regexp.Regexp
	chinese string // all verbs are %s: the arguments are what was found
}

var verbs = regexp.MustCompile(`%(\[\d+\])?[-+#.\d]*[a-zA-Z]`)

// patterns are those of the formats that say something beside their arguments. A bare "%s: %s"
// would take everything.
var patterns = sync.OnceValue(func() []pattern {
	var all []pattern
	for format, translated := range chinese {
		prefix := verbs.Split(format, 2)[0]
		if prefix == format || len(prefix) < minPrefix {
			continue
		}
		parts := verbs.Split(format, -1)
		for i := range parts {
			parts[i] = regexp.QuoteMeta(strings.ReplaceAll(parts[i], "%%", "%"))
		}
		all = append(all, pattern{prefix: strings.ReplaceAll(prefix, "%%", "%"),
			english: regexp.MustCompile(`^(?s)` + strings.Join(parts, `(.*?)`) + `$`),
			chinese: verbs.ReplaceAllString(translated, "%${1}s")})
	}
	slices.SortFunc(all, func(a, b pattern) int { // the one that says most, first
		return cmp.Or(cmp.Compare(len(b.prefix), len(a.prefix)), cmp.Compare(b.english.String(), a.english.String()))
	})
	return all
})

// minPrefix is the least text before the first argument that tells one format from another.
const minPrefix = 4
