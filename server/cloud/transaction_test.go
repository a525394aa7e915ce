package cloud_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/function"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/cloud"
)

// runFunction runs a function with its calls answered by the host. before is called before each of them.
func (w *world) runFunction(caller bridge.Caller, code string, before func(call int, name string)) string {
	w.Helper()
	project := map[string][]byte{"project.config.json": []byte(`{"cloudfunctionRoot": "functions", "miniprogramRoot": "program"}`),
		"program/app.json": []byte(`{"pages": ["a"]}`), "program/app.js": []byte("App({})"), "program/a.js": []byte("Page({})"), "program/a.wxml": nil,
		"functions/f/index.js": []byte(`const cloud = require('wx-server-sdk'), db = cloud.database(), _ = db.command; exports.main = async () => {` + code + `}`)}
	result := compile.Compile(w.Context(), project, compile.Options{FunctionModule: function.Module})
	if result.Image == nil {
		w.Fatalf("the function: %v", result.Diagnostics)
	}
	caller.Kind = bridge.AppFunction
	f := &functionHost{world: w, caller: caller}
	var err error
	f.session, err = function.New(result.Image).Open(function.Request{Call: protocol.FunctionCall{Name: "f"}, Now: time.Now}, f)
	for i := 0; err == nil && i < len(f.calls); i++ {
		call := f.calls[i]
		if before != nil {
			before(i, call.Name)
		}
		out, failed := w.call(caller, call.Name, string(call.Text))
		if failed != nil {
			text, _ := json.Marshal(map[string]string{"message": fault.MessageOf(failed), "slug": fault.SlugOf(failed)})
			out = string(text)
		}
		err = f.session.Reply(call.ID, failed == nil, []byte(out))
	}
	if err != nil {
		w.Fatal(err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(f.answer, `{"t":"result","result":`), "}")
}

// counted compares what the host has counted of the app's collections with what is there.
func (w *world) counted() {
	w.Helper()
	var wrong int
	if err := w.Pool.QueryRow(w.Context(), `SELECT count(*) FROM cloud_collection c WHERE (documents, bytes) IS DISTINCT FROM
		(SELECT (count(*), coalesce(sum(size), 0)::bigint) FROM cloud_document d WHERE d.app_id = c.app_id AND d.live = c.live AND d.collection = c.name)`).Scan(&wrong); err != nil || wrong > 0 {
		w.Errorf("%d collections are counted wrongly, %v", wrong, err)
	}
}

func TestATransactionChangesAllOrNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	root := server(appID)
	w.want(root, "cloud.add", `{"collection":"accounts","documents":[{"_id":"a","n":100},{"_id":"b","n":0}]}`, `{"ids":["a","b"]}`)
	ann := w.in(appID, w.ann)
	got := w.runFunction(ann, `const t = await db.startTransaction(), accounts = t.collection('accounts');
		const {data: {n}} = await accounts.doc('a').get(), said = [n];
		said.push((await accounts.doc('a').update({data: {n: _.inc(-30)}})).stats.updated, (await accounts.doc('none').update({data: {n: 1}})).stats.updated, (await accounts.doc('b').set({data: {n: 30}})).stats);
		said.push((await accounts.doc('a').get()).data.n, (await db.collection('accounts').doc('a').get()).data.n);
		const {_id} = await t.collection('log').add({data: {of: 'a', at: new Date(0)}});
		said.push((await t.collection('log').doc(_id).get()).data.at instanceof Date, (await accounts.doc('c').remove()).stats.removed, await accounts.doc('c').get().catch((e) => e.errCode));
		said.push(await t.commit().then((r) => r.errMsg), (await db.collection('log').count()).total, (await db.collection('accounts').orderBy('_id', 'asc').get()).data.map((d) => d.n), (await db.collection('log').doc(_id).get()).data.of);
		said.push(await accounts.doc('a').get().catch((e) => e.errMsg), await t.commit().catch((e) => e.errCode));
		return said;`, nil)
	if want := `[100,1,0,{"created":0,"updated":1},70,100,true,0,-1,"transaction.commit:ok",1,[70,30],"a","transaction.document.get:fail -1 the transaction is over: it was committed",-1]`; got != want {
		t.Errorf("is %s\nwant %s", got, want)
	}
	got = w.runFunction(ann, `const said = [], all = () => db.collection('accounts').orderBy('_id', 'asc').get().then((r) => r.data.map((d) => d.n));
		const t = await db.startTransaction(); await t.collection('accounts').doc('a').update({data: {n: 0}}); await t.collection('new').add({data: {}}); await t.rollback(); said.push(await all());
		said.push(await db.runTransaction(async (t) => { await t.collection('accounts').doc('a').remove(); throw new Error('no'); }).catch((e) => e.message), await all());
		said.push(await db.runTransaction(async (t) => { await t.collection('accounts').doc('a').remove(); await t.rollback('enough'); }).catch((e) => e), await all());
		said.push(await db.runTransaction(async (t) => { await t.collection('accounts').doc('a').update({data: {n: 1}}); await t.collection('accounts').add({data: {_id: 'b'}}); }).catch((e) => e.errCode), await all());
		said.push(await db.runTransaction(async (t) => { const [a, b] = await Promise.all(['a', 'b'].map((id) => t.collection('accounts').doc(id).get())); await t.collection('accounts').doc('a').update({data: {n: a.data.n + b.data.n}}); await t.collection('accounts').doc('b').remove(); return 'moved'; }), await all());
		said.push(await t.collection('accounts').where({n: 1}).get().catch((e) => e.errCode), await db.runTransaction(5).catch((e) => e.name), await db.runTransaction(() => 'nothing'));
		return said;`, nil)
	if want := `[[70,30],"no",[70,30],"enough",[70,30],-502001,[70,30],"moved",[100],-502002,"TypeError","nothing"]`; got != want {
		t.Errorf("is %s\nwant %s", got, want)
	}
	w.counted()
	var collections string
	if err := w.Pool.QueryRow(t.Context(), `SELECT string_agg(name, ',' ORDER BY name) FROM cloud_collection`).Scan(&collections); err != nil || collections != "accounts,log" {
		t.Errorf("the collections are %s, %v", collections, err)
	}
}

