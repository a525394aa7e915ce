package differential_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/runtime/vm"
)

// The generator makes small programs and changes their data. Programs hold to what the reference and
// the vendor's client are known to do alike: what differs has its cases, written by hand.

// stepsInCI are enough to meet every way in which a list, a condition or a slot changes; more is for
// `make soak`.
const stepsInCI = 20_000

// mostSteps is how often the data of one program changes.
const mostSteps = 40

var (
	randomSteps = flag.Int("steps", stepsInCI, "how many steps the random programs do in all")
	// In CI a run fails for a change and not by chance.
	randomSeed = flag.Uint64("seed", 1, "of the random programs; 0 is another one each time")
)

// Ensure that our engine shows of random programs what the reference shows, after every change.
func TestRandomProgramsShowTheSame(t *testing.T) {
	t.Parallel()
	r := startReference(t)
	runRandom(t, r, *randomSteps, true, func(c *testCase) fault { return compareSides(r, c) })
}

// fault is what is wrong with a program, and the answer of the reference to it.
type fault struct{ kind, text, answer string }

// askReference gives the answer of the reference. An error is a fault of the generator.
func askReference(r *reference, c *testCase) (answer string, found fault) {
	steps, err := r.run(c)
	if err != nil {
		return "", fault{kind: "the reference", text: err.Error()}
	}
	answer = printed(c, steps)
	for _, s := range steps {
		if len(s.Errors) > 0 {
			return answer, fault{"an error", s.Errors[0], answer}
		}
	}
	return answer, fault{}
}

func compareSides(r *reference, c *testCase) fault {
	answer, found := askReference(r, c)
	if found.kind != "" {
		return found
	}
	if talksMuch(answer) {
		return fault{}
	}
	got, err := runOurs(c)
	if err != nil {
		return fault{"our engine", err.Error(), answer}
	}
	if diff := cmp.Diff(comparable(answer), comparable(printed(c, got))); diff != "" {
		return fault{"a difference", "(- reference, + ours)\n" + diff, answer}
	}
	return fault{}
}

// talksMuch reports whether a step prints more than our engine keeps of a turn.
func talksMuch(answer string) bool {
	for step := range strings.SplitSeq(answer, "\n== ") {
		if strings.Count(step, "\n| ") >= vm.MaxLogsPerTurn {
			return true
		}
	}
	return false
}

// runRandom tries programs until they have done enough steps, and makes the first bad one smaller.
func runRandom(t *testing.T, r *reference, wanted int, components bool, try func(*testCase) fault) {
	seed := *randomSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	steps, number := 0, uint64(0)
	for ; steps < wanted; number++ {
		p := newProgram(rand.New(rand.NewPCG(seed, number)), components)
		if found := try(p.testCase()); found.kind != "" {
			p.shrink(func() bool { return p.wholeLists() && try(p.testCase()).kind == found.kind })
			c := p.testCase()
			found = try(c)
			t.Fatalf("seed %d, program %d: %s: %s\n%s\n%s", seed, number, found.kind, found.text,
				p.suspicion(r, found.answer), c.text(found.answer))
		}
		steps += len(p.steps)
	}
	t.Logf("seed %d: %d programs, %d steps", seed, number, steps)
}

// program is a random program under construction.
type program struct {
	rand       *rand.Rand
	components []*component
	markups    map[string][]*element // by file
	scripts    map[string]string
	data       map[string]any // of the page at first
	steps      []map[string]any
	keys       int // given by newKey
}

// element is a tag, or a text when it has no tag.
type element struct {
	tag, text string
	attrs     [][2]string
	kids      []*element
}

func textOf(format string, args ...any) *element { return &element{text: fmt.Sprintf(format, args...)} }

func (e *element) with(name, value string) *element {
	e.attrs = append(e.attrs, [2]string{name, value})
	return e
}

func written(list []*element) string {
	var b strings.Builder
	for _, e := range list {
		if e.tag == "" {
			b.WriteString(e.text)
			continue
		}
		b.WriteString("<" + e.tag)
		for _, attr := range e.attrs {
			fmt.Fprintf(&b, ` %s="%s"`, attr[0], attr[1])
		}
		b.WriteString(">" + written(e.kids) + "</" + e.tag + ">")
	}
	return b.String()
}

