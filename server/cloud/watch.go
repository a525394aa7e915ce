package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/cloud/document"
)

// A program that watches is told what its query finds, at first and after every change. A change of a collection
// wakes one reader for all who watch it on this host: it reads the collection once and asks every condition. So a
// busy chat costs a read in WatchEvery, however many look at it.

// Watch is the parameter of cloud.watch.
type Watch struct {
	Query
	ID    uint64      `json:"id" doc:"The program's own number of the watch."`
	Order [][2]string `json:"order,omitempty"`
	Limit int         `json:"limit,omitempty" minimum:"0"`
}

// Unwatch is the parameter of cloud.unwatch.
type Unwatch struct {
	ID uint64 `json:"id"`
}

type none struct{}

// changedSubject is for the collections that change.
const changedSubject = "cloud.changed"

type watchKey struct {
	App        string `json:"app"`
	Live       bool   `json:"live"`
	Collection string `json:"collection"`
}

func (p place) watchKey() watchKey { return watchKey{p.appID, p.live, p.collection} }

// watches are those of all sessions on this host.
type watches struct {
	mu    sync.Mutex
	of    map[watchKey]*watched
	tasks sync.WaitGroup
}

// watched is a collection that somebody watches.
type watched struct {
	watchKey
	wake     chan struct{} // has room for one
	watchers map[*watcher]bool
}

// watcher is one watch of a session.
type watcher struct {
	Watch
	place   place
	session string
	line    bridge.Line
	found   chan []hit // the newest; has room for one
	failed  chan error // has room for one
	stop    chan struct{}
	once    sync.Once
}

func (w *watcher) end() { w.once.Do(func() { close(w.stop) }) }

// Follow listens to the changes that other hosts make. The returned function ends that.
func (s *Service) Follow() (cancel func(), err error) {
	s.Bus.OnGap(func() {
		s.watches.mu.Lock()
		defer s.watches.mu.Unlock()
		for _, w := range s.watches.of {
			w.poke()
		}
	})
	return s.Bus.Subscribe(changedSubject, func(payload []byte) {
		var key watchKey
		if json.Unmarshal(payload, &key) == nil { // what hosts send is readable
			s.changed(key)
		}
	})
}

// Wait returns when the watches of all sessions that are over have ended.
func (s *Service) Wait() { s.watches.tasks.Wait() }

// announce tells all hosts that a collection has changed.
func (s *Service) announce(p place) {
	if s.Bus == nil {
		s.changed(p.watchKey())
		return
	}
	payload, err := json.Marshal(p.watchKey())
	if err == nil {
		err = s.Bus.Publish(context.Background(), changedSubject, payload)
	}
	if err != nil {
		s.Logger.Warn("hosts were not told", "subject", changedSubject, "error", err)
	}
}

func (s *Service) changed(key watchKey) {
	s.watches.mu.Lock()
	defer s.watches.mu.Unlock()
	if w := s.watches.of[key]; w != nil {
		w.poke()
	}
}

