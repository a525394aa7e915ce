package picture

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// Places in the header of a colour profile (ICC.1:2022, section 7.2).
const (
	iccHeader     = 128
	iccVersion    = 8
	iccClass      = 12
	iccSpace      = 16
	iccPCS        = 20
	iccSignature  = 36
	iccIntent     = 64
	iccIlluminant = 68
)

// iccD50 is the illuminant that every profile has.
const iccD50 = "\x00\x00\xF6\xD6\x00\x01\x00\x00\x00\x00\xD3\x2D"

// iccTags are the tags of a profile that is a matrix and curves. All others are left out: texts,
// names of devices and what programs keep in tags of their own.
var iccTags = map[bool][]string{
	false: {"rXYZ", "gXYZ", "bXYZ", "wtpt", "rTRC", "gTRC", "bTRC", "chad", "cicp"},
	true:  {"wtpt", "kTRC", "chad"},
}

// iccOptional are those of iccTags that a profile need not have.
var iccOptional = []string{"chad", "cicp"}

// cleanProfile builds a colour profile anew from the numbers of another one. It returns nil for one
// that cannot be said in a matrix and curves: a decoder of large tables is not to be tried on every
// phone that looks at a picture.
func cleanProfile(raw []byte, gray bool) []byte {
	if len(raw) < iccHeader+4 || len(raw) > MaxProfile || string(raw[iccSignature:iccSignature+4]) != "acsp" ||
		string(raw[iccPCS:iccPCS+4]) != "XYZ " || string(raw[iccSpace:iccSpace+4]) != map[bool]string{false: "RGB ", true: "GRAY"}[gray] ||
		!slices.Contains([]string{"mntr", "scnr", "spac"}, string(raw[iccClass:iccClass+4])) {
		return nil
	}
	major := raw[iccVersion]
	if major != 2 && major != 4 {
		return nil
	}
	found := iccElements(raw)
	var out iccWriter
	out.add("desc", iccText(major, "desc", "picture"))
	out.add("cprt", iccText(major, "text", "none"))
	for _, name := range iccTags[gray] {
		element := iccNumbers(found[name])
		if element == nil {
			if slices.Contains(iccOptional, name) {
				continue
			}
			return nil
		}
		out.add(name, element)
	}
	header := make([]byte, iccHeader)
	copy(header[iccVersion:iccVersion+2], raw[iccVersion:])
	copy(header[iccClass:iccPCS+4], raw[iccClass:])
	header[24+1], header[24+3], header[24+5] = 0, 1, 1 // a date is wanted: that of nothing
	binary.BigEndian.PutUint16(header[24:], 2000)
	copy(header[iccSignature:], "acsp")
	header[iccIntent+3] = raw[iccIntent+3] & 3
	copy(header[iccIlluminant:], iccD50)
	return out.file(header)
}

// iccElements finds the tagged elements of a profile, by name.
func iccElements(raw []byte) map[string][]byte {
	found := map[string][]byte{}
	count := int64(binary.BigEndian.Uint32(raw[iccHeader:]))
	for n := range min(count, 100) {
		entry := iccHeader + 4 + 12*n
		if entry+12 > int64(len(raw)) {
			break
		}
		at, size := int64(binary.BigEndian.Uint32(raw[entry+4:])), int64(binary.BigEndian.Uint32(raw[entry+8:]))
		if at+size <= int64(len(raw)) {
			found[string(raw[entry:entry+4])] = raw[at : at+size]
		}
	}
	return found
}

// iccNumbers returns a copy of an element of one of the types that hold numbers only, cut to its true
// length; nil for any other.
func iccNumbers(element []byte) []byte {
	if len(element) < 12 {
		return nil
	}
	size := 0
	switch string(element[:4]) {
	case "XYZ ":
		size = 20
	case "cicp":
		size = 12
	case "sf32":
		size = 8 + 9*4
	case "curv":
		count := binary.BigEndian.Uint32(element[8:])
		if count > MaxCurve {
			return nil
		}
		size = 12 + 2*int(count)
	case "para":
		sizes := []int{1, 3, 4, 5, 7}
		kind := int(binary.BigEndian.Uint16(element[8:]))
		if kind >= len(sizes) {
			return nil
		}
		size = 12 + 4*sizes[kind]
	}
	if size == 0 || size > len(element) {
		return nil
	}
	out := bytes.Clone(element[:size])
	clear(out[4:8]) // reserved
	if string(out[:4]) == "para" {
		clear(out[10:12])
	}
	return out
}

// iccText is a text element: version 2 has types of its own for the name and for other texts.
func iccText(major byte, kind, text string) []byte {
	if major == 4 {
		letters := utf16.Encode([]rune(text))
		out := append([]byte("mluc"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, 'e', 'n', 'U', 'S')
		out = binary.BigEndian.AppendUint32(out, uint32(2*len(letters)))
		out = binary.BigEndian.AppendUint32(out, 28)
		for _, letter := range letters {
			out = binary.BigEndian.AppendUint16(out, letter)
		}
		return out
	}
	out := append([]byte(kind), 0, 0, 0, 0)
	if kind == "desc" {
		out = binary.BigEndian.AppendUint32(out, uint32(len(text)+1))
		out = append(append(out, text...), 0)
		return append(out, make([]byte, 4+4+2+1+67)...) // no Unicode and no Macintosh form
	}
	return append(append(out, text...), 0)
}

// iccWriter collects the elements of a profile.
type iccWriter struct {
	names []string
	parts [][]byte
}

func (w *iccWriter) add(name string, element []byte) {
	w.names, w.parts = append(w.names, name), append(w.parts, element)
}

// file puts header, table and elements together.
func (w *iccWriter) file(header []byte) []byte {
	out := binary.BigEndian.AppendUint32(header, uint32(len(w.parts)))
	at := len(out) + 12*len(w.parts)
	for i, part := range w.parts {
		out = append(out, w.names[i]...)
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
		at += (len(part) + 3) &^ 3
	}
	for _, part := range w.parts {
		out = append(out, part...)
		out = append(out, make([]byte, -len(part)&3)...)
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}
