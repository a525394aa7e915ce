package publishing_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/registry/bundle"
	"github.com/teahouse/teahouse/registry/postgres"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/launch"
	"github.com/teahouse/teahouse/server/objects"
	"github.com/teahouse/teahouse/server/publishing"
	"github.com/teahouse/teahouse/waittest"
)

// desk is a host with a developer, an app of theirs, and a reviewer.
type desk struct {
	*apitest.Host
	objects   *objects.Directory
	registry  *registry.Service
	accounts  *accounts.Service
	developer *apitest.Client
	admin     *apitest.Client
	appID     string
	pushed    pushes
	checks    *publishing.Checks
	queries   *queries // that registry and accounts make
}

// silent is a chat that is not used: nothing here writes messages.
type silent struct{}

func (silent) AccountConversation(context.Context, uuid.UUID, uuid.UUID) (uuid.UUID, error) {
	return uuid.NewV7()
}

func (silent) SendFromAccount(context.Context, uuid.UUID, uuid.UUID, string, string, any) (uuid.UUID, error) {
	return uuid.NewV7()
}

func (silent) LastFromUser(context.Context, uuid.UUID, uuid.UUID) (time.Time, error) {
	return time.Time{}, nil
}

// pushes remembers what was pushed to people.
type pushes struct {
	mu     sync.Mutex
	events []string
}

func (p *pushes) Push(_ context.Context, _ uuid.UUID, event any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, fmt.Sprint(event.(map[string]any)["state"]))
	return errors.New("nobody is online") // which must not matter
}

func (p *pushes) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.events)
}

// pool is where all tests compile: in sandbox processes, as the host does.
var pool = sync.OnceValue(func() *worker.Pool {
	return worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler)})
})

func TestMain(m *testing.M) {
	programs.MaybeMain()
	code := m.Run()
	pool().Close(context.Background())
	os.Exit(code)
}

func newDesk(t *testing.T) *desk {
	d := &desk{}
	d.Host = apitest.New(t, nil, func(h *apitest.Host) {
		var err error
		if d.objects, err = objects.OpenDirectory(filepath.Join(t.TempDir(), "objects")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.objects.Close() })
		d.queries = &queries{}
		counted := h.Pool.Config()
		counted.ConnConfig.Tracer = d.queries
		db, err := pgxpool.NewWithConfig(context.Background(), counted)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		jobs, err := river.NewClient(riverpgxv5.New(h.Pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		compiler := publishing.Compiler(pool().Compile, reachesCafe)
		logger := slog.New(slog.DiscardHandler)
		d.registry = registry.NewService(postgres.New(db, publishing.Recorder(), accounts.NewProfiles(db)), d.objects, compiler,
			publishing.Observer(&d.pushed, logger))
		d.accounts, err = accounts.New(accounts.Options{
			Pool: db, Secret: h.Secret, Releases: launch.NewReleases(d.registry), Messenger: silent{},
		})
		if err != nil {
			t.Fatal(err)
		}
		d.accounts.Routes(h.Server.API, h.Server.App)
		d.checks = publishing.NewChecks(d.registry, jobs, worker.Config{}, logger)
		publishing.New(d.registry, d.accounts, d.checks).Routes(h.Server.API, h.Server.App)
	})
	d.developer = d.Person("dev", auth.RoleDeveloper)
	d.admin = d.Person("boss", auth.RoleAdmin)
	d.appID = d.newApp(d.developer, "shop")
	return d
}

// queries counts what is asked of the database.
type queries struct{ count atomic.Int64 }

func (q *queries) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	q.count.Add(1)
	return ctx
}

func (*queries) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (d *desk) newApp(owner *apitest.Client, handle string) string {
	d.Helper()
	account := owner.Do("POST", "/api/v1/dev/accounts", map[string]any{
		"handle": handle, "name": handle, "description": "", "kind": "service", "welcome_text": "",
	})
	if account.Status != 201 && account.Status != 200 {
		d.Fatalf("account: %d %s", account.Status, account.Body)
	}
	app := owner.Do("POST", "/api/v1/dev/accounts/"+account.Text("id")+"/apps",
		map[string]any{"name": handle, "description": ""})
	if app.Status != 201 && app.Status != 200 {
		d.Fatalf("app: %d %s", app.Status, app.Body)
	}
	return app.Text("app", "id")
}

func (d *desk) versions() string { return "/api/v1/dev/apps/" + d.appID + "/versions" }

