package auth

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/request"
)

// The cookie of the refresh token. Scripts cannot read it, other sites cannot send it, and it
// travels to no other address.
const (
	refreshCookie = "teahouse_refresh"
	refreshPath   = "/api/v1/auth"
)

// Session is the answer to every way of logging in.
type Session struct {
	User        User   `json:"user"`
	AccessToken string `json:"access_token" doc:"Send it as: Authorization: Bearer …"`
	ExpiresIn   int    `json:"expires_in" example:"900" doc:"Seconds until the access token must be refreshed."`
}

type sessionOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      Session
}

type userOutput struct{ Body User }

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

type updateMeInput struct {
	Body struct {
		DisplayName *string `json:"display_name,omitempty" maxLength:"200"`
		AvatarURL   *string `json:"avatar_url,omitempty" maxLength:"300"`
		Locale      *string `json:"locale,omitempty" enum:"en,zh-CN"`
	}
}

type searchUsersInput struct {
	Query string `query:"query" required:"true" minLength:"1" maxLength:"64" doc:"How the handle or name begins."`
}

type searchUsersOutput struct {
	Body struct {
		Items      []PublicUser `json:"items" nullable:"false"`
		NextCursor *string      `json:"next_cursor" doc:"Always null: a search that finds too many should be narrowed."`
	}
}

type userIDInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type publicUserOutput struct{ Body PublicUser }

type newAPITokenInput struct {
	Body struct {
		Name          string `json:"name" maxLength:"200" example:"laptop"`
		ExpiresInDays int    `json:"expires_in_days,omitempty" minimum:"1" maximum:"365" default:"90"`
	}
}

type newAPITokenOutput struct {
	Body struct {
		APIToken
		Token string `json:"token" doc:"Shown this once."`
	}
}

type apiTokensOutput struct {
	Body struct {
		Items      []APIToken `json:"items" nullable:"false"`
		NextCursor *string    `json:"next_cursor" doc:"Always null."`
	}
}

// Routes adds the operations of the room.
func (s *Service) Routes(api huma.API, app fiber.Router) {
	op := func(id, method, path, summary string, who []map[string][]string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary,
			Tags: []string{"people"}, Security: who}
	}
	created := func(o huma.Operation) huma.Operation { o.DefaultStatus = http.StatusCreated; return o }
	huma.Register(api, created(op("sign-up", "POST", "/auth/signup", "Sign up and log in", AsAnyone)),
		s.handleSignUp)
	huma.Register(api, op("log-in", "POST", "/auth/login", "Log in", AsAnyone), s.handleLogIn)
	huma.Register(api, op("refresh", "POST", "/auth/refresh",
		"Exchange the refresh cookie for a new access token", AsAnyone), s.handleRefresh)
	huma.Register(api, op("log-out", "POST", "/auth/logout", "End the session of the cookie",
		AsAnyone), s.handleLogOut)

	huma.Register(api, op("get-me", "GET", "/me", "Get oneself", AsUserOrAPIToken), s.handleMe)
	huma.Register(api, op("update-me", "PATCH", "/me", "Change one's name, picture or language",
		AsUser), s.handleUpdateMe)
	huma.Register(api, op("become-developer", "POST", "/me/roles/developer",
		"Become a developer; the new access token has the role", AsUser), s.handleBecomeDeveloper)
	huma.Register(api, op("search-people", "GET", "/users", "Search people", AsUser), s.handleSearch)
	huma.Register(api, op("get-person", "GET", "/users/{id}", "Get a person", AsUser), s.handleUser)

	huma.Register(api, created(op("create-api-token", "POST", "/me/api-tokens",
		"Create a personal access token for the command line", AsUser)), s.handleNewAPIToken)
	huma.Register(api, op("list-api-tokens", "GET", "/me/api-tokens",
		"List one's personal access tokens", AsUser), s.handleAPITokens)
	huma.Register(api, op("revoke-api-token", "DELETE", "/me/api-tokens/{id}",
		"Revoke a personal access token", AsUser), s.handleRevokeAPIToken)

	app.Get("/.well-known/jwks.json", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "public, max-age=300")
		c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
		return c.JSON(map[string]any{"keys": s.keys.keySet()}, "application/jwk-set+json")
	})
}

func (s *Service) handleSignUp(ctx context.Context, in *signUpInput) (*sessionOutput, error) {
	user, err := s.SignUp(ctx, NewUser{
		Handle: in.Body.Handle, Password: in.Body.Password, DisplayName: in.Body.DisplayName,
	})
	if err != nil {
		return nil, err
	}
	return s.newSession(ctx, user)
}

