package realtime_test

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"
)

// BenchmarkFanOut pushes one event to each of many people, each with one socket that reads it. Hub and
// clients run in one process, so the results include both.
func BenchmarkFanOut(b *testing.B) {
	const people = 500
	hub, url := host(b, openBus(b))
	ids, conns := make([]uuid.UUID, people), make([]*websocket.Conn, people)
	for i := range people {
		conn, _, err := websocket.DefaultDialer.DialContext(b.Context(), url, nil)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		ids[i], conns[i] = uuid.New(), conn
		if err := conn.WriteJSON(map[string]string{"type": "auth", "token": ids[i].String()}); err != nil {
			b.Fatal(err)
		}
		if _, _, err := conn.ReadMessage(); err != nil { // ready
			b.Fatal(err)
		}
	}
	event := map[string]string{"type": "message", "text": "a message of some length, as people write them to each other"}
	began := cpu(b)
	var reading sync.WaitGroup
	for b.Loop() {
		for _, conn := range conns {
			reading.Go(func() {
				if _, _, err := conn.ReadMessage(); err != nil {
					b.Error(err)
				}
			})
		}
		for _, id := range ids {
			if err := hub.Push(b.Context(), id, event); err != nil {
				b.Fatal(err)
			}
		}
		reading.Wait()
	}
	deliveries := float64(b.N * people)
	b.ReportMetric(deliveries/b.Elapsed().Seconds(), "deliveries/s")
	b.ReportMetric((cpu(b)-began).Seconds()*1e6/deliveries, "cpu-us/delivery")
}

// cpu is the processor time of this process.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