// component is what a user of a random component has to know.
type component struct {
	name     string
	slots    []string // names; "" is the plain one
	external bool     // it has the external class "ec"
}

// scope says which names an expression may use, by kind.
type scope struct {
	numbers, texts, truths, lists, objects, rows []string
	loops                                        int // around the place
	uses                                         []*component
	templates                                    int
}

// The page's data: two names of every kind, so that a change of one can leave the other.
var pageScope = scope{
	numbers: []string{"n", "m", "o.a"},
	texts:   []string{"s", "t", "o.s"},
	truths:  []string{"on", "off"},
	lists:   []string{"l", "k", "o.l"},
	objects: []string{"o"},
	rows:    []string{"rows"},
}

// The properties and data of every component.
var componentScope = scope{
	numbers: []string{"p", "d", "o.a"},
	texts:   []string{"q"},
	truths:  []string{"on"},
	lists:   []string{"l"},
	objects: []string{"o"},
}

func (p *program) one(of ...string) string { return of[p.rand.IntN(len(of))] }

func (p *program) number(least, most int) int { return least + p.rand.IntN(most-least+1) }

// chance is true once in so many times.
func (p *program) chance(of int) bool { return p.rand.IntN(of) == 0 }

func newProgram(source *rand.Rand, withComponents bool) *program {
	p := &program{rand: source, markups: map[string][]*element{}, scripts: map[string]string{}}
	if withComponents {
		// A component uses those that are made before it.
		for range p.number(1, 3) {
			p.component()
		}
	}
	var page []*element
	templates := p.number(0, 2)
	for i := range templates {
		inner := scope{numbers: []string{"x"}, texts: []string{"y"}, truths: []string{"z"}, lists: []string{"w"}, loops: 1, templates: i}
		template := &element{tag: "template", kids: p.content(inner, 2)}
		page = append(page, template.with("name", fmt.Sprintf("t%d", i)))
	}
	s := pageScope
	s.uses, s.templates = p.components, templates
	page = append(page, p.content(s, 4)...)
	for i, c := range p.components {
		e := &element{tag: c.name}
		p.properties(e.with("id", fmt.Sprintf("only%d", i)), s, c)
		page = append(page, e)
	}
	p.markups["index.wxml"] = page
	p.data = p.pageData()
	data, _ := json.Marshal(p.data) // numbers, texts and truths always encode
	p.scripts["index.js"] = fmt.Sprintf("Page({data: %s});", data)
	for range p.number(1, mostSteps) {
		p.step()
	}
	return p
}

func (p *program) component() {
	c := &component{name: fmt.Sprintf("c%d", len(p.components)), external: p.chance(2)}
	s := componentScope
	s.uses = p.components
	options := ""
	switch p.number(0, 2) {
	case 1:
		c.slots = []string{""}
	case 2:
		c.slots, options = []string{"", "x"}, "multipleSlots: true"
	}
	if p.chance(4) {
		options += ", virtualHost: true"
	}
	external := ""
	if c.external {
		external = "externalClasses: ['ec'], "
	}
	var observers []string
	for _, name := range []string{"p", "q", "p, q", "o.**", "l", "d", "o.a"} {
		if !p.chance(3) {
			continue
		}
		body := fmt.Sprintf("console.log('%s %s', JSON.stringify(v));", c.name, name)
		if name == "p" && p.chance(2) {
			body += " this.setData({d: v + 1});"
		}
		observers = append(observers, fmt.Sprintf("'%s'(v) { %s }", name, body))
	}
	tell := func(name string) string {
		return fmt.Sprintf("%s() { console.log('%s %s', this.data.p, this.data.q); }", name, c.name, name)
	}
	p.scripts["c/"+c.name+".js"] = fmt.Sprintf(`Component({
  options: {%s}, %sproperties: {p: Number, q: String, on: Boolean, o: Object, l: Array}, data: {d: 1},
  observers: {%s},
  lifetimes: {%s, %s, %s, %s},
  methods: {set(d) { this.setData(d); }},
});`, strings.TrimPrefix(options, ", "), external, strings.Join(observers, ", "),
		tell("created"), tell("attached"), tell("moved"), tell("detached"))
	content := p.content(s, 3)
	for _, name := range c.slots {
		slot := &element{tag: "slot"}
		if name != "" {
			slot.with("name", name)
		}
		// It stands alone, in an element, or in one that comes and goes.
		around := &element{tag: "view", kids: []*element{slot}}
		switch p.number(0, 2) {
		case 0:
			around = slot
		case 1:
			around.with("wx:if", "{{"+p.truth(s)+"}}")
		}
		content = slices.Insert(content, p.number(0, len(content)), around)
	}
	p.markups["c/"+c.name+".wxml"] = content
	p.components = append(p.components, c)
}

