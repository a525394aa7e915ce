package cloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/cloud"
	"github.com/teahouse/teahouse/waittest"
)

// line is the way to a session under test.
type line struct {
	t      *testing.T
	frames chan string
	done   chan struct{}
}

func newLine(t *testing.T) *line {
	return &line{t, make(chan string, 100), make(chan struct{})}
}

func (l *line) Tell(frame []byte) error {
	select {
	case <-l.done:
		return errors.New("the session is over")
	case l.frames <- string(frame):
		return nil
	}
}

func (l *line) Done() <-chan struct{} { return l.done }

func (l *line) want(frame string) {
	l.t.Helper()
	if got := waittest.Receive(l.t, "a frame", l.frames); got != `{"t":"watch","watch":`+frame+`}` {
		l.t.Errorf("told\n%s, want\n%s", got, frame)
	}
}

// lined is a person's session with a line.
func (w *world) lined(app string, who *apitest.Client, l *line, session string) bridge.Caller {
	caller := w.in(app, who)
	caller.Line, caller.SessionID = l, session
	return caller
}

func TestAWatchTellsWhatItsUserMayRead(t *testing.T) {
	t.Parallel()
	w := setup(t)
	annLine, bobLine := newLine(t), newLine(t)
	ann, bob, root := w.lined(appID, w.ann, annLine, "s1"), w.lined(appID, w.bob, bobLine, "s2"), server(appID)
	add := func(caller bridge.Caller, collection, id string, n int) {
		w.want(caller, "cloud.add", fmt.Sprintf(`{"collection":%q,"documents":[{"_id":%q,"n":%d}]}`, collection, id, n), fmt.Sprintf(`{"ids":[%q]}`, id))
	}
	annID, _ := w.OpenID(t.Context(), appID, w.ann.User.ID)
	doc := func(id string, n int) string { return fmt.Sprintf(`{"_id":%q,"_openid":%q,"n":%d}`, id, annID, n) }
	add(ann, "todos", "a", 1)
	w.want(ann, "cloud.watch", `{"id":5,"collection":"todos","where":{"n":{"$gt":0}},"order":[["n","desc"]],"limit":2}`, `{}`)
	annLine.want(`{"id":5,"first":true,"docs":[` + doc("a", 1) + `],"changes":[{"kind":"add","doc":` + doc("a", 1) + `}]}`)
	add(bob, "todos", "b", 9) // which ann cannot read
	add(ann, "todos", "none", 0)
	add(ann, "todos", "c", 3)
	annLine.want(`{"id":5,"docs":[` + doc("c", 3) + `,` + doc("a", 1) + `],"changes":[{"kind":"add","doc":` + doc("c", 3) + `}]}`)
	w.want(ann, "cloud.update", `{"collection":"todos","where":{"_id":"a"},"update":{"$set":{"n":5}}}`, `{"updated":1}`)
	annLine.want(`{"id":5,"docs":[` + doc("a", 5) + `,` + doc("c", 3) + `],"changes":[{"kind":"update","doc":` + doc("a", 5) + `,"updated":{"n":5}}]}`)
	add(ann, "todos", "d", 4)
	annLine.want(`{"id":5,"docs":[` + doc("a", 5) + `,` + doc("d", 4) + `],"changes":[{"kind":"add","doc":` + doc("d", 4) + `},{"kind":"remove","doc":` + doc("c", 3) + `}]}`)
	w.want(ann, "cloud.set", `{"collection":"todos","id":"a","document":{"m":1}}`, `{"created":false}`)
	annLine.want(`{"id":5,"docs":[` + doc("d", 4) + `,` + doc("c", 3) + `],"changes":[{"kind":"add","doc":` + doc("c", 3) + `},{"kind":"remove","doc":` + doc("a", 5) + `}]}`)
	w.want(ann, "cloud.unwatch", `{"id":5}`, `{}`)

	// Everybody reads posts, and a transaction tells of its changes too.
	w.want(bob, "cloud.watch", `{"id":1,"collection":"posts"}`, `{}`)
	bobLine.want(`{"id":1,"first":true,"docs":[]}`)
	w.want(root, "cloud.transaction", `{"steps":[{"do":"set","collection":"posts","id":"p","document":{}}],"commit":true}`, `{"created":true,"changed":0,"seen":{"posts \"p\"":""}}`)
	bobLine.want(`{"id":1,"docs":[{"_id":"p"}],"changes":[{"kind":"add","doc":{"_id":"p"}}]}`)
	w.want(root, "cloud.remove", `{"collection":"posts","where":{}}`, `{"removed":1}`)
	bobLine.want(`{"id":1,"docs":[],"changes":[{"kind":"remove","doc":{"_id":"p"}}]}`)
	for in, slug := range map[string]string{
		`{"id":2,"collection":"secrets"}`: "cloud-denied", `{"id":2,"collection":"none"}`: "cloud-no-collection", `{"id":2,"collection":"posts","where":{"$where":1}}`: "cloud-invalid",
		`{"id":0,"collection":"posts"}`: "cloud-invalid", `{"id":2,"collection":"posts","limit":201}`: "cloud-invalid", `{"id":2,"collection":"posts","order":[["a","up"]]}`: "cloud-invalid",
	} {
		w.want(bob, "cloud.watch", in, slug)
	}
	w.want(root, "cloud.watch", `{"id":2,"collection":"posts"}`, "wrong-caller")
	if len(annLine.frames)+len(bobLine.frames) > 0 {
		t.Errorf("there is more: %q", <-annLine.frames)
	}
	close(annLine.done)
	close(bobLine.done)
	w.cloud.Wait() // nothing is left of sessions that are over
}

