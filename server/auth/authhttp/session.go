package authhttp

import (
	"context"
	"time"

	"github.com/teahouse/teahouse/server/auth"
)

// Session is the answer to every way of logging in.
type Session struct {
	User        auth.User `json:"user"`
	AccessToken string    `json:"access_token" doc:"Send it as: Authorization: Bearer …"`
	ExpiresIn   int       `json:"expires_in" example:"900" doc:"Seconds until the access token must be refreshed."`
}

type sessionOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      Session
}

type signUpInput struct {
	Body struct {
		Handle      string `json:"handle" maxLength:"64" doc:"3 to 30 of a-z, 0-9, _ and -, the first a letter."`
		Password    string `json:"password" maxLength:"512" doc:"8 to 128 characters."`
		DisplayName string `json:"display_name,omitempty" maxLength:"200"`
	}
}

type logInInput struct {
	Body struct {
		Handle   string `json:"handle" maxLength:"64"`
		Password string `json:"password" maxLength:"512"`
	}
}

type refreshInput struct {
	Token string `cookie:"teahouse_refresh" maxLength:"128"`
}

func (s *Service) handleSignUp(ctx context.Context, in *signUpInput) (*sessionOutput, error) {
	user, err := s.auth.SignUp(ctx, auth.NewUser{
		Handle: in.Body.Handle, Password: in.Body.Password, DisplayName: in.Body.DisplayName,
	})
	if err != nil {
		return nil, err
	}
	return answer(ctx)(s.auth.StartSession(ctx, user))
}

func (s *Service) handleLogIn(ctx context.Context, in *logInInput) (*sessionOutput, error) {
	return answer(ctx)(s.auth.LogIn(ctx, in.Body.Handle, in.Body.Password))
}

func (s *Service) handleRefresh(ctx context.Context, in *refreshInput) (*sessionOutput, error) {
	if err := s.checkOrigin(ctx); err != nil {
		return nil, err
	}
	return answer(ctx)(s.auth.Refresh(ctx, in.Token))
}

// answer writes a session, with its refresh token in the cookie.
func answer(ctx context.Context) func(auth.Session, error) (*sessionOutput, error) {
	return func(session auth.Session, err error) (*sessionOutput, error) {
		if err != nil {
			return nil, err
		}
		return &sessionOutput{Body: bodyOf(session),
			SetCookie: cookie(ctx, session.Refresh, int(auth.RefreshLifetime/time.Second))}, nil
	}
}

func bodyOf(session auth.Session) Session {
	return Session{User: session.User, AccessToken: session.Access, ExpiresIn: int(auth.AccessLifetime / time.Second)}
}

type logOutOutput struct {
	SetCookie string `header:"Set-Cookie"`
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
	return &logOutOutput{SetCookie: cookie(ctx, "", -1)}, nil
}
