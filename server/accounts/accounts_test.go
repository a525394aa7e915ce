package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

type body = map[string]any

// registryAndChat replaces the registry and the chat, which have their own tests. It says which apps
// are released, and records what is sent.
type registryAndChat struct {
	mu          sync.Mutex
	released    map[string]accounts.Release
	scopes      map[string][]string
	sent        map[string]any // by account, person and client ID: a second one with the same key is the same message
	lastContact time.Time
	down        bool     // the chat fails
	changed     []string // apps of which what runs must be checked
}

func (n *registryAndChat) Released(_ context.Context, ids []string) (map[string]accounts.Release,
	error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	found := map[string]accounts.Release{}
	for _, id := range ids {
		if release, ok := n.released[id]; ok {
			found[id] = release
		}
	}
	return found, nil
}

// Grants says that the newest version, and the released one if there is one, ask for the app's scopes.
func (n *registryAndChat) Grants(_ context.Context, id string) (released, newest bridge.Grant, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	newest = bridge.Grant{Version: "1.1.0", Scopes: n.scopes[id]}
	if release, ok := n.released[id]; ok {
		released = bridge.Grant{Version: release.Version, Scopes: n.scopes[id]}
	}
	return released, newest, nil
}

func (n *registryAndChat) AccountConversation(_ context.Context, account, user uuid.UUID) (uuid.UUID,
	error) {
	return uuid.NewSHA1(account, user[:]), nil
}

func (n *registryAndChat) SendFromAccount(_ context.Context, account, user uuid.UUID, clientID,
	kind string, content any) (uuid.UUID, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down {
		return uuid.Nil, errors.New("the chat is down")
	}
	if len(clientID) > 64 {
		return uuid.Nil, fmt.Errorf("client ID %q is longer than the chat takes", clientID)
	}
	key := account.String() + user.String() + clientID
	n.sent[key] = body{"kind": kind, "content": content}
	return uuid.NewSHA1(account, []byte(key)), nil
}

func (n *registryAndChat) LastFromUser(context.Context, uuid.UUID, uuid.UUID) (time.Time, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lastContact, nil
}

func (n *registryAndChat) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.sent)
}

func (n *registryAndChat) set(change func(*registryAndChat)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change(n)
}

