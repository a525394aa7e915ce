package publishing

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/runtime/check"
	"github.com/teahouse/teahouse/runtime/worker"
)

// CheckQueue is the job queue of checks. It is separate, so that slow programs do not delay webhooks.
const CheckQueue = "checks"

// checkArgs requests that a version is run headless.
type checkArgs struct {
	AppID     string    `json:"app_id"`
	VersionID uuid.UUID `json:"version_id"`
}

// Kind implements river.JobArgs.
func (checkArgs) Kind() string { return "check-version" }

// Checks runs submitted versions headless and keeps the report for the reviewer.
type Checks struct {
	registry *registry.Service
	jobs     *river.Client[pgx.Tx] // jobs are inserted through it
	sandbox  worker.Config
	logger   *slog.Logger
}

// NewChecks returns the checks of a registry. jobs may be a client that only inserts; sandbox has the programs
// and fences of the host's workers.
func NewChecks(r *registry.Service, jobs *river.Client[pgx.Tx], sandbox worker.Config, logger *slog.Logger) *Checks {
	return &Checks{registry: r, jobs: jobs, sandbox: sandbox, logger: logger}
}

// AddWorkers registers the job.
func (c *Checks) AddWorkers(workers *river.Workers) {
	river.AddWorker(workers, &checkWorker{checks: c})
}

// Request requests a check of the version, also if it was checked before.
func (c *Checks) Request(ctx context.Context, v registry.Version) error {
	if err := c.registry.RequestCheck(ctx, v.ID); err != nil {
		return err
	}
	_, err := c.jobs.Insert(ctx, checkArgs{v.AppID, v.ID}, &river.InsertOpts{Queue: CheckQueue, MaxAttempts: checkAttempts})
	if err != nil {
		return fmt.Errorf("insert job: %w", err)
	}
	return nil
}

// begin is Request for a submission, which must not fail when the request fails.
func (c *Checks) begin(ctx context.Context, v registry.Version) {
	if err := c.Request(ctx, v); err != nil {
		c.logger.ErrorContext(ctx, "check of a submitted version not begun", "version", v.ID, "error", err)
	}
}

type checkWorker struct {
	river.WorkerDefaults[checkArgs]
	checks *Checks
}

// Timeout implements river.Worker.
func (*checkWorker) Timeout(*river.Job[checkArgs]) time.Duration { return checkTimeout }

// Work implements river.Worker. The reviewer is told of a check that cannot run at the last attempt.
func (w *checkWorker) Work(ctx context.Context, job *river.Job[checkArgs]) error {
	report, err := w.checks.run(ctx, job.Args)
	if err != nil && job.Attempt < job.MaxAttempts {
		return err
	}
	if err != nil {
		w.checks.logger.WarnContext(ctx, "a version could not be checked", "version", job.Args.VersionID, "error", err)
		report = nil
	}
	return w.checks.registry.FinishCheck(context.WithoutCancel(ctx), job.Args.VersionID, report)
}

// run checks the version in separate worker processes, so that it cannot affect the programs that
// people have open.
func (c *Checks) run(ctx context.Context, args checkArgs) (json.RawMessage, error) {
	v, err := c.registry.Version(ctx, args.AppID, args.VersionID)
	if err != nil {
		return nil, err
	}
	files, err := c.registry.AllFiles(ctx, v)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	sandbox := c.sandbox
	sandbox.Logger = slog.New(slog.DiscardHandler)
	pool := worker.NewPool(sandbox)
	defer pool.Close(context.WithoutCancel(ctx))
	report, err := check.Run(ctx, files, check.InWorkers(pool), check.Options{})
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(report)
	if err != nil {
		return nil, err
	}
	return withoutZeros(encoded), nil
}

// withoutZeros replaces NUL characters of the program's output, which jsonb cannot store. In JSON a
// NUL is an escape; after another backslash the same letters are only text.
func withoutZeros(encoded []byte) json.RawMessage {
	return zeroEscape.ReplaceAllFunc(encoded, func(found []byte) []byte {
		if backslashes := len(found) - len("u0000"); backslashes%2 == 0 {
			return found
		}
		return append(slices.Clone(found[:len(found)-len("u0000")]), "ufffd"...)
	})
}

var zeroEscape = regexp.MustCompile(`\\+u0000`)
