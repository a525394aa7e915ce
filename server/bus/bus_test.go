package bus_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/teahouse/teahouse/server/bus"
)

func open(t *testing.T) *bus.Bus {
	t.Helper()
	b, err := bus.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestMessagesArriveInTheOrderOfOnePublisher(t *testing.T) {
	t.Parallel()
	b := open(t)
	const count = 100
	got := make(chan string, count)
	cancel, err := b.Subscribe("user.ann", func(payload []byte) { got <- string(payload) })
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	for i := range count {
		if err := b.Publish(t.Context(), "user.ann", fmt.Appendf(nil, "%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range count {
		if payload := <-got; payload != fmt.Sprint(i) {
			t.Fatalf("message %d was %q", i, payload)
		}
	}
}

func TestASubjectIsNotHeardByOthers(t *testing.T) {
	t.Parallel()
	b := open(t)
	got := make(chan string, 2)
	for _, name := range []string{"ann", "bob"} {
		cancel, err := b.Subscribe("user."+name, func([]byte) { got <- name })
		if err != nil {
			t.Fatal(err)
		}
		defer cancel()
	}
	if err := b.Publish(t.Context(), "user.bob", nil); err != nil {
		t.Fatal(err)
	}
	if name := <-got; name != "bob" {
		t.Errorf("%s heard what was for bob", name)
	}
	if len(got) != 0 {
		t.Error("more than one subscriber heard it")
	}
}

func TestATooLargePayloadIsRefused(t *testing.T) {
	t.Parallel()
	b := open(t)
	if err := b.Publish(t.Context(), "x", bytes.Repeat([]byte("a"), bus.MaxPayload+1)); err == nil {
		t.Error("no error")
	}
}
