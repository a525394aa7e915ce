package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/view"
)

// Step is one line of a file of steps: what a person does, or sees. docs/check.md describes the words.
type Step struct {
	Line int    // in the file
	Text string // as it is written there

	word   string
	target string // a selector, or a page for open
	nth    int    // which of the elements that match, from 1
	rest   string
}

// StepResult is what became of a step.
type StepResult struct {
	Line  int      `json:"line"`
	Text  string   `json:"text"`
	OK    bool     `json:"ok"`
	Error *Problem `json:"error,omitempty"`
	// Tree is what a step `tree` printed.
	Tree string `json:"tree,omitempty"`
}

// words are the steps, each with what it takes: a target, or a rest of the line that may be empty.
var words = map[string]struct{ target, rest bool }{
	"open": {target: true}, "tap": {target: true}, "longpress": {target: true}, "input": {target: true, rest: true},
	"event": {target: true, rest: true}, "expect": {target: true, rest: true}, "wait": {rest: true}, "scroll": {rest: true},
	"tab": {rest: true}, "back": {}, "pulldown": {}, "reachbottom": {}, "hide": {}, "show": {}, "tree": {},
}

// ReadSteps reads a file of steps: one a line, with empty lines and comments behind #.
func ReadSteps(text string) ([]Step, error) {
	var steps []Step
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		step := Step{Line: i + 1, Text: line, nth: 1}
		word, rest, _ := strings.Cut(line, " ")
		takes, known := words[word]
		if !known {
			return nil, fmt.Errorf("line %d: there is no step %q", step.Line, word)
		}
		step.word, rest = word, strings.TrimSpace(rest)
		if takes.target {
			step.target, rest, _ = strings.Cut(rest, " ")
			rest = strings.TrimSpace(rest)
			if step.target == "" {
				return nil, fmt.Errorf("line %d: %s needs a target", step.Line, word)
			}
			if at := strings.IndexByte(step.target, '@'); at > 0 && word != "open" {
				nth, err := strconv.Atoi(step.target[at+1:])
				if err != nil || nth < 1 {
					return nil, fmt.Errorf("line %d: behind @ stands which of the elements is meant, from 1", step.Line)
				}
				step.target, step.nth = step.target[:at], nth
			}
		}
		if rest != "" && !takes.rest {
			return nil, fmt.Errorf("line %d: %s takes nothing more than %q", step.Line, word, step.target)
		}
		step.rest = rest
		if err := step.check(); err != nil {
			return nil, fmt.Errorf("line %d: %w", step.Line, err)
		}
		steps = append(steps, step)
	}
	if len(steps) == 0 {
		return nil, errors.New("there are no steps in it")
	}
	if len(steps) > MaxSteps {
		return nil, fmt.Errorf("it has more than %d steps", MaxSteps)
	}
	return steps, nil
}

func (s *Step) check() error {
	switch s.word {
	case "wait", "scroll", "tab":
		if n, err := strconv.Atoi(s.rest); err != nil || n < 0 {
			return fmt.Errorf("%s needs a number", s.word)
		}
	case "event":
		_, detail, _ := strings.Cut(s.rest, " ")
		if s.rest == "" || detail != "" && !json.Valid([]byte(detail)) {
			return errors.New(`event needs a target, a name, and perhaps a detail as JSON: event #box change {"value":1}`)
		}
	}
	return nil
}

// steps plays the steps in one session. The first failure ends it, because what follows would be
// about another state than the one that was meant.
func (r *run) steps(ctx context.Context, steps []Step) error {
	own, cancel := context.WithTimeout(ctx, r.opts.PageTimeout+time.Duration(len(steps))*StepTime)
	defer cancel()
	entry := &r.img.Pages[0]
	path := entry.Path
	if steps[0].word == "open" {
		path = strings.TrimPrefix(steps[0].target, "/")
	}
	v := &visit{run: r, ctx: ctx, conf: r.pageOf(path, entry), path: path, result: &Page{Page: path}, wake: make(chan struct{}, 1), during: "open", entered: map[control]any{}}
	err := v.open(own)
	defer func() { v.app.Close() }()
	if steps[0].word != "open" && (err != nil || v.result.Error != nil) {
		steps = append([]Step{{Text: "open " + path, word: "open"}}, steps...)
	}
	for i := range steps {
		step := &steps[i]
		done := StepResult{Line: step.Line, Text: step.Text}
		if err == nil && (i > 0 || step.word != "open") {
			v.during = ""
			done.Tree, err = v.step(own, step)
		}
		if err != nil && !errors.Is(err, errBroken) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			v.fail(Problem{Text: err.Error()})
		}
		done.OK, done.Error = v.result.Error == nil, v.result.Error
		r.report.Steps = append(r.report.Steps, done)
		if !done.OK {
			r.report.Failed++
			return nil
		}
		r.report.Passed++
	}
	return nil
}

// pageOf is the configuration of the page that a path names, or the entry's, to which the program
// itself goes when there is none.
func (r *run) pageOf(path string, entry *image.Page) *image.Page {
	route, _, _ := strings.Cut(path, "?")
	if conf := r.img.Page(route); conf != nil {
		return conf
	}
	return entry
}

