package bus_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/teahouse/teahouse/server/bus"
	"github.com/teahouse/teahouse/server/bus/bustest"
	"github.com/teahouse/teahouse/waittest"
)

func open(t *testing.T, url string) *bus.Bus {
	t.Helper()
	b, err := bus.Open(url, slog.New(slog.DiscardHandler))
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
	b := open(t, "")
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

func TestAMessageReachesOnlySubscribersOfItsSubject(t *testing.T) {
	t.Parallel()
	b := open(t, "")
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
	b := open(t, "")
	if err := b.Publish(t.Context(), "x", bytes.Repeat([]byte("a"), bus.MaxPayload+1)); err == nil {
		t.Error("no error")
	}
}

// gaps returns a channel that receives a value when b announces a gap.
func gaps(b *bus.Bus) <-chan struct{} {
	told := make(chan struct{}, 1)
	b.OnGap(func() {
		select {
		case told <- struct{}{}:
		default:
		}
	})
	return told
}

func listen(t *testing.T, b *bus.Bus, subject string) <-chan string {
	t.Helper()
	heard := make(chan string, 100)
	cancel, err := b.Subscribe(subject, func(payload []byte) { heard <- string(payload) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	return heard
}

func publish(t *testing.T, b *bus.Bus, subject, payload string) {
	t.Helper()
	if err := b.Publish(t.Context(), subject, []byte(payload)); err != nil {
		t.Fatal(err)
	}
}

func sync(t *testing.T, b *bus.Bus) {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), waittest.Deadline())
	defer cancel()
	if err := b.Sync(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestHostsHearEachOtherOnce(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	one, two := open(t, nats.URL()), open(t, nats.URL())
	first, second := listen(t, one, "x"), listen(t, two, "x")
	sync(t, one)
	sync(t, two)
	publish(t, one, "x", "a")
	publish(t, one, "x", "b")
	for name, heard := range map[string]<-chan string{"the publisher's host": first, "the other host": second} {
		if a, b := waittest.Receive(t, "a", heard), waittest.Receive(t, "b", heard); a != "a" || b != "b" {
			t.Errorf("%s heard %q, %q", name, a, b)
		}
	}
}

func TestWithoutNATSAHostStartsAndJoinsLater(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	one, two := open(t, nats.URL()), open(t, nats.URL())
	if one.Connected() {
		t.Error("it says that it reaches other hosts")
	}
	first, second := listen(t, one, "x"), listen(t, two, "x")
	publish(t, one, "x", "alone")
	if heard := waittest.Receive(t, "the host itself", first); heard != "alone" || one.Lost() != 1 {
		t.Errorf("heard %q, lost %d", heard, one.Lost())
	}
	firstGap, secondGap := gaps(one), gaps(two)
	nats.Start()
	waittest.Receive(t, "the first host's gap", firstGap)
	waittest.Receive(t, "the second host's gap", secondGap)
	if !one.Connected() {
		t.Error("it does not say that it reaches other hosts")
	}
	sync(t, two)
	publish(t, one, "x", "together")
	if heard := waittest.Receive(t, "the other host", second); heard != "together" {
		t.Errorf("heard %q: what is older must not come late", heard)
	}
}

func TestEveryHostIsToldOfAGapWhenNATSComesBack(t *testing.T) {
	t.Parallel()
	nats := bustest.New(t)
	nats.Start()
	one, two := open(t, nats.URL()), open(t, nats.URL())
	first, second := listen(t, one, "x"), listen(t, two, "x")
	firstGap, secondGap := gaps(one), gaps(two)
	nats.Stop()
	publish(t, one, "x", "during")
	if heard := waittest.Receive(t, "the host itself", first); heard != "during" {
		t.Errorf("heard %q", heard)
	}
	nats.Start()
	waittest.Receive(t, "the first host's gap", firstGap)
	waittest.Receive(t, "the second host's gap", secondGap)
	sync(t, one)
	sync(t, two)
	publish(t, one, "x", "after")
	if heard := waittest.Receive(t, "the other host", second); heard != "after" {
		t.Errorf("heard %q", heard)
	}
}
