package accounts

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type searchInput struct {
	paging.Query
	Text string `query:"query" maxLength:"64" doc:"Part of the name; all when absent."`
}

// AccountPath names an account in a path. It is exported because huma skips embedded structs that
// are not; so are AppPath and MemberPath.
type AccountPath struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

// AppPath names an app in a path.
type AppPath struct {
	AppID string `path:"app_id" pattern:"^ta[0-9a-f]{16}$" example:"ta0123456789abcdef"`
}

type accountsOutput struct{ Body paging.Page[OfficialAccount] }
type accountOutput struct{ Body OfficialAccount }
type appsOutput struct{ Body paging.Page[App] }
type appOutput struct{ Body App }

type followOutput struct {
	Body struct {
		ConversationID uuid.UUID `json:"conversation_id"`
	}
}

type consentsOutput struct{ Body paging.Page[ConsentRecord] }

type consentInput struct {
	AppPath
	Scope string `path:"scope" maxLength:"64"`
}

// Routes adds the operations of the room.
func (s *Service) Routes(api huma.API, _ fiber.Router) {
	s.publicRoutes(api)
	s.developerRoutes(api)
	huma.Register(api, huma.Operation{
		OperationID: "set-app-disabled", Method: http.MethodPut, Path: "/api/v1/admin/apps/{app_id}/disabled",
		Summary: "Take an app down, or bring it back", Tags: []string{"admin"}, Security: auth.AsAdmin,
	}, s.handleDisable)
}

func (s *Service) publicRoutes(api huma.API) {
	op := func(id, method, path, summary, tag string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary,
			Tags: []string{tag}, Security: auth.AsUser}
	}
	huma.Register(api, op("search-official-accounts", "GET", "/official-accounts",
		"Search official accounts", "official accounts"), s.handleSearchAccounts)
	huma.Register(api, op("get-official-account", "GET", "/official-accounts/{id}",
		"Get an official account with its apps", "official accounts"), s.handleAccount)
	huma.Register(api, op("follow", "PUT", "/official-accounts/{id}/follow",
		"Follow an official account", "official accounts"), s.handleFollow)
	huma.Register(api, op("unfollow", "DELETE", "/official-accounts/{id}/follow",
		"Stop following an official account", "official accounts"), s.handleUnfollow)
	huma.Register(api, op("search-apps", "GET", "/apps", "Search released apps", "apps"),
		s.handleSearchApps)
	huma.Register(api, op("get-app", "GET", "/apps/{app_id}", "Get an app", "apps"), s.handleApp)
	huma.Register(api, op("recent-apps", "GET", "/me/apps", "List the apps one opened last", "apps"),
		s.handleRecent)
	huma.Register(api, op("list-grants", "GET", "/me/grants",
		"List what one has allowed apps", "people"), s.handleConsents)
	huma.Register(api, op("revoke-grant", "DELETE", "/me/grants/{app_id}/{scope}",
		"Take back what one has allowed an app", "people"), s.handleRevokeConsent)
}

func (s *Service) handleSearchAccounts(ctx context.Context, in *searchInput) (*accountsOutput,
	error) {
	page, err := s.searchAccounts(ctx, auth.UserFromContext(ctx), in.Text, in.Query)
	return &accountsOutput{Body: page}, err
}

func (s *Service) handleAccount(ctx context.Context, in *AccountPath) (*accountOutput, error) {
	account, err := s.officialAccount(ctx, auth.UserFromContext(ctx), in.ID)
	return &accountOutput{Body: account}, err
}

func (s *Service) handleFollow(ctx context.Context, in *AccountPath) (*followOutput, error) {
	conversation, err := s.Follow(ctx, auth.UserFromContext(ctx), in.ID)
	out := &followOutput{}
	out.Body.ConversationID = conversation
	return out, err
}

func (s *Service) handleUnfollow(ctx context.Context, in *AccountPath) (*struct{}, error) {
	return nil, s.Unfollow(ctx, auth.UserFromContext(ctx), in.ID)
}

func (s *Service) handleSearchApps(ctx context.Context, in *searchInput) (*appsOutput, error) {
	page, err := s.searchApps(ctx, in.Text, in.Query)
	return &appsOutput{Body: page}, err
}

func (s *Service) handleApp(ctx context.Context, in *AppPath) (*appOutput, error) {
	app, err := s.visibleApp(ctx, in.AppID)
	return &appOutput{Body: app}, err
}

func (s *Service) handleRecent(ctx context.Context, _ *struct{}) (*appsOutput, error) {
	apps, err := s.recentApps(ctx, auth.UserFromContext(ctx))
	return &appsOutput{Body: whole(apps)}, err
}

func (s *Service) handleConsents(ctx context.Context, _ *struct{}) (*consentsOutput, error) {
	consents, err := s.consents(ctx, auth.UserFromContext(ctx))
	return &consentsOutput{Body: whole(consents)}, err
}

func (s *Service) handleRevokeConsent(ctx context.Context, in *consentInput) (*struct{}, error) {
	return nil, s.revokeConsent(ctx, auth.UserFromContext(ctx), in.AppID, in.Scope)
}

// whole is a list that is short by its limits and comes in one page.
func whole[T any](items []T) paging.Page[T] {
	if items == nil {
		items = []T{}
	}
	return paging.Page[T]{Items: items}
}

type disableInput struct {
	AppPath
	Body struct {
		Disabled bool   `json:"disabled"`
		Reason   string `json:"reason" minLength:"1" maxLength:"1000" doc:"For the audit log."`
	}
}

func (s *Service) handleDisable(ctx context.Context, in *disableInput) (*struct{}, error) {
	return nil, s.SetDisabled(ctx, in.AppID, in.Body.Disabled, in.Body.Reason)
}