// program is a mini program without faults.
func program() map[string]string {
	return map[string]string{
		"app.json":               `{"pages":["pages/index/index"],"window":{"navigationBarTitleText":"Shop"}}`,
		"app.js":                 "App({onLaunch() { wx.login({}) }})",
		"pages/index/index.js":   "Page({data: {hi: 1}})",
		"pages/index/index.wxml": "<view>{{hi}}</view>",
		"pages/index/index.wxss": "page{background:url(/img/a.png)}",
		"img/a.png":              "0123456789",
		"img/b.svg":              "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
	}
}

func pack(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (d *desk) upload(c *apitest.Client, appID, label string, archive []byte, headers ...string) *apitest.Answer {
	d.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("bundle", "bundle.zip")
	if err != nil {
		d.Fatal(err)
	}
	_, err = file.Write(archive)
	err = errors.Join(err, form.WriteField("version", label), form.WriteField("notes", ""), form.Close())
	if err != nil {
		d.Fatal(err)
	}
	return c.Do("POST", "/api/v1/dev/apps/"+appID+"/versions", body.Bytes(),
		append(headers, "Content-Type", form.FormDataContentType())...)
}

// ready uploads a program without faults and answers with the version's ID.
func (d *desk) ready(label string) string {
	d.Helper()
	answer := d.upload(d.developer, d.appID, label, pack(d.T, program())).Want(201)
	if answer.Text("state") != "ready" {
		d.Fatalf("upload: %s", answer.Body)
	}
	return answer.Text("id")
}

func (d *desk) act(id, action string) *apitest.Answer {
	d.Helper()
	var body any
	if action == "submit" {
		body = map[string]any{"notes": "please", "scope_reasons": map[string]string{
			"login": "to know you", "network": "to ask our server"}}
	}
	return d.developer.Do("POST", d.versions()+"/"+id+"/"+action, body)
}

func (d *desk) decide(submission, action string, body any) *apitest.Answer {
	d.Helper()
	return d.admin.Do("POST", "/api/v1/admin/submissions/"+submission+"/"+action, body)
}

func TestVersion_GoesFromUploadToRelease(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.ready("1.0.0")
	version := d.act(id, "submit").Want(200)
	submission := version.Text("submission", "id")
	if version.Text("state") != "submitted" || submission == "" {
		t.Fatalf("submitted: %s", version.Body)
	}

	list := d.admin.Do("GET", "/api/v1/admin/submissions?state=pending", nil).Want(200)
	if !bytes.Contains(list.Body, []byte(submission)) || !bytes.Contains(list.Body, []byte(`"version":"1.0.0"`)) ||
		!bytes.Contains(list.Body, []byte(`"name":"shop"`)) {
		t.Errorf("list: %s", list.Body)
	}
	var detail publishing.SubmissionDetail
	d.admin.Do("GET", "/api/v1/admin/submissions/"+submission, nil).Want(200).Into(&detail)
	if detail.App.Name != "shop" || detail.ScopeReasons["login"] == "" || len(detail.Files) != 7 ||
		!slices.Equal(detail.Version.Report.Scopes, []string{"login"}) || detail.Baseline != nil || len(detail.Changes) != 7 {
		t.Errorf("detail: %+v", detail)
	}

	d.decide(submission, "approve", map[string]any{"note": "well done"}).Want(200)
	if _, ok := d.released(); ok {
		t.Error("an approved version is released already")
	}
	d.act(id, "release").Want(200)
	if v, ok := d.released(); !ok || v.ID.String() != id {
		t.Errorf("released: %+v", v)
	}
	app := d.Person("user").Do("GET", "/api/v1/apps/"+d.appID, nil).Want(200)
	if app.Text("released_version", "version") != "1.0.0" {
		t.Errorf("app: %s", app.Body)
	}

	second := d.ready("1.1.0")
	submission = d.act(second, "submit").Want(200).Text("submission", "id")
	d.decide(submission, "approve", map[string]any{}).Want(200)
	d.decide(submission, "release", nil).Want(200)
	if v, _ := d.released(); v.ID.String() != second {
		t.Errorf("released: %+v", v)
	}
	if first := d.developer.Do("GET", d.versions()+"/"+id, nil).Want(200); first.Text("state") != "retired" {
		t.Errorf("the first version: %s", first.Body)
	}
	d.act(id, "release").Want(200) // back to the earlier version
	if v, _ := d.released(); v.ID.String() != id {
		t.Errorf("released: %+v", v)
	}

	want := []string{"ready", "submitted", "approved", "released", "ready", "submitted", "approved", "released", "released"}
	if got := d.pushed.all(); !slices.Equal(got, want) {
		t.Errorf("pushed %v, want %v", got, want)
	}
	var actions string
	err := d.Pool.QueryRow(t.Context(), `SELECT string_agg(action, ' ' ORDER BY id) FROM audit_log
		WHERE action LIKE 'version.%'`).Scan(&actions)
	if err != nil || !strings.HasPrefix(actions, "version.upload version.submit version.approve version.release") {
		t.Errorf("audit log: %q, %v", actions, err)
	}
}

func (d *desk) released() (registry.Version, bool) {
	d.Helper()
	versions, err := d.registry.Released(context.Background(), []string{d.appID})
	if err != nil {
		d.Fatal(err)
	}
	v, ok := versions[d.appID]
	return v, ok
}

func TestVersion_IsRejectedWithAllFindings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.ready("1.0.0")
	submission := d.act(id, "submit").Want(200).Text("submission", "id")
	d.decide(submission, "reject", map[string]any{"reasons": []any{}}).Refused(422, "findings-required")
	d.decide(submission, "reject", map[string]any{"reasons": []any{map[string]any{"text": "  "}}}).Refused(422, "bad-finding")
	d.decide(submission, "reject", map[string]any{"reasons": []any{
		map[string]any{"rule": "1.2", "text": "the button does nothing", "file": "pages/index/index.js", "line": 1},
		map[string]any{"text": "no name"},
	}}).Want(200)
	var v registry.Version
	d.developer.Do("GET", d.versions()+"/"+id, nil).Want(200).Into(&v)
	if v.State != registry.Rejected || len(v.Findings) != 2 || v.Findings[0].Line != 1 || v.Findings[1].Text != "no name" {
		t.Errorf("version: %+v", v)
	}
	d.act(id, "release").Refused(409, "version-state")
	d.act(id, "submit").Want(200)
}

