package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/runtime/picture"
	"github.com/teahouse/teahouse/runtime/picture/picturetest"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/server/media"
	"github.com/teahouse/teahouse/server/objects"
)

func TestMain(m *testing.M) {
	programs.MaybeMain()
	os.Exit(m.Run())
}

func setup(t *testing.T) (*media.Service, objects.Store, uuid.UUID) {
	t.Helper()
	workers := worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler), Spares: -1})
	t.Cleanup(func() { workers.Close(context.Background()) })
	service, store, people := setupWith(t, workers, "ann")
	return service, store, people[0]
}

func setupWith(t *testing.T, decoder media.Decoder, handles ...string) (*media.Service, objects.Store, []uuid.UUID) {
	t.Helper()
	pool := migrationtest.Open(t)
	store, err := objects.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var people []uuid.UUID
	for _, handle := range handles {
		id := uuid.Must(uuid.NewV7())
		_, err = pool.Exec(t.Context(), `INSERT INTO app_user (id, handle, display_name, password_hash) VALUES ($1, $2, $2, '')`, id, handle)
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, id)
	}
	return media.New(pool, store, decoder), store, people
}

func TestAPictureComesBackWithASmallCopy(t *testing.T) {
	t.Parallel()
	service, store, ann := setup(t)
	got, err := service.Upload(t.Context(), ann, picturetest.PNG(t, 1200, 600))
	if err != nil {
		t.Fatal(err)
	}
	if got.Width != 1200 || got.Height != 600 || got.MIME != "image/png" {
		t.Errorf("got %+v", got)
	}
	thumbnail := decode(t, store, got.URL[1:]+"/thumbnail")
	if size := thumbnail.Bounds().Size(); size != image.Pt(picture.ThumbnailMax, picture.ThumbnailMax/2) {
		t.Errorf("the small copy is %v", size)
	}
	if _, err := service.Picture(t.Context(), uuid.New(), got.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("somebody else could send it: %v", err)
	}
}

// People who see a photo do not get its metadata (package picture tests every place of every
// format); the orientation is kept.
func TestAPhotoLosesWhereItWasTakenButNotWhichWayIsUp(t *testing.T) {
	t.Parallel()
	service, store, ann := setup(t)
	plain := picturetest.JPEG(t, 200, 100)
	body := append([]byte("Exif\x00\x00"), picturetest.Exif(6)...)
	segment := append([]byte{0xFF, 0xE1, 0, byte(len(body) + 2)}, body...)
	file := append(append(append([]byte{}, plain[:2]...), segment...), plain[2:]...)

	got, err := service.Upload(t.Context(), ann, file)
	if err != nil {
		t.Fatal(err)
	}
	if got.Width != 100 || got.Height != 200 {
		t.Errorf("shown as %d × %d, want upright 100 × 200", got.Width, got.Height)
	}
	stored := read(t, store, got.URL[1:]+"/original")
	if bytes.Contains(stored, []byte("GPS")) || int64(len(stored)) != got.Size {
		t.Error("the place is still in the file")
	}
	// Orientation 6 means: turn clockwise; the left half (red) comes on top.
	for _, variant := range []string{"/original", "/thumbnail"} {
		img := decode(t, store, got.URL[1:]+variant)
		if r, _, b, _ := img.At(50, 20).RGBA(); r < b || img.Bounds().Size() != image.Pt(100, 200) {
			t.Errorf("%s is not upright", variant)
		}
	}
}

func TestOnePersonDoesNotFillTheStore(t *testing.T) {
	t.Parallel()
	service, _, ann := setup(t)
	if _, err := service.Upload(t.Context(), ann, picturetest.PNG(t, 2, 2)); err != nil {
		t.Fatal(err)
	}
	service.UseUp(ann)
	if _, err := service.Upload(t.Context(), ann, picturetest.PNG(t, 2, 2)); fault.CodeOf(err) != fault.RateLimited {
		t.Errorf("one more: %v", err)
	}
}

