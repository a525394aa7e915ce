package registry_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/registry"
)

// The diagram in the documentation and the rules in the program are the same.
func TestState_EqualsTheDiagramInTheDocumentation(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/versions.md")
	if err != nil {
		t.Fatal(err)
	}
	var drawn []string
	for _, m := range regexp.MustCompile(`(?m)^    (\w+) --> (\w+): (\w+)`).FindAllStringSubmatch(string(doc), -1) {
		action := m[3]
		if action == "another" {
			action = "retire"
		}
		drawn = append(drawn, strings.Join([]string{m[1], action, m[2]}, " "))
	}
	var ruled []string
	for _, s := range registry.States {
		for _, a := range registry.Actions {
			if next, ok := s.After(a); ok {
				ruled = append(ruled, strings.Join([]string{string(s), string(a), string(next)}, " "))
			}
		}
	}
	slices.Sort(drawn)
	slices.Sort(ruled)
	if !slices.Equal(drawn, ruled) {
		t.Errorf("drawn: %v\nruled: %v", drawn, ruled)
	}
}
