package picture

// gifCodeBits is the largest width of a code in a GIF.
const gifCodeBits = 12

// trimLZW returns the compressed pixels of a frame, as sub-blocks with the byte of code size before them,
// without what stands behind the last pixel: more codes, more bytes, whole sub-blocks. A decoder never shows
// these, so they can only be there to carry something else.
//
// It reads the codes without writing pixels: the length of what a code stands for is enough to count them.
// So it takes time by the bytes of the file and not by the pixels that the file claims.
func trimLZW(data []byte, pixels int64) ([]byte, error) {
	literal := int(data[0])
	if literal < 2 || literal > 8 {
		return nil, errDamaged
	}
	in := bitReader{data: joinSubBlocks(data[1:])}
	reset := uint16(1) << literal
	end := reset + 1
	var lengths [1 << gifCodeBits]int32
	for code := range reset {
		lengths[code] = 1
	}
	width, next := literal+1, end // next is the code that the next entry of the table gets
	last := -1
	var used int // bits up to the last code that counts
	for pixels > 0 {
		code, ok := in.read(width)
		if !ok {
			break
		}
		if code == reset {
			width, next, last = literal+1, end, -1
			used = in.at
			continue
		}
		if code == end || code > next { // what follows a code that does not exist is not shown either
			break
		}
		if last >= 0 {
			lengths[next] = lengths[last] + 1
		}
		pixels -= int64(lengths[code])
		used = in.at
		last = int(code)
		if next++; int(next) == 1<<width {
			if width == gifCodeBits {
				next, last = next-1, -1 // the table is full until the next clear code
			} else {
				width++
			}
		}
	}
	return append([]byte{byte(literal)}, subBlocksOf(in.upTo(used, uint(end), width))...), nil
}

// bitReader reads codes of a changing width, the lowest bit first.
type bitReader struct {
	data []byte
	at   int // in bits
}

func (r *bitReader) read(width int) (uint16, bool) {
	if r.at+width > 8*len(r.data) {
		return 0, false
	}
	var value uint32
	for i := range 3 {
		if at := r.at/8 + i; at < len(r.data) {
			value |= uint32(r.data[at]) << (8 * i)
		}
	}
	value >>= r.at % 8
	r.at += width
	return uint16(value & (1<<width - 1)), true
}

// upTo returns the first bits of the data with one code behind them.
func (r *bitReader) upTo(bits int, code uint, width int) []byte {
	out := append([]byte(nil), r.data[:(bits+7)/8]...)
	if held := bits % 8; held > 0 {
		out[len(out)-1] &= 1<<held - 1
		out[len(out)-1] |= byte(code << held)
		code >>= 8 - held
		width -= 8 - held
	}
	for ; width > 0; width -= 8 {
		out = append(out, byte(code))
		code >>= 8
	}
	return out
}

// joinSubBlocks returns what a run of sub-blocks holds.
func joinSubBlocks(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for len(data) > 0 && data[0] > 0 {
		size := int(data[0])
		out = append(out, data[1:1+size]...)
		data = data[1+size:]
	}
	return out
}

// subBlocksOf cuts data into sub-blocks and ends their run.
func subBlocksOf(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/255+2)
	for len(data) > 0 {
		size := min(len(data), 255)
		out = append(append(out, byte(size)), data[:size]...)
		data = data[size:]
	}
	return append(out, 0)
}
