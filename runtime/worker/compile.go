package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/compile/compiled"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/source"
)

// outcome is the compiler's result without the image and the public files.
type outcome struct {
	Diagnostics []source.Diagnostic `json:"diagnostics"`
	Report      compiled.Report     `json:"report"`
	Image       bool                `json:"image"` // the first part is an image
}

// Compiler compiles the files of a bundle. ctx ends when its limits are exceeded. begun is told of each file, as
// diagnostics name it, when the work on it begins.
type Compiler func(ctx context.Context, files map[string][]byte, begun func(file string)) *compiled.Result

// Compile compiles the files of a bundle in a separate process, within the limits of one upload.
// When the bundle exceeds them, the error is an Invalid fault that says so.
func (p *Pool) Compile(ctx context.Context, files map[string][]byte) (*compiled.Result, error) {
	select {
	case p.compiles <- struct{}{}:
		defer func() { <-p.compiles }()
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.life.Done():
		return nil, errDraining()
	}
	ctx, cancel := context.WithTimeout(ctx, CompileWall)
	defer cancel()
	defer context.AfterFunc(p.life, cancel)()
	c, err := p.compiler(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { c.end(errIdle); <-c.gone }()
	parts, body := pack(files)
	if err := c.load(kindCompile, p.compileLimits, parts, body); err != nil {
		if c.drained() {
			return nil, errDraining()
		}
		return nil, fault.Errorf(fault.TooLarge, "bundle-too-large",
			"The bundle is too large to compile; remove files that the mini program does not use.").Because(err)
	}
	select {
	case <-c.started:
	case <-ctx.Done():
		return nil, errUncompilable("", ctx.Err())
	}
	m := c.answer.Load()
	if m == nil && c.drained() {
		return nil, errDraining()
	}
	if m == nil || m.kind != kindCompiled {
		return nil, errUncompilable("", errors.New(c.describeEnd()))
	}
	if m.header.Code == CodeStopped {
		return nil, errUncompilable(clip(m.header.Name, MaxFileName), errors.New(m.header.Detail))
	}
	return unpackResult(m)
}

// errUncompilable says that a bundle costs too much to compile; file is where the compiler was, "" when nobody knows.
func errUncompilable(file string, cause error) error {
	if file != "" {
		return fault.Errorf(fault.Invalid, "bundle-too-complex",
			"The bundle could not be compiled within its budget of time and memory: the compiler was at %s. "+
				"If a program made the file, make it smaller, or leave it out.", file).Because(cause)
	}
	return fault.Errorf(fault.Invalid, "bundle-too-complex",
		"The bundle could not be compiled within its budget of time and memory. "+
			"Look for large files that a program made, and make them smaller, or leave them out.").Because(cause)
}

// pack joins the files, in order of their names.
func pack(files map[string][]byte) ([]part, []byte) {
	names := make([]string, 0, len(files))
	size := 0
	for name, content := range files {
		names = append(names, name)
		size += len(content)
	}
	slices.Sort(names)
	parts, body := make([]part, 0, len(names)), make([]byte, 0, size)
	for _, name := range names {
		parts = append(parts, part{Name: name, Size: len(files[name])})
		body = append(body, files[name]...)
	}
	return parts, body
}

// cut removes the next part from a body and returns it.
func cut(body *[]byte, size int) ([]byte, error) {
	if size < 0 || size > len(*body) {
		return nil, fmt.Errorf("%w: part sizes", errProtocol)
	}
	piece := (*body)[:size:size]
	*body = (*body)[size:]
	return piece, nil
}

// unpack is the inverse of pack.
func unpack(parts []part, body []byte) (map[string][]byte, error) {
	files := make(map[string][]byte, len(parts))
	for _, part := range parts {
		content, err := cut(&body, part.Size)
		if err != nil {
			return nil, err
		}
		files[part.Name] = content
	}
	return files, nil
}

// unpackResult reads the answer of the compiler's process. That process parsed hostile files, so
// the image is decoded with limits, like any other input.
func unpackResult(m *message) (*compiled.Result, error) {
	var info outcome
	if err := json.Unmarshal(m.header.Info, &info); err != nil {
		return nil, fmt.Errorf("compiler's answer: %w", err)
	}
	result := &compiled.Result{Diagnostics: info.Diagnostics, Report: info.Report}
	if !info.Image {
		return result, nil
	}
	if len(m.header.Parts) == 0 {
		return nil, errProtocol
	}
	body := m.body
	encoded, err := cut(&body, m.header.Parts[0].Size)
	if err != nil {
		return nil, err
	}
	if result.Image, err = image.Decode(encoded, image.DefaultLimits()); err != nil {
		return nil, fmt.Errorf("compiler's image: %w", err)
	}
	result.Public, err = unpack(m.header.Parts[1:], body)
	return result, err
}

// serveCompile is the compiler's process: one bundle in, one result out.
func serveCompile(w *wire, limits Limits, first message, compile Compiler) int {
	if compile == nil {
		return complain(exitProtocol, "compile", errors.New("this program has no compiler"))
	}
	watch := newWatchdog(limits, func() {})
	watch.process = true
	files, err := unpack(first.header.Parts, first.body)
	if err != nil {
		return complain(exitProtocol, "files", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), CompileWall)
	defer cancel()
	var at atomic.Pointer[string]
	watch.begin(limits.EventCPU, false, func(cause string) {
		cancel()
		// The compiler may not come back to hear of it.
		if file := at.Load(); file != nil {
			_ = w.send(message{kind: kindCompiled, header: header{Code: CodeStopped, Name: clip(*file, MaxFileName), Detail: cause}})
		}
	})
	result := compile(ctx, files, func(file string) { at.Store(&file) })
	watch.end()
	answer, err := packResult(result)
	if err == nil {
		err = w.send(answer)
	}
	if err != nil {
		return complain(exitProtocol, "result", err)
	}
	// The host reads the result and then ends the process; until then the socket must stay open.
	_, _ = w.read()
	return exitDone
}

func packResult(result *compiled.Result) (message, error) {
	m := message{kind: kindCompiled}
	info := outcome{Diagnostics: result.Diagnostics, Report: result.Report, Image: result.Image != nil}
	if info.Image {
		encoded, err := result.Image.MarshalBinary()
		if err != nil {
			return m, err
		}
		parts, body := pack(result.Public)
		m.header.Parts = append([]part{{Size: len(encoded)}}, parts...)
		m.body = slices.Concat(encoded, body)
	}
	var err error
	m.header.Info, err = protocol.JSON(info)
	return m, err
}
