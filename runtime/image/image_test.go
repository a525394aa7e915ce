package image_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/wxml"
)

type source map[string]string

func (s source) ReadFile(path string) ([]byte, bool) {
	content, ok := s[path]
	return []byte(content), ok
}

func sample(t testing.TB) *image.Image {
	t.Helper()
	markup, diagnostics := wxml.Compile(source{"a.wxml": `<view wx:for="{{list}}" bindtap="go">{{item}}</view>`}, "a.wxml", wxml.Options{})
	if markup == nil {
		t.Fatalf("markup: %v", diagnostics)
	}
	return &image.Image{
		Format: image.Format,
		App:    image.AppConfig{Pages: []string{"a", "b"}, EntryPagePath: "a", Window: image.DefaultWindow()},
		Pages: []image.Page{
			{Component: image.Component{Path: "a", Template: markup, Using: map[string]string{"x-card": "c/card"}},
				Config: image.DefaultWindow(), TemplateHash: "h", Background: "#fff"},
			{Component: image.Component{Path: "b", Template: &template.Template{Path: "b.wxml", Fragments: []template.Fragment{{}}}, Failure: "b.wxml:1:1: <view> is not closed."}},
		},
		Components: []image.Component{
			{Path: "c/card", Template: &template.Template{Path: "c/card.wxml", Fragments: []template.Fragment{{}}},
				Generics: map[string]string{"row": ""}, Declared: true, StyleIsolation: "shared"},
			{Path: "c/old", Template: &template.Template{Path: "c/old.wxml", Fragments: []template.Fragment{{}}}, Failure: "There is no c/old.wxml."},
		},
		Modules: []image.Module{
			{Path: "a.js", File: "a.ts", Source: "Page({})", SourceMap: []byte(`{"version":3}`)},
			{Path: "empty.js", File: "empty.js"},
		},
		Files: []image.File{{Path: "x.png", SHA256: "00", Size: 3}},
	}
}

func encode(t testing.TB, img *image.Image) []byte {
	t.Helper()
	encoded, err := img.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestDecode_ReturnsWhatWasEncoded(t *testing.T) {
	t.Parallel()
	img := sample(t)
	encoded := encode(t, img)
	got, err := image.Decode(encoded, image.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(img.Modules, got.Modules); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(img.Files, got.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(img.App, got.App); diff != "" {
		t.Errorf("app (-want +got):\n%s", diff)
	}
	page := got.Page("a")
	if !bytes.Equal(page.Template.Structure(), img.Pages[0].Template.Structure()) || page.Background != "#fff" {
		t.Errorf("page: %+v", page)
	}
	if diff := cmp.Diff(img.Components, got.Components, cmpopts.IgnoreFields(image.Component{}, "Template")); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
	if old, number := got.Component("c/old"); old == nil || number != 1 || old.Failure == "" {
		t.Errorf("c/old is component %d: %+v", number, old)
	}
	if none, number := got.Component("c/d"); none != nil || number != -1 {
		t.Error("found a component that is not there")
	}
	if got.Page("c") != nil {
		t.Error("found a page that is not there")
	}
	if !bytes.Equal(encode(t, got), encoded) {
		t.Error("encoding again gives other bytes")
	}
}

func TestDecode_RefusesEverythingElse(t *testing.T) {
	t.Parallel()
	encoded := encode(t, sample(t))
	other := bytes.Clone(encoded)
	binary.BigEndian.PutUint32(other[7:], image.Format+1)
	few := image.DefaultLimits()
	few.Pages = 1
	lone := image.DefaultLimits()
	lone.Components = 1
	small := image.DefaultLimits()
	small.Bytes = len(encoded) - 1
	for name, c := range map[string]struct {
		encoded []byte
		limits  image.Limits
	}{
		"nothing":           {nil, image.DefaultLimits()},
		"something else":    {[]byte("PK\x03\x04 and so on, and on"), image.DefaultLimits()},
		"another format":    {other, image.DefaultLimits()},
		"cut short":         {encoded[:len(encoded)-1], image.DefaultLimits()},
		"something after":   {append(bytes.Clone(encoded), 0), image.DefaultLimits()},
		"too many pages":    {encoded, few},
		"many components":   {encoded, lone},
		"more than allowed": {encoded, small},
	} {
		if _, err := image.Decode(c.encoded, c.limits); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	encoded := encode(f, sample(f))
	f.Add(encoded)
	f.Add(encoded[:40])
	f.Add([]byte("TEAIMG\x00\x00\x00\x00\x01\x00\x00\x00\x02{}"))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		img, err := image.Decode(encoded, image.DefaultLimits())
		if err != nil {
			return
		}
		if _, err := img.MarshalBinary(); err != nil {
			t.Fatalf("a decoded image cannot be encoded: %v", err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	encoded := encode(b, sample(b))
	b.SetBytes(int64(len(encoded)))
	for b.Loop() {
		if _, err := image.Decode(encoded, image.DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}
