package picture_test

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"sort"
	"testing"

	"golang.org/x/image/webp"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/runtime/picture/picturetest"
)

// secret is what must not be in a picture that others see.
const secret = "GPS 48.2082N 16.3738E"

// segment is a segment of a JPEG.
func segment(marker byte, body string) []byte {
	return append([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

// put puts pieces into a file at an offset.
func put(data []byte, at int, pieces ...[]byte) []byte {
	out := bytes.Clone(data[:at])
	for _, piece := range pieces {
		out = append(out, piece...)
	}
	return append(out, data[at:]...)
}

func withOrientation(data []byte, o byte) []byte {
	return put(data, 2, segment(0xE1, "Exif\x00\x00"+string(picturetest.Exif(o))))
}

// packed is text as PNG's compressed chunks hold it.
func packed(text string) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write([]byte(text)) // to a buffer; cannot fail
	_ = w.Close()
	return out.Bytes()
}

// Each case is a picture with the secret in one of the places that programs write it to; want is the
// file that must come out.
func TestPlacesAndNamesStayBehind(t *testing.T) {
	t.Parallel()
	photo, screenshot, small := picturetest.JPEG(t, 64, 48), picturetest.PNG(t, 64, 48), picturetest.WebP(64, 48)
	animation := picturetest.GIF(t, 16, 16, 2)
	loop := append([]byte{0x21, 0xFF, 11}, "NETSCAPE2.0\x03\x01\x00\x00\x00"...)
	progressive := picturetest.ProgressiveJPEG(64, 64, 3)
	scan := bytes.LastIndex(progressive, []byte{0xFF, 0xDA})
	smooth, grey := picturetest.SmoothJPEG(t), picturetest.GreyJPEG(t)
	hole := picturetest.TransparentWebP(t)
	result, err := picture.Process(hole, false) // without its profile's texts
	if err != nil {
		t.Fatal(err)
	}
	hole = result.Original
	table := func(id byte) []byte { // of codes, which are all of eight bits
		return segment(0xC4, string([]byte{id, 0, 0, 0, 0, 0, 0, 0, byte(len(secret)), 0, 0, 0, 0, 0, 0, 0, 0})+secret)
	}
	quants := segment(0xDB, "\x03"+(secret + secret + secret + secret)[:64])
	const jpegHead, pngHead = 2, 33
	pixels := bytes.Index(screenshot, []byte("IDAT")) - 4
	packedPixels := screenshot[pixels+8 : len(screenshot)-12-4]
	idat := func(body ...[]byte) []byte { return picturetest.Chunk("IDAT", bytes.Join(body, nil)) }
	still := func(chunks ...[]byte) []byte {
		return bytes.Join(append(append([][]byte{screenshot[:pixels]}, chunks...), screenshot[len(screenshot)-12:]), nil)
	}
	moving := apng(screenshot[:pixels], 64, 48, packedPixels, packedPixels)
	gifHead := 6 + 7 + 6
	block := func(label byte, head string) []byte {
		return append(append(append([]byte{0x21, label}, head...), picturetest.SubBlocks([]byte(secret))...), 0)
	}
	xmp := "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + secret + "</x:xmpmeta>"
	for name, c := range map[string]struct{ data, want []byte }{
		"JPEG, EXIF":                                          {put(photo, jpegHead, segment(0xE1, "Exif\x00\x00"+string(picturetest.Exif(1)))), photo},
		"JPEG, XMP":                                           {put(photo, jpegHead, segment(0xE1, xmp)), photo},
		"JPEG, extended XMP":                                  {put(photo, jpegHead, segment(0xE1, "http://ns.adobe.com/xmp/extension/\x00"+secret)), photo},
		"JPEG, IPTC":                                          {put(photo, jpegHead, segment(0xED, "Photoshop 3.0\x008BIM\x04\x04"+secret)), photo},
		"JPEG, comment":                                       {put(photo, jpegHead, segment(0xFE, secret)), photo},
		"JPEG, several pictures":                              {put(photo, jpegHead, segment(0xE2, "MPF\x00"+secret)), photo},
		"JPEG, FlashPix":                                      {put(photo, jpegHead, segment(0xE2, "FPXR\x00"+secret)), photo},
		"JPEG, a maker's segment":                             {put(photo, jpegHead, segment(0xE5, secret), segment(0xEB, secret), segment(0xEF, secret)), photo},
		"JPEG, unknown segment":                               {put(photo, jpegHead, segment(0xF7, secret)), photo},
		"JPEG, between tables":                                {put(photo, bytes.Index(photo, []byte{0xFF, 0xC4}), segment(0xFE, secret)), photo},
		"JPEG, between scans":                                 {put(progressive, scan, segment(0xFE, secret), segment(0xE1, xmp)), progressive},
		"JPEG, between segments":                              {put(photo, bytes.Index(photo, []byte{0xFF, 0xC4}), []byte(secret)), photo},
		"JPEG, behind the end":                                {append(bytes.Clone(photo), "\x00\x00\x00\x18ftypmp42"+secret...), photo},
		"JPEG, a second one":                                  {append(bytes.Clone(photo), photo...), photo},
		"JPEG, behind the last pixel":                         {put(photo, len(photo)-2, []byte(secret)), photo},
		"JPEG, behind the last pixel of a scan":               {put(smooth, bytes.LastIndex(smooth, []byte{0xFF, 0xDA}), []byte(secret)), smooth},
		"JPEG, behind a scan's last pixel, in colour":         {put(smooth, bytes.LastIndex(smooth, []byte{0xFF, 0xC4}), []byte(secret)), smooth},
		"JPEG, in front of a restart":                         {put(grey, bytes.LastIndex(grey, []byte{0xFF, 0xD1}), []byte(secret)), grey},
		"JPEG, behind the last pixel of a restart":            {put(grey, len(grey)-2, []byte(secret)), grey},
		"JPEG, codes that nothing uses":                       {put(photo, jpegHead, table(0x03), table(0x12)), photo},
		"JPEG, codes that are replaced":                       {put(photo, jpegHead, table(0x00), table(0x11)), photo},
		"JPEG, codes behind the last scan":                    {put(photo, len(photo)-2, table(0x00)), photo},
		"JPEG, steps that nothing uses":                       {put(photo, jpegHead, quants), photo},
		"JPEG, a distance of restarts without a scan":         {put(photo, len(photo)-2, segment(0xDD, "GP")), photo},
		"JPEG, in Adobe's segment":                            {put(photo, jpegHead, segment(0xEE, "AdobeGPS482\x01")), put(photo, jpegHead, segment(0xEE, "Adobe\x00d\x00\x00\x00\x00\x01"))},
		"PNG, eXIf":                                           {put(screenshot, pngHead, picturetest.Chunk("eXIf", picturetest.Exif(1))), screenshot},
		"PNG, tEXt":                                           {put(screenshot, pngHead, picturetest.Chunk("tEXt", []byte("Comment\x00"+secret))), screenshot},
		"PNG, zTXt":                                           {put(screenshot, pngHead, picturetest.Chunk("zTXt", append([]byte("Comment\x00\x00"), packed(secret)...))), screenshot},
		"PNG, iTXt with XMP":                                  {put(screenshot, pngHead, picturetest.Chunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+secret))), screenshot},
		"PNG, time":                                           {put(screenshot, pngHead, picturetest.Chunk("tIME", []byte{7, 234, 11, 30, 12, 0, 0})), screenshot},
		"PNG, unknown chunk":                                  {put(screenshot, pngHead, picturetest.Chunk("prVt", []byte(secret))), screenshot},
		"PNG, behind the pixels":                              {put(screenshot, len(screenshot)-12, picturetest.Chunk("tEXt", []byte("Comment\x00"+secret))), screenshot},
		"PNG, behind the end":                                 {append(bytes.Clone(screenshot), secret...), screenshot},
		"PNG, behind the packed pixels":                       {still(idat(packedPixels, []byte(secret))), screenshot},
		"PNG, much behind the packed pixels":                  {still(idat(packedPixels, bytes.Repeat([]byte(secret), 1000))), screenshot},
		"PNG, a chunk of pixels behind the last":              {still(idat(packedPixels), idat([]byte(secret)), idat(nil)), screenshot},
		"PNG, a palette that nothing uses":                    {put(screenshot, pngHead, picturetest.Chunk("PLTE", []byte(secret))), screenshot},
		"PNG, a frame of a still picture":                     {still(idat(packedPixels), picturetest.Chunk("fdAT", append(make([]byte, 4), secret...))), screenshot},
		"PNG, an animation's header behind the pixels":        {still(idat(packedPixels), picturetest.Chunk("acTL", []byte(secret)[:8])), screenshot},
		"animated PNG, nothing":                               {moving, moving},
		"animated PNG, behind the packed pixels":              {apng(screenshot[:pixels], 64, 48, append(bytes.Clone(packedPixels), secret...), packedPixels), moving},
		"animated PNG, behind the packed pixels of its frame": {apng(screenshot[:pixels], 64, 48, packedPixels, append(bytes.Clone(packedPixels), secret...)), moving},
		"GIF, behind the codes of a frame":                    {gifWith(t, 0, append(codes(t, 256), secret...)), animation},
		"GIF, codes behind the last pixel":                    {gifWith(t, 0, literals(256, 1, 2, 3, 1, 2, 3)), gifWith(t, 0, literals(256))},
		"GIF, two control blocks of a frame":                  {put(animation, gifHead, []byte("\x21\xF9\x04GPS4\x00")), animation},
		"GIF, two loops":                                      {put(animation, gifHead, loop, []byte("\x21\xFF\x0bNETSCAPE2.0\x03\x01GP\x00")), put(animation, gifHead, loop)},
		"GIF, a frame beside the screen":                      {gifWith(t, 16, codes(t, 256)), picturetest.GIF(t, 16, 16, 1)},
		"GIF, comment":                                        {put(animation, gifHead, block(0xFE, "")), animation},
		"GIF, text":                                           {put(animation, gifHead, block(0x01, "\x0c123456789012")), animation},
		"GIF, XMP":                                            {put(animation, gifHead, block(0xFF, "\x0bXMP DataXMP")), animation},
		"GIF, an application's":                               {put(animation, gifHead, block(0xFF, "\x0bSECRETAPP10")), animation},
		"GIF, in the loop's":                                  {put(animation, gifHead, block(0xFF, "\x0bNETSCAPE2.0")), animation},
		"GIF, behind the end":                                 {append(bytes.Clone(animation), secret...), animation},
		"GIF, the loop itself is kept":                        {put(animation, gifHead, loop), put(animation, gifHead, loop)},
		"WebP, EXIF":                                          {picturetest.WebP(64, 48, picturetest.RIFFChunk("EXIF", picturetest.Exif(1))), small},
		"WebP, XMP":                                           {picturetest.WebP(64, 48, picturetest.RIFFChunk("XMP ", []byte(secret))), small},
		"WebP, unknown chunk":                                 {picturetest.WebP(64, 48, picturetest.RIFFChunk("SECR", []byte(secret))), small},
		"WebP, behind the pixels":                             {within(small, "VP8L", secret), small},
		"WebP, behind the transparency":                       {within(hole, "ALPH", secret), hole},
		"WebP, in the byte that fills a chunk":                {append(bytes.Clone(small[:len(small)-1]), 'G'), small},
		"WebP, behind the end":                                {append(picturetest.WebP(64, 48), secret...), small},
	} {
		got, err := picture.Process(c.data, false)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(got.Original, c.want) {
			t.Errorf("%s: %d bytes came out, want %d; the secret is in it: %v", name, len(got.Original), len(c.want),
				bytes.Contains(got.Original, []byte(secret)))
		}
	}
}

