package compile

import "context"

// Compile turns the files of a mini program, by slash-separated path, into an image and its
// public files. It does not change the map. The only thing that stops it early is ctx.
func Compile(ctx context.Context, files map[string][]byte, opts Options) *Result {
	c := newCompilation(ctx, files, opts)
	return c.run()
}

func newCompilation(ctx context.Context, files map[string][]byte, opts Options) *compilation {
	return &compilation{ctx: ctx, files: files, opts: opts}
}

type compilation struct {
	ctx   context.Context
	files map[string][]byte
	opts  Options
}

func (c *compilation) run() *Result { return &Result{} }
