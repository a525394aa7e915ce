package webhooks_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/payments/webhooks"
	"github.com/teahouse/teahouse/server/auth"
)

// sealer is what a host seals with.
var sealer = auth.Secret(bytes.Repeat([]byte{7}, auth.SecretBytes))

const app = "ta0000000000000001"

// anyAddress lets webhooks go to a receiver on this machine.
func anyAddress(context.Context, string) error { return nil }

// receiver is a merchant's server. It answers as the test says and stores the requests.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer func(w http.ResponseWriter)
}

type received struct {
	header http.Header
	body   []byte
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{answer: func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, received{req.Header.Clone(), body})
		r.answer(w)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int, header ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = func(w http.ResponseWriter) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "seen") // the test reads it in the log of attempts
	}
}

func (r *receiver) requests() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.got...)
}

type bundle struct {
	*webhooks.Service
	pool   *pgxpool.Pool
	secret string
	*receiver
}

// setup configures an app whose events go to a receiver, and emits one event.
func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{pool: migrationtest.Open(t), receiver: newReceiver(t)}
	jobs, err := river.NewClient(riverpgxv5.New(b.pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	b.Service = webhooks.New(b.pool, jobs,
		webhooks.Config{Transport: &http.Transport{DisableKeepAlives: true}, Sealer: sealer, Check: anyAddress})
	b.secret = b.configure(t)
	b.emit(t, "order-1")
	return b
}

func (b *bundle) configure(t *testing.T) string {
	t.Helper()
	_, secret, err := b.Configure(t.Context(), app, b.URL+"/hook?x=1")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func (b *bundle) emit(t *testing.T, subject string) {
	t.Helper()
	err := b.Emit(t.Context(), webhooks.Event{AppID: app, Type: "order.paid", Subject: subject,
		At: time.Now(), Data: map[string]any{"order_id": subject, "amount": 1800}})
	if err != nil {
		t.Fatal(err)
	}
}

// job takes the one queued attempt and returns when it is due.
func (b *bundle) job(t *testing.T) (args webhooks.AttemptArgs, due time.Time) {
	t.Helper()
	var raw []byte
	err := b.pool.QueryRow(t.Context(), `DELETE FROM river_job WHERE kind = 'webhook_attempt'
		RETURNING args, scheduled_at`).Scan(&raw, &due)
	if err != nil {
		t.Fatalf("no attempt is queued: %v", err)
	}
	if err := json.Unmarshal(raw, &args); err != nil {
		t.Fatal(err)
	}
	return args, due
}

func (b *bundle) requireNoJob(t *testing.T) {
	t.Helper()
	var n int
	err := b.pool.QueryRow(t.Context(),
		`SELECT count(*) FROM river_job WHERE kind = 'webhook_attempt'`).Scan(&n)
	if err != nil || n != 0 {
		t.Errorf("%d attempts are queued, %v", n, err)
	}
}

func (b *bundle) attempt(t *testing.T) webhooks.Delivery {
	t.Helper()
	args, _ := b.job(t)
	if err := webhooks.MakeAttempt(b.Service, t.Context(), args); err != nil {
		t.Fatal(err)
	}
	return b.delivery(t)
}

func (b *bundle) delivery(t *testing.T) webhooks.Delivery {
	t.Helper()
	deliveries, err := b.Deliveries(t.Context(), app, uuid.Nil, 10)
	if err != nil || len(deliveries) != 1 {
		t.Fatalf("%d deliveries, %v", len(deliveries), err)
	}
	return deliveries[0]
}

// The reference implementation of Standard Webhooks accepts what we send, and nothing else.
func TestTheReferenceLibraryAcceptsOurSignature(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := b.attempt(t)
	if d.State != webhooks.Delivered || d.DeliveredAt == nil || len(d.Log) != 1 || d.Log[0].Status != 204 {
		t.Fatalf("%+v", d)
	}
	b.requireNoJob(t)
	got := b.requests()[0]
	verifier, err := standardwebhooks.NewWebhook(b.secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify(got.body, got.header); err != nil {
		t.Errorf("the reference library refuses: %v", err)
	}
	if err := verifier.Verify(append(got.body, ' '), got.header); err == nil {
		t.Error("a changed body is accepted")
	}
	if id := got.header.Get("webhook-id"); id != d.EventID {
		t.Errorf("webhook-id %q, event %q", id, d.EventID)
	}
	var message struct {
		Type      string
		Timestamp time.Time
		Data      struct {
			OrderID string `json:"order_id"`
		}
	}
	if err := json.Unmarshal(got.body, &message); err != nil || message.Type != "order.paid" ||
		message.Data.OrderID != "order-1" || message.Timestamp.IsZero() {
		t.Errorf("%s: %v", got.body, err)
	}
}

// Ten attempts with the standard's pauses, each with the same ID and its own timestamp. Then the
// delivery has failed until somebody resends it.
func TestAFailingReceiverIsTriedTenTimes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.answers(http.StatusInternalServerError)
	var before, after time.Time // of the attempt that decided when the next one is due
	for step, pause := range webhooks.Schedule {
		args, due := b.job(t)
		if step > 0 && (due.Before(before.Add(pause)) || due.After(after.Add(pause+pause/10))) {
			t.Errorf("attempt %d is due %s after the one before, want about %s", step+1, due.Sub(before), pause)
		}
		before = time.Now().Truncate(time.Microsecond) // the database keeps no more
		if err := webhooks.MakeAttempt(b.Service, t.Context(), args); err != nil {
			t.Fatal(err)
		}
		after = time.Now()
	}
	b.requireNoJob(t)
	d := b.delivery(t)
	if d.State != webhooks.Failed || d.Attempts != 10 || d.NextAt != nil || d.Log[0].Number != 10 ||
		d.Log[0].ResponseStart != "seen" || d.Log[0].Status != 500 {
		t.Errorf("%+v", d)
	}
	ids := map[string]bool{}
	for _, r := range b.requests() {
		ids[r.header.Get("webhook-id")] = true
	}
	if len(ids) != 1 {
		t.Errorf("the webhook-id changed over retries: %v", ids)
	}

	b.answers(http.StatusOK)
	if err := b.Resend(t.Context(), app, d.ID); err != nil {
		t.Fatal(err)
	}
	if d = b.attempt(t); d.State != webhooks.Delivered || d.Attempts != 11 {
		t.Errorf("after resending: %+v", d)
	}
	if last := b.requests()[10]; !ids[last.header.Get("webhook-id")] {
		t.Error("resending changed the webhook-id")
	}
}

func TestJitterOnlyLengthensAPause(t *testing.T) {
	t.Parallel()
	if webhooks.Pause(2, 0) != 5*time.Minute || webhooks.Pause(2, 1) != 5*time.Minute+30*time.Second {
		t.Errorf("%s to %s", webhooks.Pause(2, 0), webhooks.Pause(2, 1))
	}
}

// A redirect could lead to a refused address; it is a failure like a 500.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	elsewhere := newReceiver(t)
	b.answers(http.StatusTemporaryRedirect, "Location", elsewhere.URL)
	if d := b.attempt(t); d.State != webhooks.Pending || d.Log[0].Status != 307 {
		t.Errorf("%+v", d)
	}
	if n := len(elsewhere.requests()); n != 0 {
		t.Errorf("the redirect was followed %d times", n)
	}
}

func TestGoneDisablesTheEndpointUntilItIsSetAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.answers(http.StatusGone)
	if d := b.attempt(t); d.State != webhooks.Failed {
		t.Errorf("%+v", d)
	}
	b.requireNoJob(t)
	endpoint, err := b.Endpoint(t.Context(), app)
	if err != nil || endpoint.DisabledReason == "" {
		t.Errorf("%+v, %v", endpoint, err)
	}
	if err := b.Resend(t.Context(), app, b.delivery(t).ID); err != nil {
		t.Fatal(err)
	}
	if d := b.attempt(t); d.State != webhooks.Failed || len(b.requests()) != 1 {
		t.Errorf("a disabled endpoint was asked again: %+v", d)
	}
	b.configure(t)
	if endpoint, err = b.Endpoint(t.Context(), app); err != nil || endpoint.DisabledReason != "" {
		t.Errorf("set again: %+v, %v", endpoint, err)
	}
}

