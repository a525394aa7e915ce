package appfiles

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
)

// Files of wx.cloud belong to the app: every user of it may read them, who uploaded one may replace and delete
// it, and so may its cloud functions. Those of the released version and of versions under development are apart, as in the database.

// cloudID is the ID of a file: cloud://<app>.<key>/<path>.
var cloudID = regexp.MustCompile(`^cloud://(ta[0-9a-f]{16})\.([0-9a-f]{32})/`)

// CloudUpload is the parameter of cloud.upload: a file of the host's, or the bytes of the program's own.
type CloudUpload struct {
	CloudPath string `json:"cloud_path" doc:"Where the file is in the cloud of the app: photos/a.png."`
	Path      string `json:"path,omitempty"`
	Data      string `json:"data,omitempty"` // base64
}

// CloudFile is its result.
type CloudFile struct {
	FileID string `json:"file_id"`
	Size   int64  `json:"size"`
}

// CloudFiles names files.
type CloudFiles struct {
	FileIDs []string `json:"file_ids" minItems:"1" maxItems:"50"`
}

// CloudAnswer is what became of one of them.
type CloudAnswer struct {
	FileID string `json:"file_id"`
	URL    string `json:"url,omitempty"`
	Found  bool   `json:"found"`
	Denied bool   `json:"denied,omitempty" doc:"The file is another person's."`
}

// CloudAnswers is the result for all.
type CloudAnswers struct {
	Files  []CloudAnswer `json:"files"`
	MaxAge int           `json:"max_age,omitempty" doc:"For how many seconds the addresses lead to the files."`
}

type byFileID struct {
	FileID string `json:"file_id"`
}

func (s *Service) cloudCapabilities() []bridge.Capability {
	row := func(name, summary, chinese string) bridge.Capability {
		return bridge.Capability{Name: name, Scope: "cloud", Callers: bridge.AppSession | bridge.AppFunction, PerMinute: FilesPerMinute,
			Summary: summary, SummaryZH: chinese}
	}
	read := row("cloud.read", "Reads a file of the app's cloud.", "读取小程序云存储中的文件。")
	read.Callers = bridge.AppFunction
	download := row("cloud.download", "Gets a file of the app's cloud.", "下载小程序云存储中的文件。")
	download.Callers = bridge.AppSession
	upload := row("cloud.upload", "Keeps a file in the cloud of the app.", "将文件保存到小程序的云存储。")
	upload.MaxBytes = MaxCloudUpload
	return []bridge.Capability{
		bridge.Define(upload, s.cloudUpload),
		bridge.Define(read, s.cloudRead),
		bridge.Define(download, s.cloudDownload),
		bridge.Define(row("cloud.file_urls", "Makes addresses of files of the app's cloud.", "获取小程序云存储中文件的链接。"), s.cloudURLs),
		bridge.Define(row("cloud.delete_files", "Deletes files of the app's cloud.", "删除小程序云存储中的文件。"), s.cloudDelete),
	}
}

func cloudObject(name string) string { return "cloud-files/" + name }

