// Package framing checks that the bytes of a connection are HTTP/1.1 requests which can be read in
// one way only, before anything else reads them.
//
// If a proxy and a host disagree on where a request ends, an attacker can make one of them treat a
// part of one request as the next one. So everything that servers are known to read differently is
// refused: two lengths, a length beside a transfer coding, a space before the colon, a line that
// ends in a bare LF, a folded line, two hosts or none. It is not a parser: it knows only where
// lines and bodies end, and the few fields that decide about it.
package framing

import (
	"bytes"
	"strconv"
)

// Refusal is why a request is not accepted. Slug and Text are for the answer.
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
	errLineEnd     = refusal("bad-line-end", "Every line of the header must end with CR LF and contain no other control character.")
	errFolded      = refusal("folded-header", "A header field must be on one line.")
	errName        = refusal("bad-header-name", "A line of the header must be a name, a colon right after it, and a value.")
	errTwice       = refusal("repeated-header", "Host, Content-Length, Transfer-Encoding, Content-Type, Authorization and Origin may come once.")
	errHost        = refusal("bad-host", "The request must name its host once, in a Host header.")
	errLength      = refusal("bad-length", "Content-Length must be one number of digits.")
	errCoding      = refusal("bad-transfer-coding", "Only the transfer coding chunked is accepted, in HTTP/1.1.")
	errTwoLengths  = refusal("two-lengths", "Send either Content-Length or Transfer-Encoding.")
	errChunk       = refusal("bad-chunk", "A chunk must be its size in hexadecimal digits, CR LF, so many bytes, and CR LF.")
	errExtensions  = refusal("long-chunk-extensions", "Chunk extensions are too long; leave them out.")
	// By then the body is complete, so its request is answered and the refusal ends the connection.
	errTrailer    = refusal("trailer", "Header fields after the body are not accepted.")
	errHeaderSize = &Refusal{Status: 431, Slug: "headers-too-large", Text: "The headers of the request are too large."}
)

// state is what the next byte belongs to.
type state uint8

const (
	atStart    state = iota // the request line, or the empty line that some clients send before it
	atFields                // a line of the header
	inBody                  // a body of known length
	atChunk                 // the line with a chunk's size
	inChunk                 // a chunk
	afterChunk              // the CR LF behind it
	afterLast               // the empty line behind the last chunk
	betweenTwo              // a request has ended, the next has not begun
)

// Scanner checks the requests of one connection. The zero value, with MaxHeader set, starts at the
// first request.
type Scanner struct {
	MaxHeader int // how many bytes request line and header may have

	state   state
	line    []byte // what has arrived of the current line
	left    uint64 // bytes of the body or the chunk that are still to come
	header  int    // bytes of the header so far
	empty   bool   // an empty line came before the request line
	request request
}

// request is what decides about the framing of the current request.
type request struct {
	http10     bool
	authority  string // of an absolute target
	host       []byte
	once       [len(singles)]bool // which of the singles have arrived
	length     uint64
	chunked    bool
	upgrade    bool
	language   string // the Accept-Language field
	extensions int    // bytes of chunk extensions so far
}

// singles are the fields that may come once. The order is that of the constants.
var singles = [...]string{"host", "content-length", "transfer-encoding", "content-type", "authorization", "origin"}

const (
	host = iota
	contentLength
	transferEncoding
)

// Upgrade reports whether the request that has just ended asked for another protocol.
func (s *Scanner) Upgrade() bool { return s.state == betweenTwo && s.request.upgrade }

var acceptLanguage = []byte("accept-language")

// Language is the Accept-Language of the current request, for the answer to one that is refused. It
// also searches what has arrived after the refused line, and is "" when the field is missing.
func (s *Scanner) Language(rest []byte) string {
	if s.request.language != "" || s.state != atFields && s.state != atStart {
		return s.request.language
	}
	for line := range bytes.Lines(rest) {
		line = bytes.Trim(line, "\r\n")
		name, value, found := bytes.Cut(line, []byte(":"))
		if found && bytes.EqualFold(name, acceptLanguage) && isText(value) {
			return string(bytes.Trim(value, " \t"))
		}
		if len(line) == 0 {
			break
		}
	}
	return ""
}

// Scan checks the next bytes and returns how many of them may be passed on: up to the end of the
// current request, or up to what makes it unreadable, with the refusal. The rest must be given to
// the next Scan.
//
// The first byte of a request always passes: a reader that gets an error before any byte treats the
// connection as closed normally, and sends no answer.
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

// grow counts the bytes of lines, because their parts are kept in memory until the line ends.
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

// take checks a line without its LF.
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
		if bytes.EqualFold(name, acceptLanguage) {
			s.request.language = string(value)
		}
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
