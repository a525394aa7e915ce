package authhttp_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/waittest"
)

var because = body{"reason": "sends phishing texts"}

// Ensure that a suspended person is logged out at once, on all devices and with all tokens, and can
// log in again only after being reopened; and that the reason is in the audit log.
func TestSuspendingAndReopening(t *testing.T) {
	t.Parallel()
	said := &announced{}
	h := apitest.New(t, func(o *auth.Options) { o.Endings = said }, nil)
	admin, mei := h.Person("root-1", auth.RoleAdmin), h.Person("mei")
	cli := h.Nobody()
	cli.Token = mei.Do("POST", "/api/v1/me/api-tokens", body{"name": "laptop"}).Want(201).Text("token")
	path := "/api/v1/admin/people/" + mei.User.ID.String()

	admin.Do("POST", path+"/suspend", body{"reason": " "}).Refused(422, "bad-reason")
	person := admin.Do("POST", path+"/suspend", because).Want(200)
	if person.Text("state") != "suspended" || person.Text("reason") != because["reason"] || person.Get("sessions") != 0.0 {
		t.Errorf("got %s", person.Body)
	}
	mei.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended")
	mei.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")
	cli.Do("GET", "/api/v1/me", nil).Refused(401, "bad-token")
	logIn := body{"handle": "mei", "password": password, "reopen": true}
	h.Nobody().Do("POST", "/api/v1/auth/login", logIn).Refused(403, "account-suspended")
	admin.Do("POST", path+"/suspend", because).Refused(409, "account-state")
	if ends := said.all(); len(ends) != 1 || ends[0] != [2]uuid.UUID{mei.User.ID, uuid.Nil} {
		t.Errorf("announced %v", ends)
	}

	if got := admin.Do("POST", path+"/reopen", body{"reason": "a mistake"}).Want(200).Text("state"); got != "open" {
		t.Errorf("got %q", got)
	}
	mei.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended") // a session that ended stays ended
	h.Nobody().Do("POST", "/api/v1/auth/login", logIn).Want(200)

	lin := h.Person("lin") // who closes the account before it is suspended does not reopen it
	lin.Do("POST", "/api/v1/me/close", body{"password": password}).Want(204)
	admin.Do("POST", "/api/v1/admin/people/"+lin.User.ID.String()+"/suspend", because).Want(200)
	h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "lin", "password": password, "reopen": true}).
		Refused(403, "account-suspended")
	var actions string
	if err := h.Pool.QueryRow(t.Context(), `
		SELECT string_agg(action || ': ' || (detail ->> 'reason'), '; ' ORDER BY id) FROM audit_log
		WHERE target = 'user:' || $1::text AND actor = 'user:' || $2::text`, mei.User.ID, admin.User.ID).Scan(&actions); err != nil ||
		actions != "user.suspend: sends phishing texts; user.reopen: a mistake" {
		t.Errorf("the audit log says %q, %v", actions, err)
	}
}

// Ensure that roles can be given and taken, that sessions end when one is taken and not when one is
// given, and that nothing removes the last administrator.
func TestRoles(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	admin, mei := h.Person("root-1", auth.RoleAdmin), h.Person("mei")
	path := "/api/v1/admin/people/" + mei.User.ID.String()
	own := "/api/v1/admin/people/" + admin.User.ID.String()
	roles := func(names ...string) body {
		return body{"roles": append([]string{}, names...), "reason": "joins the team"}
	}

	admin.Do("PUT", own+"/roles", roles("user")).Refused(409, "last-admin")
	admin.Do("POST", own+"/suspend", because).Refused(409, "own-account")
	admin.Do("POST", "/api/v1/me/close", body{"password": password}).Refused(409, "last-admin")
	admin.Do("PUT", path+"/roles", roles("emperor")).Refused(422, "invalid-input")

	admin.Do("PUT", path+"/roles", roles("admin", "developer")).Want(200)
	mei.Login(mei.Do("POST", "/api/v1/auth/refresh", nil).Want(200))
	if got := mei.User.Roles; len(got) != 3 {
		t.Fatalf("got %v", got)
	}
	mei.Do("GET", "/api/v1/admin/people", nil).Want(200)
	mei.Do("PUT", own+"/roles", roles()).Want(200)
	admin.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended")
	mei.Do("PUT", path+"/roles", roles("developer")).Refused(409, "last-admin")
	mei.Do("POST", path+"/reopen", because).Refused(409, "account-state")
	mei.Do("PUT", "/api/v1/admin/people/"+uuid.NewString()+"/roles", roles()).Refused(404, "no-such-user")
}

