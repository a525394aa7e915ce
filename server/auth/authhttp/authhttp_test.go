package authhttp_test

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/auth"
)

type body = map[string]any

// Ensure that a person can sign up, is logged in then, and can log in again.
func TestSignUpAndLogIn(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c := h.Nobody()
	answer := c.Do("POST", "/api/v1/auth/signup", body{"handle": "@Mei", "password": "a long walk",
		"display_name": "Méi 梅"}).Want(201)
	c.Login(answer)
	if c.User.Handle != "mei" || c.User.DisplayName != "Méi 梅" || c.User.HasPIN || len(c.User.Roles) != 1 {
		t.Errorf("got %+v", c.User)
	}
	cookie := answer.RefreshCookie()
	if cookie == nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/api/v1/auth" || cookie.Secure {
		t.Errorf("got cookie %+v", cookie)
	}
	if got := c.Do("GET", "/api/v1/me", nil).Want(200).Text("handle"); got != "mei" {
		t.Errorf("got %q", got)
	}
	h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "MEI",
		"password": "a long walk"}).Want(200)
	h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "mei",
		"password": "a long wall"}).Refused(401, "bad-credentials")
	h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "nobody",
		"password": "a long walk"}).Refused(401, "bad-credentials")
	h.Nobody().Do("POST", "/api/v1/auth/signup", body{"handle": "mei",
		"password": "a long walk"}).Refused(409, "handle-taken")
}

// Ensure the rules of handles, names and passwords hold.
func TestSignUpRules(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	for _, bad := range []struct {
		handle, password, name, slug string
		status                       int
	}{
		{"ab", "a long walk", "", "bad-handle", 422},
		{"1abc", "a long walk", "", "bad-handle", 422},
		{"mei mei", "a long walk", "", "bad-handle", 422},
		{"梅梅梅", "a long walk", "", "bad-handle", 422},
		{strings.Repeat("a", 31), "a long walk", "", "bad-handle", 422},
		{"admin", "a long walk", "", "handle-taken", 409},
		{"teahouse", "a long walk", "", "handle-taken", 409},
		{"teahouse_pay", "a long walk", "", "handle-taken", 409},
		{"teahouse-pay", "a long walk", "", "handle-taken", 409},
		{"my_teahouse_help", "a long walk", "", "handle-taken", 409},
		{"te4house", "a long walk", "", "handle-taken", 409},
		{"tea_h0use", "a long walk", "", "handle-taken", 409},
		{"mei", "short", "", "bad-password", 422},
		{"mei", "password1", "", "bad-password", 422},
		{"mei", "PASSWORD1", "", "bad-password", 422},
		{"mei", "zzzzzzzzzzz", "", "bad-password", 422},
		{"meimeimei", "meimeimei", "", "bad-password", 422},
		{"mei", strings.Repeat("ab", 65), "", "bad-password", 422},
		{"mei", "a long walk", "   ", "bad-name", 422},
		{"mei", "a long walk", "\u2800", "bad-name", 422},
		{"mei", "a long walk", "\u3164\uffa0", "bad-name", 422},
		{"mei", "a long walk", "\u115f\u1160\u034f", "bad-name", 422},
		{"mei", "a long walk", "a\u202eb", "bad-name", 422},
		{"mei", "a long walk", strings.Repeat("n", 41), "bad-name", 422},
		{"mei", "a long walk", "Теаhоuѕе Support", "reserved-name", 422},
		{"mei", "a long walk", "官方客服", "reserved-name", 422},
	} {
		input := body{"handle": bad.handle, "password": bad.password, "display_name": bad.name}
		h.Nobody().Do("POST", "/api/v1/auth/signup", input).Refused(bad.status, bad.slug)
	}
	h.Nobody().Do("POST", "/api/v1/auth/signup", body{"handle": "mei",
		"password": "八个字的密码好记"}).Want(201)
	h.Person("lin").Do("PATCH", "/api/v1/me", body{"display_name": "Teahouse Wallet"}).Refused(422, "reserved-name")
}

