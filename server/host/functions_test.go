package host

import (
	"archive/zip"
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/fasthttp/websocket"

	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/waittest"
)

// upload publishes the files as a version of the app.
func (w *testApp) upload(label string, files map[string]string) registry.Version {
	w.t.Helper()
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range files {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		w.t.Fatal(err)
	}
	v, err := w.h.registry.Publish(w.t.Context(), registry.Upload{AppID: w.appID, Label: label, CreatedBy: w.member,
		Archive: bytes.NewReader(archive.Bytes()), Size: int64(archive.Len())})
	if err != nil || v.State != registry.Ready {
		w.t.Fatalf("upload: %v %v", v.Diagnostics, err)
	}
	return v
}

// openOn opens a version of the app as a person who is logged in.
func (w *testApp) openOn(token, version string) *phone {
	w.t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(w.t.Context(), "ws://"+w.h.Address()+"/open", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	p := &phone{w.t, conn}
	p.send(map[string]any{"t": "auth", "token": token})
	p.send(map[string]any{"t": "open", "app_id": w.appID, "version": version, "scene": 1001,
		"env": map[string]any{"width": 375, "height": 667, "pixel_ratio": 2, "language": "en", "theme": "light"}})
	return p
}

// frameWith reads frames up to the one that contains the text, and returns it.
func (p *phone) frameWith(text string) string {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(waittest.Deadline())
	for {
		_, frame, err := p.conn.ReadMessage()
		if err != nil {
			p.t.Fatalf("waiting for %s: %v", text, err)
		}
		if bytes.Contains(frame, []byte(text)) {
			return string(frame)
		}
	}
}

// Ensure a project with cloud functions works as it is: a page calls one, which knows who calls, reads and writes what
// no program may, and calls another; failures have the developer's lines; and a function that never returns ends alone.
func TestAProjectWithCloudFunctionsWorksAsItIs(t *testing.T) {
	t.Parallel()
	h := boot(t)
	w := newTestApp(t, h, person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper))
	long := `{"timeout": 60}` // a busy machine takes longer than three seconds
	files := map[string]string{
		"project.config.json":             `{"miniprogramRoot": "miniprogram/", "cloudfunctionRoot": "cloudfunctions/"}`,
		"miniprogram/app.json":            `{"pages": ["pages/a/a"], "teahouse": {"collections": {"secrets": "ADMINONLY", "todos": "PRIVATE"}}}`,
		"miniprogram/app.js":              `App({onLaunch() { wx.cloud.init() }})`,
		"miniprogram/pages/a/a.wxml":      `<view bindtap="go">{{said}}</view>`,
		"cloudfunctions/main/config.json": long,
		"cloudfunctions/main/index.js": `const cloud = require('wx-server-sdk'), crypto = require('crypto');
			cloud.init({env: cloud.DYNAMIC_CURRENT_ENV});
			const db = cloud.database(), secrets = db.collection('secrets');
			exports.main = async (event) => {
				const {OPENID, SOURCE} = cloud.getWXContext();
				await secrets.doc('visits').set({data: {of: OPENID}});
				await db.collection('todos').add({data: {_openid: OPENID, text: event.text}});
				const {result} = await cloud.callFunction({name: 'count'});
				return {found: (await secrets.doc('visits').get()).data.of === OPENID, ...result, SOURCE, hash: crypto.createHash('md5').update('a').digest('hex').slice(0, 4)};
			};`,
		"cloudfunctions/count/config.json": long,
		"cloudfunctions/count/index.js": `const cloud = require('wx-server-sdk');
			exports.main = async () => ({inner: cloud.getWXContext().SOURCE, total: (await cloud.database().collection('todos').count()).total})`,
		// It asks a server that the version does not declare.
		"cloudfunctions/ask/index.js": `const https = require('https');
			exports.main = () => new Promise((done) => https.get('https://none.example/', () => done('answered')).on('error', (e) => done(e.message)))`,
		"cloudfunctions/ask/config.json": long,
		// It does not wait for what it writes.
		"cloudfunctions/forget/index.js": `const visits = require('wx-server-sdk').database().collection('forgotten');
			exports.main = async (event) => { if (event.add) for (let i = 0; i < 20; i++) visits.add({data: {i}}); else return (await visits.count()).total }`,
		"cloudfunctions/forget/config.json": long,
		"cloudfunctions/broken/index.js":    "exports.main = async () => {\n  throw new Error('no tea');\n};",
		"cloudfunctions/loop/index.js":      "exports.main = () => { for (;;); };",
		"cloudfunctions/again/index.js":     "exports.main = () => require('wx-server-sdk').callFunction({name: 'again'})",
		"cloudfunctions/again/config.json":  long,
		"miniprogram/pages/a/a.js": `const todos = wx.cloud.database().collection('todos');
			const call = (name, data) => wx.cloud.callFunction({name, data}).then((r) => r.result, (e) => e.errCode + ' ' + e.errMsg);
			Page({data: {said: ''}, async go() {
				const said = [JSON.stringify(await call('main', {text: 'buy'})), (await todos.get()).data.map((d) => d.text).join(),
					await wx.cloud.database().collection('secrets').get().catch((e) => e.errCode), await call('broken'), await call('loop'), await call('none'), await call('again'), await call('ask'), await call('forget', {add: true}), 'kept ' + await call('forget')];
				this.setData({said: 'SAID ' + said.join(' | ')});
			}})`,
	}
	v := w.upload("1.0.0", files)
	w.release(v)
	var stranger string
	if err := h.pool.QueryRow(t.Context(), `SELECT handle FROM app_user WHERE id = $1`, w.opened["stranger"].id).Scan(&stranger); err != nil {
		t.Fatal(err)
	}
	p := w.openOn(logIn(t, h, stranger).token, "released")
	p.until(`"t":"page"`)
	p.tap()
	said := p.frameWith("SAID ")
	for _, want := range []string{
		`{\"found\":true,\"inner\":\"wx_client,scf\",\"total\":1,\"SOURCE\":\"wx_client\",\"hash\":\"0cc1\"} | buy | -502003 |`,
		`-504002 cloud.callFunction:fail Error: errCode: -504002 functions execute fail | errMsg: Error: no tea\n    at cloudfunctions/broken/index.js:2:9 |`,
		`| -501000 cloud.callFunction:fail Error: errCode: -501000  | errMsg: FunctionName parameter could not be found |`,
		`callFunction:fail -501004 Cloud functions call each other more than 5 deep.`,
		` | kept 20"`,
		` | none.example is not among the domains of this version; add \"none.example\" to teahouse.domains in app.json. | `,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the page says\n%s\nwithout\n%s", said, want)
		}
	}
	// On a busy machine the wall clock may end the loop before it has used its CPU.
	if !regexp.MustCompile(`\| -504003 cloud\.callFunction:fail Error: errCode: -504003  \| errMsg: (turn stopped: cpu|The function did not answer in time\.) \|`).MatchString(said) {
		t.Errorf("the page says\n%s\nwithout the end of the loop", said)
	}
	// The development version's functions work on data of their own.
	files["cloudfunctions/count/index.js"] = strings.Replace(files["cloudfunctions/count/index.js"], "inner:", "version: 'new', inner:", 1)
	next := w.upload("1.1.0", files)
	dora := logIn(t, h, "dora").token
	p = w.openOn(dora, next.ID.String())
	p.until(`"t":"page"`)
	p.tap()
	if said := p.frameWith("SAID "); !strings.Contains(said, `\"version\":\"new\"`) || !strings.Contains(said, `\"total\":1,`) {
		t.Errorf("the version under development says\n%s", said)
	}
}

