package accounts_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"testing"

	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

type echoed struct {
	Text string `json:"text"`
}

// BenchmarkBridgeCall measures a call of an account's server from the parsed request to the written
// answer: request ID, log line, token, rights, budget, parameters, result.
func BenchmarkBridgeCall(b *testing.B) {
	pool, ctx := migrationtest.Open(b), context.Background()
	secret := auth.Secret(bytes.Repeat([]byte{7}, auth.SecretBytes))
	people, err := auth.New(ctx, auth.Options{Pool: pool, Secret: secret})
	if err != nil {
		b.Fatal(err)
	}
	world := &registryAndChat{scopes: map[string][]string{}, sent: map[string]any{}}
	service, err := accounts.New(accounts.Options{Pool: pool, Secret: secret, Releases: world,
		Messenger: world})
	if err != nil {
		b.Fatal(err)
	}
	owner, err := people.EnsureUser(ctx, auth.NewUser{Handle: "owner", Password: "correct horse"},
		auth.RoleDeveloper)
	if err != nil {
		b.Fatal(err)
	}
	account, err := service.CreateAccount(ctx, owner.ID,
		accounts.NewAccount{Handle: "cafe", Name: "Café"})
	if err != nil {
		b.Fatal(err)
	}
	app, _, err := service.CreateApp(ctx, owner.ID, account.ID, "Order", "")
	if err != nil {
		b.Fatal(err)
	}
	world.scopes[app.ID] = []string{"echo"}
	table := bridge.NewTable(bridge.NewGuard(service, nil))
	table.Add(bridge.Define(bridge.Capability{
		Name: "test.echo", Scope: "echo", Callers: bridge.AccountServer, Reach: bridge.ReachNone,
		PerMinute: 1 << 30, Summary: "Echo.",
	}, func(_ context.Context, _ bridge.Caller, in echoed) (echoed, error) { return in, nil }))
	server := api.New(api.Options{
		Authenticator: people, Logger: slog.New(slog.DiscardHandler),
		PerUser: ratelimit.PerMinute("user", 1<<30),
	})
	bridge.NewHTTP(table, service, people, nil).Routes(server.API, server.App)
	token, err := people.IssueServerToken(auth.ServerGrant{AppID: app.ID, AccountID: uuid.New(),
		Scopes: []string{"echo"}, SecretGen: 1})
	if err != nil {
		b.Fatal(err)
	}

	var request fasthttp.Request
	request.Header.SetMethod("POST")
	request.SetRequestURI("/bridge/v1/test.echo")
	request.SetHost("localhost")
	request.Header.SetContentType("application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	request.SetBodyString(`{"text":"hello"}`)
	call := &fasthttp.RequestCtx{}
	call.Init(&request, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, nil)
	handler := server.App.Handler()
	b.ReportAllocs()
	for b.Loop() {
		call.Response.Reset()
		call.ResetUserValues()
		handler(call)
	}
	if call.Response.StatusCode() != 200 {
		b.Fatalf("got %d: %s", call.Response.StatusCode(), call.Response.Body())
	}
}
