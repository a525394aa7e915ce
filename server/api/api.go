// Package api is the HTTP interface of the host: a fiber application with huma's typed operations,
// the OpenAPI document that they generate, and the handlers that every request passes.
//
// The handlers, the outermost first: access (request ID, security headers, panics, problem
// documents, log line), the body limit of the route, then for operations secure (who may call, how
// often). Services add their operations with Routes(api huma.API, app fiber.Router).
package api

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/api/request"
)

// Options of New. The zero value of every field but Authenticator works.
type Options struct {
	Authenticator Authenticator   // required
	Version       string          // of the host, for the OpenAPI document
	PublicURL     string          // where clients find the host, e.g. "https://tea.example"; "" means relative addresses
	Proxies       request.Proxies // whose reports of a request's origin are trusted
	ForwardedBy   string          // header.XForwardedFor (the zero value too) or header.Forwarded
	Logger        *slog.Logger    // nil means slog.Default
	PerUser       ratelimit.Rule  // requests of one person or app; zero means UserPerMinute
	Counters      ratelimit.Store // of all hosts; with nil this host counts alone
	Origins       []string        // more origins than PublicURL's whose pages may open websockets
	PerAddress    ratelimit.Rule  // requests of an address that is not logged in; zero means AnonymousPerMinute
	// Observe is called after every request; operation is the method and the pattern of the route.
	// It may be nil.
	Observe func(operation string, status int, took time.Duration)
}

// Server is the HTTP interface. Routes are added to App and API before it listens.
type Server struct {
	App *fiber.App
	API huma.API

	authenticator Authenticator
	proxies       request.Proxies
	forwardedBy   string
	log           *slog.Logger
	observe       func(operation string, status int, took time.Duration)
	https         bool
	origins       []string
	users         *ratelimit.Limiter
	anonymous     *ratelimit.Limiter
	bodies        []bodyRule
	held          *heldBodies
	document      func() ([]byte, error) // the OpenAPI document, made once
}

// New builds the server with the routes that are its own: /openapi.json and /docs.
func New(o Options) *Server {
	if o.Authenticator == nil {
		panic("api: no authenticator")
	}
	if o.PerUser.Burst == 0 {
		o.PerUser = ratelimit.PerMinute("user", UserPerMinute)
	}
	if o.PerAddress.Burst == 0 {
		o.PerAddress = ratelimit.PerMinute("address", AnonymousPerMinute)
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	s := &Server{
		authenticator: o.Authenticator,
		proxies:       o.Proxies,
		forwardedBy:   o.ForwardedBy,
		log:           o.Logger,
		observe:       o.Observe,
		origins:       origins(o),
		https:         strings.HasPrefix(o.PublicURL, "https://"),
		held:          newHeldBodies(),
		users:         ratelimit.New(o.PerUser.Shared(o.Counters)),
		anonymous:     ratelimit.New(o.PerAddress.Shared(o.Counters)),
	}
	if s.observe == nil {
		s.observe = func(string, int, time.Duration) {}
	}
	s.App = fiber.New(fiber.Config{
		BodyLimit:             MaxBodyAnywhere, // bodyLimit sets the real limit
		DisableStartupMessage: true,
		ErrorHandler:          s.failEarly,
		IdleTimeout:           IdleTimeout,
		// Handlers keep strings of the request after it has ended, in goroutines, caches and logs.
		Immutable:         true,
		ReadBufferSize:    MaxHeader,
		ReadTimeout:       ReadTimeout,
		StrictRouting:     true,
		CaseSensitive:     true,
		WriteTimeout:      WriteTimeout,
		UnescapePath:      false,
		ReduceMemoryUsage: false,
		// A form read by fasthttp would be a copy of its body; server/api/form makes none.
		DisablePreParseMultipartForm: true,
	})
	s.App.Server().Handler = s.knownMethods(s.App.Server().Handler)
	s.App.Server().HeaderReceived = s.headerReceived
	s.App.Server().SecureErrorLogMessage = true // errors about headers do not quote them: tokens are among them
	s.App.Use(s.release, s.access)

	useProblemsOnce()
	s.API = humafiber.New(s.App, configuration(o, s.allowBodyOf))
	s.API.UseMiddleware(s.secure)
	s.document = sync.OnceValues(func() ([]byte, error) { return document(s.API.OpenAPI()) })
	s.serveDocs()
	return s
}

var useProblemsOnce = sync.OnceFunc(useProblems)

// knownMethods answers a method that fiber does not know, which fiber answers with a plain text.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			next(ctx)
			return
		}
		ctx.Request.Header.SetMethod("unknown") // for the log: the client could send any word of any length
		c := s.App.AcquireCtx(ctx)
		defer s.App.ReleaseCtx(c)
		_ = s.failEarly(c, plainProblem(fiber.StatusNotImplemented, nil)) // it returns nil
	}
}

// failEarly answers requests that fail before access runs, such as one whose first line cannot be
// parsed.
func (s *Server) failEarly(c *fiber.Ctx, err error) error {
	info := s.describe(c)
	info.Language = cmp.Or(languageOfRefused(c.Context().Conn()), info.Language)
	c.SetUserContext(request.NewContext(context.Background(), info))
	s.setHeaders(c, info)
	err = unreadable(c.Context().Conn(), s.whyTooLarge(&c.Request().Header, err))
	err = writeProblem(c, err)
	refuseRest(c.Context().Conn())
	s.held.give(&c.Request().Header)
	s.logAccess(c, "", info, 0, err) // no route was found
	return nil
}