// Ensure refresh tokens rotate, and that a token replayed after its successor was used ends the
// whole family.
func TestRefreshReplayEndsTheSession(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c := h.Person("mei")
	stolen := c.Cookie
	c.Login(c.Do("POST", "/api/v1/auth/refresh", nil).Want(200))
	if c.Cookie == stolen {
		t.Fatal("the refresh token did not rotate")
	}
	c.Login(c.Do("POST", "/api/v1/auth/refresh", nil).Want(200))

	thief := h.Nobody()
	thief.Cookie = stolen
	thief.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-replayed")
	c.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")
	thief.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")

	var replays int
	err := h.Pool.QueryRow(t.Context(),
		`SELECT count(*) FROM audit_log WHERE action = 'auth.session.replayed'`).Scan(&replays)
	if err != nil || replays != 1 {
		t.Errorf("got %d audit entries, %v", replays, err)
	}
}

// Ensure that a refresh and the end of its session come one after the other: the refresh under way
// locks the session, the replay waits for it, and afterwards the token that the refresh made does
// not work.
func TestAReplayEndsARefreshUnderWay(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c := h.Person("mei")
	thief := h.Nobody()
	thief.Cookie = c.Cookie
	c.Login(c.Do("POST", "/api/v1/auth/refresh", nil).Want(200))
	c.Login(c.Do("POST", "/api/v1/auth/refresh", nil).Want(200))
	tab, err := h.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tab.Rollback(context.Background()) }()
	successor := h.Nobody()
	successor.Cookie = "successor"
	hash := sha256.Sum256([]byte(successor.Cookie))
	if _, err := tab.Exec(t.Context(), `SELECT FROM login_session FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	if _, err := tab.Exec(t.Context(), `
		INSERT INTO refresh_token (id, family_id, user_id, token_hash, created_at, expires_at)
		SELECT gen_random_uuid(), family_id, user_id, $1, created_at, expires_at FROM refresh_token
		WHERE rotated_at IS NULL`, hash[:]); err != nil {
		t.Fatal(err)
	}
	var end sync.WaitGroup
	end.Go(func() { thief.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-replayed") })
	for waiting := false; !waiting && t.Context().Err() == nil; {
		if err := h.Pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := tab.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	end.Wait()
	successor.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")
}

// Ensure that, within RefreshGrace, a replayed token yields the same successor if that is unused,
// so that two tabs do not log each other out, and that a later replay ends the session.
func TestRefreshGrace(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c := h.Person("mei")
	const tabs = 8
	var wait sync.WaitGroup
	cookies := make([]string, tabs)
	for i := range tabs {
		wait.Go(func() {
			tab := h.Nobody()
			tab.Cookie = c.Cookie
			answer := tab.Do("POST", "/api/v1/auth/refresh", nil)
			if answer.Status == 200 {
				cookies[i] = answer.RefreshCookie().Value
			}
		})
	}
	wait.Wait()
	for _, cookie := range cookies {
		if cookie == "" || cookie != cookies[0] || cookie == c.Cookie {
			t.Fatalf("tabs got different sessions: %q", cookies)
		}
	}
	late := h.Nobody()
	late.Cookie = c.Cookie
	h.Clock.Forward(auth.RefreshGrace + time.Second)
	late.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-replayed")
	late.Cookie = cookies[0]
	late.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")
}

// Ensure logging out ends the session and deletes the cookie, that an unused session expires, and that
// an invented token is refused.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c := h.Person("mei")
	answer := c.Do("POST", "/api/v1/auth/logout", nil).Want(204)
	if cookie := answer.RefreshCookie(); cookie == nil || cookie.MaxAge >= 0 {
		t.Errorf("the cookie was not deleted: %+v", cookie)
	}
	c.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")
	h.Nobody().Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")
	forger := h.Nobody()
	forger.Cookie = strings.Repeat("A", 43)
	forger.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")

	idle := h.Person("idle")
	h.Clock.Forward(auth.RefreshLifetime + time.Minute)
	idle.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")
}

// Ensure that pages of other origins can neither refresh nor log out, even if the cookie came along.
func TestCookiesAreForTheHostsOwnPages(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c := h.Person("mei")
	for _, path := range []string{"/api/v1/auth/refresh", "/api/v1/auth/logout"} {
		for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1:1"} {
			c.Do("POST", path, nil, "Origin", origin).Refused(403, "cross-origin")
		}
	}
	// A page that logs its visitor in as somebody else would see what the visitor does then.
	logIn := body{"handle": "mei", "password": password}
	for _, path := range []string{"/api/v1/auth/login", "/api/v1/auth/signup"} {
		h.Nobody().Do("POST", path, logIn, "Origin", "https://evil.example").Refused(403, "cross-origin")
	}
	h.Nobody().Do("POST", "/api/v1/auth/login", logIn, "Origin", h.URL).Want(200)
	c.Login(c.Do("POST", "/api/v1/auth/refresh", nil, "Origin", h.URL).Want(200))
	c.Login(c.Do("POST", "/api/v1/auth/refresh", nil, "Origin", "http://localhost:5173").Want(200))
}

// Ensure access tokens expire, and that each is accepted only by the interface that it is for.
func TestVerify(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c := h.Person("mei")
	server, err := h.Auth.IssueServerToken(auth.ServerGrant{AppID: "ta0123456789abcdef",
		Scopes: []string{"login", "payment"}, SecretGen: 3})
	if err != nil {
		t.Fatal(err)
	}
	id, err := h.Auth.Verify(t.Context(), server, auth.AudienceBridge)
	if err != nil || id.AppID != "ta0123456789abcdef" || len(id.Scopes) != 2 || id.SecretGen != 3 {
		t.Fatalf("got %+v, %v", id, err)
	}
	if _, err := h.Auth.Verify(t.Context(), server, auth.AudienceAPI); err == nil {
		t.Error("a bridge token opened the API")
	}
	if _, err := h.Auth.Verify(t.Context(), c.Token, auth.AudienceBridge); err == nil {
		t.Error("a person's token opened the bridge")
	}
	for range 2 { // the second time from the cache
		if id, err = h.Auth.Verify(t.Context(), c.Token,
			auth.AudienceAPI); err != nil || id.UserID != c.User.ID || id.Handle != "mei" {
			t.Fatalf("got %+v, %v", id, err)
		}
	}
	parts := strings.Split(c.Token, ".")
	for _, forged := range []string{
		"", ".", "..", parts[0] + "." + parts[1] + ".", parts[0] + "." + parts[1] + "." + parts[2][:80] + "AAAA",
		"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + parts[1] + ".",
		strings.Repeat("a", auth.MaxTokenBytes+1),
	} {
		if _, err := h.Auth.Verify(t.Context(), forged, auth.AudienceAPI); err == nil {
			t.Errorf("accepted %q", forged)
		}
	}
	h.Clock.Forward(auth.AccessLifetime + time.Second)
	c.Do("GET", "/api/v1/me", nil).Refused(401, "token-expired")
}

// Ensure that people can read and change only their own data, and that updates are checked.
func TestMe(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c, other := h.Person("mei"), h.Person("lin")
	got := c.Do("PATCH", "/api/v1/me", body{"display_name": "梅", "locale": "zh-CN",
		"avatar_url": "/media/0123456789abcdef0123456789abcdef"}).Want(200)
	if got.Text("display_name") != "梅" || got.Text("locale") != "zh-CN" || got.Text("avatar_url") != "/media/0123456789abcdef0123456789abcdef" {
		t.Errorf("got %s", got.Body)
	}
	c.Do("PATCH", "/api/v1/me", body{"avatar_url": "https://tracker.example/x.png"}).Refused(422,
		"bad-picture")
	c.Do("PATCH", "/api/v1/me", body{"avatar_url": "/api/v1/me"}).Refused(422,
		"bad-picture")
	c.Do("PATCH", "/api/v1/me", body{"roles": []string{"admin"}}).Refused(422, "invalid-input")
	c.Do("PATCH", "/api/v1/me", body{"locale": "xx"}).Refused(422, "invalid-input")
	h.Nobody().Do("GET", "/api/v1/me", nil).Refused(401, "login-required")

	seen := other.Do("GET", "/api/v1/users/"+c.User.ID.String(), nil).Want(200)
	if seen.Text("display_name") != "梅" || seen.Get("roles") != nil || seen.Get("locale") != nil {
		t.Errorf("others see %s", seen.Body)
	}
	other.Do("GET", "/api/v1/users/00000000-0000-0000-0000-000000000000", nil).Refused(404,
		"no-such-user")
	other.Do("GET", "/api/v1/users/zzz", nil).Refused(422, "invalid-input")
	found := other.Do("GET", "/api/v1/users?query=me", nil).Want(200)
	if items, _ := found.Get("items").([]any); len(items) != 1 {
		t.Errorf("got %s", found.Body)
	}
	none := other.Do("GET", "/api/v1/users?query=%25", nil).Want(200)
	if items, _ := none.Get("items").([]any); items == nil || len(items) != 0 {
		t.Errorf("a wildcard matched: %s", none.Body)
	}
}

// Ensure a developer's role is in the new token at once, and that the change is in the audit log.
func TestBecomeDeveloper(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c := h.Person("mei")
	c.Login(c.Do("POST", "/api/v1/me/roles/developer", nil).Want(200))
	id, err := h.Auth.Verify(t.Context(), c.Token, auth.AudienceAPI)
	if err != nil || !id.Has(auth.RoleDeveloper) || id.Has(auth.RoleAdmin) {
		t.Errorf("got %+v, %v", id, err)
	}
	c.Do("POST", "/api/v1/me/roles/developer", nil).Want(200)
	var actor, requestID string
	err = h.Pool.QueryRow(t.Context(),
		`SELECT actor, request_id FROM audit_log WHERE action = 'user.roles.add'`).Scan(&actor, &requestID)
	if err != nil || actor != "user:"+c.User.ID.String() || requestID == "" {
		t.Errorf("got %q %q %v", actor, requestID, err)
	}
}

// Ensure that a personal access token identifies its owner and allows nothing more here, that only
// its owner can list and revoke it, and that the number of tokens is limited.
func TestAPITokens(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c, other := h.Person("mei", auth.RoleDeveloper), h.Person("lin")
	made := c.Do("POST", "/api/v1/me/api-tokens", body{"name": "laptop"}).Want(201)
	cli := h.Nobody()
	cli.Token = made.Text("token")
	if !strings.HasPrefix(cli.Token, "tea_pat_") {
		t.Fatalf("got %s", made.Body)
	}
	if got := cli.Do("GET", "/api/v1/me", nil).Want(200).Text("handle"); got != "mei" {
		t.Errorf("got %q", got)
	}
	cli.Do("PATCH", "/api/v1/me", body{"display_name": "x"}).Refused(403, "wrong-token")
	cli.Do("POST", "/api/v1/me/api-tokens", body{"name": "more"}).Refused(403, "wrong-token")
	listed := c.Do("GET", "/api/v1/me/api-tokens", nil).Want(200)
	if strings.Contains(string(listed.Body), cli.Token) || !strings.Contains(string(listed.Body),
		"laptop") {
		t.Errorf("got %s", listed.Body)
	}
	other.Do("DELETE", "/api/v1/me/api-tokens/"+made.Text("id"), nil).Refused(404, "no-such-token")
	c.Do("DELETE", "/api/v1/me/api-tokens/"+made.Text("id"), nil).Want(204)
	cli.Do("GET", "/api/v1/me", nil).Refused(401, "bad-token")
	for range auth.MaxAPITokens {
		c.Do("POST", "/api/v1/me/api-tokens", body{"name": "many"}).Want(201)
	}
	c.Do("POST", "/api/v1/me/api-tokens", body{"name": "one too many"}).Refused(409, "too-many-tokens")
}

// Ensure that EnsureUser makes people once, adds roles, and leaves passwords alone.
func TestEnsureUser(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	first, err := h.Auth.EnsureUser(t.Context(), auth.NewUser{Handle: "admin",
		Password: "first words"}, auth.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Auth.EnsureUser(t.Context(), auth.NewUser{Handle: "admin",
		Password: "second words"}, auth.RoleDeveloper)
	if err != nil || again.ID != first.ID || len(again.Roles) != 3 {
		t.Fatalf("got %+v, %v", again, err)
	}
	if err := h.Auth.VerifyPassword(t.Context(), first.ID, "first words"); err != nil {
		t.Error(err)
	}
	if err := h.Auth.VerifyPassword(t.Context(), first.ID, "second words"); err == nil {
		t.Error("the password was replaced")
	}
}

// Ensure that the key set is public and holds no private part.
func TestKeySet(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	answer := h.Nobody().Do("GET", "/.well-known/jwks.json", nil).Want(200)
	keys, _ := answer.Get("keys").([]any)
	if len(keys) != 1 {
		t.Fatalf("got %s", answer.Body)
	}
	key := keys[0].(map[string]any)
	if key["kty"] != "OKP" || key["crv"] != "Ed25519" || key["alg"] != "EdDSA" || key["d"] != nil || len(key["x"].(string)) != 43 {
		t.Errorf("got %v", key)
	}
}
