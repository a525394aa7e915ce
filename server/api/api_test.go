package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/waittest"
)

type echoInput struct {
	Body struct {
		Text   string `json:"text" maxLength:"10000000"`
		Amount int    `json:"amount,omitempty"`
	}
}

type echoOutput struct {
	Body struct {
		Length int `json:"length"`
	}
}

func echo(_ context.Context, in *echoInput) (*echoOutput, error) {
	out := &echoOutput{}
	out.Body.Length = len(in.Body.Text)
	return out, nil
}

// probes adds operations with every kind of access rule, and with every way to fail.
func probes(h *apitest.Host) {
	operation := func(path string, security []map[string][]string) huma.Operation {
		return huma.Operation{OperationID: path, Method: "POST", Path: "/probe/" + path,
			Security: security}
	}
	huma.Register(h.Server.API, operation("forgotten", nil), echo)
	huma.Register(h.Server.API, operation("anyone", auth.AsAnyone), echo)
	huma.Register(h.Server.API, operation("user", auth.AsUser), echo)
	huma.Register(h.Server.API, operation("developer", auth.AsDeveloper), echo)
	huma.Register(h.Server.API, operation("admin", auth.AsAdmin), echo)
	huma.Register(h.Server.API, operation("server", auth.AsServer), echo)
	large := operation("large", auth.AsAnyone)
	large.MaxBodyBytes = 8 << 20
	huma.Register(h.Server.API, large, echo)
	upload := operation("upload", auth.AsDeveloper)
	upload.MaxBodyBytes = 8 << 20
	huma.Register(h.Server.API, upload, echo)
	huma.Register(h.Server.API, operation("internal", auth.AsAnyone),
		func(context.Context, *struct{}) (*struct{}, error) {
			return nil,
				errors.New("password=hunter2")
		})
	huma.Register(h.Server.API, operation("conflict", auth.AsAnyone),
		func(context.Context, *struct{}) (*struct{}, error) {
			return nil, fault.Errorf(fault.Conflict, "pin-wrong",
				"The PIN is wrong.").With(map[string]int{"tries_left": 2})
		})
	huma.Register(h.Server.API, operation("panic", auth.AsAnyone),
		func(context.Context, *struct{}) (*struct{}, error) { panic("secret state") })
	h.Server.App.Get("/raw/panic", func(*fiber.Ctx) error { panic("secret state") })
	h.Server.App.Get("/raw/late", func(c *fiber.Ctx) error {
		c.Set("Cache-Control", "public, max-age=31536000, immutable")
		c.Set("ETag", `"abc"`)
		return errors.New("the store does not answer")
	})
	h.Server.App.Get("/raw/fault", func(*fiber.Ctx) error {
		return fault.Errorf(fault.NotFound, "no-such-picture", "There is no such picture.")
	})
}

// Ensure that each operation can be called by those whom its security names and by nobody else, and
// that nobody can call an operation without security.
func TestSecurityIsDeniedByDefault(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	server := h.Nobody()
	token, err := h.Auth.IssueServerToken(auth.ServerGrant{AppID: "ta0000000000000000"})
	if err != nil {
		t.Fatal(err)
	}
	server.Token = token
	stranger := h.Nobody()
	stranger.Token = "eyJhbGciOiJub25lIn0.e30."
	user, developer, admin := h.Person("mei"), h.Person("dev", auth.RoleDeveloper), h.Person("boss",
		auth.RoleAdmin)
	cli := h.Nobody()
	cli.Token = developer.Do("POST", "/api/v1/me/api-tokens",
		map[string]any{"name": "laptop"}).Want(201).Text("token")

	callers := map[string]*apitest.Client{
		"nobody": h.Nobody(), "stranger": stranger, "user": user, "developer": developer, "admin": admin,
		"server": server, "cli": cli,
	}
	allowed := map[string]string{
		"forgotten": "", "anyone": "nobody stranger user developer admin server cli",
		"user": "user developer admin", "developer": "developer cli", "admin": "admin", "server": "server",
	}
	for operation, names := range allowed {
		for name, caller := range callers {
			answer := caller.Do("POST", "/probe/"+operation, map[string]any{"text": "hi"})
			switch open := strings.Contains(" "+names+" ", " "+name+" "); {
			case open:
				answer.Want(200)
			case (name == "nobody" || name == "stranger") && operation != "forgotten":
				answer.Want(401)
			case name == "stranger":
				answer.Want(401)
			default:
				answer.Want(403)
			}
		}
	}
	h.Nobody().Do("POST", "/probe/user", map[string]any{"text": "hi"}).Refused(401, "login-required")
	user.Do("POST", "/probe/developer", map[string]any{"text": "hi"}).Refused(403,
		"developer-role-required")
	h.Nobody().Do("POST", "/probe/forgotten", map[string]any{"text": "hi"}).Refused(403,
		"operation-closed")
}

