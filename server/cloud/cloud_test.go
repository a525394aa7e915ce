package cloud_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/function"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/cloud"
)

func TestMain(m *testing.M) {
	programs.MaybeMain()
	os.Exit(m.Run())
}

const (
	appID   = "ta0000000000000001"
	otherID = "ta0000000000000002"
)

// collections are what the app of the tests declares: one of each right.
var collections = map[string]string{"todos": "PRIVATE", "posts": "READONLY", "goods": "ADMINWRITE", "secrets": "ADMINONLY"}

// world is a host with two apps.
type world struct {
	*apitest.Host
	cloud    *cloud.Service
	table    *bridge.Table
	ann, bob *apitest.Client
}

// OpenID is a person's ID in an app.
func (w *world) OpenID(_ context.Context, app string, userID uuid.UUID) (string, error) {
	return "o_" + app[len(app)-1:] + "_" + userID.String(), nil
}

type anybody struct{}

func (anybody) Allow(context.Context, bridge.Caller, bridge.Capability) error { return nil }
func (anybody) Consented(context.Context, bridge.Caller, string) (bool, error) {
	return true, nil
}
func (anybody) Insider(context.Context, bridge.Caller, string) (bool, error) { return true, nil }

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{}
	w.Host = apitest.New(t, nil, func(h *apitest.Host) {
		w.cloud = cloud.New(cloud.Config{Pool: h.Pool, People: w, Now: h.Clock.Now})
	})
	w.table = bridge.NewTable(anybody{})
	w.table.Add(w.cloud.Capabilities()...)
	account := uuid.New()
	for _, insert := range []string{
		fmt.Sprintf(`INSERT INTO official_account (id, handle, name, kind) VALUES ('%s', 'tea', 'Tea', 'service')`, account),
		fmt.Sprintf(`INSERT INTO app (id, account_id, name) VALUES ('%s', '%s', 'Café')`, appID, account),
		fmt.Sprintf(`INSERT INTO app (id, account_id, name) VALUES ('%s', '%s', 'Other')`, otherID, account),
	} {
		if _, err := w.Pool.Exec(t.Context(), insert); err != nil {
			t.Fatal(err)
		}
	}
	w.ann, w.bob = w.Person("ann"), w.Person("bob")
	return w
}

// in is a person's session in an app.
func (w *world) in(app string, who *apitest.Client) bridge.Caller {
	return bridge.Caller{Kind: bridge.AppSession, AppID: app, UserID: who.User.ID, SessionID: "s", Version: "1.0.0",
		Scopes: []string{"cloud"}, Collections: collections}
}

// server is the app's server.
func server(app string) bridge.Caller {
	return bridge.Caller{Kind: bridge.AccountServer, AppID: app, Version: "1.0.0", Scopes: []string{"cloud"}}
}

func (w *world) call(caller bridge.Caller, name, in string) (string, error) {
	out, err := w.table.Call(w.Context(), caller, name, json.RawMessage(in))
	return string(out), err
}

// want calls a capability and compares the answer, or the slug of the refusal.
func (w *world) want(caller bridge.Caller, name, in, want string) {
	w.Helper()
	got, err := w.call(caller, name, in)
	if err != nil {
		got = fault.SlugOf(err)
		if got == "" {
			got = err.Error()
		}
	}
	if got != want {
		w.Errorf("%s %s\n%s, want\n%s (%v)", name, in, got, want, err)
	}
}

// run runs a program of one page as a person, with its calls answered by the host, and returns what it printed.
func (w *world) run(caller bridge.Caller, code string) string {
	w.Helper()
	b := apptest.Open(w.T, apptest.OnePage("const main = async () => {"+code+"}; main().catch((e) => console.log('FAILED', e.errMsg || e.stack));"))
	w.answer(b, caller)
	if text := b.Problems(); text != "" {
		w.Errorf("problems: %s", text)
	}
	return b.Printed()
}

// answer answers what a program asks, until it asks nothing more.
func (w *world) answer(b *apptest.App, caller bridge.Caller) {
	w.Helper()
	for i := 0; ; i++ {
		if i == len(b.Calls) { // an answer may lead to another call
			return
		}
		out, err := w.call(caller, b.Calls[i].Name, string(b.Calls[i].Text))
		if err != nil {
			refusal, _ := json.Marshal(map[string]string{"message": fault.MessageOf(err), "slug": fault.SlugOf(err)})
			b.Reply(i, false, string(refusal))
			continue
		}
		b.Reply(i, true, out)
	}
}

// prints compares what a program prints.
func (w *world) prints(caller bridge.Caller, code string, lines ...string) {
	w.Helper()
	if got, want := w.run(caller, code), strings.Join(lines, "\n"); got != want {
		w.Errorf("%s\nprinted:\n%s\nwant:\n%s", code, got, want)
	}
}

