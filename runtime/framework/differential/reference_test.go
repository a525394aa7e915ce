package differential_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// reference is a Node process that runs cases on glass-easel, one after the other.
type reference struct {
	mu  sync.Mutex
	in  io.WriteCloser
	out *bufio.Reader
	log bytes.Buffer
}

type referenceAnswer struct {
	Name  string       `json:"name"`
	Steps []stepResult `json:"steps"`
	Error string       `json:"error"` // the case itself is wrong, or the reference gave up
}

// startReference starts the process; it ends with the test.
func startReference(t testing.TB) *reference {
	t.Helper()
	if _, err := os.Stat(filepath.Join("reference", "node_modules", "glass-easel")); err != nil {
		t.Fatal("the reference is not installed: run `make reference` in the root of the repository")
	}
	r := &reference{}
	command := exec.Command("node", "reference/reference.mjs")
	command.Stderr = &r.log
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	r.in, r.out = in, bufio.NewReaderSize(out, 1<<20)
	t.Cleanup(func() {
		_ = in.Close() // the process ends when its input does
		if err := command.Wait(); err != nil {
			t.Errorf("the reference ended with %v: %s", err, r.log.String())
		}
	})
	return r
}

// run answers a case.
func (r *reference) run(c *testCase) ([]stepResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	line, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	if _, err := r.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("the reference does not listen: %w: %s", err, r.log.String())
	}
	text, err := r.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the reference does not answer: %w: %s", err, r.log.String())
	}
	var answer referenceAnswer
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("the reference answered %.200s: %w", text, err)
	}
	switch {
	case answer.Error != "":
		return nil, fmt.Errorf("the reference: %s", answer.Error)
	case answer.Name != c.Name || len(answer.Steps) != len(c.Steps)+1:
		return nil, fmt.Errorf("the reference answered %q with %d steps", answer.Name, len(answer.Steps))
	}
	return answer.Steps, nil
}
