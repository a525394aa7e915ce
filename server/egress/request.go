package egress

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/net/http/httpguts"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
)

// Request is the parameter of net.request, which the app's engine makes from a wx.request. It has
// at most one body.
type Request struct {
	URL        string            `json:"url"`
	Method     string            `json:"method,omitempty"` // default GET
	Headers    map[string]string `json:"headers,omitempty"`
	Body       string            `json:"body,omitempty"`
	BodyBase64 string            `json:"body_base64,omitempty"`
	TimeoutMS  int               `json:"timeout_ms,omitempty"` // default and maximum: MaxTimeout
	Response   string            `json:"response,omitempty"`   // "text" (default) or "base64"
	Redirect   string            `json:"redirect,omitempty"`   // "follow" (default) or "manual": an answer that redirects is the answer
}

// Response is the server's answer. BodyBase64 is used when the request asked for it, and when the
// body is not UTF-8; Body otherwise.
type Response struct {
	Status     int               `json:"status"`
	Headers    map[string]string `json:"headers"`
	Cookies    []string          `json:"cookies"`
	Body       string            `json:"body"`
	BodyBase64 string            `json:"body_base64,omitempty"`
}

// Capability returns the bridge's row for net.request.
func (c *Client) Capability() bridge.Capability {
	return bridge.Define(bridge.Capability{
		Name: "net.request", Scope: "network", Callers: bridge.AppSession | bridge.AppFunction,
		Summary:   "Sends requests to the servers that the app has declared.",
		SummaryZH: "向小程序声明的服务器发送请求。",
		PerMinute: PerMinute, MaxBytes: MaxRequest,
	}, c.Do)
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// Do makes the request of an app. Faults: Invalid for an invalid request, Forbidden for a server
// that the app's version does not declare or that is not public, RateLimited, TooLarge, and
// Unavailable when the server does not answer.
func (c *Client) Do(ctx context.Context, caller bridge.Caller, in Request) (Response, error) {
	var out Response
	err := c.exchange(ctx, caller, in, func(*http.Request) {}, func(ctx context.Context, answer *http.Response) (err error) {
		out, err = c.read(ctx, answer, in.Response)
		return err
	})
	return out, err
}

// exchange makes a request under the rules for the caller. change may complete it, and read takes the
// answer before the time of the request is over.
func (c *Client) exchange(ctx context.Context, caller bridge.Caller, in Request,
	change func(*http.Request), read func(context.Context, *http.Response) error) error {
	t, err := parseTarget(in.URL)
	if err != nil {
		return err
	}
	out := c.routeOf(caller)
	if err := out.permit(ctx, caller.Domains, t); err != nil {
		return err
	}
	release, ok := c.active.enter(caller, PerSession, PerApp)
	if !ok {
		return fault.Errorf(fault.RateLimited, "too-many-requests",
			"More than %d requests at once; wait for some to finish.", PerSession)
	}
	defer release()
	timeout := MaxTimeout
	if in.TimeoutMS > 0 {
		timeout = min(timeout, time.Duration(in.TimeoutMS)*time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := build(ctx, t, in)
	if err != nil {
		return err
	}
	change(request)
	client := http.Client{Transport: guardedTransport{out}, CheckRedirect: out.redirect(caller.Domains)}
	if in.Redirect == "manual" {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	answer, err := client.Do(request)
	if err != nil {
		return outcome(err)
	}
	defer answer.Body.Close()
	return read(ctx, answer)
}

// permit applies every rule that can be checked before a name is looked up.
func (r route) permit(ctx context.Context, domains []string, t target) error {
	exempt := r.client.allow.match(t)
	if declared(domains, t, exempt) {
		return r.check(ctx, t)
	}
	if !exempt && slices.Contains(domains, t.host) {
		return fault.Errorf(fault.Forbidden, "domain-not-declared",
			"This version declares %s for the port 443 only; add %q to teahouse.domains in app.json.",
			t.host, t.entry())
	}
	return fault.Errorf(fault.Forbidden, "domain-not-declared",
		"%s is not among the domains of this version; add %q to teahouse.domains in app.json.",
		t.entry(), t.entry())
}

// redirect checks each redirect like a first request.
func (r route) redirect(domains []string) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		if len(via) > MaxRedirects {
			return fault.Errorf(fault.Unavailable, "too-many-redirects",
				"The server redirects in a loop.")
		}
		t, err := normalise(next.URL)
		if err != nil {
			return err
		}
		next.Header.Del("Referer") // net/http sets it from the previous URL
		return r.permit(next.Context(), domains, t)
	}
}

// build makes the HTTP request.
func build(ctx context.Context, t target, in Request) (*http.Request, error) {
	method := strings.ToUpper(in.Method)
	if method == "" {
		method = http.MethodGet
	}
	if !slices.Contains(methods, method) {
		return nil, fault.Errorf(fault.Invalid, "bad-method", "The method must be one of %s.",
			strings.Join(methods, ", "))
	}
	header, err := clean(in.Headers)
	if err != nil {
		return nil, err
	}
	body := []byte(in.Body)
	if in.BodyBase64 != "" {
		if body, err = base64.StdEncoding.DecodeString(in.BodyBase64); err != nil {
			return nil, fault.Errorf(fault.Invalid, "bad-data", "The body is not valid base64.")
		}
	}
	if method == http.MethodGet || method == http.MethodHead {
		body = nil
	}
	r, err := http.NewRequestWithContext(ctx, method, t.url.String(), bytes.NewReader(body))
	if err != nil {
		return nil, badURL("it is not well-formed")
	}
	r.Header = header
	return r, nil
}

// forbiddenHeaders lists the headers that an app must not set: those of the connection, those that
// identify the caller, and those that net/http sets itself.
var forbiddenHeaders = []string{"Host", "Referer", "Origin", "Content-Length", "Connection", "Keep-Alive", "Te",
	"Trailer", "Transfer-Encoding", "Upgrade", "Expect", "Via", "Forwarded", "X-Real-Ip",
	"Accept-Encoding", "User-Agent"}

// clean drops forbidden headers and refuses invalid ones. Cookie is allowed: there is no cookie
// jar, so it only contains what the same app has set.
func clean(given map[string]string) (http.Header, error) {
	if len(given) > MaxHeaders {
		return nil, fault.Errorf(fault.TooLarge, "too-many-headers", "A request has at most %d headers.", MaxHeaders)
	}
	header := http.Header{"User-Agent": {"teahouse"}}
	for name, value := range given {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fault.Errorf(fault.Invalid, "bad-header", "The header %q is not valid.", name)
		}
		name = http.CanonicalHeaderKey(name)
		if slices.Contains(forbiddenHeaders, name) || strings.HasPrefix(name, "Proxy-") ||
			strings.HasPrefix(name, "Sec-") || strings.HasPrefix(name, "X-Forwarded-") {
			continue
		}
		header.Set(name, value)
	}
	return header, nil
}

// outcome makes a fault of a failed request. The details go only to the log: error texts must not
// describe the host's network to an outsider.
func outcome(err error) error {
	if f, ok := fault.As(err); ok {
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Errorf(fault.Unavailable, "request-timeout", "timeout").Because(err)
	}
	return fault.Errorf(fault.Unavailable, "request-failed", "The server could not be reached.").Because(err)
}

// read reads the answer, up to MaxResponse.
func (c *Client) read(ctx context.Context, answer *http.Response, response string) (Response, error) {
	body, err := c.body(ctx, answer)
	if err != nil {
		return Response{}, err
	}
	out := Response{Status: answer.StatusCode, Headers: map[string]string{}, Cookies: []string{}}
	for name, values := range answer.Header {
		out.Headers[name] = strings.Join(values, ",")
	}
	out.Cookies = append(out.Cookies, answer.Header.Values("Set-Cookie")...)
	if response == "base64" || !utf8.Valid(body) {
		out.BodyBase64 = base64.StdEncoding.EncodeToString(body)
	} else {
		out.Body = unsafe.String(unsafe.SliceData(body), len(body)) // nobody changes it any more
	}
	return out, nil
}

// body reads a body. After SmallResponse bytes it waits for room in the host's memory, and for a free slot, before
// it reads the rest.
func (c *Client) body(ctx context.Context, answer *http.Response) ([]byte, error) {
	// The length that the server names is of no use when net/http unpacks what comes.
	known := answer.ContentLength
	body := bytes.NewBuffer(make([]byte, 0, min(max(known, bytes.MinRead), SmallResponse)+bytes.MinRead))
	_, err := body.ReadFrom(io.LimitReader(answer.Body, SmallResponse+1))
	if err == nil && body.Len() > SmallResponse {
		if known > MaxResponse {
			return nil, errTooLarge()
		}
		most := int64(MaxResponse)
		if known > 0 {
			most = known
		}
		if err := bridge.TakeRoom(ctx, most*ResponseCopies); err != nil {
			return nil, outcome(err)
		}
		select {
		case c.large <- struct{}{}:
			defer func() { <-c.large }()
		case <-ctx.Done():
			return nil, outcome(ctx.Err())
		}
		// A server that sends slowly must not keep others from the room.
		slow := time.AfterFunc(LargeTime, func() { _ = answer.Body.Close() })
		defer slow.Stop()
		if known > 0 {
			body.Grow(int(known) - body.Len() + bytes.MinRead)
		}
		_, err = body.ReadFrom(io.LimitReader(answer.Body, int64(MaxResponse+1-body.Len())))
	}
	if err != nil {
		return nil, outcome(fmt.Errorf("read the answer: %w", err))
	}
	if body.Len() > MaxResponse {
		return nil, errTooLarge()
	}
	return body.Bytes(), nil
}

func errTooLarge() error {
	return fault.Errorf(fault.TooLarge, "response-too-large", "The response is larger than %d MB.", MaxResponse>>20)
}

// EncodeJSON implements bridge.Encoded: the text is written once, into memory of about its size.
func (r Response) EncodeJSON() ([]byte, error) {
	rest := r
	rest.Body, rest.BodyBase64 = "", ""
	head, err := json.Marshal(rest)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(head)+len(r.Body)+len(r.Body)/8+len(r.BodyBase64)+64)
	out = append(out, bytes.TrimSuffix(head, []byte(`"body":""}`))...)
	out = append(out, `"body":`...)
	out = appendText(out, r.Body)
	if r.BodyBase64 != "" {
		out = append(append(append(out, `,"body_base64":"`...), r.BodyBase64...), '"')
	}
	return append(out, '}'), nil
}

// appendText appends a text of UTF-8 as JSON, without escapes that JSON does not need.
func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	from := 0
	for i := range len(text) {
		b := text[i]
		if b >= ' ' && b != '"' && b != '\\' {
			continue
		}
		out = append(out, text[from:i]...)
		from = i + 1
		switch b {
		case '"', '\\':
			out = append(out, '\\', b)
		case '\n':
			out = append(out, `\n`...)
		case '\r':
			out = append(out, `\r`...)
		case '\t':
			out = append(out, `\t`...)
		default:
			out = fmt.Appendf(out, `\u%04x`, b)
		}
	}
	return append(append(out, text[from:]...), '"')
}
