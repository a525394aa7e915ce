package host

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/picture/picturetest"
	"github.com/teahouse/teahouse/server/demo"
	"github.com/teahouse/teahouse/waittest"
)

// hostilePictures are small files that cost much: those that a decoder would fill gigabytes with,
// those that are just within what is taken, and broken ones.
func hostilePictures(t testing.TB) map[string][]byte {
	t.Helper()
	photo := picturetest.JPEG(t, 640, 480)
	longChunk := picturetest.PNG(t, 8, 8)
	longChunk[33] = 0x7F
	return map[string][]byte{
		"progressive, 6300 × 6300, 3 scans":    picturetest.ProgressiveJPEG(6300, 6300, 3),
		"progressive, 65,000 × 65,000":         picturetest.ProgressiveJPEG(16, 65_000, 64),
		"progressive, 4000 × 4000, 58 scans":   picturetest.ProgressiveJPEG(4000, 4000, 58),
		"PNG, 16 bits, interlaced, 6300":       picturetest.PNGOf(t, 6300, 6300, 16, 6, true),
		"PNG, 16 bits, 6300":                   picturetest.PNGOf(t, 6300, 6300, 16, 6, false),
		"GIF, 6000 × 6000, 27 frames":          picturetest.GIF(t, 6000, 6000, 27),
		"GIF, 2001 frames":                     picturetest.GIF(t, 100, 100, 2001),
		"WebP, 16,383 × 16,383":                picturetest.WebP(16_383, 16_383),
		"WebP, 5200 × 5200":                    picturetest.WebP(5200, 5200),
		"cut short":                            photo[:len(photo)/2],
		"a chunk longer than the file":         longChunk,
		"a picture of nothing, and a megabyte": append(picturetest.PNG(t, 1, 1), make([]byte, 1<<20)...),
	}
}

// upload sends a picture; it returns the status and how long the answer took.
func (c caller) upload(data []byte) (int, time.Duration, error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "picture")
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return 0, 0, err
	}
	r, err := http.NewRequestWithContext(c.m.t.Context(), "POST", *c.m.url.Load()+"/api/v1/media", &form)
	if err != nil {
		return 0, 0, err
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+c.token)
	started := time.Now()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || response.StatusCode >= 500 && response.StatusCode != 503 {
		return 0, 0, fmt.Errorf("%s: %s %w", response.Status, text, err)
	}
	if response.StatusCode == 503 && response.Header.Get("Retry-After") == "" {
		return 0, 0, fmt.Errorf("503 without Retry-After")
	}
	return response.StatusCode, time.Since(started), nil
}

