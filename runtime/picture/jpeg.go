package picture

import (
	"encoding/binary"
	"slices"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	markerTEM   = 0x01
	markerSOF0  = 0xC0 // baseline
	markerSOF1  = 0xC1 // extended
	markerSOF2  = 0xC2 // progressive
	markerDHT   = 0xC4
	markerRST0  = 0xD0
	markerRST7  = 0xD7
	markerSOI   = 0xD8
	markerEOI   = 0xD9
	markerSOS   = 0xDA
	markerDQT   = 0xDB
	markerDRI   = 0xDD
	markerAPP0  = 0xE0
	markerAPP1  = 0xE1
	markerAPP2  = 0xE2
	markerAPP14 = 0xEE
)

// jpegAfterSOI is where a segment can be put into a JPEG that our encoder wrote.
const jpegAfterSOI = 2

// jpegReader walks the segments of a JPEG.
type jpegReader struct {
	file
	segments []byte // what is kept: tables, frame, scans
	jfif     []byte
	chunks   map[byte][]byte // of the colour profile, by number
	profile  int             // their bytes

	components  []jpegComponent
	progressive bool
	mcus        int64 // minimum coded units of the frame
	adobe       bool
	transform   byte // of Adobe's segment
	scans       int
	orientation int
}

type jpegComponent struct {
	id     byte
	blocks int64 // of 64 samples, in one unit
}

// readJPEG keeps tables, frame and scans, and of the application segments only what a decoder
// needs. Segments may stand between scans too, and files may follow the picture's end: films,
// further pictures with places of their own.
func readJPEG(data []byte) (*file, error) {
	r := &jpegReader{chunks: map[byte][]byte{}, orientation: 1, segments: make([]byte, 0, len(data))}
	rest := data[2:]
	var count parts
	for {
		if err := count.add(); err != nil {
			return nil, err
		}
		marker, body, after, err := nextSegment(rest)
		if err != nil {
			return nil, err
		}
		if marker == markerEOI {
			break
		}
		if body == nil {
			rest = after
			continue
		}
		segment := rest[len(rest)-len(after)-len(body)-4 : len(rest)-len(after)]
		if marker == markerSOS {
			scan := scanLength(after)
			if err := r.scan(body); err != nil {
				return nil, err
			}
			r.segments = append(append(r.segments, segment...), after[:scan]...)
			rest = after[scan:]
			continue
		}
		if err := r.take(marker, segment, body); err != nil {
			return nil, err
		}
		rest = after
	}
	if r.scans == 0 {
		return nil, errDamaged
	}
	return r.finish(), nil
}

// nextSegment returns the next marker with its body, which is nil for markers that have none. What
// stands between segments is skipped, as decoders do.
func nextSegment(data []byte) (marker byte, body, rest []byte, err error) {
	at := 0
	for at+1 < len(data) {
		if data[at] != 0xFF || data[at+1] == 0x00 || data[at+1] == 0xFF {
			at++
			continue
		}
		marker, at = data[at+1], at+2
		if marker == markerEOI || marker == markerSOI || marker == markerTEM ||
			marker >= markerRST0 && marker <= markerRST7 {
			return marker, nil, data[at:], nil
		}
		if at+2 > len(data) {
			return 0, nil, nil, errDamaged
		}
		end := at + int(binary.BigEndian.Uint16(data[at:]))
		if end < at+2 || end > len(data) {
			return 0, nil, nil, errDamaged
		}
		return marker, data[at+2 : end : end], data[end:], nil
	}
	return 0, nil, nil, errDamaged
}

// scanLength is how long the coded data of a scan is: up to the next marker that is no restart.
func scanLength(data []byte) int {
	for at := 0; at+1 < len(data); at++ {
		if next := data[at+1]; data[at] == 0xFF && next != 0x00 && (next < markerRST0 || next > markerRST7) {
			return at
		}
	}
	return len(data)
}

// take keeps a segment or leaves it out.
func (r *jpegReader) take(marker byte, segment, body []byte) error {
	switch marker {
	case markerDHT, markerDQT, markerDRI:
		r.segments = append(r.segments, segment...)
	case markerSOF0, markerSOF1, markerSOF2:
		if err := r.frame(marker, body); err != nil {
			return err
		}
		r.segments = append(r.segments, segment...)
	case markerAPP0:
		if r.jfif == nil && len(body) >= 12 && string(body[:5]) == "JFIF\x00" {
			r.jfif = []byte{0xFF, markerAPP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1}
			r.jfif = append(r.jfif, body[7:12]...)
			r.jfif = append(r.jfif, 0, 0) // no small copy: it may show what was cut off
		}
	case markerAPP1:
		if len(body) > 14 && string(body[:6]) == "Exif\x00\x00" {
			if o := tiffOrientation(body[6:]); o > 1 {
				r.orientation = o
			}
		}
	case markerAPP2:
		r.profileChunk(body)
	case markerAPP14:
		if !r.adobe && len(body) >= 12 && string(body[:5]) == "Adobe" {
			r.adobe, r.transform = true, body[11]
			r.segments = append(r.segments, 0xFF, markerAPP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, r.transform)
		}
	case 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF: // lossless, arithmetic, hierarchical
		return errSlug(SlugNotAPicture)
	}
	return nil
}

