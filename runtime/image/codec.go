package image

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/teahouse/teahouse/runtime/template"
)

// The encoding is a magic string, the format, a JSON header with the sizes of all bodies, and the
// bodies in the header's order. JSON of Go structs without maps is deterministic, and so is the
// encoding of templates: equal images have equal bytes.

// magic distinguishes an image from other objects. With the zero byte an image is never mistaken
// for text.
const magic = "TEAIMG\x00"

type header struct {
	App        AppConfig         `json:"app"`
	Pages      []pageHeader      `json:"pages"`
	Components []componentHeader `json:"components,omitempty"`
	Modules    []moduleHeader    `json:"modules"`
	Functions  []functionHeader  `json:"functions,omitempty"`
	Files      []File            `json:"files"`
}

type componentHeader struct {
	Component
	Size int `json:"template"`
}

type pageHeader struct {
	componentHeader
	Config       WindowConfig `json:"config"`
	TemplateHash string       `json:"template_hash"`
	Background   string       `json:"background"`
}

type functionHeader struct {
	Function
	Modules []moduleHeader `json:"modules"`
}

type moduleHeader struct {
	Path      string `json:"path"`
	File      string `json:"file"`
	Source    int    `json:"source"`
	SourceMap int    `json:"source_map"`
}

// MarshalBinary encodes the image. Equal images give equal bytes.
func (i *Image) MarshalBinary() ([]byte, error) {
	h := header{App: i.App, Files: i.Files}
	var bodies bytes.Buffer
	for _, page := range i.Pages {
		encoded, err := encodeComponent(&page.Component, &bodies)
		if err != nil {
			return nil, err
		}
		h.Pages = append(h.Pages, pageHeader{
			componentHeader: encoded, Config: page.Config, TemplateHash: page.TemplateHash,
			Background: page.Background,
		})
	}
	for k := range i.Components {
		encoded, err := encodeComponent(&i.Components[k], &bodies)
		if err != nil {
			return nil, err
		}
		h.Components = append(h.Components, encoded)
	}
	h.Modules = encodeModules(i.Modules, &bodies)
	for _, f := range i.Functions {
		h.Functions = append(h.Functions, functionHeader{Function: f, Modules: encodeModules(f.Modules, &bodies)})
	}
	encodedHeader, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode image header: %w", err)
	}
	out := make([]byte, 0, len(magic)+8+len(encodedHeader)+bodies.Len())
	out = append(out, magic...)
	out = binary.BigEndian.AppendUint32(out, uint32(Format))
	out = binary.BigEndian.AppendUint32(out, uint32(len(encodedHeader)))
	out = append(out, encodedHeader...)
	out = append(out, bodies.Bytes()...)
	if len(out) > MaxBytes {
		return nil, fmt.Errorf("the image has %d bytes, more than %d", len(out), MaxBytes)
	}
	return out, nil
}

func encodeModules(modules []Module, bodies *bytes.Buffer) (headers []moduleHeader) {
	for _, module := range modules {
		bodies.WriteString(module.Source)
		bodies.Write(module.SourceMap)
		headers = append(headers, moduleHeader{
			Path: module.Path, File: module.File,
			Source: len(module.Source), SourceMap: len(module.SourceMap),
		})
	}
	return headers
}

// encodeComponent writes the template and returns the header.
func encodeComponent(c *Component, bodies *bytes.Buffer) (componentHeader, error) {
	encoded, err := c.Template.MarshalBinary()
	if err != nil {
		return componentHeader{}, fmt.Errorf("encode template of %s: %w", c.Path, err)
	}
	bodies.Write(encoded)
	return componentHeader{Component: *c, Size: len(encoded)}, nil
}

