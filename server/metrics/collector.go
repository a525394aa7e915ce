package metrics

import "github.com/prometheus/client_golang/prometheus"

// collector reads the counts of the other packages. Each is called once per reading, so that its numbers
// are consistent.
type collector struct{ Sources }

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("teahouse_"+name, help, labels, nil)
}

var (
	sockets       = described("realtime_sockets", "Open websockets of people's clients.")
	sessions      = described("app_sessions", "Open mini programs.")
	workers       = described("workers", "Sandbox processes.", "state")
	busy          = described("workers_busy", "Sandbox processes in a turn.")
	turns         = described("worker_turns_total", "Turns that apps have run.")
	quarantined   = described("quarantined", "App versions that are paused.")
	messages      = described("chat_messages_total", "Messages stored.")
	natsConnected = described("nats_connected", "1 while events reach the other hosts.")
	lost          = described("nats_lost_total", "Events that did not reach other hosts.")
	connections   = described("database_connections", "Connections of the pool.", "state")
	capacity      = described("database_connections_max", "Size of the pool.")
	acquires      = described("database_acquires_total", "Connections handed out.")
	waits         = described("database_acquire_waits_total", "Connections that had to be waited for.")
	waited        = described("database_acquire_seconds_total", "Time spent waiting for connections.")
)

// Describe implements prometheus.Collector.
func (r *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{sockets, sessions, workers, busy, turns, quarantined, messages, natsConnected, lost,
		connections, capacity, acquires, waits, waited} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (r *collector) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value int, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), labels...)
	}
	total := func(d *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value)
	}
	gauge(sockets, r.Sockets())
	gauge(sessions, r.Sessions())
	total(messages, float64(r.Messages()))

	connected := 0
	if r.Connected() {
		connected = 1
	}
	gauge(natsConnected, connected)
	total(lost, float64(r.Lost()))

	w := r.Workers()
	gauge(workers, w.Spares, "spare")
	gauge(workers, w.Compilers, "compiling")
	gauge(workers, w.Decoders, "decoding")
	gauge(workers, max(0, w.Processes-w.Spares-w.Compilers-w.Decoders), "running")
	gauge(busy, w.Busy)
	gauge(quarantined, w.Quarantined)
	total(turns, float64(w.Turns))

	p := r.Pool.Stat()
	gauge(connections, int(p.AcquiredConns()), "acquired")
	gauge(connections, int(p.IdleConns()), "idle")
	gauge(connections, int(p.ConstructingConns()), "constructing")
	gauge(capacity, int(p.MaxConns()))
	total(acquires, float64(p.AcquireCount()))
	total(waits, float64(p.EmptyAcquireCount()))
	total(waited, p.EmptyAcquireWaitTime().Seconds())
}
