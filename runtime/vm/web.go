package vm

import (
	_ "embed"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

//go:embed js/web.js
var webSource string

// web makes the classes of the web; a VM runs it when its app first uses one.
var web = OwnScript("web", webSource)

// Web has the classes of the web, URL and others, for scripts of ours in a VM whose app names none of them.
func (v *VM) Web() goja.Value { return v.webClasses() }

// webClasses runs web.js. The prelude asks for it once, when one of its names is read.
func (v *VM) webClasses() goja.Value {
	setUp, err := v.rt.RunProgram(web())
	if err != nil {
		panic(err)
	}
	native := v.rt.NewObject()
	function := func(name string, fn func(goja.FunctionCall) goja.Value) { native.Set(name, v.Function(name, fn)) }
	function("encode", func(c goja.FunctionCall) goja.Value {
		return v.ArrayBuffer([]byte(strings.ToValidUTF8(c.Argument(0).String(), "\uFFFD")))
	})
	function("wellFormed", func(c goja.FunctionCall) goja.Value {
		return v.rt.ToValue(strings.ToValidUTF8(c.Argument(0).String(), "\uFFFD"))
	})
	function("encoding", func(c goja.FunctionCall) goja.Value {
		if name := encodingName(c.Argument(0).String()); name != "" {
			return v.rt.ToValue(name)
		}
		return goja.Undefined()
	})
	function("decode", func(c goja.FunctionCall) goja.Value {
		buf, _ := c.Argument(1).Export().(goja.ArrayBuffer)
		text, used, broken := decodeText(c.Argument(0).String(), buf.Bytes(), c.Argument(2).ToBoolean())
		return v.Array(text, used, broken)
	})
	function("decodeForm", func(c goja.FunctionCall) goja.Value {
		return v.rt.ToValue(decodeForm(c.Argument(0).String()))
	})
	function("classOf", func(c goja.FunctionCall) goja.Value {
		obj, _ := c.Argument(0).(*goja.Object)
		return v.rt.ToValue(obj.ClassName())
	})
	function("url", func(c goja.FunctionCall) goja.Value {
		base := ""
		if !goja.IsUndefined(c.Argument(1)) {
			base = c.Argument(1).String()
			if base == "" {
				return goja.Undefined()
			}
		}
		u, err := ParseURL(c.Argument(0).String(), base)
		if err != nil {
			return goja.Undefined()
		}
		return v.urlParts(u)
	})
	function("urlWith", func(c goja.FunctionCall) goja.Value {
		u, err := ParseURL(c.Argument(0).String(), "")
		if err != nil || len(c.Argument(2).String()) > MaxURLBytes {
			return goja.Undefined()
		}
		setURLPart(u, c.Argument(1).String(), c.Argument(2).String())
		return v.urlParts(u)
	})
	call, _ := goja.AssertFunction(setUp)
	made, err := call(goja.Undefined(), native)
	if err != nil {
		panic(err)
	}
	return made
}

var errURL = errors.New("the address is too long or not an address")

// ParseURL reads an address as browsers do; base may be "".
func ParseURL(text, base string) (*whatwg.Url, error) {
	if len(text) > MaxURLBytes || len(base) > MaxURLBytes {
		return nil, errURL
	}
	if base == "" {
		return whatwg.Parse(text)
	}
	return whatwg.ParseRef(base, text)
}

// urlParts lists the parts in the order of the fields in web.js.
func (v *VM) urlParts(u *whatwg.Url) goja.Value {
	origin := "null"
	switch u.Scheme() {
	case "http", "https", "ws", "wss", "ftp":
		origin = u.Protocol() + "//" + u.Host()
	}
	return v.Array(u.Href(false), u.Protocol(), u.Username(), u.Password(), u.Host(), u.Hostname(), u.Port(),
		u.Pathname(), u.Search(), u.Hash(), origin)
}

func setURLPart(u *whatwg.Url, part, value string) {
	switch part {
	case "protocol":
		u.SetProtocol(value)
	case "username":
		u.SetUsername(value)
	case "password":
		u.SetPassword(value)
	case "host":
		u.SetHost(value)
	case "hostname":
		u.SetHostname(value)
	case "port":
		u.SetPort(value)
	case "pathname":
		u.SetPathname(value)
	case "search":
		u.SetSearch(value)
	case "hash":
		u.SetHash(value)
	}
}

// decodeForm reads a name or a value of application/x-www-form-urlencoded. What is no escape stays.
func decodeForm(text string) string {
	text = strings.ReplaceAll(text, "+", " ")
	if plain, err := url.PathUnescape(text); err == nil {
		return strings.ToValidUTF8(plain, "\uFFFD")
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+3 <= len(text) {
			if plain, err := url.PathUnescape(text[i : i+3]); err == nil {
				b.WriteString(plain)
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

// encodingName is the canonical name of an encoding, or "".
func encodingName(label string) string {
	e, err := htmlindex.Get(label)
	if err != nil {
		return ""
	}
	name, err := htmlindex.Name(e)
	if err != nil {
		return ""
	}
	return name
}

// DecodeText reads bytes in an encoding of the web, by any of its names. An encoding that nobody knows
// is read as UTF-8. What is no character is U+FFFD, and a byte order mark at the beginning is left out.
func DecodeText(label string, raw []byte) string {
	name := encodingName(label)
	if name == "" {
		name = "utf-8"
	}
	text, _, _ := decodeText(name, raw, false)
	return strings.TrimPrefix(text, "\uFEFF")
}

// decodeText reads bytes. With more to come it leaves the beginning of a character at the end, and
// returns how many bytes it has used. broken says that some bytes are no character.
func decodeText(name string, raw []byte, more bool) (text string, used int, broken bool) {
	e, err := htmlindex.Get(name)
	if err != nil {
		return "", len(raw), true // the callers know the name
	}
	decoder := e.NewDecoder()
	var b strings.Builder
	dst := make([]byte, 4<<10)
	for used < len(raw) {
		wrote, read, err := decoder.Transform(dst, raw[used:], !more)
		b.Write(dst[:wrote])
		used += read
		if err == nil || errors.Is(err, transform.ErrShortSrc) {
			break
		}
		if !errors.Is(err, transform.ErrShortDst) {
			used = len(raw)
			break
		}
	}
	text = b.String()
	return text, used, strings.ContainsRune(text, utf8.RuneError)
}
