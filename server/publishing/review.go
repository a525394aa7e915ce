package publishing

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

// SubmissionSummary is a row of the review desk's list.
type SubmissionSummary struct {
	registry.Submission
	App     accounts.App     `json:"app"`
	Version registry.Version `json:"version"`
}

// SubmissionDetail is everything that a reviewer decides on.
type SubmissionDetail struct {
	registry.Submission
	App     accounts.App     `json:"app"`
	Version registry.Version `json:"version"`
	// Released is the version that people open now, to compare with; null before the first.
	Released *registry.Version `json:"released"`
	Files    []SourceFile      `json:"files"`
}

// SubmissionPath names a submission in the address of an operation.
type SubmissionPath struct {
	ID uuid.UUID `path:"id"`
}

func (s *Service) reviewRoutes(api huma.API) {
	const path = "/api/v1/admin/submissions"
	tag := []string{"Review"}
	huma.Register(api, huma.Operation{
		OperationID: "list-submissions", Method: http.MethodGet, Path: path, Tags: tag,
		Summary: "List submissions, the one that waits longest first", Security: auth.AsAdmin,
	}, s.listSubmissions)
	huma.Register(api, huma.Operation{
		OperationID: "get-submission", Method: http.MethodGet, Path: path + "/{id}", Tags: tag,
		Summary: "Get a submission with all that a decision needs", Security: auth.AsAdmin,
	}, s.getSubmission)
	huma.Register(api, huma.Operation{
		OperationID: "list-submission-files", Method: http.MethodGet, Path: path + "/{id}/files", Tags: tag,
		Summary: "List the files of a submitted version", Security: auth.AsAdmin,
	}, func(ctx context.Context, in *SubmissionPath) (*filesOutput, error) {
		v, err := s.submitted(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return s.files(ctx, v)
	})
	huma.Register(api, huma.Operation{
		OperationID: "get-submission-file", Method: http.MethodGet, Path: path + "/{id}/file", Tags: tag,
		Summary: "Read a file of a submitted version", Security: auth.AsAdmin,
	}, func(ctx context.Context, in *struct {
		SubmissionPath
		FilePath
	}) (*fileOutput, error) {
		v, err := s.submitted(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return s.file(ctx, v, in.Path)
	})
	huma.Register(api, huma.Operation{
		OperationID: "approve-submission", Method: http.MethodPost, Path: path + "/{id}/approve", Tags: tag,
		Summary: "Approve a submission", Security: auth.AsAdmin,
	}, s.approve)
	huma.Register(api, huma.Operation{
		OperationID: "reject-submission", Method: http.MethodPost, Path: path + "/{id}/reject", Tags: tag,
		Summary: "Reject a submission with reasons", Security: auth.AsAdmin,
	}, s.reject)
	huma.Register(api, huma.Operation{
		OperationID: "release-submission", Method: http.MethodPost, Path: path + "/{id}/release", Tags: tag,
		Summary: "Release the approved version of a submission", Security: auth.AsAdmin,
	}, func(ctx context.Context, in *SubmissionPath) (*versionOutput, error) {
		v, err := s.submitted(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		v, err = s.registry.Release(ctx, v.AppID, v.ID, auth.UserFromContext(ctx))
		return &versionOutput{v}, err
	})
}

// submitted finds the version of a submission.
func (s *Service) submitted(ctx context.Context, submission uuid.UUID) (registry.Version, error) {
	found, err := s.registry.Submission(ctx, submission)
	if err != nil {
		return registry.Version{}, err
	}
	return s.registry.Version(ctx, found.AppID, found.VersionID)
}

// describe describes an app. One that was taken down meanwhile still has its submissions.
func (s *Service) describe(ctx context.Context, appID string) (accounts.App, error) {
	app, err := s.apps.AppByID(ctx, appID)
	if fault.CodeOf(err) == fault.NotFound {
		return accounts.App{ID: appID, Name: appID}, nil
	}
	return app, err
}

func (s *Service) listSubmissions(ctx context.Context, in *struct {
	State string `query:"state" enum:"pending,withdrawn,approved,rejected" doc:"Only those in this state."`
	paging.Query
}) (*struct {
	Body paging.Page[SubmissionSummary]
}, error) {
	after, err := positionID(in.Query)
	if err != nil {
		return nil, err
	}
	submissions, err := s.registry.Submissions(ctx, registry.SubmissionFilter{
		State: registry.SubmissionState(in.State), After: after, Limit: in.Query.Rows(),
	})
	if err != nil {
		return nil, err
	}
	rows := make([]SubmissionSummary, len(submissions))
	for i, submission := range submissions {
		v, err := s.registry.Version(ctx, submission.AppID, submission.VersionID)
		if err != nil {
			return nil, err
		}
		app, err := s.describe(ctx, submission.AppID)
		if err != nil {
			return nil, err
		}
		rows[i] = SubmissionSummary{submission, app, v}
	}
	page := paging.Of(in.Query, rows, func(r SubmissionSummary) []string { return []string{r.ID.String()} })
	return &struct {
		Body paging.Page[SubmissionSummary]
	}{page}, nil
}

func (s *Service) getSubmission(ctx context.Context, in *SubmissionPath) (*struct {
	Body SubmissionDetail
}, error) {
	submission, err := s.registry.Submission(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := SubmissionDetail{Submission: submission}
	if out.Version, err = s.registry.Version(ctx, submission.AppID, submission.VersionID); err != nil {
		return nil, err
	}
	if out.App, err = s.describe(ctx, submission.AppID); err != nil {
		return nil, err
	}
	released, err := s.registry.Released(ctx, []string{submission.AppID})
	if err != nil {
		return nil, err
	}
	if v, ok := released[submission.AppID]; ok {
		out.Released = &v
	}
	files, err := s.files(ctx, out.Version)
	if err != nil {
		return nil, err
	}
	out.Files = files.Body.Items
	return &struct{ Body SubmissionDetail }{out}, nil
}

func (s *Service) approve(ctx context.Context, in *struct {
	SubmissionPath
	Body struct {
		Note string `json:"note,omitempty" doc:"For the developer."`
	}
}) (*versionOutput, error) {
	v, err := s.registry.Approve(ctx, registry.Decision{
		SubmissionID: in.ID, By: auth.UserFromContext(ctx), Note: in.Body.Note,
	})
	return &versionOutput{v}, err
}

func (s *Service) reject(ctx context.Context, in *struct {
	SubmissionPath
	Body struct {
		Reasons []struct {
			Rule string `json:"rule,omitempty" doc:"The rule that is broken."`
			Text string `json:"text" doc:"What is wrong and what would be right."`
			File string `json:"file,omitempty"`
			Line int    `json:"line,omitempty"`
		} `json:"reasons" doc:"All reasons at once: the developer should not have to come back for each."`
	}
}) (*versionOutput, error) {
	d := registry.Decision{SubmissionID: in.ID, By: auth.UserFromContext(ctx)}
	for _, reason := range in.Body.Reasons {
		d.Findings = append(d.Findings, registry.Finding(reason))
	}
	v, err := s.registry.Reject(ctx, d)
	return &versionOutput{v}, err
}
