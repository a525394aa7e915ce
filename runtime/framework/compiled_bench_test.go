package framework_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

// BenchmarkCompiled opens the programs of examples/compiled, once `make compiled` has built them: user CPU
// of a warm open, and what one more session holds of the heap. A session is opened up to the moment when
// its first page stands and its first timers have run.
func BenchmarkCompiled(b *testing.B) {
	for _, built := range []string{"taro-react/dist", "taro-vue/dist", "uni-vue/dist/build/mp-weixin", "mpx/dist/wx"} {
		name, _, _ := strings.Cut(built, "/")
		b.Run(name, func(b *testing.B) {
			files := filesOf(b, filepath.Join("../../examples/compiled", built))
			engine := apptest.Engine(b, files)
			open := func() *framework.Session {
				s := apptest.OpenDiscarding(b, engine)
				for range 20 {
					at, ok := s.NextTimer()
					if !ok {
						break
					}
					if err := s.RunTimers(at); err != nil {
						b.Fatal(err)
					}
				}
				return s
			}
			kept := make([]*framework.Session, 20)
			open() // what is shared by all sessions
			before := heapNow()
			for i := range kept {
				kept[i] = open()
			}
			each := float64(heapNow()-before) / float64(len(kept))
			runtime.KeepAlive(kept)
			started, opened := cpuNow(b), 0
			for b.Loop() {
				open()
				opened++
			}
			b.ReportMetric(each/1024, "KB/session")
			b.ReportMetric((cpuNow(b)-started)*1000/float64(opened), "CPU-ms/open")
		})
	}
}

// filesOf reads a folder; a program that was not built yet is skipped.
func filesOf(b *testing.B, dir string) map[string]string {
	b.Helper()
	if _, err := os.Stat(dir); err != nil {
		b.Skipf("%s is not there: run make compiled", dir)
	}
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return files
}

func heapNow() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// cpuNow is the processor time of this process in seconds.
func cpuNow(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Sec) + float64(usage.Utime.Usec)/1e6
}
