package authhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/teahouse/teahouse/server/auth"
)

// Session is the answer to every way of logging in.
type Session struct {
	User        auth.User `json:"user"`
	AccessToken string    `json:"access_token" doc:"Send it as: Authorization: Bearer …"`
	ExpiresIn   int       `json:"expires_in" example:"900" doc:"Seconds until the access token must be refreshed."`
	MustSetUp   bool      `json:"must_set_up_second_factor" doc:"The token allows nothing but the set-up of a second factor."`
}

// sessionOutput has a field for each cookie: fiber writes a list of them as one header with commas.
type sessionOutput struct {
	Refresh http.Cookie  `header:"Set-Cookie"`
	Device  *http.Cookie `header:"Set-Cookie"`
	Body    Session
}

type signUpInput struct {
	DeviceInput
	Body struct {
		Handle      string `json:"handle" maxLength:"64" doc:"3 to 30 of a-z, 0-9, _ and -, the first a letter."`
		Password    string `json:"password" maxLength:"512" doc:"8 to 128 characters."`
		DisplayName string `json:"display_name,omitempty" maxLength:"200"`
	}
}

type logInInput struct {
	DeviceInput
	Body struct {
		Handle   string `json:"handle" maxLength:"64"`
		Password string `json:"password" maxLength:"512"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"Of the authenticator, or a recovery code; asked for by the problem second-factor-needed."`
		Reopen   bool   `json:"reopen,omitempty" doc:"Open your closed account again."`
	}
}

type refreshInput struct {
	Token string `cookie:"teahouse_refresh" maxLength:"128"`
}

func (s *Service) handleSignUp(ctx context.Context, in *signUpInput) (*sessionOutput, error) {
	if err := s.checkOrigin(ctx); err != nil {
		return nil, err
	}
	user, err := s.auth.SignUp(ctx, auth.NewUser{
		Handle: in.Body.Handle, Password: in.Body.Password, DisplayName: in.Body.DisplayName,
	})
	if err != nil {
		return nil, err
	}
	return answer(ctx)(s.auth.StartSession(ctx, user, in.Device))
}

func (s *Service) handleLogIn(ctx context.Context, in *logInInput) (*sessionOutput, error) {
	if err := s.checkOrigin(ctx); err != nil {
		return nil, err
	}
	return answer(ctx)(s.auth.LogIn(ctx, auth.Credentials{Handle: in.Body.Handle, Password: in.Body.Password,
		Code: in.Body.Code, Device: in.Device, Reopen: in.Body.Reopen}))
}

func (s *Service) handleRefresh(ctx context.Context, in *refreshInput) (*sessionOutput, error) {
	if err := s.checkOrigin(ctx); err != nil {
		return nil, err
	}
	return answer(ctx)(s.auth.Refresh(ctx, in.Token))
}

// answer writes a session: its refresh token, and what the device is to keep, in cookies.
func answer(ctx context.Context) func(auth.Session, error) (*sessionOutput, error) {
	return func(session auth.Session, err error) (*sessionOutput, error) {
		if err != nil {
			return nil, err
		}
		out := &sessionOutput{Body: bodyOf(session),
			Refresh: cookie(ctx, refreshCookie, refreshPath, session.Refresh, auth.RefreshLifetime)}
		if session.Device != "" {
			device := cookie(ctx, deviceCookie, devicePath, session.Device, auth.DeviceLifetime)
			out.Device = &device
		}
		return out, nil
	}
}

func bodyOf(session auth.Session) Session {
	return Session{User: session.User, AccessToken: session.Access, ExpiresIn: int(auth.AccessLifetime / time.Second),
		MustSetUp: session.MustSetUp}
}

type logOutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Service) handleLogOut(ctx context.Context, in *refreshInput) (*logOutOutput, error) {
	if err := s.checkOrigin(ctx); err != nil {
		return nil, err
	}
	if in.Token != "" {
		if err := s.auth.EndSession(ctx, in.Token); err != nil {
			return nil, err
		}
	}
	return &logOutOutput{SetCookie: cookie(ctx, refreshCookie, refreshPath, "", -time.Second)}, nil
}
