package accounts

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
)

// Identities stores the open IDs by which apps know people, and what people have allowed apps to
// know.
type Identities struct {
	pool    *pgxpool.Pool
	openKey []byte
	log     *slog.Logger
	now     func() time.Time
}

type nothing struct{}

type loginCode struct {
	Code string `json:"code" doc:"Give it to your server, which exchanges it by auth.exchange_code within five minutes."`
}

type exchange struct {
	Code string `json:"code" maxLength:"64" doc:"The code of wx.login."`
}

type profile struct {
	DisplayName string `json:"display_name"`
	AvatarURL   string `json:"avatar_url"`
	Locale      string `json:"locale"`
}

func (s *Identities) capLogin(ctx context.Context, caller bridge.Caller, _ nothing) (loginCode,
	error) {
	code, err := s.newLoginCode(ctx, caller.AppID, caller.UserID)
	return loginCode{Code: code}, err
}

func (s *Identities) capExchange(ctx context.Context, caller bridge.Caller, in exchange) (OpenID,
	error) {
	return s.exchangeCode(ctx, caller.AppID, in.Code, caller.InsidersOnly)
}

func (s *Identities) capProfile(ctx context.Context, caller bridge.Caller, _ nothing) (profile,
	error) {
	var p profile
	err := s.pool.QueryRow(ctx, `SELECT display_name, avatar_url, locale FROM app_user WHERE id = $1`,
		caller.UserID).
		Scan(&p.DisplayName, &p.AvatarURL, &p.Locale)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, fault.Errorf(fault.NotFound, "no-such-user", "There is no such person.")
	}
	return p, err
}

// Run deletes expired login codes until the context ends.
func (s *Identities) Run(ctx context.Context) error {
	tick := time.NewTicker(LoginCodeLife)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		_, err := s.pool.Exec(ctx, `DELETE FROM login_code WHERE expires_at < $1`, s.now())
		if err != nil && ctx.Err() == nil {
			s.log.Error("deleting expired login codes failed, will try again", "error", err)
		}
	}
}

// The scopes of this subject's capabilities.
const (
	scopeLogin   = "login"
	scopeProfile = "profile"
)

func (s *Identities) capabilities() []bridge.Capability {
	return []bridge.Capability{
		bridge.Define(bridge.Capability{
			Name: "app.login", Scope: scopeLogin, Callers: bridge.AppSession, PerMinute: 60, MaxBytes: 1 << 10,
			Summary:   "Get a code that the app's server exchanges for the user's IDs.",
			SummaryZH: "获取登录凭证，由小程序的服务器换取用户在本小程序的标识。",
		}, s.capLogin),
		bridge.Define(bridge.Capability{
			Name: "auth.exchange_code", Scope: scopeLogin, Callers: bridge.AccountServer, Reach: bridge.ReachFound, PerMinute: 6000, MaxBytes: 1 << 10,
			Summary:   "Exchange a login code for the user's open ID and union ID.",
			SummaryZH: "用登录凭证换取用户的 open ID 与 union ID。",
		}, s.capExchange),
		bridge.Define(bridge.Capability{
			Name: "user.profile", Scope: scopeProfile, Callers: bridge.AppSession, PerMinute: 60, MaxBytes: 1 << 10, Consent: true,
			Summary:   "Read the user's name, picture and language.",
			SummaryZH: "读取用户的昵称、头像和语言。",
		}, s.capProfile),
	}
}
