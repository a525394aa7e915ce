package differential_test

import (
	"regexp"
	"strings"
)

// dropped matches the words of an element's printed form that our side does not tell.
var dropped = regexp.MustCompile(` (data:[A-Za-z0-9_]+|scoped):?="(\\.|[^"\\])*"`)

// parts of the language that our engine does not have yet, by what a file that uses them contains.
var missingParts = []struct {
	uses   *regexp.Regexp
	reason string
}{}

// ourDifferences are the cases that our engine runs and answers differently, with what is wrong.
// A case that became right makes the test fail, so that it leaves the list.
var ourDifferences = map[string]string{
	"property/observer-string-name-missing": "a warning: the reference logs an error and goes on, and libraries that work have such names",
	"slot/content-in-block":                 "the slot of a block is told as an attribute of its content, where the browser looks for it",
	"wxs/change-prop":                       "the view script calls the function, with the same values: web/view/test/wxs.test.ts, \"a function follows an attribute\"",
	"wxs/event-handler":                     "the view script calls the function, and false ends the event: web/view/test/wxs.test.ts, \"a function handles an event here\"",
}

// notYet says what a case needs that our engine does not have, or "".
func notYet(c *testCase) string {
	for name, text := range c.Files {
		if strings.HasPrefix(name, "later/") {
			return "components that come later are not there yet"
		}
		for _, part := range missingParts {
			if part.uses.MatchString(text) {
				return part.reason
			}
		}
	}
	return ""
}
