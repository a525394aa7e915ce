package accounts

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type newAccountInput struct{ Body NewAccount }

type updateAccountInput struct {
	AccountPath
	Body accountUpdate
}

type memberAccountOutput struct{ Body MemberAccount }
type memberAccountsOutput struct{ Body paging.Page[MemberAccount] }

// MemberPath names a member of an account in a path.
type MemberPath struct {
	AccountPath
	UserID uuid.UUID `path:"user_id" format:"uuid"`
}

type setMemberInput struct {
	MemberPath
	Body struct {
		Role string `json:"role" enum:"owner,developer"`
	}
}

type membersOutput struct{ Body paging.Page[Member] }

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

type newTemplateInput struct {
	AppPath
	Body struct {
		Title  string          `json:"title" maxLength:"120"`
		Fields []TemplateField `json:"fields" minItems:"1" maxItems:"10"`
	}
}

type templateOutput struct{ Body Template }
type templatesOutput struct{ Body paging.Page[Template] }

// developerRoutes adds what those who work on accounts and apps do.
func (s *Service) developerRoutes(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		status := http.StatusOK
		if method == http.MethodPost {
			status = http.StatusCreated
		}
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1/dev" + path,
			Summary: summary,
			Tags:    []string{"developer"}, Security: auth.AsDeveloper, DefaultStatus: status}
	}
	noContent := func(o huma.Operation) huma.Operation { o.DefaultStatus = http.StatusNoContent; return o }
	huma.Register(api, op("create-account", "POST", "/accounts", "Found an official account"),
		s.handleNewAccount)
	huma.Register(api, op("list-my-accounts", "GET", "/accounts", "List the accounts one works on"),
		s.handleMyAccounts)
	huma.Register(api, op("get-my-account", "GET", "/accounts/{id}", "Get an account one works on"),
		s.handleMyAccount)
	huma.Register(api, op("update-account", "PATCH", "/accounts/{id}", "Change an account"),
		s.handleUpdateAccount)
	huma.Register(api, op("list-members", "GET", "/accounts/{id}/members",
		"List who works on an account"), s.handleMembers)
	huma.Register(api, noContent(op("set-member", "PUT", "/accounts/{id}/members/{user_id}",
		"Let a person work on an account")), s.handleSetMember)
	huma.Register(api, noContent(op("remove-member", "DELETE", "/accounts/{id}/members/{user_id}",
		"Take a person off an account")), s.handleRemoveMember)

	huma.Register(api, op("create-app", "POST", "/accounts/{id}/apps", "Add an app to an account"),
		s.handleNewApp)
	huma.Register(api, op("list-my-apps", "GET", "/apps", "List the apps one works on"),
		s.handleMyApps)
	huma.Register(api, op("get-my-app", "GET", "/apps/{app_id}", "Get an app one works on"),
		s.handleMyApp)
	huma.Register(api, op("update-app", "PATCH", "/apps/{app_id}", "Change an app"), s.handleUpdateApp)
	huma.Register(api, op("rotate-app-secret", "POST", "/apps/{app_id}/secret",
		"Replace the secret of an app's server"), s.handleRotateSecret)
	huma.Register(api, op("create-template", "POST", "/apps/{app_id}/templates",
		"Add a template of subscription messages"), s.handleNewTemplate)
	huma.Register(api, op("list-templates", "GET", "/apps/{app_id}/templates",
		"List the templates of an app"), s.handleTemplates)
}

func (s *Service) handleNewAccount(ctx context.Context, in *newAccountInput) (*memberAccountOutput,
	error) {
	account, err := s.CreateAccount(ctx, auth.UserFromContext(ctx), in.Body)
	return &memberAccountOutput{Body: account}, err
}

func (s *Service) handleMyAccounts(ctx context.Context, _ *struct{}) (*memberAccountsOutput,
	error) {
	accounts, err := s.memberAccounts(ctx, auth.UserFromContext(ctx))
	return &memberAccountsOutput{Body: whole(accounts)}, err
}

func (s *Service) handleMyAccount(ctx context.Context, in *AccountPath) (*memberAccountOutput,
	error) {
	account, err := s.memberAccount(ctx, auth.UserFromContext(ctx), in.ID)
	return &memberAccountOutput{Body: account}, err
}

func (s *Service) handleUpdateAccount(ctx context.Context,
	in *updateAccountInput) (*memberAccountOutput, error) {
	account, err := s.updateAccount(ctx, auth.UserFromContext(ctx), in.ID, in.Body)
	return &memberAccountOutput{Body: account}, err
}

func (s *Service) handleMembers(ctx context.Context, in *AccountPath) (*membersOutput, error) {
	if err := s.RequireAccountMember(ctx, in.ID); err != nil {
		return nil, err
	}
	members, err := s.members(ctx, in.ID)
	return &membersOutput{Body: whole(members)}, err
}

func (s *Service) handleSetMember(ctx context.Context, in *setMemberInput) (*struct{}, error) {
	return nil, s.setMember(ctx, auth.UserFromContext(ctx), in.ID, in.UserID, in.Body.Role)
}

func (s *Service) handleRemoveMember(ctx context.Context, in *MemberPath) (*struct{}, error) {
	return nil, s.setMember(ctx, auth.UserFromContext(ctx), in.ID, in.UserID, "")
}

func (s *Service) handleNewApp(ctx context.Context, in *newAppInput) (*newAppOutput, error) {
	app, secret, err := s.CreateApp(ctx, auth.UserFromContext(ctx), in.ID, in.Body.Name,
		in.Body.Description)
	out := &newAppOutput{}
	out.Body.App, out.Body.Secret = app, secret
	return out, err
}

func (s *Service) handleMyApps(ctx context.Context, _ *struct{}) (*devAppsOutput, error) {
	apps, err := s.devApps(ctx, auth.UserFromContext(ctx), "")
	return &devAppsOutput{Body: whole(apps)}, err
}

func (s *Service) handleMyApp(ctx context.Context, in *AppPath) (*devAppOutput, error) {
	app, err := s.devApp(ctx, auth.UserFromContext(ctx), in.AppID)
	return &devAppOutput{Body: app}, err
}

func (s *Service) handleUpdateApp(ctx context.Context, in *updateAppInput) (*devAppOutput, error) {
	app, err := s.updateApp(ctx, auth.UserFromContext(ctx), in.AppID, in.Body)
	return &devAppOutput{Body: app}, err
}

func (s *Service) handleRotateSecret(ctx context.Context, in *AppPath) (*secretOutput, error) {
	secret, err := s.RotateSecret(ctx, in.AppID)
	out := &secretOutput{}
	out.Body.Secret = secret
	return out, err
}

func (s *Service) handleNewTemplate(ctx context.Context, in *newTemplateInput) (*templateOutput,
	error) {
	template, err := s.createTemplate(ctx, in.AppID, in.Body.Title, in.Body.Fields)
	return &templateOutput{Body: template}, err
}

func (s *Service) handleTemplates(ctx context.Context, in *AppPath) (*templatesOutput, error) {
	if _, err := s.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	templates, err := s.templates(ctx, in.AppID)
	return &templatesOutput{Body: whole(templates)}, err
}
