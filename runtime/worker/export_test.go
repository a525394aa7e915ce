package worker

import (
	"context"
	"time"

	"github.com/teahouse/teahouse/runtime/picture"
)

// CPU is the CPU time that the session's worker has used; false when the worker has ended.
func (r *Remote) CPU() (time.Duration, bool) { return readClock(r.child.clock) }

// PictureWithin is Picture with other limits for the process.
func (p *Pool) PictureWithin(ctx context.Context, data []byte, limits Limits) (*picture.Result, error) {
	return p.picture(ctx, data, kindPicture, limits.orDefaults())
}

// CompileWithin gives compilations less CPU.
func (p *Pool) CompileWithin(cpu time.Duration) { p.compileLimits.EventCPU = cpu }
