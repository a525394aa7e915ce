package worker

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// kind says what a message on the socket pair is.
type kind uint8

// From the host.
const (
	kindStart   kind = iota + 1 // Limits; body: the image. Answered by kindStarted
	kindCompile                 // Limits, Parts; body: the files. Answered by kindCompiled
	kindOpen                    // Session; body: the open request. Answered by kindOpened or kindEnded
	kindMessage                 // Session; body: a frame of the shell
	kindReply                   // Session, Call, OK; body: the result of a capability
	kindAdvance                 // Session, Time: the session's clock goes forward
	kindClose                   // Session; body: a last frame of the shell, or nothing. Answered by kindEnded

	kindPicture      // Limits; body: a picture. Answered by kindPictured
	kindSmallPicture // the same, for a picture that must be a small one
	kindFences       // Limits. Answered by kindFenced
)

// From the worker.
const (
	kindStarted  kind = iota + 64 // Message when the image was refused
	kindCompiled                  // Parts, Info; body: image and public files
	kindOpened                    // Session
	kindFrame                     // Session; body: a frame for the shell
	kindCall                      // Session, Call, Name; body: arguments
	kindStore                     // Session; body: a storage operation
	kindLog                       // Session; body: a line of the app's log
	kindEnded                     // Session, Code, Message, Detail: the worker has removed the session
	kindBusy                      // a turn that the host did not request takes long
	kindDone                      // Session: a turn has ended; OK when the host requested it
	kindSlowed                    // Session, Name: it is over its budget, and of what
	kindPace                      // Time: how much CPU the worker may use in a second, 0 for no limit. From the host
	kindPictured                  // Code when it was refused, or Parts, Info; body: picture and small copy
	kindFenced                    // Info: which fences hold
)

// header is the small part of a message that needs structure.
type header struct {
	Session uint64          `json:"s,omitempty"`
	Call    uint64          `json:"id,omitempty"`
	Name    string          `json:"n,omitempty"`
	OK      bool            `json:"ok,omitempty"`
	Code    string          `json:"c,omitempty"`
	Message string          `json:"m,omitempty"`
	Detail  string          `json:"d,omitempty"`
	Time    time.Duration   `json:"t,omitempty"`
	Limits  *Limits         `json:"l,omitempty"`
	Parts   []part          `json:"p,omitempty"`
	Info    json.RawMessage `json:"i,omitempty"`
}

// part names a range of bytes within a body.
type part struct {
	Name string `json:"n"`
	Size int    `json:"s"`
}

type message struct {
	kind   kind
	header header
	body   []byte
	sent   chan struct{} // closed when it is written; nil when nobody waits for that
}

// errTooLarge ends a connection: its other end broke the protocol.
var errTooLarge = errors.New("message over the size limit")

// maxBody is how large the body of a message of this kind may be, 0 for unknown kinds.
func (k kind) maxBody() int {
	switch k {
	case kindStart, kindCompile:
		return MaxStart
	case kindOpen, kindMessage, kindReply, kindAdvance, kindClose, kindPace:
		return MaxToWorker
	case kindCompiled:
		return MaxCompiled
	case kindPicture, kindSmallPicture:
		return picture.MaxBytes
	case kindPictured:
		return picture.MaxResult
	case kindStarted, kindOpened, kindFrame, kindCall, kindStore, kindLog, kindEnded, kindBusy, kindDone, kindSlowed, kindFenced:
		return MaxFromWorker
	default:
		return 0
	}
}

// maxHead bounds the header of a message of this kind. The header contains a bundle's file list.
func (k kind) maxHead() int {
	switch k {
	case kindCompile, kindCompiled:
		return MaxStart
	default:
		return MaxHeader
	}
}

// prefix is body length, header length, kind: 4 + 4 + 1 bytes, little endian.
const prefix = 9

// wire frames messages on one end of a socket pair. Reading belongs to one goroutine; writing is
// serialised.
type wire struct {
	r *bufio.Reader

	mu sync.Mutex
	w  *bufio.Writer
}

// wireBuffer is the buffer of each direction: most frames fit, and bodies larger than it are not
// copied into it.
const wireBuffer = 32 << 10

func newWire(rw io.ReadWriter) *wire {
	return &wire{r: bufio.NewReaderSize(rw, wireBuffer), w: bufio.NewWriterSize(rw, wireBuffer)}
}

// read returns the next message. The caller may keep its body.
func (w *wire) read() (message, error) {
	var p [prefix]byte
	if _, err := io.ReadFull(w.r, p[:]); err != nil {
		return message{}, err
	}
	body, head := int64(binary.LittleEndian.Uint32(p[0:])), int64(binary.LittleEndian.Uint32(p[4:]))
	m := message{kind: kind(p[8])}
	if body > int64(m.kind.maxBody()) || head > int64(m.kind.maxHead()) {
		return message{}, fmt.Errorf("kind %d, header %d, body %d: %w", m.kind, head, body, errTooLarge)
	}
	buf := make([]byte, head+body)
	if _, err := io.ReadFull(w.r, buf); err != nil {
		return message{}, err
	}
	if err := json.Unmarshal(buf[:head], &m.header); err != nil {
		return message{}, fmt.Errorf("header: %w", err)
	}
	m.body = buf[head:]
	return m, nil
}

// write buffers a message; flush sends what is buffered.
func (w *wire) write(m message) error {
	head, err := protocol.JSON(&m.header)
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if len(m.body) > m.kind.maxBody() || len(head) > m.kind.maxHead() {
		return fmt.Errorf("kind %d, body %d: %w", m.kind, len(m.body), errTooLarge)
	}
	var p [prefix]byte
	binary.LittleEndian.PutUint32(p[0:], uint32(len(m.body)))
	binary.LittleEndian.PutUint32(p[4:], uint32(len(head)))
	p[8] = byte(m.kind)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range [][]byte{p[:], head, m.body} {
		if _, err := w.w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func (w *wire) flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.w.Flush()
}

// send writes one message and flushes.
func (w *wire) send(m message) error {
	if err := w.write(m); err != nil {
		return err
	}
	return w.flush()
}