func TestAProgramKeepsDocumentsAndFindsThemAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann := w.in(appID, w.ann)
	w.prints(ann, `
		wx.cloud.init({env: 'x', traceUser: true});
		const db = wx.cloud.database({env: 'x'}), _ = db.command, todos = db.collection('todos');
		const added = await todos.add({data: {text: '买茶', done: false, due: new Date(5000), tags: ['a', 'b'], place: db.Geo.Point(121, 31), gone: undefined, made: db.serverDate({offset: 1000})}});
		console.log(added.errMsg, added._id.length);
		const one = await todos.doc(added._id).get();
		console.log(one.errMsg, Object.keys(one.data).join(), one.data.text, one.data.due.getTime(), one.data.place.latitude, one.data.made instanceof Date);
		console.log(JSON.stringify(await todos.doc(7).set({data: {text: 'seven', n: 1, style: {color: 'red', size: 2}}})));
		console.log(JSON.stringify(await todos.doc(7).update({data: {n: _.inc(2), style: {color: 'blue'}, list: _.push([1, 2]), 'style.size': _.mul(2)}})));
		const seven = (await todos.doc(7).get()).data;
		delete seven._openid;
		console.log(JSON.stringify(seven));
		console.log(JSON.stringify(await todos.where({n: _.gt(2).and(_.lt(5))}).count()), JSON.stringify(await todos.count()));
		console.log(JSON.stringify((await todos.where({tags: 'a'}).field({text: true, _id: false}).get()).data));
		console.log(JSON.stringify((await todos.where({text: db.RegExp({regexp: '^SEV', options: 'i'})}).field({n: true}).get()).data), (await todos.where({text: /^SEV/}).get()).data.length);
		console.log(JSON.stringify(await todos.doc(7).remove()), JSON.stringify(await todos.where({done: false}).remove()), (await todos.count()).total);`,
		"collection.add:ok 32",
		"document.get:ok _id,_openid,text,done,due,tags,place,made 买茶 5000 31 true",
		`{"_id":7,"stats":{"created":1,"updated":0},"errMsg":"document.set:ok"}`,
		`{"stats":{"updated":1},"errMsg":"document.update:ok"}`,
		`{"_id":7,"text":"seven","n":3,"style":{"color":"blue","size":4},"list":[1,2]}`,
		`{"total":1,"errMsg":"collection.count:ok"} {"total":2,"errMsg":"collection.count:ok"}`,
		`[{"text":"买茶"}]`, `[{"_id":7,"n":3}] 0`,
		`{"stats":{"removed":1},"errMsg":"document.remove:ok"} {"stats":{"removed":1},"errMsg":"collection.remove:ok"} 0`)
}

func TestQueriesAreThoseOfTheVendor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.prints(w.in(appID, w.ann), `
		const db = wx.cloud.database(), _ = db.command, posts = db.collection('posts');
		for (let n = 0; n < 30; n++) await posts.add({data: {n, even: n % 2 === 0, word: 'w' + n, user: {age: n, name: 'u' + n}, list: [n, n + 1]}});
		const found = async (q) => (await q.get()).data.map((d) => d.n).join();
		console.log(await found(posts));
		console.log(await found(posts.limit(100)));
		console.log(await found(posts.where({n: _.gte(25)}).orderBy('n', 'desc').skip(1).limit(3)));
		console.log(await found(posts.orderBy('even', 'desc').orderBy('n', 'desc').limit(2)));
		console.log(await found(posts.where(_.or([{n: _.lt(2)}, {n: _.in([7, 9])}]))));
		console.log(await found(posts.where({n: _.or(_.lt(1), _.gt(28))})));
		console.log(await found(posts.where({user: {age: 3}})), await found(posts.where({user: _.eq({age: 3, name: 'u3'})})), await found(posts.where({'user.name': 'u4'})));
		console.log(await found(posts.where({n: _.neq(0).and(_.lt(3)).or(_.eq(20))})));
		console.log(await found(posts.where({n: _.not(_.gt(1))})), await found(posts.where({n: _.nor([_.gt(1), _.lt(1)])})));
		console.log(await found(posts.where({list: _.all([3, 4])})), await found(posts.where({list: _.elemMatch(_.gt(29))})), await found(posts.where({list: _.size(3)})) === '');
		console.log(await found(posts.where({n: _.mod(10, 5)})), await found(posts.where({none: _.exists(false), n: _.lte(0)})));
		console.log(await found(posts.where({_id: _.in((await posts.where({n: _.in([2, 1])}).get()).data.map((d) => d._id))})));
		console.log(await found(posts.where({even: true}).where({n: _.lt(4)})));
		console.log((await posts.where({n: _.gt(27)}).update({data: {late: _.set({a: 1})}})).stats.updated, (await posts.where({late: {a: 1}}).count()).total);`,
		"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19", "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19", "28,27,26", "28,26", "0,1,7,9", "0,29",
		"3 3 4", "1,2,20", "0,1 1", "3 29 true", "5,15,25 0", "1,2", "0,2", "2 2")
}

