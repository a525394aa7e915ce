// Package launch holds the rules about released versions: which version somebody opens, what an
// app may do by it, and who is paid for it.
//
// The registry knows versions and not people, accounts knows people and not versions. Whatever
// follows from both is decided here and nowhere else.
package launch

import (
	"context"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/sessions"
	"github.com/teahouse/teahouse/server/wallet"
)

// Apps is what the rules ask about apps and the people of their accounts; accounts.Service is one.
type Apps interface {
	AppByID(ctx context.Context, appID string) (accounts.App, error)
	AccountByID(ctx context.Context, id uuid.UUID) (accounts.AccountSummary, error)
	// MayDevelop returns a NotFound fault unless the person may see the app's inside.
	MayDevelop(ctx context.Context, id auth.Identity, appID string) error
	// Insider reports whether the person is a member of the app's account, a tester of the app, or a
	// reviewer who has been noted.
	Insider(ctx context.Context, appID string, userID uuid.UUID) (bool, error)
	NoteReviewer(ctx context.Context, appID string, userID uuid.UUID) error
}

// Pauses says whether a version is paused; quarantine.Service is one.
type Pauses interface {
	// Paused returns the fault with which the version cannot be opened now, or nil.
	Paused(ctx context.Context, versionID uuid.UUID) error
}

// Service decides. It is safe for concurrent use.
type Service struct {
	Releases
	apps   Apps
	pauses Pauses
}

// New returns the rules over a registry, its apps and the versions that are paused.
func New(versions Versions, apps Apps, pauses Pauses) *Service {
	return &Service{Releases: Releases{versions}, apps: apps, pauses: pauses}
}

// available returns an app that is there and was not taken down.
func (s *Service) available(ctx context.Context, appID string) (accounts.App, error) {
	app, err := s.apps.AppByID(ctx, appID)
	if err == nil && app.TakenDown() {
		err = fault.Errorf(fault.NotFound, "app-taken-down", "This service is not available.")
	}
	return app, err
}

// Launch implements sessions.Launcher. The rights of a session are those of the version opened.
func (s *Service) Launch(
	ctx context.Context, who auth.Identity, appID, version string,
) (sessions.Launch, error) {
	app, err := s.available(ctx, appID)
	if err != nil {
		return sessions.Launch{}, err
	}
	v, err := s.version(ctx, who, appID, version)
	if err != nil {
		return sessions.Launch{}, err
	}
	if err := s.pauses.Paused(ctx, v.ID); err != nil {
		return sessions.Launch{}, err
	}
	image, err := s.versions.CurrentImage(ctx, v)
	if err != nil {
		return sessions.Launch{}, err
	}
	return sessions.Launch{AppID: app.ID, Name: app.Name, IconURL: app.IconURL,
		AccountID: app.Account.ID, AccountName: app.Account.Name, VersionID: v.ID, Version: v.Label,
		ImageHash: image, Scopes: v.Report.Scopes, Domains: v.Report.Domains, Collections: v.Report.Collections,
		Development: v.State != registry.Released}, nil
}

// newestVersion is what insiders request to try the newest version.
const newestVersion = "newest"

// version finds what somebody asks for: anyone the released version, insiders any version by its ID,
// or the newest.
func (s *Service) version(
	ctx context.Context, who auth.Identity, appID, version string,
) (registry.Version, error) {
	if version == sessions.ReleasedVersion || version == "" {
		v, ok, err := s.Releases.of(ctx, appID)
		if err == nil && !ok {
			err = fault.Errorf(fault.NotFound, "not-released", "This mini program has not been released yet.")
		}
		return v, err
	}
	id, err := uuid.Parse(version)
	if err != nil && version != newestVersion {
		return registry.Version{}, fault.Errorf(fault.Invalid, "bad-version",
			"A version is %q, %q or its ID.", sessions.ReleasedVersion, newestVersion)
	}
	if err := s.mayTry(ctx, who, appID); err != nil {
		return registry.Version{}, err
	}
	if version != newestVersion {
		return s.versions.Version(ctx, appID, id)
	}
	v, ok, err := s.Releases.newest(ctx, appID)
	if err == nil && !ok {
		err = fault.Errorf(fault.NotFound, "no-version", "This mini program has no version to try yet.")
	}
	return v, err
}

// mayTry returns a NotFound fault unless the person may open versions that are not released. An
// administrator may, to review them, and counts as an insider from then on.
func (s *Service) mayTry(ctx context.Context, who auth.Identity, appID string) error {
	inside, err := s.apps.Insider(ctx, appID, who.UserID)
	if err != nil || inside {
		return err
	}
	if err := s.apps.MayDevelop(ctx, who, appID); err != nil {
		return err
	}
	return s.apps.NoteReviewer(ctx, appID, who.UserID)
}

// MayDevelop returns a NotFound fault unless the caller in ctx may see the app's inside.
func (s *Service) MayDevelop(ctx context.Context, appID string) error {
	who, _ := auth.IdentityFromContext(ctx)
	return s.apps.MayDevelop(ctx, who, appID)
}

// PayeeOfApp returns the official account that is paid for the app. An app that was taken down has
// none: nobody may be asked for money in its name.
func (s *Service) PayeeOfApp(ctx context.Context, appID string) (wallet.Payee, error) {
	app, err := s.available(ctx, appID)
	if err != nil {
		return wallet.Payee{}, err
	}
	account, err := s.apps.AccountByID(ctx, app.Account.ID)
	return wallet.Payee{ID: account.ID, Name: account.Name, AvatarURL: account.AvatarURL}, err
}