// Ensure that every failure is a problem document, which contains nothing internal and does not
// repeat the input.
func TestEveryFailureIsAProblemDocument(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	c := h.Nobody()
	c.Do("GET", "/nowhere", nil).Refused(404, "not-found")
	c.Do("DELETE", "/probe/anyone", nil).Refused(405, "method-not-allowed")
	c.Do("POST", "/probe/anyone", "<a/>", "Content-Type", "application/xml").Refused(415,
		"unsupported-media-type")
	c.Do("POST", "/probe/anyone", `{"text": "my password`).Refused(400, "bad-request")
	c.Do("POST", "/probe/anyone", `{"text": 7}`).Refused(422, "invalid-input")
	c.Do("POST", "/probe/anyone", "").Refused(400, "bad-request")
	c.Do("GET", "/raw/fault", nil).Refused(404, "no-such-picture")
	c.Do("POST", "/probe/conflict", nil).Refused(409, "pin-wrong")
	for _, answer := range []*apitest.Answer{
		c.Do("POST", "/probe/internal", nil).Refused(500, "internal"),
		c.Do("POST", "/probe/panic", nil).Refused(500, "internal"),
		c.Do("GET", "/raw/panic", nil).Refused(500, "internal"),
		c.Do("POST", "/probe/anyone", `{"text": "hunter2`),
		c.Do("POST", "/probe/anyone", `{"amount": "hunter2"}`),
	} {
		if strings.Contains(string(answer.Body), "hunter2") || strings.Contains(string(answer.Body),
			"secret state") ||
			strings.Contains(string(answer.Body), "goroutine") || strings.Contains(string(answer.Body),
			".go") {
			t.Errorf("a problem document leaks: %s", answer.Body)
		}
	}
}

// Ensure that a body over the limit is refused from its header, before it is read, and that a route
// which asks for more gets more.
func TestBodiesAreLimitedPerRoute(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	body := `{"text":"` + strings.Repeat("x", 5<<20) + `"}`
	h.Nobody().Do("POST", "/probe/large", body).Want(200)

	conn, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// Only the header is sent: an answer shows that the server did not wait for the body.
	if _, err := io.WriteString(conn,
		"POST /probe/anyone HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5242880\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 413 || response.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("got %d %s, want a 413 problem", response.StatusCode,
			response.Header.Get("Content-Type"))
	}
}

// Ensure that nobody can fill the host's memory with bodies before they are authenticated: a large
// body is read only from callers who may use the operation, and others are refused after the
// header.
func TestLargeBodiesAreReadFromThoseWhoMaySendThem(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	body := `{"text":"` + strings.Repeat("x", 5<<20) + `"}`
	h.Person("dev", auth.RoleDeveloper).Do("POST", "/probe/upload", body).Want(200)
	for token, want := range map[string]int{"": 401, "eyJhbGciOiJub25lIn0.e30.": 401, h.Person("mei").Token: 403} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := fmt.Fprintf(conn, "POST /probe/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
			"Content-Type: application/json\r\nContent-Length: 5242880\r\n\r\n", token); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetReadDeadline(waittest.Deadline()); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("the host waits for the body: %v", err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("got %d, want %d", response.StatusCode, want)
		}
	}
}

