package form

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"testing"

	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
)

const boundary = "b0undary"

// written is a form as browsers send it.
func written(t interface{ Fatal(...any) }, write func(w *multipart.Writer) error) []byte {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.SetBoundary(boundary); err != nil {
		t.Fatal(err)
	}
	if err := write(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

func addFile(w *multipart.Writer, name string, content []byte) error {
	part, err := w.CreateFormFile(name, name+".bin")
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	return err
}

func TestFilesAreNotCopied(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef\r\n--b0undar"), 100_000)
	body := written(t, func(w *multipart.Writer) error { return addFile(w, "file", content) })
	sent := bytes.Clone(body)
	var in Input
	allocated := testing.AllocsPerRun(1, func() {
		copy(body, sent)
		if err := in.read(body, boundary); err != nil {
			t.Fatal(err)
		}
	})
	got, err := in.File("file")
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if &got[0] != &body[0] {
		t.Error("the file is not a part of the body")
	}
	if allocated > 100 {
		t.Errorf("%v allocations for a file of %d bytes", allocated, len(content))
	}
}

// TestFormsAreReadAsTheyWereWritten holds for any files and texts, boundaries inside them included.
func TestFormsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.OneOf(rapid.SampledFrom([]string{"\r\n", "--", "--" + boundary[:5], "\r\n--", boundary, "-"}), rapid.String())
		text := rapid.Custom(func(t *rapid.T) string {
			var s string
			for _, p := range rapid.SliceOfN(piece, 0, 400).Draw(t, "pieces") {
				s += p
			}
			// A delimiter inside would end the part; senders choose another boundary in that case.
			return string(bytes.ReplaceAll([]byte(s), []byte("--"+boundary), nil))
		})
		files := rapid.SliceOfN(text, 0, 4).Draw(t, "files")
		texts := rapid.SliceOfN(text, 0, 4).Draw(t, "texts")
		body := written(t, func(w *multipart.Writer) error {
			for i := range max(len(files), len(texts)) {
				if i < len(texts) {
					if err := w.WriteField(fmt.Sprintf("text%d", i), texts[i]); err != nil {
						return err
					}
				}
				if i < len(files) {
					if err := addFile(w, fmt.Sprintf("file%d", i), []byte(files[i])); err != nil {
						return err
					}
				}
			}
			return nil
		})
		var in Input
		if err := in.read(body, boundary); err != nil {
			t.Fatal(err)
		}
		for i, want := range files {
			if got, err := in.File(fmt.Sprintf("file%d", i)); err != nil || string(got) != want {
				t.Fatalf("file %d: %q, want %q (%v)", i, got, want, err)
			}
		}
		for i, want := range texts {
			if got := in.Text(fmt.Sprintf("text%d", i)); got != want {
				t.Fatalf("text %d: %q, want %q", i, got, want)
			}
		}
	})
}

func TestBrokenFormsAreRefused(t *testing.T) {
	whole := written(t, func(w *multipart.Writer) error { return addFile(w, "file", []byte("content")) })
	for name, body := range map[string][]byte{
		"nothing":    nil,
		"no form":    []byte("content"),
		"cut short":  whole[:len(whole)-20],
		"name twice": written(t, twice),
		"too many fields": written(t, func(w *multipart.Writer) error {
			for i := range maxFields + 1 {
				if err := w.WriteField(fmt.Sprint(i), ""); err != nil {
					return err
				}
			}
			return nil
		}),
	} {
		in := Input{}
		in.err = in.read(body, boundary)
		if _, err := in.File("file"); fault.SlugOf(err) != "bad-form" && fault.SlugOf(err) != "file-missing" {
			t.Errorf("%s: %v", name, err)
		} else if name != "nothing" && name != "no form" && fault.SlugOf(err) != "bad-form" {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := Input{}
	if err := in.read(whole, boundary); err != nil {
		t.Fatal(err)
	}
	if _, err := in.File("bundle"); fault.SlugOf(err) != "file-missing" {
		t.Errorf("a file with another name: %v", err)
	}
}

func twice(w *multipart.Writer) error {
	if err := addFile(w, "file", []byte("1")); err != nil {
		return err
	}
	return addFile(w, "file", []byte("2"))
}

// FuzzForm checks that any input is read as the standard library reads it.
func FuzzForm(f *testing.F) {
	f.Add(written(f, func(w *multipart.Writer) error { return addFile(w, "file", []byte("content")) }))
	f.Add([]byte("--b0undary\r\n\r\n--b0undary--"))
	f.Fuzz(func(t *testing.T, body []byte) {
		want := map[string][]byte{}
		for parts := multipart.NewReader(bytes.NewReader(bytes.Clone(body)), boundary); ; {
			part, err := parts.NextRawPart()
			if err != nil {
				break
			}
			content, err := io.ReadAll(part)
			if err == nil && part.FileName() != "" {
				want[part.FormName()] = content
			}
		}
		var in Input
		if in.read(body, boundary) != nil {
			return
		}
		if len(in.files) != len(want) {
			t.Fatalf("%d files, want %d", len(in.files), len(want))
		}
		for name, content := range want {
			if !bytes.Equal(in.files[name], content) {
				t.Fatalf("%q: %q, want %q", name, in.files[name], content)
			}
		}
	})
}
