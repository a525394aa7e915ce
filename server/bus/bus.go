// Package bus carries wake-ups between the parts of a host and between hosts.
//
// Truth is in PostgreSQL; the bus only says that there is something to look at, or hands over a
// copy of what was stored so that nobody needs to look. A lost message costs a client one
// catch-up, never data. With no URL configured the NATS server runs inside the process.
package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Limits of the bus.
const (
	MaxPayload   = 512 << 10        // a chat event with its conversation; pictures travel by URL
	readyTimeout = 10 * time.Second // an embedded server is ready in milliseconds
	drainTimeout = 5 * time.Second  // what handlers get to finish at shutdown
	pendingMax   = 65536            // messages a subscription may lag before the oldest are dropped
	pendingBytes = 64 << 20
)

// Bus is a connection to NATS, with the embedded server when there is one.
type Bus struct {
	conn   *nats.Conn
	server *server.Server
	closed chan struct{}
}

// Open connects to the NATS cluster at url, or starts a server in the process when url is "".
// The embedded server listens on no socket.
func Open(url string) (*Bus, error) {
	b := &Bus{closed: make(chan struct{})}
	options := []nats.Option{nats.Name("teahouse"), nats.MaxReconnects(-1), nats.DrainTimeout(drainTimeout),
		nats.ClosedHandler(func(*nats.Conn) { close(b.closed) })}
	if url == "" {
		embedded, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true,
			MaxPayload: MaxPayload, ServerName: "teahouse"})
		if err != nil {
			return nil, fmt.Errorf("bus: %w", err)
		}
		embedded.Start()
		if !embedded.ReadyForConnections(readyTimeout) {
			embedded.Shutdown()
			return nil, errors.New("bus: the embedded NATS server did not become ready")
		}
		b.server = embedded
		options = append(options, nats.InProcessServer(embedded))
	}
	conn, err := nats.Connect(url, options...)
	if err != nil {
		if b.server != nil {
			b.server.Shutdown()
		}
		return nil, fmt.Errorf("bus: %w", err)
	}
	b.conn = conn
	return b, nil
}

// Publish sends payload to all subscribers of the subject, on every host, without waiting.
func (b *Bus) Publish(_ context.Context, subject string, payload []byte) error {
	if len(payload) > MaxPayload {
		return fmt.Errorf("bus: %s: payload of %d bytes is over the limit of %d", subject, len(payload), MaxPayload)
	}
	return b.conn.Publish(subject, payload)
}

// Subscribe calls fn, one message at a time, for what is published on the subject from now on.
// The payload must not be kept. Cancel ends it.
func (b *Bus) Subscribe(subject string, fn func(payload []byte)) (cancel func(), err error) {
	sub, err := b.conn.Subscribe(subject, func(m *nats.Msg) { fn(m.Data) })
	if err != nil {
		return nil, fmt.Errorf("bus: %s: %w", subject, err)
	}
	if err := sub.SetPendingLimits(pendingMax, pendingBytes); err != nil {
		return nil, errors.Join(fmt.Errorf("bus: %s: %w", subject, err), sub.Unsubscribe())
	}
	// A publication from another connection must find the subscription in place.
	if err := b.conn.Flush(); err != nil {
		return nil, errors.Join(fmt.Errorf("bus: %s: %w", subject, err), sub.Unsubscribe())
	}
	return func() { _ = sub.Unsubscribe() }, nil // it fails only on a closed connection
}

// Healthy reports whether the connection is up.
func (b *Bus) Healthy() bool { return b.conn.IsConnected() }

// Close delivers what is under way, then ends the connection and the embedded server.
func (b *Bus) Close() error {
	err := b.conn.Drain()
	if err == nil {
		<-b.closed
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
	return err
}
