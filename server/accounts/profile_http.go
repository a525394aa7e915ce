package accounts

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type profileChangesInput struct {
	State string `query:"state" enum:"pending,approved,rejected,withdrawn" default:"pending"`
	paging.Query
}

type profileChangesOutput struct {
	Body paging.Page[ReviewedChange]
}

// ProfileChangePath names a proposal in a path.
type ProfileChangePath struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type approveProfileInput struct {
	ProfileChangePath
	Body struct {
		Note string `json:"note,omitempty" maxLength:"1000" doc:"For the developer."`
	}
}

type rejectProfileInput struct {
	ProfileChangePath
	Body struct {
		Note string `json:"note" minLength:"1" maxLength:"1000" doc:"Why, for the developer."`
	}
}

type verifyInput struct {
	AccountPath
	Body struct {
		Verified bool `json:"verified"`
	}
}

// routes adds the reviewers' operations; developers change profiles where they change the rest.
func (s *Profiles) routes(api huma.API) {
	const path = "/api/v1/admin/profile-changes"
	huma.Register(api, huma.Operation{
		OperationID: "list-profile-changes", Method: http.MethodGet, Path: path, Tags: []string{"Review"},
		Summary: "List proposed names, descriptions and pictures", Security: auth.AsAdmin,
	}, func(ctx context.Context, in *profileChangesInput) (*profileChangesOutput, error) {
		page, err := s.list(ctx, in.State, in.Query)
		return &profileChangesOutput{Body: page}, err
	})
	huma.Register(api, huma.Operation{
		OperationID: "verify-account", Method: http.MethodPut, Path: "/api/v1/admin/official-accounts/{id}/verified",
		Summary: "Mark an account as verified, or no longer", Tags: []string{"Review"}, Security: auth.AsAdmin,
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *verifyInput) (*struct{}, error) {
		return nil, s.setVerified(ctx, in.ID, in.Body.Verified)
	})
	huma.Register(api, huma.Operation{
		OperationID: "approve-profile-change", Method: http.MethodPost, Path: path + "/{id}/approve",
		Summary: "Approve a proposed profile", Tags: []string{"Review"}, Security: auth.AsAdmin,
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *approveProfileInput) (*struct{}, error) {
		return nil, s.decide(ctx, in.ID, true, in.Body.Note)
	})
	huma.Register(api, huma.Operation{
		OperationID: "reject-profile-change", Method: http.MethodPost, Path: path + "/{id}/reject",
		Summary: "Reject a proposed profile with a reason", Tags: []string{"Review"}, Security: auth.AsAdmin,
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *rejectProfileInput) (*struct{}, error) {
		return nil, s.decide(ctx, in.ID, false, in.Body.Note)
	})
}
