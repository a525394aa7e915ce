// Package metrics tells Prometheus how the host is doing, at GET /metrics.
//
// Names, and what they count since the host started or as it is now:
//
//	teahouse_http_requests_total{operation,status}    requests answered; operation is method and route
//	teahouse_http_request_duration_seconds{operation} how long they took; websockets only to their upgrade
//	teahouse_realtime_sockets                         open websockets of people's clients
//	teahouse_app_sessions                             open mini programs
//	teahouse_workers{state}                           sandbox processes: running, spare, compiling, decoding
//	teahouse_workers_busy                             of them, those in a turn
//	teahouse_worker_turns_total                       turns that apps have run
//	teahouse_worker_deaths_total                      workers that ended unplanned
//	teahouse_quarantines_total                        app versions that were paused for dying
//	teahouse_quarantined                              app versions that are paused now
//	teahouse_chat_messages_total                      messages stored, of people and accounts
//	teahouse_nats_connected                           1 while events reach the other hosts; always without NATS
//	teahouse_nats_lost_total                          events that did not; their clients were told of a gap
//	teahouse_orders_paid_total                        paid orders whose follow-up work began on this host
//	teahouse_webhook_attempts_total{outcome}          delivered (2xx), refused (any other answer), unreachable
//	teahouse_jobs_total{kind,outcome}                 jobs worked: done, failed
//	teahouse_job_duration_seconds{kind}               how long they took
//	teahouse_database_connections{state}              of the pool: acquired, idle, constructing
//	teahouse_database_connections_max                 the pool's size
//	teahouse_database_acquires_total                  connections handed out
//	teahouse_database_acquire_waits_total             of them, those that had to wait for one
//	teahouse_database_acquire_seconds_total           time spent waiting
//	go_*, process_*                                   the Go runtime's own and the process's
//
// No label contains an ID, so the number of series depends only on the number of routes. The sum over
// all hosts is the number of the platform. The packages' own counts are read when Prometheus asks;
// this package itself counts only requests, jobs and webhooks.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/riverqueue/river/rivertype"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments/orders"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/api/request"
)

// Sources are the packages with own counts, and the networks that may read. All but Allow are
// required. The functions are called at each reading, from any goroutine.
type Sources struct {
	Pool      *pgxpool.Pool
	Workers   func() worker.Stats
	Sessions  func() int
	Sockets   func() int
	Messages  func() uint64
	Connected func() bool   // events reach the other hosts
	Lost      func() uint64 // events that did not
	// Allow are the networks that may read. Empty means none: the numbers show how large the platform
	// is and how much each part is used.
	Allow request.Proxies
}

// Metrics are those of one host.
type Metrics struct {
	allow       request.Proxies
	registry    *prometheus.Registry
	requests    *prometheus.CounterVec
	durations   *prometheus.HistogramVec
	deaths      prometheus.Counter
	quarantines prometheus.Counter
	paid        prometheus.Counter
	webhooks    *prometheus.CounterVec
	jobs        *prometheus.CounterVec
	jobTimes    *prometheus.HistogramVec
}

// buckets, in seconds, range from a cached answer to the longest operation.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// New returns the metrics of a host in a new registry.
func New(s Sources) *Metrics {
	m := &Metrics{allow: s.Allow, registry: prometheus.NewRegistry(),
		requests: counters("http_requests_total", "Requests answered.", "operation", "status"),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "teahouse",
			Name: "http_request_duration_seconds", Help: "Time to answer.", Buckets: buckets}, []string{"operation"}),
		deaths:      counter("worker_deaths_total", "Workers that ended unplanned."),
		quarantines: counter("quarantines_total", "App versions that were paused for dying."),
		paid:        counter("orders_paid_total", "Paid orders whose receipt and webhook were started by this host."),
		webhooks:    counters("webhook_attempts_total", "Webhooks sent.", "outcome"),
		jobs:        counters("jobs_total", "Jobs worked.", "kind", "outcome"),
		jobTimes: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "teahouse",
			Name: "job_duration_seconds", Help: "Time of one try of a job.", Buckets: buckets}, []string{"kind"}),
	}
	m.registry.MustRegister(m.requests, m.durations, m.deaths, m.quarantines, m.paid, m.webhooks,
		m.jobs, m.jobTimes, &collector{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "teahouse", Name: name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "teahouse", Name: name, Help: help}, labels)
}

// Request counts an answered request. It has the form of api.Options.Observe.
func (m *Metrics) Request(operation string, status int, took time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(operation).Observe(took.Seconds())
}

// Died counts a worker's death. It has the form of worker.Config.OnDeath.
func (m *Metrics) Died(worker.AppKey, worker.Death) { m.deaths.Inc() }

// Quarantined counts an app version that was paused.
func (m *Metrics) Quarantined() { m.quarantines.Inc() }

// Job counts a job around its work. It has the form of river.WorkerMiddlewareFunc.
func (m *Metrics) Job(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
	if job.Kind == (orders.PaidArgs{}).Kind() && job.Attempt == 1 {
		m.paid.Inc()
	}
	start := time.Now()
	err := work(ctx)
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.jobs.WithLabelValues(job.Kind, outcome).Inc()
	m.jobTimes.WithLabelValues(job.Kind).Observe(time.Since(start).Seconds())
	return err
}

// Webhooks counts the attempts that next carries.
func (m *Metrics) Webhooks(next http.RoundTripper) http.RoundTripper {
	return transport(func(r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		outcome := "delivered"
		switch {
		case err != nil:
			outcome = "unreachable"
		case response.StatusCode < 200 || response.StatusCode > 299:
			outcome = "refused"
		}
		m.webhooks.WithLabelValues(outcome).Inc()
		return response, err
	})
}

type transport func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// Routes adds GET /metrics.
func (m *Metrics) Routes(app fiber.Router) {
	answer := adaptor.HTTPHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	app.Get("/metrics", func(c *fiber.Ctx) error {
		if !m.mayRead(c) {
			return fault.Errorf(fault.Forbidden, "metrics-not-allowed",
				"Metrics are answered to the networks of --metrics-allow only.")
		}
		return answer(c)
	})
}

// mayRead checks the client's address. A request that was forwarded by a proxy which the host does
// not trust is refused: its real client is unknown, even if the proxy's address is allowed.
func (m *Metrics) mayRead(c *fiber.Ctx) bool {
	info := request.FromContext(c.UserContext())
	if info.Forwarded && info.IP == c.Context().RemoteIP().String() {
		return false
	}
	return m.allow.Trusts(info.IP)
}
