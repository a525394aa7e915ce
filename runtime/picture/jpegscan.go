package picture

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// trimJPEG leaves out of a cleaned JPEG what is read and never shown: bytes behind the last unit of a scan or of
// a restart interval, the bits that fill its last byte, tables that no scan uses, and a scan that another
// one covers. Where the coded data of a scan ends is only known by reading its codes; so this comes
// after the limits were checked.
func trimJPEG(clean []byte) ([]byte, error) {
	t := jpegTrimmer{out: make([]byte, 0, len(clean))}
	rest := clean[jpegAfterSOI:]
	for {
		marker, body, after, err := nextSegment(rest)
		if err != nil {
			return nil, err
		}
		if marker == markerEOI {
			return t.file(), nil
		}
		switch marker {
		case markerDHT:
			err = t.huffmanTables(body)
		case markerDQT:
			err = t.quantTables(body)
		case markerDRI:
			if len(body) != 2 {
				return nil, errDamaged
			}
			t.begin()
			t.restart, t.interval = t.add(marker, body), int(binary.BigEndian.Uint16(body))
		case markerSOS:
			length := scanLength(after)
			if err = t.scan(body, after[:length]); err == nil {
				after = after[length:]
			}
		default:
			if marker == markerSOF0 || marker == markerSOF1 || marker == markerSOF2 {
				t.frame(marker, body)
			}
			t.begin()
			t.add(marker, body).used = true
		}
		if err != nil {
			return nil, err
		}
		rest = after
	}
}

// jpegPiece is a segment, or one of the tables of a segment.
type jpegPiece struct {
	marker  byte
	body    []byte
	data    []byte // behind a scan's segment
	segment int    // pieces of one segment stay in one
	used    bool
}

// jpegTrimmer walks a JPEG that readJPEG has checked and written.
type jpegTrimmer struct {
	out      []byte
	pieces   []*jpegPiece
	segments int
	tables   parts // a segment has room for thousands

	width, height int
	progressive   bool
	components    []jpegPlane
	quant         [4]*jpegPiece
	huffman       [2][4]*jpegHuffman // of the first coefficients, and of the others
	restart       *jpegPiece
	interval      int
}

// jpegPlane is a component of the frame, with what its scans have shown so far.
type jpegPlane struct {
	id, quant    byte
	h, v         int
	across, down int      // blocks in a scan of this component alone
	stride       int      // blocks in a row of a scan of all components
	low          [64]int8 // the lowest bit shown of each coefficient, and one more; 0 for none
	nonZero      []uint64 // of each block, a bit for each coefficient; progressive pictures need it
}

func (t *jpegTrimmer) begin() { t.segments++ }

func (t *jpegTrimmer) add(marker byte, body []byte) *jpegPiece {
	piece := &jpegPiece{marker: marker, body: body, segment: t.segments}
	t.pieces = append(t.pieces, piece)
	return piece
}

// file puts together what is used.
func (t *jpegTrimmer) file() []byte {
	t.out = append(t.out, 0xFF, markerSOI)
	last, start := 0, 0
	for _, piece := range t.pieces {
		if !piece.used {
			continue
		}
		if piece.segment != last {
			last, start = piece.segment, len(t.out)
			t.out = append(t.out, 0xFF, piece.marker, 0, 0)
		}
		t.out = append(t.out, piece.body...)
		binary.BigEndian.PutUint16(t.out[start+2:], uint16(len(t.out)-start-2))
		t.out = append(t.out, piece.data...)
	}
	return append(t.out, 0xFF, markerEOI)
}

func (t *jpegTrimmer) quantTables(body []byte) error {
	t.begin()
	for len(body) > 0 {
		if err := t.tables.add(); err != nil {
			return err
		}
		size := 1 + 64*(1+int(body[0]>>4))
		if body[0]>>4 > 1 || body[0]&15 > 3 || len(body) < size {
			return errDamaged
		}
		t.quant[body[0]&15] = t.add(markerDQT, body[:size])
		body = body[size:]
	}
	return nil
}