// "Gone" is about the endpoint that was called, not about one that was set in the meantime.
func TestGoneDoesNotDisableANewerEndpoint(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mu.Lock()
	b.answer = func(w http.ResponseWriter) {
		b.configure(t)
		w.WriteHeader(http.StatusGone)
	}
	b.mu.Unlock()
	if d := b.attempt(t); d.State != webhooks.Pending {
		t.Errorf("%+v", d)
	}
	endpoint, err := b.Endpoint(t.Context(), app)
	if err != nil || endpoint.DisabledReason != "" {
		t.Errorf("%+v, %v", endpoint, err)
	}
	b.answers(http.StatusOK)
	if d := b.attempt(t); d.State != webhooks.Delivered {
		t.Errorf("%+v", d)
	}
}

// An answer with an invalid HTTP status is a failed attempt like others.
func TestAnInvalidStatusIsAFailure(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"000", "099"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.mu.Lock()
			b.answer = func(w http.ResponseWriter) {
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, err = io.WriteString(conn, "HTTP/1.1 "+status+" What\r\nContent-Length: 0\r\n\r\n")
				if err := errors.Join(err, conn.Close()); err != nil {
					t.Error(err)
				}
			}
			b.mu.Unlock()
			if d := b.attempt(t); d.State != webhooks.Pending || d.Attempts != 1 || d.Log[0].Error == "" {
				t.Errorf("%+v", d)
			}
			b.job(t) // the next attempt is queued
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	inAnHour := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for header, want := range map[string]time.Duration{
		"7200":                           2 * time.Hour,
		"999999":                         24 * time.Hour, // bounded
		"-5":                             5 * time.Second,
		"soon":                           5 * time.Second,
		inAnHour.Format(http.TimeFormat): 0, // at that moment
	} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.answers(http.StatusTooManyRequests, "Retry-After", header)
			before := time.Now().Truncate(time.Microsecond) // the database keeps no more
			b.attempt(t)
			after := time.Now()
			_, due := b.job(t)
			earliest, latest := before.Add(want), after.Add(want+want/10)
			if want == 0 {
				earliest, latest = inAnHour.Add(-time.Second), inAnHour.Add(time.Second)
			}
			if due.Before(earliest) || due.After(latest) {
				t.Errorf("due at %s, want %s to %s", due, earliest, latest)
			}
		})
	}
}

