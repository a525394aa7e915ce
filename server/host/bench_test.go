package host

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// percentiles reports what one of the things took that a benchmark repeats, in milliseconds.
func percentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
	b.ReportMetric(took[len(took)*99/100].Seconds()*1e3, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkOpen is from a client's first byte to the first page of the café over a real host: the
// websocket, the token, the version's rights and the storage from the database, and the worker. Only
// the first open of a run has no worker yet.
func BenchmarkOpen(b *testing.B) {
	m := startHostProcess(b)
	m.program = "../../examples/cafe/miniprogram"
	m.start()
	alice, _ := m.login("alice")
	_, appID := m.shopToken()
	open := func() time.Duration {
		start := time.Now()
		p := m.open(alice, appID)
		p.until(`"t":"page"`)
		took := time.Since(start)
		if err := p.conn.Close(); err != nil {
			b.Fatal(err)
		}
		return took
	}
	first := open()
	var took []time.Duration
	cpu := m.cpu(b)
	for b.Loop() {
		took = append(took, open())
	}
	b.ReportMetric((m.cpu(b)-cpu).Seconds()*1e3/float64(len(took)), "host-cpu-ms/open")
	b.ReportMetric(first.Seconds()*1e3, "first-ms")
	percentiles(b, took)
}

// BenchmarkTap is from a tap on the client's websocket to its patch there.
func BenchmarkTap(b *testing.B) {
	m := startHostProcess(b)
	m.start()
	alice, _ := m.login("alice")
	_, appID := m.shopToken()
	p := m.open(alice, appID)
	p.until(`"t":"page"`)
	var took []time.Duration
	pace := time.NewTicker(10 * time.Millisecond) // below what a session may send
	defer pace.Stop()
	cpu := m.cpu(b)
	for b.Loop() {
		<-pace.C
		start := time.Now()
		p.tap()
		p.until(`"t":"patch"`)
		took = append(took, time.Since(start))
	}
	b.ReportMetric((m.cpu(b)-cpu).Seconds()*1e6/float64(len(took)), "host-cpu-us/tap")
	percentiles(b, took)
}

// cpu is what the host's own process has used; workers and PostgreSQL are not in it.
func (m *hostProcess) cpu(b *testing.B) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.process.Process.Pid))
	if err != nil {
		b.Skip("no /proc")
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest) // utime and stime are the 14th and 15th of all
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	const tick = time.Second / 100 // USER_HZ, the same on every Linux
	return time.Duration(ticks) * tick
}
