package host

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

// parameters is what each capability is called with about a person. A capability that is not here
// fails the test: whoever adds one says how it touches people.
var parameters = map[string]func(p somebody, trial int) string{
	"app.login":           func(somebody, int) string { return `{}` },
	"user.profile":        func(somebody, int) string { return `{}` },
	"subscribe.request":   func(somebody, int) string { return `{"template_ids":[]}` },
	"order.prepare":       func(somebody, int) string { return `{}` },
	"net.request":         func(somebody, int) string { return `{"url":"https://not-declared.example/"}` },
	"net.download":        func(somebody, int) string { return `{"url":"https://not-declared.example/"}` },
	"net.upload":          func(somebody, int) string { return `{"url":"https://not-declared.example/","name":"a","data":""}` },
	"socket.open":         func(somebody, int) string { return `{"id":1,"url":"wss://not-declared.example/"}` },
	"socket.send":         func(somebody, int) string { return `{"id":1}` },
	"socket.close":        func(somebody, int) string { return `{"id":1}` },
	"device.location":     func(somebody, int) string { return `{}` },
	"device.record":       func(somebody, int) string { return `{}` },
	"device.random":       func(somebody, int) string { return `{"length":1}` },
	"files.read":          func(somebody, int) string { return `{"path":"wxfile://none"}` },
	"files.info":          func(somebody, int) string { return `{"path":"wxfile://none"}` },
	"files.save":          func(somebody, int) string { return `{"path":"wxfile://none"}` },
	"files.remove":        func(somebody, int) string { return `{"path":"wxfile://none"}` },
	"files.list":          func(somebody, int) string { return `{}` },
	"cloud.add":           func(somebody, int) string { return `{"collection":"a","documents":[{}]}` },
	"cloud.get":           func(somebody, int) string { return `{"collection":"a"}` },
	"cloud.aggregate":     func(somebody, int) string { return `{"collection":"a","pipeline":[]}` },
	"cloud.transaction":   func(somebody, int) string { return `{"steps":[{"do":"get","collection":"a","id":"a"}]}` },
	"cloud.watch":         func(somebody, int) string { return `{"id":1,"collection":"a"}` },
	"cloud.unwatch":       func(somebody, int) string { return `{"id":1}` },
	"cloud.count":         func(somebody, int) string { return `{"collection":"a"}` },
	"cloud.set":           func(somebody, int) string { return `{"collection":"a","id":"a","document":{}}` },
	"cloud.update":        func(somebody, int) string { return `{"collection":"a","where":{"_id":"a"},"update":{"$set":{"a":1}}}` },
	"cloud.remove":        func(somebody, int) string { return `{"collection":"a","where":{"_id":"a"}}` },
	"cloud.call_function": func(somebody, int) string { return `{"name":"a"}` },
	"cloud.read":          func(somebody, int) string { return `{"file_id":"cloud://none"}` },
	"cloud.upload":        func(somebody, int) string { return `{"cloud_path":"a.txt","data":""}` },
	"cloud.download":      func(somebody, int) string { return `{"file_id":"cloud://none"}` },
	"cloud.file_urls":     func(somebody, int) string { return `{"file_ids":["cloud://none"]}` },
	"cloud.delete_files":  func(somebody, int) string { return `{"file_ids":["cloud://none"]}` },
	"orders.get":          func(_ somebody, n int) string { return fmt.Sprintf(`{"out_trade_no":"trade-%d"}`, n) },
	"orders.close":        func(_ somebody, n int) string { return fmt.Sprintf(`{"out_trade_no":"trade-%d"}`, n) },
	"orders.create": func(p somebody, n int) string {
		return fmt.Sprintf(`{"out_trade_no":"trade-%s-%d","description":"Tea","amount":1,"open_id":%q}`, p.name, n, p.openID)
	},
	"messages.send_text": func(p somebody, _ int) string {
		return fmt.Sprintf(`{"open_id":%q,"text":"Hello"}`, p.openID)
	},
	"messages.send_subscription": func(p somebody, _ int) string {
		return fmt.Sprintf(`{"open_id":%q,"template_id":%q,"data":{}}`, p.openID, uuid.NewString())
	},
	"auth.exchange_code": func(p somebody, _ int) string { return fmt.Sprintf(`{"code":%q}`, p.code()) },
	"followers.list":     func(somebody, int) string { return `{"limit":100}` },
}

