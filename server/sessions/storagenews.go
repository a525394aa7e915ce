package sessions

import (
	"sync"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// news is the changes of other sessions to the app's storage of which the app has not been told yet.
// Only the last change of each key counts, so it is no larger than the storage.
type news struct {
	mu      sync.Mutex
	cleared *protocol.StorageChange
	keys    map[string]protocol.StorageChange
	telling bool
}

// storageChanged stores a change and makes sure that the app is told. It does not wait.
func (s *session) storageChanged(change protocol.StorageChange) {
	n := &s.news
	n.mu.Lock()
	defer n.mu.Unlock()
	if change.Op == "clear" {
		n.cleared, n.keys = &change, nil
	} else {
		if n.keys == nil {
			n.keys = map[string]protocol.StorageChange{}
		}
		n.keys[change.Key] = change
	}
	if !n.telling {
		n.telling = true
		s.tasks.Go(s.tellStorage)
	}
}

// take returns the changes to tell, a clearing first. When there are none, the telling ends.
func (n *news) take() (changes []protocol.StorageChange) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cleared != nil {
		changes = append(changes, *n.cleared)
	}
	for _, change := range n.keys {
		changes = append(changes, change)
	}
	n.cleared, n.keys = nil, nil
	n.telling = len(changes) > 0
	return changes
}

func (s *session) tellStorage() {
	select {
	case <-s.opened:
	case <-s.ctx.Done():
		return
	}
	for changes := s.news.take(); len(changes) > 0; changes = s.news.take() {
		for _, change := range changes {
			err := s.remote.SendInTime(s.ctx, protocol.StorageFrame(change))
			if err != nil {
				return // the session is over
			}
		}
	}
}
