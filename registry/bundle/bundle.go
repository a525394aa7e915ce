// Package bundle reads the zip archives that developers upload.
//
// The archive may be hostile. Open checks the directory of the archive: paths, types, counts,
// declared sizes. ReadAll then reads the content and does not trust the declared sizes. Nothing is
// written to a disk, and a path is only a key in a map. Paths are still checked: they appear in
// URLs and in the source view, and if two names were equal on some file systems, a reviewer could
// see another file than the one that runs.
package bundle

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/teahouse/teahouse/fault"
)

// Archive is an upload whose directory has passed all checks.
type Archive struct {
	files []File
	total int64
}

// File is one file of an archive.
type File struct {
	// Path is slash-separated, relative to the top of the program.
	Path string
	// Size is what the archive declares; ReadAll and ReadFile check it.
	Size  int64
	entry *zip.File
}

// Open reads and checks the directory of an archive of size bytes. An error in it is an Invalid or
// TooLarge fault that names the file and says what to do.
func Open(r io.ReaderAt, size int64) (*Archive, error) {
	if size > MaxArchiveBytes {
		return nil, fault.Errorf(fault.TooLarge, "bundle-too-large",
			"The archive has %d MB; it may have %d.", size>>20, MaxArchiveBytes>>20)
	}
	if err := countEntries(r, size); err != nil {
		return nil, err
	}
	return Reopen(r, size)
}

// Reopen is Open for an archive that has passed Open before: it reads only the directory, at the
// end of the archive.
func Reopen(r io.ReaderAt, size int64) (*Archive, error) {
	reader, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // paths are checked below
		return nil, fault.Errorf(fault.Invalid, "bundle-not-zip",
			"The upload is not a zip archive, or it is damaged. Pack the folder again.").Because(err)
	}
	a := &Archive{}
	for _, entry := range reader.File {
		if err := a.add(entry); err != nil {
			return nil, err
		}
	}
	if len(a.files) == 0 {
		return nil, fault.Errorf(fault.Invalid, "bundle-empty", "The archive contains no files.")
	}
	a.stripTopFolder()
	if err := a.checkNames(); err != nil {
		return nil, err
	}
	slices.SortFunc(a.files, func(x, y File) int { return strings.Compare(x.Path, y.Path) })
	return a, nil
}

// countEntries refuses an archive with too many entries before the zip reader allocates memory for
// each of them. Every entry of the directory begins with this mark.
func countEntries(r io.ReaderAt, size int64) error {
	mark := []byte("PK\x01\x02")
	section := io.NewSectionReader(r, 0, size)
	buf := make([]byte, 256<<10)
	kept, count := 0, 0
	for {
		n, err := io.ReadFull(section, buf[kept:])
		chunk := buf[:kept+n]
		count += bytes.Count(chunk, mark)
		if count > maxDirectoryMarks {
			return tooManyFiles()
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read bundle: %w", err)
		}
		// A mark may be split between two chunks, and must not be counted twice.
		kept = copy(buf, chunk[len(chunk)-len(mark)+1:])
	}
}

func tooManyFiles() error {
	return fault.Errorf(fault.TooLarge, "bundle-too-many-files",
		"The archive has more than %d files.", MaxFiles)
}

// invalid is a fault about one file.
func invalid(slug, name, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	return fault.Errorf(fault.Invalid, slug, "%s: %s", printable(name), message).
		At(printable(name), message)
}

// printable makes a hostile name safe for a message.
func printable(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(name, "\ufffd"))
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100]) + "…"
	}
	return name
}

// encrypted is the first bit of an entry's flags.
const encrypted = 1

func (a *Archive) add(entry *zip.File) error {
	name := entry.Name
	if strings.HasSuffix(name, "/") && entry.UncompressedSize64 == 0 {
		return checkPath(strings.TrimSuffix(name, "/"))
	}
	if err := checkPath(name); err != nil {
		return err
	}
	switch {
	case entry.Mode()&fs.ModeSymlink != 0:
		return invalid("bundle-symlink", name, "is a symbolic link. Replace it by the file itself.")
	case entry.Mode()&fs.ModeType != 0:
		return invalid("bundle-not-a-file", name, "is not a regular file. Remove it.")
	case entry.Flags&encrypted != 0:
		return invalid("bundle-encrypted", name, "is encrypted. Pack the folder without a password.")
	case entry.Method != zip.Store && entry.Method != zip.Deflate:
		return invalid("bundle-method", name, "is packed in a way that is not supported. Use deflate.")
	}
	if isToolFile(name) {
		return nil
	}
	if len(a.files) >= MaxFiles {
		return tooManyFiles()
	}
	declared, packed := entry.UncompressedSize64, entry.CompressedSize64
	if declared > MaxTotalBytes || a.total+int64(declared) > MaxTotalBytes {
		return fault.Errorf(fault.TooLarge, "bundle-too-large",
			"The files have more than %d MB together.", MaxTotalBytes>>20)
	}
	if declared > RatioFloor && declared/MaxRatio > packed {
		return invalid("bundle-bomb", name, "unpacks to more than %d times its size.", MaxRatio)
	}
	a.total += int64(declared)
	a.files = append(a.files, File{Path: name, Size: int64(declared), entry: entry})
	return nil
}

