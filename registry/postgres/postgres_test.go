package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/registry/postgres"
)

var (
	developer = uuid.MustParse("01900000-0000-7000-8000-000000000001")
	reviewer  = uuid.MustParse("01900000-0000-7000-8000-000000000002")
)

func open(t testing.TB) (*postgres.Store, *pgxpool.Pool) {
	pool := migrationtest.Open(t)
	if _, err := pool.Exec(context.Background(), `CREATE TABLE audit_entry (action text, target text)`); err != nil {
		t.Fatal(err)
	}
	return postgres.New(pool, func(ctx context.Context, tx pgx.Tx, action, target string, _ map[string]any) error {
		_, err := tx.Exec(ctx, `INSERT INTO audit_entry VALUES ($1, $2)`, action, target)
		return err
	}, noProfiles{}), pool
}

// noProfiles replaces the profiles of apps, which have tests of their own.
type noProfiles struct{}

func (noProfiles) Freeze(context.Context, pgx.Tx, string) (registry.Profiles, error) {
	return registry.Profiles{App: registry.Profile{Name: "Café"}}, nil
}

func (noProfiles) Approved(context.Context, pgx.Tx, string, uuid.UUID, registry.Profiles) error {
	return nil
}

func newVersion(appID, label string, state registry.State) registry.NewVersion {
	v := registry.NewVersion{
		ID: uuid.Must(uuid.NewV7()), AppID: appID, Label: label, CreatedBy: developer, State: state,
		Bundle: registry.StoredBundle{SHA256: strings.Repeat("ab", 32), Size: 9, UnpackedSize: 8, FileCount: 1},
		Report: registry.Report{Pages: []string{"a"}, Scopes: []string{}, Domains: []string{}, APIs: []registry.APIUse{}},
	}
	if state != registry.Failed {
		v.Image = &registry.StoredImage{Hash: strings.Repeat("cd", 32), Format: 1, Size: 7, Files: []registry.PublicFile{{Path: "a"}}}
	}
	return v
}

// model is the expected state of one app in the store.
type model struct {
	versions []registry.Version
	entries  int
}

// For random actions in random order, the store does exactly what State.After allows, at most one
// version is released, and every change writes one audit entry.
func TestStore_FollowsTheStateMachine(t *testing.T) {
	t.Parallel()
	store, pool := open(t)
	ctx := context.Background()
	apps := 0
	rapid.Check(t, func(t *rapid.T) {
		apps++
		appID := fmt.Sprintf("ta%016d", apps)
		m := &model{}
		create := func(state registry.State) {
			v, err := store.CreateVersion(ctx, newVersion(appID, fmt.Sprint("1.", len(m.versions)), state))
			if err != nil {
				t.Fatal(err)
			}
			m.versions = append(m.versions, v)
			m.entries++
		}
		create(registry.Ready)
		create(registry.Ready)
		create(registry.Failed)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			i := rapid.IntRange(0, len(m.versions)-1).Draw(t, "version")
			action := rapid.SampledFrom(registry.Actions[:5]).Draw(t, "action")
			m.step(t, store, appID, i, action)
		}
		m.check(t, store, pool, appID)
	})
}

// step does the same action in the store and in the model and compares.
func (m *model) step(t *rapid.T, store *postgres.Store, appID string, i int, action registry.Action) {
	ctx := context.Background()
	want, allowed := m.versions[i].State.After(action)
	got, err := perform(ctx, store, appID, m.versions[i], action)
	if !allowed {
		if code := fault.CodeOf(err); code != fault.Conflict && code != fault.NotFound {
			t.Fatalf("%s of a %s version: %v, want a conflict", action, m.versions[i].State, err)
		}
		return
	}
	if err != nil || got.State != want {
		t.Fatalf("%s of a %s version: %s, %v; want %s", action, m.versions[i].State, got.State, err, want)
	}
	m.entries++
	if action == registry.ActionRelease {
		for k := range m.versions {
			if next, ok := m.versions[k].State.After(registry.ActionRetire); ok {
				m.versions[k].State = next
			}
		}
	}
	m.versions[i] = got
}

// perform calls the method of the action. A decision is about the version's last submission.
func perform(
	ctx context.Context, store *postgres.Store, appID string, v registry.Version, action registry.Action,
) (registry.Version, error) {
	decision := registry.Decision{By: reviewer, Findings: []registry.Finding{{Text: "no"}}}
	if v.Submission != nil {
		decision.SubmissionID = v.Submission.ID
	}
	switch action {
	case registry.ActionSubmit:
		return store.Submit(ctx, appID, v.ID, developer, "", nil)
	case registry.ActionWithdraw:
		return store.Withdraw(ctx, appID, v.ID, developer)
	case registry.ActionApprove:
		decision.Findings = nil
		return store.Approve(ctx, decision)
	case registry.ActionReject:
		return store.Reject(ctx, decision)
	default:
		return store.Release(ctx, appID, v.ID, developer)
	}
}

