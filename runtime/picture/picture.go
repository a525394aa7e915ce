// Package picture reads pictures that strangers send: it checks, decodes and cleans them.
//
// Decoders are where a small file becomes much memory and time, so this package runs in a sandbox
// worker (worker.Pool.Picture) and never in the host. Before a decoder sees a byte, the headers are
// walked and say what the decoder would allocate and how many passes it would make; what is too
// much is refused there. The limits of the worker's process hold for the rest, which headers do
// not tell.
//
// What is served afterwards is not what was sent: of every format only the parts on a list of
// allowed ones are copied, so that places, cameras, names and comments are left out, whatever part
// they are written in. So is what stands behind the last pixel, within the parts that are copied. Which
// way is up is applied to the pixels. A colour profile is built anew from its numbers, without its
// texts, and left out when it is more than a matrix and curves.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Result is a picture that may be shown.
type Result struct {
	MIME      string
	Width     int // upright, in pixels
	Height    int
	Original  []byte // as sent, without what is not the picture
	Thumbnail []byte // JPEG, upright, at most ThumbnailMax a side
}

// formats are the formats that are accepted. read walks a file and returns what its headers say; trim, where
// a format has one, leaves out what only shows when the pixels are unpacked.
var formats = []struct {
	name, mime, magic string
	read              func(data []byte) (*file, error)
	trim              func(clean []byte) ([]byte, error)
	decode            func(data []byte) (image.Image, error)
}{
	{"jpeg", "image/jpeg", "\xFF\xD8\xFF", readJPEG, trimJPEG, func(data []byte) (image.Image, error) {
		return jpeg.Decode(bytes.NewReader(data))
	}},
	{"png", "image/png", pngMagic, readPNG, trimPNG, func(data []byte) (image.Image, error) {
		return png.Decode(bytes.NewReader(data))
	}},
	{"gif", "image/gif", "GIF8", readGIF, nil, func(data []byte) (image.Image, error) {
		return gif.Decode(bytes.NewReader(data)) // the first frame
	}},
	{"webp", "image/webp", "RIFF", readWebP, trimWebP, func(data []byte) (image.Image, error) {
		return webp.Decode(bytes.NewReader(data))
	}},
}

// file is what the headers of a picture say.
type file struct {
	width, height int    // as stored
	memory        int64  // bytes that decoding allocates at most
	decoded       int64  // bytes of the decoded picture among them
	work          int64  // samples that decoding visits
	unpacked      int64  // bytes of a PNG's pixels and frames
	orientation   int    // of EXIF, 1 to 8
	profile       []byte // the rebuilt colour profile, nil for none
	colour        []byte // PNG's chunks about colour, for writing it anew
	rewrite       bool   // the pixels are written anew in any case
	clean         []byte // the file without what is not the picture
}

// parts counts the chunks, segments or blocks of a file.
type parts int

func (p *parts) add() error {
	if *p++; *p > MaxParts {
		return errSlug(SlugTooComplex)
	}
	return nil
}

// Process checks, decodes and cleans a picture. With small set it returns ErrLarge, before decoding,
// for a picture that is not small. Every other error but ErrLarge is one of the faults of Refusal.
func Process(data []byte, small bool) (*Result, error) {
	if len(data) > MaxBytes {
		return nil, Refusal(SlugTooLarge)
	}
	if small && len(data) > SmallBytes {
		return nil, ErrLarge
	}
	for _, format := range formats {
		if !bytes.HasPrefix(data, []byte(format.magic)) {
			continue
		}
		f, err := format.read(data)
		if err != nil {
			return nil, refused(err)
		}
		if err := f.check(small); err != nil {
			return nil, err
		}
		if format.trim != nil {
			if f.clean, err = format.trim(f.clean); err != nil {
				return nil, refused(err)
			}
		}
		img, err := format.decode(f.clean)
		if err != nil {
			return nil, refused(err)
		}
		result, err := f.finish(img, format.mime)
		if err != nil {
			return nil, refused(err)
		}
		return result, nil
	}
	return nil, Refusal(SlugNotAPicture)
}

// refused makes a fault of what a reader or decoder found.
func refused(err error) error {
	for _, slug := range slugs {
		if refusal := Refusal(slug); errors.Is(err, errSlug(slug)) {
			return refusal
		}
	}
	return Refusal(SlugDamaged).Because(err)
}

