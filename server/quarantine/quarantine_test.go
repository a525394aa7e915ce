package quarantine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/quarantine"
	"github.com/teahouse/teahouse/waittest"
)

const appID = "ta0123456789abcdef"

// clinic is a service with the people around it; it replaces the packages that the host connects.
type clinic struct {
	*apitest.Host
	service         *quarantine.Service
	workers         *pool
	boss, developer *apitest.Client

	mu      sync.Mutex
	changes []quarantine.Change
	told    []quarantine.Pause
}

// pool are the sandboxes of one host: until when they have paused what.
type pool struct {
	mu    sync.Mutex
	until map[worker.AppKey]time.Time
}

func (p *pool) Quarantine(key worker.AppKey, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until[key] = until
}

func (p *pool) Release(key worker.AppKey) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.until[key]
	delete(p.until, key)
	return ok
}

func (p *pool) Quarantined() []worker.AppKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []worker.AppKey
	for key := range p.until {
		keys = append(keys, key)
	}
	return keys
}

func (c *clinic) AppsByID(_ context.Context, ids []string) (map[string]accounts.App, error) {
	found := map[string]accounts.App{}
	if slices.Contains(ids, appID) {
		found[appID] = accounts.App{ID: appID, Name: "Café"}
	}
	return found, nil
}

func (c *clinic) People(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]accounts.PersonRef, error) {
	found := map[uuid.UUID]accounts.PersonRef{}
	if slices.Contains(ids, c.boss.User.ID) {
		found[c.boss.User.ID] = accounts.PersonRef{ID: c.boss.User.ID, Handle: "boss"}
	}
	return found, nil
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{}
	c.Host = apitest.New(t, nil, func(h *apitest.Host) {
		c.Host = h
		c.service, c.workers = c.newHost("one")
		c.service.Routes(h.Server.API, h.Server.App)
		audit.New(h.Pool, func(context.Context, []string) (map[string]string, error) { return nil, nil }).Routes(h.Server.API, h.Server.App)
	})
	c.boss, c.developer = c.Person("boss", auth.RoleUser, auth.RoleAdmin), c.Person("dora", auth.RoleUser, auth.RoleDeveloper)
	if _, err := c.Pool.Exec(t.Context(), `INSERT INTO bundle (sha256, size, unpacked_size, file_count) VALUES (repeat('0', 64), 1, 1, 1)`); err != nil {
		t.Fatal(err)
	}
	return c
}

// newHost is one more host on the same database, which is told nothing.
func (c *clinic) newHost(name string) (*quarantine.Service, *pool) {
	workers := &pool{until: map[worker.AppKey]time.Time{}}
	return quarantine.New(quarantine.Config{DB: c.Pool, Apps: c, Workers: workers, Logger: slog.New(slog.DiscardHandler),
		Host: func() string { return name },
		Announce: func(_ context.Context, change quarantine.Change) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.changes = append(c.changes, change)
		},
		Tell: func(_ context.Context, p quarantine.Pause) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.told = append(c.told, p)
			return nil
		},
		MayDevelop: func(ctx context.Context, app string) error {
			if app == appID && auth.UserFromContext(ctx) == c.developer.User.ID {
				return nil
			}
			return fault.Errorf(fault.NotFound, "no-such-app", "There is no such app.")
		}}), workers
}

// version makes a version and returns what names it to the workers.
func (c *clinic) version(label string) worker.AppKey {
	c.Helper()
	id := uuid.New()
	if _, err := c.Pool.Exec(c.Context(), `INSERT INTO version (id, app_id, label, state, notes, bundle_sha256, diagnostics, report, created_by)
		VALUES ($1, $2, $3, 'failed', '', repeat('0', 64), '[]', '{}', $4)`, id, appID, label, c.developer.User.ID); err != nil {
		c.Fatal(err)
	}
	return worker.AppKey{AppID: appID, VersionID: id.String()}
}

func deaths() []worker.Death {
	at := time.Now().Add(-time.Minute)
	return []worker.Death{{At: at, Detail: "killed"}, {At: at.Add(time.Second), Detail: "killed"}, {At: at.Add(2 * time.Second), Detail: "out of memory"}}
}

// paused is the slug of the fault with which a version does not open.
func (c *clinic) paused(s *quarantine.Service, key worker.AppKey) string {
	c.Helper()
	return fault.SlugOf(s.Paused(c.Context(), uuid.MustParse(key.VersionID)))
}

