package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// Fences starts a worker and says which fences hold for it on this machine.
func (p *Pool) Fences(ctx context.Context) ([]FenceState, error) {
	ctx, cancel := context.WithTimeout(ctx, p.config.Limits.KillWall)
	defer cancel()
	c, err := p.freshProcess(ctx, p.config.Program)
	if err != nil {
		return nil, err
	}
	defer func() { c.end(errIdle); <-c.gone }()
	if err := c.load(kindFences, p.config.Limits, nil, nil); err != nil {
		return nil, err
	}
	select {
	case <-c.started:
	case <-ctx.Done():
		return nil, fmt.Errorf("the worker does not answer: %w", ctx.Err())
	}
	m := c.answer.Load()
	if m == nil || m.kind != kindFenced {
		return nil, errors.New(c.describeEnd())
	}
	var states []FenceState
	if err := json.Unmarshal(m.header.Info, &states); err != nil {
		return nil, fmt.Errorf("the worker's answer: %w", err)
	}
	// What was given up at the start of the process, it cannot know.
	for i := range states {
		for _, fence := range p.fences {
			f, ok := fence.(yielding)
			if ok && f.Name() == states[i].Name && f.yielded() != nil {
				states[i].Missing = fmt.Sprintf("the system refused it: %v", f.yielded())
			}
		}
	}
	return states, nil
}

// serveFences is a worker that runs nothing and only tells of its fences.
func serveFences(w *wire, states []FenceState) int {
	m := message{kind: kindFenced}
	var err error
	if m.header.Info, err = protocol.JSON(states); err == nil {
		err = w.send(m)
	}
	if err != nil {
		return complain(exitProtocol, "fences", err)
	}
	// The host reads the answer and then ends the process; until then the socket must stay open.
	_, _ = w.read()
	return exitDone
}
