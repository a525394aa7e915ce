// Package objectstest defines what every object store must do: one suite, run against each of them.
package objectstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/objects"
)

// Run runs the suite against the store. Each test uses its own keys, so others may use the store at
// the same time.
func Run(t *testing.T, store objects.Store) {
	for name, test := range map[string]func(*testing.T, suite){
		"reads back what was put":                      readsBack,
		"replaces an object":                           replaces,
		"does not find what is not there":              doesNotFind,
		"reads ranges":                                 readsRanges,
		"stores nothing of a reader of the wrong size": refusesWrongSizes,
		"stores nothing of a reader that fails":        survivesFailure,
		"stores nothing once its context has ended":    honoursContext,
		"deletes":                                        deletes,
		"lists in byte order, page by page":              lists,
		"refuses keys that are paths outside":            refusesKeys,
		"never shows half an object while it is written": isAtomic,
		"takes a large object":                           takesLarge,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := strings.Map(func(r rune) rune {
				if r >= 'a' && r <= 'z' {
					return r
				}
				return '-'
			}, strings.ToLower(name))
			test(t, suite{store, "suite/" + folder + "/"})
		})
	}
}

type suite struct {
	store  objects.Store
	prefix string
}

func (s suite) put(t *testing.T, key, content string) {
	t.Helper()
	err := s.store.Put(t.Context(), s.prefix+key, strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func read(r io.ReadCloser, err error) (string, error) {
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(r)
	return string(content), errors.Join(err, r.Close())
}

func (s suite) want(t *testing.T, key, content string) {
	t.Helper()
	got, err := read(s.store.Get(t.Context(), s.prefix+key))
	if err != nil || got != content {
		t.Errorf("get %s: %d bytes, %v; want %d bytes", key, len(got), err, len(content))
	}
	if size, err := s.store.Size(t.Context(), s.prefix+key); err != nil || size != int64(len(content)) {
		t.Errorf("size of %s: %d, %v; want %d", key, size, err, len(content))
	}
}

func (s suite) wantMissing(t *testing.T, key string) {
	t.Helper()
	if _, err := read(s.store.Get(t.Context(), s.prefix+key)); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("get %s: %v, want not found", key, err)
	}
	if _, err := read(s.store.GetRange(t.Context(), s.prefix+key, 0, 1)); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("range of %s: %v, want not found", key, err)
	}
	if _, err := s.store.Size(t.Context(), s.prefix+key); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("size of %s: %v, want not found", key, err)
	}
}

func readsBack(t *testing.T, s suite) {
	for key, content := range map[string]string{
		"a": "hello", "empty": "", "deep/er/and-deep.er/x_1": "\x00\xff", "b": strings.Repeat("x", 100_000),
	} {
		s.put(t, key, content)
		s.want(t, key, content)
	}
}

func replaces(t *testing.T, s suite) {
	s.put(t, "a", "first, and longer")
	s.put(t, "a", "second")
	s.want(t, "a", "second")
}

func doesNotFind(t *testing.T, s suite) {
	s.wantMissing(t, "nothing")
	s.put(t, "folder/a", "x")
	s.wantMissing(t, "folder")
	s.wantMissing(t, "folder/a/b")
}

func readsRanges(t *testing.T, s suite) {
	s.put(t, "a", "0123456789")
	for _, c := range []struct {
		offset, length int64
		want           string
	}{
		{0, 10, "0123456789"}, {0, 1, "0"}, {3, 4, "3456"}, {8, 100, "89"}, {10, 5, ""}, {50, 5, ""}, {4, 0, ""},
	} {
		got, err := read(s.store.GetRange(t.Context(), s.prefix+"a", c.offset, c.length))
		if err != nil || got != c.want {
			t.Errorf("%d bytes from %d: %q, %v; want %q", c.length, c.offset, got, err, c.want)
		}
	}
	for _, c := range [][2]int64{{-1, 2}, {0, -1}} {
		if _, err := read(s.store.GetRange(t.Context(), s.prefix+"a", c[0], c[1])); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%d bytes from %d: %v, want invalid", c[1], c[0], err)
		}
	}
}

func refusesWrongSizes(t *testing.T, s suite) {
	for name, size := range map[string]int64{"short": 6, "long": 4, "none": 0} {
		err := s.store.Put(t.Context(), s.prefix+name, strings.NewReader("hello"), size)
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want invalid", name, err)
		}
		s.wantMissing(t, name)
	}
	s.put(t, "kept", "hello")
	if err := s.store.Put(t.Context(), s.prefix+"kept", strings.NewReader("bye"), 9); err == nil {
		t.Error("a reader that is too short was accepted")
	}
	s.want(t, "kept", "hello")
}