// hosts are buses of hosts that hear each other.
type hosts struct {
	mu   sync.Mutex
	subs []func([]byte)
	gaps []func()
}

func (h *hosts) Publish(_ context.Context, _ string, payload []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, fn := range h.subs {
		fn(payload)
	}
	return nil
}

func (h *hosts) Subscribe(_ string, fn func([]byte)) (func(), error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subs = append(h.subs, fn)
	return func() {}, nil
}

func (h *hosts) OnGap(fn func()) { h.gaps = append(h.gaps, fn) }

func TestAWatchHearsOfChangesOnOtherHosts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	bus := &hosts{}
	var tables []*bridge.Table
	for range 2 {
		service := cloud.New(cloud.Config{Pool: w.Pool, People: w, Bus: bus})
		if _, err := service.Follow(); err != nil {
			t.Fatal(err)
		}
		table := bridge.NewTable(anybody{})
		table.Add(service.Capabilities()...)
		tables = append(tables, table)
	}
	l := newLine(t)
	if _, err := tables[0].Call(t.Context(), w.lined(appID, w.ann, l, "s"), "cloud.watch", json.RawMessage(`{"id":1,"collection":"posts"}`)); err != nil {
		t.Fatal(err)
	}
	l.want(`{"id":1,"first":true,"docs":[]}`)
	if _, err := tables[1].Call(t.Context(), server(appID), "cloud.add", json.RawMessage(`{"collection":"posts","documents":[{"_id":1}]}`)); err != nil {
		t.Fatal(err)
	}
	l.want(`{"id":1,"docs":[{"_id":1}],"changes":[{"kind":"add","doc":{"_id":1}}]}`)
	// What was lost on the way is read when the hosts hear each other again.
	w.want(server(appID), "cloud.add", `{"collection":"posts","documents":[{"_id":2}]}`, `{"ids":[2]}`)
	for _, gap := range bus.gaps {
		gap()
	}
	l.want(`{"id":1,"docs":[{"_id":1},{"_id":2}],"changes":[{"kind":"add","doc":{"_id":2}}]}`)
	close(l.done)
}

func TestWatchesHaveLimits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	l := newLine(t)
	ann := w.lined(appID, w.ann, l, "s")
	for i := range cloud.MaxWatches {
		w.want(ann, "cloud.watch", fmt.Sprintf(`{"id":%d,"collection":"posts","where":{"_id":%d}}`, i+1, i), `{}`)
	}
	w.want(ann, "cloud.watch", `{"id":99,"collection":"todos"}`, "too-many-watches")
	for i := range cloud.MaxWatchers - cloud.MaxWatches {
		w.want(w.lined(appID, w.bob, l, fmt.Sprint(i)), "cloud.watch", `{"id":1,"collection":"posts","where":{"_id":"x"}}`, `{}`)
	}
	w.want(w.lined(appID, w.bob, l, "more"), "cloud.watch", `{"id":1,"collection":"posts"}`, "too-many-watches")
	close(l.done)

	l = newLine(t)
	ann = w.lined(appID, w.ann, l, "s2")
	var many strings.Builder
	for i := range cloud.WatchPage + 1 {
		fmt.Fprintf(&many, `,{"_id":%d}`, i)
	}
	w.want(server(appID), "cloud.add", `{"collection":"goods","documents":[`+many.String()[1:]+`]}`, ids(cloud.WatchPage+1))
	w.want(ann, "cloud.watch", `{"id":1,"collection":"goods"}`, `{}`)
	l.want(`{"id":1,"docs":null,"slug":"cloud-full","reason":"More than 200 documents match: watch fewer, with orderBy and limit."}`)
	w.want(server(appID), "cloud.set", fmt.Sprintf(`{"collection":"goods","id":0,"document":{"t":%q}}`, strings.Repeat("x", cloud.MaxWatched)), `{"created":false}`)
	w.want(ann, "cloud.watch", `{"id":2,"collection":"goods","limit":1}`, `{}`)
	l.want(`{"id":2,"docs":null,"slug":"cloud-full","reason":"The documents of a watch have at most 256 KB together."}`)
	// What a query may cost, a watch may not: it is asked again and again.
	none := `{"$nin":[` + strings.TrimSuffix(strings.Repeat("1,", 1000), ",") + `]}`
	dear := `"collection":"goods","where":{"a":` + none + `,"b":` + none + `,"c":` + none + `,"d":1}}`
	w.want(server(appID), "cloud.count", `{`+dear, `{"total":0}`)
	w.want(ann, "cloud.watch", `{"id":3,"limit":1,`+dear, `{}`)
	l.want(`{"id":3,"docs":null,"slug":"cloud-invalid","reason":"the query compares too much: use fewer comparisons, shorter lists, or more collections"}`)
	w.want(ann, "cloud.watch", `{"id":4,"collection":"goods","where":{"a":"`+strings.Repeat("x", cloud.WatchQuery)+`"}}`, "parameters-too-large")
	close(l.done)
}

