package publishing

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/api/form"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type versionOutput struct{ Body registry.Version }

// VersionPath names a version in the address of an operation.
type VersionPath struct {
	AppID string    `path:"app_id" maxLength:"32"`
	ID    uuid.UUID `path:"id"`
}

func (s *Service) developerRoutes(api huma.API) {
	const versions = "/api/v1/dev/apps/{app_id}/versions"
	tag := []string{"Versions"}
	huma.Register(api, huma.Operation{
		OperationID: "upload-version", Method: http.MethodPost, Path: versions, Tags: tag,
		Summary: "Upload a version",
		Description: "Takes a zip archive of a mini program and compiles it. Mistakes in the program " +
			"are diagnostics of a version in the state failed; an archive that is no proper bundle " +
			"is refused.",
		Security: auth.AsDeveloper, DefaultStatus: http.StatusCreated,
		MaxBodyBytes: MaxUploadBytes,
	}, s.upload)
	form.Describe(api, versions,
		form.Field{Name: "bundle", Doc: "A zip of up to 30 MB.", File: true, Required: true},
		form.Field{Name: "version", Doc: "What you call the version, such as 1.2.0.", Required: true},
		form.Field{Name: "notes", Doc: "What is new."})
	huma.Register(api, huma.Operation{
		OperationID: "list-versions", Method: http.MethodGet, Path: versions, Tags: tag,
		Summary: "List versions, newest first", Security: auth.AsDeveloper,
	}, s.listVersions)
	huma.Register(api, huma.Operation{
		OperationID: "get-version", Method: http.MethodGet, Path: versions + "/{id}", Tags: tag,
		Summary: "Get a version", Security: auth.AsDeveloper,
	}, func(ctx context.Context, in *VersionPath) (*versionOutput, error) {
		v, err := s.ownVersion(ctx, in)
		return &versionOutput{spoken(ctx, v)}, err
	})
	huma.Register(api, huma.Operation{
		OperationID: "list-version-files", Method: http.MethodGet, Path: versions + "/{id}/files", Tags: tag,
		Summary: "List the files of a version", Security: auth.AsDeveloper,
	}, func(ctx context.Context, in *VersionPath) (*filesOutput, error) {
		v, err := s.ownVersion(ctx, in)
		if err != nil {
			return nil, err
		}
		return s.files(ctx, v)
	})
	huma.Register(api, huma.Operation{
		OperationID: "get-version-file", Method: http.MethodGet, Path: versions + "/{id}/file", Tags: tag,
		Summary: "Read a file of a version", Security: auth.AsDeveloper,
	}, func(ctx context.Context, in *struct {
		VersionPath
		FilePath
	}) (*fileOutput, error) {
		v, err := s.ownVersion(ctx, &in.VersionPath)
		if err != nil {
			return nil, err
		}
		return s.file(ctx, v, in.Path)
	})
	huma.Register(api, huma.Operation{
		OperationID: "submit-version", Method: http.MethodPost, Path: versions + "/{id}/submit", Tags: tag,
		Summary: "Submit a version for review", Security: auth.AsDeveloper,
	}, s.submit)
	s.developerAction(api, "withdraw", "Take a version back from review", auth.AsDeveloper, s.registry.Withdraw)
	s.developerAction(api, "release", "Release an approved version", auth.AsReleaser, s.registry.Release)
}

// developerAction registers an operation that needs only the version and the caller.
func (s *Service) developerAction(
	api huma.API, name, summary string, who []map[string][]string,
	act func(ctx context.Context, appID string, id, by uuid.UUID) (registry.Version, error),
) {
	huma.Register(api, huma.Operation{
		OperationID: name + "-version", Method: http.MethodPost,
		Path: "/api/v1/dev/apps/{app_id}/versions/{id}/" + name, Tags: []string{"Versions"},
		Summary: summary, Security: who,
	}, func(ctx context.Context, in *VersionPath) (*versionOutput, error) {
		if _, err := s.apps.RequireMember(ctx, in.AppID); err != nil {
			return nil, err
		}
		v, err := act(ctx, in.AppID, in.ID, auth.UserFromContext(ctx))
		return &versionOutput{spoken(ctx, v)}, err
	})
}

// ownVersion returns a version of an app that the caller works on.
func (s *Service) ownVersion(ctx context.Context, in *VersionPath) (registry.Version, error) {
	if _, err := s.apps.RequireMember(ctx, in.AppID); err != nil {
		return registry.Version{}, err
	}
	return s.registry.Version(ctx, in.AppID, in.ID)
}

type uploadInput struct {
	AppID string `path:"app_id" maxLength:"32"`
	form.Input
}

func (s *Service) upload(ctx context.Context, in *uploadInput) (*versionOutput, error) {
	if _, err := s.apps.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	archive, err := in.File("bundle")
	if err != nil {
		return nil, err
	}
	v, err := s.registry.Publish(ctx, registry.Upload{
		AppID: in.AppID, Label: in.Text("version"), Notes: in.Text("notes"),
		CreatedBy: auth.UserFromContext(ctx), Archive: bytes.NewReader(archive), Size: int64(len(archive)),
	})
	return &versionOutput{spoken(ctx, v)}, err
}

func (s *Service) listVersions(ctx context.Context, in *struct {
	AppID string `path:"app_id" maxLength:"32"`
	paging.Query
}) (*struct {
	Body paging.Page[registry.Version]
}, error) {
	if _, err := s.apps.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	before, err := positionID(in.Query)
	if err != nil {
		return nil, err
	}
	versions, err := s.registry.Versions(ctx, registry.VersionFilter{
		AppID: in.AppID, Before: before, Limit: in.Query.Rows(),
	})
	if err != nil {
		return nil, err
	}
	for i := range versions {
		versions[i] = spoken(ctx, versions[i])
	}
	page := paging.Of(in.Query, versions, func(v registry.Version) []string { return []string{v.ID.String()} })
	return &struct {
		Body paging.Page[registry.Version]
	}{page}, nil
}

// positionID reads a cursor that is one ID; the zero ID on the first page.
func positionID(q paging.Query) (uuid.UUID, error) {
	position, err := q.Position(1)
	if err != nil || position == nil {
		return uuid.Nil, err
	}
	id, err := uuid.Parse(position[0])
	if err != nil {
		return uuid.Nil, fault.Errorf(fault.Invalid, "bad-cursor", "The cursor is not valid. Start from the first page.")
	}
	return id, nil
}

func (s *Service) submit(ctx context.Context, in *struct {
	VersionPath
	Body struct {
		Notes        string            `json:"notes,omitempty" doc:"What the reviewer should know."`
		ScopeReasons map[string]string `json:"scope_reasons,omitempty" doc:"Why the app needs each scope."`
	}
}) (*versionOutput, error) {
	if _, err := s.apps.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	v, err := s.registry.Submit(
		ctx, in.AppID, in.ID, auth.UserFromContext(ctx), in.Body.Notes, in.Body.ScopeReasons)
	if err != nil {
		return nil, err
	}
	// The submission is valid even if its check cannot run; the reviewer can request another one.
	s.checks.begin(ctx, v)
	return &versionOutput{spoken(ctx, v)}, nil
}
