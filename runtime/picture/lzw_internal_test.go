package picture

import (
	"bytes"
	"compress/lzw"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// Whatever the pixels are and whatever stands behind them, the trimmed codes mean the same pixels, and are the
// same as without what stood behind.
func TestTrimmedCodesMeanTheSamePixels(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		literal := rapid.IntRange(2, 8).Draw(t, "code size")
		// Few different values make long strings, many fill the table.
		values := rapid.IntRange(1, 1<<literal).Draw(t, "values")
		seed := rapid.Uint32().Draw(t, "seed")
		pixels := make([]byte, rapid.IntRange(1, 20_000).Draw(t, "pixels"))
		for i := range pixels {
			seed = seed*1664525 + 1013904223
			pixels[i] = byte(int(seed>>16) % values)
		}
		var packed bytes.Buffer
		w := lzw.NewWriter(&packed, lzw.LSB, literal)
		if _, err := w.Write(pixels); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		frame := func(codes []byte) []byte { return append([]byte{byte(literal)}, subBlocksOf(codes)...) }
		behind := rapid.SliceOfN(rapid.Byte(), 0, 1000).Draw(t, "behind")
		trimmed, err := trimLZW(frame(append(bytes.Clone(packed.Bytes()), behind...)), int64(len(pixels)))
		if err != nil {
			t.Fatal(err)
		}
		if want := frame(packed.Bytes()); !bytes.Equal(trimmed, want) {
			t.Fatalf("%d bytes are left of %d, want %d", len(trimmed), packed.Len()+len(behind), len(want))
		}
		got, err := io.ReadAll(lzw.NewReader(bytes.NewReader(joinSubBlocks(trimmed[1:])), lzw.LSB, literal))
		if err != nil || !bytes.Equal(got, pixels) {
			t.Fatalf("%v: the pixels are others", err)
		}
	})
}
