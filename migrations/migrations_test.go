package migrations_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/migrations"
	"github.com/teahouse/teahouse/migrations/migrationtest"
)

var update = flag.Bool("update", false, "write testdata/functions.sum anew")

// hosts is how many start at the same moment.
const hosts = 3

func TestHostsThatStartTogetherOnAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	pool := migrationtest.OpenEmpty(t)
	startTogether(t, pool)
	startTogether(t, pool) // and again, on one that is up to date
}

func TestHostsThatStartTogetherOnAnOlderDatabase(t *testing.T) {
	t.Parallel()
	older := openOlder(t)
	startTogether(t, older)

	var kept string
	err := older.QueryRow(t.Context(), `SELECT concat_ws(' ',
		(SELECT count(*) FROM app_user), (SELECT count(*) FROM message),
		(SELECT count(*) FROM river_job), (SELECT count(*) FROM payments.posting),
		(SELECT balance FROM payments.account WHERE owner_type = 'account'),
		(SELECT wrote_at AT TIME ZONE 'UTC' FROM conversation_member WHERE wrote_at IS NOT NULL))`).Scan(&kept)
	if err != nil {
		t.Fatal(err)
	}
	if want := "3 3 1 4 1800 2026-01-03 11:00:00"; kept != want {
		t.Errorf("what the database kept is %q, want %q", kept, want)
	}

	fresh := migrationtest.Open(t)
	if diff := cmp.Diff(schema(t, fresh), schema(t, older)); diff != "" {
		t.Errorf("an older database ends up with another schema than a fresh one (-fresh +older):\n%s", diff)
	}
}

// startTogether lets several hosts, each with a pool of its own, migrate one database at once.
func startTogether(t *testing.T, database *pgxpool.Pool) {
	t.Helper()
	group, ctx := errgroup.WithContext(t.Context())
	start := make(chan struct{})
	for range hosts {
		pool, err := pgxpool.NewWithConfig(t.Context(), database.Config())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		group.Go(func() error {
			<-start
			return migrations.Migrate(ctx, pool)
		})
	}
	close(start)
	if err := group.Wait(); err != nil {
		t.Fatalf("a host cannot start: %v", err)
	}
}

func openOlder(t *testing.T) *pgxpool.Pool {
	t.Helper()
	dump, err := os.ReadFile("testdata/older.sql")
	if err != nil {
		t.Fatal(err)
	}
	pool := migrationtest.OpenEmpty(t)
	conn, err := pgx.ConnectConfig(t.Context(), pool.Config().ConnConfig) // its settings end with it
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), string(dump)); err != nil {
		t.Fatal(err)
	}
	return pool
}

// schema describes every table, column, constraint, index, trigger and function, a line each.
func schema(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('public', 'payments', 'sandboxbank'))
		SELECT format('column %s.%s.%s %s null=%s default=%s', table_schema, table_name, column_name,
			coalesce(domain_name, udt_name), is_nullable, column_default)
		FROM information_schema.columns JOIN ours ON nspname = table_schema
		UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname,
			translate(pg_get_constraintdef(c.oid), '()', '')) -- a dump loses pairs that say nothing
		FROM pg_constraint c JOIN ours ON ours.oid = connamespace
		UNION ALL SELECT 'index ' || indexdef FROM pg_indexes JOIN ours ON nspname = schemaname
		UNION ALL SELECT 'trigger ' || pg_get_triggerdef(tg.oid) FROM pg_trigger tg WHERE NOT tgisinternal
		UNION ALL SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p JOIN ours ON ours.oid = pronamespace
		WHERE p.prokind = 'f'
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) < 100 {
		t.Fatalf("only %d lines: the question is wrong", len(lines))
	}
	return lines
}

