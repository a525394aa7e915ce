package differential_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nestedSteps are steps of random programs whose page changes while it is being changed. They are for our
// engine alone: the reference warns that such changes may disorder its trees, and they do.
const nestedSteps = 2_000

// mostHeard is how often the page of such a program answers its components.
const mostHeard = 60

// Ensure that a page whose components make it change in lifetimes and observers, in the middle of another
// change, ends as a page that opens with the data that it has then.
func TestChangesInsideChangesEndAsTheDataSays(t *testing.T) {
	t.Parallel()
	steps := 0
	for number := uint64(0); steps < max(nestedSteps, *randomSteps); number++ {
		p := newTelling(rand.New(rand.NewPCG(*randomSeed, number)))
		steps += len(p.steps)
		if text := p.disorder(); text != "" {
			p.shrink(func() bool { return p.disorder() != "" })
			t.Fatalf("seed %d, program %d (- opened with the data, + after the steps):\n%s\n%s", *randomSeed, number,
				p.disorder(), p.testCase().text(""))
		}
	}
	t.Logf("seed %d: %d steps", *randomSeed, steps)
}

// newTelling makes a random program whose components tell the page of what happens to them.
func newTelling(source *rand.Rand) *program {
	p := newProgram(source, true)
	p.steps = nil
	for len(p.steps) < 10 {
		p.steps = append(p.steps, map[string]any{"setData": p.wholeChange()})
	}
	for _, c := range p.components {
		script := p.scripts["c/"+c.name+".js"]
		for _, at := range []string{"attached() {", "moved() {", "detached() {", "(v) {"} {
			if p.chance(2) {
				script = strings.ReplaceAll(script, at, at+" this.triggerEvent('tell');")
			}
		}
		p.scripts["c/"+c.name+".js"] = script
	}
	var bind func([]*element)
	bind = func(list []*element) {
		for _, e := range list {
			if strings.HasPrefix(e.tag, "c") {
				e.with("bind:tell", "heard")
			}
			bind(e.kids)
		}
	}
	bind(p.markups["index.wxml"])
	var answers []map[string]any
	for range 7 {
		answers = append(answers, p.wholeChange())
	}
	p.scripts["index.js"] = p.tellingPage(p.data, answers, 0)
	return p
}

// wholeChange is a change of data that leaves no list with a hole in it.
func (p *program) wholeChange() map[string]any {
	for {
		if path, value := p.change(); !strings.Contains(path, "[") {
			return map[string]any{path: value}
		}
	}
}

// tellingPage is the script of a page that answers what it hears with changes, until it has heard enough.
func (p *program) tellingPage(data map[string]any, answers []map[string]any, heard int) string {
	first, _ := json.Marshal(data) // as in newProgram
	list, _ := json.Marshal(answers)
	return fmt.Sprintf("const answers = %s; let heard = %d;\nPage({data: %s, heard() { if (heard < %d) this.setData(answers[heard++ %% answers.length]); }, "+
		"all() { return JSON.stringify(this.data); }});", list, heard, first, mostHeard)
}

// disorder is how the page differs from one that opens with the data that it has at the end.
func (p *program) disorder() string {
	c := p.testCase()
	c.Steps = append(c.Steps, json.RawMessage(`{"call":{"target":[],"method":"all"}}`))
	steps, err := runOurs(c)
	if err != nil {
		return unlessTooLarge(err.Error())
	}
	for _, s := range steps {
		if len(s.Errors) > 0 {
			return unlessTooLarge(s.Errors[0])
		}
	}
	last := steps[len(steps)-1]
	told := strings.TrimPrefix(last.Log[len(last.Log)-1], "=> ")
	var text string
	var data map[string]any
	if err := json.Unmarshal([]byte(told), &text); err != nil {
		return err.Error()
	}
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		return err.Error()
	}
	fresh := *p
	fresh.steps = nil
	fresh.scripts = maps.Clone(p.scripts)
	fresh.scripts["index.js"] = p.tellingPage(data, nil, mostHeard)
	opened, err := runOurs(fresh.testCase())
	if err != nil {
		return unlessTooLarge(err.Error())
	}
	shown := func(s stepResult) string {
		return printed(c, []stepResult{{Tree: s.Tree}})
	}
	return cmp.Diff(shown(opened[0]), shown(last))
}

// unlessTooLarge is the error of a program, and nothing for a page with more elements than the limit: lists in lists
// get there, and it is right that such a page is not shown.
func unlessTooLarge(text string) string {
	if strings.Contains(text, "more than 32000 elements") {
		return ""
	}
	return text
}
