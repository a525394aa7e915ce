package accounts_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/auth"
)

// Ensure that only its insiders can find, see and follow an account that nobody has reviewed.
func TestAnUnreviewedAccountIsForInsiders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, app, _ := w.createAccount(w.dev, "stall")
	path := "/api/v1/official-accounts/" + account
	w.mei.Do("GET", path, nil).Refused(404, "no-such-account")
	w.mei.Do("PUT", path+"/follow", nil).Refused(404, "no-such-account")
	found := w.mei.Do("GET", "/api/v1/official-accounts?query=stall", nil).Want(200)
	if items := found.Get("items").([]any); len(items) != 0 {
		t.Errorf("a stranger finds %s", found.Body)
	}
	w.dev.Do("PUT", path+"/follow", nil).Want(200)
	w.join(w.dev, "/api/v1/dev/apps/"+app, w.mei, "")
	w.mei.Do("PUT", path+"/follow", nil).Want(200)

	w.review(w.dev, account)
	w.dev.Do("POST", "/api/v1/dev/accounts/"+account+"/review", nil).Refused(409, "already-reviewed")
	w.Person("lin").Do("PUT", path+"/follow", nil).Want(200)
}

// Ensure that a change of a reviewed profile is a proposal: people see the old one until a reviewer
// has approved the new one, and the developer sees the decision.
func TestAReviewedProfileChangesByProposal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := "/api/v1/dev/accounts/"+w.account, "/api/v1/official-accounts/"+w.account
	seen := func() string { w.Helper(); return w.mei.Do("GET", theirs, nil).Want(200).Text("name") }
	rename := func(name string) string {
		w.Helper()
		got := w.dev.Do("PATCH", mine, body{"name": name}).Want(200)
		if got.Text("profile_change", "state") != "pending" || got.Text("profile_change", "name") != name {
			t.Errorf("got %s", got.Body)
		}
		return got.Text("profile_change", "id")
	}
	first := rename("The rival bank")
	second := rename("The better cafe") // replaces the first
	if got := seen(); got != "The cafe" {
		t.Errorf("people see %q before anybody approved", got)
	}
	const changes = "/api/v1/admin/profile-changes/"
	w.dev.Do("GET", "/api/v1/admin/profile-changes", nil).Refused(403, "admin-role-required")
	w.dev.Do("POST", changes+second+"/approve", body{}).Refused(403, "admin-role-required")
	w.dev.Do("POST", changes+second+"/reject", body{"note": "no"}).Refused(403, "admin-role-required")
	w.boss.Do("POST", changes+first+"/approve", body{}).Refused(409, "profile-change-decided")
	w.boss.Do("POST", changes+uuid.NewString()+"/approve", body{}).Refused(404, "no-such-profile-change")
	w.boss.Do("POST", changes+second+"/reject", body{"note": "better than whom?"}).Want(204)
	mineNow := w.dev.Do("GET", mine, nil).Want(200)
	if mineNow.Text("profile_change", "state") != "rejected" || mineNow.Text("profile_change", "note") != "better than whom?" {
		t.Errorf("the developer is not told: %s", mineNow.Body)
	}
	third := rename("The corner cafe")
	w.boss.Do("POST", changes+third+"/approve", body{}).Want(204)
	if got := seen(); got != "The corner cafe" {
		t.Errorf("people see %q after the approval", got)
	}
	w.dev.Do("PATCH", mine, body{"description": "Warm tea"}).Want(200)
	both := w.dev.Do("PATCH", mine, body{"name": "Something else"}).Want(200) // beside what is proposed already
	if got := both.Text("profile_change", "description"); got != "Warm tea" {
		t.Errorf("the proposal lost its description: %s", both.Body)
	}
	w.dev.Do("PATCH", mine, body{"name": "The corner cafe", "description": mineNow.Text("description")}).Want(200) // takes it back
	open := w.boss.Do("GET", "/api/v1/admin/profile-changes", nil).Want(200)
	if items := open.Get("items").([]any); len(items) != 0 {
		t.Errorf("still pending: %s", open.Body)
	}
	welcome := w.dev.Do("PATCH", mine, body{"welcome_text": "Come in"}).Want(200)
	if welcome.Text("welcome_text") != "Come in" {
		t.Errorf("got %s", welcome.Body)
	}
}

