package registry_test

import (
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
)

// Invalid text of a reviewer is refused before it reaches the store, which could not store it.
func TestReject_RefusesReasonsThatCannotBeStored(t *testing.T) {
	t.Parallel()
	service := registry.NewService(nil, nil, nil, nil)
	for what, f := range map[string]registry.Finding{
		"a text with NUL":          {Text: "no\x00"},
		"a rule with NUL":          {Rule: "a\x00", Text: "no"},
		"a file with NUL":          {File: "a\x00", Text: "no"},
		"a text that is not UTF-8": {Text: "\xff"},
		"a line beyond the limit":  {Text: "no", Line: 1 << 31},
	} {
		_, err := service.Reject(t.Context(), registry.Decision{Findings: []registry.Finding{f}})
		if fault.SlugOf(err) != "bad-finding" {
			t.Errorf("%s: %v", what, err)
		}
	}
}
