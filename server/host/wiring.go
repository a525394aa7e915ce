package host

import (
	"context"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/chat"
	"github.com/teahouse/teahouse/server/sessions"
	"github.com/teahouse/teahouse/server/wallet"
)

// The rooms do not know each other; each says in a small interface what it needs. The types here
// answer those interfaces with what other rooms have.

// messenger gives accounts the chat.
type messenger struct{ *chat.Service }

func (m messenger) SendFromAccount(ctx context.Context, accountID, userID uuid.UUID, clientID, kind string, content any) (uuid.UUID, error) {
	message, err := m.Service.SendFromAccount(ctx, accountID, userID, clientID, kind, content)
	return message.ID, err
}

// walletMessenger gives the wallet the chat, for receipts.
type walletMessenger struct{ *chat.Service }

func (m walletMessenger) SendFromAccount(ctx context.Context, accountID, userID uuid.UUID, clientID, kind string, content any) error {
	_, err := m.Service.SendFromAccount(ctx, accountID, userID, clientID, kind, content)
	return err
}

// directory tells the wallet whom an app's money belongs to, and who its users are.
type directory struct{ *accounts.Service }

func (d directory) PayeeOfApp(ctx context.Context, appID string) (wallet.Payee, error) {
	app, err := d.AppByID(ctx, appID)
	if err != nil {
		return wallet.Payee{}, err
	}
	if app.TakenDown() {
		return wallet.Payee{}, fault.Errorf(fault.NotFound, "app-taken-down", "This service is not available.")
	}
	account, err := d.AccountByID(ctx, app.Account.ID)
	return wallet.Payee{ID: account.ID, Name: account.Name, AvatarURL: account.AvatarURL}, err
}

func (d directory) OpenID(ctx context.Context, appID string, userID uuid.UUID) (string, error) {
	id, err := d.Service.OpenID(ctx, appID, userID)
	return id.OpenID, err
}

func (d directory) RequireMember(ctx context.Context, appID string) error {
	_, err := d.Service.RequireMember(ctx, appID)
	return err
}

// releasedVersion is what clients say when they want what everybody gets.
const releasedVersion = "released"

// launcher decides what somebody opens.
type launcher struct{ host *Host }

// Launch implements sessions.Launcher. The rights of a session are those of the version opened.
func (l launcher) Launch(ctx context.Context, who auth.Identity, appID, version string) (sessions.Launch, error) {
	app, err := l.host.accounts.AppByID(ctx, appID)
	if err != nil {
		return sessions.Launch{}, err
	}
	if app.TakenDown() {
		return sessions.Launch{}, fault.Errorf(fault.NotFound, "app-taken-down", "This service is not available.")
	}
	v, err := l.version(ctx, who, appID, version)
	if err != nil {
		return sessions.Launch{}, err
	}
	if v.ImageHash == nil {
		return sessions.Launch{}, fault.Errorf(fault.Conflict, "version-failed",
			"This version did not compile; see its diagnostics.")
	}
	return sessions.Launch{AppID: app.ID, Name: app.Name, IconURL: app.IconURL, AccountID: app.Account.ID,
		AccountName: app.Account.Name, VersionID: v.ID, Version: v.Label, ImageHash: *v.ImageHash,
		Scopes: v.Report.Scopes, Domains: v.Report.Domains, Development: v.State != registry.Released}, nil
}

func (l launcher) version(ctx context.Context, who auth.Identity, appID, version string) (registry.Version, error) {
	if version == releasedVersion || version == "" {
		released, err := l.host.registry.Released(ctx, []string{appID})
		if err != nil {
			return registry.Version{}, err
		}
		v, ok := released[appID]
		if !ok {
			return v, fault.Errorf(fault.NotFound, "not-released", "This mini program has not been released yet.")
		}
		return v, nil
	}
	id, err := uuid.Parse(version)
	if err != nil {
		return registry.Version{}, fault.Errorf(fault.Invalid, "bad-version", "A version is \"released\" or its ID.")
	}
	if err := l.host.accounts.MayDevelop(ctx, who, appID); err != nil {
		return registry.Version{}, err
	}
	return l.host.registry.Version(ctx, appID, id)
}

func (h *Host) mayDevelop(ctx context.Context, appID string) error {
	who, _ := auth.IdentityFromContext(ctx)
	return h.accounts.MayDevelop(ctx, who, appID)
}