func (t *jpegTrimmer) huffmanTables(body []byte) error {
	t.begin()
	for len(body) > 0 {
		if err := t.tables.add(); err != nil {
			return err
		}
		if len(body) < 17 || body[0]>>4 > 1 || body[0]&15 > 3 {
			return errDamaged
		}
		size := 17
		for _, count := range body[1:17] {
			size += int(count)
		}
		if size > len(body) {
			return errDamaged
		}
		table, err := newJPEGHuffman(body[1:17], body[17:size])
		if err != nil {
			return err
		}
		table.piece = t.add(markerDHT, body[:size])
		t.huffman[body[0]>>4][body[0]&15] = table
		body = body[size:]
	}
	return nil
}

func (t *jpegTrimmer) frame(marker byte, body []byte) {
	t.progressive = marker == markerSOF2
	t.height, t.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	across, down := 1, 1
	for i := range int(body[5]) {
		c := jpegPlane{id: body[6+3*i], h: int(body[7+3*i] >> 4), v: int(body[7+3*i] & 15), quant: body[8+3*i]}
		if body[5] == 1 { // a single component is not sampled
			c.h, c.v = 1, 1
		}
		across, down = max(across, c.h), max(down, c.v)
		t.components = append(t.components, c)
	}
	ceil := func(a, b int) int { return (a + b - 1) / b }
	for i := range t.components {
		c := &t.components[i]
		c.across, c.down = ceil(ceil(t.width*c.h, across), 8), ceil(ceil(t.height*c.v, down), 8)
		c.stride = ceil(t.width, 8*across) * c.h
		if t.progressive {
			c.nonZero = make([]uint64, c.stride*ceil(t.height, 8*down)*c.v)
		}
	}
}

// jpegScan is what the head of a scan says.
type jpegScan struct {
	in          jpegBits
	planes      []*jpegPlane
	dc, ac      []*jpegHuffman
	first, last int // coefficients
	refine      bool
	blocksLeft  int // that have nothing more, of a run that a progressive scan tells at once
}

// scan marks what a scan uses, and cuts its data at its last unit.
func (t *jpegTrimmer) scan(body, data []byte) error {
	count := int(body[0])
	if count < 1 || len(body) != 4+2*count {
		return errDamaged
	}
	s := jpegScan{in: jpegBits{data: data}, last: 63}
	high, low := 0, 0
	if t.progressive {
		s.first, s.last = int(body[1+2*count]), int(body[2+2*count])
		high, low = int(body[3+2*count]>>4), int(body[3+2*count]&15)
		if s.first > s.last || s.last > 63 || s.first == 0 && s.last > 0 || s.first > 0 && count > 1 {
			return errDamaged
		}
		s.refine = high > 0
	}
	for i := range count {
		plane, err := t.plane(body[1+2*i])
		if err != nil {
			return err
		}
		for k := s.first; k <= s.last; k++ {
			// A coefficient is shown once, and then made finer by a bit at a time.
			if shown := int(plane.low[k]) - 1; s.refine && (shown != high || high != low+1) || !s.refine && shown >= 0 {
				return errDamaged
			}
			plane.low[k] = int8(low + 1)
		}
		td, ta := body[2+2*i]>>4, body[2+2*i]&15
		if td > 3 || ta > 3 || plane.quant > 3 {
			return errDamaged
		}
		dc, ac := t.huffman[0][td], t.huffman[1][ta]
		needDC, needAC := s.first == 0 && !s.refine, s.last > 0
		if needDC && dc == nil || needAC && ac == nil || t.quant[plane.quant] == nil {
			return errDamaged
		}
		t.quant[plane.quant].used = true
		if needDC {
			dc.piece.used = true
		}
		if needAC {
			ac.piece.used = true
		}
		s.planes, s.dc, s.ac = append(s.planes, plane), append(s.dc, dc), append(s.ac, ac)
	}
	if t.interval > 0 {
		t.restart.used = true
	}
	t.begin()
	piece := t.add(markerSOS, body)
	piece.used = true
	var err error
	piece.data, err = t.units(&s)
	return err
}

