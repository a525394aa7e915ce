package publishing

import (
	"bytes"
	"context"
	"unicode/utf8"

	"github.com/teahouse/teahouse/registry"
)

// FilePath asks for a file of a bundle.
type FilePath struct {
	Path string `query:"path" required:"true" maxLength:"255" doc:"Path of the file, as listed."`
}

// SourceFile is one file of a version.
type SourceFile struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

type filesOutput struct {
	Body struct {
		Items      []SourceFile `json:"items" nullable:"false"`
		NextCursor *string      `json:"next_cursor" doc:"Always null: all files are listed."`
	}
}

type fileOutput struct {
	Body SourceText
}

// SourceText is the content of a file for reading.
type SourceText struct {
	SourceFile
	// Text is null for files that are not text.
	Text      *string `json:"text"`
	Truncated bool    `json:"truncated" doc:"Only the first megabyte is shown."`
}

func (s *Service) files(ctx context.Context, v registry.Version) (*filesOutput, error) {
	files, err := s.registry.Files(ctx, v)
	if err != nil {
		return nil, err
	}
	out := &filesOutput{}
	out.Body.Items = make([]SourceFile, len(files))
	for i, f := range files {
		out.Body.Items[i] = SourceFile{Path: f.Path, Size: f.Size}
	}
	return out, nil
}

func (s *Service) file(ctx context.Context, v registry.Version, path string) (*fileOutput, error) {
	content, err := s.registry.File(ctx, v, path)
	if err != nil {
		return nil, err
	}
	out := &fileOutput{SourceText{SourceFile: SourceFile{Path: path, Size: int64(len(content))}}}
	if len(content) > registry.MaxSourceBytes {
		content = content[:registry.MaxSourceBytes]
		out.Body.Truncated = true
		for len(content) > 0 && !utf8.FullRune(content[len(content)-min(len(content), utf8.UTFMax):]) {
			content = content[:len(content)-1]
		}
	}
	if utf8.Valid(content) && !bytes.ContainsRune(content, 0) {
		text := string(content)
		out.Body.Text = &text
	}
	return out, nil
}
