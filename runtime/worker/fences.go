package worker

import (
	"errors"
	"fmt"
	"os/exec"
)

// Fence is one restriction of the operating system on a worker. Each fence has one step in the host,
// before the process starts, and one in the worker, when it knows its limits and before it reads the app.
type Fence interface {
	// Name is the fence's name in logs and documents.
	Name() string
	// Spawn prepares the command before the process starts.
	Spawn(cmd *exec.Cmd)
	// Enter restricts the calling process, permanently. An error that is a missingError says that this
	// machine does not have the fence; any other error ends the worker.
	Enter(limits Limits) error
}

// Fences lists the fences of this operating system in the order in which a worker enters them.
// The order matters: a later fence may forbid what an earlier one needs.
func Fences() []Fence { return platformFences() }

// yielding is a fence that the kernel may refuse when a process starts. Then workers start without it.
type yielding interface {
	Fence
	// yield gives the fence up for all further processes, because of an error of the start. It returns
	// false when the error does not come from this fence, or it is given up already.
	yield(why error) bool
	// yielded returns why the fence was given up, or nil.
	yielded() error
	// hold notes that a process has started within the fence. From then on it is not given up: nobody may
	// strip the fences of other apps by using up what the kernel needs for them.
	hold()
}

// missingError says that the machine does not have a fence, and why.
type missingError struct{ why string }

func (e *missingError) Error() string { return e.why }

func missing(format string, args ...any) error {
	return &missingError{why: fmt.Sprintf(format, args...)}
}

// FenceState says whether a fence holds on this machine.
type FenceState struct {
	Name    string `json:"name"`
	Missing string `json:"missing,omitempty"` // why it does not hold; empty when it does
}

// enterFences restricts the calling process. With strict a missing fence is an error.
func enterFences(fences []Fence, limits Limits, strict bool) ([]FenceState, error) {
	states := make([]FenceState, 0, len(fences))
	for _, fence := range fences {
		state := FenceState{Name: fence.Name()}
		if err := fence.Enter(limits); err != nil {
			lacks, ok := errors.AsType[*missingError](err)
			if !ok || strict {
				return nil, fmt.Errorf("%s: %w", fence.Name(), err)
			}
			state.Missing = lacks.why
		}
		states = append(states, state)
	}
	return states, nil
}
