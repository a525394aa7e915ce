package host

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/chat"
	"github.com/teahouse/teahouse/server/publishing"
	"github.com/teahouse/teahouse/server/sessions"
	"github.com/teahouse/teahouse/server/wallet"
)

// The rooms do not know each other; each says in a small interface what it needs. The types here
// answer those interfaces with what other rooms have.

// compiler gives the registry the sandbox's compiler.
type compiler struct{ workers *worker.Pool }

func (c compiler) Compile(ctx context.Context, files map[string][]byte) (registry.Compiled, error) {
	result, err := c.workers.Compile(ctx, files)
	if err != nil {
		return registry.Compiled{}, err
	}
	compiled := registry.Compiled{Public: result.Public, Report: registryReport(result.Report)}
	for _, d := range result.Diagnostics {
		compiled.Diagnostics = append(compiled.Diagnostics, registry.Diagnostic{Severity: string(d.Severity),
			Code: d.Code, Message: d.Message, File: d.File, Line: d.Line, Column: d.Column})
	}
	if result.Image == nil {
		return compiled, nil
	}
	if compiled.Image, err = result.Image.MarshalBinary(); err != nil {
		return registry.Compiled{}, err
	}
	compiled.Hash = image.Name(compiled.Image)
	return compiled, nil
}

func registryReport(r compile.Report) registry.Report {
	report := registry.Report{AppName: r.AppName, Pages: r.Pages, Scopes: r.Scopes, Domains: r.Domains}
	for _, use := range r.APIs {
		report.APIs = append(report.APIs, registry.APIUse(use))
	}
	return report
}

// recordAudit lets the registry write to the audit log in its own transactions.
func recordAudit(ctx context.Context, tx pgx.Tx, action, target string, detail map[string]any) error {
	return audit.Record(ctx, tx, audit.Entry{Action: action, Target: target, Detail: detail})
}

// versionEvent tells the people who work on an app that a version has moved.
type versionEvent struct {
	Type      string    `json:"type"` // "version"
	AppID     string    `json:"app_id"`
	VersionID uuid.UUID `json:"version_id"`
	State     string    `json:"state"`
}

type versionWatcher struct{ host *Host }

// VersionChanged implements registry.Observer.
func (w versionWatcher) VersionChanged(ctx context.Context, v registry.Version) {
	members, err := w.host.accounts.MembersOfApp(ctx, v.AppID)
	if err != nil {
		w.host.log.Error("finding whom to tell of a version", "app", v.AppID, "error", err)
		return
	}
	for _, userID := range members {
		event := versionEvent{"version", v.AppID, v.ID, string(v.State)}
		if err := w.host.hub.Push(ctx, userID, event); err != nil {
			w.host.log.Warn("telling of a version", "app", v.AppID, "error", err)
		}
	}
}

// releases gives accounts what the registry knows of released versions.
type releases struct{ registry *registry.Service }

func (r releases) Released(ctx context.Context, appIDs []string) (map[string]accounts.Release, error) {
	versions, err := r.registry.Released(ctx, appIDs)
	if err != nil {
		return nil, err
	}
	released := make(map[string]accounts.Release, len(versions))
	for appID, v := range versions {
		released[appID] = accounts.Release{ID: v.ID, Version: v.Label}
	}
	return released, nil
}

func (r releases) HeldScopes(ctx context.Context, appID string) ([]string, error) {
	released, err := r.registry.Released(ctx, []string{appID})
	if err != nil {
		return nil, err
	}
	if v, ok := released[appID]; ok {
		return v.Report.Scopes, nil
	}
	newest, err := r.registry.Versions(ctx, registry.VersionFilter{AppID: appID, Limit: 1})
	if err != nil || len(newest) == 0 {
		return nil, err
	}
	return newest[0].Report.Scopes, nil
}

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

// paid tells a session whether the money has really moved.
func (h *Host) paid(ctx context.Context, userID, orderID uuid.UUID) (bool, error) {
	return h.wallet.Paid(ctx, userID, orderID)
}

func (h *Host) mayDevelop(ctx context.Context, appID string) error {
	who, _ := auth.IdentityFromContext(ctx)
	return h.accounts.MayDevelop(ctx, who, appID)
}

// workshop tells the publishing desk what accounts knows.
type workshop struct{ *accounts.Service }

var _ = slices.Contains[[]string]
var _ = time.Now
var _ = publishing.New
