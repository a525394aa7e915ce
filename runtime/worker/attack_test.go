package worker_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/waittest"
)

// TestBombsCostOnlyTheirOwnApp tests the purpose of this package. While a bomb runs, a good app in
// the same pool still answers, about as soon as any process on this machine does. The bomb's session
// ends, or answers again if the engine stopped the bomb, and its worker has used little CPU by then.
// Afterwards the hostile app can be opened again.
func TestBombsCostOnlyTheirOwnApp(t *testing.T) {
	// A quarter of the real limits: the proportions stay, the test takes a quarter of the time. Under the
	// race detector a program that is no bomb, but recurses until it is stopped, needs the whole.
	share := time.Duration(4)
	if waittest.RaceDetector {
		share = 1
	}
	killCPU := worker.KillCPU / share
	pool := newPool(t, worker.Config{Limits: worker.Limits{EventCPU: worker.EventCPU / share,
		KillCPU: killCPU, KillWall: worker.KillWall}})
	bare := startEcho(t)
	good := open(t, pool, "good", program(t, files(counter)))
	ran, answered := 0, 0 // bombs; taps that the good app answered while a bomb ran
	for i, bomb := range bombs {
		if waittest.RaceDetector && i%4 != 0 {
			continue // the detector looks at the host, which does the same for each; the other run tries them all
		}
		t.Run(bomb.name, func(t *testing.T) {
			app := fmt.Sprintf("hostile%d", i)
			image := program(t, files(`Page({data: {n: 0}, go() { `+bomb.code+`; console.log('over') }, onPageScroll() { this.setData({n: 'alive'}) }})`))
			bad := open(t, pool, app, image)
			started := time.Now()
			bad.send(tapFrame)
			reason, seen := watch(t, bad, good, bare, bomb.want == nil || slices.Contains(bomb.want, ""))
			ran++
			answered += seen.taps
			t.Logf("%-12s in %4d ms, %4d ms of CPU, %3d taps meanwhile, the slowest %3d ms, of a bare process %3d ms  %s",
				reason.Code, time.Since(started).Milliseconds(), seen.cpu.Milliseconds(), seen.taps,
				seen.slowest.Milliseconds(), seen.bare.Milliseconds(), firstLine(reason.Detail))
			// The kill timer looks every KillTimerEvery, and all cores may work for a bomb until then.
			if most := 4 * killCPU; seen.cpu > most {
				t.Errorf("the bomb used %v of CPU, more than %v", seen.cpu, most)
			}
			if most := time.Second + 10*seen.bare; seen.slowest > most {
				t.Errorf("the good app answered after %v, more than %v; a bare process after %v at most", seen.slowest, most, seen.bare)
			}
			if !slices.Contains(bomb.want, reason.Code) && (bomb.want != nil || reason.Code != "") {
				t.Errorf("ended as %q: %s", reason.Code, reason.Detail)
			}
			if reason.Code != "" && reason.Message == "" {
				t.Error("the user is not told why")
			}
			bad.remote.Close()
			<-bad.remote.Done()
			again := open(t, pool, app, image)
			again.remote.Close()
			<-again.remote.Done()
		})
	}
	if st := pool.Stats(); st.Sessions != 1 {
		t.Errorf("sessions left: %+v", st)
	}
	if answered < ran {
		t.Errorf("the good app answered %d taps while %d bombs ran", answered, ran)
	}
}

// observed is what was seen while a bomb ran.
type observed struct {
	cpu     time.Duration // that the bomb's worker used
	taps    int           // that the good app answered
	slowest time.Duration // of these answers
	bare    time.Duration // the slowest answer of a bare process: how busy the machine is
}

// watch taps the good app until the hostile session has ended, or has survived. It has survived if
// its log shows the error and it answers a frame that was sent after that: turns run in order, so
// the bomb is over and the session still runs. The code of a session that survived is "".
func watch(t *testing.T, bad, good *shell, bare *echo, harmless bool) (reason worker.Reason, seen observed) {
	t.Helper()
	good.t = t
	before, known := bad.remote.CPU()
	if !known {
		before = 0 // it has ended already
	}
	asked := false
	pause := time.NewTicker(10 * time.Millisecond)
	defer pause.Stop()
	for deadline := waittest.Deadline(); ; {
		if now, known := bad.remote.CPU(); known {
			seen.cpu = now - before
		}
		select {
		case reason = <-bad.closed:
			return reason, seen
		case frame := <-bad.frames:
			if asked && bytes.Contains(frame, []byte("alive")) {
				return worker.Reason{}, seen
			}
			continue
		case <-pause.C:
		}
		if time.Now().After(deadline) {
			t.Fatal("the bomb neither ends its session nor lets it answer")
		}
		if harmless && !asked && len(bad.logged()) > 0 {
			asked = bad.remote.Send([]byte(`{"t":"scroll","page":1,"top":1}`)) == nil // it may have ended just now
		}
		at := time.Now()
		good.tap()
		seen.taps++
		seen.slowest = max(seen.slowest, time.Since(at))
		seen.bare = max(seen.bare, bare.roundTrip(t))
	}
}

// echo is a process with the priority of a worker that only answers. It shows how long an answer
// takes on this machine at this moment when nothing of ours is in between.
type echo struct {
	in  io.Writer
	out io.Reader
}