// content makes what is in an element, as deep as it may be.
func (p *program) content(s scope, depth int) []*element {
	var list []*element
	for range p.number(1, 3) {
		list = append(list, p.node(s, depth)...)
	}
	return list
}

func (p *program) node(s scope, depth int) []*element {
	choice := p.number(0, 8)
	switch {
	case depth == 0 || choice < 2:
	case choice < 4:
		e := &element{tag: p.one("view", "text"), kids: p.content(s, depth-1)}
		p.attributes(e, s)
		return []*element{e}
	case choice == 4:
		return p.chain(s, depth)
	case choice < 7:
		if s.loops < 2 {
			return []*element{p.loop(s, depth)}
		}
	case choice == 7:
		if s.templates > 0 {
			e := (&element{tag: "template"}).with("is", fmt.Sprintf("t%d", p.number(0, s.templates-1)))
			return []*element{e.with("data", fmt.Sprintf("{{x: %s, y: %s, z: %s, w: %s}}",
				p.numeric(s, 1), p.textual(s), p.truth(s), p.list(s)))}
		}
	default:
		if len(s.uses) > 0 {
			return []*element{p.use(s, depth)}
		}
	}
	if p.chance(3) {
		return []*element{textOf("[{{%s}}] ", p.numeric(s, 2))}
	}
	return []*element{textOf("{{%s}}{{%s}}", p.textual(s), p.numeric(s, 1))}
}

// use puts a component there, with something for its slots.
func (p *program) use(s scope, depth int) *element {
	c := s.uses[p.number(0, len(s.uses)-1)]
	e := &element{tag: c.name}
	p.properties(e, s, c)
	for _, name := range c.slots {
		if p.chance(3) {
			continue
		}
		view := &element{tag: "view", kids: p.content(s, depth-1)}
		if name != "" {
			view.with("slot", name)
		}
		if p.chance(3) {
			view.with("wx:if", "{{"+p.truth(s)+"}}")
		}
		e.kids = append(e.kids, view)
	}
	return e
}

func (p *program) properties(e *element, s scope, c *component) {
	add := func(name string, value func() string) {
		if p.chance(2) {
			e.with(name, "{{"+value()+"}}")
		}
	}
	add("p", func() string { return p.numeric(s, 1) })
	add("q", func() string { return p.textual(s) })
	add("on", func() string { return p.truth(s) })
	add("l", func() string { return p.list(s) })
	if len(s.objects) > 0 {
		add("o", func() string { return p.one(s.objects...) })
	}
	if c.external && p.chance(2) {
		e.with("ec", fmt.Sprintf("e1 {{%s ? 'e2' : ''}}", p.truth(s)))
	}
}

func (p *program) attributes(e *element, s scope) {
	switch p.number(0, 4) {
	case 1:
		e.with("class", fmt.Sprintf("a {{%s ? 'b' : 'c'}} {{%s}}", p.truth(s), p.textual(s)))
	case 2:
		e.with("style", fmt.Sprintf("width: {{%s}}px", p.numeric(s, 1)))
	case 3:
		e.with("hidden", "{{"+p.truth(s)+"}}")
	case 4:
		e.with("id", "i{{"+p.numeric(s, 1)+"}}").with("class", "{{"+p.textual(s)+"}}")
	}
}

func (p *program) chain(s scope, depth int) []*element {
	branch := func(tag, directive string) *element {
		return (&element{tag: tag, kids: p.content(s, depth-1)}).with(directive, "{{"+p.truth(s)+"}}")
	}
	list := []*element{branch("block", "wx:if")}
	if p.chance(3) {
		list = append(list, branch("view", "wx:elif"))
	}
	if p.chance(2) {
		list = append(list, branch("block", "wx:else"))
	}
	return list
}

