package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fairqueue"
	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry/bundle"
)

// Service publishes bundles and reads published versions. Its callers decide who may do so.
//
// The rows are read as the store has them, through the embedded Reader.
type Service struct {
	Reader
	store      Store
	objects    Objects
	compiler   Compiler
	observer   Observer
	publishing *fairqueue.Queue // of developers whose uploads are unpacked and compiled

	life        context.Context // of recompilations; ended by Close
	end         context.CancelFunc
	tasks       sync.WaitGroup // one for each recompilation
	mu          sync.Mutex
	recompiling map[uuid.UUID]*recompilation // by version
}

// NewService returns a service; end it with Close. The observer may be nil.
func NewService(store Store, objects Objects, compiler Compiler, observer Observer) *Service {
	if observer == nil {
		observer = noObserver{}
	}
	life, end := context.WithCancel(context.Background())
	return &Service{
		Reader: store, store: store, objects: objects, compiler: compiler, observer: observer,
		publishing: fairqueue.New(fairqueue.Config{Places: MaxPublishing, OfOne: MaxUploadsOfOne, OfAll: MaxUploads,
			MaxWait: PublishTimeout, Busy: errPublishingBusy}), life: life, end: end,
		recompiling: map[uuid.UUID]*recompilation{},
	}
}

type noObserver struct{}

func (noObserver) VersionChanged(context.Context, Version) {}

// Upload is a bundle to publish.
type Upload struct {
	AppID     string
	Label     string
	Notes     string
	CreatedBy uuid.UUID
	Archive   io.ReaderAt
	Size      int64
}

// labelPattern is the one that https://semver.org suggests. What it allows is also valid in a URL and
// in a file name.
var labelPattern = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
	`(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?` +
	`(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`)

// CheckLabel returns an Invalid fault unless label is a semantic version.
func CheckLabel(label string) error {
	if len(label) > MaxLabelRunes || !labelPattern.MatchString(label) {
		return fault.Errorf(fault.Invalid, "bad-version-label",
			"A version number is a semantic version such as 1.2.0, of at most %d characters.", MaxLabelRunes)
	}
	return nil
}

func checkText(name, text string) error {
	if utf8.RuneCountInString(text) > MaxNotesRunes || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return fault.Errorf(fault.Invalid, "text-too-long",
			"The %s may have %d characters.", name, MaxNotesRunes)
	}
	return nil
}