// Ensure a program sees what it watches as with the vendor.
func TestAProgramWatchesAQuery(t *testing.T) {
	t.Parallel()
	w := setup(t)
	l := newLine(t)
	ann := w.lined(appID, w.ann, l, "s")
	b := apptest.Open(t, apptest.OnePage(`const db = wx.cloud.database(), posts = db.collection('posts');
		const show = (name) => ({type, docs, docChanges, id}) => console.log(name, id, type, docs.map((d) => d.text + (d.at instanceof Date ? '@' : '')).join(), docChanges.map((c) => [c.queueType, c.dataType, c.docId, Object.keys(c.updatedFields || {}), c.removedFields || []].join(':')).join(' '));
		const onError = (e) => console.log('error', e.errCode, e.errMsg);
		globalThis.one = posts.where({room: 1}).orderBy('text', 'asc').watch({onChange: show('room'), onError});
		globalThis.two = posts.doc('x').watch({onChange: show('doc'), onError});
		db.collection('secrets').watch({onChange() {}, onError});
		posts.where({a: NaN}).watch({onChange() {}, onError});
		try { posts.watch({}); } catch (e) { console.log(e.message); }`, `close() { globalThis.one.close().then(() => console.log('closed')); globalThis.one.close(); }`))
	w.answer(b, ann)
	firsts := []string{waittest.Receive(t, "a frame", l.frames), waittest.Receive(t, "a frame", l.frames)}
	slices.SortFunc(firsts, func(a, b string) int { // which of the two comes first is not said
		var one, two struct{ Watch struct{ ID int } }
		_, _ = json.Unmarshal([]byte(a), &one), json.Unmarshal([]byte(b), &two)
		return one.Watch.ID - two.Watch.ID
	})
	for _, frame := range firsts {
		b.Send("%s", frame)
	}
	for _, change := range []struct{ call, in string }{
		{"cloud.add", `{"collection":"posts","documents":[{"_id":"t","room":1,"text":"tea","at":{"$date":5}}]}`},
		{"cloud.update", `{"collection":"posts","where":{"_id":"t"},"update":{"$set":{"text":"cake","new.x":1},"$unset":{"at":true}}}`},
		{"cloud.add", `{"collection":"posts","documents":[{"_id":"u","room":1,"text":"a jam"}]}`},
		{"cloud.remove", `{"collection":"posts","where":{"_id":"t"}}`},
		{"cloud.add", `{"collection":"posts","documents":[{"_id":"x","text":"x"}]}`},
	} {
		if _, err := w.call(server(appID), change.call, change.in); err != nil {
			t.Fatal(err)
		}
		b.Send("%s", waittest.Receive(t, "a frame", l.frames))
	}
	b.WantPrinted(`collection.watch: onChange and onError should be functions`,
		`error -401003 collection.watch:fail -401003 NaN cannot be stored`,
		`error -502003 collection.watch:fail -502003 database permission denied: app.json declares who may use "secrets"`,
		`room 0 init  `, `doc 0 init  `, `room 1 undefined tea@ enqueue:add:t::`, `room 2 undefined cake update:update:t:text,new:at`,
		`room 3 undefined a jam,cake enqueue:add:u::`, `room 4 undefined a jam dequeue:remove:t::`, `doc 1 undefined x enqueue:add:x::`)
	close(l.done)
}
