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

// readPNG keeps the chunks that are the picture: header, palette, transparency, pixels, frames of an
// animation, and what says how colours are meant.
func readPNG(data []byte) (*file, error) {
	f := &file{orientation: 1}
	out := bytes.NewBuffer(make([]byte, 0, len(data)))
	out.WriteString(pngMagic)
	rest := data[len(pngMagic):]
	var depth, kind, interlaced byte
	var transparent, profiled bool
	var count parts
	var frames, area int64
	for first := true; ; first = false {
		if err := count.add(); err != nil {
			return nil, err
		}
		if len(rest) < 12 {
			return nil, errDamaged
		}
		size := int64(binary.BigEndian.Uint32(rest))
		if size > int64(len(rest))-12 {
			return nil, errDamaged
		}
		name, body, chunk := string(rest[4:8]), rest[8:8+size], rest[:12+size]
		rest = rest[12+size:]
		if first != (name == "IHDR") {
			return nil, errDamaged
		}
		switch name {
		case "IHDR":
			if size != 13 {
				return nil, errDamaged
			}
			f.width, f.height = pngSide(body), pngSide(body[4:])
			depth, kind, interlaced = body[8], body[9], body[12]
			out.Write(chunk)
		case "tRNS":
			transparent = true
			out.Write(chunk)
		case "gAMA", "cHRM", "sRGB", "cICP":
			if size > 32 {
				return nil, errDamaged
			}
			f.colour = append(f.colour, chunk...)
			out.Write(chunk)
		case "iCCP":
			if profiled { // there may be one; each can cost as much as MaxProfile
				continue
			}
			profiled = true
			profile := pngProfile(body, kind == pngGray || kind == 4)
			f.colour = append(f.colour, profile...)
			out.Write(profile)
		case "eXIf":
			f.orientation = tiffOrientation(body)
		case "fcTL":
			if size != 26 {
				return nil, errDamaged
			}
			frames++
			area += int64(pngSide(body[4:])) * int64(pngSide(body[8:]))
			if frames > MaxFrames || area > MaxFramePixels {
				return nil, errSlug(SlugTooComplex)
			}
			out.Write(chunk)
		case "PLTE", "IDAT", "acTL", "fdAT":
			out.Write(chunk)
		case "IEND":
			out.Write(chunk[:8]) // it has no body
			out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte("IEND"))))
			pixels := int64(f.width) * int64(f.height)
			f.decoded, f.work = pixels*pngBytes(depth, kind, transparent), pixels
			f.memory = f.decoded
			if interlaced != 0 { // each pass is a picture of its own, copied into the whole
				f.memory, f.work = 2*f.memory, 2*f.work
			}
			f.clean = out.Bytes()
			return f, nil
		}
	}
}

// pngSide reads a length; more than an int32 is as good as too much.
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
	packed := bytes.NewBufferString("iCCPICC\x00\x00")
	w := zlib.NewWriter(packed)
	_, _ = w.Write(profile) // to a buffer; cannot fail
	_ = w.Close()
	chunk := binary.BigEndian.AppendUint32(nil, uint32(packed.Len()-4))
	chunk = append(chunk, packed.Bytes()...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(packed.Bytes()))
}
