package picture

import "encoding/binary"

// Flags of a VP8X chunk.
const (
	webpAnimation = 1 << 1
	webpAlpha     = 1 << 4
	webpProfile   = 1 << 5
)

// readWebP keeps the pixels, their transparency, and a cleaned colour profile.
func readWebP(data []byte) (*file, error) {
	if len(data) < 20 || string(data[8:12]) != "WEBP" {
		return nil, errSlug(SlugNotAPicture)
	}
	size := int64(binary.LittleEndian.Uint32(data[4:]))
	if size < 12 || size > int64(len(data))-8 {
		return nil, errDamaged
	}
	f := &file{orientation: 1}
	rest := data[12 : 8+size]
	var pixels, alpha []byte
	var kind string // of the pixels
	extended := false
	var count parts
	for len(rest) > 0 {
		if err := count.add(); err != nil {
			return nil, err
		}
		if len(rest) < 8 {
			return nil, errDamaged
		}
		length := int64(binary.LittleEndian.Uint32(rest[4:]))
		padded := length + length%2
		if padded > int64(len(rest))-8 {
			return nil, errDamaged
		}
		name, body := string(rest[:4]), rest[8:8+length]
		rest = rest[8+padded:]
		switch name {
		case "VP8X":
			if length != 10 || extended || pixels != nil {
				return nil, errDamaged
			}
			if body[0]&webpAnimation != 0 {
				return nil, errSlug(SlugAnimated)
			}
			extended = true
			f.width, f.height = webpSide(body[4:]), webpSide(body[7:])
		case "ICCP":
			if length <= MaxProfile && f.profile == nil {
				f.profile = cleanProfile(body, false)
			}
		case "EXIF":
			exif := body
			if len(exif) > 6 && string(exif[:6]) == "Exif\x00\x00" {
				exif = exif[6:]
			}
			f.orientation = tiffOrientation(exif)
		case "ALPH":
			if alpha != nil || pixels != nil {
				return nil, errDamaged
			}
			alpha = body
		case "VP8 ", "VP8L":
			if pixels != nil {
				return nil, errDamaged
			}
			width, height, ok := webpFrame(name, body)
			if !ok || extended && (width != f.width || height != f.height) {
				return nil, errDamaged
			}
			f.width, f.height, pixels, kind = width, height, body, name
			count := int64(width) * int64(height)
			// trimWebP decodes too: twice what has one lossy part, once what is lossless.
			f.work, f.memory, f.decoded = 3*count, 2*count, 4*count
			if name == "VP8L" || alpha != nil { // four bytes, once more for each kind of transform
				f.work, f.memory = 4*count, 12*count
			}
		}
	}
	if pixels == nil {
		return nil, errDamaged
	}
	f.clean = webpFile(f, kind, alpha, pixels)
	return f, nil
}

// webpSide reads a side that is written as 24 bits, less one.
func webpSide(b []byte) int { return 1 + int(b[0]) + int(b[1])<<8 + int(b[2])<<16 }

// webpFrame reads the size out of the header of the pixels.
func webpFrame(name string, body []byte) (width, height int, ok bool) {
	if name == "VP8 " { // RFC 6386, section 9.1
		if len(body) < 10 || string(body[3:6]) != "\x9d\x01\x2a" {
			return 0, 0, false
		}
		return int(binary.LittleEndian.Uint16(body[6:])) & 0x3FFF, int(binary.LittleEndian.Uint16(body[8:])) & 0x3FFF, true
	}
	if len(body) < 5 || body[0] != 0x2F {
		return 0, 0, false
	}
	bits := binary.LittleEndian.Uint32(body[1:])
	return 1 + int(bits&0x3FFF), 1 + int(bits>>14&0x3FFF), true
}

// webpFile puts a file together of the chunks that are kept.
func webpFile(f *file, kind string, alpha, pixels []byte) []byte {
	out := append(make([]byte, 0, len(alpha)+len(pixels)+len(f.profile)+64), "RIFF\x00\x00\x00\x00WEBP"...)
	if alpha != nil || f.profile != nil {
		flags := byte(0)
		if alpha != nil {
			flags |= webpAlpha
		}
		if f.profile != nil {
			flags |= webpProfile
		}
		w, h := f.width-1, f.height-1
		out = append(out, 'V', 'P', '8', 'X', 10, 0, 0, 0, flags, 0, 0, 0,
			byte(w), byte(w>>8), byte(w>>16), byte(h), byte(h>>8), byte(h>>16))
	}
	if f.profile != nil {
		out = appendChunk(out, "ICCP", f.profile)
	}
	if alpha != nil {
		out = appendChunk(out, "ALPH", alpha)
	}
	out = appendChunk(out, kind, pixels)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}