func TestCallbacksAndFailuresAreThoseOfTheVendor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann := w.in(appID, w.ann)
	code := func(expression string) string {
		return `const db = wx.cloud.database(), _ = db.command, todos = db.collection('todos'); await (` + expression +
			`).then((r) => console.log('ok', r.errMsg), (e) => console.log(e.errCode, e.errMsg))`
	}
	for expression, want := range map[string]string{
		`db.collection('none').get()`:                                     `-502005 collection.get:fail -502005 database collection not exists: add {"teahouse": {"collections": {"none": "PRIVATE"}}} to app.json`,
		`todos.doc('x').get()`:                                            `-1 document.get:fail -1 document with _id x does not exist`,
		`todos.doc().get()`:                                               `-401003 document.get:fail -401003 docId must be string or number instead of undefined`,
		`todos.add({data: {_openid: 'me'}})`:                              `-501007 collection.add:fail -501007 Invalid Key Name: _openid`,
		`todos.add({data: {a: NaN}})`:                                     `-401003 collection.add:fail -401003 NaN cannot be stored`,
		`todos.add({data: {'a.b': 1}})`:                                   `-401003 collection.add:fail -401003 Invalid Key Name: a.b`,
		`todos.add({data: {a: _.inc(1)}})`:                                `-401003 collection.add:fail -401003 a command cannot be stored`,
		`todos.add()`:                                                     `-401003 collection.add:fail -401003 parameter.data should be object instead of undefined`,
		`todos.where({a: {$where: '1'}}).get()`:                           `-501007 collection.get:fail -501007 Invalid Key Name: a.$where`,
		`todos.where({$where: '1'}).get()`:                                `-501007 collection.get:fail -501007 Invalid Key Name: $where`,
		`todos.limit(0).get()`:                                            `-401003 collection.get:fail -401003 limit should be a positive integer`,
		`todos.aggregate().match({a: 1}).group({_id: null}).end()`:        `ok collection.aggregate:ok`,
		`todos.aggregate().match(5).limit(1).end()`:                       `-401003 collection.aggregate:fail -401003 parameter.query should be object instead of number`,
		`todos.aggregate().bucketAuto({groupBy: '$a', buckets: 2}).end()`: `-501007 collection.aggregate:fail -501007 there is no stage $bucketAuto`,
		`todos.aggregate().lookup({from: 'none', localField: 'a', foreignField: 'a', as: 'b'}).end()`:                            `-502005 collection.aggregate:fail -502005 database collection not exists: add {"teahouse": {"collections": {"none": "PRIVATE"}}} to app.json`,
		`todos.aggregate().lookup({from: 'secrets', as: 'b', pipeline: db.command.aggregate.pipeline().match({}).done()}).end()`: `-502003 collection.aggregate:fail -502003 database permission denied: app.json declares who may use "secrets"`,
		`db.collection('secrets').get()`:                `-502003 collection.get:fail -502003 database permission denied: app.json declares who may use "secrets"`,
		`db.collection('goods').add({data: {a: 1}})`:    `-502003 collection.add:fail -502003 database permission denied: app.json declares who may use "goods"`,
		`todos.doc('x').update({data: {a: 1}})`:         `ok document.update:ok`,
		`db.collection("a'; DROP TABLE app; --").get()`: `-501007 collection.get:fail -501007 The name of a collection has 1 to 64 letters, digits, _ and -, and begins with a letter or _.`,
	} {
		w.prints(ann, code(expression), want)
	}
	w.prints(ann, `const circle = {}; circle.self = circle;
		await wx.cloud.database().collection('todos').add({data: circle}).catch((e) => console.log(e.errCode));
		await new Promise((done) => wx.cloud.database().collection('todos').add({data: {}, success: (r) => console.log(r.errMsg), complete: done}));
		await new Promise((done) => wx.cloud.database().collection('todos').watch({onChange() {}, onError(e) { console.log(e.errCode); done(); }}));
		console.log(wx.canIUse('cloud'), wx.canIUse('cloud.database'), wx.canIUse('cloud.callContainer'), wx.canIUse('cloud.nothing'));`,
		"-402001", "collection.add:ok", "-501007", "true true false false")
}

