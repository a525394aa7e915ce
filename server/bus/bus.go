// Package bus carries wake-ups between the parts of a host and between hosts.
//
// Truth is in PostgreSQL; the bus only says that there is something to look at, or hands over a
// copy of what was stored so that nobody needs to look. Within the host a wake-up goes straight to
// who listens; between hosts it goes through NATS. Without a URL there is one host and no NATS.
//
// NATS may be away: when the host starts, or later. Everything within the host goes on, and what is
// published meanwhile does not reach the others. When NATS is back every host is told that there may
// be a gap (OnGap), and looks at the database. So a lost message costs a catch-up, never data.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// gapSubject is where a host says that others may have missed something of it.
const gapSubject = "bus.gap"

// Bus hands messages to the subscribers of this host and, through NATS, of the others.
type Bus struct {
	conn   *nats.Conn // nil when there is one host
	closed chan struct{}
	log    *slog.Logger
	lost   atomic.Uint64
	late   atomic.Bool // NATS was away when the host started

	mu     sync.RWMutex
	topics map[string][]*subscriber // the slices are never changed, only replaced
	gaps   []func()
}

type subscriber struct{ fn func(payload []byte) }

// Open joins the NATS cluster at url, or starts without one when url is "". That the cluster cannot
// be reached is not an error: the bus goes on trying. A url that can never work is.
func Open(url string, log *slog.Logger) (*Bus, error) {
	b := &Bus{closed: make(chan struct{}), log: log, topics: map[string][]*subscriber{}}
	if url == "" {
		return b, nil
	}
	conn, err := nats.Connect(url, nats.Name("teahouse"),
		nats.NoEcho(), // what this host publishes has reached its own subscribers already
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(),
		nats.Timeout(connectTimeout), nats.ReconnectWait(reconnectEvery),
		nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsMissed), nats.FlusherTimeout(writeTimeout),
		// What could not be sent is not sent late: it would arrive behind what is newer, and the
		// others look at the database anyway.
		nats.ReconnectBufSize(-1), nats.DrainTimeout(drainTimeout),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // nil at Close
				log.Warn("NATS is away; wake-ups stay within this host until it is back", "error", err)
			}
		}),
		nats.ConnectHandler(func(conn *nats.Conn) {
			if b.late.Load() {
				b.returned(conn)
			}
		}),
		nats.ReconnectHandler(b.returned),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrSlowConsumer) && sub != nil {
				log.Warn("messages of other hosts were dropped: this host is too slow", "subject", sub.Subject)
				b.gap()
				return
			}
			log.Error("NATS", "error", err)
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(b.closed) }))
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	b.conn = conn
	if !conn.IsConnected() {
		b.late.Store(true)
		log.Warn("NATS is away; the host starts without it and joins when it is there")
	}
	if _, err := conn.Subscribe(gapSubject, func(*nats.Msg) { b.gap() }); err != nil {
		conn.Close()
		return nil, fmt.Errorf("bus: %w", err)
	}
	return b, nil
}

// returned is called when NATS is there, for the first time or again. NATS has been sent all
// subscriptions by then. What others published while this host was away is lost here, and what this
// host published is lost to them.
func (b *Bus) returned(conn *nats.Conn) {
	if err := conn.FlushTimeout(returnTimeout); err != nil {
		return // gone again; there will be another return
	}
	b.log.Info("joined NATS")
	if err := conn.Publish(gapSubject, nil); err != nil {
		return // likewise
	}
	b.gap()
}

// gap tells everybody on this host that messages may have been lost.
func (b *Bus) gap() {
	b.mu.RLock()
	gaps := b.gaps
	b.mu.RUnlock()
	for _, fn := range gaps {
		fn()
	}
}

// OnGap calls fn whenever messages of other hosts may have been lost. fn must not wait.
func (b *Bus) OnGap(fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gaps = append(slices.Clip(b.gaps), fn)
}

// Publish hands payload to all subscribers of the subject on this host, and sends it to those on
// others. It does not wait, and that NATS is away is not an error.
func (b *Bus) Publish(_ context.Context, subject string, payload []byte) error {
	if len(payload) > MaxPayload {
		return fmt.Errorf("bus: %s: payload of %d bytes is over the limit of %d", subject, len(payload), MaxPayload)
	}
	b.mu.RLock()
	topic := b.topics[subject]
	b.mu.RUnlock()
	for _, s := range topic {
		s.fn(payload)
	}
	if b.conn != nil && b.conn.Publish(subject, payload) != nil {
		b.lost.Add(1)
	}
	return nil
}

// Subscribe calls fn for what is published on the subject from now on; on other hosts, from when
// Sync returns nil or a gap is told. fn may be called from several goroutines, must not wait, and
// must neither change the payload nor call the bus. Cancel ends it.
func (b *Bus) Subscribe(subject string, fn func(payload []byte)) (cancel func(), err error) {
	s := &subscriber{fn}
	var sub *nats.Subscription
	if b.conn != nil {
		if sub, err = b.conn.Subscribe(subject, func(m *nats.Msg) { fn(m.Data) }); err != nil {
			return nil, fmt.Errorf("bus: %s: %w", subject, err)
		}
		if err := sub.SetPendingLimits(pendingMessages, pendingBytes); err != nil {
			return nil, errors.Join(fmt.Errorf("bus: %s: %w", subject, err), sub.Unsubscribe())
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	topic := b.topics[subject]
	b.topics[subject] = append(slices.Clip(topic), s)
	return func() {
		if sub != nil {
			_ = sub.Unsubscribe() // fails on a closed connection, and while NATS is away ends at the return
		}
		b.drop(subject, s)
	}, nil
}

func (b *Bus) drop(subject string, s *subscriber) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var left []*subscriber
	for _, other := range b.topics[subject] {
		if other != s {
			left = append(left, other)
		}
	}
	if len(left) == 0 {
		delete(b.topics, subject)
	} else {
		b.topics[subject] = left
	}
}

// Sync returns nil when all subscriptions made before it are known to NATS, and an error when that is
// not so by the end of ctx. When NATS is away it fails at once: the return will be told as a gap.
func (b *Bus) Sync(ctx context.Context) error {
	if b.conn == nil {
		return nil
	}
	if !b.conn.IsConnected() {
		return errors.New("bus: NATS is away")
	}
	return b.conn.FlushWithContext(ctx)
}

// Whole reports whether wake-ups reach all hosts.
func (b *Bus) Whole() bool { return b.conn == nil || b.conn.IsConnected() }

// Lost returns how many messages did not reach other hosts because NATS was away.
func (b *Bus) Lost() uint64 { return b.lost.Load() }

// Close delivers what is under way and ends the connection.
func (b *Bus) Close() error {
	if b.conn == nil {
		return nil
	}
	if !b.conn.IsConnected() { // there is nothing to drain, and nobody to wait for
		b.conn.Close()
		<-b.closed
		return nil
	}
	err := b.conn.Drain()
	if err == nil {
		<-b.closed
	}
	return err
}