func TestAMissingAnswerIsRecordedWithItsReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Close() // the merchant's server stops
	d := b.attempt(t)
	if d.State != webhooks.Pending || d.Log[0].Status != 0 || !strings.Contains(d.Log[0].Error, "refused") {
		t.Errorf("%+v", d)
	}
}

// While a server changes to a new secret, both secrets verify.
func TestTheOldSecretSignsToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.secret
	fresh := b.configure(t)
	b.attempt(t)
	got := b.requests()[0]
	for _, secret := range []string{old, fresh} {
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(got.body, got.header); err != nil {
			t.Errorf("%v", err)
		}
	}
	_, err := b.pool.Exec(t.Context(), `UPDATE payments.webhook_endpoint SET old_until = now()`)
	if err != nil {
		t.Fatal(err)
	}
	b.emit(t, "order-2")
	args, _ := b.job(t)
	if err := webhooks.MakeAttempt(b.Service, t.Context(), args); err != nil {
		t.Fatal(err)
	}
	if signature := b.requests()[1].header.Get("webhook-signature"); strings.Contains(signature, " ") {
		t.Errorf("the old secret signs after its day: %q", signature)
	}
}

func TestAnEventEmittedAgainIsDeliveredOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.emit(t, "order-1")
	b.attempt(t)
	b.requireNoJob(t)
	// A job that runs a second time, as after a crash, does nothing.
	if err := webhooks.MakeAttempt(b.Service, t.Context(), webhooks.AttemptArgs{DeliveryID: b.delivery(t).ID, Round: 1}); err != nil {
		t.Fatal(err)
	}
	if n := len(b.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestOtherAppsSeeAndResendNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := b.delivery(t)
	if err := b.Resend(t.Context(), "ta0000000000000002", d.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("resending: %v", err)
	}
	if all, err := b.Deliveries(t.Context(), "ta0000000000000002", uuid.Nil, 10); err != nil || len(all) != 0 {
		t.Errorf("listing: %d, %v", len(all), err)
	}
	if _, err := b.Endpoint(t.Context(), "ta0000000000000002"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("reading: %v", err)
	}
}

