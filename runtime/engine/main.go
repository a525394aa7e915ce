// Command engine makes the copy of goja that Teahouse is built with.
//
// goja is pinned in go.mod and used as it is wherever that is good enough. A few of its faults and
// costs cannot be mended from outside: they are mended here by named edits of the pinned source. The
// command copies the module out of the module cache into a folder that git ignores, applies the
// edits, and writes a second go.mod beside it that replaces goja by the copy. `make` passes that file
// to the go command (-modfile); without it everything builds and runs too, only slower and with the
// faults that the edits name.
//
// An edit says which text it expects. When goja moves on and the text is another one, the command
// fails and names the edit: somebody then looks whether it is still needed. None of goja's source is
// kept in this repository beyond the few words that an edit replaces, and each edit is written so
// that it could be offered to goja itself.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is the path of the module that is edited.
const module = "github.com/dop251/goja"

func main() {
	out := flag.String("out", ".cache/engine", "folder to write, relative to the folder of go.mod")
	flag.Parse()
	if err := run(".", *out); err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

// run writes OUT/goja, the modules of trims, OUT/go.mod and OUT/go.sum for the module in root. The folder appears whole or
// not at all.
func run(root, out string) error {
	folder := filepath.Join(root, out)
	fresh := folder + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := copyModule(module, filepath.Join(fresh, "goja")); err != nil {
		return err
	}
	if err := apply(filepath.Join(fresh, "goja"), edits); err != nil {
		return err
	}
	for _, t := range trims {
		if err := copyModule(t.module, filepath.Join(fresh, t.folder)); err != nil {
			return err
		}
		if err := leaveOut(filepath.Join(fresh, t.folder), t); err != nil {
			return err
		}
	}
	if err := writeModule(root, out, fresh); err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return os.Rename(fresh, folder)
}

// copyModule copies the pinned version of a module.
func copyModule(path, to string) error {
	source, err := goCommand("list", "-m", "-f", "{{.Dir}}", path)
	if err != nil {
		return err
	}
	if source == "" {
		if _, err := goCommand("mod", "download", path); err != nil {
			return err
		}
		if source, err = goCommand("list", "-m", "-f", "{{.Dir}}", path); err != nil {
			return err
		}
	}
	return copyTree(source, to)
}

// writeModule writes the second go.mod. The go command reads the paths in it as relative to the
// folder of the first one.
func writeModule(root, out, fresh string) error {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return errors.Join(errors.New("run it in the folder of go.mod"), err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	var replace strings.Builder
	fmt.Fprintf(&replace, "\nreplace %s => ./%s/goja\n", module, filepath.ToSlash(out))
	for _, t := range trims {
		fmt.Fprintf(&replace, "\nreplace %s => ./%s/%s\n", t.module, filepath.ToSlash(out), t.folder)
	}
	if err := os.WriteFile(filepath.Join(fresh, "go.mod"), append(mod, replace.String()...), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(fresh, "go.sum"), sum, 0o644)
}

// copyTree copies the files of a module; those in the module cache are read-only, the copies are not.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, below)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o644)
	})
}

// goCommand runs the go command on the module as it is, without the edited copy.
func goCommand(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