func (s *Service) handleLogIn(ctx context.Context, in *logInInput) (*sessionOutput, error) {
	user, err := s.logIn(ctx, in.Body.Handle, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return s.newSession(ctx, user)
}

func (s *Service) newSession(ctx context.Context, user User) (*sessionOutput, error) {
	session, refresh, err := s.startSession(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	return s.session(ctx, user, session, refresh)
}

// session answers with a new access token and the refresh token in the cookie.
func (s *Service) session(ctx context.Context, user User, session uuid.UUID, refresh string) (*sessionOutput, error) {
	access, err := s.issueAccess(user, session)
	if err != nil {
		return nil, err
	}
	out := &sessionOutput{Body: Session{User: user, AccessToken: access,
		ExpiresIn: int(AccessLifetime / time.Second)}}
	out.SetCookie = cookie(ctx, refresh, int(RefreshLifetime/time.Second))
	return out, nil
}

// cookie writes the refresh cookie; a maxAge below zero deletes it.
func cookie(ctx context.Context, value string, maxAge int) string {
	c := http.Cookie{
		Name: refreshCookie, Value: value, Path: refreshPath, MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: request.FromContext(ctx).Secure,
	}
	return c.String()
}

// checkOrigin refuses a cookie that a page of another site makes the browser send. SameSite=Strict
// does so too; this holds for browsers and for neighbours on the same site.
func (s *Service) checkOrigin(ctx context.Context) error {
	info := request.FromContext(ctx)
	if info.Origin == "" || slices.Contains(s.origins, info.Origin) {
		return nil
	}
	if origin, err := url.Parse(info.Origin); err == nil && origin.Host != "" && origin.Host == info.Host {
		return nil
	}
	return fault.Errorf(fault.Forbidden, "cross-origin",
		"This request must come from the host's own pages.")
}

func (s *Service) handleRefresh(ctx context.Context, in *refreshInput) (*sessionOutput, error) {
	if err := s.checkOrigin(ctx); err != nil {
		return nil, err
	}
	if err := s.refreshes.Allow(request.FromContext(ctx).Network()); err != nil {
		return nil, err
	}
	if in.Token == "" {
		return nil, errSessionEnded
	}
	of, successor, err := s.rotate(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	if err := s.checkOpen(ctx, of.UserID); err != nil {
		return nil, err
	}
	user, err := s.UserByID(ctx, of.UserID)
	if err != nil {
		return nil, err
	}
	return s.session(ctx, user, of.ID, successor)
}

// checkOpen refuses to prolong the session of an account that was closed meanwhile.
func (s *Service) checkOpen(ctx context.Context, userID uuid.UUID) error {
	var open bool
	err := s.pool.QueryRow(ctx, `SELECT disabled_at IS NULL FROM app_user WHERE id = $1`,
		userID).Scan(&open)
	if err == nil && !open {
		return errSessionEnded
	}
	return err
}

type logOutOutput struct {
	SetCookie string `header:"Set-Cookie"`
}

func (s *Service) handleLogOut(ctx context.Context, in *refreshInput) (*logOutOutput, error) {
	if err := s.checkOrigin(ctx); err != nil {
		return nil, err
	}
	if in.Token != "" {
		if err := s.endSession(ctx, in.Token); err != nil {
			return nil, err
		}
	}
	return &logOutOutput{SetCookie: cookie(ctx, "", -1)}, nil
}

func (s *Service) handleMe(ctx context.Context, _ *struct{}) (*userOutput, error) {
	user, err := s.UserByID(ctx, UserFromContext(ctx))
	return &userOutput{Body: user}, err
}

func (s *Service) handleUpdateMe(ctx context.Context, in *updateMeInput) (*userOutput, error) {
	user, err := s.updateUser(ctx, UserFromContext(ctx), userUpdate(in.Body))
	return &userOutput{Body: user}, err
}

type roleOutput struct{ Body Session }

func (s *Service) handleBecomeDeveloper(ctx context.Context, _ *struct{}) (*roleOutput, error) {
	id, _ := IdentityFromContext(ctx)
	if _, err := s.addRoles(ctx, id.Handle, []Role{RoleDeveloper}); err != nil {
		return nil, err
	}
	user, err := s.UserByID(ctx, id.UserID)
	if err != nil {
		return nil, err
	}
	access, err := s.issueAccess(user, id.Session)
	if err != nil {
		return nil, err
	}
	return &roleOutput{Body: Session{User: user, AccessToken: access,
		ExpiresIn: int(AccessLifetime / time.Second)}}, nil
}

func (s *Service) handleSearch(ctx context.Context, in *searchUsersInput) (*searchUsersOutput,
	error) {
	users, err := s.searchUsers(ctx, in.Query)
	if err != nil {
		return nil, err
	}
	out := &searchUsersOutput{}
	out.Body.Items = users
	return out, nil
}

func (s *Service) handleUser(ctx context.Context, in *userIDInput) (*publicUserOutput, error) {
	user, err := s.publicUser(ctx, in.ID)
	return &publicUserOutput{Body: user}, err
}

func (s *Service) handleNewAPIToken(ctx context.Context, in *newAPITokenInput) (*newAPITokenOutput,
	error) {
	days := in.Body.ExpiresInDays
	if days == 0 {
		days = APITokenDefault
	}
	token, secret, err := s.createAPIToken(ctx, UserFromContext(ctx), in.Body.Name, days)
	if err != nil {
		return nil, err
	}
	out := &newAPITokenOutput{}
	out.Body.APIToken, out.Body.Token = token, secret
	return out, nil
}

func (s *Service) handleAPITokens(ctx context.Context, _ *struct{}) (*apiTokensOutput, error) {
	tokens, err := s.listAPITokens(ctx, UserFromContext(ctx))
	if err != nil {
		return nil, err
	}
	out := &apiTokensOutput{}
	out.Body.Items = tokens
	return out, nil
}

func (s *Service) handleRevokeAPIToken(ctx context.Context, in *userIDInput) (*struct{}, error) {
	return nil, s.revokeAPIToken(ctx, UserFromContext(ctx), in.ID)
}
