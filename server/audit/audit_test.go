package audit_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
)

func open(t *testing.T) *apitest.Host {
	return apitest.New(t, nil, func(h *apitest.Host) {
		audit.New(h.Pool, names).Routes(h.Server.API,
			h.Server.App)
	})
}

// names knows one name.
func names(context.Context, []string) (map[string]string, error) {
	return map[string]string{"thing:1": "The thing"}, nil
}

// Ensure that an entry exists if and only if its action is committed, with caller, request and address.
func TestAnEntryExistsOnlyIfItsActionIsCommitted(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := request.NewContext(t.Context(), &request.Info{ID: "req-12345678", IP: "192.0.2.7",
		Caller: "user:mei"})
	undone := errors.New("undone")
	err := pgx.BeginFunc(ctx, h.Pool, func(tx pgx.Tx) error {
		if err := audit.Record(ctx, tx, audit.Entry{Action: "thing.try", Target: "thing:1"}); err != nil {
			t.Error(err)
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if err := audit.Record(ctx, h.Pool, audit.Entry{Action: "thing.do", Target: "thing:1",
		Detail: map[string]int{"n": 1}}); err != nil {
		t.Fatal(err)
	}
	if err := audit.Record(t.Context(), h.Pool, audit.Entry{Action: "thing.sweep", Target: "thing:1",
		Detail: strings.Repeat("x", audit.MaxDetailBytes)}); err != nil {
		t.Fatal(err)
	}
	admin := h.Person("boss", auth.RoleAdmin)
	page := admin.Do("GET", "/api/v1/admin/audit?action=thing.", nil).Want(200)
	items := page.Get("items").([]any)
	if len(items) != 2 {
		t.Fatalf("got %s", page.Body)
	}
	first := items[1].(map[string]any)
	if first["actor"] != "user:mei" || first["request_id"] != "req-12345678" || first["ip"] != "192.0.2.7" {
		t.Errorf("got %v", first)
	}
	if second := items[0].(map[string]any); second["actor"] != "system" || second["actor_name"] != "" || second["target_name"] != "The thing" {
		t.Errorf("got %v", second)
	}
}

// Ensure that the database itself refuses to change the log.
func TestTheLogIsAppendOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := audit.Record(t.Context(), h.Pool, audit.Entry{Action: "thing.do",
		Target: "thing:1"}); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`UPDATE audit_log SET actor = 'somebody else'`, `DELETE FROM audit_log`, `TRUNCATE audit_log`,
	} {
		if _, err := h.Pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(),
			"append-only") {
			t.Errorf("%s: got %v", sql, err)
		}
	}
}

// Ensure that only administrators read the log, page by page, newest first.
func TestTheLogIsForAdministrators(t *testing.T) {
	t.Parallel()
	h := open(t)
	for range 5 {
		if err := audit.Record(t.Context(), h.Pool, audit.Entry{Action: "page.test",
			Target: "thing:1"}); err != nil {
			t.Fatal(err)
		}
	}
	h.Nobody().Do("GET", "/api/v1/admin/audit", nil).Refused(401, "login-required")
	h.Person("mei", auth.RoleDeveloper).Do("GET", "/api/v1/admin/audit", nil).Refused(403,
		"admin-role-required")
	admin := h.Person("boss", auth.RoleAdmin)
	seen, cursor := map[string]bool{}, ""
	for range 3 {
		page := admin.Do("GET", "/api/v1/admin/audit?action=page.test&limit=2&cursor="+cursor,
			nil).Want(200)
		for _, item := range page.Get("items").([]any) {
			seen[item.(map[string]any)["id"].(string)] = true
		}
		cursor = page.Text("next_cursor")
	}
	if len(seen) != 5 || cursor != "" {
		t.Errorf("got %d entries, cursor %q", len(seen), cursor)
	}
	admin.Do("GET", "/api/v1/admin/audit?cursor=AAAA", nil).Refused(422, "bad-cursor")
}
