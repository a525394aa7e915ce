package egress

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// What a response says as JSON is what it is, whatever is in its body.
func TestAResponseReadsBackAsItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Response{Status: rapid.IntRange(100, 599).Draw(t, "status"), Body: rapid.String().Draw(t, "body"),
			Headers:    rapid.MapOf(rapid.StringMatching(`[A-Z][a-z-]*`), rapid.StringMatching(`[ -~]*`)).Draw(t, "headers"),
			Cookies:    rapid.SliceOf(rapid.StringMatching(`[ -~]*`)).Draw(t, "cookies"),
			BodyBase64: rapid.StringMatching(`[A-Za-z0-9+/]*`).Draw(t, "bytes")}
		encoded, err := want.EncodeJSON()
		if err != nil {
			t.Fatal(err)
		}
		var got Response
		if err := json.Unmarshal(encoded, &got); err != nil {
			t.Fatalf("%s: %v", encoded, err)
		}
		if got.Status != want.Status || got.Body != want.Body || got.BodyBase64 != want.BodyBase64 ||
			!maps.Equal(got.Headers, want.Headers) || !slices.Equal(got.Cookies, want.Cookies) {
			t.Errorf("%+v became %+v", want, got)
		}
	})
}

func FuzzAppendText(f *testing.F) {
	f.Add("\x00\x1f\"\\/<&>\u2028 茶\U0001f375")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		var got string
		if err := json.Unmarshal(appendText(nil, text), &got); err != nil || got != text {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	})
}
