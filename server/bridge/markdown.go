package bridge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The marks between which a document holds the generated table.
const (
	MarkdownBegin = "<!-- capabilities: generated -->"
	MarkdownEnd   = "<!-- /capabilities -->"
)

// Markdown writes the table for the documentation: an overview, then each capability with its
// parameters and result.
func (t *Table) Markdown() (string, error) {
	rows, err := t.Describe()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("\n| capability | scope | called by | asks the user | a minute | parameters up to |\n|--|--|--|--|--|--|\n")
	for _, c := range rows {
		asks := ""
		if c.Consent {
			asks = "once"
		}
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s | %s | %d | %d KiB |\n", c.Name,
			strings.ReplaceAll(c.Name, ".", ""),
			code(c.Scope), strings.Join(c.Callers, ", "), asks, c.PerMinute, c.MaxBytes>>10)
	}
	for _, c := range rows {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n%s\n", c.Name, c.Summary, c.SummaryZH)
		for _, part := range []struct {
			title  string
			schema json.RawMessage
		}{{"Parameters", c.Input}, {"Result", c.Output}} {
			if err := fields(&b, part.title, part.schema); err != nil {
				return "", err
			}
		}
	}
	b.WriteString("\n")
	return b.String(), nil
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// property is as much of a JSON Schema as the documentation shows.
type property struct {
	Ref         string              `json:"$ref"`
	Type        any                 `json:"type"`
	Format      string              `json:"format"`
	Description string              `json:"description"`
	Items       *property           `json:"items"`
	Required    []string            `json:"required"`
	Properties  map[string]property `json:"properties"`
}

func fields(b *strings.Builder, title string, raw json.RawMessage) error {
	var schema property
	if err := json.Unmarshal(raw, &schema); err != nil {
		return err
	}
	if len(schema.Properties) == 0 {
		return nil
	}
	names := make([]string, 0, len(schema.Properties))
	for name := range schema.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(b, "\n| %s | type | |\n|--|--|--|\n", title)
	for _, name := range names {
		p := schema.Properties[name]
		mark := ""
		if title == "Parameters" && !slices.Contains(schema.Required, name) {
			mark = "Optional. "
		}
		fmt.Fprintf(b, "| `%s` | %s | %s%s |\n", name, p.kind(), mark, p.Description)
	}
	return nil
}

// kind names the type in a word or two.
func (p property) kind() string {
	if p.Ref != "" {
		return p.Ref[strings.LastIndex(p.Ref, "/")+1:]
	}
	kind := ""
	switch t := p.Type.(type) {
	case string:
		kind = t
	case []any:
		parts := make([]string, len(t))
		for i, part := range t {
			parts[i] = fmt.Sprint(part)
		}
		kind = strings.Join(parts, " or ")
	}
	if strings.HasPrefix(kind, "array") && p.Items != nil {
		return "list of " + p.Items.kind()
	}
	if p.Format != "" {
		kind += " (" + p.Format + ")"
	}
	return kind
}
