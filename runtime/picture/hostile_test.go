package picture_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"runtime"
	"slices"
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/runtime/picture/picturetest"
)

// What would cost too much is refused on its headers: the test would take minutes and gigabytes if
// anything here were decoded.
func TestWhatCostsTooMuchIsRefusedOnItsHeaders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		slug string
	}{
		"progressive JPEG":      {picturetest.ProgressiveJPEG(6300, 6300, 2), picture.SlugTooComplex},
		"many scans":            {picturetest.ProgressiveJPEG(16, 16, picture.MaxScans+1), picture.SlugTooComplex},
		"scans of a large JPEG": {picturetest.ProgressiveJPEG(4000, 4000, picture.MaxScans), picture.SlugTooComplex},
		"pixels of a JPEG":      {claim(picturetest.JPEG(t, 8, 8), 0xC0, 60_000), picture.SlugTooLarge},
		"pixels of a PNG":       {pngClaim(t, 60_000), picture.SlugTooLarge},
		"sides of a PNG":        {pngClaim(t, 1<<31-1), picture.SlugTooLarge},
		"PNG of 16 bits":        {picturetest.PNGOf(t, 4600, 4600, 16, 6, true), picture.SlugTooComplex},
		"pixels of a GIF":       {picturetest.GIF(t, 7000, 7000, 1), picture.SlugTooLarge},
		"frames of a GIF":       {picturetest.GIF(t, 10, 10, picture.MaxFrames+1), picture.SlugTooComplex},
		"area of a GIF":         {picturetest.GIF(t, 1000, 1000, picture.MaxFramePixels/1_000_000+1), picture.SlugTooComplex},
		"pixels of a WebP":      {picturetest.WebP(16_384, 16_384), picture.SlugTooLarge},
		"a lossless WebP":       {picturetest.WebP(6_000, 6_000), picture.SlugTooComplex},
		"chunks of a PNG":       {pngWith(t, "IDAT", nil, 800_000), picture.SlugTooComplex},
		"frames of a PNG":       {moving(t, 5000, 8), picture.SlugTooComplex},
		"texts of a PNG":        {pngWith(t, "tEXt", []byte("a\x00b"), picture.MaxParts), picture.SlugTooComplex},
		"segments of a JPEG":    {many(picturetest.JPEG(t, 8, 8), 2, []byte{0xFF, 0xFE, 0, 2}), picture.SlugTooComplex},
		"markers of a JPEG":     {many(picturetest.JPEG(t, 8, 8), 2, []byte{0xFF, 0x01}), picture.SlugTooComplex},
		"tables of a JPEG":      {slices.Insert(picturetest.JPEG(t, 8, 8), 2, bytes.Repeat(segment(0xC4, string(make([]byte, 3000*17))), 10)...), picture.SlugTooComplex},
		"blocks of a GIF":       {many(picturetest.GIF(t, 8, 8, 1), 19, []byte{0x21, 0xFE, 0}), picture.SlugTooComplex},
		"chunks of a WebP":      {picturetest.WebP(8, 8, slices.Repeat([][]byte{picturetest.RIFFChunk("XMP ", nil)}, picture.MaxParts)...), picture.SlugTooComplex},
		"11 MB":                 {make([]byte, picture.MaxBytes+1), picture.SlugTooLarge},
	} {
		if _, err := picture.Process(c.data, false); fault.SlugOf(err) != c.slug {
			t.Errorf("%s (%d bytes): %v, want %s", name, len(c.data), err, c.slug)
		}
	}
}

// pngWith is a PNG of 4 × 4 pixels with so many chunks more, behind its header.
func pngWith(t *testing.T, name string, body []byte, count int) []byte {
	return slices.Insert(picturetest.PNG(t, 4, 4), 33, bytes.Repeat(picturetest.Chunk(name, body), count)...)
}

// moving claims to be an animation of frames of that many pixels a side; the pixels themselves are missing.
func moving(t *testing.T, side uint32, frames int) []byte {
	still := pngClaim(t, side)
	control := make([]byte, 26)
	binary.BigEndian.PutUint32(control[4:], side)
	binary.BigEndian.PutUint32(control[8:], side)
	still = slices.Insert(still, len(still)-12, bytes.Repeat(picturetest.Chunk("fcTL", control), frames)...)
	return slices.Insert(still, 33, picturetest.Chunk("acTL", []byte{0, 0, 0, byte(frames), 0, 0, 0, 0})...)
}

// many is a file with MaxParts more of a part, at an offset.
func many(data []byte, at int, part []byte) []byte {
	return slices.Insert(data, at, bytes.Repeat(part, picture.MaxParts)...)
}

// A PNG has one colour profile, and no more than one is unpacked. The test is not parallel: the
// runtime counts for the whole process.
func TestOneColourProfileOfAPNGIsUnpacked(t *testing.T) {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write(make([]byte, picture.MaxProfile))
	_ = w.Close()
	data := pngWith(t, "iCCP", append([]byte("a\x00\x00"), packed.Bytes()...), picture.MaxParts/2)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := picture.Process(data, false); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
		t.Errorf("%d MB allocated", took>>20)
	}
}

