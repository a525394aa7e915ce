package goja

import (
	"unsafe"
)

const (
	// appendMin is the length from which an append is worth remembering: shorter strings cost
	// nothing to copy.
	appendMin = 256
	// appendSlots is how many strings may grow at the same time without disturbing each other.
	appendSlots = 4
)

// appendBuffers remembers the strings that were made last by an append. When one of them is appended
// to again, it moves into memory with room behind it, and from then on an append copies its right
// side alone. That keeps every string as it is: strings are views of the same memory from its start,
// each of its own length, and memory that one of them shows is never written again.
//
// A VM belongs to one goroutine. Strings may go to others, which read only what they show.
type appendBuffers struct {
	slots [appendSlots]appendSlot
	next  int
}

// appendSlot is one string that grows: of bytes or of UTF-16 units.
type appendSlot struct {
	ascii   []byte
	unicode []uint16
	spare   bool // the memory was made here, so what is behind the string is free
}

// concat is left + right.
func (b *appendBuffers) concat(left, right String) String {
	if left.Length() < appendMin {
		return left.Concat(right)
	}
	if l, ok := left.(*importedString); ok {
		l.ensureScanned()
		if l.u != nil {
			left = l.u
		} else {
			left = asciiString(l.s)
		}
	}
	if r, ok := right.(*importedString); ok {
		r.ensureScanned()
		if r.u != nil {
			right = r.u
		} else {
			right = asciiString(r.s)
		}
	}
	switch l := left.(type) {
	case asciiString:
		if r, ok := right.(asciiString); ok {
			return b.appendASCII(l, r)
		}
	case unicodeString:
		switch r := right.(type) {
		case unicodeString:
			return b.appendUnicode(l, r[1:], "")
		case asciiString:
			return b.appendUnicode(l, nil, r)
		}
	}
	return left.Concat(right)
}

func (b *appendBuffers) appendASCII(left, right asciiString) String {
	if right == "" {
		return left
	}
	for i := range b.slots {
		s := &b.slots[i]
		if len(s.ascii) != len(left) || unsafe.SliceData(s.ascii) != unsafe.StringData(string(left)) {
			continue
		}
		if !s.spare {
			s.ascii = append(make([]byte, 0, room(len(left)+len(right))), left...)
			s.spare = true
		}
		s.ascii = append(s.ascii, right...)
		return asciiString(unsafe.String(unsafe.SliceData(s.ascii), len(s.ascii)))
	}
	made := append(append(make([]byte, 0, len(left)+len(right)), left...), right...)
	b.remember(appendSlot{ascii: made})
	return asciiString(unsafe.String(unsafe.SliceData(made), len(made)))
}

// appendUnicode appends UTF-16 units or characters of ASCII; one of the two is empty.
func (b *appendBuffers) appendUnicode(left unicodeString, units []uint16, ascii asciiString) String {
	if len(units)+len(ascii) == 0 {
		return left
	}
	more := func(to []uint16) []uint16 {
		to = append(to, units...)
		for i := range len(ascii) {
			to = append(to, uint16(ascii[i]))
		}
		return to
	}
	for i := range b.slots {
		s := &b.slots[i]
		if len(s.unicode) != len(left) || unsafe.SliceData(s.unicode) != unsafe.SliceData([]uint16(left)) {
			continue
		}
		if !s.spare {
			s.unicode = append(make([]uint16, 0, room(len(left)+len(units)+len(ascii))), left...)
			s.spare = true
		}
		s.unicode = more(s.unicode)
		return unicodeString(s.unicode[:len(s.unicode):len(s.unicode)])
	}
	made := more(append(make([]uint16, 0, len(left)+len(units)+len(ascii)), left...))
	b.remember(appendSlot{unicode: made})
	return unicodeString(made[:len(made):len(made)])
}

func (b *appendBuffers) remember(s appendSlot) {
	b.slots[b.next] = s
	b.next = (b.next + 1) % appendSlots
}

// room is how much memory a growing string gets.
func room(length int) int { return length + length/2 }
