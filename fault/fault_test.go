package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/fault"
)

func TestForeignErrorsReadAsInternalAndLeakNothing(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("reading: %w", errors.New("dial /run/secret.sock: refused"))
	if got := fault.CodeOf(err); got != fault.Internal {
		t.Errorf("CodeOf = %q, want %q", got, fault.Internal)
	}
	if got := fault.MessageOf(err); got != "Internal error." {
		t.Errorf("MessageOf = %q, want nothing about the cause", got)
	}
}

func TestFaultIsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	cause := errors.New("duplicate key")
	inner := fault.Errorf(fault.Conflict, "handle-taken", "The handle %q is taken; choose another.",
		"tea").Because(cause)
	err := fmt.Errorf("sign up: %w", inner)
	if fault.CodeOf(err) != fault.Conflict || fault.SlugOf(err) != "handle-taken" {
		t.Errorf("got %q, %q", fault.CodeOf(err), fault.SlugOf(err))
	}
	if msg := fault.MessageOf(err); strings.Contains(msg, "duplicate") {
		t.Errorf("message %q shows the cause", msg)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost for the log")
	}
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	t.Parallel()
	want := map[fault.Code]int{fault.Invalid: 422, fault.Unauthenticated: 401,
		fault.Forbidden: 403, fault.NotFound: 404, fault.Conflict: 409, fault.TooLarge: 413,
		fault.RateLimited: 429, fault.Unavailable: 503, fault.Internal: 500, "other": 500}
	for code, status := range want {
		if code.Status() != status {
			t.Errorf("%s: status %d, want %d", code, code.Status(), status)
		}
	}
}
