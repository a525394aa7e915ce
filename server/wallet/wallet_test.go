package wallet_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/ledger"
	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/chat"
	"github.com/teahouse/teahouse/server/wallet"
	"github.com/teahouse/teahouse/waittest"
)

const (
	cafeApp  = "ta00000000000000c1"
	otherApp = "ta00000000000000d2"
	goodPIN  = "271828"
)

// world is a host with a wallet, a chat, a job queue and a few users. Tokens are the users' names;
// the official account "The Café" owns cafeApp.
type world struct {
	*wallet.Service
	pool   *pgxpool.Pool
	server *api.Server
	table  *bridge.Table
	chat   *chat.Service
	pushes *pushes
	people map[string]auth.Identity
	cafe   uuid.UUID
	gone   bool // the café's app was taken down
}

func (w *world) Authenticate(_ context.Context, token string) (auth.Identity, error) {
	if id, ok := w.people[token]; ok {
		return id, nil
	}
	return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "bad-token", "Log in again.")
}

func (w *world) PayeeOfApp(_ context.Context, appID string) (wallet.Payee, error) {
	switch {
	case !w.gone && (appID == cafeApp || appID == otherApp):
		return wallet.Payee{ID: w.cafe, Name: "The Café", AvatarURL: "/a.png"}, nil
	}
	return wallet.Payee{}, fault.Errorf(fault.NotFound, "no-app", "There is no such app.")
}

func openID(appID string, userID uuid.UUID) string { return "o_" + appID[16:] + userID.String() }

func (w *world) OpenID(_ context.Context, appID string, userID uuid.UUID) (string, error) {
	return openID(appID, userID), nil
}

func (w *world) UserOf(_ context.Context, appID, open string) (uuid.UUID, error) {
	for _, p := range w.people {
		if openID(appID, p.UserID) == open {
			return p.UserID, nil
		}
	}
	return uuid.Nil, fault.Errorf(fault.NotFound, "no-user", "There is no such user.")
}

func (w *world) RequireMember(ctx context.Context, appID string) error {
	if id, ok := auth.IdentityFromContext(ctx); ok && id.Handle == "dev" && appID == cafeApp {
		return nil
	}
	return fault.Errorf(fault.NotFound, "no-app", "There is no such app.")
}

func (w *world) VerifyPassword(_ context.Context, _ uuid.UUID, password string) error {
	if password != "correct horse" {
		return fault.Errorf(fault.Forbidden, "wrong-password", "The password is wrong.")
	}
	return nil
}

func (w *world) SendFromAccount(
	ctx context.Context, accountID, userID uuid.UUID, clientID, kind string, content any,
) error {
	_, err := w.chat.SendFromAccount(ctx, accountID, userID, clientID, kind, content)
	return err
}

func (w *world) Allow(context.Context, bridge.Caller, bridge.Capability) error { return nil }

func (w *world) Consented(context.Context, bridge.Caller, string) (bool, error) { return true, nil }

func (w *world) Insider(context.Context, bridge.Caller, string) (bool, error) { return false, nil }

func (w *world) Picture(context.Context, uuid.UUID, uuid.UUID) (chat.Image, error) {
	return chat.Image{}, fault.Errorf(fault.NotFound, "no-picture", "There is no such picture.")
}

// pushes counts what was pushed to whom.
type pushes struct {
	mu     sync.Mutex
	wallet map[uuid.UUID]int
}

func (p *pushes) Push(_ context.Context, userID uuid.UUID, event any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m, ok := event.(map[string]string); ok && m["type"] == "wallet" {
		p.wallet[userID]++
	}
	return nil
}

