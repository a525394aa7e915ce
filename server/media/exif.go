package media

import (
	"encoding/binary"
	"image"
)

// JPEG markers that matter here (ITU-T T.81, table B.1).
const (
	markerRST0  = 0xD0 // to RST7, within a picture's data
	markerRST7  = 0xD7
	markerEOI   = 0xD9
	markerSOS   = 0xDA
	markerAPP1  = 0xE1
	markerAPP13 = 0xED
	markerCOM   = 0xFE
)

// segments calls fn for each marker segment before the picture's data, with the segment's whole
// bytes, and returns where the data begins. It stops at anything malformed.
func segments(data []byte, fn func(marker byte, segment []byte)) int {
	at := 2 // after SOI
	for at+4 <= len(data) && data[at] == 0xFF && data[at+1] != markerSOS {
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end > len(data) || end < at+4 {
			break
		}
		fn(data[at+1], data[at:end])
		at = end
	}
	return at
}

// withoutMetadata removes EXIF, XMP, IPTC, comments and what follows the picture from a JPEG file,
// and puts back the one fact of EXIF that a viewer needs: which way is up.
func withoutMetadata(data []byte) []byte {
	if len(data) < 4 || data[0] != 0xFF || data[1] != 0xD8 {
		return data
	}
	out := append(make([]byte, 0, len(data)), data[:2]...)
	if o := orientation(data); o > 1 {
		out = append(out, orientationSegment(o)...)
	}
	rest := segments(data, func(marker byte, segment []byte) {
		if marker != markerAPP1 && marker != markerAPP13 && marker != markerCOM {
			out = append(out, segment...)
		}
	})
	return append(out, data[rest:end(data, rest)]...)
}

// end returns where the picture ends whose data begins at the offset: behind its EOI marker. What
// phones put there is no part of it: films, further pictures with metadata of their own.
func end(data []byte, at int) int {
	for at+1 < len(data) {
		switch marker := data[at+1]; {
		case data[at] != 0xFF || marker == 0x00 || marker >= markerRST0 && marker <= markerRST7:
			at++ // the data of a scan
		case marker == 0xFF: // padding
			at++
		case marker == markerEOI:
			return at + 2
		case at+4 > len(data):
			return len(data)
		default:
			at += 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		}
	}
	return len(data)
}

// orientation reads EXIF's orientation, 1 (upright) to 8; 1 when there is none.
func orientation(data []byte) int {
	found := 1
	if len(data) < 4 || data[0] != 0xFF || data[1] != 0xD8 {
		return found
	}
	segments(data, func(marker byte, segment []byte) {
		if marker == markerAPP1 && len(segment) > 18 && string(segment[4:10]) == "Exif\x00\x00" {
			if o := tiffOrientation(segment[10:]); o >= 1 && o <= 8 {
				found = o
			}
		}
	})
	return found
}

// tiffOrientation finds tag 0x0112 in the first directory of a TIFF header.
func tiffOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	directory := int64(order.Uint32(tiff[4:8]))
	if directory+2 > int64(len(tiff)) {
		return 0
	}
	count := int64(order.Uint16(tiff[directory:]))
	for n := range count {
		entry := directory + 2 + 12*n
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 0
}

// orientationSegment is an APP1 segment that says the orientation and nothing else.
func orientationSegment(o int) []byte {
	return []byte{0xFF, markerAPP1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
		'M', 'M', 0, 42, 0, 0, 0, 8, // big-endian, the directory follows
		0, 1, // one entry
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(o), 0, 0,
		0, 0, 0, 0} // no further directory
}

// upright turns and mirrors a picture as its EXIF orientation says.
func upright(source *image.RGBA, o int) image.Image {
	if o <= 1 || o > 8 {
		return source
	}
	w, h := source.Bounds().Dx(), source.Bounds().Dy()
	target := image.NewRGBA(image.Rect(0, 0, w, h))
	if o >= 5 {
		target = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch o {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			target.SetRGBA(tx, ty, source.RGBAAt(x, y))
		}
	}
	return target
}
