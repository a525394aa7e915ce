package differential_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wx"
)

// operation is one thing that a page does: its methods before are not measured, its method run is. With
// open it is the opening of the page.
type operation struct {
	Name   string   `json:"name"`
	Before []string `json:"before,omitempty"`
	Run    string   `json:"run,omitempty"`
	Open   bool     `json:"open,omitempty"`
}

const (
	tableScript = `
const words = ['pretty', 'large', 'big', 'small', 'tall', 'red', 'blue', 'green', 'tea', 'cup', 'house', 'table'];
let next = 1;
function build(n) {
	const rows = [];
	for (let i = 0; i < n; i++) {
		rows.push({ id: next, label: words[next % 12] + ' ' + words[(next * 7) % 12] + ' ' + words[(next * 5) % 12] });
		next++;
	}
	return rows;
}
Page({
	data: { rows: [], selected: 0 },
	create() { this.setData({ rows: build(1000) }); },
	create10000() { this.setData({ rows: build(10000) }); },
	append() { this.setData({ rows: this.data.rows.concat(build(1000)) }); },
	clear() { this.setData({ rows: [] }); },
	tenth() {
		const change = {};
		for (let i = 0; i < 1000; i += 10) change['rows[' + i + '].label'] = this.data.rows[i].label + ' !!!';
		this.setData(change);
	},
	one() { this.setData({ 'rows[500].label': 'row ' + next++ }); },
	select() { this.setData({ selected: this.data.rows[5].id }); },
	swap() {
		const rows = this.data.rows.slice();
		const second = rows[1];
		rows[1] = rows[998];
		rows[998] = second;
		this.setData({ rows });
	},
	remove() { this.setData({ rows: this.data.rows.filter((row, i) => i !== 5) }); },
});`
	tableMarkup = `<view wx:for="{{rows}}" wx:key="id" class="row {{item.id === selected ? 'danger' : ''}}">` +
		`<text>{{item.id}}</text><text bindtap="select">{{item.label}}</text></view>`
	cardScript = `
Component({
	properties: { title: String, count: Number, on: Boolean },
	data: { sum: 0 },
	observers: { 'count, on'(count, on) { this.setData({ sum: on ? count * 2 : count }); } },
	methods: { tapped() { this.triggerEvent('pick', { title: this.data.title }); } },
});`
	cardMarkup  = `<view class="card {{on ? 'on' : ''}}" bindtap="tapped"><text>{{title}}</text><text>{{count}} of {{sum}}</text></view>`
	cardsScript = `
function cards(n, more) {
	const list = [];
	for (let i = 0; i < n; i++) list.push({ id: i, title: 'Card ' + i, count: i + more, on: i % 2 === 0 });
	return list;
}
let more = 0;
Page({
	data: { cards: FIRST },
	create() { this.setData({ cards: cards(200, more++) }); },
	clear() { this.setData({ cards: [] }); },
	some() {
		const change = {};
		more++;
		for (let i = 0; i < 200; i += 10) change['cards[' + i + '].count'] = more;
		this.setData(change);
	},
	all() { this.setData({ cards: cards(200, more++) }); },
	pick() {},
});`
	cardsMarkup = `<card wx:for="{{cards}}" wx:key="id" title="{{item.title}}" count="{{item.count}}" on="{{item.on}}" bind:pick="pick" />`
)

// BenchmarkBesideTheReference does the operations of js-framework-benchmark and some of components on both
// sides in one run: processor milliseconds of our whole side (the program's own code in goja, the view, the
// frame as it goes to the browser), those of the vendor's framework warm in V8, and their ratio.
func BenchmarkBesideTheReference(b *testing.B) {
	table := map[string]string{"pages/index/index.js": tableScript, "pages/index/index.wxml": tableMarkup}
	cards := func(first string) map[string]string {
		return map[string]string{
			"pages/index/index.js": strings.Replace(cardsScript, "FIRST", first, 1), "pages/index/index.wxml": cardsMarkup,
			"pages/index/index.json":  `{"usingComponents":{"card":"../../components/card/card"}}`,
			"components/card/card.js": cardScript, "components/card/card.wxml": cardMarkup, "components/card/card.json": `{"component":true}`,
		}
	}
	for _, group := range []struct {
		files      map[string]string
		operations []operation
	}{
		{table, []operation{
			{Name: "create-1000", Before: []string{"clear"}, Run: "create"},
			{Name: "replace-1000", Before: []string{"create"}, Run: "create"},
			{Name: "update-every-10th", Before: []string{"create"}, Run: "tenth"},
			{Name: "update-one", Before: []string{"create"}, Run: "one"},
			{Name: "select", Before: []string{"create"}, Run: "select"},
			{Name: "swap", Before: []string{"create"}, Run: "swap"},
			{Name: "remove", Before: []string{"create"}, Run: "remove"},
			{Name: "append-1000", Before: []string{"create"}, Run: "append"},
			{Name: "clear-1000", Before: []string{"create"}, Run: "clear"},
			{Name: "create-10000", Before: []string{"clear"}, Run: "create10000"},
		}},
		{cards("[]"), []operation{
			{Name: "200-children-create", Before: []string{"clear"}, Run: "create"},
			{Name: "200-children-some", Before: []string{"create"}, Run: "some"},
			{Name: "200-children-all", Before: []string{"create"}, Run: "all"},
			{Name: "200-children-clear", Before: []string{"create"}, Run: "clear"},
		}},
		{cards("cards(30, 0)"), []operation{{Name: "open-30-components", Open: true}}},
	} {
		const warm, rounds = 5, 15
		theirs := referenceSpeed(b, group.files, group.operations, warm, rounds)
		for _, o := range group.operations {
			b.Run(o.Name, func(b *testing.B) {
				m := newMeasured(b, group.files)
				var cpu, size []float64
				for i := range warm + rounds {
					used, sent := m.round(o)
					if i >= warm {
						cpu, size = append(cpu, used), append(size, float64(sent))
					}
				}
				for b.Loop() { // the rounds above are the measurement, the same on both sides
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(middle(cpu), "cpu-ms")
				b.ReportMetric(middle(size), "bytes")
				b.ReportMetric(theirs[o.Name].CPU, "reference-cpu-ms")
				b.ReportMetric(middle(cpu)/theirs[o.Name].CPU, "ratio")
			})
		}
	}
}

type speed struct {
	CPU   float64 `json:"cpu"`
	Bytes float64 `json:"bytes"`
}

func referenceSpeed(b *testing.B, files map[string]string, operations []operation, warm, rounds int) map[string]speed {
	b.Helper()
	input, err := json.Marshal(map[string]any{"files": files, "page": pagePath, "operations": operations, "warm": warm, "rounds": rounds})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), "node", "reference/speed.mjs")
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var answer map[string]speed
	if err := json.Unmarshal(out, &answer); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return answer
}

