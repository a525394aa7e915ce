package host

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/chat"
	"github.com/teahouse/teahouse/server/quarantine"
)

// notices tells people of their account in a message from the platform's own official account.
type notices struct{ host *Host }

// NewDevice implements auth.Notices.
func (n notices) NewDevice(ctx context.Context, user auth.User, login auth.LoginSession) error {
	sender, err := n.host.accounts.Platform(ctx)
	if err != nil {
		return err
	}
	text := newDeviceText(login)
	_, err = n.host.chat.SendFromAccount(ctx, sender, user.ID, "login:"+login.ID.String(), chat.KindText,
		chat.NoticeOf(text, user.Locale))
	return err
}

func newDeviceText(login auth.LoginSession) fault.Text {
	device := fault.Textf("an unknown device")
	if login.Browser != "" && login.System != "" {
		device = fault.Textf("%s on %s", login.Browser, login.System)
	} else if known := login.Browser + login.System; known != "" {
		device = fault.Textf("%s", known)
	}
	return fault.Textf("New log-in to your account: %s, from %s, %s.\n\nIf this was not you, change your password now "+
		"under Me > Account and security. All other devices are logged out then.",
		device, login.IP, login.CreatedAt.UTC().Format("2006-01-02 15:04 UTC"))
}

// Quarantine tells everybody who works on an app that a version of it is paused, or can be opened again.
func (n notices) Quarantine(ctx context.Context, p quarantine.Pause) error {
	background, err := n.host.accounts.Background(ctx, p.AppID)
	if err != nil {
		return err
	}
	apps, err := n.host.accounts.AppsByID(ctx, []string{p.AppID})
	if err != nil {
		return err
	}
	sender, err := n.host.accounts.Platform(ctx)
	if err != nil {
		return err
	}
	text := quarantineText(apps[p.AppID].Name, p)
	event := map[string]any{"type": "quarantine", "app_id": p.AppID, "version_id": p.VersionID, "state": p.State}
	var failed []error
	for _, member := range background.Members {
		user, err := n.host.auth.UserByID(ctx, member.UserID)
		if err == nil {
			_, err = n.host.chat.SendFromAccount(ctx, sender, user.ID, "quarantine:"+p.ID.String()+":"+string(p.State),
				chat.KindText, chat.NoticeOf(text, user.Locale))
		}
		failed = append(failed, err, n.host.hub.Push(ctx, member.UserID, event))
	}
	return errors.Join(failed...)
}

func quarantineText(app string, p quarantine.Pause) fault.Text {
	if p.State == quarantine.Released {
		return fault.Textf("Version %s of %s can be opened again: an administrator has ended its pause.", p.Version, app)
	}
	return fault.Textf("Version %s of %s is paused until %s: its sandbox ended %d times within %d minutes. "+
		"The page of the version in the developer's console shows how it ended.", p.Version, app,
		p.Until.UTC().Format("2006-01-02 15:04 UTC"), len(p.Deaths), int(worker.QuarantineWindow.Minutes()))
}

// mayCloseAccount implements auth.Options.MayClose: a person who leaves must first withdraw their money
// and transfer the official accounts that others use.
func (h *Host) mayCloseAccount(ctx context.Context, userID uuid.UUID) error {
	empty, err := h.wallet.Empty(ctx, userID)
	if err != nil {
		return err
	}
	if !empty {
		return fault.Errorf(fault.Conflict, "wallet-not-empty",
			"There is money in your wallet, or a payment under way. Spend it first, then close the account.")
	}
	owned, err := h.accounts.OwnedAlone(ctx, userID)
	if err != nil {
		return err
	}
	if len(owned) > 0 {
		return fault.Errorf(fault.Conflict, "account-owner",
			"You are the only owner of %s. Make somebody else an owner first.", strings.Join(owned, ", "))
	}
	return nil
}