func (p *pushes) count(userID uuid.UUID) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wallet[userID]
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{pool: migrationtest.Open(t), people: map[string]auth.Identity{},
		pushes: &pushes{wallet: map[uuid.UUID]int{}}, cafe: uuid.Must(uuid.NewV7())}
	for handle, role := range map[string]auth.Role{"ann": auth.RoleUser, "bob": auth.RoleUser,
		"dev": auth.RoleDeveloper, "stranger": auth.RoleDeveloper, "admin": auth.RoleAdmin} {
		id := uuid.Must(uuid.NewV7())
		w.people[handle] = auth.Identity{UserID: id, Handle: handle, Audience: auth.AudienceAPI,
			Roles: []auth.Role{auth.RoleUser, role}, SecondFactor: true}
		w.exec(t, `INSERT INTO app_user (id, handle, display_name, password_hash) VALUES ($1, $2, $2, '')`, id, handle)
	}
	w.people["server"] = auth.Identity{Audience: auth.AudienceBridge, AppID: cafeApp, AccountID: w.cafe}
	w.exec(t, `INSERT INTO official_account (id, handle, name, kind) VALUES ($1, 'cafe', 'The Café', 'service')`, w.cafe)

	inserting, err := river.NewClient(riverpgxv5.New(w.pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w.chat = chat.New(w.pool, w.pushes, w)
	w.Service, err = wallet.New(t.Context(), wallet.Config{Pool: w.pool, Secret: bytes.Repeat([]byte{7}, auth.SecretBytes), Jobs: inserting, Directory: w,
		Messenger: w, Pusher: w.pushes, Passwords: w, CheckURL: func(context.Context, string) error { return nil }, BankDelay: time.Millisecond,
		Transport: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		t.Fatal(err)
	}
	w.server = api.New(api.Options{Authenticator: w, Logger: slog.New(slog.DiscardHandler)})
	w.Routes(w.server.API, w.server.App)
	w.table = bridge.NewTable(w)
	w.table.Add(w.Capabilities()...)
	t.Cleanup(func() {
		report, err := w.Verify(context.Background())
		if err == nil {
			err = report.Err()
		}
		if err != nil {
			t.Error(err)
		}
	})
	return w
}

// work starts the job queue for the rest of the test.
func (w *world) work(t *testing.T) {
	t.Helper()
	workers := river.NewWorkers()
	w.AddWorkers(workers)
	client, err := river.NewClient(riverpgxv5.New(w.pool), &river.Config{Workers: workers,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		FetchPollInterval: 100 * time.Millisecond, FetchCooldown: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func (w *world) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := w.pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// answer is an HTTP response.
type answer struct {
	status int
	slug   string // of a problem
	body   []byte
	header http.Header
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if a.status > 299 {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// call makes a request as user who ("" without log-in), with the key if it is not "".
func (w *world) call(t *testing.T, who, method, path, key, body string) answer {
	t.Helper()
	req := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+who)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := w.server.App.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	var problem struct{ Type string }
	if a.status >= 400 {
		if err := json.Unmarshal(a.body, &problem); err != nil {
			t.Fatalf("status %d with %s", a.status, a.body)
		}
		a.slug = strings.TrimPrefix(problem.Type, "/problems/")
	}
	return a
}

func (w *world) expect(t *testing.T, who, method, path, key, body, slug string) {
	t.Helper()
	if a := w.call(t, who, method, path, key, body); a.slug != slug || (slug == "") != (a.status < 300) {
		t.Errorf("%s %s %s %s: %d %q, want %q: %s", who, method, path, body, a.status, a.slug, slug, a.body)
	}
}

// server calls a capability as the server of the café's app.
func (w *world) asServer(t *testing.T, name, in string) (json.RawMessage, error) {
	t.Helper()
	return w.table.Call(t.Context(), bridge.Caller{Kind: bridge.AccountServer, AppID: cafeApp,
		AccountID: w.cafe, Scopes: []string{"payment"}}, name, json.RawMessage(in))
}

// inApp calls a capability from an open app.
func (w *world) inApp(t *testing.T, appID, who, name string, in []byte) (json.RawMessage, error) {
	t.Helper()
	return w.table.Call(t.Context(), bridge.Caller{Kind: bridge.AppSession, AppID: appID,
		AccountID: w.cafe, UserID: w.people[who].UserID, Scopes: []string{"payment"}}, name, in)
}

type created struct {
	OrderID uuid.UUID `json:"order_id"`
	State   string
	Pay     json.RawMessage
}

func (w *world) order(t *testing.T, no string, amount int64, openID string) created {
	t.Helper()
	raw, err := w.asServer(t, "orders.create", fmt.Sprintf(
		`{"out_trade_no":%q,"description":"Longjing tea","amount":%d,"open_id":%q,"attach":"table 4"}`,
		no, amount, openID))
	if err != nil {
		t.Fatal(err)
	}
	var c created
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// rich gives a user a PIN and money. It does not use the bank, so that a test need not wait for it.
func (w *world) rich(t *testing.T, who string, amount int64) {
	t.Helper()
	w.expect(t, who, "PUT", "/me/pin", "", `{"password":"correct horse","pin":"`+goodPIN+`"}`, "")
	user := w.people[who].UserID.String()
	err := pgx.BeginFunc(t.Context(), w.pool, func(tx pgx.Tx) error {
		to, err := ledger.OpenIn(t.Context(), tx, payments.Wallet(user, "CNY"))
		if err != nil {
			return err
		}
		from, err := ledger.OpenIn(t.Context(), tx, payments.BankClearing("test", "CNY"))
		if err != nil {
			return err
		}
		_, err = ledger.TransferIn(t.Context(), tx, payments.Transfer{
			Key:  payments.Key{Client: "test", Endpoint: "fund", Value: uuid.NewString()},
			Kind: payments.KindTopUp, Debit: from.ID, Credit: to.ID,
			Money: payments.Money{Amount: amount, Currency: "CNY"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// All steps of a payment: bank, wallet, order, sheet, payment, receipt, webhook.
func TestACustomerTopsUpAndPaysForTea(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.work(t)
	ann := w.people["ann"].UserID
	type hook struct {
		header http.Header
		body   []byte
	}
	hooks := make(chan hook, 10)
	merchant := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a short read fails the signature below
		hooks <- hook{r.Header.Clone(), body}
	}))
	defer merchant.Close()
	var endpoint struct{ URL, Secret string }
	w.call(t, "dev", "PUT", "/dev/apps/"+cafeApp+"/webhook", "", `{"url":"`+merchant.URL+`"}`).into(t, &endpoint)

	// The wallet is empty and has no PIN; then it has both.
	var mine wallet.Wallet
	w.call(t, "ann", "GET", "/wallet", "", "").into(t, &mine)
	if mine != (wallet.Wallet{Currency: "CNY"}) {
		t.Errorf("a new wallet is %+v", mine)
	}
	w.expect(t, "ann", "PUT", "/me/pin", "", `{"password":"correct horse","pin":"`+goodPIN+`"}`, "")
	var topUp wallet.TopUp
	w.call(t, "ann", "POST", "/wallet/top-ups", "top-1", `{"amount":5000,"currency":"CNY"}`).into(t, &topUp)
	if topUp.State != "pending" {
		t.Errorf("the bank decided at once: %+v", topUp)
	}
	waittest.Eventually(t, "the top-up is settled", func() bool {
		w.call(t, "ann", "GET", "/wallet/top-ups/"+topUp.ID.String(), "", "").into(t, &topUp)
		return topUp.State == "settled"
	})
	waittest.Eventually(t, "ann's clients are woken", func() bool { return w.pushes.count(ann) >= 1 })

	// The café's server makes an order for ann, the app hands it to the sheet, ann pays.
	order := w.order(t, "TEA-0001", 1800, openID(cafeApp, ann))
	raw, err := w.inApp(t, cafeApp, "ann", "order.prepare", order.Pay)
	if err != nil {
		t.Fatal(err)
	}
	var sheet wallet.Order
	if err := json.Unmarshal(raw, &sheet); err != nil {
		t.Fatal(err)
	}
	if sheet.Amount != 1800 || sheet.Payee.Name != "The Café" || sheet.State != "pending" {
		t.Errorf("the sheet shows %s", raw)
	}
	var paid, again wallet.Order
	path := "/orders/" + sheet.ID.String() + "/pay"
	w.call(t, "ann", "POST", path, "pay-1", `{"pin":"`+goodPIN+`"}`).into(t, &paid)
	w.call(t, "ann", "POST", path, "pay-1", `{"pin":"`+goodPIN+`"}`).into(t, &again)
	if paid.State != "paid" || paid.PaidAt == nil || !cmp.Equal(paid, again) {
		t.Errorf("paid %+v, again %+v", paid, again)
	}

	// The server gets a signed webhook; the chat has a receipt; the statement has both lines.
	got := waittest.Receive(t, "the webhook", hooks)
	verifier, err := standardwebhooks.NewWebhook(endpoint.Secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify(got.body, got.header); err != nil {
		t.Error(err)
	}
	var event struct {
		Type string
		Data wallet.MerchantOrder
	}
	if err := json.Unmarshal(got.body, &event); err != nil {
		t.Fatal(err)
	}
	if event.Type != "order.paid" || event.Data.OutTradeNo != "TEA-0001" || event.Data.Attach != "table 4" ||
		event.Data.OpenID != openID(cafeApp, ann) || event.Data.TransactionID == "" ||
		bytes.Contains(got.body, []byte(`"user_id"`)) {
		t.Errorf("the webhook says %s", got.body)
	}
	w.requireReceipt(t, ann, sheet.ID)
	w.requireStatement(t, sheet.ID)

	raw, err = w.asServer(t, "orders.get", `{"out_trade_no":"TEA-0001"}`)
	if err != nil {
		t.Fatal(err)
	}
	var asked wallet.MerchantOrder
	if err := json.Unmarshal(raw, &asked); err != nil || !cmp.Equal(asked, event.Data) {
		t.Errorf("orders.get says %s, the webhook %s", raw, got.body)
	}
	var deliveries struct{ Items []wallet.Delivery }
	waittest.Eventually(t, "the delivery is recorded", func() bool {
		w.call(t, "dev", "GET", "/dev/apps/"+cafeApp+"/deliveries", "", "").into(t, &deliveries)
		return len(deliveries.Items) == 1 && deliveries.Items[0].State == "delivered"
	})
	w.expect(t, "dev", "POST", "/dev/apps/"+cafeApp+"/deliveries/"+deliveries.Items[0].ID.String()+"/resend", "", "", "")
	second := waittest.Receive(t, "the webhook once more", hooks)
	if second.header.Get("webhook-id") != got.header.Get("webhook-id") || !bytes.Equal(second.body, got.body) {
		t.Error("another event was resent")
	}
	var checks struct{ OK bool }
	w.call(t, "admin", "GET", "/admin/ledger/checks", "", "").into(t, &checks)
	if !checks.OK {
		t.Error("the admin sees unsound books")
	}
}

func (w *world) requireReceipt(t *testing.T, user, orderID uuid.UUID) {
	t.Helper()
	waittest.Eventually(t, "the receipt is in the conversation", func() bool {
		var n int
		err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM message
			WHERE kind = 'receipt' AND content->>'order_id' = $1 AND (content->>'amount')::int = 1800`,
			orderID.String()).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n == 1
	})
	waittest.Eventually(t, "the payer's clients are woken", func() bool { return w.pushes.count(user) >= 2 })
}

func (w *world) requireStatement(t *testing.T, orderID uuid.UUID) {
	t.Helper()
	var first, second struct {
		Items      []wallet.Entry
		NextCursor *string `json:"next_cursor"`
	}
	w.call(t, "ann", "GET", "/wallet/entries?limit=1", "", "").into(t, &first)
	if len(first.Items) != 1 || first.NextCursor == nil {
		t.Fatalf("%+v", first)
	}
	w.call(t, "ann", "GET", "/wallet/entries?limit=1&cursor="+*first.NextCursor, "", "").into(t, &second)
	payment, topUp := first.Items[0], second.Items[0]
	if payment.Title != "The Café" || payment.Amount != -1800 || payment.BalanceAfter != 3200 ||
		payment.Kind != "payment" || payment.OrderID == nil || *payment.OrderID != orderID {
		t.Errorf("%+v", payment)
	}
	if topUp.Title != "Sandbox bank" || topUp.Amount != 5000 || topUp.Kind != "top_up" || topUp.OrderID != nil {
		t.Errorf("%+v", topUp)
	}
	if second.NextCursor != nil {
		t.Error("the statement goes on after its first line")
	}
}

// The bank refuses more than its customer has, and the wallet does not change.
func TestTheBankMayRefuse(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.work(t)
	var topUp wallet.TopUp
	w.call(t, "bob", "POST", "/wallet/top-ups", "much", `{"amount":100000000000,"currency":"CNY"}`).into(t, &topUp)
	waittest.Eventually(t, "the bank refuses", func() bool {
		w.call(t, "bob", "GET", "/wallet/top-ups/"+topUp.ID.String(), "", "").into(t, &topUp)
		return topUp.State == "refused"
	})
	if topUp.Reason != "insufficient-funds-at-bank" {
		t.Errorf("%+v", topUp)
	}
	var mine wallet.Wallet
	w.call(t, "bob", "GET", "/wallet", "", "").into(t, &mine)
	if mine.Balance != 0 {
		t.Errorf("the wallet has %d", mine.Balance)
	}
}

// Each operation is tried by users who must not use it.
func TestEveryOperationRefusesTheWrongUser(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann := w.people["ann"].UserID
	w.rich(t, "ann", 10_000)
	w.rich(t, "bob", 10_000)
	forAnn := w.order(t, "MINE-0001", 100, openID(cafeApp, ann)).OrderID.String()
	w.call(t, "ann", "POST", "/wallet/top-ups", "k", `{"amount":1,"currency":"CNY"}`)
	var topUp string
	if err := w.pool.QueryRow(t.Context(), `SELECT id::text FROM payments.bank_move`).Scan(&topUp); err != nil {
		t.Fatal(err)
	}
	const hookBody, pay = `{"url":"https://x.example"}`, `{"pin":"` + goodPIN + `"}`
	app := "/dev/apps/" + cafeApp
	delivery := app + "/deliveries/" + uuid.NewString() + "/resend"
	for _, c := range []struct{ who, method, path, body, slug string }{
		{"", "GET", "/wallet", "", "login-required"},
		{"", "GET", "/wallet/entries", "", "login-required"},
		{"", "POST", "/wallet/top-ups", `{"amount":1,"currency":"CNY"}`, "login-required"},
		{"", "GET", "/wallet/top-ups/" + topUp, "", "login-required"},
		{"", "PUT", "/me/pin", `{"password":"correct horse","pin":"271828"}`, "login-required"},
		{"", "GET", "/orders/" + forAnn, "", "login-required"},
		{"", "POST", "/orders/" + forAnn + "/pay", pay, "login-required"},
		{"", "GET", "/admin/ledger/checks", "", "login-required"},
		{"", "GET", app + "/orders", "", "login-required"},
		{"", "PUT", app + "/webhook", hookBody, "login-required"},
		{"forged", "GET", "/wallet", "", "bad-token"},
		{"server", "GET", "/wallet", "", "wrong-token"},
		{"server", "POST", "/orders/" + forAnn + "/pay", pay, "wrong-token"},
		{"bob", "GET", "/wallet/top-ups/" + topUp, "", "no-top-up"},
		{"bob", "GET", "/orders/" + forAnn, "", "no-order"},
		{"bob", "POST", "/orders/" + forAnn + "/pay", pay, "no-order"},
		{"bob", "POST", "/orders/" + forAnn + "/pay", `{"pin":"111111"}`, "no-order"},
		{"bob", "PUT", "/me/pin", `{"password":"guess","pin":"271828"}`, "wrong-password"},
		{"bob", "GET", "/admin/ledger/checks", "", "admin-role-required"},
		{"dev", "GET", "/admin/ledger/checks", "", "admin-role-required"},
		{"bob", "GET", app + "/orders", "", "developer-role-required"},
		{"bob", "GET", app + "/webhook", "", "developer-role-required"},
		{"stranger", "GET", app + "/orders", "", "no-app"},
		{"stranger", "GET", app + "/webhook", "", "no-app"},
		{"stranger", "PUT", app + "/webhook", hookBody, "no-app"},
		{"stranger", "GET", app + "/deliveries", "", "no-app"},
		{"stranger", "POST", delivery, "", "no-app"},
		{"dev", "POST", delivery, "", "no-delivery"},
		{"dev", "GET", "/dev/apps/" + otherApp + "/orders", "", "no-app"},
		{"ann", "GET", "/orders/" + uuid.NewString(), "", "no-order"},
	} {
		w.expect(t, c.who, c.method, c.path, "wrong-"+uuid.NewString(), c.body, c.slug)
	}
	w.expect(t, "ann", "POST", "/orders/"+forAnn+"/pay", "right", pay, "")
	w.expect(t, "bob", "GET", "/orders/"+forAnn, "", "", "no-order")
	w.expect(t, "dev", "GET", app+"/orders", "", "", "")
}

// An order without a named payer can be seen by every user. After the payment only the payer sees
// it.
func TestAPaidOrderIsVisibleOnlyToItsPayer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.rich(t, "ann", 10_000)
	open := w.order(t, "OPEN-0001", 100, "").OrderID.String()
	w.expect(t, "bob", "GET", "/orders/"+open, "", "", "")
	w.expect(t, "ann", "POST", "/orders/"+open+"/pay", "k", `{"pin":"`+goodPIN+`"}`, "")
	w.expect(t, "bob", "GET", "/orders/"+open, "", "", "no-order")
	w.expect(t, "ann", "GET", "/orders/"+open, "", "", "")
	for who, want := range map[string]bool{"ann": true, "bob": false} {
		if paid, err := w.Paid(t.Context(), w.people[who].UserID, uuid.MustParse(open)); paid != want || err != nil {
			t.Errorf("paid by %s: %v, %v", who, paid, err)
		}
	}
	if paid, err := w.Paid(t.Context(), w.people["ann"].UserID, uuid.New()); paid || err != nil {
		t.Errorf("an order that does not exist: %v, %v", paid, err)
	}
	w.gone = true
	var kept wallet.Order
	w.call(t, "ann", "GET", "/orders/"+open, "", "").into(t, &kept)
	if kept.Payee.Name != "The Café" || kept.Payee.ID != w.cafe {
		t.Errorf("after the app was taken down: %+v", kept)
	}
}

// A list is filtered before it is cut into pages: an old order in the state that is asked for is on
// the first page, however many newer ones are in another.
func TestOrdersAreFilteredByTheirState(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.rich(t, "ann", 10_000)
	paid := w.order(t, "STATE-0001", 100, "").OrderID.String()
	w.expect(t, "ann", "POST", "/orders/"+paid+"/pay", "k", `{"pin":"`+goodPIN+`"}`, "")
	for _, no := range []string{"STATE-0002", "STATE-0003", "STATE-0004"} {
		w.order(t, no, 100, "")
	}
	list := "/dev/apps/" + cafeApp + "/orders?limit=2"
	for state, want := range map[string][]string{
		"": {"STATE-0004", "STATE-0003"}, "pending": {"STATE-0004", "STATE-0003"}, "paid": {"STATE-0001"}, "closed": nil, "expired": nil,
	} {
		path := list
		if state != "" {
			path += "&state=" + state
		}
		var page paging.Page[wallet.Order]
		w.call(t, "dev", "GET", path, "", "").into(t, &page)
		var got []string
		for _, order := range page.Items {
			got = append(got, order.OutTradeNo)
		}
		if !slices.Equal(got, want) || (page.NextCursor != nil) != (state == "" || state == "pending") {
			t.Errorf("%q: %v, next %v; want %v", state, got, page.NextCursor, want)
		}
	}
	w.expect(t, "dev", "GET", list+"&state=lost", "", "", "invalid-input")
}

// An app that was taken down gets no more money, even from payment sheets that are still open.
// Orders that were paid before stay paid.
func TestAnAppThatWasTakenDownCannotBePaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.rich(t, "ann", 10_000)
	const pay = `{"pin":"` + goodPIN + `"}`
	before := "/orders/" + w.order(t, "DOWN-0001", 100, "").OrderID.String() + "/pay"
	after := "/orders/" + w.order(t, "DOWN-0002", 100, "").OrderID.String() + "/pay"
	w.expect(t, "ann", "POST", before, "k1", pay, "")
	w.gone = true
	w.expect(t, "ann", "POST", after, "k2", pay, "app-unavailable")
	w.expect(t, "ann", "POST", before, "k1", pay, "")
	w.expect(t, "ann", "POST", before, "k3", pay, "order-paid")
	w.expect(t, "dev", "GET", "/dev/apps/"+cafeApp+"/orders", "", "", "")
	var mine wallet.Wallet
	w.call(t, "ann", "GET", "/wallet", "", "").into(t, &mine)
	if mine.Balance != 9_900 {
		t.Errorf("the wallet has %d", mine.Balance)
	}
}

func TestTextThatCannotBeStoredIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for in, slug := range map[string]string{
		`{"out_trade_no":"NUL-0001","description":"x","amount":1,"attach":"a\u0000b"}`: "bad-attach",
		`{"out_trade_no":"NUL-0001","description":"x\u0000","amount":1}`:               "bad-description",
		`{"out_trade_no":"NUL-0001\u0000","description":"x","amount":1}`:               "bad-out-trade-no",
	} {
		if _, err := w.asServer(t, "orders.create", in); fault.SlugOf(err) != slug {
			t.Errorf("%s: %v, want %s", in, err, slug)
		}
	}
	for _, name := range []string{"orders.get", "orders.close"} {
		for in, slug := range map[string]string{
			`{"out_trade_no":"NUL-0001\u0000"}`: "no-order", `{}`: "no-order-number", `{"order_id":""}`: "no-order-number",
		} {
			if _, err := w.asServer(t, name, in); fault.SlugOf(err) != slug {
				t.Errorf("%s of %s: %v, want %s", name, in, err, slug)
			}
		}
	}
}

func TestInvalidAmountsAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, amount := range []string{"-1", "0", "9223372036854775808", "1.5", "1e3.5", `"100"`, "null",
		"1000000000001", "true", "[]", "1e300", "NaN", "1e3", "1.0", "9007199254740993",
		"-9223372036854775808", "1e-1", "0x10", "", "010"} {
		a := w.call(t, "ann", "POST", "/wallet/top-ups", "k-"+amount, `{"amount":`+amount+`,"currency":"CNY"}`)
		if a.status != 422 && a.status != 400 {
			t.Errorf("top-up of %s: %d %s", amount, a.status, a.body)
		}
		_, err := w.asServer(t, "orders.create",
			`{"out_trade_no":"BAD-0001","description":"x","amount":`+amount+`}`)
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("order of %s: %v", amount, err)
		}
	}
	for key, slug := range map[string]string{"": "invalid-input", "with space": "bad-idempotency-key",
		strings.Repeat("k", 256): "invalid-input"} {
		w.expect(t, "ann", "POST", "/wallet/top-ups", key, `{"amount":1,"currency":"CNY"}`, slug)
	}
	w.expect(t, "ann", "POST", "/wallet/top-ups", "k", `{"amount":1,"currency":"USD"}`, "wrong-currency")
	w.expect(t, "ann", "POST", "/wallet/top-ups", "k", `{"amount":1,"currency":"CNY"}`, "")
	w.expect(t, "ann", "POST", "/wallet/top-ups", "k", `{"amount":2,"currency":"CNY"}`, "key-reused")
	var n int
	if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM payments.bank_move`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d top-ups, %v", n, err)
	}
}

func TestPayingSaysWhyItIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	order := func(no string) string { return "/orders/" + w.order(t, no, 500, "").OrderID.String() + "/pay" }
	const pay = `{"pin":"` + goodPIN + `"}`
	w.expect(t, "bob", "POST", order("WAY-0001"), "k0", pay, "pin-not-set")
	w.rich(t, "bob", 499)
	w.expect(t, "bob", "POST", order("WAY-0001"), "k1", pay, "insufficient-funds")
	w.rich(t, "bob", 1)
	w.expect(t, "bob", "POST", order("WAY-0001"), "k1", pay, "") // a refusal does not use up the key
	w.expect(t, "bob", "POST", order("WAY-0001"), "k2", pay, "order-paid")
	w.expect(t, "bob", "POST", order("WAY-0001"), "k2", `{"pin":"111111"}`, "wrong-pin")
	path := order("WAY-0002")
	if _, err := w.asServer(t, "orders.close", `{"out_trade_no":"WAY-0002"}`); err != nil {
		t.Fatal(err)
	}
	w.expect(t, "bob", "POST", path, "k3", pay, "order-closed")
	if _, err := w.asServer(t, "orders.close", `{"out_trade_no":"WAY-0001"}`); fault.SlugOf(err) != "order-paid" {
		t.Errorf("closing a paid order: %v", err)
	}
	path = order("WAY-0003")
	w.exec(t, `UPDATE payments.merchant_order SET created_at = created_at - interval '1 day',
		expires_at = expires_at - interval '1 day' WHERE out_trade_no = 'WAY-0003'`)
	w.expect(t, "bob", "POST", path, "k4", pay, "order-expired")
	for range payments.MaxPINFailures {
		w.call(t, "bob", "POST", path, "k5", `{"pin":"111111"}`)
	}
	a := w.call(t, "bob", "POST", path, "k5", pay)
	if a.status != 429 || a.slug != "pin-locked" || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %s %v", a.status, a.body, a.header)
	}
}

// The parameters are valid for one app, one payer and two hours, and only without changes.
func TestPaymentParametersAreValidForOneAppAndPayer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann := w.people["ann"].UserID
	order := w.order(t, "SIGN-0001", 500, openID(cafeApp, ann))
	other := w.order(t, "SIGN-0002", 1, "")
	var good, cheap map[string]string
	for raw, into := range map[string]*map[string]string{string(order.Pay): &good, string(other.Pay): &cheap} {
		if err := json.Unmarshal([]byte(raw), into); err != nil {
			t.Fatal(err)
		}
	}
	prepare := func(app, who string, changed ...string) error {
		params := map[string]string{}
		maps.Copy(params, good)
		for i := 0; i < len(changed); i += 2 {
			params[changed[i]] = changed[i+1]
		}
		in, err := json.Marshal(params)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.inApp(t, app, who, "order.prepare", in)
		return err
	}
	if err := prepare(cafeApp, "ann"); err != nil {
		t.Errorf("unchanged: %v", err)
	}
	for what, c := range map[string]struct {
		err  error
		slug string
	}{
		"in another app":        {prepare(otherApp, "ann"), "bad-pay-sign"},
		"by another person":     {prepare(cafeApp, "bob"), "no-order"},
		"for another order":     {prepare(cafeApp, "ann", "package", cheap["package"]), "bad-pay-sign"},
		"with another time":     {prepare(cafeApp, "ann", "timeStamp", "1"), "bad-pay-sign"},
		"without a signature":   {prepare(cafeApp, "ann", "paySign", ""), "bad-pay-sign"},
		"with another method":   {prepare(cafeApp, "ann", "signType", "MD5"), "bad-pay-sign"},
		"with a spliced nonce":  {prepare(cafeApp, "ann", "nonceStr", good["nonceStr"]+"\nx"), "bad-pay-sign"},
		"with another's packet": {prepare(cafeApp, "ann", "paySign", cheap["paySign"]), "bad-pay-sign"},
	} {
		if got := fault.SlugOf(c.err); got != c.slug {
			t.Errorf("%s: %q (%v), want %q", what, got, c.err, c.slug)
		}
	}
	// A server cannot prepare an order, and an app cannot create one.
	if _, err := w.asServer(t, "order.prepare", string(order.Pay)); fault.SlugOf(err) != "wrong-caller" {
		t.Errorf("prepared by a server: %v", err)
	}
	if _, err := w.inApp(t, cafeApp, "ann", "orders.create", []byte(`{}`)); fault.SlugOf(err) != "wrong-caller" {
		t.Errorf("created by an app: %v", err)
	}
	if _, err := w.asServer(t, "orders.create", `{"out_trade_no":"OPEN-0001","description":"x","amount":1,"open_id":"o_nobody"}`); fault.SlugOf(err) != "unknown-open-id" {
		t.Errorf("an order for an unknown open ID: %v", err)
	}
	_, err := w.table.Call(t.Context(), bridge.Caller{Kind: bridge.AccountServer, AppID: otherApp,
		Scopes: []string{"payment"}}, "orders.get", json.RawMessage(`{"order_id":"`+order.OrderID.String()+`"}`))
	if fault.SlugOf(err) != "no-order" {
		t.Errorf("read by another app: %v", err)
	}
	for _, c := range w.table.All() {
		for _, kind := range []bridge.CallerKind{bridge.AppSession, bridge.AccountServer} {
			_, err := w.table.Call(t.Context(), bridge.Caller{Kind: kind, AppID: cafeApp}, c.Name, json.RawMessage(`{}`))
			if fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s without the scope: %v", c.Name, err)
			}
		}
	}
}