func TestDecision_IsBoundToTheSubmissionThatWasSeen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.ready("1.0.0")
	seen := d.act(id, "submit").Want(200).Text("submission", "id")
	d.act(id, "withdraw").Want(200)
	d.decide(seen, "approve", map[string]any{}).Refused(409, "version-state")
	second := d.act(id, "submit").Want(200).Text("submission", "id")
	d.decide(seen, "approve", map[string]any{}).Refused(409, "submission-decided")
	if got := d.developer.Do("GET", d.versions()+"/"+id, nil).Text("state"); got != "submitted" {
		t.Errorf("a refused decision left the version %s", got)
	}
	d.decide(second, "approve", map[string]any{}).Want(200)
	d.decide(second, "reject", map[string]any{"reasons": []any{map[string]any{"text": "no"}}}).Refused(409, "version-state")
	d.decide(second, "approve", map[string]any{}).Refused(409, "version-state")
	d.decide(uuid.NewString(), "approve", map[string]any{}).Refused(404, "submission-not-found")
}

// reachesCafe is an operator who allows one server under development.
func reachesCafe(url string) bool { return url == "http://127.0.0.1:8081" }

// Ensure a server that this host's operator allows is no reason for a warning; another one is.
func TestPublish_WarnsOfServersThatTheOperatorDoesNotAllow(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files := program()
	files["app.json"] = `{"pages":["pages/index/index"],"teahouse":{"domains":["127.0.0.1:8081","127.0.0.1:8082"]}}`
	files["app.js"] = "App({})\nwx.request({url: 'http://127.0.0.1:8081/menu'})\nwx.request({url: 'http://127.0.0.1:8082/menu'})"
	var v registry.Version
	d.upload(d.developer, d.appID, "1.0.0", pack(t, files)).Want(201).Into(&v)
	var places []string
	for _, diagnostic := range v.Diagnostics {
		places = append(places, fmt.Sprintf("%s %s:%d:%d", diagnostic.Code, diagnostic.File, diagnostic.Line, diagnostic.Column))
	}
	if want := []string{"host-not-public app.js:3:18"}; !slices.Equal(places, want) {
		t.Errorf("got %v, want %v", places, want)
	}
}

