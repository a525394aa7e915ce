package accounts_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge/bridgetest"
)

const form = "application/x-www-form-urlencoded"

// token asks for a bridge token with the body's credentials.
func (w *world) token(app, secret, scope string) *apitest.Answer {
	values := url.Values{"grant_type": {"client_credentials"}, "client_id": {app},
		"client_secret": {secret}, "scope": {scope}}
	return w.Nobody().Do("POST", "/oauth/token", values.Encode(), "Content-Type", form)
}

// server is the app's server with a token.
func (w *world) server(app, secret string) *apitest.Client {
	w.Helper()
	c := w.Nobody()
	c.Token = w.token(app, secret, "").Want(200).Text("access_token")
	return c
}

// Ensure the token endpoint follows RFC 6749, also in its refusals.
func TestTokenEndpoint(t *testing.T) {
	t.Parallel()
	w := newReleasedWorld(t)
	good := w.token(w.app, w.secret, "login message").Want(200)
	if good.Text("token_type") != "Bearer" || good.Get("expires_in") != 7200.0 || good.Text("scope") != "login message" ||
		good.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %s %v", good.Body, good.Header)
	}
	refused := func(a *apitest.Answer, status int, code string) {
		t.Helper()
		if a.Want(status).Text("error") != code || a.Text("error_description") == "" {
			t.Errorf("got %s, want %s", a.Body, code)
		}
	}
	refused(w.token(w.app, w.secret, "login payment"), 400, "invalid_scope")
	refused(w.token(w.app, "tea_sec_wrong", ""), 401, "invalid_client")
	refused(w.token(w.rivalApp, w.secret, ""), 401, "invalid_client")
	refused(w.token("ta0000000000000000", w.secret, ""), 401, "invalid_client")
	refused(w.token("", "", ""), 401, "invalid_client")
	post := func(body, contentType string, headers ...string) *apitest.Answer {
		return w.Nobody().Do("POST", "/oauth/token", body,
			append([]string{"Content-Type", contentType}, headers...)...)
	}
	refused(post("grant_type=password&client_id="+w.app+"&client_secret="+w.secret, form), 400,
		"unsupported_grant_type")
	refused(post(`{"grant_type":"client_credentials"}`, "application/json"), 400, "invalid_request")
	basic := "Basic " + basicAuth(w.app, w.secret)
	post("grant_type=client_credentials", form, "Authorization", basic).Want(200)
	refused(post("grant_type=client_credentials&client_secret="+w.secret, form, "Authorization",
		basic), 401, "invalid_client")
	refused(post("grant_type=client_credentials", form, "Authorization", "Basic !!!"), 401,
		"invalid_client")
	if got := w.Nobody().Do("GET", "/oauth/token", nil).Status; got != 405 {
		t.Errorf("got %d", got)
	}
}

// Ensure that only the app's own server can exchange a login code, once and in time.
func TestLoginCode(t *testing.T) {
	t.Parallel()
	w := newReleasedWorld(t)
	mine, rival := w.server(w.app, w.secret), w.server(w.rivalApp, w.rivalSecret)
	code := func() string {
		out, err := w.table.Call(t.Context(), w.session(w.app, w.mei), "app.login", nil)
		if err != nil {
			t.Fatal(err)
		}
		var made struct{ Code string }
		if err := json.Unmarshal(out, &made); err != nil {
			t.Fatal(err)
		}
		return made.Code
	}
	first := code()
	const path = "/bridge/v1/auth.exchange_code"
	rival.Do("POST", path, body{"code": first}).Refused(422, "bad-code")
	got := mine.Do("POST", path, body{"code": first}).Want(200)
	want, err := w.accounts.OpenID(t.Context(), w.app, w.mei.User.ID)
	if err != nil || got.Text("open_id") != want.OpenID || got.Text("union_id") != want.UnionID {
		t.Errorf("got %s, want %v", got.Body, want)
	}
	if strings.Contains(string(got.Body), w.mei.User.ID.String()) {
		t.Error("the person's own ID reached an app")
	}
	mine.Do("POST", path, body{"code": first}).Refused(422, "bad-code")
	stale := code()
	w.Clock.Forward(accounts.LoginCodeLife + time.Second)
	mine.Do("POST", path, body{"code": stale}).Refused(422, "bad-code")
	mine.Do("POST", path, `{"code": 7}`).Refused(422, "bad-parameters")
	mine.Do("POST", path, `{"code`).Refused(422, "bad-parameters")
	mine.Do("POST", path, "code=7", "Content-Type", form).Refused(415, "unsupported-media-type")
	mine.Do("POST", path, body{"code": strings.Repeat("x", 2000)}).Refused(413, "parameters-too-large")
	mine.Do("POST", "/bridge/v1/no.such", body{}).Refused(404, "unknown-capability")
}