// Ensure that the first approval covers only what the reviewer saw: what was changed meanwhile
// waits for another review, for the app and for its account.
func TestTheFirstApprovalCoversOnlyWhatTheReviewerSaw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, app, _ := w.createAccount(w.dev, "stall")
	profiles := accounts.NewProfiles(w.Pool)
	var saw registry.Profiles
	within(t, w, func(tx pgx.Tx) (err error) { saw, err = profiles.Freeze(t.Context(), tx, app); return err })
	if saw.App.Name != "Order at the stall" || saw.Account.Name != "The stall" {
		t.Fatalf("frozen: %+v", saw)
	}
	w.dev.Do("PATCH", "/api/v1/dev/apps/"+app, body{"name": "Pay your fine here"}).Want(200)
	w.dev.Do("PATCH", "/api/v1/dev/accounts/"+account, body{"name": "City Police"}).Want(200)
	within(t, w, func(tx pgx.Tx) error { return profiles.Approved(t.Context(), tx, app, w.dev.User.ID, saw) })
	w.release(app)
	got := w.mei.Do("GET", "/api/v1/apps/"+app, nil).Want(200)
	if got.Text("name") != "Order at the stall" || got.Text("account", "name") != "The stall" {
		t.Errorf("people see what nobody reviewed: %s", got.Body)
	}
	mine := w.dev.Do("GET", "/api/v1/dev/apps/"+app, nil).Want(200)
	if mine.Get("reviewed") != true || mine.Text("profile_change", "name") != "Pay your fine here" ||
		mine.Text("profile_change", "state") != "pending" {
		t.Errorf("the developer sees %s", mine.Body)
	}
	open := w.boss.Do("GET", "/api/v1/admin/profile-changes", nil).Want(200)
	if items := open.Get("items").([]any); len(items) != 2 {
		t.Errorf("the reviewer sees %s", open.Body)
	}
}

func within(t *testing.T, w *world, do func(pgx.Tx) error) {
	t.Helper()
	if err := pgx.BeginFunc(t.Context(), w.Pool, do); err != nil {
		t.Fatal(err)
	}
}

// Ensure that names that look like the platform's or a verified account's are refused wherever a
// name is given: for new accounts, new apps and changes.
func TestConfusableNamesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, app := "/api/v1/dev/accounts/"+w.account, "/api/v1/dev/apps/"+w.app
	rival := "/api/v1/dev/apps/" + w.rivalApp
	verified := "/api/v1/admin/official-accounts/" + w.account + "/verified"
	w.dev.Do("PUT", verified, body{"verified": true}).Refused(403, "admin-role-required")
	unseen, _, _ := w.createAccount(w.dev, "stall")
	w.boss.Do("PUT", "/api/v1/admin/official-accounts/"+unseen+"/verified", body{"verified": true}).Refused(409, "not-reviewed")
	w.boss.Do("PUT", verified, body{"verified": true}).Want(204)
	for _, name := range []string{"Teahouse Pay", "Теаhоuѕе", "支付中心", "官方客服"} {
		w.dev.Do("POST", "/api/v1/dev/accounts", body{"handle": "shop2", "name": name}).Refused(422, "reserved-name")
		w.dev.Do("PATCH", account, body{"name": name}).Refused(422, "reserved-name")
		w.dev.Do("POST", account+"/apps", body{"name": name}).Refused(422, "reserved-name")
		w.dev.Do("PATCH", app, body{"name": name}).Refused(422, "reserved-name")
	}
	for _, blank := range []string{"\u2800", "\u3164", "\u115f", "\u1160", "\uffa0", "\u034f"} {
		w.dev.Do("POST", "/api/v1/dev/accounts", body{"handle": "shop2", "name": blank}).Refused(422, "bad-name")
		w.dev.Do("POST", account+"/apps", body{"name": blank}).Refused(422, "bad-name")
	}
	w.rival.Do("POST", "/api/v1/dev/accounts", body{"handle": "shop2", "name": "The саfе"}).Refused(409, "confusable-name")
	w.rival.Do("PATCH", rival, body{"name": "THE CAFE"}).Refused(409, "confusable-name")
	w.dev.Do("PATCH", app, body{"name": "The cafe"}).Want(200) // its own
}

