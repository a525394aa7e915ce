package worker_test

import (
	"bytes"
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/runtime/picture/picturetest"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/waittest"
)

func TestAPictureIsDecodedInAProcessOfItsOwn(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	for name, data := range map[string][]byte{"PNG": picturetest.PNG(t, 60, 40), "JPEG": picturetest.JPEG(t, 60, 40),
		"GIF": picturetest.GIF(t, 60, 40, 3), "WebP": picturetest.WebP(60, 40)} {
		want, err := picture.Process(data, true)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pool.Picture(t.Context(), data, true)
		if err != nil || got.MIME != want.MIME || got.Width != 60 || got.Height != 40 ||
			!bytes.Equal(got.Original, want.Original) || !bytes.Equal(got.Thumbnail, want.Thumbnail) {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := picturetest.PNGOf(t, 3000, 3000, 8, 6, false)
	if _, err := pool.Picture(t.Context(), large, true); !errors.Is(err, picture.ErrLarge) {
		t.Errorf("a large picture among the small ones: %v", err)
	}
	if got, err := pool.Picture(t.Context(), large, false); err != nil || got.Width != 3000 {
		t.Errorf("a large picture: %v", err)
	}
	if _, err := pool.Picture(t.Context(), []byte("<svg/>"), true); fault.SlugOf(err) != picture.SlugNotAPicture {
		t.Errorf("no picture: %v", err)
	}
	waittest.Eventually(t, "no process is left", func() bool { return pool.Stats().Processes == 0 })
}

// The limits of the process cover what headers do not say. They are set here so that an ordinary
// picture exceeds each.
func TestADecoderThatExceedsItsLimitsEnds(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	large := picturetest.ProgressiveJPEG(3000, 3000, 40)
	wide := worker.Limits{Heap: 1 << 30, TurnHeap: 1 << 30, Address: 2 << 30, EventCPU: time.Minute, TurnWall: time.Minute,
		KillCPU: time.Minute, KillWall: time.Minute}
	for name, set := range map[string]func(*worker.Limits){
		"heap":                  func(l *worker.Limits) { l.Heap, l.TurnHeap = 32<<20, 32<<20 },
		"address space":         func(l *worker.Limits) { l.Address = 64 << 20 },
		"CPU":                   func(l *worker.Limits) { l.EventCPU = time.Millisecond },
		"CPU, seen by the host": func(l *worker.Limits) { l.KillCPU = time.Millisecond },
		"wall clock":            func(l *worker.Limits) { l.KillWall = time.Millisecond },
	} {
		limits := wide
		set(&limits)
		if _, err := pool.PictureWithin(t.Context(), large, limits); fault.SlugOf(err) != picture.SlugTooComplex {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := pool.PictureWithin(t.Context(), large, wide); err != nil || got.Width != 3000 {
		t.Errorf("within its limits: %v", err)
	}
}

func TestAKilledDecoderOnlyRefusesItsPicture(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	ended := make(chan error)
	go func() {
		_, err := pool.Picture(t.Context(), picturetest.ProgressiveJPEG(4000, 4000, 50), false)
		ended <- err
	}()
	// A decoder that ends before it has its picture is the host's failure. A worker at rest has some 25 MB,
	// and 16 million pixels more than twice as much.
	waittest.Eventually(t, "the decoder works", func() bool { return len(pool.Pids()) == 1 && resident(t, pool) > 64<<10 })
	if err := syscall.Kill(pool.Pids()[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; fault.SlugOf(err) != picture.SlugTooComplex {
		t.Errorf("killed: %v", err)
	}
	if _, err := pool.Picture(t.Context(), picturetest.PNG(t, 4, 4), true); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func TestAPictureEndsWithThePool(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	ended := make(chan error)
	go func() {
		_, err := pool.Picture(context.WithoutCancel(t.Context()), picturetest.ProgressiveJPEG(4000, 4000, 50), false)
		ended <- err
	}()
	waittest.Eventually(t, "the decoder starts", func() bool { return len(pool.Pids()) == 1 })
	pool.Close(t.Context())
	if err := <-ended; fault.SlugOf(err) != worker.CodeDraining {
		t.Errorf("drained: %v", err)
	}
}