// Ensure a version is not submitted before each of its scopes has a reason.
func TestSubmit_NeedsAReasonForEachScope(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files := program()
	files["app.json"] = `{"pages":["pages/index/index"],"teahouse":{"scopes":["login","payment"]}}`
	version := d.versions() + "/" + d.upload(d.developer, d.appID, "1.0.0", pack(t, files)).Want(201).Text("id")
	submit := func(reasons map[string]string) *apitest.Answer {
		return d.developer.Do("POST", version+"/submit", map[string]any{"scope_reasons": reasons})
	}
	for _, reasons := range []map[string]string{nil, {"login": "to know you"}, {"login": "to know you", "payment": " "}} {
		answer := submit(reasons)
		answer.Refused(422, "scope-reason-missing")
		if !strings.Contains(string(answer.Body), "body.scope_reasons.payment") {
			t.Errorf("with %v: %s", reasons, answer.Body)
		}
	}
	if got := d.developer.Do("GET", version, nil).Want(200).Text("state"); got != "ready" {
		t.Errorf("the version is %s", got)
	}
	submit(map[string]string{"login": "to know you", "payment": "people pay for tea"}).Want(200)
}

// Ensure a label names one version of an app from its upload on, whatever becomes of it.
func TestLabel_BelongsToOneVersion(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	again := func(status int) *apitest.Answer {
		return d.upload(d.developer, d.appID, "1.0.0", pack(t, program())).Want(status)
	}
	broken := program()
	broken["app.js"] = "var ="
	d.upload(d.developer, d.appID, "1.0.0", pack(t, broken)).Want(201)
	id := again(201).Text("id") // what did not compile has taken nothing
	again(409).Refused(409, "version-taken")
	submission := d.act(id, "submit").Want(200).Text("submission", "id")
	again(409)
	d.decide(submission, "reject", map[string]any{"reasons": []any{map[string]any{"text": "no"}}}).Want(200)
	again(409)
	d.upload(d.developer, d.newApp(d.developer, "another"), "1.0.0", pack(t, program())).Want(201)
	answer := d.upload(d.developer, d.appID, "1.0.0", pack(t, program()), "Accept-Language", "zh-CN").Want(409)
	if got, want := answer.Text("detail"), "此小程序已有版本 1.0.0。请换一个版本号。"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Ensure of two uploads at the same moment one gets the label.
func TestLabel_IsTakenOnceByUploadsAtTheSameTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	archive := pack(t, program())
	statuses := make([]int, 4)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() { statuses[i] = d.upload(d.developer, d.appID, "1.0.0", archive).Status })
	}
	all.Wait()
	slices.Sort(statuses)
	if want := []int{201, 409, 409, 409}; !slices.Equal(statuses, want) {
		t.Errorf("got %v, want %v", statuses, want)
	}
}

func TestLabel_IsASemanticVersion(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, bad := range []string{"banana", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0 ", "../1", "1.0.0-" + strings.Repeat("a", 60)} {
		d.upload(d.developer, d.appID, bad, pack(t, program())).Refused(422, "bad-version-label")
	}
	for _, good := range []string{"0.0.0-dev.20260101.t101010", "1.0.0", "1.0.0-beta.1", "1.0.0+build.7"} {
		d.upload(d.developer, d.appID, good, pack(t, program())).Want(201)
	}
}

func TestVersions_OfOthersAreNotFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.ready("1.0.0")
	submission := d.act(id, "submit").Want(200).Text("submission", "id")
	stranger := d.Person("stranger", auth.RoleDeveloper)
	theirs := d.newApp(stranger, "theirs")
	user := d.Person("user")
	for _, path := range []string{"", "/" + id, "/" + id + "/files", "/" + id + "/file?path=app.js"} {
		stranger.Do("GET", d.versions()+path, nil).Refused(404, "no-such-app")
		user.Do("GET", d.versions()+path, nil).Refused(403, "developer-role-required")
		d.Nobody().Do("GET", d.versions()+path, nil).Want(401)
		if path != "" { // with the ID of one's own app, the versions of another app are not found
			stranger.Do("GET", "/api/v1/dev/apps/"+theirs+"/versions"+path, nil).Refused(404, "version-not-found")
		}
	}
	for _, action := range []string{"withdraw", "release", "submit"} {
		var body any
		if action == "submit" {
			body = map[string]any{}
		}
		stranger.Do("POST", d.versions()+"/"+id+"/"+action, body).Refused(404, "no-such-app")
		stranger.Do("POST", "/api/v1/dev/apps/"+theirs+"/versions/"+id+"/"+action, body).Refused(404, "version-not-found")
	}
	d.upload(stranger, d.appID, "2.0.0", pack(t, program())).Refused(404, "no-such-app")
	for _, path := range []string{"", "/" + submission, "/" + submission + "/files", "/" + submission + "/file?path=app.js"} {
		d.developer.Do("GET", "/api/v1/admin/submissions"+path, nil).Refused(403, "admin-role-required")
		d.admin.Do("GET", "/api/v1/admin/submissions"+path, nil).Want(200)
	}
	d.developer.Do("GET", "/api/v1/admin/submissions/"+submission+"/base-file?path=app.js", nil).Refused(403, "admin-role-required")
	d.admin.Do("GET", "/api/v1/admin/submissions/"+submission+"/base-file?path=app.js", nil).Refused(404, "no-baseline")
	for _, action := range []string{"approve", "reject", "release", "check"} {
		d.developer.Do("POST", "/api/v1/admin/submissions/"+submission+"/"+action, map[string]any{}).Refused(403, "admin-role-required")
	}
}