// Ensure that taking an invitation back, or replacing it, is no way to ring somebody again and again.
func TestAnInvitationThatIsTakenBackCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Person("helper")
	account := "/api/v1/dev/accounts/" + w.account + "/invitations"
	invite := body{"handle": "helper", "role": "developer"}
	for range accounts.MaxInvitationsOfOne {
		id := w.dev.Do("POST", account, invite).Want(201).Text("id")
		w.dev.Do("DELETE", account+"/"+id, nil).Want(204)
	}
	w.dev.Do("POST", account, invite).Refused(409, "invited-often")
	w.dev.Do("POST", "/api/v1/dev/apps/"+w.app+"/invitations", body{"handle": "helper"}).Refused(409, "invited-often")
	w.Clock.Forward(accounts.InvitationPause)
	w.Person("dev", auth.RoleDeveloper).Do("POST", account, invite).Want(201)
}

// Ensure that nobody becomes a member of an account or a tester of an app without agreeing to it.
// wantChecked fails if what runs of the app is not checked now, because who may try it changed.
func (w *world) wantChecked(why string) {
	w.Helper()
	w.set(func(n *registryAndChat) {
		if len(n.changed) != 1 || n.changed[0] != w.app {
			w.Errorf("%s: checked are %v", why, n.changed)
		}
		n.changed = nil
	})
}

func TestMembersAndTestersAreInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account, app := "/api/v1/dev/accounts/"+w.account, "/api/v1/dev/apps/"+w.app
	helper := w.Person("helper", auth.RoleDeveloper)
	w.dev.Do("POST", account+"/invitations", body{"handle": "nobody-here", "role": "owner"}).Refused(404, "no-such-user")
	id := w.dev.Do("POST", account+"/invitations", body{"handle": "@Helper", "role": "developer"}).Want(201).Text("id")
	helper.Do("GET", app, nil).Refused(404, "no-such-app") // an invitation alone gives no rights

	seen := helper.Do("GET", "/api/v1/me/invitations", nil).Want(200)
	if items := seen.Get("items").([]any); len(items) != 1 {
		t.Fatalf("the invited person sees %s", seen.Body)
	}
	for _, answer := range []string{"accept", "decline"} {
		w.mei.Do("POST", "/api/v1/me/invitations/"+id+"/"+answer, nil).Refused(404, "no-such-invitation")
	}
	helper.Do("POST", "/api/v1/me/invitations/"+id+"/decline", nil).Want(204)
	helper.Do("POST", "/api/v1/me/invitations/"+id+"/accept", nil).Refused(404, "no-such-invitation")

	// For a while the whole account, but only that account, cannot invite a person who declined.
	w.dev.Do("POST", account+"/invitations", body{"handle": "helper", "role": "owner"}).Refused(409, "declined-lately")
	w.dev.Do("POST", app+"/invitations", body{"handle": "helper"}).Refused(409, "declined-lately")
	w.rival.Do("POST", "/api/v1/dev/apps/"+w.rivalApp+"/invitations", body{"handle": "helper"}).Want(201)
	w.Clock.Forward(accounts.InvitationPause)
	helper, w.dev = w.Person("helper", auth.RoleDeveloper), w.Person("dev", auth.RoleDeveloper) // logged in again
	w.rival = w.Person("rival", auth.RoleDeveloper)

	id = w.dev.Do("POST", account+"/invitations", body{"handle": "helper", "role": "owner"}).Want(201).Text("id")
	again := w.dev.Do("POST", account+"/invitations", body{"handle": "helper", "role": "developer"}).Want(201).Text("id")
	helper.Do("POST", "/api/v1/me/invitations/"+id+"/accept", nil).Refused(404, "no-such-invitation") // replaced
	w.rival.Do("DELETE", "/api/v1/dev/accounts/"+w.account+"/invitations/"+again, nil).Refused(404, "no-such-account")
	w.dev.Do("DELETE", account+"/invitations/"+again, nil).Want(204)
	helper.Do("POST", "/api/v1/me/invitations/"+again+"/accept", nil).Refused(404, "no-such-invitation") // revoked

	late := w.dev.Do("POST", account+"/invitations", body{"handle": "helper", "role": "developer"}).Want(201).Text("id")
	w.Clock.Forward(accounts.InvitationLife)
	helper, w.dev = w.Person("helper", auth.RoleDeveloper), w.Person("dev", auth.RoleDeveloper) // logged in again
	helper.Do("POST", "/api/v1/me/invitations/"+late+"/accept", nil).Refused(404, "no-such-invitation")
	if items := helper.Do("GET", "/api/v1/me/invitations", nil).Want(200).Get("items").([]any); len(items) != 0 {
		t.Errorf("an expired invitation is shown: %v", items)
	}
	w.join(w.dev, account, helper, "developer")
	helper.Do("GET", app, nil).Want(200)
	w.dev.Do("POST", account+"/invitations", body{"handle": "helper", "role": "owner"}).Refused(409, "already-member")
	helper.Do("POST", account+"/invitations", body{"handle": "mei", "role": "developer"}).Refused(403, "owners-only")

	// Members invite testers, who see unreleased versions but no developer data.
	mei := w.Person("mei")
	w.join(helper, app, mei, "")
	mei.Do("GET", "/api/v1/apps/"+w.app, nil).Want(200)
	mei.Do("GET", app, nil).Refused(403, "developer-role-required")
	if err := w.accounts.NoteOpened(t.Context(), mei.User.ID, w.app); err != nil {
		t.Fatal(err)
	}
	if items := mei.Do("GET", "/api/v1/me/apps", nil).Want(200).Get("items").([]any); len(items) != 1 {
		t.Errorf("a tester's recent apps: %v", items)
	}
	if items := mei.Do("GET", "/api/v1/me/testing", nil).Want(200).Get("items").([]any); len(items) != 1 {
		t.Errorf("the tester tests %v", items)
	}
	w.dev.Do("DELETE", app+"/testers/"+mei.User.ID.String(), nil).Want(204)
	w.wantChecked("a tester was removed")
	mei.Do("GET", "/api/v1/apps/"+w.app, nil).Refused(404, "no-such-app")
	if items := mei.Do("GET", "/api/v1/me/apps", nil).Want(200).Get("items").([]any); len(items) != 0 {
		t.Errorf("an app that was never released stays with a former tester: %v", items)
	}
	mei.Do("DELETE", "/api/v1/me/testing/"+w.app, nil).Refused(404, "no-such-tester")

	// Invitations of a member who is removed are revoked.
	offer := helper.Do("POST", app+"/invitations", body{"handle": "mei"}).Want(201).Text("id")
	w.dev.Do("DELETE", account+"/members/"+helper.User.ID.String(), nil).Want(204)
	w.wantChecked("a member was removed")
	mei.Do("POST", "/api/v1/me/invitations/"+offer+"/accept", nil).Refused(404, "no-such-invitation")
}

// Ensure that tokens of a test secret reach only insiders, also after the release, and that each
// secret can be rotated without the other.
func TestATestSecretReachesInsidersAlone(t *testing.T) {
	t.Parallel()
	w := newReleasedWorld(t)
	open := func(who uuid.UUID) string {
		id, err := w.accounts.OpenID(t.Context(), w.app, who)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.accounts.NoteOpened(t.Context(), who, w.app); err != nil {
			t.Fatal(err)
		}
		return id.OpenID
	}
	stranger, member := open(w.mei.User.ID), open(w.dev.User.ID)
	const path = "/bridge/v1/messages.send_text"
	secret := w.dev.Do("POST", "/api/v1/dev/apps/"+w.app+"/test-secret", nil).Want(201).Text("secret")
	test, live := w.server(w.app, secret), w.server(w.app, w.secret)
	test.Do("POST", path, body{"open_id": stranger, "text": "Hello"}).Refused(403, "insiders-only")
	test.Do("POST", path, body{"open_id": member, "text": "Hello"}).Want(200)
	live.Do("POST", path, body{"open_id": stranger, "text": "Hello"}).Want(200)

	w.dev.Do("POST", "/api/v1/dev/apps/"+w.app+"/test-secret", nil).Want(201)
	test.Do("POST", path, body{"open_id": member, "text": "Hello"}).Refused(401, "token-revoked")
	live.Do("POST", path, body{"open_id": stranger, "text": "Hello"}).Want(200)
	w.dev.Do("POST", "/api/v1/dev/apps/"+w.app+"/secret", nil).Want(201)
	live.Do("POST", path, body{"open_id": stranger, "text": "Hello"}).Refused(401, "token-revoked")
	hints := w.dev.Do("GET", "/api/v1/dev/apps/"+w.app, nil).Want(200)
	if hints.Text("secret_hint") == "" || hints.Text("test_secret_hint") == "" || len(hints.Text("test_secret_hint")) != 4 {
		t.Errorf("got %s", hints.Body)
	}
}