// memory reads a line of the host's /proc/PID/status, in bytes.
func (m *hostProcess) memory(name string) int64 {
	m.t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(m.process.Process.Pid) + "/status")
	if err != nil {
		m.t.Skipf("this system does not tell a process's memory: %v", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				m.t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	m.t.Fatalf("no %s", name)
	return 0
}

// attackers signs up people who attack the host.
func (m *hostProcess) attackers(count int) []caller {
	m.t.Helper()
	var people []caller
	for i := range count {
		var in loggedIn
		caller{m: m}.must("POST", "/api/v1/auth/signup", map[string]string{"handle": fmt.Sprintf("mallory%d", i),
			"display_name": "Mallory", "password": demo.Password + "-" + strconv.Itoa(i)}, &in)
		people = append(people, caller{m, in.AccessToken})
	}
	return people
}

// atRest returns the memory of an idle host, and resets its peak.
func (m *hostProcess) atRest() int64 {
	m.t.Helper()
	rest := m.memory("VmRSS")
	if err := os.WriteFile("/proc/"+strconv.Itoa(m.process.Process.Pid)+"/clear_refs", []byte("5"), 0); err != nil {
		m.t.Skipf("this system does not forget a process's peak: %v", err)
	}
	return rest
}

// How much more memory than at rest the host may use. It decodes nothing: it holds only the files,
// and large ones only up to api.MaxHeldBodies. Until the next garbage collection it may be twice as
// much.
const (
	mostUnderBombs = 64 << 20
	mostUnderFlood = 256 << 20
)

func TestAFloodOfLargeUploadsDoesNotFillTheHost(t *testing.T) {
	if waittest.RaceDetector {
		t.Skip("the memory of the race detector is counted too; the other run measures")
	}
	t.Parallel()
	for _, flood := range []struct {
		name    string
		data    []byte
		uploads int
		alone   int // the status of one at rest
	}{
		{"noise", append([]byte("\xFF\xD8\xFF\xFE\x00\x04..."), make([]byte, 9<<20)...), 64, 422},
		{"photos", photo(t), 16, 201},
	} {
		t.Run(flood.name, func(t *testing.T) {
			m := startHostProcess(t)
			m.start()
			people := m.attackers(8)
			if status, _, err := people[0].upload(flood.data); err != nil || status != flood.alone {
				t.Fatalf("a large upload at rest: %d, %v", status, err)
			}
			rest := m.atRest()
			var all sync.WaitGroup
			var mu sync.Mutex
			answers := map[int]int{}
			for n := range flood.uploads {
				all.Go(func() {
					status, _, err := people[n%len(people)].upload(flood.data)
					mu.Lock()
					defer mu.Unlock()
					if answers[status]++; err != nil { // a refusal may cut the upload short
						t.Log(err)
					}
				})
			}
			all.Wait()
			peak := m.memory("VmHWM")
			t.Logf("rest %d MB, peak %d MB, answers %v", rest>>20, peak>>20, answers)
			if peak-rest > mostUnderFlood {
				t.Errorf("the host grew from %d to %d MB", rest>>20, peak>>20)
			}
			if answers[flood.alone] == 0 {
				t.Errorf("nobody was served: %v", answers)
			}
			m.stop()
		})
	}
}

// photo is a picture of 9.6 MB, almost the largest that is taken.
func photo(t testing.TB) []byte {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, 1800, 1780))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range picture.Pix {
		picture.Pix[i] = byte(random.Uint32())
		if i%4 == 3 {
			picture.Pix[i] = 255
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestHostilePicturesDoNotFillTheHost(t *testing.T) {
	if waittest.RaceDetector {
		t.Skip("the memory of the race detector is counted too; the other run measures")
	}
	t.Parallel()
	pictures := hostilePictures(t)
	m := startHostProcess(t)
	m.start()
	people := m.attackers(5)
	bob, _ := m.login("bob")
	for range 3 {
		if status, _, err := bob.upload(picturetest.PNG(t, 4, 4)); err != nil || status != 201 {
			t.Fatalf("a small picture at rest: %d, %v", status, err)
		}
	}
	rest := m.atRest()

	const uploads = 50
	var flood sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	sent := 0
	for sent < uploads {
		for name, data := range pictures {
			if sent == uploads {
				break
			}
			who := people[sent%len(people)]
			sent++
			flood.Go(func() {
				status, _, err := who.upload(data)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				mu.Lock()
				defer mu.Unlock()
				answers[status]++
			})
		}
	}
	over := make(chan struct{})
	go func() { defer close(over); flood.Wait() }()
	var slowest time.Duration
	small := 0
	for going := true; going; {
		select {
		case <-over:
			going = false
		default:
			status, took, err := bob.upload(picturetest.PNG(t, 4, 4))
			if err != nil || status != 201 {
				t.Errorf("a small picture beside the flood: %d, %v", status, err)
			}
			slowest = max(slowest, took)
			small++
		}
		if small == 150 { // below what one person may upload in an hour
			<-over
			break
		}
	}
	peak := m.memory("VmHWM")
	summary, err := json.Marshal(answers)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("rest %d MB, peak %d MB; answers %s; %d small pictures beside them, the slowest in %v",
		rest>>20, peak>>20, summary, small, slowest)
	if peak-rest > mostUnderBombs {
		t.Errorf("the host grew from %d to %d MB", rest>>20, peak>>20)
	}
	m.stop()
}
