package picture

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/image/vp8"
	"golang.org/x/image/vp8l"
)

// trimWebP leaves out of a cleaned WebP what stands behind the last pixel, within the chunks of pixels and of
// transparency. A lossless one is cut where the decoder stops. The decoder of lossy ones does not tell where
// that is; one whose parts go on behind it is refused, since no encoder writes such a file.
func trimWebP(clean []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(clean)), clean[:12]...)
	var header []byte // of the picture's size, as a lossless one has it
	for rest := clean[12:]; len(rest) > 0; {
		length := binary.LittleEndian.Uint32(rest[4:])
		name, body := string(rest[:4]), rest[8:8+length]
		rest = rest[8+length+length%2:]
		var err error
		switch name {
		case "VP8X":
			w, h := uint32(webpSide(body[4:])-1), uint32(webpSide(body[7:])-1)
			header = binary.LittleEndian.AppendUint32([]byte{0x2F}, w|h<<14)
		case "ALPH":
			body, err = trimAlpha(header, body)
		case "VP8L":
			body, err = trimLossless(nil, body)
		case "VP8 ":
			err = checkLossy(body)
		}
		if err != nil {
			return nil, err
		}
		out = appendChunk(out, name, body)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// appendChunk writes a chunk; one of an odd length is followed by a zero.
func appendChunk(out []byte, name string, body []byte) []byte {
	out = binary.LittleEndian.AppendUint32(append(out, name...), uint32(len(body)))
	if out = append(out, body...); len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// trimAlpha cuts transparency: a byte of flags, then a byte for each pixel, or a lossless picture that has
// them as its green.
func trimAlpha(header, body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, errDamaged
	}
	const packed = 3 // of the flags
	if body[0]&packed != 0 {
		trimmed, err := trimLossless(header, body[1:])
		return body[:1+len(trimmed)], err
	}
	bits := binary.LittleEndian.Uint32(header[1:])
	pixels := int(1+bits&0x3FFF) * int(1+bits>>14&0x3FFF)
	if len(body) < 1+pixels {
		return nil, errDamaged
	}
	return body[:1+pixels], nil
}

// trimLossless cuts a lossless picture, which may have its header elsewhere.
func trimLossless(header, body []byte) ([]byte, error) {
	read, err := readLossless(header, body)
	if err != nil {
		return nil, err
	}
	if read < len(body) { // the last byte may have been read ahead
		if _, err := readLossless(header, body[:read-1]); err == nil {
			read--
		}
	}
	return body[:read], nil
}

// readLossless returns how many bytes the decoder reads.
func readLossless(header, body []byte) (int, error) {
	in := bytes.NewReader(body)
	_, err := vp8l.Decode(&byteByByte{header, in})
	return len(body) - in.Len(), err
}

// byteByByte makes that the decoder takes at most one byte more than it needs.
type byteByByte struct {
	header []byte
	*bytes.Reader
}

// ReadByte implements io.ByteReader.
func (r *byteByByte) ReadByte() (byte, error) {
	if len(r.header) > 0 {
		b := r.header[0]
		r.header = r.header[1:]
		return b, nil
	}
	return r.Reader.ReadByte()
}

// webpSlack is how many bytes an encoder may leave behind the last bit of a part: its coder writes
// the four bytes that it holds, whatever is in them.
const webpSlack = 8

// checkLossy refuses a lossy picture that has more in one of its parts than is read of it: it can then be
// decoded without the last bytes of that part.
func checkLossy(body []byte) error {
	const head = 10 // flags and the length of the first part, a sign, the size
	first := int(body[0])>>5 | int(body[1])<<3 | int(body[2])<<11
	if len(body) < head+first {
		return errDamaged
	}
	if first > webpSlack {
		bits := first - webpSlack
		tag := []byte{body[0]&31 | byte(bits<<5), byte(bits >> 3), byte(bits >> 11)}
		if lossyDecodes(tag, body[3:head+bits], body[head+first:]) {
			return errDamaged
		}
	}
	// The lengths of all parts but the last stand before them.
	count := lossyParts(body[head : head+first])
	sizes, from := body[head+first:], head+first+3*(count-1)
	if from > len(body) {
		return errDamaged
	}
	for i := range count {
		size := len(body) - from
		if i < count-1 {
			size = int(sizes[3*i]) | int(sizes[3*i+1])<<8 | int(sizes[3*i+2])<<16
			if size > len(body)-from {
				return errDamaged
			}
		}
		if size > webpSlack {
			cut := size - webpSlack
			before := bytes.Clone(body[:from+cut])
			if i < count-1 {
				copy(before[head+first+3*i:], []byte{byte(cut), byte(cut >> 8), byte(cut >> 16)})
			}
			if lossyDecodes(before, body[from+size:]) {
				return errDamaged
			}
		}
		from += size
	}
	return nil
}

// lossyDecodes reports whether these bytes are a whole lossy picture.
func lossyDecodes(parts ...[]byte) bool {
	data := bytes.Join(parts, nil)
	d := vp8.NewDecoder()
	d.Init(bytes.NewReader(data), len(data))
	if _, err := d.DecodeFrameHeader(); err != nil {
		return false
	}
	_, err := d.DecodeFrame()
	return err == nil
}

// lossyParts reads how many parts with pixels follow the first part (RFC 6386, section 9.2 to 9.5).
func lossyParts(first []byte) int {
	in := boolReader{data: first, span: 255}
	flagged := func(count, bits int, signed bool) {
		for range count {
			if in.literal(1) == 1 {
				in.literal(bits)
				if signed {
					in.literal(1)
				}
			}
		}
	}
	in.literal(2) // colour space, clamping
	if in.literal(1) == 1 {
		mapped := in.literal(1) == 1
		if in.literal(1) == 1 {
			in.literal(1)
			flagged(4, 7, true)
			flagged(4, 6, true)
		}
		if mapped {
			flagged(3, 8, false)
		}
	}
	in.literal(1 + 6 + 3) // the filter at edges
	if in.literal(1) == 1 {
		if changed := in.literal(1) == 1; changed {
			flagged(8, 6, true)
		}
	}
	return 1 << in.literal(2)
}

// boolReader reads bits that are as likely one as zero out of arithmetic code (RFC 6386, section 7).
type boolReader struct {
	data  []byte
	value uint32 // the 8 bits that are compared, and count more below them
	count int
	span  uint32
}

func (r *boolReader) literal(bits int) int {
	value := 0
	for range bits {
		value = value<<1 | r.bit()
	}
	return value
}

func (r *boolReader) bit() int {
	for r.count < 8 { // zeros follow the end
		r.value <<= 8
		if len(r.data) > 0 {
			r.value |= uint32(r.data[0])
			r.data = r.data[1:]
		}
		r.count += 8
	}
	split := 1 + (r.span-1)>>1
	bit := 0
	if top := split << (r.count - 8); r.value >= top {
		r.value, r.span, bit = r.value-top, r.span-split, 1
	} else {
		r.span = split
	}
	for r.span < 128 {
		r.span <<= 1
		r.count--
	}
	return bit
}