// Decode reads an encoded image. It checks everything: sizes must add up to the last byte and
// counts must be within the limits. The result shares no memory with encoded.
func Decode(encoded []byte, limits Limits) (*Image, error) {
	h, bodies, err := decodeHeader(encoded, limits)
	if err != nil {
		return nil, err
	}
	next := func(size int) ([]byte, error) {
		if size < 0 || size > len(bodies) {
			return nil, fmt.Errorf("image is cut short")
		}
		body := bodies[:size]
		bodies = bodies[size:]
		return body, nil
	}
	img := &Image{Format: Format, App: h.App, Files: h.Files}
	component := func(c componentHeader) (Component, error) {
		body, err := next(c.Size)
		if err != nil {
			return c.Component, err
		}
		c.Template = new(template.Template)
		if err := c.Template.UnmarshalBinary(body); err != nil {
			return c.Component, fmt.Errorf("decode template of %q: %w", c.Path, err)
		}
		return c.Component, nil
	}
	for _, p := range h.Pages {
		decoded, err := component(p.componentHeader)
		if err != nil {
			return nil, err
		}
		img.Pages = append(img.Pages, Page{
			Component: decoded, Config: p.Config, TemplateHash: p.TemplateHash, Background: p.Background,
		})
	}
	for i, c := range h.Components {
		if i > 0 && h.Components[i-1].Path >= c.Path {
			return nil, fmt.Errorf("components are not in order at %q", c.Path)
		}
		decoded, err := component(c)
		if err != nil {
			return nil, err
		}
		img.Components = append(img.Components, decoded)
	}
	if img.Modules, err = decodeModules(h.Modules, next); err != nil {
		return nil, err
	}
	for i, f := range h.Functions {
		if i > 0 && h.Functions[i-1].Name >= f.Name {
			return nil, fmt.Errorf("functions are not in order at %q", f.Name)
		}
		decoded := f.Function
		if decoded.Modules, err = decodeModules(f.Modules, next); err != nil {
			return nil, err
		}
		img.Functions = append(img.Functions, decoded)
	}
	if len(bodies) != 0 {
		return nil, fmt.Errorf("image has %d bytes after its end", len(bodies))
	}
	return img, nil
}

func decodeModules(headers []moduleHeader, next func(size int) ([]byte, error)) (modules []Module, err error) {
	for _, m := range headers {
		source, err := next(m.Source)
		if err != nil {
			return nil, err
		}
		sourceMap, err := next(m.SourceMap)
		if err != nil {
			return nil, err
		}
		if !utf8.Valid(source) {
			return nil, fmt.Errorf("module %q is not UTF-8", m.Path)
		}
		module := Module{Path: m.Path, File: m.File, Source: string(source)}
		if len(sourceMap) > 0 {
			module.SourceMap = bytes.Clone(sourceMap)
		}
		modules = append(modules, module)
	}
	return modules, nil
}

func decodeHeader(encoded []byte, limits Limits) (*header, []byte, error) {
	if len(encoded) > limits.Bytes {
		return nil, nil, fmt.Errorf("image has %d bytes, more than %d", len(encoded), limits.Bytes)
	}
	if len(encoded) < len(magic)+8 || string(encoded[:len(magic)]) != magic {
		return nil, nil, fmt.Errorf("not an image")
	}
	rest := encoded[len(magic):]
	if format := binary.BigEndian.Uint32(rest); format != Format {
		return nil, nil, fmt.Errorf("image has format %d, not %d: compile it again", format, Format)
	}
	size := binary.BigEndian.Uint32(rest[4:])
	rest = rest[8:]
	if size > maxHeaderBytes || int(size) > len(rest) {
		return nil, nil, fmt.Errorf("image header is cut short or too large")
	}
	h := new(header)
	if err := json.Unmarshal(rest[:size], h); err != nil {
		return nil, nil, fmt.Errorf("decode image header: %w", err)
	}
	modules := len(h.Modules)
	for i := range h.Functions {
		modules += len(h.Functions[i].Modules)
	}
	switch {
	case len(h.Functions) > limits.Functions:
		return nil, nil, fmt.Errorf("image has over %d functions", limits.Functions)
	case len(h.Pages) == 0 || len(h.Pages) > limits.Pages:
		return nil, nil, fmt.Errorf("image has %d pages, not 1..%d", len(h.Pages), limits.Pages)
	case len(h.Components) > limits.Components:
		return nil, nil, fmt.Errorf("image has over %d components", limits.Components)
	case modules > limits.Modules:
		return nil, nil, fmt.Errorf("image has over %d modules", limits.Modules)
	case len(h.Files) > limits.Files:
		return nil, nil, fmt.Errorf("image has over %d files", limits.Files)
	}
	return h, rest[size:], nil
}