// somebody is a person as the app knows them.
type somebody struct {
	name   string
	id     uuid.UUID
	openID string
	inside bool
	code   func() string // a fresh code of wx.login
}

// rightsOf are the ways in which an app can hold a scope.
var rightsOf = []struct {
	name      string
	everybody bool // reaches more than insiders
	released  bool
	newer     bool // a version with the scopes was uploaded after the release of one without
}{
	{name: "before the first release"},
	{name: "by a version newer than the released one", released: true, newer: true},
	{name: "by the released version", released: true, everybody: true},
}

// Ensure that every capability, called by an app or by its server, reaches everybody only if a
// released version declares its scope, and otherwise only insiders.
func TestOnlyReleasedVersionsReachEverybody(t *testing.T) {
	t.Parallel()
	h := boot(t)
	dora := person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper)
	for _, way := range rightsOf {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			w := newTestApp(t, h, dora)
			if way.newer {
				w.release(w.publish("1.0.0", nil))
			}
			v := w.publish("1.1.0", w.everyScope())
			if way.everybody {
				w.release(v)
			}
			server := w.token(w.secret)
			for n, c := range h.bridge.All() {
				input, ok := parameters[c.Name]
				if !ok {
					t.Errorf("no parameters for %s: say in this test how it touches people", c.Name)
					continue
				}
				for _, who := range w.people() {
					reached := func(from string, out, slug string) {
						t.Helper()
						want := way.everybody || who.inside || c.Reach == bridge.ReachNone && from == "server"
						if slices.Contains([]string{"missing-scope", "wrong-caller", "unknown-capability", "person-required"}, slug) {
							t.Errorf("%s called by the %s about the %s: %s", c.Name, from, who.name, slug)
							return
						}
						got := slug != "insiders-only"
						switch c.Name { // those that find people themselves
						case "auth.exchange_code":
							got = slug == ""
						case "followers.list":
							got = strings.Contains(out, who.openID)
						}
						if got != want {
							t.Errorf("%s called by the %s about the %s: reached %v, want %v (%s %s)",
								c.Name, from, who.name, got, want, slug, out)
						}
					}
					if c.Callers&bridge.AppSession != 0 {
						out, err := h.bridge.Call(t.Context(), w.session(who, way.everybody), c.Name, json.RawMessage(input(who, n)))
						reached("app", string(out), fault.SlugOf(err))
					}
					if c.Callers&bridge.AppFunction != 0 {
						function := w.session(who, way.everybody)
						function.Kind = bridge.AppFunction
						out, err := h.bridge.Call(t.Context(), function, c.Name, json.RawMessage(input(who, n)))
						reached("function", string(out), fault.SlugOf(err))
					}
					if c.Callers&bridge.AccountServer != 0 {
						status, out := ask(t, h, "POST", "/bridge/v1/"+c.Name, server, input(who, n))
						reached("server", out, slugIn(status, out))
					}
				}
			}
		})
	}
}

// Ensure an order of an app that nobody has reviewed names its payer: without one anybody could pay.
func TestAnUnreleasedAppNamesWhoPays(t *testing.T) {
	t.Parallel()
	h := boot(t)
	w := newTestApp(t, h, person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper))
	w.publish("1.0.0", []string{"payment"})
	order := `{"out_trade_no":"trade-1","description":"Tea","amount":1}`
	status, out := ask(t, h, "POST", "/bridge/v1/orders.create", w.token(w.secret), order)
	if slugIn(status, out) != "person-required" {
		t.Errorf("got %d %s", status, out)
	}
}

