package host

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/worker"
)

func TestTheDoctorKnowsEveryFence(t *testing.T) {
	t.Parallel()
	for _, fence := range worker.Fences() {
		if row := fenceAdvice[fence.Name()]; row.without == "" || row.mend == "" {
			t.Errorf("the doctor does not say what a missing %s means and how to get it", fence.Name())
		}
	}
}

func TestTheDoctorSaysWhatAMissingFenceMeans(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := tellFences(&out, []worker.FenceState{{Name: "seccomp"}, {Name: "landlock", Missing: "the kernel does not have it"}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"seccomp   holds", "landlock  MISSING  the kernel does not have it", fenceAdvice["landlock"].without,
		"To get it: " + fenceAdvice["landlock"].mend} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the doctor says\n%s\nwithout %q", &out, want)
		}
	}
	if strings.Contains(out.String(), fenceAdvice["seccomp"].without) {
		t.Errorf("the doctor gives advice about a fence that holds:\n%s", &out)
	}
}

func TestAHostThatRequiresFencesNamesTheMissingOnes(t *testing.T) {
	t.Parallel()
	all := []worker.FenceState{{Name: "seccomp"}}
	for name, c := range map[string]struct {
		states []worker.FenceState
		err    error
		want   string
	}{
		"all hold":       {states: all},
		"one is missing": {states: append(all, worker.FenceState{Name: "landlock", Missing: "x"}), want: "lacks landlock;"},
		"no worker":      {err: errors.New("own-user: refused"), want: "own-user: refused"},
		"none exist":     {want: "no fences"},
	} {
		err := requireFences(c.states, c.err)
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// The check comes before the database, which takes long to start and to stop.
func TestAHostAsksAWorkerForItsFencesWhenItMust(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Boot(ended, Serve{Addr: "127.0.0.1:0", Data: t.TempDir(), RequireFences: true}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.HasPrefix(err.Error(), "sandbox: --require-fences: ") {
		t.Errorf("with the setting, and no time to ask: %v", err)
	}
}
