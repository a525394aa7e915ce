package objects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/teahouse/teahouse/fault"
)

// Directory is a store in a directory of this machine.
//
// An object is written to a temporary file, flushed, and renamed; then the folder is flushed too,
// so that a crash right after Put cannot lose the object. os.Root keeps every access below the
// directory, even if there are links in it.
type Directory struct {
	root *os.Root
	path string
}

var _ Store = (*Directory)(nil)

// temporaryFolder holds files that are being written. No key begins with a dot.
const temporaryFolder = ".writing"

// OpenDirectory opens a store in the directory and makes it if necessary. It removes half-written
// files of an earlier crash, so only one process may open the same directory.
func OpenDirectory(dir string) (*Directory, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make object directory: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open object directory: %w", err)
	}
	if err := errors.Join(root.RemoveAll(temporaryFolder), root.Mkdir(temporaryFolder, 0o700)); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("prepare object directory: %w", err)
	}
	return &Directory{root: root, path: dir}, nil
}

// Close releases the directory.
func (d *Directory) Close() error { return d.root.Close() }

// Put implements Store.
func (d *Directory) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Join(d.path, temporaryFolder), "object-*")
	if err != nil {
		return fmt.Errorf("put object: %w", err)
	}
	temporary := path.Join(temporaryFolder, filepath.Base(file.Name()))
	defer func() { _ = d.root.Remove(temporary) }() // after the rename there is nothing to remove
	if err := fill(ctx, file, r, size); err != nil {
		return err
	}
	folder := path.Dir(key)
	if err := d.root.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("put object: %w", err)
	}
	if err := d.root.Rename(temporary, key); err != nil {
		return fmt.Errorf("put object: %w", err)
	}
	return d.flushFolders(folder)
}

// fill copies exactly size bytes into the file, flushes and closes it.
func fill(ctx context.Context, file *os.File, r io.Reader, size int64) (err error) {
	defer func() {
		if closeErr := file.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("put object: %w", closeErr)
		}
	}()
	n, err := io.Copy(file, io.LimitReader(contextReader{ctx, r}, size+1))
	if err != nil {
		return fmt.Errorf("put object: %w", err)
	}
	if n != size {
		return wrongSize()
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("put object: %w", err)
	}
	return nil
}

func wrongSize() error {
	return fault.Errorf(fault.Invalid, "object-size", "The object does not have the size that was announced.")
}

// flushFolders makes the names of the folders above an object durable.
func (d *Directory) flushFolders(folder string) error {
	for {
		f, err := d.root.Open(folder)
		if err != nil {
			return fmt.Errorf("put object: %w", err)
		}
		err = errors.Join(f.Sync(), f.Close())
		if err != nil {
			return fmt.Errorf("put object: %w", err)
		}
		if folder == "." {
			return nil
		}
		folder = path.Dir(folder)
	}
}

// contextReader stops a copy when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func (d *Directory) open(key string) (*os.File, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	file, err := d.root.Open(key)
	if err != nil {
		return nil, missing(err)
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = file.Close()
		return nil, missing(err)
	}
	return file, nil
}

// missing turns the file system's error for a missing file into fault.NotFound.
func missing(err error) error {
	// A key below another object: "not a directory".
	if errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "not a directory") {
		return notFound()
	}
	return fmt.Errorf("open object: %w", err)
}

// Get implements Store.
func (d *Directory) Get(_ context.Context, key string) (io.ReadCloser, error) {
	file, err := d.open(key)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// GetRange implements Store.
func (d *Directory) GetRange(
	_ context.Context, key string, offset, length int64,
) (io.ReadCloser, error) {
	if offset < 0 || length < 0 {
		return nil, badRange()
	}
	file, err := d.open(key)
	if err != nil {
		return nil, err
	}
	return section{io.NewSectionReader(file, offset, length), file}, nil
}

type section struct {
	io.Reader
	io.Closer
}

func badRange() error {
	return fault.Errorf(fault.Invalid, "object-range", "A range begins at 0 or later and is not negative.")
}

// Size implements Store.
func (d *Directory) Size(_ context.Context, key string) (int64, error) {
	if err := CheckKey(key); err != nil {
		return 0, err
	}
	info, err := d.root.Stat(key)
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return 0, missing(err)
	}
	return info.Size(), nil
}

// Delete implements Store. Folders stay: the next object would need them again.
func (d *Directory) Delete(_ context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if info, err := d.root.Stat(key); err == nil && info.IsDir() {
		return nil
	}
	if err := d.root.Remove(key); err != nil && fault.CodeOf(missing(err)) != fault.NotFound {
		return fmt.Errorf("delete object: %w", err)
	}
	return nil
}

// List implements Store. It walks only folders that can contain keys of the result.
func (d *Directory) List(
	ctx context.Context, prefix, after string, limit int,
) ([]string, error) {
	l := &lister{ctx: ctx, root: d.root.FS(), prefix: prefix, after: after, limit: listLimit(limit)}
	if err := l.folder(""); err != nil {
		return nil, fmt.Errorf("list objects: %w", err)
	}
	return l.keys, nil
}

// lister walks the tree in byte order of keys. A folder sorts as its name with a slash, which is
// not the order of names: "a-b" comes before "a/b".
type lister struct {
	ctx           context.Context
	root          fs.FS
	prefix, after string
	limit         int
	keys          []string
}

func (l *lister) folder(at string) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(l.root, cmp.Or(strings.TrimSuffix(at, "/"), "."))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	name := func(e fs.DirEntry) string {
		if e.IsDir() {
			return at + e.Name() + "/"
		}
		return at + e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(name(a), name(b)) })
	for _, e := range entries {
		key := name(e)
		switch {
		case len(l.keys) >= l.limit:
			return nil
		case strings.HasPrefix(e.Name(), "."):
			continue
		case !e.IsDir():
			if strings.HasPrefix(key, l.prefix) && key > l.after {
				l.keys = append(l.keys, key)
			}
		case strings.HasPrefix(key, l.prefix) || strings.HasPrefix(l.prefix, key):
			if key > l.after || strings.HasPrefix(l.after, key) {
				if err := l.folder(key); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func listLimit(limit int) int {
	if limit <= 0 {
		return MaxListKeys
	}
	return min(limit, MaxListKeys)
}
