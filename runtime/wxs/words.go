package wxs

import (
	"slices"
	"strings"
)

// onlyJavaScript are the words that JavaScript keeps for itself and WXS does not: modules name variables so,
// and the vendor's compiler takes them.
var onlyJavaScript = []string{"class", "const", "debugger", "enum", "export", "extends", "import", "new", "super"}

// free renames those words where they are names of variables, so that a parser of JavaScript takes them. The
// text keeps its length, and so every place its line and column. A word that begins something of JavaScript,
// as in "new Date" or "class {", stays, for the error that says what to write instead.
func free(text string) string {
	var out []byte // nil while nothing was renamed
	taken := map[string]bool{}
	for _, word := range onlyJavaScript {
		taken[freed(word)] = strings.Contains(text, freed(word))
	}
	before := byte(0)
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\'':
			i = afterText(text, i)
			before = c
		case strings.HasPrefix(text[i:], "//"):
			i = after(text, i, "\n")
		case strings.HasPrefix(text[i:], "/*"):
			i = after(text, i+2, "*/")
		case isWord(c):
			end := i
			for end < len(text) && isWord(text[end]) {
				end++
			}
			if word := text[i:end]; slices.Contains(onlyJavaScript, word) && !taken[freed(word)] &&
				before != '.' && namesVariable(text[end:]) {
				if out == nil {
					out = []byte(text)
				}
				copy(out[i:end], freed(word))
			}
			before, i = text[end-1], end
		default:
			if c > ' ' {
				before = c
			}
			i++
		}
	}
	if out == nil {
		return text
	}
	return string(out)
}

// freed is the name that stands for a word.
func freed(word string) string { return word[:len(word)-1] + "$" }

// namesVariable reports whether what follows a word shows that it is a variable: an operator, a bracket that
// closes, a comma or a member. The name of a field, before a colon, needs no other word.
func namesVariable(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r\n")
	return rest == "" || strings.IndexByte("=;,).[]}+-*/%<>&|?!", rest[0]) >= 0 && !strings.HasPrefix(rest, "...")
}

func afterText(text string, i int) int {
	quote := text[i]
	for i++; i < len(text) && text[i] != '\n'; i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return min(i, len(text))
}

func after(text string, i int, end string) int {
	if at := strings.Index(text[min(i, len(text)):], end); at >= 0 {
		return i + at + len(end)
	}
	return len(text)
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
}
