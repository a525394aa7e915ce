package worker_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/waittest"
)

// typical is an app of about 20 KB with one page of 30 components, the size that the numbers in the
// design refer to.
func typical() map[string][]byte {
	var code strings.Builder
	for i := 0; code.Len() < 20<<10; i++ {
		fmt.Fprintf(&code, "class Model%d { constructor(a, b) { this.a = a; this.b = b }\n"+
			"  total() { return this.a * %d + this.b }\n  label() { return `model %d: ${this.total()}` } }\n"+
			"exports.make%d = (a, b) => new Model%d(a, b)\n", i, i, i, i, i)
	}
	all := files(`const lib = require('../../lib.js')
Page({data: {n: 0, items: Array.from({length: 30}, (_, i) => ({id: i, name: 'item ' + i}))},
	go() { this.setData({n: this.data.n + 1}) }})`)
	all["lib.js"] = []byte(code.String())
	all["pages/index/index.wxml"] = []byte(`<view bindtap="go">{{n}}</view>
<view wx:for="{{items}}" wx:key="id" class="row"><text>{{item.id}}</text><text>{{item.name}}</text></view>`)
	return all
}

// quantiles reports the median and the 99th percentile of what a benchmark measured.
func quantiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

func measure(b *testing.B, run func() (stop func())) {
	var took []time.Duration
	for b.Loop() {
		at := time.Now()
		stop := run()
		took = append(took, time.Since(at))
		if stop != nil {
			b.StopTimer()
			stop()
			b.StartTimer()
		}
	}
	quantiles(b, took)
}

func (s *shell) quit() { s.remote.Close(); s.ended() }

// BenchmarkColdOpen measures from no worker to the first page; with a spare, as in a host.
func BenchmarkColdOpen(b *testing.B) {
	for name, spares := range map[string]int{"spare": 1, "nospare": -1} {
		b.Run(name, func(b *testing.B) {
			pool, image, n := newPool(b, worker.Config{Spares: spares}), program(b, typical()), 0
			measure(b, func() func() {
				n++
				open(b, pool, fmt.Sprint(n), image)
				return func() {
					waittest.Eventually(b, "a spare is ready", func() bool { return spares < 0 || pool.Stats().Processes > n })
				}
			})
		})
	}
}

// BenchmarkWarmOpen measures from a running worker to the first page.
func BenchmarkWarmOpen(b *testing.B) {
	pool, image := newPool(b, worker.Config{}), program(b, typical())
	open(b, pool, "a", image)
	measure(b, func() func() { return open(b, pool, "a", image).quit })
}

// BenchmarkEvent measures from a tap to its patch, one tap at a time: alone, with many idle sessions,
// and while another app loops in its own worker.
func BenchmarkEvent(b *testing.B) {
	image := program(b, typical())
	b.Run("alone", func(b *testing.B) {
		s := open(b, newPool(b, worker.Config{}), "a", image)
		measure(b, func() func() { s.tap(); return nil })
	})
	b.Run("hostile", func(b *testing.B) {
		pool := newPool(b, worker.Config{})
		s := open(b, pool, "a", image)
		ctx, cancel := context.WithCancel(context.Background())
		bomb := program(b, files(`Page({go() { for (;;); }})`))
		var loop sync.WaitGroup
		loop.Go(func() {
			for ctx.Err() == nil {
				if h, err := try(b, pool, "hostile", bomb, nil); err == nil {
					_ = h.remote.Send(tapFrame)
					<-h.closed
				}
			}
		})
		measure(b, func() func() { s.tap(); return nil })
		cancel()
		loop.Wait()
	})
}

// BenchmarkThroughput measures events through one worker, with many sessions at once.
func BenchmarkThroughput(b *testing.B) {
	pool, image := newPool(b, worker.Config{}), program(b, typical())
	var shells []*shell
	for range 16 {
		shells = append(shells, open(b, pool, "a", image))
	}
	b.ResetTimer()
	var all sync.WaitGroup
	for _, s := range shells {
		all.Go(func() {
			for range b.N/len(shells) + 1 {
				s.tap()
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkMemory measures the resident memory of a worker by number of idle sessions.
func BenchmarkMemory(b *testing.B) {
	image := program(b, typical())
	for _, sessions := range []int{1, 100, 500} {
		b.Run(fmt.Sprint(sessions), func(b *testing.B) {
			for b.Loop() {
				pool := newPool(b, worker.Config{Spares: -1})
				first := open(b, pool, "a", image)
				time.Sleep(worker.TrimAfter + time.Second)
				base := resident(b, pool)
				for range sessions - 1 {
					open(b, pool, "a", image)
				}
				first.tap()
				time.Sleep(worker.TrimAfter + time.Second) // a worker at rest, as idle sessions are
				total := resident(b, pool)
				b.ReportMetric(float64(total)/1024, "worker-MB")
				b.ReportMetric(float64(total-base)/float64(max(1, sessions-1)), "session-KB")
			}
		})
	}
}

// resident is the resident memory of the pool's only process in KB.
func resident(b *testing.B, pool *worker.Pool) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pool.Pids()[0]))
	if err != nil {
		b.Skip("no /proc")
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	var kb int
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		b.Fatal(err)
	}
	return kb
}
