package egress

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/teahouse/teahouse/server/bridge"
)

// Fetched is an answer with its bytes as they came, for files.
type Fetched struct {
	Status  int
	Headers http.Header
	Body    []byte
}

// Fetch makes a request of an app under the rules of Do. A body that is not nil replaces the request's,
// and contentType its type.
func (c *Client) Fetch(ctx context.Context, caller bridge.Caller, in Request, body []byte, contentType string) (Fetched, error) {
	var out Fetched
	err := c.exchange(ctx, caller, in, func(request *http.Request) {
		if body == nil {
			return
		}
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		request.Header.Set("Content-Type", contentType)
	}, func(ctx context.Context, answer *http.Response) error {
		content, err := c.body(ctx, answer)
		out = Fetched{Status: answer.StatusCode, Headers: answer.Header, Body: content}
		return err
	})
	return out, err
}
