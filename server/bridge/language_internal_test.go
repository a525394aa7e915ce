package bridge

import (
	"regexp"
	"testing"

	"github.com/teahouse/teahouse/fault"
)

// english are two words of English in a row. Names of scopes, files and settings stand alone.
var english = regexp.MustCompile(`[A-Za-z]+ (the|a|is|are|of|not|it|does|be|by|with|has|have|declare\w*|newest|released|version)\b`)

// Ensure that a refusal is a whole sentence of one language, whichever version the right is of.
func TestRefusalsOfRightsAreInOneLanguage(t *testing.T) {
	t.Parallel()
	row := Capability{Name: "messages.send_text", Scope: "message"}
	for _, caller := range []Caller{
		{}, {Test: true}, {Trial: Grant{Version: "1.1.0"}}, {Version: "1.0.0"}, {Version: "1.0.0", Trial: Grant{Version: "1.1.0"}},
		{Test: true, Trial: Grant{Version: "1.1.0"}},
	} {
		for _, err := range []error{
			missingScope(caller, row),
			fault.Errorf(fault.Forbidden, "insiders-only", "%s reaches only members of the account and testers of the app, because %s.",
				row.Name, caller.whyInsiders(row)),
		} {
			if text := fault.MessageIn(fault.Chinese, err); english.MatchString(text) {
				t.Errorf("%+v: %s", caller, text)
			}
			if text := fault.MessageIn(fault.English, err); !english.MatchString(text) {
				t.Errorf("%+v in English: %s", caller, text)
			}
		}
	}
}
