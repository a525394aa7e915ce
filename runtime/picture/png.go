package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
)

const (
	pngMagic = "\x89PNG\r\n\x1a\n"
	// pngAfterHeader is where a chunk can be put into a PNG: behind the header's.
	pngAfterHeader = len(pngMagic) + 4 + 4 + 13 + 4
)

// Colour types of PNG.
const (
	pngGray    = 0
	pngPalette = 3
)

// pngColour are the chunks that say how colours are meant, with their sizes.
var pngColour = map[string]int{"gAMA": 4, "cHRM": 32, "sRGB": 1, "cICP": 4}

// pngReader walks the chunks of a PNG.
type pngReader struct {
	*file
	out                     *bytes.Buffer
	depth, kind, interlaced byte
	palette                 int // how many colours it has
	transparent             bool
	seen                    map[string]bool // of the chunks that may come once
	// Of an animation.
	announced uint32 // frames by its header, 0 for a still picture
	frames    uint32
	area      int64
	sequence  uint32 // of the chunks of frames
}

// readPNG keeps the chunks that are the picture: header, palette, transparency, pixels, frames of an
// animation, and what says how colours are meant. trimPNG then looks into the pixels.
func readPNG(data []byte) (*file, error) {
	r := pngReader{file: &file{orientation: 1}, out: bytes.NewBuffer(make([]byte, 0, len(data))), seen: map[string]bool{}}
	r.out.WriteString(pngMagic)
	rest := data[len(pngMagic):]
	var count parts
	for first := true; ; first = false {
		if err := count.add(); err != nil {
			return nil, err
		}
		name, body, next, err := nextChunk(rest)
		if err != nil {
			return nil, err
		}
		rest = next
		if first != (name == "IHDR") {
			return nil, errDamaged
		}
		if name == "IEND" { // it has no body
			r.keep(name, nil)
			return r.finish()
		}
		if err := r.take(name, body); err != nil {
			return nil, err
		}
		r.seen[name] = true
	}
}

// nextChunk returns the name and body of the first chunk, and what follows it.
func nextChunk(data []byte) (name string, body, rest []byte, err error) {
	if len(data) < 12 {
		return "", nil, nil, errDamaged
	}
	size := int64(binary.BigEndian.Uint32(data))
	if size > int64(len(data))-12 {
		return "", nil, nil, errDamaged
	}
	return string(data[4:8]), data[8 : 8+size], data[12+size:], nil
}

// keep writes a chunk.
func (r *pngReader) keep(name string, body ...[]byte) { writeChunk(r.out, name, body...) }

func writeChunk(out *bytes.Buffer, name string, body ...[]byte) {
	start, size := out.Len(), 0
	out.WriteString("\x00\x00\x00\x00")
	out.WriteString(name)
	for _, part := range body {
		out.Write(part)
		size += len(part)
	}
	binary.BigEndian.PutUint32(out.Bytes()[start:], uint32(size))
	out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(out.Bytes()[start+4:])))
}

