package worker

import (
	"encoding/json"
	"io"
	"os"
	"slices"
	"testing"
)

// Fenced starts this test binary within the named fences, or within all, as a pool starts a worker. env tells it
// what to do there; the answer is what it writes to the host.
func Fenced(t *testing.T, names []string, env ...string) []byte {
	t.Helper()
	fences := fencesOf(names)
	for {
		cmd, socket, stderr, err := command(ownProgram, fences, false)
		if err != nil {
			t.Fatal(err)
		}
		cmd.Env = env
		err = cmd.Start()
		_ = cmd.ExtraFiles[0].Close()
		if err != nil {
			_ = socket.Close()
			if !slices.ContainsFunc(fences, func(f Fence) bool { y, ok := f.(yielding); return ok && y.yield(err) }) {
				t.Fatal(err)
			}
			if names != nil {
				t.Skipf("this machine refuses %v: %v", names, err)
			}
			continue
		}
		answer, err := io.ReadAll(socket)
		_ = socket.Close()
		if ended := cmd.Wait(); ended != nil || err != nil {
			t.Fatalf("%v, %v: %s", ended, err, stderr)
		}
		return answer
	}
}

func fencesOf(names []string) (fences []Fence) {
	for _, fence := range Fences() {
		if names == nil || slices.Contains(names, fence.Name()) {
			fences = append(fences, fence)
		}
	}
	return fences
}

// InFences enters the named fences, or all, and then writes to the host what run returns.
func InFences(names []string, run func(missing map[string]string) any) {
	socket := os.NewFile(socketFD, "host") // before the fences, because Go waits for it by further descriptors
	states, err := enterFences(fencesOf(names), Limits{}.orDefaults(), false)
	if err != nil {
		panic(err)
	}
	lacking := map[string]string{}
	for _, state := range states {
		if state.Missing != "" {
			lacking[state.Name] = state.Missing
		}
	}
	if err := json.NewEncoder(socket).Encode(run(lacking)); err != nil {
		panic(err)
	}
}
