package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/teahouse/teahouse/registry/bundle"
	"github.com/teahouse/teahouse/runtime/check"
	"github.com/teahouse/teahouse/runtime/worker"
)

// Check is the command that runs a mini program headless.
type Check struct {
	Dir  string `arg:"" help:"Directory of the mini program, with its app.json or project.config.json." type:"existingdir"`
	JSON bool   `help:"Print the report as JSON."`
	// Strict is for programs that are to be clean.
	Strict bool `help:"Fail on warnings and unsupported APIs too."`
}

// Run checks the program in a sandbox worker, prints the report, and fails when a page did.
func (c *Check) Run(ctx context.Context) error {
	files, err := readProgram(c.Dir)
	if err != nil {
		return err
	}
	pool := worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler), Spares: 1})
	defer pool.Close(context.WithoutCancel(ctx))
	report, err := check.Run(ctx, files, check.InWorkers(pool), check.Options{})
	if err != nil {
		return err
	}
	write := report.WriteText
	if c.JSON {
		write = report.WriteJSON
	}
	if err := write(os.Stdout); err != nil {
		return err
	}
	if !report.OK(c.Strict) {
		return errSilent
	}
	return nil
}

// leftOut are directories that are never part of a program.
var leftOut = map[string]bool{".git": true, "node_modules": true, ".svn": true}

// readProgram reads the files of a directory, within the limits of an upload.
func readProgram(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	var size int64
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && leftOut[entry.Name()] {
			return filepath.SkipDir
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		size += int64(len(content))
		if len(files) >= bundle.MaxFiles || size > bundle.MaxTotalBytes {
			return errors.New("too large for a mini program; is this the right directory?")
		}
		files[filepath.ToSlash(name)] = content
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return files, nil
}
