package objects_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/objects"
	"github.com/teahouse/teahouse/server/objects/objectstest"
)

func open(t *testing.T, dir string) *objects.Directory {
	t.Helper()
	store, err := objects.OpenDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	objectstest.Run(t, open(t, filepath.Join(t.TempDir(), "objects")))
}

func TestDirectory_RemovesHalfWrittenFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir)
	leftover := filepath.Join(dir, ".writing", "object-1")
	if err := os.WriteFile(leftover, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	store := open(t, dir)
	if _, err := os.Stat(leftover); !os.IsNotExist(err) {
		t.Errorf("leftover: %v", err)
	}
	if keys, err := store.List(t.Context(), "", "", 10); err != nil || len(keys) > 0 {
		t.Errorf("keys: %v, %v", keys, err)
	}
}

func TestDirectory_DoesNotFollowLinksOutside(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	store := open(t, dir)
	if err := os.WriteFile(filepath.Join(elsewhere, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if r, err := store.Get(t.Context(), "link/secret"); err == nil {
		_ = r.Close()
		t.Error("read through a link")
	}
	if err := store.Put(t.Context(), "link/other", strings.NewReader("x"), 1); err == nil || fault.CodeOf(err) == "" {
		t.Error("wrote through a link")
	}
}
