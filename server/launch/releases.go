package launch

import (
	"context"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/bridge"
)

// Versions is what the rules ask of the registry; registry.Service is one.
type Versions interface {
	Version(ctx context.Context, appID string, id uuid.UUID) (registry.Version, error)
	Versions(ctx context.Context, f registry.VersionFilter) ([]registry.Version, error)
	Released(ctx context.Context, appIDs []string) (map[string]registry.Version, error)
	// CurrentImage returns the name of the version's image in the format of this host.
	CurrentImage(ctx context.Context, v registry.Version) (string, error)
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

// Grants implements accounts.Releases: the released version's scopes, which a reviewer has seen, and
// those of the newest version that compiled, which works for insiders.
func (r Releases) Grants(ctx context.Context, appID string) (released, newest bridge.Grant, err error) {
	v, ok, err := r.of(ctx, appID)
	if err != nil {
		return released, newest, err
	}
	if ok {
		released = grant(v)
	}
	v, ok, err = r.newest(ctx, appID)
	if ok {
		newest = grant(v)
	}
	return released, newest, err
}

func grant(v registry.Version) bridge.Grant {
	return bridge.Grant{Version: v.Label, Scopes: v.Report.Scopes}
}

// newest returns the newest version that compiled, if there is one.
func (r Releases) newest(ctx context.Context, appID string) (registry.Version, bool, error) {
	versions, err := r.versions.Versions(ctx, registry.VersionFilter{AppID: appID, Compiled: true, Limit: 1})
	if err != nil || len(versions) == 0 {
		return registry.Version{}, false, err
	}
	return versions[0], true, nil
}
