package api_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/teahouse/teahouse/server/api"
)

func TestAnUnavailableDatabaseIsNotAnInternalError(t *testing.T) {
	t.Parallel()
	_, unreachable := pgx.Connect(t.Context(), "host=/nonexistent user=nobody")
	if unreachable == nil {
		t.Fatal("somebody answered")
	}
	for name, c := range map[string]struct {
		err    error
		status int
	}{
		"not reachable": {fmt.Errorf("read: %w", unreachable), 503},
		"starting":      {&pgconn.PgError{Code: "57P03"}, 503},
		"shutting down": {&pgconn.PgError{Code: "57P01"}, 503},
		"a broken rule": {&pgconn.PgError{Code: "23514"}, 500},
		"anything else": {errors.New("lost in the middle"), 500},
	} {
		if problem := api.ProblemOf(c.err); problem.Status != c.status {
			t.Errorf("%s: %d, want %d", name, problem.Status, c.status)
		}
	}
}