// Ensure that what a transaction has read is still so when its changes are kept, whoever comes in between.
func TestATransactionThatIsOvertakenRunsAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	root := server(appID)
	add := `let tries = 0; const result = await db.runTransaction(async (t) => {
			tries++; const {data} = await t.collection('n').doc('n').get(); await t.collection('sums').add({data: {_id: 'of ' + data.n}}); await t.collection('n').doc('n').update({data: {n: data.n + 1}}); return data.n;
		}).catch((e) => e.errCode); return [tries, result];`
	for i, c := range []struct {
		at   int // the call before which somebody else writes
		want string
	}{{0, `[1,11]`}, {1, `[2,11]`}, {2, `[2,11]`}, {3, `[2,11]`}, {4, `[1,1]`}} {
		w.want(root, "cloud.set", `{"collection":"n","id":"n","document":{"n":1}}`, fmt.Sprintf(`{"created":%v}`, i == 0))
		w.want(root, "cloud.remove", `{"collection":"sums","where":{}}`, fmt.Sprintf(`{"removed":%d}`, min(i, 1)))
		got := w.runFunction(w.in(appID, w.ann), add+" ", func(call int, _ string) {
			if call == c.at {
				w.want(root, "cloud.update", `{"collection":"n","where":{"_id":"n"},"update":{"$inc":{"n":10}}}`, `{"updated":1}`)
			}
		})
		if got != c.want {
			t.Errorf("overtaken before call %d: %s, want %s", c.at, got, c.want)
		}
	}
	// Without an end to that it fails, and has changed nothing.
	w.want(root, "cloud.remove", `{"collection":"sums","where":{}}`, `{"removed":1}`)
	got := w.runFunction(w.in(appID, w.ann), add, func(_ int, name string) {
		w.want(root, "cloud.update", `{"collection":"n","where":{"_id":"n"},"update":{"$inc":{"n":10}}}`, `{"updated":1}`)
	})
	if got != `[3,-502007]` {
		t.Errorf("overtaken each time: %s", got)
	}
	w.want(root, "cloud.count", `{"collection":"sums"}`, `{"total":0}`)
	w.counted()
}

func TestATransactionHasLimits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	root := server(appID)
	steps := func(n int) string {
		return strings.TrimSuffix(strings.Repeat(`{"do":"get","collection":"a","id":1},`, n), ",")
	}
	w.want(root, "cloud.transaction", `{"steps":[`+steps(cloud.MaxSteps)+`]}`, `{"changed":0,"seen":{"a 1":""}}`)
	w.want(root, "cloud.transaction", `{"steps":[`+steps(cloud.MaxSteps+1)+`]}`, "cloud-invalid")
	w.want(root, "cloud.transaction", `{"steps":[{"do":"drop","collection":"a","id":1}]}`, "bad-parameters")
	w.want(root, "cloud.transaction", `{"steps":[{"do":"set","collection":"a","id":1,"document":{"_id":2}}]}`, "cloud-invalid")
	w.want(root, "cloud.transaction", `{"steps":[{"do":"update","collection":"a","id":{"$gt":0},"update":{"$set":{"a":1}}}]}`, "cloud-invalid")
	w.want(root, "cloud.transaction", `{"steps":[{"do":"get","collection":"a b","id":1}]}`, "cloud-invalid")
	w.want(w.in(appID, w.ann), "cloud.transaction", `{"steps":[`+steps(1)+`]}`, "wrong-caller")
	// What one app may keep is bounded here too.
	w.want(root, "cloud.add", `{"collection":"a","documents":[{"_id":1}]}`, `{"ids":[1]}`)
	if _, err := w.Pool.Exec(t.Context(), fmt.Sprintf(`UPDATE cloud_collection SET bytes = %d`, cloud.MaxBytes)); err != nil {
		t.Fatal(err)
	}
	w.want(root, "cloud.transaction", `{"steps":[{"do":"add","collection":"a","document":{}}],"commit":true}`, "cloud-full")
	w.want(root, "cloud.count", `{"collection":"a"}`, `{"total":1}`)
	// Another app's documents are others.
	w.want(server(otherID), "cloud.transaction", `{"steps":[{"do":"get","collection":"a","id":1}]}`, `{"changed":0,"seen":{"a 1":""}}`)
}