func TestHostileNamesAndValuesAreOnlyNamesAndValues(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.prints(w.in(appID, w.ann), `
		const hostile = ["'; DROP TABLE app; --", '" OR 1=1 --', '$1', '\\', '\u0000', '__proto__', 'constructor', '<script>', '茶🍵', '%s', '{"$gt":""}', "a'||'b"];
		const todos = wx.cloud.database().collection('todos');
		for (const text of hostile) {
			const data = {value: text};
			if (!/[.\u0000$]/.test(text)) Object.defineProperty(data, text, {value: 1, enumerable: true});
			const {_id} = await todos.add({data});
			const back = (await todos.where({value: text}).get()).data;
			if (back.length !== 1 || back[0]._id !== _id || back[0].value !== text) console.log('lost', text, JSON.stringify(back));
			if (/[.\u0000$]/.test(text)) continue;
			const query = {}; Object.defineProperty(query, text, {value: 1, enumerable: true});
			if ((await todos.where(query).count()).total !== 1) console.log('not found', text);
			await todos.doc(text).set({data: {n: 1}});
			if ((await todos.doc(text).get()).data.n !== 1) console.log('no document', text);
			if ((await todos.orderBy(text, 'asc').get()).data.length === 0) console.log('not ordered', text);
		}
		console.log((await todos.count()).total);`, "21")
}

func TestEachRightReachesWhatItsNameSays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann, bob, root := w.in(appID, w.ann), w.in(appID, w.bob), server(appID)
	for name := range collections {
		w.want(root, "cloud.set", fmt.Sprintf(`{"collection":%q,"id":"r","document":{"of":"root"}}`, name), `{"created":true}`)
	}
	w.want(ann, "cloud.set", `{"collection":"todos","id":"a","document":{}}`, `{"created":true}`)
	w.want(ann, "cloud.set", `{"collection":"posts","id":"a","document":{}}`, `{"created":true}`)
	for name, want := range map[string]struct{ sees, updates, removes, sets, adds string }{
		"todos":   {`{"total":0}`, `{"updated":0}`, `{"removed":0}`, "cloud-denied", ""},
		"posts":   {`{"total":2}`, `{"updated":0}`, `{"removed":0}`, "cloud-denied", ""},
		"goods":   {`{"total":1}`, "cloud-denied", "cloud-denied", "cloud-denied", "cloud-denied"},
		"secrets": {"cloud-denied", "cloud-denied", "cloud-denied", "cloud-denied", "cloud-denied"},
	} {
		in := func(more string) string { return fmt.Sprintf(`{"collection":%q%s}`, name, more) }
		w.want(bob, "cloud.count", in(""), want.sees)
		w.want(bob, "cloud.update", in(`,"where":{"_id":{"$in":["a","r"]}},"update":{"$set":{"x":1}}`), want.updates)
		w.want(bob, "cloud.remove", in(`,"where":{"_id":{"$in":["a","r"]}}`), want.removes)
		w.want(bob, "cloud.set", in(`,"id":"r","document":{}`), want.sets)
		if _, err := w.call(bob, "cloud.add", in(`,"documents":[{}]`)); fault.SlugOf(err) != want.adds {
			t.Errorf("bob adds to %s: %v", name, err)
		}
	}
	// The app's server reads and writes all of it, and nobody else is named by it.
	w.want(root, "cloud.get", `{"collection":"secrets"}`, `{"documents":[{"_id":"r","of":"root"}]}`)
	w.want(root, "cloud.update", `{"collection":"todos","where":{"_id":"a"},"update":{"$set":{"x":1}}}`, `{"updated":1}`)
	w.want(ann, "cloud.get", `{"collection":"todos","fields":{"x":true}}`, `{"documents":[{"_id":"a","x":1}]}`)
}

func TestAnAppHasItsOwnDataAndVersionsUnderDevelopmentTheirs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	add := `{"collection":"posts","documents":[{"_id":1,"a":1}]}`
	trial := bridge.Caller{Kind: bridge.AppSession, AppID: appID, UserID: w.ann.User.ID, SessionID: "s",
		Trial: bridge.Grant{Version: "1.1.0", Scopes: []string{"cloud"}}, Collections: collections}
	test := bridge.Caller{Kind: bridge.AccountServer, AppID: appID, Test: true, Trial: bridge.Grant{Version: "1.1.0", Scopes: []string{"cloud"}}}
	w.want(w.in(appID, w.ann), "cloud.add", add, `{"ids":[1]}`)
	for name, caller := range map[string]bridge.Caller{"another app": w.in(otherID, w.ann), "another app's server": server(otherID), "development": trial, "the test secret": test} {
		if out, err := w.call(caller, "cloud.get", `{"collection":"posts"}`); out != `{"documents":[]}` {
			t.Errorf("%s sees %s, %v", name, out, err)
		}
	}
	w.want(trial, "cloud.add", add, `{"ids":[1]}`)
	w.want(trial, "cloud.add", add, "cloud-duplicate")
	w.want(test, "cloud.count", `{"collection":"posts"}`, `{"total":1}`)
	w.want(test, "cloud.remove", `{"collection":"posts","where":{}}`, `{"removed":1}`)
	w.want(server(appID), "cloud.count", `{"collection":"posts"}`, `{"total":1}`)
	undeclared := w.in(appID, w.ann)
	undeclared.Scopes = nil
	w.want(undeclared, "cloud.count", `{"collection":"posts"}`, "missing-scope")
}