// Ensure that a small body cannot become a large one: 20 KB that decompress to 20 MB, compressed
// once and twice, are refused before anything decompresses them.
func TestPackedBodiesAreNotUnpacked(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	plain := []byte(`{"text":"` + strings.Repeat("x", 20<<20) + `"}`)
	once := gzipped(t, plain)
	for encoding, body := range map[string][]byte{
		"gzip": once, "gzip, gzip": gzipped(t, once), "identity, gzip": once, "deflate": once,
	} {
		for _, path := range []string{"/probe/anyone", "/probe/large", "/api/v1/auth/login"} {
			h.Nobody().Do("POST", path, string(body), "Content-Encoding", encoding).
				Refused(415, "packed-body")
		}
	}
}

func gzipped(t *testing.T, plain []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// Ensure that a text with a zero character, which the database cannot store, is reported as the
// caller's mistake.
func TestAZeroCharacterIsTheCallersMistake(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	h.Nobody().Do("POST", "/api/v1/auth/login", `{"handle":"mei\u0000","password":"jasmine-tea-42"}`).
		Refused(422, "bad-text")
	h.Person("mei").Do("GET", "/api/v1/users?query=a%00b", nil).Refused(422, "bad-text")
}

// Ensure that no cache stores a failure, whatever caching headers the handler had set before it
// failed.
func TestNoCacheKeepsAFailure(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	answer := h.Nobody().Do("GET", "/raw/late", nil).Refused(500, "internal")
	if got := answer.Header.Get("Cache-Control"); got != "no-store" || answer.Header.Get("ETag") != "" {
		t.Errorf("a failure may be kept: %v", answer.Header)
	}
	person := h.Person("mei").Do("GET", "/api/v1/me", nil).Want(200)
	if got := person.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("what a person sees may be kept: %q", got)
	}
}

// Ensure that a caller's request ID is kept if it is valid, and that each answer has the security
// headers.
func TestEveryAnswerHasARequestIDAndSecurityHeaders(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	kept := h.Nobody().Do("GET", "/nowhere", nil, "X-Request-ID", "trace-0123456789")
	if kept.Header.Get("X-Request-ID") != "trace-0123456789" || kept.Text("request_id") != "trace-0123456789" {
		t.Errorf("the request ID was not kept: %v", kept.Header)
	}
	forged := h.Nobody().Do("GET", "/nowhere", nil, "X-Request-ID", "<script>alert(1)</script>")
	if strings.Contains(forged.Header.Get("X-Request-ID"), "<") {
		t.Error("an invalid request ID was kept")
	}
	for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy",
		"Content-Security-Policy"} {
		if kept.Header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
}

// Ensure that the OpenAPI document is version 3.1, complete and without huma's additions, and that
// its page loads nothing from other hosts.
func TestTheAPIDescribesItself(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	answer := h.Nobody().Do("GET", "/openapi.json", nil).Want(200)
	if got := answer.Text("openapi"); got != "3.1.0" {
		t.Errorf("got OpenAPI %q", got)
	}
	if strings.Contains(string(answer.Body), "$schema") || strings.Contains(string(answer.Body),
		"anyone\":[") {
		t.Error("the document has noise")
	}
	operation := answer.Get("paths", "/api/v1/auth/login", "post", "responses", "default")
	if text, _ := json.Marshal(operation); !strings.Contains(string(text), "Problem") {
		t.Errorf("failures are not described as problems: %s", text)
	}
	page := h.Nobody().Do("GET", "/docs", nil).Want(200)
	for _, path := range []string{"/docs/docs.js", "/docs/docs.css"} {
		page.Body = append(page.Body, h.Nobody().Do("GET", path, nil).Want(200).Body...)
	}
	if strings.Contains(string(page.Body), "http://") || strings.Contains(string(page.Body),
		"https://") {
		t.Error("the page of documentation names an outside address")
	}
	login := h.Nobody().Do("POST", "/probe/anyone", map[string]any{"text": "x"}).Want(200)
	if strings.Contains(string(login.Body), "$schema") || login.Header.Get("Link") != "" {
		t.Errorf("answers carry noise: %s %v", login.Body, login.Header)
	}
}

type nobodyElse struct{}

func (nobodyElse) Authenticate(context.Context, string) (auth.Identity, error) {
	return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "bad-token", "No.")
}

