package wx

import (
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/vm"
)

// webAddress is the absolute address that a browser makes of what an app wrote: Chinese and spaces in
// paths and queries are percent-encoded, names are in ASCII. The host, which takes addresses apart
// with another parser, so only sees one that both read alike. The reason is "" when there is none.
func webAddress(text string, schemes ...string) (address, reason string) {
	u, err := vm.ParseURL(text, "")
	if err != nil || u.Hostname() == "" || !slices.Contains(schemes, u.Scheme()) {
		return "", "invalid url \"" + vm.Cut(text, 200) + "\""
	}
	// In a query the standard keeps some characters that other parsers refuse.
	return strings.NewReplacer("|", "%7C", "^", "%5E", "`", "%60", "{", "%7B", "}", "%7D").Replace(u.Href(false)), ""
}

// encodeURIComponent is the function of the language.
func encodeURIComponent(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.!~*'()", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}
