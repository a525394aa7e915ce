// Package framing checks that the bytes of a connection are HTTP/1.1 requests which can be read in
// one way only, before anything else reads them.
//
// A proxy and a host that disagree on where a request ends can be made to take a part of one
// request for the next one. Whatever servers are known to read differently is therefore refused:
// two lengths, a length beside a transfer coding, a space before the colon, a line that ends in a
// bare LF, a folded line, two hosts or none. It is not a parser: it knows where lines and bodies
// end, and the few fields that decide on it.
package framing

import (
	"bytes"
	"strconv"
)

// Refusal is why a request is not taken. Slug and Text are for the answer.
type Refusal struct {
	Status int
	Slug   string
	Text   string
}

// Error implements error.
func (r *Refusal) Error() string { return "framing: " + r.Slug }

func refusal(slug, text string) *Refusal { return &Refusal{Status: 400, Slug: slug, Text: text} }

// The refusals.
var (
	errRequestLine = refusal("bad-request-line", "The first line must be a method, a target and HTTP/1.1, with one space between them.")
	errLineEnd     = refusal("bad-line-end", "Every line of the header must end with CR LF and hold no other control character.")
	errFolded      = refusal("folded-header", "A header field must stand on one line.")
	errName        = refusal("bad-header-name", "A line of the header must be a name, a colon right after it, and a value.")
	errTwice       = refusal("repeated-header", "Host, Content-Length, Transfer-Encoding, Content-Type, Authorization and Origin may come once.")
	errHost        = refusal("bad-host", "The request must name its host once, in a Host header.")
	errLength      = refusal("bad-length", "Content-Length must be one number of digits.")
	errCoding      = refusal("bad-transfer-coding", "The one transfer coding that is taken is chunked, in HTTP/1.1.")
	errTwoLengths  = refusal("two-lengths", "Send either Content-Length or Transfer-Encoding.")
	errChunk       = refusal("bad-chunk", "A chunk must be its size in hexadecimal digits, CR LF, so many bytes, and CR LF.")
	errExtensions  = refusal("long-chunk-extensions", "Chunk extensions are too long; leave them out.")
	// By then the body is complete, so its request is answered and the refusal ends the connection.
	errTrailer    = refusal("trailer", "Header fields after the body are not taken.")
	errHeaderSize = &Refusal{Status: 431, Slug: "headers-too-large", Text: "The headers of the request are too large."}
)

// state is what the next byte belongs to.
type state uint8

const (
	atStart    state = iota // the request line, or the empty line that some clients leave before it
	atFields                // a line of the header
	inBody                  // a body of known length
	atChunk                 // the line with a chunk's size
	inChunk                 // a chunk
	afterChunk              // the CR LF behind it
	afterLast               // the empty line behind the last chunk
	betweenTwo              // a request has ended, the next has not begun
)

// Scanner follows the requests of one connection. The zero value, with MaxHeader set, is at the
// beginning of the first.
type Scanner struct {
	MaxHeader int // bytes that request line and header may take

	state   state
	line    []byte // what has arrived of the current line
	left    uint64 // bytes of the body or the chunk that are still to come
	header  int    // bytes of the header so far
	empty   bool   // an empty line came before the request line
	request request
}

// request is what decides on the framing of the current one.
type request struct {
	http10     bool
	authority  string // of an absolute target
	host       []byte
	once       [len(singles)]bool // which of the singles have come
	length     uint64
	chunked    bool
	upgrade    bool
	extensions int // bytes of chunk extensions so far
}

// singles are the fields that may come once. The order is that of the constants.
var singles = [...]string{"host", "content-length", "transfer-encoding", "content-type", "authorization", "origin"}

const (
	host = iota
	contentLength
	transferEncoding
)

// maxExtensions bounds the chunk extensions of a request, which nobody needs.
const maxExtensions = 256

// maxDigits bounds a length: 18 digits fit 64 bits, and so do 15 hexadecimal ones.
const (
	maxDigits    = 18
	maxHexDigits = 15
)

// Upgrade reports whether the request that has just ended asked for another protocol.
func (s *Scanner) Upgrade() bool { return s.state == betweenTwo && s.request.upgrade }

// Scan looks at the next bytes and returns how many of them may be passed on: up to the end of the
// current request, or up to what makes it unreadable, with the refusal. The rest must be given to
// the next Scan.
//
// The first byte of a request passes in any case. A reader that gets an error instead takes the
// connection for one that was closed in peace, and answers nothing.
func (s *Scanner) Scan(p []byte) (passed int, err error) {
	first := s.state == betweenTwo || s.header == 0
	passed, err = s.scan(p)
	if first && passed == 0 && err != nil {
		passed = 1
	}
	return passed, err
}

func (s *Scanner) scan(p []byte) (passed int, err error) {
	if s.state == betweenTwo {
		s.request, s.header, s.empty, s.state = request{host: s.request.host[:0]}, 0, false, atStart
	}
	for passed < len(p) && s.state != betweenTwo {
		if s.state == inBody || s.state == inChunk {
			n := min(s.left, uint64(len(p)-passed))
			s.left -= n
			passed += int(n)
			if s.left > 0 {
				return passed, nil
			}
			if s.state = afterChunk; !s.request.chunked {
				s.state = betweenTwo
			}
			continue
		}
		end := bytes.IndexByte(p[passed:], '\n')
		piece := p[passed:]
		if end >= 0 {
			piece = piece[:end]
		}
		if refused := s.grow(len(piece) + 1); refused != nil {
			return passed, refused
		}
		if end < 0 {
			s.line = append(s.line, piece...)
			return len(p), nil
		}
		line := piece
		if len(s.line) > 0 {
			s.line = append(s.line, piece...)
			line = s.line
		}
		s.line = s.line[:0]
		if refused := s.take(line); refused != nil {
			return passed, refused
		}
		passed += end + 1
	}
	return passed, nil
}

