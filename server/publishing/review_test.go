package publishing_test

import (
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/publishing"
	"github.com/teahouse/teahouse/waittest"
)

// publish uploads the files and submits them.
func (d *desk) publish(label string, files map[string]string) (version, submission string) {
	d.Helper()
	version = d.upload(d.developer, d.appID, label, pack(d.T, files)).Want(201).Text("id")
	return version, d.act(version, "submit").Want(200).Text("submission", "id")
}

func (d *desk) detail(submission string) (detail publishing.SubmissionDetail) {
	d.Helper()
	d.admin.Do("GET", "/api/v1/admin/submissions/"+submission, nil).Want(200).Into(&detail)
	return detail
}

// Ensure a reviewer sees which files differ from the release, both versions of each file, earlier
// decisions with their reasons, and who submitted the version.
func TestReviewer_SeesWhatChangedAndWhatWasDecided(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, submission := d.publish("1.0.0", program())
	d.decide(submission, "reject", map[string]any{"reasons": []any{map[string]any{"rule": "4.2", "text": "the button does nothing"}}}).Want(200)
	_, submission = first, d.act(first, "submit").Want(200).Text("submission", "id")
	d.decide(submission, "approve", map[string]any{"note": "now it does"}).Want(200)
	d.act(first, "release").Want(200)

	files := program()
	delete(files, "img/b.svg")
	files["app.js"], files["new.js"] = "App({})", "exports.url = 'http://10.0.0.7/'"
	files["pages/index/index.js"] = "require('../../new'); wx.request({}); Page({})"
	_, second := d.publish("2.0.0", files)
	detail := d.detail(second)
	want := []registry.FileChange{
		{Path: "app.js", Kind: "changed", Before: int64(len(program()["app.js"])), After: 7},
		{Path: "img/b.svg", Kind: "deleted", Before: int64(len(program()["img/b.svg"]))},
		{Path: "new.js", Kind: "added", After: int64(len(files["new.js"]))},
		{Path: "pages/index/index.js", Kind: "changed", Before: int64(len(program()["pages/index/index.js"])), After: int64(len(files["pages/index/index.js"]))},
	}
	if diff := cmp.Diff(want, detail.Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	base := "/api/v1/admin/submissions/" + second + "/base-file?path="
	if got := d.admin.Do("GET", base+"app.js", nil).Want(200).Text("text"); got != program()["app.js"] {
		t.Errorf("the release's app.js: %q", got)
	}
	d.admin.Do("GET", base+"new.js", nil).Refused(404, "file-not-found")
	if len(detail.History) != 2 || detail.History[0].Note != "now it does" || len(detail.History[1].Reasons) != 1 ||
		detail.History[1].Reasons[0].Text != "the button does nothing" {
		t.Errorf("history: %+v", detail.History)
	}
	if detail.Submitter.Handle != "dev" || detail.Developer.Handle != "shop" || len(detail.Developer.Members) != 1 ||
		detail.History[1].Decider == nil || detail.History[1].Decider.Handle != "boss" {
		t.Errorf("people: %+v %+v %+v", detail.Submitter, detail.Developer, detail.History[1].Decider)
	}
	hosts := detail.Version.Report.Hosts
	if len(hosts) != 1 || hosts[0].URL != "http://10.0.0.7" || !hosts[0].Private || hosts[0].Declared || hosts[0].File != "new.js" {
		t.Errorf("hosts: %+v", hosts)
	}
}

// Ensure a decided submission does not change: it keeps the names and the release of that time.
func TestADecidedSubmissionKeepsItsFacts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, submission := d.publish("1.0.0", program())
	d.developer.Do("PATCH", "/api/v1/dev/apps/"+d.appID, map[string]any{"name": "City Police"}).Want(200)
	if got := d.detail(submission); got.Profiles == nil || got.Profiles.App.Name != "shop" || got.Profiles.Account.Name != "shop" {
		t.Errorf("the reviewer sees %+v", got.Profiles)
	}
	d.decide(submission, "approve", map[string]any{}).Want(200)
	d.act(first, "release").Want(200)
	if got := d.Person("user").Do("GET", "/api/v1/apps/"+d.appID, nil).Want(200).Text("name"); got != "shop" {
		t.Errorf("people see %q, which nobody approved", got)
	}
	files := program()
	files["app.js"] = "App({})"
	second, decided := d.publish("2.0.0", files)
	d.decide(decided, "approve", map[string]any{}).Want(200)
	d.act(second, "release").Want(200)
	if got := d.detail(decided); got.Baseline == nil || got.Baseline.Label != "1.0.0" || len(got.Changes) != 1 {
		t.Errorf("compared with %+v, changes %v", got.Baseline, got.Changes)
	}
}

