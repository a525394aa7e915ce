package worker_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/waittest"
)

// workers names a program of runtime/worker/programs, or the host's binary, that is measured instead of this one.
var workers = flag.String("workers", "", "program of the workers that benchmarks of starts and memory measure")

// typical is an app of about 20 KB with one page of 30 components, the size that the numbers in the
// design refer to.
func typical() map[string][]byte { return sized(20) }

// sized is typical with so many KB of classes, all of which the page loads.
func sized(kilobytes int) map[string][]byte {
	var code strings.Builder
	for i := 0; code.Len() < kilobytes<<10; i++ {
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
			pool, image, n := newPool(b, worker.Config{Spares: spares, Program: *workers}), program(b, typical()), 0
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

// BenchmarkStart measures from nothing to a worker that is within its fences, and the CPU that it has used when
// it has ended.
func BenchmarkStart(b *testing.B) {
	pool := newPool(b, worker.Config{Spares: -1, Program: *workers})
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &before); err != nil {
		b.Fatal(err)
	}
	measure(b, func() func() {
		if _, err := pool.Fences(b.Context()); err != nil {
			b.Fatal(err)
		}
		return nil
	})
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &after); err != nil {
		b.Fatal(err)
	}
	used := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(used)/1e6/float64(b.N), "CPU-ms/worker")
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

// BenchmarkMemory measures the resident memory of idle sessions in a worker, for programs of several
// sizes and for those of examples/compiled, once `make compiled` has built them.
func BenchmarkMemory(b *testing.B) {
	for _, kilobytes := range []int{5, 20, 300} {
		sessions := 400
		if kilobytes > 100 {
			sessions = 40 // a worker has room for few more
		}
		b.Run(fmt.Sprintf("app-of-%dKB", kilobytes), func(b *testing.B) {
			idle(b, program(b, sized(kilobytes)), sessions)
		})
	}
	for _, built := range []string{"taro-react/dist", "taro-vue/dist", "uni-vue/dist/build/mp-weixin", "mpx/dist/wx"} {
		name, _, _ := strings.Cut(built, "/")
		b.Run(name, func(b *testing.B) {
			folder := filepath.Join("../../examples/compiled", built)
			if _, err := os.Stat(folder); err != nil {
				b.Skipf("%s is not there: run make compiled", folder)
			}
			idle(b, program(b, filesOf(b, folder)), 40)
		})
	}
}

// idle reports what one more idle session adds to a worker that is at rest, which has collected its
// garbage and given the memory back. The sessions come in two crowds with a rest between, so that those of
// the second use places that the first left among its objects, as happens to a worker that lives long.
func idle(b *testing.B, image []byte, sessions int) {
	for b.Loop() {
		pool := newPool(b, worker.Config{Spares: -1, Program: *workers})
		opened := []*shell{open(b, pool, "a", image)}
		one := atRest(b, pool, opened[0])
		before, _ := opened[0].remote.CPU()
		all := one
		for range 2 {
			for range sessions / 2 {
				opened = append(opened, open(b, pool, "a", image))
			}
			all = atRest(b, pool, opened[0])
		}
		after, _ := opened[0].remote.CPU()
		b.ReportMetric(float64(one)/1024, "MB/worker-of-one")
		b.ReportMetric(float64(all-one)/float64(sessions), "KB/session")
		b.ReportMetric(float64((after-before).Microseconds())/1000/float64(sessions), "CPU-ms/open-and-rest")
		b.ReportMetric(0, "ns/op")
		for _, s := range opened {
			s.quit()
		}
	}
}

// filesOf reads a folder.
func filesOf(b *testing.B, folder string) map[string][]byte {
	b.Helper()
	files := map[string][]byte{}
	root := os.DirFS(folder)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[path], err = fs.ReadFile(root, path)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return files
}

// atRest is the resident memory of the pool's only process in KB, once it has trimmed itself: it then has
// used no processor for longer than it waits before that.
func atRest(b *testing.B, pool *worker.Pool, any *shell) int {
	used, since := time.Duration(-1), time.Now()
	for time.Since(since) < 2*worker.TrimAfter {
		now, ok := any.remote.CPU()
		if !ok {
			b.Fatal("the worker has ended")
		}
		if now != used {
			used, since = now, time.Now()
		}
		time.Sleep(worker.TrimAfter / 10)
	}
	return resident(b, pool)
}

// resident is the resident memory of the pool's only process in KB.
func resident(tb testing.TB, pool *worker.Pool) int {
	tb.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pool.Pids()[0]))
	if err != nil {
		tb.Skip("no /proc")
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	var kb int
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		tb.Fatal(err)
	}
	return kb
}

// BenchmarkNeighbours measures from a tap to its patch beside apps that each use 300 ms of CPU for every
// tap and are tapped again at once: within their burst, and after they have used it up.
func BenchmarkNeighbours(b *testing.B) {
	image := program(b, typical())
	burner := program(b, files(`Page({data: {n: 0}, go() { const end = Date.now() + 300; while (Date.now() < end); this.setData({n: this.data.n + 1}) }})`))
	for _, apps := range []int{0, 4, 12} {
		for _, spent := range []bool{false, true} {
			if apps == 0 && spent {
				continue
			}
			b.Run(fmt.Sprintf("apps=%d/spent=%v", apps, spent), func(b *testing.B) {
				limits := worker.Limits{SessionCPU: time.Hour}
				if spent {
					limits.SessionCPU = worker.SessionCPU / 10 // a burst of half a second
				}
				pool := newPool(b, worker.Config{Limits: limits})
				s := open(b, pool, "a", image)
				ctx, cancel := context.WithCancel(context.Background())
				var burning sync.WaitGroup
				for i := range apps {
					h := open(b, pool, fmt.Sprint("burner", i), burner)
					burning.Go(func() {
						for ctx.Err() == nil {
							if h.remote.Send(tapFrame) != nil {
								return
							}
							select {
							case <-h.frames:
							case <-ctx.Done():
							}
						}
					})
				}
				var took []time.Duration
				for b.Loop() {
					time.Sleep(20 * time.Millisecond) // people do not tap all the time
					at := time.Now()
					s.tap()
					took = append(took, time.Since(at))
				}
				cancel()
				burning.Wait()
				quantiles(b, took)
			})
		}
	}
}
