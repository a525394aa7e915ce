package media_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/server/media"
	"github.com/teahouse/teahouse/server/objects"
)

func setup(t *testing.T) (*media.Service, objects.Store, uuid.UUID) {
	t.Helper()
	pool := migrationtest.Open(t)
	store, err := objects.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ann := uuid.Must(uuid.NewV7())
	_, err = pool.Exec(t.Context(), `INSERT INTO app_user (id, handle, display_name, password_hash) VALUES ($1, 'ann', 'Ann', '')`, ann)
	if err != nil {
		t.Fatal(err)
	}
	return media.New(pool, store), store, ann
}

// picture is half red (left or top) and half blue.
func picture(w, h int) image.Image {
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

func TestAPictureComesBackWithASmallCopy(t *testing.T) {
	t.Parallel()
	service, store, ann := setup(t)
	var file bytes.Buffer
	if err := png.Encode(&file, picture(1200, 600)); err != nil {
		t.Fatal(err)
	}
	got, err := service.Upload(t.Context(), ann, file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got.Width != 1200 || got.Height != 600 || got.MIME != "image/png" {
		t.Errorf("got %+v", got)
	}
	thumbnail := decode(t, store, got.URL[1:]+"/thumbnail")
	if size := thumbnail.Bounds().Size(); size != image.Pt(media.ThumbnailMax, media.ThumbnailMax/2) {
		t.Errorf("the small copy is %v", size)
	}
	if _, err := service.Picture(t.Context(), uuid.New(), got.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("somebody else could send it: %v", err)
	}
}

func TestAPhotoLosesWhereItWasTakenButNotWhichWayIsUp(t *testing.T) {
	t.Parallel()
	service, store, ann := setup(t)
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, picture(200, 100), nil); err != nil {
		t.Fatal(err)
	}
	// An EXIF segment as a phone writes it: little-endian, orientation 6, and a place.
	tiff := []byte{'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0}
	body := append([]byte("Exif\x00\x00"), tiff...)
	body = append(body, "GPS 48.2082N 16.3738E"...)
	segment := append([]byte{0xFF, 0xE1, 0, byte(len(body) + 2)}, body...)
	file := append(append(append([]byte{}, plain.Bytes()[:2]...), segment...), plain.Bytes()[2:]...)

	got, err := service.Upload(t.Context(), ann, file)
	if err != nil {
		t.Fatal(err)
	}
	if got.Width != 100 || got.Height != 200 {
		t.Errorf("shown as %d × %d, want upright 100 × 200", got.Width, got.Height)
	}
	stored := read(t, store, got.URL[1:]+"/original")
	if bytes.Contains(stored, []byte("GPS")) {
		t.Error("the place is still in the file")
	}
	if !bytes.Contains(stored, []byte("Exif")) {
		t.Error("the orientation is gone")
	}
	if _, err := jpeg.Decode(bytes.NewReader(stored)); err != nil {
		t.Errorf("the stored file is broken: %v", err)
	}
	// Orientation 6 means: turn clockwise; the left half (red) comes on top.
	thumbnail := decode(t, store, got.URL[1:]+"/thumbnail")
	if r, _, b, _ := thumbnail.At(50, 20).RGBA(); r < b {
		t.Error("the small copy is not upright")
	}
}

// Phones append a film of the moment, or a second picture, each with a place of its own.
func TestWhatFollowsAPictureIsLeftOut(t *testing.T) {
	t.Parallel()
	service, store, ann := setup(t)
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, picture(200, 100), nil); err != nil {
		t.Fatal(err)
	}
	for name, tail := range map[string][]byte{
		"a film":           []byte("\x00\x00\x00\x18ftypmp42 GPS +48.2082+016.3738/"),
		"a second picture": append(append([]byte{}, plain.Bytes()[:2]...), "\xFF\xE1\x00\x0CExif\x00\x00GPS!"...),
	} {
		got, err := service.Upload(t.Context(), ann, append(append([]byte{}, plain.Bytes()...), tail...))
		if err != nil {
			t.Fatal(err)
		}
		if stored := read(t, store, got.URL[1:]+"/original"); !bytes.Equal(stored, plain.Bytes()) {
			t.Errorf("%s: %d bytes are stored of a picture of %d", name, len(stored), plain.Len())
		}
	}
}

func TestOnePersonDoesNotFillTheStore(t *testing.T) {
	t.Parallel()
	service, _, ann := setup(t)
	var file bytes.Buffer
	if err := png.Encode(&file, picture(2, 2)); err != nil {
		t.Fatal(err)
	}
	if _, err := service.Upload(t.Context(), ann, file.Bytes()); err != nil {
		t.Fatal(err)
	}
	service.UseUp(ann)
	if _, err := service.Upload(t.Context(), ann, file.Bytes()); fault.CodeOf(err) != fault.RateLimited {
		t.Errorf("one more: %v", err)
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	t.Parallel()
	service, _, ann := setup(t)
	var whole bytes.Buffer
	if err := png.Encode(&whole, picture(64, 64)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		code fault.Code
	}{
		"html":    {[]byte("<script>alert(1)</script>"), fault.Invalid},
		"nothing": {nil, fault.Invalid},
		"half":    {whole.Bytes()[:whole.Len()/2], fault.Invalid},
		"11 MB":   {make([]byte, 11<<20), fault.TooLarge},
		"pixels":  {giant(), fault.TooLarge},
	} {
		if _, err := service.Upload(t.Context(), ann, c.data); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// giant is a PNG header that claims 60,000 × 60,000 pixels.
func giant() []byte {
	var file bytes.Buffer
	_ = png.Encode(&file, image.NewGray(image.Rect(0, 0, 1, 1))) // to a buffer; cannot fail
	data := file.Bytes()
	copy(data[16:], []byte{0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60})
	copy(data[29:], crc(data[12:29]))
	return data
}

func FuzzUpload(f *testing.F) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture(8, 8), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 20, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		media.ParseForFuzzing(data)
	})
}

func read(t *testing.T, store objects.Store, key string) []byte {
	t.Helper()
	r, err := store.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t *testing.T, store objects.Store, key string) image.Image {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(read(t, store, key)))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func crc(chunk []byte) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(chunk))
}
