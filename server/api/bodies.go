package api

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// bodyRule raises the body limit of one route.
type bodyRule struct {
	method   string
	segments []string // of the path; "" matches any one segment
	bytes    int
	security []map[string][]string // of the operation; nil for a raw handler, which checks for itself
}

// AllowBody raises the body limit of a route above MaxBody, for uploads that are raw fiber
// handlers; for huma operations use MaxBodyBytes. The path is written as in OpenAPI,
// "/api/v1/media/{id}". It must be called before the server listens, and panics above
// MaxBodyAnywhere.
func (s *Server) AllowBody(method, path string, bytes int) {
	if bytes > MaxBodyAnywhere {
		panic("api: body limit of " + path + " is above MaxBodyAnywhere")
	}
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") || strings.HasPrefix(segment, ":") {
			segments[i] = ""
		}
	}
	s.bodies = append(s.bodies, bodyRule{method: method, segments: segments, bytes: bytes})
}

// allowBodyOf applies the limit that an operation declares.
func (s *Server) allowBodyOf(_ *huma.OpenAPI, op *huma.Operation) {
	if op.MaxBodyBytes > MaxBody {
		s.AllowBody(op.Method, op.Path, int(op.MaxBodyBytes))
		s.bodies[len(s.bodies)-1].security = op.Security
	}
}

// headerReceived is called by fasthttp after the header and before the body.
func (s *Server) headerReceived(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	// The websocket library looks for an upgrade only in the first line.
	if lines := h.PeekAll(fasthttp.HeaderConnection); len(lines) > 1 {
		h.Set(fasthttp.HeaderConnection, string(bytes.Join(lines, []byte(", "))))
	}
	return s.bodyLimit(h)
}

// bodyLimit is called when the header of a request has arrived and its body has not. fasthttp then
// reads the whole body before any handler runs, so more than MaxBody is read only from callers who
// may use the operation.
func (s *Server) bodyLimit(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	limit := MaxBody
	if header.ContentLength() > MaxBody || header.ContentLength() < 0 {
		if rule := s.bodyRule(header); rule != nil && s.mayHold(rule, header) {
			limit = rule.bytes
		}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: limit}
}

// release frees a large body when its request has ended: otherwise the connection would keep the
// memory for the next request as long as it is open.
func (s *Server) release(c *fiber.Ctx) error {
	err := c.Next()
	c.Request().ReleaseBody(MaxBody)
	s.held.give(&c.Request().Header)
	return err
}

// mayHold reports whether a body is read: the caller may use the operation, and there is memory for
// it.
func (s *Server) mayHold(rule *bodyRule, header *fasthttp.RequestHeader) bool {
	sender, err := s.maySend(rule, header)
	if err != nil {
		return false
	}
	size := header.ContentLength()
	if size > rule.bytes {
		return false
	}
	if size < 0 { // it comes in chunks
		size = rule.bytes
	}
	return s.held.take(header, sender, roomFor(size))
}

// bodyRule returns the rule of a request, nil when MaxBody applies.
func (s *Server) bodyRule(header *fasthttp.RequestHeader) *bodyRule {
	path, _, _ := strings.Cut(string(header.RequestURI()), "?")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i := range s.bodies {
		if s.bodies[i].matches(string(header.Method()), segments) {
			return &s.bodies[i]
		}
	}
	return nil
}

// maySend returns who sends a request, or the fault with which secure would refuse it.
func (s *Server) maySend(rule *bodyRule, header *fasthttp.RequestHeader) (sender string, err error) {
	if rule.security == nil || names(rule.security, "anyone") {
		return "anyone", nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), HeaderTimeout)
	defer cancel()
	id, err := s.identify(ctx, string(header.Peek(fasthttp.HeaderAuthorization)))
	if err != nil {
		return "", err
	}
	return id.String(), permit(rule.security, id)
}

// whyTooLarge returns the fault because of which a body was not read, or err if its size was the
// reason.
func (s *Server) whyTooLarge(header *fasthttp.RequestHeader, err error) error {
	var refused *fiber.Error
	if !errors.As(err, &refused) || refused.Code != fiber.StatusRequestEntityTooLarge {
		return err
	}
	if s.held.refused(header) {
		return errUploadsBusy()
	}
	if rule := s.bodyRule(header); rule != nil {
		if _, refusal := s.maySend(rule, header); refusal != nil {
			return refusal
		}
	}
	return err
}

func (r bodyRule) matches(method string, segments []string) bool {
	if r.method != method || len(r.segments) != len(segments) {
		return false
	}
	for i, segment := range r.segments {
		if segment != "" && segment != segments[i] {
			return false
		}
	}
	return true
}