// world is a test host with an account, its app and people.
type world struct {
	*apitest.Host
	*registryAndChat
	accounts        *accounts.Service
	table           *bridge.Table
	boss            *apitest.Client // a reviewer
	mei, dev, rival *apitest.Client // a user, a developer with an account and an app, another developer
	account, app    string
	secret          string
	rivalApp        string
	rivalSecret     string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{registryAndChat: &registryAndChat{
		released: map[string]accounts.Release{}, scopes: map[string][]string{}, sent: map[string]any{},
	}}
	w.Host = apitest.New(t, nil, func(h *apitest.Host) {
		var err error
		w.accounts, err = accounts.New(accounts.Options{
			Pool: h.Pool, Secret: h.Secret, Releases: w.registryAndChat, Messenger: w.registryAndChat, Now: h.Clock.Now,
			AppChanged: func(_ context.Context, id string) {
				w.set(func(n *registryAndChat) { n.changed = append(n.changed, id) })
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.table = bridge.NewTable(bridge.NewGuard(w.accounts, nil))
		w.table.Add(w.accounts.Capabilities()...)
		w.accounts.Routes(h.Server.API, h.Server.App)
		bridge.NewHTTP(w.table, w.accounts, h.Auth, nil).Routes(h.Server.API, h.Server.App)
	})
	w.mei, w.dev, w.rival = w.Person("mei"), w.Person("dev", auth.RoleDeveloper), w.Person("rival",
		auth.RoleDeveloper)
	w.boss = w.Person("boss", auth.RoleAdmin)
	w.account, w.app, w.secret = w.createAccount(w.dev, "cafe")
	var bistro string
	bistro, w.rivalApp, w.rivalSecret = w.createAccount(w.rival, "bistro")
	w.review(w.dev, w.account)
	w.review(w.rival, bistro)
	return w
}

// newReleasedWorld is a world whose apps are released.
func newReleasedWorld(t *testing.T) *world {
	w := newWorld(t)
	w.release(w.app)
	w.release(w.rivalApp)
	return w
}

// review lets a reviewer approve the account.
func (w *world) review(owner *apitest.Client, account string) {
	w.Helper()
	owner.Do("POST", "/api/v1/dev/accounts/"+account+"/review", nil).Want(204)
	w.boss.Do("POST", "/api/v1/admin/profile-changes/"+w.proposal()+"/approve", body{}).Want(204)
}

// proposal is the ID of the only proposal that waits for a reviewer.
func (w *world) proposal() string {
	w.Helper()
	open := w.boss.Do("GET", "/api/v1/admin/profile-changes", nil).Want(200)
	items := open.Get("items").([]any)
	if len(items) != 1 {
		w.Fatalf("proposals: %s", open.Body)
	}
	return items[0].(map[string]any)["id"].(string)
}

// join invites the person and lets them accept.
func (w *world) join(by *apitest.Client, path string, who *apitest.Client, role string) {
	w.Helper()
	input := body{"handle": who.User.Handle}
	if role != "" {
		input["role"] = role
	}
	id := by.Do("POST", path+"/invitations", input).Want(201).Text("id")
	who.Do("POST", "/api/v1/me/invitations/"+id+"/accept", nil).Want(204)
}

// createAccount makes an account with an app that has every scope.
func (w *world) createAccount(owner *apitest.Client, handle string) (account, app, secret string) {
	w.Helper()
	account = owner.Do("POST", "/api/v1/dev/accounts", body{
		"handle": handle, "name": "The " + handle, "kind": "service", "welcome_text": "Welcome to the " + handle + "!",
	}).Want(201).Text("id")
	made := owner.Do("POST", "/api/v1/dev/accounts/"+account+"/apps",
		body{"name": "Order at the " + handle}).Want(201)
	app, secret = made.Text("app", "id"), made.Text("secret")
	w.set(func(n *registryAndChat) {
		n.scopes[app] = []string{"login", "profile", "subscribe", "message", "follower"}
	})
	return account, app, secret
}

// release makes the app released.
func (w *world) release(app string) {
	w.set(func(n *registryAndChat) { n.released[app] = accounts.Release{ID: uuid.New(), Version: "1.0.0"} })
}

// session is the caller of a session in which the person uses the app.
func (w *world) session(app string, user *apitest.Client) bridge.Caller {
	account, err := w.accounts.AppByID(w.T.Context(), app)
	if err != nil {
		w.T.Fatal(err)
	}
	return bridge.Caller{
		Kind: bridge.AppSession, AppID: app, AccountID: account.Account.ID, UserID: user.User.ID, Version: "1.0.0",
		Scopes: []string{"login", "profile", "subscribe"},
	}
}

// Ensure that a person who follows twice, at the same moment or again after unfollowing, gets one
// welcome message, and that the next attempt sends a welcome message that failed.
func TestFollowersAreWelcomedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/api/v1/official-accounts/" + w.account
	w.set(func(n *registryAndChat) { n.down = true })
	w.mei.Do("PUT", path+"/follow", nil).Refused(500, "internal")
	w.set(func(n *registryAndChat) { n.down = false })
	var at sync.WaitGroup
	for range 4 {
		at.Go(func() { w.mei.Do("PUT", path+"/follow", nil) })
	}
	at.Wait()
	conversation := w.mei.Do("PUT", path+"/follow", nil).Want(200).Text("conversation_id")
	if w.count() != 1 {
		t.Fatalf("%d welcomes", w.count())
	}
	seen := w.mei.Do("GET", path, nil).Want(200)
	if seen.Get("following") != true || seen.Get("follower_count") != 1.0 || seen.Text("conversation_id") != conversation {
		t.Errorf("got %s", seen.Body)
	}
	w.mei.Do("DELETE", path+"/follow", nil).Want(204)
	w.mei.Do("DELETE", path+"/follow", nil).Want(204)
	left := w.mei.Do("GET", path, nil).Want(200)
	if left.Get("following") != false || left.Get("follower_count") != 0.0 {
		t.Errorf("got %s", left.Body)
	}
	w.mei.Do("PUT", path+"/follow", nil).Want(200)
	if w.count() != 1 {
		t.Errorf("%d welcomes after coming back", w.count())
	}
	w.mei.Do("PUT", "/api/v1/official-accounts/"+uuid.NewString()+"/follow", nil).Refused(404,
		"no-such-account")
}

// Ensure that people see only released apps, and only members see an app's developer data.
func TestTheDirectoryShowsWhatIsReleased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mei.Do("GET", "/api/v1/apps/"+w.app, nil).Refused(404, "no-such-app")
	w.dev.Do("GET", "/api/v1/apps/"+w.app, nil).Want(200)
	if items := w.mei.Do("GET", "/api/v1/apps", nil).Want(200).Get("items").([]any); len(items) != 0 {
		t.Errorf("got %v", items)
	}
	w.release(w.app)
	seen := w.mei.Do("GET", "/api/v1/apps/"+w.app, nil).Want(200)
	if seen.Text("released_version", "version") != "1.0.0" || seen.Text("account",
		"name") != "The cafe" || seen.Get("secret_hint") != nil {
		t.Errorf("got %s", seen.Body)
	}
	for query, want := range map[string]int{"": 1, "order": 1, "CAFE": 1, "bistro": 0, "%25": 0} {
		found := w.mei.Do("GET", "/api/v1/apps?query="+query, nil).Want(200)
		if items := found.Get("items").([]any); len(items) != want {
			t.Errorf("%q: got %s", query, found.Body)
		}
	}
	account := w.mei.Do("GET", "/api/v1/official-accounts/"+w.account, nil).Want(200)
	if apps := account.Get("apps").([]any); len(apps) != 1 {
		t.Errorf("got %s", account.Body)
	}
	first := w.mei.Do("GET", "/api/v1/official-accounts?limit=1", nil).Want(200)
	second := w.mei.Do("GET", "/api/v1/official-accounts?limit=1&cursor="+first.Text("next_cursor"),
		nil).Want(200)
	if len(second.Get("items").([]any)) != 1 || second.Get("next_cursor") != nil || string(first.Body) == string(second.Body) {
		t.Errorf("got %s then %s", first.Body, second.Body)
	}
	for _, cursor := range []string{"!", "AAAA", "YR9i"} {
		w.mei.Do("GET", "/api/v1/official-accounts?cursor="+cursor, nil).Refused(422, "bad-cursor")
	}
	if err := w.accounts.NoteOpened(t.Context(), w.mei.User.ID, w.app); err != nil {
		t.Fatal(err)
	}
	if recent := w.mei.Do("GET", "/api/v1/me/apps",
		nil).Want(200).Get("items").([]any); len(recent) != 1 {
		t.Errorf("got %v", recent)
	}
	w.dev.Do("PUT", "/api/v1/admin/apps/"+w.app+"/disabled",
		body{"disabled": true, "reason": "spam"}).Refused(403, "admin-role-required")
	w.boss.Do("PUT", "/api/v1/admin/apps/"+w.app+"/disabled",
		body{"disabled": true, "reason": "spam"}).Want(204)
	w.mei.Do("GET", "/api/v1/apps/"+w.app, nil).Refused(404, "no-such-app")
}

// Ensure that every developer operation answers "not found" to people who do not work on the account,
// and refuses people who are not developers.
func TestDeveloperOperationsRefuseOtherPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, app := "/api/v1/dev/accounts/"+w.account, "/api/v1/dev/apps/"+w.app
	template := body{"title": "Ready", "fields": []body{{"key": "status", "label": "Status"}}}
	for _, try := range []struct {
		method, path string
		input        any
		slug         string
	}{
		{"GET", account, nil, "no-such-account"},
		{"PATCH", account, body{"name": "Mine"}, "no-such-account"},
		{"GET", account + "/members", nil, "no-such-account"},
		{"PUT", account + "/members/" + w.rival.User.ID.String(), body{"role": "owner"},
			"no-such-account"},
		{"DELETE", account + "/members/" + w.dev.User.ID.String(), nil, "no-such-account"},
		{"POST", account + "/apps", body{"name": "Mine"}, "no-such-account"},
		{"GET", app, nil, "no-such-app"},
		{"PATCH", app, body{"name": "Mine"}, "no-such-app"},
		{"POST", app + "/secret", nil, "no-such-app"},
		{"POST", app + "/templates", template, "no-such-app"},
		{"GET", app + "/templates", nil, "no-such-app"},
		{"POST", app + "/test-secret", nil, "no-such-app"},
		{"POST", account + "/review", nil, "no-such-account"},
		{"POST", account + "/invitations", body{"handle": "rival", "role": "owner"}, "no-such-account"},
		{"GET", account + "/invitations", nil, "no-such-account"},
		{"DELETE", account + "/invitations/" + uuid.NewString(), nil, "no-such-account"},
		{"POST", app + "/invitations", body{"handle": "rival"}, "no-such-app"},
		{"GET", app + "/invitations", nil, "no-such-app"},
		{"DELETE", app + "/invitations/" + uuid.NewString(), nil, "no-such-app"},
		{"GET", app + "/testers", nil, "no-such-app"},
		{"DELETE", app + "/testers/" + w.dev.User.ID.String(), nil, "no-such-app"},
	} {
		w.rival.Do(try.method, try.path, try.input).Refused(404, try.slug)
		w.mei.Do(try.method, try.path, try.input).Refused(403, "developer-role-required")
		w.Nobody().Do(try.method, try.path, try.input).Refused(401, "login-required")
	}
	for _, path := range []string{"/api/v1/dev/accounts", "/api/v1/dev/apps"} {
		if mine := w.rival.Do("GET", path, nil).Want(200).Get("items").([]any); len(mine) != 1 {
			t.Errorf("%s: got %v", path, mine)
		}
	}
	w.dev.Do("POST", app+"/templates", template).Want(201)
	w.dev.Do("PATCH", app, body{"name": "New name", "icon_url": "/api/v1/me"}).Refused(422,
		"bad-picture")
	if got := w.dev.Do("PATCH", app,
		body{"name": "New name"}).Want(200).Text("name"); got != "New name" {
		t.Errorf("got %q", got)
	}
}

