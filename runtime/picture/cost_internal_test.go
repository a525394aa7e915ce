package picture

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/teahouse/teahouse/runtime/picture/picturetest"
)

// Decoding allocates at most what is estimated from the headers. The test is not parallel:
// the runtime counts for the whole process.
func TestDecodingAllocatesNoMoreThanEstimated(t *testing.T) {
	const besides = 2 << 20 // tables, buffers
	for name, data := range map[string][]byte{
		"JPEG":        picturetest.JPEG(t, 3000, 2000),
		"progressive": picturetest.ProgressiveJPEG(2000, 1500, 20),
		"16 bits":     picturetest.PNGOf(t, 1500, 1500, 16, 6, false),
		"interlaced":  picturetest.PNGOf(t, 1500, 1500, 16, 6, true),
		"RGB":         picturetest.PNGOf(t, 2000, 2000, 8, 2, false),
		"grey":        picturetest.PNGOf(t, 3000, 3000, 8, 0, false),
		"GIF":         picturetest.GIF(t, 3000, 3000, 1),
		"WebP":        picturetest.WebP(1500, 1500),
		"lossy WebP":  picturetest.LossyWebP(t), "transparent WebP": picturetest.TransparentWebP(t),
	} {
		for _, format := range formats {
			if !bytes.HasPrefix(data, []byte(format.magic)) {
				continue
			}
			f, err := format.read(data)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = format.decode(f.clean)
			runtime.ReadMemStats(&after)
			if took := int64(after.TotalAlloc - before.TotalAlloc); err != nil || took > f.memory+besides {
				t.Errorf("%s: %v; %d KB allocated, %d KB estimated", name, err, took>>10, f.memory>>10)
			} else if took < f.memory/4-besides {
				t.Errorf("%s: only %d KB allocated, %d KB estimated", name, took>>10, f.memory>>10)
			}
		}
	}
}
