package worker_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/worker"
)

func TestTheKernelEndsWorkersFirstWhenMemoryIsOut(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	open(t, pool, "counter", program(t, files(counter)))
	for _, pid := range pool.Pids() {
		score, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid))
		if err != nil || strings.TrimSpace(string(score)) != "1000" {
			t.Errorf("the worker's score is %q, %v", score, err)
		}
	}
}
