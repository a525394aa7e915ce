package accounts

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

// SearchInput is what a search is asked with. It is exported because huma skips embedded structs that
// are not; so are AccountPath, AppPath and MemberPath.
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

// whole is a list that is short by its limits and comes in one page.
func whole[T any](items []T) paging.Page[T] {
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

// forDevelopers is an operation of those who work on accounts and apps. Handlers refuse whoever
// does not work on the one that is meant.
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
