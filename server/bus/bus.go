// Package bus sends wake-ups between the parts of a host and between hosts.
//
// All state is in PostgreSQL. The bus only says that something has changed, or sends a copy of what
// was stored, which saves a query. Within the host a wake-up goes directly to the subscribers; between
// hosts it goes through NATS. Without a URL there is one host and no NATS.
//
// NATS may be unreachable, when the host starts or later. Within the host everything still works, but
// messages do not reach the other hosts. When NATS is back, every host is told that messages may be
// missing (OnGap), and reads the database. So a lost message delays data but never loses it.
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

// gapSubject is for the message that other hosts may have missed messages of the sender.
const gapSubject = "bus.gap"

// Bus sends messages to the subscribers of this host and, through NATS, of the other hosts.
type Bus struct {
	conn   *nats.Conn // nil when there is one host
	closed chan struct{}
	log    *slog.Logger
	lost   atomic.Uint64
	late   atomic.Bool // NATS was unreachable when the host started

	mu     sync.RWMutex
	topics map[string][]*subscriber // the slices are never changed, only replaced
	gaps   []func()
}

type subscriber struct{ fn func(payload []byte) }

// Open joins the NATS cluster at url, or starts without one when url is "". An unreachable cluster is
// not an error, because the bus tries again; an invalid url is.
func Open(url string, log *slog.Logger) (*Bus, error) {
	b := &Bus{closed: make(chan struct{}), log: log, topics: map[string][]*subscriber{}}
	if url == "" {
		return b, nil
	}
	conn, err := nats.Connect(url, nats.Name("teahouse"),
		nats.NoEcho(), // the bus itself delivers to this host's own subscribers
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(),
		nats.Timeout(connectTimeout), nats.ReconnectWait(reconnectEvery),
		nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsMissed), nats.FlusherTimeout(writeTimeout),
		// A message that could not be sent is not sent later: newer messages would arrive before it,
		// and the other hosts read the database anyway.
		nats.ReconnectBufSize(-1), nats.DrainTimeout(drainTimeout),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // nil at Close
				log.Warn("NATS is not reachable; wake-ups stay within this host until it is back", "error", err)
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
		log.Warn("NATS is not reachable; the host starts without it and joins when it is there")
	}
	if _, err := conn.Subscribe(gapSubject, func(*nats.Msg) { b.gap() }); err != nil {
		conn.Close()
		return nil, fmt.Errorf("bus: %w", err)
	}
	return b, nil
}

// returned is called when NATS is connected, for the first time or again. All subscriptions have been
// sent to NATS before that. Messages that other hosts published in the meantime are lost for this
// host, and its messages are lost for them.
func (b *Bus) returned(conn *nats.Conn) {
	if err := conn.FlushTimeout(returnTimeout); err != nil {
		return // disconnected again; returned will be called again
	}
	b.log.Info("joined NATS")
	if err := conn.Publish(gapSubject, nil); err != nil {
		return // the same
	}
	b.gap()
}

// gap tells all subscribers on this host that messages may have been lost.
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

// Publish passes payload to all subscribers of the subject on this host, and sends it to those on
// other hosts. It does not wait, and an unreachable NATS is not an error.
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

// Subscribe calls fn for every message on the subject from now on; for messages of other hosts, from
// the next Sync that returns nil, or the next gap. fn may be called from several goroutines. It must
// not wait, change the payload or call the bus. Cancel ends the subscription.
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
			_ = sub.Unsubscribe() // fails on a closed connection; while NATS is unreachable it takes effect later
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

// Sync returns nil as soon as NATS knows all subscriptions that were made before it, and an error if
// ctx ends first. When NATS is unreachable it fails at once: its return is announced as a gap.
func (b *Bus) Sync(ctx context.Context) error {
	if b.conn == nil {
		return nil
	}
	if !b.conn.IsConnected() {
		return errors.New("bus: NATS is not reachable")
	}
	return b.conn.FlushWithContext(ctx)
}

// Connected reports whether wake-ups reach all hosts.
func (b *Bus) Connected() bool { return b.conn == nil || b.conn.IsConnected() }

// Lost returns how many messages did not reach other hosts because NATS was unreachable.
func (b *Bus) Lost() uint64 { return b.lost.Load() }

// Close delivers pending messages and ends the connection.
func (b *Bus) Close() error {
	if b.conn == nil {
		return nil
	}
	if !b.conn.IsConnected() { // nothing to drain
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
