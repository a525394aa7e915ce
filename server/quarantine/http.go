package quarantine

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

// Quarantine is a pause as administrators see it.
type Quarantine struct {
	Pause
	App           accounts.App        `json:"app"`
	Host          string              `json:"host" doc:"Where the worker died."`
	ReleasedBy    *accounts.PersonRef `json:"released_by"`
	ReleaseReason string              `json:"release_reason"`
}

// Filter selects pauses.
type Filter struct {
	State string `query:"state" enum:"active,expired,released" doc:"Only those in this state."`
	paging.Query
}

type listInput struct {
	AppID string `query:"app_id" maxLength:"32" doc:"Only those of this app."`
	Filter
}

type developerInput struct {
	AppID     string `path:"app_id" maxLength:"32"`
	VersionID string `query:"version_id" format:"uuid" doc:"Only those of this version."`
	Filter
}

type releaseInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"1000" doc:"Why it may be opened again; kept with the quarantine and in the audit log."`
	}
}

type quarantineOutput struct{ Body Quarantine }

// Routes adds the operations of administrators and of developers.
func (s *Service) Routes(api huma.API, _ fiber.Router) {
	const path = "/api/v1/admin/quarantines"
	tag := []string{"admin"}
	huma.Register(api, huma.Operation{
		OperationID: "list-quarantines", Method: http.MethodGet, Path: path, Tags: tag, Security: auth.AsAdmin,
		Summary:     "List versions that were paused, newest first",
		Description: "A version whose worker dies three times in five minutes is paused: for ten minutes, and for twice as long each further time.",
	}, func(ctx context.Context, in *listInput) (*struct{ Body paging.Page[Quarantine] }, error) {
		pauses, err := s.list(ctx, in.Filter, in.AppID, "")
		if err != nil {
			return nil, err
		}
		rows, err := s.describe(ctx, pauses)
		page := paging.Of(in.Query, rows, func(q Quarantine) []string { return []string{q.ID.String()} })
		return &struct{ Body paging.Page[Quarantine] }{page}, err
	})
	huma.Register(api, huma.Operation{
		OperationID: "release-quarantine", Method: http.MethodPost, Path: path + "/{id}/release", Tags: tag, Security: auth.AsAdmin,
		Summary:     "Let people open a paused version again",
		Description: "It can be opened on every host at once, and its next pause is as short as a first one. A quarantine that was released before stays as it was.",
	}, func(ctx context.Context, in *releaseInput) (*quarantineOutput, error) {
		reason := strings.TrimSpace(in.Body.Reason)
		if reason == "" {
			return nil, fault.Errorf(fault.Invalid, "no-reason", "Say why the version may be opened again.").
				At("body.reason", "expected a reason")
		}
		pause, err := s.Release(ctx, in.ID, reason)
		if err != nil {
			return nil, err
		}
		described, err := s.describe(ctx, []Pause{pause})
		if err != nil {
			return nil, err
		}
		return &quarantineOutput{described[0]}, nil
	})
	huma.Register(api, huma.Operation{
		OperationID: "list-app-quarantines", Method: http.MethodGet, Path: "/api/v1/dev/apps/{app_id}/quarantines",
		Tags: []string{"Developer"}, Security: auth.AsDeveloper, Summary: "List the pauses of an app's versions, newest first",
	}, func(ctx context.Context, in *developerInput) (*struct{ Body paging.Page[Pause] }, error) {
		if err := s.MayDevelop(ctx, in.AppID); err != nil {
			return nil, err
		}
		pauses, err := s.list(ctx, in.Filter, in.AppID, in.VersionID)
		page := paging.Of(in.Query, pauses, func(p Pause) []string { return []string{p.ID.String()} })
		return &struct{ Body paging.Page[Pause] }{page}, err
	})
}

// list reads one row more than the page has. Empty parameters mean all.
func (s *Service) list(ctx context.Context, f Filter, appID, versionID string) ([]Pause, error) {
	position, err := f.Position(1)
	if err != nil {
		return nil, err
	}
	var before *uuid.UUID
	if position != nil {
		id, err := uuid.Parse(position[0])
		if err != nil {
			return nil, fault.Errorf(fault.Invalid, "bad-cursor", "The cursor is not valid. Start from the first page.")
		}
		before = &id
	}
	rows, err := s.DB.Query(ctx, `SELECT `+columns+` WHERE ($1 = '' OR q.app_id = $1) AND ($2 = '' OR q.version_id = nullif($2, '')::uuid)
		AND CASE $3 WHEN 'active' THEN q.released_at IS NULL AND q.until > now()
			WHEN 'expired' THEN q.released_at IS NULL AND q.until <= now()
			WHEN 'released' THEN q.released_at IS NOT NULL ELSE true END
		AND ($4::uuid IS NULL OR q.id < $4) ORDER BY q.id DESC LIMIT $5`, appID, versionID, f.State, before, f.Rows())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// describe names apps and people with a fixed number of queries.
func (s *Service) describe(ctx context.Context, pauses []Pause) ([]Quarantine, error) {
	var appIDs []string
	var people []uuid.UUID
	for _, p := range pauses {
		appIDs = append(appIDs, p.AppID)
		if p.releasedBy != nil {
			people = append(people, *p.releasedBy)
		}
	}
	apps, err := s.Apps.AppsByID(ctx, appIDs)
	if err != nil {
		return nil, err
	}
	names, err := s.Apps.People(ctx, people)
	if err != nil {
		return nil, err
	}
	rows := make([]Quarantine, len(pauses))
	for i, p := range pauses {
		rows[i] = Quarantine{Pause: p, App: apps[p.AppID], Host: p.host, ReleaseReason: p.reason}
		if rows[i].App.ID == "" { // a deleted app still has its versions
			rows[i].App.ID, rows[i].App.Name = p.AppID, p.AppID
		}
		if p.releasedBy != nil {
			person := names[*p.releasedBy]
			person.ID = *p.releasedBy
			rows[i].ReleasedBy = &person
		}
	}
	return rows, nil
}
