package host

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge/bridgetest"
)

func TestMain(m *testing.M) {
	programs.MaybeMain()
	playHost()
	os.Exit(m.Run())
}

const password = "a-passphrase-for-tests"

// boot runs a whole host on a database of its own.
func boot(t *testing.T) *Host {
	t.Helper()
	pool := migrationtest.Open(t)
	config := Serve{Addr: "127.0.0.1:0", Data: t.TempDir(), Currency: "CNY", SecondFactor: "optional",
		PostgresURL: pool.Config().ConnString() + " database=" + pool.Config().ConnConfig.Database}
	h, err := Boot(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Shutdown(context.Background()) })
	return h
}

// ask answers with the status and the body.
func ask(t *testing.T, h *Host, method, path, token, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+h.Address()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// person makes somebody with the roles and returns their access token.
func person(t *testing.T, h *Host, handle string, roles ...auth.Role) string {
	t.Helper()
	_, err := h.auth.EnsureUser(t.Context(), auth.NewUser{Handle: handle, DisplayName: handle, Password: password}, roles...)
	if err != nil {
		t.Fatal(err)
	}
	status, body := ask(t, h, "POST", "/api/v1/auth/login", "", `{"handle":"`+handle+`","password":"`+password+`"}`)
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		t.Fatalf("login: %d %s", status, body)
	}
	return answer.AccessToken
}

