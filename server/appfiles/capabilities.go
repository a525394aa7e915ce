package appfiles

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"path"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/egress"
)

type (
	none   struct{}
	byPath struct {
		Path string `json:"path"`
	}
	content struct {
		Data string `json:"data"` // base64
	}
	fileList struct {
		Files []File `json:"files"`
	}
)

// Download is the parameter of net.download.
type Download struct {
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers,omitempty"`
	TimeoutMS int               `json:"timeout_ms,omitempty"`
	// Content asks for the bytes in place of a file.
	Content bool `json:"content,omitempty"`
}

// Downloaded is its result.
type Downloaded struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Path    string            `json:"path,omitempty"`
	Data    string            `json:"data,omitempty"` // base64
	Size    int64             `json:"size"`
}

// Upload is the parameter of net.upload: a file of the host's, or the bytes of the program's own.
type Upload struct {
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers,omitempty"`
	TimeoutMS int               `json:"timeout_ms,omitempty"`
	Name      string            `json:"name"`
	FileName  string            `json:"file_name,omitempty"`
	Form      map[string]string `json:"form,omitempty"`
	Path      string            `json:"path,omitempty"`
	Data      string            `json:"data,omitempty"` // base64
}

// Uploaded is its result.
type Uploaded struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Size    int64             `json:"size"`
}

// Capabilities are the bridge's rows.
func (s *Service) Capabilities() []bridge.Capability {
	row := func(name, scope, summary, chinese string) bridge.Capability {
		return bridge.Capability{Name: name, Scope: scope, Callers: bridge.AppSession, PerMinute: FilesPerMinute,
			Summary: summary, SummaryZH: chinese}
	}
	upload := row("net.upload", "network", "Sends files to the servers that the app has declared.", "向小程序声明的服务器上传文件。")
	upload.MaxBytes = egress.MaxRequest
	return append(s.cloudCapabilities(),
		bridge.Define(row("net.download", "network", "Gets files from the servers that the app has declared.", "从小程序声明的服务器下载文件。"), s.download),
		bridge.Define(upload, s.upload),
		bridge.Define(row("files.read", "", "Reads a file that is kept for the app and its user.", "读取为小程序及其用户保存的文件。"), s.capRead),
		bridge.Define(row("files.info", "", "Tells the size of a file that is kept for the app and its user.", "读取为小程序及其用户保存的文件的大小。"), s.capInfo),
		bridge.Define(row("files.save", "", "Keeps a temporary file of the app and its user.", "保存小程序及其用户的临时文件。"), s.capSave),
		bridge.Define(row("files.list", "", "Lists the files that are kept for the app and its user.", "列出为小程序及其用户保存的文件。"), s.capList),
		bridge.Define(row("files.remove", "", "Removes a file that is kept for the app and its user.", "删除为小程序及其用户保存的文件。"), s.capRemove),
	)
}

func ownerOf(caller bridge.Caller) owner { return owner{caller.AppID, caller.UserID} }

func (s *Service) download(ctx context.Context, caller bridge.Caller, in Download) (Downloaded, error) {
	answer, err := s.Fetcher.Fetch(ctx, caller, egress.Request{URL: in.URL, Headers: in.Headers, TimeoutMS: in.TimeoutMS}, nil, "")
	if err != nil {
		return Downloaded{}, err
	}
	out := Downloaded{Status: answer.Status, Headers: headers(answer), Size: int64(len(answer.Body))}
	if in.Content {
		out.Data = base64.StdEncoding.EncodeToString(answer.Body)
		return out, nil
	}
	file, err := s.keep(ctx, ownerOf(caller), nameOf(in.URL), answer.Headers.Get("Content-Type"), answer.Body, false)
	out.Path = file.Path
	return out, err
}

func headers(answer egress.Fetched) map[string]string {
	flat := map[string]string{}
	for name, values := range answer.Headers {
		flat[name] = strings.Join(values, ",")
	}
	return flat
}

// nameOf is the name of what an address leads to.
func nameOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || path.Base(parsed.Path) == "/" || parsed.Path == "" {
		return "file"
	}
	return path.Base(parsed.Path)
}