// check holds the headers against the limits.
func (f *file) check(small bool) error {
	switch {
	case f.width <= 0 || f.height <= 0:
		return Refusal(SlugDamaged)
	case f.width > MaxSide || f.height > MaxSide || int64(f.width)*int64(f.height) > MaxPixels:
		return Refusal(SlugTooLarge)
	}
	if f.orientation > 1 || f.rewrite { // the turned copy beside the picture
		f.memory += f.decoded
		f.work *= 2
	}
	switch {
	case f.memory > MaxMemory || f.work > MaxWork || f.unpacked > MaxUnpacked:
		return Refusal(SlugTooComplex)
	case small && (f.memory > SmallMemory || f.work > SmallWork || f.unpacked > SmallUnpacked):
		return ErrLarge
	}
	return nil
}

// finish makes the two copies of a decoded picture.
func (f *file) finish(img image.Image, mime string) (*Result, error) {
	thumbnail, err := f.thumbnail(img)
	if err != nil {
		return nil, err
	}
	r := &Result{MIME: mime, Width: f.width, Height: f.height, Original: f.clean, Thumbnail: thumbnail}
	if f.orientation >= 5 { // these are stored turned by a quarter
		r.Width, r.Height = f.height, f.width
	}
	if f.orientation > 1 || f.rewrite {
		if r.MIME, r.Original, err = f.writeAnew(img, mime); err != nil {
			return nil, err
		}
	}
	if len(r.Original)+len(r.Thumbnail) > MaxResult {
		return nil, errSlug(SlugTooLarge)
	}
	return r, nil
}

// writeAnew encodes the pixels, upright. There is no encoder for WebP: such a picture becomes a
// JPEG, or a PNG when it is transparent somewhere.
func (f *file) writeAnew(img image.Image, mime string) (string, []byte, error) {
	if cmyk, ok := img.(*image.CMYK); ok { // browsers do not agree on how these look
		rgb := image.NewRGBA(cmyk.Bounds())
		draw.Draw(rgb, rgb.Bounds(), cmyk, cmyk.Bounds().Min, draw.Src)
		img = rgb
	}
	img, err := upright(img, f.orientation)
	if err != nil {
		return "", nil, err
	}
	var out bytes.Buffer
	_, transparent := img.(*image.NYCbCrA)
	if nrgba, ok := img.(*image.NRGBA); ok && mime == "image/webp" {
		transparent = !nrgba.Opaque()
	}
	if mime == "image/png" || transparent {
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		if err := encoder.Encode(&out, img); err != nil {
			return "", nil, fmt.Errorf("write anew: %w", err)
		}
		return "image/png", insert(out.Bytes(), pngAfterHeader, f.colour), nil
	}
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: rewriteQuality}); err != nil {
		return "", nil, fmt.Errorf("write anew: %w", err)
	}
	return "image/jpeg", insert(out.Bytes(), jpegAfterSOI, profileSegment(f.profile)), nil
}

// insert puts a piece into a file that an encoder of ours wrote.
func insert(data []byte, at int, piece []byte) []byte {
	if len(piece) == 0 {
		return data
	}
	out := make([]byte, 0, len(data)+len(piece))
	out = append(out, data[:at]...)
	out = append(out, piece...)
	return append(out, data[at:]...)
}

// thumbnail makes a small JPEG, upright.
func (f *file) thumbnail(source image.Image) ([]byte, error) {
	scale := min(1, float64(ThumbnailMax)/float64(max(f.width, f.height)))
	at := func(p image.Point) image.Point {
		return image.Pt(int(float64(p.X)*scale), int(float64(p.Y)*scale))
	}
	size := at(image.Pt(f.width, f.height))
	small := image.NewRGBA(image.Rect(0, 0, max(1, size.X), max(1, size.Y)))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src) // JPEG has no transparency
	// The first frame of an animation may be a part of its canvas.
	part := image.Rectangle{Min: at(source.Bounds().Min), Max: at(source.Bounds().Max)}
	if source.Bounds().Size() == image.Pt(f.width, f.height) {
		part = small.Bounds()
	}
	draw.ApproxBiLinear.Scale(small, part, source, source.Bounds(), draw.Over, nil)
	turned, err := upright(small, f.orientation)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turned, &jpeg.Options{Quality: thumbnailQuality}); err != nil {
		return nil, fmt.Errorf("thumbnail: %w", err)
	}
	return insert(out.Bytes(), jpegAfterSOI, profileSegment(f.profile)), nil
}

// Check reports whether a result can be one: it comes from a process that hostile bytes may have
// taken over.
func (r *Result) Check() error {
	for _, format := range formats {
		if format.mime == r.MIME && r.Width > 0 && r.Height > 0 && r.Width <= MaxSide && r.Height <= MaxSide {
			return nil
		}
	}
	return errDamaged
}
