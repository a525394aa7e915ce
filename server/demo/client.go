package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// userAgent is what the demo's people see in their list of devices.
const userAgent = "Teahouse demo data"

// deviceCookie is where the host keeps what a device is known by.
const deviceCookie = "teahouse_device"

// client calls the REST interface as one person.
type client struct {
	url    string
	token  string
	userID string
	device string // the value of deviceCookie
}

// login logs in as one of the demo's people, in every run with the same device, so that they are told
// of no new one.
func login(ctx context.Context, config Config, handle string) (*client, error) {
	file := filepath.Join(config.Dir, "device")
	device, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	c := &client{url: config.URL, device: string(device)}
	var answer struct {
		AccessToken string `json:"access_token"`
		User        struct {
			ID string `json:"id"`
		} `json:"user"`
	}
	err = c.post(ctx, "/api/v1/auth/login", map[string]string{"handle": handle, "password": Password}, &answer)
	c.token, c.userID = answer.AccessToken, answer.User.ID
	if err == nil && c.device != string(device) {
		err = os.WriteFile(file, []byte(c.device), 0o600)
	}
	return c, err
}

func (c *client) post(ctx context.Context, path string, body, answer any) error {
	return c.send(ctx, http.MethodPost, path, body, answer)
}

func (c *client) send(ctx context.Context, method, path string, body, answer any) error {
	var encoded []byte
	if body != nil {
		var err error
		if encoded, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return c.do(ctx, method, path, "application/json", encoded, answer)
}

// upload sends a bundle as the developer page does.
func (c *client) upload(ctx context.Context, path string, bundle []byte, version, notes string, answer any) error {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range map[string]string{"version": version, "notes": notes} {
		if err := w.WriteField(name, value); err != nil {
			return err
		}
	}
	file, err := w.CreateFormFile("bundle", "bundle.zip")
	if err != nil {
		return err
	}
	if _, err := file.Write(bundle); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path, w.FormDataContentType(), form.Bytes(), answer)
}

func (c *client) do(ctx context.Context, method, path, contentType string, body []byte, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if len(body) > 0 {
		request.Header.Set("Content-Type", contentType)
	}
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("Idempotency-Key", uuid.NewString())
	if c.device != "" {
		request.AddCookie(&http.Cookie{Name: deviceCookie, Value: c.device})
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer response.Body.Close()
	for _, cookie := range response.Cookies() {
		if cookie.Name == deviceCookie {
			c.device = cookie.Value
		}
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("demo: %s %s: %w", method, path, err)
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("demo: %s %s: %s: %s", method, path, response.Status, text)
	}
	if answer == nil || len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("demo: %s %s: %w", method, path, err)
	}
	return nil
}
