package registry

import (
	"context"
	"fmt"
	"io"
)

// objectReader reads an object at random offsets, for the zip reader. It fetches blocks and keeps
// the last two, because the zip reader reads small pieces at one or two places.
type objectReader struct {
	ctx     context.Context
	objects Objects
	key     string
	size    int64
	blocks  [2]block // the second one was used last
}

type block struct {
	offset  int64
	content []byte
}

// blockBytes is large enough to need few requests, and small compared with a bundle.
const blockBytes = 256 << 10

// ReadAt implements io.ReaderAt for one goroutine at a time.
func (r *objectReader) ReadAt(p []byte, offset int64) (int, error) {
	n := 0
	for n < len(p) {
		at := offset + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		content, err := r.block(at - at%blockBytes)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], content[at%blockBytes:])
	}
	return n, nil
}

func (r *objectReader) block(offset int64) ([]byte, error) {
	for i := range r.blocks {
		if b := r.blocks[i]; b.content != nil && b.offset == offset {
			r.blocks[0], r.blocks[1] = r.blocks[1-i], b
			return b.content, nil
		}
	}
	length := min(blockBytes, r.size-offset)
	body, err := r.objects.GetRange(r.ctx, r.key, offset, length)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	content := make([]byte, length)
	if _, err := io.ReadFull(body, content); err != nil {
		return nil, fmt.Errorf("read %s: %w", r.key, err)
	}
	r.blocks[0], r.blocks[1] = r.blocks[1], block{offset, content}
	return content, nil
}
