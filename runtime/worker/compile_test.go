package worker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/worker"
)

func TestACompilationThatIsStoppedNamesTheFile(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	pool.CompileWithin(20 * time.Millisecond)
	bundle := files(strings.Repeat("exports.f = (a, b) => { const c = {a, b, d: [a, b]}; return `${c.a} ${c.d}` }\n", 10_000))
	_, err := pool.Compile(t.Context(), bundle)
	if fault.SlugOf(err) != "bundle-too-complex" || !strings.Contains(fault.MessageOf(err), "pages/index/index.js") {
		t.Errorf("got %v", err)
	}
}