// Ensure errors about scopes say which version they are of, and what was uploaded last takes nothing
// away from what people use.
func TestScopesAreThoseOfAVersionThatIsNamed(t *testing.T) {
	t.Parallel()
	h := boot(t)
	w := newTestApp(t, h, person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper))
	w.release(w.publish("1.0.0", []string{"login", "follower"}))
	w.publish("2.0.0", []string{"login", "message"})
	server, stranger := w.token(w.secret), w.people()[2]

	status, out := ask(t, h, "POST", "/bridge/v1/followers.list", server, `{}`)
	if status != 200 || !strings.Contains(out, stranger.openID) {
		t.Errorf("the released version lost a scope to an upload: %d %s", status, out)
	}
	for name, want := range map[string][2]string{
		"messages.send_text": {"insiders-only", `"message" is of version 2.0.0, and version 1.0.0, the released one`},
		"orders.get":         {"missing-scope", "neither version 1.0.0, the released one, nor version 2.0.0, the newest"},
	} {
		status, out := ask(t, h, "POST", "/bridge/v1/"+name, server, parameters[name](stranger, 0))
		var problem struct{ Detail string }
		if err := json.Unmarshal([]byte(out), &problem); err != nil {
			t.Fatal(err)
		}
		if slugIn(status, out) != want[0] || !strings.Contains(problem.Detail, want[1]) {
			t.Errorf("%s: got %d %s, want %s: %s", name, status, out, want[0], want[1])
		}
	}
	secret := w.secretOf("/test-secret")
	test := w.token(secret)
	if status, out := ask(t, h, "POST", "/bridge/v1/followers.list", test, `{}`); slugIn(status, out) != "missing-scope" ||
		!strings.Contains(out, "version 2.0.0, the newest") {
		t.Errorf("a test token used the released version's scope: %d %s", status, out)
	}
}

// testApp is an app with the people around it.
type testApp struct {
	t      *testing.T
	h      *Host
	dora   string // the token of the developer
	member uuid.UUID
	appID  string
	secret string
	opened map[string]somebody
}

func newTestApp(t *testing.T, h *Host, dora string) *testApp {
	t.Helper()
	w := &testApp{t: t, h: h, dora: dora, opened: map[string]somebody{}}
	handle := "shop-" + strings.ToLower(uuid.NewString()[24:])
	account := w.made("/api/v1/dev/accounts", fmt.Sprintf(`{"handle":%q,"name":%q}`, handle, handle))
	app := w.made("/api/v1/dev/accounts/"+account.ID+"/apps", fmt.Sprintf(`{"name":%q}`, handle))
	w.appID, w.secret = app.App.ID, app.Secret
	var err error
	if err = h.pool.QueryRow(t.Context(), `SELECT user_id FROM account_member WHERE account_id = $1`, account.ID).
		Scan(&w.member); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"member", "tester", "stranger"} {
		id := w.member
		if name != "member" {
			user, err := h.auth.EnsureUser(t.Context(), auth.NewUser{Handle: name + handle[5:], Password: password}, auth.RoleUser)
			if err != nil {
				t.Fatal(err)
			}
			id = user.ID
		}
		open, err := h.accounts.OpenID(t.Context(), w.appID, id)
		if err != nil {
			t.Fatal(err)
		}
		// They have already been in contact with the account.
		_, err = h.pool.Exec(t.Context(), `INSERT INTO follower (account_id, user_id, followed_at) VALUES ($1, $2, now())`, account.ID, id)
		if err == nil {
			err = h.accounts.NoteOpened(t.Context(), id, w.appID)
		}
		if err == nil && name == "tester" {
			_, err = h.pool.Exec(t.Context(), `INSERT INTO app_tester (app_id, user_id) VALUES ($1, $2)`, w.appID, id)
		}
		if err != nil {
			t.Fatal(err)
		}
		who := somebody{name: name, id: id, openID: open.OpenID, inside: name != "stranger"}
		who.code = func() string { return w.code(who) }
		w.opened[name] = who
	}
	return w
}