// pngClaim is a PNG whose header claims that many pixels a side.
func pngClaim(t *testing.T, side uint32) []byte {
	data := picturetest.PNG(t, 1, 1)
	header := bytes.Clone(data[16:29])
	binary.BigEndian.PutUint32(header, side)
	binary.BigEndian.PutUint32(header[4:], side)
	return append(append(bytes.Clone(data[:8]), picturetest.Chunk("IHDR", header)...), data[33:]...)
}

// claim sets the sides in the frame of a JPEG.
func claim(data []byte, frame byte, side uint16) []byte {
	at := bytes.Index(data, []byte{0xFF, frame})
	binary.BigEndian.PutUint16(data[at+5:], side)
	binary.BigEndian.PutUint16(data[at+7:], side)
	return data
}

// A small picture's process refuses what is not small, and takes what is.
func TestWhatIsNotSmallIsToldOnItsHeaders(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"JPEG":             picturetest.ProgressiveJPEG(2000, 2000, 2),
		"PNG of 16 bits":   picturetest.PNGOf(t, 1600, 1600, 16, 6, false),
		"a lossless WebP":  picturetest.WebP(2000, 2000),
		"turned JPEG":      withOrientation(picturetest.JPEG(t, 3500, 2500), 6),
		"GIF, first frame": picturetest.GIF(t, 4000, 4000, 1),
		"bytes of a PNG":   pngWith(t, "tEXt", make([]byte, 1<<10), picture.SmallBytes>>10),
	} {
		if _, err := picture.Process(data, true); !errors.Is(err, picture.ErrLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, data := range map[string][]byte{
		"4 × 4": picturetest.PNG(t, 4, 4), "a screenshot": picturetest.PNG(t, 1080, 2340), "a shrunk photo": picturetest.JPEG(t, 2048, 1536),
		"an animation": picturetest.GIF(t, 480, 270, 100), "WebP": picturetest.WebP(800, 600),
		"progressive": picturetest.ProgressiveJPEG(800, 600, 10),
	} {
		if _, err := picture.Process(data, true); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is broken is refused with a reason, whatever the break.
func TestWhatIsBrokenIsRefused(t *testing.T) {
	t.Parallel()
	whole := map[string][]byte{
		"JPEG": picturetest.JPEG(t, 64, 64), "progressive": picturetest.ProgressiveJPEG(64, 64, 5),
		"PNG": picturetest.PNG(t, 64, 64), "GIF": picturetest.GIF(t, 64, 64, 1), "WebP": picturetest.WebP(64, 64),
	}
	for name, data := range whole {
		if _, err := picture.Process(data, false); err != nil {
			t.Errorf("%s is whole: %v", name, err)
		}
		for _, length := range []int{len(data) / 4, len(data) / 2, len(data) - 6} {
			if _, err := picture.Process(data[:length], false); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%s, %d of %d bytes: %v", name, length, len(data), err)
			}
		}
	}
	long := picturetest.PNG(t, 8, 8)
	binary.BigEndian.PutUint32(long[33:], 1<<31) // the length of the second chunk
	negative := picturetest.PNG(t, 8, 8)
	binary.BigEndian.PutUint32(negative[33:], 0xFFFFFFF0)
	riff := picturetest.WebP(8, 8)
	binary.LittleEndian.PutUint32(riff[4:], 1<<30)
	segment := picturetest.JPEG(t, 8, 8)
	binary.BigEndian.PutUint16(segment[4:], 1) // shorter than the length itself
	for name, data := range map[string][]byte{
		"html": []byte("<script>alert(1)</script>"), "nothing": nil, "SVG": []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"a film": []byte("\x00\x00\x00\x18ftypmp42"), "PDF": []byte("%PDF-1.7"),
		"PNG with a long chunk": long, "PNG with a longer one": negative, "WebP with a long file": riff, "JPEG with a short segment": segment,
		"JPEG of nothing": {0xFF, 0xD8, 0xFF, 0xD9}, "animated WebP": picturetest.RIFF(picturetest.RIFFChunk("VP8X", []byte{2, 0, 0, 0, 1, 0, 0, 1, 0, 0})),
	} {
		_, err := picture.Process(data, false)
		if f, ok := fault.As(err); !ok || f.Code != fault.Invalid || f.Message == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzProcess looks for a panic, and for a picture that is taken and is none.
func FuzzProcess(f *testing.F) {
	f.Add(picturetest.JPEG(f, 8, 8))
	f.Add(picturetest.ProgressiveJPEG(16, 16, 4))
	f.Add(picturetest.PNG(f, 8, 8))
	f.Add(picturetest.GIF(f, 8, 8, 2))
	f.Add(picturetest.WebP(8, 8))
	f.Add(withOrientation(picturetest.JPEG(f, 8, 8), 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Large pictures take long to decode, and a fuzzer with few tries gets nowhere.
		if config, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && config.Width*config.Height > 1<<14 {
			return
		}
		first, err := picture.Process(data, true)
		if err != nil {
			return
		}
		if err := first.Check(); err != nil {
			t.Fatal(err)
		}
		// What was cleaned once is clean: it is taken again, and nothing more is left out.
		second, err := picture.Process(first.Original, true)
		if errors.Is(err, picture.ErrLarge) {
			return
		}
		if err != nil || second.Width != first.Width || second.Height != first.Height || !bytes.Equal(second.Original, first.Original) {
			t.Fatalf("cleaned again: %v", err)
		}
	})
}
