package view_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/view"
)

// testdata/vendor.json holds markup, data and the trees that glass-easel 0.12.1, the vendor's open
// framework, makes of them. They define what an expression or a directive means.
//
// To add cases, write them without "trees" and name with -vendor a command that reads the cases and
// writes a list with the trees of each.
var vendor = flag.String("vendor", "", "command that writes the vendor's trees for testdata/vendor.json")

type vendorCase struct {
	Markup string            `json:"markup"`
	Data   json.RawMessage   `json:"data"`
	Set    []json.RawMessage `json:"set,omitempty"` // [path, value], one update each
	Trees  []string          `json:"trees"`         // at first and after each update
	// Differs says why our tree is different on purpose.
	Differs string `json:"differs,omitempty"`
}

// outline writes a tree in one line: tags with their classes, and text.
func outline(nodes []*view.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		if n.Tag == "" {
			b.WriteString(n.Text)
			continue
		}
		class, _ := n.Attrs["class"].(string)
		b.WriteString("<" + strings.Join(append([]string{n.Tag}, strings.Fields(class)...), " ") + ">")
		b.WriteString(outline(n.Kids) + "</>")
	}
	return b.String()
}

func TestTreesEqualTheVendors(t *testing.T) {
	t.Parallel()
	const name = "testdata/vendor.json"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var cases []*vendorCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if *vendor != "" {
		askVendor(t, name, text, cases)
	}
	for _, c := range cases {
		o := open(t, c.Markup, string(c.Data))
		same := true
		for i, want := range c.Trees {
			if i > 0 {
				o.apply(c.Set[i-1])
			}
			got := outline(o.client.Tree().Kids)
			same = same && got == want
			if got != want && c.Differs == "" {
				t.Errorf("%s\ndata %s, update %d\ngot    %s\nvendor %s", c.Markup, c.Data, i, got, want)
			}
		}
		if same && c.Differs != "" {
			t.Errorf("%s: it no longer differs; remove the reason %q", c.Markup, c.Differs)
		}
	}
}

// apply sets a value at a path as setData does.
func (o *opened) apply(step json.RawMessage) {
	o.t.Helper()
	var pair [2]json.RawMessage
	var keys []any
	if json.Unmarshal(step, &pair) != nil || json.Unmarshal(pair[0], &keys) != nil {
		o.t.Fatalf("%s is not an update", step)
	}
	path := make([]any, len(keys))
	for i, key := range keys {
		path[i] = key
		if index, ok := key.(float64); ok {
			path[i] = int(index)
		}
	}
	quoted, _ := json.Marshal(string(pair[1])) // a string always encodes
	o.set("("+set+")(data, "+string(pair[0])+", "+string(quoted)+")", path)
}

func askVendor(t *testing.T, name string, text []byte, cases []*vendorCase) {
	t.Helper()
	command := exec.Command("sh", "-c", *vendor)
	command.Stdin = strings.NewReader(string(text))
	command.Stderr = os.Stderr
	answer, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var trees [][]string
	if err := json.Unmarshal(answer, &trees); err != nil || len(trees) != len(cases) {
		t.Fatalf("%v: %s", err, answer)
	}
	for i, c := range cases {
		c.Trees = trees[i]
	}
	var b strings.Builder
	for i, c := range cases { // one case per line, for readable diffs
		b.WriteString(map[bool]string{true: "[", false: ",\n"}[i == 0])
		var line strings.Builder
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(c); err != nil {
			t.Fatal(err)
		}
		b.WriteString(strings.TrimSpace(line.String()))
	}
	b.WriteString("]\n")
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
