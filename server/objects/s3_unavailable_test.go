package objects_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/objects"
)

// A storage that does not answer, or answers that it cannot, is said as that and not as a defect
// of ours; nobody learns its address.
func TestAnUnavailableS3IsReportedAsThat(t *testing.T) {
	t.Parallel()
	for name, ending := range map[string]func(*httptest.Server, *http.HandlerFunc){
		"nobody listens": func(s *httptest.Server, _ *http.HandlerFunc) { s.Close() },
		"an answer of trouble": func(_ *httptest.Server, answer *http.HandlerFunc) {
			*answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
		},
	} {
		answer := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
		t.Cleanup(server.Close)
		store, err := objects.OpenS3(t.Context(), objects.S3Config{Endpoint: strings.TrimPrefix(server.URL, "http://"),
			Bucket: "tea", Region: "here", AccessKey: "a", SecretKey: "b", Insecure: true})
		if err != nil {
			t.Fatal(err)
		}
		ending(server, &answer)
		for what, do := range map[string]func() error{
			"put":  func() error { return store.Put(t.Context(), "a", strings.NewReader("abc"), 3) },
			"get":  func() error { _, err := store.Get(t.Context(), "a"); return err },
			"size": func() error { _, err := store.Size(t.Context(), "a"); return err },
			"list": func() error { _, err := store.List(t.Context(), "", "", 1); return err },
		} {
			err := do()
			if fault.SlugOf(err) != "files-unavailable" || fault.CodeOf(err) != fault.Unavailable || strings.Contains(fault.MessageOf(err), "127.0.0.1") {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}