// Ensure that after a rotation of the secret, a take-down of the app or the loss of a scope a token
// soon allows nothing more, although it has not expired.
func TestBridgeTokensFollowTheApp(t *testing.T) {
	t.Parallel()
	w := newReleasedWorld(t)
	const path = "/bridge/v1/followers.list"
	old := w.server(w.app, w.secret)
	old.Do("POST", path, body{}).Want(200)

	renewed := w.dev.Do("POST", "/api/v1/dev/apps/"+w.app+"/secret", nil).Want(201).Text("secret")
	old.Do("POST", path, body{}).Refused(401, "token-revoked")
	if got := w.token(w.app, w.secret, "").Status; got != 401 {
		t.Errorf("the old secret still works: %d", got)
	}
	current := w.server(w.app, renewed)
	current.Do("POST", path, body{}).Want(200)

	w.set(func(n *registryAndChat) { n.scopes[w.app] = []string{"login"} })
	w.Clock.Forward(accounts.AppCacheLife + time.Second)
	current.Do("POST", path, body{}).Refused(403, "missing-scope")

	if err := w.accounts.SetDisabled(t.Context(), w.app, true, "spam"); err != nil {
		t.Fatal(err)
	}
	current.Do("POST", path, body{}).Refused(401, "bad-app-credentials")
	if got := w.token(w.app, renewed, "").Status; got != 401 {
		t.Errorf("an app that was taken down got a token: %d", got)
	}
}

