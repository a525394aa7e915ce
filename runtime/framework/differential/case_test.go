package differential_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// testCase is a small mini program, what is done with it, and what the reference shows and prints.
// README.md describes the form of a file.
type testCase struct {
	Name  string            `json:"name"` // area/name
	Files map[string]string `json:"files"`
	Page  string            `json:"page"`
	Query string            `json:"query,omitempty"`
	Steps []json.RawMessage `json:"steps"`

	file    string
	comment string // what is tried, and where the reference is not the vendor's client
	parts   []part // as they stand in the file
	want    string // the printed answer of the reference
	vendor  string // the answer of the vendor's client, where the reference is known to differ
}

type part struct{ name, text string }

const pagePath = "pages/index/index"

// area is the folder of the case.
func (c *testCase) area() string { return path.Dir(c.Name) }

// parseCase reads a case file: a comment, then parts that each begin with a line "-- name --".
func parseCase(name, text string) (*testCase, error) {
	c := &testCase{Name: name, Page: pagePath, Files: map[string]string{}}
	for i, chunk := range strings.Split("\n"+text, "\n-- ") {
		if i == 0 {
			c.comment = strings.TrimSpace(chunk)
			continue
		}
		head, body, ok := strings.Cut(chunk, " --\n")
		if !ok {
			return nil, fmt.Errorf("%s: no line ends the name of part %d", name, i)
		}
		c.parts = append(c.parts, part{head, body + "\n"})
	}
	for _, p := range c.parts {
		switch {
		case p.name == "steps":
			for line := range strings.Lines(p.text) {
				if line = strings.TrimSpace(line); line == "" {
					continue
				}
				if !json.Valid([]byte(line)) {
					return nil, fmt.Errorf("%s: the step %s is not JSON", name, line)
				}
				c.Steps = append(c.Steps, json.RawMessage(line))
			}
		case p.name == "reference":
			c.want = strings.TrimRight(p.text, "\n") + "\n"
		case p.name == "vendor":
			c.vendor = strings.TrimRight(p.text, "\n") + "\n"
		case p.name == "query":
			c.Query = strings.TrimSpace(p.text)
		case !strings.Contains(p.name, "/") && strings.HasPrefix(p.name, "index."):
			c.Files["pages/index/"+p.name] = strings.TrimSuffix(p.text, "\n")
		default:
			c.Files[p.name] = strings.TrimSuffix(p.text, "\n")
		}
	}
	if c.comment == "" {
		return nil, fmt.Errorf("%s: nothing says what is tried", name)
	}
	return c, c.complete()
}

// complete adds the files that a short case leaves out, see README.md.
func (c *testCase) complete() error {
	components := map[string]string{}
	for name := range c.Files {
		base := strings.TrimSuffix(name, path.Ext(name))
		if strings.HasPrefix(name, "c/") || strings.HasPrefix(name, "later/") {
			if ext := path.Ext(name); ext == ".wxml" || ext == ".js" {
				components[path.Base(base)] = "/" + base
			}
		}
	}
	bases := append(slices.Sorted(maps.Values(components)), "/"+pagePath)
	for _, base := range bases {
		base = base[1:]
		config := map[string]any{}
		if text, ok := c.Files[base+".json"]; ok {
			if err := json.Unmarshal([]byte(text), &config); err != nil {
				return fmt.Errorf("%s: %s.json: %w", c.Name, base, err)
			}
		}
		if _, ok := config["usingComponents"]; !ok && len(components) > 0 {
			config["usingComponents"] = components
		}
		script := "Page({})"
		if base != pagePath {
			script = "Component({})"
			if _, ok := config["component"]; !ok {
				config["component"] = true
			}
		}
		text, err := json.Marshal(config)
		if err != nil {
			return err
		}
		c.Files[base+".json"] = string(text)
		if _, ok := c.Files[base+".js"]; !ok {
			c.Files[base+".js"] = script
		}
		if _, ok := c.Files[base+".wxml"]; !ok {
			c.Files[base+".wxml"] = ""
		}
	}
	return nil
}

// text is the file of the case, with the given answer of the reference.
func (c *testCase) text(want string) string {
	var b strings.Builder
	b.WriteString(c.comment + "\n")
	for _, p := range c.parts {
		if p.name != "reference" && p.name != "vendor" {
			b.WriteString("-- " + p.name + " --\n" + strings.TrimRight(p.text, "\n") + "\n")
		}
	}
	b.WriteString("-- reference --\n" + want)
	if c.vendor != "" {
		b.WriteString("-- vendor --\n" + c.vendor)
	}
	return b.String()
}

// readCases reads all of cases/.
func readCases(t testing.TB) []*testCase {
	t.Helper()
	var cases []*testCase
	err := filepath.WalkDir("cases", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if bytes.Contains(text, []byte("\r")) {
			return fmt.Errorf("%s has carriage returns", file)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "cases/"), ".txt")
		c, err := parseCase(name, string(text))
		if err != nil {
			return err
		}
		c.file = file
		cases = append(cases, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cases
}