// checkCloudPath refuses paths that are none.
func checkCloudPath(given string) error {
	bad := strings.ContainsFunc(given, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' })
	if bad || given == "" || len(given) > MaxCloudPath || path.Clean("/"+given) != "/"+given {
		return fault.Errorf(fault.Invalid, "cloud-invalid",
			"cloudPath is a path such as photos/a.png of at most %d bytes, without / at its ends and without . and ..", MaxCloudPath)
	}
	return nil
}

func (s *Service) cloudUpload(ctx context.Context, caller bridge.Caller, in CloudUpload) (CloudFile, error) {
	if err := checkCloudPath(in.CloudPath); err != nil {
		return CloudFile{}, err
	}
	var data []byte
	said := typeOf(in.CloudPath)
	var err error
	if in.Path != "" {
		data, _, said, err = s.read(ctx, ownerOf(caller), in.Path)
	} else if data, err = base64.StdEncoding.DecodeString(in.Data); err != nil {
		err = fault.Errorf(fault.Invalid, "bad-data", "The file is not valid base64.")
	}
	if err != nil {
		return CloudFile{}, err
	}
	if len(data) > MaxFile {
		return CloudFile{}, fault.Errorf(fault.TooLarge, "file-too-large", "A file may have %d MB.", MaxFile>>20)
	}
	data, kind, err := s.checked(ctx, caller.UserID, data, said)
	if err != nil {
		return CloudFile{}, err
	}
	return s.keepInCloud(ctx, caller, in.CloudPath, kind, data)
}

func randomName() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// keepInCloud stores a file, or replaces the person's own at the path; its ID stays.
func (s *Service) keepInCloud(ctx context.Context, caller bridge.Caller, name, kind string, data []byte) (CloudFile, error) {
	object := randomName()
	// The bytes first, the row last: a crash between the two leaves only unused bytes.
	if err := s.Store.Put(ctx, cloudObject(object), bytes.NewReader(data), int64(len(data))); err != nil {
		return CloudFile{}, fmt.Errorf("cloud files: %w", err)
	}
	key, old, err := s.noteInCloud(ctx, caller, name, kind, object, len(data))
	if err != nil {
		old = object
	}
	if old != "" {
		err = errors.Join(err, s.Store.Delete(ctx, cloudObject(old)))
	}
	return CloudFile{FileID: "cloud://" + caller.AppID + "." + key + "/" + name, Size: int64(len(data))}, err
}

// noteInCloud writes the row. old is the object that it replaces.
func (s *Service) noteInCloud(ctx context.Context, caller bridge.Caller, name, kind, object string, size int) (key, old string, err error) {
	live := !caller.InsidersOnly
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		// One upload of an app at a time, so that what is counted is still so when it is written.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('cloud files ' || $1, 0))`, caller.AppID); err != nil {
			return err
		}
		var owner uuid.UUID
		err := tx.QueryRow(ctx, `SELECT access_key, object, user_id FROM cloud_file WHERE app_id = $1 AND live = $2 AND path = $3`,
			caller.AppID, live, name).Scan(&key, &old, &owner)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			key = randomName()
		case err != nil:
			return err
		case owner != caller.UserID && caller.Kind != bridge.AppFunction:
			return fault.Errorf(fault.Forbidden, "cloud-file-denied", "storage permission denied: another person has uploaded %q", name)
		}
		var files, used int64
		if err := tx.QueryRow(ctx, `SELECT count(*), coalesce(sum(size), 0)::bigint FROM cloud_file WHERE app_id = $1 AND live = $2 AND path <> $3`,
			caller.AppID, live, name).Scan(&files, &used); err != nil {
			return err
		}
		if files >= MaxCloudFiles || used+int64(size) > MaxCloudBytes {
			return fault.Errorf(fault.TooLarge, "cloud-full", "The cloud of an app has at most %d files and %d MB.", MaxCloudFiles, MaxCloudBytes>>20)
		}
		_, err = tx.Exec(ctx, `INSERT INTO cloud_file (access_key, id, app_id, live, path, user_id, object, mime, size, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (access_key) DO UPDATE SET object = excluded.object, mime = excluded.mime, size = excluded.size, created_at = excluded.created_at`,
			key, uuid.New(), caller.AppID, live, name, caller.UserID, object, kind, size, s.Now())
		return err
	})
	return key, old, err
}

// cloudRow is a file as it is kept.
type cloudRow struct {
	id           uuid.UUID
	user         uuid.UUID
	object, mime string
	size         int64
}

// cloudFile finds a file of the caller's app by its ID.
func (s *Service) cloudFile(ctx context.Context, caller bridge.Caller, fileID string) (row cloudRow, found bool, err error) {
	parts := cloudID.FindStringSubmatch(fileID)
	if parts == nil || parts[1] != caller.AppID {
		return row, false, nil
	}
	err = s.Pool.QueryRow(ctx, `SELECT id, user_id, object, mime, size FROM cloud_file WHERE access_key = $1 AND app_id = $2 AND live = $3`,
		parts[2], caller.AppID, !caller.InsidersOnly).Scan(&row.id, &row.user, &row.object, &row.mime, &row.size)
	if errors.Is(err, pgx.ErrNoRows) {
		return row, false, nil
	}
	return row, err == nil, err
}

// cloudDownload makes a temporary file of the person's of one in the cloud.
func (s *Service) cloudDownload(ctx context.Context, caller bridge.Caller, in byFileID) (File, error) {
	row, data, err := s.cloudBytes(ctx, caller, in.FileID)
	if err != nil {
		return File{}, err
	}
	return s.write(ctx, ownerOf(caller), path.Base(in.FileID), row.mime, data, false)
}

// CloudContent is the result of cloud.read.
type CloudContent struct {
	Data string `json:"data"` // base64
	MIME string `json:"mime"`
}

func (s *Service) cloudRead(ctx context.Context, caller bridge.Caller, in byFileID) (CloudContent, error) {
	row, data, err := s.cloudBytes(ctx, caller, in.FileID)
	return CloudContent{Data: base64.StdEncoding.EncodeToString(data), MIME: row.mime}, err
}