// Ensure that of two administrators who take each other's role at the same moment only one
// succeeds.
func TestOneAdministratorIsAlwaysLeft(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	one, two := h.Person("root-1", auth.RoleAdmin), h.Person("root-2", auth.RoleAdmin)
	// Both wait for the rows of the administrators, and then decide at the same moment.
	rows, err := h.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := rows.Exec(t.Context(), `SELECT FROM app_user FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	for _, pair := range [][2]*apitest.Client{{one, two}, {two, one}} {
		both.Go(func() {
			pair[0].Do("PUT", "/api/v1/admin/people/"+pair[1].User.ID.String()+"/roles", body{"roles": []string{}, "reason": "x"})
		})
	}
	waittest.Eventually(t, "both wait", func() bool {
		var waiting int
		err := h.Pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		return err == nil && waiting == 2
	})
	if err := rows.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	both.Wait()
	var admins int
	if err := h.Pool.QueryRow(t.Context(), `SELECT count(*) FROM app_user WHERE 'admin' = ANY (roles)`).Scan(&admins); err != nil || admins != 1 {
		t.Errorf("%d administrators are left, %v", admins, err)
	}
}

// Ensure that people are found by handle, name, state and role, page by page, and by administrators
// alone.
func TestPeopleAreListed(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	admin := h.Person("root-1", auth.RoleAdmin)
	mei := h.Person("mei", auth.RoleDeveloper)
	h.Person("meifang")
	mei.Do("PATCH", "/api/v1/me", body{"display_name": "梅小姐"}).Want(200)
	handles := func(query string) string {
		t.Helper()
		var page struct {
			Items []struct{ Handle string }
		}
		admin.Do("GET", "/api/v1/admin/people"+query, nil).Want(200).Into(&page)
		var found []string
		for _, person := range page.Items {
			found = append(found, person.Handle)
		}
		return strings.Join(found, " ")
	}
	for query, want := range map[string]string{"": "mei meifang root-1", "?query=MEI": "mei meifang", "?query=%E6%A2%85": "mei",
		"?role=admin": "root-1", "?role=developer": "mei", "?state=suspended": "", "?query=%25": ""} {
		if got := handles(query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	first := admin.Do("GET", "/api/v1/admin/people?limit=2", nil).Want(200)
	if got := handles("?limit=2&cursor=" + first.Text("next_cursor")); got != "root-1" {
		t.Errorf("the second page is %q", got)
	}
	path := "/api/v1/admin/people/" + mei.User.ID.String()
	for _, who := range []struct {
		client *apitest.Client
		status int
		slug   string
	}{{mei, 403, "admin-role-required"}, {h.Nobody(), 401, "login-required"}} {
		who.client.Do("GET", "/api/v1/admin/people", nil).Refused(who.status, who.slug)
		who.client.Do("GET", path, nil).Refused(who.status, who.slug)
		for _, action := range []string{"/suspend", "/reopen", "/second-factor/reset"} {
			who.client.Do("POST", path+action, because).Refused(who.status, who.slug)
		}
		who.client.Do("PUT", path+"/roles", body{"roles": []string{}, "reason": "x"}).Refused(who.status, who.slug)
	}
}

// Ensure that an administrator can help somebody who has lost phone and recovery codes.
func TestALostSecondFactorIsReset(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	h.Clock.Stop()
	admin, mei := h.Person("root-1", auth.RoleAdmin), h.Person("mei")
	setUp(h, mei)
	logIn := body{"handle": "mei", "password": password}
	h.Nobody().Do("POST", "/api/v1/auth/login", logIn).Refused(403, "second-factor-needed")
	path := "/api/v1/admin/people/" + mei.User.ID.String()
	if admin.Do("GET", path, nil).Want(200).Get("second_factor") != true {
		t.Error("the administrator does not see it")
	}
	admin.Do("POST", path+"/second-factor/reset", because).Want(200)
	mei.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended")
	h.Nobody().Do("POST", "/api/v1/auth/login", logIn).Want(200)
	admin.Do("POST", "/api/v1/admin/people/"+admin.User.ID.String()+"/second-factor/reset", because).Refused(409, "own-account")
}
