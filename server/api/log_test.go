package api_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/auth"
)

// nobody is an authenticator that knows no token.
type nobody struct{}

func (nobody) Authenticate(context.Context, string) (auth.Identity, error) {
	return auth.Identity{}, errors.New("no such token")
}

// Somebody who reads the log must not get access to what its lines are about.
func TestTheAccessLogContainsNoKeys(t *testing.T) {
	t.Parallel()
	const key, query, token = "0123456789abcdef0123456789abcdef", "s3cret-search", "eyJsecrettoken"
	var log locked
	s := api.New(api.Options{Authenticator: nobody{}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	s.App.Get("/media/:key", func(c *fiber.Ctx) error { return c.SendString("a picture") })
	s.App.Get("/media/:key/thumbnail", func(c *fiber.Ctx) error {
		return fmt.Errorf("open objects/media/%s/thumbnail: no such file", c.Params("key"))
	})
	s.App.Use("/site", func(c *fiber.Ctx) error { return c.SendString("a page") })
	for _, path := range []string{"/media/" + key, "/media/" + key + "/thumbnail", "/media/" + key + "/", "/nowhere/" + key,
		"/site/" + key, "/media/" + key + "?q=" + query} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		if _, err := s.App.Test(r, -1); err != nil {
			t.Fatal(err)
		}
	}
	// The server's own errors quote requests that it cannot parse.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.App.Listener(listener) }()
	for _, broken := range []string{
		"GET /media/" + key + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\nno colon here\r\n\r\n",
		"/media/" + key + "\r\nAuthorization: Bearer " + token + "\r\n\r\n",
		"POST /media/" + key + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\nContent-Length: 99999999\r\n\r\n",
		"GET /media/" + key + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + strings.Repeat(token, 2000) + "\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(broken)); err != nil {
			t.Fatal(err)
		}
		if answer, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.HasPrefix(answer, "HTTP/1.1 4") {
			t.Errorf("%.20q was answered with %q, %v", broken, answer, err)
		}
		conn.Close()
	}
	if err := s.App.Shutdown(); err != nil {
		t.Fatal(err)
	}
	<-ended
	lines := log.String()
	if strings.Count(lines, "msg=request") != 10 || !strings.Contains(lines, "route=/media/:key/thumbnail") {
		t.Errorf("the log:\n%s", lines)
	}
	for _, secret := range []string{key, query, token} {
		if strings.Contains(lines, secret) {
			t.Errorf("%q is in the log:\n%s", secret, lines)
		}
	}
}

// locked is a buffer that many write to.
type locked struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}
