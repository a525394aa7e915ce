package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/replay"
	"github.com/teahouse/teahouse/runtime/worker"
)

// Replay is the command that plays a recorded session again.
type Replay struct {
	File string `arg:"" help:"Log of a session, from a crash report or from check --record." type:"existingfile"`
	Dir  string `arg:"" help:"Directory of the mini program, as for check."`
}

// Run plays the log in a sandbox worker and prints the program's own log. It fails when the program is
// the one that was recorded and sends something else.
func (c *Replay) Run(ctx context.Context) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	recorded, err := replay.Read(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if err := isFolder(c.Dir); err != nil {
		return err
	}
	files, err := readProgram(c.Dir)
	if err != nil {
		return err
	}
	pool := worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler)})
	defer pool.Close(context.WithoutCancel(ctx))
	compiled, err := pool.Compile(ctx, files)
	if err != nil {
		return err
	}
	if compiled.Image == nil {
		return errors.New("the program does not compile; teahouse check says why")
	}
	encoded, err := compiled.Image.MarshalBinary()
	if err != nil {
		return err
	}
	p := &played{done: make(chan struct{})}
	remote, err := pool.Open(ctx, worker.AppKey{AppID: "replay", VersionID: "replay"},
		func(context.Context) ([]byte, error) { return encoded, nil }, protocol.OpenRequest{Replay: string(text)}, p)
	if err != nil {
		return err
	}
	defer remote.Close()
	for range recorded.Inputs {
		if err := remote.AdvanceInTime(ctx, 0); err != nil {
			break // it has ended, and the result says so
		}
	}
	select {
	case <-p.done:
	case <-remote.Done():
	case <-ctx.Done():
		return ctx.Err()
	}
	return p.conclude(recorded, image.Name(encoded))
}

// played is the sink of a session that is played: it prints the log of the program.
type played struct {
	result replay.Result
	ended  string
	done   chan struct{}
}

// Frame implements worker.Sink.
func (p *played) Frame([]byte) {}

// Call implements worker.Sink; the answers are in the log.
func (p *played) Call(uint64, string, []byte) {}

// Store implements worker.Sink.
func (p *played) Store(protocol.StorageOp) {}

// Log implements worker.Sink.
func (p *played) Log(e protocol.LogEntry) {
	switch {
	case e.Kind == protocol.LogReplay && e.Level == "log":
		fmt.Fprintln(os.Stdout, e.Text)
		return
	case e.Kind == protocol.LogReplay:
		if json.Unmarshal([]byte(e.Text), &p.result) == nil {
			close(p.done)
		}
		return
	}
	place := ""
	if e.File != "" {
		place = fmt.Sprintf(" (%s:%d:%d)", e.File, e.Line, e.Column)
	}
	fmt.Fprintf(os.Stdout, "      %-5s %s%s\n", e.Level, e.Text, place)
}

// Slowed implements worker.Sink; a replay has no budget by the second.
func (p *played) Slowed(string) {}

// Closed implements worker.Sink.
func (p *played) Closed(reason worker.Reason) { p.ended = reason.Message }

// conclude prints what became of it.
func (p *played) conclude(recorded *replay.Log, name string) error {
	last := &recorded.Inputs[len(recorded.Inputs)-1]
	switch {
	case last.Ended != "":
		fmt.Fprintf(os.Stdout, "The recorded session ended there: %s\n", last.Ended)
	case last.Full:
		fmt.Fprintln(os.Stdout, "The log was full there; the session went on.")
	}
	if p.ended != "" {
		fmt.Fprintf(os.Stdout, "The session ended: %s\n", p.ended)
	}
	same := name == recorded.Head.Image
	if !same {
		fmt.Fprintln(os.Stdout, "The program is not the one that was recorded.")
	}
	if p.result.Different == 0 {
		fmt.Fprintf(os.Stdout, "%d inputs; the program sent the same as when it was recorded.\n", p.result.Inputs)
		return nil
	}
	fmt.Fprintf(os.Stdout, "Input %d (%s): the program sent something else than when it was recorded.\n",
		p.result.Different, &recorded.Inputs[p.result.Different-1])
	if same {
		return errSilent
	}
	return nil
}