// within is a WebP with text at the end of one of its chunks.
func within(file []byte, name, text string) []byte {
	var chunks [][]byte
	for rest := file[12:]; len(rest) > 0; {
		size := binary.LittleEndian.Uint32(rest[4:])
		body := bytes.Clone(rest[8 : 8+size])
		if string(rest[:4]) == name {
			body = append(body, text...)
		}
		chunks = append(chunks, picturetest.RIFFChunk(string(rest[:4]), body))
		rest = rest[8+size+size%2:]
	}
	return picturetest.RIFF(chunks...)
}

// The decoder of lossy pictures does not tell where their last pixel is, and no encoder writes more.
func TestALossyWebPWithMoreThanItsPixelsIsRefused(t *testing.T) {
	t.Parallel()
	whole := picturetest.LossyWebP(t)
	at := bytes.Index(whole, []byte("VP8 ")) + 8
	body := whole[at : at+int(binary.LittleEndian.Uint32(whole[at-4:]))]
	first := int(body[0])>>5 | int(body[1])<<3
	longer := put(body, 10+first, []byte(secret))
	first += len(secret)
	longer[0], longer[1] = body[0]&31|byte(first<<5), byte(first>>3)
	for name, data := range map[string][]byte{
		"behind the last part":  within(whole, "VP8 ", secret),
		"behind the first part": picturetest.RIFF(picturetest.RIFFChunk("VP8 ", longer)),
	} {
		if _, err := picture.Process(data, true); fault.SlugOf(err) != picture.SlugDamaged {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The pixels may be in several parts too.
	const most = 1000
	one := sort.Search(most, func(size int) bool { return partedWebP(size, most) != nil })
	two := sort.Search(most, func(size int) bool { return partedWebP(one, size) != nil })
	if _, err := picture.Process(partedWebP(one, two), true); err != nil {
		t.Errorf("parts of %d and %d bytes: %v", one, two, err)
	}
	for _, data := range [][]byte{partedWebP(one+len(secret), two), partedWebP(one, two+len(secret))} {
		if _, err := picture.Process(data, true); fault.SlugOf(err) != picture.SlugDamaged {
			t.Errorf("parts of %d and %d bytes and more: %v", one, two, err)
		}
	}
}

// partedWebP is a lossy picture of 16 × 32 whose two rows of blocks have their pixels in two parts of these
// sizes. It is noise: every sequence of bits is a picture.
func partedWebP(one, two int) []byte {
	noise := func(size int) []byte {
		out := make([]byte, size)
		for i := range out {
			out[i] = byte(i*i*7 + 91*i + 37)
		}
		return out
	}
	// The head says: no segments, no filter, two parts; the rest is noise up to where it is read no more.
	first := append(evenBits(make([]byte, 14), []byte{0, 1}, make([]byte, 40)), noise(350)...)
	for size := range first {
		head := []byte{0x10 | byte(size<<5), byte(size >> 3), 0, 0x9D, 0x01, 0x2A, 16, 0, 32, 0}
		out := append(append(head, first[:size]...), byte(one), byte(one>>8), 0)
		out = append(append(out, noise(one)...), noise(two)...)
		file := picturetest.RIFF(picturetest.RIFFChunk("VP8 ", out))
		if _, err := webp.Decode(bytes.NewReader(file)); err == nil {
			return file
		}
	}
	return nil
}

// evenBits packs bits that are as likely one as zero as RFC 6386, section 7.3, does.
func evenBits(bits ...[]byte) []byte {
	var out []byte
	span, low, left := uint32(255), uint32(0), 24
	for _, bit := range bytes.Join(bits, nil) {
		split := 1 + (span-1)>>1
		if bit == 1 {
			low, span = low+split, span-split
		} else {
			span = split
		}
		for ; span < 128; span <<= 1 {
			if low>>31 == 1 {
				for i := len(out) - 1; ; i-- {
					if out[i]++; out[i] != 0 {
						break
					}
				}
			}
			low <<= 1
			if left--; left == 0 {
				out, low, left = append(out, byte(low>>24)), low&(1<<24-1), 8
			}
		}
	}
	return append(out, byte(low>>(16+left)))
}

// Of two scans of the same pixels only the last is seen.
func TestAPictureUnderAPictureIsRefused(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"at once": picturetest.JPEG(t, 64, 48), "progressive": picturetest.SmoothJPEG(t)} {
		from, to := bytes.Index(data, []byte{0xFF, 0xDA}), len(data)-2
		if name == "progressive" {
			to = from + bytes.Index(data[from:], []byte{0xFF, 0xC4})
		}
		if _, err := picture.Process(put(data, to, data[from:to]), true); fault.SlugOf(err) != picture.SlugDamaged {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What fills the last byte of a scan or interval are ones.
func TestTheBitsThatFillAByteTellNothing(t *testing.T) {
	t.Parallel()
	data := picturetest.GreyJPEG(t)
	filled := bytes.Clone(data)
	changed := 0
	for at := 1; at+1 < len(filled); at++ {
		// The last byte of an interval ends in ones here, and has no more than these to tell.
		if filled[at] == 0xFF && filled[at+1] >= 0xD0 && filled[at+1] <= 0xD7 && filled[at-1]&3 == 3 {
			filled[at-1] &^= 1
			changed++
		}
	}
	got, err := picture.Process(filled, true)
	if err != nil || changed == 0 || !bytes.Equal(got.Original, data) {
		t.Errorf("%v; %d bytes changed", err, changed)
	}
}

// apng is an animation: the head of a still picture, its packed pixels, and those of one more frame.
func apng(head []byte, w, h int, pixels, frame []byte) []byte {
	control := func(number int) []byte {
		body := binary.BigEndian.AppendUint32(nil, uint32(number))
		body = binary.BigEndian.AppendUint32(body, uint32(w))
		body = binary.BigEndian.AppendUint32(body, uint32(h))
		return picturetest.Chunk("fcTL", append(body, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 0, 0))
	}
	return bytes.Join([][]byte{head, picturetest.Chunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0}),
		control(0), picturetest.Chunk("IDAT", pixels), control(1),
		picturetest.Chunk("fdAT", append([]byte{0, 0, 0, 2}, frame...)), picturetest.Chunk("IEND", nil)}, nil)
}

// gifWith is an animation of two frames whose second one stands at a place and has these compressed pixels.
func gifWith(t *testing.T, left byte, pixels []byte) []byte {
	animation := picturetest.GIF(t, 16, 16, 2)
	at := bytes.LastIndex(animation, []byte{0x2C, 0, 0, 0, 0, 16, 0, 16, 0, 0, 2})
	out := bytes.Clone(animation[:at+11])
	out[at+1] = left
	return append(append(append(out, picturetest.SubBlocks(pixels)...), 0), 0x3B)
}

// codes packs pixels of one colour as GIF does.
func codes(t *testing.T, pixels int) []byte {
	var out bytes.Buffer
	w := lzw.NewWriter(&out, lzw.LSB, 2)
	if _, err := w.Write(make([]byte, pixels)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// literals packs black pixels without a table: each is a code of its own, and so is each of the further values.
func literals(pixels int, further ...uint64) []byte {
	var out []byte
	var held uint64
	bits := 0
	code := func(value uint64) {
		held |= value << bits
		for bits += 3; bits >= 8; bits -= 8 {
			out = append(out, byte(held))
			held >>= 8
		}
	}
	const clear, end = 4, 5
	for range pixels {
		code(clear)
		code(0)
	}
	for _, value := range further {
		code(clear)
		code(value)
	}
	code(end)
	return append(out, byte(held))
}

// A picture of a picture lies in JFIF's own segment too.
func TestThePreviewInsideAJPEGStaysBehind(t *testing.T) {
	t.Parallel()
	data := put(picturetest.JPEG(t, 64, 48), 2, segment(0xE0, "JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x02\x01"+"abcdef"))
	got, err := picture.Process(data, false)
	if err != nil {
		t.Fatal(err)
	}
	want := segment(0xE0, "JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00")
	if !bytes.Equal(got.Original, put(picturetest.JPEG(t, 64, 48), 2, want)) {
		t.Errorf("the head is % x", got.Original[:24])
	}
}

// Which way is up is said by EXIF, which is left out, so the pixels are turned. Where red is after
// each orientation: left, right, right, left, top, top, bottom, bottom.
func TestPicturesComeOutUpright(t *testing.T) {
	t.Parallel()
	formats := map[string]func(o byte) []byte{
		"JPEG": func(o byte) []byte { return withOrientation(picturetest.JPEG(t, 60, 40), o) },
		"PNG": func(o byte) []byte {
			return put(picturetest.PNG(t, 60, 40), 33, picturetest.Chunk("eXIf", picturetest.Exif(o)))
		},
	}
	red := map[byte]image.Point{1: {10, 20}, 2: {50, 20}, 3: {50, 20}, 4: {10, 20}, 5: {20, 10}, 6: {20, 10}, 7: {20, 50}, 8: {20, 50}}
	for name, turned := range formats {
		for o, at := range red {
			got, err := picture.Process(turned(o), false)
			if err != nil {
				t.Errorf("%s, %d: %v", name, o, err)
				continue
			}
			size := image.Pt(60, 40)
			if o >= 5 {
				size = image.Pt(40, 60)
			}
			for what, data := range map[string][]byte{"picture": got.Original, "small copy": got.Thumbnail} {
				img, _, err := image.Decode(bytes.NewReader(data))
				if err != nil {
					t.Fatalf("%s, %d: %s: %v", name, o, what, err)
				}
				if img.Bounds().Size() != size || got.Width != size.X || got.Height != size.Y {
					t.Errorf("%s, %d: %s has %v, told as %d × %d", name, o, what, img.Bounds(), got.Width, got.Height)
				}
				if r, _, b, _ := img.At(at.X, at.Y).RGBA(); r < b {
					t.Errorf("%s, %d: %s is not upright", name, o, what)
				}
			}
			if bytes.Contains(got.Original, []byte("Exif")) || bytes.Contains(got.Original, []byte(secret)) {
				t.Errorf("%s, %d: EXIF is still there", name, o)
			}
		}
	}
}

// There is no encoder for WebP; a picture that lies on its side becomes a JPEG.
func TestAWebPOnItsSideBecomesAJPEG(t *testing.T) {
	t.Parallel()
	got, err := picture.Process(picturetest.WebP(60, 40, picturetest.RIFFChunk("EXIF", append([]byte("Exif\x00\x00"), picturetest.Exif(6)...))), false)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(got.Original))
	if err != nil || got.MIME != "image/jpeg" || img.Bounds().Size() != image.Pt(40, 60) || got.Width != 40 {
		t.Errorf("%v, %s of %d × %d", err, got.MIME, got.Width, got.Height)
	}
}

// A browser's WebP has a profile that names its maker, and may have transparent parts.
func TestAWebPOfABrowserIsTaken(t *testing.T) {
	t.Parallel()
	const maker = "G\x00o\x00o\x00g\x00l\x00e"
	for name, c := range map[string]struct {
		data   []byte
		turned string // what it becomes when it lies on its side
	}{"lossy": {picturetest.LossyWebP(t), "image/jpeg"}, "with a hole": {picturetest.TransparentWebP(t), "image/png"}} {
		if !bytes.Contains(c.data, []byte(maker)) {
			t.Fatalf("%s: the test's picture names nobody", name)
		}
		got, err := picture.Process(c.data, true)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.MIME != "image/webp" || got.Width != 48 || got.Height != 32 || bytes.Contains(got.Original, []byte(maker)) ||
			!bytes.Contains(got.Original, []byte("ICCP")) {
			t.Errorf("%s: %s of %d × %d", name, got.MIME, got.Width, got.Height)
		}
		if again, err := picture.Process(got.Original, true); err != nil || !bytes.Equal(again.Original, got.Original) {
			t.Errorf("%s, cleaned again: %v", name, err)
		}
		onItsSide := put(c.data, len(c.data), picturetest.RIFFChunk("EXIF", picturetest.Exif(8)))
		binary.LittleEndian.PutUint32(onItsSide[4:], uint32(len(onItsSide)-8))
		got, err = picture.Process(onItsSide, true)
		if err != nil || got.MIME != c.turned || got.Width != 32 {
			t.Errorf("%s on its side: %v", name, err)
			continue
		}
		img, _, err := image.Decode(bytes.NewReader(got.Original))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, b, _ := img.At(16, 46).RGBA(); r < b { // turned to the left: red is below
			t.Errorf("%s is not upright", name)
		}
	}
}

// Subsampled colour turns with the picture.
func TestSubsampledPicturesAreTurned(t *testing.T) {
	t.Parallel()
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420} {
		img := image.NewYCbCr(image.Rect(0, 0, 61, 41), ratio)
		for i := range img.Y {
			img.Y[i] = 128
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = 128, 220
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, img, nil); err != nil {
			t.Fatal(err)
		}
		got, err := picture.Process(withOrientation(file.Bytes(), 6), false)
		if err != nil {
			t.Fatal(err)
		}
		turned, err := jpeg.Decode(bytes.NewReader(got.Original))
		if err != nil || turned.Bounds().Size() != image.Pt(41, 61) {
			t.Fatalf("%v: %v", turned.Bounds(), err)
		}
		if r, _, b, _ := turned.At(40, 60).RGBA(); r < b+0x4000 {
			t.Errorf("%v: the last pixel lost its colour", ratio)
		}
	}
}

// An animation keeps its frames and its loop.
func TestAnAnimationStaysOne(t *testing.T) {
	t.Parallel()
	loop := append([]byte{0x21, 0xFF, 11}, "NETSCAPE2.0\x03\x01\x05\x00\x00"...)
	got, err := picture.Process(picturetest.GIF(t, 20, 10, 7, loop), false)
	if err != nil {
		t.Fatal(err)
	}
	all, err := gif.DecodeAll(bytes.NewReader(got.Original))
	if err != nil || len(all.Image) != 7 || all.LoopCount != 5 || all.Delay[0] != 10 {
		t.Errorf("%v: %+v", err, all)
	}
}

// A profile of a matrix and curves is kept as numbers; the names in it are not.
func TestAColourProfileIsKeptWithoutItsTexts(t *testing.T) {
	t.Parallel()
	for _, version := range []byte{2, 4} {
		profile := profileOf(version)
		data := put(picturetest.JPEG(t, 64, 48), 2, segment(0xE2, "ICC_PROFILE\x00\x01\x01"+string(profile)))
		got, err := picture.Process(data, false)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(got.Original, []byte("ICC_PROFILE\x00\x01\x01"))
		if at < 0 || bytes.Contains(got.Original, []byte("Ann'")) ||
			bytes.Contains(got.Original, []byte("light")) || bytes.Contains(got.Original, []byte("APPL")) {
			t.Fatalf("version %d: profile at %d; its texts are there: %v", version, at, bytes.Contains(got.Original, []byte("Ann'")))
		}
		kept := got.Original[at+14:]
		size := int(binary.BigEndian.Uint32(kept))
		for _, number := range []string{"XYZ \x00\x00\x00\x00RRRRRRRRRRRR", "curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33"} {
			if !bytes.Contains(kept[:size], []byte(number)) {
				t.Errorf("version %d: %q is lost", version, number)
			}
		}
		// The same profile is kept in a PNG and a WebP, and when the pixels are written anew.
		chunk := picturetest.Chunk("iCCP", append([]byte("Ann's\x00\x00"), packed(string(profile))...))
		for name, data := range map[string][]byte{
			"turned JPEG": put(data, 2, segment(0xE1, "Exif\x00\x00"+string(picturetest.Exif(6)))),
			"PNG":         put(picturetest.PNG(t, 64, 48), 33, chunk),
			"turned PNG":  put(picturetest.PNG(t, 64, 48), 33, chunk, picturetest.Chunk("eXIf", picturetest.Exif(6))),
			"WebP":        picturetest.WebP(64, 48, picturetest.RIFFChunk("ICCP", profile)),
		} {
			again, err := picture.Process(data, false)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if !bytes.Contains(again.Original, kept[:size]) && !bytes.Contains(again.Original, packed(string(kept[:size]))) {
				t.Errorf("%s: the profile is lost", name)
			}
			if bytes.Contains(again.Original, []byte("Ann's")) {
				t.Errorf("%s: a name is left", name)
			}
			if _, _, err := image.Decode(bytes.NewReader(again.Original)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	table := profileOf(4)
	table = bytes.Replace(table, []byte("curv"), []byte("mft2"), 1)
	got, err := picture.Process(put(picturetest.JPEG(t, 64, 48), 2, segment(0xE2, "ICC_PROFILE\x00\x01\x01"+string(table))), false)
	if err != nil || !bytes.Equal(got.Original, picturetest.JPEG(t, 64, 48)) {
		t.Errorf("a profile with a table of colours: %v", err)
	}
}

// profileOf is a colour profile with a name in it, in its header and in a tag of its own.
func profileOf(version byte) []byte {
	header := make([]byte, 128)
	header[8] = version
	copy(header[12:], "mntrRGB XYZ ")
	copy(header[36:], "acspAPPL")
	copy(header[64:], "Ann's own light.")
	xyz := func(letter string) []byte { return []byte("XYZ Ann'" + letter + letter + letter) }
	curve := []byte("curvs   \x00\x00\x00\x01\x02\x33\x00\x00")
	tags := []struct {
		name string
		body []byte
	}{
		{"desc", []byte("desc\x00\x00\x00\x00\x00\x00\x00\x0eAnn's display\x00\x00\x00")},
		{"cprt", []byte("text\x00\x00\x00\x00Ann's firm\x00\x00")}, {"vcgt", []byte("Ann's own tag   ")},
		{"rXYZ", xyz("RRRR")}, {"gXYZ", xyz("GGGG")}, {"bXYZ", xyz("BBBB")}, {"wtpt", xyz("WWWW")},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	out := binary.BigEndian.AppendUint32(header, uint32(len(tags)))
	at := len(out) + 12*len(tags)
	for _, tag := range tags {
		out = binary.BigEndian.AppendUint32(append(out, tag.name...), uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tag.body)))
		at += len(tag.body)
	}
	for _, tag := range tags {
		out = append(out, tag.body...)
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}

// Depth and transparency survive.
func TestATransparentPNGStaysTransparent(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA64(image.Rect(0, 0, 30, 20))
	img.Set(3, 4, color.NRGBA64{0x1234, 0x5678, 0x9abc, 0x8000})
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		t.Fatal(err)
	}
	got, err := picture.Process(put(file.Bytes(), 33, picturetest.Chunk("eXIf", picturetest.Exif(3))), false)
	if err != nil {
		t.Fatal(err)
	}
	turned, err := png.Decode(bytes.NewReader(got.Original))
	if err != nil {
		t.Fatal(err)
	}
	if c := color.NRGBA64Model.Convert(turned.At(30-1-3, 20-1-4)).(color.NRGBA64); c != (color.NRGBA64{0x1234, 0x5678, 0x9abc, 0x8000}) {
		t.Errorf("the pixel is %v", c)
	}
}