// methods are those of the pages above.
var methods = []string{"create", "create10000", "append", "clear", "tenth", "one", "select", "swap", "remove", "some", "all"}

// measured is a program of ours that is measured.
type measured struct {
	b       *testing.B
	engine  *framework.Engine
	session *framework.Session
	host    *counting
}

// counting is a host that counts the bytes for the shell.
type counting struct {
	bytes int
	b     *testing.B
}

func (c *counting) Frame(text []byte)           { c.bytes += len(text) }
func (*counting) Call(uint64, string, []byte)   {}
func (*counting) Store(protocol.StorageOp)      {}
func (c *counting) Log(entry protocol.LogEntry) { c.b.Errorf("%+v", entry) }

func newMeasured(b *testing.B, program map[string]string) *measured {
	b.Helper()
	files := map[string][]byte{}
	for name, text := range program {
		files[name] = []byte(text)
	}
	files["app.json"] = fmt.Appendf(nil, `{"pages":[%q]}`, pagePath)
	files["app.js"] = []byte("App({})")
	names, err := json.Marshal(methods)
	if err != nil {
		b.Fatal(err)
	}
	// A scroll of the page by so many pixels calls the method of that number.
	script := fmt.Appendf(nil, "const methods = %s;\n%s", names, files["pages/index/index.js"])
	files["pages/index/index.js"] = bytes.Replace(script, []byte("Page({"),
		[]byte("Page({\n\tonPageScroll(e) { this[methods[e.scrollTop]](); },"), 1)
	result := compile.Compile(b.Context(), files, compile.Options{Supported: wx.Supported})
	if result.Image == nil {
		b.Fatalf("%+v", result.Diagnostics)
	}
	// Ten thousand rows are more than a page may show; the reference has no limit.
	engine, err := wx.NewEngine(result.Image, framework.Options{View: view.Limits{Nodes: 100_000, ValueBytes: 16 << 20}})
	if err != nil {
		b.Fatal(err)
	}
	m := &measured{b: b, engine: engine, host: &counting{b: b}}
	m.open()
	return m
}

func (m *measured) open() {
	m.b.Helper()
	if m.session != nil {
		m.session.Close()
	}
	var err error
	m.session, err = m.engine.Open(framework.OpenRequest{Now: time.Now, OpenRequest: protocol.OpenRequest{SessionID: "s", AppID: "ta0123",
		Version: "1.0.0", Scene: 1001, Env: protocol.Env{Width: 375, Height: 812, PixelRatio: 3, Theme: "light"}}}, m.host)
	if err != nil {
		m.b.Fatal(err)
	}
}

// round does an operation once and returns processor milliseconds and bytes.
func (m *measured) round(o operation) (cpu float64, sent int) {
	m.b.Helper()
	for _, method := range o.Before {
		m.call(method)
	}
	m.host.bytes = 0
	from := cpuTime(m.b)
	if o.Open {
		m.open()
	} else {
		m.call(o.Run)
	}
	return (cpuTime(m.b) - from) * 1000, m.host.bytes
}

func (m *measured) call(method string) {
	m.b.Helper()
	frame := fmt.Appendf(nil, `{"t":"scroll","page":1,"top":%d}`, slices.Index(methods, method))
	if err := m.session.Message(frame); err != nil {
		m.b.Fatal(err)
	}
}

func cpuTime(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
