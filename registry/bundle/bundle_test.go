package bundle_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry/bundle"
)

type entry struct {
	name    string
	content string
	mode    fs.FileMode
	flags   uint16
	method  uint16
}

func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Flags: e.flags}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		if e.method != 0 {
			h.Method = zip.Store
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(archive []byte) (map[string][]byte, error) {
	a, err := bundle.Open(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	return a.ReadAll()
}

func TestOpen_ReadsWhatToolsPack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		entries []entry
		want    []string
	}{
		{"plain", []entry{{name: "app.json"}, {name: "pages/"}, {name: "pages/a.js", content: "x"}}, []string{"app.json", "pages/a.js"}},
		{"with a folder around", []entry{{name: "my-app/"}, {name: "my-app/app.json"}, {name: "my-app/a/b.js"}}, []string{"a/b.js", "app.json"}},
		{"with files of tools", []entry{{name: "x/app.json"}, {name: "__MACOSX/x/._app.json"}, {name: "x/.DS_Store"}, {name: "x/.git/config"}}, []string{"app.json"}},
		{"stored", []entry{{name: "app.json", content: "{}", method: 1}, {name: "a.js"}}, []string{"a.js", "app.json"}},
		{"an archive inside is a file", []entry{{name: "a.zip", content: string(pack(t, entry{name: "../x"}))}, {name: "b"}}, []string{"a.zip", "b"}},
		{"Chinese names", []entry{{name: "页面/首页.js"}, {name: "a"}}, []string{"a", "页面/首页.js"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files, err := unpack(pack(t, c.entries...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, slices.Sorted(maps.Keys(files))); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpen_RefusesBadArchives(t *testing.T) {
	t.Parallel()
	many := make([]entry, bundle.MaxFiles+1)
	for i := range many {
		many[i] = entry{name: fmt.Sprintf("f%d", i)}
	}
	big := strings.Repeat("0123456789abcdef", 64<<10) // one MB, packs well
	for _, c := range []struct {
		name    string
		archive []byte
		slug    string
	}{
		{"nothing", nil, "bundle-not-zip"},
		{"no zip", []byte("hello"), "bundle-not-zip"},
		{"cut short", pack(t, entry{name: "a", content: "x"})[:60], "bundle-not-zip"},
		{"empty", pack(t), "bundle-empty"},
		{"path outside", pack(t, entry{name: "../../etc/passwd"}), "bundle-path"},
		{"path outside, from a folder", pack(t, entry{name: "a/../../b"}), "bundle-path"},
		{"folder outside", pack(t, entry{name: "../"}), "bundle-path"},
		{"absolute path", pack(t, entry{name: "/etc/passwd"}), "bundle-path"},
		{"drive", pack(t, entry{name: "C:/x"}), "bundle-path"},
		{"backslash", pack(t, entry{name: `a\b`}), "bundle-path"},
		{"NUL", pack(t, entry{name: "a\x00b"}), "bundle-path"},
		{"invisible character", pack(t, entry{name: "app\u202egnp.js"}), "bundle-path"},
		{"empty part", pack(t, entry{name: "a//b"}), "bundle-path"},
		{"not UTF-8", pack(t, entry{name: "\xb0\xa1.js"}), "bundle-path"},
		{"long path", pack(t, entry{name: strings.Repeat("a", bundle.MaxPathBytes+1)}), "bundle-path"},
		{"deep path", pack(t, entry{name: strings.Repeat("a/", bundle.MaxDepth) + "b"}), "bundle-path"},
		{"symbolic link", pack(t, entry{name: "a", mode: fs.ModeSymlink | 0o777, content: "/etc/passwd"}), "bundle-symlink"},
		{"device", pack(t, entry{name: "a", mode: fs.ModeDevice | 0o666}), "bundle-not-a-file"},
		{"pipe", pack(t, entry{name: "a", mode: fs.ModeNamedPipe | 0o666}), "bundle-not-a-file"},
		{"encrypted", pack(t, entry{name: "a", flags: 1, content: "x"}), "bundle-encrypted"},
		{"same name twice", pack(t, entry{name: "a"}, entry{name: "a"}), "bundle-duplicate"},
		{"names that differ by case", pack(t, entry{name: "Pages/a.js"}, entry{name: "pages/A.js"}), "bundle-duplicate"},
		{"names that differ by composition", pack(t, entry{name: "caf\u00e9.js"}, entry{name: "cafe\u0301.js"}), "bundle-duplicate"},
		{"file and folder", pack(t, entry{name: "a"}, entry{name: "A/b"}), "bundle-duplicate"},
		{"too many files", pack(t, many...), "bundle-too-many-files"},
		{"bomb by ratio", pack(t, entry{name: "zeros", content: strings.Repeat("\x00", 8<<20)}), "bundle-bomb"},
		{"too large together", pack(t, parts(31, big)...), "bundle-too-large"},
		{"larger than declared", understate(pack(t, entry{name: "a", content: strings.Repeat("x", 1000)})), "bundle-damaged"},
		{"smaller than declared", overstate(pack(t, entry{name: "a", content: "x"})), "bundle-damaged"},
		{"damaged content", damage(pack(t, entry{name: "a", content: "hello hello", method: 1})), "bundle-damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := unpack(c.archive)
			if got := fault.SlugOf(err); got != c.slug {
				t.Errorf("got %q (%v), want %q", got, err, c.slug)
			}
		})
	}
}

func parts(n int, content string) []entry {
	var entries []entry
	for i := range n {
		// Random enough to have a normal compression ratio.
		var b strings.Builder
		for j := range len(content) / 16 {
			fmt.Fprintf(&b, "%08x%08x", uint32(j*2654435761+i), uint32(j*40503+i*7919))
		}
		entries = append(entries, entry{name: fmt.Sprint("part", i), content: b.String()})
	}
	return entries
}

// directory is the offset of the first entry of the archive's directory.
func directory(archive []byte) int { return bytes.LastIndex(archive, []byte("PK\x01\x02")) }

func understate(archive []byte) []byte {
	binary.LittleEndian.PutUint32(archive[directory(archive)+24:], 10)
	return archive
}

func overstate(archive []byte) []byte {
	binary.LittleEndian.PutUint32(archive[directory(archive)+24:], 1000)
	return archive
}

func damage(archive []byte) []byte {
	archive[bytes.Index(archive, []byte("hello"))] ^= 1
	return archive
}

func FuzzUnpack(f *testing.F) {
	f.Add(pack(f, entry{name: "a/app.json", content: "{}"}, entry{name: "a/b/"}))
	f.Add(pack(f, entry{name: "../a", content: "x"}))
	f.Add(pack(f, entry{name: "a", mode: fs.ModeSymlink | 0o777}, entry{name: "A"}))
	f.Add(understate(pack(f, entry{name: "a", content: strings.Repeat("x", 100)})))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, archive []byte) {
		files, err := unpack(archive)
		if err != nil {
			if fault.CodeOf(err) == fault.Internal {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		total := 0
		for path, content := range files {
			if strings.HasPrefix(path, "/") || slices.Contains(strings.Split(path, "/"), "..") || strings.ContainsAny(path, "\\\x00") {
				t.Fatalf("path %q was accepted", path)
			}
			total += len(content)
		}
		if total > bundle.MaxTotalBytes || len(files) > bundle.MaxFiles {
			t.Fatalf("%d files with %d bytes were accepted", len(files), total)
		}
	})
}