// pass lets so much time pass for all pauses.
func (c *clinic) pass(d time.Duration) {
	c.Helper()
	if _, err := c.Pool.Exec(c.Context(), `UPDATE quarantine SET since = since - $1::interval, until = until - $1::interval,
		released_at = released_at - $1::interval`, d); err != nil {
		c.Fatal(err)
	}
}

func (c *clinic) list(query string) (rows []quarantine.Quarantine, next string) {
	c.Helper()
	var page struct {
		Items      []quarantine.Quarantine
		NextCursor string `json:"next_cursor"`
	}
	c.boss.Do("GET", "/api/v1/admin/quarantines?"+query, nil).Want(200).Into(&page)
	return page.Items, page.NextCursor
}

func (c *clinic) release(id uuid.UUID, reason string) *apitest.Answer {
	c.Helper()
	return c.boss.Do("POST", "/api/v1/admin/quarantines/"+id.String()+"/release", map[string]string{"reason": reason})
}

func TestAPauseHoldsOnHostsThatWereNotToldAndAfterARestart(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	key, other := c.version("1.0.0"), c.version("1.0.1")
	c.service.Begin(key, deaths())
	second, workers := c.newHost("two")
	if got := c.paused(second, key); got != worker.CodeQuarantined {
		t.Errorf("on a host that was not told: %q", got)
	}
	if got := c.paused(second, other); got != "" {
		t.Errorf("another version: %q", got)
	}
	if err := second.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if until := workers.until[key]; len(workers.until) != 1 || !until.Equal(c.changes[0].Until) {
		t.Errorf("a host that starts pauses %v, announced was %v", workers.until, c.changes)
	}
	c.pass(worker.QuarantineFirst)
	if got := c.paused(second, key); got != "" {
		t.Errorf("after its time: %q", got)
	}
}

func TestAPauseIsTwiceAsLongEachTimeUpToADay(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	key := c.version("1.0.0")
	pause := func() time.Duration {
		t.Helper()
		c.service.Begin(key, deaths())
		rows, _ := c.list("state=active")
		if len(rows) != 1 {
			t.Fatalf("%d pauses hold", len(rows))
		}
		length := rows[0].Until.Sub(rows[0].Since)
		c.pass(length)
		return length
	}
	for _, minutes := range []time.Duration{10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440} {
		if got := pause(); got != minutes*time.Minute {
			t.Fatalf("paused for %v, want %d min", got, minutes)
		}
	}
	c.pass(quarantine.Memory)
	if got := pause(); got != worker.QuarantineFirst {
		t.Errorf("after a quiet week: %v", got)
	}
	c.service.Begin(key, deaths())
	rows, _ := c.list("state=active")
	c.release(rows[0].ID, "The host was short of memory.").Want(200)
	if got := pause(); got != worker.QuarantineFirst {
		t.Errorf("after a release: %v", got)
	}
	c.service.Begin(c.version("1.0.1"), deaths())
	rows, _ = c.list("state=active")
	if got := rows[0].Until.Sub(rows[0].Since); got != worker.QuarantineFirst {
		t.Errorf("the first pause of another version: %v", got)
	}
}

func TestHostsThatPauseAVersionAtTheSameTimePauseItOnce(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	key := c.version("1.0.0")
	var all sync.WaitGroup
	for i := range 4 {
		host, _ := c.newHost(fmt.Sprint("host ", i))
		all.Go(func() { host.Begin(key, deaths()) })
	}
	all.Wait()
	if rows, _ := c.list(""); len(rows) != 1 {
		t.Errorf("%d pauses", len(rows))
	}
	if len(c.changes) != 4 || len(c.told) != 1 {
		t.Errorf("announced %d times, developers told %d times", len(c.changes), len(c.told))
	}
}

func TestTheEvidenceIsBoundedAndReadable(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	key := c.version("1.0.0")
	var many []worker.Death
	for i := range 3 * quarantine.MaxDeaths {
		many = append(many, worker.Death{At: time.Unix(int64(i), 0), Detail: "zero \x00, half a letter \xe5, " + strings.Repeat("茶", quarantine.MaxDetail)})
	}
	c.service.Begin(key, many)
	rows, _ := c.list("")
	if len(rows) != 1 || len(rows[0].Deaths) != quarantine.MaxDeaths {
		t.Fatalf("got %+v", rows)
	}
	last := rows[0].Deaths[quarantine.MaxDeaths-1]
	if !last.At.Equal(many[len(many)-1].At) || len(last.Detail) > quarantine.MaxDetail || !strings.HasPrefix(last.Detail, "zero , half a letter , 茶") {
		t.Errorf("got %v %q", last.At, last.Detail)
	}
}

