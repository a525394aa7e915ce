package picture

import (
	"encoding/binary"
	"fmt"
	"image"
)

// tiffOrientation finds EXIF's orientation, tag 0x0112, in the first directory of a TIFF header: 1
// (upright) to 8; 1 when there is none.
func tiffOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	directory := int64(order.Uint32(tiff[4:8]))
	if directory+2 > int64(len(tiff)) {
		return 1
	}
	count := int64(order.Uint16(tiff[directory:]))
	for n := range count {
		entry := directory + 2 + 12*n
		if entry+12 > int64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if o := int(order.Uint16(tiff[entry+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
	}
	return 1
}

// upright turns and mirrors a picture as its EXIF orientation says. It works on the planes of bytes
// that a picture is made of, so that none is converted and none takes more memory than it had. The
// colour of a subsampled picture of odd size moves by half a pixel, which nobody sees.
func upright(source image.Image, o int) (image.Image, error) {
	if o <= 1 {
		return source, nil
	}
	w, h := source.Bounds().Dx(), source.Bounds().Dy()
	bounds := image.Rect(0, 0, w, h)
	if o >= 5 {
		bounds = image.Rect(0, 0, h, w)
	}
	switch m := source.(type) {
	case *image.YCbCr:
		return turnYCbCr(m, o, bounds)
	case *image.NYCbCrA:
		colour, err := turnYCbCr(&m.YCbCr, o, bounds)
		if err != nil {
			return nil, err
		}
		a, stride := turn(m.A[m.AOffset(m.Rect.Min.X, m.Rect.Min.Y):], m.AStride, w, h, 1, o)
		return &image.NYCbCrA{YCbCr: *colour, A: a, AStride: stride}, nil
	case *image.Gray:
		pix, stride := turn(m.Pix[m.PixOffset(m.Rect.Min.X, m.Rect.Min.Y):], m.Stride, w, h, 1, o)
		return &image.Gray{Pix: pix, Stride: stride, Rect: bounds}, nil
	case *image.Gray16:
		pix, stride := turn(m.Pix, m.Stride, w, h, 2, o)
		return &image.Gray16{Pix: pix, Stride: stride, Rect: bounds}, nil
	case *image.Paletted:
		pix, stride := turn(m.Pix, m.Stride, w, h, 1, o)
		return &image.Paletted{Pix: pix, Stride: stride, Rect: bounds, Palette: m.Palette}, nil
	case *image.RGBA:
		pix, stride := turn(m.Pix[m.PixOffset(m.Rect.Min.X, m.Rect.Min.Y):], m.Stride, w, h, 4, o)
		return &image.RGBA{Pix: pix, Stride: stride, Rect: bounds}, nil
	case *image.NRGBA:
		pix, stride := turn(m.Pix, m.Stride, w, h, 4, o)
		return &image.NRGBA{Pix: pix, Stride: stride, Rect: bounds}, nil
	case *image.RGBA64:
		pix, stride := turn(m.Pix, m.Stride, w, h, 8, o)
		return &image.RGBA64{Pix: pix, Stride: stride, Rect: bounds}, nil
	case *image.NRGBA64:
		pix, stride := turn(m.Pix, m.Stride, w, h, 8, o)
		return &image.NRGBA64{Pix: pix, Stride: stride, Rect: bounds}, nil
	default:
		return nil, fmt.Errorf("a picture of type %T cannot be turned", source)
	}
}

// turnedRatio is the subsampling of a picture that was laid on its side.
var turnedRatio = map[image.YCbCrSubsampleRatio]image.YCbCrSubsampleRatio{
	image.YCbCrSubsampleRatio444: image.YCbCrSubsampleRatio444,
	image.YCbCrSubsampleRatio420: image.YCbCrSubsampleRatio420,
	image.YCbCrSubsampleRatio422: image.YCbCrSubsampleRatio440,
	image.YCbCrSubsampleRatio440: image.YCbCrSubsampleRatio422,
}

func turnYCbCr(m *image.YCbCr, o int, bounds image.Rectangle) (*image.YCbCr, error) {
	ratio := m.SubsampleRatio
	if o >= 5 {
		var ok bool
		if ratio, ok = turnedRatio[ratio]; !ok {
			return nil, errSlug(SlugTooComplex)
		}
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cw, ch := chromaSize(m.SubsampleRatio, w, h)
	out := &image.YCbCr{SubsampleRatio: ratio, Rect: bounds}
	at, chroma := m.YOffset(m.Rect.Min.X, m.Rect.Min.Y), m.COffset(m.Rect.Min.X, m.Rect.Min.Y)
	out.Y, out.YStride = turn(m.Y[at:], m.YStride, w, h, 1, o)
	out.Cb, out.CStride = turn(m.Cb[chroma:], m.CStride, cw, ch, 1, o)
	out.Cr, _ = turn(m.Cr[chroma:], m.CStride, cw, ch, 1, o)
	return out, nil
}

// chromaSize is the size of the planes of colour.
func chromaSize(ratio image.YCbCrSubsampleRatio, w, h int) (int, int) {
	switch ratio {
	case image.YCbCrSubsampleRatio422:
		return (w + 1) / 2, h
	case image.YCbCrSubsampleRatio420:
		return (w + 1) / 2, (h + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return w, (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (w + 3) / 4, h
	case image.YCbCrSubsampleRatio410:
		return (w + 3) / 4, (h + 1) / 2
	default:
		return w, h
	}
}

// turn turns a plane of w × h pixels of size bytes each.
func turn(source []byte, stride, w, h, size, o int) ([]byte, int) {
	across := w
	if o >= 5 {
		across = h
	}
	target, targetStride := make([]byte, w*h*size), across*size
	for y := range h {
		row := source[y*stride:]
		for x := range w {
			tx, ty := turnedPlace(x, y, w, h, o)
			copy(target[ty*targetStride+tx*size:][:size], row[x*size:])
		}
	}
	return target, targetStride
}

// turnedPlace is where a pixel goes (EXIF 2.3, tag Orientation).
func turnedPlace(x, y, w, h, o int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	default:
		return x, y
	}
}
