package realtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/bus"
	"github.com/teahouse/teahouse/server/bus/bustest"
	"github.com/teahouse/teahouse/server/realtime"
	"github.com/teahouse/teahouse/waittest"
)

// conversation stores the messages, like a database, and gives each its number.
type conversation struct {
	id     uuid.UUID
	mu     sync.Mutex
	stored int64
}

func (c *conversation) last() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stored
}

// event is an announcement of a stored message.
type event struct {
	Type   string    `json:"type"`
	Seq    int64     `json:"seq"`
	Stream uuid.UUID `json:"stream"`
}

func (e event) Place() (uuid.UUID, int64) { return e.Stream, e.Seq }

// send stores a message and announces it through the hub.
func (c *conversation) send(t *testing.T, hub *realtime.Hub, to uuid.UUID) {
	t.Helper()
	c.mu.Lock()
	c.stored++
	seq := c.stored
	c.mu.Unlock()
	if err := hub.Push(context.Background(), to, event{"message", seq, c.id}); err != nil {
		t.Error(err)
	}
}

// client follows the protocol: it asks after "ready", after "gap", and when a number is missing.
type client struct {
	conn   *websocket.Conn
	c      *conversation
	known  atomic.Int64 // up to here it has everything
	pushed []int64      // the numbers that were pushed, in order of arrival
}

func newClient(t *testing.T, url string, who uuid.UUID, c *conversation) *client {
	t.Helper()
	return &client{conn: dial(t, url, who.String()), c: c}
}

// take reads one event and returns its type.
func (c *client) take(t *testing.T) string {
	t.Helper()
	e := next(t, c.conn)
	switch e["type"] {
	case "ready", "gap":
		c.known.Store(c.c.last())
	case "message":
		seq := int64(e["seq"].(float64))
		c.pushed = append(c.pushed, seq)
		if seq > c.known.Load()+1 {
			seq = c.c.last()
		}
		c.known.Store(max(c.known.Load(), seq))
	}
	return e["type"].(string)
}

func (c *client) until(t *testing.T, known int64) {
	t.Helper()
	for c.known.Load() < known {
		c.take(t)
	}
}