// frame reads size, components and their sampling.
func (r *jpegReader) frame(marker byte, body []byte) error {
	if r.components != nil || len(body) < 6 || body[0] != 8 || len(body) != 6+3*int(body[5]) {
		return errDamaged
	}
	count := int(body[5])
	if count != 1 && count != 3 && count != 4 {
		return errDamaged
	}
	r.height, r.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	r.progressive = marker == markerSOF2
	across, down := 1, 1
	for i := range count {
		h, v := int(body[7+3*i]>>4), int(body[7+3*i]&15)
		if h < 1 || h > 4 || v < 1 || v > 4 {
			return errDamaged
		}
		if count == 1 { // a single component is not sampled
			h, v = 1, 1
		}
		across, down = max(across, h), max(down, v)
		r.components = append(r.components, jpegComponent{body[6+3*i], int64(h * v)})
	}
	units := func(size, of int) int64 { return int64((size + 8*of - 1) / (8 * of)) }
	r.mcus = units(r.width, across) * units(r.height, down)
	return nil
}

// scan counts a scan and what it visits.
func (r *jpegReader) scan(body []byte) error {
	if len(body) < 1 || len(body) < 1+2*int(body[0]) || r.components == nil {
		return errDamaged
	}
	if r.scans++; r.scans > MaxScans {
		return errSlug(SlugTooComplex)
	}
	for i := range int(body[0]) {
		for _, c := range r.components {
			if c.id == body[1+2*i] {
				r.work += 64 * r.mcus * c.blocks
			}
		}
	}
	return nil
}

// profileChunk collects a colour profile, which may be spread over segments.
func (r *jpegReader) profileChunk(body []byte) {
	const head = 14 // name, number, count
	if len(body) <= head || string(body[:12]) != "ICC_PROFILE\x00" {
		return
	}
	if r.profile += len(body) - head; r.profile <= MaxProfile && r.chunks[body[12]] == nil {
		r.chunks[body[12]] = body[head:]
	}
}

func (r *jpegReader) finish() *file {
	blocks := int64(0)
	for _, c := range r.components {
		blocks += r.mcus * c.blocks
	}
	pixels := int64(r.width) * int64(r.height)
	f := &file{width: r.width, height: r.height, work: r.work, orientation: r.orientation,
		memory: 64 * blocks, decoded: 64 * blocks}
	if r.progressive {
		f.memory += 64 * 4 * blocks // the decoder keeps every coefficient, in 32 bits
		f.memory += 8 * blocks      // and trimJPEG one bit of each
	}
	rgb := len(r.components) == 3 && (r.adobe && r.transform == 0 ||
		r.components[0].id == 'R' && r.components[1].id == 'G' && r.components[2].id == 'B')
	if rgb || len(r.components) == 4 {
		f.memory, f.decoded = f.memory+2*4*pixels, 4*pixels // the decoder converts these
	}
	f.rewrite = len(r.components) == 4
	if raw := r.joined(); raw != nil && len(r.components) != 4 {
		f.profile = cleanProfile(raw, len(r.components) == 1)
	}
	clean := make([]byte, 0, len(r.segments)+2*1024)
	clean = append(clean, 0xFF, markerSOI)
	clean = append(clean, r.jfif...)
	clean = append(clean, profileSegment(f.profile)...)
	clean = append(clean, r.segments...)
	clean = append(clean, 0xFF, markerEOI)
	f.clean = clean
	return f
}

// joined puts the chunks of the colour profile together, nil when one is missing.
func (r *jpegReader) joined() []byte {
	var numbers []byte
	for n := range r.chunks {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var raw []byte
	for i, n := range numbers {
		if int(n) != i+1 {
			return nil
		}
		raw = append(raw, r.chunks[n]...)
	}
	return raw
}

// profileSegment is a segment with a whole colour profile, nil for none.
func profileSegment(profile []byte) []byte {
	if profile == nil {
		return nil
	}
	segment := []byte{0xFF, markerAPP2, 0, 0}
	segment = append(segment, "ICC_PROFILE\x00\x01\x01"...)
	segment = append(segment, profile...)
	binary.BigEndian.PutUint16(segment[2:], uint16(len(segment)-2))
	return segment
}