// Ensure that each acceptance allows one message, even when many are sent at the same moment; that
// a retry with the same client ID does not use a second one; and that a failure of the chat gives
// it back.
func TestSubscriptionMessages(t *testing.T) {
	t.Parallel()
	w := newReleasedWorld(t)
	template := w.dev.Do("POST", "/api/v1/dev/apps/"+w.app+"/templates", body{
		"title": "Order ready", "fields": []body{{"key": "dish", "label": "Dish"},
			{"key": "at", "label": "Ready at"}},
	}).Want(201).Text("id")
	sheet, err := w.table.Call(t.Context(), w.session(w.app, w.mei), "subscribe.request",
		json.RawMessage(`{"template_ids":["`+template+`"]}`))
	if err != nil || !strings.Contains(string(sheet), "Ready at") {
		t.Fatalf("got %s, %v", sheet, err)
	}
	if _, err := w.table.Call(t.Context(), w.session(w.rivalApp, w.mei), "subscribe.request",
		json.RawMessage(`{"template_ids":["`+template+`"]}`)); err == nil {
		t.Error("another app asked for the template")
	}
	open, err := w.accounts.OpenID(t.Context(), w.app, w.mei.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	server := w.server(w.app, w.secret)
	const path = "/bridge/v1/messages.send_subscription"
	message := func(clientID string) body {
		return body{"open_id": open.OpenID, "template_id": template, "client_id": clientID,
			"path": "pages/order/order?id=7", "data": body{"dish": "Noodles", "at": "12:30"}}
	}
	server.Do("POST", path, message("m0")).Refused(403, "not-subscribed")
	accept := func(times int) {
		for range times {
			if err := w.accounts.RecordSubscriptions(t.Context(), w.mei.User.ID, w.app,
				[]uuid.UUID{uuid.MustParse(template)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	accept(3)
	var wait sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wait.Go(func() { statuses[i] = server.Do("POST", path, message(uuid.NewString())).Status })
	}
	wait.Wait()
	sent := 0
	for _, status := range statuses {
		if status == 200 {
			sent++
		}
	}
	if sent != 3 || w.count() != 3 {
		t.Fatalf("%d sent of %d, 3 allowed: %v", w.count(), sent, statuses)
	}
	accept(1)
	first := server.Do("POST", path, message("m1")).Want(200).Text("message_id")
	if again := server.Do("POST", path, message("m1")).Want(200).Text("message_id"); again != first {
		t.Errorf("a retry is another message: %s, %s", first, again)
	}
	accept(1)
	w.set(func(n *registryAndChat) { n.down = true })
	server.Do("POST", path, message("m2")).Refused(500, "internal")
	w.set(func(n *registryAndChat) { n.down = false })
	server.Do("POST", path, message("m2")).Want(200)
	server.Do("POST", path, message("m3")).Refused(403, "not-subscribed")
	// A retry that fails gives nothing back: the acceptance was used by the first attempt, which
	// arrived.
	w.set(func(n *registryAndChat) { n.down = true })
	server.Do("POST", path, message("m1")).Refused(500, "internal")
	w.set(func(n *registryAndChat) { n.down = false })
	server.Do("POST", path, message("m3")).Refused(403, "not-subscribed")
	bad := message("m4")
	bad["data"] = body{"dish": "Noodles"}
	server.Do("POST", path, bad).Refused(422, "bad-template-data")
	w.server(w.rivalApp, w.rivalSecret).Do("POST", path, message("m5")).Refused(404, "no-such-open-id")
}

// Ensure that an account may write only within TextWindow after a person's last message or action.
func TestTextWindow(t *testing.T) {
	t.Parallel()
	w := newReleasedWorld(t)
	open, err := w.accounts.OpenID(t.Context(), w.app, w.mei.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	send := func(clock time.Duration) *apitest.Answer {
		w.Clock.Forward(clock)
		return w.server(w.app, w.secret).Do("POST", "/bridge/v1/messages.send_text",
			body{"open_id": open.OpenID, "text": "Hello"})
	}
	send(0).Refused(403, "window-closed")
	if err := w.accounts.NoteOpened(t.Context(), w.mei.User.ID, w.app); err != nil {
		t.Fatal(err)
	}
	send(accounts.TextWindow - time.Minute).Want(200)
	send(2*time.Minute).Refused(403, "window-closed")
	w.set(func(n *registryAndChat) { n.lastContact = w.Clock.Now() })
	send(time.Hour).Want(200)
}

// Ensure that an account's server can list its followers page by page, and sees only open IDs.
func TestFollowersList(t *testing.T) {
	t.Parallel()
	w := newReleasedWorld(t)
	people := []*apitest.Client{w.mei, w.rival, w.Person("lin")}
	for _, person := range people {
		person.Do("PUT", "/api/v1/official-accounts/"+w.account+"/follow", nil).Want(200)
	}
	server := w.server(w.app, w.secret)
	seen := map[string]bool{}
	input := body{"limit": 2}
	for range 2 {
		page := server.Do("POST", "/bridge/v1/followers.list", input).Want(200)
		for _, item := range page.Get("items").([]any) {
			seen[item.(map[string]any)["open_id"].(string)] = true
		}
		input["cursor"] = page.Text("next_cursor")
	}
	if len(seen) != 3 || input["cursor"] != "" {
		t.Errorf("got %v, cursor %v", seen, input["cursor"])
	}
	server.Do("POST", "/bridge/v1/followers.list", body{"cursor": "eB94"}).Refused(422, "bad-cursor")
	none := w.server(w.rivalApp, w.rivalSecret).Do("POST", "/bridge/v1/followers.list",
		body{}).Want(200)
	if len(none.Get("items").([]any)) != 0 {
		t.Errorf("got %s", none.Body)
	}
}

// Ensure that every capability refuses callers without the right, at the table and over HTTP.
func TestEveryCapabilityRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bridgetest.Refusals(t, w.table)
	bridgetest.HTTPRefusals(t, bridgetest.Host{
		Table: w.table, URL: w.URL, AppID: w.app,
		Person: w.mei.Token,
		Server: func(scopes []string) string {
			token, err := w.Auth.IssueServerToken(auth.ServerGrant{AppID: w.app, Scopes: scopes,
				SecretGen: 1})
			if err != nil {
				t.Fatal(err)
			}
			return token
		},
		Expire: func() { w.Clock.Forward(auth.ServerLifetime + time.Second) },
	})
}

// Ensure that permission screens get every capability in both languages, with schemas.
func TestCapabilitiesAreDescribed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer := w.Nobody().Do("GET", "/api/v1/capabilities", nil).Want(200)
	items := answer.Get("items").([]any)
	if len(items) != len(w.table.All()) {
		t.Fatalf("got %d", len(items))
	}
	for _, item := range items {
		row := item.(map[string]any)
		if row["summary"] == "" || row["summary_zh"] == "" || row["input"].(map[string]any)["type"] != "object" ||
			row["output"].(map[string]any)["type"] != "object" {
			t.Errorf("got %v", row)
		}
	}
	document := w.Nobody().Do("GET", "/openapi.json", nil).Want(200)
	operation := document.Get("paths", "/bridge/v1/messages.send_text", "post")
	text, _ := json.Marshal(operation)
	if !strings.Contains(string(text), `"server":["message"]`) || !strings.Contains(string(text),
		"requestBody") {
		t.Errorf("got %s", text)
	}
}

func basicAuth(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}
