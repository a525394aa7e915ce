package accounts

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type appsOutput struct{ Body paging.Page[App] }

type appOutput struct{ Body App }

type newAppInput struct {
	AccountPath
	Body struct {
		Name        string `json:"name" maxLength:"200"`
		Description string `json:"description,omitempty" maxLength:"2000"`
	}
}

type newAppOutput struct {
	Body struct {
		App    DevApp `json:"app"`
		Secret string `json:"secret" doc:"Shown this once."`
	}
}

type updateAppInput struct {
	AppPath
	Body appUpdate
}

type devAppOutput struct{ Body DevApp }

type devAppsOutput struct{ Body paging.Page[DevApp] }

type secretOutput struct {
	Body struct {
		Secret string `json:"secret" doc:"Shown this once; the old one no longer works."`
	}
}

type disableInput struct {
	AppPath
	Body struct {
		Disabled bool   `json:"disabled"`
		Reason   string `json:"reason" minLength:"1" maxLength:"1000" doc:"For the audit log."`
	}
}

func (s *Apps) handleSearchApps(ctx context.Context, in *SearchInput) (*appsOutput, error) {
	page, err := s.searchApps(ctx, in.Text, in.Query)
	return &appsOutput{Body: page}, err
}

func (s *Apps) handleApp(ctx context.Context, in *AppPath) (*appOutput, error) {
	app, err := s.visibleApp(ctx, in.AppID)
	return &appOutput{Body: app}, err
}

func (s *Apps) handleRecent(ctx context.Context, _ *struct{}) (*appsOutput, error) {
	apps, err := s.recentApps(ctx, auth.UserFromContext(ctx))
	return &appsOutput{Body: onePage(apps)}, err
}

func (s *Apps) handleNewApp(ctx context.Context, in *newAppInput) (*newAppOutput, error) {
	app, secret, err := s.CreateApp(ctx, auth.UserFromContext(ctx), in.ID, in.Body.Name,
		in.Body.Description)
	out := &newAppOutput{}
	out.Body.App, out.Body.Secret = app, secret
	return out, err
}

func (s *Apps) handleMyApps(ctx context.Context, _ *struct{}) (*devAppsOutput, error) {
	apps, err := s.devApps(ctx, auth.UserFromContext(ctx), "")
	return &devAppsOutput{Body: onePage(apps)}, err
}

func (s *Apps) handleMyApp(ctx context.Context, in *AppPath) (*devAppOutput, error) {
	app, err := s.devApp(ctx, auth.UserFromContext(ctx), in.AppID)
	return &devAppOutput{Body: app}, err
}

func (s *Apps) handleUpdateApp(ctx context.Context, in *updateAppInput) (*devAppOutput, error) {
	app, err := s.updateApp(ctx, auth.UserFromContext(ctx), in.AppID, in.Body)
	return &devAppOutput{Body: app}, err
}

func (s *Apps) handleRotateSecret(ctx context.Context, in *AppPath) (*secretOutput, error) {
	secret, err := s.RotateSecret(ctx, in.AppID, false)
	out := &secretOutput{}
	out.Body.Secret = secret
	return out, err
}

func (s *Apps) handleDisable(ctx context.Context, in *disableInput) (*struct{}, error) {
	return nil, s.SetDisabled(ctx, in.AppID, in.Body.Disabled, in.Body.Reason)
}

func (s *Apps) routes(api huma.API) {
	huma.Register(api, forPeople("search-apps", "GET", "/apps", "Search released apps", "apps"),
		s.handleSearchApps)
	huma.Register(api, forPeople("get-app", "GET", "/apps/{app_id}", "Get an app", "apps"), s.handleApp)
	huma.Register(api, forPeople("recent-apps", "GET", "/me/apps", "List the apps that you opened last", "apps"),
		s.handleRecent)
	huma.Register(api, forDevelopers("create-app", "POST", "/accounts/{id}/apps",
		"Add an app to an account"), s.handleNewApp)
	huma.Register(api, forDevelopers("list-my-apps", "GET", "/apps", "List the apps that you work on"),
		s.handleMyApps)
	huma.Register(api, forDevelopers("get-my-app", "GET", "/apps/{app_id}", "Get an app that you work on"),
		s.handleMyApp)
	huma.Register(api, forDevelopers("update-app", "PATCH", "/apps/{app_id}", "Change an app"),
		s.handleUpdateApp)
	huma.Register(api, forDevelopers("rotate-app-secret", "POST", "/apps/{app_id}/secret",
		"Replace the secret of an app's server"), s.handleRotateSecret)
	huma.Register(api, forDevelopers("rotate-app-test-secret", "POST", "/apps/{app_id}/test-secret",
		"Make or replace the secret whose tokens reach only members and testers"), s.handleRotateTestSecret)
	s.adminRoutes(api)
	huma.Register(api, huma.Operation{
		OperationID: "set-app-disabled", Method: http.MethodPut, Path: "/api/v1/admin/apps/{app_id}/disabled",
		Summary: "Take an app down, or bring it back", Tags: []string{"admin"}, Security: auth.AsAdmin,
	}, s.handleDisable)
}

func (s *Apps) handleRotateTestSecret(ctx context.Context, in *AppPath) (*secretOutput, error) {
	secret, err := s.RotateSecret(ctx, in.AppID, true)
	out := &secretOutput{}
	out.Body.Secret = secret
	return out, err
}
