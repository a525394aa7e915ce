package worker_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/waittest"
)

// withFunction is the counter with a cloud function f.
func withFunction(code string) map[string][]byte {
	all := files(counter)
	all["project.config.json"] = []byte(`{"cloudfunctionRoot": "functions"}`)
	all["functions/f/index.js"] = []byte(code)
	all["functions/f/config.json"] = []byte(`{"timeout": 60}`) // a busy machine takes longer than three seconds
	return all
}

// call runs the function f in the app's worker.
func call(t testing.TB, pool *worker.Pool, app string, image []byte, event string) (*shell, error) {
	s := &shell{t: t, frames: make(chan []byte, 1000), closed: make(chan worker.Reason, 1)}
	var err error
	s.remote, err = pool.Open(context.Background(), key(app), func(context.Context) ([]byte, error) { return image, nil },
		protocol.OpenRequest{SessionID: "s", AppID: app, Version: "1.0.0",
			Function: &protocol.FunctionCall{Name: "f", Event: json.RawMessage(event), OpenID: "o_ann"}}, s)
	return s, err
}

func TestAFunctionRunsInTheWorkerOfItsApp(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	image := program(t, withFunction(`const db = require('wx-server-sdk').database();
		exports.main = async (event) => { console.log('runs'); return [event.n, (await db.collection('a').count()).total] }`))
	app := open(t, pool, "a", image)
	f, err := call(t, pool, "a", image, `{"n":1}`)
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	asked := strings.Join(f.calls, "\n")
	f.mu.Unlock()
	if !strings.HasSuffix(asked, ` cloud.count {"collection":"a"}`) {
		t.Fatalf("the function asked %q", asked)
	}
	if err := f.remote.Reply(callID(t, f), true, []byte(`{"total":7}`)); err != nil {
		t.Fatal(err)
	}
	if got := f.next(); got != `{"t":"result","result":[1,7]}` {
		t.Errorf("answered %s", got)
	}
	if logs := f.logged(); len(logs) != 1 || logs[0].Text != "runs" || logs[0].File != "functions/f/index.js" {
		t.Errorf("log %+v", logs)
	}
	if st := pool.Stats(); st.Processes != 1 {
		t.Errorf("stats %+v, want one process for both", st)
	}
	f.remote.Close()
	if reason := f.ended(); reason.Code != worker.CodeClosed {
		t.Errorf("closed with %+v", reason)
	}
	if got := app.tap(); !strings.Contains(got, "1") {
		t.Errorf("the program after the function: %s", got)
	}
}

// Ensure a function that never returns ends alone: neither the program that called it nor the worker ends.
func TestAFunctionThatNeverReturnsEndsAlone(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	image := program(t, withFunction(`const db = require('wx-server-sdk').database();
		exports.main = async (event) => { if (event.later) await db.collection('a').count(); for (;;); }`))
	app := open(t, pool, "a", image)
	f, err := call(t, pool, "a", image, `{}`)
	if err == nil || !strings.Contains(err.Error(), worker.CodeStopped) {
		t.Fatalf("a loop before the first pause: %v", err)
	}
	if logs := f.logged(); len(logs) != 1 || logs[0].File != "functions/f/index.js" || logs[0].Line != 2 {
		t.Errorf("log %+v", logs)
	}
	if f, err = call(t, pool, "a", image, `{"later":true}`); err != nil {
		t.Fatal(err)
	}
	if err := f.remote.Reply(callID(t, f), true, []byte(`{"total":0}`)); err != nil {
		t.Fatal(err)
	}
	if reason := f.ended(); reason.Code != worker.CodeStopped || !strings.Contains(reason.Detail, "cpu") {
		t.Errorf("a loop after a pause ended with %+v", reason)
	}
	if got := app.tap(); !strings.Contains(got, "1") {
		t.Errorf("the program after the functions: %s", got)
	}
}

// Ensure functions and sessions have places of their own, so that neither takes those of the other.
func TestFunctionsTakeNoPlacesOfSessions(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1, Limits: worker.Limits{MaxSessions: 1}})
	image := program(t, withFunction(`exports.main = () => new Promise(() => {})`))
	open(t, pool, "a", image)
	if _, err := try(t, pool, "a", image, nil); err == nil || !strings.Contains(err.Error(), "app-busy") {
		t.Errorf("a second session: %v", err)
	}
	var running []*shell
	for range worker.MaxFunctions {
		f, err := call(t, pool, "a", image, `{}`)
		if err != nil {
			t.Fatal(err)
		}
		running = append(running, f)
	}
	if _, err := call(t, pool, "a", image, `{}`); err == nil || !strings.Contains(err.Error(), "functions-busy") {
		t.Errorf("one function too many: %v", err)
	}
	running[0].remote.Close()
	waittest.Receive(t, "the end of a function", running[0].closed)
	if _, err := call(t, pool, "a", image, `{}`); err != nil {
		t.Errorf("after one has ended: %v", err)
	}
}
