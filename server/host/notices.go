package host

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/chat"
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