func TestAppsWithoutAnEndpointGetNoEvents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.job(t)
	err := b.Emit(t.Context(), webhooks.Event{AppID: "ta0000000000000002", Type: "order.paid", Subject: "x"})
	if err != nil {
		t.Fatal(err)
	}
	b.requireNoJob(t)
}

// refuseInternal is what the host's rules for outgoing requests may say.
func refuseInternal(_ context.Context, address string) error {
	if strings.Contains(address, "//internal.") {
		return fault.Errorf(fault.Forbidden, "address-refused", "allow it with --setting")
	}
	return nil
}

func TestInvalidEndpointAddressesAreRefused(t *testing.T) {
	t.Parallel()
	pool := migrationtest.Open(t)
	var jobs *river.Client[pgx.Tx]
	s := webhooks.New(pool, jobs, webhooks.Config{Transport: http.DefaultTransport, Sealer: sealer, Check: refuseInternal})
	for _, address := range []string{"", "ftp://shop.example", "https://",
		"https://user:pass@shop.example/", "https://shop.example/#top", "/hook", "javascript:alert(1)",
		"https://shop.example/" + strings.Repeat("x", 2048)} {
		if _, _, err := s.Configure(t.Context(), app, address); fault.SlugOf(err) != "bad-webhook-url" {
			t.Errorf("%.40q: %v", address, err)
		}
	}
	_, secret, err := s.Configure(t.Context(), app, "https://shop.example/hook")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Configure(t.Context(), app, "https://internal.example/hook")
	if f, ok := fault.As(err); !ok || f.Code != fault.Invalid || f.Message != "allow it with --setting" || len(f.Fields) != 1 ||
		f.Fields[0].Path != "body.url" || f.Fields[0].Message != f.Message {
		t.Errorf("an address that is refused later: %v", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) != 32 {
		t.Errorf("the secret has %d bytes, %v", len(key), err)
	}
}

// The example of the standard: the same secret, ID, time and body give the same signature.
func TestSignaturesEqualTheReference(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	reference, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range 50 {
		id, body := "msg_"+strconv.Itoa(n), []byte(strings.Repeat("é", n))
		at := time.Unix(1614265330+int64(n), 0)
		want, err := reference.Sign(id, at, body)
		if err != nil {
			t.Fatal(err)
		}
		if got := webhooks.Sign(id, at, body, key); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Ensure that no secret lies open in the database: neither a new one, nor one that an older version
// stored, which goes on signing after it was sealed.
func TestSecretsAreSealed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	encoded := strings.TrimPrefix(b.secret, "whsec_")
	secret, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	open := func() (open bool) {
		t.Helper()
		if err := b.pool.QueryRow(t.Context(), `SELECT coalesce(bool_or(position($1::bytea IN
			coalesce(secret, '') || coalesce(secret_sealed, '')) > 0), false) FROM payments.webhook_endpoint`, secret).Scan(&open); err != nil {
			t.Fatal(err)
		}
		return open
	}
	if open() {
		t.Error("a new secret lies open")
	}
	if _, err := b.pool.Exec(t.Context(), `UPDATE payments.webhook_endpoint SET secret = $1, secret_sealed = NULL`,
		secret); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a host that starts again finds nothing to do
		if err := b.SealStored(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if open() {
		t.Error("a stored secret was not sealed")
	}
	b.attempt(t)
	got := b.requests()[0]
	verifier, err := standardwebhooks.NewWebhook(b.secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify(got.body, got.header); err != nil {
		t.Errorf("signed by another secret: %v", err)
	}
}
