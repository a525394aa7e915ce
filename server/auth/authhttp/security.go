package authhttp

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/auth"
)

// securityRoutes adds the operations for the security of the caller's own account. They are open
// also to people who must set up a second factor first.
func (s *Service) securityRoutes(api huma.API, op describe) {
	huma.Register(api, op("get-security", "GET", "/me/security", "See how your account is protected", auth.AsSetUp),
		s.handleSecurity)
	huma.Register(api, op("change-password", "POST", "/me/password",
		"Change your password and end all other sessions", auth.AsSetUp), s.handleChangePassword)
	huma.Register(api, op("list-sessions", "GET", "/me/sessions", "List where you are logged in", auth.AsSetUp),
		s.handleSessions)
	huma.Register(api, op("end-session", "DELETE", "/me/sessions/{id}", "End one of your sessions", auth.AsSetUp),
		s.handleEndSession)
	huma.Register(api, op("end-other-sessions", "DELETE", "/me/sessions",
		"End all of your sessions except this one", auth.AsSetUp), s.handleEndOtherSessions)
	huma.Register(api, op("begin-second-factor", "POST", "/me/second-factor",
		"Get a secret for an authenticator app; nothing changes until it is confirmed", auth.AsSetUp), s.handleBeginFactor)
	huma.Register(api, op("confirm-second-factor", "POST", "/me/second-factor/confirm",
		"Turn the second factor on with the first code; ends all other sessions", auth.AsSetUp), s.handleConfirmFactor)
	huma.Register(api, op("remove-second-factor", "POST", "/me/second-factor/remove",
		"Turn the second factor off", auth.AsSetUp), s.handleRemoveFactor)
	huma.Register(api, op("renew-recovery-codes", "POST", "/me/recovery-codes",
		"Make ten new recovery codes in place of the old ones", auth.AsSetUp), s.handleRecoveryCodes)
	huma.Register(api, op("close-account", "POST", "/me/close",
		"Close your account; it can be opened again for 30 days by logging in, then it is erased", auth.AsSetUp), s.handleClose)
}

type securityOutput struct{ Body auth.Security }

func (s *Service) handleSecurity(ctx context.Context, _ *struct{}) (*securityOutput, error) {
	security, err := s.auth.Security(ctx)
	return &securityOutput{Body: security}, err
}

type changePasswordInput struct {
	DeviceInput
	Body struct {
		OldPassword   string `json:"old_password" maxLength:"512"`
		NewPassword   string `json:"new_password" maxLength:"512" doc:"8 to 128 characters."`
		Code          string `json:"code,omitempty" maxLength:"64" doc:"Of the second factor, if one is set up."`
		KeepAPITokens bool   `json:"keep_api_tokens,omitempty" doc:"Do not revoke the personal access tokens."`
	}
}

func (s *Service) handleChangePassword(ctx context.Context, in *changePasswordInput) (*struct{}, error) {
	return nil, s.auth.ChangePassword(ctx, auth.PasswordChange{Old: in.Body.OldPassword, New: in.Body.NewPassword,
		Code: in.Body.Code, KeepTokens: in.Body.KeepAPITokens, Device: in.Device})
}

type sessionsOutput struct {
	Body struct {
		Items      []auth.LoginSession `json:"items" nullable:"false"`
		NextCursor *string             `json:"next_cursor" doc:"Always null."`
	}
}

func (s *Service) handleSessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	out := &sessionsOutput{}
	var err error
	out.Body.Items, err = s.auth.LoginSessions(ctx)
	return out, err
}

type sessionIDInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (s *Service) handleEndSession(ctx context.Context, in *sessionIDInput) (*struct{}, error) {
	return nil, s.auth.EndLogin(ctx, in.ID)
}

type endedOutput struct {
	Body struct {
		Ended int `json:"ended" doc:"How many sessions ended."`
	}
}

func (s *Service) handleEndOtherSessions(ctx context.Context, _ *struct{}) (*endedOutput, error) {
	out := &endedOutput{}
	var err error
	out.Body.Ended, err = s.auth.EndOtherLogins(ctx)
	return out, err
}

// proofInput proves that the caller is the owner, and not another person with the owner's phone.
type proofInput struct {
	Body struct {
		Password string `json:"password" maxLength:"512"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"Of the second factor, if one is set up; or a recovery code."`
	}
}

type setUpOutput struct{ Body auth.FactorSetUp }

func (s *Service) handleBeginFactor(ctx context.Context, in *proofInput) (*setUpOutput, error) {
	setUp, err := s.auth.BeginFactor(ctx, in.Body.Password, in.Body.Code)
	return &setUpOutput{Body: setUp}, err
}

type confirmFactorInput struct {
	Body struct {
		Code string `json:"code" maxLength:"64"`
	}
}

type confirmFactorOutput struct {
	Body struct {
		Session
		RecoveryCodes []string `json:"recovery_codes" nullable:"false" doc:"Shown this once; each works once in place of a code."`
	}
}

func (s *Service) handleConfirmFactor(ctx context.Context, in *confirmFactorInput) (*confirmFactorOutput, error) {
	session, codes, err := s.auth.ConfirmFactor(ctx, in.Body.Code)
	if err != nil {
		return nil, err
	}
	out := &confirmFactorOutput{}
	out.Body.Session, out.Body.RecoveryCodes = bodyOf(session), codes
	return out, nil
}

func (s *Service) handleRemoveFactor(ctx context.Context, in *proofInput) (*struct{}, error) {
	return nil, s.auth.RemoveFactor(ctx, in.Body.Password, in.Body.Code)
}

type recoveryCodesOutput struct {
	Body struct {
		RecoveryCodes []string `json:"recovery_codes" nullable:"false" doc:"Shown this once; each works once in place of a code."`
	}
}

func (s *Service) handleRecoveryCodes(ctx context.Context, in *proofInput) (*recoveryCodesOutput, error) {
	out := &recoveryCodesOutput{}
	var err error
	out.Body.RecoveryCodes, err = s.auth.NewRecoveryCodes(ctx, in.Body.Password, in.Body.Code)
	return out, err
}

func (s *Service) handleClose(ctx context.Context, in *proofInput) (*logOutOutput, error) {
	if err := s.auth.CloseAccount(ctx, in.Body.Password, in.Body.Code); err != nil {
		return nil, err
	}
	return &logOutOutput{SetCookie: cookie(ctx, refreshCookie, refreshPath, "", -time.Second)}, nil
}
