package picture

import (
	"encoding/binary"
	"slices"
)

// Blocks of GIF (GIF89a specification).
const (
	gifExtension   = 0x21
	gifImage       = 0x2C
	gifTrailer     = 0x3B
	gifControl     = 0xF9 // graphic control extension: time and transparency of a frame
	gifApplication = 0xFF
	gifTable       = 0x80 // flag: a colour table follows
)

// gifLoops are the application extensions that say how often an animation runs. They are the only
// ones that are kept: others carry XMP and whatever programs please.
var gifLoops = []string{"NETSCAPE2.0", "ANIMEXTS1.0"}

// readGIF keeps the screen, the frames with their control blocks, and the number of loops.
func readGIF(data []byte) (*file, error) {
	if len(data) < 13 || string(data[:6]) != "GIF87a" && string(data[:6]) != "GIF89a" {
		return nil, errSlug(SlugNotAPicture)
	}
	f := &file{orientation: 1, width: int(binary.LittleEndian.Uint16(data[6:])),
		height: int(binary.LittleEndian.Uint16(data[8:]))}
	at := 13 + gifTableSize(data[10])
	if at > len(data) {
		return nil, errDamaged
	}
	f.clean = append(make([]byte, 0, len(data)), data[:at]...)
	frames, area := 0, int64(0)
	var control []byte // of the next frame
	var looped bool
	var count parts
	for {
		if err := count.add(); err != nil {
			return nil, err
		}
		if at >= len(data) {
			return nil, errDamaged
		}
		var end int
		switch data[at] {
		case gifTrailer:
			if frames == 0 {
				return nil, errDamaged
			}
			f.clean = append(f.clean, gifTrailer)
			return f, nil
		case gifExtension:
			if end = subBlocks(data, at+2); end <= 0 {
				return nil, errDamaged
			}
			switch {
			case data[at+1] == gifControl && end == at+8:
				control = data[at:end]
			case !looped && isGIFLoop(data[at+1:end]):
				looped = true
				f.clean = append(f.clean, data[at:end]...)
			}
		case gifImage:
			if at+10 > len(data) {
				return nil, errDamaged
			}
			size := int64(binary.LittleEndian.Uint16(data[at+5:])) * int64(binary.LittleEndian.Uint16(data[at+7:]))
			if frames++; frames == 1 {
				f.memory, f.work = 2*size, size // the pixels, and once more when interlaced
			}
			if area += size; frames > MaxFrames || area > MaxFramePixels {
				return nil, errSlug(SlugTooComplex)
			}
			if size > MaxPixels {
				return nil, errSlug(SlugTooLarge)
			}
			from := at + 10 + gifTableSize(data[at+9])
			if end = subBlocks(data, from+1); end <= 0 { // a byte of code size comes first
				return nil, errDamaged
			}
			pixels, err := trimLZW(data[from:end], size)
			if err != nil {
				return nil, err
			}
			if frames == 1 || gifShows(f, data[at:]) {
				f.clean = append(append(append(f.clean, control...), data[at:from]...), pixels...)
			}
			control = nil
		default:
			return nil, errDamaged
		}
		at = end
	}
}

// gifShows reports whether a part of a frame is on the screen. One beside it is never seen.
func gifShows(f *file, frame []byte) bool {
	return int(binary.LittleEndian.Uint16(frame[1:])) < f.width && int(binary.LittleEndian.Uint16(frame[3:])) < f.height
}

// gifTableSize is the length of the colour table that flags announce.
func gifTableSize(flags byte) int {
	if flags&gifTable == 0 {
		return 0
	}
	return 3 << (1 + flags&7)
}

// subBlocks returns where a run of sub-blocks ends that begins at the offset, 0 when it does not end.
func subBlocks(data []byte, at int) int {
	for at < len(data) {
		size := int(data[at])
		at += 1 + size
		if size == 0 {
			return at
		}
	}
	return 0
}

// isGIFLoop reports whether an extension says the number of loops and nothing else.
func isGIFLoop(block []byte) bool {
	// label, 11, name, 3, 1, count of two bytes, 0
	return len(block) == 1+1+11+1+3+1 && block[0] == gifApplication && block[1] == 11 &&
		slices.Contains(gifLoops, string(block[2:13]))
}
