package framing

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
	"pgregory.net/rapid"
)

const maxHeader = 16 << 10

// scan passes the text to a scanner in pieces of at most size bytes. It returns what passed, how
// many complete requests it contains, and the refusal.
func scan(text string, size int) (passed string, requests int, err error) {
	s := Scanner{MaxHeader: maxHeader}
	for len(text) > 0 {
		piece := text[:min(size, len(text))]
		n, err := s.Scan([]byte(piece))
		passed += piece[:n]
		text = text[n:]
		if err != nil {
			return passed, requests, err
		}
		if s.state == betweenTwo {
			requests++
		}
	}
	return passed, requests, nil
}

// h ends each line of a header as it should be.
func h(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n\r\n" }

func TestWhatCanBeReadInOneWayPasses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain":              h("GET / HTTP/1.1", "Host: tea.example"),
		"a port":             h("GET /a?b=c HTTP/1.1", "host:tea.example:8080"),
		"an address":         h("GET / HTTP/1.1", "Host: [::1]:8080"),
		"HTTP/1.0":           h("GET / HTTP/1.0"),
		"an empty line":      "\r\n" + h("GET / HTTP/1.1", "Host: a"),
		"an absolute target": h("GET http://a/b HTTP/1.1", "Host: a"),
		"a URL in the query": h("GET /go?to=https://elsewhere/ HTTP/1.1", "Host: a"),
		"a body":             h("POST / HTTP/1.1", "Host: a", "Content-Length: 5") + "hello",
		"an empty body":      h("POST / HTTP/1.1", "Host: a", "Content-Length: 0"),
		"a value with tab":   h("GET / HTTP/1.1", "Host: a", "X: b\tc", "Y:", "Z: é"),
		"chunks":             h("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: Chunked") + "5\r\nhello\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n",
		"chunks without any": h("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + "0\r\n\r\n",
	} {
		for _, size := range []int{1, 2, 3, 7, 1 << 20} {
			passed, requests, err := scan(text+text, size)
			if err != nil || requests != 2 || passed != text+text {
				t.Errorf("%s, in pieces of %d: %d requests, %v, %q passed", name, size, requests, err, passed)
			}
		}
	}
}