func startEcho(t *testing.T) *echo {
	t.Helper()
	cat := exec.CommandContext(t.Context(), "nice", "-n", strconv.Itoa(worker.Nice), "cat")
	in, err := cat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cat.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cat.Wait() })
	e := &echo{in: in, out: out}
	e.roundTrip(t)
	return e
}

func (e *echo) roundTrip(t *testing.T) time.Duration {
	t.Helper()
	at, one := time.Now(), []byte{'.'}
	if _, err := e.in.Write(one); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(e.out, one); err != nil {
		t.Fatal(err)
	}
	return time.Since(at)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func TestAnAppThatLoopsAtItsStartIsStopped(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	for name, source := range map[string]map[string][]byte{
		"app.js": {"app.js": []byte("for(;;);")}, "page": {"pages/index/index.js": []byte("for(;;);")},
		"onLoad":  {"pages/index/index.js": []byte("Page({onLoad() { for(;;); }})")},
		"builtin": {"app.js": []byte("Array.prototype.indexOf.call({length:2**53-1}, 1); App({})")},
	} {
		all := files(counter)
		maps.Copy(all, source)
		_, err := try(t, pool, name, program(t, all), nil)
		if slug := fault.SlugOf(err); slug != worker.CodeStopped && slug != worker.CodeCrashed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnInterruptedSessionDoesNotAffectOtherSessions(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	image := program(t, files(`Page({data: {n: 0}, onPageScroll() { for(;;); }, go() { this.setData({n: this.data.n + 1}) }})`))
	a, b := open(t, pool, "a", image), open(t, pool, "a", image)
	b.tap()
	a.send([]byte(`{"t":"scroll","page":1,"top":1}`))
	if reason := a.ended(); reason.Code != worker.CodeStopped {
		t.Errorf("ended with %+v", reason)
	}
	if got := b.tap(); !strings.Contains(got, "2") {
		t.Errorf("the other session lost its state: %s", got)
	}
}

func TestAWorkerKilledFromOutsideRestartsAndThenIsQuarantined(t *testing.T) {
	quarantined := make(chan []worker.Death, 1)
	pool := newPool(t, worker.Config{Spares: -1,
		OnQuarantine: func(_ worker.AppKey, deaths []worker.Death) { quarantined <- deaths }})
	image := program(t, files(counter))
	for death := range worker.QuarantineDeaths {
		s := open(t, pool, "a", image)
		s.tap()
		for _, pid := range pool.Pids() {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		if reason := s.ended(); reason.Code != worker.CodeCrashed || reason.Message == "" {
			t.Errorf("death %d: closed with %+v", death, reason)
		}
		waittest.Eventually(t, "the worker ends", func() bool { return pool.Stats().Processes == 0 })
	}
	if deaths := <-quarantined; len(deaths) != worker.QuarantineDeaths || !strings.Contains(deaths[0].Detail, "killed") {
		t.Errorf("deaths %+v", deaths)
	}
	if _, err := try(t, pool, "a", image, nil); err == nil || !strings.Contains(err.Error(), worker.CodeQuarantined) {
		t.Fatalf("in quarantine: %v", err)
	}
	open(t, pool, "b", image)
	if !pool.Release(key("a")) || pool.Release(key("a")) {
		t.Error("release")
	}
	open(t, pool, "a", image).tap()
}

func TestAFloodOfFramesIsAnError(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	s := open(t, pool, "a", program(t, files(`Page({data: {n: 0}, go() { const end = Date.now() + 50; while (Date.now() < end); }})`)))
	refused := 0
	for range 2 * worker.MaxPending {
		if s.remote.Send(tapFrame) != nil {
			refused++
		}
	}
	if refused < worker.MaxPending/2 {
		t.Errorf("%d of %d frames refused", refused, 2*worker.MaxPending)
	}
	s.remote.Close()
	s.ended()
}

func TestTheCompilerSurvivesHostileSources(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{})
	for name, content := range map[string]string{
		"pages/index/index.js":   strings.Repeat("(", 5e6),
		"pages/index/index.json": strings.Repeat("[", 5e6),
		"pages/index/index.wxml": strings.Repeat("<view>", 1e6),
		"pages/index/index.wxss": strings.Repeat("a{", 1e6),
	} {
		all := files(counter)
		all[name] = []byte(content)
		started := time.Now()
		result, err := pool.Compile(t.Context(), all)
		// A fault in one file fails its page alone, and the version with it.
		if err == nil && !slices.ContainsFunc(result.Diagnostics, func(d source.Diagnostic) bool { return d.Severity == source.Error }) {
			t.Errorf("%s compiled", name)
		}
		t.Logf("%s: %v in %v", name, err, time.Since(started))
	}
	if result, err := pool.Compile(t.Context(), files(counter)); err != nil || result.Image == nil {
		t.Errorf("a good bundle afterwards: %v", err)
	}
}

func TestAKilledWorkerClosesAllItsSessions(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	image := program(t, files(`Page({go() { Array.prototype.indexOf.call({length:2**53-1}, 1) }})`))
	a, b := open(t, pool, "a", image), open(t, pool, "a", image)
	a.send(tapFrame)
	for _, s := range []*shell{a, b} {
		if reason := s.ended(); reason.Code != worker.CodeStopped || reason.Message == "" {
			t.Errorf("closed with %+v", reason)
		}
	}
	waittest.Eventually(t, "the worker and its sessions end", func() bool { s := pool.Stats(); return s.Processes == 0 && s.Sessions == 0 })
}
