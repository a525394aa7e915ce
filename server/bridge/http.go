package bridge

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/auth"
)

// ServerApp is the host's own data about an app's server.
type ServerApp struct {
	AppID     string
	AccountID uuid.UUID
	SecretGen int   // grows when the secret rotates; tokens of an older one are refused
	TestGen   int   // the same for the test secret; 0 when there is none
	Released  Grant // of the released version: works with everybody
	Newest    Grant // of the newest version that compiled: works with insiders
}

// scopes are all that a token may hold: those of both versions, or with the test secret those of
// the newest.
func (a ServerApp) scopes(test bool) []string {
	all := slices.Clone(a.Newest.Scopes)
	if !test {
		for _, scope := range a.Released.Scopes {
			if !slices.Contains(all, scope) {
				all = append(all, scope)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Apps is what HTTP needs to know about apps.
type Apps interface {
	// AuthenticateApp checks an app's secret, with an Unauthenticated fault for any mismatch.
	// test reports that it was the test secret.
	AuthenticateApp(ctx context.Context, appID, secret string) (app ServerApp, test bool, err error)
	// ServerApp returns the app as it is now, or an Unauthenticated fault when it is taken down.
	ServerApp(ctx context.Context, appID string) (ServerApp, error)
}

// Tokens is what HTTP needs from auth.
type Tokens interface {
	IssueServerToken(auth.ServerGrant) (string, error)
	Verify(ctx context.Context, token string, audience auth.Audience) (auth.Identity, error)
}

// HTTP serves the servers of official accounts: the token endpoint and the calls.
type HTTP struct {
	table  *Table
	apps   Apps
	tokens Tokens
	asked  *ratelimit.Limiter
}

// NewHTTP serves a table that already has all its rows: its Routes describe them. It
// counts in the counters of all hosts; with nil it counts only on this host.
func NewHTTP(table *Table, apps Apps, tokens Tokens, counters ratelimit.Store) *HTTP {
	return &HTTP{table: table, apps: apps, tokens: tokens,
		asked: ratelimit.New(ratelimit.PerMinute("bridge tokens", tokensPerMinute).Shared(counters))}
}

// Routes adds /oauth/token, /bridge/v1/{name} and /api/v1/capabilities, and describes each
// capability in the OpenAPI document.
func (h *HTTP) Routes(humaAPI huma.API, app fiber.Router) {
	app.Post("/oauth/token", h.token)
	app.Post("/bridge/v1/:name", h.call)
	h.describe(humaAPI)
}

// oauthError is a refusal in the shape of RFC 6749, section 5.2, which OAuth clients expect.
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description" doc:"In English: RFC 6749 allows only ASCII."`
	Detail      string `json:"detail" doc:"The same in the language of the request."`
}

type oauthToken struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type" enum:"Bearer"`
	ExpiresIn   int    `json:"expires_in" example:"7200"`
	Scope       string `json:"scope" doc:"What the token holds, separated by spaces."`
}

// token answers a client_credentials request. The credentials are in HTTP Basic or in the body.
func (h *HTTP) token(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	ctx := c.UserContext()
	if err := h.asked.Allow(request.FromContext(ctx).Network()); err != nil {
		return err
	}
	if mediaType, _, _ := strings.Cut(c.Get(fiber.HeaderContentType),
		";"); mediaType != fiber.MIMEApplicationForm {
		return refuseToken(c, fiber.StatusBadRequest, "invalid_request",
			fault.Textf("Send the request as application/x-www-form-urlencoded."))
	}
	appID, secret, ok := credentials(c)
	if !ok {
		return refuseClient(c)
	}
	if grant := c.FormValue("grant_type"); grant != "client_credentials" {
		return refuseToken(c, fiber.StatusBadRequest, "unsupported_grant_type",
			fault.Textf("Only client_credentials is offered."))
	}
	app, test, err := h.apps.AuthenticateApp(ctx, appID, secret)
	if fault.CodeOf(err) == fault.Unauthenticated {
		return refuseClient(c)
	}
	if err != nil {
		return err
	}
	scopes := app.scopes(test)
	if wanted := strings.Fields(c.FormValue("scope")); len(wanted) > 0 {
		for _, scope := range wanted {
			if !slices.Contains(scopes, scope) {
				caller := Caller{Version: app.Released.Version, Trial: app.Newest}
				return refuseToken(c, fiber.StatusBadRequest, "invalid_scope",
					fault.Textf("The app does not hold the scope %s: %s.", scope, caller.versionsWithout()))
			}
		}
		scopes = wanted
	}
	return h.grant(c, app, test, scopes)
}

func (h *HTTP) grant(c *fiber.Ctx, app ServerApp, test bool, scopes []string) error {
	grant := auth.ServerGrant{
		AppID: app.AppID, AccountID: app.AccountID, Scopes: scopes, SecretGen: app.SecretGen,
	}
	if test {
		grant.SecretGen, grant.Test = app.TestGen, true
	}
	token, err := h.tokens.IssueServerToken(grant)
	if err != nil {
		return err
	}
	request.SetCaller(c.UserContext(), "app:"+app.AppID)
	return c.JSON(oauthToken{
		AccessToken: token, TokenType: "Bearer", ExpiresIn: int(auth.ServerLifetime / time.Second),
		Scope: strings.Join(scopes, " "),
	})
}

// credentials reads the app ID and the secret. It returns false when they are missing or duplicate.
func credentials(c *fiber.Ctx) (appID, secret string, ok bool) {
	appID, secret = c.FormValue("client_id"), c.FormValue("client_secret")
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		scheme, encoded, _ := strings.Cut(header, " ")
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		user, password, found := strings.Cut(string(raw), ":")
		if !strings.EqualFold(scheme,
			"basic") || err != nil || !found || secret != "" || appID != "" && appID != user {
			return "", "", false
		}
		// RFC 6749 has both parts form-encoded before they are joined.
		appID, err = url.QueryUnescape(user)
		if err != nil {
			return "", "", false
		}
		if secret, err = url.QueryUnescape(password); err != nil {
			return "", "", false
		}
	}
	ok = appID != "" && secret != "" && len(appID) <= maxCredential && len(secret) <= maxCredential
	return appID, secret, ok
}

func refuseClient(c *fiber.Ctx) error {
	c.Set(fiber.HeaderWWWAuthenticate, `Basic realm="teahouse"`)
	return refuseToken(c, fiber.StatusUnauthorized, "invalid_client",
		fault.Textf("The app ID or the secret is wrong."))
}

func refuseToken(c *fiber.Ctx, status int, code string, why fault.Text) error {
	language := request.FromContext(c.UserContext()).Language
	c.Set(fiber.HeaderContentLanguage, cmp.Or(language, fault.English))
	c.Vary(fiber.HeaderAcceptLanguage)
	return c.Status(status).JSON(oauthError{Error: code, Description: why.String(), Detail: why.In(language)})
}

// call runs a capability for an account's server.
func (h *HTTP) call(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), callTimeout)
	defer cancel()
	caller, err := h.caller(ctx, c.Get(fiber.HeaderAuthorization))
	if err != nil {
		if fault.CodeOf(err) == fault.Unauthenticated {
			c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="teahouse"`)
		}
		return err
	}
	request.SetCaller(ctx, "app:"+caller.AppID)
	body := c.Body()
	if mediaType, _, _ := strings.Cut(c.Get(fiber.HeaderContentType),
		";"); len(body) > 0 && mediaType != fiber.MIMEApplicationJSON {
		return fiber.ErrUnsupportedMediaType
	}
	out, err := h.table.Call(ctx, caller, c.Params("name"), body)
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Errorf(fault.Unavailable, "timeout",
			"The call took too long; try again.").Because(err)
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(out)
}

// caller builds the caller from the token and the host's own tables: a scope of the token is valid
// only while the app still has it.
func (h *HTTP) caller(ctx context.Context, header string) (Caller, error) {
	token, err := api.BearerToken(header)
	if err != nil {
		return Caller{}, err
	}
	id, err := h.tokens.Verify(ctx, token, auth.AudienceBridge)
	if err != nil {
		return Caller{}, err
	}
	app, err := h.apps.ServerApp(ctx, id.AppID)
	if err != nil {
		return Caller{}, err
	}
	generation := app.SecretGen
	if id.Test {
		generation = app.TestGen
	}
	if generation != id.SecretGen {
		return Caller{}, fault.Errorf(fault.Unauthenticated, "token-revoked",
			"The app's secret was rotated after this token was issued; get a new one.")
	}
	held := func(g Grant) Grant {
		g.Scopes = slices.DeleteFunc(slices.Clone(g.Scopes), func(scope string) bool {
			return !slices.Contains(id.Scopes, scope)
		})
		return g
	}
	caller := Caller{Kind: AccountServer, AppID: app.AppID, AccountID: app.AccountID, Test: id.Test,
		Trial: held(app.Newest)}
	if !id.Test {
		released := held(app.Released)
		caller.Version, caller.Scopes = released.Version, released.Scopes
	}
	return caller, nil
}
