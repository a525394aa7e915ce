package wxss

import (
	"slices"
	"strings"
)

// The themes that a media query may ask for.
const (
	themeLight = "light"
	themeDark  = "dark"
)

// inTheme begins a selector that holds in one theme. It has no weight, so that the order of the rules decides
// as before.
func inTheme(theme string) string { return `:where([data-theme="` + theme + `"]) ` }

// query is one query of a media list, without what it asks of the theme.
type query struct {
	theme string // "" for any
	text  string // "" when nothing is left
}

// mediaQueries reads the list of a media rule. The theme is the shell's, which may differ from what the browser
// prefers: rules for one theme get a selector of the frame instead, and the frame has nothing to rewrite.
func (p *parser) mediaQueries(prelude []token) (queries []query, themed bool) {
	for _, tokens := range splitAtCommas(prelude) {
		q := p.query(trim(tokens))
		themed = themed || q.theme != ""
		queries = append(queries, q)
	}
	return queries, themed
}

func splitAtCommas(tokens []token) [][]token {
	var parts [][]token
	depth, start := 0, 0
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.kind == kindFunction || t.is("("):
			depth++
		case t.is(")"):
			depth = max(0, depth-1)
		case t.is(",") && depth == 0:
			parts = append(parts, tokens[start:i])
			start = i + 1
		}
	}
	return append(parts, tokens[start:])
}

func (p *parser) query(tokens []token) query {
	start, end, theme := themeFeature(tokens)
	if theme == "" {
		return query{text: p.values(tokens, valuesNoVar)}
	}
	before, after := trim(tokens[:start]), trim(tokens[end:])
	negated := false
	if len(before) > 0 && isWord(&before[0], "not") {
		// "not all and (…)" and "not (…)"; a longer query after "not" is left to the browser.
		if len(after) > 0 || len(words(before)) > 1 && !slices.Equal(words(before), []string{"not", "all", "and"}) {
			return query{text: p.values(tokens, valuesNoVar)}
		}
		negated, before = true, nil
	}
	if len(before) > 0 && isWord(&before[len(before)-1], "and") {
		before = trim(before[:len(before)-1])
	}
	if len(before) == 0 && len(after) > 0 && isWord(&after[0], "and") {
		after = trim(after[1:])
	}
	if len(after) > 0 && isWord(&after[0], "or") || len(before) > 0 && isWord(&before[len(before)-1], "or") {
		return query{text: p.values(tokens, valuesNoVar)}
	}
	if negated {
		theme = map[string]string{themeLight: themeDark, themeDark: themeLight}[theme]
	}
	text := strings.TrimSpace(p.values(before, valuesNoVar) + " " + p.values(after, valuesNoVar))
	return query{theme: theme, text: text}
}

// themeFeature finds "(prefers-color-scheme: dark)" outside of other brackets.
func themeFeature(tokens []token) (start, end int, theme string) {
	depth := 0
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.is("(") && depth == 0:
			if inside := words(tokens[i+1:]); len(inside) >= 4 && inside[0] == "prefers-color-scheme" && inside[1] == ":" &&
				(inside[2] == themeLight || inside[2] == themeDark) && inside[3] == ")" {
				for end = i; !tokens[end].is(")"); end++ {
				}
				return i, end + 1, inside[2]
			}
			depth++
		case t.is("(") || t.kind == kindFunction:
			depth++
		case t.is(")"):
			depth = max(0, depth-1)
		}
	}
	return 0, 0, ""
}

// words are the first few tokens that are not spaces, as lower case text; others than words and characters
// are empty.
func words(tokens []token) []string {
	var out []string
	for i := range tokens {
		if t := &tokens[i]; t.kind == kindIdent || t.kind == kindDelim {
			out = append(out, strings.ToLower(t.text))
		} else if t.kind != kindSpace {
			out = append(out, "")
		}
		if len(out) == 4 {
			break
		}
	}
	return out
}

func isWord(t *token, word string) bool {
	return t.kind == kindIdent && strings.EqualFold(t.text, word)
}

// media writes a media rule whose queries ask for a theme: its block once for each theme and once for the
// queries that ask for none. Inside a block for one theme only the queries for that theme count.
func (p *parser) media(at *token, queries []query, depth int, in context) {
	start, outer := p.pos, p.theme
	texts := func(theme string) (found []string, any bool) {
		for _, q := range queries {
			if q.theme == theme || outer != "" && q.theme == "" {
				found = append(found, q.text)
			}
		}
		return found, len(found) > 0
	}
	themes := []string{"", themeLight, themeDark}
	if outer != "" {
		themes = []string{outer}
	}
	end := start
	for _, theme := range themes {
		list, any := texts(theme)
		if !any {
			continue
		}
		p.theme = theme
		head := "@media " + strings.Join(list, ",")
		if slices.Contains(list, "") { // it holds whenever the theme does
			head = ""
		}
		// Inside a style rule declarations stand in the block, which need a selector themselves.
		selector := ""
		if theme != outer && in == contextStyle {
			selector = strings.TrimSuffix(inTheme(theme), " ") + " &"
		}
		read := func() { p.wrapped(at, head, selector, depth, in) }
		if end == start {
			read()
		} else {
			p.again(start, read)
		}
		end = p.pos
	}
	p.pos, p.theme = end, outer
	if end == start {
		p.skipBlock()
	}
}

// wrapped writes a block of rules inside what stands before it: a condition, a selector, both or neither.
func (p *parser) wrapped(at *token, head, selector string, depth int, in context) {
	open := 0
	for _, text := range []string{head, selector} {
		if text != "" {
			p.write(text + "{\n")
			open++
		}
	}
	if depth >= MaxNesting {
		p.tooDeep(at)
	} else {
		p.take()
		p.rules(depth+1, in)
	}
	p.write(strings.Repeat("}\n", open))
}

func firstTheme(own, outer string) string {
	if own != "" {
		return own
	}
	return outer
}