// check compares everything that can be read with the model.
func (m *model) check(t *rapid.T, store *postgres.Store, pool *pgxpool.Pool, appID string) {
	ctx := context.Background()
	listed, err := store.Versions(ctx, registry.VersionFilter{AppID: appID})
	if err != nil || len(listed) != len(m.versions) {
		t.Fatalf("%d versions, %v", len(listed), err)
	}
	slices.Reverse(listed)
	var released []uuid.UUID
	for i, v := range listed {
		if v.State != m.versions[i].State {
			t.Fatalf("version %d is %s, want %s", i, v.State, m.versions[i].State)
		}
		pending := v.Submission != nil && v.Submission.State == registry.Pending
		if pending != (v.State == registry.Submitted) {
			t.Fatalf("a %s version has the submission %+v", v.State, v.Submission)
		}
		if v.State == registry.Rejected && len(v.Findings) == 0 {
			t.Fatal("a rejected version has no findings")
		}
		if v.State == registry.Released {
			released = append(released, v.ID)
		}
	}
	current, err := store.Released(ctx, []string{appID})
	if err != nil || len(current) != len(released) || len(released) > 1 {
		t.Fatalf("released: %v of %v, %v", current, released, err)
	}
	var entries, open int
	err = errors.Join(
		pool.QueryRow(ctx, `SELECT count(*) FROM audit_entry JOIN version ON target = 'version:' || id
			WHERE app_id = $1`, appID).Scan(&entries),
		pool.QueryRow(ctx, `SELECT count(*) FROM release WHERE app_id = $1 AND retired_at IS NULL`,
			appID).Scan(&open))
	if err != nil || entries != m.entries || open != len(released) {
		t.Fatalf("%d entries, want %d; %d open releases, want %d; %v", entries, m.entries, open, len(released), err)
	}
}

func TestRelease_ConcurrentReleasesLeaveOneReleased(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	ctx := t.Context()
	var ids []uuid.UUID
	for i := range 4 {
		v, err := store.CreateVersion(ctx, newVersion("ta1", fmt.Sprint(i), registry.Ready))
		if err != nil {
			t.Fatal(err)
		}
		if v, err = store.Submit(ctx, "ta1", v.ID, developer, "", nil); err != nil {
			t.Fatal(err)
		}
		if _, err = store.Approve(ctx, registry.Decision{SubmissionID: v.Submission.ID, By: reviewer}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, v.ID)
	}
	var group sync.WaitGroup
	for _, id := range ids {
		group.Go(func() {
			if _, err := store.Release(ctx, "ta1", id, developer); err != nil {
				t.Errorf("release: %v", err)
			}
		})
	}
	group.Wait()
	versions, err := store.Versions(ctx, registry.VersionFilter{AppID: "ta1"})
	if err != nil {
		t.Fatal(err)
	}
	count := map[registry.State]int{}
	for _, v := range versions {
		count[v.State]++
	}
	if count[registry.Released] != 1 || count[registry.Retired] != 3 {
		t.Errorf("states: %v", count)
	}
}

func TestDecision_ConcurrentDecisionsMakeOne(t *testing.T) {
	t.Parallel()
	store, pool := open(t)
	ctx := t.Context()
	v, err := store.CreateVersion(ctx, newVersion("ta1", "1", registry.Ready))
	if err != nil {
		t.Fatal(err)
	}
	if v, err = store.Submit(ctx, "ta1", v.ID, developer, "", nil); err != nil {
		t.Fatal(err)
	}
	d := registry.Decision{SubmissionID: v.Submission.ID, By: reviewer, Findings: []registry.Finding{{Text: "no"}}}
	errs := make(chan error, 8)
	var group sync.WaitGroup
	for i := range cap(errs) {
		group.Go(func() {
			var err error
			if i%2 == 0 {
				_, err = store.Approve(ctx, registry.Decision{SubmissionID: d.SubmissionID, By: reviewer})
			} else {
				_, err = store.Reject(ctx, d)
			}
			errs <- err
		})
	}
	group.Wait()
	close(errs)
	done := 0
	for err := range errs {
		if err == nil {
			done++
		} else if fault.CodeOf(err) != fault.Conflict {
			t.Errorf("decision: %v", err)
		}
	}
	var entries int
	err = pool.QueryRow(ctx, `SELECT count(*) FROM audit_entry WHERE action IN ('version.approve', 'version.reject')`).Scan(&entries)
	if err != nil || done != 1 || entries != 1 {
		t.Errorf("%d decisions, %d entries, %v", done, entries, err)
	}
}

func TestChange_IsRolledBackWhenTheAuditLogFails(t *testing.T) {
	t.Parallel()
	pool := migrationtest.Open(t)
	store := postgres.New(pool, func(context.Context, pgx.Tx, string, string, map[string]any) error {
		return errors.New("the log is full")
	}, noProfiles{})
	if _, err := store.CreateVersion(t.Context(), newVersion("ta1", "1", registry.Ready)); err == nil {
		t.Fatal("made a version without an entry")
	}
	var rows int
	err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM version) + (SELECT count(*) FROM bundle)
		+ (SELECT count(*) FROM app_image)`).Scan(&rows)
	if err != nil || rows != 0 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
}
