package picture

import (
	"bytes"
	"compress/zlib"
	"io"
)

// adam7 are the passes of an interlaced PNG: the first pixel, and the steps to the next ones.
var adam7 = [7]struct{ x, y, dx, dy int }{
	{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2},
}

// pngUnpacked is how many bytes the pixels of a picture or frame have when they are unpacked: the rows,
// each with a byte for its filter.
func pngUnpacked(w, h int, depth, kind, interlaced byte) int64 {
	samples := map[byte]int64{2: 3, 4: 2, 6: 4}[kind]
	rows := func(w, h int) int64 {
		if w <= 0 || h <= 0 {
			return 0
		}
		return int64(h) * (1 + (int64(w)*max(1, samples)*int64(depth)+7)/8)
	}
	if interlaced == 0 {
		return rows(w, h)
	}
	var sum int64
	for _, pass := range adam7 {
		sum += rows((w-pass.x+pass.dx-1)/pass.dx, (h-pass.y+pass.dy-1)/pass.dy)
	}
	return sum
}

// trimPNG leaves out what stands behind the pixels of a picture and of its frames, within the same chunks:
// decoders stop at the last row, so it can only be there to carry something else. Where the packed pixels
// end is only known by unpacking them; so this comes after the limits were checked.
func trimPNG(clean []byte) ([]byte, error) {
	out := bytes.NewBuffer(make([]byte, 0, len(clean)))
	out.WriteString(pngMagic)
	var header []byte // of the picture or frame whose pixels come
	var depth, kind, interlaced byte
	var stream pngStream
	flush := func() error {
		if stream.name == "" {
			return nil
		}
		w, h := pngSide(header), pngSide(header[4:])
		err := stream.trim(out, pngUnpacked(w, h, depth, kind, interlaced))
		stream = pngStream{}
		return err
	}
	for rest := clean[len(pngMagic):]; len(rest) > 0; {
		name, body, next, err := nextChunk(rest)
		if err != nil {
			return nil, err
		}
		chunk := rest[:len(rest)-len(next)]
		rest = next
		if name == "IDAT" || name == "fdAT" {
			stream.name = name
			stream.bodies = append(stream.bodies, body)
			continue
		}
		if err := flush(); err != nil {
			return nil, err
		}
		switch name {
		case "IHDR":
			header, depth, kind, interlaced = body, body[8], body[9], body[12]
		case "fcTL":
			header = body[4:]
		}
		out.Write(chunk)
	}
	return out.Bytes(), nil
}

// pngStream is the packed pixels of a picture or frame, spread over chunks.
type pngStream struct {
	name   string
	bodies [][]byte
	// How far it was read.
	chunk, at int
}

// start is where the pixels begin in a chunk: those of frames have a number first.
func (s *pngStream) start() int {
	if s.name == "fdAT" {
		return 4
	}
	return 0
}

// ReadByte makes that the unpacker takes no byte more than it needs.
func (s *pngStream) ReadByte() (byte, error) {
	for ; s.chunk < len(s.bodies); s.chunk, s.at = s.chunk+1, 0 {
		s.at = max(s.at, s.start())
		if body := s.bodies[s.chunk]; s.at < len(body) {
			s.at++
			return body[s.at-1], nil
		}
	}
	return 0, io.EOF
}

// Read implements io.Reader.
func (s *pngStream) Read(p []byte) (int, error) {
	for n := range p {
		b, err := s.ReadByte()
		if err != nil {
			return n, err
		}
		p[n] = b
	}
	return len(p), nil
}

// trim writes the chunks up to the end of the packed pixels. Chunks of frames are numbered, so those that
// are left with nothing stay.
func (s *pngStream) trim(out *bytes.Buffer, unpacked int64) error {
	pixels, err := zlib.NewReader(s)
	if err != nil {
		return err
	}
	// One byte more than the rows have: it must be the end, where the checksum is compared.
	if n, err := io.Copy(io.Discard, io.LimitReader(pixels, unpacked+1)); err != nil || n != unpacked {
		return errDamaged
	}
	for i, body := range s.bodies {
		switch {
		case i < s.chunk:
		case i == s.chunk:
			body = body[:s.at]
		case s.name == "fdAT":
			body = body[:s.start()]
		default:
			continue
		}
		writeChunk(out, s.name, body)
	}
	return nil
}
