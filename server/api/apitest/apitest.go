// Package apitest runs HTTP scenarios against a real server with a real PostgreSQL. Each step is
// one line: who asks, for what, and what the answer must be.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/auth/authhttp"
	"github.com/teahouse/teahouse/waittest"
)

// Host is a server with people who can log in.
type Host struct {
	*testing.T
	Pool   *pgxpool.Pool
	Server *api.Server
	Auth   *auth.Service
	Secret auth.Secret
	Clock  *Clock
	URL    string
}

// Clock is a clock that tests can move forward.
type Clock struct{ ahead, stopped atomic.Int64 }

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	now := time.Now()
	if stopped := c.stopped.Load(); stopped != 0 {
		now = time.Unix(0, stopped)
	}
	return now.Add(time.Duration(c.ahead.Load()))
}

// Stop stops the clock; only Forward moves it. It is for tests that must not depend on a busy machine.
func (c *Clock) Stop() { c.stopped.Store(time.Now().UnixNano()) }

// Forward moves the clock forward.
func (c *Clock) Forward(d time.Duration) { c.ahead.Add(int64(d)) }

// New opens a fresh database, builds a server with the operations of auth, lets routes add more,
// and listens on a loopback port until the test ends. Options may be nil.
func New(t *testing.T, options func(*auth.Options), routes func(*Host)) *Host {
	t.Helper()
	h := &Host{T: t, Pool: migrationtest.Open(t), Clock: &Clock{}}
	h.Secret = auth.Secret(bytes.Repeat([]byte{7}, auth.SecretBytes))
	logger := slog.New(slog.NewTextHandler(testLog{t}, nil))
	// Administrators of tests have no second factor; the tests of auth ask for one.
	authOptions := auth.Options{Pool: h.Pool, Secret: h.Secret, Now: h.Clock.Now, Logger: logger,
		OptionalSecondFactor: true}
	if options != nil {
		options(&authOptions)
	}
	var err error
	if h.Auth, err = auth.New(context.Background(), authOptions); err != nil {
		t.Fatal(err)
	}
	proxies, err := request.ParseProxies([]string{"127.0.0.1"}) // the tests themselves, see Client.From
	if err != nil {
		t.Fatal(err)
	}
	h.Server = api.New(api.Options{Authenticator: h.Auth, Logger: logger, Proxies: proxies})
	authhttp.New(h.Auth, "http://localhost:5173").Routes(h.Server.API, h.Server.App)
	if routes != nil {
		routes(h)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.URL = "http://" + listener.Addr().String()
	done := make(chan error, 1)
	go func() { done <- h.Server.App.Listener(api.Listen(listener)) }()
	t.Cleanup(func() {
		if err := h.Server.App.ShutdownWithTimeout(waittest.Patience); err != nil {
			t.Error(err)
		}
		<-done
	})
	return h
}

// testLog writes log lines into the test's output, which is shown when it fails.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	if l.t.Context().Err() == nil { // after the test, nobody reads it
		l.t.Log(strings.TrimSpace(string(line)))
	}
	return len(line), nil
}

// Client is a client with its token and cookies.
type Client struct {
	host   *Host
	Token  string
	Cookie string
	Device string // the cookie that identifies a device
	From   string // the address that a proxy reports, "" for none
	User   auth.User
}

// Nobody returns a client that is not logged in.
func (h *Host) Nobody() *Client { return &Client{host: h} }

// Person makes a person and logs them in.
func (h *Host) Person(handle string, roles ...auth.Role) *Client {
	h.Helper()
	const password = "correct horse"
	_, err := h.Auth.EnsureUser(context.Background(), auth.NewUser{Handle: handle, Password: password},
		roles...)
	if err != nil {
		h.Fatal(err)
	}
	c := h.Nobody()
	answer := c.Do("POST", "/api/v1/auth/login", map[string]any{"handle": handle,
		"password": password})
	answer.Want(200)
	c.Login(answer)
	return c
}

// Login takes the token, the cookies and the user from an answer with a session.
func (c *Client) Login(a *Answer) {
	a.t.Helper()
	var session authhttp.Session
	a.Into(&session)
	c.Token, c.User = session.AccessToken, session.User
	if cookie := a.RefreshCookie(); cookie != nil {
		c.Cookie = cookie.Value
	}
	if cookie := a.cookie("teahouse_device"); cookie != nil {
		c.Device = cookie.Value
	}
}

// Answer is the answer to a request.
type Answer struct {
	t      *testing.T
	what   string
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request; body may be nil, a string or []byte to be sent as it is, or a value to be
// marshalled. Headers come in pairs.
func (c *Client) Do(method, path string, body any, headers ...string) *Answer {
	t := c.host.T
	t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case []byte:
		reader = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	sent, err := http.NewRequestWithContext(t.Context(), method, c.host.URL+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		sent.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		sent.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.Cookie != "" {
		sent.AddCookie(&http.Cookie{Name: "teahouse_refresh", Value: c.Cookie})
	}
	if c.Device != "" {
		sent.AddCookie(&http.Cookie{Name: "teahouse_device", Value: c.Device})
	}
	if c.From != "" {
		sent.Header.Set("X-Forwarded-For", c.From)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		sent.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(sent)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &Answer{t: t, what: method + " " + path, Status: response.StatusCode,
		Header: response.Header, Body: raw}
}

// Want fails the test unless the status is the wanted one; a refusal must be a problem document.
func (a *Answer) Want(status int) *Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: got %d, want %d: %s", a.what, a.Status, status, a.Body)
	}
	return a
}

// Refused fails the test unless the answer is the problem document of the slug with the status.
func (a *Answer) Refused(status int, slug string) *Answer {
	a.t.Helper()
	a.Want(status)
	if kind := a.Header.Get("Content-Type"); kind != "application/problem+json" {
		a.t.Fatalf("%s: got content type %q, want a problem document", a.what, kind)
	}
	var p api.Problem
	a.Into(&p)
	if p.Type != "/problems/"+slug || p.Status != status || p.RequestID == "" || p.Title == "" || p.Detail == "" {
		a.t.Fatalf("%s: got %+v, want problem %s", a.what, p, slug)
	}
	return a
}

// Into unmarshals the body.
func (a *Answer) Into(value any) {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, value); err != nil {
		a.t.Fatalf("%s: %v in %s", a.what, err, a.Body)
	}
}

// Get returns a value of the body by its path of object keys, nil when absent.
func (a *Answer) Get(path ...string) any {
	a.t.Helper()
	var tree any
	a.Into(&tree)
	for _, key := range path {
		object, ok := tree.(map[string]any)
		if !ok {
			return nil
		}
		tree = object[key]
	}
	return tree
}

// Text is Get for strings, "" when absent.
func (a *Answer) Text(path ...string) string {
	a.t.Helper()
	text, _ := a.Get(path...).(string)
	return text
}

// RefreshCookie returns the refresh cookie that the answer sets, or nil.
func (a *Answer) RefreshCookie() *http.Cookie { return a.cookie("teahouse_refresh") }

func (a *Answer) cookie(name string) *http.Cookie {
	for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
		if cookie.Name == name {
			return cookie
		}
	}
	return nil
}