func (t *jpegTrimmer) plane(id byte) (*jpegPlane, error) {
	for i := range t.components {
		if t.components[i].id == id {
			return &t.components[i], nil
		}
	}
	return nil, errDamaged
}

// units reads the coded data of a scan and returns it up to its end, with nothing between its intervals.
func (t *jpegTrimmer) units(s *jpegScan) ([]byte, error) {
	across, down := s.planes[0].across, s.planes[0].down
	if len(s.planes) > 1 {
		c := &t.components[0]
		across, down = c.stride/c.h, t.rows()
	}
	out := make([]byte, 0, len(s.in.data))
	next := byte(markerRST0)
	for unit := range across * down {
		if t.interval > 0 && unit > 0 && unit%t.interval == 0 {
			out = s.in.cut(out)
			if !s.in.restart(next) {
				return nil, errDamaged
			}
			out = append(out, 0xFF, next)
			s.blocksLeft = 0
			if next++; next > markerRST7 {
				next = markerRST0
			}
		}
		x, y := unit%across, unit/across
		if len(s.planes) == 1 {
			s.block(0, y*s.planes[0].stride+x)
		} else {
			for i, plane := range s.planes {
				for block := range plane.h * plane.v {
					s.block(i, (y*plane.v+block/plane.h)*plane.stride+x*plane.h+block%plane.h)
				}
			}
		}
		if s.in.failed {
			return nil, errDamaged
		}
	}
	return s.in.cut(out), nil
}

// rows is how many rows of units a scan of all components has.
func (t *jpegTrimmer) rows() int {
	down := 1
	for _, c := range t.components {
		down = max(down, c.v)
	}
	return (t.height + 8*down - 1) / (8 * down)
}

// block reads one block (T.81, F.2.2 and G.1.2).
func (s *jpegScan) block(i, at int) {
	if s.first == 0 {
		if s.refine {
			s.in.take(1)
			return
		}
		size := s.in.symbol(s.dc[i])
		if size > 16 {
			s.in.failed = true
			return
		}
		s.in.take(int(size))
	}
	if s.last == 0 {
		return
	}
	if s.blocksLeft > 0 && !s.refine {
		s.blocksLeft--
		return
	}
	var none uint64
	nonZero := &none
	if plane := s.planes[i]; plane.nonZero != nil {
		nonZero = &plane.nonZero[at]
	}
	if s.refine {
		s.refineBlock(s.ac[i], nonZero)
		return
	}
	for k := max(1, s.first); k <= s.last && !s.in.failed; k++ {
		symbol := s.in.symbol(s.ac[i])
		run, size := int(symbol>>4), int(symbol&15)
		switch {
		case size > 0:
			if k += run; k > s.last {
				return
			}
			s.in.take(size)
			*nonZero |= 1 << k
		case run == 15:
			k += 15
		default:
			s.blocksLeft = 1<<run + int(s.in.take(run)) - 1
			return
		}
	}
}

// refineBlock reads one bit more of the coefficients of a block.
func (s *jpegScan) refineBlock(table *jpegHuffman, nonZero *uint64) {
	k := s.first
	for s.blocksLeft == 0 && k <= s.last && !s.in.failed {
		symbol := s.in.symbol(table)
		run, size := int(symbol>>4), int(symbol&15)
		if size == 0 && run < 15 {
			s.blocksLeft = 1<<run + int(s.in.take(run))
			break
		}
		if size > 1 {
			s.in.failed = true
			return
		}
		if size == 1 {
			s.in.take(1)
		}
		for ; k <= s.last; k++ { // past so many zeros, and a bit for each that is none
			if *nonZero>>k&1 == 1 {
				s.in.take(1)
			} else if run--; run < 0 {
				break
			}
		}
		if k > s.last {
			s.in.failed = true
			return
		}
		if size == 1 {
			*nonZero |= 1 << k
		}
		k++
	}
	if s.blocksLeft > 0 {
		s.blocksLeft--
		if k <= s.last {
			band := *nonZero >> k << k & (1<<(s.last+1) - 1)
			for left := bits.OnesCount64(band); left > 0; left -= 16 {
				s.in.take(min(left, 16))
			}
		}
	}
}

