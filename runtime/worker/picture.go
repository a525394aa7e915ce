package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// pictured describes a decoded picture; its two copies follow as two parts.
type pictured struct {
	MIME   string `json:"mime"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// slugLarge is a worker's code for picture.ErrLarge.
const slugLarge = "large"

// Picture checks, decodes and cleans a picture in a separate process, within the limits of small
// pictures or of all. Errors are picture.ErrLarge, which only a small picture's process answers, and
// the faults of picture.Refusal. The caller must limit how many run at once: it knows the owners.
func (p *Pool) Picture(ctx context.Context, data []byte, small bool) (*picture.Result, error) {
	kind := kindPicture
	if small {
		kind = kindSmallPicture
	}
	return p.picture(ctx, data, kind, pictureLimits(small))
}

func (p *Pool) picture(ctx context.Context, data []byte, kind kind, limits Limits) (*picture.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, limits.KillWall)
	defer cancel()
	defer context.AfterFunc(p.life, cancel)()
	c, err := p.process(ctx)
	if err != nil {
		return nil, err
	}
	p.decoders.Add(1)
	defer func() { c.end(errIdle); <-c.gone; p.decoders.Add(-1) }()
	if err := c.load(kind, limits, nil, data); err != nil {
		switch {
		case c.drained():
			return nil, errDraining()
		case errors.Is(err, errTooLarge):
			return nil, picture.Refusal(picture.SlugTooLarge).Because(err)
		default:
			//nolint:errorlint // the fault inside tells of mini programs, and must not be found by fault.As
			return nil, fmt.Errorf("the decoder ended before it began: %v", err)
		}
	}
	select {
	case <-c.started:
	case <-ctx.Done():
		if p.life.Err() != nil {
			return nil, errDraining()
		}
		return nil, picture.Refusal(picture.SlugTooComplex).Because(ctx.Err())
	}
	m := c.answer.Load()
	if m == nil && c.drained() {
		return nil, errDraining()
	}
	if m == nil || m.kind != kindPictured {
		return nil, picture.Refusal(picture.SlugTooComplex).Because(errors.New(c.describeEnd()))
	}
	return readPictured(m)
}

// readPictured checks the answer of the decoder's process: a hostile picture may control it.
func readPictured(m *message) (*picture.Result, error) {
	if m.header.Code == slugLarge {
		return nil, picture.ErrLarge
	}
	if m.header.Code != "" {
		if refusal := picture.Refusal(m.header.Code); refusal != nil {
			return nil, refusal.Because(errors.New(clip(m.header.Detail, MaxStderr)))
		}
		return nil, fmt.Errorf("%w: refusal", errProtocol)
	}
	var info pictured
	if err := json.Unmarshal(m.header.Info, &info); err != nil {
		return nil, fmt.Errorf("decoder's answer: %w", err)
	}
	result := &picture.Result{MIME: info.MIME, Width: info.Width, Height: info.Height}
	if err := result.Check(); err != nil || len(m.header.Parts) != 2 {
		return nil, fmt.Errorf("%w: picture", errProtocol)
	}
	body := m.body
	var err error
	if result.Original, err = cut(&body, m.header.Parts[0].Size); err != nil {
		return nil, err
	}
	result.Thumbnail, err = cut(&body, m.header.Parts[1].Size)
	return result, err
}

// servePicture is the decoder's process: one picture in, its copies out.
func servePicture(w *wire, limits Limits, first message) int {
	watch := newWatchdog(limits, func() {})
	// Decoders cannot be interrupted, so the watchdog ends the process.
	watch.begin(limits.EventCPU, false, func(reason string) { os.Exit(complain(exitStopped, "picture", errors.New(reason))) })
	answer, err := packPicture(first.body, first.kind == kindSmallPicture)
	watch.end()
	if err == nil {
		err = w.send(answer)
	}
	if err != nil {
		return complain(exitProtocol, "result", err)
	}
	// The host reads the result and then ends the process; until then the socket must stay open.
	_, _ = w.read()
	return exitDone
}

// packPicture decodes and writes the answer.
func packPicture(data []byte, small bool) (message, error) {
	m := message{kind: kindPictured}
	result, err := processPicture(data, small)
	if errors.Is(err, picture.ErrLarge) {
		m.header.Code = slugLarge
		return m, nil
	}
	if err != nil {
		m.header.Code, m.header.Detail = picture.SlugOf(err), clip(err.Error(), MaxStderr)
		return m, nil
	}
	m.header.Parts = []part{{Size: len(result.Original)}, {Size: len(result.Thumbnail)}}
	m.body = slices.Concat(result.Original, result.Thumbnail)
	m.header.Info, err = protocol.JSON(pictured{MIME: result.MIME, Width: result.Width, Height: result.Height})
	return m, err
}

func processPicture(data []byte, small bool) (result *picture.Result, err error) {
	defer recovered(&err)
	return picture.Process(data, small)
}
