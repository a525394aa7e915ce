package compile

import (
	"path"
	"strings"
)

// theme holds the variables of theme.json, which app.json and the JSON files of pages refer to as
// "@name". Everything that may refer to one is read twice: as it looks in the light, and in the dark.
type theme struct {
	file        string // "" without a theme.json
	light, dark map[string]string
	isDark      bool // the one that is read now
}

// readTheme reads theme.json, or the file that app.json names instead.
func (c *compilation) readTheme(doc node) {
	file := "theme.json"
	if named := doc.member("themeLocation"); named.given() {
		text, _ := named.string()
		file = strings.TrimPrefix(path.Clean("/"+text), "/")
	}
	content, ok := c.files[file]
	if !ok {
		return
	}
	variables, ok := c.document(file, content)
	if !ok {
		return
	}
	read := func(name string) map[string]string {
		object, values := variables.object(name), map[string]string{}
		for _, key := range object.keys() {
			if value, ok := object.member(key).string(); ok {
				values["@"+key] = value
			}
		}
		return values
	}
	c.theme = theme{file: file, light: read("light"), dark: read("dark")}
}

// inTheDark reads something again as it looks in the dark. The diagnostics that both have in common
// are reported once.
func (t *theme) inTheDark(read func()) {
	t.isDark = true
	read()
	t.isDark = false
}

// value returns a text, or for "@name" what it stands for in the theme that is read.
func (t *theme) value(text string) string {
	values := t.light
	if t.isDark {
		values = t.dark
	}
	if value, ok := values[text]; ok {
		return value
	}
	return text
}

func (t *theme) name() string {
	if t.isDark {
		return "dark"
	}
	return "light"
}
