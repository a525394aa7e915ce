package picture_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

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
	photo, screenshot, webp := picturetest.JPEG(t, 64, 48), picturetest.PNG(t, 64, 48), picturetest.WebP(64, 48)
	animation := picturetest.GIF(t, 16, 16, 2)
	loop := append([]byte{0x21, 0xFF, 11}, "NETSCAPE2.0\x03\x01\x00\x00\x00"...)
	progressive := picturetest.ProgressiveJPEG(64, 64, 3)
	scan := bytes.LastIndex(progressive, []byte{0xFF, 0xDA})
	const jpegHead, pngHead = 2, 33
	gifHead := 6 + 7 + 6
	block := func(label byte, head string) []byte {
		return append(append(append([]byte{0x21, label}, head...), picturetest.SubBlocks([]byte(secret))...), 0)
	}
	xmp := "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + secret + "</x:xmpmeta>"
	for name, c := range map[string]struct{ data, want []byte }{
		"JPEG, EXIF":                   {put(photo, jpegHead, segment(0xE1, "Exif\x00\x00"+string(picturetest.Exif(1)))), photo},
		"JPEG, XMP":                    {put(photo, jpegHead, segment(0xE1, xmp)), photo},
		"JPEG, extended XMP":           {put(photo, jpegHead, segment(0xE1, "http://ns.adobe.com/xmp/extension/\x00"+secret)), photo},
		"JPEG, IPTC":                   {put(photo, jpegHead, segment(0xED, "Photoshop 3.0\x008BIM\x04\x04"+secret)), photo},
		"JPEG, comment":                {put(photo, jpegHead, segment(0xFE, secret)), photo},
		"JPEG, several pictures":       {put(photo, jpegHead, segment(0xE2, "MPF\x00"+secret)), photo},
		"JPEG, FlashPix":               {put(photo, jpegHead, segment(0xE2, "FPXR\x00"+secret)), photo},
		"JPEG, a maker's segment":      {put(photo, jpegHead, segment(0xE5, secret), segment(0xEB, secret), segment(0xEF, secret)), photo},
		"JPEG, unknown segment":        {put(photo, jpegHead, segment(0xF7, secret)), photo},
		"JPEG, between tables":         {put(photo, bytes.Index(photo, []byte{0xFF, 0xC4}), segment(0xFE, secret)), photo},
		"JPEG, between scans":          {put(progressive, scan, segment(0xFE, secret), segment(0xE1, xmp)), progressive},
		"JPEG, between segments":       {put(photo, bytes.Index(photo, []byte{0xFF, 0xC4}), []byte(secret)), photo},
		"JPEG, behind the end":         {append(bytes.Clone(photo), "\x00\x00\x00\x18ftypmp42"+secret...), photo},
		"JPEG, a second one":           {append(bytes.Clone(photo), photo...), photo},
		"PNG, eXIf":                    {put(screenshot, pngHead, picturetest.Chunk("eXIf", picturetest.Exif(1))), screenshot},
		"PNG, tEXt":                    {put(screenshot, pngHead, picturetest.Chunk("tEXt", []byte("Comment\x00"+secret))), screenshot},
		"PNG, zTXt":                    {put(screenshot, pngHead, picturetest.Chunk("zTXt", append([]byte("Comment\x00\x00"), packed(secret)...))), screenshot},
		"PNG, iTXt with XMP":           {put(screenshot, pngHead, picturetest.Chunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+secret))), screenshot},
		"PNG, time":                    {put(screenshot, pngHead, picturetest.Chunk("tIME", []byte{7, 234, 11, 30, 12, 0, 0})), screenshot},
		"PNG, unknown chunk":           {put(screenshot, pngHead, picturetest.Chunk("prVt", []byte(secret))), screenshot},
		"PNG, behind the pixels":       {put(screenshot, len(screenshot)-12, picturetest.Chunk("tEXt", []byte("Comment\x00"+secret))), screenshot},
		"PNG, behind the end":          {append(bytes.Clone(screenshot), secret...), screenshot},
		"GIF, comment":                 {put(animation, gifHead, block(0xFE, "")), animation},
		"GIF, text":                    {put(animation, gifHead, block(0x01, "\x0c123456789012")), animation},
		"GIF, XMP":                     {put(animation, gifHead, block(0xFF, "\x0bXMP DataXMP")), animation},
		"GIF, an application's":        {put(animation, gifHead, block(0xFF, "\x0bSECRETAPP10")), animation},
		"GIF, in the loop's":           {put(animation, gifHead, block(0xFF, "\x0bNETSCAPE2.0")), animation},
		"GIF, behind the end":          {append(bytes.Clone(animation), secret...), animation},
		"GIF, the loop itself is kept": {put(animation, gifHead, loop), put(animation, gifHead, loop)},
		"WebP, EXIF":                   {picturetest.WebP(64, 48, picturetest.RIFFChunk("EXIF", picturetest.Exif(1))), webp},
		"WebP, XMP":                    {picturetest.WebP(64, 48, picturetest.RIFFChunk("XMP ", []byte(secret))), webp},
		"WebP, unknown chunk":          {picturetest.WebP(64, 48, picturetest.RIFFChunk("SECR", []byte(secret))), webp},
		"WebP, behind the end":         {append(picturetest.WebP(64, 48), secret...), webp},
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

// A browser's WebP has a profile that names its maker, and may have a hole.
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
		if at < 0 || bytes.Contains(got.Original, []byte("Ann's")) || bytes.Contains(got.Original, []byte("APPL")) {
			t.Fatalf("version %d: profile at %d; its texts are there: %v", version, at, bytes.Contains(got.Original, []byte("Ann's")))
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
	xyz := func(letter string) []byte { return []byte("XYZ \x00\x00\x00\x00" + letter + letter + letter) }
	curve := []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33\x00\x00")
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
