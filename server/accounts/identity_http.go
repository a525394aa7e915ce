package accounts

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type consentsOutput struct{ Body paging.Page[ConsentRecord] }

type consentInput struct {
	AppPath
	Scope string `path:"scope" maxLength:"64"`
}

func (s *Identities) handleConsents(ctx context.Context, _ *struct{}) (*consentsOutput, error) {
	consents, err := s.consents(ctx, auth.UserFromContext(ctx))
	return &consentsOutput{Body: onePage(consents)}, err
}

func (s *Identities) handleRevokeConsent(ctx context.Context, in *consentInput) (*struct{}, error) {
	return nil, s.revokeConsent(ctx, auth.UserFromContext(ctx), in.AppID, in.Scope)
}

func (s *Identities) routes(api huma.API) {
	huma.Register(api, forPeople("list-grants", "GET", "/me/grants",
		"List what you have allowed apps", "people"), s.handleConsents)
	huma.Register(api, forPeople("revoke-grant", "DELETE", "/me/grants/{app_id}/{scope}",
		"Take back what you have allowed an app", "people"), s.handleRevokeConsent)
}
