//go:build engine

package programs_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What may be in a worker of its own program: strangers' code that breaks out of the engine finds nothing there
// that the engine does not need. A package that is missing here is a decision, not a detail: say why in the commit.
var allowed = []string{
	// Of this module: fault, and the side of runtime that runs programs.
	"github.com/teahouse/teahouse/fault",
	"github.com/teahouse/teahouse/runtime/compile/compiled",
	"github.com/teahouse/teahouse/runtime/expr",
	"github.com/teahouse/teahouse/runtime/framework",
	"github.com/teahouse/teahouse/runtime/function",
	"github.com/teahouse/teahouse/runtime/image",
	"github.com/teahouse/teahouse/runtime/locale",
	"github.com/teahouse/teahouse/runtime/picture",
	"github.com/teahouse/teahouse/runtime/protocol",
	"github.com/teahouse/teahouse/runtime/replay",
	"github.com/teahouse/teahouse/runtime/source",
	"github.com/teahouse/teahouse/runtime/template",
	"github.com/teahouse/teahouse/runtime/view",
	"github.com/teahouse/teahouse/runtime/vm",
	"github.com/teahouse/teahouse/runtime/worker",
	"github.com/teahouse/teahouse/runtime/worker/programs/sessions",
	"github.com/teahouse/teahouse/runtime/wx",
	"github.com/teahouse/teahouse/runtime/wxs",
	// The engine.
	"github.com/dlclark/regexp2", "github.com/dop251/goja", "github.com/go-sourcemap/sourcemap",
	"github.com/google/pprof/profile", // goja's profiler, which nobody starts
	// Files and addresses of programs.
	"github.com/andybalholm/brotli", "github.com/bits-and-blooms/bitset", "github.com/nlnwa/whatwg-url", "golang.org/x/net/idna",
	// Texts, pictures, system calls.
	"golang.org/x/image", "golang.org/x/sys/unix", "golang.org/x/text",
}

// never are packages of Go by which a worker could reach something, with all that is below them.
var never = []string{"net", "net/http", "net/rpc", "net/smtp", "crypto/tls", "crypto/x509", "database/sql", "plugin", "os/user"}

// The compiler may have what esbuild brings, which has a server for developers in it that nobody starts.
func TestAWorkerHoldsOnlyWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, imported := range dependencies(t, "./runtime/worker/programs/sessions") {
		first, _, _ := strings.Cut(imported, "/")
		ours := !strings.Contains(first, ".")
		switch {
		case strings.HasPrefix(imported, "vendor/"): // of Go's own
		case ours && slices.Contains(never, imported):
			t.Errorf("the program of apps holds %s", imported)
		case !ours && !slices.ContainsFunc(allowed, func(name string) bool {
			return imported == name || !strings.HasPrefix(name, "github.com/teahouse/") && strings.HasPrefix(imported, name+"/")
		}):
			t.Errorf("the program of apps holds %s, which the list does not allow", imported)
		}
	}
	for _, imported := range dependencies(t, "./runtime/worker/programs/compiler") {
		for _, host := range []string{"database/sql", "github.com/jackc", "github.com/minio", "github.com/nats-io", "github.com/gofiber",
			"github.com/valyala", "github.com/prometheus", "github.com/riverqueue", "github.com/teahouse/teahouse/server",
			"github.com/teahouse/teahouse/registry", "github.com/teahouse/teahouse/payments"} {
			if imported == host || strings.HasPrefix(imported, host+"/") {
				t.Errorf("the program of compilations holds %s", imported)
			}
		}
	}
}

// dependencies lists what a program is made of, when it is built as make builds it.
func dependencies(t *testing.T, program string) []string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	// The edited modules that make builds with, see runtime/engine.
	command := exec.CommandContext(t.Context(), "go", "list", "-modfile="+filepath.Join(root, ".cache/engine/go.mod"), "-tags=engine",
		"-deps", program)
	command.Dir = root
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	list := strings.Fields(string(out))
	if len(list) < 100 {
		t.Fatalf("the list is too short: %q", list)
	}
	return list
}