// Publish makes a version from an upload. A program with errors becomes a Failed version with
// diagnostics. An upload that is not a bundle is an Invalid or TooLarge fault, and nothing is
// stored.
func (s *Service) Publish(ctx context.Context, u Upload) (Version, error) {
	if err := CheckLabel(u.Label); err != nil {
		return Version{}, err
	}
	if err := checkText("notes", u.Notes); err != nil {
		return Version{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, PublishTimeout)
	defer cancel()
	release, err := s.acquire(ctx, u.CreatedBy)
	if err != nil {
		return Version{}, err
	}
	defer release()
	v, err := s.prepare(ctx, u)
	if err != nil {
		return Version{}, err
	}
	made, err := s.store.CreateVersion(ctx, v)
	if err != nil {
		return Version{}, err
	}
	s.observer.VersionChanged(ctx, made)
	return made, nil
}

// acquire waits until it is the developer's turn. release makes room for another one.
func (s *Service) acquire(ctx context.Context, developer uuid.UUID) (release func(), err error) {
	release, err = s.publishing.Take(ctx, developer)
	if err != nil && ctx.Err() != nil {
		err = errPublishingBusy()
	}
	return release, err
}

func errPublishingBusy() error {
	return fault.Errorf(fault.Unavailable, "publishing-busy", "Many versions are being uploaded. Try again in a minute.")
}

// prepare unpacks, compiles and stores the upload, and returns the row to write.
func (s *Service) prepare(ctx context.Context, u Upload) (NewVersion, error) {
	archive, err := bundle.Open(u.Archive, u.Size)
	if err != nil {
		return NewVersion{}, err
	}
	files, err := archive.ReadAll()
	if err != nil {
		return NewVersion{}, err
	}
	compiled, err := s.compiler.Compile(ctx, files)
	if err != nil {
		return NewVersion{}, fmt.Errorf("compile bundle: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return NewVersion{}, err
	}
	v := NewVersion{
		ID: id, AppID: u.AppID, Label: u.Label, Notes: u.Notes, CreatedBy: u.CreatedBy, State: Failed,
		Bundle: StoredBundle{
			Size: u.Size, UnpackedSize: archive.TotalBytes(), FileCount: len(archive.Files()),
			Files: sourceFiles(files),
		},
		Diagnostics: compiled.Diagnostics, Report: compiled.Report,
	}
	v.storable()
	if v.Bundle.SHA256, err = s.storeBundle(ctx, u); err != nil {
		return NewVersion{}, err
	}
	if compiled.Image != nil {
		v.State = Ready
		if v.Image, err = s.storeImage(ctx, compiled); err != nil {
			return NewVersion{}, err
		}
	}
	return v, nil
}

// storable removes NUL characters from texts of the program, because jsonb cannot store them.
func (v *NewVersion) storable() {
	storableDiagnostics(v.Diagnostics)
	clean(&v.Report.AppName)
	for i := range v.Report.Hosts {
		clean(&v.Report.Hosts[i].URL)
		clean(&v.Report.Hosts[i].File)
	}
	for i := range v.Report.APIs {
		clean(&v.Report.APIs[i].Name)
		clean(&v.Report.APIs[i].File)
	}
}

func storableDiagnostics(diagnostics []Diagnostic) {
	for i := range diagnostics {
		clean(&diagnostics[i].Message)
		clean(&diagnostics[i].File)
	}
}

func clean(s *string) { *s = strings.ReplaceAll(strings.ToValidUTF8(*s, "\ufffd"), "\x00", "\ufffd") }

func (s *Service) storeBundle(ctx context.Context, u Upload) (string, error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(u.Archive, 0, u.Size)); err != nil {
		return "", fmt.Errorf("read bundle: %w", err)
	}
	name := hex.EncodeToString(hash.Sum(nil))
	return name, s.put(ctx, BundleKey(name), io.NewSectionReader(u.Archive, 0, u.Size), u.Size)
}

// storeImage stores the image and, as one object, its public files: one write instead of hundreds,
// and still one read for each file.
func (s *Service) storeImage(ctx context.Context, c Compiled) (*StoredImage, error) {
	if digest(c.Image) != c.Hash {
		return nil, fmt.Errorf("the compiler names an image %q that is not its digest", c.Hash)
	}
	image := &StoredImage{Hash: c.Hash, Format: s.compiler.Format(), Size: int64(len(c.Image)), Files: []PublicFile{}}
	paths := make([]string, 0, len(c.Public))
	for path := range c.Public {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var readers []io.Reader
	offset := int64(0)
	for _, path := range paths {
		content := c.Public[path]
		image.Files = append(image.Files, PublicFile{
			Path: path, SHA256: digest(content), Size: int64(len(content)), Offset: offset,
		})
		offset += int64(len(content))
		readers = append(readers, bytes.NewReader(content))
	}
	if err := s.put(ctx, PublicKey(c.Hash), io.MultiReader(readers...), offset); err != nil {
		return nil, err
	}
	return image, s.put(ctx, ImageKey(c.Hash), bytes.NewReader(c.Image), image.Size)
}

// put stores an object whose key is the digest of its content, unless the object exists.
func (s *Service) put(ctx context.Context, key string, r io.Reader, size int64) error {
	if have, err := s.objects.Size(ctx, key); err == nil && have == size {
		return nil
	}
	if err := s.objects.Put(ctx, key, r, size); err != nil {
		return fmt.Errorf("store %s: %w", key, err)
	}
	return nil
}

// BundleKey, ImageKey and PublicKey are the keys of a version's objects in the object store.
func BundleKey(sha256 string) string { return "bundles/" + sha256 }

// ImageKey is the key of an encoded image.
func ImageKey(hash string) string { return "images/" + hash }

// PublicKey is the key of an image's public files.
func PublicKey(hash string) string { return "public/" + hash }

// Submit submits a version for review. by is a member of the app's account. Each scope that the version
// asks for needs a reason: the reviewer cannot decide without it.
func (s *Service) Submit(
	ctx context.Context, appID string, id, by uuid.UUID, notes string, scopeReasons map[string]string,
) (Version, error) {
	if err := checkText("notes", notes); err != nil {
		return Version{}, err
	}
	if len(scopeReasons) > MaxScopeReasons {
		return Version{}, fault.Errorf(fault.Invalid, "too-many-reasons", "There are not that many scopes.")
	}
	for scope, reason := range scopeReasons {
		if err := checkText("reason for a scope", scope+reason); err != nil {
			return Version{}, err
		}
	}
	v, err := s.Version(ctx, appID, id)
	if err != nil {
		return Version{}, err
	}
	if _, ok := v.State.After(ActionSubmit); ok { // the store refuses the other states
		if err := checkReasons(v.Report.Scopes, scopeReasons); err != nil {
			return Version{}, err
		}
	}
	return s.changed(ctx)(s.store.Submit(ctx, appID, id, by, notes, scopeReasons))
}

// checkReasons returns an Invalid fault that names every scope without a reason.
func checkReasons(scopes []string, reasons map[string]string) error {
	missing := slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool {
		return strings.TrimSpace(reasons[scope]) != ""
	})
	if len(missing) == 0 {
		return nil
	}
	refused := fault.Errorf(fault.Invalid, "scope-reason-missing",
		"Say why the app needs each scope; there is no reason for: %s.", strings.Join(missing, ", "))
	for _, scope := range missing {
		refused = refused.At("body.scope_reasons."+scope, "is missing")
	}
	return refused
}

// Withdraw takes a version back from review.
func (s *Service) Withdraw(ctx context.Context, appID string, id, by uuid.UUID) (Version, error) {
	return s.changed(ctx)(s.store.Withdraw(ctx, appID, id, by))
}

// Release makes a version the one that users open. The previous one is retired.
func (s *Service) Release(ctx context.Context, appID string, id, by uuid.UUID) (Version, error) {
	return s.changed(ctx)(s.store.Release(ctx, appID, id, by))
}

// Approve approves a submission.
func (s *Service) Approve(ctx context.Context, d Decision) (Version, error) {
	if err := checkText("note", d.Note); err != nil {
		return Version{}, err
	}
	d.Findings = nil
	return s.changed(ctx)(s.store.Approve(ctx, d))
}

// Reject rejects a submission. At least one finding is required, so that the developer knows the
// reason.
func (s *Service) Reject(ctx context.Context, d Decision) (Version, error) {
	if len(d.Findings) == 0 || len(d.Findings) > MaxFindings {
		return Version{}, fault.Errorf(fault.Invalid, "findings-required",
			"A rejection has 1 to %d reasons.", MaxFindings)
	}
	for i, f := range d.Findings {
		length := utf8.RuneCountInString(f.Text)
		text := f.Rule + f.Text + f.File
		if strings.TrimSpace(f.Text) == "" || length > MaxFindingRunes || f.Line < 0 || f.Line > MaxLine ||
			!utf8.ValidString(text) || strings.ContainsRune(text, 0) ||
			utf8.RuneCountInString(f.Rule) > MaxLabelRunes || len(f.File) > bundle.MaxPathBytes {
			return Version{}, fault.Errorf(fault.Invalid, "bad-finding",
				"A reason has a text of 1 to %d characters.", MaxFindingRunes).
				At(fmt.Sprintf("reasons[%d]", i), "has no text, or too much of it")
		}
	}
	return s.changed(ctx)(s.store.Reject(ctx, d))
}

// changed calls the observer after a successful change.
func (s *Service) changed(ctx context.Context) func(Version, error) (Version, error) {
	return func(v Version, err error) (Version, error) {
		if err == nil {
			s.observer.VersionChanged(ctx, v)
		}
		return v, err
	}
}

// Files lists the files of a version's bundle.
func (s *Service) Files(ctx context.Context, v Version) ([]bundle.File, error) {
	archive, err := s.open(ctx, v)
	if err != nil {
		return nil, err
	}
	return archive.Files(), nil
}

// File reads a file of a version's bundle. fault.NotFound if there is none.
func (s *Service) File(ctx context.Context, v Version, path string) ([]byte, error) {
	archive, err := s.open(ctx, v)
	if err != nil {
		return nil, err
	}
	return archive.ReadFile(path)
}

func (s *Service) open(ctx context.Context, v Version) (*bundle.Archive, error) {
	key := BundleKey(v.BundleSHA256)
	size, err := s.objects.Size(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("open bundle of version %s: %w", v.ID, hide(err))
	}
	return bundle.Reopen(&objectReader{ctx: ctx, objects: s.objects, key: key, size: size}, size)
}

// Image reads the encoded image with this name, and checks its digest.
func (s *Service) Image(ctx context.Context, hash string) ([]byte, error) {
	r, err := s.objects.Get(ctx, ImageKey(hash))
	if err != nil {
		return nil, fmt.Errorf("open image %s: %w", hash, hide(err))
	}
	defer r.Close()
	encoded, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read image %s: %w", hash, err)
	}
	if digest(encoded) != hash {
		return nil, fmt.Errorf("image %s is damaged in the object store", hash)
	}
	return encoded, nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// PublicFile reads a public file of an image, and checks its digest. Returns fault.NotFound if the
// image has no file at the path.
func (s *Service) PublicFile(ctx context.Context, imageHash, path string) ([]byte, error) {
	files, err := s.PublicFiles(ctx, imageHash)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(files, func(f PublicFile) bool { return f.Path == path })
	if at < 0 {
		return nil, fault.Errorf(fault.NotFound, "image-file-not-found", "There is no such file in this image.")
	}
	r, err := s.OpenPublic(ctx, imageHash, files[at], 0, files[at].Size)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read %s of image %s: %w", path, imageHash, err)
	}
	if digest(content) != files[at].SHA256 {
		return nil, fmt.Errorf("%s of image %s is damaged in the object store", path, imageHash)
	}
	return content, nil
}

// OpenPublic opens length bytes of a public file from offset.
func (s *Service) OpenPublic(
	ctx context.Context, imageHash string, f PublicFile, offset, length int64,
) (io.ReadCloser, error) {
	r, err := s.objects.GetRange(ctx, PublicKey(imageHash), f.Offset+offset, length)
	if err != nil {
		return nil, fmt.Errorf("open %s of image %s: %w", f.Path, imageHash, hide(err))
	}
	return r, nil
}

// hide turns NotFound into an internal error: when a row names an object that does not exist, the
// platform is at fault and not the caller.
func hide(err error) error {
	if fault.CodeOf(err) == fault.NotFound {
		return fmt.Errorf("object is missing: %s", err.Error())
	}
	return err
}
