package host

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/appfiles"
	"github.com/teahouse/teahouse/server/chat"
	"github.com/teahouse/teahouse/server/launch"
	"github.com/teahouse/teahouse/server/wallet"
)

// The packages do not import each other; each defines what it needs in a small interface. The types
// here implement those interfaces with other packages.

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

// directory tells the wallet who owns an app's money, and who its users are.
type directory struct {
	*accounts.Service
	launch *launch.Service
}

func (d directory) PayeeOfApp(ctx context.Context, appID string) (wallet.Payee, error) {
	return d.launch.PayeeOfApp(ctx, appID)
}

func (d directory) OpenID(ctx context.Context, appID string, userID uuid.UUID) (string, error) {
	id, err := d.Service.OpenID(ctx, appID, userID)
	return id.OpenID, err
}

func (d directory) RequireMember(ctx context.Context, appID string) error {
	_, err := d.Service.RequireMember(ctx, appID)
	return err
}

// names gives the audit log the names of people, accounts, apps and versions.
func (h *Host) names(ctx context.Context, keys []string) (map[string]string, error) {
	var ids []uuid.UUID
	for _, key := range keys {
		if text, ok := strings.CutPrefix(key, "version:"); ok {
			if id, err := uuid.Parse(text); err == nil {
				ids = append(ids, id)
			}
		}
	}
	versions, err := h.registry.VersionsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		keys = append(keys, "app:"+v.AppID)
	}
	names, err := h.accounts.Names(ctx, keys)
	if err != nil {
		return nil, err
	}
	for id, v := range versions {
		names["version:"+id.String()] = strings.TrimSpace(names["app:"+v.AppID] + " " + v.Label)
	}
	return names, nil
}

// logged writes for the operator why a webhook failed; the developer sees only a general reason.
type logged struct {
	http.RoundTripper
	log *slog.Logger
}

// RoundTrip implements http.RoundTripper.
func (l logged) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	if err != nil {
		l.log.InfoContext(r.Context(), "webhook not answered", "host", r.URL.Host, "error", err)
	}
	return response, err
}

// mapSource is what open programs are told of the source of tiles.
func mapSource(tiles *appfiles.MapSource) *protocol.MapSource {
	if tiles == nil {
		return nil
	}
	return &protocol.MapSource{Attribution: tiles.Attribution, MaxZoom: tiles.MaxZoom}
}
