package launch_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/launch"
)

const app = "ta0123456789abcdef"

var insider, stranger = uuid.New(), uuid.New()

// desk replaces the registry and the accounts, which have tests of their own.
type desk struct {
	versions []registry.Version // newest first
	noted    []uuid.UUID
	paused   uuid.UUID
}

func (d *desk) Paused(_ context.Context, version uuid.UUID) error {
	if version == d.paused {
		return worker.Quarantined(time.Hour)
	}
	return nil
}

func version(label string, state registry.State) registry.Version {
	v := registry.Version{ID: uuid.New(), AppID: app, Label: label, State: state}
	v.Report.Scopes = []string{label}
	if state != registry.Failed {
		image := "image of " + label
		v.ImageHash = &image
	}
	return v
}

func (d *desk) Version(_ context.Context, _ string, id uuid.UUID) (registry.Version, error) {
	for _, v := range d.versions {
		if v.ID == id {
			return v, nil
		}
	}
	return registry.Version{}, fault.Errorf(fault.NotFound, "version-not-found", "None.")
}

func (d *desk) Versions(_ context.Context, f registry.VersionFilter) (found []registry.Version, err error) {
	for _, v := range d.versions {
		if (!f.Compiled || v.State != registry.Failed) && len(found) < f.Limit {
			found = append(found, v)
		}
	}
	return found, nil
}

func (d *desk) Released(context.Context, []string) (map[string]registry.Version, error) {
	for _, v := range d.versions {
		if v.State == registry.Released {
			return map[string]registry.Version{app: v}, nil
		}
	}
	return nil, nil
}

func (d *desk) CurrentImage(_ context.Context, v registry.Version) (string, error) {
	if v.ImageHash == nil {
		return "", fault.Errorf(fault.Conflict, "version-failed", "Failed.")
	}
	return *v.ImageHash, nil
}

func (d *desk) AppByID(context.Context, string) (accounts.App, error) {
	return accounts.App{ID: app}, nil
}

func (d *desk) AccountByID(context.Context, uuid.UUID) (accounts.AccountSummary, error) {
	return accounts.AccountSummary{Name: "Café"}, nil
}

func (d *desk) MayDevelop(_ context.Context, id auth.Identity, _ string) error {
	if id.Has(auth.RoleAdmin) || id.UserID == insider {
		return nil
	}
	return fault.Errorf(fault.NotFound, "no-such-app", "None.")
}

func (d *desk) Insider(_ context.Context, _ string, user uuid.UUID) (bool, error) {
	return user == insider, nil
}

func (d *desk) NoteReviewer(_ context.Context, _ string, user uuid.UUID) error {
	d.noted = append(d.noted, user)
	return nil
}

// Ensure everybody opens what is released, and nothing else but insiders and reviewers anything else.
func TestWhoOpensWhichVersion(t *testing.T) {
	t.Parallel()
	released, old := version("1.1.0", registry.Released), version("1.0.0", registry.Retired)
	newest, broken := version("1.2.0", registry.Ready), version("1.3.0", registry.Failed)
	d := &desk{versions: []registry.Version{broken, newest, released, old}}
	s := launch.New(d, d, d)
	member, nobody := auth.Identity{UserID: insider}, auth.Identity{UserID: stranger}
	for _, try := range []struct {
		who         auth.Identity
		asked, want string
		slug        string
		development bool
	}{
		{nobody, "released", "1.1.0", "", false},
		{nobody, "", "1.1.0", "", false},
		{member, "released", "1.1.0", "", false},
		{member, "newest", "1.2.0", "", true},
		{member, newest.ID.String(), "1.2.0", "", true},
		{member, old.ID.String(), "1.0.0", "", true},
		{member, released.ID.String(), "1.1.0", "", false},
		{member, broken.ID.String(), "", "version-failed", false},
		{nobody, "newest", "", "no-such-app", false},
		{nobody, newest.ID.String(), "", "no-such-app", false},
		{nobody, released.ID.String(), "", "no-such-app", false},
		{member, uuid.NewString(), "", "version-not-found", false},
		{member, "1.2.0", "", "bad-version", false},
	} {
		got, err := s.Launch(t.Context(), try.who, app, try.asked)
		if fault.SlugOf(err) != try.slug || got.Version != try.want || got.Development != try.development {
			t.Errorf("%q: got %q (development %v), %v", try.asked, got.Version, got.Development, err)
		}
		if err == nil && (len(got.Scopes) != 1 || got.Scopes[0] != try.want) {
			t.Errorf("%q has the rights %v of another version", try.asked, got.Scopes)
		}
	}
	if len(d.noted) != 0 {
		t.Errorf("noted as reviewers: %v", d.noted)
	}
	if _, err := s.Launch(t.Context(), auth.Identity{UserID: stranger, Roles: []auth.Role{auth.RoleAdmin}}, app, "newest"); err != nil {
		t.Error(err)
	}
	if len(d.noted) != 1 || d.noted[0] != stranger {
		t.Errorf("the reviewer was not noted: %v", d.noted)
	}
}

// Ensure an app's rights are those of two versions, the released one and the newest that compiled.
func TestGrantsAreOfTheReleasedAndOfTheNewestVersion(t *testing.T) {
	t.Parallel()
	d := &desk{versions: []registry.Version{version("3", registry.Failed), version("2", registry.Submitted), version("1", registry.Released)}}
	released, newest, err := launch.NewReleases(d).Grants(t.Context(), app)
	if err != nil || released.Version != "1" || newest.Version != "2" {
		t.Errorf("got %v, %v, %v", released, newest, err)
	}
	d.versions = d.versions[:1]
	released, newest, err = launch.NewReleases(d).Grants(t.Context(), app)
	if err != nil || released.Version != "" || newest.Version != "" {
		t.Errorf("without any: %v, %v, %v", released, newest, err)
	}
}

// Ensure a paused version opens for nobody, and others do.
func TestAPausedVersionIsNotOpened(t *testing.T) {
	t.Parallel()
	released, newest := version("1.1.0", registry.Released), version("1.2.0", registry.Ready)
	d := &desk{versions: []registry.Version{newest, released}, paused: released.ID}
	s := launch.New(d, d, d)
	for asked, want := range map[string]string{"released": "quarantined", released.ID.String(): "quarantined", "newest": ""} {
		if _, err := s.Launch(t.Context(), auth.Identity{UserID: insider}, app, asked); fault.SlugOf(err) != want {
			t.Errorf("%q: %v, want %q", asked, err, want)
		}
	}
}
