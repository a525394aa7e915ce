package framework

import (
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
)

// What is kept is bounded, so that one large call does not cost memory for good.
const (
	maxKept      = 32  // changes, updates, and paths in one of these
	maxKeptPaths = 256 // names of data
	maxKeptName  = 64  // bytes of one
)

// work is what setData needs while it runs, kept from one call to the next: on a page of many components one
// change is a call for each of them. Calls inside calls use what lies behind that of the outer ones.
type work struct {
	args    []goja.Value     // of all observers that run, the innermost last
	updates []*updates       // not in use
	copier  *view.Copier     // not in use, or nil
	paths   map[string][]any // of names, which most paths are
}

// begin returns updates for an instance of so many observers.
func (w *work) begin(observers int) *updates {
	var u *updates
	if last := len(w.updates) - 1; last >= 0 {
		u = w.updates[last]
		w.updates = w.updates[:last]
	} else {
		u = &updates{}
	}
	if cap(u.due) < observers {
		u.due = make([]bool, observers)
	}
	u.due = u.due[:observers]
	clear(u.due)
	return u
}

// end takes updates back.
func (w *work) end(u *updates) {
	if len(u.paths)+len(u.absent)+len(u.properties) > maxKept || len(w.updates) == maxKept {
		return
	}
	u.paths, u.absent, u.properties, u.count = u.paths[:0], u.absent[:0], u.properties[:0], 0
	w.updates = append(w.updates, u)
}

// rest lets go, at the end of a turn, of the values that calls have left behind.
func (w *work) rest() {
	if w.args = w.args[:0]; cap(w.args) > maxKept {
		w.args = nil
	}
	clear(w.args[:cap(w.args)])
	for _, u := range w.updates {
		clear(u.paths[:cap(u.paths)])
		clear(u.absent[:cap(u.absent)])
		clear(u.properties[:cap(u.properties)])
	}
	if w.copier != nil {
		w.copier.Forget()
	}
}

func (w *work) takeCopier(s *Session) *view.Copier {
	c := w.copier
	if w.copier = nil; c == nil {
		c = s.newCopier()
	}
	return c
}

func (w *work) giveCopier(c *view.Copier) {
	if c.Reset() {
		w.copier = c
	}
}

// path is parsePath, with the paths of names kept.
func (w *work) path(text string) ([]any, error) {
	if steps, known := w.paths[text]; known {
		return steps, nil
	}
	steps, err := parsePath(text)
	if err == nil && len(steps) == 1 && len(w.paths) < maxKeptPaths && len(text) <= maxKeptName {
		if w.paths == nil {
			w.paths = map[string][]any{}
		}
		w.paths[text] = steps
	}
	return steps, err
}
