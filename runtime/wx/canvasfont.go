package wx

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// measureText must answer at once, and only the browser has the fonts. Each page with a canvas sends
// how wide the letters of its three standard fonts are, before its onReady; a text is as wide as the sum
// of its letters. Canvases draw without kerning, so that this is what is drawn (e2e/tests/canvas.spec.ts
// holds the difference below half a percent).

// fonts has the widths of letters in thousandths of the font's size.
type fonts struct {
	Widths map[string][]int `json:"widths"` // by family and weight, such as "serif 700", from U+0020 on
	// Of letters outside the table: Chinese ones and their likes, emoji, and all others.
	Wide, Emoji, Other int
	// How far the font reaches above and below the line.
	Ascent, Descent int
}

// Before a page has told: the widths of Arial from U+0020 to U+007E.
var standardFonts = fonts{Widths: map[string][]int{"sans-serif 400": {
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}}, Wide: 1000, Emoji: 1370, Other: 600, Ascent: 905, Descent: 212}

// read takes what a page measured.
func (f *fonts) read(detail json.RawMessage) {
	var told fonts
	if json.Unmarshal(detail, &told) == nil && len(told.Widths["sans-serif 400"]) > 0 {
		*f = told
	}
}

// font is what a CSS font says.
type font struct {
	size   float64
	family string // one of the three in the table
	bold   bool
}

var fontPattern = regexp.MustCompile(`^((?:[a-z0-9-]+\s+)*?)([\d.]+)(px|pt|em|rem|%)(?:\s*/\s*[\w.%]+)?\s+(\S.*)$`)

func parseFont(text string) (font, bool) {
	m := fontPattern.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil || len(text) > 500 {
		return font{}, false
	}
	size, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return font{}, false
	}
	switch m[3] {
	case "pt":
		size *= 4.0 / 3
	case "em", "rem":
		size *= 10
	case "%":
		size /= 10
	}
	f := font{size: size, family: "sans-serif"}
	for word := range strings.FieldsSeq(m[1]) {
		weight, err := strconv.Atoi(word)
		f.bold = f.bold || word == "bold" || word == "bolder" || err == nil && weight >= 600
	}
	switch family := m[4]; {
	case strings.Contains(family, "mono") || strings.Contains(family, "courier"):
		f.family = "monospace"
	case strings.Contains(family, "sans"):
	case strings.Contains(family, "serif") || strings.Contains(family, "times") || strings.Contains(family, "georgia"):
		f.family = "serif"
	}
	return f, true
}

// fontText accepts a font as the value of a style.
func fontText(v goja.Value) (any, bool) {
	text := v.String()
	_, ok := parseFont(text)
	return text, ok
}

// measure makes a TextMetrics.
func (f *fonts) measure(v *vm.VM, fontText, text string) goja.Value {
	table := f
	if len(table.Widths) == 0 {
		table = &standardFonts
	}
	is, _ := parseFont(fontText)
	width := table.width(is, text)
	part := func(thousandths int) float64 { return is.size * float64(thousandths) / 1000 }
	return v.Object("width", width,
		"actualBoundingBoxLeft", 0.0, "actualBoundingBoxRight", width,
		"actualBoundingBoxAscent", part(table.Ascent)*0.8, "actualBoundingBoxDescent", part(table.Descent)*0.5,
		"fontBoundingBoxAscent", part(table.Ascent), "fontBoundingBoxDescent", part(table.Descent))
}

func (f *fonts) width(is font, text string) float64 {
	weight := " 400"
	if is.bold {
		weight = " 700"
	}
	widths := f.Widths[is.family+weight]
	if widths == nil {
		widths = f.Widths["sans-serif 400"]
	}
	sum := 0
	for _, r := range text {
		switch at := int(r) - ' '; {
		case at >= 0 && at < len(widths):
			sum += widths[at]
		case r < ' ' || unicode.Is(unicode.Mn, r) || r == 0x200D || r >= 0xFE00 && r <= 0xFE0F:
			// no room of its own
		case r >= 0x1F000 && r <= 0x1FAFF:
			sum += f.Emoji
		case wide(r):
			sum += f.Wide
		default:
			sum += f.Other
		}
	}
	return is.size * float64(sum) / 1000
}

// wide reports whether a letter is as wide as it is high.
func wide(r rune) bool {
	return r >= 0x1100 && r <= 0x115F || r >= 0x2E80 && r <= 0xA4CF || r >= 0xAC00 && r <= 0xD7A3 ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFF60 ||
		r >= 0xFFE0 && r <= 0xFFE6 || r >= 0x20000 && r <= 0x3FFFD
}
