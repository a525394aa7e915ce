package accounts

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

// SearchInput holds the parameters of a search. It is exported because huma skips embedded structs
// that are not exported; AccountPath, AppPath and MemberPath are exported for the same reason.
type SearchInput struct {
	paging.Query
	Text string `query:"query" maxLength:"64" doc:"Part of the name; all when absent."`
}

// AccountPath names an account in a path.
type AccountPath struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

// AppPath names an app in a path.
type AppPath struct {
	AppID string `path:"app_id" pattern:"^ta[0-9a-f]{16}$" example:"ta0123456789abcdef"`
}

// onePage returns a list whose limits keep it so short that it fits in one page.
func onePage[T any](items []T) paging.Page[T] {
	if items == nil {
		items = []T{}
	}
	return paging.Page[T]{Items: items}
}

// forPeople is an operation that everybody may call.
func forPeople(id, method, path, summary, tag string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary,
		Tags: []string{tag}, Security: auth.AsUser}
}

// forDevelopers is an operation of those who work on accounts and apps. Handlers refuse people who
// do not work on the account or app in question.
func forDevelopers(id, method, path, summary string) huma.Operation {
	status := http.StatusOK
	if method == http.MethodPost {
		status = http.StatusCreated
	}
	return huma.Operation{OperationID: id, Method: method, Path: "/api/v1/dev" + path, Summary: summary,
		Tags: []string{"developer"}, Security: auth.AsDeveloper, DefaultStatus: status}
}

// noContent makes the operation answer 204.
func noContent(o huma.Operation) huma.Operation {
	o.DefaultStatus = http.StatusNoContent
	return o
}

// badPosition distinguishes a forged cursor, which the database cannot parse, from a failure.
func badPosition(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && strings.HasPrefix(pg.Code, "22") { // data exception
		return fault.Errorf(fault.Invalid, "bad-cursor",
			"The cursor is not valid; start again without one.").Because(err)
	}
	return err
}