// Each folder's before.sql and after.sql are run on a database that has the migrations before it
// and the rows that their files left.
func TestEachMigrationKeepsWhatItsFolderAsserts(t *testing.T) {
	t.Parallel()
	pool := migrationtest.OpenEmpty(t)
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := migrations.NewProvider(db)
	if err != nil {
		t.Fatal(err)
	}
	folders := map[int64]string{}
	ups, err := fs.Glob(migrations.Files, "*/up.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, up := range ups {
		var version int64
		if _, err := fmt.Sscanf(up, "%d_", &version); err != nil {
			t.Fatal(err)
		}
		folders[version] = path.Dir(up)
	}
	for _, source := range provider.ListSources() {
		folder := folders[source.Version]
		assert := func(name string) {
			text, err := fs.ReadFile(migrations.Files, path.Join(folder, name))
			if folder == "" || os.IsNotExist(err) {
				return
			}
			if _, err := pool.Exec(t.Context(), string(text)); err != nil {
				t.Fatalf("%s/%s: %v", folder, name, err)
			}
		}
		assert("before.sql")
		if _, err := provider.ApplyVersion(t.Context(), source.Version, true); err != nil {
			t.Fatal(err)
		}
		assert("after.sql")
	}
	if err := migrations.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
}

func TestALowerNumberThatComesLaterIsAppliedToo(t *testing.T) {
	t.Parallel()
	pool := migrationtest.OpenEmpty(t)
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := migrations.NewProvider(db)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []int64{1, 2, 3, 4, 5, 6, 8} {
		if _, err := provider.ApplyVersion(t.Context(), version, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrations.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(schema(t, migrationtest.Open(t)), schema(t, pool)); diff != "" {
		t.Errorf("(-in order +out of order):\n%s", diff)
	}
}

func TestAHostOfTheVersionBeforeDoesNotPutItsFunctionsBack(t *testing.T) {
	t.Parallel()
	pool := migrationtest.Open(t)
	with := func(revision int, answer string) {
		t.Helper()
		text := fmt.Sprintf("-- revision: %d\nCREATE OR REPLACE FUNCTION answer() RETURNS text LANGUAGE sql AS $$ SELECT '%s' $$;\n", revision, answer)
		if err := migrations.ApplyFunctions(t.Context(), pool,
			fstest.MapFS{"functions/answer.sql": {Data: []byte(text)}}); err != nil {
			t.Fatal(err)
		}
	}
	want := func(answer string) {
		t.Helper()
		var got string
		if err := pool.QueryRow(t.Context(), `SELECT answer()`).Scan(&got); err != nil || got != answer {
			t.Errorf("the function answers %q, %v; want %q", got, err, answer)
		}
	}
	with(1, "first")
	want("first")
	with(2, "second")
	want("second")
	with(1, "first") // the host of the version before starts again
	want("second")
	with(2, "second, while it is being written")
	want("second, while it is being written")
}

const sums = "testdata/functions.sum"

// Without a new revision a host of the version before would put its text back.
func TestAFunctionThatChangedHasANewRevision(t *testing.T) {
	t.Parallel()
	have, err := migrations.FunctionSums()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for name, sum := range have {
		lines = append(lines, fmt.Sprintf("%s %d %x", name, sum.Revision, sum.SHA256))
	}
	slices.Sort(lines)
	text := strings.Join(lines, "\n") + "\n"
	known, err := os.ReadFile(sums)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(known)) {
		var name, hash string
		var revision int
		if _, err := fmt.Sscan(line, &name, &revision, &hash); err != nil {
			t.Fatal(err)
		}
		if now, there := have[name]; there && now.Revision <= revision && fmt.Sprintf("%x", now.SHA256) != hash {
			t.Errorf("functions/%s has changed: make its first line `-- revision: %d`", name, revision+1)
		}
	}
	if t.Failed() || string(known) == text {
		return
	}
	if !*update {
		t.Fatalf("functions have changed; run `go test ./migrations -run TestAFunctionThatChanged -update`")
	}
	if err := os.WriteFile(sums, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Trigger functions must be there before their trigger, so they stay in migrations.
func TestFunctionsAreFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	function := regexp.MustCompile(`(?i)CREATE\s+(OR\s+REPLACE\s+)?FUNCTION\s+(\S+?)\s*\([^$]*?\$`)
	err := fs.WalkDir(migrations.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(name, "functions/") {
			return err
		}
		text, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			return err
		}
		for _, found := range function.FindAllStringSubmatch(string(text), -1) {
			if !regexp.MustCompile(`(?i)RETURNS\s+trigger`).MatchString(found[0]) {
				t.Errorf("%s creates %s: put it into functions/, so that it can be changed there", name, found[2])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
