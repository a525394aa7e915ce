package compile

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/teahouse/teahouse/runtime/source"
)

// encodings reports style sheets and markup that are not UTF-8. They would compile, and the page
// would show wrong characters. Scripts and configuration are checked elsewhere, when they are read.
func (c *compilation) encodings() {
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		kind, content := path.Ext(name), c.files[name]
		if kind != ".wxml" && kind != ".wxss" {
			continue
		}
		if line, column, message := encodingFault(c.root+name, content); message != "" {
			c.report(source.Error, kind[1:]+"-encoding", name, line, column, "%s", message)
		}
	}
}

// encodingFault finds the first byte that is not UTF-8, and says what to do. message is empty when
// there is none.
func encodingFault(name string, content []byte) (line, column int, message string) {
	if utf8.Valid(content) {
		return 0, 0, ""
	}
	bad := 0
	for bad < len(content) {
		r, size := utf8.DecodeRune(content[bad:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		bad += size
	}
	line, column = position(content, bad)
	encoding := guess(content)
	if encoding == "" {
		return line, column, "This file is not UTF-8. Save it again as UTF-8."
	}
	return line, column, fmt.Sprintf("This file is %s, not UTF-8. Save it as UTF-8 in your editor, or run: "+
		"iconv -f %s -t UTF-8 %s > copy && mv copy %s", encoding, encoding, name, name)
}

// guess names the encoding of a text that is not UTF-8: the one of the two common encodings in
// which all bytes are valid.
func guess(content []byte) string {
	if len(content) >= 2 && (content[0] == 0xff && content[1] == 0xfe || content[0] == 0xfe && content[1] == 0xff) {
		return "UTF-16"
	}
	for i := 0; i < len(content); i++ {
		lead := content[i]
		if lead < 0x80 {
			continue
		}
		i++
		if lead == 0x80 || lead == 0xff || i == len(content) ||
			content[i] < 0x40 || content[i] == 0x7f || content[i] == 0xff {
			return ""
		}
	}
	return "GBK"
}

// stylesToCompile are languages that must be compiled to WXSS. The vendor's tools do it with a
// plugin; a bundle must contain WXSS.
var stylesToCompile = map[string]string{
	".less": "npx lessc %s %s",
	".scss": "npx sass --no-source-map %s %s",
	".sass": "npx sass --no-source-map %s %s",
	".styl": "npx stylus < %s > %s",
}

// uncompiledStyles warns about a style sheet in such a language if the program, the page or the component
// has no WXSS with the same name: it would be shown without its style and without a message.
func (c *compilation) uncompiledStyles() {
	kinds := slices.Sorted(maps.Keys(stylesToCompile))
	bases := append([]string{"app"}, c.img.App.Pages...)
	for i := range c.img.Components {
		bases = append(bases, c.img.Components[i].Path)
	}
	for _, base := range bases {
		if _, ok := c.files[base+".wxss"]; ok {
			continue
		}
		for _, kind := range kinds {
			if _, ok := c.files[base+kind]; !ok {
				continue
			}
			if slices.Contains(c.project.plugins, strings.Replace(kind[1:], "scss", "sass", 1)) {
				c.report(source.Error, "style-not-compiled", base+kind, 0, 0,
					"%s is not compiled on the host. Upload with “npx teahouse upload”, which compiles it, "+
						"or put %s.wxss beside it.", base+kind, path.Base(base))
				continue
			}
			c.report(source.Warning, "style-not-compiled", base+kind, 0, 0,
				"%s is not read: there is no %s.wxss beside it. Compile it before the upload: "+stylesToCompile[kind],
				kind, path.Base(base), c.root+base+kind, c.root+base+".wxss")
		}
	}
}
