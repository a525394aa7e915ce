// Package picturetest makes the pictures that tests send: good ones with what must not stay in them,
// and hostile ones, which are small files that cost much to decode.
package picturetest

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// Halves is a picture whose left half is red and whose right half is blue.
func Halves(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 255, 255}
			}
			img.Set(x, y, c)
		}
	}
	return img
}

// PNG is an ordinary PNG of Halves.
func PNG(t testing.TB, w, h int) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, Halves(w, h)); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// JPEG is an ordinary JPEG of Halves.
func JPEG(t testing.TB, w, h int) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := jpeg.Encode(&file, Halves(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// Exif is a TIFF header, little-endian as phones write it, that says an orientation and a place.
func Exif(orientation byte) []byte {
	tiff := []byte{'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0}
	return append(tiff, "GPS 48.2082N 16.3738E"...)
}

// bitWriter writes bits, the highest first, as JPEG does: a zero follows each byte 0xFF.
type bitWriter struct {
	out  bytes.Buffer
	acc  uint32
	held int
}

func (w *bitWriter) write(bits uint32, count int) {
	for count > 0 {
		count--
		w.acc = w.acc<<1 | bits>>count&1
		if w.held++; w.held == 8 {
			w.out.WriteByte(byte(w.acc))
			if byte(w.acc) == 0xFF {
				w.out.WriteByte(0)
			}
			w.acc, w.held = 0, 0
		}
	}
}

func (w *bitWriter) end() []byte {
	for w.held != 0 {
		w.write(1, 1)
	}
	return w.out.Bytes()
}

// ProgressiveJPEG is a progressive JPEG of three components that are all as large as the picture.
// Its first scan has one bit for each block of 64 samples; each further one has a few bytes for the
// whole picture, and a decoder visits every block for them.
func ProgressiveJPEG(w, h, scans int) []byte {
	blocks := ((w + 7) / 8) * ((h + 7) / 8)
	var out bytes.Buffer
	out.Write([]byte{0xFF, 0xD8})
	quant := make([]byte, 65)
	for i := 1; i < len(quant); i++ {
		quant[i] = 1
	}
	segment(&out, 0xDB, quant)
	segment(&out, 0xC2, []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0})
	one := func(class, symbol byte) []byte { // a table with one code, "0"
		table := make([]byte, 18)
		table[0], table[1], table[17] = class, 1, symbol
		return table
	}
	segment(&out, 0xC4, one(0x00, 0))    // no difference
	segment(&out, 0xC4, one(0x10, 0xE0)) // nothing more in 2^14 blocks, and as many as 14 bits say
	segment(&out, 0xDA, []byte{3, 1, 0, 2, 0, 3, 0, 0, 0, 0})
	first := &bitWriter{}
	for range 3 * blocks {
		first.write(0, 1)
	}
	out.Write(first.end())
	for scan := range scans - 1 {
		segment(&out, 0xDA, []byte{1, 1 + byte(scan%3), 0, 1 + byte(scan/3%63), 1 + byte(scan/3%63), 0})
		data := &bitWriter{}
		for left := blocks; left > 0; left -= 1<<15 - 1 {
			data.write(0, 1)
			data.write(uint32(min(left, 1<<15-1))&(1<<14-1), 14)
		}
		out.Write(data.end())
	}
	out.Write([]byte{0xFF, 0xD9})
	return out.Bytes()
}

func segment(out *bytes.Buffer, marker byte, body []byte) {
	out.Write([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)})
	out.Write(body)
}

// PNGOf is a PNG of zeros of any depth and colour type (see the format: 2 RGB, 6 RGBA).
func PNGOf(t testing.TB, w, h int, depth, kind byte, interlaced bool) []byte {
	t.Helper()
	samples := map[byte]int{0: 1, 2: 3, 4: 2, 6: 4}[kind]
	var pixels bytes.Buffer
	packer, err := zlib.NewWriterLevel(&pixels, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	pass := func(w, h int) {
		if w == 0 || h == 0 {
			return
		}
		row := make([]byte, 1+(w*samples*int(depth)+7)/8)
		for range h {
			if _, err := packer.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if interlaced {
		for _, p := range [][4]int{{8, 8, 0, 0}, {8, 8, 4, 0}, {4, 8, 0, 4}, {4, 4, 2, 0}, {2, 4, 0, 2}, {2, 2, 1, 0}, {1, 2, 0, 1}} {
			pass((w-p[2]+p[0]-1)/p[0], (h-p[3]+p[1]-1)/p[1])
		}
	} else {
		pass(w, h)
	}
	if err := packer.Close(); err != nil {
		t.Fatal(err)
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(w))
	header = binary.BigEndian.AppendUint32(header, uint32(h))
	header = append(header, depth, kind, 0, 0, map[bool]byte{true: 1}[interlaced])
	out := []byte("\x89PNG\r\n\x1a\n")
	out = append(out, Chunk("IHDR", header)...)
	out = append(out, Chunk("IDAT", pixels.Bytes())...)
	return append(out, Chunk("IEND", nil)...)
}

// Chunk is a chunk of a PNG.
func Chunk(name string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// GIF is an animation of equal frames, with the extensions given before the first of them.
func GIF(t testing.TB, w, h, frames int, extensions ...[]byte) []byte {
	t.Helper()
	size := []byte{byte(w), byte(w >> 8), byte(h), byte(h >> 8)}
	out := append([]byte("GIF89a"), size...)
	out = append(out, 0x80, 0, 0, 255, 0, 0, 0, 0, 255) // two colours
	for _, extension := range extensions {
		out = append(out, extension...)
	}
	var pixels bytes.Buffer
	packer := lzw.NewWriter(&pixels, lzw.LSB, 2)
	if _, err := packer.Write(make([]byte, w*h)); err != nil {
		t.Fatal(err)
	}
	if err := packer.Close(); err != nil {
		t.Fatal(err)
	}
	frame := append([]byte{0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0}, size...)
	frame = append(frame, 0, 2)
	frame = append(append(frame, SubBlocks(pixels.Bytes())...), 0)
	for range frames {
		out = append(out, frame...)
	}
	return append(out, 0x3B)
}

// SubBlocks cuts data into GIF's sub-blocks, without the one of length zero that ends them.
func SubBlocks(data []byte) []byte {
	var out []byte
	for len(data) > 0 {
		n := min(len(data), 255)
		out = append(append(out, byte(n)), data[:n]...)
		data = data[n:]
	}
	return out
}

// WebP is a lossless WebP of one colour. Whatever its size, its pixels take a dozen bytes.
func WebP(w, h int, chunks ...[]byte) []byte {
	bits, held := uint64(0), 0
	add := func(value uint64, count int) { bits |= value << held; held += count }
	var pixels []byte
	add(uint64(w-1), 14)
	add(uint64(h-1), 14)
	add(0, 1+3) // opaque, version 0
	for i := range 4 {
		pixels = append(pixels, byte(bits>>(8*i)))
	}
	pixels = append([]byte{0x2F}, pixels...)
	bits, held = 0, 0
	add(0, 3)                                            // no transform, no cache, one group of codes
	for _, colour := range []uint64{0, 255, 0, 255, 0} { // green, red, blue, alpha; and distances
		add(0b101, 3) // a simple code of one symbol, of 8 bits
		add(colour, 8)
	}
	for i := range 8 {
		pixels = append(pixels, byte(bits>>(8*i)))
	}
	return RIFF(append([][]byte{RIFFChunk("VP8L", pixels)}, chunks...)...)
}

// RIFF is a WebP file of chunks.
func RIFF(chunks ...[]byte) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	for _, chunk := range chunks {
		out = append(out, chunk...)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

// RIFFChunk is a chunk of a WebP.
func RIFFChunk(name string, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// LossyWebP is a picture of 48 × 32 as a browser's canvas writes it: red on the left, blue on the
// right, with a colour profile that names its maker. TransparentWebP has a hole in it.
func LossyWebP(t testing.TB) []byte       { return decode(t, lossyWebP) }
func TransparentWebP(t testing.TB) []byte { return decode(t, transparentWebP) }

// SmoothJPEG and GreyJPEG are progressive pictures of 20 × 20 as libjpeg writes them: their scans make one
// another finer by a bit. The grey one begins anew behind every second block.
func SmoothJPEG(t testing.TB) []byte { return decode(t, smoothJPEG) }
func GreyJPEG(t testing.TB) []byte   { return decode(t, greyJPEG) }

func decode(t testing.TB, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const lossyWebP = "UklGRjgCAABXRUJQVlA4WAoAAAAgAAAALwAAHwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABh" +
	"Y3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAAB" +
	"UAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAA" +
	"AAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9Y" +
	"WVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM" +
	"ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggSgAAADADAJ0BKjAAIAA/EXKwUCwmpKKwCAGA" +
	"IglADsQAHle9ZGAA/ubO3/Xf4bW3//yz/yi95XU5rf8ArZ+Lf32ufFqmOcduOPOM1wAA"

const transparentWebP = "UklGRmYCAABXRUJQVlA4WAoAAAAwAAAALwAAHwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABh" +
	"Y3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAAB" +
	"UAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAA" +
	"AAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9Y" +
	"WVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM" +
	"ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZBTFBIFgAAAAEPMP8REUJMQ+hf2m8CRPR/AuyT2wdW" +
	"UDggWgAAAFAEAJ0BKjAAIAA+/WapUCslo6K1SAFgH4liAMULdrtfoH5K1n4ED8lD5AAA/uw/+peir/+3+b2Z+P/+aIT7M+fgKxGe" +
	"62RUGXaOZXnhLdcNG5G74ADI4AAAAA=="

const smoothJPEG = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNS" +
	"Mj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P" +
	"T0//wgARCAAUABQDASIAAhEBAxEB/8QAGAABAQEBAQAAAAAAAAAAAAAAAAUEAwb/xAAZAQABBQAAAAAAAAAAAAAAAAAEAAIDBQb/2gAM" +
	"AwEAAhADEAAAAZFLFSTdboCrvOUzRz0ACB//xAAZEAEBAQADAAAAAAAAAAAAAAABAAIDESH/2gAIAQEAAQUCxYg8wWAgOsXGQX//xAAY" +
	"EQADAQEAAAAAAAAAAAAAAAAAAQMQEf/aAAgBAwEBPwG/cqNI/8QAGBEAAgMAAAAAAAAAAAAAAAAAAAMEEBT/2gAIAQIBAT8BbHM46v/E" +
	"ABQQAQAAAAAAAAAAAAAAAAAAADD/2gAIAQEABj8CH//EABoQAAICAwAAAAAAAAAAAAAAAAABUWEQEXH/2gAIAQEAAT8h5zl5ORGC2xAn" +
	"R//aAAwDAQACAAMAAAAQ3+e//8QAGhEAAgIDAAAAAAAAAAAAAAAAAAERITHR4f/aAAgBAwEBPxBr7HM9LtkjB//EABkRAQEAAwEAAAAA" +
	"AAAAAAAAAAEAESExUf/aAAgBAgEBPxAvJ2gYnt//xAAcEAADAAIDAQAAAAAAAAAAAAAAAREhsYGRocH/2gAIAQEAAT8QVqfAtiWh858Q" +
	"tSvyyZUY2jINbByXJLw+z//Z"

const greyJPEG = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSop" +
	"GR8tMC0oMCUoKSj/wgALCAAUABQBAREA/8QAFwABAAMAAAAAAAAAAAAAAAAABgEFB//dAAQAAv/aAAgBAQAAAAEco//QuM//AP/RlB//" +
	"0iir/9ND/8QAGxAAAwEAAwEAAAAAAAAAAAAAAAIEAQMREiL/2gAIAQEAAQUCnJz/0ONfmdD/0Z0wRF8//9KfCZT/01TOv//EABcQAAMB" +
	"AAAAAAAAAAAAAAAAAAAQMQH/2gAIAQEABj8CX//QKf/RuL//0l//0z//xAAdEAACAgEFAAAAAAAAAAAAAAAAAREhMUGBkaGx/9oACAEB" +
	"AAE/IZ1XQswl4f/QbAx23Z//0achCY5P/9LBbEVJ/9PSz//aAAgBAQAAABC//9D/AP/RP//SP//T/wD/xAAeEAEAAgICAwEAAAAAAAAA" +
	"AAABABEhMXGBUZHB0f/aAAgBAQABPxADK/mrTCGOM//QQwh0MEs8Sfs//9Gquzc+Ux//0qU362xps9T/06m09z//2Q=="
