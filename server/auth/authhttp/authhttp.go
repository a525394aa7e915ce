// Package authhttp is the HTTP interface of auth: its operations, the refresh cookie, the public keys.
// It is a separate package because api imports auth to identify callers, so auth cannot import api.
package authhttp

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/auth"
)

// Service answers requests with what auth.Service does.
type Service struct {
	auth    *auth.Service
	origins []string
}

// New returns the HTTP interface of a. Pages at the addresses may refresh and log out besides those
// of the host that a request names: the public URL, or a development server such as
// "http://localhost:5173".
func New(a *auth.Service, addresses ...string) *Service {
	s := &Service{auth: a}
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			s.origins = append(s.origins, u.Scheme+"://"+u.Host)
		}
	}
	return s
}

// The cookie of the refresh token. Scripts cannot read it, other sites cannot send it, and it is
// sent to no other address.
const (
	refreshCookie = "teahouse_refresh"
	refreshPath   = "/api/v1/auth"
)

// The cookie by which a device shows that a person logged in with it before; see auth/device.go.
const (
	deviceCookie = "teahouse_device"
	devicePath   = "/api/v1"
)

// DeviceInput reads the cookie; embed it. Huma reads embedded fields only of exported types.
type DeviceInput struct {
	Device string `cookie:"teahouse_device" maxLength:"64"`
}

// access is who may call an operation.
type access = []map[string][]string

// describe makes an operation of this package.
type describe func(id, method, path, summary string, who access) huma.Operation

// Routes adds the operations of this package.
func (s *Service) Routes(api huma.API, app fiber.Router) {
	op := func(id, method, path, summary string, who access) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary,
			Tags: []string{"people"}, Security: who}
	}
	created := func(o huma.Operation) huma.Operation { o.DefaultStatus = http.StatusCreated; return o }
	huma.Register(api, created(op("sign-up", "POST", "/auth/signup", "Sign up and log in", auth.AsAnyone)),
		s.handleSignUp)
	huma.Register(api, op("log-in", "POST", "/auth/login", "Log in", auth.AsAnyone), s.handleLogIn)
	huma.Register(api, op("refresh", "POST", "/auth/refresh",
		"Exchange the refresh cookie for a new access token", auth.AsAnyone), s.handleRefresh)
	huma.Register(api, op("log-out", "POST", "/auth/logout", "End the session of the cookie",
		auth.AsAnyone), s.handleLogOut)

	huma.Register(api, op("get-me", "GET", "/me", "Get your profile",
		slices.Concat(auth.AsUserOrAPIToken, auth.AsSetUp)), s.handleMe)
	huma.Register(api, op("update-me", "PATCH", "/me", "Change your name, picture or language",
		auth.AsUser), s.handleUpdateMe)
	huma.Register(api, op("become-developer", "POST", "/me/roles/developer",
		"Become a developer; the new access token has the role", auth.AsUser), s.handleBecomeDeveloper)
	huma.Register(api, op("search-people", "GET", "/users", "Search people", auth.AsUser), s.handleSearch)
	huma.Register(api, op("get-person", "GET", "/users/{id}", "Get a person", auth.AsUser), s.handleUser)

	huma.Register(api, created(op("create-api-token", "POST", "/me/api-tokens",
		"Create a personal access token for the command line", auth.AsUser)), s.handleNewAPIToken)
	huma.Register(api, op("list-api-tokens", "GET", "/me/api-tokens",
		"List your personal access tokens", auth.AsUser), s.handleAPITokens)
	huma.Register(api, op("revoke-api-token", "DELETE", "/me/api-tokens/{id}",
		"Revoke a personal access token", auth.AsUser), s.handleRevokeAPIToken)

	s.securityRoutes(api, op)
	s.peopleRoutes(api, op)

	app.Get("/.well-known/jwks.json", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "public, max-age=300")
		c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
		return c.JSON(map[string]any{"keys": s.auth.KeySet()}, "application/jwk-set+json")
	})
}

// cookie writes a cookie; a lifetime below zero deletes it.
func cookie(ctx context.Context, name, path, value string, lifetime time.Duration) http.Cookie {
	return http.Cookie{Name: name, Value: value, Path: path, MaxAge: int(lifetime / time.Second),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: request.FromContext(ctx).Secure}
}

// checkOrigin refuses a cookie that a page of another site makes the browser send or keep.
// SameSite=Strict does so too; this check also covers old browsers and other hosts of the same
// site.
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
