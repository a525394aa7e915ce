// Package form reads multipart forms, which is how files are uploaded, without a copy of the files.
//
// An upload may have many megabytes. It is in memory once, as the body of its request. The readers
// of the standard library, fasthttp and huma each make one more copy. Here the files are moved to
// the front of that body, and handlers get slices of it.
package form

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"github.com/teahouse/teahouse/fault"
)

// mediaType is the type of the bodies that are read here.
const mediaType = "multipart/form-data"

// Input is embedded in the input of an operation whose form Describe describes.
type Input struct {
	files map[string][]byte
	texts map[string]string
	names map[string]string // of files, as the sender calls them
	err   error
}

// Field is one field of a form.
type Field struct {
	Name, Doc      string
	File, Required bool
}

// Describe documents the fields of the form of an operation that is already registered, a POST. If
// an operation were registered with this description, huma would read and check the body itself.
func Describe(api huma.API, path string, fields ...Field) {
	api.OpenAPI().Paths[path].Post.RequestBody = body(fields)
}

// body describes a form with these fields.
func body(fields []Field) *huma.RequestBody {
	schema := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}}
	encoding := map[string]*huma.Encoding{}
	for _, f := range fields {
		of, contentType := &huma.Schema{Type: huma.TypeString, Description: f.Doc}, "text/plain"
		if f.File {
			of.Format, of.ContentEncoding, contentType = "binary", "binary", "application/octet-stream"
		}
		schema.Properties[f.Name], encoding[f.Name] = of, &huma.Encoding{ContentType: contentType}
		if f.Required {
			schema.Required = append(schema.Required, f.Name)
		}
	}
	return &huma.RequestBody{Required: true,
		Content: map[string]*huma.MediaType{mediaType: {Schema: schema, Encoding: encoding}}}
}

// Resolve implements huma.Resolver: it reads the form. The handler asks for its fields.
func (in *Input) Resolve(ctx huma.Context) []error {
	request := humafiber.Unwrap(ctx).Request()
	in.err = in.read(request.Body(), string(request.Header.MultipartFormBoundary()))
	return nil
}

// File returns a file that the form must have. It is a part of the request's body: a handler that
// needs it after the answer must copy it.
func (in *Input) File(name string) ([]byte, error) {
	file, ok := in.files[name]
	if in.err == nil && !ok {
		return nil, fault.Errorf(fault.Invalid, "file-missing", "The form has no file called %q.", name)
	}
	return file, in.err
}

// FileName is what the sender calls a file: text of a stranger's.
func (in *Input) FileName(name string) string { return in.names[name] }

// Text returns a field that is no file, "" if there is none.
func (in *Input) Text(name string) string { return in.texts[name] }

func errBroken() *fault.Error {
	return fault.Errorf(fault.Invalid, "bad-form",
		"The form cannot be read. Send multipart/form-data in which every field has its own name.")
}

// read moves the files to the front of the body. Bytes are written only to places that the reader
// has already passed: a file comes after a boundary and a header, so it moves towards the front.
func (in *Input) read(body []byte, boundary string) error {
	in.files, in.texts, in.names = map[string][]byte{}, map[string]string{}, map[string]string{}
	if boundary == "" {
		return errBroken()
	}
	unread := bytes.NewReader(body)
	parts := multipart.NewReader(unread, boundary)
	end := 0 // of the files so far
	for range maxFields + 1 {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errBroken().Because(err)
		}
		start := end
		for !errors.Is(err, io.EOF) {
			var n int
			n, err = part.Read(body[end : len(body)-unread.Len()])
			if end += n; err != nil && !errors.Is(err, io.EOF) {
				return errBroken().Because(err)
			}
		}
		name, content := part.FormName(), body[start:end:end]
		_, text := in.texts[name]
		if _, file := in.files[name]; file || text {
			return errBroken()
		}
		if part.FileName() == "" {
			in.texts[name], end = string(content), start
		} else {
			in.files[name], in.names[name] = content, part.FileName()
		}
	}
	return errBroken()
}
