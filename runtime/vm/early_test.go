//go:build engine

package vm_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

// Ensure that programs see what the vendor's compiler makes of let and const, and that an error of the engine
// names what was called.
func TestProgramsReadVariablesBeforeTheirDeclaration(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage("", "onLoad() { const list = list && [1]; require('../../other').show(list); this.none.each(1) }")
	files["other.js"] = "exports.show = (v) => console.info(v, typeof later, call()); function call() { return later }\n" +
		"const top = top || 'first'; console.info(top); let later = 1; exports.show(2)"
	b := apptest.Open(t, files)
	b.WantPrinted("first", "2 number 1", "undefined number 1")
	if got := b.Problems(); !strings.Contains(got, "TypeError: Cannot read properties of undefined (reading 'each')") {
		t.Error(got)
	}
}
