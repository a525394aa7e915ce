// Package host starts and stops the host: command line, set-up of all parts, and shutdown.
package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/teahouse/teahouse/fault"
)

// Version is the version of the binary, set at build time.
var Version = "unversioned"

// commands is the command line.
type commands struct {
	Serve   Serve            `cmd:"" help:"Run the host."`
	Check   Check            `cmd:"" help:"Run a mini program headless: open every page, follow every tap target."`
	Replay  Replay           `cmd:"" help:"Play a recorded session of a mini program again."`
	Ledger  Ledger           `cmd:"" help:"Check the ledger."`
	Admin   Admin            `cmd:"" help:"Make somebody an administrator, such as the first one of a new host."`
	Doctor  Doctor           `cmd:"" help:"Say which fences of the sandbox hold on this machine, and how to get those that are missing."`
	Release VersionCommand   `cmd:"" name:"version" help:"Print the version."`
	Version kong.VersionFlag `help:"Print the version and exit."`
}

// VersionCommand prints the version, as the flag does.
type VersionCommand struct{}

// Run prints it.
func (VersionCommand) Run() error {
	_, err := fmt.Fprintln(os.Stdout, Version)
	return err
}

const description = `Teahouse is a self-hosted super-app platform: chat, official accounts, a wallet,
and mini programs whose code runs on the server, in a sandbox.

Without any setting, "teahouse serve" runs everything on this machine: PostgreSQL as a child
process, objects in a directory. Each setting is a flag and an
environment variable.`

// Main runs the command line and returns the exit status: 0 for success, 1 for a failure, 2 for
// arguments that make no sense.
func Main(args []string) int {
	debug.SetTraceback("single")
	var cli commands
	parser, err := kong.New(&cli, kong.Name("teahouse"), kong.Description(description),
		kong.Vars{"version": Version}, kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(os.Stderr, "teahouse:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if err != nil {
		if parse, ok := errors.AsType[*kong.ParseError](err); ok {
			_ = parse.Context.PrintUsage(true) // to standard output; the error itself follows
		}
		fmt.Fprintln(os.Stderr, "teahouse:", err)
		return 2
	}
	ctx, stop := untilSignal(context.Background())
	defer stop()
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(); err != nil {
		if !errors.Is(err, errSilent) {
			fmt.Fprintln(os.Stderr, "teahouse:", operatorMessage(err))
		}
		return 1
	}
	return 0
}

// errTerminated is the cause of a stop by SIGTERM, which a supervisor sends. A person who presses
// Ctrl-C does not want to wait.
var errTerminated = errors.New("terminated by a signal")

// untilSignal returns a context that ends with the first signal to stop; stop ends it too.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() { // ends with the context
		select {
		case s := <-signals:
			if s == syscall.SIGTERM {
				cancel(errTerminated)
			} else {
				cancel(context.Canceled)
			}
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(context.Canceled) }
}

// errSilent fails a command that has already printed the reason.
var errSilent = errors.New("failed")

// operatorMessage returns the full error: the person at the command line is the operator.
func operatorMessage(err error) string {
	if f, ok := fault.As(err); ok && errors.Unwrap(f) == nil {
		return f.Message
	}
	return err.Error()
}

// newLogger writes structured logs to standard error.
func newLogger(level slog.Level, format string) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