// grow counts the bytes of lines, whose parts are kept until they end.
func (s *Scanner) grow(n int) error {
	switch s.state {
	case atStart, atFields:
		if s.header += n; s.header > s.MaxHeader {
			return errHeaderSize
		}
	default:
		if len(s.line)+n > maxHexDigits+maxExtensions+2 {
			return errExtensions
		}
	}
	return nil
}

// take looks at a line without its LF.
func (s *Scanner) take(line []byte) error {
	if len(line) == 0 || line[len(line)-1] != '\r' {
		if s.state >= atChunk {
			return errChunk
		}
		return errLineEnd
	}
	line = line[:len(line)-1]
	switch s.state {
	case atStart:
		if len(line) == 0 && !s.empty {
			s.empty = true
			return nil
		}
		s.state = atFields
		return s.requestLine(line)
	case atFields:
		if len(line) == 0 {
			return s.endOfHeader()
		}
		return s.field(line)
	case atChunk:
		return s.chunk(line)
	case afterChunk:
		if len(line) > 0 {
			return errChunk
		}
		s.state = atChunk
	default: // afterLast
		if len(line) > 0 {
			return errTrailer
		}
		s.state = betweenTwo
	}
	return nil
}

func (s *Scanner) requestLine(line []byte) error {
	method, rest, one := bytes.Cut(line, []byte(" "))
	target, version, two := bytes.Cut(rest, []byte(" "))
	if !one || !two || !isToken(method) || len(target) == 0 || !isText(target) {
		return errRequestLine
	}
	switch string(version) {
	case "HTTP/1.1":
	case "HTTP/1.0":
		s.request.http10 = true
	default:
		return errRequestLine
	}
	if _, rest, absolute := bytes.Cut(target, []byte("://")); absolute && target[0] != '/' {
		if end := bytes.IndexAny(rest, "/?#"); end >= 0 {
			rest = rest[:end]
		}
		s.request.authority = string(rest)
	}
	return nil
}

func (s *Scanner) field(line []byte) error {
	if line[0] == ' ' || line[0] == '\t' {
		return errFolded
	}
	name, value, found := bytes.Cut(line, []byte(":"))
	if !found || !isToken(name) {
		return errName
	}
	if !isText(value) {
		return errLineEnd
	}
	which := -1
	for i, single := range singles {
		if len(name) == len(single) && name[0]|0x20 == single[0] && bytes.EqualFold(name, []byte(single)) {
			which = i
			if s.request.once[i] {
				return errTwice
			}
			s.request.once[i] = true
		}
	}
	value = bytes.Trim(value, " \t")
	switch which {
	case host:
		if !isHost(value) {
			return errHost
		}
		s.request.host = append(s.request.host[:0], value...)
	case contentLength:
		n, err := strconv.ParseUint(string(value), 10, 64)
		if err != nil || len(value) > maxDigits {
			return errLength
		}
		s.request.length = n
	case transferEncoding:
		if !bytes.EqualFold(value, []byte("chunked")) || s.request.http10 {
			return errCoding
		}
		s.request.chunked = true
	default:
		s.request.upgrade = s.request.upgrade || bytes.EqualFold(name, []byte("upgrade"))
	}
	return nil
}

func (s *Scanner) endOfHeader() error {
	r := &s.request
	if !r.once[host] && !r.http10 {
		return errHost
	}
	if r.authority != "" && r.once[host] && r.authority != string(r.host) {
		return errHost
	}
	if r.chunked && r.once[contentLength] {
		return errTwoLengths
	}
	switch {
	case r.chunked:
		s.state = atChunk
	case r.length > 0:
		s.state, s.left = inBody, r.length
	default:
		s.state = betweenTwo
	}
	return nil
}

func (s *Scanner) chunk(line []byte) error {
	digits, extensions, _ := bytes.Cut(line, []byte(";"))
	n, err := strconv.ParseUint(string(digits), 16, 64)
	if err != nil || len(digits) > maxHexDigits || !isText(extensions) {
		return errChunk
	}
	if s.request.extensions += len(line) - len(digits); s.request.extensions > maxExtensions {
		return errExtensions
	}
	if s.state, s.left = inChunk, n; n == 0 {
		s.state = afterLast
	}
	return nil
}

// tokens are the bytes that a name or a method may hold (RFC 9110, section 5.6.2).
var tokens = table("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

// hosts are the bytes that a Host header may hold: names, addresses and a port.
var hosts = table("-._~%:[]0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

func table(bytes string) (t [256]bool) {
	for i := range len(bytes) {
		t[bytes[i]] = true
	}
	return t
}

// texts are the bytes that a value may hold: no control character but the tab.
var texts = func() (t [256]bool) {
	for i := range t {
		t[i] = i >= ' ' && i != 0x7f || i == '\t'
	}
	return t
}()

func isToken(name []byte) bool { return len(name) > 0 && consistsOf(name, &tokens) }
func isHost(value []byte) bool { return len(value) > 0 && consistsOf(value, &hosts) }
func isText(value []byte) bool { return consistsOf(value, &texts) }

func consistsOf(value []byte, set *[256]bool) bool {
	for _, b := range value {
		if !set[b] {
			return false
		}
	}
	return true
}
