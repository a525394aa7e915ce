package wxs_test

import (
	"encoding/json"
	"testing"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/wxs"
)

// check verifies that what the compiler accepts can be run by both evaluators.
func check(t *testing.T, set *wxs.Set) {
	t.Helper()
	for _, m := range set.Modules() {
		if _, err := goja.Compile(m.Path, m.Code, false); err != nil {
			t.Errorf("the engine does not take the code: %v\n%s", err, m.Code)
		}
		if !json.Valid(m.View) {
			t.Errorf("the view's code is not JSON: %s", m.View)
		}
	}
}
