package sessions_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/runtime/replay"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/sessions"
	"github.com/teahouse/teahouse/waittest"
)

// get reads an address of the API as this person.
func (w *world) get(token, path string) (status int, body string) {
	w.t.Helper()
	address := "http" + strings.TrimSuffix(strings.TrimPrefix(w.url, "ws"), "/open") + path
	request, err := http.NewRequestWithContext(w.t.Context(), "GET", address, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Close = true // a connection kept alive would hold up the server's shutdown
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.StatusCode, string(raw)
}

const logsPath = "/api/v1/dev/apps/" + appID + "/logs"

// Lines of all apps are written together: an invalid line of one app must not lose the others.
func TestAForgedPlaceLosesNoLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open(w.version.String())
	p.tap("forge")
	p.tap("log")
	p.skipLogs("logged")
	waittest.Eventually(t, "the lines are in the log", func() bool {
		_, body := w.get(w.user.String(), logsPath)
		return strings.Contains(body, "mine") && strings.Contains(body, "oh no")
	})
}

func TestTheDeveloperReadsWhatTheAppLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open(w.version.String())
	p.tap("log")
	p.skipLogs("logged")
	p.tap("loop")
	p.expect("closed", "app-stopped")
	var list struct {
		Items []sessions.LogLine `json:"items"`
	}
	waittest.Eventually(t, "the lines are in the log", func() bool {
		status, body := w.get(w.user.String(), logsPath)
		if status != 200 || json.Unmarshal([]byte(body), &list) != nil {
			t.Fatalf("%d %s", status, body)
		}
		return len(list.Items) > 0 && list.Items[0].Kind == "host"
	})
	newest, oldest := list.Items[0], list.Items[len(list.Items)-1]
	if newest.Kind != "host" || !strings.Contains(newest.Text, "turn stopped") {
		t.Errorf("the end of the session reads %+v", newest)
	}
	if oldest.Text != "oh no" || oldest.Level != "error" || oldest.File != "pages/index/index.js" || oldest.Line == 0 ||
		oldest.VersionID != w.version {
		t.Errorf("the app's line reads %+v", oldest)
	}
	if _, body := w.get(w.user.String(), logsPath); strings.Contains(body, w.user.String()) {
		t.Error("the log names the user")
	}
	if status, body := w.get(w.user.String(), logsPath+"?limit=1&level=error"); status != 200 || !strings.Contains(body, "next_cursor\":\"") {
		t.Errorf("one line a page: %d %s", status, body)
	}
}

// Ensure that an error in a version under development has the inputs that led to it beside it, for who
// asks for the session; a released version records nothing.
func TestACrashInDevelopmentComesWithItsReplay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open(w.version.String())
	p.tap("loop")
	p.expect("closed", "app-stopped")
	var list struct {
		Items []sessions.LogLine `json:"items"`
	}
	read := func(query string) (replays []sessions.LogLine) {
		if _, body := w.get(w.user.String(), logsPath+query); json.Unmarshal([]byte(body), &list) != nil {
			t.Fatal(body)
		}
		for _, line := range list.Items {
			if line.Kind == "replay" {
				replays = append(replays, line)
			}
		}
		return replays
	}
	waittest.Eventually(t, "the inputs are in the log", func() bool { return len(read("")) > 0 })
	if line := read("")[0]; line.Stack != "" {
		t.Error("a list of all sessions carries the inputs")
	}
	line := read("?session_id=" + list.Items[0].SessionID.String())[0]
	log, err := replay.Read([]byte(line.Stack))
	if err != nil || log.Inputs[len(log.Inputs)-1].Ended == "" {
		t.Errorf("%v: %s", err, line.Stack)
	}
	if strings.Contains(line.Stack, w.user.String()) {
		t.Error("the inputs name the user")
	}
}

// skipLogs reads until the patch of a tap, past the lines that a version under development shows.
func (p *phone) skipLogs(text string) {
	p.t.Helper()
	f := p.next()
	for f["t"] == "log" {
		f = p.next()
	}
	if raw := string(must(json.Marshal(f))); f["t"] != "patch" || !strings.Contains(raw, text) {
		p.t.Fatalf("got %s, want a patch with %q", raw, text)
	}
}

func must(raw []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return raw
}

// typedWord is what a user types in the tests: a private number.
const typedWord = "13800138000"

// enter types into the page's field.
func (p *phone) enter(word string) {
	p.t.Helper()
	for length := range word { // letter by letter, as a keyboard does
		p.send(map[string]any{"t": "event", "page": 1, "type": "input", "target": []int{0, 2},
			"detail": map[string]any{"value": word[:length+1], "cursor": length + 1}})
	}
}

func TestTheDeveloperOfAReleasedVersionReadsErrorsWithoutUsersTexts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open("released")
	p.enter(typedWord)
	var body string
	waittest.Eventually(t, "the lines are in the log", func() bool {
		_, body = w.get(w.user.String(), logsPath+"?limit=100")
		return strings.Count(body, "no room for") == len(typedWord)
	})
	for _, forbidden := range []string{typedWord, typedWord[:6], "the user typed", `"console"`} {
		if strings.Contains(body, forbidden) {
			t.Errorf("the log has %q: %s", forbidden, body)
		}
	}
	for _, wanted := range []string{"Error: no room for …", "pages/index/index.js", "type String", "type Object"} {
		if !strings.Contains(body, wanted) {
			t.Errorf("the log lacks %q: %s", wanted, body)
		}
	}
}

func TestAVersionUnderDevelopmentKeepsItsConsole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open(w.version.String())
	p.enter(typedWord)
	waittest.Eventually(t, "the lines are in the log", func() bool {
		_, body := w.get(w.user.String(), logsPath+"?limit=100")
		return strings.Contains(body, "the user typed "+typedWord) && strings.Contains(body, "no room for "+typedWord)
	})
}

func TestTheLogIsForItsDevelopersAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for token, want := range map[string]int{uuid.NewString(): 404, "nobody": 401} {
		if status, body := w.get(token, logsPath); status != want {
			t.Errorf("%s: %d %s, want %d", token, status, body, want)
		}
	}
}

func TestLogLinesAppearLiveInDevelopmentOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.open(w.version.String())
	p.tap("log")
	seen := false
	for f := p.next(); f["t"] != "patch"; f = p.next() {
		seen = seen || f["t"] == "log" && f["text"] == "oh no"
	}
	if f := p.next; !seen && f()["t"] != "log" {
		t.Error("no log frame")
	}
}

func TestAQuarantineIsInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.service.NoteQuarantine(worker.AppKey{AppID: appID, VersionID: w.version.String()},
		[]worker.Death{{At: time.Now(), Detail: "out of memory"}})
	waittest.Eventually(t, "the lines are in the log", func() bool {
		_, body := w.get(w.user.String(), logsPath)
		return strings.Contains(body, "out of memory")
	})
}
