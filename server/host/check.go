package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/check"
	"github.com/teahouse/teahouse/runtime/worker"
)

// Check is the command that runs a mini program headless.
type Check struct {
	Dir  string `arg:"" help:"Directory of the mini program, with its app.json or project.config.json."`
	JSON bool   `help:"Print the report as JSON."`
	// Strict is for programs that are to be clean.
	Strict bool     `help:"Fail on warnings and unsupported APIs too."`
	Page   []string `help:"Check this page only, with its query if it needs one: pages/a/a?id=1. May be given several times." sep:"none"`
	Tree   bool     `help:"Print what each page shows after opening, as markup with shadow roots."`
	// FirstTree is for comparing with snapshots that simulators have made.
	FirstTree bool   `help:"Print what each page shows at once: before any time passes, and before anything is measured."`
	Record    string `help:"Folder for the logs of pages that fail, which replay plays; it is made if it is missing."`
	Steps     string `help:"Play the taps, inputs and waits of this file instead of checking every page; docs/check.md has its words." type:"existingfile"`
	Lang      string `help:"Language of the report, en or zh-CN; else that of LC_ALL, LC_MESSAGES or LANG." enum:",en,zh-CN" default:"" placeholder:"TAG"`
}

// Run checks the program in a sandbox worker, prints the report, and fails when a page did.
func (c *Check) Run(ctx context.Context) error {
	if err := isFolder(c.Dir); err != nil {
		return err
	}
	files, err := readProgram(c.Dir)
	if err != nil {
		return err
	}
	options := check.Options{Pages: c.Page, Tree: c.Tree && !c.FirstTree, FirstTree: c.FirstTree}
	options.Env.TimeZone = os.Getenv("TZ")
	if c.Steps != "" {
		text, err := os.ReadFile(c.Steps)
		if err != nil {
			return err
		}
		if options.Steps, err = check.ReadSteps(string(text)); err != nil {
			return fmt.Errorf("%s: %w", c.Steps, err)
		}
	}
	pool := worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler), Spares: 1})
	defer pool.Close(context.WithoutCancel(ctx))
	report, err := check.Run(ctx, files, check.InWorkers(pool), options)
	if err != nil {
		return err
	}
	if err := c.record(report); err != nil {
		return err
	}
	if c.JSON {
		err = report.WriteJSON(os.Stdout)
	} else {
		err = report.WriteText(os.Stdout, c.Strict, c.language(os.Getenv))
	}
	if err != nil {
		return err
	}
	if !report.OK(c.Strict) {
		return errSilent
	}
	return nil
}

// language is the one of the report: what was asked for, else that of the terminal, as POSIX says where
// it stands.
func (c *Check) language(variable func(string) string) string {
	return fault.LanguageOf(cmp.Or(c.Lang, variable("LC_ALL"), variable("LC_MESSAGES"), variable("LANG")))
}

// record writes the logs of the pages that failed.
func (c *Check) record(report *check.Report) error {
	if c.Record == "" {
		return nil
	}
	if err := os.MkdirAll(c.Record, 0o755); err != nil {
		return err
	}
	for _, page := range report.Pages {
		if page.Replay == "" {
			continue
		}
		name := filepath.Join(c.Record, strings.ReplaceAll(page.Page, "/", "-")+".jsonl")
		if err := os.WriteFile(name, []byte(page.Replay), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// isFolder says in words what is wrong with the path of a folder.
func isFolder(path string) error {
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s cannot be read: permission denied", path)
	case err != nil:
		return err
	case !there.IsDir():
		return fmt.Errorf("%s is a file; name the folder of a mini program", path)
	}
	return nil
}
