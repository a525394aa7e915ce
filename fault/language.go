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

// LanguageOf returns the one of the Languages for a tag such as "zh-Hans-CN", or for a list of tags
// that begins with the preferred one. Chinese of any region reads zh-CN rather than English.
func LanguageOf(tag string) string {
	primary := strings.TrimLeft(tag, " ")
	if end := strings.IndexAny(primary, "-_,; "); end >= 0 { // the vendor writes zh_CN
		primary = primary[:end]
	}
	if strings.EqualFold(primary, "zh") {
		return Chinese
	}
	return English
}

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

// in formats the fault's text anew.
func (e *Error) in(language string) string {
	return say(language, e.Message, e.format, e.args)
}

// Text is what the host says to people outside of a fault, or a part of a fault's text. Its String
// is English: what is stored is that, and Translate says it in the reader's language.
type Text struct {
	format string
	args   []any
}

// Textf makes a Text. Arguments may be Texts.
func Textf(format string, args ...any) Text { return Text{format, args} }

// String implements fmt.Stringer.
func (t Text) String() string { return fmt.Sprintf(t.format, t.args...) }

// In returns the text in one of the Languages.
func (t Text) In(language string) string {
	if language != Chinese {
		return t.String()
	}
	return say(language, t.String(), t.format, t.args)
}

// say formats a text anew. Arguments that are texts of ours are translated too.
func say(language, english, format string, given []any) string {
	format, known := chinese[format]
	if !known {
		return Translate(language, english)
	}
	args := make([]any, len(given))
	for i, arg := range given {
		switch text := arg.(type) {
		case Text:
			arg = text.In(language)
		case string:
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
		if !strings.HasPrefix(text, p.prefix) || !strings.Contains(text, p.longest) {
			continue
		}
		found := p.english.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		args := make([]any, len(found)-1)
		for i, part := range found[1:] {
			args[i] = Translate(language, part) // shorter than the text, so this ends
		}
		return fmt.Sprintf(p.chinese, args...)
	}
	return text
}

// pattern finds a formatted text.
type pattern struct {
	prefix  string // before the first argument
	longest string // of the parts between the arguments
	size    int    // of all of them
	english *regexp.Regexp
	chinese string // all verbs are %s: the arguments are what was found
}

var verbs = regexp.MustCompile(`%(\[\d+\])?[-+#.\d]*[a-zA-Z]`)

// patterns are those of the formats that say something beside their arguments. A bare "%s: %s"
// would take everything.
var patterns = sync.OnceValue(func() []pattern {
	var all []pattern
	for format, translated := range chinese {
		parts := verbs.Split(format, -1)
		p := pattern{chinese: verbs.ReplaceAllString(translated, "%${1}s")}
		quoted := make([]string, len(parts))
		for i, part := range parts {
			part = strings.ReplaceAll(part, "%%", "%")
			p.size += len(part)
			if len(part) > len(p.longest) {
				p.longest = part
			}
			quoted[i] = regexp.QuoteMeta(part)
		}
		if len(parts) == 1 || p.size < minText {
			continue
		}
		p.prefix = strings.ReplaceAll(parts[0], "%%", "%")
		p.english = regexp.MustCompile(`^(?s)` + strings.Join(quoted, `(.*?)`) + `$`)
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b pattern) int { // the one that says most, first
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(b.english.String(), a.english.String()))
	})
	return all
})

// minText is the least text beside its arguments that tells one format from another.
const minText = 10