// jpegFast is how many bits of a code are looked up at once.
const jpegFast = 9

// jpegHuffman is a table of codes (T.81, annex C).
type jpegHuffman struct {
	piece   *jpegPiece
	symbols []byte
	fast    [1 << jpegFast]uint16 // length and symbol of the code that these bits begin with, 0 for a longer one
	beyond  [17]uint32            // the first code of a length that is none, as 16 bits
	offset  [17]int32             // from a code of a length to its symbol
}

func newJPEGHuffman(counts, symbols []byte) (*jpegHuffman, error) {
	h := &jpegHuffman{symbols: symbols}
	code, at := uint32(0), 0
	for length := 1; length <= 16; length++ {
		h.offset[length] = int32(at) - int32(code)
		for range counts[length-1] {
			if length <= jpegFast {
				low := code << (jpegFast - length)
				if low >= 1<<jpegFast {
					return nil, errDamaged
				}
				for i := range uint32(1) << (jpegFast - length) {
					h.fast[low+i] = uint16(length)<<8 | uint16(symbols[at])
				}
			}
			code, at = code+1, at+1
		}
		if code > 1<<length {
			return nil, errDamaged
		}
		h.beyond[length] = code << (16 - length)
		code <<= 1
	}
	return h, nil
}

// jpegBits reads the coded data of a scan, the highest bit first. A zero follows each byte 0xFF.
type jpegBits struct {
	data   []byte
	at     int    // of the next byte
	held   uint64 // bits that were read and not taken, from the highest down
	count  int
	start  int // of the interval
	failed bool
}

func (b *jpegBits) fill() {
	for b.count <= 56 && b.at < len(b.data) {
		value := b.data[b.at]
		if value == 0xFF {
			if b.at+1 >= len(b.data) || b.data[b.at+1] != 0 {
				return // a marker
			}
			b.at++
		}
		b.at++
		b.held |= uint64(value) << (56 - b.count)
		b.count += 8
	}
}

// take returns at most 16 bits.
func (b *jpegBits) take(count int) uint32 {
	if b.count < count {
		if b.fill(); b.count < count {
			b.failed = true
			return 0
		}
	}
	value := uint32(b.held >> 32 >> (32 - count))
	b.held <<= count
	b.count -= count
	return value
}

func (b *jpegBits) symbol(h *jpegHuffman) byte {
	if b.count < 16 {
		b.fill()
	}
	if entry := h.fast[b.held>>(64-jpegFast)]; entry != 0 {
		b.take(int(entry >> 8))
		return byte(entry)
	}
	code := uint32(b.held >> 48)
	for length := jpegFast + 1; length <= 16; length++ {
		if code < h.beyond[length] {
			return h.symbols[int32(b.take(length))+h.offset[length]]
		}
	}
	b.failed = true
	return 0
}

// cut adds the interval up to the last bit taken. What fills the last byte are ones, as encoders write.
func (b *jpegBits) cut(out []byte) []byte {
	for ; b.count >= 8; b.count -= 8 { // these bytes were read ahead
		if b.at--; b.at > b.start && b.data[b.at] == 0 && b.data[b.at-1] == 0xFF {
			b.at--
		}
	}
	coded := b.data[b.start:b.at]
	out = append(out, coded...)
	if b.count > 0 && !bytes.HasSuffix(coded, []byte{0xFF, 0}) {
		if out[len(out)-1] |= 1<<b.count - 1; out[len(out)-1] == 0xFF {
			out = append(out, 0)
		}
	}
	return out
}

// restart goes on behind the next marker, which must be this one.
func (b *jpegBits) restart(marker byte) bool {
	for b.at+1 < len(b.data) && (b.data[b.at] != 0xFF || b.data[b.at+1] == 0) {
		b.at++
	}
	if b.at+1 >= len(b.data) || b.data[b.at+1] != marker {
		return false
	}
	b.at += 2
	b.start, b.held, b.count = b.at, 0, 0
	return true
}
