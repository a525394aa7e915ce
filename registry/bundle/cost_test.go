package bundle_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/teahouse/teahouse/registry/bundle"
)

// Archives are unpacked in the host, so their memory is bounded: the directory by the number of
// entries, which is counted before it is read, the content by the sizes that the directory declares.
// The test is not parallel, because the runtime counts the memory of the whole process.
func TestHostileArchivesCostNoMoreThanTheirBounds(t *testing.T) {
	const (
		besides   = 8 << 20                  // tables, windows, buffers of the packer
		directory = 48 << 20                 // the most entries that are read
		content   = bundle.MaxTotalBytes + 0 // each file once
	)
	many := func(n int) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for i := range n {
			if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%07d", i), Method: zip.Store}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var full bytes.Buffer // zeros: a bundle of 30 MB in 150 KB, just below the ratio
	w := zip.NewWriter(&full)
	chunk := make([]byte, bundle.RatioFloor)
	for i := range bundle.MaxTotalBytes/len(chunk) + 2 {
		f, err := w.Create(fmt.Sprintf("%d.bin", i))
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if _, err := f.Write(chunk); err != nil {
				t.Fatal(err)
			}
		}
		if i == bundle.MaxTotalBytes/len(chunk) {
			break
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		archive []byte
		refused bool
		most    uint64
	}{
		"200,000 entries": {many(200_000), true, besides},
		"90,000 entries":  {many(90_000), true, directory + besides},
		"10,000 entries":  {many(bundle.MaxFiles), false, directory + besides},
		"30 MB of zeros":  {full.Bytes(), false, content + besides},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := unpack(c.archive)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > c.most || (err != nil) != c.refused {
			t.Errorf("%s, packed %d KB: %v; %d MB allocated, at most %d expected", name, len(c.archive)>>10, err, took>>20, c.most>>20)
		} else {
			t.Logf("%s, packed %d KB: %d MB", name, len(c.archive)>>10, took>>20)
		}
	}
}
