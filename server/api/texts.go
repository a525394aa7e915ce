package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/teahouse/teahouse/fault"
)

// textFault refuses a text that contains a zero character, bytes that are not UTF-8, or half of a
// surrogate pair. PostgreSQL cannot store the first two, nor the third in JSON; and Go reads the
// last two as U+FFFD, so that the stored text would differ from the sent one.
func textFault(path string) error {
	return fault.Errorf(fault.Invalid, "bad-text", "A text contains a character that cannot be stored.").
		At(path, "must be Unicode text without the character U+0000")
}

// checkTexts checks the address and a body of JSON or of a form, for all operations, so that none
// can forget it. The handlers of multipart forms check the fields themselves.
func checkTexts(c *fiber.Ctx) error {
	// For an address that cannot be unescaped the router finds no route.
	if path, err := url.PathUnescape(c.Path()); err == nil && !storable(path) {
		return textFault("path")
	}
	if name, ok := badArgument(c.Context().QueryArgs()); ok {
		return textFault("query." + name)
	}
	body := c.Request().Body()
	if len(body) == 0 {
		return nil
	}
	mediaType, _, _ := strings.Cut(strings.ToLower(c.Get(fiber.HeaderContentType)), ";")
	switch mediaType = strings.TrimSpace(mediaType); {
	case mediaType == fiber.MIMEApplicationForm:
		if name, ok := badArgument(c.Context().PostArgs()); ok {
			return textFault("body." + name)
		}
	case mediaType == "", mediaType == fiber.MIMEApplicationJSON, strings.HasSuffix(mediaType, "+json"):
		if clean, ok := cleanJSON(body); !ok {
			return textFault(whereMarked(clean))
		}
	}
	return nil
}

func storable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// badArgument returns the first argument that is not storable.
func badArgument(args *fasthttp.Args) (name string, found bool) {
	for key, value := range args.All() {
		if found = !storable(string(key)) || !storable(string(value)); found {
			return strings.ToValidUTF8(strings.ReplaceAll(string(key), "\x00", ""), ""), true
		}
	}
	return "", false
}

// mark replaces, in a cleaned text, what cannot be stored. Unicode guarantees that this character
// is never assigned.
const mark = "\ufdd0"

// cleanJSON reports whether all texts of a JSON document are storable. It returns the document with
// the mark in place of each part that is not.
func cleanJSON(document []byte) (clean []byte, ok bool) {
	ok = utf8.Valid(document)
	if ok && !bytes.Contains(document, []byte(`\u`)) {
		return document, true
	}
	clean = bytes.ToValidUTF8(document, []byte(mark))
	for at := 0; ; {
		next := bytes.IndexByte(clean[at:], '\\')
		if next < 0 || at+next+1 >= len(clean) {
			return clean, ok
		}
		at += next
		unit, isUnit := codeUnit(clean[at:])
		switch {
		case !isUnit:
			at += len(`\n`)
		case unit != 0 && !utf16.IsSurrogate(unit):
			at += len(`\u0000`)
		default:
			second, _ := codeUnit(clean[at+len(`\u0000`):])
			if utf16.DecodeRune(unit, second) != utf8.RuneError {
				at += 2 * len(`\u0000`)
				continue
			}
			ok = false
			copy(clean[at:], `\ufdd0`)
		}
	}
}

// codeUnit reads an escape such as \u00e9 at the start of the text.
func codeUnit(text []byte) (unit rune, ok bool) {
	if len(text) < len(`\u0000`) || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}

// whereMarked returns the path of the first value with the mark, "body" when none has it.
func whereMarked(document []byte) string {
	var body any
	if json.Unmarshal(document, &body) != nil {
		return "body"
	}
	path, _ := markedIn(body, "body")
	return path
}

func markedIn(value any, path string) (string, bool) {
	switch value := value.(type) {
	case string:
		return path, strings.Contains(value, mark)
	case []any:
		for i, item := range value {
			if found, ok := markedIn(item, fmt.Sprintf("%s[%d]", path, i)); ok {
				return found, true
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if strings.Contains(name, mark) {
				return path, true
			}
			if found, ok := markedIn(value[name], path+"."+name); ok {
				return found, true
			}
		}
	}
	return path, false
}
