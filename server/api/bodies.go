package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/valyala/fasthttp"
)

// bodyRule raises the body limit of one route.
type bodyRule struct {
	method   string
	segments []string // of the path; "" matches any one segment
	bytes    int
}

// AllowBody raises the body limit of a route above MaxBody, for uploads that are raw fiber
// handlers; for huma operations their MaxBodyBytes does it. The path is written as in OpenAPI,
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

// allowBodyOf takes over the limit that an operation declares.
func (s *Server) allowBodyOf(_ *huma.OpenAPI, op *huma.Operation) {
	if op.MaxBodyBytes > MaxBody {
		s.AllowBody(op.Method, op.Path, int(op.MaxBodyBytes))
	}
}

// bodyLimit is asked by fasthttp when the header of a request has arrived and its body has not.
func (s *Server) bodyLimit(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	limit := MaxBody
	if len(s.bodies) > 0 && (header.ContentLength() > MaxBody || header.ContentLength() < 0) {
		path, _, _ := strings.Cut(string(header.RequestURI()), "?")
		segments := strings.Split(strings.Trim(path, "/"), "/")
		for _, rule := range s.bodies {
			if rule.matches(string(header.Method()), segments) {
				limit = rule.bytes
				break
			}
		}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: limit}
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