// BenchmarkAccess measures what a request costs with and without our middleware: the difference is
// the cost of ID, headers, problem handling and log line.
func BenchmarkAccess(b *testing.B) {
	hello := func(c *fiber.Ctx) error { return c.SendString("hello") }
	bare := fiber.New(fiber.Config{DisableStartupMessage: true})
	bare.Get("/hello", hello)
	logger := slog.New(slog.DiscardHandler)
	full := api.New(api.Options{Authenticator: nobodyElse{}, Logger: logger}).App
	full.Get("/hello", hello)
	for name, app := range map[string]*fiber.App{"bare": bare, "full": full} {
		b.Run(name, func(b *testing.B) {
			handler := app.Handler()
			ctx := newRequest("GET", "/hello")
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				ctx.ResetUserValues()
				handler(ctx)
			}
			if ctx.Response.StatusCode() != 200 {
				b.Fatal(ctx.Response.StatusCode())
			}
		})
	}
}

// converse sends the text to the server as it is, and returns the statuses of all answers until the
// connection ends, and the last body.
func converse(t *testing.T, h *apitest.Host, text string) (statuses []int, last string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	for {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return statuses, last
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		statuses, last = append(statuses, response.StatusCode), string(body)
	}
}

// Ensure that a request which a proxy in front may read differently is refused, with the rest of
// the connection, and that no part of it is treated as a second request.
func TestARequestThatCanBeReadInTwoWaysIsRefused(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	const hidden = "GET /docs HTTP/1.1\r\nHost: a\r\n\r\n"
	const post = "POST /probe/anyone HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
	for _, c := range []struct{ slug, text string }{
		{"two-lengths", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
		{"repeated-header", post + "Content-Length: 4\r\nContent-Length: 40\r\n\r\n{}  " + hidden},
		{"bad-header-name", post + "Content-Length : 40\r\n\r\n" + hidden},
		{"bad-line-end", "GET /docs HTTP/1.1\r\nHost: a\nX: b\r\n\r\n" + hidden},
		{"folded-header", "GET /docs HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n" + hidden},
		{"bad-host", "GET /docs HTTP/1.1\r\nX: a\r\n\r\n" + hidden},
		{"repeated-header", "GET /docs HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + hidden},
		{"bad-chunk", post + "Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\n{}\r\n0\r\n\r\n" + hidden},
		{"long-chunk-extensions", post + "Transfer-Encoding: chunked\r\n\r\n2;" + strings.Repeat("a", 4096) + "\r\n{}\r\n0\r\n\r\n" + hidden},
		{"headers-too-large", "GET /docs HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("a", api.MaxHeader) + "\r\n\r\n" + hidden},
	} {
		statuses, body := converse(t, h, c.text)
		want := http.StatusBadRequest
		if c.slug == "headers-too-large" {
			want = http.StatusRequestHeaderFieldsTooLarge
		}
		if len(statuses) != 1 || statuses[0] != want || !strings.Contains(body, `"/problems/`+c.slug+`"`) {
			t.Errorf("%s: answered %v with %s", c.slug, statuses, body)
		}
	}
}

// Ensure that every refusal before a handler runs is a problem document in the language of the
// request, wherever in the header the language is.
func TestEveryEarlyRefusalIsAProblemInTheUsersLanguage(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	const post = "POST /probe/anyone HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n%s"
	for _, c := range []struct {
		status     int
		slug, text string // %s is where the language stands
	}{
		{501, "method-unknown", "get /api/v1/me HTTP/1.1\r\nHost: a\r\n%s\r\n"},
		{501, "method-unknown", "FOO / HTTP/1.1\r\nHost: a\r\n%s\r\n"},
		{404, "not-found", "GET /nowhere HTTP/1.1\r\nHost: a\r\n%s\r\n"},
		{405, "method-not-allowed", "PUT /probe/anyone HTTP/1.1\r\nHost: a\r\n%s\r\n"},
		{405, "method-not-allowed", "TRACE /probe/anyone HTTP/1.1\r\nHost: a\r\n%s\r\n"},
		{413, "body-too-large", post + "Content-Length: 5242880\r\n\r\n"},
		{415, "packed-body", post + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"},
		{431, "headers-too-large", "GET /docs HTTP/1.1\r\nHost: a\r\n%sX: " + strings.Repeat("a", api.MaxHeader) + "\r\n\r\n"},
		{400, "bad-request-line", "GET /docs HTTP/3.0\r\nHost: a\r\n%s\r\n"},
		{400, "bad-request-line", "GET  /docs HTTP/1.1\r\nHost: a\r\n%s\r\n"},
		{400, "two-lengths", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		{400, "repeated-header", "GET /docs HTTP/1.1\r\nHost: a\r\nHost: b\r\n%s\r\n"},
		{400, "bad-header-name", "GET /docs HTTP/1.1\r\nHost: a\r\nX : b\r\n%s\r\n"},
		{400, "bad-line-end", "GET /docs HTTP/1.1\r\nHost: a\nX: b\r\n%s\r\n"},
		{400, "folded-header", "GET /docs HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n%s\r\n"},
		{400, "bad-host", "GET /docs HTTP/1.1\r\nX: a\r\n%s\r\n"},
		{400, "bad-length", post + "Content-Length: x\r\n\r\n"},
		{400, "bad-transfer-coding", post + "Transfer-Encoding: gzip\r\n\r\n"},
		{400, "bad-chunk", post + "Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\n{}\r\n0\r\n\r\n"},
		{400, "long-chunk-extensions", post + "Transfer-Encoding: chunked\r\n\r\n2;" + strings.Repeat("a", 4096) + "\r\n{}\r\n0\r\n\r\n"},
	} {
		for language, line := range map[string]string{"en": "", "zh-CN": "accept-language: zh-Hans;q=0.9, en;q=0.1\r\n"} {
			statuses, body := converse(t, h, fmt.Sprintf(c.text, line))
			var problem struct{ Type, Title, Detail string }
			if err := json.Unmarshal([]byte(body), &problem); err != nil || len(statuses) != 1 || statuses[0] != c.status ||
				problem.Type != "/problems/"+c.slug {
				t.Errorf("%s in %s: answered %v with %s", c.slug, language, statuses, body)
				continue
			}
			for _, text := range []string{problem.Title, problem.Detail} {
				if han := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }); han != (language != "en") || text == "" {
					t.Errorf("%s in %s says %q", c.slug, language, text)
				}
			}
		}
	}
}

// Ensure that several requests in one write are all answered, and that a refusal ends the
// connection.
func TestRequestsInOneWriteAreAnsweredInOrder(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	const good = "POST /probe/anyone HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n" + `{"text":"hi"}`
	const chunked = "POST /probe/anyone HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"5\r\n{\"tex\r\n8;x=1\r\nt\":\"hi\"}\r\n0\r\n\r\n"
	statuses, body := converse(t, h, good+chunked+good+"GET / HTTP/1.1\n\n"+good)
	if fmt.Sprint(statuses) != "[200 200 200 400]" {
		t.Errorf("answered %v, the last with %s", statuses, body)
	}
}

// Ensure that header fields after a body are ignored, and so is everything after them.
func TestATrailerEndsTheConnection(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	statuses, _ := converse(t, h, "POST /probe/user HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"+
		"\r\nd\r\n{\"text\":\"hi\"}\r\n0\r\nAuthorization: Bearer "+h.Person("mei").Token+"\r\n\r\nGET /docs HTTP/1.1\r\nHost: a\r\n\r\n")
	if fmt.Sprint(statuses) != "[401]" {
		t.Errorf("answered %v, want a refusal of nobody, and nothing else", statuses)
	}
}

// Ensure that what follows the last boundary of a form is not treated as a request.
func TestWhatFollowsAFormIsNoRequest(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	form := "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--b--\r\n"
	// More than any reader of forms reads ahead.
	rest := strings.Repeat("GET /docs HTTP/1.1\r\nHost: a\r\n\r\n", 2000)
	statuses, _ := converse(t, h, fmt.Sprintf("POST /probe/anyone HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s%s",
		len(form)+len(rest), form, rest))
	if len(statuses) != 1 {
		t.Errorf("answered %v, want one answer", statuses)
	}
}

// Ensure that only pages of the host, and programs, which send no Origin, can open websockets.
func TestWebsocketsAreForTheHostsOwnPages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		public, more, origin string
		allowed              bool
	}{
		{"", "", "", true},
		{"", "", "http://tea.example", true},
		{"", "", "http://TEA.example", true},
		{"", "", "http://tea.example.evil", false},
		{"", "", "null", false},
		{"https://tea.example", "", "https://tea.example", true},
		{"https://tea.example", "", "http://tea.example", false},
		{"https://other.example", "", "http://tea.example", false}, // whatever name leads here
		{"https://tea.example", "https://kiosk.example/", "https://kiosk.example", true},
	} {
		server := api.New(api.Options{Authenticator: nobody{}, PublicURL: c.public, Origins: []string{c.more}, Logger: slog.New(slog.DiscardHandler)})
		server.App.Get("/socket", func(c *fiber.Ctx) error { return c.SendStatus(200) })
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://tea.example/socket", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Upgrade", "WebSocket")
		r.Header.Set("Connection", "Upgrade")
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		response, err := server.App.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if (response.StatusCode == 200) != c.allowed {
			t.Errorf("%+v: %d", c, response.StatusCode)
		}
	}
}

// Ensure that answers say how many calls are left, in the fields of the IETF's draft.
func TestAnswersSayHowManyCallsAreLeft(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	first := h.Nobody().Do("POST", "/probe/anyone", map[string]any{"text": "hi"}).Want(200)
	if got, want := first.Header.Get("RateLimit-Policy"), fmt.Sprintf(`"address";q=%d;w=60`, api.AnonymousPerMinute); got != want {
		t.Errorf("the policy is %s, want %s", got, want)
	}
	if got, want := first.Header.Get("RateLimit"), fmt.Sprintf(`"address";r=%d;t=1`, api.AnonymousPerMinute-1); got != want {
		t.Errorf("the limit is %s, want %s", got, want)
	}
	mei := h.Person("mei")
	if got := mei.Do("POST", "/probe/user", map[string]any{"text": "hi"}).Want(200).Header.Get("RateLimit"); !strings.HasPrefix(got, `"user";r=`) {
		t.Errorf("the limit of a person is %s", got)
	}
}

// Ensure that titles, details and messages about the input are in the language of the request, and
// that the names of the API stay as they are.
func TestProblemsAreInTheUsersLanguage(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	for _, c := range []struct{ languages, path, body, title, detail, field string }{
		{"zh-CN,zh;q=0.9,en;q=0.8", "/probe/anyone", `{"amount":1}`, "输入无效", "部分输入无效；errors 指明了是哪些。", "缺少必填字段 text"},
		{"zh-TW", "/probe/user", `{"text":"hi"}`, "请先登录", "请登录，并以 Bearer 令牌发送访问令牌。", ""},
		{"zh", "/nowhere", "", "此处不提供该方法", "", ""},
		{"en,zh;q=0.5", "/probe/user", `{"text":"hi"}`, "Log in first", "Log in and send the access token as a Bearer token.", ""},
		{"", "/probe/anyone", `{"amount":1}`, "The input is not valid", "", "expected required property text to be present"},
	} {
		answer := h.Nobody().Do("POST", c.path, c.body, "Accept-Language", c.languages)
		var p api.Problem
		answer.Into(&p)
		language := "en"
		if strings.HasPrefix(c.languages, "zh") {
			language = "zh-CN"
		}
		if got := answer.Header.Get("Content-Language"); got != language || !strings.Contains(strings.Join(answer.Header.Values("Vary"), ","), "Accept-Language") {
			t.Errorf("%s: Content-Language %q, Vary %q", c.languages, got, answer.Header.Values("Vary"))
		}
		if p.Title != c.title && c.path != "/nowhere" || c.detail != "" && p.Detail != c.detail {
			t.Errorf("%s %s: %q, %q", c.languages, c.path, p.Title, p.Detail)
		}
		if c.field != "" && (len(p.Errors) != 1 || p.Errors[0].Message != c.field) {
			t.Errorf("%s %s: %+v", c.languages, c.path, p.Errors)
		}
	}
}

// Ensure that many uploads at once do not fill the host's memory: it is limited for one person and
// for all people, and it is released when a request ends or breaks off.
func TestTheMemoryForLargeBodiesIsLimited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, probes)
	const size, room = 8<<20 - 1, 8 << 20 // a body takes the next power of two
	taken := 0
	// begin sends a header and waits until the server has decided: then it asks for the body.
	begin := func(token string, chunked bool) (net.Conn, *bufio.Reader) {
		t.Helper()
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		length := fmt.Sprintf("Content-Length: %d", size)
		if chunked {
			length = "Transfer-Encoding: chunked"
		}
		if _, err := fmt.Fprintf(conn, "POST /probe/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
			"Content-Type: application/json\r\nExpect: 100-continue\r\n%s\r\n\r\n", token, length); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetReadDeadline(waittest.Deadline()); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(conn)
		decided, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		decided.Body.Close()
		if decided.StatusCode != http.StatusContinue {
			t.Fatalf("a header is answered with %d", decided.StatusCode)
		}
		return conn, r
	}
	isHeld := func(who string) {
		t.Helper()
		if held := h.Server.HeldBodies(); held != taken*room {
			t.Fatalf("%s: %d bytes are held, want %d", who, held, taken*room)
		}
	}
	take := func(token string) (net.Conn, *bufio.Reader) {
		t.Helper()
		conn, r := begin(token, false)
		taken++
		isHeld("a body for which there is room")
		return conn, r
	}
	refused := func(who, token string, chunked bool) {
		t.Helper()
		conn, r := begin(token, chunked)
		isHeld(who)
		if chunked {
			if _, err := fmt.Fprintf(conn, "%x\r\n%s\r\n", 2*api.MaxBody, strings.Repeat(" ", 2*api.MaxBody)); err != nil {
				t.Fatal(err)
			}
		}
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		defer response.Body.Close()
		if response.StatusCode != 503 || response.Header.Get("Retry-After") != "5" {
			t.Errorf("%s: %d, Retry-After %q", who, response.StatusCode, response.Header.Get("Retry-After"))
		}
	}
	released := func(count int) {
		t.Helper()
		waittest.Eventually(t, fmt.Sprintf("%d bodies are held", count), func() bool { return h.Server.HeldBodies() == count*room })
	}
	people := []string{h.Person("ann", auth.RoleDeveloper).Token, h.Person("ben", auth.RoleDeveloper).Token, h.Person("cem", auth.RoleDeveloper).Token}
	first, _ := take(people[0])
	second, answer := take(people[0])
	begun := []net.Conn{first, second}
	one := func(person string) {
		t.Helper()
		conn, _ := take(person)
		begun = append(begun, conn)
	}
	const ofOne = api.MaxHeldBodiesOfOne / room
	for taken < ofOne {
		one(people[0])
	}
	refused("one person, one more", people[0], false)
	refused("one person, in chunks", people[0], true)
	for taken < api.MaxHeldBodies/room {
		one(people[1+taken%2])
	}
	refused("all people", people[2], false)
	h.Nobody().Do("POST", "/probe/anyone", `{"text":"small"}`).Want(200)
	// One breaks off, one succeeds; both release their memory.
	first.Close()
	released(taken - 1)
	body := `{"text":"` + strings.Repeat("x", size-11) + `"}`
	if _, err := io.WriteString(second, body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(answer, nil)
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("the one that went on: %v", err)
	}
	response.Body.Close()
	released(taken - 2)
	for _, conn := range begun {
		conn.Close()
	}
	released(0)
}

// Ensure that a field whose name differs only in case, which the decoder would use, is refused by
// the schema.
func TestTheCaseOfAFieldsNameMatters(t *testing.T) {
	t.Parallel()
	c := apitest.New(t, nil, probes).Nobody()
	c.Do("POST", "/probe/anyone", `{"text":"a","amount":1,"Amount":-1}`).Refused(422, "invalid-input")
	c.Do("POST", "/probe/anyone", `{"Text":"a"}`).Refused(422, "invalid-input")
	c.Do("POST", "/probe/anyone", `{"text":"a","amount":1}`).Want(200)
}
