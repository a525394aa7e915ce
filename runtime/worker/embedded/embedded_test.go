package embedded

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// said is a program: it says a word, wherever it is started from.
func said(t *testing.T) []byte {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs a small program of the system")
	}
	program, err := os.ReadFile("/bin/echo")
	if err != nil {
		t.Skip(err)
	}
	return program
}

func pack(t *testing.T, program []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(program); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func runs(t *testing.T, path string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, "word")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "word" {
		t.Errorf("%s: %v: %s", path, err, out)
	}
}

func TestProgramsRunFromMemoryAndCannotBeChanged(t *testing.T) {
	t.Parallel()
	program := pack(t, said(t))
	p, err := open(map[string][]byte{"sessions": program, "compiler": program}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if !p.Own() || !strings.Contains(p.Where, "memory") {
		t.Skipf("this kernel starts nothing from memory: %s", p.Where)
	}
	runs(t, p.Sessions)
	runs(t, p.Compiler)
	for _, file := range p.open {
		if _, err := file.WriteAt([]byte("x"), 0); err == nil {
			t.Error("a program in memory was written to")
		}
		if err := file.Truncate(0); err == nil {
			t.Error("a program in memory was cut")
		}
	}
}

func TestProgramsRunFromAFolderWithoutMemory(t *testing.T) {
	t.Parallel()
	program, folder := said(t), t.TempDir()
	// What somebody else left there is not started.
	if err := os.WriteFile(filepath.Join(folder, "worker-sessions"), []byte("#!/bin/sh\necho other"), 0o755); err != nil {
		t.Fatal(err)
	}
	file, path, err := inFolder(folder, "worker-sessions", program)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	runs(t, startable(file, path))
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	runs(t, startable(file, path)) // whatever happens to the name
}

// Some systems have files in memory, or folders, from which they start nothing.
func TestAHostWhoseSystemStartsNoOtherProgramStartsItself(t *testing.T) {
	t.Parallel()
	nothing := pack(t, []byte("this is no program"))
	p, err := open(map[string][]byte{"sessions": nothing, "compiler": nothing}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if p.Own() || p.Sessions != "" || !strings.Contains(p.Where, "from memory: ") || !strings.Contains(p.Where, "from a folder: ") {
		t.Errorf("the programs are %+v", p)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	if p, err := open(map[string][]byte{"sessions": nothing, "compiler": nothing}, missing); err != nil || p.Own() {
		t.Errorf("without the folder: %+v, %v", p, err)
	}
}

func TestABinaryWithoutProgramsSaysSo(t *testing.T) {
	t.Parallel()
	p, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if p.Own() || p.Sessions != "" || p.Compiler != "" {
		t.Errorf("a test has the programs %+v", p)
	}
}

// A program that is not the one that the binary was built with is not started.
func TestAProgramOfAnotherBuildIsRefused(t *testing.T) {
	Sum = strings.Repeat("0", 64)
	defer func() { Sum = "" }()
	if p, err := Open(t.TempDir()); err == nil {
		t.Errorf("a wrong sum: %+v", p)
	}
}
