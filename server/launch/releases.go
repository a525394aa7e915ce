package launch

import (
	"context"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/accounts"
)

// Versions is what the rules ask of the registry; registry.Service is one.
type Versions interface {
	Version(ctx context.Context, appID string, id uuid.UUID) (registry.Version, error)
	Versions(ctx context.Context, f registry.VersionFilter) ([]registry.Version, error)
	Released(ctx context.Context, appIDs []string) (map[string]registry.Version, error)
}

// Releases says which versions of apps count. It is apart from Service because accounts asks it,
// and Service asks accounts.
type Releases struct{ versions Versions }

// NewReleases returns the releases of a registry.
func NewReleases(versions Versions) Releases { return Releases{versions} }

var _ accounts.Releases = Releases{}

// of returns the released version of the app, if it has one.
func (r Releases) of(ctx context.Context, appID string) (registry.Version, bool, error) {
	released, err := r.versions.Released(ctx, []string{appID})
	v, ok := released[appID]
	return v, ok, err
}

// Released implements accounts.Releases.
func (r Releases) Released(ctx context.Context, appIDs []string) (map[string]accounts.Release, error) {
	versions, err := r.versions.Released(ctx, appIDs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]accounts.Release, len(versions))
	for id, v := range versions {
		out[id] = accounts.Release{ID: v.ID, Version: v.Label}
	}
	return out, nil
}

// HeldScopes implements accounts.Releases: the scopes of the released version, which a reviewer has
// seen, or before the first release those of the newest version, which only members can open.
func (r Releases) HeldScopes(ctx context.Context, appID string) ([]string, error) {
	v, ok, err := r.of(ctx, appID)
	if err != nil || ok {
		return v.Report.Scopes, err
	}
	versions, err := r.versions.Versions(ctx, registry.VersionFilter{AppID: appID, Limit: registry.MaxPageSize})
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		if v.State != registry.Failed {
			return v.Report.Scopes, nil
		}
	}
	return nil, nil
}
