package host

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/worker/embedded"
)

// Doctor is the command that says what of the sandbox holds on this machine.
type Doctor struct{}

// Run prints what workers run and each fence, and fails when one is missing.
func (Doctor) Run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "teahouse-doctor-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // a folder of temporary files that is empty by then
	programs, err := embedded.Open(folder)
	if err != nil {
		return err
	}
	defer programs.Close()
	if _, err := fmt.Fprintf(os.Stdout, "Workers run %s.\n\n", programs.Where); err != nil {
		return err
	}
	pool := worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler), Spares: -1, Program: programs.Sessions})
	defer pool.Close(context.WithoutCancel(ctx))
	states, err := pool.Fences(ctx)
	if err != nil {
		return err
	}
	if err := tellFences(os.Stdout, states); err != nil {
		return err
	}
	if len(missingFences(states)) > 0 {
		return errSilent
	}
	return nil
}

// advice is what an operator should know of a fence.
type advice struct {
	without string // what it means when it is missing
	mend    string // how to get it
}

// fenceAdvice has a row for each fence.
var fenceAdvice = map[string]advice{
	"parent-death-signal": {"Workers outlive a host that is killed until they notice.", "Run the host on Linux."},
	"descriptors":         {"Workers inherit files that were open before the host started.", "Run the host on Linux 5.11 or newer, or with /proc."},
	"namespaces": {"A worker that was taken over sees the machine's network and processes; seccomp and landlock still keep it from using them.",
		"Let the host's user make namespaces: in Docker --security-opt seccomp=unconfined and, for root, --cap-add SYS_ADMIN, which opens the container itself to the host; elsewhere the sysctls user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns."},
	"own-user": {"A worker that was taken over is the host's user; seccomp and landlock still keep it from the user's files.",
		"Start the host as root with the capabilities SETUID and SETGID, or let its user make user namespaces (see namespaces)."},
	"priority":            {"Apps that compute slow the host down.", "Run the host on Linux."},
	"first-out-of-memory": {"The kernel may end the host or its database instead of a worker when memory is out.", "Mount /proc so that it can be written."},
	"address-space":       {"One huge allocation of an app may use the machine's memory before it is seen.", "Run the host on Linux with /proc."},
	"not-dumpable":        {"The memory of a worker may be written to a core file.", "Run the host on Linux."},
	"no-capabilities":     {"A worker that was taken over may do what root may.", "Build with CGO_ENABLED=0, as make build does, or do not run the host as root."},
	"no-new-privileges":   {"A worker that was taken over may gain rights by starting programs.", "Run the host on Linux 3.5 or newer."},
	"landlock": {"A worker that was taken over is kept from files by seccomp and its user alone.",
		"Run Linux 5.13 or newer with landlock in lsm= on the kernel's command line, outside of a container that forbids it, and build with CGO_ENABLED=0, as make build does."},
	"resources": {"A worker that was taken over may open files and sockets as far as the other fences let it.", "Run the host on Linux."},
	"seccomp": {"A worker that was taken over may ask the kernel for anything, and attack the kernel itself.",
		"Run the host on Linux 3.17 or newer with CONFIG_SECCOMP_FILTER, on a 64-bit processor of Intel, AMD or ARM."},
}

// tellFences writes a line for each fence, and for each missing one why, what it means and how to get it.
func tellFences(out io.Writer, states []worker.FenceState) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, state := range states {
		word := "holds"
		if state.Missing != "" {
			word = "MISSING"
		}
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\n", state.Name, word, state.Missing); err != nil {
			return err
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, state := range states {
		if state.Missing == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "\n%s: %s\n  To get it: %s\n", state.Name, fenceAdvice[state.Name].without, fenceAdvice[state.Name].mend); err != nil {
			return err
		}
	}
	if len(states) == 0 {
		_, err := fmt.Fprintln(out, noFences)
		return err
	}
	return nil
}

// noFences is for operating systems without any.
const noFences = "This operating system has no fences for workers. Run the host on Linux if strangers write your mini programs."

// missingFences names what does not hold.
func missingFences(states []worker.FenceState) (names []string) {
	for _, state := range states {
		if state.Missing != "" {
			names = append(names, state.Name)
		}
	}
	return names
}

// openSandbox makes the programs of workers ready, and refuses to start the host when its workers lack a fence
// and the operator asks for all.
func (h *Host) openSandbox(ctx context.Context) error {
	programs, err := embedded.Open(h.config.Data)
	if err != nil {
		return err
	}
	h.later(func(context.Context) error { programs.Close(); return nil })
	h.sandbox = worker.Config{Program: programs.Sessions, Compiler: programs.Compiler, Fences: worker.Fences(),
		RequireFences: h.config.RequireFences}
	if !h.config.RequireFences {
		return nil
	}
	// A pool of its own, because the host's needs what is only started after this.
	first := h.sandbox
	first.Logger, first.Spares = h.log, -1
	pool := worker.NewPool(first)
	defer pool.Close(context.WithoutCancel(ctx))
	states, err := pool.Fences(ctx)
	return requireFences(states, err)
}

// requireFences is the reason not to start, in the operator's words: a worker that must have all fences ends
// when it lacks one, and its last line names it.
func requireFences(states []worker.FenceState, err error) error {
	switch names := missingFences(states); {
	case err != nil:
		return fmt.Errorf("--require-fences: %w; \"teahouse doctor\" names all that are missing, and how to get them", err)
	case len(states) == 0:
		return fmt.Errorf("--require-fences: %s", noFences)
	case len(names) > 0:
		return fmt.Errorf("--require-fences: this machine lacks %s; \"teahouse doctor\" says how to get them", strings.Join(names, ", "))
	}
	return nil
}