func TestVersions_AreListedPageByPage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var want []string
	for i := range 3 {
		want = append([]string{d.ready(fmt.Sprint("1.0.", i))}, want...)
	}
	var got []string
	for cursor := ""; ; {
		answer := d.developer.Do("GET", d.versions()+"?limit=2&cursor="+cursor, nil).Want(200)
		var page struct {
			Items      []registry.Version `json:"items"`
			NextCursor *string            `json:"next_cursor"`
		}
		answer.Into(&page)
		for _, v := range page.Items {
			got = append(got, v.ID.String())
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSource_IsShown(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files := program()
	files["data.bin"] = "\x00\xff"
	files["long.txt"] = strings.Repeat("好", registry.MaxSourceBytes/3/50*49) + numbers(20_000)
	id := d.upload(d.developer, d.appID, "1.0.0", pack(t, files)).Want(201).Text("id")
	file := func(path string) *apitest.Answer {
		return d.developer.Do("GET", d.versions()+"/"+id+"/file?path="+path, nil)
	}
	if got := file("app.js").Want(200).Text("text"); got != files["app.js"] {
		t.Errorf("app.js: %q", got)
	}
	if got := file("data.bin").Want(200).Get("text"); got != nil {
		t.Errorf("data.bin: %v", got)
	}
	var long publishing.SourceText
	file("long.txt").Want(200).Into(&long)
	if !long.Truncated || long.Text == nil || !strings.HasPrefix(files["long.txt"], *long.Text) || len(*long.Text) < registry.MaxSourceBytes-3 {
		t.Errorf("long.txt: truncated %v", long.Truncated)
	}
	file("../../etc/passwd").Refused(404, "file-not-found")
	var list struct{ Items []publishing.SourceFile }
	d.developer.Do("GET", d.versions()+"/"+id+"/files", nil).Want(200).Into(&list)
	if len(list.Items) != len(files) {
		t.Errorf("files: %v", list.Items)
	}
}

// numbers is a text that does not compress well.
func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "数%d ", i*i)
	}
	return b.String()
}