func (p *program) loop(s scope, depth int) *element {
	item, index := fmt.Sprintf("i%d", s.loops), fmt.Sprintf("x%d", s.loops)
	inner := s
	inner.loops++
	inner.numbers = append([]string{index}, s.numbers...)
	var over, key string
	switch {
	case len(s.rows) > 0 && p.chance(2):
		over, key = p.one(s.rows...), p.one("id", "id", "none", "")
		inner.numbers = append(inner.numbers, item+".id", item+".n")
		inner.texts = append([]string{item + ".s"}, s.texts...)
		inner.lists = append([]string{item + ".kids"}, s.lists...)
	case p.chance(5):
		over, key = p.one(s.numbers...)+" % 4", "*this"
		inner.numbers = append(inner.numbers, item)
	default:
		over, key = p.list(s), p.one("*this", "*this", "")
		inner.numbers = append(inner.numbers, item)
	}
	e := (&element{tag: p.one("view", "block")}).with("wx:for", "{{"+over+"}}").with("wx:for-item", item).with("wx:for-index", index)
	if key != "" {
		e.with("wx:key", key)
	}
	e.kids = p.content(inner, depth-1)
	return e
}

func (p *program) numeric(s scope, depth int) string {
	choice := p.number(0, 5)
	if depth == 0 || choice < 3 || len(s.numbers) == 0 {
		if len(s.numbers) == 0 || choice == 2 {
			return fmt.Sprint(p.number(0, 9))
		}
		return p.one(s.numbers...)
	}
	switch choice {
	case 3:
		return fmt.Sprintf("%s %s %s", p.numeric(s, depth-1), p.one("+", "-", "*"), p.numeric(s, depth-1))
	case 4:
		return fmt.Sprintf("(%s ? %s : %s)", p.truth(s), p.numeric(s, depth-1), p.numeric(s, depth-1))
	}
	return p.list(s) + ".length"
}

func (p *program) textual(s scope) string {
	switch p.number(0, 3) {
	case 1:
		return fmt.Sprintf("%s + '-'", p.one(s.texts...))
	case 2:
		return fmt.Sprintf("(%s ? %s : 'no')", p.truth(s), p.one(s.texts...))
	case 3:
		return "'lit'"
	}
	return p.one(s.texts...)
}

func (p *program) truth(s scope) string {
	switch p.number(0, 4) {
	case 1:
		return fmt.Sprintf("%s %s %d", p.one(s.numbers...), p.one(">", "<", "===", ">=", "!=="), p.number(0, 5))
	case 2:
		return "!" + p.one(s.truths...)
	case 3:
		return fmt.Sprintf("%s && %s", p.one(s.truths...), p.one(s.truths...))
	case 4:
		return p.list(s) + ".length > 1"
	}
	return p.one(s.truths...)
}

func (p *program) list(s scope) string { return p.one(s.lists...) }

// The values of the page's data.

func (p *program) aNumber() int { return p.number(0, 9) }

// newKey is a key that no list has: the reference draws lists with a key twice wrongly.
func (p *program) newKey() int {
	p.keys++
	return 9 + p.keys
}

func (p *program) aText() string { return p.one("", "a", "tea", "x y", "0") }
func (p *program) aTruth() bool  { return p.chance(2) }
func (p *program) aList() []int  { return p.rand.Perm(10)[:p.number(0, 5)] }
func (p *program) anObject() any {
	return map[string]any{"a": p.aNumber(), "s": p.aText(), "l": p.aList()}
}

func (p *program) aRow(id int) any {
	return map[string]any{"id": id, "n": p.aNumber(), "s": p.aText(), "kids": p.aList()}
}

func (p *program) someRows() any {
	rows := []any{}
	for _, id := range p.aList() {
		rows = append(rows, p.aRow(id))
	}
	return rows
}

func (p *program) pageData() map[string]any {
	return map[string]any{
		"n": p.aNumber(), "m": p.aNumber(), "s": p.aText(), "t": p.aText(), "on": p.aTruth(), "off": p.aTruth(),
		"l": p.aList(), "k": p.aList(), "o": p.anObject(), "rows": p.someRows(),
	}
}