func TestWhatCanBeReadInTwoWaysIsRefused(t *testing.T) {
	t.Parallel()
	post := func(lines ...string) string {
		return h(append([]string{"POST / HTTP/1.1", "Host: a"}, lines...)...)
	}
	chunked := post("Transfer-Encoding: chunked")
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"length and coding", post("Content-Length: 4", "Transfer-Encoding: chunked") + "0\r\n\r\n", errTwoLengths},
		{"coding and length", post("Transfer-Encoding: chunked", "Content-Length: 4") + "0\r\n\r\n", errTwoLengths},
		{"two lengths", post("Content-Length: 4", "Content-Length: 5"), errTwice},
		{"the same length twice", post("Content-Length: 4", "content-length: 4"), errTwice},
		{"a list of lengths", post("Content-Length: 4, 4"), errLength},
		{"a signed length", post("Content-Length: +4"), errLength},
		{"a negative length", post("Content-Length: -4"), errLength},
		{"a hexadecimal length", post("Content-Length: 0x4"), errLength},
		{"no length", post("Content-Length:"), errLength},
		{"a length beyond numbers", post("Content-Length: 99999999999999999999"), errLength},
		{"two codings", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), errTwice},
		{"a list of codings", post("Transfer-Encoding: gzip, chunked"), errCoding},
		{"identity", post("Transfer-Encoding: identity"), errCoding},
		{"a coding with a vertical tab", post("Transfer-Encoding: \x0bchunked"), errLineEnd},
		{"a coding in HTTP/1.0", h("POST / HTTP/1.0", "Host: a", "Transfer-Encoding: chunked"), errCoding},
		{"a space before the colon", post("Content-Length : 4"), errName},
		{"a tab before the colon", post("Transfer-Encoding\t: chunked"), errName},
		{"a space in the name", post("Content Length: 4"), errName},
		{"no colon", post("Content-Length"), errName},
		{"no name", post(": 4"), errName},
		{"a folded line", post("X: a", " Content-Length: 4"), errFolded},
		{"a folded first line", h("GET / HTTP/1.1", "\tHost: a"), errFolded},
		{"bare LF in the header", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", errLineEnd},
		{"bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", errLineEnd},
		{"bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", errLineEnd},
		{"bare CR in a value", post("X: a\rContent-Length: 4"), errLineEnd},
		{"a zero in a value", post("X: a\x00b"), errLineEnd},
		{"no host", h("GET / HTTP/1.1", "X: a"), errHost},
		{"an empty host", h("GET / HTTP/1.1", "Host:"), errHost},
		{"two hosts", h("GET / HTTP/1.1", "Host: a", "Host: b"), errTwice},
		{"the same host twice", h("GET / HTTP/1.1", "Host: a", "HOST: a"), errTwice},
		{"two hosts in one line", h("GET / HTTP/1.1", "Host: a, b"), errHost},
		{"a host with a path", h("GET / HTTP/1.1", "Host: a/b"), errHost},
		{"a host with a user", h("GET / HTTP/1.1", "Host: b@a"), errHost},
		{"another host in the target", h("GET http://b/ HTTP/1.1", "Host: a"), errHost},
		{"two tokens", post("Authorization: Bearer a", "Authorization: Bearer b"), errTwice},
		{"two spaces", h("GET  / HTTP/1.1", "Host: a"), errRequestLine},
		{"no version", h("GET /", "Host: a"), errRequestLine},
		{"another version", h("PRI * HTTP/2.0"), errRequestLine},
		{"a space behind the version", h("GET / HTTP/1.1 ", "Host: a"), errRequestLine},
		{"two empty lines", "\r\n\r\n" + h("GET / HTTP/1.1", "Host: a"), errRequestLine},
		{"TLS", "\x16\x03\x01\x02\x00\x01\n", errLineEnd},
		{"a long header", "GET /" + strings.Repeat("a", maxHeader), errHeaderSize},
		{"many lines", post(strings.Repeat("X: a\r\n", maxHeader/6)), errHeaderSize},
		{"a chunk without a size", chunked + "\r\n", errChunk},
		{"a signed chunk", chunked + "+5\r\n", errChunk},
		{"0x in a chunk", chunked + "0x5\r\n", errChunk},
		{"a space behind a chunk's size", chunked + "5 \r\n", errChunk},
		{"a chunk with bare LF", chunked + "5\nhello\r\n", errChunk},
		{"an extension with bare LF", chunked + "5;a\nb\r\n", errChunk},
		{"an extension with bare CR", chunked + "5;a\rb\r\n", errChunk},
		{"a chunk that is longer than it says", chunked + "2\r\nhello\r\n", errChunk},
		{"a chunk that ends in bare LF", chunked + "5\r\nhello\n", errChunk},
		{"a chunk beyond numbers", chunked + "ffffffffffffffffff\r\n", errChunk},
		{"a long extension", chunked + "5;" + strings.Repeat("a", 300) + "\r\n", errExtensions},
		{"an extension without end", chunked + "5;" + strings.Repeat("a", 1<<16), errExtensions},
		{"many extensions", chunked + strings.Repeat("1;abcdefgh\r\na\r\n", 100), errExtensions},
		{"a trailer", chunked + "0\r\nX: a\r\n\r\n", errTrailer},
	} {
		for _, size := range []int{1, 5, 1 << 20} {
			if _, _, err := scan(c.text, size); !errors.Is(err, c.want) {
				t.Errorf("%s, in pieces of %d: %v, want %v", c.name, size, err, c.want)
			}
		}
	}
}

// Whatever is sent, fasthttp and net/http read the same requests from what passes, as a proxy and
// the host must.
func FuzzWhatPassesIsReadInOneWay(f *testing.F) {
	f.Add([]byte(h("POST / HTTP/1.1", "Host: a", "Content-Length: 5")+"hello"+h("GET /b HTTP/1.1", "Host: a")), 7)
	f.Add([]byte(h("POST /x HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")+"5;x\r\nhello\r\n0\r\n\r\n"), 1)
	f.Add([]byte(h("GET http://a/ HTTP/1.0")), 3)
	f.Fuzz(func(t *testing.T, sent []byte, size int) {
		passed, requests, _ := scan(string(sent), max(1, size))
		agree(t, passed, requests)
	})
}

func TestWhatPassesIsReadInOneWay(t *testing.T) {
	t.Parallel()
	part := rapid.OneOf(
		rapid.SampledFrom([]string{"POST / HTTP/1.1\r\n", "GET /a HTTP/1.1\r\n", "POST / HTTP/1.0\r\n", "Host: a\r\n", "Content-Length: 3\r\n",
			"Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "\r\n", "3\r\nabc\r\n", "0\r\n\r\n", "abc", "2;x=y\r\nab\r\n",
			"Expect: 100-continue\r\n", "Content-Type: text/plain\r\n"}),
		rapid.StringMatching(`[a-zA-Z0-9:; \r\n\t-]{0,6}`))
	rapid.Check(t, func(t *rapid.T) {
		sent := strings.Join(rapid.SliceOfN(part, 1, 12).Draw(t, "parts"), "")
		passed, requests, _ := scan(sent, rapid.IntRange(1, 40).Draw(t, "size"))
		agree(t, passed, requests)
	})
}

