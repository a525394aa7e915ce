package authhttp

import (
	"context"

	"github.com/teahouse/teahouse/server/auth"
)

type newAPITokenInput struct {
	Body struct {
		Name          string `json:"name" maxLength:"200" example:"laptop"`
		ExpiresInDays int    `json:"expires_in_days,omitempty" minimum:"1" maximum:"365" default:"90"`
	}
}

type newAPITokenOutput struct {
	Body struct {
		auth.APIToken
		Token string `json:"token" doc:"Shown this once."`
	}
}

type apiTokensOutput struct {
	Body struct {
		Items      []auth.APIToken `json:"items" nullable:"false"`
		NextCursor *string         `json:"next_cursor" doc:"Always null."`
	}
}

func (s *Service) handleNewAPIToken(ctx context.Context, in *newAPITokenInput) (*newAPITokenOutput,
	error) {
	days := in.Body.ExpiresInDays
	if days == 0 {
		days = auth.APITokenDefault
	}
	token, secret, err := s.auth.CreateAPIToken(ctx, auth.UserFromContext(ctx), in.Body.Name, days)
	if err != nil {
		return nil, err
	}
	out := &newAPITokenOutput{}
	out.Body.APIToken, out.Body.Token = token, secret
	return out, nil
}

func (s *Service) handleAPITokens(ctx context.Context, _ *struct{}) (*apiTokensOutput, error) {
	tokens, err := s.auth.APITokens(ctx, auth.UserFromContext(ctx))
	if err != nil {
		return nil, err
	}
	out := &apiTokensOutput{}
	out.Body.Items = tokens
	return out, nil
}

func (s *Service) handleRevokeAPIToken(ctx context.Context, in *userIDInput) (*struct{}, error) {
	return nil, s.auth.RevokeAPIToken(ctx, auth.UserFromContext(ctx), in.ID)
}