// cloudBytes reads a file of the cloud.
func (s *Service) cloudBytes(ctx context.Context, caller bridge.Caller, fileID string) (cloudRow, []byte, error) {
	row, found, err := s.cloudFile(ctx, caller, fileID)
	if err != nil {
		return row, nil, err
	}
	if !found {
		return row, nil, fault.Errorf(fault.NotFound, "cloud-no-file", "storage file not exists: there is no file %q", fileID)
	}
	body, err := s.Store.Get(ctx, cloudObject(row.object))
	if err != nil {
		return row, nil, fmt.Errorf("cloud files: %w", err)
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, MaxFile+1))
	if err != nil {
		return row, nil, fmt.Errorf("cloud files: %w", err)
	}
	return row, data, nil
}

// cloudURLs makes addresses that lead to files for CloudURLFor.
func (s *Service) cloudURLs(ctx context.Context, caller bridge.Caller, in CloudFiles) (CloudAnswers, error) {
	out := CloudAnswers{Files: make([]CloudAnswer, len(in.FileIDs)), MaxAge: int(CloudURLFor.Seconds())}
	until := strconv.FormatInt(s.Now().Add(CloudURLFor).Unix(), 10)
	for i, fileID := range in.FileIDs {
		row, found, err := s.cloudFile(ctx, caller, fileID)
		if err != nil {
			return CloudAnswers{}, err
		}
		out.Files[i] = CloudAnswer{FileID: fileID, Found: found}
		if found {
			out.Files[i].URL = s.Address() + "/cloud-files/" + row.id.String() + "?until=" + until + "&sign=" + s.sign(row.id, until)
		}
	}
	return out, nil
}

// sign is the proof that the host has made an address.
func (s *Service) sign(id uuid.UUID, until string) string {
	mac := hmac.New(sha256.New, s.URLKey)
	mac.Write(id[:])
	mac.Write([]byte(until))
	return hex.EncodeToString(mac.Sum(nil))
}

// cloudDelete deletes what the person has uploaded.
func (s *Service) cloudDelete(ctx context.Context, caller bridge.Caller, in CloudFiles) (CloudAnswers, error) {
	out := CloudAnswers{Files: make([]CloudAnswer, len(in.FileIDs))}
	for i, fileID := range in.FileIDs {
		row, found, err := s.cloudFile(ctx, caller, fileID)
		if err != nil {
			return CloudAnswers{}, err
		}
		out.Files[i] = CloudAnswer{FileID: fileID, Found: found,
			Denied: found && row.user != caller.UserID && caller.Kind != bridge.AppFunction}
		if !found || out.Files[i].Denied {
			continue
		}
		// An upload may have replaced the bytes since, or another call deleted the file.
		err = s.Pool.QueryRow(ctx, `DELETE FROM cloud_file WHERE id = $1 RETURNING object`, row.id).Scan(&row.object)
		if errors.Is(err, pgx.ErrNoRows) {
			continue
		}
		if err != nil {
			return CloudAnswers{}, err
		}
		if err := s.Store.Delete(ctx, cloudObject(row.object)); err != nil {
			return CloudAnswers{}, fmt.Errorf("cloud files: %w", err)
		}
	}
	return out, nil
}

// serveCloud sends a file of the cloud: by its key, or by an address that ends. Those of an app that is taken down
// lead nowhere.
func (s *Service) serveCloud(c *fiber.Ctx) error {
	named := c.Params("name")
	condition := `access_key = $1`
	if !keyPattern.MatchString(named) {
		id, err := uuid.Parse(named)
		until := c.Query("until")
		ends, notNumber := strconv.ParseInt(until, 10, 64)
		if err != nil || notNumber != nil || s.Now().Unix() > ends || !hmac.Equal([]byte(s.sign(id, until)), []byte(c.Query("sign"))) {
			return notHere()
		}
		condition, named = `id = $1::uuid`, id.String() // which has other forms
	}
	var row cloudRow
	err := s.Pool.QueryRow(c.UserContext(), `SELECT object, mime, size FROM cloud_file
		WHERE `+condition+` AND NOT EXISTS (SELECT FROM app WHERE id = app_id AND disabled_at IS NOT NULL)`, named).Scan(&row.object, &row.mime, &row.size)
	if errors.Is(err, pgx.ErrNoRows) {
		return notHere()
	}
	if err != nil {
		return err
	}
	// Another upload may take its place.
	c.Set(fiber.HeaderCacheControl, "private, max-age=60")
	return s.send(c, cloudObject(row.object), row.mime, row.size)
}