// Bad archives make no version; bad programs make a failed one. Neither leaves a partial version.
func TestUpload_OfBrokenArchivesAndPrograms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	archive := func(entries ...zip.FileHeader) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for i := range entries {
			if _, err := w.CreateHeader(&entries[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	link := zip.FileHeader{Name: "link"}
	link.SetMode(fs.ModeSymlink | 0o777)
	many := make([]zip.FileHeader, bundle.MaxFiles+1)
	for i := range many {
		many[i].Name = fmt.Sprint("f", i)
	}
	for slug, bad := range map[string][]byte{
		"bundle-not-zip":        []byte("no zip"),
		"bundle-path":           archive(zip.FileHeader{Name: "../../x"}),
		"bundle-symlink":        archive(link),
		"bundle-duplicate":      archive(zip.FileHeader{Name: "a.js"}, zip.FileHeader{Name: "A.js"}),
		"bundle-too-many-files": archive(many...),
		"bundle-bomb":           pack(t, map[string]string{"zeros": strings.Repeat("\x00", 8<<20)}),
	} {
		answer := d.upload(d.developer, d.appID, "1.0.0", bad)
		if answer.Status != 422 && answer.Status != 413 {
			t.Errorf("%s: %d %s", slug, answer.Status, answer.Body)
			continue
		}
		answer.Refused(answer.Status, slug)
	}
	wantRows(t, d, "bundle", 0)
	wantRows(t, d, "version", 0)
	if keys, err := d.objects.List(t.Context(), "", "", 10); err != nil || len(keys) > 0 {
		t.Errorf("objects: %v, %v", keys, err)
	}

	for want, change := range map[string][2]string{
		"json-syntax app.json:1:10":             {"app.json", `{"pages":`},
		"page-not-found app.json:2:11":          {"app.json", "{\n\"pages\": [\"pages/nowhere\"]}"},
		"js-syntax app.js:2:5":                  {"app.js", "App({})\nvar ="},
		"js-syntax pages/index/index.ts:1:14":   {"pages/index/index.ts", "const a: x = = 1"},
		" pages/index/index.wxml:":              {"pages/index/index.wxml", "<view>\n<text>"},
		"wxss-import-not-found app.wxss:1:1":    {"app.wxss", "@import 'x';"},
		"json-syntax pages/index/index.json:1:": {"pages/index/index.json", "{\x00}"},
	} {
		files := program()
		files[change[0]] = change[1]
		if strings.HasSuffix(change[0], ".ts") {
			delete(files, "pages/index/index.js")
		}
		var v registry.Version
		d.upload(d.developer, d.appID, "1.0.0", pack(t, files)).Want(201).Into(&v)
		got := ""
		if len(v.Diagnostics) > 0 {
			got = fmt.Sprintf("%s %s:%d:%d", v.Diagnostics[0].Code, v.Diagnostics[0].File, v.Diagnostics[0].Line, v.Diagnostics[0].Column)
		}
		if v.State != registry.Failed || v.ImageHash != nil || !strings.Contains(got, want) {
			t.Errorf("%s: state %s, diagnostics %q (%v)", want, v.State, got, v.Diagnostics)
		}
		d.act(v.ID.String(), "submit").Refused(409, "version-state")
	}
	wantRows(t, d, "app_image", 0)
	if keys, err := d.objects.List(t.Context(), "images/", "", 10); err != nil || len(keys) > 0 {
		t.Errorf("images: %v, %v", keys, err)
	}
}

// A parser that runs out of stack ends its process. That must be the sandbox.
func TestUpload_MadeToKillTheCompiler(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const deep = 300_000
	for name, content := range map[string]string{
		"app.js":                 "x = " + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep),
		"app.json":               `{"a":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + "}",
		"pages/index/index.wxml": strings.Repeat("<view>", 100_000),
		"app.wxss":               strings.Repeat("a{", 100_000),
	} {
		files := program()
		files[name] = content
		// Compressed, these would be refused earlier as archive bombs.
		answer := d.upload(d.developer, d.appID, "1.0.0", store(t, files))
		switch answer.Status {
		case 201:
			if answer.Text("state") != "failed" {
				t.Errorf("%s: %.300s", name, answer.Body)
			}
		case 422:
			answer.Refused(422, "bundle-too-complex")
		default:
			t.Errorf("%s: %d %.300s", name, answer.Status, answer.Body)
		}
	}
	d.ready("1.0.0") // the host still works
}

// store packs without compressing.
func store(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func wantRows(t *testing.T, d *desk, table string, want int) {
	t.Helper()
	var got int
	if err := d.Pool.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&got); err != nil || got != want {
		t.Errorf("%s has %d rows, want %d (%v)", table, got, want, err)
	}
}

func TestUpload_TooLargeIsRefusedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	connection, err := net.Dial("tcp", strings.TrimPrefix(d.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_, err = fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n",
		d.versions(), d.developer.Token, publishing.MaxUploadBytes+1)
	if err != nil {
		t.Fatal(err)
	}
	status, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil || !strings.Contains(status, " 413 ") {
		t.Errorf("got %q, %v", status, err)
	}
}

func TestPublicFiles_CannotRunScripts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.ready("1.0.0")
	hash := d.developer.Do("GET", d.versions()+"/"+id, nil).Want(200).Text("image_hash")
	get := func(path string, headers ...string) *apitest.Answer {
		return d.Nobody().Do("GET", "/images/"+hash+"/"+path, nil, headers...)
	}
	for path, want := range map[string][2]string{
		"img/a.png":                    {"image/png", "0123456789"},
		"img/b.svg":                    {"image/svg+xml", program()["img/b.svg"]},
		"pages/pages/index/index.css":  {"text/css; charset=utf-8", "wx-page{background:url(\"\x00aimg/a.png\");}\n"},
		"pages/pages/index/index.json": {"application/json; charset=utf-8", `"fragments"`},
		"app.json":                     {"application/json; charset=utf-8", `"navigationBarTitleText":"Shop"`},
	} {
		answer := get(path).Want(200)
		if answer.Header.Get("Content-Type") != want[0] || !strings.Contains(string(answer.Body), want[1]) {
			t.Errorf("%s: %s %s", path, answer.Header.Get("Content-Type"), answer.Body)
		}
		for name, value := range map[string]string{
			"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
			"Access-Control-Allow-Origin": "*",
		} {
			if answer.Header.Get(name) != value {
				t.Errorf("%s: %s is %q", path, name, answer.Header.Get(name))
			}
		}
		if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: policy %q", path, policy)
		}
		get(path, "If-None-Match", `W/"x", `+answer.Header.Get("ETag")).Want(304)
	}
	for _, path := range []string{"app.js", "pages/index/index.js", "pages/index/index.wxml", "img/nothing.png", "", "../" + hash + "/app.js", "img%2f..%2f..%2fx"} {
		if answer := get(path); answer.Status != 404 {
			t.Errorf("%s: got %d", path, answer.Status)
		}
	}
	d.Nobody().Do("GET", "/images/"+strings.Repeat("0", 64)+"/app.json", nil).Refused(404, "image-not-found")
	d.Nobody().Do("GET", "/images/nothing/app.json", nil).Refused(404, "image-file-not-found")

	for header, want := range map[string]string{
		"bytes=0-3": "0123", "bytes=4-": "456789", "bytes=-2": "89", "bytes=8-100": "89",
	} {
		answer := get("img/a.png", "Range", header).Want(206)
		if string(answer.Body) != want || !strings.HasSuffix(answer.Header.Get("Content-Range"), "/10") {
			t.Errorf("%s: %q %s", header, answer.Body, answer.Header.Get("Content-Range"))
		}
	}
	get("img/a.png", "Range", "bytes=10-").Want(416)
	if all := get("img/a.png", "Range", "bytes=0-1,3-4").Want(200); string(all.Body) != "0123456789" {
		t.Errorf("two ranges: %q", all.Body)
	}
	head := d.Nobody().Do("HEAD", "/images/"+hash+"/img/a.png", nil).Want(200)
	if head.Header.Get("Content-Length") != "10" || len(head.Body) > 0 {
		t.Errorf("HEAD: %v %q", head.Header, head.Body)
	}
}

func TestPublish_TheSameBundleTwiceStoresItOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	archive := pack(t, program())
	var hashes []string
	for _, label := range []string{"1.0.0", "1.0.1"} {
		hashes = append(hashes, d.upload(d.developer, d.appID, label, archive).Want(201).Text("image_hash"))
	}
	if hashes[0] != hashes[1] {
		t.Errorf("image hashes: %v", hashes)
	}
	wantRows(t, d, "bundle", 1)
	wantRows(t, d, "app_image", 1)
	wantRows(t, d, "version", 2)
	if encoded, err := d.registry.Image(t.Context(), hashes[0]); err != nil || len(encoded) == 0 {
		t.Errorf("image: %d bytes, %v", len(encoded), err)
	}
}

func TestCompiler_DoesNotTrustTheSandbox(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{}
	for name, content := range program() {
		files[name] = []byte(content)
	}
	lying := publishing.Compiler(func(ctx context.Context, files map[string][]byte) (*compile.Result, error) {
		result := compile.Compile(ctx, files, compile.Options{})
		result.Public["img/a.png"] = []byte("another picture")
		return result, nil
	}, reachesCafe)
	if _, err := lying.Compile(t.Context(), files); err == nil {
		t.Error("took a public file that the image does not list")
	}
}

// cut is an object store whose disk is full for some keys.
type cut struct {
	*objects.Directory
	prefix string
}

func (c cut) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if strings.HasPrefix(key, c.prefix) {
		return errors.New("no space left on device")
	}
	return c.Directory.Put(ctx, key, r, size)
}

func TestPublish_LeavesNoRowWhenAnObjectCannotBeStored(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	archive := pack(t, program())
	for _, prefix := range []string{"bundles/", "public/", "images/"} {
		service := registry.NewService(postgres.New(d.Pool, publishing.Recorder(), accounts.NewProfiles(d.Pool)), cut{d.objects, prefix},
			publishing.Compiler(pool().Compile, reachesCafe), nil)
		_, err := service.Publish(t.Context(), registry.Upload{
			AppID: d.appID, Label: "1.0.0", CreatedBy: d.developer.User.ID,
			Archive: bytes.NewReader(archive), Size: int64(len(archive)),
		})
		if err == nil {
			t.Errorf("published without %s", prefix)
		}
	}
	for _, table := range []string{"bundle", "app_image", "version"} {
		wantRows(t, d, table, 0)
	}
	d.ready("1.0.0") // leftover objects do not prevent it
}

// Bundles that take long to compile delay their own developer.
func TestPublish_DevelopersTakeTurns(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	compiling, finish := make(chan struct{}, 2*registry.MaxPublishing), make(chan struct{})
	host := d.host(func(ctx context.Context, files map[string][]byte) (*compile.Result, error) {
		if bytes.Contains(files["app.js"], []byte("// long")) {
			compiling <- struct{}{}
			<-finish
		}
		return pool().Compile(ctx, files)
	})
	publish := func(appID string, by uuid.UUID, label string, archive []byte) error {
		_, err := host.Publish(t.Context(), registry.Upload{AppID: appID, Label: label, CreatedBy: by,
			Archive: bytes.NewReader(archive), Size: int64(len(archive))})
		return err
	}
	long := program()
	long["app.js"] += "// long"
	archive := pack(t, long)
	var uploads sync.WaitGroup
	for i := range registry.MaxPublishing {
		uploads.Go(func() {
			if err := publish(d.appID, d.developer.User.ID, fmt.Sprintf("1.0.%d", i), archive); err != nil {
				t.Error(err)
			}
		})
	}
	waittest.Receive(t, "the first of the long compilations", compiling)
	other := d.Person("other", auth.RoleDeveloper)
	if err := publish(d.newApp(other, "tea"), other.User.ID, "1.0.0", pack(t, program())); err != nil {
		t.Error(err)
	}
	if n := len(compiling); n != 0 {
		t.Errorf("%d more of the first developer are compiled beside it", n)
	}
	close(finish)
	uploads.Wait()
}

func TestPublish_NoticesADamagedImage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.ready("1.0.0")
	hash := d.developer.Do("GET", d.versions()+"/"+id, nil).Want(200).Text("image_hash")
	if _, err := d.registry.Image(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
	if content, err := d.registry.PublicFile(t.Context(), hash, "img/a.png"); err != nil || string(content) != "0123456789" {
		t.Errorf("public file: %q, %v", content, err)
	}
	size, err := d.objects.Size(t.Context(), registry.PublicKey(hash))
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		d.objects.Put(t.Context(), registry.ImageKey(hash), strings.NewReader("rot"), 3),
		d.objects.Put(t.Context(), registry.PublicKey(hash), bytes.NewReader(make([]byte, size)), size))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.registry.Image(t.Context(), hash); err == nil {
		t.Error("took a damaged image")
	}
	if _, err := d.registry.PublicFile(t.Context(), hash, "img/a.png"); err == nil {
		t.Error("took a damaged public file")
	}
}

func TestReport_ReadsBackAsItWasCompiled(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	answer := d.developer.Do("GET", d.versions()+"/"+d.ready("1.0.0"), nil).Want(200)
	report, err := json.Marshal(answer.Get("report"))
	want := `{"apis":[{"column":19,"file":"app.js","line":1,"name":"login","supported":true}],"app_name":"Shop",` +
		`"domains":[],"hosts":[],"pages":["pages/index/index"],"scopes":["login"]}`
	if err != nil || string(report) != want {
		t.Errorf("report: %s, %v", report, err)
	}
}

// Diagnostics are stored in English, and shown in the reader's language.
func TestDiagnostics_AreInTheDevelopersLanguage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files := program()
	files["app.json"] = "{\n\"pages\": [\"pages/nowhere\"]}"
	var v registry.Version
	d.upload(d.developer, d.appID, "1.0.0", pack(t, files)).Want(201).Into(&v)
	for languages, want := range map[string]string{
		"zh-CN,zh;q=0.9": "页面 \"pages/nowhere\" 不存在",
		"en,zh;q=0.5":    "The page \"pages/nowhere\" does not exist",
	} {
		for _, path := range []string{"/" + v.ID.String(), ""} {
			answer := d.developer.Do("GET", "/api/v1/dev/apps/"+d.appID+"/versions"+path, nil, "Accept-Language", languages).Want(200)
			if !strings.Contains(strings.ReplaceAll(string(answer.Body), `\"`, `"`), want) {
				t.Errorf("%s, %q: no %s in %s", languages, path, want, answer.Body)
			}
		}
	}
}
