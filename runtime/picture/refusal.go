package picture

import (
	"errors"
	"slices"

	"github.com/teahouse/teahouse/fault"
)

// Why a picture is refused. The names cross from the worker to the host; the texts do not.
const (
	SlugNotAPicture = "not-a-picture"
	SlugDamaged     = "picture-damaged"
	SlugTooLarge    = "picture-too-large"
	SlugTooComplex  = "picture-too-complex"
	SlugAnimated    = "picture-animated"
)

var slugs = []string{SlugNotAPicture, SlugDamaged, SlugTooLarge, SlugTooComplex, SlugAnimated}

// ErrLarge says that a picture is not small; see Process.
var ErrLarge = errors.New("the picture is not a small one")

// errSlug is a refusal on its way out of a reader.
type errSlug string

func (e errSlug) Error() string { return string(e) }

// errDamaged is what the readers say of a file whose parts contradict each other.
const errDamaged = errSlug(SlugDamaged)

// Refusal is the fault of a slug, nil for a slug that is none of ours.
func Refusal(slug string) *fault.Error {
	switch slug {
	case SlugNotAPicture:
		return fault.Errorf(fault.Invalid, slug,
			"This is not a picture that can be shown; send a JPEG, PNG, GIF or WebP file.")
	case SlugDamaged:
		return fault.Errorf(fault.Invalid, slug,
			"This picture is damaged, or was not sent whole. Open it, save it as a new file and send that.")
	case SlugTooLarge:
		return fault.Errorf(fault.TooLarge, slug,
			"This picture is too large: it may have %d MB, %d million pixels in all, and %d pixels a side.",
			MaxBytes>>20, MaxPixels/1_000_000, MaxSide)
	case SlugTooComplex:
		return fault.Errorf(fault.TooLarge, slug,
			"This picture takes too much memory or time to decode. Save it as an ordinary JPEG or PNG file and send that.")
	case SlugAnimated:
		return fault.Errorf(fault.Invalid, slug, "Animated WebP pictures are not taken; send a GIF.")
	default:
		return nil
	}
}

// SlugOf is the slug of an error that Process returned, that of a damaged picture for any other: a
// decoder that panics was given a damaged one.
func SlugOf(err error) string {
	if slug := fault.SlugOf(err); slices.Contains(slugs, slug) {
		return slug
	}
	return SlugDamaged
}