// step adds a setData, of the page or of one of the components that are always there.
func (p *program) step() {
	if len(p.components) > 0 && p.chance(5) {
		i := p.number(0, len(p.components)-1)
		data := map[string]any{}
		switch p.one("d", "p", "q", "o.a", "l") {
		case "d":
			data["d"] = p.aNumber()
		case "p":
			data["p"] = p.aNumber()
		case "q":
			data["q"] = p.aText()
		case "o.a":
			data["o.a"] = p.aNumber()
		case "l":
			data["l"] = p.aList()
		}
		p.steps = append(p.steps, map[string]any{"call": map[string]any{
			"target": []string{fmt.Sprintf("#only%d", i)}, "method": "set", "args": []any{data}}})
		return
	}
	data := map[string]any{}
	for range p.number(1, 3) {
		path, value := p.change()
		data[path] = value
	}
	p.steps = append(p.steps, map[string]any{"setData": data})
	if !p.wholeLists() {
		p.steps = p.steps[:len(p.steps)-1]
	}
}

var itemOf = regexp.MustCompile(`^(\w+)\[(\d+)\]`)

// wholeLists reports whether no step sets an item behind the end of its list. The rows between would
// have no key, or all the same.
func (p *program) wholeLists() bool {
	length := map[string]int{}
	note := func(data map[string]any) bool {
		for _, path := range slices.Sorted(maps.Keys(data)) {
			switch list := data[path].(type) {
			case []int:
				length[path] = len(list)
			case []any:
				length[path] = len(list)
			}
			if m := itemOf.FindStringSubmatch(path); m != nil {
				at, _ := strconv.Atoi(m[2]) // it matched digits
				if at > length[m[1]] || at == length[m[1]] && strings.Contains(path, ".") {
					return false
				}
				length[m[1]] = max(length[m[1]], at+1)
			}
		}
		return true
	}
	note(p.data)
	for _, step := range p.steps {
		if data, ok := step["setData"].(map[string]any); ok && !note(data) {
			return false
		}
	}
	return true
}

// change is a path and its new value. Paths of one step may lie inside each other: they are set in the
// order of their names, as JSON has them here.
func (p *program) change() (string, any) {
	switch p.number(0, 15) {
	case 0, 1:
		return p.one("n", "m"), p.aNumber()
	case 2:
		return p.one("s", "t"), p.aText()
	case 3:
		return p.one("on", "off"), p.aTruth()
	case 4, 5:
		return p.one("l", "k"), p.aList()
	case 6:
		return "o.a", p.aNumber()
	case 7:
		return "o.l", p.aList()
	case 8:
		return "o.s", p.aText()
	case 9, 10:
		return "rows", p.someRows()
	case 11:
		return fmt.Sprintf("%s[%d]", p.one("l", "k"), p.number(0, 3)), p.newKey()
	case 12:
		return fmt.Sprintf("rows[%d].n", p.number(0, 2)), p.aNumber()
	case 13:
		return fmt.Sprintf("rows[%d].kids", p.number(0, 2)), p.aList()
	case 14:
		return fmt.Sprintf("rows[%d]", p.number(0, 3)), p.aRow(p.newKey())
	}
	return "o", p.anObject()
}

// testCase is the program as a case.
func (p *program) testCase() *testCase {
	var b strings.Builder
	b.WriteString("A random program.\n")
	for _, name := range slices.Sorted(maps.Keys(p.scripts)) {
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, p.scripts[name])
	}
	for _, name := range slices.Sorted(maps.Keys(p.markups)) {
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, written(p.markups[name]))
	}
	b.WriteString("-- steps --\n")
	for _, step := range p.steps {
		line, _ := json.Marshal(step) // it is made of what encodes
		b.Write(append(line, '\n'))
	}
	c, err := parseCase("random/program", b.String())
	if err != nil {
		panic(err) // the generator is wrong
	}
	return c
}

