package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/netip"
	"regexp"
	"runtime/debug"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/header"
	"github.com/teahouse/teahouse/server/api/request"
)

// errorLocal is the key under which inner handlers store an error for the access log.
type errorLocal struct{}

// noteError stores the error for the access log.
func noteError(ctx huma.Context, err error) { humafiber.Unwrap(ctx).Locals(errorLocal{}, err) }

// polled are the addresses that monitoring requests every few seconds; their log lines would hide
// the others.
var polled = []string{"/healthz", "/metrics"}

// keys matches the keys of objects: errors contain them, and the log must not, because a key is
// enough to read its object.
var keys = regexp.MustCompile(`[0-9a-fA-F]{32,}`)

// access is the outermost handler: it gives the request an ID, sets the headers of every answer,
// catches panics, turns errors into problem documents and writes one log line.
func (s *Server) access(c *fiber.Ctx) error {
	start := time.Now()
	info := s.describe(c)
	c.SetUserContext(request.NewContext(context.Background(), info))
	s.setHeaders(c, info)

	err := packed(c)
	if err == nil {
		err = checkTexts(c)
	}
	if err == nil {
		err = s.checkOrigin(c, info)
	}
	if err == nil {
		err = s.next(c)
	}
	if err != nil {
		err = writeProblem(c, err)
	} else if noted, ok := c.Locals(errorLocal{}).(error); ok {
		err = noted
	}
	took := time.Since(start)
	s.observe(c.Method()+" "+c.Route().Path, c.Response().StatusCode(), took)
	s.logAccess(c, c.Route().Path, info, took, err)
	return nil
}

// packed refuses a body with a Content-Encoding. When a handler asks for the body or the form,
// fiber and fasthttp would decompress it without a limit, and a megabyte of zeros that is
// compressed twice fills any machine's memory.
func packed(c *fiber.Ctx) error {
	if len(c.Request().Header.ContentEncoding()) == 0 {
		return nil
	}
	return &Problem{Type: "/problems/packed-body", Title: titles[415], Status: 415,
		Detail: "Send the body as it is, without a Content-Encoding."}
}

// next runs the inner handlers and turns a panic into an error with its stack.
func (s *Server) next(c *fiber.Ctx) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return c.Next()
}

func (s *Server) describe(c *fiber.Ctx) *request.Info {
	h := &c.Request().Header
	peer := netip.Addr{}
	if address, ok := netip.AddrFromSlice(c.Context().RemoteIP()); ok {
		peer = address
	}
	ip, scheme := s.proxies.Client(peer, header.Hops(h, s.forwardedBy))
	return &request.Info{
		ID:        requestID(c.Get(fiber.HeaderXRequestID)),
		IP:        ip.String(),
		UserAgent: c.Get(fiber.HeaderUserAgent),
		Origin:    c.Get(fiber.HeaderOrigin),
		Host:      string(c.Context().Host()),
		Secure:    c.Context().IsTLS() || s.https || scheme == "https",
		Forwarded: header.SaysForwarded(h),
		Language:  header.Language(h, fault.Languages...),
	}
}

// requestID keeps the request's ID if it is valid, so that one ID follows a request through all
// proxies; otherwise it makes a new one.
func requestID(given string) string {
	if len(given) < 8 || len(given) > MaxRequestID {
		return rand.Text()
	}
	for i := range len(given) {
		b := given[i]
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
		if !letter && b != '-' && b != '_' {
			return rand.Text()
		}
	}
	return given
}

// setHeaders sets the security headers. Handlers that serve pages replace the policy with theirs.
func (s *Server) setHeaders(c *fiber.Ctx, info *request.Info) {
	h := &c.Response().Header
	h.Set(fiber.HeaderXRequestID, info.ID)
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderReferrerPolicy, "strict-origin-when-cross-origin")
	h.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	// By default no cache may store an answer: most answers are about one person.
	h.Set(fiber.HeaderCacheControl, noStore)
	if info.Secure {
		h.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
}

// logAccess writes the log line. It contains the route and not the address: addresses contain keys,
// for example of private pictures, and queries contain what people search for. Somebody who reads
// the log must not get access to that.
func (s *Server) logAccess(c *fiber.Ctx, route string, info *request.Info, took time.Duration, err error) {
	status := c.Response().StatusCode()
	level := slog.LevelInfo
	switch {
	case status >= 500 && status != fiber.StatusNotImplemented: // that is the client's mistake
		level = slog.LevelError
	case slices.Contains(polled, route):
		level = slog.LevelDebug
	}
	ctx := context.Background()
	if !s.log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs,
		slog.String("method", c.Method()),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Int64("us", took.Microseconds()),
		slog.String("request_id", info.ID),
		slog.String("ip", info.IP))
	if info.Caller != "" {
		attrs = append(attrs, slog.String("caller", info.Caller))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", keys.ReplaceAllString(err.Error(), "[key]")))
	}
	s.log.LogAttrs(ctx, level, "request", attrs...)
}
