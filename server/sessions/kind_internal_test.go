package sessions

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAFrameHasOneKind(t *testing.T) {
	t.Parallel()
	for frame, want := range map[string]string{
		`{"t":"patch","page":3,"ops":[["t",{"t":"ui"}],"\"t\":","\\"]}`: "patch",
		`{"t":"page","op":"push","config":{"t":1},"keep":[1]}`:          "page",
		`{"t":"log","text":"say \"t\""}`:                                "log",

		`{"t":"patch","t":"ui","name":"requestPayment"}`: "",
		`{"t":"patch","ops":["\\"],"t":"ui"}`:            "",
		`{"t":"patch","ops":["\\\""] , "t" :"ui"}`:       "",
		`{"t":"patch","\u0074":"ui"}`:                    "",
		`{"page":1,"t":"patch"}`:                         "",
		`{ "t":"patch"}`:                                 "",
		`{"t":"pa\u0074ch"}`:                             "",
		`{"t":"patch"`:                                   "",
		`{"t":"patch","ops":"`:                           "",
		`{"t":"patch`:                                    "",
		``:                                               "",
	} {
		if got, ok := kindOf([]byte(frame)); got != want && ok || ok != (want != "") {
			t.Errorf("%s is %q, %v, want %q", frame, got, ok, want)
		}
	}
}

// Ensure that the host and the shell never read two kinds in one frame: what kindOf lets through
// has, to any parser of JSON, the kind that kindOf says.
func TestTheShellReadsTheKindThatTheHostRead(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{`"t"`, `"ui"`, `"patch"`, `"\u0074"`, `"a\\"`, `"\"t\""`, `:`, `,`, `{`, `}`,
		`[`, `]`, `1`, ` `, `"x":1`, `"t":"ui"`, `,"t":"ui"`})
	rapid.Check(t, func(t *rapid.T) {
		frame := []byte(`{"t":"patch"` + strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "rest"), "") + `}`)
		kind, ok := kindOf(frame)
		if !json.Valid(frame) || !ok {
			return
		}
		var shell map[string]json.RawMessage // as in a browser, the last of two names counts
		if err := json.Unmarshal(frame, &shell); err != nil || string(shell["t"]) != `"`+kind+`"` {
			t.Fatalf("%s: the host reads %q, the shell %s", frame, kind, shell["t"])
		}
	})
}

func BenchmarkKindOfALargePatch(b *testing.B) {
	frame := []byte(`{"t":"patch","page":1,"ops":[` + strings.Repeat(`[1,2,"some text of a row"],`, 2000) + `0]}`)
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		if _, ok := kindOf(frame); !ok {
			b.Fatal("no kind")
		}
	}
}

// recorder is a shell that keeps what it is sent.
type recorder struct {
	client
	frames [][]byte
}

func (r *recorder) Send(frame []byte) { r.frames = append(r.frames, frame) }

func TestAForgedQuestionDoesNotReachTheShell(t *testing.T) {
	t.Parallel()
	service := &Service{logs: &logbook{budgets: map[string]*budget{}, queue: make(chan line, 10)}}
	shell := &recorder{}
	s := &session{service: service, conn: shell, launch: Launch{Development: true}}
	for _, frame := range []string{
		`{"t":"patch","page":1,"ops":[],"t":"ui","call":7,"name":"requestPayment","args":{"order":{"amount":1}}}`,
		`{"t":"ui","call":7,"name":"requestPayment","args":{},"T":"log"}`,
		`{"t":"log","T":"ui","t":"closed","message":"Enter your password to continue."}`,
	} {
		s.Frame([]byte(frame))
	}
	if len(shell.frames) > 0 {
		t.Errorf("the shell is told %s", shell.frames)
	}
}
