package check

import (
	"context"
	"fmt"
	"time"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
)

// InWorkers is the sandbox that ships: worker processes of a pool.
func InWorkers(pool *worker.Pool) Sandbox { return workers{pool} }

type workers struct{ pool *worker.Pool }

func (w workers) Compile(ctx context.Context, files map[string][]byte) (*compile.Result, error) {
	return w.pool.Compile(ctx, files)
}

func (w workers) Open(ctx context.Context, img *image.Image, req protocol.OpenRequest, sink Sink) (App, error) {
	encode := func(context.Context) ([]byte, error) { return img.MarshalBinary() }
	remote, err := w.pool.Open(ctx, worker.AppKey{AppID: req.AppID, VersionID: req.Version}, encode, req,
		workerSink{sink})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", req.Path, err)
	}
	return patient{ctx, remote}, nil
}

// patient is a session to which nothing is lost when it is busy: a page may ask for a hundred places at once,
// and the check answers faster than a page works the answers off.
type patient struct {
	ctx context.Context // of the page under check
	*worker.Remote
}

func (p patient) Send(frame []byte) error { return p.SendInTime(p.ctx, frame) }

func (p patient) Reply(id uint64, ok bool, result []byte) error {
	return p.ReplyInTime(p.ctx, id, ok, result)
}

func (p patient) Advance(d time.Duration) error { return p.AdvanceInTime(p.ctx, d) }

// workerSink puts into words why a worker ended a session.
type workerSink struct{ Sink }

// Slowed implements worker.Sink; a check has no budget by the second.
func (workerSink) Slowed(string) {}

func (s workerSink) Closed(reason worker.Reason) {
	text := reason.Message
	if reason.Detail != "" {
		text += " " + reason.Detail
	}
	s.Sink.Closed(text)
}