// Ensure that the server lists every app to administrators, and the apps that were taken down with
// who did it and why.
func TestAdministratorsFindAppsThatWereTakenDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.dev.Do("GET", "/api/v1/admin/apps", nil).Refused(403, "admin-role-required")
	if items := w.boss.Do("GET", "/api/v1/admin/apps", nil).Want(200).Get("items").([]any); len(items) != 2 {
		t.Errorf("all apps, released or not: %v", items)
	}
	w.boss.Do("PUT", "/api/v1/admin/apps/"+w.app+"/disabled", body{"disabled": true, "reason": "spam"}).Want(204)
	w.boss.Do("PUT", "/api/v1/admin/apps/"+w.rivalApp+"/disabled", body{"disabled": true, "reason": "fraud"}).Want(204)
	first := w.boss.Do("GET", "/api/v1/admin/apps?disabled=true&limit=1", nil).Want(200)
	second := w.boss.Do("GET", "/api/v1/admin/apps?disabled=true&limit=1&cursor="+first.Text("next_cursor"), nil).Want(200)
	for i, answer := range []string{string(first.Body), string(second.Body)} {
		want := []string{w.rivalApp, "fraud", `"disabled_by_name":"boss"`}
		if i == 1 {
			want = []string{w.app, "spam", `"next_cursor":null`}
		}
		for _, part := range want {
			if !strings.Contains(answer, part) {
				t.Errorf("page %d lacks %s: %s", i+1, part, answer)
			}
		}
	}
	w.boss.Do("PUT", "/api/v1/admin/apps/"+w.app+"/disabled", body{"disabled": false, "reason": "mended"}).Want(204)
	up := w.boss.Do("GET", "/api/v1/admin/apps?query="+w.app, nil).Want(200)
	if items := up.Get("items").([]any); len(items) != 1 || strings.Contains(string(up.Body), "spam") {
		t.Errorf("got %s", up.Body)
	}
}

// Ensure that the server finds the accounts that a person follows, whatever page of all accounts
// they are on.
func TestFollowedAccountsAreFilteredByTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mei.Do("PUT", "/api/v1/official-accounts/"+w.account+"/follow", nil).Want(200)
	followed := w.mei.Do("GET", "/api/v1/official-accounts?following=true&limit=1", nil).Want(200)
	if items := followed.Get("items").([]any); len(items) != 1 || followed.Get("next_cursor") != nil ||
		items[0].(map[string]any)["id"] != w.account {
		t.Errorf("got %s", followed.Body)
	}
	w.mei.Do("DELETE", "/api/v1/official-accounts/"+w.account+"/follow", nil).Want(204)
	none := w.mei.Do("GET", "/api/v1/official-accounts?following=true", nil).Want(200)
	if items := none.Get("items").([]any); len(items) != 0 {
		t.Errorf("got %s", none.Body)
	}
}

// Ensure that the names of people, apps and accounts in the audit log are found, and that other
// keys are ignored.
func TestNamesOfTheAuditLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := "user:" + w.dev.User.ID.String()
	names, err := w.accounts.Names(t.Context(), []string{person, "app:" + w.app, "account:" + w.account, "user:x", "system", "app:", "other:1"})
	if err != nil || len(names) != 3 || names[person] != "dev" || names["app:"+w.app] != "Order at the cafe" || names["account:"+w.account] != "The cafe" {
		t.Errorf("got %v, %v", names, err)
	}
}
