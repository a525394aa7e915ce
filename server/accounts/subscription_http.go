package accounts

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/teahouse/teahouse/server/api/paging"
)

type newTemplateInput struct {
	AppPath
	Body struct {
		Title  string          `json:"title" maxLength:"120"`
		Fields []TemplateField `json:"fields" minItems:"1" maxItems:"10"`
	}
}

type templateOutput struct{ Body Template }

type templatesOutput struct{ Body paging.Page[Template] }

func (s *Subscriptions) handleNewTemplate(ctx context.Context, in *newTemplateInput) (*templateOutput,
	error) {
	template, err := s.createTemplate(ctx, in.AppID, in.Body.Title, in.Body.Fields)
	return &templateOutput{Body: template}, err
}

func (s *Subscriptions) handleTemplates(ctx context.Context, in *AppPath) (*templatesOutput, error) {
	if _, err := s.apps.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	templates, err := s.templates(ctx, in.AppID)
	return &templatesOutput{Body: onePage(templates)}, err
}

func (s *Subscriptions) routes(api huma.API) {
	huma.Register(api, forDevelopers("create-template", "POST", "/apps/{app_id}/templates",
		"Add a template of subscription messages"), s.handleNewTemplate)
	huma.Register(api, forDevelopers("list-templates", "GET", "/apps/{app_id}/templates",
		"List the templates of an app"), s.handleTemplates)
}
