package egress

import (
	"sync"

	"github.com/teahouse/teahouse/server/bridge"
)

// counts is how many requests or sockets each session and each app has at the moment.
type counts struct {
	mu sync.Mutex
	of map[string]int
}

// enter counts one more for its session and its app until release is called. It reports false when either
// has as many as it may.
func (c *counts) enter(caller bridge.Caller, perSession, perApp int) (release func(), ok bool) {
	session, app := "session "+caller.SessionID, "app "+caller.AppID
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of[session] >= perSession || c.of[app] >= perApp {
		return nil, false
	}
	if c.of == nil {
		c.of = map[string]int{}
	}
	c.of[session]++
	c.of[app]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, key := range []string{session, app} {
			if c.of[key]--; c.of[key] == 0 {
				delete(c.of, key)
			}
		}
	}, true
}