func TestAPauseIsWrittenWhenTheDatabaseIsBack(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	key := c.version("1.0.0")
	rename := func(from, to string) {
		t.Helper()
		if _, err := c.Pool.Exec(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
			t.Fatal(err)
		}
	}
	c.workers.Quarantine(key, time.Now().Add(worker.QuarantineFirst)) // as the pool did
	rename("version", "away")
	c.service.Begin(key, deaths())
	if err := c.service.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(c.workers.Quarantined()) != 1 || len(c.changes) != 0 {
		t.Errorf("without the database: paused %v, announced %v", c.workers.until, c.changes)
	}
	rename("away", "version")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.service.Run(ctx) }()
	waittest.Eventually(t, "the pause is written", func() bool { return c.paused(c.service, key) == worker.CodeQuarantined })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestSyncReleasesWhatEndedUnnoticed(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	ended, holds := c.version("1.0.0"), c.version("1.0.1")
	for _, key := range []worker.AppKey{ended, holds} {
		c.service.Begin(key, deaths())
	}
	for _, change := range c.changes {
		c.service.Follow(change)
	}
	rows, _ := c.list("state=active")
	c.release(rows[1].ID, "mended").Want(200) // the announcement is lost
	if len(c.workers.until) != 2 {
		t.Fatalf("paused: %v", c.workers.until)
	}
	if err := c.service.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if keys := c.workers.Quarantined(); len(keys) != 1 || keys[0] != holds {
		t.Errorf("paused: %v", keys)
	}
}

func TestAVersionThatTheRegistryDoesNotHaveIsNoError(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.service.Begin(worker.AppKey{AppID: appID, VersionID: uuid.NewString()}, deaths())
	c.service.Begin(worker.AppKey{AppID: appID, VersionID: "no ID"}, deaths())
	if rows, _ := c.list(""); len(rows) != 0 || len(c.changes) != 0 {
		t.Errorf("got %v, announced %v", rows, c.changes)
	}
}

func TestAdministratorsListPausesPageByPageAndByState(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	var want []string
	for i := range 3 {
		key := c.version(fmt.Sprint("1.0.", i))
		c.service.Begin(key, deaths())
		want = append([]string{"1.0." + fmt.Sprint(i)}, want...)
	}
	labels := func(rows []quarantine.Quarantine) (found []string) {
		for _, row := range rows {
			found = append(found, row.Version)
		}
		return found
	}
	first, next := c.list("limit=2")
	second, end := c.list("limit=2&cursor=" + next)
	if got := labels(append(first, second...)); !slices.Equal(got, want) || end != "" {
		t.Errorf("got %v, want %v", got, want)
	}
	row := first[0]
	if row.App.Name != "Café" || row.State != quarantine.Active || row.Host != "one" || len(row.Deaths) != 3 ||
		row.Deaths[2].Detail != "out of memory" || row.ReleasedBy != nil {
		t.Errorf("got %+v", row)
	}
	c.release(first[0].ID, "mended").Want(200)
	for state, want := range map[string][]string{"active": {"1.0.1", "1.0.0"}, "released": {"1.0.2"}, "expired": nil} {
		if rows, _ := c.list("state=" + state); !slices.Equal(labels(rows), want) {
			t.Errorf("%s: %v, want %v", state, labels(rows), want)
		}
	}
	c.pass(worker.QuarantineFirst)
	if rows, _ := c.list("state=expired"); len(rows) != 2 || rows[0].State != quarantine.Expired {
		t.Errorf("expired: %+v", rows)
	}
	if rows, _ := c.list("app_id=ta00"); len(rows) != 0 {
		t.Errorf("of another app: %+v", rows)
	}
	c.boss.Do("GET", "/api/v1/admin/quarantines?cursor=x", nil).Refused(422, "bad-cursor")
	c.boss.Do("GET", "/api/v1/admin/quarantines?state=sad", nil).Want(422)
	c.developer.Do("GET", "/api/v1/admin/quarantines", nil).Refused(403, "admin-role-required")
	c.developer.Do("POST", "/api/v1/admin/quarantines/"+row.ID.String()+"/release", map[string]string{"reason": "please"}).
		Refused(403, "admin-role-required")
}

