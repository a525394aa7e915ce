package publishing

import (
	"context"
	"net/http"
	"slices"

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
	App       accounts.App        `json:"app"`
	Version   registry.Version    `json:"version"`
	Submitter accounts.PersonRef  `json:"submitter"`
	Decider   *accounts.PersonRef `json:"decider"`
	// Reasons are those of the rejection.
	Reasons []registry.Finding `json:"reasons"`
}

// SubmissionDetail is everything that a reviewer needs for a decision.
type SubmissionDetail struct {
	SubmissionSummary
	Developer accounts.Background `json:"developer"`
	// Baseline is the version to compare with: the one that is released now, or for a decided
	// submission the one that was released at the time of the decision. Null for a first version.
	Baseline *registry.Version `json:"baseline"`
	Files    []SourceFile      `json:"files"`
	// Changes are the files that differ from the baseline; all are added in a first version.
	Changes []registry.FileChange `json:"changes"`
	Check   *registry.Check       `json:"check" doc:"What running the version headless found; null when it was not asked for."`
	History []SubmissionSummary   `json:"history" doc:"Earlier submissions of the app, newest first."`
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
		Summary: "List submissions", Security: auth.AsAdmin,
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
		OperationID: "get-submission-base-file", Method: http.MethodGet, Path: path + "/{id}/base-file", Tags: tag,
		Summary: "Read a file of the version that a submission is compared with", Security: auth.AsAdmin,
	}, s.baseFile)
	huma.Register(api, huma.Operation{
		OperationID: "check-submission", Method: http.MethodPost, Path: path + "/{id}/check", Tags: tag,
		Summary: "Run the submitted version headless again", Security: auth.AsAdmin, DefaultStatus: http.StatusAccepted,
	}, s.recheck)
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
		return &versionOutput{spoken(ctx, v)}, err
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

// stateDecided means all states except pending.
const stateDecided = "decided"

func (s *Service) listSubmissions(ctx context.Context, in *struct {
	State string `query:"state" enum:"pending,withdrawn,approved,rejected,decided" doc:"Only those in this state; decided stands for all that are not pending. Pending ones come longest waiting first, others newest first."`
	AppID string `query:"app_id" maxLength:"32" doc:"Only those of this app."`
	paging.Query
}) (*struct {
	Body paging.Page[SubmissionSummary]
}, error) {
	after, err := positionID(in.Query)
	if err != nil {
		return nil, err
	}
	f := registry.SubmissionFilter{AppID: in.AppID, After: after, Limit: in.Query.Rows(),
		Decided: in.State == stateDecided, NewestFirst: in.State != string(registry.Pending)}
	if !f.Decided {
		f.State = registry.SubmissionState(in.State)
	}
	submissions, err := s.registry.Submissions(ctx, f)
	if err != nil {
		return nil, err
	}
	rows, err := s.summaries(ctx, submissions)
	if err != nil {
		return nil, err
	}
	page := paging.Of(in.Query, rows, func(r SubmissionSummary) []string { return []string{r.ID.String()} })
	return &struct {
		Body paging.Page[SubmissionSummary]
	}{page}, nil
}

// summaries describes submissions with a fixed number of queries for any number of submissions: the
// review page asks every few seconds.
func (s *Service) summaries(ctx context.Context, submissions []registry.Submission) ([]SubmissionSummary, error) {
	var ids, versionIDs, people []uuid.UUID
	var appIDs []string
	for _, sub := range submissions {
		ids, versionIDs = append(ids, sub.ID), append(versionIDs, sub.VersionID)
		appIDs, people = append(appIDs, sub.AppID), append(people, sub.SubmittedBy)
		if sub.DecidedBy != nil {
			people = append(people, *sub.DecidedBy)
		}
	}
	versions, err := s.registry.VersionsByID(ctx, versionIDs)
	if err != nil {
		return nil, err
	}
	apps, err := s.apps.AppsByID(ctx, appIDs)
	if err != nil {
		return nil, err
	}
	names, err := s.apps.People(ctx, people)
	if err != nil {
		return nil, err
	}
	findings, err := s.registry.FindingsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]SubmissionSummary, len(submissions))
	for i, sub := range submissions {
		row := SubmissionSummary{Submission: sub, App: apps[sub.AppID], Version: spoken(ctx, versions[sub.VersionID]),
			Submitter: personOf(names, sub.SubmittedBy), Reasons: orEmpty(findings[sub.ID])}
		if row.App.ID == "" { // a deleted app still has its submissions
			row.App.ID, row.App.Name = sub.AppID, sub.AppID
		}
		if sub.DecidedBy != nil {
			decider := personOf(names, *sub.DecidedBy)
			row.Decider = &decider
		}
		rows[i] = row
	}
	return rows, nil
}

