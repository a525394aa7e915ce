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

// Pace tells the app's worker how many cores it may use, 0 for no limit.
func (p *Pool) Pace(key AppKey, cores float64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slots[key].child.enqueue(message{kind: kindPace, header: header{Time: time.Duration(cores * float64(time.Second))}}, false)
}