// Ensure the server filters: history beyond one page is found, by state and by app, newest first.
func TestTheListOfSubmissionsIsFilteredByTheServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	other := d.newApp(d.developer, "other")
	var decided []string
	for _, label := range []string{"1.0.0", "1.1.0", "1.2.0"} {
		_, submission := d.publish(label, program())
		d.decide(submission, "approve", map[string]any{}).Want(200)
		decided = append([]string{submission}, decided...)
	}
	_, waiting := d.publish("2.0.0", program())
	list := func(query string) (ids []string) {
		t.Helper()
		for cursor := ""; ; {
			answer := d.admin.Do("GET", "/api/v1/admin/submissions?limit=2&"+query+"&cursor="+cursor, nil).Want(200)
			for _, item := range answer.Get("items").([]any) {
				ids = append(ids, item.(map[string]any)["id"].(string))
			}
			if cursor = answer.Text("next_cursor"); cursor == "" {
				return ids
			}
		}
	}
	for query, want := range map[string][]string{
		"state=decided": decided, "state=approved": decided, "state=pending": {waiting}, "state=rejected": nil,
		"app_id=" + d.appID: append([]string{waiting}, decided...), "app_id=" + other: nil,
	} {
		if diff := cmp.Diff(want, list(query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

// Ensure more rows in the queue need no more queries: the review page asks every five seconds.
func TestALongerQueueNeedsNoMoreQueries(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cost := func() int64 {
		t.Helper()
		before := d.queries.count.Load()
		d.admin.Do("GET", "/api/v1/admin/submissions?state=pending", nil).Want(200)
		return d.queries.count.Load() - before
	}
	d.publish("1.0.0", program())
	cost() // statements are prepared once
	one := cost()
	for _, label := range []string{"1.1.0", "1.2.0", "1.3.0", "1.4.0"} {
		d.publish(label, program())
	}
	if five := cost(); five != one {
		t.Errorf("one row costs %d queries, five cost %d", one, five)
	}
}

// Ensure a submitted version is run headless, and that the reviewer reads the report.
func TestASubmittedVersionIsChecked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	workers := river.NewWorkers()
	d.checks.AddWorkers(workers)
	client, err := river.NewClient(riverpgxv5.New(d.Pool), &river.Config{Logger: slog.New(slog.DiscardHandler), Workers: workers,
		Queues: map[string]river.QueueConfig{publishing.CheckQueue: {MaxWorkers: publishing.CheckWorkers}}})
	if err != nil {
		t.Fatal(err)
	}
	files := program()
	files["pages/index/index.js"] = "Page({onLoad() { throw new Error('no \\0 tea') }})"
	_, submission := d.publish("1.0.0", files)
	if got := d.detail(submission).Check; got == nil || got.State != registry.CheckWaiting {
		t.Fatalf("before it ran: %+v", got)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { <-client.Stopped() })
	var found *registry.Check
	waittest.Eventually(t, "the version is checked", func() bool {
		found = d.detail(submission).Check
		return found.State != registry.CheckWaiting
	})
	var report struct {
		Failed int
		Pages  []struct{ Error struct{ Text, File string } }
	}
	if err := json.Unmarshal(found.Report, &report); err != nil || found.State != registry.CheckDone {
		t.Fatalf("%v: %+v", err, found)
	}
	if report.Failed != 1 || report.Pages[0].Error.File != "pages/index/index.js" {
		t.Errorf("report: %s", found.Report)
	}
	d.admin.Do("POST", "/api/v1/admin/submissions/"+submission+"/check", nil).Want(202)
}
