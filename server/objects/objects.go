// Package objects stores byte strings by key: bundles, compiled images and media.
//
// There are two stores, a directory and any S3, and they pass one conformance suite (objectstest).
// An object is written whole or not at all, and a reader never sees half of one. Keys are made by
// the platform, never by users; the stores check them anyway.
package objects

import (
	"context"
	"io"
	"strings"

	"github.com/teahouse/teahouse/fault"
)

// Store keeps objects. All methods are safe for concurrent use. The types in the signatures are
// those of the standard library, so that other packages can declare an interface with the few
// methods they need.
type Store interface {
	// Put writes size bytes of r under key and replaces an existing object. No key may be a folder
	// of another key ("a" and "a/b"): a directory could not store both. The object is durable when
	// Put returns. If r is longer or shorter than size, nothing is stored and the error is
	// fault.Invalid.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Get opens the object. fault.NotFound if there is none.
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	// GetRange opens length bytes from offset. A range that goes beyond the end is cut short
	// there; an offset at or beyond the end reads as empty. fault.NotFound if there is none.
	GetRange(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Size is the object's length in bytes. fault.NotFound if there is none.
	Size(ctx context.Context, key string) (int64, error)
	// Delete removes the object. It is not an error if there is none.
	Delete(ctx context.Context, key string) error
	// List returns up to limit keys that begin with prefix and sort after the key `after`, in
	// byte order.
	List(ctx context.Context, prefix, after string, limit int) ([]string, error)
}

// CheckKey returns an Invalid fault unless every store can store the key: 1..MaxKeyBytes bytes in segments
// of lower-case letters, digits, '-', '_' and '.', separated by single slashes, no segment beginning with
// a dot. With these characters a key is also a valid path on every file system, also one that ignores
// case, and needs no escaping in a URL.
func CheckKey(key string) error {
	if key == "" || len(key) > MaxKeyBytes {
		return badKey()
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment[0] == '.' || len(segment) > MaxSegmentBytes {
			return badKey()
		}
		for i := range len(segment) {
			c := segment[i]
			ok := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
			if !ok {
				return badKey()
			}
		}
	}
	return nil
}

func badKey() error {
	return fault.Errorf(fault.Invalid, "bad-object-key", "This is not a valid object key.")
}

func notFound() error {
	return fault.Errorf(fault.NotFound, "object-not-found", "This object does not exist.")
}