// A host that is told to stop says so to load balancers while it still serves.
func TestAStoppingHostTellsLoadBalancersFirst(t *testing.T) {
	t.Parallel()
	h := boot(t)
	if status, body := ask(t, h, "GET", "/healthz", "", ""); status != 200 {
		t.Fatalf("before: %d %s", status, body)
	}
	short, end := context.WithCancel(t.Context())
	end()
	h.Drain(short, time.Hour) // whose wait is over at once
	if status, body := ask(t, h, "GET", "/healthz", "", ""); status != 503 || body != "draining\n" {
		t.Errorf("while it drains: %d %q", status, body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	drained := make(chan struct{})
	go func() { defer close(drained); h.Drain(ctx, time.Hour) }()
	if status, _ := ask(t, h, "GET", "/docs", "", ""); status != 200 {
		t.Errorf("while it drains it serves no more: %d", status)
	}
	select {
	case <-drained:
		t.Error("it did not wait for load balancers")
	default:
	}
	cancel()
	<-drained
}

// A taken port is named together with the setting, before anything is made or started: the database alone
// takes seconds, and would be left behind in a folder that the operator may not have meant.
func TestATakenPortIsSaidWithTheSetting(t *testing.T) {
	t.Parallel()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	config := Serve{Addr: other.Addr().String(), Data: filepath.Join(t.TempDir(), "data"), Currency: "CNY"}
	_, err = Boot(t.Context(), config, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), other.Addr().String()) || !strings.Contains(err.Error(), "TEAHOUSE_ADDR") {
		t.Errorf("a taken port: %v", err)
	}
	if _, err := os.Stat(config.Data); !os.IsNotExist(err) {
		t.Errorf("the host went on to its data directory: %v", err)
	}
}

func TestEveryCapabilityRefusesCallersWithoutTheRight(t *testing.T) {
	t.Parallel()
	h := boot(t)
	bridgetest.Refusals(t, h.bridge)
	bridgetest.Documented(t, h.bridge, "../../docs/bridge.md")
}

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// Every operation of the API, present and future, is tried by nobody, by a user and by a developer;
// the list is the OpenAPI document's.
func TestEveryOperationRefusesTheWrongPerson(t *testing.T) {
	t.Parallel()
	h := boot(t)
	user := person(t, h, "ursula", auth.RoleUser)
	developer := person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper)
	tried := 0
	for path, item := range h.server.API.OpenAPI().Paths {
		address := parameter.ReplaceAllStringFunc(path, func(name string) string {
			if name == "{app_id}" {
				return "ta00000000000000ff"
			}
			return uuid.NewString()
		})
		for method, operation := range operations(item) {
			if operation.Security == nil || asks(operation, "anyone") || asks(operation, "server") {
				continue
			}
			tried++
			if status, body := ask(t, h, method, address, "", ""); status != 401 {
				t.Errorf("%s %s by nobody: %d %s", method, path, status, body)
			}
			if status, body := ask(t, h, method, address, "a.forged.token", ""); status != 401 {
				t.Errorf("%s %s with a forged token: %d %s", method, path, status, body)
			}
			if asks(operation, "developer") || asks(operation, "releaser") {
				if status, body := ask(t, h, method, address, user, ""); status != 403 {
					t.Errorf("%s %s by a user: %d %s", method, path, status, body)
				}
			}
			if asks(operation, "admin") {
				if status, body := ask(t, h, method, address, developer, ""); status != 403 {
					t.Errorf("%s %s by a developer: %d %s", method, path, status, body)
				}
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d operations were tried; is the document whole?", tried)
	}
}

func operations(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "PATCH": item.Patch, "DELETE": item.Delete}
	for method, operation := range all {
		if operation == nil {
			delete(all, method)
		}
	}
	return all
}

func asks(operation *huma.Operation, scheme string) bool {
	for _, requirement := range operation.Security {
		if _, ok := requirement[scheme]; ok {
			return true
		}
	}
	return false
}

func TestAHostAnswersAndDescribesItself(t *testing.T) {
	t.Parallel()
	h := boot(t)
	if status, body := ask(t, h, "GET", "/healthz", "", ""); status != 200 || body != "ok\n" {
		t.Errorf("healthz: %d %q", status, body)
	}
	status, document := ask(t, h, "GET", "/openapi.json", "", "")
	if status != 200 || !strings.Contains(document, `"openapi":"3.1`) {
		t.Errorf("openapi: %d %.80s", status, document)
	}
	for _, path := range []string{"/api/v1/conversations/{id}/messages", "/api/v1/orders/{id}/pay", "/bridge/v1/orders.create"} {
		if !strings.Contains(document, `"`+path+`"`) {
			t.Errorf("the document lacks %s", path)
		}
	}
	_, page := ask(t, h, "GET", "/docs", "", "")
	if external := regexp.MustCompile(`(src|href)="(https?:)?//`).FindString(page); external != "" {
		t.Errorf("the documentation page loads %s from outside", external)
	}
}

// An address that no method has is not found; one that another method has names that method.
func TestUnknownAddressesAndMethodsAreToldApart(t *testing.T) {
	t.Parallel()
	h := boot(t)
	for _, c := range []struct {
		request string
		status  int
		allow   string
	}{
		{"GET /api/v1/nothing", 404, ""}, {"POST /api/v1/nothing", 404, ""}, {"DELETE /bridge/v1", 404, ""},
		{"POST /chats/7", 404, ""}, {"GET /chats/7", 200, ""}, {"HEAD /chats/7", 200, ""},
		{"GET /api/v1/auth/login", 405, "POST"}, {"DELETE /healthz", 405, "GET, HEAD"},
	} {
		method, address, _ := strings.Cut(c.request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+h.Address()+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != c.status || response.Header.Get("Allow") != c.allow {
			t.Errorf("%s: %d, Allow %q, want %d, %q", c.request, response.StatusCode, response.Header.Get("Allow"), c.status, c.allow)
		}
		if kind := response.Header.Get("Content-Type"); c.status >= 400 && kind != "application/problem+json" {
			t.Errorf("%s: the refusal is %s", c.request, kind)
		}
	}
}

func TestASecondHostOnTheSameDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	h := boot(t)
	second := h.config
	_, err := Boot(t.Context(), second, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "in use by another host") {
		t.Errorf("got %v", err)
	}
}

func TestOversizedAndBrokenBodiesAreRefused(t *testing.T) {
	t.Parallel()
	h := boot(t)
	token := person(t, h, "ursula", auth.RoleUser)
	huge := `{"client_id":"1","kind":"text","content":{"text":"` + strings.Repeat("a", 5<<20) + `"}}`
	path := "/api/v1/conversations/" + uuid.NewString() + "/messages"
	for range 10 { // the answer must come even though the client is still sending
		if status, body := ask(t, h, "POST", path, token, huge); status != 413 || !strings.Contains(body, "too-large") {
			t.Fatalf("a 5 MB message: %d %.200s", status, body)
		}
	}
	if status, body := ask(t, h, "POST", path, token, `{"client_id":`); status != 400 && status != 422 {
		t.Errorf("half a body: %d %.200s", status, body)
	}
	if status, body := ask(t, h, "GET", "/api/v1/me", token, ""); status != 200 || !bytes.Contains([]byte(body), []byte("ursula")) {
		t.Errorf("afterwards: %d %s", status, body)
	}
}
