// Package embedded contains the two programs of workers that have nothing of a host in them, see package
// programs. `make build` builds them first and packs them into the host's binary; a binary that was built by a
// plain `go build` has none, and starts itself as a worker instead.
package embedded

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// files holds sessions.gz and compiler.gz, which git ignores.
//
//go:embed all:files
var files embed.FS

// Sum is the SHA-256 of compiler.gz and sessions.gz together, set when the host is built. It is empty in a binary
// that was built without them: then what lies in the folder may be older than the rest, and is not used.
var Sum string

// notBuilt is where workers run that have no program of their own.
const notBuilt = "the host's own program, because this binary was not built by make build"

// Programs are the programs of workers. Close it when the last worker has started.
type Programs struct {
	// Sessions and Compiler are for worker.Config; empty when the host starts itself.
	Sessions, Compiler string
	// Where says in words where they run from.
	Where string

	open []*os.File
}

// Open makes the programs ready to be started: in memory where the system has such files and starts them, else as
// files in the folder, which are written anew each time, because whoever wrote them last need not have been this
// binary. Where neither can be started, workers are the host's own program.
func Open(folder string) (*Programs, error) {
	if Sum == "" {
		return &Programs{Where: notBuilt}, nil
	}
	packed := map[string][]byte{}
	hash := sha256.New()
	for _, name := range []string{"compiler", "sessions"} {
		data, err := files.ReadFile("files/" + name + ".gz")
		if err != nil {
			return nil, fmt.Errorf("the programs of workers: %w", err)
		}
		packed[name] = data
		hash.Write(data)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != Sum {
		return nil, fmt.Errorf("the programs of workers are not those that this binary was built with: they have the sum %s, not %s", got, Sum)
	}
	return open(packed, folder)
}

// open makes programs of packed ones.
func open(packed map[string][]byte, folder string) (*Programs, error) {
	plain := map[string][]byte{}
	for name, data := range packed {
		var err error
		if plain[name], err = unpack(data); err != nil {
			return nil, fmt.Errorf("the program of workers %q: %w", name, err)
		}
	}
	p, fromMemory := prepare(plain, "programs of their own, from memory", func(name string, program []byte) (*os.File, string, error) {
		file, err := inMemory("teahouse-"+name, program)
		return file, "", err
	})
	if fromMemory == nil {
		return p, nil
	}
	p, fromFolder := prepare(plain, "programs of their own, from files in "+folder, func(name string, program []byte) (*os.File, string, error) {
		return inFolder(folder, "worker-"+name, program)
	})
	if fromFolder == nil {
		return p, nil
	}
	return &Programs{Where: fmt.Sprintf("the host's own program, because no other can be started: from memory: %v; from a folder: %v",
		fromMemory, fromFolder)}, nil
}

// prepare writes the programs and starts each once: some systems have files in memory, or folders, from which they
// start nothing.
func prepare(plain map[string][]byte, where string, write func(name string, program []byte) (*os.File, string, error)) (*Programs, error) {
	p := &Programs{Where: where}
	for name, path := range map[string]*string{"sessions": &p.Sessions, "compiler": &p.Compiler} {
		file, written, err := write(name, plain[name])
		if err == nil {
			p.open = append(p.open, file)
			*path = startable(file, written)
			err = starts(*path)
		}
		if err != nil {
			p.Close()
			return nil, err
		}
	}
	return p, nil
}

// starts tries whether the system starts a program. A program of workers ends at once when no host speaks to it.
func starts(path string) error {
	trial := exec.Cmd{Path: path, Args: []string{path}, Env: []string{}}
	if err := trial.Start(); err != nil {
		return err
	}
	_ = trial.Wait() // it ends with a failure, because it has no host
	return nil
}

func unpack(packed []byte) ([]byte, error) {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}

// inFolder writes a program to a file that nobody can change while it has its name, and opens it.
func inFolder(folder, name string, program []byte) (*os.File, string, error) {
	fresh, err := os.CreateTemp(folder, name+"-*")
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = os.Remove(fresh.Name()) }() // fails when it has its name, as it should
	_, err = fresh.Write(program)
	if err == nil {
		err = fresh.Chmod(0o555)
	}
	if err = errors.Join(err, fresh.Close()); err != nil {
		return nil, "", err
	}
	path := filepath.Join(folder, name)
	if err := os.Rename(fresh.Name(), path); err != nil {
		return nil, "", err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	written := sha256.New()
	if _, err = io.Copy(written, file); err == nil && !bytes.Equal(written.Sum(nil), sum(program)) {
		err = fmt.Errorf("%s is not what was written", path)
	}
	if err != nil {
		_ = file.Close()
		return nil, "", err
	}
	return file, path, nil
}

func sum(data []byte) []byte { s := sha256.Sum256(data); return s[:] }

// Close gives the memory back. Workers that run are not affected.
func (p *Programs) Close() {
	for _, file := range p.open {
		_ = file.Close()
	}
}

// Own reports whether workers have programs of their own.
func (p *Programs) Own() bool { return p.Sessions != "" }