// suspicion says whether the reference agrees with itself: a page that opens with the last data has to
// show what it shows after the steps. Where it does not, the reference is wrong and not our engine.
func (p *program) suspicion(r *reference, answer string) string {
	fresh := *p
	fresh.data = maps.Clone(p.data)
	fresh.steps = nil
	for _, step := range p.steps {
		data, ok := step["setData"].(map[string]any)
		if !ok {
			return "" // a component's own data is not the page's
		}
		for _, path := range slices.Sorted(maps.Keys(data)) {
			put(fresh.data, path, data[path])
		}
	}
	text, _ := json.Marshal(fresh.data) // as before
	fresh.scripts = maps.Clone(p.scripts)
	fresh.scripts["index.js"] = fmt.Sprintf("Page({data: %s});", text)
	now, found := askReference(r, fresh.testCase())
	if found.kind != "" {
		return ""
	}
	last := func(answer string) string {
		_, tree, _ := strings.Cut(comparable(answer)[strings.LastIndex(comparable(answer), "== "):], "\n")
		return trace.ReplaceAllString(tree, "")
	}
	if last(now) == last(answer) {
		return "The reference shows the same when the page opens with the last data."
	}
	return "The reference shows something else when the page opens with the last data: it may be wrong.\n" + last(now)
}

// trace is what a program prints.
var trace = regexp.MustCompile(`(?m)^\| .*\n`)

// put sets a value at one of the paths of change.
func put(data map[string]any, path string, value any) {
	name, rest, _ := strings.Cut(path, ".")
	m := itemOf.FindStringSubmatch(name)
	if m == nil {
		if rest == "" {
			data[name] = value
			return
		}
		inner := maps.Clone(data[name].(map[string]any))
		put(inner, rest, value)
		data[name] = inner
		return
	}
	at, _ := strconv.Atoi(m[2]) // it matched digits
	switch list := data[m[1]].(type) {
	case []int:
		list = append(slices.Clone(list), 0)[:max(len(list), at+1)]
		list[at] = value.(int)
		data[m[1]] = list
	case []any:
		list = append(slices.Clone(list), nil)[:max(len(list), at+1)]
		if rest != "" {
			inner := maps.Clone(list[at].(map[string]any))
			put(inner, rest, value)
			value = inner
		}
		list[at] = value
		data[m[1]] = list
	}
}

// mostTries ends the search for a smaller program.
const mostTries = 3000

// shrink takes away steps, changes, elements and attributes as long as the program stays bad.
func (p *program) shrink(bad func() bool) {
	tries := 0
	// attempt keeps a change that leaves the program bad and takes it back otherwise.
	attempt := func(change, back func()) bool {
		if tries++; tries > mostTries {
			return false
		}
		change()
		if bad() {
			return true
		}
		back()
		return false
	}
	for smaller := true; smaller; {
		smaller = false
		for size := len(p.steps); size > 0; size /= 2 {
			for at := len(p.steps) - size; at >= 0; at -= size {
				all := p.steps
				if attempt(func() { p.steps = slices.Delete(slices.Clone(all), at, at+size) }, func() { p.steps = all }) {
					smaller = true
				}
			}
		}
		for _, step := range p.steps {
			data, _ := step["setData"].(map[string]any)
			for _, path := range slices.Sorted(maps.Keys(data)) {
				value := data[path]
				if len(data) > 1 && attempt(func() { delete(data, path) }, func() { data[path] = value }) {
					smaller = true
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.markups)) {
			list := p.markups[name]
			if shrinkList(&list, func(change, back func()) bool {
				return attempt(func() { change(); p.markups[name] = list }, func() { back(); p.markups[name] = list })
			}) {
				smaller = true
			}
		}
	}
}

// shrinkList takes elements of a list away, puts what is in them in their place, and goes into them.
func shrinkList(list *[]*element, attempt func(change, back func()) bool) (smaller bool) {
	for at, e := range slices.Backward(*list) {
		all := *list
		put := func(instead ...*element) bool {
			return attempt(func() { *list = slices.Replace(slices.Clone(all), at, at+1, instead...) }, func() { *list = all })
		}
		if put() || len(e.kids) > 0 && put(e.kids...) {
			smaller = true
			continue
		}
		for i := range slices.Backward(e.attrs) {
			attrs := e.attrs
			if attempt(func() { e.attrs = slices.Delete(slices.Clone(attrs), i, i+1) }, func() { e.attrs = attrs }) {
				smaller = true
			}
		}
		if shrinkList(&e.kids, attempt) {
			smaller = true
		}
	}
	return smaller
}
