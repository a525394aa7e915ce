package metrics_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/payments/orders"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/metrics"
)

// nobody is an Authenticator for requests without a token.
type nobody struct{}

func (nobody) Authenticate(context.Context, string) (auth.Identity, error) {
	return auth.Identity{}, errors.New("nobody")
}

// serve returns the metrics of a server that trusts only these proxies and readers; requests of
// App.Test come from 0.0.0.0.
func serve(t *testing.T, allow, proxies string) (*metrics.Metrics, *api.Server) {
	t.Helper()
	parse := func(text string) request.Proxies {
		parsed, err := request.ParseProxies(strings.Fields(text))
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	m := metrics.New(metrics.Sources{Pool: migrationtest.Open(t), Allow: parse(allow),
		Workers: func() worker.Stats {
			return worker.Stats{Processes: 6, Spares: 1, Compilers: 1, Decoders: 1, Busy: 2, Turns: 77}
		},
		Sessions: func() int { return 12 }, Sockets: func() int { return 34 }, Messages: func() uint64 { return 56 },
		Connected: func() bool { return false }, Lost: func() uint64 { return 78 }})
	server := api.New(api.Options{Authenticator: nobody{}, Proxies: parse(proxies), Observe: m.Request,
		Logger: slog.New(slog.DiscardHandler)})
	m.Routes(server.App)
	return m, server
}

func read(t *testing.T, server *api.Server, path string, forwardedFor ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range forwardedFor {
		if line != "" {
			r.Header.Add("X-Forwarded-For", line)
		}
	}
	response, err := server.App.Test(r, -1)
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

func TestWhatHappenedIsCounted(t *testing.T) {
	t.Parallel()
	m, server := serve(t, "0.0.0.0", "")
	m.Died(worker.AppKey{}, worker.Death{})
	m.Quarantined()
	job := &rivertype.JobRow{Kind: orders.PaidArgs{}.Kind(), Attempt: 1}
	failure := errors.New("the receiver does not answer")
	if err := m.Job(t.Context(), job, func(context.Context) error { return failure }); !errors.Is(err, failure) {
		t.Errorf("the job's error became %v", err)
	}
	job.Attempt = 2 // of the same order, which is not paid twice
	if err := m.Job(t.Context(), job, func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
	refusing := m.Webhooks(answering(http.StatusGone))
	if _, err := refusing.RoundTrip(&http.Request{}); err != nil {
		t.Error(err)
	}
	read(t, server, "/docs")
	read(t, server, "/there/is/no/such/address")

	status, text := read(t, server, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	for _, line := range []string{
		`teahouse_http_requests_total{operation="GET /docs",status="200"} 1`,
		`teahouse_http_requests_total{operation="GET /",status="404"} 1`,
		`teahouse_http_request_duration_seconds_count{operation="GET /docs"} 1`,
		`teahouse_realtime_sockets 34`, `teahouse_app_sessions 12`, `teahouse_chat_messages_total 56`,
		`teahouse_nats_connected 0`, `teahouse_nats_lost_total 78`,
		`teahouse_workers{state="running"} 3`, `teahouse_workers{state="spare"} 1`,
		`teahouse_workers{state="compiling"} 1`, `teahouse_workers{state="decoding"} 1`, `teahouse_workers_busy 2`, `teahouse_worker_turns_total 77`,
		`teahouse_worker_deaths_total 1`, `teahouse_quarantines_total 1`, `teahouse_orders_paid_total 1`,
		`teahouse_webhook_attempts_total{outcome="refused"} 1`,
		`teahouse_jobs_total{kind="order_paid",outcome="failed"} 1`,
		`teahouse_jobs_total{kind="order_paid",outcome="done"} 1`,
		`teahouse_database_connections_max 8`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

type answering int

func (status answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: int(status), Body: http.NoBody}, nil
}

func TestOnlyTheNamedNetworksMayRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, allow, proxies, forwardedFor string
		want                               int
	}{
		{"a neighbour", "0.0.0.0", "", "", 200},
		{"a stranger", "127.0.0.0/8", "", "", 403},
		{"anybody when nobody is named", "", "", "", 403},
		{"a stranger behind a proxy that nobody told us of", "0.0.0.0", "", "203.0.113.9", 403},
		{"a stranger behind a trusted proxy", "0.0.0.0", "0.0.0.0", "203.0.113.9", 403},
		{"a stranger behind a trusted proxy, whose own line says otherwise", "127.0.0.0/8 192.0.2.7", "0.0.0.0",
			"192.0.2.7|203.0.113.9", 403},
		{"a stranger who calls itself the host", "127.0.0.0/8", "0.0.0.0", "127.0.0.1|203.0.113.9", 403},
		{"a named reader behind a trusted proxy", "203.0.113.0/24", "0.0.0.0", "203.0.113.9", 200},
	} {
		_, server := serve(t, c.allow, c.proxies)
		if status, _ := read(t, server, "/metrics", strings.Split(c.forwardedFor, "|")...); status != c.want {
			t.Errorf("%s: %d, want %d", c.name, status, c.want)
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	m := metrics.New(metrics.Sources{})
	b.ReportAllocs()
	for b.Loop() {
		m.Request("POST /api/v1/conversations/:id/messages", 201, 3*time.Millisecond)
	}
}
