package protocol_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// typescript is where the browser's types of the protocol are.
const typescript = "../../web/shared/protocol.ts"

// Ensure that the browser's types are those of this package, field by field. A frame has the same
// fields on both sides. Of the configurations the browser reads a part, which must exist here.
func TestTheBrowserHasTheSameTypes(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(typescript)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for name, c := range map[string]struct {
		declared any
		part     bool // the browser may leave fields out
	}{
		"Env":              {protocol.Env{}, false},
		"AppInfo":          {protocol.AppInfo{}, false},
		"MapSource":        {protocol.MapSource{}, false},
		"Opened":           {protocol.OpenedFrame{}, false},
		"PageFrameMessage": {protocol.PageFrame{}, false},
		"UICall":           {protocol.UIFrame{}, false},
		"LogLine":          {protocol.LogFrame{}, false},
		"FrameWindow":      {image.WindowConfig{}, true},
		"WindowConfig":     {image.WindowConfig{}, true},
		"WindowLook":       {image.WindowLook{}, false},
		"TabBarLook":       {image.TabBarLook{}, false},
		"TabItem":          {image.TabItem{}, false},
		"TabBarConfig":     {image.TabBar{}, false},
		"AppConfig":        {image.AppConfig{}, true},
	} {
		there, here := fieldsOfInterface(t, text, name), fieldsOfStruct(c.declared)
		for field, kind := range there {
			if want, ok := here[field]; !ok || want != "any" && kind != "any" && want != kind {
				t.Errorf("%s.%s is %s in the browser and %q here", name, field, kind, want)
			}
		}
		for field := range here {
			if _, ok := there[field]; !ok && !c.part {
				t.Errorf("%s: the browser does not have the field %s", name, field)
			}
		}
	}
}

// Ensure that a drawing command has the same number and as many values in the browser.
func TestTheBrowserHasTheSameDrawingCommands(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(typescript)
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?s)export const CANVAS_OPS = \[(.*?)\n\] as const`).FindSubmatch(raw)
	if list == nil {
		t.Fatal("protocol.ts has no CANVAS_OPS")
	}
	var there []protocol.CanvasOp
	for _, op := range regexp.MustCompile(`\["(\w+)", (\d)\]`).FindAllSubmatch(list[1], -1) {
		there = append(there, protocol.CanvasOp{Name: string(op[1]), Values: int(op[2][0] - '0')})
	}
	if !reflect.DeepEqual(there, protocol.CanvasOps) {
		t.Errorf("the browser has %v\nand this package %v", there, protocol.CanvasOps)
	}
}

// Ensure that the first test can fail.
func TestADifferenceFromTheBrowserIsSeen(t *testing.T) {
	t.Parallel()
	got := fieldsOfInterface(t, "export interface X {\n  /** Its name. */\n  name: string;\n  size?: { a: number };\n  on: boolean;\n}\n", "X")
	want := map[string]string{"name": "string", "size": "object", "on": "boolean"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %v", got)
	}
	here := fieldsOfStruct(struct {
		Name string    `json:"name,omitempty"`
		Keep []int     `json:"keep"`
		Deep *struct{} `json:"deep"`
		Not  int       `json:"-"`
	}{})
	if !reflect.DeepEqual(here, map[string]string{"name": "string", "keep": "array", "deep": "object"}) {
		t.Errorf("declared %v", here)
	}
}

// fieldsOfStruct returns the JSON names of a type's fields and what JSON makes of each.
func fieldsOfStruct(v any) map[string]string {
	fields := map[string]string{}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(v)) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		kind := field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		fields[name] = map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Struct: "object",
			reflect.Map: "object", reflect.Slice: "array", reflect.Int: "number", reflect.Int64: "number",
			reflect.Uint64: "number", reflect.Float64: "number", reflect.Interface: "any"}[kind.Kind()]
		if kind.String() == "json.RawMessage" {
			fields[name] = "any"
		}
	}
	return fields
}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	member  = regexp.MustCompile(`(?m)^  (\w+)(\??): (.*);$`)
)

// fieldsOfInterface reads an interface with the interfaces that it extends.
func fieldsOfInterface(t *testing.T, text, name string) map[string]string {
	t.Helper()
	head := regexp.MustCompile(`(?m)^export interface ` + name + `(?: extends (\w+))? \{\n`)
	at := head.FindStringSubmatchIndex(text)
	if at == nil {
		t.Fatalf("%s has no interface %s", typescript, name)
	}
	body, _, _ := strings.Cut(text[at[1]:], "\n}\n")
	fields := map[string]string{}
	if at[2] >= 0 {
		fields = fieldsOfInterface(t, text, text[at[2]:at[3]])
	}
	for _, m := range member.FindAllStringSubmatch(comment.ReplaceAllString(body+"\n", ""), -1) {
		kind, _ := strings.CutSuffix(m[3], " | null")
		switch {
		case strings.HasPrefix(kind, `"`):
			kind = "string"
		case strings.HasSuffix(kind, "[]"):
			kind = "array"
		case kind == "Value" || kind == "unknown":
			kind = "any"
		case kind != "string" && kind != "number" && kind != "boolean":
			kind = "object"
		}
		fields[m[1]] = kind
	}
	return fields
}