type failer interface{ Fatalf(string, ...any) }

func agree(t failer, passed string, requests int) {
	theirs := bufio.NewReaderSize(strings.NewReader(passed), maxHeader)
	ours := bufio.NewReaderSize(strings.NewReader(passed), maxHeader)
	for i := range requests {
		std, err := http.ReadRequest(theirs)
		if err != nil {
			return // net/http is stricter about targets; a proxy would not forward the request
		}
		body, err := io.ReadAll(std.Body)
		if err != nil {
			t.Fatalf("net/http cannot read the body of request %d of %q: %v", i+1, passed, err)
		}
		var fast fasthttp.Request
		if err := fast.ReadLimitBody(ours, 1<<20); err != nil {
			return // the host refuses it and closes
		}
		if fast.MayContinue() {
			if err := fast.ContinueReadBody(ours, 1<<20); err != nil {
				return
			}
		}
		if string(fast.Header.Method()) != std.Method || string(fast.Header.RequestURI()) != std.RequestURI || !bytes.Equal(fast.Body(), body) {
			t.Fatalf("request %d of %q is %s %q with %q to net/http, %s %q with %q to fasthttp", i+1, passed,
				std.Method, std.RequestURI, body, fast.Header.Method(), fast.Header.RequestURI(), fast.Body())
		}
	}
}

func TestAnUpgradedConnectionPassesAnything(t *testing.T) {
	t.Parallel()
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	conn := NewConn(server, maxHeader)
	ask := h("GET /ws HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket")
	go func() {
		_, _ = client.Write([]byte(ask + "\x81\n")) // the first frame is in the same write
		_, _ = io.ReadFull(client, make([]byte, len("HTTP/1.1 101 Switching Protocols\r\n\r\n")))
		_, _ = client.Write([]byte("\x82\x00\n"))
	}()
	buffer := make([]byte, 4096)
	n, err := conn.Read(buffer)
	if err != nil || string(buffer[:n]) != ask {
		t.Fatalf("read %q, %v; want the request alone", buffer[:n], err)
	}
	if _, err := conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "\x81\n\x82\x00\n" {
		t.Fatalf("read %q, %v", got, err)
	}
}

func TestAnUpgradeThatIsNotAcceptedChangesNothing(t *testing.T) {
	t.Parallel()
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	conn := NewConn(server, maxHeader)
	ask := h("GET /ws HTTP/1.1", "Host: a", "Upgrade: websocket")
	go func() {
		_, _ = client.Write([]byte(ask + "GET / HTTP/1.1\n"))
		_, _ = io.ReadFull(client, make([]byte, len("HTTP/1.1 400 Bad Request\r\n\r\n")))
	}()
	if n, err := conn.Read(make([]byte, 4096)); err != nil || n != len(ask) {
		t.Fatalf("read %d bytes, %v; want the request alone", n, err)
	}
	if _, err := conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); !errors.Is(err, errLineEnd) {
		t.Fatalf("%v, want a refusal", err)
	}
	if conn.Refusal() != errLineEnd {
		t.Fatalf("the connection says %v", conn.Refusal())
	}
}

func BenchmarkScan(b *testing.B) {
	request := []byte(h("POST /api/v1/conversations/0190f3f8-0000-7000-8000-000000000000/messages HTTP/1.1", "Host: tea.example",
		"Authorization: Bearer "+strings.Repeat("x", 600), "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
		"Accept: application/json", "Accept-Language: en-US,en;q=0.5", "Accept-Encoding: gzip, deflate, br", "Content-Type: application/json",
		"Content-Length: 60", "Origin: https://tea.example", "Connection: keep-alive", "Cookie: teahouse_refresh="+strings.Repeat("y", 64)) +
		strings.Repeat("z", 60))
	s := Scanner{MaxHeader: maxHeader}
	b.SetBytes(int64(len(request)))
	b.ReportAllocs()
	for b.Loop() {
		if n, err := s.Scan(request); err != nil || n != len(request) {
			b.Fatal(n, err)
		}
	}
}