func TestAFileThatIsNotAPictureIsRefused(t *testing.T) {
	t.Parallel()
	service, _, ann := setup(t)
	whole := picturetest.PNG(t, 64, 64)
	for name, c := range map[string]struct {
		data []byte
		slug string
	}{
		"html":    {[]byte("<script>alert(1)</script>"), picture.SlugNotAPicture},
		"nothing": {nil, picture.SlugNotAPicture},
		"half":    {whole[:len(whole)/2], picture.SlugDamaged},
		"11 MB":   {make([]byte, 11<<20), picture.SlugTooLarge},
		"a bomb":  {picturetest.ProgressiveJPEG(6300, 6300, 2), picture.SlugTooComplex},
	} {
		_, err := service.Upload(t.Context(), ann, c.data)
		if f, ok := fault.As(err); !ok || f.Slug != c.slug || f.Message == "" {
			t.Errorf("%s: %v, want %s", name, err, c.slug)
		}
	}
}

// held is a decoder that finishes when the test says so.
type held struct {
	began  chan []byte
	finish chan struct{}
}

func (h *held) Picture(ctx context.Context, data []byte, small bool) (*picture.Result, error) {
	if small && len(data) > 4 {
		return nil, picture.ErrLarge
	}
	h.began <- data
	<-h.finish
	return &picture.Result{MIME: "image/png", Width: 4, Height: 4, Original: data, Thumbnail: data}, nil
}

// Large pictures fill their own places and MaxWaitingBytes; another person's small picture is still
// decoded.
func TestASmallPictureDoesNotWaitForLargeOnes(t *testing.T) {
	t.Parallel()
	h := &held{began: make(chan []byte), finish: make(chan struct{})}
	service, _, people := setupWith(t, h, "ann", "eve", "mallory")
	big := make([]byte, 7<<20)
	var flood sync.WaitGroup
	var mu sync.Mutex
	refused := 0
	upload := func(who uuid.UUID) {
		flood.Go(func() {
			if _, err := service.Upload(t.Context(), who, big); err != nil {
				mu.Lock()
				defer mu.Unlock()
				refused++
				if f, ok := fault.As(err); !ok || f.Code != fault.Unavailable || f.RetryAfter == 0 {
					t.Errorf("refused with %v", err)
				}
			}
		})
	}
	for range media.LargeAtOnce {
		upload(people[1])
		upload(people[2])
	}
	for range media.LargeAtOnce {
		<-h.began
	}
	done := make(chan error)
	go func() {
		_, err := service.Upload(t.Context(), people[0], []byte("tiny"))
		done <- err
	}()
	if got := <-h.began; string(got) != "tiny" {
		t.Error("another large picture was decoded first")
	}
	// Together they are more than may wait.
	for range media.MaxWaitingBytes/len(big) + 1 {
		upload(people[1])
	}
	go func() {
		for range h.began {
		}
	}()
	close(h.finish)
	if err := <-done; err != nil {
		t.Error(err)
	}
	flood.Wait()
	if refused == 0 {
		t.Error("nobody was told to come back")
	}
}

// asked answers every picture and keeps which places it was given.
type asked struct{ small []bool }

func (a *asked) Picture(_ context.Context, data []byte, small bool) (*picture.Result, error) {
	a.small = append(a.small, small)
	return &picture.Result{MIME: "image/png", Width: 4, Height: 4, Original: data, Thumbnail: data}, nil
}

// A file of many bytes takes no place of the small pictures, whatever its headers say.
func TestALargeFileTakesNoSmallPlace(t *testing.T) {
	t.Parallel()
	decoder := &asked{}
	service, _, people := setupWith(t, decoder, "ann")
	for _, size := range []int{picture.SmallBytes, picture.SmallBytes + 1} {
		if _, err := service.Upload(t.Context(), people[0], make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(decoder.small, []bool{true, false}) {
		t.Errorf("the small places were asked for: %v", decoder.small)
	}
}

// When a decoder's process fails because of the host, the picture is not refused as invalid.
func TestAHostThatCannotDecodeAnswersUnavailable(t *testing.T) {
	t.Parallel()
	service, _, people := setupWith(t, broken{}, "ann")
	if _, err := service.Upload(t.Context(), people[0], picturetest.PNG(t, 2, 2)); fault.CodeOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
}

type broken struct{}

func (broken) Picture(context.Context, []byte, bool) (*picture.Result, error) {
	return nil, errors.New("no process")
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