func TestWhatIsKeptHasLimits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	root := server(appID)
	large := strings.Repeat("x", 500<<10)
	w.want(root, "cloud.add", fmt.Sprintf(`{"collection":"big","documents":[{"_id":1,"t":%q}]}`, large), `{"ids":[1]}`)
	w.want(root, "cloud.update", fmt.Sprintf(`{"collection":"big","where":{"_id":1},"update":{"$set":{"u":%q}}}`, large[:20<<10]), "cloud-full")
	w.want(root, "cloud.add", fmt.Sprintf(`{"collection":"big","documents":[{"_id":2,"t":%q}]}`, large+large[:20<<10]), "cloud-full")
	w.want(root, "cloud.set", fmt.Sprintf(`{"collection":"big","id":%q,"document":{}}`, large[:cloud.MaxID+1]), "cloud-invalid")
	// The counters are what is there.
	for _, set := range []struct{ sql, want string }{
		{fmt.Sprintf(`UPDATE cloud_collection SET documents = %d`, cloud.MaxDocuments), "cloud-full"},
		{fmt.Sprintf(`UPDATE cloud_collection SET documents = 1, bytes = %d`, cloud.MaxBytes), "cloud-full"},
		{`UPDATE cloud_collection SET bytes = 600000`, `{"ids":[3]}`},
		{fmt.Sprintf(`INSERT INTO cloud_collection (app_id, live, name, bytes) VALUES ('%s', true, 'rest', %d)`, appID, cloud.MaxAppBytes), "cloud-full"},
		{fmt.Sprintf(`INSERT INTO cloud_collection (app_id, live, name) SELECT '%s', true, 'c' || n FROM generate_series(1, %d) n`, appID, cloud.MaxCollections), "cloud-full"},
	} {
		if _, err := w.Pool.Exec(t.Context(), set.sql); err != nil {
			t.Fatal(err)
		}
		w.want(root, "cloud.add", `{"collection":"big","documents":[{"_id":3}]}`, set.want)
		w.want(root, "cloud.remove", `{"collection":"big","where":{"_id":3}}`, map[bool]string{true: `{"removed":1}`, false: `{"removed":0}`}[set.want[0] == '{'])
	}
	w.want(root, "cloud.add", `{"collection":"onemore","documents":[{}]}`, "cloud-full")
	w.want(root, "cloud.remove", `{"collection":"big"}`, "cloud-invalid")
}