// take keeps a chunk or leaves it out. Chunks that a browser does not look at are left out too: a second
// one of a kind, frames of a picture that is not said to be an animation.
func (r *pngReader) take(name string, body []byte) error {
	size, colour := pngColour[name]
	switch {
	case name == "IHDR":
		if len(body) != 13 {
			return errDamaged
		}
		r.width, r.height = pngSide(body), pngSide(body[4:])
		r.depth, r.kind, r.interlaced = body[8], body[9], body[12]
		r.unpacked = pngUnpacked(r.width, r.height, r.depth, r.kind, r.interlaced)
		r.keep(name, body)
	case name == "PLTE":
		if r.kind != pngPalette || r.seen[name] { // elsewhere it is only advice
			return nil
		}
		r.palette = len(body) / 3
		r.keep(name, body)
	case name == "tRNS":
		if r.kind == pngPalette && len(body) > r.palette {
			return errDamaged
		}
		r.transparent = true
		r.keep(name, body)
	case colour:
		if r.seen[name] {
			return nil
		}
		if len(body) != size {
			return errDamaged
		}
		from := r.out.Len()
		r.keep(name, body)
		r.colour = append(r.colour, r.out.Bytes()[from:]...)
	case name == "iCCP":
		if r.seen[name] { // each can cost as much as MaxProfile
			return nil
		}
		profile := pngProfile(body, r.kind == pngGray || r.kind == 4)
		r.colour = append(r.colour, profile...)
		r.out.Write(profile)
	case name == "eXIf":
		r.orientation = tiffOrientation(body)
	case name == "IDAT":
		r.keep(name, body)
	case name == "acTL":
		if r.seen[name] || r.seen["IDAT"] {
			return nil
		}
		if len(body) != 8 {
			return errDamaged
		}
		r.announced = binary.BigEndian.Uint32(body)
		r.keep(name, body)
	case r.announced > 0 && (name == "fcTL" || name == "fdAT"):
		return r.frame(name, body)
	}
	return nil
}

// frame keeps a chunk of an animation's frame. They are numbered; the numbers are ours.
func (r *pngReader) frame(name string, body []byte) error {
	if len(body) < 4 || name == "fdAT" && (r.frames == 0 || !r.seen["IDAT"]) {
		return errDamaged
	}
	if name == "fcTL" {
		if len(body) != 26 {
			return errDamaged
		}
		w, h := pngSide(body[4:]), pngSide(body[8:])
		r.frames++
		r.area += int64(w) * int64(h)
		if r.frames > MaxFrames || r.area > MaxFramePixels {
			return errSlug(SlugTooComplex)
		}
		if r.frames > r.announced || w+pngSide(body[12:]) > r.width || h+pngSide(body[16:]) > r.height {
			return errDamaged // a browser would not show it
		}
		if r.seen["IDAT"] {
			r.unpacked += pngUnpacked(w, h, r.depth, r.kind, r.interlaced)
		}
	}
	r.keep(name, binary.BigEndian.AppendUint32(nil, r.sequence), body[4:])
	r.sequence++
	return nil
}

func (r *pngReader) finish() (*file, error) {
	pixels := int64(r.width) * int64(r.height)
	r.decoded, r.work = pixels*pngBytes(r.depth, r.kind, r.transparent), 2*pixels
	r.memory = r.decoded
	if r.interlaced != 0 { // each pass is a picture of its own, copied into the whole
		r.memory, r.work = 2*r.memory, 2*r.work
	}
	r.clean = r.out.Bytes()
	return r.file, nil
}

// pngSide reads a length; more than an int32 is too much in any case.
func pngSide(b []byte) int { return int(min(binary.BigEndian.Uint32(b), 1<<31-1)) }

// pngBytes is how many bytes the decoder keeps for a pixel.
func pngBytes(depth, kind byte, transparent bool) int64 {
	switch {
	case kind == pngPalette:
		return 1
	case depth == 16:
		return 8
	case kind == pngGray && !transparent:
		return 1
	default:
		return 4
	}
}

// pngProfile is the chunk of the cleaned colour profile, nil when there is none to keep.
func pngProfile(body []byte, gray bool) []byte {
	at := bytes.IndexByte(body, 0)
	if at < 0 || at+2 > len(body) {
		return nil
	}
	unpack, err := zlib.NewReader(bytes.NewReader(body[at+2:]))
	if err != nil {
		return nil
	}
	raw, err := io.ReadAll(io.LimitReader(unpack, MaxProfile+1))
	if err != nil || len(raw) > MaxProfile {
		return nil
	}
	profile := cleanProfile(raw, gray)
	if profile == nil {
		return nil
	}
	var packed, chunk bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write(profile) // to a buffer; cannot fail
	_ = w.Close()
	writeChunk(&chunk, "iCCP", []byte("ICC\x00\x00"), packed.Bytes())
	return chunk.Bytes()
}