func hostOn(t *testing.T, nats *bustest.Server) (*realtime.Hub, *bus.Bus, string) {
	t.Helper()
	b, err := bus.Open(nats.URL(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	hub, url := host(t, b)
	t.Cleanup(func() { b.Close() })
	return hub, b, url
}

func TestEventsFromATimeWithoutNATSAreCaughtUp(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	first, _, firstURL := hostOn(t, nats)
	second, b, secondURL := hostOn(t, nats)
	ann, c := uuid.New(), &conversation{id: uuid.New()}
	here, there := newClient(t, firstURL, ann, c), newClient(t, secondURL, ann, c)
	here.take(t)
	there.take(t)
	c.send(t, first, ann)
	here.until(t, 1)
	there.until(t, 1)

	nats.Stop()
	waittest.Eventually(t, "the host notices that NATS is not reachable", func() bool { return !b.Connected() })
	for range 20 {
		c.send(t, first, ann)
	}
	here.until(t, 21) // within the host nothing changes
	for range 10 {    // new clients come in; they were refused
		late := newClient(t, secondURL, ann, c)
		late.until(t, 21)
	}
	if n := second.Count(); n != 11 {
		t.Errorf("%d sockets are counted", n)
	}
	if known := there.known.Load(); known != 1 {
		t.Fatalf("the other host knows %d without NATS", known)
	}

	nats.Start()
	there.until(t, 21)
	synced, cancel := context.WithDeadline(t.Context(), waittest.Deadline())
	defer cancel()
	if err := b.Sync(synced); err != nil {
		t.Fatal(err)
	}
	c.send(t, second, ann)
	here.until(t, 22)
	there.until(t, 22)
	if !slices.IsSorted(there.pushed) || !slices.IsSorted(here.pushed) {
		t.Errorf("out of order: %v, %v", here.pushed, there.pushed)
	}
}

func TestMessagesOfAConversationComeInOrderFromAllHosts(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	const senders, each = 8, 200
	first, _, firstURL := hostOn(t, nats)
	second, _, secondURL := hostOn(t, nats)
	ann, c := uuid.New(), &conversation{id: uuid.New()}
	clients := []*client{newClient(t, firstURL, ann, c), newClient(t, secondURL, ann, c)}
	for _, client := range clients {
		client.take(t)
	}
	var sending sync.WaitGroup
	for i := range senders {
		hub := []*realtime.Hub{first, second}[i%2]
		sending.Go(func() {
			for range each {
				c.send(t, hub, ann)
				// A client that is too far behind is sent away, which is another test's subject.
				waittest.Eventually(t, "the clients have read on", func() bool {
					return c.last()-min(clients[0].known.Load(), clients[1].known.Load()) < realtime.MaxQueue/4
				})
			}
		})
	}
	var reading sync.WaitGroup
	for _, client := range clients {
		reading.Go(func() { client.until(t, senders*each) })
	}
	sending.Wait()
	reading.Wait()
	for i, client := range clients {
		if n := len(slices.Compact(slices.Clone(client.pushed))); !slices.IsSorted(client.pushed) || n != len(client.pushed) {
			t.Errorf("client %d: out of order or twice: %v", i, client.pushed)
		}
		t.Logf("client %d: %d of %d were pushed", i, len(client.pushed), senders*each)
	}
}

func TestAnEarlyMessageWaitsForTheOneBefore(t *testing.T) {
	t.Parallel()
	hub, url := host(t, openBus(t))
	ann, c := uuid.New(), &conversation{id: uuid.New()}
	conn := dial(t, url, ann.String())
	next(t, conn)
	for _, seq := range []int64{1, 3, 2, 2, 6, 5, 7} { // 4 never comes
		if err := hub.Push(t.Context(), ann, event{"message", seq, c.id}); err != nil {
			t.Fatal(err)
		}
	}
	var got []any
	for range 6 {
		got = append(got, next(t, conn)["seq"])
	}
	if want := "[1 2 3 5 6 7]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// A client that reconnects to different hosts, while NATS is stopped and started, has all messages in
// the end, and never receives two messages in the wrong order.
func TestAClientThatReconnectsMissesNothing(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	first, _, firstURL := hostOn(t, nats)
	second, _, secondURL := hostOn(t, nats)
	const total = 3000
	ann, c := uuid.New(), &conversation{id: uuid.New()}
	var sending sync.WaitGroup
	sending.Go(func() {
		for i := range total {
			switch i {
			case total / 3:
				nats.Stop()
			case total / 2:
				nats.Start()
			}
			c.send(t, []*realtime.Hub{first, second}[i%2], ann)
			if i%10 == 0 {
				time.Sleep(time.Millisecond) // else all are sent before the client has come twice
			}
		}
	})
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	choose := rand.New(rand.NewPCG(seed, 0))
	known, visits := int64(0), 0
	for ; known < total; visits++ {
		visit := newClient(t, []string{firstURL, secondURL}[choose.IntN(2)], ann, c)
		visit.known.Store(known)
		last := c.last() == total // the last visit lasts until all is known
		for range choose.IntN(100) + 1 {
			if visit.take(t); visit.known.Load() == total {
				break
			}
			if !last && c.last() == total {
				break // nothing more may come
			}
		}
		if last {
			visit.until(t, total)
		}
		known = visit.known.Load()
		if n := len(slices.Compact(slices.Clone(visit.pushed))); !slices.IsSorted(visit.pushed) || n != len(visit.pushed) {
			t.Errorf("out of order or twice: %v", visit.pushed)
		}
		visit.conn.Close()
	}
	sending.Wait()
	t.Logf("%d visits", visits)
}