// Ensure a page shows what others change while it is open, without asking.
func TestAPageShowsWhatItWatches(t *testing.T) {
	t.Parallel()
	h := boot(t)
	w := newTestApp(t, h, person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper))
	v := w.upload("1.0.0", map[string]string{
		"app.json":       `{"pages": ["pages/a/a"], "teahouse": {"collections": {"posts": "READONLY"}}}`,
		"app.js":         `App({})`,
		"pages/a/a.wxml": `<view bindtap="add">{{said}}</view>`,
		"pages/a/a.js": `const posts = wx.cloud.database().collection('posts');
			Page({data: {said: ''}, onLoad() {
				posts.watch({onChange: ({docs, type}) => this.setData({said: 'SHOWN ' + (type || 'then') + ' ' + docs.map((d) => d.text).join()}), onError: (e) => this.setData({said: 'SHOWN ' + e.errMsg})});
			}, add() { posts.add({data: {text: 'tea'}}); }})`,
	})
	w.release(v)
	var stranger string
	if err := h.pool.QueryRow(t.Context(), `SELECT handle FROM app_user WHERE id = $1`, w.opened["stranger"].id).Scan(&stranger); err != nil {
		t.Fatal(err)
	}
	reader, writer := w.openOn(logIn(t, h, stranger).token, "released"), w.openOn(logIn(t, h, "dora").token, "released")
	reader.frameWith("SHOWN init ")
	writer.frameWith("SHOWN init ")
	writer.tap()
	for _, p := range []*phone{reader, writer} {
		if said := p.frameWith("SHOWN then "); !strings.Contains(said, "SHOWN then tea") {
			t.Errorf("the page says %s", said)
		}
	}
}