func survivesFailure(t *testing.T, s suite) {
	broken := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("cable cut")))
	if err := s.store.Put(t.Context(), s.prefix+"a", broken, 8); err == nil {
		t.Error("a reader that fails was accepted")
	}
	s.wantMissing(t, "a")
}

func honoursContext(t *testing.T, s suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.store.Put(ctx, s.prefix+"a", strings.NewReader("hello"), 5); err == nil {
		t.Error("an object was put after the end of the context")
	}
	s.wantMissing(t, "a")
}

func deletes(t *testing.T, s suite) {
	s.put(t, "a", "x")
	s.put(t, "folder/b", "y")
	for _, key := range []string{"a", "a", "never", "folder", "folder/b/c"} {
		if err := s.store.Delete(t.Context(), s.prefix+key); err != nil {
			t.Errorf("delete %s: %v", key, err)
		}
	}
	s.wantMissing(t, "a")
	s.want(t, "folder/b", "y")
	s.put(t, "a", "again")
	s.want(t, "a", "again")
}

func lists(t *testing.T, s suite) {
	want := []string{"a-b", "a.b", "a/b", "a/c/d", "a0", "b/a", "b/b"}
	for _, key := range []string{"b/b", "a/c/d", "a-b", "a/b", "a.b", "a0", "b/a"} {
		s.put(t, key, "x")
	}
	list := func(prefix, after string, limit int) []string {
		if after != "" {
			after = s.prefix + after
		}
		keys, err := s.store.List(t.Context(), s.prefix+prefix, after, limit)
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		for i := range keys {
			keys[i] = strings.TrimPrefix(keys[i], s.prefix)
		}
		return keys
	}
	if got := list("", "", 100); !slices.Equal(got, want) {
		t.Errorf("all: %v, want %v", got, want)
	}
	if got := list("a/", "", 100); !slices.Equal(got, []string{"a/b", "a/c/d"}) {
		t.Errorf("below a/: %v", got)
	}
	if got := list("a/c/d", "", 100); !slices.Equal(got, []string{"a/c/d"}) {
		t.Errorf("one: %v", got)
	}
	if got := list("nothing", "", 100); len(got) != 0 {
		t.Errorf("nothing: %v", got)
	}
	var paged []string
	for after := ""; ; after = paged[len(paged)-1] {
		page := list("", after, 2)
		paged = append(paged, page...)
		if len(page) < 2 {
			break
		}
	}
	if !slices.Equal(paged, want) {
		t.Errorf("page by page: %v, want %v", paged, want)
	}
}

func refusesKeys(t *testing.T, s suite) {
	for _, key := range []string{
		"", "/a", "a/", "a//b", "../a", "a/../b", "./a", ".hidden", "a/.hidden", "A", "a b", "a\\b", "a\x00b", "é", "a?b",
		strings.Repeat("a", objects.MaxSegmentBytes+1), strings.Repeat("a/", objects.MaxKeyBytes/2) + "b",
	} {
		if err := s.store.Put(t.Context(), key, strings.NewReader("x"), 1); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("put %q: %v, want invalid", key, err)
		}
		if _, err := read(s.store.Get(t.Context(), key)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("get %q: %v, want invalid", key, err)
		}
		if err := s.store.Delete(t.Context(), key); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("delete %q: %v, want invalid", key, err)
		}
	}
}

// isAtomic writes one key from several goroutines and reads it at the same time.
func isAtomic(t *testing.T, s suite) {
	const size, rounds = 64 << 10, 10
	s.put(t, "a", strings.Repeat("0", size))
	var writers sync.WaitGroup
	for w := range 3 {
		writers.Go(func() {
			for range rounds {
				content := strings.Repeat(fmt.Sprint(w), size)
				if err := s.store.Put(t.Context(), s.prefix+"a", strings.NewReader(content), size); err != nil {
					t.Errorf("put: %v", err)
				}
			}
		})
	}
	for range rounds {
		got, err := read(s.store.Get(t.Context(), s.prefix+"a"))
		if err != nil || len(got) != size || strings.Trim(got, got[:1]) != "" {
			t.Errorf("read %d bytes of several writers, %v", len(got), err)
		}
	}
	writers.Wait()
}

func takesLarge(t *testing.T, s suite) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 2<<20) // 32 MB: several parts over S3
	if err := s.store.Put(t.Context(), s.prefix+"a", bytes.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
	r, err := s.store.Get(t.Context(), s.prefix+"a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes of %d back, %v", len(got), len(content), err)
	}
}
