package check

import (
	"context"
	"fmt"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/vm"
	"github.com/teahouse/teahouse/runtime/worker"
)

// InWorkers is the sandbox that ships: worker processes of a pool.
func InWorkers(pool *worker.Pool) Sandbox { return workers{pool} }

type workers struct{ pool *worker.Pool }

func (w workers) Compile(ctx context.Context, files map[string][]byte) (*compile.Result, error) {
	return w.pool.Compile(ctx, files)
}

func (w workers) Open(ctx context.Context, img *image.Image, req vm.OpenRequest, sink Sink) (App, error) {
	encode := func(context.Context) ([]byte, error) { return img.MarshalBinary() }
	remote, err := w.pool.Open(ctx, worker.AppKey{AppID: req.AppID, VersionID: req.Version}, encode, req,
		workerSink{sink})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", req.Path, err)
	}
	return remote, nil
}

// workerSink words why a worker ended a session.
type workerSink struct{ Sink }

func (s workerSink) Closed(reason worker.Reason) {
	text := reason.Message
	if reason.Detail != "" {
		text += " " + reason.Detail
	}
	s.Sink.Closed(text)
}
