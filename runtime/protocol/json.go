package protocol

import (
	"bytes"
	"encoding/json"
)

// JSON is json.Marshal without the escapes for HTML, which nothing here is put into: a text of "<" would
// take six times its bytes, and so pass limits that were kept where it came in.
func JSON(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
