package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/auth"
)

// Authenticator proves who holds a token: a JWT or a personal access token. It returns an
// Unauthenticated fault for anything else.
type Authenticator interface {
	Authenticate(ctx context.Context, token string) (auth.Identity, error)
}

// schemes describe to readers of the OpenAPI document what auth.AsUser and the others require. The
// bridge adds its scopes to "server".
func schemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		"user": {Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "A person's access token, from /api/v1/auth/login."},
		"api_token": {Type: "http", Scheme: "bearer", BearerFormat: "tea_pat_…",
			Description: "A personal access token, from /api/v1/me/api-tokens."},
		"developer": {Type: "http", Scheme: "bearer",
			Description: "The access token or personal access token of a person with the role developer."},
		"admin": {Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "The access token of a person with the role admin, who has shown a second factor."},
		"releaser": {Type: "http", Scheme: "bearer",
			Description: "As developer, of a person who has a second factor."},
		"set_up": {Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "A person's access token, also one that must set up a second factor first."},
		"server": {Type: "oauth2", Description: "The token of an app's server: client_id is the app ID.",
			Flows: &huma.OAuthFlows{ClientCredentials: &huma.OAuthFlow{
				TokenURL: "/oauth/token", Scopes: map[string]string{},
			}}},
	}
}

// secure lets an operation run only for the callers that its Security names. Only this function
// decides about it: an operation that names nobody is refused, even to administrators.
func (s *Server) secure(ctx huma.Context, next func(huma.Context)) {
	c := humafiber.Unwrap(ctx)
	timed, cancel := context.WithTimeout(ctx.Context(), OperationTimeout)
	defer cancel()

	id, err := s.identify(timed, c.Get(fiber.HeaderAuthorization))
	if err == nil {
		err = permit(ctx.Operation().Security, id)
	} else if names(ctx.Operation().Security, "anyone") {
		err = nil // an expired token must not prevent anybody from logging in again
	}
	if err == nil {
		state := s.count(timed, id)
		setRateLimit(ctx, state)
		err = state.Err()
	}
	if err != nil {
		refuse(s.API, ctx, err)
		return
	}
	if id.Audience != "" {
		request.SetCaller(timed, id.String())
		timed = auth.NewContext(timed, id)
	}
	next(huma.WithContext(ctx, timed))
}

// identify returns the zero Identity when no token came.
func (s *Server) identify(ctx context.Context, header string) (auth.Identity, error) {
	if header == "" {
		return auth.Identity{}, nil
	}
	token, err := BearerToken(header)
	if err != nil {
		return auth.Identity{}, err
	}
	return s.authenticator.Authenticate(ctx, token)
}

// BearerToken returns the token of an Authorization header, or an Unauthenticated fault.
func BearerToken(header string) (string, error) {
	scheme, token, ok := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if !ok || !strings.EqualFold(scheme, "bearer") || token == "" || len(token) > MaxToken {
		return "", fault.Errorf(fault.Unauthenticated, "bad-token",
			"The Authorization header must be \"Bearer\" and a token.")
	}
	return token, nil
}

// permit returns a fault that says why the identity satisfies none of the alternatives.
func permit(security []map[string][]string, id auth.Identity) error {
	if len(security) == 0 {
		return fault.Errorf(fault.Forbidden, "operation-closed",
			"This operation does not say who may call it, so nobody may.")
	}
	if id.MustSetUp() && !names(security, "anyone") && !names(security, "set_up") {
		return auth.ErrMustSetUp
	}
	refusal := fault.Errorf(fault.Unauthenticated, "login-required",
		"Log in and send the access token as a Bearer token.")
	for _, alternative := range security {
		for scheme := range alternative {
			if satisfies(scheme, id) {
				return nil
			}
			if scheme == "releaser" && satisfies("developer", id) {
				refusal = fault.Errorf(fault.Forbidden, "second-factor-required",
					"What is released reaches everybody. Set up a second factor under Account and security, then release.")
			} else if id.Audience == auth.AudienceAPI && (scheme == "developer" || scheme == "releaser" || scheme == "admin") {
				role := cmp.Or(map[string]string{"releaser": "developer"}[scheme], scheme)
				refusal = fault.Errorf(fault.Forbidden, role+"-role-required",
					"Only people with the role %q may do this.", role)
			} else if id.Audience != "" && refusal.Code != fault.Forbidden {
				refusal = fault.Errorf(fault.Forbidden, "wrong-token",
					"This kind of token is not accepted for this operation.")
			}
		}
	}
	return refusal
}

func satisfies(scheme string, id auth.Identity) bool {
	person := id.Audience == auth.AudienceAPI
	switch scheme {
	case "anyone":
		return true
	case "user", "set_up":
		return person
	case "api_token":
		return id.Audience == auth.AudienceAPIToken
	case "developer":
		return (person || id.Audience == auth.AudienceAPIToken) && id.Has(auth.RoleDeveloper)
	case "releaser":
		return id.SecondFactor && satisfies("developer", id)
	case "admin":
		return person && id.Has(auth.RoleAdmin)
	case "server":
		return id.Audience == auth.AudienceBridge
	default:
		return false
	}
}

func names(security []map[string][]string, scheme string) bool {
	for _, alternative := range security {
		if _, ok := alternative[scheme]; ok {
			return true
		}
	}
	return false
}

// count counts the request for the person, or for the address when nobody is logged in.
func (s *Server) count(ctx context.Context, id auth.Identity) ratelimit.State {
	if id.Audience == "" {
		return s.anonymous.Take(request.FromContext(ctx).Network())
	}
	return s.users.Take(id.String())
}

// setRateLimit says how many calls are left, in the fields of draft-ietf-httpapi-ratelimit-headers-10:
// q calls in w seconds; r left, and t seconds until all are there again.
func setRateLimit(ctx huma.Context, state ratelimit.State) {
	ctx.SetHeader("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", state.Rule.Name, state.Rule.Burst, ratelimit.Seconds(state.Rule.Window)))
	ctx.SetHeader("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", state.Rule.Name, state.Left, ratelimit.Seconds(state.Full)))
}

// refuse answers with the problem of err.
func refuse(api huma.API, ctx huma.Context, err error) {
	problem := ProblemOf(err)
	if problem.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="teahouse"`)
	}
	if writeErr := huma.WriteErr(api, ctx, http.StatusInternalServerError, "refused",
		err); writeErr != nil {
		noteError(ctx, errors.Join(err, writeErr))
	}
}