func (s *Service) upload(ctx context.Context, caller bridge.Caller, in Upload) (Uploaded, error) {
	if in.Name == "" || len(in.Form) > MaxForm {
		return Uploaded{}, fault.Errorf(fault.Invalid, "bad-upload", "An upload has a name for its file and at most %d fields.", MaxForm)
	}
	var data []byte
	kind := octets
	var err error
	if in.Path != "" {
		var name string
		if data, name, kind, err = s.read(ctx, ownerOf(caller), in.Path); err != nil {
			return Uploaded{}, err
		}
		if path.Ext(in.FileName) == "" {
			in.FileName = name
		}
	} else if data, err = base64.StdEncoding.DecodeString(in.Data); err != nil {
		return Uploaded{}, fault.Errorf(fault.Invalid, "bad-data", "The file is not valid base64.")
	}
	body, contentType, err := encodeForm(in, kind, data)
	if err != nil {
		return Uploaded{}, err
	}
	answer, err := s.Fetcher.Fetch(ctx, caller, egress.Request{URL: in.URL, Method: "POST", Headers: in.Headers, TimeoutMS: in.TimeoutMS},
		body, contentType)
	if err != nil {
		return Uploaded{}, err
	}
	return Uploaded{Status: answer.Status, Headers: headers(answer), Body: strings.ToValidUTF8(string(answer.Body), "\uFFFD"),
		Size: int64(len(data))}, nil
}

// encodeForm writes the multipart form of an upload: the fields, then the file.
func encodeForm(in Upload, kind string, data []byte) ([]byte, string, error) {
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for name, value := range in.Form {
		if err := writer.WriteField(name, value); err != nil {
			return nil, "", err
		}
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "").Replace
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, quote(in.Name), quote(clip(in.FileName))))
	header.Set("Content-Type", kind)
	part, err := writer.CreatePart(header)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = writer.Close()
	}
	return body.Bytes(), writer.FormDataContentType(), err
}

func (s *Service) capRead(ctx context.Context, caller bridge.Caller, in byPath) (content, error) {
	data, _, _, err := s.read(ctx, ownerOf(caller), in.Path)
	return content{base64.StdEncoding.EncodeToString(data)}, err
}

func (s *Service) capInfo(ctx context.Context, caller bridge.Caller, in byPath) (File, error) {
	files, err := s.list(ctx, ownerOf(caller), in.Path)
	if err == nil && len(files) == 0 {
		err = noFile(in.Path)
	}
	if err != nil {
		return File{}, err
	}
	return files[0], nil
}

// capSave makes a saved file of a temporary one. A chosen picture stays where it is, too.
func (s *Service) capSave(ctx context.Context, caller bridge.Caller, in byPath) (File, error) {
	of := ownerOf(caller)
	data, name, kind, err := s.read(ctx, of, in.Path)
	if err != nil {
		return File{}, err
	}
	file, err := s.write(ctx, of, name, kind, data, true)
	if err != nil || !strings.HasPrefix(in.Path, "wxfile://tmp_") {
		return file, err
	}
	_, err = s.remove(ctx, of, in.Path)
	return file, err
}

func (s *Service) capList(ctx context.Context, caller bridge.Caller, _ none) (fileList, error) {
	files, err := s.list(ctx, ownerOf(caller), "")
	return fileList{files}, err
}

func (s *Service) capRemove(ctx context.Context, caller bridge.Caller, in byPath) (none, error) {
	removed, err := s.remove(ctx, ownerOf(caller), in.Path)
	if err == nil && !removed {
		err = noFile(in.Path)
	}
	return none{}, err
}

// list returns the saved files of an owner, or the one file with the path.
func (s *Service) list(ctx context.Context, of owner, given string) ([]File, error) {
	key := ""
	if given != "" {
		found := programs.FindStringSubmatch(given)
		if found == nil {
			return nil, noFile(given)
		}
		key = found[2]
	}
	rows, err := s.Pool.Query(ctx, `SELECT access_key, name, mime, size, saved, extract(epoch FROM created_at)::bigint FROM app_file
		WHERE app_id = $1 AND user_id = $2 AND CASE WHEN $3 = '' THEN saved ELSE access_key = $3 END
		ORDER BY created_at, access_key`, of.appID, of.userID, key)
	if err != nil {
		return nil, err
	}
	files, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f File, err error) {
		var key string
		var saved bool
		err = row.Scan(&key, &f.Name, &f.MIME, &f.Size, &saved, &f.Created)
		f.Path = pathOf(key, f.Name, saved)
		return f, err
	})
	if files == nil {
		files = []File{}
	}
	return files, err
}

func (s *Service) remove(ctx context.Context, of owner, given string) (bool, error) {
	found := programs.FindStringSubmatch(given)
	if found == nil {
		return false, noFile(given)
	}
	var key string
	err := s.Pool.QueryRow(ctx, `DELETE FROM app_file WHERE access_key = $1 AND app_id = $2 AND user_id = $3 RETURNING access_key`,
		found[2], of.appID, of.userID).Scan(&key)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, s.Store.Delete(ctx, objectKey(key))
}
