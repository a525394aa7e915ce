package host

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"testing"
)

// openAPIFile is the committed document; the types of the browser's code are made from it.
const openAPIFile = "../../docs/openapi.json"

// TestTheCommittedOpenAPIDocumentIsTheHosts holds the file against what a host answers; UPDATE=1
// writes it again, as `make types` does.
func TestTheCommittedOpenAPIDocumentIsTheHosts(t *testing.T) {
	t.Parallel()
	h := boot(t)
	status, body := ask(t, h, http.MethodGet, "/openapi.json", "", "")
	if status != http.StatusOK {
		t.Fatalf("openapi: %d %.200s", status, body)
	}
	// Keys in alphabetical order and one member a line, so that two changes merge and a review can
	// read them. What differs between hosts is not part of the interface.
	var tree map[string]any
	if err := json.Unmarshal([]byte(body), &tree); err != nil {
		t.Fatal(err)
	}
	delete(tree, "servers")
	withoutExamples(tree["paths"])
	tree["info"].(map[string]any)["version"] = "1"
	var document bytes.Buffer
	encoder := json.NewEncoder(&document)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(tree); err != nil {
		t.Fatal(err)
	}

	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(openAPIFile, document.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(openAPIFile)
	if err != nil || !bytes.Equal(committed, document.Bytes()) {
		t.Errorf("docs/openapi.json is not what the host answers; run `make types` (%v)", err)
	}
}

// withoutExamples removes the examples of bodies: they are made from the schemas, and would repeat
// each of their changes in many places.
func withoutExamples(part any) {
	switch part := part.(type) {
	case map[string]any:
		if part["schema"] != nil {
			delete(part, "example")
		}
		for _, value := range part {
			withoutExamples(value)
		}
	case []any:
		for _, value := range part {
			withoutExamples(value)
		}
	}
}