func (w *watched) poke() {
	select {
	case w.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (s *Service) capWatch(ctx context.Context, caller bridge.Caller, in Watch) (none, error) {
	if caller.Line == nil || in.ID == 0 {
		return none{}, fault.Errorf(fault.Invalid, "cloud-invalid", "A watch belongs to an open app and has a number.")
	}
	p, _, err := s.query(ctx, caller, in.Query)
	if err != nil {
		return none{}, err
	}
	if p.reads == nothing {
		return none{}, denied(in.Collection)
	}
	if in.Limit > WatchPage {
		return none{}, fault.Errorf(fault.Invalid, "cloud-invalid", "A watch has at most %d documents.", WatchPage)
	}
	if _, err := document.NewOrder(in.Order); err != nil {
		return none{}, err
	}
	w := &watcher{Watch: in, place: p, session: caller.SessionID, line: caller.Line, found: make(chan []hit, 1), failed: make(chan error, 1), stop: make(chan struct{})}
	return none{}, s.begin(w)
}

// begin adds a watch, and starts a reader for the first one of a collection.
func (s *Service) begin(w *watcher) error {
	s.watches.mu.Lock()
	defer s.watches.mu.Unlock()
	own, all := 0, 0
	for _, of := range s.watches.of {
		for other := range of.watchers {
			if other.session == w.session {
				own++
			}
		}
	}
	of := s.watches.of[w.place.watchKey()]
	if of != nil {
		all = len(of.watchers)
	}
	if own >= MaxWatches || all >= MaxWatchers {
		return fault.Errorf(fault.RateLimited, "too-many-watches", "A program may watch %d queries at a time, and %d may watch one collection on a host.",
			MaxWatches, MaxWatchers)
	}
	if of == nil {
		of = &watched{watchKey: w.place.watchKey(), wake: make(chan struct{}, 1), watchers: map[*watcher]bool{}}
		s.watches.of[of.watchKey] = of
		s.watches.tasks.Go(func() { s.follow(of) })
	}
	of.watchers[w] = true
	of.poke()
	s.watches.tasks.Go(func() {
		s.tell(w)
		s.watches.mu.Lock()
		defer s.watches.mu.Unlock()
		delete(of.watchers, w)
		of.poke() // its reader ends with the last
	})
	return nil
}

func (s *Service) capUnwatch(_ context.Context, caller bridge.Caller, in Unwatch) (none, error) {
	s.watches.mu.Lock()
	defer s.watches.mu.Unlock()
	for _, of := range s.watches.of {
		for w := range of.watchers {
			if w.session == caller.SessionID && w.ID == in.ID {
				w.end()
			}
		}
	}
	return none{}, nil
}

// follow reads a collection after its changes, until nobody watches it.
func (s *Service) follow(of *watched) {
	for range of.wake {
		s.watches.mu.Lock()
		if len(of.watchers) == 0 {
			delete(s.watches.of, of.watchKey)
			s.watches.mu.Unlock()
			return
		}
		var all []*watcher
		for w := range of.watchers {
			all = append(all, w)
		}
		s.watches.mu.Unlock()
		s.look(of.watchKey, all)
		time.Sleep(WatchEvery)
	}
}

// look reads the collection once for all who watch it.
func (s *Service) look(key watchKey, all []*watcher) {
	ctx, cancel := context.WithTimeout(context.Background(), WatchTimeout)
	defer cancel()
	findings := map[*watcher]*finding{}
	for _, w := range all {
		f := find{limit: w.Limit}
		if f.limit == 0 {
			f.limit = WatchPage + 1
		}
		var err error
		if f.condition, err = document.NewCondition(w.Where, s.Now()); err == nil {
			f.order, err = document.NewOrder(w.Order)
		}
		if err != nil { // it was read before
			w.fail(err)
			continue
		}
		f.condition.Allow(WatchSteps)
		f.order.Allow(WatchSteps)
		findings[w] = newFinding(f)
	}
	err := s.read(ctx, key, findings)
	for w, f := range findings {
		if err != nil {
			w.fail(err)
			continue
		}
		hits, err := f.end()
		if err == nil && w.Limit == 0 && len(hits) > WatchPage {
			err = full("More than %d documents match: watch fewer, with orderBy and limit.", WatchPage)
		}
		size := 0
		for _, h := range hits {
			size += len(h.body)
		}
		if err == nil && size > MaxWatched {
			err = full("The documents of a watch have at most %d KB together.", MaxWatched>>10)
		}
		if err != nil {
			w.fail(err)
			continue
		}
		select { // what it was not told yet is old
		case <-w.found:
		default:
		}
		w.found <- hits
	}
}

// read shows every document of the collection to all findings. One that fails is told and left out.
func (s *Service) read(ctx context.Context, key watchKey, findings map[*watcher]*finding) error {
	end, err := s.turn(ctx, key.App)
	if err != nil {
		return err
	}
	defer end()
	every, err := document.NewCondition(nil, s.Now())
	if err != nil {
		return err
	}
	p := place{actor{appID: key.App, live: key.Live, reads: everything}, key.Collection}
	enough := map[*watcher]bool{}
	return p.visit(ctx, s.Pool, every, everything, func(row stored, doc document.Object) (bool, error) {
		for w, f := range findings {
			if enough[w] || w.place.reads == own && row.owner != w.place.openID {
				continue
			}
			matches, err := f.condition.Matches(doc)
			more := true
			if err == nil && matches {
				more, err = f.add(row, doc)
			}
			if err != nil {
				w.fail(err)
				delete(findings, w)
			}
			enough[w] = !more
		}
		return true, nil
	})
}

func (w *watcher) fail(err error) {
	select {
	case w.failed <- err:
	default: // it ends with the first
	}
}

// tell sends what is found to the session, until one of the two is over.
func (s *Service) tell(w *watcher) {
	var last []hit
	first := true
	for {
		select {
		case hits := <-w.found:
			event, changed := changesOf(last, hits)
			last = hits
			if !first && !changed {
				continue
			}
			event.ID, event.First = w.ID, first
			first = false
			if w.line.Tell(protocol.WatchFrame(event)) != nil {
				return
			}
		case err := <-w.failed:
			slug := fault.SlugOf(err)
			if slug == "" {
				s.Logger.Error("a watch failed", "app_id", w.place.appID, "error", err)
			}
			_ = w.line.Tell(protocol.WatchFrame(protocol.WatchEvent{ID: w.ID, Slug: slug, Reason: fault.MessageOf(err)})) // fails when the session is over
			return
		case <-w.stop:
			return
		case <-w.line.Done():
			return
		}
	}
}

// changesOf compares what is found with what was found before.
func changesOf(before, now []hit) (event protocol.WatchEvent, changed bool) {
	old := map[string][]byte{}
	for _, h := range before {
		old[h.id] = h.body
	}
	changed = len(before) != len(now)
	event.Docs = make([]json.RawMessage, len(now))
	for i, h := range now {
		event.Docs[i] = h.body
		changed = changed || before[i].id != h.id
		body, known := old[h.id]
		delete(old, h.id)
		switch {
		case !known:
			event.Changes = append(event.Changes, protocol.WatchChange{Kind: "add", Doc: h.body})
		case !bytes.Equal(body, h.body):
			change := protocol.WatchChange{Kind: "update", Doc: h.body}
			change.Updated, change.Removed = fieldsOf(body, h.body)
			event.Changes = append(event.Changes, change)
		}
	}
	for _, h := range before {
		if _, gone := old[h.id]; gone {
			event.Changes = append(event.Changes, protocol.WatchChange{Kind: "remove", Doc: h.body})
		}
	}
	return event, changed || len(event.Changes) > 0
}

// fieldsOf are the fields of a document that have another value than before, and those that are gone.
func fieldsOf(before, now []byte) (json.RawMessage, []string) {
	old, err := document.Read(before)
	made, failed := document.Read(now)
	if err != nil || failed != nil {
		return nil, nil // what is kept can be read
	}
	updated, removed := document.Object{}, []string{}
	for _, f := range made {
		value, known := old.Get(f.Name)
		if !known || !bytes.Equal(document.Encode(value), document.Encode(f.Value)) {
			updated = append(updated, f)
		}
	}
	for _, f := range old {
		if _, known := made.Get(f.Name); !known {
			removed = append(removed, f.Name)
		}
	}
	return document.Encode(updated), removed
}