func TestChangesAtTheSameTimeAreAllCounted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	root := server(appID)
	w.want(root, "cloud.set", `{"collection":"n","id":"n","document":{"n":0}}`, `{"created":true}`)
	// Half of them are on another host.
	other := bridge.NewTable(anybody{})
	other.Add(cloud.New(cloud.Config{Pool: w.Pool, People: w}).Capabilities()...)
	const writers, times = 8, 5
	done := make(chan error, writers)
	for i := range writers {
		table := []*bridge.Table{w.table, other}[i%2]
		go func() {
			var err error
			for range times {
				if _, failed := table.Call(w.Context(), root, "cloud.update", json.RawMessage(`{"collection":"n","where":{"_id":"n"},"update":{"$inc":{"n":1}}}`)); failed != nil {
					err = failed
				}
			}
			done <- err
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	w.want(root, "cloud.get", `{"collection":"n"}`, fmt.Sprintf(`{"documents":[{"_id":"n","n":%d}]}`, writers*times))
}

// Ensure the example of docs/cloud.md does what the page says.
func TestTheGuidesProgramWorks(t *testing.T) {
	t.Parallel()
	w := setup(t)
	guide, err := os.ReadFile("../../docs/cloud.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range regexp.MustCompile("(?ms)^```\\w+ file=program/(\\S+)\\n(.*?)^```$").FindAllStringSubmatch(string(guide), -1) {
		files[file[1]] = file[2]
	}
	caller := w.in(appID, w.ann)
	caller.Collections = apptest.Compile(t, files).App.Teahouse.Collections
	if len(caller.Collections) != 2 {
		t.Fatalf("the guide declares %v", caller.Collections)
	}
	b := apptest.Open(t, files)
	w.answer(b, caller)
	b.WantClean()
	shown := apptest.JSON(b.Frames)
	if !strings.Contains(shown, "Buy tea") || len(b.Calls) != 4 {
		t.Errorf("shown %s after %v", shown, b.Calls)
	}

	// Its function finds what the person has left open.
	project := map[string][]byte{"program/app.js": []byte("App({})"), "program/pages/index/index.wxml": nil}
	for _, file := range regexp.MustCompile("(?ms)^```\\w+ file=(\\S+)\\n(.*?)^```$").FindAllStringSubmatch(string(guide), -1) {
		project[file[1]] = []byte(file[2])
	}
	result := compile.Compile(t.Context(), project, compile.Options{FunctionModule: function.Module})
	if result.Image == nil || len(result.Diagnostics) > 0 {
		t.Fatalf("the guide's project: %v", result.Diagnostics)
	}
	caller.Kind = bridge.AppFunction
	f := &functionHost{world: w, caller: caller}
	openID, _ := w.OpenID(t.Context(), appID, w.ann.User.ID)
	f.session, err = function.New(result.Image).Open(function.Request{
		Call: protocol.FunctionCall{Name: "done", Event: json.RawMessage(`{"reason":"holidays"}`), OpenID: openID}}, f)
	for i := 0; err == nil && i < len(f.calls); i++ {
		out, failed := w.call(caller, f.calls[i].Name, string(f.calls[i].Text))
		err = cmp.Or(failed, f.session.Reply(f.calls[i].ID, true, []byte(out)))
	}
	if err != nil || f.answer != `{"t":"result","result":1}` {
		t.Errorf("the guide's function answers %s, %v", f.answer, err)
	}
}

// functionHost keeps what a function asks and answers.
type functionHost struct {
	*world
	caller  bridge.Caller
	session *function.Session
	calls   []apptest.Call
	answer  string
}

func (f *functionHost) Frame(text []byte) { f.answer = string(text) }
func (f *functionHost) Call(id uint64, name string, args []byte) {
	f.calls = append(f.calls, apptest.Call{ID: id, Name: name, Text: args})
}
func (f *functionHost) Store(protocol.StorageOp) {}
func (f *functionHost) Log(e protocol.LogEntry)  { f.Errorf("log: %+v", e) }

// Ensure that a person cannot write what makes all queries of a collection fail.
func TestNobodySpoilsACollectionForOthers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann, bob := w.in(appID, w.ann), w.in(appID, w.bob)
	w.want(bob, "cloud.add", `{"collection":"posts","documents":[{"_id":"b"}]}`, `{"ids":["b"]}`)
	path, deep := "a"+strings.Repeat(".a", 60), strings.Repeat(`{"x":`, 60)+"1"+strings.Repeat("}", 60)
	w.want(bob, "cloud.update", fmt.Sprintf(`{"collection":"posts","where":{"_id":"b"},"update":{"$set":{%q:%s}}}`, path, deep), "cloud-invalid")
	w.want(bob, "cloud.add", `{"collection":"posts","documents":[{"at":{"$serverDate":8640000000000000}}]}`, "cloud-invalid")
	w.want(ann, "cloud.count", `{"collection":"posts"}`, `{"total":1}`)
}

func TestACallAddsNoMoreDocumentsThanACallReads(t *testing.T) {
	t.Parallel()
	w := setup(t)
	add := func(n int) string {
		return `{"collection":"posts","documents":[` + strings.TrimSuffix(strings.Repeat("{},", n), ",") + `]}`
	}
	w.want(server(appID), "cloud.add", add(cloud.ServerPage+1), "cloud-invalid")
	if _, err := w.call(server(appID), "cloud.add", add(cloud.ServerPage)); err != nil {
		t.Error(err)
	}
	w.want(server(appID), "cloud.update", `{"collection":"posts","update":{"$set":{"a":"\u0000茶"}}}`, fmt.Sprintf(`{"updated":%d}`, cloud.ServerPage))
	w.want(server(appID), "cloud.count", `{"collection":"posts","where":{"a":"\u0000茶"}}`, fmt.Sprintf(`{"total":%d}`, cloud.ServerPage))
}