// checkPath accepts only a path that is a plain relative path on every system.
func checkPath(name string) error {
	switch {
	case !utf8.ValidString(name):
		return invalid("bundle-path", name, "the name is not UTF-8. Pack with a tool that writes UTF-8 names.")
	case len(name) > MaxPathBytes:
		return invalid("bundle-path", name, "the path is longer than %d bytes.", MaxPathBytes)
	case strings.Contains(name, `\`):
		return invalid("bundle-path", name, `paths are written with "/", not with "\".`)
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':':
		return invalid("bundle-path", name, "the path is absolute.")
	case strings.ContainsFunc(name, isInvisible):
		return invalid("bundle-path", name, "the path has characters that cannot be seen.")
	}
	segments := strings.Split(name, "/")
	if len(segments) > MaxDepth {
		return invalid("bundle-path", name, "folders are nested more than %d deep.", MaxDepth)
	}
	for _, s := range segments {
		if s == "" || s == "." || s == ".." {
			return invalid("bundle-path", name, `the path has an empty, "." or ".." part.`)
		}
	}
	return nil
}

// isInvisible reports characters that are not visible: control characters, and those that only
// change how others are drawn, such as their direction.
func isInvisible(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// isToolFile reports files that tools add to archives and that belong to no program.
func isToolFile(name string) bool {
	for s := range strings.SplitSeq(name, "/") {
		switch s {
		case "__MACOSX", ".DS_Store", ".git", ".svn", "Thumbs.db":
			return true
		}
	}
	return false
}

// stripTopFolder removes the single top folder that many tools add.
func (a *Archive) stripTopFolder() {
	top, _, ok := strings.Cut(a.files[0].Path, "/")
	if !ok {
		return
	}
	for _, f := range a.files {
		if !strings.HasPrefix(f.Path, top+"/") {
			return
		}
	}
	for i := range a.files {
		a.files[i].Path = a.files[i].Path[len(top)+1:]
	}
}

// checkNames refuses two files with names that are equal on some file system, and a file with the
// name of a folder.
func (a *Archive) checkNames() error {
	fold := cases.Fold()
	key := func(p string) string { return norm.NFC.String(fold.String(norm.NFC.String(p))) }
	names := make(map[string]string, len(a.files))
	for _, f := range a.files {
		k := key(f.Path)
		if other, ok := names[k]; ok {
			if other == f.Path {
				return invalid("bundle-duplicate", f.Path, "is in the archive twice.")
			}
			return invalid("bundle-duplicate", f.Path, "differs from %s only in upper and lower case "+
				"or in the way accents are written. Rename one of them.", printable(other))
		}
		names[k] = f.Path
	}
	for _, f := range a.files {
		for k := key(f.Path); ; {
			slash := strings.LastIndexByte(k, '/')
			if slash < 0 {
				break
			}
			k = k[:slash]
			if other, ok := names[k]; ok {
				return invalid("bundle-duplicate", other, "is both a file and a folder.")
			}
		}
	}
	return nil
}

// Files lists the files in order of their paths. The slice must not be changed.
func (a *Archive) Files() []File { return a.files }

// TotalBytes is the size of all files together.
func (a *Archive) TotalBytes() int64 { return a.total }

// ReadAll reads every file.
func (a *Archive) ReadAll() (map[string][]byte, error) {
	files := make(map[string][]byte, len(a.files))
	for i := range a.files {
		content, err := a.files[i].read()
		if err != nil {
			return nil, err
		}
		files[a.files[i].Path] = content
	}
	return files, nil
}

// ReadFile reads one file. fault.NotFound if the archive has no such file.
func (a *Archive) ReadFile(path string) ([]byte, error) {
	at, ok := slices.BinarySearchFunc(a.files, path, func(f File, p string) int {
		return strings.Compare(f.Path, p)
	})
	if !ok {
		return nil, fault.Errorf(fault.NotFound, "file-not-found", "There is no such file in this version.")
	}
	return a.files[at].read()
}

// read unpacks a file and never keeps more than its declared size.
func (f *File) read() ([]byte, error) {
	r, err := f.entry.Open()
	if err != nil {
		return nil, invalid("bundle-damaged", f.Path, "cannot be read. Pack the folder again.")
	}
	defer r.Close()
	content := make([]byte, f.Size)
	_, err = io.ReadFull(r, content)
	if err == nil {
		// One byte more than declared shows that the size is wrong, without unpacking the rest. The
		// zip reader compares the checksum at the end.
		if n, end := io.ReadFull(r, make([]byte, 1)); n > 0 || end != io.EOF {
			err = io.ErrUnexpectedEOF
		}
	}
	if err != nil {
		return nil, invalid("bundle-damaged", f.Path,
			"is damaged, or larger than the archive says. Pack the folder again.")
	}
	return content, nil
}
