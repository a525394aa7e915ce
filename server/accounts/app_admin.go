package accounts

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

// AdminApp is an app as administrators see it, released or not, taken down or not.
type AdminApp struct {
	App
	Disabled       bool       `json:"disabled"`
	DisabledAt     *time.Time `json:"disabled_at"`
	DisabledReason string     `json:"disabled_reason"`
	DisabledBy     string     `json:"disabled_by" doc:"As in the audit log, e.g. user:<id>."`
	DisabledByName string     `json:"disabled_by_name"`
}

type adminAppsInput struct {
	SearchInput
	Disabled bool `query:"disabled" doc:"Only those that are taken down, the last one first."`
}

type adminAppsOutput struct{ Body paging.Page[AdminApp] }

func (s *Apps) adminRoutes(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-all-apps", Method: http.MethodGet, Path: "/api/v1/admin/apps", Tags: []string{"admin"},
		Summary: "Search all apps, by name, account or app ID", Security: auth.AsAdmin,
	}, func(ctx context.Context, in *adminAppsInput) (*adminAppsOutput, error) {
		page, err := s.listAll(ctx, in.Text, in.Disabled, in.Query)
		return &adminAppsOutput{Body: page}, err
	})
}

// listAll searches all apps. With disabled it lists those that were taken down, the last one first.
func (s *Apps) listAll(ctx context.Context, query string, disabled bool, q paging.Query) (paging.Page[AdminApp], error) {
	position, err := q.Position(2)
	if err != nil {
		return paging.Page[AdminApp]{}, err
	}
	sql := `AND ($2 = '' OR (p.name, p.id) > ($2, $3)) ORDER BY p.name, p.id LIMIT $4`
	if disabled {
		sql = `AND p.disabled_at IS NOT NULL AND ($2 = '' OR (p.disabled_at, p.id) < ($2::timestamptz, $3))
			ORDER BY p.disabled_at DESC, p.id DESC LIMIT $4`
	}
	if position == nil {
		position = []string{"", ""}
	}
	rows, err := s.pool.Query(ctx, `
		SELECT p.id, p.disabled_at, coalesce(p.disabled_reason, ''), coalesce(p.disabled_by, ''),
		       coalesce((SELECT coalesce(nullif(u.display_name, ''), u.handle) FROM app_user u
		                 WHERE 'user:' || u.id = p.disabled_by), '')
		FROM app p JOIN official_account a ON a.id = p.account_id
		WHERE ($1 = '' OR strpos(lower(p.name), $1) > 0 OR strpos(lower(a.name), $1) > 0 OR p.id = $1) `+sql,
		strings.ToLower(strings.TrimSpace(query)), position[0], position[1], q.Rows())
	if err != nil {
		return paging.Page[AdminApp]{}, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a AdminApp, err error) {
		err = row.Scan(&a.ID, &a.DisabledAt, &a.DisabledReason, &a.DisabledBy, &a.DisabledByName)
		a.Disabled = a.DisabledAt != nil
		return a, err
	})
	if err != nil {
		return paging.Page[AdminApp]{}, badPosition(err)
	}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	apps, err := s.AppsByID(ctx, ids)
	if err != nil {
		return paging.Page[AdminApp]{}, err
	}
	for i := range found {
		found[i].App = apps[found[i].ID]
	}
	return paging.Of(q, found, func(a AdminApp) []string {
		if disabled {
			return []string{a.DisabledAt.Format(time.RFC3339Nano), a.ID}
		}
		return []string{a.Name, a.ID}
	}), nil
}