func TestAReleaseIsAuditedAndTheSameTwice(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	key, old := c.version("1.0.0"), c.version("0.9.0")
	c.service.Begin(old, deaths())
	c.pass(worker.QuarantineFirst)
	c.service.Begin(key, deaths())
	rows, _ := c.list("")
	id := rows[0].ID
	for _, empty := range []string{"", "  "} {
		if answer := c.release(id, empty); answer.Status != 422 {
			t.Errorf("reason %q: %d", empty, answer.Status)
		}
	}
	var answer quarantine.Quarantine
	c.release(id, " The host was short of memory. ").Want(200).Into(&answer)
	if answer.State != quarantine.Released || answer.ReleasedAt == nil || answer.ReleaseReason != "The host was short of memory." ||
		answer.ReleasedBy == nil || answer.ReleasedBy.Handle != "boss" {
		t.Errorf("got %+v", answer)
	}
	if got := c.paused(c.service, key); got != "" {
		t.Errorf("after the release: %q", got)
	}
	c.mu.Lock()
	last := c.changes[len(c.changes)-1]
	told := c.told[len(c.told)-1]
	c.mu.Unlock()
	if last.AppKey != key || !last.Until.IsZero() || told.State != quarantine.Released {
		t.Errorf("announced %+v, told %+v", last, told)
	}
	announced := len(c.changes)
	var again quarantine.Quarantine
	c.release(id, "once more").Want(200).Into(&again)
	if again.ReleaseReason != answer.ReleaseReason || !again.ReleasedAt.Equal(*answer.ReleasedAt) || len(c.changes) != announced {
		t.Errorf("a second release changed it: %+v", again)
	}
	c.release(rows[1].ID, "mended").Refused(409, "quarantine-over")
	c.release(uuid.New(), "mended").Refused(404, "no-such-quarantine")
	var log struct{ Items []audit.LogEntry }
	c.boss.Do("GET", "/api/v1/admin/audit?action=version.", nil).Want(200).Into(&log)
	var actions []string
	for _, entry := range log.Items {
		actions = append(actions, entry.Action+" by "+strings.Split(entry.Actor, ":")[0])
	}
	if want := []string{"version.quarantine.release by user", "version.quarantine by system", "version.quarantine by system"}; !slices.Equal(actions, want) {
		t.Errorf("audited: %q", actions)
	}
	var detail struct{ Reason string }
	if err := json.Unmarshal(log.Items[0].Detail, &detail); err != nil || detail.Reason != answer.ReleaseReason ||
		log.Items[0].Target != "version:"+key.VersionID {
		t.Errorf("audited: %+v", log.Items[0])
	}
}

func TestDevelopersSeeThePausesOfTheirApps(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	key, other := c.version("1.0.0"), c.version("1.0.1")
	c.service.Begin(key, deaths())
	c.service.Begin(other, deaths())
	const path = "/api/v1/dev/apps/" + appID + "/quarantines"
	answer := c.developer.Do("GET", path+"?state=active&version_id="+key.VersionID, nil).Want(200)
	var page struct{ Items []quarantine.Pause }
	answer.Into(&page)
	if len(page.Items) != 1 || page.Items[0].Version != "1.0.0" || page.Items[0].Deaths[0].Detail != "killed" {
		t.Errorf("got %+v", page.Items)
	}
	if strings.Contains(string(answer.Body), `"host"`) {
		t.Errorf("developers need not know the operator's machines: %s", answer.Body)
	}
	first := c.developer.Do("GET", path+"?limit=1", nil).Want(200)
	second := c.developer.Do("GET", path+"?limit=1&cursor="+first.Text("next_cursor"), nil).Want(200)
	if !strings.Contains(string(second.Body), `"version":"1.0.0"`) || strings.Contains(string(second.Body), `"1.0.1"`) {
		t.Errorf("the second page: %s", second.Body)
	}
	c.boss.Do("GET", path, nil).Refused(403, "developer-role-required")
	c.Person("stranger", auth.RoleUser, auth.RoleDeveloper).Do("GET", path, nil).Refused(404, "no-such-app")
}

func TestPeopleReadWhenToTryAgainIfThatIsSoon(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	key := c.version("1.0.0")
	c.service.Begin(key, deaths())
	err := c.service.Paused(t.Context(), uuid.MustParse(key.VersionID))
	if paused, ok := fault.As(err); !ok || !strings.HasSuffix(paused.Message, "Try again in 10 min.") ||
		paused.RetryAfter <= 0 || paused.RetryAfter > worker.QuarantineFirst {
		t.Errorf("got %v", err)
	}
	c.pass(-worker.QuarantineSoon)
	err = c.service.Paused(t.Context(), uuid.MustParse(key.VersionID))
	if paused, ok := fault.As(err); !ok || strings.Contains(paused.Message, "Try again") || paused.RetryAfter != 0 {
		t.Errorf("got %v", err)
	}
}
