// Package bustest runs a real NATS server for tests, which can be stopped and started again.
package bustest

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// readyTimeout is generous: the machine may be busy.
const readyTimeout = time.Minute

// Server is a NATS server at one address.
type Server struct {
	t       testing.TB
	port    int
	running *server.Server
}

// New returns a server that does not run yet, with an address that does not change.
func New(t testing.TB) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, port: listener.Addr().(*net.TCPAddr).Port}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// URL is where clients find it.
func (s *Server) URL() string { return "nats://127.0.0.1:" + strconv.Itoa(s.port) }

// Start runs the server and waits until it can be reached.
func (s *Server) Start() {
	s.t.Helper()
	running, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: s.port, NoSigs: true, NoLog: true})
	if err != nil {
		s.t.Fatal(err)
	}
	running.Start()
	if !running.ReadyForConnections(readyTimeout) {
		s.t.Fatal("the NATS server did not become ready")
	}
	s.running = running
}

// Stop ends the server and all its connections.
func (s *Server) Stop() {
	if s.running == nil {
		return
	}
	s.running.Shutdown()
	s.running.WaitForShutdown()
	s.running = nil
}