// step does one step on the page on top. An error that is not errBroken says what was wrong with it.
func (v *visit) step(ctx context.Context, s *Step) (tree string, err error) {
	number := func() int { n, _ := strconv.Atoi(s.rest); return n } // it has been checked
	switch s.word {
	case "open":
		return "", errors.New("open can only be the first step; the program goes to other pages by itself")
	case "wait":
		return "", v.wait(ctx, time.Duration(number())*time.Millisecond)
	case "tree":
		if v.pages[v.top] != nil {
			err := v.print(ctx, v.top)
			return v.tree, err
		}
		return "", errors.New(fault.Textf("no page is shown").String())
	case "back", "hide", "show":
		return "", v.frameStep(ctx, map[string]any{"t": s.word})
	case "tab":
		return "", v.frameStep(ctx, map[string]any{"t": "tab", "index": number()})
	case "scroll":
		return "", v.frameStep(ctx, map[string]any{"t": "scroll", "page": v.top, "top": number()})
	case "pulldown", "reachbottom":
		return "", v.frameStep(ctx, map[string]any{"t": s.word, "page": v.top})
	}
	client := v.pages[v.top]
	if client == nil {
		return "", errors.New("no page is shown")
	}
	found := client.Tree().Find(s.target)
	if len(found) < s.nth {
		if s.word == "expect" && s.rest == "nothing" {
			return "", nil
		}
		return "", errors.New(fault.Textf("%d elements match %s", len(found), s.target).String())
	}
	n := found[s.nth-1]
	switch s.word {
	case "expect":
		if text := strings.Join(strings.Fields(allText(n)), " "); text != strings.Join(strings.Fields(s.rest), " ") {
			return "", errors.New(fault.Textf("%s shows %q", s.target, text).String())
		}
		return "", nil
	case "input":
		value, err := typed(n, s.rest)
		if err != nil {
			return "", err
		}
		v.entered[controlOf(v.top, n)] = value
		return "", v.play(ctx, entering(n, value, v.top))
	case "event":
		name, detail, _ := strings.Cut(s.rest, " ")
		if detail == "" {
			detail = "{}"
		}
		return "", v.frameStep(ctx, map[string]any{"t": "event", "page": v.top, "type": name, "target": []int{n.Inst, n.ID},
			"detail": json.RawMessage(detail), "ts": 1000})
	}
	frames := pressed(n, s.word, v.top)
	if s.word == "tap" {
		frames = append(frames, v.formEvent(n)...)
	}
	return "", v.play(ctx, frames)
}

// pressed are the frames of a tap or a long press, which a handler above the element may take.
func pressed(n *view.Node, word string, page int) [][]byte {
	openType, _ := n.Attrs["open-type"].(string)
	switch {
	case word == "tap" && n.Tag == "navigator":
		t := target{node: n, kind: "navigate"}
		return t.events(page)
	case word == "tap" && n.Tag == "button" && openType != "":
		t := target{node: n, kind: "opentype"}
		return t.events(page)
	}
	var events [][]byte
	kinds := []string{"tap"}
	if word == "longpress" {
		kinds = []string{"longpress", "longtap"}
	}
	finger := []map[string]any{{"identifier": 0, "pageX": 30, "pageY": 30, "clientX": 30, "clientY": 30}}
	for _, kind := range append([]string{"touchstart", "touchend"}, kinds...) {
		touches := finger
		if kind == "touchend" {
			touches = []map[string]any{}
		}
		text, _ := json.Marshal(map[string]any{"t": "event", "page": page, "type": kind, "target": []int{n.Inst, n.ID},
			"detail": map[string]any{"x": 30, "y": 30}, "touches": touches, "changedTouches": finger, "ts": 1000})
		events = append(events, text)
	}
	return events
}

// frameStep sends one frame and lets the app work.
func (v *visit) frameStep(ctx context.Context, frame map[string]any) error {
	text, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	return v.play(ctx, [][]byte{text})
}

// play sends frames and lets the app do what it does at once.
func (v *visit) play(ctx context.Context, frames [][]byte) error {
	for _, frame := range frames {
		if err := v.app.Send(frame); err != nil {
			return v.refusesEvents()
		}
	}
	return v.rest(ctx, AfterStep)
}

// wait lets a time of the app go by.
func (v *visit) wait(ctx context.Context, d time.Duration) error {
	left, err := v.pass(ctx, d)
	if err != nil || left <= 0 {
		return err
	}
	if err := v.app.Advance(left); err != nil {
		return v.refusesEvents()
	}
	return v.settle(ctx)
}

// allText is the text of an element and of everything in it.
func allText(n *view.Node) string {
	if n.Tag == "" {
		return n.Text
	}
	var b strings.Builder
	for _, kid := range n.Kids {
		b.WriteString(allText(kid))
		if kid.Tag != "" && !slices.Contains([]string{"text", "span"}, kid.Tag) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