// Ensure that owners, but not developers, decide who works on an account, and that one owner
// remains.
func TestMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	members := "/api/v1/dev/accounts/" + w.account + "/members/"
	helper := w.Person("helper", auth.RoleDeveloper)
	w.dev.Do("PUT", members+helper.User.ID.String(), body{"role": "developer"}).Refused(404, "no-such-member")
	w.join(w.dev, "/api/v1/dev/accounts/"+w.account, helper, "developer")
	helper.Do("GET", "/api/v1/dev/apps/"+w.app, nil).Want(200)
	helper.Do("PUT", members+w.rival.User.ID.String(), body{"role": "owner"}).Refused(403,
		"owners-only")
	helper.Do("DELETE", members+w.dev.User.ID.String(), nil).Refused(403, "owners-only")
	w.dev.Do("DELETE", members+w.dev.User.ID.String(), nil).Refused(409, "last-owner")
	w.dev.Do("PUT", members+helper.User.ID.String(), body{"role": "owner"}).Want(204)
	w.dev.Do("DELETE", members+w.dev.User.ID.String(), nil).Want(204)
	w.dev.Do("GET", "/api/v1/dev/apps/"+w.app, nil).Refused(404, "no-such-app")
}

// Ensure that a person has one open ID for each app, and one union ID for all apps of an account.
func TestOpenIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.dev.Do("POST", "/api/v1/dev/accounts/"+w.account+"/apps",
		body{"name": "Second"}).Want(201).Text("app", "id")
	id := func(app string) accounts.OpenID {
		got, err := w.accounts.OpenID(t.Context(), app, w.mei.User.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	here, again, sameAccount, rival := id(w.app), id(w.app), id(second), id(w.rivalApp)
	if here != again || here.OpenID == sameAccount.OpenID || here.OpenID == rival.OpenID {
		t.Errorf("open IDs: %v %v %v %v", here, again, sameAccount, rival)
	}
	if here.UnionID != sameAccount.UnionID || here.UnionID == rival.UnionID {
		t.Errorf("union IDs: %v %v %v", here, sameAccount, rival)
	}
	if !strings.HasPrefix(here.OpenID, "o_") || len(here.OpenID) != 28 {
		t.Errorf("got %q", here.OpenID)
	}
	user, err := w.accounts.UserOf(t.Context(), w.app, here.OpenID)
	if err != nil || user != w.mei.User.ID {
		t.Errorf("got %v, %v", user, err)
	}
	if _, err := w.accounts.UserOf(t.Context(), w.rivalApp,
		here.OpenID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("another app used the open ID: %v", err)
	}
}

// Ensure that a call needs the person's consent, works after it was given, and that the person can
// see and revoke it.
func TestConsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caller := w.session(w.app, w.mei)
	_, err := w.table.Call(t.Context(), caller, "user.profile", nil)
	f, _ := fault.As(err)
	if f == nil || f.Slug != "consent-required" {
		t.Fatalf("got %v", err)
	}
	for range 2 {
		if err := w.accounts.Consent(t.Context(), w.mei.User.ID, w.app, "profile"); err != nil {
			t.Fatal(err)
		}
	}
	out, err := w.table.Call(t.Context(), caller, "user.profile", nil)
	if err != nil || !strings.Contains(string(out), `"display_name":"mei"`) {
		t.Fatalf("got %s, %v", out, err)
	}
	if _, err = w.table.Call(t.Context(), w.session(w.rivalApp, w.mei), "user.profile",
		nil); fault.SlugOf(err) != "consent-required" {
		t.Errorf("another app used the consent: %v", err)
	}
	grants := w.mei.Do("GET", "/api/v1/me/grants", nil).Want(200)
	if items := grants.Get("items").([]any); len(items) != 1 {
		t.Errorf("got %s", grants.Body)
	}
	path := "/api/v1/me/grants/" + w.app + "/profile"
	w.rival.Do("DELETE", path, nil).Refused(404, "no-such-grant")
	w.mei.Do("DELETE", path, nil).Want(204)
	if _, err = w.table.Call(t.Context(), caller, "user.profile",
		nil); fault.SlugOf(err) != "consent-required" {
		t.Errorf("a revoked consent still works: %v", err)
	}
}

// Ensure that no account can have a name that looks like the platform's.
func TestAnAccountCannotLookLikeThePlatform(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, handle := range []string{"teahouse", "wallet", "@Support", "teahouse_pay", "teahouse-pay", "teahouse_help", "te4house"} {
		w.dev.Do("POST", "/api/v1/dev/accounts", body{"handle": handle, "name": "Wallet"}).
			Refused(409, "handle-taken")
	}
}
