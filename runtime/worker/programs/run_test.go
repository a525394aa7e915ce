//go:build engine

package programs_test

import (
	"context"
	"errors"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/picture/picturetest"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/waittest"
)

// shell is the other end of a session.
type shell struct{ frames chan string }

func (s shell) Frame(frame []byte)        { s.frames <- string(frame) }
func (shell) Call(uint64, string, []byte) {}
func (shell) Store(protocol.StorageOp)    {}
func (shell) Log(protocol.LogEntry)       {}
func (shell) Slowed(string)               {}
func (s shell) Closed(r worker.Reason)    { s.frames <- "closed: " + r.Code }

// build makes a program as make does.
func build(t *testing.T, name string) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	command := exec.CommandContext(t.Context(), "go", "build", "-modfile="+filepath.Join(root, ".cache/engine/go.mod"), "-tags=engine",
		"-o", path, "./runtime/worker/programs/"+name)
	command.Dir, command.Env = root, append(command.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func pool(t *testing.T, config worker.Config) *worker.Pool {
	t.Helper()
	config.Logger, config.Spares = slog.New(slog.DiscardHandler), -1
	p := worker.NewPool(config)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Second)
		defer cancel()
		p.Close(ctx)
	})
	return p
}

func TestTheProgramsDoWhatTheHostsOwnDoes(t *testing.T) {
	t.Parallel()
	sessions := build(t, "sessions")
	workers := pool(t, worker.Config{Program: sessions, Compiler: build(t, "compiler")})
	result, err := workers.Compile(t.Context(), map[string][]byte{
		"app.json":   []byte(`{"pages":["index"]}`),
		"app.js":     []byte(`App({})`),
		"index.wxml": []byte(`<view bindtap="go">{{n}}</view>`),
		"index.js": []byte(`Page({data: {n: new Intl.DateTimeFormat('en', {timeZone: 'Asia/Shanghai', hour: 'numeric', hourCycle: 'h23'}).format(0)},
			go() { this.setData({n: 'tapped'}) }})`),
	})
	if err != nil || result.Image == nil {
		t.Fatalf("%v: %+v", err, result)
	}
	image, err := result.Image.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	s := shell{frames: make(chan string, 100)}
	remote, err := workers.Open(t.Context(), worker.AppKey{AppID: "a", VersionID: "1"}, func(context.Context) ([]byte, error) { return image, nil },
		protocol.OpenRequest{SessionID: "s", AppID: "a", Version: "1.0.0", Env: protocol.Env{Width: 375, Height: 667, PixelRatio: 2}}, s)
	if err != nil {
		t.Fatal(err)
	}
	// Time zones are in the program: within its fences it has no files.
	if first := waittest.Receive(t, "the page", s.frames); !strings.Contains(first, `"08"`) {
		t.Errorf("the first frame is %s", first)
	}
	if err := remote.Send([]byte(`{"t":"event","page":1,"type":"tap","target":[0,0],"detail":{}}`)); err != nil {
		t.Fatal(err)
	}
	if patch := waittest.Receive(t, "the patch", s.frames); !strings.Contains(patch, "tapped") {
		t.Errorf("after a tap: %s", patch)
	}
	if got, err := workers.Picture(t.Context(), picturetest.PNG(t, 60, 40), true); err != nil || got.Width != 60 {
		t.Errorf("a picture: %v", err)
	}
	// The program that runs strangers' code compiles nothing.
	if _, err := pool(t, worker.Config{Program: sessions}).Compile(t.Context(), nil); err == nil || !strings.Contains(errors.Unwrap(err).Error(), "no compiler") {
		t.Errorf("the program of apps compiles: %v", err)
	}
}
