package audit

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/paging"
)

// asAdmin repeats auth.AsAdmin, which cannot be imported: auth itself writes to this log.
var asAdmin = []map[string][]string{{"admin": {}}}

// NamesFunc returns the names of actors and targets such as "user:<id>"; it leaves out unknown ones.
type NamesFunc func(ctx context.Context, keys []string) (map[string]string, error)

// Service shows the log to administrators.
type Service struct {
	pool  *pgxpool.Pool
	names NamesFunc
}

// New returns a service on the pool. Without names the log shows only IDs.
func New(pool *pgxpool.Pool, names NamesFunc) *Service { return &Service{pool: pool, names: names} }

// NamedEntry is an entry with the current names: the log itself keeps IDs, which do not change.
type NamedEntry struct {
	LogEntry
	ActorName  string `json:"actor_name" doc:"Empty when the actor is nothing that has a name."`
	TargetName string `json:"target_name"`
}

type listInput struct {
	paging.Query
	Actor  string `query:"actor" maxLength:"100" doc:"Only actions of this actor, e.g. user:<id>."`
	Action string `query:"action" maxLength:"100" doc:"Only this action, or with a dot at its end all below it, e.g. app."`
	Target string `query:"target" maxLength:"200" doc:"Only actions on this target, e.g. app:<id>."`
}

type listOutput struct{ Body paging.Page[NamedEntry] }

// Routes adds the operations of the log.
func (s *Service) Routes(api huma.API, _ fiber.Router) {
	huma.Register(api, huma.Operation{
		OperationID: "list-audit-log", Method: http.MethodGet, Path: "/api/v1/admin/audit",
		Summary: "List what was done, newest first", Tags: []string{"admin"}, Security: asAdmin,
	}, s.list)
}

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	position, err := in.Position(1)
	if err != nil {
		return nil, err
	}
	before := uuid.Max
	if position != nil {
		if before, err = uuid.Parse(position[0]); err != nil {
			return nil, fault.Errorf(fault.Invalid, "bad-cursor",
				"The cursor is not valid; start again without one.")
		}
	}
	rows, err := s.pool.Query(ctx, `
		SELECT id, at, actor, action, target, detail, request_id, ip
		FROM audit_log
		WHERE id < $1 AND ($2 = '' OR actor = $2) AND ($4 = '' OR target = $4)
		  AND ($3 = '' OR action = $3 OR (right($3, 1) = '.' AND starts_with(action, $3)))
		ORDER BY id DESC LIMIT $5`,
		before, in.Actor, in.Action, in.Target, in.Rows())
	if err != nil {
		return nil, err
	}
	kept, err := pgx.CollectRows(rows, pgx.RowToStructByPos[LogEntry])
	if err != nil {
		return nil, err
	}
	page := paging.Of(in.Query, kept, func(k LogEntry) []string { return []string{k.ID.String()} })
	named, err := s.named(ctx, page.Items)
	return &listOutput{Body: paging.Page[NamedEntry]{Items: named, NextCursor: page.NextCursor}}, err
}

func (s *Service) named(ctx context.Context, entries []LogEntry) ([]NamedEntry, error) {
	keys := make([]string, 0, 2*len(entries))
	for _, e := range entries {
		keys = append(keys, e.Actor, e.Target)
	}
	names := map[string]string{}
	if s.names != nil && len(keys) > 0 {
		var err error
		if names, err = s.names(ctx, keys); err != nil {
			return nil, err
		}
	}
	out := make([]NamedEntry, len(entries))
	for i, e := range entries {
		out[i] = NamedEntry{e, names[e.Actor], names[e.Target]}
	}
	return out, nil
}