func (w *testApp) people() []somebody {
	return []somebody{w.opened["member"], w.opened["tester"], w.opened["stranger"]}
}

type made struct {
	ID     string
	App    struct{ ID string }
	Secret string
}

func (w *testApp) made(path, body string) (out made) {
	w.t.Helper()
	status, text := ask(w.t, w.h, "POST", path, w.dora, body)
	if err := json.Unmarshal([]byte(text), &out); err != nil || status != 201 {
		w.t.Fatalf("%s: %d %s", path, status, text)
	}
	return out
}

func (w *testApp) secretOf(path string) string {
	w.t.Helper()
	return w.made("/api/v1/dev/apps/"+w.appID+path, `{}`).Secret
}

// token is one of the app's server.
func (w *testApp) token(secret string) string {
	w.t.Helper()
	response, err := post(w.t.Context(), "http://"+w.h.Address()+"/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {w.appID}, "client_secret": {secret}})
	if err != nil {
		w.t.Fatal(err)
	}
	return response
}

func (w *testApp) everyScope() (scopes []string) {
	for _, c := range w.h.bridge.All() {
		if c.Scope != "" && !slices.Contains(scopes, c.Scope) {
			scopes = append(scopes, c.Scope)
		}
	}
	return scopes
}

// publish uploads a version that declares the scopes.
func (w *testApp) publish(label string, scopes []string) registry.Version {
	w.t.Helper()
	declared, err := json.Marshal(append([]string{}, scopes...))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.upload(label, map[string]string{"app.js": "App({})", "pages/a/a.js": "Page({})", "pages/a/a.wxml": "<view/>",
		"app.json": `{"pages":["pages/a/a"],"teahouse":{"scopes":` + string(declared) + `}}`})
}

func (w *testApp) release(v registry.Version) {
	w.t.Helper()
	ctx := w.t.Context()
	reasons := map[string]string{}
	for _, scope := range v.Report.Scopes {
		reasons[scope] = "The test uses it."
	}
	v, err := w.h.registry.Submit(ctx, w.appID, v.ID, w.member, "", reasons)
	if err == nil {
		_, err = w.h.registry.Approve(ctx, registry.Decision{SubmissionID: v.Submission.ID, By: w.member})
	}
	if err == nil {
		_, err = w.h.registry.Release(ctx, w.appID, v.ID, w.member)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// session is the caller that an open app has.
func (w *testApp) session(who somebody, released bool) bridge.Caller {
	caller := bridge.Caller{Kind: bridge.AppSession, AppID: w.appID, UserID: who.id, SessionID: uuid.NewString()}
	if released {
		caller.Version, caller.Scopes = "1.1.0", w.everyScope()
	} else {
		caller.Trial = bridge.Grant{Version: "1.1.0", Scopes: w.everyScope()}
	}
	return caller
}

func (w *testApp) code(who somebody) string {
	w.t.Helper()
	out, err := w.h.bridge.Call(w.t.Context(), w.session(who, true), "app.login", nil)
	var code struct{ Code string }
	if err == nil {
		err = json.Unmarshal(out, &code)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return code.Code
}

// slugIn is the slug of a problem document, "" for an answer that is none.
func slugIn(status int, body string) string {
	var problem struct{ Type string }
	if status < 400 || json.Unmarshal([]byte(body), &problem) != nil {
		return ""
	}
	return strings.TrimPrefix(problem.Type, "/problems/")
}

// post asks for a token.
func post(ctx context.Context, address string, form url.Values) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&token); err != nil {
		return "", err
	}
	if token.AccessToken == "" {
		return "", fmt.Errorf("no token: %d", response.StatusCode)
	}
	return token.AccessToken, nil
}