func personOf(names map[uuid.UUID]accounts.PersonRef, id uuid.UUID) accounts.PersonRef {
	person := names[id]
	person.ID = id
	return person
}

func (s *Service) getSubmission(ctx context.Context, in *SubmissionPath) (*struct {
	Body SubmissionDetail
}, error) {
	submission, err := s.registry.Submission(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	summaries, err := s.summaries(ctx, []registry.Submission{submission})
	if err != nil {
		return nil, err
	}
	out := SubmissionDetail{SubmissionSummary: summaries[0]}
	if out.Developer, err = s.apps.Background(ctx, submission.AppID); err != nil && fault.CodeOf(err) != fault.NotFound {
		return nil, err
	}
	if out.Baseline, err = s.baseline(ctx, submission); err != nil {
		return nil, err
	}
	if out.Files, out.Changes, err = s.differences(ctx, out.Baseline, out.Version); err != nil {
		return nil, err
	}
	if out.Check, err = s.registry.Check(ctx, submission.VersionID); err != nil {
		return nil, err
	}
	out.History, err = s.history(ctx, submission)
	return &struct{ Body SubmissionDetail }{out}, err
}

// baseline finds the version that a submission is compared with.
func (s *Service) baseline(ctx context.Context, sub registry.Submission) (*registry.Version, error) {
	if sub.State != registry.Pending {
		if sub.BaselineID == nil {
			return nil, nil
		}
		v, err := s.registry.Version(ctx, sub.AppID, *sub.BaselineID)
		return &v, err
	}
	released, err := s.registry.Released(ctx, []string{sub.AppID})
	if v, ok := released[sub.AppID]; ok {
		return &v, err
	}
	return nil, err
}

// differences lists the files of a version, and those that differ from the baseline.
func (s *Service) differences(
	ctx context.Context, baseline *registry.Version, v registry.Version,
) ([]SourceFile, []registry.FileChange, error) {
	listed, err := s.registry.SourceFiles(ctx, v)
	if err != nil {
		return nil, nil, err
	}
	files := make([]SourceFile, len(listed))
	changes := make([]registry.FileChange, len(listed))
	for i, f := range listed {
		files[i] = SourceFile{Path: f.Path, Size: f.Size}
		changes[i] = registry.FileChange{Path: f.Path, Kind: registry.FileAdded, After: f.Size}
	}
	if baseline != nil {
		changes, err = s.registry.Changes(ctx, *baseline, v)
	}
	return files, changes, err
}

// history lists the other submissions of the app.
func (s *Service) history(ctx context.Context, of registry.Submission) ([]SubmissionSummary, error) {
	earlier, err := s.registry.Submissions(ctx, registry.SubmissionFilter{AppID: of.AppID, NewestFirst: true, Limit: MaxHistory})
	if err != nil {
		return nil, err
	}
	earlier = slices.DeleteFunc(earlier, func(sub registry.Submission) bool { return sub.ID == of.ID })
	return s.summaries(ctx, earlier)
}

// baseFile reads a file of the version that a submission is compared with.
func (s *Service) baseFile(ctx context.Context, in *struct {
	SubmissionPath
	FilePath
}) (*fileOutput, error) {
	submission, err := s.registry.Submission(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	baseline, err := s.baseline(ctx, submission)
	if err != nil {
		return nil, err
	}
	if baseline == nil {
		return nil, fault.Errorf(fault.NotFound, "no-baseline", "No version was released before this one.")
	}
	return s.file(ctx, *baseline, in.Path)
}

// recheck runs a submitted version headless once more.
func (s *Service) recheck(ctx context.Context, in *SubmissionPath) (*struct{}, error) {
	v, err := s.submitted(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.checks.Request(ctx, v)
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
	return &versionOutput{spoken(ctx, v)}, err
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
	return &versionOutput{spoken(ctx, v)}, err
}