// Ensure that what an app may have is counted of all its collections, on all hosts.
func TestTwoHostsDoNotExceedTheLimitsOfAnApp(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if _, err := w.Pool.Exec(t.Context(), `INSERT INTO cloud_collection (app_id, live, name) SELECT $1, true, 'c' || n FROM generate_series(1, $2::int) n`,
		appID, cloud.MaxCollections-1); err != nil {
		t.Fatal(err)
	}
	const hosts = 6
	done := make(chan error, hosts)
	for i := range hosts {
		table := bridge.NewTable(anybody{})
		table.Add(cloud.New(cloud.Config{Pool: w.Pool, People: w}).Capabilities()...)
		go func() {
			_, err := table.Call(w.Context(), server(appID), "cloud.add", json.RawMessage(fmt.Sprintf(`{"collection":"new%d","documents":[{}]}`, i)))
			done <- err
		}()
	}
	refused := 0
	for range hosts {
		if err := <-done; fault.SlugOf(err) == "cloud-full" {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if refused != hosts-1 {
		t.Errorf("%d of %d hosts were refused the last collection", refused, hosts)
	}
}

// Ensure a cloud function works with the rights of the app, whoever calls it, and nobody else does.
func TestAFunctionHasTheRightsOfTheApp(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann, bob, root := w.in(appID, w.ann), w.in(appID, w.bob), w.in(appID, w.ann)
	root.Kind, root.Collections = bridge.AppFunction, nil
	w.want(ann, "cloud.add", `{"collection":"secrets","documents":[{"_id":"a"}]}`, "cloud-denied")
	w.want(root, "cloud.add", `{"collection":"secrets","documents":[{"_id":"a"}]}`, `{"ids":["a"]}`)
	w.want(root, "cloud.get", `{"collection":"secrets"}`, `{"documents":[{"_id":"a"}]}`)
	w.want(root, "cloud.add", `{"collection":"undeclared","documents":[{"_id":"a"}]}`, `{"ids":["a"]}`)
	w.want(bob, "cloud.add", `{"collection":"todos","documents":[{"_id":"of bob"}]}`, `{"ids":["of bob"]}`)
	w.want(root, "cloud.update", `{"collection":"todos","where":{},"update":{"$set":{"seen":true}}}`, `{"updated":1}`)
	// What it makes for a person, by the person's open ID, is that person's.
	annID, _ := w.OpenID(t.Context(), appID, w.ann.User.ID)
	w.want(root, "cloud.add", fmt.Sprintf(`{"collection":"todos","documents":[{"_id":"for ann","_openid":%q}]}`, annID), `{"ids":["for ann"]}`)
	w.want(ann, "cloud.get", `{"collection":"todos"}`, fmt.Sprintf(`{"documents":[{"_id":"for ann","_openid":%q}]}`, annID))
	w.want(root, "cloud.set", fmt.Sprintf(`{"collection":"todos","id":"of bob","document":{"_openid":%q}}`, annID), `{"created":false}`)
	w.want(ann, "cloud.count", `{"collection":"todos"}`, `{"total":2}`)
	w.want(bob, "cloud.count", `{"collection":"todos"}`, `{"total":0}`)
	w.want(root, "cloud.set", `{"collection":"todos","id":"of bob","document":{}}`, `{"created":false}`)
	w.want(ann, "cloud.count", `{"collection":"todos"}`, `{"total":2}`)
	w.want(root, "cloud.add", `{"collection":"todos","documents":[{"_openid":7}]}`, "cloud-invalid")
	w.want(bob, "cloud.set", fmt.Sprintf(`{"collection":"todos","id":"x","document":{"_openid":%q}}`, annID), "cloud-invalid")
	var documents strings.Builder
	for i := range 150 {
		fmt.Fprintf(&documents, `,{"_id":%d}`, i)
	}
	w.want(root, "cloud.add", `{"collection":"many","documents":[`+documents.String()[1:]+`]}`, ids(150))
	out, err := w.call(root, "cloud.get", `{"collection":"many","limit":1000}`)
	if err != nil || strings.Count(out, "_id") != 150 {
		t.Errorf("%s %v", out, err)
	}
	w.want(ann, "cloud.call_function", `{"name":"f"}`, "cloud-no-function")
	// A version under development has its own data here too.
	root.Version, root.Scopes, root.Trial = "", nil, bridge.Grant{Version: "1.1.0", Scopes: []string{"cloud"}}
	w.want(root, "cloud.get", `{"collection":"secrets"}`, `{"documents":[]}`)
}

func ids(n int) string {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	text, _ := json.Marshal(map[string]any{"ids": all})
	return string(text)
}

// Ensure an aggregation computes on the host what a program asks, of what its user may read, whatever collections it names.
func TestAggregationsReadWhatTheirUserMay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann, bob, root := w.in(appID, w.ann), w.in(appID, w.bob), server(appID)
	w.want(root, "cloud.add", `{"collection":"goods","documents":[{"_id":"tea","price":5},{"_id":"cake","price":7}]}`, `{"ids":["tea","cake"]}`)
	w.want(root, "cloud.add", `{"collection":"secrets","documents":[{"_id":"tea","cost":1}]}`, `{"ids":["tea"]}`)
	w.want(bob, "cloud.add", `{"collection":"todos","documents":[{"_id":"b","good":"tea","n":100}]}`, `{"ids":["b"]}`)
	w.prints(ann, `const db = wx.cloud.database(), _ = db.command, $ = _.aggregate, todos = db.collection('todos'), goods = db.collection('goods');
		for (const [good, n, day] of [['tea', 2, 1], ['tea', 1, 2], ['cake', 4, 2]]) await todos.add({data: {good, n, at: new Date(Date.UTC(2026, 0, day, 20))}});
		const show = async (stages) => console.log(JSON.stringify((await stages.end()).list));
		await show(todos.aggregate().match({n: _.gt(1)}).group({_id: '$good', n: $.sum('$n')}).sort({n: -1}));
		await show(todos.aggregate().group({_id: $.dateToString({date: '$at', format: '%m-%d', timezone: 'Asia/Shanghai'}), n: $.sum(1), last: $.max('$at')}).sort({_id: 1}));
		await show(todos.aggregate().lookup({from: 'goods', localField: 'good', foreignField: '_id', as: 'of'}).replaceRoot({newRoot: $.mergeObjects([$.arrayElemAt(['$of', 0]), '$$ROOT'])})
			.project({_id: 0, good: 1, sum: $.multiply(['$price', '$n'])}).skip(1).limit(2));
		await show(goods.aggregate().lookup({from: 'todos', let: {good: '$_id'}, pipeline: $.pipeline().match(_.expr($.and([$.eq(['$good', '$$good']), $.gte(['$n', 2])]))).project({n: true, _id: false}).done(), as: 'todo'}).sort({_id: 1}));
		await show(goods.aggregate().match({price: $.gt(5)}).addFields({cheap: $.cond({if: $.lt(['$price', 6]), then: 'yes', else: 'no'}), names: [$.toUpper('$_id')]}));
		await show(goods.aggregate().match(_.or([{price: 5}, {price: _.gt(100)}])).count('n'));
		const {list} = await todos.aggregate().sort({at: -1}).limit(1).project({at: 1}).end();
		console.log(list[0].at instanceof Date, (await goods.where(_.expr($.eq(['$price', $.add([2, 3])]))).get()).data.length);`,
		`[{"_id":"cake","n":4},{"_id":"tea","n":2}]`,
		`[{"_id":"01-02","n":1,"last":"2026-01-01T20:00:00.000Z"},{"_id":"01-03","n":2,"last":"2026-01-02T20:00:00.000Z"}]`,
		`[{"good":"tea","sum":5},{"good":"cake","sum":28}]`,
		`[{"_id":"cake","price":7,"todo":[{"n":4}]},{"_id":"tea","price":5,"todo":[{"n":2}]}]`,
		`[{"_id":"cake","price":7,"cheap":"no","names":["CAKE"]}]`, `[{"n":1}]`, `true 1`)
	all := `{"collection":"todos","pipeline":[{"$group":{"_id":null,"n":{"$sum":"$n"}}}]}`
	w.want(ann, "cloud.aggregate", all, `{"documents":[{"_id":null,"n":7}]}`)
	w.want(bob, "cloud.aggregate", all, `{"documents":[{"_id":null,"n":100}]}`)
	w.want(root, "cloud.aggregate", all, `{"documents":[{"_id":null,"n":107}]}`)
	w.want(bob, "cloud.aggregate", `{"collection":"goods","pipeline":[{"$lookup":{"from":"todos","localField":"_id","foreignField":"good","as":"t"}},{"$project":{"t.n":1}}]}`,
		`{"documents":[{"_id":"tea","t":[{"n":100}]},{"_id":"cake","t":[]}]}`)
	inner := `[{"$lookup":{"from":"secrets","localField":"_id","foreignField":"_id","as":"s"}}]`
	for _, pipeline := range []string{inner, `[{"$lookup":{"from":"goods","as":"g","pipeline":` + inner + `}}]`} {
		w.want(ann, "cloud.aggregate", `{"collection":"goods","pipeline":`+pipeline+`}`, "cloud-denied")
	}
	w.want(ann, "cloud.aggregate", `{"collection":"secrets","pipeline":[]}`, "cloud-denied")
	w.want(root, "cloud.aggregate", `{"collection":"goods","pipeline":[{"$match":{"_id":"tea"}},{"$lookup":{"from":"secrets","localField":"_id","foreignField":"_id","as":"s"}}]}`,
		`{"documents":[{"_id":"tea","price":5,"s":[{"_id":"tea","cost":1}]}]}`)
	// Data of a version under development is apart here too.
	trial := bridge.Caller{Kind: bridge.AppSession, AppID: appID, UserID: w.ann.User.ID, SessionID: "s",
		Trial: bridge.Grant{Version: "1.1.0", Scopes: []string{"cloud"}}, Collections: collections}
	w.want(trial, "cloud.aggregate", all, `{"documents":[]}`)
}
